package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"example.com/breakglass/internal/reviewed"
)

const base = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
`

// badFiles calls visit for each pair of a bad file and its messages in the archives of testdata.
func badFiles(t testing.TB, visit func(archive *txtar.Archive, i int, name, text string)) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives in testdata", err)
	}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(archive.Files); i += 2 {
			name, text := archive.Files[i].Name, string(archive.Files[i].Data)
			if strings.HasSuffix(name, ".more") {
				text = base + text
			}
			name = strings.TrimSuffix(filepath.Base(path), ".txtar") + "/" + strings.TrimSuffix(name, filepath.Ext(name))
			visit(archive, i+1, name, text)
		}
		if reviewed.Updating() {
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	badFiles(t, func(archive *txtar.Archive, i int, name, text string) {
		_, err := Parse("breakglass.yaml", []byte(text))
		var problems Problems
		if !errors.As(err, &problems) {
			t.Errorf("%s: no problem found in\n%s", name, text)
			return
		}
		if !slices.IsSortedFunc(problems, func(a, b Problem) int { return a.Line - b.Line }) {
			t.Errorf("%s: the problems are not in the order of the lines", name)
		}
		for _, p := range problems {
			if first, end := p.Fix[0], p.Fix[len(p.Fix)-1]; first < 'A' || first > 'Z' || end != '.' && end != '?' && !strings.HasSuffix(p.Fix, "…") {
				t.Errorf("%s: the fix is no sentence: %s", name, p.Fix)
			}
		}
		got := err.Error() + "\n"
		if reviewed.Updating() {
			archive.Files[i].Data = []byte(got)
		}
		if want := string(archive.Files[i].Data); got != want {
			t.Errorf("%s: got\n%swant\n%s", name, got, want)
		}
	})
}

func TestProblemsInBytes(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"UTF-8":   {base + "tags: {a: x\xff}\n", "breakglass.yaml:4: invalid UTF-8. Save the file as UTF-8."},
		"UTF-16":  {"\xff\xfev\x00", "breakglass.yaml:1: UTF-16 or UTF-32. Save the file as UTF-8."},
		"no mark": {"v\x00e\x00", "breakglass.yaml:1: UTF-16 or UTF-32. Save the file as UTF-8."},
		"each line": {base + "# \x00a\x07\x07\n# \xff\ntags: {a: x\x7f}\nbogus: 1\n", `breakglass.yaml:4: invisible characters U+0000 and U+0007; "\x00\a\a". Remove them.
breakglass.yaml:5: invalid UTF-8. Save the file as UTF-8.
breakglass.yaml:6: invisible character U+007F; "\x7f". Remove it.
breakglass.yaml:7: bogus: unknown key. Write version, hub, regions, unwatched, alerts, users, credentials, userAccess, role, targets, stackSets, observers, monitoring, ledger, trail, userNotifications, chat, card, deploy, pipeline, terminationProtection or tags.`},
		"control":  {base + "tags: {a: x\x00}\n", `breakglass.yaml:4: invisible character U+0000; "\x00". Remove it.`},
		"line end": {"version: 1\rhub:", `breakglass.yaml:1: line end CR, without LF; "\r". Save the file with line ends LF or CRLF.`},
		"comment":  {base + "# x\u202ey\n", `breakglass.yaml:4: invisible character U+202E, which reorders the line; "\u202e". Remove it.`},
		"long": {
			base + strings.Repeat("# a line\n", 600) + "tags:\n  a: b\n\tb: c\n",
			"breakglass.yaml:606: tab in the indentation, which YAML does not allow. Indent with spaces.",
		},
		"separator": {base + "tags: {a: x\u2028}\n", `breakglass.yaml:4: invisible character U+2028; "\u2028". Remove it.`},
	} {
		if _, err := Parse("breakglass.yaml", []byte(test.text)); err == nil || err.Error() != test.want {
			t.Errorf("%s: got\n%v\nwant\n%s", name, err, test.want)
		}
	}
}

// Values from which nothing sensible can be read must neither hang nor overflow the stack.
func TestHostileFiles(t *testing.T) {
	for _, part := range []string{
		"[", "{a: ", "- ", "? ", "a: ", "a:\n", "&a [", "*a, ", "!!x ", "\"", "'", "|\n", "#", "k: [", "\n", "[]\n", "%a\n", "---\n", "&a [*a,",
	} {
		text := strings.Repeat(part, MaxFileSize/16/len(part))
		for _, file := range []string{text, base + "tags: " + text} {
			if _, err := Parse("breakglass.yaml", []byte(file)); err == nil {
				t.Errorf("%q repeated is accepted", part)
			}
		}
	}
	nested := base + "tags:\n"
	for i := range 1000 {
		nested += strings.Repeat(" ", i+1) + "a:\n"
	}
	if _, err := Parse("breakglass.yaml", []byte(nested)); err == nil {
		t.Error("1000 levels are accepted")
	}
}
