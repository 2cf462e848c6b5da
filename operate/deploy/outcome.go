package deploy

import (
	"fmt"
	"time"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

// State is what has become of a stack.
type State string

// The states.
const (
	// Waiting stacks were not begun.
	Waiting State = "not begun"
	// Underway stacks were begun, and the end was not waited for; CloudFormation goes on with them by itself.
	Underway State = "under way"
	// Deployed stacks are there, made or changed in this run.
	Deployed State = "deployed"
	// Unchanged stacks were there as they should be.
	Unchanged State = "no changes"
	// Failed stacks have a reason.
	Failed State = "failed"
	// Held stacks come after one that is not there.
	Held State = "held up"
	// NotEnabled stacks are of a Region that is switched off in the account.
	NotEnabled State = "Region not enabled"
	// Refused stacks are of an account that the caller cannot get into.
	Refused State = "no access"
	// Later stacks come after some that a pipeline has yet to deploy.
	Later State = "for later"
)

// There tells whether the stack is in place.
func (s State) There() bool { return s == Deployed || s == Unchanged }

// Outcome is what has become of a stack, and what to do about it.
type Outcome struct {
	Stack   string  `json:"stack"`
	Account string  `json:"account"`
	Region  string  `json:"region"`
	State   State   `json:"state"`
	Seconds float64 `json:"seconds,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Fix     string  `json:"fix,omitempty"`
}

// Line is the outcome for people.
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

// board keeps the outcome of each stack. The order of the plan is one in which every stack stands behind those that it
// comes after.
type board struct {
	stacks []plan.Placement
	of     map[string]*Outcome
	// path is what the CDK CLI calls each stack when it is told which to deploy.
	path  map[string]string
	tries map[string]int
	// busy are the stacks at which CloudFormation is still at work for an earlier run; they have to wait.
	busy map[string]bool
	tell func(Outcome)
}

func newBoard(stacks []plan.Placement, tell func(Outcome)) *board {
	b := &board{stacks: stacks, of: map[string]*Outcome{}, path: map[string]string{}, tries: map[string]int{}, busy: map[string]bool{}, tell: tell}
	for _, at := range stacks {
		b.path[at.Stack] = at.Path()
		b.of[at.Stack] = &Outcome{Stack: at.Stack, Account: at.Account, Region: at.Region, State: Waiting}
	}
	return b
}

// settle ends a stack.
func (b *board) settle(stack string, state State, reason string) {
	o := b.of[stack]
	o.State, o.Reason = state, reason
	b.tell(*o)
}

// ready are the stacks of these that can be attempted now, each together with or after those that it comes after. What
// comes after one that isn't there is held up. A stack that is not of this deployment is taken for one that is there.
// more tells that others have to wait.
func (b *board) ready(mine map[string]bool) (ready []string, more bool) {
	waits := map[string]bool{}
	for _, at := range b.stacks {
		if !mine[at.Stack] || b.of[at.Stack].State != Waiting {
			continue
		}
		missing := ""
		wait := b.busy[at.Stack]
		for _, before := range at.After {
			if o := b.of[before]; o != nil && o.State != Waiting && !o.State.There() {
				missing = before
				break
			}
			wait = wait || waits[before]
		}
		switch {
		case missing != "":
			b.settle(at.Stack, Held, missing+", which it comes after, is not there")
		case wait:
			waits[at.Stack] = true
		default:
			ready = append(ready, at.Stack)
		}
	}
	return ready, len(waits) > 0
}

// attempts is how often a stack is tried whose failure the CDK CLI has no words for: after a failure it names one stack
// and leaves.
const attempts = 2

// event hears from the CDK CLI. It tells whether that was about one of its stacks.
func (b *board) event(e cdkcli.Event) bool {
	o := b.of[e.Stack]
	if o == nil {
		return false
	}
	o.Seconds = e.Took.Round(100 * time.Millisecond).Seconds()
	switch e.Kind {
	case cdkcli.Started:
		o.State = Underway
	case cdkcli.Done:
		b.settle(e.Stack, Deployed, e.Reason)
	case cdkcli.Unchanged:
		b.settle(e.Stack, Unchanged, "")
	case cdkcli.Failed:
		if b.tries[e.Stack]++; e.Reason == cdkcli.Unfinished && b.tries[e.Stack] < attempts {
			o.State = Waiting
			break
		}
		b.settle(e.Stack, Failed, e.Reason)
	}
	return true
}

func (b *board) outcomes() []Outcome {
	all := make([]Outcome, len(b.stacks))
	for i, at := range b.stacks {
		all[i] = *b.of[at.Stack]
	}
	return all
}
