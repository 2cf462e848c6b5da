package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// What AWS allows whatever the number of targets (CloudFormation quotas: resources and outputs of a template; EventBridge
// quotas: rules of a bus where it allows the fewest).
const (
	maxResources, maxOutputs = 500, 200
	maxRules                 = 300
)

// listing returns a file with that many listed targets, and more keys.
func listing(targets int, more string) string {
	var b strings.Builder
	b.WriteString("version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nalerts: {email: [security-team@example.com]}\n" + more + "targets:\n")
	for i := range targets {
		fmt.Fprintf(&b, "  - {account: \"%012d\", name: %s}\n", 200000000000+i, strings.Repeat("n", 30))
	}
	return b.String()
}

// TestAThousandTargetsStayWithinTheLimits: no template, pattern or policy grows past what AWS takes.
func TestAThousandTargetsStayWithinTheLimits(t *testing.T) {
	for name, more := range map[string]string{
		"listed":   "",
		"observed": "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n",
	} {
		t.Run(name, func(t *testing.T) {
			app := synth(t, writeFile(t, listing(1000, more)))
			roles, rules, longest := 0, map[string]int{}, 0
			for stack, one := range app {
				if n := sentSize(t, one); n > plan.MaxTemplate || len(one.text) > plan.MaxTemplate {
					t.Errorf("%s has %d bytes as YAML and %d as it is written", stack, n, len(one.text))
				}
				for _, problem := range overLimits(t, one) {
					t.Errorf("%s %s", stack, problem)
				}
				for _, rule := range one.rules() {
					longest = max(longest, len(withKey(compact(t, rule["EventPattern"]), watch.SampleKey)))
					rules[one.manifest.Environment]++
				}
				if strings.HasPrefix(stack, names.RoleStack) {
					roles++
				}
			}
			if roles != 1000 {
				t.Errorf("%d roles", roles)
			}
			for bus, n := range rules {
				if n > maxRules {
					t.Errorf("%d rules on the bus of %s", n, bus)
				}
			}
			t.Logf("%d stacks, the longest pattern has %d characters, %d rules in the hub Region", len(app), longest, rules["aws://111111111111/us-east-1"])
		})
	}
}

// overLimits lists what of a template AWS would refuse for its number or its length.
func overLimits(t *testing.T, one template) []string {
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if n := len(one.Resources); n > maxResources {
		say("has %d resources", n)
	}
	if n := len(one.Outputs); n > maxOutputs {
		say("has %d outputs", n)
	}
	for name, rule := range one.rules() {
		if n := len(withKey(compact(t, rule["EventPattern"]), watch.SampleKey)); n > watch.MaxPattern {
			say("has a pattern of %d characters in %s", n, name)
		}
	}
	for id, r := range one.Resources {
		switch r.Type {
		case "AWS::IAM::Role":
			if n := len(compact(t, r.Properties["AssumeRolePolicyDocument"])); n > access.MaxTrustPolicy {
				say("has a trust policy of %d characters in %s", n, id)
			}
		case "AWS::IAM::ManagedPolicy":
			if n := len(compact(t, r.Properties["PolicyDocument"])); n > access.MaxManagedPolicy {
				say("has a policy of %d characters in %s", n, id)
			}
		case "AWS::CloudWatch::Alarm":
			if n := len(text(r.Properties["AlarmDescription"])); n > watch.MaxAlarmText {
				say("has an alarm text of %d characters in %s", n, id)
			}
		}
	}
	return found
}

// TestTheLimitsCatchWhatTheyAreFor makes each thing too large by one.
func TestTheLimitsCatchWhatTheyAreFor(t *testing.T) {
	resources := map[string]resource{}
	for i := range maxResources + 1 {
		resources[fmt.Sprint(i)] = resource{Type: "AWS::SNS::Topic"}
	}
	outputs := map[string]struct{ Value any }{}
	for i := range maxOutputs + 1 {
		outputs[fmt.Sprint(i)] = struct{ Value any }{}
	}
	long := func(n int) any { return strings.Repeat("x", n-len(`""`)) }
	of := func(kind, property string, value any) template {
		return template{Resources: map[string]resource{"One": {Type: kind, Properties: map[string]any{"Name": "rule", property: value}}}}
	}
	for want, broken := range map[string]template{
		"501 resources":                 {Resources: resources},
		"201 outputs":                   {Outputs: outputs},
		"a pattern of 2049 characters":  of("AWS::Events::Rule", "EventPattern", long(watch.MaxPattern+1)),
		"a trust policy of 2049 ":       of("AWS::IAM::Role", "AssumeRolePolicyDocument", long(access.MaxTrustPolicy+1)),
		"a policy of 6145 characters":   of("AWS::IAM::ManagedPolicy", "PolicyDocument", long(access.MaxManagedPolicy+1)),
		"an alarm text of 1025 charact": of("AWS::CloudWatch::Alarm", "AlarmDescription", strings.Repeat("x", watch.MaxAlarmText+1)),
	} {
		if found := overLimits(t, broken); len(found) != 1 || !strings.Contains(found[0], want) {
			t.Errorf("%q, want %s", found, want)
		}
	}
}

// TestOneOfManyIsDeployedAlone: one changed account is deployed without the other 999.
func TestOneOfManyIsDeployedAlone(t *testing.T) {
	for stack, one := range synth(t, writeFile(t, listing(20, ""))) {
		if strings.HasPrefix(stack, names.RoleStack) && len(one.manifest.Dependencies) > 0 {
			t.Errorf("%s waits for %q", stack, one.manifest.Dependencies)
		}
	}
}

// TestOneOfManyHasTheSameTemplate: a stack that is made alone, as -c only=NAME asks for, is the one of the whole app, one of
// every kind.
func TestOneOfManyHasTheSameTemplate(t *testing.T) {
	for _, file := range []string{
		"testdata/whole.yaml",
		writeFile(t, listing(9, "observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n")),
	} {
		c, err := config.Load(file)
		if err != nil {
			t.Fatal(err)
		}
		all := synth(t, file)
		tried := map[plan.Kind]bool{}
		for _, at := range plan.Of(c).Placements {
			if tried[at.Kind] {
				continue
			}
			tried[at.Kind] = true
			some := synthOnly(t, file, at.Stack)
			if string(some[at.Stack].text) != string(all[at.Stack].text) || len(some[at.Stack].text) == 0 {
				t.Errorf("%s has a different template when it is built alone", at.Stack)
			}
			if at.Kind == plan.Role && len(at.After) == 0 && len(some) != 1 {
				t.Errorf("%s is made with %d others", at.Stack, len(some)-1)
			}
		}
		if len(tried) < 8 {
			t.Errorf("only %v were tried", tried)
		}
	}
}

// synthOnly makes one stack of a file, as the CDK CLI's -c only=NAME does.
func synthOnly(t *testing.T, file, stack string) map[string]template {
	t.Helper()
	dir := t.TempDir()
	app := newApp(t, dir)
	app.Node().SetContext(jsii.String("only"), stack)
	if _, err := build(app, file); err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	return readAssembly(t, dir)
}
