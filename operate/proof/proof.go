// Package proof collects what the logs of the hubs show about a period: the hours in which every Region was heard, the drills, the
// uses of the emergency access and the changes to the alerting. It only reads. It imports what describes the deployment (config,
// plan, names, watch) and the SDK, never the CDK.
//
// signals lists what is due every hour, and sections what the ledger has, both as data: a new kind of evidence is a row there.
package proof

import (
	"fmt"
	"strings"
	"time"
)

// Version is that of the report's JSON. It changes when a field is removed or gets another meaning, not when one is added.
const Version = 1

// Report is the evidence of a period.
type Report struct {
	Version int `json:"version"`
	// By is the ARN of who ran it, Began when. File is the path of the file, SHA256 of its content.
	By     string    `json:"by"`
	Began  time.Time `json:"began"`
	Took   string    `json:"took"`
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	// HubAccount is the account whose logs were read.
	HubAccount string `json:"hubAccount"`
	Period     Period `json:"period"`

	// Problems and Notes are the numbers of the findings.
	Problems int `json:"problems"`
	Notes    int `json:"notes"`
	// Findings are what is missing, and what the evidence does not show; problems first.
	Findings []Finding `json:"findings"`
	// Hours has a row for each signal, Region and hub.
	Hours []Hours `json:"hours"`
	// Drills has a row for each watched Region, and for each other one that was drilled.
	Drills []Drilled `json:"drills"`
	// Incidents are those of the period whose folders were named, the oldest first.
	Incidents []Incident `json:"incidents"`
	// Unaccounted is the number of uses that are in none of them, and in no announced exercise.
	Unaccounted int `json:"unaccounted"`
	// Sections are the records of the ledgers.
	Sections []Section `json:"sections"`
	// Logs are what was read.
	Logs []Log `json:"logs"`
}

// OK reports whether nothing is missing.
func (r *Report) OK() bool { return r.Problems == 0 }

// Severity of a finding.
type Severity string

// The severities. A problem is missing evidence, or evidence that something did not work; a note limits what the rest shows.
const (
	Problem Severity = "problem"
	Note    Severity = "note"
)

// Finding is one thing that the reader has to know. What is the same in many Regions is one finding.
type Finding struct {
	Severity Severity `json:"severity"`
	// Where lists the Regions that it is about.
	Where []string `json:"where,omitempty"`
	What  string   `json:"what"`
	// Fix is what to do about it; empty where nothing is to be done.
	Fix string `json:"fix,omitempty"`
}

// shownPlaces is how many Regions a finding names.
const shownPlaces = 5

// Places returns where a finding is, in a few words.
func (f Finding) Places() string {
	if len(f.Where) <= shownPlaces {
		return strings.Join(f.Where, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(f.Where[:shownPlaces], ", "), len(f.Where)-shownPlaces)
}

// Hours are the hours in which a Region's signal was due in a hub.
type Hours struct {
	// Signal is the ID of the signal: heartbeats, alive for what a hub's composer reports, or canary-read and canary-write for
	// CloudTrail's records of the canary's calls.
	Signal string `json:"signal"`
	Region string `json:"region"`
	Hub    string `json:"hub"`
	// Rules is how many rules carry the signal to the hub, each once an hour, as breakglass.yaml has it today.
	Rules int `json:"rules"`
	// Since is when the first hour was due.
	Since time.Time `json:"since"`
	// Due is the number of hours: Answered if all rules carried the signal, Partial if some did, Missing if none did, and Unread
	// if the log could not be read.
	Due      int   `json:"due"`
	Answered int   `json:"answered"`
	Partial  int   `json:"partial"`
	Missing  int   `json:"missing"`
	Unread   int   `json:"unread"`
	Gaps     []Gap `json:"gaps"`
}

// Gap is a time in which fewer rules than there are carried a signal, hour after hour.
type Gap struct {
	From  time.Time `json:"from"`
	To    time.Time `json:"to"`
	Hours int       `json:"hours"`
	// Carried is the fewest rules that carried the signal in one of the hours.
	Carried int `json:"carried"`
}

// Drilled is what was drilled in a Region.
type Drilled struct {
	Region string `json:"region"`
	// Drills is how many drills arrived in at least one ledger.
	Drills int `json:"drills"`
	// Entries are the IDs of the drilled entries of the catalogue.
	Entries []string `json:"entries"`
	// Last is when the last one was sent; zero without any.
	Last time.Time `json:"last,omitzero"`
	// SlowestMillis is the longest time from a drill to its line in a ledger, where it is known. It includes up to a second
	// that the event's time lacks.
	SlowestMillis int64 `json:"slowestMs,omitempty"`
	// Recorded is how many calls of drill --recorded CloudTrail put on the Region's bus, and LastRecorded when the last one was made.
	Recorded     int       `json:"recorded"`
	LastRecorded time.Time `json:"lastRecorded,omitzero"`
}

// Slowest returns the longest time from a drill to its line in a ledger; 0 where it is not known.
func (d Drilled) Slowest() time.Duration { return time.Duration(d.SlowestMillis) * time.Millisecond }

// Section is one kind of records.
type Section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Kinds has the number of records of each entry, in the order of the catalogue.
	Kinds []Kind `json:"kinds"`
	// Records are the newest first.
	Records []Record `json:"records"`
}

// Kind counts the records of an entry.
type Kind struct {
	// Entry is the ID of the entry; empty for records that belong to none.
	Entry string `json:"entry"`
	Title string `json:"title"`
	Count int    `json:"count"`
}

// Record is a line of the ledgers. Texts of a record are of whoever caused it: control characters are escaped, and a long text
// is cut.
type Record struct {
	Time time.Time `json:"time"`
	// Entry is the ID of the entry; empty if the record belongs to none.
	Entry string `json:"entry"`
	// What happened: the call, or the type of the event.
	What    string `json:"what"`
	Who     string `json:"who,omitempty"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// On is the role, the user or the resource that it is about.
	On      string `json:"on,omitempty"`
	Result  string `json:"result,omitempty"`
	MFA     string `json:"mfa,omitempty"`
	Address string `json:"address,omitempty"`
	// Event is the CloudTrail event ID.
	Event string `json:"event,omitempty"`
	// Hubs are the Regions whose ledgers have it.
	Hubs []string `json:"hubs"`
}

// Log is what was read of a log group.
type Log struct {
	Hub  string `json:"hub"`
	Name string `json:"name"`
	// From and To are the time that was read; equal if nothing was.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Lines is how many events it had.
	Lines int `json:"lines"`
	// Unread is why the rest of the period was not read; empty if all was.
	Unread string `json:"unread,omitempty"`
}
