package check

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// Report is what a run found.
type Report struct {
	// By is the ARN of who ran it, Began when. File is the path of the file, SHA256 of its content.
	By     string    `json:"by"`
	Began  time.Time `json:"began"`
	Took   string    `json:"took"`
	File   string    `json:"file"`
	SHA256 string    `json:"sha256"`
	// HubAccount is the account that was looked at first.
	HubAccount string `json:"hubAccount"`

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

// fileSum returns the SHA-256 of a file; empty if it cannot be read.
func fileSum(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", sha256.Sum256(data)), nil
}

// Of returns the findings of a check with a severity.
func (r *Report) Of(check string, s Severity) []Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return f.Check != check || f.Severity != s })
}

func (r *run) report() *Report {
	report := &Report{Began: r.Began, HubAccount: r.account(), Tallies: map[string]Tally{}}
	var all []Finding
	for _, one := range r.results {
		all = append(all, one.found...)
		for what, t := range one.tallies {
			sum := report.Tallies[what]
			report.Tallies[what] = Tally{sum.Got + t.Got, sum.Of + t.Of}
		}
	}
	if len(r.config.UserNotifications.Email) > 0 {
		all = append(all, Finding{Check: "subscribers", Severity: Note, What: "the addresses of userNotifications are not checked: only the console shows who activated them"})
	}
	incomplete := map[string]bool{}
	paths := r.paths()
	for i, f := range all {
		for _, stack := range f.stacks {
			if path, ok := paths[stack]; ok {
				all[i].paths = append(all[i].paths, path)
			}
		}
		incomplete[f.Check] = incomplete[f.Check] || f.failed != nil
	}
	report.Findings = merge(all)
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
	report.Coverage = r.coverage(report.Tallies)
	return report
}

// paths returns what the CDK calls the stacks, by their names.
func (s *scene) paths() map[string]string {
	paths := map[string]string{}
	for _, at := range s.plan.Placements {
		paths[at.Stack] = at.Path()
	}
	return paths
}

func rank(s Severity) int { return slices.Index(severities, s) }

// merge makes one finding of those that are the same in several places, and one of all that AWS refused for the same
// reason.
func merge(all []Finding) []Finding {
	var merged []Finding
	at := map[string]int{}
	for _, f := range unanswered(all) {
		key := strings.Join([]string{f.Check, string(f.Severity), f.What, f.Fix}, "\x00")
		i, seen := at[key]
		if !seen {
			at[key] = len(merged)
			merged = append(merged, f)
			continue
		}
		merged[i].Where = union(merged[i].Where, f.Where)
		merged[i].stacks = union(merged[i].stacks, f.stacks)
		merged[i].paths = union(merged[i].paths, f.paths)
	}
	for i := range merged {
		f := &merged[i]
		slices.Sort(f.Where)
		slices.Sort(f.stacks)
		slices.Sort(f.paths)
		if len(f.paths) == 0 {
			f.paths = f.stacks
		}
		f.What = fill(f.What, f.Where, strings.Join(f.stacks, ", "))
		f.Fix = fill(strings.ReplaceAll(f.Fix, "<path>", strings.Join(f.paths, " ")), f.Where, strings.Join(f.stacks, " "))
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
	}
	groups := map[string]*group{}
	for _, f := range all {
		if f.failed == nil {
			rest = append(rest, f)
			continue
		}
		reason := explain(f.failed.err)
		key, what := reason.Permission, "the permission "+reason.Permission+" is missing"
		if key == "" {
			key = strings.TrimRight(strings.TrimPrefix(reason.What, ": "), ".")
			what = key
		}
		g := groups[key]
		if g == nil {
			g = &group{what, reason.Fix, map[string][]string{}}
			groups[key] = g
		} else if g.fix != reason.Fix && reason.Permission != "" {
			g.fix = "grant it to these credentials" // on more than one thing
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
	parts := []string{say(regionsWatched, "enabled Regions watched", fmt.Sprintf("%d Regions watched (number of enabled Regions unknown)", len(r.config.Regions)))}
	if len(r.config.Targets) > 0 {
		parts = append(parts, say(accountsReachable, "accounts reachable", ""))
	}
	if len(r.config.Units) > 0 {
		parts = append(parts, say(accountsServed, "unit stacks current", "stack sets unknown"))
	}
	parts = append(parts, say(subscribersConfirmed, "subscriptions confirmed", "subscriptions unknown"))
	if r.config.Monitoring.Heartbeats {
		beats := say(regionsBeating, "Regions sending heartbeats", "heartbeats unknown")
		if !r.last.IsZero() {
			beats += fmt.Sprintf(", the least recent %d minutes ago", int(r.Began.Sub(r.last).Minutes()))
		}
		parts = append(parts, beats)
	}
	return strings.Join(parts, ", ")
}
