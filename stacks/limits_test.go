package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// TestTheHubFitsWhateverTheFile compares the sizes that the plan counts with the templates: a file that passes has to fit, or
// a deployment would fail although the file was accepted.
func TestTheHubFitsWhateverTheFile(t *testing.T) {
	files := []struct {
		name                                           string
		users, letters, subscribers, instructions, all int
	}{
		{"the least", 1, 14, 1, 1, 1},
		{"long instructions and a thousand targets", 1, 14, 1, config.MaxInstructions, 1000},
		{"many subscribers", 1, 14, 18, 150, 120},
		{"many users", 6, 14, 2, 150, 300},
		{"many users with short names", 8, 2, 2, 150, 10},
		{"users with long names", 2, 64, 2, 150, 100},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
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
			for i := range f.all {
				fmt.Fprintf(&b, "  - {account: \"%012d\", name: %s}\n", i, strings.Repeat("n", 30))
			}
			c, err := config.Parse("file.yaml", []byte(b.String()))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := plan.New(c); err != nil {
				t.Fatalf("the plan does not accept it: have fewer users here: %v", err)
			}
			file := filepath.Join(t.TempDir(), "file.yaml")
			if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			links := 0
			for stack, one := range synth(t, file) {
				if n := sentSize(t, one); n > plan.MaxTemplate || len(one.text) > plan.MaxTemplate || len(one.Outputs) > 200 {
					t.Errorf("%s: %d bytes, %d outputs", stack, n, len(one.Outputs))
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
			if links != f.all {
				t.Errorf("%d switch-role addresses for %d targets", links, f.all)
			}
		})
	}
}

func userName(i, length int) string {
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789+=,.@_-"
	name := string(letters[i%len(letters)])
	for i /= len(letters); i > 0 || len(name) < length; i /= len(letters) {
		name += string(letters[i%len(letters)])
	}
	return name
}
