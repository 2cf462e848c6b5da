package drill

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Receipt is where a drill has to arrive, and when it did.
type Receipt struct {
	// Where is Ledger, Topic, or heartbeatLog.
	Where Where `json:"where"`
	// Hub is the Region of it.
	Hub string `json:"hub"`
	// After is the longest that it can have taken: receipts are polled about every half second.
	After time.Duration `json:"-"`
	// Arrived reports whether it did.
	Arrived bool `json:"arrived"`
	// Millis is After for machines.
	Millis int64 `json:"afterMs,omitempty"`
	// Broken is why it did not; nil where that is not known.
	Broken *Broken `json:"broken,omitempty"`
}

// Where a drill arrives.
type Where string

// The places.
const (
	Ledger Where = "ledger"
	Topic  Where = "topic"
	// heartbeatLog is where CloudTrail's records of calls arrive.
	heartbeatLog Where = "heartbeat log"
)

// Broken is the link that a drill did not get past.
type Broken struct {
	// What is wrong, and where.
	What string `json:"what"`
	// Fix is what to do about it; empty where that is not known.
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

// OK reports whether the drill arrived everywhere.
func (r Result) OK() bool {
	return r.NotSent == "" && !slices.ContainsFunc(r.Receipts, func(at Receipt) bool { return !at.Arrived })
}

// Slowest returns the longest time to a receipt.
func (r Result) Slowest() time.Duration {
	var slowest time.Duration
	for _, at := range r.Receipts {
		slowest = max(slowest, at.After)
	}
	return slowest
}

// Answer is a person's confirmation of a hub's message.
type Answer struct {
	Hub string `json:"hub"`
	// Answered reports whether the code word was entered.
	Answered bool          `json:"answered"`
	After    time.Duration `json:"-"`
	Millis   int64         `json:"afterMs,omitempty"`
}

// Outcome of a run.
type Outcome struct {
	Began, Ended time.Time
	Results      []Result
	// Recorded is set where calls that CloudTrail records took the place of drills.
	Recorded bool
	// People has the confirmations, where they were asked for.
	People []Answer
	// Queues is how many queues were subscribed, and Left what could not be removed again.
	Queues int
	Left   []string
}

// Interrupted says what a run that was ended has sent and removed.
func (o Outcome) Interrupted(planned int) string {
	sent := 0
	for _, r := range o.Results {
		if !r.Sent.IsZero() {
			sent++
		}
	}
	text := "nothing was sent"
	switch {
	case o.Recorded && sent > 0:
		return fmt.Sprintf("%d of %d calls were made, and CloudTrail records them nevertheless", sent, planned)
	case o.Recorded:
		return "nothing was called"
	case sent > 0:
		text = fmt.Sprintf("%d of %d drills were sent, and arrive nevertheless", sent, planned)
	}
	switch {
	case o.Queues == 0:
		return text + "; no queue was created"
	case len(o.Left) > 0:
		return text + "; could not remove " + strings.Join(o.Left, ", ")
	case o.Queues == 1:
		return text + "; the drill's queue and its subscription were removed"
	}
	return text + fmt.Sprintf("; the drill's %d queues and their subscriptions were removed", o.Queues)
}

// OK reports whether every drill arrived, was confirmed where asked for, and left nothing behind.
func (o Outcome) OK() bool {
	return len(o.Left) == 0 && !slices.ContainsFunc(o.Results, func(r Result) bool { return !r.OK() }) &&
		!slices.ContainsFunc(o.People, func(a Answer) bool { return !a.Answered })
}

// Of returns the results of a Region.
func (o Outcome) Of(region string) []Result {
	var of []Result
	for _, r := range o.Results {
		if r.Region == region {
			of = append(of, r)
		}
	}
	return of
}

// Silent returns the Regions from which something did not arrive, in the order of the results.
func (o Outcome) Silent() []string {
	var regions []string
	for _, r := range o.Results {
		if !r.OK() && !slices.Contains(regions, r.Region) {
			regions = append(regions, r.Region)
		}
	}
	return regions
}

// Slowest returns the longest time to a receipt of any drill.
func (o Outcome) Slowest() time.Duration {
	var slowest time.Duration
	for _, r := range o.Results {
		slowest = max(slowest, r.Slowest())
	}
	return slowest
}
