package names

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNames holds the names: deployed stacks, runbooks, queries and an organization's policies rely on them, and a resource with a new
// name is another resource.
func TestNames(t *testing.T) {
	for _, of := range [][2]string{
		{Group, "BreakglassUsers"},
		{AssumePolicy, "BreakGlassAssumeRole"},
		{GuardPolicy, "BreakGlassGuard"},
		{Topic, "breakglassuser-console-logins"},
		{TopicDisplayName, "BreakGlass"},
		{KeyAlias, "alias/breakglassSNS"},
		{Prefix, "breakglass-"},
		{ForwardRole, "breakglass-event-bus-role"},
		{ForwardPolicy, "breakglass-event-bus-policy"},
		{ObserverRole, "breakglass-observer-role"},
		{ObserverPolicy, "breakglass-observer-policy"},
		{HubBusStatement, "breakglass-observers"},
		{Ledger, "/aws/events/breakglass-ledger"},
		{LedgerPolicy, "breakglass-ledger"},
		{Heartbeats, "/aws/events/breakglass-heartbeats"},
		{HeartbeatRole, "breakglass-heartbeat-role"},
		{HeartbeatPolicy, "breakglass-heartbeat-policy"},
		{Heartbeat, "breakglass-heartbeat"},
		{SilentAlarm, "breakglass-silent-"},
		{DeadLettersAlarm, "breakglass-dead-letters-"},
		{Composer, "breakglass-composer"},
		{ComposerRole, "breakglass-composer-role"},
		{ComposerPolicy, "breakglass-composer-policy"},
		{ComposerStartRole, "breakglass-composer-start-role"},
		{ComposerStartPolicy, "breakglass-composer-start-policy"},
		{ComposerThrottledAlarm, "breakglass-composer-throttled"},
		{AlertsTable, "breakglass-alerts"},
		{DeadMansSwitch, "breakglass-dead-mans-switch"},
		{DeadMansSwitchRole, "breakglass-switch-role"},
		{DeadMansSwitchPolicy, "breakglass-switch-policy"},
		{BeatTopic, "breakglass-heartbeats"},
		{Alive, "breakglass-alive"},
		{UndeliveredAlarm, "breakglass-undelivered"},
		{Dashboard, "BreakGlass"},
		{Queries, "Break glass/"},
		{Trail, "breakglass-trail"},
		{Notifications, "breakglass"},
		{ChatTopic, "breakglass-chat"},
		{PipelineBucket, "breakglass-pipeline-"},
		{PipelineKeyAlias, "alias/breakglass-pipeline"},
		{ExecutionPolicy, "breakglass-execution"},
		{ChatRole, "breakglass-chat-role"},
		{Capture, "capture-"},
		{Forward, "forward-"},
		{Observe, "observe-"},
		{Record, "record-"},
		{Chat, "chat-"},
		{StandbySuffix, "-standby"},
		{HubStack, "BreakGlass-Hub"},
		{StandbyStack, "BreakGlass-Standby"},
		{ForwarderStack, "BreakGlass-Forwarder-"},
		{RoleStack, "BreakGlass-Role-"},
		{LinksStack, "BreakGlass-Links-"},
		{IntegrityStack, "BreakGlass-Integrity-"},
		{HeartbeatsStack, "BreakGlass-Heartbeats-"},
		{ComposerStack, "BreakGlass-Composer-"},
		{DashboardStack, "BreakGlass-Dashboard"},
		{TrailStack, "BreakGlass-Trail"},
		{NotificationsStack, "BreakGlass-Notifications"},
		{ChatStack, "BreakGlass-Chat-"},
		{HubObservedStack, "BreakGlass-Observed-"},
		{ObserverStack, "BreakGlass-Observer-"},
		{StackSetStack, "BreakGlass-StackSet-"},
		{PipelineStack, "BreakGlass-Pipeline"},
		{ArtifactsStack, "BreakGlass-Pipeline-Artifacts-"},
		{SynthBuild, "BreakGlass-Pipeline-Synth"},
		{DiffBuild, "BreakGlass-Pipeline-Diff"},
		{ReadinessBuild, "BreakGlass-Pipeline-Proof"},
		{TopicArnOutput, "TopicArn"},
		{UserNamesOutput, "UserNames"},
		{LinksOutput, "SwitchRoleUrls"},
	} {
		if of[0] != of[1] {
			t.Errorf("%q was %q", of[0], of[1])
		}
	}
	if got := HeartbeatAlarm("eu-west-1"); got != "breakglass-heartbeat-eu-west-1" {
		t.Error(got)
	}
	if got := AliveAlarm("eu-west-1"); got != "breakglass-alive-eu-west-1" {
		t.Error(got)
	}
}

var roleName = regexp.MustCompile(`RoleName: (\S+)`)

// TestRoles finds the roles in the golden templates: all of them are in the list that check and the plan walk.
func TestRoles(t *testing.T) {
	files, err := filepath.Glob("../stacks/testdata/golden/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var found []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range roleName.FindAllStringSubmatch(string(text), -1) {
			if strings.HasPrefix(m[1], Prefix) {
				found = append(found, m[1])
			}
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	roles := Roles()
	slices.Sort(roles)
	if !slices.Equal(found, roles) {
		t.Errorf("the templates have %q, the list %q", found, roles)
	}
}

var schedule = regexp.MustCompile(`(?m)^ +Name: (\S+)\n +ScheduleExpression: `)

// TestSchedules finds the schedules in the golden templates: all of them are in the list that the alerts about them are made from.
func TestSchedules(t *testing.T) {
	files, err := filepath.Glob("../stacks/testdata/golden/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range schedule.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
		}
	}
	if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, slices.Sorted(slices.Values(Schedules()))) {
		t.Errorf("the templates have %q, the list %q", got, Schedules())
	}
}
