package paper

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/operate/seal"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

const (
	holders = "credentials: {passwordHolders: [age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9], mfaHolders: [age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x]}\n"
	logins  = "userAccess: {managedPolicies: [" + plan.LoginPolicy + "]}\n"
	aTarget = "targets: [{account: \"222222222222\", name: production}]\n"
)

// TestPaperSaysOnlyWhatIsPrepared: for each way that a file prepares, what only that way has is on the card and in the runbook, and
// nowhere else.
func TestPaperSaysOnlyWhatIsPrepared(t *testing.T) {
	const head = "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"
	login, key, sealed := []string{"aws login --profile", "aws logout --profile", "`exit`"}, []string{
		"--key KEY.sealed", "Ada-key-….sealed", "access key", "`exit`",
	}, []string{"Ada-password-….sealed", "Ada-mfa-….sealed", "-i IDENTITY", "sealed again", "| age -d -i"}
	program := []string{"Program kept at", "make cli"}
	for _, test := range []struct {
		name, file string
		has, not   []string
	}{
		{
			"the console", "users: [{name: Ada}]\n" + aTarget, []string{"Switch back"},
			slices.Concat(login, key, sealed, program, []string{"without the console", "command line"}),
		},
		{"the console of the hub account", "users: [{name: Ada}]\n", nil, []string{"Switch back", "switch again", "each switch"}},
		{"aws login", "users: [{name: Ada}]\n" + logins + aTarget, slices.Concat(login, program), slices.Concat(key[:3], sealed)},
		{"sealed halves", "users: [{name: Ada}]\n" + holders, slices.Concat(sealed, program), slices.Concat(login, key)},
		{"a sealed key", "users: [{name: Ada, accessKey: sealed}]\n" + holders + aTarget, slices.Concat(key, sealed, program), login[:2]},
		{"all", "users: [{name: Ada, accessKey: sealed}]\n" + holders + logins + aTarget, slices.Concat(login, key, sealed, program), nil},
	} {
		cards, err := Cards(optionsOf(t, head+test.file))
		if err != nil {
			t.Fatal(err)
		}
		runbook, err := Runbook(optionsOf(t, head+test.file))
		if err != nil {
			t.Fatal(err)
		}
		card, book := string(cards.Markdown()), string(runbook.Markdown())
		for _, want := range test.has {
			if !strings.Contains(card, want) {
				t.Errorf("%s: the card lacks %q", test.name, want)
			}
		}
		for _, bad := range test.not {
			if strings.Contains(card, bad) {
				t.Errorf("%s: the card has %q", test.name, bad)
			}
		}
		for _, what := range []string{"aws login --profile", "aws logout", "--key KEY.sealed", "sealed again", "Ada-key-", "make cli"} {
			if got, want := strings.Contains(book, what), strings.Contains(card, what); got != want {
				t.Errorf("%s: %q is in the runbook: %v, on the card: %v", test.name, what, got, want)
			}
		}
	}
}

// TestTheWayByKeyIsThatOfTheUser: another user's key opens nothing for this one.
func TestTheWayByKeyIsThatOfTheUser(t *testing.T) {
	o := optionsOf(t, strings.Replace(file, "{name: Ada}", "{name: Ada, accessKey: sealed}", 1)+holders+aTarget)
	for user, want := range map[string]bool{"Ada": true, "Grace": false} {
		o.Users = []string{user}
		d, err := Cards(o)
		if err != nil {
			t.Fatal(err)
		}
		text := string(d.Markdown())
		for _, one := range []string{
			"breakglass enter 222222222222 --key KEY.sealed --mfa MFA.sealed -i IDENTITY -i IDENTITY --region us-east-1", seal.Like(user, seal.Key),
			"without the console",
		} {
			if strings.Contains(text, one) != want {
				t.Errorf("the card of %s has %q: %v", user, one, !want)
			}
		}
	}
}

// TestEachAccountHasItsCommand: on the worst day nobody knows the names, and the numbers are there.
func TestEachAccountHasItsCommand(t *testing.T) {
	o := optionsOf(t,
		strings.Replace(many(20), "{name: Ada}", "{name: Ada, accessKey: sealed}",
			1)+"  - {organizationalUnit: ou-ab12-11111111}\nstackSets: {retainOnAccountRemoval: true}\n"+holders)
	o.Users = []string{"Ada"}
	d, err := Cards(o)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, s := range d.Sheets {
		for _, b := range s.Blocks {
			for _, p := range b.Places {
				unit := strings.HasPrefix(p.ID, "ou-")
				if !unit && !strings.HasPrefix(p.Command, "breakglass enter "+p.ID+" --key ") || unit && p.Command != "" {
					t.Errorf("%s: %q", p.ID, p.Command)
				}
				seen++
			}
		}
	}
	if seen != 21 || !strings.Contains(pageOf(t, d), "<span>breakglass enter 200000000019</span> <span>--key KEY.sealed</span>") {
		t.Errorf("%d accounts", seen)
	}
}

// TestWhatIsNotWatchedIsForTheEnd: it has no code, and is said to raise no alert wherever alerts are promised.
func TestWhatIsNotWatchedIsForTheEnd(t *testing.T) {
	o := optionsOf(t, "version: 1\nhub: {account: \"111111111111\", region: eu-west-1}\nregions: [eu-west-1]\nalerts: {email: [a@example.com]}\n")
	d, err := Cards(o)
	if err != nil {
		t.Fatal(err)
	}
	front := d.Sheets[0].Blocks
	if got := urls(front[2].Addresses); len(got) != 1 || !strings.Contains(got[0], "eu-west-1") || len(front[3].Typed) != 1 {
		t.Errorf("to sign in at: %v, %v", got, front[3].Typed)
	}
	text := strings.Join(said(d), "\n")
	for _, want := range []string{
		"the sign-in pages of us-west-2 or ap-southeast-2, which are not watched. A sign-in there raises no alert", "https://us-west-2.signin.aws.amazon.com/console",
		"a@example.com. Alerts come within minutes of the sign-in. us-west-2 and ap-southeast-2 raise none.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the card lacks %q", want)
		}
	}
	if strings.Contains(text, "change in IAM") {
		t.Error("nobody watches " + place.GlobalRegion)
	}
	if text := textOf(t, "version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\n"); !strings.Contains(text,
		"Console, in us-west-2 or eu-west-1, which are not watched: the sign-in raises no alert.") {
		t.Error("the runbook does not say that nobody is alerted")
	}
}

// TestLinesBreakWhereNothingIsLost: between flags, and between the parts of an address, but not within a Region.
func TestLinesBreakWhereNothingIsLost(t *testing.T) {
	page := pageOf(t, Document{Sheets: []Sheet{{Blocks: []Block{{
		Commands: []string{"breakglass enter 1 --key - --region us-east-1"}, Typed: []string{"https://us-east-1.signin.aws.amazon.com/console?region=us-east-1&a=b"},
		Texts: []Text{say("`a b`")},
	}}}}})
	for _, want := range []string{
		"<code><span>breakglass enter 1</span> <span>--key</span> <span>-</span> <span>--region us-east-1</span></code>",
		"<span>https://</span><span>us-east-1.</span><span>signin.</span><span>aws.</span><span>amazon.</span><span>com/</span><span>console?</span><span>region=us-east-1&amp;</span><span>a=b</span></a>",
		"<code><span>a b</span></code>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page[strings.Index(page, "<body>"):])
		}
	}
}

// TestASwitchWhereNobodyIsAlertedIsMarked: the sheets of the accounts say it as the front does.
func TestASwitchWhereNobodyIsAlertedIsMarked(t *testing.T) {
	d, err := Cards(optionsOf(t, "version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\n"+aTarget))
	if err != nil {
		t.Fatal(err)
	}
	addresses := d.Sheets[len(d.Sheets)-1].Blocks[0].Places[0].Addresses
	if len(addresses) != 2 || addresses[0].Note != "" || addresses[1].Note != "not watched" {
		t.Errorf("%+v", addresses)
	}
}
