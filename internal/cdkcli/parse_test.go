package cdkcli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const policyFailed = "P (AWS::Events::EventBusPolicy): Resource provider operation failed: An error occurred " +
	"(ResourceNotFoundException) when calling the PutPermission operation: Event bus None does not exist."

// What CDK CLI 2.1148.1 printed, in testdata, and what becomes of it. The clock of the test advances a second a look.
func TestEventsOfRecordedRuns(t *testing.T) {
	for _, tt := range []struct {
		file, action string
		ok           bool
		want         []string
	}{
		{"deploy.txt", "deploy", true, []string{
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
		{"deploy-unchanged.txt", "deploy", true, []string{
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
		{"deploy-failed.txt", "deploy", false, []string{
			"templates made in 0s",
			"BreakGlass-Hub: deploy started (1 of 4)",
			"BreakGlass-Role-111111111111: deploy started (2 of 4)",
			"BreakGlass-Hub: deployed in 2s",
			"BreakGlass-Role-111111111111: deployed in 2s",
			"BreakGlass-Forwarder-us-west-2: deploy started (3 of 4)",
			"BreakGlass-Forwarder-eu-west-1: deploy started (4 of 4)",
			"BreakGlass-Forwarder-eu-west-1: deploy failed after 2s: " + policyFailed,
			"BreakGlass-Forwarder-us-west-2: deployed in 2s",
		}},
		// The CLI names F1 only, and says nothing of why R has no change set.
		{"deploy-several-failed.txt", "deploy", false, []string{
			"templates made in 100ms",
			"F1: deploy started (1 of 5)",
			"F2: deploy started (2 of 5)",
			"BreakGlass-Hub: deploy started (3 of 5)",
			"BreakGlass-Hub: deployed in 1s",
			"F2: deploy failed after 3s: " + policyFailed,
			"F1: deploy failed after 5s: " + policyFailed,
			"R: deploy failed after 7s: not finished when the CDK CLI stopped",
		}},
		{"deploy-no-changeset.txt", "deploy", false, []string{
			"templates made in 0s",
			"R: deploy failed after 1s: Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template",
		}},
		{"destroy.txt", "destroy", true, []string{
			"BreakGlass-Forwarder-eu-west-1: destroy started (1 of 4)",
			"BreakGlass-Forwarder-us-west-2: destroy started (2 of 4)",
			"BreakGlass-Role-111111111111: destroy started (3 of 4)",
			"BreakGlass-Forwarder-eu-west-1: removed in 3s",
			"BreakGlass-Role-111111111111: removed in 2s",
			"BreakGlass-Forwarder-us-west-2: removed in 4s",
			"BreakGlass-Hub: destroy started (4 of 4)",
			"BreakGlass-Hub: removed in 1s",
		}},
		{"destroy-failed.txt", "destroy", false, []string{
			"BreakGlass-Forwarder-eu-west-1: destroy started (1 of 4)",
			"BreakGlass-Forwarder-us-west-2: destroy started (2 of 4)",
			"BreakGlass-Role-111111111111: destroy started (3 of 4)",
			"BreakGlass-Forwarder-us-west-2: removed in 2s",
			"BreakGlass-Role-111111111111: removed in 2s",
			"BreakGlass-Forwarder-eu-west-1: destroy failed after 5s: Sub (AWS::SNS::Subscription): Failed to delete resource with id Sub of type AWS::SNS::Subscription",
		}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("testdata", tt.file))
			if err != nil {
				t.Fatal(err)
			}
			got := events(tt.action, string(text), tt.ok)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

func TestEventsOfSingleLines(t *testing.T) {
	for _, tt := range []struct {
		name, action, text string
		ok                 bool
		want               []string
	}{
		{"a resource that stays though its stack is removed", "destroy",
			"Hub: destroying... [1/1]\n" +
				"Hub |   0 | 7:56:15 PM | DELETE_FAILED           | AWS::IAM::User             | User It has an access key\n" +
				"✅  Hub: destroyed\n", true,
			[]string{"Hub: destroy started (1 of 1)", "Hub: removed in 1s, but User (AWS::IAM::User): It has an access key"}},
		{"colours, and a stack of a stage", "deploy",
			"\x1b[1mProd/Hub (Prod-Hub)\x1b[22m: deploying... [1/1]\n\x1b[32m\n✅  Prod/Hub (Prod-Hub)\x1b[39m\n", true,
			[]string{"Prod-Hub: deploy started (1 of 1)", "Prod-Hub: deployed in 1s"}},
		{"the first failure counts, not those that follow from it", "deploy",
			"Hub: deploying... [1/1]\n" +
				"Hub | 1/3 | 19:56:15 | CREATE_FAILED        | AWS::SQS::Queue       | A (A12) Resource creation cancelled\n" +
				"Hub | 1/3 | 19:56:15 | CREATE_FAILED        | AWS::SNS::Topic       | B Not allowed | at all\n", false,
			[]string{"Hub: deploy started (1 of 1)", "Hub: deploy failed after 1s: B (AWS::SNS::Topic): Not allowed | at all"}},
		{"the reason follows", "deploy",
			"Hub: deploying... [1/1]\n❌  Hub failed to deploy\n‣ AccessDenied: no right to it,\n  at all\n" +
				"Runtime process exited abnormally: waitid: no child processes\n", false,
			[]string{"Hub: deploy started (1 of 1)", "Hub: deploy failed after 1s: ‣ AccessDenied: no right to it, at all"}},
		{"an app that fails has no stacks", "deploy", "boom\ngo run .: Subprocess exited with error 3\n", false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := events(tt.action, tt.text, tt.ok); !slices.Equal(got, tt.want) {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

func events(action, text string, ok bool) []string {
	var got []string
	p := newParser(action, func(event Event) { got = append(got, event.String()) })
	clock := time.Unix(0, 0)
	p.now = func() time.Time { clock = clock.Add(time.Second); return clock }
	for line := range strings.Lines(text) {
		p.line(strings.TrimSuffix(line, "\n"))
	}
	p.finish(ok)
	return got
}
