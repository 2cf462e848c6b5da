package stacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/access/rights"
)

// allowed is a statement of a role's policies in a template, or of a policy on a resource.
type allowed struct {
	of, Sid, Effect string
	Action          any
	Resource        any
	Principal       any
	Condition       map[string]any
	actions         []string
	resources       []string
}

// statements returns the statements of the roles and managed policies of a template.
func (one template) statements(t *testing.T) []allowed {
	t.Helper()
	var all []allowed
	add := func(id string, document any) {
		var d struct{ Statement []allowed }
		if err := json.Unmarshal([]byte(compact(t, document)), &d); err != nil {
			t.Fatal(err)
		}
		for _, s := range d.Statement {
			s.of, s.actions, s.resources = id, texts(s.Action), texts(s.Resource)
			all = append(all, s)
		}
	}
	for id, r := range one.Resources {
		switch r.Type {
		case "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::S3::BucketPolicy":
			add(id, r.Properties["PolicyDocument"])
		case "AWS::KMS::Key":
			add(id, r.Properties["KeyPolicy"])
		case "AWS::IAM::Role":
			for _, p := range listOf(r.Properties["Policies"]) {
				add(id, p.(map[string]any)["PolicyDocument"])
			}
		}
	}
	return all
}

func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	return nil
}

func texts(value any) []string {
	if one, ok := value.(string); ok {
		return []string{one}
	}
	var all []string
	for _, v := range listOf(value) {
		all = append(all, fmt.Sprint(v))
	}
	return all
}

// wildcards are the resources with a * that the pipeline's roles may use, each with its reason. Nothing else has one.
var wildcards = []struct{ actions, resource, reason string }{
	{"s3:", "arn:aws:s3:::breakglass-pipeline-111111111111-", "whatever lies in the pipeline's own buckets"},
	{"kms:Decrypt", "arn:aws:kms:", "a key's ID is not known beforehand; for artifacts its alias is a condition, for the check it is read-only"},
	{"kms:DescribeKey", "arn:aws:kms:", "as above"},
	{"kms:GetKey", "arn:aws:kms:", "the check reads the policy of the topic's key, which it knows by its alias"},
	{"logs:", "arn:aws:logs:us-east-1:111111111111:log-group:/aws/codebuild/BreakGlass-Pipeline-", "the streams of the build's own log"},
	{"logs:FilterLogEvents", "arn:aws:logs:*:111111111111:log-group:/aws/events/breakglass-*", "the ledgers of both hubs"},
	{"events:", "arn:aws:events:*:111111111111:", "the default bus and the rules of every watched Region"},
	{"cloudformation:", "arn:aws:cloudformation:*:111111111111:stack/BreakGlass-*", "the project's own stacks"},
	{
		"sts:AssumeRole", "arn:aws:iam::111111111111:role/cdk-hnb659fds-lookup-role-111111111111-*",
		"the differences in a Region that is new in the file; only reads",
	},
	{"sns:", "arn:aws:sns:*:111111111111:breakglass", "the topics of both hubs; only reads"},
	{"sqs:", "arn:aws:sqs:*:111111111111:BreakGlass-*", "the dead-letter queues of every watched Region"},
	{"states:DescribeExecution", "arn:aws:states:*:111111111111:execution:breakglass-composer:*", "an execution's name is not known beforehand"},
	{"states:", "arn:aws:states:*:111111111111:stateMachine:breakglass-composer", "the composers of both hubs; only reads"},
	{"dynamodb:", "arn:aws:dynamodb:*:111111111111:table/breakglass-alerts", "their tables; only reads"},
	{"scheduler:GetSchedule", "arn:aws:scheduler:*:111111111111:schedule/*/breakglass-*", "the heartbeat of every watched Region"},
	{"iam:Get", "arn:aws:iam::111111111111:", "roles, policies and users have names of the file; only reads"},
	{"iam:List", "arn:aws:iam::111111111111:", "as above"},
	{
		"iam:SimulatePrincipalPolicy", "arn:aws:iam::111111111111:*",
		"the check simulates the users and, where the hub account is a target, the role; changes nothing",
	},
	{"", "*", "actions that no policy can confine to a resource, all stacks, an organization's trail; only reads"},
}

// reading returns the read actions that need Resource *: AWS has no resource for them.
func reading(action string) bool {
	_, verb, _ := strings.Cut(action, ":")
	if action == "iam:GenerateCredentialReport" { // IAM makes a report of its own; nothing changes
		return true
	}
	return slices.ContainsFunc([]string{"Check", "Get", "List", "Describe"}, func(p string) bool { return strings.HasPrefix(verb, p) })
}

func TestPipelinesRolesMayDoNoMoreThanTheyHaveTo(t *testing.T) {
	used := map[int]bool{}
	for _, s := range thePipeline(t).stacks["BreakGlass-Pipeline"].statements(t) {
		if s.Principal != nil {
			continue // on a resource, see below
		}
		for _, a := range s.actions {
			if strings.Contains(a, "*") {
				t.Errorf("%s: the action %s", s.of, a)
			}
			for _, r := range s.resources {
				if !strings.Contains(r, "*") {
					continue
				}
				ok := false
				for i, w := range wildcards {
					if strings.HasPrefix(a, w.actions) && (strings.HasPrefix(r, w.resource) && w.resource != "*" || r == "*" && w.resource == "*" && reading(a)) {
						ok, used[i] = true, true
						break
					}
				}
				write := strings.HasPrefix(a, "kms:Encrypt") || strings.HasPrefix(a, "kms:GenerateDataKey") || strings.HasPrefix(a, "kms:ReEncrypt")
				if write && compact(t, s.Condition) == `{"ForAnyValue:StringEquals":{"kms:ResourceAliases":"alias/breakglass-pipeline"}}` {
					ok = true
				}
				if !ok {
					t.Errorf("%s may %s on %s, and no reason is given", s.of, a, r)
				}
			}
		}
	}
	for i, w := range wildcards {
		if !used[i] {
			t.Errorf("nothing needs %s on %s any more", w.actions, w.resource)
		}
	}
}

// TestWhoMayAssumeWhat: only the pipeline deploys; one build reads everywhere, one in the targets; the build that runs code which
// nobody has approved may assume nothing.
func TestWhoMayAssumeWhat(t *testing.T) {
	app := thePipeline(t)
	may := map[string][]string{}
	one := app.stacks["BreakGlass-Pipeline"]
	for _, s := range one.statements(t) {
		if slices.Contains(s.actions, "sts:AssumeRole") && s.Principal == nil {
			may[s.of] = append(may[s.of], s.resources...)
		}
	}
	var deploy, lookup []string
	for _, at := range app.plan.Placements {
		if at.Stage == "" && !at.OfPipeline() {
			continue
		}
		end := "-role-" + at.Account + "-" + at.Region
		deploy = append(deploy, "arn:aws:iam::"+at.Account+":role/cdk-hnb659fds-deploy"+end)
		if at.Account == "111111111111" {
			// Of any Region: the role that is there when the file gets a new one shows what will be in it.
			end = "-role-" + at.Account + "-*"
		}
		lookup = append(lookup, "arn:aws:iam::"+at.Account+":role/cdk-hnb659fds-lookup"+end)
	}
	sorted := func(list []string) []string {
		list = slices.Clone(list)
		slices.Sort(list)
		return slices.Compact(list)
	}
	want := map[string][]string{
		"PipelinePipelineRole": sorted(deploy), "PipelineDiffRole": sorted(lookup),
		"PipelineReadinessRole": {
			"arn:aws:iam::222222222222:role/cdk-hnb659fds-lookup-role-222222222222-us-east-1",
			"arn:aws:iam::333333333333:role/cdk-hnb659fds-lookup-role-333333333333-eu-west-1",
		},
	}
	for of, roles := range may {
		found := false
		for prefix, w := range want {
			if strings.HasPrefix(of, prefix) {
				found = true
				if !slices.Equal(sorted(roles), w) {
					t.Errorf("%s may assume %q, want %q", prefix, sorted(roles), w)
				}
				delete(want, prefix)
			}
		}
		if !found {
			t.Errorf("%s may assume %q", of, roles)
		}
	}
	for prefix := range want {
		t.Errorf("%s may assume nothing", prefix)
	}
	// None is of the CDK's making, and neither is a policy.
	if n := len(one.ofType("AWS::IAM::Role")); n != 4 {
		t.Errorf("%d roles, want those of the pipeline and its three builds", n)
	}
	if n := len(one.ofType("AWS::IAM::Policy")); n != 0 {
		t.Errorf("%d policies that the CDK made", n)
	}
	for id, r := range one.ofType("AWS::IAM::Role") {
		trust, source := compact(t, r.Properties["AssumeRolePolicyDocument"]), ""
		for begin, arn := range map[string]string{
			"PipelinePipelineRole":  "codepipeline:us-east-1:111111111111:BreakGlass-Pipeline",
			"PipelineSynthRole":     "codebuild:us-east-1:111111111111:project/BreakGlass-Pipeline-Synth",
			"PipelineDiffRole":      "codebuild:us-east-1:111111111111:project/BreakGlass-Pipeline-Diff",
			"PipelineReadinessRole": "codebuild:us-east-1:111111111111:project/BreakGlass-Pipeline-Proof",
		} {
			if strings.HasPrefix(id, begin) {
				source = arn
			}
		}
		if source == "" || !strings.Contains(trust, `"aws:SourceAccount":"111111111111"`) ||
			!strings.Contains(trust, `"ArnEquals":{"aws:SourceArn":"arn:aws:`+source+`"}`) {
			t.Errorf("%s trusts a service on behalf of anybody: %s", id, trust)
		}
	}
}

// TestThePipelineMayDeployItsBucketWhereOnlyATargetHasStacks: nothing else of the hub account is in that Region.
func TestThePipelineMayDeployItsBucketWhereOnlyATargetHasStacks(t *testing.T) {
	app := synthStaged(t, writeFile(t, `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222", region: ca-central-1}]
deploy: {access: bootstrap}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}
`))
	for _, s := range app.stacks["BreakGlass-Pipeline"].statements(t) {
		if strings.HasPrefix(s.of, "PipelinePipelineRole") &&
			slices.Contains(s.resources, "arn:aws:iam::111111111111:role/cdk-hnb659fds-deploy-role-111111111111-ca-central-1") {
			return
		}
	}
	t.Error("the pipeline may not deploy its bucket in ca-central-1")
}

// TestReadinessMayAskWhatItAsks: each permission of the check and of the drill, and none that changes anything but a drill on
// a bus.
func TestReadinessMayAskWhatItAsks(t *testing.T) {
	var granted, onEverything []string
	for _, s := range thePipeline(t).stacks["BreakGlass-Pipeline"].statements(t) {
		if strings.HasPrefix(s.of, "PipelineReadinessRolePolicy") {
			granted = append(granted, s.actions...)
			if slices.Contains(s.resources, "*") {
				onEverything = append(onEverything, s.actions...)
			}
		}
	}
	// It reads more than resources with the project's names: all stacks of a Region, a trail of the management account.
	for _, a := range []string{"cloudformation:DescribeStacks", "cloudformation:ListStacks", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"} {
		if !slices.Contains(onEverything, a) {
			t.Errorf("the build may %s on some resources only", a)
		}
	}
	for _, a := range rights.Readiness() {
		if !slices.Contains(granted, a) {
			t.Errorf("the build may not %s", a)
		}
	}
	// A look-alike of a sign-in or a heartbeat of its own would fake an alert, or hide that one is missing.
	drills := 0
	for _, s := range thePipeline(t).stacks["BreakGlass-Pipeline"].statements(t) {
		if strings.HasPrefix(s.of, "PipelineReadinessRolePolicy") && slices.Contains(s.actions, "events:PutEvents") {
			drills++
			if got := compact(t, s.Condition); got != `{"ForAllValues:StringEquals":{"events:source":"breakglass.drill"},"Null":{"events:source":"false"}}` ||
				len(s.actions) != 1 {
				t.Errorf("the build may put any event: %q, %s", s.actions, got)
			}
		}
	}
	if drills != 1 {
		t.Errorf("%d statements let the build put drills", drills)
	}
	for _, a := range granted {
		if !reading(a) &&
			!slices.Contains([]string{"events:PutEvents", "iam:SimulatePrincipalPolicy", "logs:FilterLogEvents", "sqs:ReceiveMessage", "sts:AssumeRole"}, a) {
			t.Errorf("the build may %s", a)
		}
	}
}
