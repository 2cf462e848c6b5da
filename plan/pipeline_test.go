package plan

import (
	"fmt"
	"slices"
	"strings"
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
			if at.Stage != "" || at.OfPipeline() {
				stacks++
			}
		}
		// Source, templates, differences, proof; and an approval before the hub's stage and each wave.
		actual := stacks + 4 + len(p.Stages())
		if counted, _ := p.PipelineSize(); counted != actual {
			t.Errorf("%d targets: %d actions are counted, the plan has %d", targets, counted, actual)
		}
	}
}

// TestAPipelineThatNobodyApprovesGetsANote; unless the file says otherwise, somebody does.
func TestAPipelineThatNobodyApprovesGetsANote(t *testing.T) {
	for keys, want := range map[string]bool{"": false, "approval: true, ": false, "approval: false, ": true} {
		p := of(t, "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [security-team@example.com]}\ndeploy: {access: bootstrap}\n"+
			"pipeline: {"+keys+"source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}\n")
		says := func(n string) bool { return strings.HasPrefix(n, "pipeline.approval is false") }
		if got := slices.ContainsFunc(p.Notes, says); got != want || p.Config.Pipeline.Approval == want {
			t.Errorf("with %q a note is %v, an approval %v", keys, got, p.Config.Pipeline.Approval)
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
