package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// Stacks opens an account and Region for whoever changes stacks there.
type Stacks func(ctx context.Context, account, region string) (aws.Config, error)

const (
	// glance is how long a look at a stack may take. A Region that does not answer is left to the CDK CLI, which has the
	// words for it, and holds up nobody before that.
	glance = 15 * time.Second
	// settles is how long an operation of an earlier run is waited for, and askedEach how often it is asked after.
	settles   = 30 * time.Minute
	askedEach = 5 * time.Second
)

// atWork looks for stacks that the CDK CLI would fail on. Those at which CloudFormation is still at work, for an earlier run
// that was interrupted, it returns. Those whose first creation failed while termination protection was on already, which
// the CDK CLI can't delete and make anew (aws/aws-cdk issue 901 and others), lose that protection.
func atWork(ctx context.Context, open Stacks, stacks []plan.Placement) map[string]bool {
	where := map[string]plan.Placement{}
	var keys []string
	for _, at := range stacks {
		where[at.Stack] = at
		keys = append(keys, at.Stack)
	}
	busy := map[string]bool{}
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, stack string) (bool, error) {
		return busyNow(ctx, open, where[stack])
	}, nil) {
		if r.Value && r.Err == nil {
			busy[r.Key] = true
		}
	}
	return busy
}

// settle waits until CloudFormation is no longer at work at a stack, or for so long that it is no use.
func settle(ctx context.Context, open Stacks, at plan.Placement) {
	for end := time.Now().Add(settles); time.Now().Before(end); {
		select {
		case <-time.After(askedEach):
		case <-ctx.Done():
			return
		}
		if busy, err := busyNow(ctx, open, at); !busy || err != nil {
			return
		}
	}
}

func busyNow(ctx context.Context, open Stacks, at plan.Placement) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	client, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	if err != nil || s == nil {
		return false, err
	}
	if creationFailed(s.StackStatus) && aws.ToBool(s.EnableTerminationProtection) {
		_, err := client.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{
			StackName: aws.String(at.Stack), EnableTerminationProtection: aws.Bool(false),
		})
		return false, err
	}
	return working(s), nil
}

// look asks for a stack; nil when there is none.
func look(ctx context.Context, open Stacks, number, region, stack string) (*cloudformation.Client, *types.Stack, error) {
	cfg, err := open(ctx, number, region)
	if err != nil {
		return nil, nil, err
	}
	client := cloudformation.NewFromConfig(cfg)
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stack)})
	if err != nil || len(out.Stacks) == 0 {
		return nil, nil, err
	}
	return client, &out.Stacks[0], nil
}

// working tells whether CloudFormation is at work at a stack. A review is a change set that nobody has executed.
func working(s *types.Stack) bool {
	return strings.HasSuffix(string(s.StackStatus), "_IN_PROGRESS") && s.StackStatus != types.StackStatusReviewInProgress
}

// Stopped asks CloudFormation, after a deployment was stopped, at which of the stacks it goes on: the CDK CLI may have been
// ended before it said that it began.
func Stopped(ctx context.Context, open Stacks, outcomes []Outcome) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), glance)
	defer cancel()
	var keys []string
	index := map[string]int{}
	for i, o := range outcomes {
		if o.State == Waiting || o.State == Underway {
			keys = append(keys, o.Stack)
			index[o.Stack] = i
		}
	}
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, stack string) (bool, error) {
		o := outcomes[index[stack]]
		_, s, err := look(ctx, open, o.Account, o.Region, stack)
		return s != nil && working(s), err
	}, nil) {
		if r.Value {
			outcomes[index[r.Key]].State = Underway
		}
	}
}

// creationFailed is when the CDK CLI deletes a stack and makes it anew.
func creationFailed(s types.StackStatus) bool {
	return s == types.StackStatusRollbackComplete || s == types.StackStatusRollbackFailed
}

// Reasons asks CloudFormation why stacks failed of which the CDK CLI had no words.
func Reasons(ctx context.Context, open Stacks, outcomes []Outcome) {
	var keys []string
	index := map[string]int{}
	for i, o := range outcomes {
		// A resource that failed stands in the CLI's reason with its type; a stack that was not begun has no events of this run.
		if o.State == Failed && o.Seconds > 0 && !strings.Contains(o.Reason, "(AWS::") {
			keys = append(keys, o.Stack)
			index[o.Stack] = i
		}
	}
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, stack string) (string, error) {
		ctx, cancel := context.WithTimeout(ctx, glance)
		defer cancel()
		o := outcomes[index[stack]]
		cfg, err := open(ctx, o.Account, o.Region)
		if err != nil {
			return "", err
		}
		return FirstFailure(ctx, cloudformation.NewFromConfig(cfg), stack, time.Duration(o.Seconds*float64(time.Second)))
	}, nil) {
		if r.Err == nil && r.Value != "" {
			o := &outcomes[index[r.Key]]
			o.Reason = r.Value
			o.Fix = Fix(o.Reason, *o)
		}
	}
}

// Events are what CloudFormation tells of a stack.
type Events interface {
	DescribeStackEvents(context.Context, *cloudformation.DescribeStackEventsInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackEventsOutput, error)
}

// FirstFailure is why the last operation on a stack failed: the first resource of it that failed, since the others follow
// from that one. It is empty where the operation took longer ago than within, or nothing failed.
func FirstFailure(ctx context.Context, client Events, stack string, within time.Duration) (string, error) {
	out, err := client.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: aws.String(stack)})
	if err != nil {
		return "", account.Explain(err, "asking what became of "+stack)
	}
	var of []types.StackEvent
	for _, e := range out.StackEvents { // the newest first
		own := aws.ToString(e.PhysicalResourceId) == aws.ToString(e.StackId)
		of = append(of, e)
		if own && slices.Contains([]types.ResourceStatus{"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}, e.ResourceStatus) {
			break
		}
	}
	slack := within + time.Minute
	for _, e := range slices.Backward(of) {
		reason := aws.ToString(e.ResourceStatusReason)
		if !strings.HasSuffix(string(e.ResourceStatus), "_FAILED") || reason == "" || strings.Contains(reason, "cancelled") ||
			within > 0 && e.Timestamp != nil && time.Since(*e.Timestamp) > slack {
			continue
		}
		if aws.ToString(e.PhysicalResourceId) == aws.ToString(e.StackId) {
			return reason, nil
		}
		return fmt.Sprintf("%s (%s): %s", aws.ToString(e.LogicalResourceId), aws.ToString(e.ResourceType), reason), nil
	}
	return "", nil
}

// noSuchStack tells that CloudFormation does not know the stack, and not that it did not answer.
func noSuchStack(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}
