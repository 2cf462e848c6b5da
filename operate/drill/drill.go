// Package drill proves that alerts arrive: it puts marked events on the buses of the watched Regions, waits for each in the
// ledgers and on the topics of the hubs, and finds the broken link where one does not arrive. Like every package below operate,
// it may import the plan, what the plan is made from, and internal packages, but neither the CDK nor a screen.
package drill

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// defaultAlert is drilled by default: one message from each hub.
const defaultAlert = "sign-in"

// Options select what is drilled.
type Options struct {
	// Alerts are IDs of the catalogue; none means defaultAlert.
	Alerts []string
	// All enabled alerts.
	All bool
	// Regions, of those that are watched; none means all of them.
	Regions []string
	// Wait is how long a drill may take, from the last one sent.
	Wait time.Duration
	// NoQueue leaves the topics unchanged: arrival is checked in the ledgers only.
	NoQueue bool
	// Recorded makes calls that CloudTrail has to record, in place of drills.
	Recorded bool
	// People asks for the code word in each hub's messages, which a person types.
	People bool
}

// Drill is one event that is sent, and where it has to arrive.
type Drill struct {
	// ID is unique; the ledger has it, and the text for people.
	ID string
	// Alert is the entry's ID with the alert's suffix: assume-role-refused.
	Alert  string
	Region string
	// ToPeople is set where people receive it: in a hub's own Region, unless the entry only counts events.
	ToPeople bool

	entry  watch.Entry
	suffix string
	// call is what is called, of a drill of CloudTrail.
	call string
}

// Run is a drill of a whole deployment.
type Run struct {
	// Name of the run; the IDs of its drills have it.
	Name string
	// Regions that are drilled, and Hubs whose ledgers are read.
	Regions, Hubs []string
	// Alerts that are drilled somewhere.
	Alerts []string
	Drills []Drill
	// Words has the code words for people, by hub.
	Words map[string]string
	// Again has the flags with which a next command reads the same file with the same credentials, and Profile is the one of the AWS CLI for
	// the hub account; both for the commands of a fix, and either may be empty.
	Again, Profile string

	config  *config.Config
	plan    plan.Plan
	options Options
	// pace is the pause between two drills of a hub's Region, room how long its composer takes to have room for one more, and look the pause
	// between two queries of a ledger; asking is how long a request to AWS may take, and late how long to wait for a drill that a bus may
	// have accepted without saying so.
	pace, room, look, asking, late time.Duration
}

// New plans what is sent where. name is part of every ID; words are the code words, one for each hub.
func New(c *config.Config, o Options, name string, words []string) (*Run, error) {
	r := &Run{
		Name: name, Hubs: c.HubRegions(), Words: map[string]string{}, config: c, plan: plan.Of(c), options: o,
		pace: mailPace, room: Pace, look: ledgerLook, asking: asking, late: late,
	}
	entries, err := chosen(plan.ScopeOf(c), o)
	if err != nil {
		return nil, err
	}
	if r.Regions, err = regionsOf(c, o.Regions); err != nil {
		return nil, err
	}
	if o.Recorded {
		return r, r.planRecorded()
	}
	if o.People {
		for i, hub := range r.Hubs {
			if slices.Contains(r.Regions, hub) {
				r.Words[hub] = words[i]
			}
		}
		if len(r.Words) == 0 {
			return nil, fmt.Errorf("nobody gets a message from %s: only drills in a hub's own Region (%s) are sent to people",
				strings.Join(r.Regions, ", "), strings.Join(r.Hubs, " and "))
		}
	}
	for _, region := range r.Regions {
		isHub := slices.Contains(r.Hubs, region)
		for _, e := range entries {
			if e.HubsOnly && !isHub {
				continue
			}
			for i, suffix := range e.Suffixes() {
				// A Region that only forwards has one rule for all alerts of an entry.
				if i > 0 && !isHub {
					continue
				}
				alert := e.ID + suffix
				id := "drill-" + name + "-" + region + "-" + alert
				if word := r.Words[region]; word != "" {
					id = "drill-" + word + "-" + name + "-" + region + "-" + alert
				}
				r.Drills = append(r.Drills, Drill{
					ID: id, Alert: alert, Region: region, ToPeople: isHub && len(e.Messages) > 0, entry: e, suffix: suffix,
				})
				if !slices.Contains(r.Alerts, alert) {
					r.Alerts = append(r.Alerts, alert)
				}
			}
		}
	}
	if len(r.Drills) == 0 {
		return nil, fmt.Errorf("%s: only a hub's Region has this rule; add %s to --regions", strings.Join(o.Alerts, ", "), strings.Join(r.Hubs, " or "))
	}
	if o.People && !slices.ContainsFunc(r.Drills, func(d Drill) bool { return d.ToPeople }) {
		return nil, fmt.Errorf("nobody gets a message about a single %s: it only counts events; drill another alert with --people", strings.Join(r.Alerts, ", "))
	}
	return r, nil
}

// chosen returns the entries that the options name.
func chosen(s watch.Scope, o Options) ([]watch.Entry, error) {
	if o.All {
		return s.Entries(), nil
	}
	ids := o.Alerts
	if len(ids) == 0 {
		ids = []string{defaultAlert}
	}
	var on, off []string
	for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
		if slices.ContainsFunc(s.Entries(), func(other watch.Entry) bool { return other.ID == e.ID }) {
			on = append(on, e.ID)
		} else {
			off = append(off, e.ID)
		}
	}
	var entries []watch.Entry
	for _, id := range ids {
		switch {
		case slices.Contains(off, id) && slices.ContainsFunc(watch.Observed, func(e watch.Entry) bool { return e.ID == id }):
			return nil, fmt.Errorf("alert %q needs observers, and breakglass.yaml has none; add Regions under observers", id)
		case slices.Contains(off, id):
			return nil, fmt.Errorf("alert %q is disabled under monitoring in breakglass.yaml", id)
		case !slices.Contains(on, id):
			return nil, fmt.Errorf("unknown alert %q; the alerts are %s", id, strings.Join(on, ", "))
		}
		e, _ := watch.ByID(id)
		if !slices.ContainsFunc(entries, func(other watch.Entry) bool { return other.ID == id }) {
			entries = append(entries, e)
		}
	}
	return entries, nil
}

func regionsOf(c *config.Config, asked []string) ([]string, error) {
	if len(asked) == 0 {
		return c.Regions, nil
	}
	var regions []string
	for _, region := range asked {
		if !slices.Contains(c.Regions, region) {
			return nil, fmt.Errorf("Region %q is not watched; the watched Regions are %s", region, strings.Join(c.Regions, ", "))
		}
		if !slices.Contains(regions, region) {
			regions = append(regions, region)
		}
	}
	slices.Sort(regions)
	return regions, nil
}

// Messages are what a subscriber of the topics gets.
type Messages struct {
	// Drills are marked as such, by hub.
	Drills map[string]int `json:"drills"`
	// Alarms triggered by a counted drill, some minutes later.
	Alarms int `json:"alarms"`
	// Subscription alerts report that the drill's own queue was subscribed and removed, some minutes later.
	Subscription int `json:"subscription"`
}

// Messages returns what a subscriber of every topic gets because of this run.
func (r *Run) Messages() Messages {
	m := Messages{Drills: map[string]int{}}
	for _, d := range r.Drills {
		if d.ToPeople {
			m.Drills[d.Region]++
		}
		if slices.Contains(r.Hubs, d.Region) {
			for _, c := range d.entry.Counts {
				if c.AtLeast == 1 {
					m.Alarms++
				}
			}
		}
	}
	if slices.Contains(plan.ScopeOf(r.config).Parts, watch.Tampering) {
		// Subscribe and Unsubscribe, and every hub reports the calls in every Region.
		m.Subscription = 2 * len(r.topics()) * len(r.Hubs)
	}
	return m
}

// Total returns the number of all messages.
func (m Messages) Total() int {
	total := m.Alarms + m.Subscription
	for _, n := range m.Drills {
		total += n
	}
	return total
}

// topics returns the hubs to whose topic a queue is subscribed.
func (r *Run) topics() []string {
	var hubs []string
	for _, d := range r.Drills {
		if d.ToPeople && !r.options.NoQueue && !slices.Contains(hubs, d.Region) {
			hubs = append(hubs, d.Region)
		}
	}
	return hubs
}

// inText finds the ID of a drill in a text.
var inText = regexp.MustCompile(`drill-[a-z0-9]+-[a-z0-9-]*[a-z0-9]`)
