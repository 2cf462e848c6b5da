package drill

import (
	"fmt"
	"slices"
	"time"
)

// Link is a broken link, with everything that it kept from arriving.
type Link struct {
	Broken
	Missing []*Missing
}

// Missing is what did not arrive in one place.
type Missing struct {
	// Where names what is missing: "not in the ledger in us-east-1".
	Where string
	// Regions of the drills, in their order, and the alerts that were drilled in each.
	Regions []string
	Alerts  map[string][]string
}

// BrokenLinks returns the different faults of an outcome, each once.
func (o Outcome) BrokenLinks() []*Link {
	var all []*Link
	add := func(broken Broken, where string, r Result) {
		i := slices.IndexFunc(all, func(l *Link) bool { return l.Broken == broken })
		if i < 0 {
			i, all = len(all), append(all, &Link{Broken: broken})
		}
		link := all[i]
		j := slices.IndexFunc(link.Missing, func(m *Missing) bool { return m.Where == where })
		if j < 0 {
			j, link.Missing = len(link.Missing), append(link.Missing, &Missing{Where: where, Alerts: map[string][]string{}})
		}
		m := link.Missing[j]
		if !slices.Contains(m.Regions, r.Region) {
			m.Regions = append(m.Regions, r.Region)
		}
		m.Alerts[r.Region] = append(m.Alerts[r.Region], r.Alert)
	}
	for _, r := range o.Results {
		if r.NotSent != "" {
			add(Broken{What: r.NotSent}, "not sent", r)
		}
		for _, at := range r.Receipts {
			if at.Broken != nil {
				add(*at.Broken, at.NotThere(), r)
			}
		}
	}
	return all
}

// Err returns why no drill could be sent; nil where at least one was.
func (o Outcome) Err() error {
	why := ""
	for _, r := range o.Results {
		if why = r.NotSent; why == "" {
			return nil
		}
	}
	if why == "" {
		return nil
	}
	if o.Recorded {
		return fmt.Errorf("no call could be made: %s", why)
	}
	return fmt.Errorf("no drill could be sent: %s", why)
}

// Way is a place where the drills of a Region arrived, and how long the slowest took.
type Way struct {
	Where   Where
	Hub     string
	Slowest time.Duration
}

// Ways sums up the results of one Region: where they arrived, what did not arrive, and how many drills that concerns.
func Ways(results []Result) (ways []Way, missing []string, silent int) {
	note := func(text string) {
		if !slices.Contains(missing, text) {
			missing = append(missing, text)
		}
	}
	for _, r := range results {
		if !r.OK() {
			silent++
		}
		if r.NotSent != "" {
			note("not sent")
		}
		for _, at := range r.Receipts {
			if !at.Arrived {
				note(at.NotThere())
				continue
			}
			i := slices.IndexFunc(ways, func(w Way) bool { return w.Where == at.Where && w.Hub == at.Hub })
			if i < 0 {
				i, ways = len(ways), append(ways, Way{Where: at.Where, Hub: at.Hub})
			}
			ways[i].Slowest = max(ways[i].Slowest, at.After)
		}
	}
	return ways, missing, silent
}
