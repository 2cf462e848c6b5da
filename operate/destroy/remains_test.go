package destroy

import (
	"errors"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func TestPlaces(t *testing.T) {
	p := thePlan(t, "userNotifications: {email: [a@example.com]}")
	got := map[string]int{}
	for _, at := range (Search{Plan: p, Regions: []string{"us-east-1", "ap-east-2"}}).places() {
		got[at.key()] = len(at.searches)
	}
	for key, want := range map[string]int{
		"111111111111 us-east-1": len(regional) + len(once) + len(monitored), "111111111111 eu-west-1": len(regional), "111111111111 ap-east-2": len(regional),
		"111111111111 IAM":       4,
		"222222222222 us-east-1": 1, "222222222222 IAM": 1, "222222222222 eu-west-1": 1, "222222222222 ap-east-2": 1,
	} {
		if got[key] != want {
			t.Errorf("%s is searched for %d kinds, want %d", key, got[key], want)
		}
	}
}

// TestEveryNameIsSearchedFor checks that the prefixes of the search find every name in the plan.
func TestEveryNameIsSearchedFor(t *testing.T) {
	p := thePlan(t, "")
	for _, at := range p.Placements {
		if !strings.HasPrefix(at.Stack, stackPrefix) {
			t.Errorf("the stack %s is not found", at.Stack)
		}
		for _, rule := range p.Rules(at, plan.Refs{}) {
			if _, rest, ok := strings.Cut(rule.Name, "-"); !ok || !strings.HasPrefix(rest, ownPrefix) {
				t.Errorf("the rule %s is not found", rule.Name)
			}
		}
	}
	for _, alarm := range p.Alarms() {
		if !strings.HasPrefix(alarm.Name, ownPrefix) {
			t.Errorf("the alarm %s is not found", alarm.Name)
		}
	}
	for _, build := range []string{names.SynthBuild, names.DiffBuild, names.ReadinessBuild} {
		if !strings.HasPrefix(access.BuildLog(build), buildLogPrefix) {
			t.Errorf("the log of the build %s is not found", build)
		}
	}
	for _, group := range []string{names.Ledger, names.Heartbeats} {
		if !strings.HasPrefix(group, logPrefix) {
			t.Errorf("the log group %s is not found", group)
		}
	}
}

func TestRemains(t *testing.T) {
	c := newCloud(t)
	none := map[string]string{
		"cloudformation:DescribeStacks": "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>BreakGlass-Hub</StackName><StackStatus>DELETE_COMPLETE</StackStatus>" +
			"<CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>",
		"events:ListRules":                           `{"Rules":[{"Name":"capture-something-else"}]}`,
		"sns:ListTopics":                             "<ListTopicsResponse><ListTopicsResult><Topics/></ListTopicsResult></ListTopicsResponse>",
		"sqs:ListQueues":                             `{}`,
		"states:ListStateMachines":                   `{"stateMachines":[{"name":"another","stateMachineArn":"arn:aws:states:x"}]}`,
		"dynamodb:DescribeTable":                     "fail",
		"logs:DescribeLogGroups":                     `{"logGroups":[]}`,
		"logs:DescribeResourcePolicies":              `{"resourcePolicies":[]}`,
		"kms:ListAliases":                            `{"Aliases":[]}`,
		"monitoring:DescribeAlarms":                  "<DescribeAlarmsResponse><DescribeAlarmsResult/></DescribeAlarmsResponse>",
		"iam:GetRole":                                "fail",
		"iam:GetGroup":                               "fail",
		"iam:GetPolicy":                              "fail",
		"scheduler:GET/schedules/" + names.Heartbeat: "fail", "scheduler:GET/schedules/" + names.CanaryRead: "fail",
		"scheduler:GET/schedules/" + names.CanaryWrite: "fail",
		"monitoring:GetDashboard":                      "fail", "events:DescribeApiDestination": "fail", "events:DescribeConnection": "fail",
		"cloudtrail:GetTrail": "fail",
	}
	for action, body := range none {
		if body == "fail" {
			c.Fail(action, "ResourceNotFoundException", "it does not exist")
		} else {
			c.Answer(action, body)
		}
	}
	look := func(p plan.Plan) ([]Remain, []Blind) {
		return Search{
			Keys: keys{c.Server}, Plan: p, Regions: []string{"ap-northeast-1"}, Step: func(string) {},
			Leave:   func(_, region string) bool { return region == "us-west-2" },
			Profile: func(account string) string { return map[string]string{"111111111111": "my hub"}[account] },
		}.Remains(t.Context())
	}
	left, blind := look(thePlan(t, ""))
	if len(left) != 0 || len(blind) != 0 {
		t.Fatalf("left %+v, blind %+v", left, blind)
	}
	for _, call := range c.Calls() {
		if strings.HasSuffix(call, "@us-west-2") {
			t.Errorf("%s: that Region is switched off", call)
		}
	}

	c.Answer("events:ListRules@eu-west-1", `{"Rules":[{"Name":"capture-breakglass-user-sign-in"}]}`)
	c.Answer("logs:DescribeLogGroups@us-east-1", `{"logGroups":[{"logGroupName":"/aws/events/breakglass-ledger"}]}`)
	c.Fail("sns:ListTopics@eu-west-1", "AuthorizationError", "User: x is not authorized to perform: SNS:ListTopics on resource: y")
	left, blind = look(thePlan(t, ""))
	if len(left) != 2 || len(blind) != 1 || !strings.Contains(blind[0].Reason, "the permission SNS:ListTopics is missing") {
		t.Fatalf("left %+v, blind %+v", left, blind)
	}
	for _, r := range left {
		if r.Kept != (r.Name == names.Ledger) || strings.Contains(r.Remove, "NAME") || strings.Contains(r.Remove, "FLAGS") ||
			!strings.Contains(r.Remove, "--profile 'my hub'") {
			t.Errorf("%+v", r)
		}
	}
	if left, _ = look(thePlan(t, "terminationProtection: false")); len(left) != 2 || left[0].Kept || left[1].Kept {
		t.Errorf("without protection: %+v", left)
	}
}

// Observers of an earlier file are left in the target accounts that the file still names. What else such an account has is not looked at: it
// may be the hub account of another deployment.
func TestObserversOfAnEarlierFile(t *testing.T) {
	c := newCloud(t)
	c.Answer("cloudformation:DescribeStacks@eu-west-3", "<DescribeStacksResponse><DescribeStacksResult><Stacks>"+
		"<member><StackName>BreakGlass-Observer-eu-west-3-222222222222</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member>"+
		"<member><StackName>BreakGlass-Hub</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member>"+
		"</Stacks></DescribeStacksResult></DescribeStacksResponse>")
	left, _ := Search{
		Keys: keys{c.Server}, Plan: thePlan(t, ""), Regions: []string{"eu-west-3"}, Step: func(string) {}, Leave: func(string, string) bool { return false },
		Profile: func(account string) string { return "of " + account },
	}.Remains(t.Context())
	var got []string
	for _, r := range left {
		if r.Account == "222222222222" {
			got = append(got, r.Region+" "+r.Name+": "+r.Remove)
		}
	}
	want := "eu-west-3 BreakGlass-Observer-eu-west-3-222222222222: aws cloudformation update-termination-protection --no-enable-termination-protection " +
		"--stack-name BreakGlass-Observer-eu-west-3-222222222222 --region eu-west-3 --profile 'of 222222222222' && " +
		"aws cloudformation delete-stack --stack-name BreakGlass-Observer-eu-west-3-222222222222 --region eu-west-3 --profile 'of 222222222222'"
	if len(got) != 1 || got[0] != want {
		t.Errorf("left %q, want %s", got, want)
	}
}

// Only an answer of AWS says that something is not there.
func TestAbsent(t *testing.T) {
	for want, errs := range map[bool][]error{
		true: {
			&smithy.GenericAPIError{Code: "ResourceNotFoundException"}, &smithy.GenericAPIError{Code: "NoSuchEntity"},
			&smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id x does not exist"},
			&smithy.GenericAPIError{Code: "X", Message: "Table: x not found"},
		},
		false: {nil, errors.New("the profile does not exist"), &smithy.GenericAPIError{Code: "AccessDenied", Message: "no"}},
	} {
		for _, err := range errs {
			if absent(err) != want {
				t.Errorf("%v: %v", err, !want)
			}
		}
	}
}
