package constructs

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestLedger(t *testing.T) {
	const arn = "arn:aws-us-gov:logs:us-gov-west-1:012345678901:log-group:/aws/events/breakglass-ledger"
	one := synth(t, func(stack awscdk.Stack) {
		NewLedger(stack, "Ledger", LedgerProps{Place: here, RetentionDays: 3653, Keep: true})
	})

	group := one.only(t, "AWS::Logs::LogGroup")
	has(t, group.Properties, "LogGroupName", "RetentionInDays")
	same(t, "name", group.Properties["LogGroupName"], "/aws/events/breakglass-ledger")
	same(t, "ten years", group.Properties["RetentionInDays"], 3653)
	if group.DeletionPolicy != "RetainExceptOnCreate" || group.UpdateReplacePolicy != "Retain" {
		t.Errorf("asked to keep it, the stack does %q and %q", group.DeletionPolicy, group.UpdateReplacePolicy)
	}

	policy := one.only(t, "AWS::Logs::ResourcePolicy")
	same(t, "name", policy.Properties["PolicyName"], "breakglass-ledger")
	if policy.DeletionPolicy != "" {
		t.Error("the policy stays when the stack goes")
	}
	// A text, and not an object: CloudWatch Logs takes nothing else.
	var document any
	if err := json.Unmarshal([]byte(policy.Properties["PolicyDocument"].(string)), &document); err != nil {
		t.Fatal(err)
	}
	for _, sid := range []string{"MakeStreams", "WriteEvents"} {
		s := statement(t, document, sid)
		same(t, sid, s["Resource"], []string{arn + ":*"})
		same(t, sid, s["Principal"], map[string]any{"Service": []string{"events.amazonaws.com", "delivery.logs.amazonaws.com"}})
	}
	if c := statement(t, document, "MakeStreams")["Condition"]; c != nil {
		t.Errorf("making streams has the condition %v, which no request meets", c)
	}
	same(t, "the rules that write", statement(t, document, "WriteEvents")["Condition"], map[string]any{
		"ArnLike": map[string]any{"aws:SourceArn": "arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/*-breakglass-*"},
	})
}

func TestLedgerGoesWithItsStackUnlessAskedToStay(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewLedger(stack, "Ledger", LedgerProps{Place: here, RetentionDays: 3653}) })
	for _, r := range one.Resources {
		if r.DeletionPolicy != "" || r.UpdateReplacePolicy != "" {
			t.Errorf("%s: %q and %q", r.Type, r.DeletionPolicy, r.UpdateReplacePolicy)
		}
	}
	same(t, "the resources", one.types(), []string{"AWS::Logs::LogGroup", "AWS::Logs::ResourcePolicy"})
}

func TestLedgerOfTheHeartbeats(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) {
		NewLedger(stack, "Ledger", LedgerProps{Place: here, RetentionDays: 365, Keep: true, Heartbeats: true})
	})
	beats := one.named(t, "AWS::Logs::LogGroup", "LogGroupName", "/aws/events/breakglass-heartbeats")
	same(t, "a month", beats.Properties["RetentionInDays"], 30)
	if beats.DeletionPolicy != "" {
		t.Error("the beats stay when the stack goes")
	}
	same(t, "the ledger's days", one.named(t, "AWS::Logs::LogGroup", "LogGroupName", "/aws/events/breakglass-ledger").Properties["RetentionInDays"], 365)
	var document any
	if err := json.Unmarshal([]byte(one.only(t, "AWS::Logs::ResourcePolicy").Properties["PolicyDocument"].(string)), &document); err != nil {
		t.Fatal(err)
	}
	const groups = "arn:aws-us-gov:logs:us-gov-west-1:012345678901:log-group:/aws/events/breakglass-"
	for _, sid := range []string{"MakeStreams", "WriteEvents"} {
		same(t, sid, statement(t, document, sid)["Resource"], []string{groups + "ledger:*", groups + "heartbeats:*"})
	}
}
