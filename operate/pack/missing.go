package pack

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/operate/compliance"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/operate/proof"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// missing returns what nothing shows of the period.
func (c *Collection) missing(r *proof.Report, p plan.Plan) []string {
	all := []string{}
	if r.Problems > 0 {
		all = append(all, fmt.Sprintf("the proof names problems: %d", r.Problems))
	}
	all = append(all, c.silent(r, p)...)
	is := func(kind compliance.Kind) func(evidence) bool {
		return func(e evidence) bool { return e.kind == kind }
	}
	all = append(all, c.lacking("check", is(compliance.Check), "")...)

	drills, recorded := 0, 0
	var undrilled []string
	for _, d := range r.Drills {
		drills, recorded = drills+d.Drills, recorded+d.Recorded
		if d.Drills == 0 {
			undrilled = append(undrilled, d.Region)
		}
	}
	all = append(all, c.lacking("drill", func(e evidence) bool { return e.kind == compliance.Drill && !e.recorded }, inLedgers(drills))...)
	if drills > 0 && len(undrilled) > 0 {
		all = append(all, "no drill from "+strings.Join(undrilled, ", "))
	}
	all = append(all, c.lacking("drill --recorded", func(e evidence) bool { return e.kind == compliance.Drill && e.recorded }, inLedgers(recorded))...)

	for _, one := range exercises(p) {
		all = append(all, c.lacking(one.what, one.is, inLedgers(one.done(r)))...)
	}
	for _, i := range r.Incidents {
		if !i.Closed() {
			all = append(all, "incident of "+when(i.Period.From)+" to "+when(i.Period.To)+": it is open")
		}
	}
	if r.Unaccounted > 0 {
		all = append(all, fmt.Sprintf("uses of the emergency access that are in no incident and no exercise: %d; the proof names them", r.Unaccounted))
	}
	return all
}

// inLedgers says that something took place although no file shows it.
func inLedgers(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; the ledgers and logs have %d", n)
}

// lacking says that there is no evidence in the period, and since when; or that the newest one found problems.
func (c *Collection) lacking(what string, is func(evidence) bool, besides string) []string {
	var newest, before evidence
	for _, f := range c.found {
		if is(f.evidence) && !f.at.Before(newest.at) {
			// Of the same run, the form that found problems says more.
			newest.passed = f.passed && (newest.passed || f.at.After(newest.at))
			newest.at = f.at
		}
	}
	for _, e := range c.outside {
		if is(e) && e.passed && e.at.After(before.at) && e.at.Before(c.period.From) {
			before = e
		}
	}
	since := "in the period"
	if !before.at.IsZero() {
		since = "since " + when(before.at)
	}
	switch {
	case newest.at.IsZero() && besides != "":
		return []string{"no file about " + what + " " + since + besides}
	case newest.at.IsZero():
		return []string{"no " + what + " " + since}
	case !newest.passed:
		return []string{"the newest " + what + " found problems: " + when(newest.at)}
	}
	return nil
}

// expected is an exercise that is due for a user.
type expected struct {
	what string
	is   func(evidence) bool
	done func(*proof.Report) int
}

// exercises returns those that are due: each way of each user and, where the alerting may work without us-east-1, one without it.
func exercises(p plan.Plan) (all []expected) {
	ways := p.Ways()
	for _, user := range ways.Users {
		for _, way := range exercise.WaysOf(ways, user) {
			all = append(all, expected{
				"exercise of user " + user + " by way " + string(way),
				func(e evidence) bool { return e.kind == compliance.Exercise && e.user == user && e.way == string(way) },
				func(r *proof.Report) int {
					return passed(r, func(who, on string) bool {
						return who == user && (on == string(way) || strings.HasPrefix(on, string(way)+", "))
					})
				},
			})
		}
	}
	if slices.ContainsFunc(p.Config.HubRegions(), func(hub string) bool { return hub != place.GlobalRegion }) {
		all = append(all, expected{
			"exercise as if us-east-1 were gone",
			func(e evidence) bool { return e.kind == compliance.Exercise && e.scenario == exercise.Gone },
			func(r *proof.Report) int {
				return passed(r, func(_, on string) bool { return strings.HasSuffix(on, ", "+exercise.Gone) })
			},
		})
	}
	return all
}

// passed counts the exercises that the ledgers have, and that passed.
func passed(r *proof.Report, is func(who, on string) bool) (n int) {
	for _, s := range r.Sections {
		for _, one := range s.Records {
			if s.ID == proof.Exercises && one.Result == "Success" && is(one.Who, one.On) {
				n++
			}
		}
	}
	return n
}

// silent names the time of which neither this proof nor an earlier one has read the heartbeats: they are kept for 30 days only.
func (c *Collection) silent(r *proof.Report, p plan.Plan) (all []string) {
	if !p.Config.Monitoring.Heartbeats {
		return []string{"heartbeats are off: nothing shows that the Regions were heard"}
	}
	proofs := [][]proof.Log{r.Logs}
	for _, f := range c.found {
		if f.kind == compliance.Proof && f.logs != nil {
			proofs = append(proofs, f.logs)
		}
	}
	for _, hub := range p.Config.HubRegions() {
		read := []proof.Period{}
		for _, logs := range proofs {
			if from, to := heartbeats(logs, hub); from.Before(to) {
				read = append(read, proof.Period{From: from, To: to})
			}
		}
		slices.SortFunc(read, func(a, b proof.Period) int { return a.From.Compare(b.From) })
		at := r.Period.From
		var gaps []string
		gap := func(to time.Time) {
			if at.Before(to) {
				gaps = append(gaps, when(at)+" to "+when(to))
			}
		}
		for _, one := range read {
			if one.From.After(r.Period.To) {
				break
			}
			gap(one.From)
			if one.To.After(at) {
				at = one.To
			}
		}
		gap(r.Period.To)
		for _, g := range gaps {
			all = append(all, names.Heartbeats+" in "+hub+": neither this proof nor an earlier one in the pack has read "+g)
		}
	}
	return all
}
