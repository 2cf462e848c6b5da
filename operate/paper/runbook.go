package paper

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
	"github.com/dustin/go-humanize/english"
)

type target = config.Target

// Runbook returns the procedure for an emergency: whether to use the access at all, which way for which failure, and how to end it.
func Runbook(o Options) (Document, error) {
	w, all := o.Plan.Ways(), modes(o)
	d := Document{Title: "Break glass runbook of account " + w.Hub, Foot: o.foot(), Sheets: []Sheet{
		{
			Title: "Break glass runbook",
			Lead: say("Hub account `%s`, role `%s`, %s, %s.", w.Hub, w.Role, english.Plural(len(w.Users), "emergency user", ""),
				english.Plural(len(w.Accounts), "target", "")), Blocks: decide(w, all),
		},
		{Title: "Get in", Blocks: getIn(w, len(all))},
		{Title: "Get in without the console, or do more", Blocks: otherwise(w)},
	}}
	var blocks []Block
	for i, m := range all {
		blocks = append(blocks, modeBlocks(i+1, m)...)
	}
	d.Sheets = append(d.Sheets,
		Sheet{Title: "Which way for which failure", Blocks: blocks},
		Sheet{Title: "What alerts whom, and when", Blocks: alertBlocks(o, w)},
		Sheet{Title: "Close-out", Blocks: closeOut(w)},
	)
	return d, nil
}

// decide returns the sheet on which it is decided whether to go on.
func decide(w plan.Ways, all []mode) []Block {
	table := Table{Head: []string{"What failed", "Way in"}}
	for i, m := range all {
		table.Rows = append(table.Rows, []Text{say("%d. %s", i+1, m.title), m.way})
	}
	return []Block{
		{Heading: "Do not use it", Steps: []Text{
			say("… if somebody with ordinary access can do the work, or if the work can wait."),
			say("… if an alert came that nobody announced, or a half of the credentials is missing: see failure %d.", len(all)),
			say("… alone, or without having called."),
			say("… to save an approval, or for work that was planned."),
		}, Texts: []Text{say("Tick each one that you have ruled out. If one of them holds, stop here.")}},
		{Heading: "What failed?", Table: table},
		{Heading: "Before", Steps: []Text{
			say("The failure is confirmed, as its page says, by two people."),
			say("An incident is open, with a number and somebody who leads it."),
			say("The call list was called, in its order, until somebody answered, who agrees and tells those who are alerted."),
			say("If nobody answers within 15 minutes: go on, leave a message, and write down whom you called."),
			say("Somebody else writes down each step with its time."),
		}, Facts: []Fact{
			{"Call list", w.CallFirst}, {"Incident number", nil}, {"Led by", nil}, {"Agreed by, at", nil}, {"Second approver, at", nil}, {"Written down by", nil},
		}},
	}
}

// getIn returns the sheet with the steps of the console.
func getIn(w plan.Ways, takenOver int) []Block {
	halves := Block{Heading: "Both halves", Facts: append(keptBy(w), Fact{"Numbers of the bags", nil}), Steps: []Text{
		say("The bags are whole, and have the numbers of the record. If not: failure %d.", takenOver),
		say("The card of the user who signs in is there."),
	}}
	sealed(&halves, w, cliUser(w))
	blocks := []Block{halves}
	if w.Sealed {
		blocks = append(blocks, program(w, cliUser(w)))
	}
	return append(blocks, []Block{
		{Heading: "Console", Addresses: signIns(w), Steps: []Text{
			say("Open the first address. The next one, if it does not load within half a minute."),
			say("“IAM user”, account `%s`, the name of the user on the card, password, MFA device.", w.Hub),
			say("Within minutes, the sign-in is alerted. Ask one of those alerted whether it came."),
			say("Switch to the account, by its address on the card. In the hub account, " + inTheHubItself(w) + "."),
			say("Do what has to be done, and no more. Write it down."),
		}},
		ownAddresses(w),
	}...)
}

// otherwise returns the sheet with the other ways, and how the role gets more permissions.
func otherwise(w plan.Ways) []Block {
	user := cliUser(w)
	blocks := commandLine(w, user)
	if len(blocks) == 0 {
		blocks = []Block{{Heading: "Without the console", Texts: []Text{say("Nothing is prepared.")}}}
	}
	blocks = append(blocks,
		Block{
			Heading: "If it is not enough",
			Texts:   []Text{say("What the role may do, and how it gets more for this incident only, is on the sheets of the accounts. For each account:")},
		})
	last := &blocks[len(blocks)-1]
	last.Table = Table{Head: []string{"Accounts", "The role may", "More"}}
	for _, g := range groups(w) {
		last.Table.Rows = append(last.Table.Rows, []Text{say("%s", some(g)), say("%s", strings.Join(g[0].Rights, "; ")), say("%s", moreShort(g[0]))})
	}
	if len(last.Table.Rows) == 0 {
		last.Texts = []Text{say("The users have in the hub account: %s. There are no other accounts.", strings.Join(w.InHub.Rights, "; "))}
	}
	return blocks
}

// cliUser returns the user of the example: one with a key, if there is one.
func cliUser(w plan.Ways) string { return slices.Concat(w.SealedKeys, w.Users)[0] }

// moreShort says who may give the role more permissions, and whether an alert reports it.
func moreShort(e plan.Entry) string {
	if e.Raising == nil {
		return "it may do everything"
	}
	text := "by an administrator of the account"
	if e.Raising.Itself {
		text = "by the role itself"
	}
	if e.Raising.Boundary != "" {
		text += ", within " + e.Raising.Boundary
	}
	if e.Raising.Alert == "" {
		return text + "; no alert, check reports it"
	}
	return text + "; alerted"
}

// some names the first accounts of a group.
func some(group []plan.Entry) string {
	const shown = 6
	var all []string
	for i, e := range group {
		if i == shown {
			all = append(all, fmt.Sprintf("and %d more", len(group)-shown))
			break
		}
		if e.Name != e.ID {
			all = append(all, e.Name+" "+e.ID)
		} else {
			all = append(all, e.ID)
		}
	}
	return strings.Join(all, ", ")
}

func modeBlocks(n int, m mode) []Block {
	return []Block{
		{Heading: fmt.Sprintf("%d. %s", n, m.title), Texts: []Text{say("Confirm:")}, Steps: m.confirm},
		{Facts: []Fact{{"Way in", []string{m.way.String()}}}, Steps: m.do, After: []Text{m.not}},
	}
}

// uses are the entries of the catalogue that a use of the access raises, in the order in which it does.
var uses = []string{"sign-in", "failed-sign-in", "switch-role", "assume-role", "iam-change", watch.RoleChange, watch.TargetAccess, "root-sign-in"}

// alertBlocks returns the sheet about the alerts of a use.
func alertBlocks(o Options, w plan.Ways) []Block {
	table := Table{Head: []string{"What happens", "Alert", "Why"}}
	on := plan.ScopeOf(o.Plan.Config).Entries()
	for _, id := range uses {
		for _, e := range on {
			if e.ID == id {
				table.Rows = append(table.Rows, []Text{say("%s", e.Title), say("`%s`", e.ID), say("%s", e.Why)})
			}
		}
	}
	return []Block{
		{Facts: []Fact{{"To", w.Alerted}}, Texts: []Text{
			say("Within minutes, with best effort: CloudTrail delivers late at times, and the alert is not the audit record. Every event is in the ledger of %s too.",
				strings.Join(o.Plan.Config.HubRegions(), " and ")),
			say("What each alert tells its reader: %s", w.Instructions),
		}},
		{Table: table},
	}
}

func closeOut(w plan.Ways) []Block {
	return []Block{
		{Steps: []Text{
			say("What the role was given is taken back, in every account: `breakglass check` reports none of it."),
			signedOut(w),
			say("What was created for the incident is removed, or has an owner: users, keys, roles, trust policies."),
			say("Those who were called and alerted know that it is over."),
			say("%s, in new bags with new numbers.", replaced(w)),
			say("`breakglass check` finds nothing, and `breakglass drill` arrives."),
			say("Each use in the ledger has a line in the notes: `breakglass proof --since 7d`."),
			say("The record is signed, and filed with the incident."),
			say("The review has a date: what failed, why the access was needed, what would make it unnecessary."),
		}},
		{Facts: []Fact{
			{"First sign-in, at", nil}, {"Last sign-out, at", nil}, {"Accounts entered", nil}, {"What was changed", nil},
			{"Numbers of the new bags", nil}, {"Signed by the user", nil}, {"Signed by who led it", nil}, {"Review on", nil},
		}},
	}
}

// signedOut says what nobody may leave open.
func signedOut(w plan.Ways) Text {
	switch {
	case w.Login:
		return say("Everybody is signed out of the console, has run `aws logout --profile breakglass`, and has left every shell with a session.")
	case len(w.SealedKeys) > 0:
		return say("Everybody is signed out of the console, and has left every shell with a session.")
	}
	return say("Everybody is signed out of the console.")
}

// replaced says what nobody may use again.
func replaced(w plan.Ways) string {
	switch {
	case len(w.SealedKeys) > 0:
		return "Password, MFA device and access key are replaced and sealed again"
	case w.Sealed:
		return "Password and MFA device are replaced and sealed again"
	}
	return "The password is replaced"
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// orOf joins alternatives.
func orOf(list []string) string { return english.WordSeries(list, "or") }
