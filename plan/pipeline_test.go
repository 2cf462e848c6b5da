package plan

import (
	"fmt"
	"testing"

	"example.com/breakglass/config"
)

// TestThePipelinesSizeIsCounted compares it with the stacks of the plan.
func TestThePipelinesSizeIsCounted(t *testing.T) {
	for _, targets := range []int{0, 1, 7, 100, 200} {
		text := `version: 1
hub: {account: "111111111111", standby: eu-west-1}
regions: all
trail: create
alerts: {email: [security-team@example.com]}
userNotifications: {email: [security-team@example.com]}
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
deploy: {access: bootstrap}
observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}
pipeline: {approval: true, source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}
targets:
`
		for i := range targets {
			text += fmt.Sprintf("  - {account: \"%012d\"}\n", 200000000000+i)
		}
		if targets == 0 {
			text += "  []\n"
		}
		c, err := config.Parse("breakglass.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		p := Of(c)
		stacks := 0
		for _, at := range p.Placements {
			if at.Stage != "" {
				stacks++
			}
		}
		// Source, templates, update, differences, proof; and an approval of each stage.
		actual := stacks + 5 + len(p.Stages())
		if counted, _ := p.PipelineSize(); counted != actual {
			t.Errorf("%d targets: %d actions are counted, the plan has %d", targets, counted, actual)
		}
	}
}

// TestThePipelineIsWatchedWhereThereIsOne, unless changes to the alerting are not.
func TestThePipelineIsWatchedWhereThereIsOne(t *testing.T) {
	file := "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [security-team@example.com]}\ndeploy: {access: bootstrap}\n"
	const pipeline = "pipeline: {source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}\n"
	for more, want := range map[string]bool{"": false, pipeline: true, pipeline + "monitoring: {tampering: false}\n": false} {
		found := false
		for _, e := range ScopeOf(of(t, file+more).Config).Entries() {
			found = found || e.OfPipeline
		}
		if found != want {
			t.Errorf("with %q the pipeline is watched: %v", more, found)
		}
	}
}
