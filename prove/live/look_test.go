package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"example.com/breakglass/compose"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/place"
)

func TestAMailIsDescribed(t *testing.T) {
	text := "From: BreakGlass <no-reply@sns.amazonaws.com>\r\nSubject: DRILL: sign-in\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n\"one\"\r\nlonger\r\n"
	got, err := lookOf([]byte(text))
	want := `from BreakGlass <no-reply@sns.amazonaws.com>, subject "DRILL: sign-in", text/plain; charset=UTF-8, ; 2 lines as sent, the longest with 6 characters, 1 of them begin with a quotation mark`
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
	if _, err := lookOf([]byte("no mail")); err == nil {
		t.Error("something else is taken for a mail")
	}
}

// TestAMessageIsReadAsTheComposerWritesIt: what a machine gets, in the envelope of SNS.
func TestAMessageIsReadAsTheComposerWritesIt(t *testing.T) {
	box := &mailbox{}
	composed := `{"version": 1, "entry": "rule-change", "drill": false, "region": "eu-north-1", "time": "2027-01-01T10:00:00Z", "user": "somebody",
		"record": {"detail-type": "AWS API Call via CloudTrail", "detail": {"readOnly": true}}}`
	envelope, err := json.Marshal(map[string]string{"TopicArn": "arn:aws:sns:us-east-1:111111111111:t", "Subject": "BREAK GLASS", "Message": composed})
	if err != nil {
		t.Fatal(err)
	}
	box.take(string(envelope), "1798797690000") // 2027-01-01T10:01:30Z
	box.take("no JSON", "")
	got := box.find(func(m message) bool { return m.Entry == "rule-change" })
	if len(got) != 1 || len(box.messages) != 1 {
		t.Fatalf("%+v", box.messages)
	}
	if m := got[0]; m.Hub != "us-east-1" || m.Mail != "BREAK GLASS" || m.Arrived.Sub(m.Time) != 90*time.Second {
		t.Errorf("%+v", m)
	}
}

// TestTheComposersStateCanBeBroken: the question takes the deployed definition apart; here that of the code.
func TestTheComposersStateCanBeBroken(t *testing.T) {
	definition, err := json.Marshal(compose.Machine{
		Place: place.Place{Partition: "aws", Account: "111111111111", Region: hubRegion}, Topic: "arn:aws:sns:us-east-1:111111111111:t",
	}.Definition())
	if err != nil {
		t.Fatal(err)
	}
	text, err := broken(string(definition))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"$error('on purpose')", `"Next":"Caught"`, `"Next":"NotCaught"`, "States.ALL"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %s", part, text)
		}
	}
	if _, err := broken(`{"States": {}}`); err == nil {
		t.Error("a machine without the state is taken")
	}
}

func TestTheFindingsOfCheckAreTheAnswer(t *testing.T) {
	text := "✗ Users\n  problem  us-east-1: BreakglassUser has no password → set one\n  note     x\n\n1 problem, 0 warnings, 1 note, in 2s\n"
	got, err := checkAnswer(ran{code: 1, text: text})
	if want := "problem: us-east-1: BreakglassUser has no password; 1 problem, 0 warnings, 1 note, in 2s"; err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := checkAnswer(ran{code: 2}); err == nil {
		t.Error("a check that could not run is an answer")
	}
}

func TestADeploymentThatFailedIsAnAnswer(t *testing.T) {
	for code, want := range map[int]string{0: "yes: 12 stacks deployed, in 90 s", 1: "NO: the role is missing"} {
		got, err := deployAnswer(ran{code: code, text: "12 stacks deployed, in 90 s\n  reason: the role is missing\n"})
		if err != nil || got != want {
			t.Errorf("%d: %q, %v", code, got, err)
		}
	}
	if _, err := deployAnswer(ran{code: 2}); err == nil {
		t.Error("a deployment that could not run is an answer")
	}
}

func TestTheFieldsOfARecordAreNamed(t *testing.T) {
	got := parameters(`{"requestParameters": {"name": "x", "target": {"arn": "a", "roleArn": "b"}}}`)
	if want := []string{"name", "target.arn", "target.roleArn"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestAWrongCodeIsNoDenial(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{nil, "allowed"},
		{
			&smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized, with an explicit deny in an identity-based policy"},
			"denied (AccessDenied: not authorized, with an explicit deny in an identity-based policy)",
		},
		{&smithy.GenericAPIError{Code: "AccessDenied", Message: "MultiFactorAuthentication failed with invalid MFA one time pass code."}, ""},
		{&smithy.GenericAPIError{Code: "Throttling", Message: "Rate exceeded"}, ""},
	} {
		got, err := outcome(c.err)
		if got != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%v: %q, %v", c.err, got, err)
		}
	}
}

// TestTheEvidenceOfADrillIsTheAnswer: each receipt, and what did not arrive.
func TestTheEvidenceOfADrillIsTheAnswer(t *testing.T) {
	tr := &trial{folder: t.TempDir()}
	evidence := drill.Evidence{Results: []drill.Result{{Alert: "sign-in", Region: hubRegion, Receipts: []drill.Receipt{
		{Where: drill.Ledger, Hub: hubRegion, Arrived: true, Millis: 4200}, {Where: drill.Topic, Hub: standbyRegion},
	}}}}
	text, err := evidence.JSON()
	if err == nil {
		err = os.WriteFile(filepath.Join(tr.folder, "drill.json"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	got, err := tr.drillAnswer("drill.json")
	if want := "NO: sign-in in us-east-1 to the ledger of us-east-1 in at most 4.2 s; sign-in in us-east-1 NOT to the topic of eu-north-1"; err != nil ||
		got != want {
		t.Errorf("%q, %v", got, err)
	}
}
