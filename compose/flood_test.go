package compose

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// flood is what arrives at a hub: so many sign-ins of an emergency user, from so long before the turn of a minute.
type flood struct {
	name   string
	events int
	starts func(i int) time.Duration
	before time.Duration
}

const (
	inTenSeconds  = "a thousand in ten seconds"
	acrossTheTurn = "a thousand in ten seconds, across the turn of a minute"
	allAtOnce     = "a thousand at once"
	tenAtOnce     = "ten at once, every two minutes"
	// moreThanFits is a tenth of what it says, for a table that takes a tenth. Step Functions starts 1,300 executions at once and 300 in
	// each second, in its largest Regions (its quotas, StartExecution).
	moreThanFits = "1,300 at once and 500 in each second"
	lostAnswer   = "a thousand at once, and the table's answer to who sends the summary is lost"
)

var floods = []flood{
	{inTenSeconds, 1000, each(10 * time.Millisecond), 30 * time.Second},
	{acrossTheTurn, 1000, each(10 * time.Millisecond), 5 * time.Second},
	{allAtOnce, 1000, each(0), 20 * time.Second},
	{"a thousand at once, just before the turn of a minute", 1000, each(0), 20 * time.Millisecond},
	{tenAtOnce, 300, func(i int) time.Duration { return time.Duration(i/10) * 2 * time.Minute }, 20 * time.Second},
	{"one in three quarters of a second, for four minutes", 320, each(750 * time.Millisecond), 20 * time.Second},
	{"some, and more while the room fills again", 300, func(i int) time.Duration {
		return time.Duration(i/5)*5900*time.Millisecond + time.Duration(i%5)*70*time.Millisecond
	}, 20 * time.Second},
	{moreThanFits, 130 + 20*50, func(i int) time.Duration { return max(0, time.Duration(i-130)*time.Second/50) }, 5 * time.Second},
	{lostAnswer, 1000, each(0), 20 * time.Second},
}

func each(pause time.Duration) func(int) time.Duration {
	return func(i int) time.Duration { return time.Duration(i) * pause }
}

// within returns how long the events of a flood keep arriving.
func (f flood) within() time.Duration { return f.starts(f.events - 1) }

const (
	// mostMails is how many mails a flood of ten seconds, or of twenty, may cause.
	mostMails = 25
	// atOnce is how long the first alert may take: five requests and a publication, each of which takes 80 ms at most.
	atOnce = 480 * time.Millisecond
)

// TestAFloodIsAFewMails runs the composer's own definition for each sign-in of a flood, all at the same time as they come, against a table
// that evaluates its conditional writes. All of them are in the ledger in any case: it is the other target of each rule that starts the
// composer (package plan), and takes no part in this.
func TestAFloodIsAFewMails(t *testing.T) {
	for _, f := range floods {
		t.Run(f.name, func(t *testing.T) {
			for _, problem := range f.problems(t, nil) {
				t.Error(problem)
			}
		})
	}
}

// problems plays a flood on the composer, edited, and returns what people would complain of.
func (f flood) problems(t *testing.T, edit func(states map[string]any)) []string {
	t.Helper()
	var problems []string
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, edit)
		switch f.name {
		case moreThanFits:
			s.capacity = itemWrites / 10
		case lostAnswer:
			s.repeated = []string{"Full"}
		}
		time.Sleep(time.Minute - f.before)
		began := time.Now()
		s.play(t, f)
		problems = append(slices.Compact(s.problems), f.judge(s, began)...)
		if edit == nil {
			t.Logf("%d events: %d mails, %d writes throttled", f.events, len(s.mails), s.throttled)
		}
	})
	return problems
}

// play runs one execution for each event of a flood, and returns when all have ended.
func (s *simulation) play(t *testing.T, f flood) {
	t.Helper()
	var all sync.WaitGroup
	for i := range f.events {
		event := signIn(t, fmt.Sprint("flood-", i))
		all.Go(func() {
			time.Sleep(f.starts(i))
			s.run(i, "sign-in", event)
		})
	}
	all.Wait()
}

// judge returns what is wrong with the mails of a flood.
func (f flood) judge(s *simulation, began time.Time) []string {
	var problems []string
	report := func(format string, a ...any) { problems = append(problems, fmt.Sprintf(format, a...)) }
	var alerts []mail
	summaries, sent, first := 0, map[string]int{}, time.Hour
	for _, m := range s.mails {
		switch {
		case m.subject == SummarySubject:
			summaries++
			continue
		case !strings.HasPrefix(m.subject, "BREAK GLASS: BreakglassUser signed in"):
			report("an alert has the subject %q", m.subject)
		}
		alerts = append(alerts, m)
		sent[m.event]++
		// Where all arrive at once, whichever takes the room is the first.
		if m.event == "flood-0" || f.starts(1) == 0 {
			first = min(first, m.at.Sub(began))
		}
	}
	if f.within() <= 20*time.Second && len(s.mails) > mostMails {
		report("too many mails: %d", len(s.mails))
	}
	if first > atOnce {
		report("the first alert is not sent at once")
	}
	if most := 1 + int(f.within()/time.Minute); summaries > most {
		report("%d summaries", summaries)
	}
	if summaries == 0 && len(alerts) < f.events {
		report("no summary")
	}
	if n := most(alerts, time.Second); n > PerSecond {
		report("%d alerts in a second", n)
	}
	if n := most(alerts, time.Minute); n > PerMinute {
		report("%d alerts in a minute", n)
	}
	if len(alerts) < Burst {
		report("only %d alerts, although there is room for %d", len(alerts), Burst)
	}
	for event, times := range sent {
		if times > 1 {
			report("%s was sent %d times", event, times)
		}
	}
	return problems
}

// most returns how many mails are sent in some time, wherever it begins.
func most(mails []mail, within time.Duration) int {
	times := make([]time.Time, len(mails))
	for i, m := range mails {
		times[i] = m.at
	}
	slices.SortFunc(times, time.Time.Compare)
	n := 0
	for i := range times {
		after := slices.IndexFunc(times[i:], func(at time.Time) bool { return at.Sub(times[i]) >= within })
		if after < 0 {
			after = len(times) - i
		}
		n = max(n, after)
	}
	return n
}
