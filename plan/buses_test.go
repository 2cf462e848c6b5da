package plan

import (
	"strings"
	"testing"
)

// TestABusHasRoomForItsWildcards: 30 of a bus's rules may have a wildcard in their pattern, and no more (EventBridge quotas).
func TestABusHasRoomForItsWildcards(t *testing.T) {
	p, wild := Of(parsed(t, fullBus)), map[string]int{}
	for _, at := range p.Placements {
		for _, r := range p.Rules(at, refs) {
			if strings.Contains(compact(t, r.Pattern), `"wildcard"`) {
				wild[at.Account+" "+at.Region]++
			}
		}
	}
	for bus, n := range wild {
		if n > 30 {
			t.Errorf("%d rules with a wildcard are on the bus of %s", n, bus)
		}
	}
	if n := wild["111111111111 eu-south-1"]; n < 5 {
		t.Errorf("the test sees %d in the hub", n)
	}
}
