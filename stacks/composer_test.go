package stacks

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// TestTheComposerNamesWhatItHasRoomFor: its template is as full as the plan counts, and no fuller than CloudFormation allows.
func TestTheComposerNamesWhatItHasRoomFor(t *testing.T) {
	for name, text := range map[string]string{
		"a thousand accounts":           listing(1000, ""),
		"a thousand accounts, and chat": listing(1000, "chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\n"),
	} {
		t.Run(name, func(t *testing.T) {
			c, err := config.Parse("file.yaml", []byte(text))
			if err != nil {
				t.Fatal(err)
			}
			p := plan.Of(c)
			named := len(p.ComposerOf("us-east-1").Accounts)
			note := strings.Join(p.Notes, "\n")
			if named < 50 || named >= 1000 || !strings.Contains(note, "of the 1000 accounts") {
				t.Errorf("alerts name %d accounts: %s", named, note)
			}
			for stack, one := range synthOnly(t, writeFile(t, text), "BreakGlass-Composer-*") {
				n := sentSize(t, one)
				t.Logf("%s has %d bytes, and names %d accounts", stack, n, named)
				if n > plan.MaxTemplate || stack == "BreakGlass-Composer-us-east-1" && n < plan.MaxTemplate*95/100 {
					t.Errorf("%s has %d bytes", stack, n)
				}
			}
		})
	}
}

// TestTheComposerIsTheOneOfThePlan: what the machine says is in the template as it is.
func TestTheComposerIsTheOneOfThePlan(t *testing.T) {
	c, err := config.Load("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for stack, one := range wholeApp(t) {
		if !strings.HasPrefix(stack, "BreakGlass-Composer-") {
			continue
		}
		for _, machine := range one.ofType("AWS::StepFunctions::StateMachine") {
			definition := text(machine.Properties["DefinitionString"])
			if want := plan.Of(c).ComposerOf(one.region()).Text(); definition != want || !json.Valid([]byte(definition)) {
				t.Errorf("%s has\n%s", stack, definition)
			}
			if machine.Properties["StateMachineType"] != "STANDARD" {
				t.Errorf("%s: only executions of a standard state machine report that they failed", stack)
			}
		}
	}
}

// TestTheDoorsCloseBehindTheRules: an update gives each rule of a hub its composer before the key keeps EventBridge out.
func TestTheDoorsCloseBehindTheRules(t *testing.T) {
	for _, stack := range []string{"BreakGlass-Hub", "BreakGlass-Standby"} {
		one := wholeApp(t)[stack]
		for id, key := range one.ofType("AWS::KMS::Key") {
			for rule := range one.ofType("AWS::Events::Rule") {
				if !strings.Contains(compact(t, key.DependsOn), `"`+rule+`"`) {
					t.Errorf("%s: %s does not wait for %s", stack, id, rule)
				}
			}
		}
		for _, topic := range one.ofType("AWS::SNS::Topic") {
			if !strings.Contains(compact(t, topic.Properties["KmsMasterKeyId"]), "Ref") {
				t.Errorf("%s: a topic, and its policy behind it, does not wait for the key", stack)
			}
		}
	}
}
