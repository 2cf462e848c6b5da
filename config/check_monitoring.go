package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// retentions lists the retention periods, in days, that CloudWatch Logs accepts (PutRetentionPolicy, CloudWatch
// Logs API).
var retentions = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// Formats of the IDs of a chat channel (AWS::Chatbot, CloudFormation reference).
const (
	slackWorkspacePattern = `^[0-9A-Z]{1,255}$`
	slackChannelPattern   = `^[A-Za-z0-9]{1,255}$`
	uuidPattern           = `^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`
	teamsChannelPattern   = `^[A-Za-z0-9_+=/.%-]{1,255}$`
)

var (
	slackWorkspaceForm = regexp.MustCompile(slackWorkspacePattern)
	slackChannelForm   = regexp.MustCompile(slackChannelPattern)
	uuidForm           = regexp.MustCompile(uuidPattern)
	teamsChannelForm   = regexp.MustCompile(teamsChannelPattern)
)

func checkMonitoring(c *Config, r *reader) {
	if r.usable("ledger") && r.usable("ledger.retentionDays") && !slices.Contains(retentions, c.Ledger.RetentionDays) {
		r.report("ledger.retentionDays", "not a retention that CloudWatch Logs offers", fmt.Sprint(c.Ledger.RetentionDays),
			"Use one of "+strings.Trim(strings.Join(strings.Fields(fmt.Sprint(retentions)), ", "), "[]")+".")
	}
	if known := []string{string(TrailExisting), string(TrailCreate)}; r.usable("trail") && !slices.Contains(known, string(c.Trail)) {
		r.report("trail", "unknown value", orEmpty(string(c.Trail)), didYouMean(string(c.Trail), known))
	}
	r.deadMansSwitch(c.Monitoring)
	if c.Monitoring.Canary && !c.Monitoring.Heartbeats && r.usable("monitoring.canary") && r.usable("monitoring.heartbeats") {
		r.report("monitoring.canary", "nothing would take CloudTrail's records, since heartbeats are off", "true", "Remove heartbeats: false, or this key.")
	}
	r.addresses("userNotifications.email", c.UserNotifications.Email, r.email, strings.ToLower)
	r.channel("chat.slack", []neededKey{
		{"workspace", c.Chat.Slack.Workspace, slackWorkspaceForm, "Write the workspace's ID, such as T0123ABCDEF."},
		{"channel", c.Chat.Slack.Channel, slackChannelForm, "Write the channel's ID, such as C0123ABCDEF: the end of its link."},
	})
	r.channel("chat.teams", []neededKey{
		{"tenant", c.Chat.Teams.Tenant, uuidForm, "Write the tenant's ID, a UUID: tenantId in the channel's link."},
		{"team", c.Chat.Teams.Team, uuidForm, "Write the team's ID, a UUID: groupId in the channel's link."},
		{"channel", c.Chat.Teams.Channel, teamsChannelForm, "Write the channel's ID as its link has it: 19%3A…%40thread.tacv2."},
	})
}

func (r *reader) deadMansSwitch(m Monitoring) {
	const path, url = "monitoring.deadMansSwitch", "monitoring.deadMansSwitch.url"
	if !r.given(path) || !r.usable(path) || !r.usable(url) {
		return
	}
	if !r.given(url) {
		r.report(url, "missing", "", "Write the address that the monitor gave you.")
		return
	}
	r.https(url, m.DeadMansSwitch.URL)
	if !m.Heartbeats && r.usable("monitoring.heartbeats") {
		r.report(path, "nothing would be sent, since heartbeats are off", "", "Remove heartbeats: false, or this key.")
	}
}

// neededKey is one of the keys that a value requires.
type neededKey struct {
	key, value string
	form       *regexp.Regexp
	fix        string
}

// channel checks a chat channel: none of its keys, or all.
func (r *reader) channel(path string, keys []neededKey) {
	r.allOf(path, "not the ID of a ", keys)
}

// allOf checks a value that needs each of its keys.
func (r *reader) allOf(path, wrong string, keys []neededKey) {
	if !r.given(path) || !r.usable(path) {
		return
	}
	for _, k := range keys {
		at := join(path, k.key)
		switch {
		case !r.given(at):
			r.report(at, "missing", "", k.fix)
		case r.usable(at) && !k.form.MatchString(k.value):
			r.report(at, wrong+k.key, orEmpty(k.value), k.fix)
		}
	}
}
