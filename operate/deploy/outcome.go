package deploy

import (
	"fmt"
	"strings"
)

// State is the result of a stack's deployment.
type State string

// The states.
const (
	// Waiting stacks were not started.
	Waiting State = "not started"
	// Underway stacks were started, and the run did not wait for their end: CloudFormation finishes them.
	Underway State = "in progress"
	// Deployed stacks were created or changed in this run.
	Deployed State = "deployed"
	// Unchanged stacks were up to date.
	Unchanged State = "no changes"
	// Unverified stacks were deployed by the CDK CLI's account; CloudFormation did not answer.
	Unverified State = "not verified"
	// Failed stacks have a reason.
	Failed State = "failed"
	// Held stacks depend on one that is not deployed.
	Held State = "blocked"
	// NotEnabled stacks are in a Region that is not enabled in the account.
	NotEnabled State = "Region not enabled"
	// Refused stacks are in an account that the caller has no access to.
	Refused State = "no access"
	// Later stacks depend on some that a pipeline has yet to deploy.
	Later State = "deferred"
)

// There reports whether the stack is deployed.
func (s State) There() bool { return s == Deployed || s == Unchanged }

// blocks reports whether what depends on the stack cannot be attempted.
func (s State) blocks() bool { return s != Waiting && s != Underway && s != Unverified && !s.There() }

// Wrong reports whether something has to be done about the stack; a Region that is not enabled, and what is deferred, is no
// failure.
func (s State) Wrong() bool { return !s.There() && s != NotEnabled && s != Later }

// Summary returns how many stacks are in each state.
func Summary(outcomes []Outcome) string {
	states := map[State]int{}
	for _, o := range outcomes {
		states[o.State]++
	}
	var sums []string
	for _, s := range []State{Deployed, Unchanged, Unverified, Failed, Held, Refused, NotEnabled, Later, Underway, Waiting} {
		if states[s] > 0 {
			sums = append(sums, fmt.Sprintf("%d %s", states[s], s))
		}
	}
	stacks := "stacks"
	if len(outcomes) == 1 {
		stacks = "stack"
	}
	return fmt.Sprintf("%d %s: %s", len(outcomes), stacks, strings.Join(sums, ", "))
}

// Outcome is the result of a stack's deployment, and what to do about it.
type Outcome struct {
	Stack   string  `json:"stack"`
	Account string  `json:"account"`
	Region  string  `json:"region"`
	State   State   `json:"state"`
	Seconds float64 `json:"seconds,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Fix     string  `json:"fix,omitempty"`
}

// Line returns the outcome for people.
func (o Outcome) Line() string {
	text := o.Stack + ": " + string(o.State)
	if o.Seconds > 0 && o.State != Unchanged {
		text += fmt.Sprintf(" after %.1f s", o.Seconds)
	}
	if o.State == Deployed && o.Seconds > 0 {
		text = fmt.Sprintf("%s: %s in %.1f s", o.Stack, o.State, o.Seconds)
	}
	if o.Reason != "" {
		text += ": " + o.Reason
	}
	return text
}
