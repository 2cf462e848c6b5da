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
			if o := b.of[before]; o != nil && o.State.blocks() && !b.spares(at, before) {
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

// spares reports whether a stack is deployed although the one that it comes after failed: without its standby, a forwarder still
// forwards to the hub, and the bus of the other hub exists in any case.
func (b *board) spares(at plan.Placement, before string) bool {
	return at.Kind == plan.Forwarder && b.at[before].Kind == plan.Standby
}

// progress records what the CDK CLI reports of a stack, and returns whether CloudFormation has to be asked about its end.
func (b *board) progress(e cdkcli.Event) (ended bool) {
	o := b.of[e.Stack]
	if o == nil {
		return false
	}
	o.Seconds = e.Took.Round(100 * time.Millisecond).Seconds()
	if e.Kind == cdkcli.Started {
		o.State = Underway
	}
	return e.Kind == cdkcli.Done || e.Kind == cdkcli.Unchanged
}

// report ends a stack of which the CDK CLI reports success, as CloudFormation has it; err is why that did not answer.
func (b *board) report(e cdkcli.Event, v *verdict, err error) {
	switch {
	case err != nil:
		b.settle(e.Stack, Unverified, "the CDK CLI reports success, but CloudFormation did not answer: "+err.Error())
	case v.failure != "":
		b.settle(e.Stack, Failed, v.failure)
	case v.missing:
		b.settle(e.Stack, Failed, "the CDK CLI reports success, but CloudFormation has no such stack")
	case e.Kind == cdkcli.Unchanged:
		b.settle(e.Stack, Unchanged, "")
	case !v.touched:
		b.settle(e.Stack, Failed, "the CDK CLI reports success, but CloudFormation has changed nothing")
	default:
		b.settle(e.Stack, Deployed, "")
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
	case v.missing && succeeded:
		b.settle(stack, Failed, "the CDK CLI reports success, but CloudFormation has no such stack")
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
