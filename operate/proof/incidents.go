package proof

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/incident/closing"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/watch"
	"github.com/dustin/go-humanize/english"
)

// Incident is an incident, as its folder has it.
type Incident struct {
	// Folder is the path of the folder.
	Folder string `json:"folder"`
	// Period is the time that the incident is about.
	Period Period   `json:"period"`
	Users  []string `json:"users"`
	// Trigger and Ticket are those of the post-mortem; empty as long as nobody filled them in.
	Trigger string `json:"trigger,omitempty"`
	Ticket  string `json:"ticket,omitempty"`
	// Signed is when it was signed off, and Name the person who did; zero and empty while it is open.
	Signed time.Time `json:"signed,omitzero"`
	Name   string    `json:"name,omitempty"`
	// SHA256 is the hash of its record, to be compared with the one that was noted when it was signed off. Differs names what is no
	// longer as it was then.
	SHA256  string   `json:"sha256,omitempty"`
	Differs []string `json:"differs"`
	// Uses is how many uses in the ledgers are of its users and in its time.
	Uses int `json:"uses"`
}

// Closed reports whether it was signed off.
func (i Incident) Closed() bool { return !i.Signed.IsZero() }

// OpenIncidents reads the folders of incidents, all of which must be about the hub account.
func OpenIncidents(paths []string, hubAccount string) ([]Incident, error) {
	var all []Incident
	for n, path := range paths {
		if slices.ContainsFunc(paths[:n], func(p string) bool { return filepath.Clean(p) == filepath.Clean(path) }) {
			return nil, fmt.Errorf("%s is named twice; name each incident once", path)
		}
		f, err := folder.Open(path)
		if err != nil {
			return nil, err
		}
		if f.HubAccount != hubAccount {
			return nil, fmt.Errorf("%s is an incident of account %s, and the hub account is %s; leave it out", path, clean(f.HubAccount), hubAccount)
		}
		one, err := incidentIn(f)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func incidentIn(f *folder.Folder) (Incident, error) {
	i := Incident{Folder: f.Path, Period: Period{f.Period.From.UTC(), f.Period.To.UTC()}, Users: []string{}, Differs: []string{}}
	for _, user := range f.Users {
		i.Users = append(i.Users, clean(user))
	}
	entries, err := closing.Entries(f)
	if err != nil {
		return i, err
	}
	for _, e := range entries {
		switch e.Field {
		case "trigger":
			i.Trigger = clean(e.Text)
		case "ticket":
			i.Ticket = clean(e.Text)
		}
	}
	record, err := closing.Signed(f)
	if errors.Is(err, fs.ErrNotExist) {
		return i, nil
	}
	if err != nil {
		return i, err
	}
	i.Signed, i.Name = record.Signed.UTC(), clean(record.Name)
	i.Differs, i.SHA256, err = closing.Verify(f)
	return i, err
}

// accountFor adds the incidents of the period, the oldest first, with the number of their uses, and returns what is to be said about them.
func (r *run) accountFor(report *Report, uses []Record) (found []Finding) {
	all := []Incident{}
	for _, i := range r.Incidents {
		path := clean(i.Folder)
		if !i.Period.From.Before(r.Period.To) || !i.Period.To.After(r.Period.From) {
			found = append(found, Finding{Note, nil, "incident " + path + " is not of this period", ""})
			continue
		}
		for _, use := range uses {
			if r.isUse(use) && r.isOf(use, i) {
				i.Uses++
			}
		}
		switch {
		case len(i.Differs) > 0:
			found = append(found,
				Finding{
					Problem, nil, fmt.Sprintf("incident %s is not as it was signed off: %s", path, strings.Join(i.Differs, "; ")),
					"breakglass incident verify" + folderFlag(i) + r.Again,
				})
		case !i.Closed():
			found = append(found, Finding{Note, nil, "incident " + path + " is open", "breakglass incident close" + folderFlag(i) + r.Again})
		}
		all = append(all, i)
	}
	slices.SortStableFunc(all, func(a, b Incident) int { return a.Period.From.Compare(b.Period.From) })
	left := r.alone(uses)
	report.Incidents, report.Unaccounted = all, len(left)
	return append(found, r.unaccounted(left)...)
}

func folderFlag(i Incident) string { return " " + shell.Quote("--folder", i.Folder) }

// isOf reports whether a use belongs to an incident: in its time, and not of an emergency user whom its report was not about.
func (r *run) isOf(use Record, i Incident) bool {
	user, known := r.userOf(use)
	another := known && !slices.Contains(i.Users, user)
	return !another && !use.Time.Before(i.Period.From) && use.Time.Before(i.Period.To)
}

// userOf returns who used the emergency access: an emergency user, whom a target account knows by the ARN only, or somebody else as the
// record has it.
func (r *run) userOf(use Record) (user string, known bool) {
	for _, u := range r.Config.Users {
		if use.Who == u.Name || strings.HasSuffix(use.Who, "/"+u.Name) {
			return u.Name, true
		}
	}
	return use.Who, false
}

// used lists the entries of the catalogue that mean that somebody used the emergency access; an attempt that failed and a change by an
// administrator are no use.
var used = []string{"sign-in", "switch-role", "assume-role", "root-sign-in", "other-call"}

// isUse reports whether a record is of a use. What a target account records is one if an emergency user did it.
func (r *run) isUse(record Record) bool {
	_, known := r.userOf(record)
	return slices.Contains(used, record.Entry) || record.Entry == watch.TargetAccess && known
}

// apart is the time between two uses that are not taken for one.
const apart = 6 * time.Hour

// alone returns the uses that are in no incident's folder and in no exercise.
func (r *run) alone(uses []Record) (left []Record) {
	exercises := r.ledger.announced()
	for _, use := range uses {
		user, _ := r.userOf(use)
		use.Who = user
		if !r.isUse(use) || slices.ContainsFunc(r.Incidents, func(i Incident) bool { return r.isOf(use, i) }) ||
			slices.ContainsFunc(exercises, func(e announced) bool { return e.has(use) }) {
			continue
		}
		left = append(left, use)
	}
	return left
}

// unaccounted names uses, those that belong together in one finding.
func (r *run) unaccounted(left []Record) (all []Finding) {
	slices.SortFunc(left, func(a, b Record) int { return cmp.Or(strings.Compare(a.Who, b.Who), a.Time.Compare(b.Time)) })
	for first := 0; first < len(left); {
		last := first
		for last+1 < len(left) && left[last+1].Who == left[first].Who && left[last+1].Time.Sub(left[last].Time) < apart {
			last++
		}
		from, to := left[first].Time, left[last].Time
		fix := "breakglass incident report --from " + from.Truncate(time.Hour).Format(time.RFC3339)
		if end := nextHour(to.Add(time.Second)); !end.After(r.Began) {
			fix += " --to " + end.Format(time.RFC3339)
		}
		span := when(from)
		if last > first {
			span += " to " + when(to)
		}
		what := fmt.Sprintf("%s by %s, %s, in no incident that was named with --incident, and in no announced exercise",
			english.Plural(last-first+1, "use", ""), cmp.Or(left[first].Who, "somebody"), span)
		all = append(all, Finding{Note, nil, what, fix + r.Again})
		first = last + 1
	}
	return all
}

// announced is the time of an exercise that announced itself in the ledgers.
type announced struct {
	user     string
	from, to time.Time
}

// The ends of an exercise: clocks differ, and none takes longer than it may wait.
const (
	slack           = 2 * time.Minute
	longestExercise = 4 * time.Hour
)

func (e announced) has(use Record) bool {
	return use.Who == e.user && !use.Time.Before(e.from) && use.Time.Before(e.to)
}

// announced returns the exercises of the ledgers. One without an end, or without a beginning in the period, takes as long as it may.
func (l *ledger) announced() []announced {
	byID := map[string]*announced{}
	for _, f := range l.events {
		if !f.exercise {
			continue
		}
		e := byID[f.Event]
		if e == nil {
			e = &announced{user: f.Who}
			byID[f.Event] = e
		}
		if f.What == watch.ExerciseBegins {
			e.from = f.Time.Add(-slack)
		} else {
			e.to = f.Time.Add(slack)
		}
	}
	var all []announced
	for _, e := range byID {
		if e.to.IsZero() {
			e.to = e.from.Add(longestExercise)
		}
		if e.from.IsZero() {
			e.from = e.to.Add(-longestExercise)
		}
		all = append(all, *e)
	}
	return all
}
