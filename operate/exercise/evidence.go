package exercise

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/names"
)

// Result is what came of a step.
type Result struct {
	Step
	// Record of the step; nil where none came.
	Record *Record `json:"record,omitempty"`
	// InMillis is how long after the beginning the step was done, by CloudTrail's time.
	InMillis int64 `json:"afterMs,omitempty"`
	// Alerts of the hubs.
	Alerts []Alert `json:"alerts"`
	// Read is when a person typed what the alert shows.
	Read       time.Time `json:"read,omitzero"`
	ReadMillis int64     `json:"readAfterMs,omitempty"`
	// Missing is what did not come, each with the link that is likely broken.
	Missing []string `json:"missing"`
}

// Alert is what a hub did about a record.
type Alert struct {
	Hub string `json:"hub"`
	// Composed is the execution of the composer.
	Composed string `json:"execution"`
	// Sent is when it published the alert; zero where it did not.
	Sent   time.Time `json:"sent,omitzero"`
	Millis int64     `json:"afterMs,omitempty"`
}

// Evidence is the record of an exercise.
type Evidence struct {
	Version  int       `json:"version"`
	ID       string    `json:"exercise"`
	Account  string    `json:"account"`
	By       string    `json:"by"`
	User     string    `json:"user"`
	Way      Way       `json:"way"`
	Scenario string    `json:"scenario,omitempty"`
	Began    time.Time `json:"began"`
	Ended    time.Time `json:"ended"`
	OK       bool      `json:"ok"`
	// People is set where a person had to read an alert.
	People  bool     `json:"people,omitempty"`
	Hubs    []string `json:"hubs"`
	Results []Result `json:"results"`
	// Refused are attempts that failed, or went where they should not.
	Refused []string `json:"refused"`
	// Notes are what could not be asked.
	Notes []string `json:"notes"`
	// InMillis is the time from the beginning to the last step, and ToldMillis to the last alert that was sent.
	InMillis   int64 `json:"inTheAccountMs,omitempty"`
	ToldMillis int64 `json:"peopleToldMs,omitempty"`
	// CloseOut is what to do now.
	CloseOut []string `json:"closeOut"`
}

func (s *state) evidence(by string, ended time.Time) *Evidence {
	e := &Evidence{
		Version: 1, ID: s.ID(), Account: s.plan.Config.Hub.Account, By: by, User: s.Options.User, Way: s.Options.Way, Scenario: s.Options.Scenario,
		Began: s.began, Ended: ended, OK: true, People: s.Options.People, Hubs: s.Hubs, Refused: []string{}, Notes: []string{}, CloseOut: s.closeOut(),
	}
	for _, why := range s.failed {
		e.Refused = append(e.Refused, why)
	}
	e.Notes = append(e.Notes, s.unannounced...)
	for _, why := range s.unread {
		e.Notes = append(e.Notes, why)
	}
	slices.Sort(e.Refused)
	slices.Sort(e.Notes)
	for _, r := range s.results {
		r.Alerts, r.Missing = append([]Alert{}, r.Alerts...), s.missing(r)
		e.OK = e.OK && len(r.Missing) == 0
		e.Results = append(e.Results, r)
		e.InMillis = max(e.InMillis, r.InMillis)
		for _, a := range r.Alerts {
			e.ToldMillis = max(e.ToldMillis, a.Millis)
		}
	}
	if !s.read() {
		e.OK = false
		e.Notes = append(e.Notes, "nobody typed the event ID of an alert: if it was sent, look at the subscriptions and the mailbox (breakglass check"+s.Again+")")
	}
	return e
}

// missing returns what did not come of a step, with the likely link.
func (s *state) missing(r Result) []string {
	if r.Record == nil {
		if len(s.failed) > 0 {
			return []string{"not recorded as done: " + oneOf(s.failed)}
		}
		return []string{"no ledger has a record: it was not done, CloudTrail is late, no trail delivers it, or the Region is not watched (breakglass check" +
			s.Again + ")"}
	}
	missing := []string{}
	if s.tooEarly(r, *r.Record) {
		missing = append(missing, "it was done before “"+s.results[r.after-1].Title+"”, in another session: do it again, within this one")
	}
	for _, hub := range s.Hubs {
		at := slices.IndexFunc(r.Alerts, func(a Alert) bool { return a.Hub == hub })
		switch {
		case !slices.Contains(r.Record.Hubs, hub):
			missing = append(missing,
				fmt.Sprintf("the ledger of %s lacks it: look at the rules that forward from %s (breakglass drill --regions %s%s)", hub, r.Record.Region, r.Record.Region,
					s.Again))
		case at < 0:
			missing = append(missing,
				fmt.Sprintf("%s in %s was not started: look at the rule of %s and its dead letters (breakglass drill --alert %s%s)", names.Composer, hub, r.Record.Entry,
					r.Record.Entry, s.Again))
		case r.Alerts[at].Sent.IsZero():
			missing = append(missing,
				fmt.Sprintf("%s in %s has not published the alert: look at the execution %s, the topic and its key", names.Composer, hub, r.Alerts[at].Composed))
		}
	}
	return missing
}

func oneOf(failed map[string]string) string {
	var all []string
	for _, why := range failed {
		all = append(all, why)
	}
	slices.Sort(all)
	return all[0]
}

// closeOut returns what to do after the exercise.
func (s *state) closeOut() []string {
	out := map[Way]string{
		Console: "Sign out of the console.",
		Login:   "Sign out of the console, leave every shell that has a session, and run aws logout with the profile.",
		Key:     "Leave every shell that has a session.",
	}
	return []string{
		out[s.Options.Way],
		"See that the credentials count as used: breakglass credentials status" + s.Again,
		"Replace and reseal them, with their sealed files in a folder: breakglass credentials rotate " + s.Options.User + " --folder FOLDER" + s.Again,
		"Detach whatever was attached to the role for the exercise: breakglass check" + s.Again + " reports it until then.",
		"Keep the evidence, and tell the people who were alerted that it was an exercise.",
	}
}

// JSON returns the evidence as the text of a file.
func (e *Evidence) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(e, "", "  ")
	return append(text, '\n'), err
}

// JUnit returns the evidence as a JUnit report: a test case for each step.
func (e *Evidence) JUnit() ([]byte, error) {
	seconds := func(ms int64) string { return fmt.Sprintf("%.3f", time.Duration(ms*int64(time.Millisecond)).Seconds()) }
	suite := junit.Testsuite{Name: "breakglass exercise", Time: seconds(e.Ended.Sub(e.Began).Milliseconds()), Timestamp: e.Began.Format("2006-01-02T15:04:05")}
	for _, p := range [][2]string{{"exercise", e.ID}, {"account", e.Account}, {"by", e.By}, {"user", e.User}, {"way", string(e.Way)}} {
		suite.AddProperty(p[0], p[1])
	}
	for _, r := range e.Results {
		one := junit.Testcase{Classname: "breakglass.exercise." + string(e.Way), Name: r.ID, Time: seconds(r.InMillis)}
		if len(r.Missing) > 0 {
			one.Failure = &junit.Result{Message: r.Missing[0], Data: strings.Join(r.Missing, "\n")}
		}
		suite.AddTestcase(one)
	}
	if e.People {
		one := junit.Testcase{Classname: "breakglass.exercise." + string(e.Way), Name: "read"}
		i := slices.IndexFunc(e.Results, func(r Result) bool { return !r.Read.IsZero() })
		if i >= 0 {
			one.Time = seconds(e.Results[i].ReadMillis)
		} else {
			one.Failure = &junit.Result{Message: "nobody typed the event ID of an alert"}
		}
		suite.AddTestcase(one)
	}
	var report junit.Testsuites
	report.AddSuite(suite)
	text := bytes.NewBufferString(xml.Header)
	err := report.WriteXML(text)
	return text.Bytes(), err
}

//go:embed page.html
var pageText string

var pageTemplate = page.New(pageText, template.FuncMap{"after": After})

// After returns milliseconds as a person reads them: 1m12.3s.
func After(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(100 * time.Millisecond).String()
}

// Page returns the evidence as an HTML page.
func (e *Evidence) Page() ([]byte, error) {
	return pageTemplate.Of(e)
}

// Write writes the evidence to files; an empty path means none.
func (e *Evidence) Write(asJSON, asJUnit, asPage string) error {
	return file.WriteForms(file.Form{Path: asJSON, Text: e.JSON}, file.Form{Path: asJUnit, Text: e.JUnit}, file.Form{Path: asPage, Text: e.Page})
}
