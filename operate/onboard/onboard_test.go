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
	s.Answer("organizations:ListAccounts",
		`{"Accounts":[{"Id":"222222222222","Name":"production","State":"ACTIVE"},{"Id":"333333333333","Name":"a|b","State":"ACTIVE"}]}`)
	s.Direct(t)
	return &Run{Request: Request{
		File:     filepath.Join(t.TempDir(), "breakglass.yaml"),
		Answers:  draft.Answers{HubRegion: config.DefaultRegion, Users: []string{config.DefaultUser}, Access: config.AccessCredentials},
		Answered: func(q Question) bool { return slices.Contains(answered, q) },
		Progress: func(string) func() { return func() {} },
	}}
}

// person returns the answers of a test.
type person struct {
	declines        bool
	leaves          string
	who, where, how func(*Run)
	asked           []string
}

func (p *person) Who(r *Run) error {
	p.asked = append(p.asked, "who")
	if p.who != nil {
		p.who(r)
	}
	return p.ended("who")
}

func (p *person) Where(r *Run) error {
	p.asked = append(p.asked, "where")
	if p.where != nil {
		p.where(r)
	}
	return p.ended("where")
}

func (p *person) How(r *Run) error {
	p.asked = append(p.asked, "how")
	if p.how != nil {
		p.how(r)
	}
	return p.ended("how")
}

func (p *person) Review(*Run) (bool, error) {
	p.asked = append(p.asked, "review")
	return !p.declines, p.ended("review")
}

var errLeft = errors.New("the terminal was closed")

// ended returns an error if the person leaves at a question.
func (p *person) ended(at string) error {
	if at == p.leaves {
		return errLeft
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
	if !slices.Equal(p.asked, []string{"who", "where", "how", "review"}) {
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

// A file that exists is edited: what it has are the defaults, and what nobody changes stays.
func TestAFileThatExistsIsEdited(t *testing.T) {
	const text = "# ours\nversion: 1\nhub: {account: \"111111111111\"}\nregions: [us-east-1]\nalerts: {email: [a@example.com]} # Ada\ntargets:\n  - account: \"222222222222\"\n    sessionDuration: 2h\n"
	write := func(r *Run, text string) {
		t.Helper()
		if err := os.WriteFile(r.File, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	r := newRun(t)
	write(r, text)
	p := &person{where: func(r *Run) {
		r.Answers.Targets = append(r.Answers.Targets, draft.Target{Account: "333333333333", Name: "dev"})
	}}
	c, err := r.Do(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	now, _ := os.ReadFile(r.File)
	if want := text + "  - account: \"333333333333\"\n    name: dev\n"; string(now) != want || len(c.Targets) != 2 || len(r.Changes) != 2 {
		t.Errorf("%s\nwant %s", now, want)
	}
	// By flags, without a terminal; the organization's name of a target does not get into it.
	r = newRun(t, Email)
	write(r, text)
	r.Answers.Email = []string{"b@example.com"}
	r.Answers.Email = []string{"a@example.com", "b@example.com"}
	if _, err := r.Do(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if now, _ := os.ReadFile(r.File); string(now) != strings.Replace(text, "[a@example.com]", "[a@example.com, b@example.com]", 1) {
		t.Errorf("%s", now)
	}
	// Each other answer is the file's.
	const whole = "version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nalerts:\n  email: [a@example.com]\n  instructions: Call Ada\n" +
		"users: [{name: Ada}]\nrole: {managedPolicies: [ReadOnlyAccess]}\ntargets: [{account: \"222222222222\", name: prod}]\n" +
		"deploy: {access: organization}\ntrail: create\n"
	r = newRun(t, Email)
	write(r, whole)
	r.Answers.Email = []string{"b@example.com"}
	if _, err := r.Do(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if now, _ := os.ReadFile(r.File); string(now) != strings.Replace(whole, "a@example.com", "b@example.com", 1) {
		t.Errorf("%s", now)
	}
	// Somebody else has written it while questions were asked.
	r = newRun(t)
	write(r, text)
	p = &person{where: func(r *Run) { r.Answers.Standby = "us-west-2"; write(r, text+"\n") }}
	if _, err := r.Do(t.Context(), p); err == nil || !strings.Contains(err.Error(), "was changed meanwhile") {
		t.Errorf("%v", err)
	}
	// The shipped example has nobody's answers: its numbers and addresses are no defaults, and it is replaced.
	r = newRun(t, Email)
	write(r, string(config.Shipped()))
	r.Answers.Email = []string{"b@example.com"}
	if c, err := r.Do(t.Context(), nil); err != nil || r.Existing != nil || len(c.Targets) != 0 || len(c.Alerts.Email) != 1 ||
		c.Alerts.Email[0] != "b@example.com" {
		t.Errorf("%v, %+v", err, c)
	}
	// One with errors is not guessed at; --force writes a new one.
	r = newRun(t, Email)
	write(r, "version: 2\n")
	r.Answers.Email = []string{"a@example.com"}
	if _, err := r.Do(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "exists and has errors; correct them first, or pass --force") {
		t.Errorf("%v", err)
	}
	r.Force = true
	if _, err := r.Do(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func TestWithoutAPersonEverythingMissingIsNamedAtOnce(t *testing.T) {
	r := newRun(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	_, err := r.Do(t.Context(), nil)
	for _, flag := range []string{"no terminal for questions", "--email", "--hub-account"} {
		if err == nil || !strings.Contains(err.Error(), flag) {
			t.Errorf("%v lacks %s", err, flag)
		}
	}
}

func TestOnlyAnswersOfFlagsAreBlamedOnFlags(t *testing.T) {
	r := newRun(t, Email, Standby)
	r.Answers.Email, r.Answers.Standby, r.Answers.HubAccount = []string{"nobody"}, "mars", "1"
	_, err := r.Do(t.Context(), &person{})
	if err == nil || !strings.Contains(err.Error(), "--email: ") || !strings.Contains(err.Error(), "--standby: ") ||
		strings.Contains(err.Error(), "--hub-account") {
		t.Errorf("got %v", err)
	}
	every := []Question{HubAccount, Email, HubRegion, Standby, Users, Targets, Unwatched, Access, Instructions, Policies, Trail}
	r = newRun(t, every...)
	r.Answers = draft.Answers{
		HubAccount: "1", Email: []string{"nobody"}, HubRegion: "mars", Standby: "venus", Users: []string{"a/b"}, Targets: []draft.Target{{Account: "2"}},
		Unwatched: []config.Unwatched{{Region: "pluto", Reason: "far"}}, Access: "anyhow", Instructions: "\u200b", Policies: []string{"a b"}, Trail: "perhaps",
	}
	_, err = r.Do(t.Context(), &person{})
	for _, question := range every {
		if err == nil || strings.Count("\n"+err.Error(), "\n--"+string(question)+": ") != 1 {
			t.Errorf("%v\nblames %s otherwise than once", err, question)
		}
	}
}

func TestARegionThatNobodyCanNameIsNoted(t *testing.T) {
	for list, want := range map[string]bool{regions: false, strings.Replace(regions, "us-west-2", "moon-north-1", 1): true} {
		r := newRun(t, Email)
		s := stub.New()
		t.Cleanup(s.Close)
		s.Answer("account:POST/listRegions", list)
		s.Direct(t)
		r.Answers.Email = []string{"a@example.com"}
		if _, err := r.Do(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(r.Notes, "\n"), "enabled, but not watched, since this version cannot name them: "); got != want {
			t.Errorf("%s: %q", list, r.Notes)
		}
	}
}

func TestWhoDeclinesTheReviewGetsTheCommandThatGoesOn(t *testing.T) {
	r := newRun(t)
	p := &person{declines: true,
		who:   func(r *Run) { r.Answers.Email = []string{"a@example.com"} },
		where: func(r *Run) { r.Answers.Targets = []draft.Target{{Account: "222222222222", Name: "dev eu"}} },
		how:   func(r *Run) { r.Answers.Policies, r.Answers.Trail = []string{"ReadOnlyAccess"}, config.TrailCreate },
	}
	if _, err := r.Do(t.Context(), p); !errors.Is(err, ErrDeclined) {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(r.File); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something was written: %v", err)
	}
	r.File = "breakglass.yaml"
	want := "breakglass init --hub-account 111111111111 --email a@example.com --target '222222222222=dev eu' --policy ReadOnlyAccess --trail create"
	if got := r.Again(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	r = &Run{Request: Request{
		File: "my file.yaml", Profile: "hub", Force: true, Answered: func(Question) bool { return false },
		Answers: draft.Answers{
			HubAccount: "111111111111", Email: []string{"a@example.com", "b@example.com"}, HubRegion: "eu-west-1", Standby: "us-west-2",
			Users: []string{"Ada", "Bob"}, Targets: []draft.Target{{Account: "222222222222"}, {Account: "333333333333", Name: "dev"}},
			Unwatched: []config.Unwatched{{Region: "sa-east-1", Reason: "denied for all"}}, Access: config.AccessOrganization,
			Policies: []string{"ReadOnlyAccess", "IAMFullAccess"}, Instructions: "Call Ada", Trail: config.TrailCreate,
		},
	}}
	want = "breakglass init --config 'my file.yaml' --profile hub --hub-account 111111111111 --email a@example.com --email b@example.com " +
		"--hub-region eu-west-1 --standby us-west-2 --user Ada --user Bob --target 222222222222 --target 333333333333=dev " +
		"--unwatched 'sa-east-1=denied for all' --access organization --policy ReadOnlyAccess --policy IAMFullAccess --instructions 'Call Ada' --trail create --force"
	if got := r.Again(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	r.Answers, r.File, r.Profile, r.Force = draft.Answers{HubRegion: config.DefaultRegion, Users: []string{config.DefaultUser}, Access: config.AccessCredentials}, "breakglass.yaml", "", false
	if got := r.Again(); got != "breakglass init" {
		t.Errorf("the defaults: %s", got)
	}
	r.Answered = func(Question) bool { return true } // somebody has answered with the default, and is not asked again
	want = "breakglass init --hub-region us-east-1 --user BreakglassUser --access credentials"
	if got := r.Again(); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// Without the profile that a person names, every answer of AWS would be that of another account.
func TestAProfileThatDoesNotWorkEndsTheRun(t *testing.T) {
	r := newRun(t, HubAccount)
	r.Profile, r.Answers.HubAccount, r.Answers.Email = "nobody", "111111111111", []string{"a@example.com"}
	if _, err := r.Do(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "profile nobody cannot be used") {
		t.Errorf("%v", err)
	}
}

func TestWhoLeavesWritesNothing(t *testing.T) {
	for i, leaves := range []string{"who", "where", "how", "review"} {
		r := newRun(t)
		p := &person{leaves: leaves, who: func(r *Run) { r.Answers.Email = []string{"a@example.com"} }}
		if _, err := r.Do(t.Context(), p); !errors.Is(err, errLeft) || len(p.asked) != i+1 {
			t.Errorf("%s: %v, after %q", leaves, err, p.asked)
		}
		if _, err := os.Stat(r.File); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: something was written: %v", leaves, err)
		}
	}
}

// A flag names the hub account and a target as they are to be, whatever AWS calls the caller and the account.
func TestAFlagIsNotOverruled(t *testing.T) {
	r := newRun(t, HubAccount, Email, Targets)
	r.Answers.HubAccount, r.Answers.Email = "333333333333", []string{"a@example.com"}
	r.Answers.Targets = []draft.Target{{Account: "222222222222", Name: "prod"}}
	c, err := r.Do(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Hub.Account != "333333333333" || c.Targets[0].Name != "prod" {
		t.Errorf("%s, %+v", c.Hub.Account, c.Targets)
	}
}

// What the account has enabled is not known without its answer: then whatever no account can disable is watched, and the hubs.
func TestWithoutTheAccountsRegionsTheHubsAreWatched(t *testing.T) {
	r := &Run{Request: Request{Answers: draft.Answers{HubRegion: "us-east-1", Standby: "me-central-1"}}}
	if err := r.settleRegions(); err != nil {
		t.Fatal(err)
	}
	if want := append(config.AlwaysOnRegions(), "me-central-1"); !slices.Equal(r.Answers.Watched, want) {
		t.Errorf("watched are %q, want %q", r.Answers.Watched, want)
	}
}

func TestAHubInARegionThatIsNotEnabledIsRefused(t *testing.T) {
	for _, hub := range []draft.Answers{{HubRegion: "eu-west-1"}, {HubRegion: "us-east-1", Standby: "eu-west-1"}} {
		r := newRun(t, Email)
		r.Answers.Email, r.Answers.HubRegion, r.Answers.Standby = []string{"a@example.com"}, hub.HubRegion, hub.Standby
		if _, err := r.Do(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "eu-west-1 is not enabled in account 111111111111") {
			t.Errorf("%+v: %v", hub, err)
		}
	}
}

func TestTheSchemaIsFoundFromTheFile(t *testing.T) {
	project := filepath.Join(t.TempDir(), "project")
	for _, folder := range []string{"below", "a folder"} {
		if err := os.MkdirAll(filepath.Join(project, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(project)
	if got := schemaFor("breakglass.yaml"); got != "" {
		t.Errorf("without a schema: %s", got)
	}
	if err := os.WriteFile(draft.SchemaFile, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	beside := filepath.Join(t.TempDir(), draft.SchemaFile)
	if err := os.WriteFile(beside, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"breakglass.yaml":                   "./" + draft.SchemaFile,
		"below/breakglass.yaml":             "../" + draft.SchemaFile,
		"a folder/breakglass.yaml":          "../" + draft.SchemaFile,
		filepath.Dir(beside) + "/mine.yaml": "./" + draft.SchemaFile,
	} {
		if got := schemaFor(file); got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
	t.Chdir(filepath.Join(project, "a folder"))
	if err := os.Rename("../"+draft.SchemaFile, draft.SchemaFile); err != nil {
		t.Fatal(err)
	}
	if got := schemaFor("../breakglass.yaml"); got != "" {
		t.Errorf("an editor reads the path to its first space: %q", got)
	}
}
