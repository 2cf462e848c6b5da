package deploy

import (
	"slices"
	"time"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

// board keeps the outcome of each stack. In the order of the plan, every stack comes after those that it depends on.
type board struct {
	stacks []plan.Placement
	at     map[string]plan.Placement
	of     map[string]*Outcome
	// busy are the stacks that CloudFormation is still working on for an earlier run; they have to wait.
	busy map[string]bool
	tell func(Outcome)
}

func newBoard(stacks []plan.Placement, tell func(Outcome)) *board {
	b := &board{stacks: stacks, at: map[string]plan.Placement{}, of: map[string]*Outcome{}, busy: map[string]bool{}, tell: tell}
	for _, at := range stacks {
		b.at[at.Stack] = at
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

// ready returns the stacks of these that can be attempted now, each together with or after those that it depends on, and
// whether others have to wait. What depends on a stack that is not deployed is blocked. Stacks outside this deployment count
// as deployed.
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
			b.settle(at.Stack, Held, "it depends on "+missing+", which is not deployed")
		case wait:
			waits[at.Stack] = true
		default:
			ready = append(ready, at.Stack)
		}
	}
	return ready, len(waits) > 0
}

// progress records what the CDK CLI reports of a stack.
func (b *board) progress(e cdkcli.Event) {
	o := b.of[e.Stack]
	if o == nil {
		return
	}
	o.Seconds = e.Took.Round(100 * time.Millisecond).Seconds()
	switch e.Kind {
	case cdkcli.Started:
		o.State = Underway
	case cdkcli.Done:
		b.settle(e.Stack, Deployed, "")
	case cdkcli.Unchanged:
		b.settle(e.Stack, Unchanged, "")
	}
}

// open returns the stacks of a list whose end is not known yet.
func (b *board) open(stacks []string) []string {
	return slices.DeleteFunc(slices.Clone(stacks), func(stack string) bool {
		s := b.of[stack].State
		return s != Waiting && s != Underway
	})
}

// record ends a stack as CloudFormation has it. A call of the CDK CLI that succeeded has found those up to date at which
// nothing happened; after one that failed they are attempted again.
func (b *board) record(stack string, v verdict, succeeded bool) {
	o := b.of[stack]
	o.Seconds = v.seconds
	switch {
	case v.failure != "":
		b.settle(stack, Failed, v.failure)
	case v.touched:
		b.settle(stack, Deployed, "")
	case succeeded:
		b.settle(stack, Unchanged, "")
	default:
		o.State = Waiting
	}
}

func (b *board) outcomes() []Outcome {
	all := make([]Outcome, len(b.stacks))
	for i, at := range b.stacks {
		all[i] = *b.of[at.Stack]
	}
	return all
}
