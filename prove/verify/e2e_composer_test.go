//go:build verify

package verify

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"example.com/breakglass/names"
)

// TestEndToEndComposer goes through what the composers of two hubs carry, and breaks one of them piece by piece: each break is seen, in
// the hub's own mails, among its dead letters, or in what the other hub is told. Its Regions have a canary, whose records go missing.
func TestEndToEndComposer(t *testing.T) {
	ctx := t.Context()
	e := newE2E(t, ctx, "e2e-composer.yaml")
	step := func(name string, do func(*testing.T, context.Context)) {
		t.Run(name, func(t *testing.T) { do(t, ctx) })
	}
	step("every stack deploys", e.deploys)
	step("a hub reports that all its rules carry the heartbeat, and only then", e.alive)
	step("a Region whose canary's records are missing is silent, and people are told", e.missingRecords)
	step("a composer with a broken expression sends the event as it is", e.brokenExpression)
	step("a composer without its table sends every alert", e.withoutTable)
	step("the standby alerts on what a hub without its composer could not send", e.deadLettersOfTheHub)
	step("an exercise proves that people get in and others are told without us-east-1", e.withoutUsEast1)
}

// brokenExpression breaks what the hub's composer computes. The event arrives as it is; the other hub's alert is as ever.
func (e *e2e) brokenExpression(t *testing.T, ctx context.Context) {
	client := sfn.NewFromConfig(e.run.AWS(hubRegion))
	machine, err := client.DescribeStateMachine(ctx, &sfn.DescribeStateMachineInput{StateMachineArn: aws.String(composerARN(hubRegion))})
	if err != nil {
		t.Fatal(err)
	}
	var definition map[string]any
	if err := json.Unmarshal([]byte(aws.ToString(machine.Definition)), &definition); err != nil {
		t.Fatal(err)
	}
	write := at(definition, "States", "Compose")["Branches"].([]any)[0].(map[string]any)
	at(write, "States", "Write")["Output"] = "{% $nothing.is(here) %}"
	update := func(text string) {
		if _, err := client.UpdateStateMachine(ctx, &sfn.UpdateStateMachineInput{
			StateMachineArn: machine.StateMachineArn, Definition: aws.String(text),
		}); err != nil {
			t.Fatal(err)
		}
	}
	update(jsonOf(definition))
	defer update(aws.ToString(machine.Definition))
	e.breathe(t, ctx)
	e.play(t, ctx, "a sign-in with MFA", hubRegion)
	for _, m := range e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, sampleEventID) {
		want := signedIn + hubRegion
		if m.Region == hubRegion {
			want = "BREAK GLASS: an alert that could not be composed"
		}
		if !strings.HasPrefix(m.Subject, want) {
			t.Errorf("the subject from %s is %q, want %q", m.Region, m.Subject, want)
		}
	}
}

// withoutTable deletes the table of the hub's composer: nothing limits its alerts then, and none is lost.
func (e *e2e) withoutTable(t *testing.T, ctx context.Context) {
	e.breathe(t, ctx)
	if _, err := dynamodb.NewFromConfig(e.run.AWS(hubRegion)).DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(names.AlertsTable)}); err != nil {
		t.Fatal(err)
	}
	e.play(t, ctx, "a sign-in with MFA", hubRegion)
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, signedIn+hubRegion)
}
