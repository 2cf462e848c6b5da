package proof

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
	"github.com/dustin/go-humanize/english"
)

// conclude makes the report of what was read.
func (r *run) conclude(jobs []*job, ages map[stackIn]age) *Report {
	report := &Report{
		Version: Version, By: r.By, Began: r.Began.UTC(), File: r.File, HubAccount: r.Config.Hub.Account, Period: r.Period,
		Hours: []Hours{}, Sections: r.ledger.sections(), Drills: recordedIn(r.ledger.drills(r.Config.Regions), r.recorded), Logs: []Log{},
	}
	var all []Finding
	var ledgers []*reading
	for _, j := range jobs {
		all = append(all, j.findings(r.Period)...)
		all = append(all, j.remade(r.stackOf(j), ages)...)
		report.Logs = append(report.Logs, j.Log)
		if j.Name == names.Ledger {
			ledgers = append(ledgers, &j.reading)
		}
	}
	all = append(all, r.ledger.lacking(ledgers)...)
	for _, s := range signals {
		if !s.on(r.Config) && s.key == "" {
			continue
		}
		if !s.on(r.Config) {
			all = append(all, Finding{Note, nil, "heartbeats are off: nothing shows that the Regions were heard", "set " + s.key + ": true and deploy"})
			continue
		}
		for _, d := range s.duties(r.plan) {
			i := slices.IndexFunc(jobs, func(j *job) bool { return j.Hub == d.hub && j.Name == s.log })
			arrived := r.arrived[arrival{s.id, d.hub, d.region}]
			since, found := r.since(s, d, &jobs[i].reading, ages, arrived.first())
			if first := r.first(s, d.hub); s.fromFirst && first.After(since) {
				since = first
				found = append(found,
					Finding{Note, []string{d.region}, fmt.Sprintf("%s in the log of %s: hours are due from the first that arrived from any Region", s.id, d.hub), ""})
			}
			h := s.hours(d, arrived, since, r.Period, r.Began, jobs[i].at)
			report.Hours = append(report.Hours, h)
			all = append(all, found...)
			all = append(all, gaps(h, ages[d.stacks[0]].updated)...)
		}
	}
	all = append(all, r.unwatched()...)
	slices.SortFunc(report.Hours, func(a, b Hours) int {
		return cmp.Or(strings.Compare(a.Signal, b.Signal), strings.Compare(a.Region, b.Region), strings.Compare(a.Hub, b.Hub))
	})
	for _, d := range report.Drills {
		if d.Drills == 0 {
			all = append(all, Finding{Note, []string{d.Region}, "no drill in the period", "breakglass drill"})
		}
	}
	for hub, lines := range r.ledger.unreadable {
		all = append(all, Finding{Note, []string{hub}, "the ledger has lines that are not events: " + english.Plural(lines, "line", ""), ""})
	}
	for _, s := range report.Sections {
		if s.ID == usesSection {
			all = append(all, r.accountFor(report, s.Records)...)
		}
	}
	for i, f := range all {
		for _, command := range []string{"check", "deploy", "drill"} {
			if rest, ok := strings.CutPrefix(f.Fix, "breakglass "+command); ok {
				all[i].Fix = "breakglass " + command + r.Again + rest
			}
		}
	}
	report.Findings = merge(all)
	for _, f := range report.Findings {
		if f.Severity == Problem {
			report.Problems++
		} else {
			report.Notes++
		}
	}
	return report
}

// first returns the first hour in which a signal of any Region arrived in a hub; zero if none did.
func (r *run) first(s signal, hub string) (first time.Time) {
	for of, hours := range r.arrived {
		if at := hours.first(); of.signal == s.id && of.hub == hub && !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// unwatched names the Regions that sent a signal and are no longer in the file: no row has their hours.
func (r *run) unwatched() []Finding {
	var all []Finding
	for _, s := range r.signals() {
		if s.fromFirst {
			continue // the heartbeats name the Region
		}
		duties := s.duties(r.plan)
		for of, hours := range r.arrived {
			due := slices.ContainsFunc(duties, func(d duty) bool { return d.hub == of.hub && d.region == of.region })
			if of.signal == s.id && !due && len(hours) > 0 {
				all = append(all, Finding{
					Note, []string{clean(of.region)}, fmt.Sprintf("%s in the log of %s: %s from %s on, and the file does not have the Region any more",
						s.id, of.hub, english.Plural(len(hours), "hour", ""), when(hours.first())), "",
				})
			}
		}
	}
	return all
}

// stackOf returns the stack that is never older than a log group: the stack of alarms on what is in it, or that of the log group, if
// it always had one.
func (r *run) stackOf(j *job) stackIn {
	for _, s := range r.signals() {
		for _, d := range s.duties(r.plan) {
			if s.log == j.Name && d.hub == j.Hub {
				return d.stacks[0]
			}
		}
	}
	return r.ofLogs(j.Hub)
}

// since returns when a duty began: what is new has an hour's time. A stack is not new if the signal arrived, in the hour first, before it
// was created.
func (r *run) since(s signal, d duty, log *reading, ages map[stackIn]age, first time.Time) (time.Time, []Finding) {
	since := r.Period.From
	later := func(t time.Time) bool {
		is := t.After(since)
		if is {
			since = t
		}
		return is
	}
	if !log.created.IsZero() {
		later(log.created.Add(watch.HeartbeatPeriod))
	}
	later(log.From)
	var all []Finding
	for _, stack := range d.stacks {
		switch a := ages[stack]; {
		case errors.Is(a.err, errMissing):
			all = append(all, Finding{Problem, []string{stack.region}, "not deployed: " + stack.name, "breakglass deploy"})
		case a.err != nil:
			refusal := explained(a.err)
			all = append(all, Finding{Note, []string{stack.region}, clean(refusal.What) + ": hours count as due in the whole period", clean(refusal.Fix)})
		case !first.IsZero() && first.Add(time.Duration(s.minute)*time.Minute).Before(a.created):
			later(first)
			all = append(all, Finding{Note, []string{stack.region}, stack.name + " was created again at " + when(a.created) + ": hours are due since it was there before", ""})
		case later(a.created.Add(watch.HeartbeatPeriod)):
			all = append(all, Finding{Note, []string{stack.region}, "the stack is younger than the period: hours are due since it is there", ""})
		}
	}
	return since, all
}

// gaps names the gaps of a row. The same gap of many Regions becomes one finding: it names no Region and no number of theirs. expects is
// when the stack that knows how many rules are due was updated: another number may have been due before.
func gaps(h Hours, expects time.Time) []Finding {
	var all []Finding
	for _, g := range h.Gaps {
		what, fix := "none", "breakglass check names what is missing now"
		if g.Carried > 0 {
			what = fmt.Sprintf("%d too few", h.Rules-g.Carried)
			if expects.After(g.From) {
				fix += "; the stack of alarms was updated at " + when(expects) + ": before, fewer rules may have been due"
			}
		}
		all = append(all, Finding{
			Problem, []string{h.Region},
			fmt.Sprintf("%s in the log of %s: %s from %s to %s (%s)", h.Signal, h.Hub, what, when(g.From), when(g.To), english.Plural(g.Hours, "hour", "")),
			fix,
		})
	}
	if h.Unread > 0 {
		all = append(all,
			Finding{Problem, []string{h.Region}, fmt.Sprintf("%s in the log of %s: %s unread", h.Signal, h.Hub, english.Plural(h.Unread, "hour", "")), ""})
	}
	if h.Due == 0 {
		all = append(all, Finding{Note, []string{h.Region}, fmt.Sprintf("%s in the log of %s: no hour was due yet", h.Signal, h.Hub), ""})
	}
	return all
}

// merge makes one finding of those that are the same in several Regions, and puts problems first.
func merge(all []Finding) []Finding {
	merged := []Finding{}
	type text struct {
		severity  Severity
		what, fix string
	}
	at := map[text]int{}
	for _, f := range all {
		key := text{f.Severity, f.What, f.Fix}
		i, seen := at[key]
		if !seen {
			at[key] = len(merged)
			f.Where = slices.Clone(f.Where)
			merged = append(merged, f)
			continue
		}
		merged[i].Where = append(merged[i].Where, f.Where...)
	}
	for i := range merged {
		slices.Sort(merged[i].Where)
		merged[i].Where = slices.Compact(merged[i].Where)
	}
	slices.SortStableFunc(merged, func(a, b Finding) int {
		return cmp.Or(-strings.Compare(string(a.Severity), string(b.Severity)), strings.Compare(a.What, b.What), slices.Compare(a.Where, b.Where))
	})
	return merged
}
