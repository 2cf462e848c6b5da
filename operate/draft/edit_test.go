package draft

import (
	"strings"
	"testing"

	"example.com/breakglass/config"
)

const existing = `# Our emergency access. Ask Ada.
version: 1
hub:
  account: "111111111111" # the hub
alerts:
  email:
    - a@example.com # Ada
    - b@example.com
users:
  - name: Ada
  - name: Bob
targets:
  - account: "222222222222"
    name: production
    sessionDuration: 2h # on purpose
  - account: "333333333333"
ledger: {retentionDays: 400}
`

func TestEditChangesTheAnswersOnly(t *testing.T) {
	answers := func(change func(*Answers)) Answers {
		c, err := config.Parse("breakglass.yaml", []byte(existing))
		if err != nil {
			t.Fatal(err)
		}
		a := AnswersOf(c)
		change(&a)
		return a
	}
	for name, c := range map[string]struct {
		change func(*Answers)
		old    []string // pairs of texts: what it is, and what it becomes
	}{
		"nothing": {func(*Answers) {}, nil},
		"the hub": {
			func(a *Answers) { a.HubAccount = "444444444444" }, []string{`account: "111111111111" # the hub`, `account: "444444444444" # the hub`},
		},
		"a standby":        {func(a *Answers) { a.Standby = "us-west-2" }, []string{"hub:\n", "hub:\n  standby: us-west-2\n"}},
		"one address less": {func(a *Answers) { a.Email = []string{"a@example.com"} }, []string{"    - b@example.com\n", ""}},
		"one address more": {
			func(a *Answers) { a.Email = append(a.Email, "c@example.com") }, []string{"    - b@example.com\n", "    - b@example.com\n    - c@example.com\n"},
		},
		"a user":       {func(a *Answers) { a.Users = append(a.Users, "Cleo") }, []string{"  - name: Bob\n", "  - name: Bob\n  - name: Cleo\n"}},
		"another user": {func(a *Answers) { a.Users = []string{"Bob"} }, []string{"  - name: Ada\n", ""}},
		"a target": {
			func(a *Answers) { a.Targets = append(a.Targets, Target{"444444444444", "dev eu"}) },
			[]string{"  - account: \"333333333333\"\n", "  - account: \"333333333333\"\n  - account: \"444444444444\"\n    name: dev eu\n"},
		},
		"a target less": {
			func(a *Answers) { a.Targets = a.Targets[1:] }, []string{"  - account: \"222222222222\"\n    name: production\n    sessionDuration: 2h # on purpose\n", ""},
		},
		"instructions": {func(a *Answers) { a.Instructions = "Call Ada: now" }, []string{"alerts:\n", "alerts:\n  instructions: 'Call Ada: now'\n"}},
		"the trail": {
			func(a *Answers) { a.Trail = config.TrailCreate }, []string{"{retentionDays: 400}\n", "{retentionDays: 400}\n\ntrail: create\n"},
		},
		"the access": {
			func(a *Answers) { a.Access = config.AccessOrganization }, []string{"{retentionDays: 400}\n", "{retentionDays: 400}\n\ndeploy:\n  access: organization\n"},
		},
		"the role's policies": {
			func(a *Answers) { a.Policies = []string{"ReadOnlyAccess", "AdministratorAccess"} },
			[]string{"{retentionDays: 400}\n", "{retentionDays: 400}\n\nrole:\n  managedPolicies: [ReadOnlyAccess, AdministratorAccess]\n"},
		},
		"a standby in an opt-in Region": {func(a *Answers) { a.Standby = "eu-south-2" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			want := answers(c.change)
			got, err := Edit("breakglass.yaml", []byte(existing), want)
			if err != nil {
				t.Fatal(err)
			}
			changed := existing
			for i := 0; i < len(c.old); i += 2 {
				changed = strings.Replace(changed, c.old[i], c.old[i+1], 1)
			}
			if name != "a standby in an opt-in Region" && string(got) != changed {
				t.Errorf("%s", got)
			}
			parsed, err := config.Parse("breakglass.yaml", got)
			if err != nil || parsed.Hub.Standby != want.Standby {
				t.Errorf("%v\n%s", err, got)
			}
		})
	}
}

// What cannot be edited with certainty is left as it is, and the message says so.
func TestEditRefusesWhatItCannotKeep(t *testing.T) {
	const flow = "version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nalerts: {email: [a@example.com]}\nusers: [{name: Ada}]\n"
	c, err := config.Parse("breakglass.yaml", []byte(flow))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Answers){
		"a key of a line":              func(a *Answers) { a.Standby = "" },
		"a list of mappings on a line": func(a *Answers) { a.Users = []string{"Ada", "Bob"} },
	} {
		want := AnswersOf(c)
		change(&want)
		if _, err := Edit("breakglass.yaml", []byte(flow), want); err == nil || !strings.Contains(err.Error(), "cannot be edited automatically: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	want := AnswersOf(c)
	want.Email = []string{"other@example.com"}
	if got, err := Edit("breakglass.yaml", []byte(flow), want); err != nil || !strings.Contains(string(got), "{email: [other@example.com]}") {
		t.Errorf("%v\n%s", err, got)
	}
	want.Email, want.HubRegion = []string{"b@example.com", "a@example.com"}, "eu-west-1"
	got, err := Edit("breakglass.yaml", []byte(flow), want)
	if err != nil || !strings.Contains(string(got), `hub: {region: eu-west-1, account: "111111111111", standby: us-west-2}`) {
		t.Errorf("%v\n%s", err, got)
	}
}

// A comment among the items of a list in square brackets is about one of them: new items would lose it, or come under it.
func TestEditKeepsTheCommentsOfAList(t *testing.T) {
	const commented = "version: 1\nhub: {account: \"111111111111\"}\nalerts:\n  email: [a@example.com, # Ada\n    b@example.com]\n"
	c, err := config.Parse("breakglass.yaml", []byte(commented))
	if err != nil {
		t.Fatal(err)
	}
	want := AnswersOf(c)
	want.Email = []string{"c@example.com"}
	if got, err := Edit("breakglass.yaml", []byte(commented), want); err == nil || !strings.Contains(err.Error(), "cannot be edited automatically: ") {
		t.Errorf("%v\n%s", err, got)
	}
}
