package proof

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/page"
	"example.com/breakglass/watch"
	"github.com/dustin/go-humanize/english"
)

// section is one kind of records of the ledger: those of the entries of some parts of the catalogue.
type section struct {
	id, title string
	parts     []watch.Part
}

// Exercises is the ID of the section with what exercises wrote about themselves.
const Exercises = "exercises"

// usesSection is the ID of the section with the uses of the emergency access.
const usesSection = "uses"

var sections = []section{
	{usesSection, "Uses of the emergency access", []watch.Part{watch.Access, watch.TargetAccounts}},
	{"tampering", "Changes to the alerting", []watch.Part{watch.Tampering}},
	// Also has what belongs to no entry.
	{"others", "Other records", []watch.Part{watch.DeliveryFailures, watch.NewRegions}},
}

// ledger is what the ledgers of all hubs have, each event once.
type ledger struct {
	watch.Recognizer
	events map[string]*found
	// unreadable are lines that are no events, by hub.
	unreadable map[string]int
}

// found is an event in the ledgers.
type found struct {
	Record
	entry watch.Entry
	known bool
	drill bool
	// exercise is set for what an exercise wrote about itself.
	exercise bool
	// activity is set for what a session of the role did in a target account, of which nobody is alerted.
	activity bool
	// at is when the event came onto its Region's bus.
	at time.Time
	// took is the longest time to a ledger; 0 where it is not known.
	took time.Duration
}

// add takes a line of a hub's ledger. ingested is when CloudWatch Logs took it; zero if it does not say.
func (l *ledger) add(hub, message string, ingested time.Time) {
	var event watch.Fields
	if json.Unmarshal([]byte(message), &event) != nil {
		l.unreadable[hub]++
		return
	}
	at, err := time.Parse(time.RFC3339, watch.Text(event, "time"))
	if err != nil || watch.Text(event, "source") == "" {
		l.unreadable[hub]++
		return
	}
	if event["source"] == watch.HeartbeatSource {
		return // it passed the hub's own rules on its way to the composer
	}
	key := identity(event)
	f := l.events[key]
	if f == nil {
		f = &found{Record: record(event, at), at: at}
		f.entry, f.drill, f.known = l.Entry(event)
		f.Record.Entry, f.exercise, f.activity = f.entry.ID, watch.IsExercise(event), l.IsActivity(event)
		l.events[key] = f
	}
	if !slices.Contains(f.Hubs, hub) {
		f.Hubs = append(f.Hubs, hub)
		slices.Sort(f.Hubs)
	}
	if took := ingested.Sub(at); !ingested.IsZero() && took > 0 {
		f.took = max(f.took, took)
	}
}

// identity returns what an event has in common with its copies: the ID of a record of CloudTrail, or all but the ID that
// EventBridge gives.
func identity(event watch.Fields) string {
	rest := watch.Fields{}
	for key, value := range event {
		rest[key] = value
	}
	delete(rest, "id")
	if watch.Text(event, "detail.eventID") != "" {
		rest = watch.Fields{"detail": watch.Text(event, "detail.eventID"), "source": event["source"], "detail-type": event["detail-type"]}
	}
	text, _ := json.Marshal(rest) // it came from JSON
	return string(text)
}

// record reads what a reader wants to know out of an event.
func record(event watch.Fields, at time.Time) Record {
	first := func(paths ...string) string {
		for _, path := range paths {
			if text := watch.Text(event, path); text != "" {
				return clean(text)
			}
		}
		return ""
	}
	r := Record{
		Time: at.UTC(), What: first("detail.eventName", "detail-type"), Account: first("account"), Region: first("region"),
		Who:     first("detail.userIdentity.userName", "detail.additionalEventData.SwitchFrom", "detail.userIdentity.arn"),
		On:      clean(watch.Target(event)),
		Result:  first("detail.errorCode", "detail.responseElements.ConsoleLogin", "detail.responseElements.SwitchRole"),
		MFA:     first("detail.additionalEventData.MFAUsed", "detail.userIdentity.sessionContext.attributes.mfaAuthenticated"),
		Address: first("detail.sourceIPAddress"), Event: first("detail.eventID"),
	}
	if t, err := time.Parse(time.RFC3339, watch.Text(event, "detail.eventTime")); err == nil {
		r.Time = t.UTC() // of the call itself, which may be minutes before the record
	}
	if watch.IsExercise(event) {
		r.Who, r.On, r.Result = first("detail.user"), first("detail.way"), first("detail.result")
		if scenario := first("detail.scenario"); scenario != "" {
			r.On += ", " + scenario
		}
	}
	if r.Result == "" && watch.Text(event, "detail.eventName") != "" {
		r.Result = "Success" // a call that did not fail has none
	}
	return r
}

// clean makes a text of others safe to show.
var clean = page.Clean

// sections returns the records, the newest first, and their numbers.
func (l *ledger) sections() []Section {
	var all []Section
	for _, s := range sections {
		out := Section{ID: s.id, Title: s.title, Kinds: []Kind{}, Records: []Record{}}
		number := map[string]int{}
		for _, f := range l.events {
			if f.drill && f.known || f.exercise || f.activity || !s.has(f) {
				continue
			}
			out.Records = append(out.Records, f.Record)
			number[f.Record.Entry]++
		}
		slices.SortFunc(out.Records, func(a, b Record) int {
			return cmp.Or(b.Time.Compare(a.Time), strings.Compare(a.Event, b.Event), strings.Compare(a.What, b.What), strings.Compare(a.Region, b.Region))
		})
		for _, e := range slices.Concat(watch.Catalogue, watch.Observed) {
			if number[e.ID] > 0 {
				out.Kinds = append(out.Kinds, Kind{e.ID, e.Title, number[e.ID]})
			}
		}
		if number[""] > 0 {
			out.Kinds = append(out.Kinds, Kind{"", "Belongs to no alert of breakglass.yaml", number[""]})
		}
		all = append(all, out)
	}
	return l.activities(l.exercises(all))
}

// activities adds how much the role's sessions did in the target accounts, if anything was recorded: what it was, is for
// breakglass incident report.
func (l *ledger) activities(all []Section) []Section {
	n := 0
	for _, f := range l.events {
		if f.activity {
			n++
		}
	}
	if n == 0 {
		return all
	}
	return append(all, Section{
		ID: "activity", Title: "What the role's sessions did in the target accounts", Records: []Record{},
		Kinds: []Kind{{"", "Calls; breakglass incident report names them", n}},
	})
}

// exercises adds what exercises wrote about themselves, if there were any: they say which uses were one.
func (l *ledger) exercises(all []Section) []Section {
	out := Section{ID: Exercises, Title: "Announced exercises", Kinds: []Kind{}, Records: []Record{}}
	for _, f := range l.events {
		if f.exercise {
			out.Records = append(out.Records, f.Record)
		}
	}
	if len(out.Records) == 0 {
		return all
	}
	slices.SortFunc(out.Records, func(a, b Record) int { return cmp.Or(b.Time.Compare(a.Time), strings.Compare(a.What, b.What)) })
	out.Kinds = append(out.Kinds, Kind{"", "Announcements and results", len(out.Records)})
	return append(all, out)
}

func (s section) has(f *found) bool {
	if !f.known {
		return s.id == "others"
	}
	return slices.Contains(s.parts, f.entry.Part)
}

// drills returns a row for each watched Region, and for each other one that was drilled.
func (l *ledger) drills(watched []string) []Drilled {
	rows := map[string]*Drilled{}
	for _, region := range watched {
		rows[region] = &Drilled{Region: region, Entries: []string{}}
	}
	for _, f := range l.events {
		if !f.drill || !f.known {
			continue
		}
		d := rows[f.Region]
		if d == nil {
			d = &Drilled{Region: f.Region, Entries: []string{}}
			rows[f.Region] = d
		}
		d.Drills++
		if !slices.Contains(d.Entries, f.entry.ID) {
			d.Entries = append(d.Entries, f.entry.ID)
		}
		if f.Time.After(d.Last) {
			d.Last = f.Time
		}
		d.SlowestMillis = max(d.SlowestMillis, f.took.Milliseconds())
	}
	var all []Drilled
	for _, d := range rows {
		slices.Sort(d.Entries)
		all = append(all, *d)
	}
	slices.SortFunc(all, func(a, b Drilled) int { return strings.Compare(a.Region, b.Region) })
	return all
}

// recordedIn adds the calls that CloudTrail recorded to the rows of their Regions.
func recordedIn(rows []Drilled, calls map[watch.RecordedCall]time.Time) []Drilled {
	for call, at := range calls {
		i := slices.IndexFunc(rows, func(d Drilled) bool { return d.Region == call.Region })
		if i < 0 {
			continue // a Region that is no longer watched
		}
		rows[i].Recorded++
		if at.After(rows[i].LastRecorded) {
			rows[i].LastRecorded = at
		}
	}
	return rows
}

// settled is how long an event may take to be in every ledger.
const settled = 15 * time.Minute

// named is how many records a finding names.
const named = 3

// lacking names what the ledgers of some hubs have and others lack, of the time that all of them were read. A ledger that is new has an
// hour until the rules of every Region send to it.
func (l *ledger) lacking(logs []*reading) []Finding {
	var all []Finding
	for _, log := range logs {
		var lost []*found
		for _, f := range l.events {
			unread := slices.ContainsFunc(logs, func(r *reading) bool { return !r.at(f.at) || !r.at(f.at.Add(settled)) })
			// An exercise without us-east-1 writes nothing there.
			fresh := f.at.Before(log.created.Add(watch.HeartbeatPeriod))
			if !unread && !fresh && !f.exercise && !slices.Contains(f.Hubs, log.Hub) {
				lost = append(lost, f)
			}
		}
		if len(lost) == 0 {
			continue
		}
		slices.SortFunc(lost, func(a, b *found) int { return cmp.Or(b.Time.Compare(a.Time), strings.Compare(a.What, b.What)) })
		var few []string
		for _, f := range lost[:min(named, len(lost))] {
			few = append(few, fmt.Sprintf("%s, %s (%s)", f.title(), f.Region, when(f.Time)))
		}
		what := fmt.Sprintf("its ledger lacks %s that another hub's has: %s", english.Plural(len(lost), "record", ""), strings.Join(few, "; "))
		if len(lost) > named {
			what += fmt.Sprintf(" and %d more", len(lost)-named)
		}
		all = append(all, Finding{Problem, []string{log.Hub}, what, "breakglass drill names the link that is broken now"})
	}
	return all
}

func (f *found) title() string {
	if f.drill && f.known {
		return "drill of " + f.entry.ID
	}
	return f.What
}
