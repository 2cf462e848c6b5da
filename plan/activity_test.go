package plan

import (
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// TestActivityIsOffByDefault, and with it, one more rule in each observed Region and in each hub, and wider sources.
func TestActivityIsOffByDefault(t *testing.T) {
	for setting, want := range map[string]struct{ inTargets, inHubs int }{"": {0, 0}, ", activity: false": {0, 0}, ", activity: true": {4, 2}} {
		p := Of(parsed(t, "version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nalerts: {email: [a@example.com]}\nregions: [us-east-1, us-west-2]\n"+
			"targets: [{account: \"222222222222\"}, {account: \"333333333333\"}]\nobservers: {regions: [us-east-1, eu-west-1]"+setting+"}\n"))
		inTargets, inHubs := 0, 0
		for _, at := range p.Placements {
			for _, rule := range p.Rules(at, Refs{}) {
				switch strings.TrimSuffix(rule.Name, names.StandbySuffix) {
				case names.Observe + watch.ActivityRule:
					inTargets++
				case names.Record + watch.ActivityRule:
					inHubs++
					if len(rule.Targets) != 1 || rule.Targets[0].ID != LedgerTarget {
						t.Errorf("%s: targets %v", rule.Name, rule.Targets)
					}
				}
			}
		}
		if inTargets != want.inTargets || inHubs != want.inHubs {
			t.Errorf("%q: %d rules in the accounts and %d in the hubs, want %+v", setting, inTargets, inHubs, want)
		}
		on := want.inHubs > 0
		if sources := strings.Join(TargetSources(p.Config), " "); sources != map[bool]string{false: "aws.cloudformation aws.iam aws.signin", true: "aws.*"}[on] {
			t.Errorf("%q: sources %s", setting, sources)
		}
		said := false
		for _, note := range p.Notes {
			said = said || strings.HasPrefix(note, "observers.activity: what sessions of BreakGlassRole do")
		}
		if said != on {
			t.Errorf("%q: a note: %v", setting, said)
		}
	}
}
