package check

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/plan"
)

type stacksAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// ownStacks begins the names of all stacks of this project.
const ownStacks = "BreakGlass-"

// stacks checks the stacks of the plan in one account and Region, and returns those that exist with the time of their creation:
// what a missing one would have made is not checked. Where AWS does not answer, all count as existing.
func (s *scene) stacks(ctx context.Context, api stacksAPI, region string, placements []plan.Placement) (r *result, there map[string]time.Time) {
	only := ""
	if len(placements) == 1 {
		only = placements[0].Stack // a target account may have many of its own
	}
	r = of("stacks")
	seen, err := listStacks(ctx, api, only)
	if err != nil {
		r.unanswered(region, "the stacks", err)
		return r, all(placements)
	}
	there, _ = s.compareStacks(r, region, placements, seen)
	return r, there
}

// all returns the stacks of placements as existing since always.
func all(placements []plan.Placement) map[string]time.Time {
	there := map[string]time.Time{}
	for _, at := range placements {
		there[at.Stack] = time.Time{}
	}
	return there
}

// compareStacks compares the stacks of a Region with the plan, and returns those that exist, and those with a name of this project
// that the plan does not have.
func (s *scene) compareStacks(r *result, region string, placements []plan.Placement, seen map[string]types.Stack) (there map[string]time.Time, more []types.Stack) {
	there = map[string]time.Time{}
	for _, at := range placements {
		stack, ok := seen[at.Stack]
		delete(seen, at.Stack)
		if !ok {
			r.say(Problem, region, at.Stack, "not deployed: <stack>", redeploy)
			continue
		}
		if gone := s.state(r, region, stack); gone {
			continue
		}
		there[at.Stack] = aws.ToTime(stack.CreationTime)
		switch protected := aws.ToBool(stack.EnableTerminationProtection); {
		case s.config.TerminationProtection && !protected:
			r.say(Warning, region, at.Stack, "<stack> lacks termination protection, which breakglass.yaml sets",
				inRegion("cloudformation", "update-termination-protection", "--enable-termination-protection", "--stack-name", theStack))
		case !s.config.TerminationProtection && protected:
			r.say(Note, region, at.Stack, "<stack> has termination protection, although breakglass.yaml sets terminationProtection: false", redeploy)
		}
	}
	for _, name := range sorted(seen) {
		if strings.HasPrefix(name, ownStacks) {
			more = append(more, seen[name])
		}
	}
	if r.well() && len(placements) > 0 {
		r.fine(region, fmt.Sprintf("%d of %d deployed", len(there), len(placements)))
	}
	return there, more
}

// state reports what is wrong with a stack's state; gone means that there is nothing left to check.
func (s *scene) state(r *result, region string, stack types.Stack) (gone bool) {
	name, status := aws.ToString(stack.StackName), string(stack.StackStatus)
	what := "in state " + status + ": <stack>"
	switch {
	case status == "CREATE_COMPLETE", status == "UPDATE_COMPLETE", status == "IMPORT_COMPLETE":
	case strings.HasSuffix(status, "_IN_PROGRESS"):
		r.say(Warning, region, name, what, "wait until it is done, then check again")
	case status == "UPDATE_ROLLBACK_COMPLETE", status == "IMPORT_ROLLBACK_COMPLETE":
		r.say(Warning, region, name, what+": the last deployment failed, the previous one is in force", redeploy)
	case status == "ROLLBACK_COMPLETE", status == "ROLLBACK_FAILED", status == "CREATE_FAILED":
		r.say(Problem, region, name, what+": it was never deployed", redeploy)
		return true
	default:
		r.say(Problem, region, name, what, inRegion("cloudformation", "describe-stack-events", "--stack-name", theStack)+" says why")
	}
	return false
}

// listStacks asks for all stacks of a Region at once or, where only is set, for that one.
func listStacks(ctx context.Context, api stacksAPI, only string) (map[string]types.Stack, error) {
	seen := map[string]types.Stack{}
	input := &cloudformation.DescribeStacksInput{}
	if only != "" {
		input.StackName = aws.String(only)
	}
	pages := cloudformation.NewDescribeStacksPaginator(api, input)
	for stack, err := range whole.Each(ctx, pages, func(page *cloudformation.DescribeStacksOutput) []types.Stack { return page.Stacks }) {
		var refused smithy.APIError
		if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist") {
			return seen, nil
		}
		if err != nil {
			return nil, err
		}
		if stack.StackStatus != types.StackStatusDeleteComplete {
			seen[aws.ToString(stack.StackName)] = stack
		}
	}
	return seen, nil
}
