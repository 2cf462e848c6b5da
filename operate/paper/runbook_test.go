package paper

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// textOf returns all that the runbook of a file says.
func textOf(t *testing.T, text string) string {
	t.Helper()
	d, err := Runbook(optionsOf(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(said(d), "\n")
}

func TestTheRunbookFollowsTheFile(t *testing.T) {
	const head = "version: 1\nalerts: {email: [a@example.com]}\n"
	hub := func(more string) string { return head + `hub: {account: "111111111111"` + more + "}\n" }
	units := "stackSets: {retainOnAccountRemoval: true, managementAccount: \"%s\"}\ntargets: [{organizationalUnit: ou-ab12-11111111}%s]\n"
	for _, test := range []struct{ file, want, not string }{
		{hub(""), "The hub is in us-east-1 and there is no standby: nobody may be alerted.", ""},
		{hub(", standby: eu-west-1"), "The standby in eu-west-1 alerts on sign-ins", "there is no standby"},
		{hub(", region: eu-west-1"), "Alerts are sent by the hub in eu-west-1.", "nobody may be alerted"},
		{hub(""), "Console, in us-west-2, eu-west-1, ap-southeast-2 or us-east-2.", ""},
		{hub(""), "the file does not name it; the users enter it only if it is among the accounts of the card", ""},
		{hub("") + fmt.Sprintf(units, "333333333333", ""), "333333333333 has no role for the users, since targets does not list it", ""},
		{hub("") + fmt.Sprintf(units, "333333333333", `, {account: "333333333333"}`), "333333333333 is among the accounts of the card", "has no role"},
		{hub("") + fmt.Sprintf(units, "111111111111", ""), "111111111111 is the hub account: do not switch", "has no role"},
		{hub("") + `targets: [{account: "111111111111"}]`, "In the hub account, you can also do without a switch.", "do not switch"},
		{hub("") + `targets: [{account: "222222222222"}]`, "In the hub account, do not switch.", ""},
		{hub("") + `targets: [{account: "222222222222"}]`, "by the role itself; no alert, check reports it", ""},
		{hub("") + "observers: {regions: [us-east-1]}\n" + `targets: [{account: "222222222222"}]`, "by the role itself; alerted", ""},
		{
			hub("") + `targets: [{account: "222222222222", managedPolicies: [SecurityAudit], permissionsBoundary: Limit}]`,
			"by an administrator of the account, within Limit", "",
		},
	} {
		text := textOf(t, test.file)
		if !strings.Contains(text, test.want) || test.not != "" && strings.Contains(text, test.not) {
			t.Errorf("the runbook of\n%s\nlacks %q, or has %q", test.file, test.want, test.not)
		}
	}
}

// TestTheRunbookHasEveryFailure: each has a page with its signs, its way and what not to do, and its number is the one that others
// refer to.
func TestTheRunbookHasEveryFailure(t *testing.T) {
	o := optionsOf(t, many(3))
	all := modes(o)
	for _, m := range all {
		if len(m.confirm) < 2 || len(m.way) == 0 || len(m.do) == 0 || !strings.HasPrefix(m.not.String(), "Not ") {
			t.Errorf("%s is not complete", m.id)
		}
	}
	if last := all[len(all)-1]; last.id != "taken-over" || !strings.HasPrefix(last.way.String(), "DO NOT USE") {
		t.Errorf("the last failure is %s: %s", last.id, last.way)
	}
	text := textOf(t, many(3))
	if want := fmt.Sprintf("see failure %d.", len(all)); !strings.Contains(text, want) {
		t.Errorf("the runbook lacks %q", want)
	}
}

func TestTheRunbookBlocksEveryUser(t *testing.T) {
	text := textOf(t, "version: 1\nalerts: {email: [a@example.com]}\nhub: {account: \"111111111111\"}\nusers: [{name: Ada}, {name: Bob}, {name: Eve}]\n")
	for _, user := range []string{"Ada", "Bob", "Eve"} {
		if !strings.Contains(text, "aws iam attach-user-policy --user-name "+user+" --policy-arn arn:aws:iam::aws:policy/AWSDenyAll") {
			t.Errorf("%s is not blocked", user)
		}
	}
}

// TestTheAlertsOfAUseAreThoseOfTheCatalogue: what is printed is on in the file, and what is not on is not printed.
func TestTheAlertsOfAUseAreThoseOfTheCatalogue(t *testing.T) {
	for _, id := range uses {
		e, ok := watch.ByID(id)
		if !ok {
			t.Errorf("no alert is called %s", id)
			continue
		}
		on := strings.Contains(textOf(t, file+"observers: {regions: [us-east-1]}\ntargets: [{account: \"222222222222\"}]"), e.Why)
		off := strings.Contains(textOf(t, file+"monitoring: {tampering: false}"), e.Why)
		if !on || off != slices.Contains([]watch.Part{watch.Access}, e.Part) {
			t.Errorf("%s is printed: %v where it is on, %v where only the access is watched", id, on, off)
		}
	}
}
