//go:build verify

package verify

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/compose"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// drillID begins the ID of every drill.
const drillID = "e2e-drill-"

// drills plays a drill of every alert, and of what is counted, in every Region that watches for it. Each has to be in both
// ledgers once; people get those of the hubs' own Regions, each from that Region's hub.
func (e *e2e) drills(t *testing.T, ctx context.Context) {
	ids, rung := []string{}, 0
	// The hubs first: the local AWS takes minutes for the many drills of the others, each of which starts both composers.
	others := slices.DeleteFunc(slices.Clone(e.regions()), func(region string) bool { return slices.Contains(hubs, region) })
	for _, region := range slices.Concat(hubs, others) {
		scope := plan.ScopeOf(e.run.Config)
		if slices.Contains(hubs, region) {
			scope.Key, scope.KeyRegion = e.key(t, ctx, region), region
		}
		var rings, silent []watch.Fields
		subjects := map[string]string{}
		for _, entry := range scope.Forwarded(region) {
			for _, suffix := range entry.Suffixes() {
				id := drillID + entry.ID + suffix
				drill := entry.Drill(scope, suffix, region, id, time.Now())
				ids = append(ids, region+" "+id)
				if slices.Contains(hubs, region) && len(entry.Messages) > 0 {
					rings = append(rings, drill)
					subjects[id] = e.composed(t, region, entry.ID, drill).Subject
				} else {
					silent = append(silent, drill)
				}
			}
		}
		if len(silent) > 0 {
			if err := e.run.Play(ctx, silent...); err != nil {
				t.Fatal(err)
			}
		}
		for some := range slices.Chunk(rings, compose.Burst) {
			e.breathe(t, ctx)
			if err := e.run.Play(ctx, some...); err != nil {
				t.Fatal(err)
			}
			rung += len(some)
			sent := map[string]bool{}
			for _, m := range e.expect(t, ctx, map[string]int{region: len(some)}, "DRILL: BREAK GLASS: ") {
				if sent[m.EventID] || !strings.Contains(m.Subject, ", "+region) {
					t.Errorf("the hub in %s alerts on a drill of another Region, or twice: %s\n%s", m.Region, m.Subject, m.Text)
				}
				if m.Subject != subjects[m.EventID] {
					t.Errorf("the drill %s has the subject %q, want %q", m.EventID, m.Subject, subjects[m.EventID])
				}
				sent[m.EventID] = true
			}
		}
	}
	if more := e.collect(t, ctx, 1, quiet); len(more) > 0 {
		t.Errorf("and one more: %v", more)
	}
	for _, hub := range hubs {
		var ledger map[string]int
		eventually(t, "every drill is in the ledger in "+hub, func() bool {
			ledger = e.ledger(t, ctx, hub, drillID)
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
	t.Logf("%d drills, %d of them to people, of %d kinds in %d Regions", len(ids), rung, len(watch.Catalogue), len(e.regions()))
}
