package plan

import (
	"fmt"
	"strings"
	"testing"
)

func pipelineFile(accounts, waves int, more string) string {
	text := `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
deploy: {access: bootstrap}
` + more + `
pipeline:
  source: {s3: {bucket: breakglass-source, key: breakglass.zip}}
`
	if waves > 0 {
		text += "  waves:\n"
		for i := range waves {
			text += fmt.Sprintf("    - {name: Wave-%d, targets: [\"%012d\"]}\n", i, 200000000000+i)
		}
		if accounts > waves {
			text += "    - {name: Rest}\n"
		}
	}
	text += "targets:\n"
	for i := range accounts {
		text += fmt.Sprintf("  - {account: \"%012d\"}\n", 200000000000+i)
	}
	return text
}

// TestAPipelineThatCodePipelineWouldRefuseIsRefused holds the last size that passes beside the first one that does not.
func TestAPipelineThatCodePipelineWouldRefuseIsRefused(t *testing.T) {
	const observed = "observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}"
	for _, c := range []struct {
		name, file, want string
	}{
		{"accounts that fit", pipelineFile(453, 0, ""), ""},
		{"an account more", pipelineFile(454, 0, ""), "pipeline: 501 actions, one for each stack; CodePipeline allows 500"},
		{"observed, two stacks each", pipelineFile(221, 0, observed), ""},
		{"observed, one more", pipelineFile(222, 0, observed), "501 actions, one for each stack; CodePipeline allows 500"},
		{"waves that fit", pipelineFile(46, 46, ""), ""},
		{"a wave more", pipelineFile(47, 47, ""), "pipeline.waves: 51 stages; CodePipeline allows 50"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := New(parsed(t, c.file))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "organizational units")):
				t.Errorf("the error is %v, want %s", err, c.want)
			}
		})
	}
}
