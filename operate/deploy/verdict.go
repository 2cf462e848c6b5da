package deploy

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// verdict is CloudFormation's answer about a stack after a call of the CDK CLI.
type verdict struct {
	// touched means that CloudFormation has begun an operation on the stack since before the call.
	touched bool
	// missing means that there is no stack, or only one that is not created yet.
	missing bool
	// failure is why it failed; empty when it succeeded.
	failure string
	seconds float64
}

// verdicts asks CloudFormation for the state of the stacks whose end the CDK CLI did not report. It waits for those in progress:
// after a failure the CLI exits while others are still being deployed. A stack that no credentials can read has no verdict.
func (r *run) verdicts(ctx context.Context, stacks []string) map[string]verdict {
	r.mutex.Lock()
	newest := maps.Clone(r.newest)
	r.mutex.Unlock()
	found := map[string]verdict{}
	for _, result := range fan.Out(ctx, stacks, fan.Bound, func(ctx context.Context, stack string) (*verdict, error) {
		before, known := newest[stack]
		if !known {
			return nil, nil
		}
		return judge(ctx, r.Open, r.board.at[stack], before)
	}, nil) {
		if result.Err == nil && result.Value != nil {
			found[result.Key] = *result.Value
		}
	}
	return found
}

// asksAtOnce is how many stacks are verified at once: the CDK CLI asks about each, too.
const asksAtOnce = 4

// verify asks CloudFormation about a stack of which the CDK CLI reports success. A run that is stopped meanwhile still asks. An
// answer that takes too long is asked for once more.
func (r *run) verify(ctx context.Context, e cdkcli.Event) {
	r.slots <- struct{}{}
	defer func() { <-r.slots }()
	r.mutex.Lock()
	before, known := r.newest[e.Stack]
	at := r.board.at[e.Stack]
	r.mutex.Unlock()
	var v *verdict
	var err error
	for range 2 {
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), account.Patience)
		v, err = confirm(asking, r.Open, at, before)
		cancel()
		if gone(context.WithoutCancel(ctx), err) == nil {
			break
		}
	}
	if err == nil && !known {
		v.touched = true // nothing to compare with: the stack is there, and well
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.board.report(e, v, account.Explain(err, "looking for the stack"))
}

// confirm returns the verdict on a stack that should be deployed, with as few requests as that takes.
func confirm(ctx context.Context, open Stacks, at plan.Placement, before string) (*verdict, error) {
	client, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	switch {
	case noSuchStack(err), err == nil && (s == nil || s.StackStatus == types.StackStatusReviewInProgress):
		return &verdict{missing: true}, nil
	case err != nil:
		return nil, err
	case !slices.Contains(succeeded, s.StackStatus):
		return judge(ctx, open, at, before)
	}
	now, err := newestEvent(ctx, client, at.Stack)
	return &verdict{touched: now != before}, err
}

// succeeded are the states of a stack after an operation that succeeded.
var succeeded = []types.StackStatus{types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusImportComplete}

// judge returns the verdict on one stack, whose newest event was that of before.
func judge(ctx context.Context, open Stacks, at plan.Placement, before string) (*verdict, error) {
	settle(ctx, open, at)
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	client, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	switch {
	case noSuchStack(err):
		return &verdict{missing: true}, nil
	case err != nil:
		return nil, err
	case s == nil || s.StackStatus == types.StackStatusReviewInProgress:
		return &verdict{missing: true}, nil
	}
	now, err := newestEvent(ctx, client, at.Stack)
	if err != nil || now == before {
		return &verdict{}, err
	}
	v := verdict{touched: true}
	events, err := lastOperation(ctx, client, at.Stack)
	v.seconds = math.Round(seconds(events)*10) / 10
	if !slices.Contains(succeeded, s.StackStatus) {
		if v.failure = firstFailure(events); v.failure == "" {
			v.failure = "it is " + string(s.StackStatus)
		}
	}
	return &v, err
}
