package docs

import (
	"fmt"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func regionCounts() string {
	all, alwaysOn := len(config.AllRegions()), len(config.AlwaysOnRegions())
	return fmt.Sprintf("AWS has %d commercial Regions: %d that no account can switch off (`regions: always-on`, the default), and %d that are off until an account enables them.",
		all, alwaysOn, all-alwaysOn)
}

func nameTable() string {
	rows := [][]string{
		{"users", code(config.DefaultUser), "the file's `users`; no password, key or MFA device"},
		{"group of the users", code(names.Group), "rights reach the users through it only"},
		{"policies of the group", code(names.AssumePolicy) + ", " + code(names.GuardPolicy), "besides `userAccess.managedPolicies`"},
		{"role in a target account", code(config.DefaultRole), "the file's `role.name`"},
		{"topic", code(names.Topic), "in the hub and in the standby; a mail comes from " + code(names.TopicDisplayName)},
		{"key of the topic", code(names.KeyAlias), "customer managed, one in each hub"},
		{
			"composer and its table", code(names.Composer) + ", " + code(names.AlertsTable),
			"the state machine in each hub that writes the alerts, and what it has sent",
		},
		{
			"composer's role and policy", code(names.ComposerRole) + ", " + code(names.ComposerPolicy),
			"in the composer's stack of the hub Region; alone in publishing to the topic, besides the alarms",
		},
		{"role of the rules that start the composer, and its policy", code(names.ComposerStartRole) + ", " + code(names.ComposerStartPolicy), "in the same stack"},
		{"topic of the composer's heartbeats", code(names.BeatTopic), "in the hub and in the standby, without subscribers"},
		{"forwarding role and its policy", code(names.ForwardRole) + ", " + code(names.ForwardPolicy), "in the hub stack; IAM is global"},
		{"ledger", code(names.Ledger), "log group in each hub"},
		{"log of heartbeats", code(names.Heartbeats), "in each hub, kept for 30 days"},
		{
			"heartbeat's schedule, role and policy", code(names.Heartbeat) + ", " + code(names.HeartbeatRole) + ", " + code(names.HeartbeatPolicy),
			"a schedule in every Region; the role in the hub stack",
		},
		{
			"canary's schedules", code(names.CanaryRead) + ", " + code(names.CanaryWrite),
			"in every Region, with `monitoring.canary` only; they use the heartbeat's role",
		},
		{
			"alarms",
			code(names.HeartbeatAlarm("<region>")) + ", " + code(names.SilentAlarm+"<part>") + ", " + code(names.AliveAlarm("<hub>")) + ", " +
				code(names.ComposerThrottledAlarm) + ", " + code(names.DeadLettersAlarm+"<kind>") + ", " + code(names.UndeliveredAlarm),
			"besides those that count, which are named after their rule",
		},
		{"observers' role and its policy", code(names.ObserverRole) + ", " + code(names.ObserverPolicy), "in each target account, with `observers` only"},
		{"stack sets of a unit", code(names.RoleStack+"<unit>") + ", " + code(names.ObserverStack+"<unit>"), "made by its `BreakGlass-StackSet-<unit>`"},
		{"dashboard", code(names.Dashboard), "saved queries begin with " + code(names.Queries)},
		{"trail", code(names.Trail), "with `trail: create` only"},
		{
			"rules", code(names.Capture+"…") + ", " + code(names.Forward+"…") + ", " + code(names.Record+"…") + ", " + code(names.Observe+"…"),
			"those of the standby end in " + code(names.StandbySuffix),
		},
		{"stacks", strings.Join(stackNames(), ", "), "Links: only when the hub's template has no room for all switch-role addresses"},
	}
	return table([]string{"What", "Name", "Note"}, rows)
}

// stackNames returns the names of the kinds of stacks, in the order in which they are deployed.
func stackNames() []string {
	var all []string
	for _, kind := range plan.Kinds() {
		all = append(all, code(kind.Name))
	}
	return all
}
