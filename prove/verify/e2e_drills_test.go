//go:build verify

package verify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// drills plays a drill of every alert, and of what is counted, in every Region that watches for it. Each has to be in both
// ledgers once; people get those of the hubs' own Regions, each from that Region's hub.
func (e *e2e) drills(t *testing.T, ctx context.Context) {
	const begins = "e2e-drill-"
	ids, rings := []string{}, map[string]int{}
	for _, region := range e.regions() {
		scope := plan.ScopeOf(e.run.Config)
		if slices.Contains(hubs, region) {
			scope.Key, scope.KeyRegion = e.key(t, ctx, region), region
		}
		var drills []watch.Fields
		for _, entry := range scope.Forwarded(region) {
			suffixes := []string{""}
			for i, a := range entry.Alerts {
				if i > 0 {
					suffixes = append(suffixes, a.Suffix)
				}
				if slices.Contains(hubs, region) {
					rings[region]++
				}
			}
			for _, suffix := range suffixes {
				id := begins + entry.ID + suffix
				drills = append(drills, entry.Drill(scope, suffix, region, id, time.Now()))
				ids = append(ids, region+" "+id)
			}
		}
		if err := e.run.Play(ctx, drills...); err != nil {
			t.Fatal(err)
		}
	}
	sent := map[string]int{}
	for _, m := range e.expect(t, ctx, rings, `"DRILL: `) {
		first, _, _ := strings.Cut(m.Text, "\n")
		id := m.Text[strings.LastIndex(m.Text, begins):]
		if end := strings.IndexAny(id, "\", \n"); end > 0 {
			id = id[:end]
		}
		if sent[m.Region+" "+id]++; sent[m.Region+" "+id] > 1 || !strings.Contains(first, "account 111111111111, "+m.Region) {
			t.Errorf("the hub in %s alerts on a drill of another Region, or twice:\n%s", m.Region, m.Text)
		}
	}
	for _, hub := range hubs {
		var ledger map[string]int
		eventually(t, "every drill is in the ledger in "+hub, func() bool {
			ledger = e.ledger(t, ctx, hub, begins)
			return len(ledger) >= len(ids)
		})
		for _, id := range ids {
			if ledger[id] != 1 {
				t.Errorf("%s is in the ledger in %s %d times", id, hub, ledger[id])
			}
		}
		if len(ledger) > len(ids) {
			t.Errorf("%d drills are in the ledger in %s, want %d", len(ledger), hub, len(ids))
		}
	}
	t.Logf("%d drills of %d kinds in %d Regions", len(ids), len(watch.Catalogue), len(e.regions()))
}
