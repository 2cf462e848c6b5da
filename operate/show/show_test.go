package show

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// sampleFile describes watch.SampleScope, with observers in the target account and a pipeline.
const sampleFile = `version: 1
hub: {account: "111111111111", region: us-east-1, standby: us-west-2}
alerts: {email: [security-team@example.com], instructions: "Call the duty officer."}
users: [{name: BreakglassUser}]
targets: [{account: "222222222222", name: production}]
observers: {regions: [ap-northeast-1, us-east-1, eu-west-1]}
regions: [ap-northeast-1, ap-south-1, eu-south-2, eu-west-1, us-east-1, us-west-2]
deploy: {access: bootstrap}
pipeline: {source: {codeCommit: {repository: breakglass, branch: main}}}
`

func viewer(t *testing.T, file string) Viewer {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	v, err := NewViewer(plan.Of(c))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func plain(t *testing.T, event watch.Fields) watch.Fields {
	t.Helper()
	text, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	events, err := Events(text)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	return events[0]
}

// TestEverySampleIsShownAsWhatItIs: the alerts of the samples, as events and as bare records, and none of the others.
func TestEverySampleIsShownAsWhatItIs(t *testing.T) {
	v := viewer(t, sampleFile)
	outcomes := map[Outcome]int{}
	for _, sample := range slices.Concat(watch.Samples, watch.TargetSamples) {
		event := sample.Event()
		if sample.Beat || sample.Disguised != "" {
			continue
		}
		s := v.Show(plain(t, event))
		outcomes[s.Outcome]++
		entry, _ := watch.ByID(sample.Entry)
		switch {
		case sample.Entry == "":
			if entry := ofKey(s); s.Outcome != Nothing && s.Outcome != Recorded && !entry {
				t.Errorf("%s: %+v, want no alert", sample.Name, s)
			} else if s.Reason == "" && !entry {
				t.Errorf("%s: no reason", sample.Name)
			}
			continue
		case len(entry.Counts) > 0:
			if s.Outcome != Counted || len(s.Alarms) < len(entry.Counts) || s.Alarms[0].Text == "" {
				t.Errorf("%s: %+v, want it counted", sample.Name, s)
			}
			continue
		case s.Outcome != Alerts || !slices.ContainsFunc(s.Alerts, func(a Alert) bool { return a.Entry == sample.Entry }):
			t.Errorf("%s: %+v, want %s", sample.Name, s, sample.Entry)
			continue
		}
		for _, a := range s.Alerts {
			if len(a.Messages) != len(Readers) || a.Subject == "" || slices.ContainsFunc(Readers, func(r string) bool { return a.Messages[r] == "" }) {
				t.Errorf("%s: %+v lacks a message", sample.Name, a)
			}
		}
		if record, _ := event["detail"].(watch.Fields); record["eventName"] != nil && event["detail-type"] != "AWS Console Signin via CloudTrail" {
			if bare := v.Show(plain(t, record)); len(bare.Alerts) != len(s.Alerts) || bare.Alerts[0].Entry != s.Alerts[0].Entry ||
				bare.Alerts[0].Messages["email"] != s.Alerts[0].Messages["email"] {
				t.Errorf("%s, as a bare record: %+v, want %+v", sample.Name, bare, s)
			}
		}
	}
	if outcomes[Alerts] < 80 || outcomes[Counted] < 20 || outcomes[Nothing] < 50 {
		t.Errorf("the outcomes are %v", outcomes)
	}
}

// ofKey reports whether an event alerts only if its key is the topic's.
func ofKey(s Shown) bool { return s.Note != "" }

func TestADrillAlertsInTheRegionOfTheHubOnly(t *testing.T) {
	v := viewer(t, sampleFile)
	sample, _ := watch.SampleNamed("a sign-in with the other spelling")
	drill := watch.InRegion(sample.AsDrill(), "us-east-1")
	if s := v.Show(plain(t, drill)); s.Outcome != Alerts || !s.Drill || !strings.HasPrefix(s.Alerts[0].Subject, "DRILL: ") {
		t.Errorf("in the hub's Region: %+v", s)
	}
	if s := v.Show(plain(t, watch.InRegion(drill, "eu-south-2"))); s.Outcome != Recorded || s.Reason == "" {
		t.Errorf("in another one: %+v", s)
	}
}

func TestTheReasonWhyNobodyIsAlerted(t *testing.T) {
	sample, _ := watch.SampleNamed("a sign-in with the other spelling")
	off := sampleFile + "monitoring: {tampering: false}\n"
	for name, c := range map[string]struct {
		file string
		set  watch.Fields
		want string
	}{
		"unwatched Region": {sampleFile, watch.Fields{"region": "sa-east-1"}, `Region "sa-east-1" is not watched`},
		"no Region":        {sampleFile, watch.Fields{"region": ""}, "it does not name its account and Region"},
		"no account":       {sampleFile, watch.Fields{"account": nil}, "it does not name its account and Region"},
		"another account": {
			strings.ReplaceAll(sampleFile, "observers: {regions: [ap-northeast-1, us-east-1, eu-west-1]}\n", ""), watch.Fields{"account": "333333333333"},
			"account 333333333333 is not the hub account",
		},
		"not observed": {sampleFile, watch.Fields{"account": "222222222222", "region": "ap-south-1"}, "no observer watches ap-south-1"},
		"replayed":     {sampleFile, watch.Fields{"replay-name": "again"}, "a replay"},
		"a heartbeat":  {sampleFile, watch.Fields{"source": watch.HeartbeatSource}, "a heartbeat"},
		"a canary's record": {sampleFile + "monitoring: {canary: true}\n", watch.Fields{"source": "aws.events", "detail": watch.Fields{
			"eventName":    "TagResource",
			"userIdentity": watch.Fields{"sessionContext": watch.Fields{"sessionIssuer": watch.Fields{"userName": "breakglass-heartbeat-role"}}},
		}}, "CloudTrail's record of a canary's call"},
		"something else": {sampleFile, watch.Fields{"source": "aws.s3"}, "no rule matches it"},
		"elsewhere":      {sampleFile, watch.Fields{"source": "aws.s3", "region": "eu-west-1"}, "no rule matches it"},
		"a part that's off": {
			off,
			watch.Fields{
				"source": "aws.events", "detail-type": "AWS API Call via CloudTrail",
				"detail": watch.Fields{"eventName": "DisableRule", "requestParameters": watch.Fields{"name": "capture-breakglass-user-sign-in"}},
			}, "monitoring.tampering is off, which rule-change belongs to",
		},
	} {
		event := plain(t, watch.InRegion(sample.Event(), "us-east-1"))
		for key, value := range c.set {
			event[key] = value
		}
		if s := viewer(t, c.file).Show(event); s.Outcome != Nothing || !strings.Contains(s.Reason, c.want) {
			t.Errorf("%s: %s, %q; want %q", name, s.Outcome, s.Reason, c.want)
		}
	}
}

func TestEventsAreFoundInWhateverHoldsThem(t *testing.T) {
	record := `{"eventVersion":"1.11","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","awsRegion":"eu-south-2","recipientAccountId":"111111111111","eventID":"e1","eventTime":"2026-11-22T08:15:00Z"}`
	asText, _ := json.Marshal(record)
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write([]byte(`{"Records":[` + record + `]}`))
	_ = writer.Close()
	for name, text := range map[string]string{
		"a record":                record,
		"a file of CloudTrail":    `{"Records":[` + record + `]}`,
		"packed":                  packed.String(),
		"with a byte order mark":  "\ufeff" + record,
		"lookup-events":           `{"Events":[{"EventId":"e1","CloudTrailEvent":` + string(asText) + `}]}`,
		"filter-log-events":       `{"events":[{"logStreamName":"a","message":` + string(asText) + `}],"searchedLogStreams":[]}`,
		"a list":                  "[" + record + "]",
		"an event of EventBridge": `{"source":"aws.signin","detail-type":"AWS Console Sign In via CloudTrail","id":"e1","account":"111111111111","region":"eu-south-2","detail":` + record + `}`,
	} {
		events, err := Events([]byte(text))
		if err != nil || len(events) != 1 {
			t.Errorf("%s: %d events, %v", name, len(events), err)
			continue
		}
		e := events[0]
		if e["source"] != "aws.signin" || e["detail-type"] != "AWS Console Sign In via CloudTrail" || e["account"] != "111111111111" || e["region"] != "eu-south-2" ||
			e["id"] != "e1" {
			t.Errorf("%s: %v", name, e)
		}
	}
	inBilling := strings.Replace(record, "AwsConsoleSignIn", "AwsConsoleAction", 1)
	if events, err := Events([]byte(inBilling)); err != nil || events[0]["detail-type"] != "AWS Console Action via CloudTrail" {
		t.Errorf("an action in the console: %v, %v", events, err)
	}
	if events, err := Events([]byte(record + "\n" + record)); err != nil || len(events) != 2 {
		t.Errorf("two in a row: %d, %v", len(events), err)
	}
	for text, want := range map[string]string{
		"":                      "it has no event",
		"[]":                    "it has no event",
		"{\n\"eventName\": x}":  "line 2 is not JSON",
		`{"Records":[{"a":1}]}`: "event 1: it is neither an EventBridge event",
		`"text"`:                "it is neither",
		`{"message":"x"}`:       "message is not JSON",
		"\x1f\x8bnot packed":    "gzip",
	} {
		if _, err := Events([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

// TestTheHeadlineIsAsCleanAsTheAlert: whoever wrote the event writes no lines of the answer.
func TestTheHeadlineIsAsCleanAsTheAlert(t *testing.T) {
	v := viewer(t, sampleFile)
	sample, _ := watch.SampleNamed("a rule switched off")
	for _, name := range []string{"Disable\nno alert: all is well", strings.Repeat("a", 100_000), "\u202eRule\x1b[31m", " DisableRule "} {
		event := plain(t, sample.Event())
		event["detail"].(watch.Fields)["eventName"] = name
		event["detail"].(watch.Fields)["requestParameters"] = nil
		s := v.Show(event)
		m, err := v.preview.Message("rule-change", event)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(m.Readers["email"], "\nCall: "+s.Name+"\n") || len(s.Name) > 64 {
			t.Errorf("%.40q is shown as %q, in the alert:\n%s", name, s.Name, m.Readers["email"])
		}
		event["account"], event["region"] = name, name
		if s = v.Show(event); strings.ContainsAny(s.Account+s.Region+s.Reason, "\n\x1b\u202e") || len(s.Account) > 12 || len(s.Region) > 30 || len(s.Reason) > 200 {
			t.Errorf("%.40q: %.400q", name, []string{s.Account, s.Region, s.Reason})
		}
	}
}
