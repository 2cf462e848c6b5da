package credentials

import (
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/seal"
)

// Ceremony is the script of a meeting of two teams and a witness, at which a user gets new credentials.
type Ceremony struct {
	Account, User string
	Made          time.Time
	SHA256        string
	Rotation      bool
	Teams         []Team
	Parts         []Part
	Bags          []Bag
	// Blank lines are for what went otherwise than planned.
	Blank []struct{}
}

// Team holds one half.
type Team struct {
	Name, Holds, Place string
	Holders            []Holder
}

// Part is a group of steps.
type Part struct {
	Title string
	Steps []Step
}

// Step is done by somebody, and signed by the witness.
type Step struct {
	Number        int
	By, What, Run string
}

// Bag is a tamper-evident bag.
type Bag struct{ Name, Content string }

// The people of a ceremony.
const (
	operator = "Operator"
	teamOne  = "Team A"
	teamTwo  = "Team B"
	witness  = "Witness"
	everyone = "All"
)

// NewCeremony returns the script for a user of the file. rotation replaces what the user has.
func NewCeremony(c *config.Config, name string, rotation bool, now time.Time) (*Ceremony, error) {
	o := Options{Config: c, User: name}
	if err := o.check(); err != nil {
		return nil, err
	}
	entry, err := o.entry()
	if err != nil {
		return nil, err
	}
	key := entry.AccessKey == config.AccessKeySealed
	out := &Ceremony{
		Account: c.Hub.Account, User: name, Made: now.UTC(), SHA256: c.SHA256(), Rotation: rotation, Blank: make([]struct{}, 5),
		Teams: []Team{
			{teamOne, "the password", strings.Join(c.Card.PasswordKeptBy, ", "), holdersOf(c.Credentials.PasswordHolders)},
			{teamTwo, "the seed of the MFA device", strings.Join(c.Card.MFAKeptBy, ", "), holdersOf(c.Credentials.MFAHolders)},
		},
		Bags: []Bag{{"A", "sealed password"}, {"B", "sealed seed of the MFA device"}},
	}
	if key {
		out.Teams[0].Holds += " and the access key"
		out.Bags[0].Content += " and access key"
	}
	out.Parts = parts(name, key, rotation)
	number := 0
	for _, part := range out.Parts {
		for i := range part.Steps {
			number++
			part.Steps[i].Number = number
		}
	}
	return out, nil
}

func parts(user string, key, rotation bool) []Part {
	const folder = " --folder sealed"
	steps := []Step{{By: operator, What: "Give the user a password. No secret shows.", Run: "breakglass credentials create " + user + folder}}
	steps = append(steps, Step{By: operator, What: "Give the user an MFA device. No secret shows.", Run: "breakglass credentials mfa " + user + folder})
	if key {
		steps = append(steps, Step{By: operator, What: "Give the user an access key. No secret shows.", Run: "breakglass credentials key " + user + folder})
	}
	if rotation {
		const back = "Take the bag from its place; the witness compares its number with the record of the last ceremony. Copy the sealed files back into the folder sealed; scan a paper form into a file there, whose name ends in .sealed. Nothing is opened. "
		steps = []Step{{By: teamOne, What: back + "Bag A."}, {By: teamTwo, What: back + "Bag B."},
			{
				By:   operator,
				What: "Replace the password, the MFA devices and the access key. No secret shows; the old files are marked as void. If a file is missing, nothing is replaced.", Run: "breakglass credentials rotate " + user + folder,
			}}
	}
	end := []Step{
		{
			By: teamOne, What: "Print the sealed password on paper or copy its file to two media; put them into bag A, seal it, and read out its number.",
			Run: "breakglass credentials paper sealed/" + seal.Like(user, seal.Password) + " --html password.html",
		},
		{
			By: teamTwo, What: "The same with the sealed seed, into bag B.",
			Run: "breakglass credentials paper sealed/" + seal.Like(user, seal.MFA) + " --html mfa.html",
		},
		{By: witness, What: "Write the numbers of the bags into the record. Compare them with those on the bags."},
		{By: operator, What: "Delete the folder from the computer, and what was printed from the printer's queue."},
		{By: everyone, What: "Take each bag to its place. Sign the record. Each team and the witness keeps a copy."},
	}
	if rotation {
		end = append(end, Step{By: witness, What: "Watch the copies of the old, void files being destroyed, on paper and on media."})
	}
	return []Part{
		{"Before", []Step{
			{By: operator, What: "Announce the ceremony to those who receive the alerts: each change of the user raises one."},
			{By: witness, What: "Check who is present, and that nobody belongs to both teams. No camera shows a screen or a keyboard."},
			{By: operator, What: "Show that breakglass.yaml is the reviewed one: its SHA-256 is at the top of this script.", Run: "sha256sum breakglass.yaml"},
			{By: teamOne, What: "Read out the fingerprint of the own recipient, each holder for himself or herself; the witness compares it with this script."},
			{By: teamTwo, What: "The same."},
		}},
		{"Seal", steps},
		{"Prove", []Step{
			{
				By: teamOne, What: "Prove that the own identity opens the own half, and not the other. Nothing is shown.",
				Run: "breakglass credentials verify sealed/*.sealed -i identity.txt",
			},
			{By: teamTwo, What: "The same."},
			{By: operator, What: "Show that every credential has its sealed file, and that none was used.", Run: "breakglass credentials status --folder sealed"},
			{By: witness, What: "Ask those who receive the alerts: an alert has come for each change, and none besides."},
		}},
		{"Keep", end},
	}
}

// Page returns the script as a page to print: what everybody does, in order, with room for time and initials, and the record.
func (c *Ceremony) Page() ([]byte, error) {
	return ceremonyTemplate.Of(c)
}

// Title says which ceremony it is.
func (c *Ceremony) Title() string {
	what := "Sealing"
	if c.Rotation {
		what = "Replacing"
	}
	return fmt.Sprintf("%s the credentials of %s", what, c.User)
}
