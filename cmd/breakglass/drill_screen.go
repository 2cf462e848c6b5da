package main

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/drill"
	"example.com/breakglass/watch"
)

// drillScreen shows the progress of a drill.
type drillScreen struct {
	*screen.Screen
	run    *drill.Run
	people bool
	// recorded is set where calls take the place of drills.
	recorded bool
}

// announce prints what will be sent, and how many messages people get.
func (s *drillScreen) announce() {
	if s.recorded {
		s.Line("Recorded calls in %s, %s: %s (read) and %s (write)", count(len(s.run.Regions), "Region"), count(len(s.run.Drills), "call"), watch.RecordedRead,
			watch.RecordedWrite)
		s.Line("Nobody is notified. CloudTrail usually takes some minutes.")
		return
	}
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
		s.Line("People get no messages: a hub sends them only for drills in its own Region.")
	case 1:
		s.Line("Everybody on the topic gets %s marked DRILL.", count(total, "message"))
	default:
		s.Line("Everybody on the topics gets %s marked DRILL: %s.", count(total, "message"), strings.Join(from, ", "))
	}
	if takes := s.run.Sending(); takes > pacedAfter {
		s.Line("Sending takes %s: after the first %d, a hub sends people one message every %s.", takes.Round(time.Second), drill.Burst, drill.Pace)
	}
	if m.Alarms > 0 {
		s.Line("Alerts that count events trigger their alarms: up to %s more, some minutes later.", count(m.Alarms, "message"))
	}
	if m.Subscription > 0 {
		s.Line("%s", s.Paint(screen.Faint, fmt.Sprintf(
			"The drill's own queue raises topic-change: %d messages that name a DRILL (none with --no-queue).", m.Subscription)))
	}
}

// pacedAfter is how long sending may take before it is worth a line.
const pacedAfter = 10 * time.Second

func (s *drillScreen) follow() drill.Progress {
	s.Begin(1, "getting ready")
	return drill.Progress{
		Ready: func() {
			s.End()
			s.Line("")
			if s.people {
				s.Line("When the message from %s arrives, type the code word at its beginning, and press Enter.", s.hubsWithWords())
				return
			}
			s.Begin(len(s.run.Regions), map[bool]string{false: "sending", true: "waiting for CloudTrail"}[s.recorded])
		},
		Region: func(region string, results []drill.Result) {
			s.Step(region)
			s.region(region, results)
		},
		Answered: func(a drill.Answer) {
			s.Line("%s the code word from %s, after %s", s.Mark(true), a.Hub, short(a.After))
		},
		Wrong: func(typed string) { s.Line("%s %q is not a code word of this drill; try again", s.Mark(false), typed) },
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

// region prints the line of a Region: where its drills arrived, and how long the slowest took.
func (s *drillScreen) region(region string, results []drill.Result) {
	ways, missing, silent := drill.Ways(results)
	var parts []string
	for _, way := range ways {
		parts = append(parts, fmt.Sprintf("%s %s %s", way.Where, way.Hub, short(way.Slowest)))
	}
	text := strings.Join(parts, ", ")
	if len(results) > 1 {
		text = fmt.Sprintf("%s: %s", count(len(results), s.what()), text)
	}
	if silent > 0 {
		text = s.Paint(screen.Red, strings.Join(missing, ", "))
		if len(results) > 1 {
			text = fmt.Sprintf("%d of %s: %s", silent, count(len(results), s.what()), text)
		}
	}
	s.Line("%s %-*s  %s", s.Mark(silent == 0), s.width(), region, text)
}

// what returns what is sent.
func (s *drillScreen) what() string {
	if s.recorded {
		return "record"
	}
	return "drill"
}

// width returns the length of the longest Region code.
func (s *drillScreen) width() int {
	width := 0
	for _, region := range s.run.Regions {
		width = max(width, len(region))
	}
	return width
}

// conclude prints what is broken, what is proved, and what is not.
func (s *drillScreen) conclude(e drill.Evidence, o drill.Outcome) {
	s.Line("")
	for _, link := range o.BrokenLinks() {
		s.Line("%s %s", s.Mark(false), s.Paint(screen.Bold, link.What))
		for _, m := range link.Missing {
			s.Line("  %s", missingText(m, len(s.run.Alerts)))
		}
		if link.Fix != "" {
			s.Line("  %s", link.Fix)
		}
	}
	for _, a := range o.People {
		if !a.Answered {
			s.Line("%s nobody entered the code word from %s in time", s.Mark(false), a.Hub)
		}
	}
	for _, left := range o.Left {
		s.Line("%s could not remove %s", s.Mark(false), left)
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

// missingText names the alerts where more than one was drilled.
func missingText(m *drill.Missing, drilled int) string {
	var of []string
	for _, region := range m.Regions {
		switch alerts := m.Alerts[region]; {
		case drilled == 1:
			of = append(of, region)
		case len(alerts) > 3:
			of = append(of, fmt.Sprintf("%s (%s)", region, count(len(alerts), "alert")))
		default:
			of = append(of, fmt.Sprintf("%s (%s)", region, strings.Join(alerts, ", ")))
		}
	}
	return m.Where + ": " + strings.Join(of, ", ")
}

func short(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
