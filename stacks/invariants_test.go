package stacks

import (
	"bytes"
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// allowedTypes are the kinds of resource that a reviewer meets. No function, no custom resource; a bucket for the trail only.
var allowedTypes = []string{
	"AWS::CloudFormation::StackSet", "AWS::CloudFormation::WaitConditionHandle",
	"AWS::Chatbot::MicrosoftTeamsChannelConfiguration", "AWS::Chatbot::SlackChannelConfiguration",
	"AWS::CloudTrail::Trail", "AWS::S3::Bucket", "AWS::S3::BucketPolicy",
	"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Dashboard",
	"AWS::DynamoDB::Table", "AWS::StepFunctions::StateMachine", // the composer's
	"AWS::Events::ApiDestination", "AWS::Events::Connection", // the monitor's outside AWS
	"AWS::Events::Rule",
	"AWS::IAM::Group", "AWS::IAM::ManagedPolicy", "AWS::IAM::Role", "AWS::IAM::User",
	"AWS::KMS::Alias", "AWS::KMS::Key",
	"AWS::Logs::LogGroup", "AWS::Logs::QueryDefinition", "AWS::Logs::ResourcePolicy",
	"AWS::Notifications::ChannelAssociation", "AWS::Notifications::EventRule", "AWS::Notifications::NotificationConfiguration",
	"AWS::NotificationsContacts::EmailContact",
	"AWS::Scheduler::Schedule",
	"AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy",
	"AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
}

func TestEveryTemplateHoldsTheInvariants(t *testing.T) {
	for stack, one := range wholeApp(t) {
		for _, problem := range violations(t, one) {
			t.Errorf("%s: %s", stack, problem)
		}
	}
}

// violations lists what a template does that none may do.
func violations(t *testing.T, one template) []string {
	var found []string
	say := func(parts ...string) { found = append(found, strings.Join(parts, " ")) }
	if one.Description == "" {
		say("has no description")
	}
	if len(one.Parameters) > 0 {
		say("has parameters")
	}
	if !one.manifest.Properties.TerminationProtection {
		say("is not protected from deletion")
	}
	if n := sentSize(t, one); n > plan.MaxTemplate || len(one.text) > plan.MaxTemplate {
		say("is too large")
	}
	for id, r := range one.Resources {
		if !slices.Contains(allowedTypes, r.Type) {
			say(id, "is a", r.Type)
		}
		switch r.Type {
		case "AWS::SNS::Topic":
			key, _ := r.Properties["KmsMasterKeyId"].(map[string]any)
			// The chat's topic takes the key of the alert topic, which its hub exports.
			if key == nil || one.Resources[text(key["Ref"])].Type != "AWS::KMS::Key" && !strings.Contains(text(key["Fn::ImportValue"]), "ExportsOutputRefTopicKey") {
				say(id, "is not encrypted with a key of this template or its hub")
			}
		case "AWS::Events::Rule":
			for _, p := range ruleViolations(t, one, r.Properties) {
				say(id, p)
			}
		}
		for _, s := range statements(r) {
			for _, p := range statementViolations(s, one.stack, r.Type) {
				say(id, p)
			}
		}
	}
	sort.Strings(found)
	return found
}

// sentSize returns the size of the template as the CDK CLI sends it, as YAML: within a few bytes of what cdk synth prints.
func sentSize(t *testing.T, one template) int {
	t.Helper()
	var plain map[string]any
	if err := yaml.Unmarshal(one.text, &plain); err != nil {
		t.Fatal(err)
	}
	return len(asYAML(t, plain))
}

func asYAML(t *testing.T, value any) string {
	t.Helper()
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func ruleViolations(t *testing.T, one template, rule map[string]any) []string {
	var found []string
	if rule["State"] != "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" {
		found = append(found, "may never see read-only calls")
	}
	if text(rule["Description"]) == "" || len(text(rule["Description"])) > 512 {
		found = append(found, "has no description, or one that is too long")
	}
	if n := len(text(rule["Name"])); n == 0 || n > 64 {
		found = append(found, "has no name, or one that is too long")
	}
	pattern := rule["EventPattern"].(map[string]any)
	if n := len(withKey(compact(t, pattern), watch.SampleKey)); n > watch.MaxPattern {
		found = append(found, "has a pattern that is too long")
	}
	if pattern["account"] == nil {
		found = append(found, "accepts events of any account")
	}
	targets := rule["Targets"].([]any)
	if len(targets) == 0 || len(targets) > 5 {
		found = append(found, "has no target, or more than five")
	}
	for _, each := range targets {
		target := each.(map[string]any)
		if strings.Contains(compact(t, target["Arn"]), ":event-bus/") {
			if compact(t, pattern["region"]) != `["`+one.region()+`"]` {
				found = append(found, "forwards events of other Regions: they can go round in a circle")
			}
			if strings.Contains(compact(t, target["Arn"]), ":"+one.region()+":") {
				found = append(found, "forwards to its own Region")
			}
			if target["RoleArn"] == nil {
				found = append(found, "forwards without a role")
			}
		}
		letters, _ := target["DeadLetterConfig"].(map[string]any)
		if letters == nil && strings.HasPrefix(one.stack, names.HeartbeatsStack) {
			continue // its alarm notices a beat that is missing, however it got lost
		}
		if letters == nil {
			found = append(found, "has a target without dead-letter queue")
			continue
		}
		queue, _ := letters["Arn"].(map[string]any)["Fn::GetAtt"].([]any)
		if queue == nil || one.Resources[text(queue[0])].Type != "AWS::SQS::Queue" {
			found = append(found, "has its dead-letter queue in another stack")
		}
		if strings.Contains(compact(t, target["Arn"]), ":stateMachine:") && target["RoleArn"] == nil {
			found = append(found, "starts the composer without a role")
		}
	}
	return found
}

// statements returns the statements of every policy document of a resource.
func statements(r resource) []map[string]any {
	var found []map[string]any
	var look func(value any)
	look = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if v["Effect"] != nil {
				found = append(found, v)
				return
			}
			for _, inner := range v {
				look(inner)
			}
		case []any:
			for _, inner := range v {
				look(inner)
			}
		case string:
			// The ledger's policy is a document in a text.
			if strings.HasPrefix(v, `{"Statement"`) {
				var inner any
				if yaml.Unmarshal([]byte(v), &inner) == nil {
					look(inner)
				}
			}
		}
	}
	look(r.Properties)
	return found
}

func statementViolations(s map[string]any, stack, kind string) []string {
	var found []string
	if s["Effect"] != "Allow" {
		return nil
	}
	principals := values(s["Principal"])
	if slices.Contains(principals, "*") && s["Condition"] == nil {
		found = append(found, "lets everybody in without a condition")
	}
	// The file decides what a target's role may do.
	chosen := strings.HasPrefix(stack, names.RoleStack) && kind == "AWS::IAM::Role" && s["Principal"] == nil
	for _, action := range values(s["Action"]) {
		if !chosen && (action == "*" || strings.HasSuffix(action, ":*")) {
			found = append(found, "allows "+action)
		}
	}
	if !chosen && s["NotAction"] != nil {
		found = append(found, "allows all but some actions")
	}
	return found
}

// values flattens a text, a list, or the values of a map.
func values(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, inner := range v {
			all = append(all, values(inner)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, inner := range v {
			all = append(all, values(inner)...)
		}
		return all
	}
	return nil
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

// TestTheInvariantsCatchWhatTheyAreFor breaks a template in every way that an invariant is against.
func TestTheInvariantsCatchWhatTheyAreFor(t *testing.T) {
	rule := func(one template) map[string]any {
		return one.ofType("AWS::Events::Rule")[someKey(one, "AWS::Events::Rule")].Properties
	}
	target := func(one template) map[string]any { return rule(one)["Targets"].([]any)[0].(map[string]any) }
	mutants := map[string]struct {
		stack, want string
		broken      func(template)
	}{
		"a function": {"BreakGlass-Hub", "is a AWS::Lambda::Function", func(one template) { one.Resources["F"] = resource{Type: "AWS::Lambda::Function"} }},
		"an open topic": {"BreakGlass-Hub", "is not encrypted", func(one template) {
			delete(one.ofType("AWS::SNS::Topic")[someKey(one, "AWS::SNS::Topic")].Properties, "KmsMasterKeyId")
		}},
		"plain ENABLED":   {"BreakGlass-Forwarder-eu-west-1", "never see", func(one template) { rule(one)["State"] = "ENABLED" }},
		"a circle":        {"BreakGlass-Forwarder-eu-west-1", "circle", func(one template) { delete(rule(one)["EventPattern"].(map[string]any), "region") }},
		"any account":     {"BreakGlass-Forwarder-eu-west-1", "any account", func(one template) { delete(rule(one)["EventPattern"].(map[string]any), "account") }},
		"no dead letters": {"BreakGlass-Forwarder-eu-west-1", "without dead-letter", func(one template) { delete(target(one), "DeadLetterConfig") }},
		"distant dead letter": {"BreakGlass-Forwarder-eu-west-1", "another stack", func(one template) {
			target(one)["DeadLetterConfig"] = map[string]any{"Arn": map[string]any{"Fn::ImportValue": "x"}}
		}},
		"six targets": {"BreakGlass-Forwarder-eu-west-1", "more than five", func(one template) {
			one6 := target(one)
			rule(one)["Targets"] = []any{one6, one6, one6, one6, one6, one6}
		}},
		"a long pattern": {"BreakGlass-Forwarder-eu-west-1", "too long", func(one template) {
			rule(one)["EventPattern"].(map[string]any)["source"] = []any{strings.Repeat("x", 2048)}
		}},
		"everybody": {"BreakGlass-Hub", "lets everybody in", func(one template) {
			one.Resources["P"] = resource{Type: "AWS::SNS::TopicPolicy", Properties: map[string]any{"PolicyDocument": map[string]any{
				"Statement": []any{map[string]any{"Effect": "Allow", "Principal": map[string]any{"AWS": "*"}, "Action": "sns:Publish"}},
			}}}
		}},
		"every action": {"BreakGlass-Hub", "allows *", func(one template) {
			one.Resources["P"] = resource{Type: "AWS::IAM::ManagedPolicy", Properties: map[string]any{"PolicyDocument": map[string]any{
				"Statement": map[string]any{"Effect": "Allow", "Action": []any{"*"}, "Resource": "*"},
			}}}
		}},
	}
	for mutant, m := range mutants {
		t.Run(mutant, func(t *testing.T) {
			one := fresh(t, wholeApp(t)[m.stack])
			if before := violations(t, one); len(before) > 0 {
				t.Fatalf("before: %q", before)
			}
			m.broken(one)
			if after := strings.Join(violations(t, one), "\n"); !strings.Contains(after, m.want) {
				t.Errorf("not caught: %q", after)
			}
		})
	}
}

func someKey(one template, kind string) string {
	var keys []string
	for id := range one.ofType(kind) {
		keys = append(keys, id)
	}
	sort.Strings(keys)
	return keys[0]
}

// fresh returns a copy that a test may change.
func fresh(t *testing.T, one template) template {
	t.Helper()
	again := template{stack: one.stack, text: one.text, manifest: one.manifest}
	if err := json.Unmarshal(one.text, &again); err != nil {
		t.Fatal(err)
	}
	for _, r := range again.Resources {
		layOut(t, r.Type, r.Properties)
	}
	return again
}
