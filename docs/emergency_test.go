package docs

import (
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/plan"
)

// TestTheEmergencyPage has the addresses and commands of the example, as the cards have them.
func TestTheEmergencyPage(t *testing.T) {
	p, err := plan.Load("../config/testdata/shipped.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := p.Ways()
	var rows [][]string
	for _, s := range w.SignIns {
		rows = append(rows, []string{s.Region, code(s.Address), code(s.Own)})
	}
	reviewed.Part(t, "emergency.md", "signins",
		table([]string{"Region", "Address, with the account filled in", "The Region's own, where you type the account"}, rows))
	account := w.Accounts[0]
	reviewed.Part(t, "emergency.md", "switch", fence("", account.SwitchRole[:2]...))
	reviewed.Part(t, "emergency.md", "raising", fence("sh", account.Raising.Attach, account.Raising.Detach))
}

func fence(language string, lines ...string) string {
	return fmt.Sprintf("```%s\n%s\n```", language, strings.Join(lines, "\n"))
}
