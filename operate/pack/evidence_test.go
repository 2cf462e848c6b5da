package pack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/operate/check"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/operate/proof"
)

const account = "111111111111"

var began = time.Date(2026, 11, 20, 13, 5, 7, 0, time.UTC)

func asJSON(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func text(t *testing.T) func(content []byte, err error) []byte {
	return func(content []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
}

// What the commands write is recognized in each of its forms, with everything that a pack says of it, also where others had a hand in it.
func TestWhatTheCommandsWriteIsRecognized(t *testing.T) {
	const hostile = `<script>alert(1)</script>, "x" & \ url(y) </style>`
	must := text(t)
	checked := &check.Report{
		By: "arn", Began: began, HubAccount: account, Coverage: "All of it", Problems: 2, File: hostile,
		Checks:    []check.Outcome{{Check: check.Check{ID: "a", Title: "A", Why: "Because"}, Worst: check.Problem}},
		Findings:  []check.Finding{{Check: "a", Severity: check.Problem, What: hostile, Fix: hostile, Where: []string{"us-east-1"}}},
		Passwords: []check.PasswordAge{{User: hostile, Set: began}},
	}
	exercised := &exercise.Evidence{
		Version: 1, ID: "exercise-x", Account: account, By: "arn", User: "Break, glass", Way: exercise.Key, Scenario: exercise.Gone, Began: began, Ended: began,
		OK: true, Refused: []string{hostile}, Notes: []string{hostile}, CloseOut: []string{hostile},
		Results: []exercise.Result{{Step: exercise.Step{ID: "a", Title: "A"}, Record: &exercise.Record{What: hostile, At: began, Region: "us-east-1"}}},
	}
	drilled := drill.Evidence{Drill: "drill-x", Account: account, Began: began, Ended: began, OK: true, Left: []string{}}
	recorded := drilled
	recorded.Recorded = true
	failed := drilled
	failed.OK, failed.Left = false, []string{hostile}
	proved := &proof.Report{
		HubAccount: account, Began: began.Add(time.Hour), Period: proof.Period{From: began.Add(-time.Hour).Truncate(time.Minute), To: began.Truncate(time.Minute)},
		Logs:      []proof.Log{{Hub: "us-east-1", Name: "n"}},
		Findings:  []proof.Finding{{Severity: proof.Note, What: hostile, Fix: hostile}},
		Incidents: []proof.Incident{{Folder: hostile, Trigger: hostile, Signed: began, Differs: []string{hostile}}},
		Sections:  []proof.Section{{ID: "uses", Title: "Uses", Records: []proof.Record{{What: hostile, Who: hostile}}, Kinds: []proof.Kind{{Title: "a", Count: 1}}}},
		Hours:     []proof.Hours{{Signal: "alive"}}, Drills: []proof.Drilled{{Region: "us-east-1"}},
	}
	at := began.Truncate(time.Second)
	for name, c := range map[string]struct {
		content []byte
		want    evidence
	}{
		"check as JSON":   {asJSON(t, checked), evidence{kind: compliance.Check, at: at}},
		"check as a page": {must(checked.Page()), evidence{kind: compliance.Check, at: at}},
		"exercise as JSON": {
			must(exercised.JSON()), evidence{kind: compliance.Exercise, at: at, passed: true, user: "Break, glass", way: "key", scenario: exercise.Gone},
		},
		"exercise as page": {
			must(exercised.Page()), evidence{kind: compliance.Exercise, at: at, passed: true, user: "Break, glass", way: "key", scenario: exercise.Gone},
		},
		"exercise as JUnit": {must(exercised.JUnit()), evidence{kind: compliance.Exercise, at: at, passed: true, user: "Break, glass", way: "key"}},
		"drill as JSON":     {must(drilled.JSON()), evidence{kind: compliance.Drill, at: at, passed: true}},
		"drill as JUnit":    {must(drilled.JUnit()), evidence{kind: compliance.Drill, at: at, passed: true}},
		"failed as JSON":    {must(failed.JSON()), evidence{kind: compliance.Drill, at: at}},
		"failed as JUnit":   {must(failed.JUnit()), evidence{kind: compliance.Drill, at: at}},
		"recorded as JSON":  {must(recorded.JSON()), evidence{kind: compliance.Drill, at: at, passed: true, recorded: true}},
		"proof as JSON":     {asJSON(t, proved), evidence{kind: compliance.Proof, at: proved.Period.To, passed: true}},
		"proof as a page":   {must(proved.Page()), evidence{kind: compliance.Proof, at: proved.Period.To, passed: true}},
	} {
		got, why := recognize(c.content)
		if strings.Contains(name, "proof as JSON") != (len(got.logs) == 1) {
			t.Errorf("%s: logs %v", name, got.logs)
		}
		if c.want.account = account; why != "" || got.kind != c.want.kind || got.account != account || !got.at.Equal(c.want.at) || got.passed != c.want.passed ||
			got.user != c.want.user || got.way != c.want.way || got.scenario != c.want.scenario || got.recorded != c.want.recorded {
			t.Errorf("%s: %+v %s, want %+v", name, got, why, c.want)
		}
	}
}

func TestWhatIsNoEvidence(t *testing.T) {
	const begin, end = `<!doctype html><html><head><title>Break glass check, now</title></head><body><p class="verdict fine">x</p><dl><dt>When</dt><dd>20 November 2026, 13:05:07 UTC, in 1s</dd><dt>Hub account</dt><dd>111111111111</dd></dl>`, `</body></html>`
	if _, why := recognize([]byte(begin + end)); why != "" {
		t.Fatalf("the page that others are made from: %s", why)
	}
	for name, c := range map[string]struct{ content, why string }{
		"nothing":               {"", whyForeign},
		"text":                  {"hello", whyForeign},
		"JSON of others":        {`{"ok": true, "account": "111111111111", "began": "2026-11-20T13:05:07Z"}`, whyForeign},
		"half":                  {`{"drill": "drill-x", "account": "1111`, whyForeign},
		"no time":               {`{"drill": "drill-x", "account": "111111111111", "ok": true}`, whyForeign},
		"no account":            {`{"drill": "drill-x", "began": "2026-11-20T13:05:07Z", "ok": true}`, whyForeign},
		"an exercise of nobody": {`{"exercise": "x", "way": "key", "account": "111111111111", "began": "2026-11-20T13:05:07Z", "ok": true}`, whyForeign},
		"JUnit of others": {
			`<?xml version="1.0"?><testsuites><testsuite name="go" timestamp="2026-11-20T13:05:07"><properties><property name="account" value="1"></property></properties></testsuite></testsuites>`, whyForeign,
		},
		"JUnit without properties": {
			`<?xml version="1.0"?><testsuites><testsuite name="breakglass drill" timestamp="2026-11-20T13:05:07"></testsuite></testsuites>`, whyForeign,
		},
		"a script":                   {begin + `<script>x</script>` + end, whyForeign},
		"a script in pieces":         {begin + `<scr<p>ipt>x</scr</p>ipt>` + end, whyForeign},
		"a handler":                  {begin + `<p onclick="x">` + end, whyForeign},
		"a handler in an attribute":  {begin + `<p class="a" onclick="x">` + end, whyForeign},
		"a picture":                  {begin + `<img src="https://example.com/x">` + end, whyForeign},
		"a link":                     {begin + `<a href="javascript:x">y</a>` + end, whyForeign},
		"a refresh":                  {begin + `<meta http-equiv="refresh" content="0;url=https://example.com">` + end, whyForeign},
		"a style that fetches":       {begin + `<style>p { background: URL (https://example.com) }</style>` + end, whyForeign},
		"a style that hides it":      {begin + `<style>p { background: u\72l(https://example.com) }</style>` + end, whyForeign},
		"a style without an end":     {begin + `<style>@import "https://example.com";` + end, whyForeign},
		"an import":                  {begin + `<style>@IMPORT "https://example.com";</style>` + end, whyForeign},
		"a page without a title":     {strings.Replace(begin, "<title>Break glass check, now</title>", "", 1) + end, whyForeign},
		"a page without a verdict":   {strings.Replace(begin, ` class="verdict fine"`, "", 1) + end, whyForeign},
		"a page without a time":      {strings.Replace(begin, " UTC", "", 1) + end, whyForeign},
		"a page with another title":  {strings.Replace(begin, "Break glass check", "Holiday", 1) + end, whyForeign},
		"a sealed file":              {"-----BEGIN AGE ENCRYPTED FILE-----", whySecret},
		"a sealed file, not armored": {"age-encryption.org/v1\n", whySecret},
		"an identity in evidence":    {`{"drill": "AGE-SECRET-KEY-1", "account": "111111111111", "began": "2026-11-20T13:05:07Z", "ok": true}`, whySecret},
		"a private key":              {"-----BEGIN OPENSSH PRIVATE KEY-----", whySecret},
	} {
		if e, why := recognize([]byte(c.content)); why != c.why {
			t.Errorf("%s: %+v, %q", name, e, why)
		}
	}
}
