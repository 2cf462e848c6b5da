package paper

import (
	"bytes"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/qr/read"
	"example.com/breakglass/plan"
)

const file = `version: 1
hub: {account: "111111111111", standby: eu-west-1}
alerts: {email: [security-team@example.com], sms: ["+15550100123"]}
users: [{name: Ada}, {name: Grace}]
card: {callFirst: ["Duty officer, +1 555 010 0123"], passwordKeptBy: [Safe in room 101], mfaKeptBy: [Head of finance]}
`

func optionsOf(t testing.TB, text string) Options {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Plan: p, File: "breakglass.yaml", SHA256: strings.Repeat("0", 64), On: time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC)}
}

// both returns the cards and the runbook of a file.
func both(t testing.TB, text string) []Document {
	t.Helper()
	o := optionsOf(t, text)
	cards, err := Cards(o)
	if err != nil {
		t.Fatal(err)
	}
	runbook, err := Runbook(o)
	if err != nil {
		t.Fatal(err)
	}
	return []Document{cards, runbook}
}

func pageOf(t testing.TB, d Document) string {
	t.Helper()
	page, err := d.HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// many returns a file with so many targets, some with rights of their own.
func many(n int) string {
	var out strings.Builder
	out.WriteString(file + "targets:\n")
	for i := range n {
		fmt.Fprintf(&out, "  - {account: \"2%011d\", name: account %d", i, i)
		if i%7 == 3 {
			out.WriteString(", managedPolicies: [SecurityAudit], sessionDuration: 90m")
		}
		out.WriteString("}\n")
	}
	return out.String()
}

var tags = regexp.MustCompile(`<[^>]*>`)

var beside = regexp.MustCompile(`(?s)<div class="address">(<svg .*?</svg>)<div>.*?<a href="([^"]*)">(.*?)</a></div></div>`)

// TestEveryCodeIsTheAddressBesideIt reads each code with another decoder.
func TestEveryCodeIsTheAddressBesideIt(t *testing.T) {
	for _, d := range both(t, many(20)) {
		page := pageOf(t, d)
		found := beside.FindAllStringSubmatch(page, -1)
		if n := strings.Count(page, "<svg "); n < 5 || len(found) != n {
			t.Fatalf("%s: %d codes, %d beside an address", d.Title, n, len(found))
		}
		for _, one := range found {
			href, shown := html.UnescapeString(one[2]), html.UnescapeString(tags.ReplaceAllString(one[3], ""))
			if got, err := read.SVG(one[1]); err != nil || got != href || got != shown {
				t.Errorf("the code says %q, the link %q, the text %q; error %v", got, href, shown, err)
			}
		}
	}
}

// TestEachFactOnACardIsThePlans compares the cards with the plan, account by account, for one, many and very many targets.
func TestEachFactOnACardIsThePlans(t *testing.T) {
	for _, n := range []int{0, 1, 20, 1000} {
		text := file
		if n > 0 {
			text = many(n)
		}
		o := optionsOf(t, text)
		w := o.Plan.Ways()
		for _, user := range w.Users {
			o.Users = []string{user}
			d, err := Cards(o)
			if err != nil {
				t.Fatal(err)
			}
			front := d.Sheets[0].Blocks
			var signIns, own []string
			for _, s := range w.SignIns {
				signIns, own = append(signIns, s.Address), append(own, s.Own)
			}
			if got := urls(front[2].Addresses); !slices.Equal(got, signIns) || !slices.Equal(front[3].Typed, own) {
				t.Errorf("sign-in at %v and %v", got, front[3].Typed)
			}
			if !slices.Equal(front[0].Facts[0].Values, w.CallFirst) || !slices.Equal(front[1].Facts[0].Values, w.PasswordKeptBy) ||
				!slices.Equal(front[1].Facts[1].Values, w.MFAKeptBy) {
				t.Errorf("%v, %v", front[0].Facts, front[1].Facts)
			}
			page := tags.ReplaceAllString(pageOf(t, Document{Sheets: d.Sheets[:1]}), "")
			for _, fact := range append([]string{"Account " + w.Hub + ", user " + user, "role " + w.Role, strings.Join(w.InHub.Rights, "; "), lasts(w, user)},
				w.Alerted...) {
				if !strings.Contains(html.UnescapeString(page), fact) {
					t.Errorf("%d targets: the card of %s lacks %q", n, user, fact)
				}
			}
			checkAccounts(t, w, d.Sheets[1:])
		}
	}
}

func urls(addresses []Address) (all []string) {
	for _, a := range addresses {
		all = append(all, a.URL)
	}
	return all
}

// checkAccounts checks that the sheets have each account once, with its addresses, below its rights and how they are raised.
func checkAccounts(t *testing.T, w plan.Ways, sheets []Sheet) {
	t.Helper()
	want := map[string]plan.Entry{}
	for _, e := range w.Accounts {
		want[e.ID] = e
	}
	for _, s := range sheets {
		cells := 0
		for _, b := range s.Blocks {
			for _, p := range b.Places {
				e, ok := want[p.ID]
				delete(want, p.ID)
				cells++
				if !ok || p.Name != e.Name || !slices.Equal(urls(p.Addresses), e.SwitchRole[:2]) ||
					!strings.HasPrefix(b.Heading, "You may: "+strings.Join(e.Rights, "; ")) {
					t.Fatalf("%s: %+v below %q, want %+v", s.Title, p, b.Heading, e)
				}
				if e.Raising != nil && !slices.Equal(b.Commands, []string{e.Raising.Attach, e.Raising.Detach}) {
					t.Fatalf("%s: raised by %q", p.ID, b.Commands)
				}
			}
		}
		if cells > cellsOnSheet {
			t.Errorf("%d accounts on a sheet", cells)
		}
	}
	if len(want) > 0 {
		t.Errorf("no sheet has %d of the %d accounts", len(want), len(w.Accounts))
	}
}

func TestAThousandAccountsAreAPrintablePage(t *testing.T) {
	o := optionsOf(t, many(1000))
	o.Users = []string{"Ada"}
	d, err := Cards(o)
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, d)
	if got := len(beside.FindAllString(page, -1)); got != 2005 {
		t.Errorf("%d codes, want two for each account and five to sign in", got)
	}
	if most := 25 << 20; len(page) > most || len(d.Sheets) > 200 {
		t.Errorf("%d bytes on %d sheets", len(page), len(d.Sheets))
	}
}

// TestBothFormsSayTheSame looks for each text of the documents in the HTML and in the Markdown.
func TestBothFormsSayTheSame(t *testing.T) {
	for _, d := range both(t, many(20)+"  - {organizationalUnit: ou-ab12-11111111}\nstackSets: {retainOnAccountRemoval: true}\n") {
		forms := map[string]string{
			"HTML":     html.UnescapeString(tags.ReplaceAllString(pageOf(t, d), "")),
			"terminal": html.UnescapeString(strings.NewReplacer("`", "", `\`, "").Replace(string(d.Narrow()))),
			"Markdown": html.UnescapeString(strings.NewReplacer("`", "", `\`, "").Replace(string(d.Markdown()))),
		}
		texts := said(d)
		if len(texts) < 60 {
			t.Errorf("%s has %d texts", d.Title, len(texts))
		}
		for form, all := range forms {
			for _, text := range texts {
				if !strings.Contains(all, text) {
					t.Errorf("the %s of %s lacks %q", form, d.Title, text)
				}
			}
		}
	}
}

// said returns every text of a document.
func said(d Document) []string {
	all := []string{d.Foot}
	for _, s := range d.Sheets {
		all = append(all, s.Title, s.Lead.String())
		for _, b := range s.Blocks {
			all = append(all, b.Heading, b.Warning.String())
			for _, t := range slices.Concat(b.Texts, b.Steps, b.After, slices.Concat(b.Table.Rows...)) {
				all = append(all, t.String())
			}
			for _, f := range b.Facts {
				all = append(append(all, f.Name), f.Values...)
			}
			for _, a := range b.Addresses {
				all = append(all, a.Label, a.URL, a.Note)
			}
			for _, p := range b.Places {
				all = append(append(all, p.Name, p.ID, p.Note, p.Command), urls(p.Addresses)...)
			}
			all = append(append(append(all, b.Commands...), b.Typed...), b.Table.Head...)
		}
	}
	return all
}

// TestHostileNamesStayText tries what the file allows in texts that people read.
func TestHostileNamesStayText(t *testing.T) {
	const hostile = `<script>alert(1)</script> "><img src=x onerror=alert(1)> {{.}} [x](javascript:alert(1)) \x60 | **b**`
	text := fmt.Sprintf(`version: 1
hub: {account: "111111111111"}
alerts: {email: [a@example.com], instructions: "Call & don't '*wait*' [x](javascript:x) {{.}}"}
users: [{name: "a+b=c,d.e@f-g_h"}]
role: {name: "r+r=r,r.r@r-r_r"}
card: {callFirst: [%q], passwordKeptBy: ["%% %%s `+"`code`"+` </dd>"], mfaKeptBy: ["&lt;b&gt;"]}
targets: [{account: "222222222222", name: "=a+b @c_d"}]
`, hostile)
	allowed := regexp.MustCompile(`^</?(html|head|meta|title|style|body|section|h[123]|p|div|code|dl|dt|dd|ul|li|table|thead|tr|th|td|a|b|span|pre|svg|path)[ >]|^<!doctype html>`)
	for _, d := range both(t, text) {
		page := pageOf(t, d)
		for _, tag := range regexp.MustCompile(`<[^\s\d=].*?>`).FindAllString(page[strings.Index(page, "</style>"):], -1) {
			if !allowed.MatchString(tag) {
				t.Errorf("the page has %s", tag)
			}
		}
		if strings.Contains(page, "<img") || strings.Contains(page, "<script") ||
			strings.Contains(page, "javascript:") && strings.Contains(page, `href="javascript:`) {
			t.Error("a name has become markup")
		}
		if !strings.Contains(html.UnescapeString(page), hostile) || !strings.Contains(html.UnescapeString(page), "% %s `code` </dd>") {
			t.Error("a name is not what the file says")
		}
		mark := string(d.Markdown())
		for _, bad := range []string{"<script", "<img", "[x](", "**b**"} {
			if strings.Contains(mark, bad) {
				t.Errorf("the Markdown has %s", bad)
			}
		}
	}
}

// TestPaperNeedsNothingFromElsewhere: all that a page refers to are addresses of AWS to follow.
func TestPaperNeedsNothingFromElsewhere(t *testing.T) {
	for _, d := range both(t, many(20)) {
		page := pageOf(t, d)
		for _, bad := range []string{"<script", "<link", "<img", "@import", "url(", " src="} {
			if strings.Contains(page, bad) {
				t.Errorf("%s has %s", d.Title, bad)
			}
		}
		for _, address := range regexp.MustCompile(`https?://[^\s"<]+`).FindAllString(page, -1) {
			if !regexp.MustCompile(`^https://([a-z0-9-]+\.)?signin\.aws\.amazon\.com/|^http://www\.w3\.org/2000/svg$`).MatchString(address) {
				t.Errorf("%s refers to %s", d.Title, address)
			}
		}
	}
}

func TestWhatTheFileDoesNotSayIsLeftToFillIn(t *testing.T) {
	d, err := Cards(optionsOf(t, "version: 1\nhub: {account: \"111111111111\"}\nalerts: {https: [\"https://example.com/alerts?token=t0k3n\"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if d.Title != "Break glass card of BreakglassUser" {
		t.Error(d.Title)
	}
	page := pageOf(t, d)
	if n := strings.Count(page, `<dd class="blank">`); n != 3 {
		t.Errorf("%d lines to fill in, want 3", n)
	}
	if n := bytes.Count(d.Markdown(), []byte(`\_\_\_`)); n == 0 {
		t.Error("the Markdown has no line to fill in")
	}
	if strings.Contains(page, "t0k3n") || !strings.Contains(page, "an address at example.com") {
		t.Error("the card has the token of an address")
	}
}

func TestAnUnknownUserIsRefused(t *testing.T) {
	o := optionsOf(t, file)
	o.Users = []string{"Alan"}
	if _, err := Cards(o); err == nil || err.Error() != `unknown user "Alan"; the users are Ada, Grace` {
		t.Error(err)
	}
}

// TestACardNamesSomeOfManyWhoAreAlerted: hundreds would fill a sheet.
func TestACardNamesSomeOfManyWhoAreAlerted(t *testing.T) {
	var addresses []string
	for n := range alertedShown + 3 {
		addresses = append(addresses, fmt.Sprintf("duty-%d@example.com", n))
	}
	documents := both(t, "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: ["+strings.Join(addresses, ", ")+"]}\n")
	card, book := string(documents[0].Markdown()), string(documents[1].Markdown())
	if !strings.Contains(card, "duty-19@example.com, and 3 more. Alerts come") || strings.Contains(card, "duty-20@") || !strings.Contains(book, "duty-22@example.com") {
		t.Error(card)
	}
}

// TestTheCardNamesTheAccountOfTheCommand, unless the file has no name of it: a number that is said to be itself tells nobody anything.
func TestTheCardNamesTheAccountOfTheCommand(t *testing.T) {
	for target, want := range map[string]string{
		`{account: "222222222222", name: production}`: "`222222222222` is production. For another account, write its number",
		`{account: "222222222222"}`:                   "For another account than `222222222222`, write its number",
	} {
		card := string(both(t, "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"+logins+"targets: ["+target+"]\n")[0].Markdown())
		if !strings.Contains(card, want) || strings.Contains(card, "`222222222222` is 222222222222") {
			t.Errorf("%s: %s", target, card)
		}
	}
}
