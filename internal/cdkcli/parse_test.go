package cdkcli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// The output of CDK CLI 2.1148.1, in testdata, and the events parsed from it. The test's clock advances one second each time it
// is read.
func TestEventsOfRecordedRuns(t *testing.T) {
	for _, tt := range []struct {
		file, action string
		want         []string
	}{
		{"deploy.txt", "deploy", []string{
			"templates made in 3.1s",
			"BreakGlass-Hub: deploy started (1 of 4)",
			"BreakGlass-Role-111111111111: deploy started (2 of 4)",
			"BreakGlass-Role-111111111111: deployed in 1s",
			"BreakGlass-Hub: deployed in 3s",
			"BreakGlass-Forwarder-eu-west-1: deploy started (3 of 4)",
			"BreakGlass-Forwarder-us-west-2: deploy started (4 of 4)",
			"BreakGlass-Forwarder-eu-west-1: deployed in 2s",
			"BreakGlass-Forwarder-us-west-2: deployed in 2s",
		}},
		{"deploy-unchanged.txt", "deploy", []string{
			"templates made in 0s",
			"BreakGlass-Hub: deploy started (1 of 4)",
			"BreakGlass-Hub: no changes",
			"BreakGlass-Role-111111111111: deploy started (2 of 4)",
			"BreakGlass-Role-111111111111: no changes",
			"BreakGlass-Forwarder-eu-west-1: deploy started (3 of 4)",
			"BreakGlass-Forwarder-eu-west-1: no changes",
			"BreakGlass-Forwarder-us-west-2: deploy started (4 of 4)",
			"BreakGlass-Forwarder-us-west-2: no changes",
		}},
		{"deploy-failed.txt", "deploy", []string{
			"templates made in 0s",
			"BreakGlass-Hub: deploy started (1 of 4)",
			"BreakGlass-Role-111111111111: deploy started (2 of 4)",
			"BreakGlass-Hub: deployed in 2s",
			"BreakGlass-Role-111111111111: deployed in 2s",
			"BreakGlass-Forwarder-us-west-2: deploy started (3 of 4)",
			"BreakGlass-Forwarder-eu-west-1: deploy started (4 of 4)",
			"BreakGlass-Forwarder-us-west-2: deployed in 2s",
		}},
		// Of stacks that fail there is no event.
		{"deploy-several-failed.txt", "deploy", []string{
			"templates made in 100ms",
			"F1: deploy started (1 of 5)",
			"F2: deploy started (2 of 5)",
			"BreakGlass-Hub: deploy started (3 of 5)",
			"BreakGlass-Hub: deployed in 1s",
		}},
		{"deploy-no-changeset.txt", "deploy", []string{
			"templates made in 0s",
		}},
		{"destroy.txt", "destroy", []string{
			"BreakGlass-Forwarder-eu-west-1: destroy started (1 of 4)",
			"BreakGlass-Forwarder-us-west-2: destroy started (2 of 4)",
			"BreakGlass-Role-111111111111: destroy started (3 of 4)",
			"BreakGlass-Forwarder-eu-west-1: removed in 3s",
			"BreakGlass-Role-111111111111: removed in 2s",
			"BreakGlass-Forwarder-us-west-2: removed in 4s",
			"BreakGlass-Hub: destroy started (4 of 4)",
			"BreakGlass-Hub: removed in 1s",
		}},
		{"destroy-failed.txt", "destroy", []string{
			"BreakGlass-Forwarder-eu-west-1: destroy started (1 of 4)",
			"BreakGlass-Forwarder-us-west-2: destroy started (2 of 4)",
			"BreakGlass-Role-111111111111: destroy started (3 of 4)",
			"BreakGlass-Forwarder-us-west-2: removed in 2s",
			"BreakGlass-Role-111111111111: removed in 2s",
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			got := events(tt.action, string(text))
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

func TestEventsOfSingleLines(t *testing.T) {
	for _, tt := range []struct {
		name, action, text string
		want               []string
	}{
		{"a stack of a stage", "deploy", "Prod/Hub (Prod-Hub): deploying... [1/1]\n\n✅  Prod/Hub (Prod-Hub)\n",
			[]string{"Prod-Hub: deploy started (1 of 1)", "Prod-Hub: deployed in 1s"}},
		{"a stack of a stage that has not changed", "deploy", "✅  Prod/Hub (Prod-Hub) (no changes)\n", []string{"Prod-Hub: no changes"}},
		{"the end without the beginning", "destroy", "✅  Hub: destroyed\n", []string{"Hub: removed in 0s"}},
		{"an app that fails has no stacks", "deploy", "boom\ngo run .: Subprocess exited with error 3\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := events(tt.action, tt.text); !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

func events(action, text string) []string {
	var got []string
	p := newParser(action, func(event Event) { got = append(got, event.String()) })
	clock := time.Unix(0, 0)
	p.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	for line := range strings.Lines(text) {
		p.line(strings.TrimSuffix(line, "\n"))
	}
	return got
}
