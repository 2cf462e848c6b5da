package report_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

// A failed sign-in says nothing of the MFA of those that succeeded, the address of a person is not that of a service, and a session that did
// nothing has no times.
func TestWhoSaysWhatASessionWas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := newCloud()
		signIn := fields{"eventType": "AwsConsoleSignIn", "responseElements": fields{"ConsoleLogin": "Success"}, "additionalEventData": fields{"MFAUsed": "Yes"}}
		c.play("1", "08:05:00", hub, "eu-west-1", "signin:ConsoleLogin", user("BreakglassUser", ""), with(signIn, fields{
			"responseElements": fields{"ConsoleLogin": "Failure"}, "additionalEventData": fields{"MFAUsed": "No"},
		}))
		c.play("2", "08:06:00", hub, "eu-west-1", "signin:ConsoleLogin", user("BreakglassUser", ""), signIn)
		inside := with(assume(prod, "BreakGlassRole", "BreakglassUser", "ASIACONSOLE"), fields{"sourceIPAddress": "AWS Internal"})
		c.play("3", "08:07:00", hub, "eu-west-1", "sts:AssumeRole", user("BreakglassUser", ""), inside)
		c.play("4", "08:08:00", hub, "us-east-1", "iam:CreateGroup", user("BreakglassUser", ""), fields{
			"sourceIPAddress": "cloudformation.amazonaws.com", "requestParameters": fields{"groupName": "g"},
		})
		r, err := run(t, t.Context(), c, playedFile, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		if len(r.People) != 1 || !slices.Equal(r.People[0].Addresses, []string{"198.51.100.7"}) {
			t.Errorf("%+v", r.People)
		}
		if len(r.Sessions) != 2 || r.Sessions[0].MFA != "Yes" || r.Sessions[1].Who != "BreakGlassRole/BreakglassUser" {
			t.Errorf("%+v", r.Sessions)
		}
		page, err := r.Page()
		if err != nil {
			t.Fatal(err)
		}
		if text := string(page); !strings.Contains(text, "session, begun by BreakglassUser; no call of it was seen; keys ASIACONSOLE;") ||
			strings.Contains(text, "to ;") {
			t.Error(text)
		}
	})
}

// What CloudTrail may still deliver is counted in Regions and accounts.
func TestTheLatenessNamesRegionsAndAccounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, err := run(t, t.Context(), newCloud(), playedFile, filepath.Join(t.TempDir(), "incident"))
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range r.Unseen {
			if strings.Contains(u.What, "late: ") {
				if !strings.HasSuffix(u.What, " may be missing in 2 Regions of 3 accounts") {
					t.Errorf("%+v", u)
				}
				return
			}
		}
		t.Errorf("%+v", r.Unseen)
	})
}
