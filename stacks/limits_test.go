package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// TestTheHubFitsWhateverTheFile compares the sizes that the plan counts with the templates: a file that passes has to fit, or
// a deployment would fail although the file was accepted.
func TestTheHubFitsWhateverTheFile(t *testing.T) {
	for _, f := range []struct {
		name string
		file
		fill func(*file, int) // sets what fills the template up: as much of it as the plan accepts, and at most so much
		most int
	}{
		{"the least", file{1, 14, 1, 1, 1}, (*file).setUsers, 1},
		{"long instructions and a thousand targets", file{1, 14, 1, 1, 1000}, (*file).setInstructions, config.MaxInstructions},
		{"many subscribers", file{1, 14, 1, 150, 120}, (*file).setSubscribers, 60},
		{"many users", file{1, 14, 2, 150, 300}, (*file).setUsers, 60},
		{"many users with short names", file{1, 2, 2, 150, 10}, (*file).setUsers, 60},
		{"users with long names", file{1, 64, 2, 150, 100}, (*file).setUsers, 60},
	} {
		t.Run(f.name, func(t *testing.T) {
			full := mostAccepted(t, f.most, func(n int) string {
				f.fill(&f.file, n)
				return f.text()
			})
			f.fill(&f.file, full)
			t.Logf("%d fit: %+v", full, f.file)
			c, err := config.Parse("file.yaml", []byte(f.text()))
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "file.yaml")
			if err := os.WriteFile(file, []byte(f.text()), 0o600); err != nil {
				t.Fatal(err)
			}
			links := 0
			for stack, one := range synth(t, file) {
				if n := sentSize(t, one); n > plan.MaxTemplate || len(one.text) > plan.MaxTemplate || len(one.Outputs) > 200 {
					t.Errorf("%s: %d, %d bytes, %d outputs", stack, n, len(one.text), len(one.Outputs))
				}
				for _, problem := range violations(t, one) {
					t.Errorf("%s: %s", stack, problem)
				}
				for name, output := range one.Outputs {
					if !strings.HasPrefix(name, "SwitchRoleUrls") {
						continue
					}
					links += strings.Count(text(output.Value), "\n") + 1
				}
				if stack != "BreakGlass-Hub" {
					continue
				}
				estimated := plan.Of(c).HubSize()
				for name, output := range one.Outputs {
					if strings.HasPrefix(name, "SwitchRoleUrls") {
						estimated += plan.LinkBytes(plan.LinkGroup{Output: name, Addresses: strings.Split(text(output.Value), "\n")})
					}
				}
				t.Logf("the hub has %d bytes and was estimated at %d", sentSize(t, one), estimated)
				if n := sentSize(t, one); n > estimated || n < estimated*97/100 {
					t.Errorf("the hub has %d bytes and was estimated at %d", n, estimated)
				}
			}
			if links != f.targets {
				t.Errorf("%d switch-role addresses for %d targets", links, f.targets)
			}
		})
	}
}

// file is a file with so many users with names of so many letters, subscribers, characters of instructions and targets.
type file struct{ users, letters, subscribers, instructions, targets int }

func (f *file) setUsers(n int)        { f.users = n }
func (f *file) setSubscribers(n int)  { f.subscribers = n }
func (f *file) setInstructions(n int) { f.instructions = n }

func (f *file) text() string {
	var b strings.Builder
	b.WriteString("version: 1\nhub: {account: \"111111111111\", region: ap-southeast-1, standby: ap-southeast-2}\n")
	b.WriteString("regions: [ap-southeast-1, ap-southeast-2]\nalerts:\n  instructions: " + strings.Repeat("x", f.instructions) + "\n  email:\n")
	for i := range f.subscribers {
		fmt.Fprintf(&b, "    - %s%d@example.com\n", strings.Repeat("a", 30), i)
	}
	b.WriteString("users:\n")
	for i := range f.users {
		fmt.Fprintf(&b, "  - name: \"%s\"\n", userName(i, f.letters))
	}
	b.WriteString("targets:\n")
	for i := range f.targets {
		fmt.Fprintf(&b, "  - {account: \"%012d\", name: %s}\n", i, strings.Repeat("n", 30))
	}
	return b.String()
}

// mostAccepted returns the largest number, from 1 to most, with which the plan accepts the file: the fixtures are as full as can be,
// whatever the rules take of the templates.
func mostAccepted(t *testing.T, most int, text func(n int) string) int {
	t.Helper()
	n := sort.Search(most, func(i int) bool {
		c, err := config.Parse("file.yaml", []byte(text(i+1)))
		if err != nil {
			t.Fatal(err)
		}
		_, err = plan.New(c)
		return err != nil
	})
	if n == 0 {
		t.Fatal("the plan accepts not even one")
	}
	return n
}

func userName(i, length int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789+=,.@_-"
	name := string(letters[i%len(letters)])
	for i /= len(letters); i > 0 || len(name) < length; i /= len(letters) {
		name += string(letters[i%len(letters)])
	}
	return name
}
