package plan

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

// TestAUnitThatDoesNotFit: policies stay below IAM's limits long before; with tags on each stack set, they can be too much.
func TestAUnitThatDoesNotFit(t *testing.T) {
	file := func(tags, actions int) string {
		var b strings.Builder
		b.WriteString(opening + "regions: [us-east-1, eu-west-1]\nstackSets: {retainOnAccountRemoval: true}\n")
		b.WriteString("observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\ntags:\n  a: b\n")
		for i := range tags {
			fmt.Fprintf(&b, "  \"%s%02d\": %s\n", strings.Repeat("k", 126), i, strings.Repeat("v", 256))
		}
		b.WriteString("targets:\n  - organizationalUnit: ou-ab12-11111111\n    inlinePolicy: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Resource: \"*\", Action: [\"iam:GetUser\"")
		for i := range actions {
			fmt.Fprintf(&b, ", \"s3:G%03d\"", i)
		}
		return b.String() + "]}]}\n"
	}
	if p, err := New(parsed(t, file(0, 900))); err != nil {
		t.Error(err)
	} else if n := p.UnitSize(p.Config.Units[0]).All; n < 10_240 || n > MaxTemplate {
		t.Errorf("its template is reckoned at %d bytes", n)
	}
	_, err := New(parsed(t, file(49, 900)))
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatalf("the problems are %v", err)
	}
	text := err.Error()
	for _, want := range []string{
		"breakglass.yaml:58: targets: the template of a unit's stack has about ", "CloudFormation allows 51200", `"ou-ab12-11111111"`, "The inline policy takes 1",
		"the tags 3",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the problem is %q, want %q in it", text, want)
		}
	}
}

// What a unit's template is reckoned at grows with each thing that it carries.
func TestWhatTheTemplateOfAUnitCarries(t *testing.T) {
	size := func(more, unit string) UnitSize {
		p := Of(parsed(t, opening+"stackSets: {retainOnAccountRemoval: true}\n"+more+"targets: [{organizationalUnit: ou-ab12-11111111"+unit+"}]\n"))
		return p.UnitSize(p.Config.Units[0])
	}
	plain := size("", "")
	if plain.Tags != 0 || plain.Inline != 0 || plain.Observers != 0 || plain.Users == 0 || plain.Policies == 0 {
		t.Errorf("%+v", plain)
	}
	for name, c := range map[string]struct {
		is   UnitSize
		part func(UnitSize) int
	}{
		"a tag":      {size("tags: {team: security}\n", ""), func(s UnitSize) int { return s.Tags }},
		"a boundary": {size("", ", permissionsBoundary: Fence"), func(s UnitSize) int { return s.Policies }},
		"a policy":   {size("", ", managedPolicies: [IAMFullAccess, ReadOnlyAccess]"), func(s UnitSize) int { return s.Policies }},
		"an inline policy": {
			size("", `, inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}`), func(s UnitSize) int { return s.Inline },
		},
		"a user":    {size("users: [{name: alice}, {name: bob}]\n", ""), func(s UnitSize) int { return s.Users }},
		"observers": {size("observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n", ""), func(s UnitSize) int { return s.Observers }},
	} {
		grown := c.part(c.is) - c.part(plain)
		if grown < 20 || c.is.All-plain.All < grown {
			t.Errorf("%s: it grows by %d, and the whole by %d: %+v", name, grown, c.is.All-plain.All, c.is)
		}
	}
	if got, want := size("tags: {team: security}\n", "").Tags, len("Tags:\n  - Key: team\n    Value: security\n"); got != want {
		t.Errorf("a tag takes %d bytes, want %d", got, want)
	}
	// Observed in other Regions than that of the role, a unit has a second set.
	home, away := size("observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n",
		""), size("observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n", "")
	if away.All-home.All <= away.Observers-home.Observers || away.Observers <= home.Observers {
		t.Errorf("%+v, and with another Region %+v", home, away)
	}
}
