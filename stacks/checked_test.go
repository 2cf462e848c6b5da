package stacks

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTemplatesOfTheCheckAreReviewed keeps the templates below operate/check/testdata equal to what the app makes of the
// files there, one folder for each environment. The tests of the check, which may not import the CDK, make their AWS of
// these templates. After a change on purpose: go test ./stacks -run Reviewed -update, and review the difference.
func TestTemplatesOfTheCheckAreReviewed(t *testing.T) {
	const testdata = "../operate/check/testdata/"
	for file, only := range map[string][]string{
		"sample":   nil, // all stacks
		"accounts": {"BreakGlass-Observed-us-east-1-1"},
		"units":    {"BreakGlass-StackSet-ou-ab12-11111111", "BreakGlass-StackSet-ou-ab12-22222222"},
	} {
		base, known := testdata+"templates/"+file, map[string]bool{}
		for stack, one := range synth(t, testdata+file+".yaml") {
			if only != nil && !slices.Contains(only, stack) {
				continue
			}
			folder := filepath.Join(base, strings.TrimPrefix(one.manifest.Environment, "aws://"))
			t.Run(file+"/"+stack, func(t *testing.T) { golden(t, filepath.Join("..", "..", folder, stack), one) })
			known[filepath.Join(folder, stack+".yaml")] = true
		}
		kept, err := filepath.Glob(base + "/*/*/*")
		if err != nil || len(kept) == 0 {
			t.Fatalf("no templates below %s: %v", base, err)
		}
		for _, file := range kept {
			if !known[file] {
				t.Errorf("%s is a template of no stack: delete it", file)
			}
		}
	}
}
