package draft

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"example.com/breakglass/config"
)

const rest = "hub: {account: \"111111111111\"}\nalerts: {email: [security-team@example.com]} # alert addresses\n"

// TestRegions: testdata/regions.txtar has files before and after, and the Regions that are wanted.
func TestRegions(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/regions.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		files[f.Name] = string(f.Data)
	}
	for name, before := range files {
		name, ok := strings.CutSuffix(name, "/before")
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			wanted := strings.Fields(files[name+"/wanted"])
			for _, ends := range []struct{ name, begin, end string }{{"lf", "", "\n"}, {"crlf and bom", "\ufeff", "\r\n"}} {
				asWritten := func(text string) string {
					return ends.begin + strings.ReplaceAll(text, "\n", ends.end)
				}
				got, err := Regions("breakglass.yaml", []byte(asWritten(before)), wanted)
				if refusal := files[name+"/refused"]; refusal != "" {
					if err == nil || err.Error() != strings.TrimSpace(refusal) {
						t.Errorf("%s: got %v, want %s", ends.name, err, refusal)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", ends.name, err)
				}
				if diff := cmp.Diff(asWritten(files[name+"/after"]), string(got)); diff != "" {
					t.Errorf("%s: %s", ends.name, diff)
				}
				again, err := Regions("breakglass.yaml", got, wanted)
				if err != nil || string(again) != string(got) {
					t.Errorf("%s: a second time it differs: %v", ends.name, err)
				}
			}
		})
	}
}

// TestRegionsOfAnyFile changes made-up files to made-up Regions: the result means what is wanted (Regions itself makes sure of
// that), and no comment is lost.
func TestRegionsOfAnyFile(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var all []string
	for _, r := range config.AllRegions() {
		all = append(all, r.Code)
	}
	some := func() []string {
		list := []string{"us-east-1"}
		for _, code := range all {
			if code != "us-east-1" && dice.IntN(3) == 0 {
				list = append(list, code)
			}
		}
		return list
	}
	for range 200 {
		list := some()
		if dice.IntN(2) == 0 {
			slices.Sort(list)
		}
		before, comments := listFile(dice, list)
		wanted := slices.Sorted(slices.Values(some()))
		after, err := Regions("breakglass.yaml", []byte(before), wanted)
		if err != nil {
			t.Fatalf("%v\n%s", err, before)
		}
		for _, comment := range comments {
			if !strings.Contains(string(after), comment) {
				t.Errorf("%q is lost; before\n%s\nafter\n%s", comment, before, after)
			}
		}
		if again, err := Regions("breakglass.yaml", after, wanted); err != nil || string(again) != string(after) {
			t.Fatalf("a second time it differs: %v", err)
		}
	}
}

// listFile returns a file with this list, in one of the ways to write it.
func listFile(dice *rand.Rand, list []string) (text string, comments []string) {
	end := rest
	if dice.IntN(4) == 0 {
		end = "# no end of line"
	}
	begin := "version: 1\n"
	if end != rest {
		begin = rest + begin
	}
	switch dice.IntN(4) {
	case 0:
		return begin + "regions: all # every one\n" + end, []string{"# every one"}
	case 1:
		return begin + "regions: [" + strings.Join(list, ", ") + "] # a list\n" + end, []string{"# a list"}
	case 2:
		return begin + end, nil
	}
	indent := strings.Repeat(" ", dice.IntN(3))
	text = begin + "regions: # which\n"
	comments = []string{"# which"}
	for _, code := range list {
		text += indent + "- " + code
		if dice.IntN(4) == 0 {
			comments = append(comments, "# about "+code)
			text += "  # about " + code
		}
		text += "\n"
	}
	return text + end, comments
}

func TestAFileThatIsGoneIsNotWritten(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "project")
	path := filepath.Join(folder, "breakglass.yaml")
	if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(path, []byte(text(t, few())), 0o600)); err != nil {
		t.Fatal(err)
	}
	u, err := NewUpdate(path, []string{"us-east-1", "us-west-2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if c, err := u.Write(); err == nil || c != nil {
		t.Errorf("%v, %v", c, err)
	}
}

func TestAFileThatDoesNotHoldIsNotTouched(t *testing.T) {
	if _, err := Regions("breakglass.yaml", []byte("version: 2\n"), []string{"us-east-1"}); err == nil {
		t.Error("it was")
	}
}

// TestNothingButTheRegionsChanges: whatever a file looks like, a result that would change something else is not written.
func TestNothingButTheRegionsChanges(t *testing.T) {
	const file = "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\nregions: [us-east-1, eu-west-1]\n"
	before, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	for changed, want := range map[string]string{
		"":                          "",
		"trail: create\n":           "the result would differ in trail",
		"users: [{name: Ada}]\n":    "the result would differ in users",
		"targets: [{account: x}]\n": "account",
	} {
		err := same("breakglass.yaml", before, []byte(file+changed), before.Regions)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", changed, err)
		}
	}
	if err := same("breakglass.yaml", before, []byte(file), []string{"us-east-1"}); err == nil || err.Error() != "the result would watch eu-west-1, us-east-1" {
		t.Error(err)
	}
}
