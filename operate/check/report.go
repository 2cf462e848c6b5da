package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/account"
)

// Report is what a run found.
type Report struct {
	// By is the ARN of who ran it, Began when. File is the path of the file, SHA256 of its content.
	By     string    `json:"by"`
	Began  time.Time `json:"began"`
	Took   string    `json:"took"`
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	// Tool is the program that ran it, with its version.
	Tool string `json:"tool,omitempty"`
	// Passwords are the ages of the users' passwords.
	Passwords []PasswordAge `json:"passwords,omitempty"`
	// NoPassword are the users who have none, as IAM said. Of a user in neither list, it is not known.
	NoPassword []string `json:"noPassword,omitempty"`
	// HubAccount is the account that was looked at first.
	HubAccount string `json:"hubAccount"`
	// HubOnly reports that the target accounts were left out.
	HubOnly bool `json:"hubOnly,omitempty"`

	Problems int `json:"problems"`
	Warnings int `json:"warnings"`
	Notes    int `json:"notes"`
	// Coverage is a sentence on how much was checked.
	Coverage string           `json:"coverage"`
	Tallies  map[string]Tally `json:"tallies"`
	Checks   []Outcome        `json:"checks"`
	// Findings are those of all checks, what is fine included.
	Findings []Finding `json:"findings"`
}

// Outcome is how a check went.
type Outcome struct {
	Check
	// Worst is the worst of its findings; empty when it had nothing to look at.
	Worst Severity `json:"worst,omitempty"`
	// Incomplete means that AWS did not answer everything.
	Incomplete bool `json:"incomplete,omitempty"`
}

// Failed reports whether there is a problem or, where strict, a warning.
func (r *Report) Failed(strict bool) bool { return r.Problems > 0 || strict && r.Warnings > 0 }

// Urgent returns the problems and warnings of all checks, the problems first.
func (r *Report) Urgent() []Finding {
	urgent := slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Severity != Problem && f.Severity != Warning })
	slices.SortStableFunc(urgent, func(a, b Finding) int { return cmp.Compare(rank(a.Severity), rank(b.Severity)) })
	return urgent
}

// Of returns the findings of a check with a severity.
func (r *Report) Of(check string, s Severity) []Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Check != check || f.Severity != s })
}

func (r *run) report() *Report {
	report := &Report{Began: r.Began, HubAccount: r.account(), HubOnly: r.HubOnly, Tallies: map[string]Tally{}}
	var all []Finding
	for _, one := range r.results {
		all = append(all, one.found...)
		for what, t := range one.tallies {
			sum := report.Tallies[what]
			report.Tallies[what] = Tally{sum.Got + t.Got, sum.Of + t.Of}
		}
	}
	if len(r.config.UserNotifications.Email) > 0 {
		all = append(all,
			Finding{Check: "subscribers", Severity: Note, What: "the addresses of userNotifications are not checked: only the console shows who activated them"})
	}
	all = withoutBarred(all)
	incomplete := map[string]bool{}
	planned := r.planned()
	for i, f := range all {
		for _, stack := range f.stacks {
			if planned[stack] {
				all[i].planned = append(all[i].planned, stack)
			}
		}
		incomplete[f.Check] = incomplete[f.Check] || f.failed != nil
	}
	report.Findings = r.merge(all)
	for _, c := range Checks {
		o := Outcome{Check: c, Incomplete: incomplete[c.ID]}
		for _, f := range report.Findings {
			if f.Check == c.ID && (o.Worst == "" || rank(f.Severity) < rank(o.Worst)) {
				o.Worst = f.Severity
			}
		}
		report.Checks = append(report.Checks, o)
	}
	for _, f := range report.Findings {
		switch f.Severity {
		case Problem:
			report.Problems++
		case Warning:
			report.Warnings++
		case Note:
			report.Notes++
		}
	}
	report.Coverage, report.Passwords = r.coverage(report.Tallies), r.ages
	report.NoPassword = r.noPassword
	return report
}

// withoutBarred drops what another finding says with the name of the policy.
func withoutBarred(all []Finding) []Finding {
	barred := map[string]bool{}
	for _, f := range all {
		for _, scope := range f.barred {
			barred[scope] = true
		}
	}
	return slices.DeleteFunc(all, func(f Finding) bool { return f.unless != "" && barred[f.unless] })
}

// planned returns the names of the plan's stacks.
func (s *scene) planned() map[string]bool {
	planned := map[string]bool{}
	for _, at := range s.plan.Placements {
		planned[at.Stack] = true
	}
	return planned
}

func rank(s Severity) int { return slices.Index(severities, s) }

// merge makes one finding of those that are the same in several places, and one of all that AWS refused for the same
// reason.
func (s *scene) merge(all []Finding) []Finding {
	var merged []Finding
	var about [][]spot
	at := map[string]int{}
	for _, f := range unanswered(all) {
		key := strings.Join([]string{f.Check, string(f.Severity), f.What, f.Fix}, "\x00")
		i, seen := at[key]
		if !seen {
			at[key] = len(merged)
			merged, about = append(merged, f), append(about, spotsOf(f))
			continue
		}
		about[i] = append(about[i], spotsOf(f)...)
		merged[i].Where = union(merged[i].Where, f.Where)
		merged[i].stacks = union(merged[i].stacks, f.stacks)
		merged[i].planned = union(merged[i].planned, f.planned)
		merged[i].Users = union(merged[i].Users, f.Users)
	}
	for i := range merged {
		f := &merged[i]
		slices.Sort(f.Where)
		slices.Sort(f.stacks)
		slices.Sort(f.Users)
		if len(f.planned) == 0 {
			f.planned = f.stacks
		}
		f.What = fill(withUsers(s.complete(f.What, about[i]), f.Users), f.Where, strings.Join(f.stacks, ", "))
		f.Fix = s.complete(f.Fix, about[i])
		f.Fix = strings.ReplaceAll(f.Fix, redeploy, s.plan.DeployCommand(f.planned...)+s.again)
		f.Fix = strings.ReplaceAll(f.Fix, revert, s.plan.RestoreCommand(f.planned...)+s.again)
		f.Fix = s.inAccounts(f.Fix, confine, f.Where, s.plan.ExecutionCommand)
		f.Fix = s.inAccounts(f.Fix, rebootstrap, f.Where, s.plan.BootstrapCommand)
		f.Fix = fill(f.Fix, f.Where, strings.Join(f.stacks, " "))
	}
	order := map[string]int{}
	for i, c := range Checks {
		order[c.ID] = i
	}
	slices.SortStableFunc(merged, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(order[a.Check], order[b.Check]), cmp.Compare(rank(a.Severity), rank(b.Severity)),
			slices.Compare(a.Where, b.Where), strings.Compare(a.What, b.What))
	})
	return merged
}

// withUsers puts the users of a finding into its text, with the forms of its verb.
func withUsers(text string, users []string) string {
	have, are := "has", "is"
	if len(users) > 1 {
		have, are = "have", "are"
	}
	return strings.NewReplacer("<users>", named("user", users), "<have>", have, "<are>", are).Replace(text)
}

// spotsOf returns what a finding is about.
func spotsOf(f Finding) []spot {
	one := spot{}
	if len(f.stacks) > 0 {
		one.stack = f.stacks[0]
	}
	if len(f.Users) > 0 {
		one.user = f.Users[0]
	}
	var all []spot
	for _, at := range f.Where {
		one.where = at
		all = append(all, one)
	}
	if len(all) == 0 {
		all = append(all, one)
	}
	return all
}

func union(a, b []string) []string {
	for _, one := range b {
		if !slices.Contains(a, one) {
			a = append(a, one)
		}
	}
	return a
}

// unanswered takes what AWS did not answer together: each reason once, with all that could not be looked at for it.
func unanswered(all []Finding) []Finding {
	var rest []Finding
	type group struct {
		what, fix string
		lost      map[string][]string // the places, by what was asked
		unasked   []string            // the Regions that were not asked again
	}
	groups := map[string]*group{}
	for _, f := range all {
		if f.failed == nil {
			rest = append(rest, f)
			continue
		}
		reason := explain(f.failed.err)
		var silent *account.Unasked
		if errors.As(f.failed.err, &silent) { // for the same cause as what was asked before
			reason = explain(context.DeadlineExceeded)
		}
		key, what := reason.Permission, "the permission "+reason.Permission+" is missing"
		if key == "" {
			key = strings.TrimRight(strings.TrimPrefix(reason.What, ": "), ".")
			what = key
		}
		g := groups[key]
		if g == nil {
			g = &group{what, reason.Fix, map[string][]string{}, nil}
			groups[key] = g
		} else if g.fix != reason.Fix && reason.Permission != "" {
			g.fix = "grant it to these credentials" // on more than one thing
		}
		if silent != nil {
			g.unasked = union(g.unasked, []string{silent.Region})
		}
		g.lost[f.failed.doing] = union(g.lost[f.failed.doing], f.Where)
	}
	for _, key := range sorted(groups) {
		g := groups[key]
		var lost []string
		for _, doing := range sorted(g.lost) {
			slices.Sort(g.lost[doing])
			if places := some(g.lost[doing]); places != "" {
				doing += " (" + places + ")"
			}
			lost = append(lost, doing)
		}
		if len(g.unasked) > 0 {
			slices.Sort(g.unasked)
			g.what += " (" + english.WordSeries(g.unasked, "and") + " " + map[bool]string{true: "was", false: "were"}[len(g.unasked) == 1] + " not asked again)"
		}
		rest = append(rest, Finding{Check: "answers", Severity: Problem, What: g.what + ", so not checked: " + strings.Join(lost, "; "), Fix: g.fix})
	}
	if len(groups) == 0 {
		rest = append(rest, Finding{Check: "answers", Severity: Fine, What: "AWS answered every request"})
	}
	return rest
}

// fill puts the places and stacks of a finding into its text. Where there are several places, the reader puts them in.
func fill(text string, where []string, stacks string) string {
	place := "REGION"
	switch {
	case len(where) == 1:
		place, _, _ = strings.Cut(where[0], " ")
	case len(where) > 1 && isAccount(where[0]):
		place = "ACCOUNT"
	}
	return strings.NewReplacer("<where>", place, "<stack>", stacks).Replace(text)
}

func isAccount(place string) bool { return len(place) == 12 && strings.Trim(place, "0123456789") == "" }

// placeholders takes an account's number out of a text.
func placeholders(text, number string) string { return strings.ReplaceAll(text, number, "<where>") }

const shown = 5

// some returns the items joined, shortened if there are many.
func some(list []string) string {
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}

// Places returns where a finding is, in a few words.
func (f Finding) Places() string { return some(f.Where) }

// coverage returns the sentence at the end of the report.
func (r *run) coverage(tallies map[string]Tally) string {
	say := func(what, words, unknown string) string {
		if t, ok := tallies[what]; ok {
			return fmt.Sprintf("%d of %d %s", t.Got, t.Of, words)
		}
		return unknown
	}
	parts := []string{say(regionsWatched, "enabled Regions watched",
		english.Plural(len(r.config.Regions), "Region", "")+" watched (number of enabled Regions unknown)")}
	switch {
	case r.HubOnly && len(r.config.Targets)+len(r.config.Units) > 0:
		parts = append(parts, "target accounts not checked (--hub-only)")
	case len(r.config.Targets) > 0:
		parts = append(parts, say(accountsReachable, "target accounts entered", "target accounts unknown"))
	}
	if len(r.config.Units) > 0 {
		parts = append(parts, say(accountsServed, "stacks of the stack sets up to date", "stack sets unknown"))
	}
	parts = append(parts, say(usersIn, "users able to assume the role", "users' permissions unknown"))
	parts = append(parts, say(subscribersConfirmed, "subscriptions confirmed", "subscriptions unknown"))
	if r.config.Monitoring.Heartbeats {
		beats := say(regionsBeating, "Regions sending heartbeats", "heartbeats unknown")
		if !r.last.IsZero() {
			beats += ", the least recent " + english.Plural(int(r.Began.Sub(r.last).Minutes()), "minute", "") + " ago"
		}
		parts = append(parts, beats)
	}
	return strings.Join(parts, ", ")
}
