package closing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/file"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/drill"
)

// The files with evidence of other commands, which a person puts into the folder.
const (
	checkFile = "check.json"
	drillFile = "drill.json"
)

// inFuture is why evidence with a time that is not yet is none; a command follows.
const inFuture = "its time is in the future: set the clock of the machine that wrote it, then "

// evidence reads a file that a person put into the folder.
func (s Source) evidence(name string, into any) error {
	text, err := file.Read(filepath.Join(s.Folder.Path, name), most)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is missing", name)
	}
	if err != nil {
		return err
	}
	if json.Unmarshal(text, into) != nil {
		return fmt.Errorf("%s is not the JSON of the command", name)
	}
	return nil
}

// checkEvidence is what this needs of breakglass check --output json.
type checkEvidence struct {
	Began      time.Time `json:"began"`
	HubAccount string    `json:"hubAccount"`
	HubOnly    bool      `json:"hubOnly"`
	Problems   *int      `json:"problems"`
	Passwords  []struct {
		User string    `json:"user"`
		Set  time.Time `json:"set"`
	} `json:"passwords"`
	NoPassword []string `json:"noPassword"`
}

// password returns when a user's password was set; zero where there is none. known is false where IAM did not say.
func (c *checkEvidence) password(user string) (set time.Time, known bool) {
	if slices.Contains(c.NoPassword, user) {
		return time.Time{}, true
	}
	for _, p := range c.Passwords {
		if p.User == user {
			set = p.Set
		}
	}
	return set, !set.IsZero()
}

func (s Source) checked(since time.Time) (*checkEvidence, Item) {
	i := Item{ID: "check", Title: "check finds no problem: rights that were widened are narrowed again", State: Open}
	var c checkEvidence
	how := "breakglass check --output json" + s.Folder.Again + " > " + shell.Quote(filepath.Join(s.Folder.Path, checkFile))
	switch err := s.evidence(checkFile, &c); {
	case err != nil:
		i.Why = err.Error() + ": " + how
		return nil, i
	case c.HubAccount != s.Folder.HubAccount || c.Problems == nil:
		i.Why = "it is not of this hub account: " + how
		return nil, i
	case c.Began.After(s.Now):
		i.Why = inFuture + how
	case !c.Began.After(since):
		i.Why = "it is older than the last step: " + how
	case c.HubOnly:
		i.Why = "it left out the target accounts (--hub-only): " + how
	case *c.Problems > 0:
		i.Why = fmt.Sprintf("problems: %d; fix them, then %s", *c.Problems, how)
	default:
		i.State, i.Why = Done, "no problem, "+c.Began.Format(time.RFC3339)
	}
	return &c, i
}

// drillEvidence is what this needs of breakglass drill --output json.
type drillEvidence struct {
	Account  string         `json:"account"`
	Began    time.Time      `json:"began"`
	OK       *bool          `json:"ok"`
	Recorded bool           `json:"recorded"`
	Hubs     []string       `json:"hubs"`
	Regions  []string       `json:"regions"`
	Alerts   []string       `json:"alerts"`
	Results  []drill.Result `json:"results"`
	People   []drill.Answer `json:"people"`
}

func (s Source) drilled(since time.Time) Item {
	i := Item{ID: "drill", Title: "A drill of every alert passed", State: Open}
	var d drillEvidence
	how := "breakglass drill --all-alerts --yes --output json" + s.Folder.Again + " > " + shell.Quote(filepath.Join(s.Folder.Path, drillFile))
	switch err := s.evidence(drillFile, &d); {
	case err != nil:
		i.Why = err.Error() + ": " + how
		return i
	case d.Account != s.Folder.HubAccount || d.OK == nil:
		i.Why = "it is not of this hub account: " + how
		return i
	case d.Began.After(s.Now):
		i.Why = inFuture + how
		return i
	case !d.Began.After(since):
		i.Why = "it is older than the last step: " + how
		return i
	case d.Recorded:
		i.Why = "its calls are recorded ones, which no alert is about: " + how
		return i
	case !*d.OK:
		i.Why = "it failed: fix the cause, then " + how
		return i
	}
	missing, err := s.undrilled(d)
	switch {
	case err != nil:
		i.Why = "what has to be drilled is not known: " + err.Error()
	case len(missing) > 0:
		i.Why = "it leaves out " + strings.Join(missing, "; ") + ": " + how
	default:
		i.State, i.Why = Done, "passed, "+d.Began.Format(time.RFC3339)
	}
	return i
}

// undrilled returns what the configuration has and a drill leaves out. That a topic delivers is shown by its queue, or by a person.
func (s Source) undrilled(d drillEvidence) (missing []string, err error) {
	whole, err := drill.New(s.Config, drill.Options{All: true}, "", nil)
	if err != nil {
		return nil, err
	}
	for _, one := range []struct {
		what      string
		want, got []string
	}{{"the hubs", whole.Hubs, d.Hubs}, {"the Regions", whole.Regions, d.Regions}, {"the alerts", whole.Alerts, d.Alerts}} {
		left := slices.DeleteFunc(slices.Clone(one.want), func(name string) bool { return slices.Contains(one.got, name) })
		if len(left) > 0 {
			missing = append(missing, one.what+" "+strings.Join(left, ", "))
		}
	}
	for _, hub := range whole.Hubs {
		toPeople := slices.ContainsFunc(whole.Drills, func(d drill.Drill) bool { return d.ToPeople && d.Region == hub })
		delivered := slices.ContainsFunc(d.Results, func(r drill.Result) bool {
			return slices.ContainsFunc(r.Receipts, func(at drill.Receipt) bool { return at.Where == drill.Topic && at.Hub == hub && at.Arrived })
		}) || slices.ContainsFunc(d.People, func(a drill.Answer) bool { return a.Hub == hub && a.Answered })
		if toPeople && !delivered {
			missing = append(missing, "the topic in "+hub)
		}
	}
	return missing, nil
}
