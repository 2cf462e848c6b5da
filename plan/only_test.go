package plan

import (
	"slices"
	"strings"
	"testing"
)

const onlyFile = `version: 1
hub: {account: "111111111111", standby: us-west-2}
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}, {account: "333333333333"}]
`

func made(t *testing.T, p Plan, glob string) []string {
	t.Helper()
	some, err := p.Only(glob)
	if err != nil {
		t.Fatal(err)
	}
	var stacks []string
	for _, at := range some.Placements {
		if some.Makes(at) {
			stacks = append(stacks, at.Stack)
		}
	}
	return stacks
}

func TestOnlyMakesWhatIsNamedAndWhatThatComesAfter(t *testing.T) {
	plain := of(t, onlyFile)
	observed := of(t, onlyFile+"observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n")
	for _, c := range []struct {
		plan Plan
		glob string
		want []string
	}{
		{plain, "BreakGlass-Role-222222222222", []string{"BreakGlass-Role-222222222222"}},
		{plain, "BreakGlass-Role-*", []string{"BreakGlass-Role-222222222222", "BreakGlass-Role-333333333333"}},
		{
			plain, "BreakGlass-Forwarder-eu-west-1",
			[]string{"BreakGlass-Composer-us-east-1", "BreakGlass-Composer-us-west-2", "BreakGlass-Hub", "BreakGlass-Standby", "BreakGlass-Forwarder-eu-west-1"},
		},
		{observed, "BreakGlass-Role-222222222222", []string{
			"BreakGlass-Composer-us-east-1", "BreakGlass-Composer-us-west-2", "BreakGlass-Hub", "BreakGlass-Standby", "BreakGlass-Observed-us-east-1-1",
			"BreakGlass-Observed-us-west-2-1", "BreakGlass-Role-222222222222",
		}},
	} {
		if got := made(t, c.plan, c.glob); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.glob, got, c.want)
		}
	}
	if got := made(t, plain, "*"); len(got) != len(plain.Placements) {
		t.Errorf("* makes %d of %d stacks", len(got), len(plain.Placements))
	}
	for _, at := range plain.Placements {
		if !plain.Makes(at) {
			t.Errorf("the whole plan leaves out %s", at.Stack)
		}
	}
}

func TestOnlyLeavesAPipelineItsStages(t *testing.T) {
	p := of(t, onlyFile+"deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}\n")
	if got := made(t, p, "BreakGlass-Pipeline"); len(got) != len(p.Placements) {
		t.Errorf("the pipeline is made with %d of %d stacks", len(got), len(p.Placements))
	}
	if got := made(t, p, "BreakGlass-Role-222222222222"); !slices.Equal(got, []string{"BreakGlass-Role-222222222222"}) {
		t.Errorf("a role is made with %q", got)
	}
}

func TestOnlyRefusesWhatItCannotFind(t *testing.T) {
	p := of(t, onlyFile)
	for glob, want := range map[string]string{
		"BreakGlass-Role-999999999999": `no stack matches only "BreakGlass-Role-999999999999"`,
		"BreakGlass-[":                 "invalid pattern",
		"":                             `no stack matches only ""`,
	} {
		if _, err := p.Only(glob); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", glob, err)
		}
	}
	some, err := p.Only("BreakGlass-Hub")
	if err != nil || len(some.Notes) != len(p.Notes)+1 || !strings.Contains(some.Notes[len(p.Notes)], "2 of ") {
		t.Errorf("it does not say that it leaves stacks out: %q, %v", some.Notes, err)
	}
}
