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
	// By is the ARN of who runs it, and File the path of the file, for the evidence.
	By, File string
	// Total receives the number of steps, Step is called when one ends; either may be nil.
	Total func(int)
	Step  func(string)
}

// patience is how long a Region or an account may take before it counts as not answering.
const patience = 2 * time.Minute

// Run runs all checks. It returns an error only if it cannot run: no access to the hub account, or ctx has ended.
func Run(ctx context.Context, o Options) (*Report, error) {
	r := &run{scene: newScene(o.Config, o.Began), Options: o, there: map[string]time.Time{}}
	sum, err := fileSum(o.File)
	if err != nil {
		return nil, err
	}
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
	report := r.report()
	report.By, report.File, report.SHA256 = o.By, o.File, sum
	report.Took = time.Since(o.Began).Round(100 * time.Millisecond).String()
	return report, nil
}

// run is one run of all checks.
type run struct {
	*scene
	Options
	hub aws.Config
	// on are the Regions of the hub account that something is deployed in.
	on []string
	// there are the stacks of the hub account that are deployed, with the time of their making.
	there   map[string]time.Time
	results []*result
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

// deployed finds out which stacks of the hub account there are, for all that follows.
func (r *run) deployed(ctx context.Context, off []string) {
	for _, at := range r.plan.Placements {
		if at.Account == r.account() && !slices.Contains(off, at.Region) && !slices.Contains(r.on, at.Region) {
			r.on = append(r.on, at.Region)
		}
	}
	for _, a := range each(r.on, placesAtOnce, func(region string) stacksOf {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		found, there := r.stacks(ctx, cloudformation.NewFromConfig(r.in(region)), region, r.placements(region))
		return stacksOf{found, there}
	}) {
		r.results = append(r.results, a.found)
		for stack, made := range a.there {
			r.there[stack] = made
		}
	}
}

// stacksOf are the stacks of a Region that are there, with the time of their making.
type stacksOf struct {
	found *result
	there map[string]time.Time
}

// job is what is asked in one place.
type job func(ctx context.Context) []*result

// everything runs all jobs at once.
func (r *run) everything(ctx context.Context) error {
	// The hub's Region comes first, since it takes longest.
	type named struct {
		name string
		ask  job
	}
	var jobs []named
	add := func(name string, ask job) { jobs = append(jobs, named{name, ask}) }
	for _, region := range r.on {
		add(region, func(ctx context.Context) []*result { return r.regionJob(ctx, region) })
	}
	add("CloudTrail", r.trailJob)
	add("users", r.usersJob)
	for _, target := range r.config.Targets {
		add("account "+target.Account, func(ctx context.Context) []*result { return r.targetJob(ctx, target) })
	}
	if len(r.config.Units) > 0 {
		add("stack sets", r.stackSetsJob)
	}
	if r.Total != nil {
		r.Total(len(jobs))
	}
	var step sync.Mutex
	r.results = append(r.results, slices.Concat(each(jobs, placesAtOnce, func(j named) []*result {
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

func (r *run) trailJob(ctx context.Context) []*result {
	return []*result{r.trail(ctx, func(region string) trailAPI { return cloudtrail.NewFromConfig(r.in(region)) })}
}

// usersJob asks IAM in the hub account, which has one for all Regions.
func (r *run) usersJob(ctx context.Context) []*result {
	if !r.isThere(r.ownStack()) {
		return nil
	}
	api := r.iam(r.hub)
	var group, forwarding *result
	users, made := make([]*result, len(r.config.Users)), make([]time.Time, len(r.config.Users))
	questions := []func(){
		func() { group = r.group(ctx, api) },
		func() { forwarding = r.forwarding(ctx, api) },
	}
	for i, u := range r.config.Users {
		questions = append(questions, func() { users[i], made[i] = r.user(ctx, api, u.Name) })
	}
	atOnce(questions...)
	passwords := map[string]time.Time{}
	for i, u := range r.config.Users {
		passwords[u.Name] = made[i]
	}
	return append(users, group, forwarding, r.passwords(ctx, api, passwords))
}

// iam returns a client of an account's IAM.
func (r *run) iam(cfg aws.Config) *iam.Client {
	return iam.NewFromConfig(cfg, func(o *iam.Options) { o.APIOptions = append(o.APIOptions, paced(callsAtOnce)) })
}

// regionJob asks one Region of the hub account, everything side by side, and compares the rules and alarms when all is known.
func (r *run) regionJob(ctx context.Context, region string) []*result {
	cfg, in := r.in(region), deployedIn{region: region, placements: r.present(region)}
	if len(in.placements) == 0 {
		return nil
	}
	var ofHub []*result
	var queues *result
	var rules deployedRules
	var alarms map[string]alarm
	var alarmsErr error
	schedule := of("heartbeats")
	atOnce(
		func() { ofHub, in.key = r.hubJob(ctx, region) },
		func() { queues, in.queues = r.queues(ctx, sqs.NewFromConfig(cfg), region) },
		func() { rules = r.readRules(ctx, eventbridge.NewFromConfig(cfg), in.placements) },
		func() { alarms, alarmsErr = listAlarms(ctx, cloudwatch.NewFromConfig(cfg)) },
		func() {
			if stack := r.beatStack(region); stack != "" && r.isThere(stack) {
				schedule = r.schedule(ctx, scheduler.NewFromConfig(cfg), region, stack)
			}
		},
	)
	return append(ofHub, queues, r.compareRules(in, rules), r.compareAlarms(in, r.there, alarms, alarmsErr), schedule)
}

// hubJob checks what alerts people and what records, in a hub's Region. key is the ID of the topic's key, if known.
func (r *run) hubJob(ctx context.Context, region string) (results []*result, key string) {
	if stack := r.hubStack(region); stack == "" || !r.isThere(stack) {
		return nil, ""
	}
	cfg, observed := r.in(region), r.stackOf(region, plan.HubObserved)
	if !r.isThere(observed) {
		observed = ""
	}
	var ofKey, topic, subscribers, ledger, bus *result
	beats := of("heartbeats")
	atOnce(
		func() {
			ofKey, key = r.key(ctx, kms.NewFromConfig(cfg), region)
			topic = r.topic(ctx, sns.NewFromConfig(cfg), region, key)
		},
		func() { subscribers = r.subscribers(ctx, sns.NewFromConfig(cfg), region) },
		func() { ledger = r.ledger(ctx, cloudwatchlogs.NewFromConfig(cfg), region) },
		func() { bus = r.bus(ctx, eventbridge.NewFromConfig(cfg), region, observed) },
		func() {
			if region == r.config.Hub.Region && r.config.Monitoring.Heartbeats {
				beats, r.last = r.beats(ctx, cloudwatchlogs.NewFromConfig(cfg), r.since())
			}
		},
	)
	return []*result{ofKey, topic, subscribers, ledger, bus, beats}, key
}

// beatStack returns the stack with a Region's schedule; empty if there is none.
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

// since returns when each Region began to send heartbeats; a Region without the stack that sends them is left out.
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
			results = append(results, r.role(ctx, r.iam(cfg), target))
		}
		return results
	}
	there := map[string]bool{}
	for _, a := range each(r.plan.TargetRegions(target.Account), placesAtOnce, func(region string) inTarget { return r.targetRegion(ctx, target, region) }) {
		results = append(results, a.results...)
		for _, stack := range a.there {
			there[stack] = true
		}
	}
	if !there[r.stackOfTarget(target.Account)] {
		return results
	}
	api, role, observer := r.iam(cfg), of("roles"), of("forwarding")
	atOnce(
		func() { role = r.role(ctx, api, target) },
		func() {
			if len(r.config.Observers.Regions) > 0 {
				observer = r.observerRole(ctx, api, target.Account)
			}
		},
	)
	return append(results, role, observer)
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
