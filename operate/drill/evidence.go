package drill

import (
	"encoding/json"
	"time"

	"example.com/breakglass/internal/file"
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
	// Recorded is set where the results are about calls that CloudTrail recorded, not about drills.
	Recorded bool `json:"recorded,omitempty"`
	// Silent lists the Regions from which something did not arrive.
	Silent []string `json:"silent"`
	// SlowestMillis is the longest time to a receipt.
	SlowestMillis int64    `json:"slowestMs"`
	Messages      Messages `json:"messages"`
	Results       []Result `json:"results"`
	// People are the answers to --people.
	People []Answer `json:"people"`
	// Left is what the drill created and could not remove.
	Left []string `json:"left"`
	// NotProved is what this drill does not show.
	NotProved []string `json:"notProved"`
}

// Evidence returns the record of an outcome. by is the ARN of the caller who sent the drills.
func (r *Run) Evidence(o Outcome, by string) Evidence {
	return Evidence{
		Drill: r.Name, Account: r.config.Hub.Account, By: by, Began: o.Began, Ended: o.Ended, OK: o.OK(),
		Hubs: r.Hubs, Regions: r.Regions, Alerts: r.Alerts, Recorded: r.options.Recorded, Silent: append([]string{}, o.Silent()...),
		SlowestMillis: o.Slowest().Milliseconds(), Messages: r.Messages(), Results: o.Results,
		People: append([]Answer{}, o.People...), Left: append([]string{}, o.Left...), NotProved: r.NotProved(o),
	}
}

// NotProved returns what no drill can show, or this one did not.
func (r *Run) NotProved(o Outcome) []string {
	if r.options.Recorded {
		return []string{
			"that the rules of an alert, its composer and its topic work; a drill without --recorded shows it",
			"that AWS records a sign-in in these Regions; only a test sign-in shows it",
		}
	}
	not := []string{"that CloudTrail puts records on the buses; --recorded shows it"}
	if len(o.People) == 0 {
		not = append(not, "that a message was read; --people shows it")
	}
	if r.options.NoQueue && len(o.People) == 0 {
		not = append(not, "that the topics deliver it; --no-queue skipped them")
	}
	for _, d := range r.Drills {
		if len(d.entry.Counts) > 0 && len(d.entry.Messages) == 0 {
			not = append(not, "that alerts that count events trigger their alarms; their messages arrive some minutes later")
			break
		}
	}
	return not
}

// JSON returns the evidence as the text of a file.
func (e Evidence) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(e, "", "  ")
	return append(text, '\n'), err
}

// Write writes the evidence to two files, as JSON and as a JUnit report; an empty path means none.
func (e Evidence) Write(asJSON, asJUnit string) error {
	return file.WriteForms(file.Form{Path: asJSON, Text: e.JSON}, file.Form{Path: asJUnit, Text: e.JUnit})
}

// Faults returns what kept the drill from arriving, as text.
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

// NotThere returns, as text, where a drill did not arrive.
func (at Receipt) NotThere() string {
	if at.Where == Topic {
		return "not on the topic in " + at.Hub
	}
	return "not in the " + string(at.Where) + " in " + at.Hub
}
