package drill

import (
	"slices"
	"time"
)

// Receipt is where a drill has to arrive, and when it did.
type Receipt struct {
	// Where is LedgerOf or TopicOf.
	Where Where `json:"where"`
	// Hub is the Region of the ledger or topic.
	Hub string `json:"hub"`
	// After is how long it took from sending until it was seen, at most: receipts are looked for every half second or so.
	After time.Duration `json:"-"`
	// Arrived says that it did.
	Arrived bool `json:"arrived"`
	// Millis is After for machines.
	Millis int64 `json:"afterMs,omitempty"`
	// Broken is why not.
	Broken *Broken `json:"broken,omitempty"`
}

// Where a drill arrives.
type Where string

// The places.
const (
	Ledger Where = "ledger"
	Topic  Where = "topic"
)

// Broken is the link that a drill did not get past.
type Broken struct {
	// What is wrong, and where.
	What string `json:"what"`
	// Fix is what to do about it; empty where it can't be told.
	Fix string `json:"fix,omitempty"`
}

func (b Broken) String() string {
	if b.Fix == "" {
		return b.What
	}
	return b.What + "; " + b.Fix
}

// Result of one drill.
type Result struct {
	ID     string `json:"id"`
	Region string `json:"region"`
	Alert  string `json:"alert"`
	// Sent is when; zero if it could not be sent.
	Sent time.Time `json:"sent,omitzero"`
	// NotSent is why it could not be sent.
	NotSent  string    `json:"notSent,omitempty"`
	Receipts []Receipt `json:"receipts"`
}

// OK says that the drill arrived wherever it had to.
func (r Result) OK() bool {
	return r.NotSent == "" && !slices.ContainsFunc(r.Receipts, func(at Receipt) bool { return !at.Arrived })
}

// Slowest is the longest that a receipt took.
func (r Result) Slowest() time.Duration {
	var slowest time.Duration
	for _, at := range r.Receipts {
		slowest = max(slowest, at.After)
	}
	return slowest
}

// Answer is what somebody typed in.
type Answer struct {
	Hub string `json:"hub"`
	// Answered says that the code word came.
	Answered bool          `json:"answered"`
	After    time.Duration `json:"-"`
	Millis   int64         `json:"afterMs,omitempty"`
}

// Outcome of a run.
type Outcome struct {
	Began, Ended time.Time
	Results      []Result
	// People are the answers of people, where they were asked for.
	People []Answer
	// Left is what could not be taken away again.
	Left []string
}

// OK says that every drill arrived, and was answered where somebody was asked to.
func (o Outcome) OK() bool {
	return len(o.Left) == 0 && !slices.ContainsFunc(o.Results, func(r Result) bool { return !r.OK() }) &&
		!slices.ContainsFunc(o.People, func(a Answer) bool { return !a.Answered })
}

// Of are the results of a Region.
func (o Outcome) Of(region string) []Result {
	var of []Result
	for _, r := range o.Results {
		if r.Region == region {
			of = append(of, r)
		}
	}
	return of
}

// Silent are the Regions from which something did not arrive, in the order of the results.
func (o Outcome) Silent() []string {
	var regions []string
	for _, r := range o.Results {
		if !r.OK() && !slices.Contains(regions, r.Region) {
			regions = append(regions, r.Region)
		}
	}
	return regions
}

// Slowest is the longest that a receipt took in all.
func (o Outcome) Slowest() time.Duration {
	var slowest time.Duration
	for _, r := range o.Results {
		slowest = max(slowest, r.Slowest())
	}
	return slowest
}
