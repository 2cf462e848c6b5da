package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/drill"
)

// drillScreen shows people how a drill goes on.
type drillScreen struct {
	*screen.Screen
	run    *drill.Run
	people bool
}

// announce says what will be sent, and who gets how much of it.
func (s *drillScreen) announce() {
	alerts := strings.Join(s.run.Alerts, ", ")
	if len(s.run.Alerts) > 3 {
		alerts = count(len(s.run.Alerts), "alert")
	}
	s.Line("Drill of %s in %s, %s", alerts, count(len(s.run.Regions), "Region"), count(len(s.run.Drills), "event"))
	m := s.run.Messages()
	var from []string
	total := 0
	for _, hub := range s.run.Hubs {
		if n := m.Drills[hub]; n > 0 {
			from = append(from, fmt.Sprintf("%d from %s", n, hub))
			total += n
		}
	}
	switch len(from) {
	case 0:
		s.Line("People get no message of it: a hub tells them of the drills of its own Region only.")
	case 1:
		s.Line("Everybody on the topic gets %s marked DRILL.", count(total, "message"))
	default:
		s.Line("Everybody on the topics gets %s marked DRILL: %s.", count(total, "message"), strings.Join(from, ", "))
	}
	if m.Alarms > 0 {
		s.Line("Counted alerts ring their alarms: up to %s more, some minutes later.", count(m.Alarms, "message"))
	}
	if m.Subscription > 0 {
		s.Line("%s", s.Paint(screen.Faint, fmt.Sprintf(
			"The drill's own queue raises topic-change: %d messages, some minutes later (none with --no-queue).", m.Subscription)))
	}
}

func (s *drillScreen) follow() drill.Told {
	return drill.Told{
		Ready: func() {
			s.Line("")
			if s.people {
				s.Line("When the message from %s comes, type its code word, which follows \"drill-\" in the text, and Enter.", s.hubsWithWords())
				return
			}
			s.Begin(len(s.run.Regions), "sending")
		},
		Region: func(region string, results []drill.Result) {
			s.Step(region)
			s.region(region, results)
		},
		Answered: func(a drill.Answer) {
			s.Line("%s the code word from %s, after %s", s.Mark(true), a.Hub, short(a.After))
		},
		Wrong: func(typed string) { s.Line("%s %q is no code word of this drill; look again", s.Mark(false), typed) },
	}
}

func (s *drillScreen) hubsWithWords() string {
	var hubs []string
	for _, hub := range s.run.Hubs {
		if s.run.Words[hub] != "" {
			hubs = append(hubs, hub)
		}
	}
	return strings.Join(hubs, " and the one from ")
}

// region shows a Region's line: how long each way took, the slowest of several drills.
func (s *drillScreen) region(region string, results []drill.Result) {
	silent := 0
	var ways []string
	slowest := map[string]time.Duration{}
	var missing []string
	for _, r := range results {
		if !r.OK() {
			silent++
		}
		if r.NotSent != "" && !slices.Contains(missing, "not sent") {
			missing = append(missing, "not sent")
		}
		for _, at := range r.Receipts {
			way := fmt.Sprintf("%s %s", at.Where, at.Hub)
			if !at.Arrived {
				if !slices.Contains(missing, at.NotThere()) {
					missing = append(missing, at.NotThere())
				}
				continue
			}
			if !slices.Contains(ways, way) {
				ways = append(ways, way)
			}
			slowest[way] = max(slowest[way], at.After)
		}
	}
	for i, way := range ways {
		ways[i] = way + " " + short(slowest[way])
	}
	text := strings.Join(ways, ", ")
	if len(results) > 1 {
		text = fmt.Sprintf("%s: %s", count(len(results), "drill"), text)
	}
	if silent > 0 {
		text = s.Paint(screen.Red, strings.Join(missing, ", "))
		if len(results) > 1 {
			text = fmt.Sprintf("%d of %s: %s", silent, count(len(results), "drill"), text)
		}
	}
	s.Line("%s %-*s  %s", s.Mark(silent == 0), s.width(), region, text)
}

// width of the longest Region.
func (s *drillScreen) width() int {
	width := 0
	for _, region := range s.run.Regions {
		width = max(width, len(region))
	}
	return width
}

// conclude says what is broken, what is proved, and what is not.
func (s *drillScreen) conclude(e drill.Evidence, o drill.Outcome) {
	s.Line("")
	for _, b := range brokenLinks(o) {
		s.Line("%s %s", s.Mark(false), s.Paint(screen.Bold, b.what))
		for _, m := range b.missing {
			s.Line("  %s", m.text(len(s.run.Alerts)))
		}
		if b.fix != "" {
			s.Line("  %s", b.fix)
		}
	}
	for _, a := range o.People {
		if !a.Answered {
			s.Line("%s nobody typed in the code word from %s in time", s.Mark(false), a.Hub)
		}
	}
	for _, left := range o.Left {
		s.Line("%s could not be removed: %s", s.Mark(false), left)
	}
	total, silent := len(s.run.Regions), len(e.Silent)
	if silent == 0 {
		s.Line("%s %d of %d Regions answered, in at most %s", s.Mark(true), total, total, short(o.Slowest()))
	} else {
		s.Line("%s %d of %d Regions answered; silent: %s", s.Mark(false), total-silent, total, strings.Join(e.Silent, ", "))
	}
	s.Line("%s", s.Paint(screen.Faint, "Not proved:"))
	for _, not := range e.NotProved {
		s.Line("%s", s.Paint(screen.Faint, "  "+not))
	}
}

// brokenLink is a fault with all that it kept from arriving.
type brokenLink struct {
	what, fix string
	missing   []*missing
}

// missing is what did not arrive somewhere, by Region.
type missing struct {
	where   string
	regions []string
	alerts  map[string][]string
}

// brokenLinks are the different faults, each once.
func brokenLinks(o drill.Outcome) []*brokenLink {
	var all []*brokenLink
	add := func(what, fix, where string, r drill.Result) {
		i := slices.IndexFunc(all, func(b *brokenLink) bool { return b.what == what && b.fix == fix })
		if i < 0 {
			i, all = len(all), append(all, &brokenLink{what: what, fix: fix})
		}
		b := all[i]
		j := slices.IndexFunc(b.missing, func(m *missing) bool { return m.where == where })
		if j < 0 {
			j, b.missing = len(b.missing), append(b.missing, &missing{where: where, alerts: map[string][]string{}})
		}
		m := b.missing[j]
		if !slices.Contains(m.regions, r.Region) {
			m.regions = append(m.regions, r.Region)
		}
		m.alerts[r.Region] = append(m.alerts[r.Region], r.Alert)
	}
	for _, r := range o.Results {
		if r.NotSent != "" {
			add(r.NotSent, "", "not sent", r)
		}
		for _, at := range r.Receipts {
			if at.Broken != nil {
				add(at.Broken.What, at.Broken.Fix, at.NotThere(), r)
			}
		}
	}
	return all
}

// text names the alerts where more than one was drilled.
func (m missing) text(drilled int) string {
	var of []string
	for _, region := range m.regions {
		switch alerts := m.alerts[region]; {
		case drilled == 1:
			of = append(of, region)
		case len(alerts) > 3:
			of = append(of, fmt.Sprintf("%s (%s)", region, count(len(alerts), "alert")))
		default:
			of = append(of, fmt.Sprintf("%s (%s)", region, strings.Join(alerts, ", ")))
		}
	}
	return m.where + ": " + strings.Join(of, ", ")
}

func short(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// keysOfHub opens the hub account, as its administrator: the roles of cdk bootstrap may put no events.
func keysOfHub(keys *account.Keys, hub string) drill.AWS {
	return func(ctx context.Context, region string) (aws.Config, error) { return keys.Own(ctx, hub, region) }
}

// evidenceFiles are made before anything is sent: a drill without its record would have to be repeated.
type evidenceFiles struct {
	json, junit string
	written     bool
}

func openFiles(json, junit string) (*evidenceFiles, error) {
	for _, path := range []string{json, junit} {
		if path == "" {
			continue
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return nil, fmt.Errorf("the evidence can't be written: %w", err)
		}
		file.Close()
	}
	return &evidenceFiles{json: json, junit: junit}, nil
}

func (f *evidenceFiles) write(e drill.Evidence) error {
	for _, one := range []struct {
		path string
		text func() ([]byte, error)
	}{{f.json, e.JSON}, {f.junit, e.JUnit}} {
		if one.path == "" {
			continue
		}
		text, err := one.text()
		if err == nil {
			err = os.WriteFile(one.path, text, 0o644)
		}
		if err != nil {
			return fmt.Errorf("the evidence can't be written: %w", err)
		}
	}
	f.written = true
	return nil
}

// discard takes the files away that a drill which could not run has left empty.
func (f *evidenceFiles) discard() {
	for _, path := range []string{f.json, f.junit} {
		if info, err := os.Stat(path); !f.written && path != "" && err == nil && info.Size() == 0 {
			_ = os.Remove(path)
		}
	}
}
