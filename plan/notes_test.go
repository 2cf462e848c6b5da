package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

const production = `targets: [{account: "222222222222", name: production}]
`

func TestNotesSayWhatTheReaderHasToKnow(t *testing.T) {
	const (
		credentials = "deploy.access is credentials"
		trust       = "whoever may call sts:AssumeRole there can deploy into 222222222222"
		global      = "console's global address"
		alwaysOn    = "no account can disable them"
		noTargets   = "no targets"
	)
	kinds := []string{credentials, trust, global, alwaysOn, noTargets}
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"foreign targets with the caller's credentials", head + production, []string{credentials}},
		{"foreign targets through the organization", head + production + "deploy: {access: organization}\n", nil},
		{"foreign targets through the bootstrap's roles", head + production + "deploy: {access: bootstrap}\n", []string{trust}},
		{"the hub through the bootstrap's roles", head + `targets: [{account: "111111111111"}]` + "\ndeploy: {access: bootstrap}\n", nil},
		{"the hub as the only target", head + `targets: [{account: "111111111111"}]`, nil},
		{"no targets", head, []string{noTargets}},
		{"all Regions", head + "regions: all\n" + `targets: [{account: "111111111111"}]`, nil},
		{
			"no us-east-1",
			`{version: 1, hub: {account: "111111111111", region: us-east-2}, alerts: {email: [a@example.com]}, unwatched: [{region: us-east-1, reason: x}]}`,
			[]string{global, noTargets},
		},
		{"no sa-east-1, on purpose", head + "unwatched: [{region: sa-east-1, reason: x}]\n", []string{noTargets}},
		{"one Region and a foreign target", head + production + "regions: [us-east-1]\n", []string{credentials, global, alwaysOn}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, note := range of(t, c.file).Notes {
				if strings.Contains(note, "trail is existing") || strings.Contains(note, "the alert topic itself") {
					continue // they have tests of their own
				}
				i := slices.IndexFunc(kinds, func(kind string) bool { return strings.Contains(note, kind) })
				if i < 0 {
					t.Fatalf("an unexpected note: %s", note)
				}
				got = append(got, kinds[i])
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("the notes are %q, want %q", got, c.want)
			}
		})
	}
}

// TestASectionWithoutEffectIsNoted: its author may rely on it.
func TestASectionWithoutEffectIsNoted(t *testing.T) {
	const unit, hubOnly = "targets: [{organizationalUnit: ou-ab12-11111111}]\n", `targets: [{account: "111111111111"}]` + "\n"
	const retain = "stackSets: {retainOnAccountRemoval: true}\n"
	for _, c := range []struct{ file, want string }{
		{head + production + "observers: {regions: []}\n", "observers has no effect: observers.regions lists no Region"},
		{head + production + "observers: {regions: [], organization: o-ab12cd34ef}\n", "observers has no effect: observers.regions lists no Region"},
		{head + "observers: {regions: [us-east-1]}\n", "observers has no effect: targets lists no account other than the hub account"},
		{head + hubOnly + "observers: {regions: [us-east-1]}\n", "observers has no effect: targets lists no account other than the hub account"},
		{head + production + retain, "stackSets has no effect: targets lists no organizational unit"},
		{head + production + "userNotifications: {email: []}\n", "userNotifications has no effect: userNotifications.email lists no address"},
		{head + production + "chat: {}\n", "chat has no effect: it has neither slack nor teams"},
		{head + production + "observers: {regions: [us-east-1]}\n", ""},
		{head + unit + retain + "observers: {regions: [us-east-1], organization: o-ab12cd34ef}\n", ""},
		{head + production + "chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}\nuserNotifications: {email: [a@example.com]}\n", ""},
		{head, ""},
	} {
		var got []string
		for _, note := range of(t, c.file).Notes {
			if strings.Contains(note, "has no effect") {
				got = append(got, note)
			}
		}
		if strings.Join(got, "\n") != c.want {
			t.Errorf("%s has the notes %q, want %q", c.file, got, c.want)
		}
	}
}

// TestANewRegionIsPlannedAndNoted: a Region that this version does not know has stacks like every other one.
func TestANewRegionIsPlannedAndNoted(t *testing.T) {
	const file = "version: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1, xx-north-2]\nalerts: {email: [a@example.com]}\ntargets: [{account: \"111111111111\"}]\n"
	p := of(t, file)
	if got, want := note(t, p, "xx-north-2"), `breakglass.yaml:3: regions[1]: Region that this version does not know; "xx-north-2". Check the code: aws account list-regions shows every Region. A newer version may know it.`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if i := slices.IndexFunc(p.Placements, func(at Placement) bool { return at.Stack == "BreakGlass-Forwarder-xx-north-2" }); i < 0 ||
		p.Placements[i].Place().Bus() != "arn:aws:events:xx-north-2:111111111111:event-bus/default" {
		t.Errorf("it has no forwarder: %v", p.Placements)
	}
	for _, at := range ofKind(p, Heartbeats) {
		if slices.Contains(at.Beats, "xx-north-2") {
			return
		}
	}
	t.Error("no alarm waits for its heartbeats")
}

func TestTheNoteOnTheTrailSaysWhatItMustLog(t *testing.T) {
	for _, words := range []string{"111111111111", "multi-Region", "management events, read and write"} {
		note(t, of(t, head), words)
	}
	for _, n := range of(t, head+"trail: create\n").Notes {
		if strings.Contains(n, "trail is existing") {
			t.Errorf("with a trail of its own: %s", n)
		}
	}
}

func note(t *testing.T, p Plan, part string) string {
	t.Helper()
	i := slices.IndexFunc(p.Notes, func(note string) bool { return strings.Contains(note, part) })
	if i < 0 {
		t.Fatalf("no note with %q among %q", part, p.Notes)
	}
	return p.Notes[i]
}

func TestTheNoteOnCredentialsNamesTheForeignAccountsOnly(t *testing.T) {
	got := note(t, of(t, head+`targets: [{account: "111111111111"}, {account: "222222222222"}]`), "credentials")
	if !strings.Contains(got, "222222222222") || strings.Contains(got, "111111111111") {
		t.Error(got)
	}
	if !strings.Contains(got, "BreakGlass-Role-") || !strings.Contains(got, "organization") {
		t.Errorf("it does not say what to do: %s", got)
	}
}

// TestNotesThatDoNotApplyAreLeftOut: who has a profile for each account need not be told to use one.
func TestNotesThatDoNotApplyAreLeftOut(t *testing.T) {
	p := of(t, head+`targets: [{account: "222222222222"}, {account: "333333333333"}]`)
	for _, c := range []struct {
		reached   map[string]string
		want, not string
	}{
		{nil, "(222222222222, 333333333333)", "()"},
		{map[string]string{"222222222222": "production"}, "(333333333333)", "222222222222"},
		{map[string]string{"222222222222": "production", "333333333333": "staging", "444444444444": "x"}, "", "deploy.access is credentials"},
	} {
		notes := strings.Join(p.NotesFor(c.reached), "\n")
		if !strings.Contains(notes, c.want) || strings.Contains(notes, c.not) {
			t.Errorf("with %v: %s", c.reached, notes)
		}
	}
	p = of(t, head+"targets: [{organizationalUnit: ou-ab12-11111111}]\nstackSets: {managementAccount: \"999999999999\", retainOnAccountRemoval: true}\n")
	const created = "the stack sets are created in 999999999999"
	note(t, p, created)
	if notes := strings.Join(p.NotesFor(map[string]string{"999999999999": "management"}), "\n"); strings.Contains(notes, created) {
		t.Error(notes)
	}
}

func TestANoteOfAThousandAccountsStaysShort(t *testing.T) {
	got := note(t, of(t, many(1000, "BreakGlassRole", "production")), "credentials")
	if len(got) > 400 || !strings.Contains(got, "995 more") {
		t.Error(got)
	}
}

func TestTheNoteOnGlobalSignInsNamesEachMissingRegion(t *testing.T) {
	p := of(t, head+"regions: [us-east-1, eu-north-1]\n")
	got := note(t, p, "global address")
	for region, want := range map[string]bool{"us-east-1": false, "eu-north-1": false, "us-east-2": true, "ap-southeast-2": true, "us-west-1": false} {
		if strings.Contains(got, region) != want {
			t.Errorf("%s: %s", region, got)
		}
	}
	// Nothing is told twice.
	rest := note(t, p, "no account can disable them")
	if strings.Contains(rest, "us-east-2") || strings.Contains(rest, "ap-southeast-2") {
		t.Error(rest)
	}
	if n := len(config.AlwaysOnRegions()) - 4; !strings.Contains(rest, fmt.Sprintf("%d more", n-5)) {
		t.Errorf("want all %d others: %s", n, rest)
	}
}
