package paper

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// Cards returns the cards of the users: a sheet with what to do, and as many as it takes with the accounts.
func Cards(o Options) (Document, error) {
	w := o.Plan.Ways()
	users, err := o.users(w)
	if err != nil {
		return Document{}, err
	}
	d := Document{Title: "Break glass cards of account " + w.Hub, Foot: o.foot()}
	if len(users) == 1 {
		d.Title = "Break glass card of " + users[0]
	}
	accounts := accountSheets(w)
	for _, user := range users {
		total := 1 + len(accounts)
		d.Sheets = append(d.Sheets, Sheet{Title: "Break glass: " + user, Lead: sheetLead(w, user, 1, total), Blocks: front(w, user, len(accounts))})
		for i, blocks := range accounts {
			d.Sheets = append(d.Sheets, Sheet{Title: "Break glass: " + user + ", accounts", Lead: sheetLead(w, user, i+2, total), Blocks: blocks})
		}
	}
	return d, nil
}

func sheetLead(w plan.Ways, user string, n, total int) Text {
	return say("Hub account `%s`, user `%s`, role `%s`. Sheet %d of %d.", w.Hub, user, w.Role, n, total)
}

// front returns the sheet with what to do, in the order in which it is done.
func front(w plan.Ways, user string, more int) []Block {
	return []Block{
		{Heading: "1. Call before you sign in", Facts: []Fact{{"Call", w.CallFirst}}, Texts: []Text{
			say("An alert that nobody announced is treated as an intrusion: your access is blocked."),
		}},
		{Heading: "2. Get both halves", Facts: []Fact{{"Password kept by", w.PasswordKeptBy}, {"MFA device kept by", w.MFAKeptBy}}, After: sealed(w)},
		signInBlock(w, user),
		ownAddresses(w),
		switchBlock(w, more),
		numbered(5, commandLine(w, user)),
		{Heading: "6. How long it lasts", Texts: []Text{say("%s", lasts(w))}},
		{Heading: "7. Who is alerted", Texts: []Text{
			say("%s. Alerts come within minutes of the sign-in, of each switch, and of each change in IAM.", strings.Join(w.Alerted, ", ")),
		}},
		{Heading: "8. Stop", Steps: stop(w)},
	}
}

// sealed says how a half that is a sealed file is opened.
func sealed(w plan.Ways) []Text {
	if !w.Sealed {
		return nil
	}
	return []Text{say("A sealed file is opened by its holder, offline: `breakglass credentials open FILE -i IDENTITY` shows the password, or the current code.")}
}

func signInBlock(w plan.Ways, user string) Block {
	return Block{Heading: "3. Sign in", Addresses: signIns(w), Texts: []Text{
		say("Choose “IAM user”, not “root user”. Account `%s`, user `%s`, the password, then the MFA device. Go on to the next address if a page does not load within half a minute.", w.Hub, user),
	}}
}

// signIns returns the addresses to sign in at.
func signIns(w plan.Ways) []Address {
	var all []Address
	for _, s := range w.SignIns {
		a := Address{Label: s.Region, URL: s.Address}
		if !s.Watched {
			a.Note = "not watched: it sends no alert"
		}
		all = append(all, a)
	}
	return all
}

func numbered(n int, b Block) Block {
	b.Heading = fmt.Sprintf("%d. %s", n, b.Heading)
	return b
}

// ownAddresses returns the sign-in addresses whose names depend on no other Region.
func ownAddresses(w plan.Ways) Block {
	b := Block{Texts: []Text{say("If none of these loads, try the Regions' own addresses. There, you type the number of the account.")}}
	for _, s := range w.SignIns {
		b.Typed = append(b.Typed, s.Own)
	}
	return b
}

func switchBlock(w plan.Ways, more int) Block {
	b := Block{Heading: "4. Switch to the account that needs you"}
	if more > 0 {
		b.Texts = append(b.Texts, say("The next %s the address of each account, and what you may do there. Without one: in the menu at the top right, “Switch role”, then the account number and the role `%s`.",
			map[bool]string{true: "sheet has", false: fmt.Sprintf("%d sheets have", more)}[more == 1], w.Role))
	}
	b.Texts = append(b.Texts, say("In the hub account `%s` itself, "+withoutSwitch(w)+". You have there: %s.", w.Hub, strings.Join(w.InHub.Rights, "; ")))
	return b
}

// withoutSwitch says that the users have rights of their own in the hub account, which may have the role, too.
func withoutSwitch(w plan.Ways) string {
	if slices.ContainsFunc(w.Accounts, func(e plan.Entry) bool { return e.ID == w.Hub }) {
		return "you can also do without a switch"
	}
	return "do not switch"
}

// commandLine returns the ways without the console.
func commandLine(w plan.Ways, user string) Block {
	region, account := w.SignIns[0].Region, w.Hub
	if i := slices.IndexFunc(w.Accounts, func(e plan.Entry) bool { return !e.Unit }); i >= 0 {
		account = w.Accounts[i].ID
	}
	b := Block{Heading: "With the AWS CLI", Texts: []Text{
		say("Write the account that you need for `%s`, and for `%s` another Region of the list if that one does not answer.", account, region),
	}}
	if slices.Contains(w.SealedKeys, user) {
		b.Texts = append(b.Texts, say("With the sealed access key, also when nobody can sign in to the console: the first command, with the sealed files and identities of both holders. `--key -` lets you type key and code."))
		b.Commands = append(b.Commands, "breakglass enter "+account+" --key KEY.sealed --mfa MFA.sealed -i IDENTITY -i IDENTITY --region "+region)
	}
	if !w.Login {
		b.After = append(b.After, say("`aws login` is not prepared: `userAccess.managedPolicies` lacks `%s`.", plan.LoginPolicy))
		if len(b.Commands) == 0 {
			b.Texts, b.Warning = nil, say("No way is prepared: the file has no `accessKey: sealed` for %s.", user)
		}
		return b
	}
	b.Texts = append(b.Texts, say("With `aws login`, AWS CLI %s or later, which opens the sign-in page: whether AWS passes MFA on is not known. If every call is denied, use another way.", plan.LoginVersion))
	b.Commands = append(b.Commands, "aws login --profile breakglass --region "+region, "breakglass enter "+account+" --profile breakglass --region "+region)
	if account != w.Hub {
		b.Commands = append(b.Commands, "aws sts assume-role --profile breakglass --role-arn "+config.PlaceOf(account, region).Role(w.Role)+" --role-session-name "+user+" --region "+region)
	}
	return b
}

func lasts(w plan.Ways) string {
	var sessions []string
	for _, e := range w.Accounts {
		if !slices.Contains(sessions, e.Session) {
			sessions = append(sessions, e.Session)
		}
	}
	text := "Your sign-in: 12 hours."
	switch len(sessions) {
	case 0:
	case 1:
		text += " A session in the role: " + sessions[0] + ", and not longer than the rest of your sign-in."
	default:
		text += " A session in the role: up to " + strings.Join(sessions, ", ") + ", as the accounts' sheets say, and not longer than the rest of your sign-in."
	}
	return text + " To renew one, switch again; a new sign-in raises an alert again."
}

func stop(w plan.Ways) []Text {
	steps := []Text{
		say("Take back what you gave the role: on the accounts' sheets, the second command."),
		say("Switch back, sign out, close the browser. With the AWS CLI: `exit`, `aws logout --profile breakglass`."),
		say("Tell those whom you called that it is over, and what you did, with times."),
		say("Return both halves. Have password and sealed key replaced, and the cards put back."),
	}
	if !slices.ContainsFunc(w.Accounts, func(e plan.Entry) bool { return e.Raising != nil }) {
		steps = steps[1:]
	}
	return steps
}

// A sheet of accounts has room for so many cells, in rows of two, on A4 and on Letter; what a group has in common takes the room of
// a row.
const cellsOnSheet = 6

// accountSheets returns the sheets with the accounts, those with the same rights together.
func accountSheets(w plan.Ways) [][]Block {
	var sheets [][]Block
	left := 0
	for _, g := range groups(w) {
		for first := true; len(g) > 0; first = false {
			if left < 4 {
				sheets, left = append(sheets, nil), cellsOnSheet+2
			}
			n := min(left-2, len(g))
			sheet := &sheets[len(sheets)-1]
			*sheet = append(*sheet, groupBlock(w, g[:n], first))
			g, left = g[n:], left-2-n-n%2
		}
	}
	return sheets
}

// groups returns the accounts, those with the same rights together, in the order of the file.
func groups(w plan.Ways) [][]plan.Entry {
	var all [][]plan.Entry
	for _, e := range w.Accounts {
		same := slices.IndexFunc(all, func(g []plan.Entry) bool {
			return slices.Equal(g[0].Rights, e.Rights) && reflect.DeepEqual(g[0].Raising, e.Raising)
		})
		if same < 0 {
			all = append(all, nil)
			same = len(all) - 1
		}
		all[same] = append(all[same], e)
	}
	return all
}

func groupBlock(w plan.Ways, group []plan.Entry, first bool) Block {
	e := group[0]
	b := Block{Heading: "You may: " + strings.Join(e.Rights, "; ")}
	if !first {
		b.Heading += " (continued)"
	}
	if e.Raising != nil {
		b.Texts = []Text{say("%s", raisingText(w, e))}
		b.Commands = []string{e.Raising.Attach, e.Raising.Detach}
	}
	for _, e := range group {
		p := Place{Name: e.Name, ID: e.ID}
		if e.Unit {
			p.Note = "Every account of this organizational unit: in the menu at the top right, “Switch role”, then the account number and the role " + w.Role + "."
		}
		for i, address := range e.SwitchRole[:min(switchesShown, len(e.SwitchRole))] {
			p.Addresses = append(p.Addresses, Address{Label: w.SignIns[i].Region, URL: address})
		}
		b.Places = append(b.Places, p)
	}
	return b
}

// switchesShown is how many Regions have their switch-role address printed.
const switchesShown = 2

// raisingText says how the role gets more permissions for an incident: who calls what, and who notices.
func raisingText(w plan.Ways, e plan.Entry) string {
	text := "More, for this incident only: an administrator of the account calls the first command; the second one takes it back."
	if e.Raising.Itself {
		text = "More, for this incident only: in the role, call the first command, or attach the policy in the IAM console; the second one takes it back."
	}
	if e.Raising.Boundary != "" {
		text += " The boundary " + e.Raising.Boundary + " still applies."
	}
	if e.Raising.Alert != "" {
		text += " It raises the alert “" + e.Raising.Alert + "”."
	} else {
		text += " No alert reports it."
	}
	return text + " Until it is taken back, breakglass check reports: role " + w.Role + " has a policy that is not in breakglass.yaml. It needs IAM in us-east-1, and is refused where the organization's policy of breakglass guardrail applies."
}
