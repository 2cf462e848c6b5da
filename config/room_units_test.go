package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestAUnitThatDoesNotFit: policies stay below IAM's limits long before; with tags on each stack set, they can be too much.
func TestAUnitThatDoesNotFit(t *testing.T) {
	file := func(tags, actions int) string {
		var b strings.Builder
		b.WriteString(base + "regions: [us-east-1, eu-west-1]\nstackSets: {retainOnAccountRemoval: true}\n")
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
	if c, err := Parse("breakglass.yaml", []byte(file(0, 900))); err != nil {
		t.Error(err)
	} else if n := c.UnitSize(c.Units[0]); n < 10_240 || n > MaxTemplate {
		t.Errorf("its template is reckoned at %d bytes", n)
	}
	_, err := Parse("breakglass.yaml", []byte(file(49, 900)))
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 1 {
		t.Fatalf("the problems are %v", err)
	}
	text := err.Error()
	for _, want := range []string{"a unit whose stack has a template of about ", "CloudFormation allows 51200", `"ou-ab12-11111111"`, "its inline policy takes 1", "the tags 4"} {
		if !strings.Contains(text, want) {
			t.Errorf("the problem is %q, want %q in it", text, want)
		}
	}
}
