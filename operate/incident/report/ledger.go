package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/show"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// compare holds the ledgers against CloudTrail's event history.
func (b *builder) compare(r *Report) {
	b.hubs = map[string][]string{}
	others := map[string]events.Record{}
	drills := map[string]bool{}
	for _, ledger := range b.Outcome.Ledgers {
		for _, event := range ledger.Events {
			if own := watch.Text(event, "source"); strings.HasPrefix(own, "breakglass.") {
				b.own(r, own, event, drills)
				continue
			}
			text, err := json.Marshal(event["detail"])
			if err != nil {
				continue
			}
			record, err := events.Parse(text, watch.Text(event, "account"), watch.Text(event, "region"))
			if err != nil {
				continue // an alarm, or another event that is no call
			}
			b.hubs[record.EventID] = once(b.hubs[record.EventID], ledger.Hub)
			others[record.EventID] = record
		}
	}
	r.Drills = len(drills)
	for _, c := range b.calls {
		inHistory := b.Outcome.History[c.EventID]
		delete(others, c.EventID)
		for _, id := range ids(c) {
			inHistory = inHistory || b.Outcome.History[id]
			delete(others, id)
		}
		if !inHistory {
			r.OnlyLedger = append(r.OnlyLedger, b.line(c))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(others)) {
		if record := others[id]; !record.Time.After(b.Folder.Period.To) && !record.Time.Before(b.Folder.Period.From) {
			line := lineOfRecord(record)
			line.Ledgers = b.hubs[id]
			r.Others = append(r.Others, line)
		}
	}
	slices.SortStableFunc(r.Others, func(x, y Line) int { return x.Time.Compare(y.Time) })
	b.unalerted(r)
}

// own counts the drills, and names the exercises: both announce themselves in the ledger under sources of this project.
func (b *builder) own(r *Report, source string, event watch.Fields, drills map[string]bool) {
	kind := watch.Text(event, "detail-type")
	switch {
	case watch.IsExercise(event):
		r.Exercises = once(r.Exercises, clean(fmt.Sprintf("%s %s", watch.Text(event, "time"), kind)))
	case source == watch.DrillSource:
		id := watch.Text(event, "detail.eventID")
		if id == "" {
			id = watch.Text(event, "id")
		}
		drills[id+kind+watch.Text(event, "region")] = true
	}
}

// unalerted adds the calls in the hub account that a rule matches and that no ledger has: an alert was lost.
func (b *builder) unalerted(r *Report) {
	for _, ledger := range b.Outcome.Ledgers {
		if ledger.Failure != "" {
			return // nobody knows what is in it
		}
	}
	recognizer := watch.NewRecognizer(plan.ScopeOf(b.Config))
	for _, c := range b.calls {
		line := b.line(c)
		late := c.Time.After(b.Now.Add(-events.Late))
		if len(line.Ledgers) > 0 || c.Account != b.Config.Hub.Account || !slices.Contains(b.Config.Regions, c.Region) || late {
			continue
		}
		found, err := show.Events(c.Raw)
		if err == nil && len(found) == 1 && len(recognizer.Matching(found[0])) > 0 {
			r.OnlyHistory = append(r.OnlyHistory, line)
		}
	}
}
