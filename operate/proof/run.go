package proof

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// Keys open an account in a Region; account.Keys is one.
type Keys interface {
	In(ctx context.Context, account, region string) (aws.Config, error)
}

// Options of a run.
type Options struct {
	Config *config.Config
	Keys   Keys
	Period Period
	// Began is when.
	Began time.Time
	// By is the ARN of who runs it, and File the path of the file, for the evidence.
	By, File string
	// Incidents are those that the caller named.
	Incidents []Incident
	// Again has the flags with which a next command reads the same file with the same credentials, a space before each.
	Again string
	// Total receives the number of steps, Step is called when one ends; either may be nil.
	Total func(int)
	Step  func(string)
}

// Run reads everything. The error is for what makes a run impossible: no way into the hub account, or ctx has ended.
func Run(ctx context.Context, o Options) (*Report, error) {
	hub, err := o.Keys.In(ctx, o.Config.Hub.Account, o.Config.Hub.Region)
	if err != nil {
		return nil, err
	}
	in := func(region string) aws.Config {
		cfg := hub.Copy()
		cfg.Region = region
		return cfg
	}
	r := newRun(o)
	r.logs = func(region string) logsAPI { return cloudwatchlogs.NewFromConfig(in(region)) }
	r.stacks = func(region string) stacksAPI { return cloudformation.NewFromConfig(in(region)) }
	report, err := r.report(ctx)
	if err != nil {
		return nil, err
	}
	report.SHA256 = o.Config.SHA256()
	report.Took = time.Since(o.Began).Round(100 * time.Millisecond).String()
	return report, nil
}

// run is one run.
type run struct {
	Options
	plan   plan.Plan
	logs   func(region string) logsAPI
	stacks func(region string) stacksAPI
	// wait is the pause between two pages of a log.
	wait time.Duration

	mutex  sync.Mutex
	ledger ledger
	// arrived counts the signals, by signal, hub and Region.
	arrived map[arrival]counts
	// recorded are the calls of drill --recorded that CloudTrail recorded, by their Region: each with when it was made.
	recorded map[watch.RecordedCall]time.Time
}

type arrival struct{ signal, hub, region string }

func newRun(o Options) *run {
	return &run{
		Options: o, plan: plan.Of(o.Config), wait: pause,
		ledger: ledger{
			Recognizer: watch.NewRecognizer(plan.ScopeOf(o.Config)), events: map[string]*found{}, unreadable: map[string]int{},
		},
		arrived: map[arrival]counts{}, recorded: map[watch.RecordedCall]time.Time{},
	}
}

// job is a log group that is read.
type job struct {
	reading
	end  time.Time
	take func(types.FilteredLogEvent)
}

// report reads the logs of every hub and the ages of the stacks at once.
func (r *run) report(ctx context.Context) (*Report, error) {
	hubs := r.Config.HubRegions()
	ofHub := map[string][]*job{}
	var jobs []*job
	steps := 0
	for _, hub := range hubs {
		ofHub[hub] = r.jobs(hub)
		for _, j := range ofHub[hub] {
			jobs = append(jobs, j)
			steps += daysIn(r.Period.From, j.end)
		}
	}
	stacks := r.needed()
	if r.Total != nil {
		r.Total(steps + len(stacks))
	}
	var ages map[stackIn]age
	var all sync.WaitGroup
	all.Go(func() { ages = r.ages(ctx, stacks) })
	fan.Out(ctx, hubs, len(hubs), func(ctx context.Context, hub string) (struct{}, error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		api := r.logs(hub)
		for _, j := range ofHub[hub] { // one after another: they share the Region's rate
			j.read(ctx, api, r.Period.From, j.end, r.Began, r.wait, j.take, func() { r.step(hub) })
		}
		return struct{}{}, nil
	}, nil)
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return r.conclude(jobs, ages), nil
}

func (r *run) step(what string) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.Step != nil {
		r.Step(what)
	}
}

// jobs lists the log groups of a hub that are read: the ledger, and those of the signals that are due there.
func (r *run) jobs(hub string) []*job {
	all := []*job{{
		reading: reading{Log: Log{Hub: hub, Name: names.Ledger}, planned: r.Config.Ledger.RetentionDays}, end: r.Period.To,
		take: func(line types.FilteredLogEvent) {
			r.mutex.Lock()
			defer r.mutex.Unlock()
			r.ledger.add(hub, aws.ToString(line.Message), millis(line.IngestionTime))
		},
	}}
	byLog := map[string][]signal{} // signals may share a log, which is read once
	var logs []string
	for _, s := range r.signals() {
		due := slices.ContainsFunc(s.duties(r.plan), func(d duty) bool { return d.hub == hub })
		if due && byLog[s.log] == nil {
			logs = append(logs, s.log)
		}
		if due {
			byLog[s.log] = append(byLog[s.log], s)
		}
	}
	end := r.Period.To.Add(watch.HeartbeatPeriod) // for what arrives late
	if end.After(r.Began) {
		end = r.Began
	}
	for _, log := range logs {
		all = append(all, &job{
			reading: reading{Log: Log{Hub: hub, Name: log}, planned: watch.HeartbeatDays}, end: end,
			take: func(line types.FilteredLogEvent) {
				for _, s := range byLog[log] {
					r.take(s, hub, line)
				}
				r.takeRecorded(aws.ToString(line.Message))
			},
		})
	}
	return all
}

// take counts a line of a hub's log if it is the signal.
func (r *run) take(s signal, hub string, line types.FilteredLogEvent) {
	region, sent, ok := s.sent(aws.ToString(line.Message))
	if !ok {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	key := arrival{s.id, hub, region}
	if r.arrived[key] == nil {
		r.arrived[key] = counts{}
	}
	// The time of a line may be that of its event.
	at, taken := millis(line.Timestamp), millis(line.IngestionTime)
	if taken.After(at) {
		at = taken
	}
	r.arrived[key].add(sent, at)
}

// takeRecorded counts a line if it is CloudTrail's record of a call of drill --recorded, in whichever hub's log.
func (r *run) takeRecorded(message string) {
	var event watch.Fields
	if !strings.Contains(message, watch.RecordedSource) || json.Unmarshal([]byte(message), &event) != nil {
		return
	}
	call, ok := watch.RecordedCallOf(event)
	at, err := time.Parse(time.RFC3339, watch.Text(event, "detail.eventTime"))
	if !ok || err != nil || at.Before(r.Period.From) || !at.Before(r.Period.To) {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.recorded[call] = at.UTC()
}

// signals returns those that are on.
func (r *run) signals() []signal {
	var on []signal
	for _, s := range signals {
		if s.on(r.Config) {
			on = append(on, s)
		}
	}
	return on
}

// millis returns a time of CloudWatch Logs; zero if there is none.
func millis(at *int64) time.Time {
	if at == nil || *at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(*at).UTC()
}

// age is when a stack was created and, unless zero, updated for the last time, or why that is not known.
type age struct {
	created, updated time.Time
	err              error
}

// needed lists the stacks of the logs, and those that the signals need.
func (r *run) needed() []stackIn {
	var all []stackIn
	add := func(some ...stackIn) {
		for _, stack := range some {
			if !slices.Contains(all, stack) {
				all = append(all, stack)
			}
		}
	}
	for _, hub := range r.Config.HubRegions() {
		add(r.ofLogs(hub))
	}
	for _, s := range r.signals() {
		for _, d := range s.duties(r.plan) {
			add(d.stacks...)
		}
	}
	return all
}

// ofLogs returns the stack with the log groups of a hub.
func (r *run) ofLogs(hub string) stackIn {
	if hub == r.Config.Hub.Region {
		return stackIn{hub, names.HubStack}
	}
	return stackIn{hub, names.StandbyStack}
}

// patienceOfStack is how long the age of a stack may take.
const patienceOfStack = 30 * time.Second

func (r *run) ages(ctx context.Context, stacks []stackIn) map[stackIn]age {
	keys, byKey := []string{}, map[string]stackIn{}
	for _, stack := range stacks {
		key := stack.region + " " + stack.name
		keys, byKey[key] = append(keys, key), stack
	}
	ages := map[stackIn]age{}
	for _, a := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, key string) (age, error) {
		ctx, cancel := context.WithTimeout(ctx, patienceOfStack)
		defer cancel()
		stack := byKey[key]
		defer r.step(stack.region)
		return times(ctx, r.stacks(stack.region), stack.name)
	}, nil) {
		a.Value.err = a.Err
		ages[byKey[a.Key]] = a.Value
	}
	return ages
}

func explained(err error) *account.Refusal {
	var known *account.Refusal
	if errors.As(err, &known) {
		return known
	}
	return &account.Refusal{What: err.Error(), Fix: "repeat the command"}
}
