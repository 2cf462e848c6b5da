package drill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/watch"
)

// AWS returns the configuration of a client in the hub account, in a Region.
type AWS func(ctx context.Context, region string) (aws.Config, error)

// Hub returns access to the hub account as its administrator: the roles of cdk bootstrap may not put events.
func Hub(keys *account.Keys, number string) AWS {
	return func(ctx context.Context, region string) (aws.Config, error) { return keys.Own(ctx, number, region) }
}

// Progress has the functions that report a run's progress. Each may be nil; they are called one at a time.
type Progress struct {
	// Ready is called when the queues are subscribed and nothing has been sent yet.
	Ready func()
	// Region is called when everything from a Region has arrived, or its time is over.
	Region func(region string, results []Result)
	// Answered is called for each code word, Wrong for anything else that is typed.
	Answered func(Answer)
	Wrong    func(typed string)
}

const (
	// seenEarly is how far the clocks of this machine and of AWS may differ.
	seenEarly = 10 * time.Minute
	// tidying is how long deleting the queues may take, also after Ctrl-C.
	tidying = 30 * time.Second
	// asking is how long a request to AWS may take: a Region that does not answer is a finding.
	asking = 20 * time.Second
	// late is how long a drill may still be on its way when the bus did not answer.
	late = 10 * time.Second
)

// receipt is the arrival of one drill in one place.
type receipt struct {
	id    string
	where Where
	hub   string
	at    time.Time
}

// state is what a run knows so far.
type state struct {
	*Run
	aws      AWS
	progress Progress

	mutex   sync.Mutex
	results map[string]*Result // by ID
	open    map[string]int     // receipts that have not arrived, by Region
	answers []Answer
	lost    map[string]*Broken // ledgers and topics that cannot be read, by place and hub
	mute    map[string]*Broken // Regions whose bus did not answer
	over    map[string]bool    // of these, the ones that nothing is expected of any more
	away    map[string]*Broken // hubs that do not answer: they are asked no second time
	full    map[string]bool    // hubs whose composer sent a summary in place of drills
	unread  map[string]error   // why the trails of a Region are not known
	began   time.Time

	change chan struct{}
	scopes map[string]watch.Scope // of each Region, with its topic's key
	keyErr map[string]error
}

// Do sends the drills and waits for them. typed receives the lines that a person types; nil without a person. In any case, what
// was created for the run is removed. An error means that nothing was sent.
func (r *Run) Do(ctx context.Context, in AWS, typed <-chan string, progress Progress) (Outcome, error) {
	s := &state{
		Run: r, aws: in, progress: progress, results: map[string]*Result{}, open: map[string]int{}, lost: map[string]*Broken{},
		mute: map[string]*Broken{}, over: map[string]bool{}, away: map[string]*Broken{}, full: map[string]bool{}, unread: map[string]error{},
		change: make(chan struct{}, 1), scopes: map[string]watch.Scope{}, keyErr: map[string]error{},
	}
	out := Outcome{Began: time.Now().UTC(), Recorded: r.options.Recorded}
	s.began = out.Began.Add(-time.Second) // Step Functions may leave out fractions of a second
	for _, d := range r.Drills {
		s.results[d.ID] = s.expected(d)
		s.open[d.Region] += len(s.results[d.ID].Receipts)
	}
	if err := s.readable(ctx); err != nil {
		return out, err
	}
	if r.options.Recorded {
		s.trails(ctx)
	} else {
		s.findKeys(ctx)
	}

	reading, stop := context.WithCancel(ctx)
	defer stop()
	var readers sync.WaitGroup
	boxes, err := s.openBoxes(ctx)
	closed := false
	tidy := func() {
		if closed {
			return
		}
		closed = true
		stop()
		readers.Wait()
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), tidying)
		defer cancel()
		out.Left = closeBoxes(ending, boxes)
	}
	defer tidy()
	if err != nil || ctx.Err() != nil {
		tidy()
		out.Queues = len(boxes)
		return out, errors.Join(err, leftError(out.Left), ctx.Err())
	}
	for _, box := range boxes {
		if box.subscription != "" {
			readers.Go(func() { s.readBox(reading, box) })
		}
	}
	for _, hub := range r.Hubs {
		if s.lost[place(s.log(), hub)] == nil {
			readers.Go(func() { s.readLedger(reading, hub, out.Began) })
		}
	}
	if progress.Ready != nil {
		progress.Ready()
	}
	sent := time.Now()
	if r.options.Recorded {
		s.call(ctx)
	} else {
		s.send(ctx)
	}
	s.wait(ctx, typed, sent)
	if err := ctx.Err(); err != nil {
		tidy()
		out.Results, out.Queues = s.all(), len(boxes)
		return out, errors.Join(leftError(out.Left), err)
	}
	tidy()
	s.diagnose(ctx)
	out.Results, out.Queues = s.all(), len(boxes)
	out.People = s.answers
	out.Ended = time.Now().UTC()
	return out, ctx.Err()
}

// all returns the results in the order of the drills.
func (s *state) all() (results []Result) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, d := range s.Drills {
		one := *s.results[d.ID]
		one.Receipts = slices.Clone(one.Receipts)
		results = append(results, one)
	}
	return results
}

func leftError(left []string) error {
	if len(left) == 0 {
		return nil
	}
	return fmt.Errorf("could not remove %v", left)
}

// expected returns a drill's result before anything has arrived.
func (s *state) expected(d Drill) *Result {
	result := &Result{ID: d.ID, Region: d.Region, Alert: d.Alert}
	for _, hub := range s.Hubs {
		result.Receipts = append(result.Receipts, Receipt{Where: s.log(), Hub: hub})
	}
	if d.ToPeople && !s.options.NoQueue {
		result.Receipts = append(result.Receipts, Receipt{Where: Topic, Hub: d.Region})
	}
	return result
}

// ended reports a Region whose drills have all arrived by the time they have all been sent.
func (s *state) ended(region string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.open[region] == 0 {
		s.tell(region)
	}
	s.changed()
}

func (s *state) tell(region string) {
	s.open[region] = through
	if s.progress.Region != nil {
		s.progress.Region(region, s.of(region))
	}
}

// through marks a Region that has been reported.
const through = -1 << 30

func (s *state) of(region string) []Result {
	var all []Result
	for _, d := range s.in(region) {
		all = append(all, *s.results[d.ID])
	}
	return all
}

// arrived records a receipt, the first of its kind.
func (s *state) arrived(seen receipt) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	result := s.results[seen.id]
	if result == nil || result.Sent.IsZero() {
		return
	}
	for i := range result.Receipts {
		at := &result.Receipts[i]
		if at.Where == seen.where && at.Hub == seen.hub && !at.Arrived {
			at.Arrived, at.After = true, seen.at.Sub(result.Sent)
			at.Millis = at.After.Milliseconds()
			if s.open[result.Region]--; s.open[result.Region] == 0 { // what is not sent yet is open
				s.tell(result.Region)
			}
			s.changed()
		}
	}
}

func (s *state) changed() {
	select {
	case s.change <- struct{}{}:
	default:
	}
}

// wait returns when everything has arrived and been confirmed, or the time is over.
func (s *state) wait(ctx context.Context, typed <-chan string, sent time.Time) {
	for _, hub := range s.Hubs {
		if s.Words[hub] != "" {
			s.answers = append(s.answers, Answer{Hub: hub})
		}
	}
	over := time.NewTimer(s.options.Wait)
	defer over.Stop()
	for !s.complete() {
		select {
		case <-s.change:
		case line, ok := <-typed:
			if !ok {
				typed = nil
				continue
			}
			s.answer(line, sent)
		case <-over.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *state) complete() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, d := range s.Drills {
		if s.over[d.Region] {
			continue
		}
		for _, at := range s.results[d.ID].Receipts {
			if !at.Arrived && at.Broken == nil && s.lost[place(at.Where, at.Hub)] == nil {
				return false
			}
		}
	}
	return !slices.ContainsFunc(s.answers, func(a Answer) bool { return !a.Answered && s.lost[place(Topic, a.Hub)] == nil })
}

// entries returns the events of some drills of a Region.
func (s *state) entries(region string, drills []Drill, at time.Time) ([]entry, error) {
	scope := s.scope(region)
	var entries []entry
	for _, d := range drills {
		if err := s.keyErr[region]; err != nil && needsKey(d) {
			return nil, err
		}
		event := d.entry.Drill(scope, d.suffix, region, d.ID, at)
		if word := s.Words[region]; word != "" {
			event["detail"].(watch.Fields)[watch.CodeWord] = word
		}
		one, err := toEntry(event, at)
		if err != nil {
			return nil, err
		}
		entries = append(entries, one)
	}
	return entries, nil
}

func place(where Where, hub string) string { return string(where) + " " + hub }

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
