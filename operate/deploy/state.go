package deploy

import (
	"context"
	"errors"
	"maps"
	"net"
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
	// glance is how long reading a stack may take. A Region that does not answer delays no other: the CDK CLI's error names the
	// fix.
	glance = 15 * time.Second
	// settles is the longest wait for an operation that is under way, and askedEach the pause between two reads.
	settles   = 30 * time.Minute
	askedEach = 5 * time.Second
)

// seen is what a stack was like before this run.
type seen struct {
	// busy means that CloudFormation still works on it, for an earlier run that was interrupted.
	busy bool
	// newest is the ID of its newest event, known where AWS answered.
	newest string
	known  bool
	// gone is why the Region cannot be reached; the CDK CLI would try for minutes.
	gone error
}

// gone returns the error of a request that no service has answered; nil for an answer of AWS, and for a command that was stopped.
func gone(ctx context.Context, err error) error {
	var network net.Error
	if ctx.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network)) {
		return err
	}
	return nil
}

// lookBefore reads the state of stacks before anything changes. Stacks whose first creation failed after termination protection
// was enabled, which the CDK CLI can't delete and create again (aws/aws-cdk issue 901 and others), lose that protection.
func lookBefore(ctx context.Context, open Stacks, stacks []plan.Placement) map[string]seen {
	where := map[string]plan.Placement{}
	var keys []string
	for _, at := range stacks {
		where[at.Stack] = at
		keys = append(keys, at.Stack)
	}
	found := map[string]seen{}
	silent := map[string][]string{} // stacks by account and Region that did not answer
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, stack string) (seen, error) {
		return lookAt(ctx, open, where[stack])
	}, nil) {
		if r.Err == nil {
			found[r.Key] = r.Value
		} else if gone(ctx, r.Err) != nil {
			place := where[r.Key].Account + " " + where[r.Key].Region
			silent[place] = append(silent[place], r.Key)
		}
	}
	// A network that is slow with many requests at once answers one of them.
	for _, r := range fan.Out(ctx, slices.Sorted(maps.Keys(silent)), asksAtOnce, func(ctx context.Context, place string) (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, account.Patience)
		defer cancel()
		at := where[silent[place][0]]
		_, _, err := look(ctx, open, at.Account, at.Region, at.Stack)
		return struct{}{}, err
	}, nil) {
		if err := gone(ctx, r.Err); err != nil {
			for _, stack := range silent[r.Key] {
				found[stack] = seen{gone: err}
			}
		}
	}
	return found
}

func lookAt(ctx context.Context, open Stacks, at plan.Placement) (seen, error) {
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	client, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	switch {
	case noSuchStack(err), err == nil && s == nil:
		return seen{known: true}, nil
	case err != nil:
		return seen{}, err
	}
	b := seen{busy: working(s)}
	if creationFailed(s.StackStatus) && aws.ToBool(s.EnableTerminationProtection) {
		_, err := client.UpdateTerminationProtection(ctx, &cloudformation.UpdateTerminationProtectionInput{
			StackName: aws.String(at.Stack), EnableTerminationProtection: aws.Bool(false),
		})
		if err != nil {
			return b, err
		}
	}
	b.newest, err = newestEvent(ctx, client, at.Stack)
	b.known = err == nil
	return b, nil
}

// settle waits until CloudFormation has finished its operation on a stack, up to a limit.
func settle(ctx context.Context, open Stacks, at plan.Placement) {
	for end := time.Now().Add(settles); time.Now().Before(end); {
		if busy, err := busyNow(ctx, open, at); !busy || err != nil {
			return
		}
		select {
		case <-time.After(askedEach):
		case <-ctx.Done():
			return
		}
	}
}

// busyNow reports whether CloudFormation is working on a stack.
func busyNow(ctx context.Context, open Stacks, at plan.Placement) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, glance)
	defer cancel()
	_, s, err := look(ctx, open, at.Account, at.Region, at.Stack)
	return s != nil && working(s), err
}

// look returns a stack; nil when there is none.
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

// working reports whether an operation is under way. A review is a change set that nobody has executed.
func working(s *types.Stack) bool {
	return strings.HasSuffix(string(s.StackStatus), "_IN_PROGRESS") && s.StackStatus != types.StackStatusReviewInProgress
}

// stopped asks CloudFormation, after a deployment was stopped, which of the stacks it is still working on: the CDK CLI may have
// ended before it reported that it began.
func stopped(ctx context.Context, open Stacks, outcomes []Outcome) {
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

// creationFailed reports whether the CDK CLI will delete a stack and create it again.
func creationFailed(s types.StackStatus) bool {
	return s == types.StackStatusRollbackComplete || s == types.StackStatusRollbackFailed
}

// noSuchStack reports whether CloudFormation answered that it has no such stack.
func noSuchStack(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "does not exist")
}
