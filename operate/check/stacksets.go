package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/plan"
)

type stackSetsAPI interface {
	stacksAPI
	cloudformation.ListStackResourcesAPIClient
	DescribeStackSet(context.Context, *cloudformation.DescribeStackSetInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackSetOutput, error)
	ListStackInstances(context.Context, *cloudformation.ListStackInstancesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackInstancesOutput, error)
	ListStackSetOperations(context.Context, *cloudformation.ListStackSetOperationsInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackSetOperationsOutput, error)
}

// unitsAPI is the part of AWS Organizations that knows the accounts of a unit.
type unitsAPI interface {
	DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error)
	organizations.ListAccountsForParentAPIClient
	organizations.ListOrganizationalUnitsForParentAPIClient
}

// stackSetsJob asks the account that owns the stack sets. The accounts that they serve are not asked: CloudFormation reports
// the state of each.
func (r *run) stackSetsJob(ctx context.Context) []*result {
	owner, home := r.config.StackSetAccount(), r.config.Hub.Region
	lost := of("stacksets")
	cfg, err := r.Keys.In(ctx, owner, home)
	if err != nil {
		what, fix := unreachable(err, owner)
		lost.problem(owner, "not checked, out of reach: "+what, fix)
		return []*result{lost}
	}
	api := cloudformation.NewFromConfig(cfg, func(o *cloudformation.Options) { o.APIOptions = append(o.APIOptions, paced(callsAtOnce)) })
	client := organizationsIn(cfg)
	ofUnits := slices.DeleteFunc(slices.Clone(r.plan.Placements), func(at plan.Placement) bool { return at.Kind != plan.StackSet })
	var results []*result
	var twice, delegate, former *result
	atOnce(
		func() { former = r.formerUnits(ctx, api, owner) },
		func() { twice = r.units(ctx, client) },
		func() { delegate = r.mayMake(ctx, api, client) },
		func() {
			results = slices.Concat(each(ofUnits, callsAtOnce, func(at plan.Placement) []*result { return r.setsOf(ctx, api, client, owner, at) })...)
		},
	)
	return append(results, twice, delegate, former)
}

// setsOf checks the stack of a unit, and its stack sets.
func (r *run) setsOf(ctx context.Context, api stackSetsAPI, units unitsAPI, owner string, at plan.Placement) (results []*result) {
	if owner != r.account() { // the hub account's stacks have been looked at
		found, there := r.stacks(ctx, api, r.config.Hub.Region, []plan.Placement{at})
		found.in(owner)
		if results = append(results, found); len(there) == 0 {
			return results
		}
	} else if !r.isThere(at.Stack) {
		return nil
	}
	return append(results, r.stackSets(ctx, api, units, at))
}

// mayMake checks whether the account of the stack sets may still create them.
func (s *scene) mayMake(ctx context.Context, sets discover.StackSetsReader, client discover.DelegateReader) *result {
	r := of("stacksets")
	wrong, unknown := discover.MayNotMake(ctx, sets, client, s.config)
	for _, err := range unknown {
		r.unanswered("", "who can manage stack sets", err)
	}
	for _, w := range wrong {
		r.problem(w.ID, w.What, w.Fix)
	}
	return r
}

// units checks that no account gets two stacks with the same role.
func (s *scene) units(ctx context.Context, client discover.UnitReader) *result {
	r := of("stacksets")
	twice, err := discover.Twice(ctx, client, s.config)
	if err != nil {
		r.unanswered("", "the organizational units of the accounts", err)
		return r
	}
	for _, c := range twice {
		r.problem(c.ID, c.What, c.Fix)
	}
	return r
}

// stackSets checks the stack sets of a unit's stack, found by its name.
func (s *scene) stackSets(ctx context.Context, api stackSetsAPI, units unitsAPI, at plan.Placement) *result {
	r, unit := of("stacksets"), at.Target.OrganizationalUnit
	resources, err := whole.Pages(ctx, cloudformation.NewListStackResourcesPaginator(api,
		&cloudformation.ListStackResourcesInput{StackName: aws.String(at.Stack)}),
		func(page *cloudformation.ListStackResourcesOutput) []types.StackResourceSummary {
			return page.StackResourceSummaries
		})
	if err != nil {
		r.unanswered(unit, "the stack sets", err)
		return r
	}
	planned, n := s.setsOfUnit(unit), 0
	for _, resource := range resources {
		if aws.ToString(resource.ResourceType) != "AWS::CloudFormation::StackSet" {
			continue
		}
		name, _, _ := strings.Cut(aws.ToString(resource.PhysicalResourceId), ":")
		if planned[name] == nil {
			r.drifted(Problem, unit, at.Stack, "the stack has a stack set that is not planned: "+name)
			continue
		}
		n++
		served := s.stackSet(ctx, api, r, at, name, planned[name])
		if served != nil && name == names.RoleStack+unit {
			s.unserved(ctx, units, r, unit, name, served)
		}
	}
	if n < len(planned) {
		r.drifted(Problem, unit, at.Stack, fmt.Sprintf("the stack has %d of %d stack sets", n, len(planned)))
	}
	return r
}

// setsOfUnit returns the Regions of each stack set of a unit: one set makes the role and, where other Regions are observed, one
// observes it there.
func (s *scene) setsOfUnit(unit string) map[string][]string {
	home := s.config.StackSets.Region
	sets := map[string][]string{names.RoleStack + unit: {home}}
	if others := slices.DeleteFunc(slices.Clone(s.config.Observers.Regions), func(region string) bool { return region == home }); len(others) > 0 {
		sets[names.ObserverStack+unit] = others
	}
	return sets
}

// stackSet checks one stack set: automatic deployment, and the state of every account. It returns these accounts; nil if they are unknown.
func (s *scene) stackSet(ctx context.Context, api stackSetsAPI, r *result, at plan.Placement, name string, regions []string) map[string][]string {
	unit, as := at.Target.OrganizationalUnit, discover.CallAs(s.config)
	what := "stack set " + name
	out, err := api.DescribeStackSet(ctx, &cloudformation.DescribeStackSetInput{StackSetName: aws.String(name), CallAs: as})
	var gone *types.StackSetNotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, unit, at.Stack, what+" is missing: accounts that join get no role")
		return nil
	case err != nil:
		r.unanswered(unit, "the stack sets", err)
		return nil
	}
	set := out.StackSet
	switch auto := set.AutoDeployment; {
	case auto == nil || !aws.ToBool(auto.Enabled):
		r.drifted(Problem, unit, at.Stack, what+" has automatic deployment disabled: accounts that join the unit get no role")
	case aws.ToBool(auto.RetainStacksOnAccountRemoval) != s.config.StackSets.RetainOnAccountRemoval:
		r.drifted(Warning, unit, at.Stack,
			fmt.Sprintf("%s has retainOnAccountRemoval %v; breakglass.yaml sets %v", what, aws.ToBool(auto.RetainStacksOnAccountRemoval),
				s.config.StackSets.RetainOnAccountRemoval))
	}
	switch ids := set.OrganizationalUnitIds; {
	case len(ids) == 0:
		r.drifted(Warning, unit, at.Stack, what+" does not name its organizational units")
	case !slices.Equal(ids, []string{unit}):
		r.drifted(Problem, unit, at.Stack, what+" targets other units: "+strings.Join(ids, ", "))
	}
	s.setTemplate(r, at, name, aws.ToString(set.TemplateBody), regions)
	s.lastOperation(ctx, api, r, unit, name, as)
	return s.instances(ctx, api, r, unit, name, as, regions)
}

// lastOperation checks CloudFormation's last operation on a stack set.
func (s *scene) lastOperation(ctx context.Context, api stackSetsAPI, r *result, unit, name string, as types.CallAs) {
	// No document says in which order they come.
	all, err := whole.Pages(ctx, cloudformation.NewListStackSetOperationsPaginator(api,
		&cloudformation.ListStackSetOperationsInput{StackSetName: aws.String(name), CallAs: as}),
		func(page *cloudformation.ListStackSetOperationsOutput) []types.StackSetOperationSummary {
			return page.Summaries
		})
	if err != nil {
		r.unanswered(unit, "the last operation of the stack sets", err)
		return
	}
	if len(all) == 0 {
		return
	}
	last := slices.MaxFunc(all, func(a, b types.StackSetOperationSummary) int {
		return aws.ToTime(a.CreationTimestamp).Compare(aws.ToTime(b.CreationTimestamp))
	})
	what := fmt.Sprintf("the last operation of stack set %s (%s)", name, strings.ToLower(string(last.Action)))
	look := s.ofSets(name, as, "list-stack-set-operation-results", "--operation-id", aws.ToString(last.OperationId))
	switch last.Status {
	case types.StackSetOperationStatusSucceeded:
	case types.StackSetOperationStatusRunning, types.StackSetOperationStatusQueued:
		r.note(unit, what+" is in progress", "check again when it has finished")
	default:
		why := ""
		if reason := aws.ToString(last.StatusReason); reason != "" {
			why = ": " + reason
		}
		r.problem(unit, fmt.Sprintf("%s is %s%s", what, last.Status, why), look)
	}
}

// instances checks the accounts of a stack set, each with its state in every Region, and returns their Regions; nil if they are unknown.
func (s *scene) instances(ctx context.Context, api stackSetsAPI, r *result, unit, name string, as types.CallAs, regions []string) map[string][]string {
	served, all, suspended := 0, 0, 0
	in := map[string][]string{}
	pages := cloudformation.NewListStackInstancesPaginator(api, &cloudformation.ListStackInstancesInput{StackSetName: aws.String(name), CallAs: as})
	summaries := func(page *cloudformation.ListStackInstancesOutput) []types.StackInstanceSummary {
		return page.Summaries
	}
	for i, err := range whole.Each(ctx, pages, summaries) {
		if err != nil {
			r.unanswered(unit, "the accounts of the stack sets", err)
			return nil
		}
		if detailed(i) == types.StackInstanceDetailedStatusSkippedSuspendedAccount {
			suspended++
			in[aws.ToString(i.Account)] = regions
			r.note(aws.ToString(i.Account), "suspended: stack set "+name+" leaves the account out, and nobody can sign in to it", "")
			continue
		}
		all++
		in[aws.ToString(i.Account)] = append(in[aws.ToString(i.Account)], aws.ToString(i.Region))
		if i.Status == types.StackInstanceStatusCurrent {
			served++
			continue
		}
		s.behind(r, unit, i, name, as)
	}
	for _, account := range sorted(in) {
		for _, region := range regions {
			if !slices.Contains(in[account], region) {
				all++
				r.problem(account, "stack set "+name+" has no stack in "+region, s.ofSets(name, as, "create-stack-instances",
					"--deployment-targets", "OrganizationalUnitIds="+unit, "--regions", region))
			}
		}
	}
	before := r.tallies[accountsServed] // of another stack set of the unit
	r.tally(accountsServed, before.Got+served, before.Of+all)
	if all+suspended == 0 {
		r.warning(unit, "stack set "+name+" has no account: the role exists in no account of the unit",
			"check that the unit has accounts: "+inAccount(s.config.StackSetAccount(), awsCLI("organizations", "list-accounts-for-parent", "--parent-id", unit)))
	}
	if served == all && all > 0 {
		r.fine(unit, fmt.Sprintf("%s: %d of %d current", name, served, all))
	}
	return in
}

// unserved reports accounts of a unit that its stack set does not have: somebody took their stacks away, or left them out. The set has
// none for the management account and for those that are closed (CloudFormation user guide, service-managed permissions). Of an account
// that the file lists as well, units says so.
func (s *scene) unserved(ctx context.Context, api unitsAPI, r *result, unit, name string, served map[string][]string) {
	about, err := api.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var accounts []string
	if err == nil {
		accounts, err = accountsOf(ctx, api, unit)
	}
	if err != nil {
		r.unanswered(unit, "the accounts of the unit", err)
		return
	}
	without := []string{aws.ToString(about.Organization.MasterAccountId)}
	for _, target := range s.config.Targets {
		without = append(without, target.Account)
	}
	before, missing := r.tallies[accountsServed], 0
	for _, account := range accounts {
		if served[account] == nil && !slices.Contains(without, account) {
			missing++
			r.problem(account, "in unit "+unit+", and stack set "+name+" has no stack there: nobody gets in", s.ofSets(name, discover.CallAs(s.config),
				"create-stack-instances", "--deployment-targets", "OrganizationalUnitIds="+unit, "--regions", s.config.StackSets.Region))
		}
	}
	r.tally(accountsServed, before.Got, before.Of+missing)
}

// accountsOf returns the active accounts in a unit and in those below it.
func accountsOf(ctx context.Context, api unitsAPI, unit string) (all []string, err error) {
	accounts := organizations.NewListAccountsForParentPaginator(api, &organizations.ListAccountsForParentInput{ParentId: aws.String(unit)})
	for a, err := range whole.Each(ctx, accounts, func(page *organizations.ListAccountsForParentOutput) []orgtypes.Account { return page.Accounts }) {
		if err != nil {
			return nil, err
		}
		if a.State == orgtypes.AccountStateActive {
			all = append(all, aws.ToString(a.Id))
		}
	}
	units := organizations.NewListOrganizationalUnitsForParentPaginator(api, &organizations.ListOrganizationalUnitsForParentInput{ParentId: aws.String(unit)})
	for below, err := range whole.Each(ctx, units, func(page *organizations.ListOrganizationalUnitsForParentOutput) []orgtypes.OrganizationalUnit {
		return page.OrganizationalUnits
	}) {
		if err != nil {
			return nil, err
		}
		more, err := accountsOf(ctx, api, aws.ToString(below.Id))
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

// behind reports an account whose stack differs from the stack set.
func (s *scene) behind(r *result, unit string, i types.StackInstanceSummary, name string, as types.CallAs) {
	state := string(i.Status)
	if i.StackInstanceStatus != nil && i.StackInstanceStatus.DetailedStatus != "" {
		state += ", " + string(i.StackInstanceStatus.DetailedStatus)
	}
	why := ""
	if reason := strings.TrimRight(aws.ToString(i.StatusReason), "."); reason != "" {
		why = ": " + reason
	}
	if slices.Contains([]types.StackInstanceDetailedStatus{types.StackInstanceDetailedStatusPending, types.StackInstanceDetailedStatusRunning}, detailed(i)) {
		r.say(Warning, aws.ToString(i.Account), "", fmt.Sprintf("not yet updated by stack set %s: %s", name, state), "check again when the operation has finished")
		return
	}
	fix := "fix the cause, then: " + s.ofSets(name, as, "update-stack-instances", "--deployment-targets", "OrganizationalUnitIds="+unit, "--regions",
		aws.ToString(i.Region))
	if i.Status == types.StackInstanceStatusInoperable {
		// CloudFormation can do nothing with such a one any more (user guide, stack set status codes).
		fix = "remove it from the stack set and manage the account manually: " + s.ofSets(name, as, "delete-stack-instances", "--retain-stacks",
			"--deployment-targets", "OrganizationalUnitIds="+unit+",Accounts="+thePlace+",AccountFilterType=INTERSECTION", "--regions", aws.ToString(i.Region))
	}
	r.say(Problem, aws.ToString(i.Account), "", fmt.Sprintf("not up to date with stack set %s: %s%s", name, state, why), fix)
}

// ofSets returns a command about a stack set, in the account that owns it.
func (s *scene) ofSets(name string, as types.CallAs, operation string, words ...string) string {
	command := []string{"cloudformation", operation, "--region", s.config.Hub.Region, "--call-as", string(as), "--stack-set-name", name}
	return inAccount(s.config.StackSetAccount(), awsCLI(append(command, words...)...))
}

func detailed(i types.StackInstanceSummary) types.StackInstanceDetailedStatus {
	if i.StackInstanceStatus == nil {
		return ""
	}
	return i.StackInstanceStatus.DetailedStatus
}
