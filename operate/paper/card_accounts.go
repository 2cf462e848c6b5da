package paper

import (
	"reflect"
	"slices"
	"strings"

	"example.com/breakglass/plan"
)

// A sheet of accounts has room for so many cells, in rows of two, on A4 and on Letter; what a group has in common takes the room of
// a row.
const cellsOnSheet = 6

// accountSheets returns the sheets with the accounts, those with the same rights together.
func accountSheets(w plan.Ways, user string) [][]Block {
	var sheets [][]Block
	left := 0
	for _, g := range groups(w) {
		for first := true; len(g) > 0; first = false {
			if left < 4 {
				sheets, left = append(sheets, nil), cellsOnSheet+2
			}
			n := min(left-2, len(g))
			sheet := &sheets[len(sheets)-1]
			*sheet = append(*sheet, groupBlock(w, user, g[:n], first))
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

func groupBlock(w plan.Ways, user string, group []plan.Entry, first bool) Block {
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
			a := Address{Label: w.SignIns[i].Region, URL: address}
			if !w.SignIns[i].Watched {
				a.Note = "not watched"
			}
			p.Addresses = append(p.Addresses, a)
		}
		if !e.Unit && slices.Contains(w.SealedKeys, user) {
			p.Command = withKey(e.ID, w.SignIns[0].Region)
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
	return text + " Until it is taken back, breakglass check reports: role " + w.Role +
		" has a policy that is not in breakglass.yaml. It needs IAM in us-east-1, and is refused where the organization's policy of breakglass guardrail applies."
}
