package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

func TestMakeTargetsExist(t *testing.T) {
	makefile := read(t, "../Makefile")
	target := regexp.MustCompile("(?m)(?:^|`|&& )make ([a-z]+)")
	for _, file := range documents(t) {
		for _, m := range target.FindAllStringSubmatch(read(t, file), -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
				t.Errorf("%s: the Makefile has no %s", file, m[1])
			}
		}
	}
	if first := target.FindAllStringSubmatch(read(t, readme), 2); len(first) < 2 || first[0][1] != "demo" || first[1][1] != "test" {
		t.Errorf("the first two commands are %q", first)
	}
}

// TestEveryLocalAWSTestRuns: each package with tests on a local AWS is in one of the Makefile's lists.
func TestEveryLocalAWSTestRuns(t *testing.T) {
	lists := regexp.MustCompile(`(?m)^live(?:_too)? = (.*)$`).FindAllStringSubmatch(read(t, "../Makefile"), -1)
	var listed []string
	for _, list := range lists {
		listed = append(listed, strings.Fields(list[1])...)
	}
	found := 0
	for _, pattern := range []string{"/*/*_test.go", "/*/*/*_test.go"} {
		for _, file := range glob(t, root+pattern) {
			if !strings.HasPrefix(read(t, file), "//go:build emulator\n") {
				continue
			}
			found++
			if name := "." + strings.TrimPrefix(filepath.ToSlash(filepath.Dir(file)), root); !slices.Contains(listed, name) {
				t.Errorf("%s runs in no target of the Makefile", name)
			}
		}
	}
	if found < 15 {
		t.Errorf("only %d files found", found)
	}
}

// TestNoCommentBehindACommand: pasted into zsh, which macOS has, a comment at the end of a line is an argument.
func TestNoCommentBehindACommand(t *testing.T) {
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile(`(?m)^ *(?:aws|npx|(?:bin/)?breakglass) .* # .*$`).FindAllString(read(t, file), -1) {
			t.Errorf("%s: %s", file, m)
		}
	}
}

// TestPathsExist: every file, folder and Go package that a document names between backquotes, or in go test and go run, is there.
func TestPathsExist(t *testing.T) {
	var tops []string
	for _, entry := range glob(t, root+"/[a-z]*") {
		tops = append(tops, regexp.QuoteMeta(strings.TrimPrefix(entry, root+"/")))
	}
	path := regexp.MustCompile("`((?:" + strings.Join(tops, "|") + ")/[a-zA-Z0-9_./-]*)`|go (?:test|run) [^`\n]*?\\./([a-z/]+)")
	found := 0
	for _, file := range documents(t) {
		for _, m := range path.FindAllStringSubmatch(read(t, file), -1) {
			found++
			if _, err := os.Stat(root + "/" + m[1] + m[2]); err != nil {
				t.Errorf("%s: no %s", file, m[1]+m[2])
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d paths found: does the expression still find them?", found)
	}
}

// TestTheGoVersionIsThatOfTheModule compares the version that the documents ask for with go.mod.
func TestTheGoVersionIsThatOfTheModule(t *testing.T) {
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindStringSubmatch(read(t, "../go.mod"))[1]
	asked := 0
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile(`Go (\d+\.\d+)\s+or\s+newer`).FindAllStringSubmatch(read(t, file), -1) {
			if asked++; m[1] != version {
				t.Errorf("%s asks for Go %s, go.mod for %s", file, m[1], version)
			}
		}
	}
	if asked < 3 {
		t.Errorf("only %d documents say which Go they need", asked)
	}
}

var (
	// invocation is a call of the CLI on a line of its own or between backquotes, up to where another command begins.
	invocation = regexp.MustCompile("(?m)(?:^ *|`)(?:bin/|go run ./cmd/)?breakglass((?: [^`\n|;&#]+)+)")
	flagName   = regexp.MustCompile(`(?:^|\s)(--[a-z-]+)`)
)

// TestCommandsExist compares each call of the CLI in the documents with docs/cli, which is generated from the commands.
func TestCommandsExist(t *testing.T) {
	calls := 0
	_, ofEvery, _ := strings.Cut(read(t, "cli/breakglass.md"), "## Flags of every command")
	for _, file := range documents(t) {
		for _, m := range invocation.FindAllStringSubmatch(read(t, file), -1) {
			words := strings.Fields(m[1])
			if !regexp.MustCompile(`^[a-z]+$`).MatchString(words[0]) {
				continue // a flag of every command, or a sentence
			}
			calls++
			page, depth := "cli/breakglass", 0
			for _, word := range words {
				if _, err := os.Stat(page + "_" + word + ".md"); err != nil {
					break
				}
				page, depth = page+"_"+word, depth+1
			}
			if depth == 0 {
				t.Errorf("%s: no command is called %q", file, strings.TrimSpace(m[0]))
				continue
			}
			for _, f := range flagName.FindAllStringSubmatch(m[1], -1) {
				if flags := read(t, page+".md") + ofEvery; f[1] != "--help" && !strings.Contains(flags, "`"+f[1]) {
					t.Errorf("%s: %s has no flag %s", file, page, f[1])
				}
			}
		}
	}
	if calls < 40 {
		t.Errorf("only %d calls found: does the expression still find them?", calls)
	}
}

// elsewhere are flags of other programs that the documents name without a command.
var elsewhere = []string{
	"--authenticate-on-unsubscribe", "--concurrency", "--force", "--trust", // in a command of the same page, too
	"--import-existing-resources", "--password-reset-required", "--revert-drift", "--stack-name",
}

// TestFlagsExist: a flag that stands alone between backquotes is one of some command.
func TestFlagsExist(t *testing.T) {
	var pages strings.Builder
	for _, page := range glob(t, "cli/*.md") {
		pages.WriteString(read(t, page))
	}
	for _, file := range documents(t) {
		for _, m := range regexp.MustCompile("`(--[a-z-]+)").FindAllStringSubmatch(read(t, file), -1) {
			if !slices.Contains(elsewhere, m[1]) && !strings.Contains(pages.String(), "`"+m[1]) && m[1] != "--help" {
				t.Errorf("%s: no command has the flag %s", file, m[1])
			}
		}
	}
}

// TestStacksInCommandsExist: every stack that a document names is one that a plan may have.
func TestStacksInCommandsExist(t *testing.T) {
	c, err := config.Parse("readme.yaml", []byte("version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nregions: all\n"+
		"alerts: {email: [security-team@example.com]}\ntrail: create\nuserNotifications: {email: [a@example.com]}\nchat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\ntargets: [{account: \"111111111111\"}, {account: \"222222222222\"}, {account: \"333333333333\"}, {organizationalUnit: ou-ab12-11111111}]\n"+
		"stackSets: {retainOnAccountRemoval: true}\nobservers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n"+
		"deploy: {access: bootstrap}\npipeline: {source: {s3: {bucket: breakglass-source, key: breakglass.zip}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	known := []string{names.LinksStack + "1"}
	for _, u := range c.Units { // the stack sets of its stack
		known = append(known, names.RoleStack+u.ID(), names.ObserverStack+u.ID())
	}
	for _, p := range plan.Of(c).Placements {
		known = append(known, p.Stack)
	}
	for _, file := range documents(t) {
		for _, name := range regexp.MustCompile(`BreakGlass-[A-Z][A-Za-z]+(-Artifacts)?(-[a-z0-9-]*[a-z0-9])?`).FindAllString(read(t, file), -1) {
			if !slices.ContainsFunc(known, func(k string) bool { return k == name || strings.HasPrefix(k, name+"-") }) {
				t.Errorf("%s: no stack is called %s", file, name)
			}
		}
	}
}
