package paper

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/plan"
	"github.com/dustin/go-humanize/english"
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
	for _, user := range users {
		d.Sheets = append(d.Sheets, card(w, user)...)
	}
	return d, nil
}

// card returns the sheets of a user.
func card(w plan.Ways, user string) []Sheet {
	accounts := accountSheets(w, user)
	title, of := "Break glass: "+user, func(i, n int) Text {
		return say("Hub account `%s`, user `%s`, role `%s`. Sheet %d of %d.", w.Hub, user, w.Role, i, n)
	}
	var sheets []Sheet
	for i, blocks := range onSheets(title, of(1, 1).String(), front(w, user, len(accounts))) {
		sheets = append(sheets, Sheet{Title: map[bool]string{true: ", continued"}[i > 0], Blocks: blocks})
	}
	if byCommand(w, user) {
		sheets = append(sheets, Sheet{Title: ", " + noConsole, Blocks: commandLine(w, user)})
	}
	for _, blocks := range accounts {
		sheets = append(sheets, Sheet{Title: ", accounts", Blocks: blocks})
	}
	for i := range sheets {
		sheets[i].Title, sheets[i].Lead = title+sheets[i].Title, of(i+1, len(sheets))
	}
	return sheets
}

// front returns what to do, in the order in which it is done. It fills a sheet, unless the file says very much.
func front(w plan.Ways, user string, more int) []Block {
	halves := Block{Heading: "2. Get both halves", Facts: keptBy(w)}
	sealed(&halves, w, user)
	blocks := []Block{
		callBlock(w),
		halves,
	}
	if w.Sealed {
		blocks = append(blocks, program(w, user))
	}
	return append(blocks, []Block{
		signInBlock(w, user),
		withoutConsole(ownAddresses(w), w, user),
		switchBlock(w, more),
		{Heading: "5. How long it lasts", Texts: []Text{say("%s", lasts(w, user))}},
		{Heading: "6. Who is alerted", Texts: []Text{say("%s", alerts(w, byCommand(w, user)))}},
		{Heading: "7. Stop", Steps: stop(w, user)},
	}...)
}

func callBlock(w plan.Ways) Block {
	unannounced := "An alert that nobody announced is treated as an intrusion: your access is blocked."
	if len(w.CallFirst) == 0 {
		unannounced += " If nobody is written here, tell those of section 6."
	}
	return Block{Heading: "1. Call before you sign in", Facts: []Fact{{"Call", w.CallFirst}}, Texts: []Text{say("%s", unannounced)}}
}

// noConsole is the title of the sheet with the commands.
const noConsole = "without the console"

// byCommand reports whether a user has a way in by the command line.
func byCommand(w plan.Ways, user string) bool { return w.Login || slices.Contains(w.SealedKeys, user) }

func keptBy(w plan.Ways) []Fact {
	return []Fact{{"Password kept by", w.PasswordKeptBy}, {"MFA device kept by", w.MFAKeptBy}}
}

// withAge opens a sealed file without this program.
const withAge = "sed -n '/BEGIN AGE/,/END AGE/p' FILE | age -d -i IDENTITY"

// program says where the program is, which the commands on paper are of, and what to do without it.
func program(w plan.Ways, user string) Block {
	b := Block{Facts: []Fact{{"Program kept at", w.ProgramKeptAt}}, After: []Text{
		say("The program is one file, and needs no configuration. In a clone of its repository, `make cli` builds it, with Go and a network: there, type `bin/breakglass` in place of `breakglass`."),
	}}
	if w.Sealed {
		secrets := "the password, or the seed of the device"
		if slices.Contains(w.SealedKeys, user) {
			secrets = "the password, the secret of the access key, or the seed of the device"
		}
		b.After = append(b.After,
			say("Without it, age (age-encryption.org) opens the files: `%s`. The last line is %s: type the seed into an authenticator app, as its key.", withAge, secrets))
	}
	return b
}

// sealed adds to a block which sealed file is which, and how its holder opens it.
func sealed(b *Block, w plan.Ways, user string) {
	if !w.Sealed {
		return
	}
	b.Table = Table{Head: []string{"Sealed file", "What is in it", "Opened by"}, Rows: [][]Text{
		{say("`%s`", seal.Like(user, seal.Password)), say("the password for the sign-in page"), say("who keeps the password")},
		{say("`%s`", seal.Like(user, seal.MFA)), say("the MFA device: a code of six digits, which changes each half minute"), say("who keeps the MFA device")},
	}}
	if slices.Contains(w.SealedKeys, user) {
		b.Table.Rows = append(b.Table.Rows,
			[]Text{say("`%s`", seal.Like(user, seal.Key)), say("an access key, for the AWS CLI only; not the password"), say("who keeps the password")})
	}
	b.After = append(b.After,
		say("Its holder opens it without a network: `breakglass credentials open FILE -i IDENTITY` shows the password, or the current code. `FILE` is the sealed file, or its printed code, scanned into a file; `IDENTITY` is the holder's own file, which a hardware key has, too."))
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
		if s.Watched {
			all = append(all, Address{Label: s.Region, URL: s.Address})
		}
	}
	return all
}

// withoutConsole adds to a block what to do where no page of the console loads.
func withoutConsole(b Block, w plan.Ways, user string) Block {
	if byCommand(w, user) {
		b.After = append(b.After, say("If none loads at all: the sheet “%s” has commands that get in.", noConsole))
	}
	return b
}

// ownAddresses returns the sign-in addresses whose names depend on no other Region. Those that are not watched are for the end.
func ownAddresses(w plan.Ways) Block {
	b := Block{Texts: []Text{say("If none of these loads, try the Regions' own addresses. There, you type the number of the account.")}}
	silent := unwatched(w)
	for _, s := range w.SignIns {
		if s.Watched {
			b.Typed = append(b.Typed, s.Own)
		}
	}
	if len(silent) > 0 {
		b.After = []Text{say("If these do not load either: the sign-in pages of %s, which are not watched. A sign-in there raises no alert: tell those on the call list.", orOf(silent))}
		for _, s := range w.SignIns {
			if !s.Watched {
				b.After = append(b.After, say("`%s`", s.Own))
			}
		}
	}
	return b
}

// unwatched returns the Regions to sign in to where a sign-in raises no alert.
func unwatched(w plan.Ways) (regions []string) {
	for _, s := range w.SignIns {
		if !s.Watched {
			regions = append(regions, s.Region)
		}
	}
	return regions
}

func switchBlock(w plan.Ways, more int) Block {
	b := Block{Heading: "4. In the hub account"}
	if more > 0 {
		b.Heading = "4. Switch to the account that needs you"
		b.Texts = append(b.Texts, say("%s the number and the address of each account, and what you may do there. Without an address: in the menu at the top right, “Switch role”, then the account number and the role `%s`.",
			map[bool]string{true: "The last sheet has", false: fmt.Sprintf("The last %d sheets have", more)}[more == 1], w.Role))
	}
	b.Texts = append(b.Texts, say("In the hub account `%s` itself, "+inTheHubItself(w)+". You have there: %s.", w.Hub, strings.Join(w.InHub.Rights, "; ")))
	return b
}

// inTheHubItself says that the users have rights of their own in the hub account, which may have the role, too.
func inTheHubItself(w plan.Ways) string {
	if slices.ContainsFunc(w.Accounts, func(e plan.Entry) bool { return e.ID == w.Hub }) {
		return "you can also do without a switch"
	}
	return "do not switch"
}

// commandLine returns the ways without the console that are prepared for a user.
func commandLine(w plan.Ways, user string) (blocks []Block) {
	region, account := w.SignIns[0].Region, w.Hub
	of := say("`%s` is the hub account.", account)
	if i := slices.IndexFunc(w.Accounts, func(e plan.Entry) bool { return !e.Unit }); i >= 0 {
		account = w.Accounts[i].ID
		of = say("For another account than `%s`, write its number, which is on the sheets of the accounts; `%s` is the hub account.", account, w.Hub)
		if name := w.Accounts[i].Name; name != account {
			of = say("`%s` is %s. For another account, write its number, which is beside its name on the sheets of the accounts; `%s` is the hub account.", account, name, w.Hub)
		}
	}
	if slices.Contains(w.SealedKeys, user) {
		blocks = append(blocks, Block{
			Heading: "With the sealed access key",
			Texts: []Text{
				say("Also when nobody can sign in to the console. `KEY.sealed` is `%s`, `MFA.sealed` is `%s`, and each of the two holders gives an `IDENTITY`, in either order. Leave out `--mfa` to type the code.", seal.Like(user, seal.Key), seal.Like(user, seal.MFA)),
				of,
				say("It says who will be alerted, waits for Enter, asks one Region after another from `%s` on, and opens a shell with the session. `exit` leaves the shell; the session itself lasts until the time that it showed.", region),
			},
			Commands: []string{withKey(account, region)},
		})
	}
	if w.Login {
		b := Block{
			Heading:  "With aws login",
			Texts:    []Text{say("AWS CLI %s or later, which opens the sign-in page. Whether AWS passes MFA on is not known: if every call is denied, use another way. For `%s`, write another Region of the list if it does not answer.", plan.LoginVersion, region)},
			Commands: []string{"aws login --profile breakglass --region " + region},
		}
		if account != w.Hub {
			b.Texts = append(b.Texts, of, say("The last two commands do the same; the second one of them needs no breakglass."))
			b.Commands = append(b.Commands, "breakglass enter "+account+" --profile breakglass --region "+region,
				"aws sts assume-role --profile breakglass --role-arn "+config.PlaceOf(account, region).Role(w.Role)+" --role-session-name "+user+" --region "+region)
		}
		blocks = append(blocks, b)
	}
	if !w.Sealed && len(blocks) > 0 {
		blocks = append(blocks, program(w, user))
	}
	return blocks
}

// withKey is the command that enters an account with the sealed access key. It asks one Region after another.
func withKey(account, region string) string {
	return "breakglass enter " + account + " --key KEY.sealed --mfa MFA.sealed -i IDENTITY -i IDENTITY --region " + region
}

func lasts(w plan.Ways, user string) string {
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
	if len(sessions) > 0 {
		text += " To renew one, switch again."
	}
	if byCommand(w, user) {
		text += " On the command line: repeat the command."
	}
	return text + " A new sign-in raises an alert again."
}

// alertedShown is how many of those who are alerted a card names; the runbook names all.
const alertedShown = 20

// alerts says who is alerted, of what.
func alerts(w plan.Ways, command bool) string {
	of := []string{"the sign-in"}
	if len(w.Accounts) > 0 {
		of = append(of, "each switch")
	}
	if command {
		of = append(of, "each session of the command line")
	}
	if w.IAMAlerts {
		of = append(of, "each change in IAM of the hub account")
	}
	whom := w.Alerted
	if more := len(whom) - alertedShown; more > 0 {
		whom = append(slices.Clone(whom[:alertedShown]), fmt.Sprintf("and %d more", more))
	}
	text := strings.Join(whom, ", ") + ". Alerts come within minutes of " + english.WordSeries(of, "and") + "."
	if silent := unwatched(w); len(silent) > 0 {
		text += " " + english.WordSeries(silent, "and") + " raise none."
	}
	return text
}

func stop(w plan.Ways, user string) []Text {
	out, replaced := "Sign out, close the browser.", "Have the password replaced"
	if len(w.Accounts) > 0 {
		out = "Switch back, sign out, close the browser."
	}
	end := Text{}
	switch {
	case w.Login:
		end = say(" On the command line: `exit`, `aws logout --profile breakglass`.")
	case byCommand(w, user):
		end = say(" On the command line: `exit`.")
	}
	if w.Sealed {
		replaced = "Have password, MFA device" + map[bool]string{true: " and access key"}[slices.Contains(w.SealedKeys, user)] + " replaced and sealed again"
	}
	steps := []Text{
		append(say("%s", out), end...),
		say("Tell those whom you called that it is over, and what you did, with times."),
		say("Return both halves. %s, and the cards put back.", replaced),
	}
	if slices.ContainsFunc(w.Accounts, func(e plan.Entry) bool { return e.Raising != nil }) {
		steps = append([]Text{say("Take back what you gave the role: on the accounts' sheets, the second command.")}, steps...)
	}
	return steps
}
