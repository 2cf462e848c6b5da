// Package closing closes an incident: a checklist out of what the folder has, which a run more goes on with, and a signed-off record with the
// hash of every file. It refuses while anything is open.
package closing

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/contain"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/leftovers"
)

// State of an item.
type State string

// The states.
const (
	Open    State = "open"
	Done    State = "done"
	Decided State = "decided"
)

// Item is one thing that has to be done or decided.
type Item struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	State State  `json:"state"`
	// Why says what is missing, or what shows that it is done.
	Why string `json:"why"`
	// Reason, Name and At are those of a decision.
	Reason string    `json:"reason,omitempty"`
	Name   string    `json:"name,omitempty"`
	At     time.Time `json:"at,omitzero"`
	// decidable means that a person may decide about it, and about is what the decision is about: it ends when that changes.
	decidable bool
	about     string
}

// Entry is a line of the folder: a decision, or a field of the post-mortem.
type Entry struct {
	At   time.Time `json:"at"`
	By   string    `json:"by"`
	Name string    `json:"name,omitempty"`
	// Item, About and Reason are a decision; Field and Text are a field.
	Item   string `json:"item,omitempty"`
	About  string `json:"about,omitempty"`
	Reason string `json:"reason,omitempty"`
	Field  string `json:"field,omitempty"`
	Text   string `json:"text,omitempty"`
}

// Fields are those of the post-mortem that a person has to fill in, with their titles.
var Fields = [][2]string{
	{"trigger", "What triggered it"}, {"ticket", "Ticket"}, {"approvedBy", "Who approved the use"}, {"lessons", "What is done differently from now on"},
}

// Source is what the checklist is made of.
type Source struct {
	Folder *folder.Folder
	Config *config.Config
	Calls  []*chain.Call
	// Now is when the checklist is made: evidence with a later time proves nothing about the time until then.
	Now time.Time
	// Lost is how many records of calls the folder had and has no more.
	Lost int
	// ActiveKeys returns when each active access key of a user was created, by ID.
	ActiveKeys func(ctx context.Context, user string) (map[string]time.Time, error)
	// LastUsed returns when IAM saw a user's password or a key of it last; zero if it never did.
	LastUsed func(ctx context.Context, user string) (time.Time, error)
}

const most = 256 << 20

// Checklist returns the items in the order in which they are done.
func Checklist(ctx context.Context, s Source) ([]Item, error) {
	entries, untold, err := linesOf[Entry](s.Folder, folder.Closing)
	if err != nil {
		return nil, err
	}
	steps, unknown, err := linesOf[contain.Event](s.Folder, folder.Contained)
	if err != nil {
		return nil, err
	}
	looks, _, err := linesOf[leftovers.Item](s.Folder, folder.Leftovers)
	if err != nil {
		return nil, err
	}
	since := s.lastCall("")
	for _, e := range steps {
		if e.At.After(since) && e.What != contain.Proved {
			since = e.At
		}
	}
	written, reported := s.reported(ctx, steps)
	items := append(s.readable(untold, unknown), reported, s.contained(steps), s.released(steps))
	items = append(items, s.left(looks, written)...)
	check, checked := s.checked(since)
	items = append(items, s.credentials(ctx, check)...)
	items = append(items, checked, s.drilled(since))
	for _, f := range Fields {
		i := Item{ID: f[0], Title: f[1], State: Open, Why: "say it with --set " + f[0] + "=TEXT"}
		for _, e := range entries {
			if e.Field == f[0] {
				i.State, i.Why, i.At = Done, page.Clean(e.Text), e.At
			}
		}
		items = append(items, i)
	}
	for n := range items {
		for _, e := range entries {
			if e.Item == items[n].ID && e.About == items[n].about && items[n].State == Open && items[n].decidable {
				items[n].State, items[n].Reason, items[n].Name, items[n].At = Decided, page.Clean(e.Reason), page.Clean(e.Name), e.At
			}
		}
	}
	return items, nil
}

// readable returns an item if lines of what close and contain wrote cannot be read: a measure that is in force may be among them.
func (s Source) readable(untold, unknown int) []Item {
	var damaged []string
	if untold > 0 {
		damaged = append(damaged, fmt.Sprintf("%s: %d", folder.Closing, untold))
	}
	if unknown > 0 {
		damaged = append(damaged, fmt.Sprintf("%s: %d", folder.Contained, unknown))
	}
	if len(damaged) == 0 {
		return nil
	}
	why := strings.Join(damaged, ", ")
	return []Item{{
		ID: "lines", Title: "Every line of the folder can be read", State: Open, decidable: true, about: why,
		Why: "lines that cannot be: " + why + "; restore the file, or look whether a policy of this incident is left (breakglass check" + s.Folder.Again +
			") and decide",
	}}
}

// linesOf returns the lines of a file of the folder, and how many cannot be read.
func linesOf[T any](f *folder.Folder, name string) (all []T, damaged int, err error) {
	left, err := folder.Each(f, name, func(one T) { all = append(all, one) })
	return all, left.Damaged, err
}

// Entries returns the decisions and fields of a folder.
func Entries(f *folder.Folder) ([]Entry, error) {
	all, _, err := linesOf[Entry](f, folder.Closing)
	return all, err
}

// Steps returns what incident contain and release did.
func Steps(f *folder.Folder) ([]contain.Event, error) {
	all, _, err := linesOf[contain.Event](f, folder.Contained)
	return all, err
}

// Decision returns the decision of a person about an item as it is now; false if there is no such item, or if nobody may decide about it.
func Decision(items []Item, id, reason, name string) (Entry, bool) {
	i := slices.IndexFunc(items, func(i Item) bool { return i.ID == id && i.decidable })
	if i < 0 {
		return Entry{}, false
	}
	return Entry{Item: id, About: items[i].about, Reason: reason, Name: name}, true
}

// OK reports whether nothing is open.
func OK(items []Item) bool {
	return !slices.ContainsFunc(items, func(i Item) bool { return i.State == Open })
}

// lastCall returns when a user, or anybody of the chain, called last; zero if nobody did.
func (s Source) lastCall(user string) (last time.Time) {
	for _, c := range s.Calls {
		if (user == "" || c.By.Kind == chain.User && c.By.Name == user) && c.Time.After(last) {
			last = c.Time
		}
	}
	return last
}

// contained looks at the newest run: it has to have ended well, and nobody may have called since without being refused.
func (s Source) contained(steps []contain.Event) Item {
	i := Item{ID: "contain", Title: "Contained, or not an intrusion", State: Open, decidable: true}
	var begun, ended *contain.Event
	proofs := map[string]*contain.Proof{} // the last one of each key
	for n, e := range steps {
		switch e.What {
		case contain.Proved:
			if e.Proof != nil {
				proofs[e.Proof.From+" "+e.Proof.Key] = e.Proof
			}
		case contain.Started:
			begun, ended = &steps[n], nil
		case contain.Concluded:
			if e.Conclusion != nil {
				ended = &steps[n]
			}
		case contain.Intended, contain.Taken, contain.Holds, contain.Undone, contain.Failed, contain.Released:
		}
	}
	last := time.Time{}
	for _, c := range s.Calls {
		// No policy refuses GetCallerIdentity, with which contain asks whose credentials prove it.
		if !c.Failed() && c.Time.After(last) && !(c.Source == "sts.amazonaws.com" && c.Name == "GetCallerIdentity") {
			last = c.Time
		}
	}
	var works []string
	refused := 0
	for _, key := range slices.Sorted(maps.Keys(proofs)) {
		if !proofs[key].OK() {
			works = append(works, proofs[key].Title())
		}
		if proofs[key].Verdict == contain.Refused {
			refused++
		}
	}
	switch {
	case begun == nil && ended == nil:
		i.Why = s.Folder.NextCommand("contain") + "; or decide that it is not an intrusion"
		i.about = "not contained" // a decision does not end when it is read with other flags
	case ended == nil:
		i.Why = "the run of " + begun.At.Format(time.RFC3339) + " was cut off: run it again, or decide"
	case !ended.Conclusion.OK:
		left := slices.Concat(ended.Conclusion.Failed, ended.Conclusion.Open)
		i.Why = fmt.Sprintf("measures that failed: %d, not verified as refused: %d; run it again, or decide: %s",
			len(ended.Conclusion.Failed), len(ended.Conclusion.Open), page.Clean(strings.Join(left, "; ")))
	case len(works) > 0:
		i.Why = "calls with credentials of the contained did not prove it: " + strings.Join(works, "; ") + ": " + s.Folder.NextCommand("prove") + ", or decide"
	case !ended.At.After(last):
		i.Why = "a call was admitted since, at " + last.Format(time.RFC3339) + ": run it again, or decide"
	default:
		i.State, i.Why = Done, fmt.Sprintf("measures taken: %d, at %s", ended.Conclusion.Hold, ended.At.Format(time.RFC3339))
		if refused > 0 {
			i.Why += fmt.Sprintf("; credentials of the contained with which calls were refused: %d", refused)
		}
		if without := ended.Conclusion.Without; len(without) > 0 {
			i.Why += "; " + page.Clean(strings.Join(without, "; "))
		}
	}
	i.about = cmp.Or(i.about, i.Why) + "\nlast call " + last.Format(time.RFC3339)
	return i
}

func (s Source) released(steps []contain.Event) Item {
	i := Item{ID: "release", Title: "Released again, so that the access works", State: Done, Why: "nothing is in force", decidable: true}
	if measures := contain.InForce(steps); len(measures) > 0 {
		i.State, i.Why = Open, fmt.Sprintf("measures in force: %d; %s, or decide to keep them", len(measures), s.Folder.NextCommand("release"))
		for _, m := range measures {
			i.about += m.ID() + "\n"
		}
	}
	return i
}

func (s Source) left(looks []leftovers.Item, written time.Time) (all []Item) {
	i := Item{ID: "leftovers", Title: "Looked for what is left", State: Done, Why: "nothing was changed"}
	looked := map[string]time.Time{}
	for _, l := range looks {
		if l.Looked.After(looked[l.ID]) && !l.Looked.After(s.Now) {
			looked[l.ID] = l.Looked
		}
	}
	expected := leftovers.Expected(s.Calls)
	if len(expected) > 0 {
		first, missing := time.Time{}, 0
		for _, l := range expected {
			at := looked[l.ID]
			if !at.After(written) {
				missing++
			}
			if first.IsZero() || at.Before(first) {
				first = at
			}
		}
		i.Why = "looked at all of it since " + first.Format(time.RFC3339)
		if missing > 0 {
			i.State, i.Why = Open, fmt.Sprintf("things that nobody looked at since the report was written: %d of %d; %s", missing, len(expected),
				s.Folder.NextCommand("leftovers"))
		}
	}
	all = append(all, i)
	for _, l := range leftovers.Merge(looks) {
		if l.Open() && !l.Superseded(expected) {
			why := string(l.Effect) + ", " + string(l.State)
			if l.Why != "" {
				why = l.Why
			}
			all = append(all, Item{ID: l.ID, Title: "Left: " + l.What + " in " + l.Account + " " + l.Region, State: Open, Why: page.Clean(why) +
				": undo it, or decide to keep it", decidable: true,
				about: strings.Join(slices.Concat([]string{l.What, string(l.Effect), string(l.State), l.Why}, l.Risks), "\n")})
		}
	}
	return all
}

// credentials returns an item for each user who was used: the password and every active key must be newer than the last use.
func (s Source) credentials(ctx context.Context, check *checkEvidence) (all []Item) {
	for _, user := range s.Folder.Users {
		last := s.lastCall(user)
		if last.IsZero() {
			continue
		}
		i := Item{ID: "credentials-" + user, Title: "New credentials of " + user + ", sealed", State: Open}
		keys, err := s.ActiveKeys(ctx, user)
		var old []string
		for id, made := range keys {
			if !made.After(last) {
				old = append(old, id)
			}
		}
		slices.Sort(old)
		var set time.Time
		known := false
		if check != nil {
			set, known = check.password(user)
		}
		switch {
		case err != nil:
			i.Why = "its access keys are not known: " + err.Error()
		case len(old) > 0:
			i.Why = "older than its last use, and active: access key " + strings.Join(old, ", ")
		case check == nil:
			i.Why = "the age of its password is in " + checkFile
		case !known:
			i.Why = "whether it has a password, and of which age, is not in " + checkFile + ": check again with credentials that may read it"
		case !set.IsZero() && !set.After(last):
			i.Why = "its password is older than its last use at " + last.Format(time.RFC3339) + ": set a new one (docs/credentials.md), then check again"
		case set.IsZero() && len(keys) == 0:
			i.Why = "it has neither a password nor a key: nobody could use it (docs/credentials.md)"
		default:
			i.State, i.Why = Done, "newer than its last use at "+last.Format(time.RFC3339)
		}
		all = append(all, i)
	}
	return all
}
