package check

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsaccount "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/plan"
)

// Keys open an account in a Region; account.Keys is one.
type Keys interface {
	In(ctx context.Context, account, region string) (aws.Config, error)
}

// Options of a run.
type Options struct {
	Config *config.Config
	// Plan of the file; it is made where the caller has none.
	Plan plan.Plan
	Keys Keys
	// Began is when.
	Began time.Time
	// By is the ARN of who runs it, File the path of the file, and Tool the name and version of the program, for the evidence.
	By, File, Tool string
	// Again has the flags with which a next command reads the same file with the same credentials; empty, or with a space first.
	Again string
	// Region that the run was given, if any; Profile returns the profile of the AWS CLI for an account. The printed commands have both.
	Region  string
	Profile func(account string) string
	// HubOnly leaves the target accounts out, which is no finding.
	HubOnly bool
	// Total receives the number of steps, as far as it is known, Step is called when one ends; either may be nil.
	Total func(int)
	Step  func(string)
}

// patience is how long a Region or an account may take before it counts as not answering.
var patience = account.Patience

// Run runs all checks. It returns an error only if it cannot run: no access to the hub account, or ctx has ended.
func Run(ctx context.Context, o Options) (*Report, error) {
	if o.Total != nil {
		o.Total(1) // until it is known how much there is to ask
	}
	r, err := enterHub(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := r.everything(ctx, r.jobs()); err != nil {
		return nil, err
	}
	report := r.report()
	report.By, report.File, report.SHA256, report.Tool = o.By, o.File, o.Config.SHA256(), o.Tool
	report.Took = time.Since(o.Began).Round(100 * time.Millisecond).String()
	return report, nil
}

// enterHub opens the hub account and finds out what is deployed.
func enterHub(ctx context.Context, o Options) (*run, error) {
	if o.Plan.Config == nil {
		o.Plan = plan.Of(o.Config)
	}
	r := &run{
		scene: &scene{config: o.Config, plan: o.Plan, now: o.Began, again: o.Again, caller: callerOf(o), region: o.Region, profiles: o.Profile}, Options: o,
		there: map[string]time.Time{},
	}
	hub, err := r.enter(ctx, r.account(), o.Config.Hub.Region)
	if err != nil {
		return nil, err
	}
	r.hub = hub
	r.deployed(ctx)
	return r, nil
}

// callerOf returns the account of the run's credentials: the hub's, where it is not known.
func callerOf(o Options) string {
	if number := accountOf(o.By); isAccount(number) {
		return number
	}
	return o.Config.Hub.Account
}

// enter opens an account within the patience that it is given.
func (r *run) enter(ctx context.Context, account, region string) (aws.Config, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return r.Keys.In(ctx, account, region)
}

// run is one run of all checks.
type run struct {
	*scene
	Options
	hub aws.Config
	// on are the Regions of the hub account that something is planned in and that answer, enabled all that are.
	on, enabled []string
	// there are the stacks of the hub account that are deployed, with the time of their making.
	there map[string]time.Time
	// left are the stacks of the hub account that the plan does not have.
	left    []leftStack
	results []*result
	// ages are those of the users' passwords.
	ages []PasswordAge
	// noPassword are the users who have none.
	noPassword []string
	// last is when the latest heartbeat of the quietest Region came.
	last time.Time
}

func (r *run) in(region string) aws.Config {
	cfg := r.hub.Copy()
	cfg.Region = region
	return cfg
}

// placements returns the placements of the hub account in a Region. The target accounts are checked one by one.
func (r *run) placements(region string) []plan.Placement {
	return slices.DeleteFunc(slices.Clone(r.plan.Placements), func(at plan.Placement) bool {
		return at.Account != r.account() || at.Region != region
	})
}

// present returns the placements whose stack exists. What a missing stack would have made is not checked: one finding reports
// the stack.
func (r *run) present(region string) []plan.Placement {
	return slices.DeleteFunc(r.placements(region), func(at plan.Placement) bool {
		_, ok := r.there[at.Stack]
		return !ok
	})
}

func (r *run) isThere(stack string) bool {
	_, ok := r.there[stack]
	return ok
}

// deployed finds out which Regions of the hub account are enabled, and which stacks there are in them, for all that follows. A Region
// that does not answer is asked nothing else.
func (r *run) deployed(ctx context.Context) {
	var planned []string
	for _, at := range r.plan.Placements {
		if at.Account == r.account() {
			planned = union(planned, []string{at.Region})
		}
	}
	ask := func(regions []string) []stacksOf {
		return each(regions, placesAtOnce, func(region string) stacksOf {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			return r.hubStacks(ctx, cloudformation.NewFromConfig(r.in(region)), region)
		})
	}
	var regions *result
	var in ofAccount
	var answers []stacksOf
	atOnce(func() {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		regions, in = r.regions(ctx, awsaccount.NewFromConfig(r.hub))
	}, func() { answers = ask(planned) })
	r.results, r.enabled = append(r.results, regions), in.enabled
	for i, region := range planned {
		if slices.Contains(in.off, region) {
			continue // the finding on the Region says why
		}
		r.found(answers[i])
		if !answers[i].lost {
			r.on = append(r.on, region)
		}
	}
	for _, a := range ask(slices.DeleteFunc(slices.Clone(in.enabled), func(region string) bool { return slices.Contains(planned, region) })) {
		r.found(a)
	}
	r.results = append(r.results, r.leftovers())
}

// found takes over what was found of a Region's stacks.
func (r *run) found(a stacksOf) {
	r.results = append(r.results, a.found)
	for stack, made := range a.there {
		r.there[stack] = made
	}
	r.left = append(r.left, a.left...)
}

// job is what is asked in one place, which has a name.
type job struct {
	name string
	ask  func(ctx context.Context) []*result
}

// jobs returns all that is asked. The hub's Region comes first, since it takes longest.
func (r *run) jobs() []job {
	var jobs []job
	add := func(name string, ask func(ctx context.Context) []*result) { jobs = append(jobs, job{name, ask}) }
	for _, region := range r.on {
		add(region, func(ctx context.Context) []*result { return r.regionJob(ctx, region) })
	}
	add("CloudTrail", r.trailJob)
	add("users", r.usersJob)
	add("organization", r.organizationJob)
	add("sign-in", r.signInJob)
	for _, target := range r.targets() {
		add("account "+target.Account, func(ctx context.Context) []*result { return r.targetJob(ctx, target) })
	}
	if len(r.config.Units) > 0 && (!r.HubOnly || r.config.StackSetAccount() == r.account()) {
		add("stack sets", r.stackSetsJob)
	}
	return jobs
}

// everything runs jobs, all at once.
func (r *run) everything(ctx context.Context, jobs []job) error {
	if r.Total != nil {
		r.Total(len(jobs))
	}
	var step sync.Mutex
	r.results = append(r.results, slices.Concat(each(jobs, placesAtOnce, func(j job) []*result {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		results := j.ask(ctx)
		if r.Step != nil {
			step.Lock()
			defer step.Unlock()
			r.Step(j.name)
		}
		return results
	})...)...)
	return ctx.Err()
}

// targets returns the target accounts that are checked.
func (r *run) targets() []config.Target {
	if r.HubOnly {
		return nil
	}
	return r.config.Targets
}

func (r *run) trailJob(ctx context.Context) []*result {
	return []*result{r.trail(ctx, func(region string) trailAPI { return cloudtrail.NewFromConfig(r.in(region)) })}
}
