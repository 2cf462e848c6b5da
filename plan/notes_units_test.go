package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestNotesOnUnits(t *testing.T) {
	const (
		management = "never reaches"
		made       = "the stack sets are created in"
		both       = "only one of the organizational units"
		optIn      = "must enable first"
		hubToo     = "the hub account gets the role as well"
	)
	const unit = "targets: [{organizationalUnit: ou-ab12-11111111}"
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"no units", "targets: []", nil},
		{"a unit", unit + "]\nstackSets: {retainOnAccountRemoval: true}", []string{management, hubToo}},
		{"two units", unit + ", {organizationalUnit: ou-ab12-22222222}]\nstackSets: {retainOnAccountRemoval: true}", []string{management, hubToo, both}},
		{"in the management account", unit + "]\nstackSets: {retainOnAccountRemoval: true, managementAccount: \"222222222222\"}", []string{management, hubToo, made}},
		{
			"in the management account, which is listed",
			unit + ", {account: \"222222222222\"}]\nstackSets: {retainOnAccountRemoval: true, managementAccount: \"222222222222\"}\ndeploy: {access: organization}",
			[]string{hubToo},
		},
		{"the hub is the management account", unit + "]\nstackSets: {retainOnAccountRemoval: true, managementAccount: \"111111111111\"}", []string{management}},
		{"in a Region that is off at first", unit + "]\nstackSets: {retainOnAccountRemoval: true, region: ap-east-1}", []string{management, hubToo, optIn}},
		{
			"observed in a Region that is off at first",
			unit + "]\nstackSets: {retainOnAccountRemoval: true}\nobservers: {regions: [ap-east-1, us-east-1], organization: o-ab12cd34ef}",
			[]string{management, hubToo, optIn},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			notes := of(t, head+c.file+"\n").Notes
			for _, part := range []string{management, made, both, optIn, hubToo} {
				found := slices.ContainsFunc(notes, func(note string) bool { return strings.Contains(note, part) })
				if found != slices.Contains(c.want, part) {
					t.Errorf("a note with %q: %v; the notes are %q", part, found, notes)
				}
			}
		})
	}
	for unit, which := range map[string]string{"ou-ab12-11111111": "if it is in one of the units", "r-ab12": "since it is in the organization"} {
		p := of(t, head+"targets: [{organizationalUnit: "+unit+"}]\nstackSets: {retainOnAccountRemoval: true}\n")
		if got := note(t, p, hubToo); !strings.Contains(got, hubToo+", "+which+": ") {
			t.Errorf("%s: %s", unit, got)
		}
	}
	named := of(t, head+unit+"]\nstackSets: {retainOnAccountRemoval: true, managementAccount: \"222222222222\"}\n")
	if got := note(t, named, management); !strings.Contains(got, `{account: "222222222222", name: management}`) {
		t.Errorf("the note is %q, and does not say what to write", got)
	}
}
