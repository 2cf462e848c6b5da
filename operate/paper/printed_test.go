package paper

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/printed"
)

// longest is a file whose texts are as long as they may be, with every way in, and so many items in each list of the card.
func longest(targets, items int) string {
	line := func(of int) string {
		var all []string
		for n := range items {
			all = append(all, fmt.Sprintf("%q", fmt.Sprint(10*of+n, strings.Repeat(" Officer", 14), " ours")))
		}
		return strings.Join(all, ", ")
	}
	text := `version: 1
hub: {account: "111111111111", region: ap-southeast-1, standby: ap-northeast-1}
regions: always-on
alerts: {email: [security-operations-centre@subsidiary.example.com, duty-officer-of-the-week@subsidiary.example.com], sms: ["+15550100123"], instructions: Call the duty officer.}
users: [{name: ` + strings.Repeat("u", 64) + `, accessKey: sealed}]
role: {name: ` + strings.Repeat("R", 64) + `}
` + holders + `userAccess: {managedPolicies: [IAMFullAccess, SignInLocalDevelopmentAccess]}
card: {callFirst: [` + line(1) + "], passwordKeptBy: [" + line(2) + "], mfaKeptBy: [" + line(3) + "], programKeptAt: [" + line(4) + "]}\ntargets:\n"
	for i := range targets {
		text += fmt.Sprintf("  - {account: \"2%011d\", name: %s%02d, managedPolicies: [%s]}\n", i, strings.Repeat("n", 62), i,
			[]string{"AdministratorAccess", "SecurityAudit", "job-function/ViewOnlyAccess"}[i%3])
	}
	return text
}

// TestPaperIsPrintedWhole prints cards and runbooks at one go. Each sheet of a card is one page, whatever the file says; no row, step or
// code is cut off where a page ends, and a scanner reads every code.
func TestPaperIsPrintedWhole(t *testing.T) {
	const shortest = "version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\n"
	cards, runbooks := Document{}, Document{}
	for _, text := range []string{shortest, many(9), longest(7, 1), longest(1, 8)} {
		documents := both(t, text)
		cards.Foot = documents[0].Foot
		cards.Sheets, runbooks.Sheets = append(cards.Sheets, documents[0].Sheets...), append(runbooks.Sheets, documents[1].Sheets...)
	}
	page := pageOf(t, Document{Foot: cards.Foot, Sheets: append(slices.Clone(cards.Sheets), runbooks.Sheets...)})
	var codes []string
	for _, one := range beside.FindAllStringSubmatch(page, -1) {
		codes = append(codes, html.UnescapeString(one[2]))
	}
	slices.Sort(codes)
	for n, size := range printed.Sizes {
		paper := printed.Print(t, []byte(page), size)
		for i, s := range cards.Sheets {
			if on := paper.Sheets[i]; !on.Has(s.Title+s.Lead.String()) || !on.Has(cards.Foot) {
				t.Fatalf("%s: page %d does not begin and end with %s, %s", size, i+1, s.Title, s.Lead)
			}
		}
		if most := len(cards.Sheets) + len(runbooks.Sheets) + 5; len(paper.Sheets) > most {
			t.Errorf("%s: %d pages, at most %d", size, len(paper.Sheets), most)
		}
		if n > 0 {
			continue // codes are as large on both
		}
		if read := paper.Codes(t); !slices.Equal(slices.Sorted(slices.Values(read)), codes) {
			t.Errorf("%s: %d of %d codes are read", size, len(read), len(codes))
		}
	}
}

// What to do, from the call to the end, is on one sheet where the file says what files usually say: nobody looks for the end on the next one.
func TestAUsualCardHasItAllOnOneSheet(t *testing.T) {
	for _, filled := range []string{"", `card: {callFirst: ["Duty officer, +1 555 010 0123"], passwordKeptBy: [Safe in room 101], mfaKeptBy: [Head of finance]}` + "\n"} {
		card := both(t, `version: 1
hub: {account: "111111111111", standby: eu-west-1}
alerts: {email: [security-team@example.com]}
users: [{name: BreakglassUser, accessKey: sealed}]
targets: [{account: "222222222222", name: production}, {account: "333333333333", name: staging}]
`+holders+filled)[0]
		first := card.Sheets[0].Blocks
		if last := first[len(first)-1].Heading; last != "7. Stop" {
			t.Errorf("%q: the first sheet ends with %q", filled, last)
		}
	}
}

// TestPaperFitsOnScreens: a card is read on a phone, too.
func TestPaperFitsOnScreens(t *testing.T) {
	d := both(t, longest(3, 1))
	page := pageOf(t, Document{Sheets: append(d[0].Sheets, d[1].Sheets...)})
	for _, width := range []int{360, 820} {
		printed.Show(t, []byte(page), width)
	}
}

// A name in Japanese is twice as wide as one in English.
func TestWideCharactersTakeMoreLines(t *testing.T) {
	for text, want := range map[string]float64{"": 1, strings.Repeat("a", 95): 1, strings.Repeat("a", 96): 2, strings.Repeat("当", 47): 1, strings.Repeat("当", 96): 3} {
		if got := lines(text, 95); got != want {
			t.Errorf("%q takes %v lines, want %v", text, got, want)
		}
	}
}
