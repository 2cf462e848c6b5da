package deploy

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// verdict is CloudFormation's answer about a stack after a call of the CDK CLI.
type verdict struct {
	// touched means that CloudFormation has begun an operation on the stack since before the call.
	touched bool
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

// judge returns the verdict on one stack, whose newest event was that of before.
func judge(ctx context.Context, open Stacks, at plan.Placement, before string) (*verdict, error) {
	settle(ctx, open, at)
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	client, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	switch {
	case noSuchStack(err):
		return &verdict{}, nil
	case err != nil:
		return nil, err
	case s == nil || s.StackStatus == types.StackStatusReviewInProgress:
		return &verdict{}, nil
	}
	now, err := newestEvent(ctx, client, at.Stack)
	if err != nil || now == before {
		return &verdict{}, err
	}
	v := verdict{touched: true}
	succeeded := []types.StackStatus{types.StackStatusCreateComplete, types.StackStatusUpdateComplete, types.StackStatusImportComplete}
	events, err := lastOperation(ctx, client, at.Stack)
	v.seconds = math.Round(seconds(events)*10) / 10
	if !slices.Contains(succeeded, s.StackStatus) {
		if v.failure = firstFailure(events); v.failure == "" {
			v.failure = "it is " + string(s.StackStatus)
		}
	}
	return &v, err
}
