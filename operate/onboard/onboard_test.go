package onboard

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/draft"
)

const regions = `{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"us-west-2","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`

// newRun returns a run whose caller is a user of account 111111111111, in an organization with two accounts.
func newRun(t *testing.T, answered ...Question) *Run {
	t.Helper()
	s := stub.New()
	t.Cleanup(s.Close)
	s.Answer("account:POST/listRegions", regions)
	s.Answer("organizations:DescribeOrganization", `{"Organization":{"MasterAccountId":"999999999999"}}`)
	s.Answer("organizations:ListAccounts", `{"Accounts":[{"Id":"222222222222","Name":"production","State":"ACTIVE"},{"Id":"333333333333","Name":"a|b","State":"ACTIVE"}]}`)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
	return &Run{Request: Request{
		File:     filepath.Join(t.TempDir(), "breakglass.yaml"),
		Answers:  draft.Answers{HubRegion: config.DefaultRegion, Users: []string{config.DefaultUser}, Access: config.AccessCredentials},
		Answered: func(q Question) bool { return slices.Contains(answered, q) },
		Progress: func(string) func() { return func() {} },
	}}
}

// person returns the answers of a test.
type person struct {
	overwrite  bool
	who, where func(*Run)
	asked      []string
}

func (p *person) Overwrite(string) (bool, error) {
	p.asked = append(p.asked, "overwrite")
	return p.overwrite, nil
}

func (p *person) Who(r *Run) error {
	p.asked = append(p.asked, "who")
	if p.who != nil {
		p.who(r)
	}
	return nil
}

func (p *person) Where(r *Run) error {
	p.asked = append(p.asked, "where")
	if p.where != nil {
		p.where(r)
	}
	return nil
}

func TestAPersonAnswersWhatNoFlagHas(t *testing.T) {
	r := newRun(t)
	p := &person{
		who: func(r *Run) { r.Answers.Email = []string{"a@example.com"} },
		where: func(r *Run) {
			if choices := r.HubChoices(); !slices.Equal(choices, []string{"us-east-1", "us-west-2"}) {
				t.Errorf("offered are %q", choices)
			}
			r.Answers.Standby = "us-west-2"
			r.Answers.Targets = []draft.Target{{Account: "222222222222"}, {Account: "333333333333"}}
		},
	}
	c, err := r.Do(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(p.asked, []string{"who", "where"}) {
		t.Errorf("asked %q", p.asked)
	}
	if c.Hub.Account != "111111111111" || c.Hub.Standby != "us-west-2" || !slices.Equal(c.Regions, []string{"us-east-1", "us-west-2"}) {
		t.Errorf("the file has %+v, %q", c.Hub, c.Regions)
	}
	// The organization's name for a target is used unless the console could not show it.
	if c.Targets[0].Name != "production" || c.Targets[1].Name != "333333333333" {
		t.Errorf("the targets are %+v", c.Targets)
	}
	if written, err := config.Load(r.File); err != nil || written.Hub != c.Hub {
		t.Errorf("written is %+v, %v", written, err)
	}
}

func TestAFileThatExistsIsOverwrittenOnlyWhenAsked(t *testing.T) {
	for _, test := range []struct{ force, yes, asks bool }{{false, false, true}, {false, true, true}, {true, false, false}} {
		r := newRun(t)
		r.Force, r.Answers.Email = test.force, []string{"a@example.com"}
		if err := os.WriteFile(r.File, []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
		p := &person{overwrite: test.yes}
		_, err := r.Do(t.Context(), p)
		text, readErr := os.ReadFile(r.File)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if declined := errors.Is(err, ErrDeclined); declined != (!test.force && !test.yes) || declined != (string(text) == "mine") {
			t.Errorf("%+v: %v, the file has %.20q", test, err, text)
		}
		if slices.Contains(p.asked, "overwrite") != test.asks {
			t.Errorf("%+v: asked %q", test, p.asked)
		}
	}
}

func TestWithoutAPersonEverythingMissingIsNamedAtOnce(t *testing.T) {
	r := newRun(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	if err := os.WriteFile(r.File, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := r.Do(t.Context(), nil)
	for _, flag := range []string{"no terminal for questions", "--email", "--hub-account", "--force"} {
		if err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%v lacks %s", err, flag)
		}
	}
}

func TestOnlyAnswersOfFlagsAreBlamedOnFlags(t *testing.T) {
	r := newRun(t, Email, Standby)
	r.Answers.Email, r.Answers.Standby, r.Answers.HubAccount = []string{"nobody"}, "mars", "1"
	_, err := r.Do(t.Context(), &person{})
	if err == nil || !strings.Contains(err.Error(), "--email: ") || !strings.Contains(err.Error(), "--standby: ") || strings.Contains(err.Error(), "--hub-account") {
		t.Errorf("got %v", err)
	}
}
