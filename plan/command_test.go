package plan

import (
	"strings"
	"testing"

	"example.com/breakglass/config"
)

func TestCommandsSelectTheirStacks(t *testing.T) {
	read := func(more string) Plan {
		c, err := config.Parse("f.yaml",
			[]byte("version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1, eu-west-1, eu-west-2]\nalerts: {email: [a@example.com]}\n"+more))
		if err != nil {
			t.Fatal(err)
		}
		return Of(c)
	}
	p, staged := read(""), read("deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: source-bucket, key: source.zip}}}\n")
	const two = "BreakGlass-Forwarder-eu-west-1,BreakGlass-Hub"
	for want, got := range map[string]string{
		"breakglass deploy --only " + two:                                     p.DeployCommand("BreakGlass-Hub", "BreakGlass-Forwarder-eu-west-1", "BreakGlass-Hub"),
		"breakglass deploy --revert-drift --only BreakGlass-Hub":              p.RestoreCommand("BreakGlass-Hub"),
		"breakglass deploy --all-stages --only " + two:                        staged.DeployCommand("Hub/BreakGlass-Hub", "BreakGlass-Forwarder-eu-west-1"),
		"breakglass deploy --revert-drift --all-stages --only BreakGlass-Hub": staged.RestoreCommand("BreakGlass-Hub"),
		"breakglass deploy --revert-drift --only BreakGlass-Pipeline":         staged.RestoreCommand("BreakGlass-Pipeline"),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// What such a command selects is what it names.
	some, err := p.Only("BreakGlass-Forwarder-eu-*, BreakGlass-Forwarder-us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	made := ""
	for _, at := range some.Placements {
		if some.Makes(at) && strings.HasPrefix(at.Stack, "BreakGlass-Forwarder") {
			made += at.Stack + " "
		}
	}
	if !strings.Contains(made, "eu-west-1") || !strings.Contains(made, "eu-west-2") {
		t.Errorf("made are %s", made)
	}
	for _, wrong := range []string{"BreakGlass-Hub,[", "BreakGlass-Nothing,"} {
		if _, err := p.Only(wrong); err == nil {
			t.Errorf("%s selects something", wrong)
		}
	}
}
