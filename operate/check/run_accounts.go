package check

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/plan"
)

// usersJob asks IAM in the hub account, which has one for all Regions.
func (r *run) usersJob(ctx context.Context) []*result {
	api := r.iam(r.hub)
	if !r.isThere(r.ownStack()) {
		return []*result{r.awaited(ctx, api, "group", "the users' group", r.ownStack())}
	}
	var group, forwarding *result
	composer := of("composer")
	users, known, ways := make([]*result, len(r.config.Users)), make([]password, len(r.config.Users)), make([]simulated, len(r.config.Users))
	var reported credentials
	var rule passwordPolicy
	var done exercised
	questions := []func(){
		func() { group = r.group(ctx, api) },
		func() { forwarding = r.forwarding(ctx, api) },
		func() {
			if stack := r.stackOf(r.config.Hub.Region, plan.Composer); r.isThere(stack) {
				composer = r.composerRoles(ctx, api, stack)
			}
		},
		func() { reported = r.credentials(ctx, api) },
		func() { rule = r.passwordPolicy(ctx, api) },
		func() { done = r.exercised(ctx) },
	}
	for i, u := range r.config.Users {
		questions = append(questions, func() { users[i], known[i] = r.user(ctx, api, u.Name) }, func() { ways[i] = r.simulateUser(ctx, api, u.Name) })
	}
	atOnce(questions...)
	byName := map[string]password{}
	for i, u := range r.config.Users {
		byName[u.Name] = known[i]
		if known[i].none {
			r.noPassword = append(r.noPassword, u.Name)
		}
	}
	passwords, ages := r.passwords(byName, reported, rule)
	r.ages = ages
	return append(users, group, forwarding, composer, passwords, r.usersWay(ways, users, group), r.exercises(done, byName, r.there[r.ownStack()]))
}

// iam returns a client of an account's IAM.
func (r *run) iam(cfg aws.Config) *iam.Client {
	return iam.NewFromConfig(cfg, func(o *iam.Options) { o.APIOptions = append(o.APIOptions, paced(callsAtOnce)) })
}

// targetJob asks one target account.
func (r *run) targetJob(ctx context.Context, target config.Target) []*result {
	reach := of("roles")
	reach.tally(accountsReachable, 0, 1)
	cfg, err := r.Keys.In(ctx, target.Account, target.Region)
	if err != nil {
		what, fix := unreachable(err, target.Account)
		reach.problem(target.Account, "not checked, out of reach: "+what, fix)
		return []*result{reach}
	}
	reach.tally(accountsReachable, 1, 1)
	results := []*result{reach}
	if target.Account == r.account() { // its stacks have been looked at
		if stack := r.stackOfTarget(target.Account); r.isThere(stack) {
			results = append(results, r.roleAndWay(ctx, r.iam(cfg), target)...)
		} else {
			results = append(results, r.awaited(ctx, r.iam(cfg), "roles", "role "+r.config.Role.Name, stack))
		}
		return results
	}
	var former *result
	var own []*result
	atOnce( // a Region that nothing is planned in does not delay what is
		func() { former = r.formerObservers(ctx, target) },
		func() { own = r.ownOf(ctx, r.iam(cfg), target) },
	)
	return append(append(results, own...), former)
}

// ownOf checks what the plan has in a target account other than the hub's.
func (r *run) ownOf(ctx context.Context, api *iam.Client, target config.Target) []*result {
	results := []*result{r.bootstrap(ctx, api, target.Account)}
	there := map[string]bool{}
	for _, a := range each(r.plan.TargetRegions(target.Account), placesAtOnce, func(region string) inTarget { return r.targetRegion(ctx, target, region) }) {
		results = append(results, a.results...)
		for _, stack := range a.there {
			there[stack] = true
		}
	}
	if stack := r.stackOfTarget(target.Account); !there[stack] {
		return append(results, r.awaited(ctx, api, "roles", "role "+r.config.Role.Name, stack))
	}
	observer := of("forwarding")
	var role []*result
	atOnce(
		func() { role = r.roleAndWay(ctx, api, target) },
		func() {
			if len(r.config.Observers.Regions) > 0 {
				observer = r.observerRole(ctx, api, target.Account)
			}
		},
	)
	return append(append(results, role...), observer)
}

// roleAndWay checks a target account's role, and whether anything keeps it from what it may do.
func (r *run) roleAndWay(ctx context.Context, api *iam.Client, target config.Target) []*result {
	var role *result
	var way simulated
	atOnce(func() { role = r.role(ctx, api, target) }, func() { way = r.simulateRole(ctx, api, target) })
	return []*result{role, r.roleWay(target, way, role)}
}

func (r *run) stackOfTarget(number string) string {
	for _, at := range r.plan.Placements {
		if at.Kind == plan.Role && at.Account == number {
			return at.Stack
		}
	}
	return ""
}

// unreachable returns why an account can't be accessed, in words that are the same for all accounts.
func unreachable(err error, number string) (what, fix string) {
	reason := explain(err)
	return placeholders(reason.What, number), placeholders(reason.Fix, number)
}

func explain(err error) *account.Refusal {
	if known, ok := account.Explain(err, "").(*account.Refusal); ok {
		return known
	}
	return &account.Refusal{What: err.Error(), Fix: "repeat the command"}
}
