package check

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestPasswords(t *testing.T) {
	policy := func(days int32, hard bool) *it.PasswordPolicy {
		return &it.PasswordPolicy{ExpirePasswords: days > 0, MaxPasswordAge: aws.Int32(days), HardExpiry: aws.Bool(hard)}
	}
	for name, want := range map[string]struct {
		policy *it.PasswordPolicy
		says   []string // the finding of each severity, in their order
	}{
		"none":                {nil, []string{"fine no password policy"}},
		"that never expires":  {policy(0, false), []string{"fine passwords don't expire"}},
		"that can be renewed": {policy(365, false), []string{"note passwords expire after 365 days", "note the password of alice is 300 days old\n"}},
		"that is overdue":     {policy(90, false), []string{"warning the password of alice is 300 days old: a new one must be chosen at the next sign-in\n"}},
		"hard":                {policy(365, true), []string{"problem passwords expire after 365 days"}},
		"hard and overdue": {
			policy(90, true), []string{"problem passwords expire after 90 days", "problem the password of alice is 300 days old: it has expired\n"},
		},
	} {
		w := well(t, hub)
		w.expiry = want.policy
		said := ""
		for _, f := range w.ask(t) {
			if f.Check == "passwords" {
				said += string(f.Severity) + " " + f.What + "\n"
			}
		}
		for _, words := range want.says {
			if !strings.Contains(said, words) {
				t.Errorf("%s: it says %q, without %q", name, said, words)
			}
		}
	}
}

// TestAPasswordThatWasUsedIsNoLongerSealed: only the credential report knows of a change after the password was created.
func TestAPasswordThatWasUsedIsNoLongerSealed(t *testing.T) {
	made := func(w *world, days time.Duration) { w.passwords["bob"].CreateDate = aws.Time(now.Add(-days * day)) }
	breakEach(t, []broken{
		{
			"it was used", "", func(w *world) { made(w, 320) }, "passwords", Problem,
			"the password of bob was used on 2026-01-17, after it was set on 2026-01-07: it is no longer sealed (IAM's credential report of 10:00 UTC)",
			"docs/credentials.md",
		},
		{
			"it was used after a change", "", func(w *world) { made(w, 330); w.changed = map[string]time.Time{"bob": now.Add(-315 * day)} }, "passwords", Problem,
			"after it was set on 2026-01-12", "",
		},
		{
			"nobody may read the report", "", func(w *world) { w.refuse("iam", "GetCredentialReport") }, "passwords", Note,
			"when the passwords were last changed is not known: the permission iam:GetCredentialReport is missing", "grant it",
		},
		{
			"nobody may make a report", "", func(w *world) { w.refuse("iam", "GenerateCredentialReport") }, "passwords", Note,
			"the permission iam:GenerateCredentialReport is missing", "grant it",
		},
	})
	w := well(t, hub)
	made(w, 320)
	w.changed = map[string]time.Time{"bob": now.Add(-10 * day)}
	report := w.report(t)
	for _, f := range bad(report.Findings) {
		t.Errorf("of one that was changed since: %+v", f)
	}
	if ages := report.Passwords; len(ages) != 2 || ages[0].Days != 300 || ages[1].Days != 10 || !ages[1].Exact || ages[1].User != "bob" {
		t.Errorf("the ages are %+v", ages)
	}
	// The evidence tells a user without a password from one of whom IAM did not say.
	w = well(t, hub)
	delete(w.passwords, "bob")
	if report := w.report(t); !slices.Equal(report.NoPassword, []string{"bob"}) || len(report.Passwords) != 1 {
		t.Errorf("without a password: %q, %+v", report.NoPassword, report.Passwords)
	}
	w = well(t, hub)
	w.refuse("iam", "GetLoginProfile")
	w.refuse("iam", "GetCredentialReport")
	if report := w.report(t); len(report.NoPassword) > 0 || len(report.Passwords) > 0 {
		t.Errorf("where IAM refuses: %q, %+v", report.NoPassword, report.Passwords)
	}
	// Without the report, a change since is possible.
	w = well(t, hub)
	made(w, 320)
	w.refuse("iam", "GetCredentialReport")
	if found := bad(w.ask(t)); len(found) != 1 || found[0].Severity != Warning ||
		!strings.Contains(found[0].What, "unless it was changed since, it is no longer sealed") {
		t.Errorf("without the report: %+v", found)
	}
}

// Without the credential report, an age is the greatest that the password can have.
func TestPasswordsWhoseAgeIsNotKnown(t *testing.T) {
	for days, want := range map[int32]string{
		365: "note the password of alice is 300 days old at most",
		90:  "warning the password of alice is 300 days old: a new one must be chosen at the next sign-in unless it was changed since",
	} {
		w := well(t, hub)
		w.expiry = &it.PasswordPolicy{ExpirePasswords: true, MaxPasswordAge: aws.Int32(days)}
		w.refuse("iam", "GetCredentialReport")
		if !slices.ContainsFunc(w.ask(t), func(f Finding) bool {
			return f.Check == "passwords" && string(f.Severity)+" "+f.What == want
		}) {
			t.Errorf("%d days: nothing says %q: %+v", days, want, saying(w.ask(t), "passwords", ""))
		}
	}
}
