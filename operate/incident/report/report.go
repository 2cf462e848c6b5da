// Package report says what was done in an incident: who, from where, by which way in, into which accounts, what was changed, what remains,
// and what could not be seen. It makes all of that out of what the folder of the incident has, and asks nobody.
package report

import (
	"time"

	"example.com/breakglass/operate/incident/events"
)

// Version is that of the report's JSON. It changes when a field is removed or gets another meaning, not when one is added.
const Version = 1

// Report is what is known. All texts of others are clean: control characters are escaped, and long ones cut.
type Report struct {
	Version int `json:"version"`
	// Written is when, By the ARN of who had it written.
	Written    time.Time     `json:"written"`
	By         string        `json:"by"`
	Folder     string        `json:"folder"`
	HubAccount string        `json:"hubAccount"`
	Users      []string      `json:"users"`
	Period     events.Period `json:"period"`
	// File is the path of the configuration, SHA256 of its content.
	File   string `json:"file"`
	SHA256 string `json:"sha256"`

	People   []Person  `json:"people"`
	Changes  []Line    `json:"changes"`
	Remains  []Remains `json:"remains"`
	Unseen   []Unseen  `json:"unseen"`
	Sessions []Session `json:"sessions"`
	// OnlyLedger are events that the ledger has and CloudTrail's event history lacks; OnlyHistory are calls that should have alerted and
	// that no ledger has.
	OnlyLedger  []Line `json:"onlyLedger"`
	OnlyHistory []Line `json:"onlyHistory"`
	// Others are the calls in the ledgers that belong to nobody of the chain: they alerted in the same time.
	Others []Line `json:"others"`
	// Drills is how many drills the ledgers have of the period. They are left out of everything else.
	Drills int `json:"drills"`
	// Exercises are those that announced themselves in the ledger.
	Exercises []string `json:"exercises"`
	Timeline  []Line   `json:"timeline"`
	// Requests and Seconds are how much this run asked CloudTrail, and how long it took.
	Requests int `json:"requests"`
	Seconds  int `json:"seconds"`
}

// Whole reports whether everything could be read.
func (r *Report) Whole() bool {
	for _, u := range r.Unseen {
		if u.Unread {
			return false
		}
	}
	return true
}

// Person is an emergency user, or somebody else with whom a chain begins.
type Person struct {
	Name      string    `json:"name"`
	Addresses []string  `json:"addresses"`
	Ways      []Way     `json:"ways"`
	Accounts  []string  `json:"accounts"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Writes    int       `json:"writes"`
	Denials   int       `json:"denials"`
	Failures  int       `json:"failedSignIns"`
}

// Way is a way in that somebody took.
type Way struct {
	How    string    `json:"how"`
	Region string    `json:"region"`
	MFA    string    `json:"mfa"`
	Times  int       `json:"times"`
	First  time.Time `json:"first"`
}

// Session is what one principal did.
type Session struct {
	Number int `json:"number"`
	// Who is its name, By that of who began it, or why that is not known.
	Who     string    `json:"who"`
	Kind    string    `json:"kind"`
	By      string    `json:"by"`
	Account string    `json:"account"`
	From    time.Time `json:"from,omitzero"`
	To      time.Time `json:"to,omitzero"`
	MFA     string    `json:"mfa"`
	// Sources are the source identities that its calls name.
	Sources   []string `json:"sourceIdentities,omitempty"`
	Addresses []string `json:"addresses"`
	Agents    []string `json:"agents"`
	Keys      []string `json:"keys"`
	Reads     int      `json:"reads"`
	Writes    []Line   `json:"writes"`
	Denials   []Line   `json:"denials"`
	Made      []string `json:"made"`
	Note      string   `json:"note,omitempty"`
}

// Line is a call.
type Line struct {
	Time    time.Time `json:"time"`
	Account string    `json:"account"`
	Region  string    `json:"region"`
	// Session is the number of the session; 0 where it belongs to none.
	Session int    `json:"session"`
	Who     string `json:"who"`
	Service string `json:"service"`
	Call    string `json:"call"`
	// On is what it is about.
	On string `json:"on,omitempty"`
	// Result is the code of the error; empty for a call that succeeded. Reason is AWS's own text.
	Result  string `json:"result,omitempty"`
	Reason  string `json:"reason,omitempty"`
	Read    bool   `json:"read,omitempty"`
	MFA     string `json:"mfa,omitempty"`
	Address string `json:"address,omitempty"`
	Agent   string `json:"agent,omitempty"`
	Event   string `json:"event,omitempty"`
	// Also are the IDs of the events that other accounts have of the same call.
	Also []string `json:"also,omitempty"`
	// Ledgers are the hubs whose ledgers have it.
	Ledgers []string `json:"ledgers,omitempty"`
}

// Remains is something that a call made and that no later call removed, as far as the records show.
type Remains struct {
	Line
	// Removed is the call that would have removed it.
	Removed string `json:"removedBy"`
}

// Unseen is a part of what happened that the report may lack.
type Unseen struct {
	What string `json:"what"`
	// Where lists accounts and Regions.
	Where []string `json:"where,omitempty"`
	Fix   string   `json:"fix,omitempty"`
	// Unread is set for what should have been read and was not; the others are limits of the source.
	Unread bool `json:"unread,omitempty"`
}
