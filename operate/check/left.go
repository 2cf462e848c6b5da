package check

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type leftAPI interface {
	stacksAPI
	ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error)
}

// stacksOf are the stacks of a Region of the hub account: those of the plan that exist, with the time of their creation, and those
// that are left of another one.
type stacksOf struct {
	found *result
	there map[string]time.Time
	left  []leftStack
	// lost means that the Region does not answer.
	lost bool
}

// leftStack is a deployed stack that the plan does not have. What it owns is not a finding of its own.
type leftStack struct {
	region, name string
	made         time.Time
	// owns are the physical IDs of its resources.
	owns []string
	// failed is set where AWS did not say.
	failed *result
}

// hubStacks checks the stacks of a Region of the hub account. No stack of the plan may be there: a Region that was removed from
// the file keeps its stacks.
func (r *run) hubStacks(ctx context.Context, api leftAPI, region string) stacksOf {
	planned := r.placements(region)
	out := stacksOf{found: of("stacks")}
	seen, err := listStacks(ctx, api, "")
	switch {
	case err != nil && len(planned) == 0:
		// Nothing of this deployment is meant to be there; an organization may well deny the Region to everybody.
		reason := explain(err)
		out.found.note(region, "not searched for stacks that breakglass.yaml no longer has: "+strings.TrimPrefix(reason.What, ": "), reason.Fix)
		return out
	case errors.Is(err, context.DeadlineExceeded):
		out.found.unanswered(region, "everything in the Region", err)
		out.there, out.lost = all(planned), true
		return out
	case err != nil:
		out.found.unanswered(region, "the stacks", err)
		out.there = all(planned)
		return out
	}
	there, more := r.compareStacks(out.found, region, planned, seen)
	out.there = there
	out.left = each(more, callsAtOnce, func(stack types.Stack) leftStack {
		left := leftStack{region: region, name: aws.ToString(stack.StackName), made: aws.ToTime(stack.CreationTime)}
		pages := cloudformation.NewListStackResourcesPaginator(api, &cloudformation.ListStackResourcesInput{StackName: stack.StackName})
		resources := func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
			return page.StackResourceSummaries
		}
		for resource, err := range whole.Each(ctx, pages, resources) {
			if err != nil {
				failed := of("stacks")
				failed.unanswered(region, "what stacks that are not in breakglass.yaml own", err)
				left.failed = failed
				return left
			}
			left.owns = append(left.owns, aws.ToString(resource.PhysicalResourceId))
		}
		return left
	})
	for _, left := range out.left {
		if left.failed != nil {
			out.found.add(left.failed)
		}
	}
	return out
}

// leftovers reports the stacks of the hub account that the plan does not have, in one finding: they have one cause, a change of
// the file.
func (r *run) leftovers() *result {
	out := of("stacks")
	if len(r.left) > 0 {
		var names, pairs []string
		f := Finding{Check: out.check, Severity: Warning}
		// CloudFormation deletes no stack whose exports another one imports: the later ones go first.
		slices.SortStableFunc(r.left, func(a, b leftStack) int {
			return cmp.Or(b.made.Compare(a.made), strings.Compare(a.name, b.name))
		})
		for _, left := range r.left {
			f.Where = union(f.Where, []string{left.region})
			names, pairs = append(names, left.name), append(pairs, left.region+"/"+left.name)
		}
		slices.Sort(names)
		f.What = "deployed, but not in breakglass.yaml: " + strings.Join(names, ", ")
		f.Fix = "delete what is no longer needed: " + r.deletions(pairs)
		out.found = append(out.found, f)
	}
	out.note("", "accounts that breakglass.yaml does not name are not searched: whether a stack is left in one that it named before is unknown",
		"in such an account: "+shell.Quote(shell.AWS(r.config.Hub.Region, "", "cloudformation", "describe-stacks", "--query",
			"Stacks[?starts_with(StackName, `BreakGlass-`)].StackName")...))
	return out
}

// former reports a stack of another account than the hub's that an earlier file had there.
func (r *result) former(where, stack string) {
	r.say(Warning, where, stack, "deployed, but not in breakglass.yaml: <stack>", "delete it if it is no longer needed: "+
		inRegion("cloudformation", "update-termination-protection", "--no-enable-termination-protection", "--stack-name", theStack)+"; "+
		inRegion("cloudformation", "delete-stack", "--stack-name", theStack))
}

// formerUnits looks for the stack sets of units that this file no longer has, in another account that owns them.
func (r *run) formerUnits(ctx context.Context, api stacksAPI, owner string) *result {
	out, region := of("stacks"), r.config.Hub.Region
	if owner == r.account() {
		return out // its stacks have been looked at
	}
	seen, err := listStacks(ctx, api, "")
	if err != nil {
		what, fix := unreachable(err, owner)
		out.note(region+" in "+owner, "not searched for stack sets that breakglass.yaml no longer has: "+strings.TrimPrefix(what, ": "), fix)
	}
	for _, name := range sorted(seen) {
		planned := slices.ContainsFunc(r.plan.Placements, func(at plan.Placement) bool { return at.Stack == name })
		if strings.HasPrefix(name, names.StackSetStack) && !planned {
			out.former(region+" in "+owner, name)
		}
	}
	return out
}

// deletions returns the commands that delete stacks, each given as Region/name.
func (r *run) deletions(stacks []string) string {
	profile, prefix := r.profileOf(r.account())
	var all []string
	for _, words := range [][]string{
		{"update-termination-protection", "--no-enable-termination-protection"}, {"delete-stack"}, {"wait", "stack-delete-complete"},
	} {
		command := shell.Quote(shell.AWS("", profile, append([]string{"cloudformation"}, words...)...)...)
		all = append(all, command+` --region "${stack%%/*}" --stack-name "${stack#*/}"`)
	}
	return prefix + "for stack in " + shell.Quote(stacks...) + "; do " + strings.Join(all, "; ") + "; done"
}

// leftIn returns the physical IDs of what the stacks own that are left in a Region.
func (r *run) leftIn(region string) map[string]bool {
	owned := map[string]bool{}
	for _, left := range r.left {
		if left.region == region {
			for _, id := range left.owns {
				owned[id] = true
			}
		}
	}
	return owned
}
