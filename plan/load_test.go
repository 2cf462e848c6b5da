package plan

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"example.com/breakglass/config"
)

// loaded returns what Load says of a file.
func loaded(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "breakglass.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(file)
	if err == nil {
		return ""
	}
	return strings.ReplaceAll(err.Error(), filepath.Dir(file)+string(filepath.Separator), "")
}

// TestLimitsAreReportedTogetherWithOtherProblems, in the order of the lines; a section with a problem counts as its default.
func TestLimitsAreReportedTogetherWithOtherProblems(t *testing.T) {
	var users, few strings.Builder
	for i := range 40 {
		fmt.Fprintf(&users, "  - {name: %s%02d}\n", strings.Repeat("u", 50), i)
	}
	fmt.Fprintf(&few, "  - {name: Ada}\n")
	const tooMany = "breakglass.yaml:4: users: 40 users are too many"
	for _, c := range []struct {
		file string
		want []string
	}{
		{"version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [security]}\nusers:\n" + users.String(), []string{":3: alerts.email[0]: ", tooMany}},
		{
			"version: 1\nhub: {account: 111111111111}\nalerts: {email: [a@example.com]}\nusers:\n" + users.String() + "tags: x\n",
			[]string{":2: hub.account: ", tooMany, ":45: tags: "},
		},
		{
			"version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\nusers:\n" + users.String() + "  - {}\n",
			[]string{":45: users[40].name: missing"},
		},
		{"version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [security]}\nusers:\n" + few.String(), []string{":3: alerts.email[0]: "}},
	} {
		lines := strings.Split(loaded(t, c.file), "\n")
		if len(lines) != len(c.want) {
			t.Errorf("got %q, want %q", lines, c.want)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(lines[i], want) {
				t.Errorf("line %d is %q, want %q", i, lines[i], want)
			}
		}
	}
}

// TestTheSoundSectionsOfABadFileAreWithinTheLimits: whatever is wrong with a file, what is left of it can be planned, and no limit
// is exceeded for lack of the rest.
func TestTheSoundSectionsOfABadFileAreWithinTheLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing runs side by side here")
	}
	archives, err := filepath.Glob("../config/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no archives", err)
	}
	files := 0
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			text := string(f.Data)
			switch filepath.Ext(f.Name) {
			case ".more":
				text = head + text
			case ".yaml":
			default:
				continue
			}
			files++
			_, err := config.Parse("breakglass.yaml", []byte(text))
			var problems config.Problems
			if !errors.As(err, &problems) {
				t.Errorf("%s: %s is accepted", path, f.Name)
			} else if got := loaded(t, text); got != problems.Error() {
				t.Errorf("%s: %s: got\n%s\nwant\n%s", path, f.Name, got, problems)
			}
		}
	}
	if files < 100 {
		t.Errorf("only %d files", files)
	}
}
