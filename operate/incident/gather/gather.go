// Package gather reads what is known of an incident into its folder: the event history of every account and Region, as far as the chain
// leads, and the ledgers of the hubs. It only reads.
package gather

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/place"
)

// Options of a run.
type Options struct {
	Config *config.Config
	Keys   account.Opener
	Folder *folder.Folder
	// Regions are read in every account.
	Regions []string
	// Bucket has the files of a trail, which are read in place of the event history; nil for the history.
	Bucket *events.Bucket
	// Began is when the run did.
	Began time.Time
	// Total receives the number of steps of a round and what it does, Step is called when one ends; either may be nil.
	Total func(int, string)
	Step  func(string)
}

// Outcome is what was read, in this run and in earlier ones.
type Outcome struct {
	Chain *chain.Chain
	// Reads has the last step of each query, by query; a query without an attribute stands for a whole account.
	Reads map[events.Query]folder.Read
	// History has the IDs of the events that CloudTrail returned.
	History map[string]bool
	// Ledgers are the ledgers of the hubs.
	Ledgers []Ledger
	// Lost is how many lines of the folder's records cannot be read; a run reads their events again.
	Lost int
	// Requests and Took are how much this run asked, and how long.
	Requests int
	Took     time.Duration
}

// Unread returns how many queries have not got to their end: what they would have shown is not known.
func (o *Outcome) Unread() (n int) {
	for _, read := range o.Reads {
		if !read.Done {
			n++
		}
	}
	return n
}

// atOnce is how many accounts and Regions are read at once. Each has a rate of its own.
const atOnce = 170

// run is one run.
type run struct {
	Options
	api  func(ctx context.Context, account, region string) (events.API, error)
	logs func(ctx context.Context, region string) (logsAPI, error)

	mutex   sync.Mutex
	outcome Outcome
	// damaged is how many lines of the records cannot be read, replaced for how many of them an earlier run read everything again.
	damaged, replaced int
	// lines is how many lines of records there are, counted how many there were after the last step, absent how many are gone.
	lines, counted, absent int
	// unnamed is how many files of an account and Region could not be read besides the first, which is named.
	unnamed map[string]int
	// alerted are the calls that the ledgers have.
	alerted []events.Record
	places  map[where]*events.Place
	// broken has the accounts and Regions that refused: the rest of their queries would do the same.
	broken map[where]bool
}

type where struct{ account, region string }

// Run reads. What was read before is not read again, except for the time in which events may have come late. When ctx ends, everything
// that was read is in the folder.
func Run(ctx context.Context, o Options) (*Outcome, error) {
	r := newRun(o)
	r.api = func(ctx context.Context, account, region string) (events.API, error) {
		cfg, err := o.Keys.In(ctx, account, region)
		if err != nil {
			return nil, err
		}
		return cloudtrail.NewFromConfig(cfg, func(o *cloudtrail.Options) {
			o.Retryer = aws.NopRetryer{} // the SDK would not keep to the rate
		}), nil
	}
	r.logs = func(ctx context.Context, region string) (logsAPI, error) {
		cfg, err := o.Keys.In(ctx, o.Config.Hub.Account, region)
		if err != nil {
			return nil, err
		}
		return cloudwatchlogs.NewFromConfig(cfg), nil
	}
	return r.run(ctx)
}

// Load returns what earlier runs have left in the folder, without asking anybody.
func Load(c *config.Config, f *folder.Folder) (*Outcome, error) {
	r := newRun(Options{Config: c, Folder: f})
	if err := r.recall(); err != nil {
		return nil, err
	}
	if _, err := r.recallLedgers(); err != nil {
		return nil, err
	}
	r.offer()
	for q, read := range r.outcome.Reads {
		read.Done = read.Done && !r.before(read)
		r.outcome.Reads[q] = read
	}
	return &r.outcome, nil
}

func newRun(o Options) *run {
	return &run{
		Options: o, places: map[where]*events.Place{}, broken: map[where]bool{},
		outcome: Outcome{Chain: chain.New(StartOf(o.Config, o.Folder.Users, o.Regions)), Reads: map[events.Query]folder.Read{}, History: map[string]bool{}},
	}
}

// StartOf returns where following begins, for the users of a file.
func StartOf(c *config.Config, users, regions []string) chain.Start {
	start := chain.Start{
		Hub: c.Hub.Account, Users: users, Role: c.Role.Name, Regions: regions,
		RoleARN: func(account string) string { return config.PlaceOf(account, c.Hub.Region).Role(c.Role.Name) },
	}
	for _, t := range c.Targets {
		start.Targets = append(start.Targets, t.Account)
	}
	return start
}

// RegionsOf returns the Regions that are read: those of the file, watched or not, and the one that has the events of IAM, of the global
// sign-in and of the global endpoint of STS.
func RegionsOf(c *config.Config) []string {
	all := append(slices.Clone(c.Regions), c.HubRegions()...)
	for _, u := range c.Unwatched {
		all = append(all, u.Region)
	}
	all = append(all, place.GlobalRegion)
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *run) run(ctx context.Context) (*Outcome, error) {
	if err := r.recall(); err != nil {
		return nil, err
	}
	if err := r.again(); err != nil {
		return nil, err
	}
	if err := r.readLedgers(ctx); err != nil {
		return nil, err
	}
	if r.Bucket != nil {
		if err := r.readBucket(ctx); err != nil {
			return nil, err
		}
	}
	for round := 1; r.Bucket == nil; round++ {
		r.offer()
		queries := r.outcome.Chain.Next()
		if len(queries) == 0 {
			break
		}
		if err := r.round(ctx, round, queries); err != nil {
			return nil, err
		}
	}
	if err := r.regained(); err != nil {
		return nil, err
	}
	r.behind()
	for _, p := range r.places {
		r.outcome.Requests += p.Requests
	}
	r.outcome.Took = time.Since(r.Began)
	return &r.outcome, ctx.Err()
}

// round asks the questions of one round: of each account and Region one after another, of all of them at once.
func (r *run) round(ctx context.Context, number int, queries []events.Query) error {
	of := map[string][]events.Query{}
	for _, q := range queries {
		if key := q.Account + " " + q.Region; !r.settled(q) {
			of[key] = append(of[key], q)
		}
	}
	if r.Total != nil {
		r.Total(len(of), fmt.Sprintf("reading CloudTrail, round %d", number))
	}
	keys := slices.Sorted(maps.Keys(of))
	var failed error
	fan.Out(ctx, keys, atOnce, func(ctx context.Context, key string) (struct{}, error) {
		for _, q := range of[key] {
			if err := r.ask(ctx, q); err != nil {
				r.mutex.Lock()
				failed = err
				r.mutex.Unlock()
				break
			}
		}
		return struct{}{}, nil
	}, func(result fan.Result[struct{}]) {
		if r.Step != nil {
			r.Step(result.Key)
		}
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	return failed
}

// settled reports whether a query needs no more reading: it was read when nothing could come late any more.
func (r *run) settled(q events.Query) bool {
	read, ok := r.known(q)
	return ok && read.Done && !read.At.Before(r.Folder.Period.To.Add(events.Late))
}

// before reports whether a step is about a period that ended earlier than that of now.
func (r *run) before(read folder.Read) bool {
	return read.Query.Attribute != "" && !read.To.Equal(r.Folder.Period.To)
}

// behind names what this run did not ask and was read only to an earlier end of the period: the Regions that it left out.
func (r *run) behind() {
	for q, read := range r.outcome.Reads {
		if r.Bucket == nil && q.Attribute != FromBucket && read.Done && r.before(read) {
			read.Done, read.Failure, read.Fix = false, "not read to the end of the period", "read this Region, too: leave --regions out, or add it there"
			r.outcome.Reads[q] = read
		}
	}
}

// known returns the last step of a query, for the period of now. Of one that ended earlier, only its own time was read. Folders of the first
// versions do not say which: they are read again, once.
func (r *run) known(q events.Query) (folder.Read, bool) {
	read, ok := r.outcome.Reads[q]
	if !ok || !r.before(read) {
		return read, ok
	}
	if read.Done {
		read.Whole = read.At
	}
	if read.Whole.After(read.To) {
		read.Whole = read.To
	}
	return folder.Read{Query: q, At: read.At, Whole: read.Whole}, !read.Whole.IsZero()
}

// rest returns the part of the period that a query still has to read, and the step that its pages continue.
func (r *run) rest(q events.Query, now time.Time) (events.Period, folder.Read) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	period, begun := r.Folder.Period, folder.Read{Query: q, At: now}
	read, ok := r.known(q)
	switch {
	case ok && read.Done:
		begun.Whole = read.At
	case ok:
		begun.Whole = read.Whole
		if !read.Reached.IsZero() {
			// The newest part was read back then: what came late since is read by the next run.
			period.To, begun.Reached, begun.At = read.Reached, read.Reached, read.At
		}
	}
	if from := begun.Whole.Add(-events.Late); !begun.Whole.IsZero() && from.After(period.From) {
		period.From = from
	}
	if period.From.After(period.To) {
		period.From = period.To
	}
	return period, begun
}
