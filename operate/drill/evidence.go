package drill

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// Evidence is the record of a run, for an auditor or a machine.
type Evidence struct {
	Drill   string    `json:"drill"`
	Account string    `json:"account"`
	By      string    `json:"by"`
	Began   time.Time `json:"began"`
	Ended   time.Time `json:"ended"`
	OK      bool      `json:"ok"`
	// Hubs, Regions and Alerts that were drilled.
	Hubs    []string `json:"hubs"`
	Regions []string `json:"regions"`
	Alerts  []string `json:"alerts"`
	// Silent are the Regions from which something did not arrive.
	Silent []string `json:"silent"`
	// SlowestMillis is the longest that a receipt took.
	SlowestMillis int64    `json:"slowestMs"`
	Messages      Messages `json:"messages"`
	Results       []Result `json:"results"`
	// People are the answers to --people.
	People []Answer `json:"people"`
	// Left is what the drill made and could not remove.
	Left []string `json:"left"`
	// NotProved is what this drill does not show.
	NotProved []string `json:"notProved"`
}

// Evidence of an outcome. by is whose credentials sent the drills.
func (r *Run) Evidence(o Outcome, by string) Evidence {
	return Evidence{
		Drill: r.Name, Account: r.config.Hub.Account, By: by, Began: o.Began, Ended: o.Ended, OK: o.OK(),
		Hubs: r.Hubs, Regions: r.Regions, Alerts: r.Alerts, Silent: append([]string{}, o.Silent()...),
		SlowestMillis: o.Slowest().Milliseconds(), Messages: r.Messages(), Results: o.Results,
		People: append([]Answer{}, o.People...), Left: append([]string{}, o.Left...), NotProved: r.NotProved(o),
	}
}

// NotProved is what no drill can show, or this one did not.
func (r *Run) NotProved(o Outcome) []string {
	not := []string{"that CloudTrail puts records on the buses; only a test sign-in shows it"}
	if len(o.People) == 0 {
		not = append(not, "that a message was read; --people shows it")
	}
	if r.options.NoQueue && len(o.People) == 0 {
		not = append(not, "that the topics carry it; --no-queue left them alone")
	}
	for _, d := range r.Drills {
		if len(d.entry.Counts) > 0 && len(d.entry.Alerts) == 0 {
			not = append(not, "that the alarms on counted alerts ring; their messages come some minutes later")
			break
		}
	}
	return not
}

// JSON is the evidence as a file.
func (e Evidence) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(e, "", "  ")
	return append(text, '\n'), err
}

// The elements of a JUnit report, as pipelines read it.
type (
	junitSuites struct {
		XMLName xml.Name     `xml:"testsuites"`
		Suites  []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Time       string          `xml:"time,attr"`
		Timestamp  string          `xml:"timestamp,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitFailure `xml:"failure,omitempty"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit is the evidence as a JUnit report: a test case for each Region and alert, and one for each hub whose message somebody
// had to answer.
func (e Evidence) JUnit() ([]byte, error) {
	suite := junitSuite{
		Name: "breakglass drill", Time: seconds(e.Ended.Sub(e.Began)), Timestamp: e.Began.Format("2006-01-02T15:04:05"),
		Properties: []junitProperty{{"drill", e.Drill}, {"account", e.Account}, {"by", e.By}},
	}
	add := func(one junitCase) {
		suite.Tests++
		if one.Failure != nil {
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, one)
	}
	for _, r := range e.Results {
		one := junitCase{Class: "breakglass.drill." + r.Region, Name: r.Alert, Time: seconds(r.Slowest())}
		if faults := r.Faults(); len(faults) > 0 {
			one.Failure = &junitFailure{Message: faults[0], Text: strings.Join(faults, "\n")}
		}
		add(one)
	}
	for _, a := range e.People {
		one := junitCase{Class: "breakglass.drill." + a.Hub, Name: "people", Time: seconds(a.After)}
		if !a.Answered {
			one.Failure = &junitFailure{Message: "nobody typed in the code word of the message from " + a.Hub}
		}
		add(one)
	}
	for _, left := range e.Left {
		add(junitCase{Class: "breakglass.drill", Name: "tidied up", Time: "0", Failure: &junitFailure{Message: "could not be removed: " + left}})
	}
	text, err := xml.MarshalIndent(junitSuites{Suites: []junitSuite{suite}}, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// Faults are what kept the drill from arriving, in words.
func (r Result) Faults() []string {
	if r.NotSent != "" {
		return []string{"not sent: " + r.NotSent}
	}
	var faults []string
	for _, at := range r.Receipts {
		if at.Arrived {
			continue
		}
		fault := at.NotThere()
		if at.Broken != nil {
			fault += ": " + at.Broken.String()
		}
		faults = append(faults, fault)
	}
	return faults
}

// NotThere says where a drill did not arrive.
func (at Receipt) NotThere() string {
	if at.Where == Topic {
		return "not on the topic in " + at.Hub
	}
	return "not in the ledger in " + at.Hub
}
