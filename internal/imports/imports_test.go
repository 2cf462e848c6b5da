// Package imports contains one test: which package may import which, for the whole tree.
package imports

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "example.com/breakglass"
	root   = "../.."
	// cdk means the CDK and its runtime, as one name in the rules: a program that imports it starts slowly and needs Node.js.
	cdk = "the CDK"
)

// rules list what each package may import of this module, and whether it may import the CDK. What is not listed is forbidden;
// patterns are those of path.Match.
var rules = []struct {
	of  string
	may []string
}{
	// From a file to a plan. Each may import what is above it.
	{"names", nil},
	{"place", nil},
	{"watch", []string{"names"}},
	{"access", []string{"names", "place", "watch"}},
	{"access/rights", nil},
	{"compose", []string{"names", "place", "watch"}},
	{"config", []string{"access", "internal/file", "internal/recipient", "names", "place", "watch"}},
	{"plan", []string{"access", "compose", "config", "names", "place", "watch"}},

	// The CDK renders the plan, and reads no file.
	{"constructs", []string{cdk, "access", "access/rights", "compose", "names", "place", "plan", "watch"}},
	{"stacks", []string{cdk, "access", "config", "constructs", "names", "place", "plan", "watch"}},
	{".", []string{cdk, "config", "plan", "stacks"}},

	// The commands: what they do knows no screen and no terminal, and nothing below them knows them.
	{
		"operate/adopt",
		[]string{"config", "internal/account", "internal/fan", "internal/file", "internal/shell", "internal/whole", "names", "operate/deploy", "place", "plan"},
	},
	{
		"operate/check",
		[]string{
			"access", "access/rights", "compose", "config", "internal/account", "internal/credreport", "internal/file", "internal/page", "internal/trail",
			"internal/shell", "internal/whole", "names", "operate/discover", "operate/exercise", "place", "plan", "watch",
		},
	},
	{"operate/compliance", nil},
	{"operate/cost", []string{"plan", "watch"}},
	{
		"operate/credentials",
		[]string{
			"config", "internal/account", "internal/credreport", "internal/file", "internal/page", "internal/qr", "internal/recipient", "internal/shell",
			"internal/whole", "operate/seal", "place", "plan",
		},
	},
	{
		"operate/deploy",
		[]string{
			"access", "config", "internal/account", "internal/cdkcli", "internal/fan", "internal/shell", "internal/whole", "names", "operate/discover", "place", "plan",
		},
	},
	{"operate/destroy", []string{"config", "internal/account", "internal/fan", "internal/shell", "internal/whole", "names", "operate/deploy", "plan"}},
	{"operate/diagram", []string{"config", "names", "plan", "watch"}},
	{"operate/discover", []string{"config", "internal/account", "internal/fan", "internal/shell", "internal/whole"}},
	{"operate/draft", []string{"config", "internal/file", "plan"}},
	{
		"operate/drill",
		[]string{
			"compose", "config", "internal/account", "internal/fan", "internal/file", "internal/shell", "internal/trail", "internal/whole", "names", "plan", "watch",
		},
	},
	{"operate/enter", []string{"access", "config", "internal/account", "internal/shell", "operate/seal", "place", "plan"}},
	{"operate/incident/events", []string{"config", "internal/account", "internal/whole"}},
	{"operate/incident/folder", []string{"internal/file", "internal/shell", "operate/incident/events"}},
	{"operate/incident/chain", []string{"operate/incident/events"}},
	{"operate/incident/gather", []string{"config", "internal/account", "internal/fan", "internal/whole", "names", "operate/incident/*", "place", "watch"}},
	{
		"operate/incident/leftovers",
		[]string{"internal/account", "internal/fan", "internal/page", "internal/shell", "operate/incident/chain", "operate/incident/events"},
	},
	{
		"operate/incident/closing",
		[]string{
			"config", "internal/account", "internal/file", "internal/manifest", "internal/page", "internal/shell", "internal/whole", "operate/drill",
			"operate/incident/*",
		},
	},
	{
		"operate/incident/contain",
		[]string{
			"access", "config", "internal/account", "internal/fan", "internal/page", "internal/whole", "operate/incident/chain", "operate/incident/events", "place",
		},
	},
	{"operate/incident/report", []string{"config", "internal/page", "operate/incident/*", "operate/show", "plan", "watch"}},
	{"operate/exercise", []string{"config", "internal/account", "internal/file", "internal/page", "internal/whole", "names", "place", "plan", "watch"}},
	{"operate/onboard", []string{"config", "internal/account", "internal/shell", "internal/file", "operate/discover", "operate/draft"}},
	{
		"operate/pack",
		[]string{
			"internal/file", "internal/manifest", "internal/page", "names", "operate/compliance", "operate/exercise", "operate/incident/folder", "operate/proof",
			"place", "plan",
		},
	},
	{"operate/paper", []string{"config", "internal/qr", "operate/seal", "place", "plan", "watch"}},
	{
		"operate/proof",
		[]string{
			"config", "internal/account", "internal/fan", "internal/file", "internal/page", "internal/shell", "internal/whole", "names", "operate/incident/closing",
			"operate/incident/folder", "plan", "watch",
		},
	},
	{"operate/seal", []string{"internal/file", "internal/recipient"}},
	{"operate/show", []string{"compose", "names", "plan", "watch"}},
	{"cmd/breakglass", []string{
		"access", "config", "names", "place", "plan", "watch", "operate/*", "operate/incident/*", "internal/account", "internal/ask", "internal/cdkcli",
		"internal/file", "internal/page", "internal/screen", "internal/shell",
	}},
	{"internal/account", []string{"access", "config", "internal/shell", "place"}},
	{"internal/ask", []string{"internal/ask/background"}},
	{"internal/ask/background", nil},
	{"internal/cdkcli", []string{"internal/child"}},
	{"internal/child", nil},
	{"internal/credreport", nil},
	{"internal/fan", nil},
	{"internal/file", nil},
	{"internal/manifest", []string{"internal/page"}},
	{"internal/page", nil},
	{"internal/printed", nil},
	{"internal/qr", nil},
	{"internal/qr/read", nil},
	{"internal/recipient", nil},
	{"internal/reviewed", nil},
	{"internal/screen", nil},
	{"internal/shell", nil},
	{"internal/stub", nil},
	{"internal/trail", nil},
	{"internal/whole", nil},

	// Proof may import everything. Only tests, and the installer of the tools for it, import it.
	{"prove/*", []string{cdk, "*", "*/*", "operate/incident/*", "prove/*/*"}},
	{"prove/bench/results", nil},
	{"prove/*/*", []string{cdk, "*", "*/*", "prove/*/*"}},
	{"internal/setup", []string{"internal/cdkcli", "prove/awscli", "prove/emulator"}},
	{"internal/imports", nil},
	{"internal/policies", []string{"internal/file"}},
	{"internal/regions", []string{"internal/file"}},
	{"docs", nil},
}

// cdkTests lists the packages whose tests may import the CDK: its runtime costs each of them seconds.
var cdkTests = []string{".", "constructs", "stacks", "prove/judge", "prove/verify"}

func TestEveryPackageImportsWhatItMay(t *testing.T) {
	sources, tests := imports(t)
	if len(sources) < 30 || !slices.Contains(sources["stacks"], cdk) || !slices.Contains(sources["operate/onboard"], "operate/draft") {
		t.Fatalf("the tree was not read: %v", sources)
	}
	for _, wrong := range forbidden(sources) {
		t.Error(wrong)
	}
	for _, from := range slices.Sorted(maps.Keys(tests)) {
		if slices.Contains(tests[from], cdk) && !slices.Contains(cdkTests, from) {
			t.Errorf("the tests of %s import %s: only those of %s may", from, cdk, strings.Join(cdkTests, ", "))
		}
	}
}

// forbidden returns the imports that no rule permits, and the packages and rules without each other.
func forbidden(sources map[string][]string) (wrong []string) {
	used := map[string]bool{}
	for _, from := range slices.Sorted(maps.Keys(sources)) {
		i := slices.IndexFunc(rules, func(r struct {
			of  string
			may []string
		}) bool {
			return matches(r.of, from)
		})
		if i < 0 {
			wrong = append(wrong, from+" has no rule; add it to rules")
			continue
		}
		used[rules[i].of] = true
		for _, to := range sources[from] {
			if !slices.ContainsFunc(rules[i].may, func(pattern string) bool { return matches(pattern, to) }) {
				wrong = append(wrong, from+" must not import "+to)
			}
		}
	}
	for _, r := range rules {
		if !used[r.of] {
			wrong = append(wrong, "no package matches the rule of "+r.of)
		}
	}
	return wrong
}

func matches(pattern, name string) bool {
	if name == cdk {
		return pattern == cdk
	}
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// imports returns what each package of the tree imports of this module and of the CDK, under every build tag.
func imports(t *testing.T) (sources, tests map[string][]string) {
	t.Helper()
	sources, tests = map[string][]string{}, map[string][]string{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			name := entry.Name()
			if file != root && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "cdk.out") {
				return filepath.SkipDir
			}
			return nil
		case filepath.Ext(file) != ".go":
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		from, into := filepath.ToSlash(folder), sources
		if strings.HasSuffix(file, "_test.go") {
			into = tests
		}
		if sources[from] == nil {
			sources[from] = []string{} // also a package of tests alone
		}
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if to := short(name); to != "" && !slices.Contains(into[from], to) {
				into[from] = append(into[from], to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sources, tests
}

// short returns an import as the rules have it; empty for the standard library and for other modules.
func short(name string) string {
	if name == module {
		return "."
	}
	if of, ok := strings.CutPrefix(name, module+"/"); ok {
		return of
	}
	for _, part := range []string{"aws-cdk-go", "constructs-go", "jsii-runtime-go", "cdklabs"} {
		if strings.Contains(name, part) {
			return cdk
		}
	}
	return ""
}

// Each of these imports would break the architecture: one at a time, the rules name it.
func TestForbiddenImportsAreNamed(t *testing.T) {
	tree, _ := imports(t)
	for _, mutant := range [][2]string{
		{"config", "plan"}, {"config", cdk}, {"watch", "config"}, {"access", "config"}, {"names", "watch"}, {"plan", "constructs"}, {"plan", cdk},
		{"constructs", "config"}, {"constructs", "stacks"}, {"stacks", "operate/deploy"},
		{"operate/deploy", "internal/screen"}, {"operate/onboard", "internal/ask"}, {"operate/check", "prove/local"}, {"operate/cost", "stacks"},
		{"operate/deploy", "operate/destroy"}, {"operate/cost", "operate/check"}, {"operate/discover", "operate/draft"},
		{"operate/drill", cdk}, {"operate/drill", "cmd/breakglass"}, {"operate/drill", "internal/stub"},
		{"cmd/breakglass", "prove/emulator"}, {"cmd/breakglass", "stacks"}, {"cmd/breakglass", cdk},
		{"internal/screen", "config"}, {"internal/cdkcli", "prove/emulator"}, {"internal/account", "operate/discover"},
		{".", "operate/deploy"}, {"prove/demo", "internal/ask/background"},
	} {
		sources := maps.Clone(tree)
		sources[mutant[0]] = append(slices.Clone(sources[mutant[0]]), mutant[1])
		want := mutant[0] + " must not import " + mutant[1]
		if wrong := forbidden(sources); !slices.Equal(wrong, []string{want}) {
			t.Errorf("the rules name %q, want %q", wrong, want)
		}
	}
	sources := maps.Clone(tree)
	sources["operate/new"] = []string{}
	if wrong := forbidden(sources); len(wrong) != 1 || !strings.HasPrefix(wrong[0], "operate/new has no rule") {
		t.Errorf("of a package without a rule: %q", wrong)
	}
}
