package destroy

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
)

// The commands that remove what is left, by kind: each in the order that AWS accepts.
func TestCommands(t *testing.T) {
	for kind, want := range map[string]string{
		"stack": "update-termination-protection --no-enable-termination-protection, delete-stack",
		"rule":  "events remove-targets, list-targets-by-rule, events delete-rule",
		"topic": "sns delete-topic", "queue": "sqs delete-queue", "alarm": "cloudwatch delete-alarms", logGroupKind: "logs delete-log-group",
		"policy of the logs": "logs delete-resource-policy", "schedule": "scheduler delete-schedule", "state machine": "stepfunctions delete-state-machine",
		"table": "dynamodb delete-table", "key alias": "kms delete-alias", "dashboard": "cloudwatch delete-dashboards", "trail": "cloudtrail delete-trail",
		"user":                       "remove-user-from-group, delete-login-profile, deactivate-mfa-device, delete-access-key, iam delete-user",
		"statement on the event bus": "events remove-permission",
		"API destination":            "events delete-api-destination", "connection": "events delete-connection",
		"group": "detach-group-policy, remove-user-from-group, iam delete-group", "role": "detach-role-policy, delete-role-policy, iam delete-role --role-name",
		"policy": "detach-group-policy, detach-role-policy, delete-policy-version, iam delete-policy --policy-arn",
	} {
		var found []search
		for _, at := range (Search{Plan: rolledOut(t)}).places() {
			for _, s := range at.searches {
				if s.kind == kind {
					found = append(found, s)
				}
			}
		}
		if len(found) == 0 {
			t.Errorf("nothing searches for a %s", kind)
			continue
		}
		rest := found[0].remove
		for _, part := range strings.Split(want, ", ") {
			_, after, ok := strings.Cut(rest, part)
			if !ok {
				t.Errorf("%s: %q is not in its place in %s", kind, part, found[0].remove)
			}
			rest = after
		}
		if commands := strings.Count(found[0].remove, "aws "); strings.Count(found[0].remove, " FLAGS") != commands || !strings.Contains(found[0].remove, "NAME") {
			t.Errorf("%s: a command does not reach its account: %s", kind, found[0].remove)
		}
	}
}

// What is searched for is found, on whatever page it is.
func TestSearches(t *testing.T) {
	c := newCloud(t)
	c.Answer("monitoring:DescribeAlarms", "<DescribeAlarmsResponse><DescribeAlarmsResult><MetricAlarms><member><AlarmName>breakglass-a</AlarmName></member></MetricAlarms>"+
		"<CompositeAlarms><member><AlarmName>breakglass-b</AlarmName></member></CompositeAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>")
	c.Handle("events:ListRules", func(_, request string) string {
		if strings.Contains(request, `"NextToken":"2"`) {
			return `{"Rules":[{"Name":"observe-breakglass-b"},{"Name":"chat-other"}]}`
		}
		return `{"Rules":[{"Name":"capture-breakglass-a"}],"NextToken":"2"}`
	})
	c.Answer("sns:ListTopics", "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>arn:aws:sns:us-east-1:1:"+names.Topic+
		"</TopicArn></member><member><TopicArn>arn:aws:sns:us-east-1:1:other</TopicArn></member>"+
		"<member><TopicArn>arn:aws:sns:us-east-1:1:"+names.BeatTopic+"</TopicArn></member></Topics></ListTopicsResult></ListTopicsResponse>")
	c.Answer("states:ListStateMachines", `{"stateMachines":[{"name":"other","stateMachineArn":"arn:o"},{"name":"`+names.Composer+`","stateMachineArn":"arn:c"}]}`)
	c.Answer("dynamodb:DescribeTable", `{"Table":{"TableName":"x"}}`)
	c.Answer("kms:ListAliases", `{"Aliases":[{"AliasName":"alias/other"},{"AliasName":"`+names.KeyAlias+`"}]}`)
	c.Answer("logs:DescribeResourcePolicies", `{"resourcePolicies":[{"policyName":"other"},{"policyName":"`+names.LedgerPolicy+`"}]}`)
	c.Answer("sqs:ListQueues", `{"QueueUrls":["https://example.com/1/BreakGlass-x"]}`)
	c.Answer("events:DescribeEventBus", `{"Name":"default","Policy":"{\"Statement\":[{\"Sid\":\"`+names.HubBusStatement+`\"}]}"}`)
	c.Answer("scheduler:GET/schedules/"+names.Heartbeat, "{}")
	c.Fail("scheduler:GET/schedules/"+names.CanaryRead, "ResourceNotFoundException", "it does not exist")
	c.Answer("scheduler:GET/schedules/"+names.CanaryWrite, "{}")
	c.Answer("events:DescribeApiDestination", `{"Name":"x"}`)
	c.Answer("events:DescribeConnection", `{"Name":"x"}`)
	c.Handle("logs:DescribeLogGroups", func(_, request string) string {
		if strings.Contains(request, "/aws/codebuild/") {
			return `{"logGroups":[{"logGroupName":"/aws/codebuild/BreakGlass-Pipeline-Synth"},{"logGroupName":"/aws/codebuild/BreakGlass-Pipelines"}]}`
		}
		return `{"logGroups":[{"logGroupName":"` + names.Ledger + `"},{"logGroupName":"/aws/other"}]}`
	})
	cfg, err := keys{c.Server}.In(t.Context(), "111111111111", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	all := slices.Concat(regional, monitored, []search{statement})
	for kind, want := range map[string]string{
		"alarm": "breakglass-b breakglass-a", "rule": "capture-breakglass-a observe-breakglass-b",
		"topic":         "arn:aws:sns:us-east-1:1:" + names.Topic + " arn:aws:sns:us-east-1:1:" + names.BeatTopic,
		"state machine": "arn:c", "table": names.AlertsTable, "key alias": names.KeyAlias, "policy of the logs": names.LedgerPolicy,
		"schedule":        names.Heartbeat + " " + names.CanaryWrite,
		"API destination": names.DeadMansSwitch, "connection": names.DeadMansSwitch, logGroupKind: names.Ledger + " /aws/codebuild/BreakGlass-Pipeline-Synth",
		"queue": "https://example.com/1/BreakGlass-x", "statement on the event bus": names.HubBusStatement,
	} {
		for _, s := range all {
			if s.kind != kind {
				continue
			}
			if found, err := s.find(t.Context(), cfg); err != nil || strings.Join(found, " ") != want {
				t.Errorf("%s: %q, %v; want %q", kind, found, err, want)
			}
		}
	}
	// A refusal is no answer.
	for _, s := range all {
		for _, action := range []string{"cloudformation:DescribeStacks", "events:ListRules", "sns:ListTopics", "sqs:ListQueues", "monitoring:DescribeAlarms", "logs:DescribeLogGroups",
			"logs:DescribeResourcePolicies", "scheduler:GET/schedules/" + names.Heartbeat, "kms:ListAliases", "states:ListStateMachines", "dynamodb:DescribeTable",
			"events:DescribeEventBus", "events:DescribeApiDestination", "events:DescribeConnection"} {
			c.Fail(action, "AccessDeniedException", "no")
		}
		if found, err := s.find(t.Context(), cfg); err == nil || len(found) > 0 {
			t.Errorf("%s: %q, %v", s.kind, found, err)
		}
	}
	kinds := map[string]bool{}
	for _, s := range observed() {
		kinds[s.kind] = true
	}
	if len(kinds) != 3 || !kinds["stack"] || !kinds["rule"] || !kinds["queue"] {
		t.Errorf("of an observed account, %v", kinds)
	}
}
