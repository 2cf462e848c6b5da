package pack

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"example.com/breakglass/internal/page"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/proof"
)

// evidence is what a file of this program shows.
type evidence struct {
	kind    compliance.Kind
	account string
	// at is when the command began; that of a proof is the end of its period, and logs is what it read.
	at   time.Time
	logs []proof.Log
	// passed is set if it found nothing wrong.
	passed bool
	// user, way and scenario are those of an exercise; recorded is set for a drill of calls that CloudTrail recorded.
	user, way, scenario string
	recorded            bool
}

// about says what it shows, in a few words.
func (e evidence) about() string {
	what := string(e.kind)
	switch {
	case e.kind == compliance.Exercise:
		what = fmt.Sprintf("exercise of %s by way %s", page.Clean(e.user), page.Clean(e.way))
		if e.scenario != "" {
			what += ", " + page.Clean(e.scenario)
		}
	case e.recorded:
		what = "drill --recorded"
	}
	result := "passed"
	if !e.passed {
		result = "found problems"
	}
	return what + ", " + when(e.at) + ": " + result
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// secrets are what no pack has, whatever else a file looks like.
var secrets = []string{"age-encryption.org/", "BEGIN AGE ENCRYPTED FILE", "AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY-----"}

// Why a file is not taken.
const (
	whySecret  = "it holds a secret, or is sealed: a pack has neither"
	whyForeign = "it is no evidence that breakglass proof, check, drill or exercise writes"
	whyLarge   = "it is larger than 64 MiB"
)

// recognize returns what a file shows, or why it is not taken.
func recognize(content []byte) (e evidence, why string) {
	for _, s := range secrets {
		if bytes.Contains(content, []byte(s)) {
			return e, whySecret
		}
	}
	ok := false
	switch trimmed := bytes.TrimSpace(content); {
	case bytes.HasPrefix(trimmed, []byte("{")):
		e, ok = ofJSON(trimmed)
	case bytes.HasPrefix(trimmed, []byte("<!doctype html>")):
		e, ok = ofPage(string(trimmed))
	case bytes.HasPrefix(trimmed, []byte("<?xml")):
		e, ok = ofJUnit(trimmed)
	}
	if !ok || e.at.IsZero() || e.account == "" {
		return e, whyForeign
	}
	return e, ""
}

// ofJSON reads what --output json or --evidence wrote.
func ofJSON(content []byte) (e evidence, ok bool) {
	var v struct {
		Began      time.Time
		Account    string
		HubAccount string
		OK         *bool
		Problems   *int
		// Of an exercise, a drill, a check and a proof, in this order.
		Exercise, User, Way, Scenario string
		Drill                         string
		Recorded                      bool
		Coverage                      string
		Period                        *proof.Period
		Logs                          []proof.Log
	}
	if json.Unmarshal(content, &v) != nil {
		return e, false
	}
	e = evidence{at: v.Began, account: v.Account + v.HubAccount, user: v.User, way: v.Way, scenario: v.Scenario}
	switch {
	case v.Exercise != "" && v.OK != nil:
		e.kind, e.passed = compliance.Exercise, *v.OK
		return e, v.User != "" && v.Way != ""
	case v.Drill != "" && v.OK != nil:
		e.kind, e.passed, e.recorded = compliance.Drill, *v.OK, v.Recorded
		return e, true
	case v.Coverage != "" && v.Problems != nil:
		e.kind, e.passed = compliance.Check, *v.Problems == 0
		return e, true
	case v.Period != nil && v.Logs != nil && v.Problems != nil:
		e.kind, e.passed, e.at, e.logs = compliance.Proof, *v.Problems == 0, v.Period.To, v.Logs
		return e, true
	}
	return e, false
}

// ofJUnit reads what --junit wrote.
func ofJUnit(content []byte) (e evidence, ok bool) {
	var all junit.Testsuites
	if xml.Unmarshal(content, &all) != nil || len(all.Suites) != 1 {
		return e, false
	}
	suite := all.Suites[0]
	e.kind = map[string]compliance.Kind{"breakglass drill": compliance.Drill, "breakglass exercise": compliance.Exercise}[suite.Name]
	var err error
	if e.at, err = time.Parse("2006-01-02T15:04:05", suite.Timestamp); err != nil || e.kind == "" || suite.Properties == nil {
		return e, false
	}
	for _, p := range *suite.Properties {
		switch p.Name {
		case "account":
			e.account = p.Value
		case "user":
			e.user = p.Value
		case "way":
			e.way = p.Value
		}
	}
	e.passed = !slices.ContainsFunc(suite.Testcases, func(c junit.Testcase) bool { return c.Failure != nil || c.Error != nil })
	return e, e.kind == compliance.Drill || e.user != "" && e.way != ""
}

// heartbeats returns when an earlier proof, or this one, has read the heartbeats of a hub.
func heartbeats(logs []proof.Log, hub string) (from, to time.Time) {
	for _, l := range logs {
		if l.Hub == hub && strings.HasPrefix(l.Name, names.Heartbeats) {
			return l.From, l.To
		}
	}
	return from, to
}
