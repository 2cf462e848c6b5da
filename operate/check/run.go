package check

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsaccount "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// Keys open an account in a Region; account.Keys is one.
type Keys interface {
	In(ctx context.Context, account, region string) (aws.Config, error)
}

// Options of a run.
type Options struct {
	Config *config.Config
	Keys   Keys
	// Began is when.
	Began time.Time
	// Total is told how many steps there are, Step of each that ends; either may be nil.
	Total func(int)
	Step  func(string)
}

// patience is how long a Region or an account may take before it counts as not answering.
const patience = 2 * time.Minute

// Run asks everything. The error is for what makes a run impossible: no way into the hub account, or ctx has ended.
func Run(ctx context.Context, o Options) (*Report, error) {
	r := &run{scene: newScene(o.Config, o.Began), Options: o, there: map[string]time.Time{}, keys: map[string]string{}}
	hub, err := o.Keys.In(ctx, r.account(), o.Config.Hub.Region)
	if err != nil {
		return nil, err
	}
	r.hub = hub
	regions, off := r.regions(ctx, awsaccount.NewFromConfig(hub))
	r.results = append(r.results, regions)
	r.deployed(ctx, off)
	if err := r.everything(ctx); err != nil {
		return nil, err
	}
	return r.report(), nil
}

// run is one run of all checks.
type run struct {
	*scene
	Options
	hub aws.Config
	// on are the Regions of the hub account that something is deployed in.
	on []string
	// there are the stacks of the hub account that are deployed, with the time of their making.
	there map[string]time.Time
	// keys are the IDs of the topics' keys, by Region, as far as they are known.
	keys    map[string]string
	results []*result
	// last is when the latest heartbeat of the quietest Region came.
	last time.Time
}

func (r *run) in(region string) aws.Config {
	cfg := r.hub.Copy()
	cfg.Region = region
	return cfg
}

// placements are those in the hub account's Region. The target accounts are looked at one by one.
func (r *run) placements(region string) []plan.Placement {
	return slices.DeleteFunc(slices.Clone(r.plan.Placements), func(at plan.Placement) bool {
		return at.Account != r.account() || at.Region != region
	})
}

// present are those whose stack is there. What a missing stack would have made is not looked for: one finding says it.
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

// deployed finds out which stacks of the hub account there are, and which keys the topics have, for all that follows.
func (r *run) deployed(ctx context.Context, off []string) {
	for _, at := range r.plan.Placements {
		if at.Account == r.account() && !slices.Contains(off, at.Region) && !slices.Contains(r.on, at.Region) {
			r.on = append(r.on, at.Region)
		}
	}
	type answer struct {
		results []*result
		there   map[string]time.Time
		key     string
	}
	for _, a := range fan.Out(ctx, r.on, fan.Bound, func(ctx context.Context, region string) (answer, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		found, there := r.stacks(ctx, cloudformation.NewFromConfig(r.in(region)), region, r.placements(region))
		a := answer{results: []*result{found}, there: there}
		if _, isHub := there[r.hubStack(region)]; isHub {
			found, a.key = r.key(ctx, kms.NewFromConfig(r.in(region)), region)
			a.results = append(a.results, found)
		}
		return a, nil
	}, nil) {
		if a.Err != nil {
			continue // ctx has ended, which everything says
		}
		r.results = append(r.results, a.Value.results...)
		r.keys[a.Key] = a.Value.key
		for stack, made := range a.Value.there {
			r.there[stack] = made
		}
	}
}

// job is what is asked in one place.
type job func(ctx context.Context) []*result

// everything runs all jobs at once.
func (r *run) everything(ctx context.Context) error {
	jobs := map[string]job{"CloudTrail": r.trailJob, "users": r.usersJob}
	keys := []string{"CloudTrail", "users"}
	for _, region := range r.on {
		keys = append(keys, region)
		jobs[region] = func(ctx context.Context) []*result { return r.regionJob(ctx, region) }
		if stack := r.hubStack(region); stack != "" && r.isThere(stack) {
			key := region + ", topic"
			keys = append(keys, key)
			jobs[key] = func(ctx context.Context) []*result { return r.topicJob(ctx, region) }
		}
	}
	for _, target := range r.config.Targets {
		key := "account " + target.Account
		keys = append(keys, key)
		jobs[key] = func(ctx context.Context) []*result { return r.targetJob(ctx, target) }
	}
	if len(r.config.Units) > 0 {
		keys = append(keys, "stack sets")
		jobs["stack sets"] = r.stackSetsJob
	}
	if r.Total != nil {
		r.Total(len(keys))
	}
	for _, a := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, key string) ([]*result, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return jobs[key](ctx), nil
	}, func(a fan.Result[[]*result]) {
		if r.Step != nil {
			r.Step(a.Key)
		}
	}) {
		r.results = append(r.results, a.Value...)
	}
	return ctx.Err()
}

func (r *run) trailJob(ctx context.Context) []*result {
	return []*result{r.trail(ctx, func(region string) trailAPI { return cloudtrail.NewFromConfig(r.in(region)) })}
}

// usersJob asks IAM in the hub account, which has one for all Regions.
func (r *run) usersJob(ctx context.Context) []*result {
	if !r.isThere(r.stackOf(r.config.Hub.Region, plan.Hub)) {
		return nil
	}
	api := iam.NewFromConfig(r.hub)
	results := []*result{r.group(ctx, api), r.forwarding(ctx, api)}
	made := map[string]time.Time{}
	for _, u := range r.config.Users {
		found, when := r.user(ctx, api, u.Name)
		results = append(results, found)
		made[u.Name] = when
	}
	return append(results, r.passwords(ctx, api, made))
}

// regionJob asks one Region of the hub account.
func (r *run) regionJob(ctx context.Context, region string) []*result {
	cfg, present := r.in(region), r.present(region)
	var results []*result
	if len(present) > 0 {
		found, queues := r.queues(ctx, sqs.NewFromConfig(cfg), region)
		in := rulesIn{region: region, placements: present, key: r.keys[region], queues: queues}
		results = append(results, found, r.rules(ctx, eventbridge.NewFromConfig(cfg), in), r.alarms(ctx, cloudwatch.NewFromConfig(cfg), region, present, r.there))
	}
	if stack := r.beatStack(region); stack != "" && r.isThere(stack) {
		results = append(results, r.schedule(ctx, scheduler.NewFromConfig(cfg), region, stack))
	}
	return results
}

// topicJob asks a hub's Region for what tells people, and writes down.
func (r *run) topicJob(ctx context.Context, region string) []*result {
	cfg, observed := r.in(region), r.stackOf(region, plan.Observed)
	if !r.isThere(observed) {
		observed = ""
	}
	results := []*result{
		r.topic(ctx, sns.NewFromConfig(cfg), region, r.keys[region]), r.subscribers(ctx, sns.NewFromConfig(cfg), region),
		r.ledger(ctx, cloudwatchlogs.NewFromConfig(cfg), region), r.bus(ctx, eventbridge.NewFromConfig(cfg), region, observed),
	}
	if region == r.config.Hub.Region && r.config.Monitoring.Heartbeats {
		found, last := r.beats(ctx, cloudwatchlogs.NewFromConfig(cfg), r.since())
		results, r.last = append(results, found), last
	}
	return results
}

// beatStack is the stack with a Region's schedule; empty where there is none.
func (r *run) beatStack(region string) string {
	if !r.config.Monitoring.Heartbeats || !slices.Contains(r.config.Regions, region) {
		return ""
	}
	for _, at := range r.plan.Placements {
		switch {
		case at.Kind == plan.Forwarder && at.Region == region && region != r.config.Hub.Region,
			at.Kind == plan.Heartbeats && at.Region == region && region == r.config.Hub.Region && slices.Contains(at.Beats, region):
			return at.Stack
		}
	}
	return ""
}

// since is when each Region began to send heartbeats; one without the stack that sends them is left out.
func (r *run) since() map[string]time.Time {
	since := map[string]time.Time{}
	for _, region := range r.config.Regions {
		if made, ok := r.there[r.beatStack(region)]; ok {
			since[region] = made
		}
	}
	return since
}

// targetJob asks one target account.
func (r *run) targetJob(ctx context.Context, target config.Target) []*result {
	reach := of("roles")
	reach.tally(accountsReachable, 0, 1)
	cfg, err := r.Keys.In(ctx, target.Account, target.Region)
	if err != nil {
		what, fix := unreachable(err, target.Account)
		reach.warning(target.Account, "not checked, out of reach: "+what, fix)
		return []*result{reach}
	}
	reach.tally(accountsReachable, 1, 1)
	results := []*result{reach}
	if target.Account == r.account() { // its stacks have been looked at
		if r.isThere(r.stackOfTarget(target.Account)) {
			results = append(results, r.role(ctx, iam.NewFromConfig(cfg), target))
		}
		return results
	}
	there := map[string]bool{}
	for _, a := range fan.Out(ctx, r.config.TargetRegions(target), targetsAtOnce, func(ctx context.Context, region string) (inTarget, error) {
		return r.targetRegion(ctx, target, region)
	}, nil) {
		if a.Err != nil {
			failed := of("stacks")
			failed.unanswered(a.Key+" in "+target.Account, "the stacks", a.Err)
			results = append(results, failed)
		}
		results = append(results, a.Value.results...)
		for _, stack := range a.Value.there {
			there[stack] = true
		}
	}
	if !there[r.stackOfTarget(target.Account)] {
		return results
	}
	api := iam.NewFromConfig(cfg)
	results = append(results, r.role(ctx, api, target))
	if len(r.config.Observers.Regions) > 0 {
		results = append(results, r.observerRole(ctx, api, target.Account))
	}
	return results
}

func (r *run) stackOfTarget(number string) string {
	for _, at := range r.plan.Placements {
		if at.Kind == plan.Role && at.Account == number {
			return at.Stack
		}
	}
	return ""
}

// unreachable is why an account can't be entered, in words that are the same for all accounts.
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
