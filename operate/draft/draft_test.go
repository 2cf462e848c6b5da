package draft

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
)

func text(t *testing.T, a Answers) string {
	t.Helper()
	out, err := a.Text()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func parsed(t *testing.T, a Answers) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(text(t, a)))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// few returns the answers that a first file needs at least.
func few() Answers {
	return Answers{HubAccount: "111111111111", Email: []string{"security-team@example.com"}}
}

func TestTheExampleIsWhatItsOwnAnswersMake(t *testing.T) {
	a := few()
	a.Targets = []Target{{"222222222222", "production"}}
	if diff := cmp.Diff(string(config.Shipped()), text(t, a)); diff != "" {
		t.Error(diff)
	}
}

func TestEveryAnswerIsInTheFile(t *testing.T) {
	a := Answers{
		HubAccount: "012345678901", HubRegion: "eu-west-1", Standby: "eu-south-2",
		Email:     []string{"o'neil+alerts@example.com", "b@example.com"},
		Users:     []string{"BreakglassAda", "007", "true", "a,b=c"},
		Targets:   []Target{{"222222222222", ""}, {"333333333333", "yes"}, {"044444444444", "staging eu"}},
		Watched:   append(without(config.AlwaysOnRegions(), []config.Unwatched{{Region: "sa-east-1"}}), "eu-south-2"),
		Unwatched: []config.Unwatched{{Region: "sa-east-1", Reason: `denied: "all" # of it`}},
		Access:    config.AccessOrganization,
	}
	c := parsed(t, a)
	slices.Sort(a.Watched)
	var users []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	for what, pair := range map[string][2]any{
		"hub":       {config.Hub{Account: "012345678901", Region: "eu-west-1", Standby: "eu-south-2"}, c.Hub},
		"email":     {a.Email, c.Alerts.Email},
		"users":     {a.Users, users},
		"regions":   {a.Watched, c.Regions},
		"unwatched": {a.Unwatched, c.Unwatched},
		"access":    {config.Deploy{Access: config.AccessOrganization, AccessRole: config.DefaultAccessRole}, c.Deploy},
		"names":     {[]string{"222222222222", "yes", "staging eu"}, []string{c.Targets[0].Name, c.Targets[1].Name, c.Targets[2].Name}},
		"accounts":  {[]string{"222222222222", "333333333333", "044444444444"}, []string{c.Targets[0].Account, c.Targets[1].Account, c.Targets[2].Account}},
	} {
		if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// TestEveryCommentStays: a first file has all the explanations.
func TestEveryCommentStays(t *testing.T) {
	full := few()
	full.HubRegion, full.Standby, full.Access = "us-west-2", "us-east-1", config.AccessBootstrap
	full.Users, full.Unwatched = []string{"Ada"}, []config.Unwatched{{Region: "sa-east-1", Reason: "quiet"}}
	full.Targets = []Target{{"222222222222", "a"}, {"333333333333", "b"}}
	for name, a := range map[string]Answers{"few answers": few(), "all answers": full} {
		got := text(t, a)
		for line := range strings.Lines(string(config.Shipped())) {
			// Sentences end in a full stop; the others are keys with their defaults.
			comment := strings.TrimLeft(strings.TrimSpace(line), "# ")
			if strings.Contains(line, "# ") && strings.HasSuffix(comment, ".") && !strings.Contains(got, comment) {
				t.Errorf("%s: the file lacks %q", name, comment)
			}
		}
	}
}

func TestWithoutTargetsTheyAreAComment(t *testing.T) {
	if c := parsed(t, few()); len(c.Targets) != 0 {
		t.Errorf("targets: %v", c.Targets)
	}
	if got := text(t, few()); !strings.Contains(got, "\n# targets:\n#   - account: \"222222222222\"\n") {
		t.Error(got)
	}
}

func TestRegionsAreWhatComesClosest(t *testing.T) {
	var all []string
	for _, r := range config.AllRegions() {
		all = append(all, r.Code)
	}
	quiet := []config.Unwatched{{Region: "sa-east-1", Reason: "quiet"}}
	for _, test := range []struct {
		watched   []string
		unwatched []config.Unwatched
		want      string
	}{
		{nil, nil, "regions: always-on\n"},
		{config.AlwaysOnRegions(), nil, "regions: always-on\n"},
		{all, nil, "regions: all\n"},
		{without(all, quiet), quiet, "regions: all\n"},
		{without(config.AlwaysOnRegions(), quiet), quiet, "regions: always-on\n"},
		{[]string{"us-west-2", "us-east-1"}, nil, "regions:\n  - us-east-1\n  - us-west-2\n"},
		{append(slices.Clone(config.AlwaysOnRegions()), "af-south-1"), nil, "regions:\n  - af-south-1\n  - ap-northeast-1\n"},
	} {
		a := few()
		a.Watched, a.Unwatched = test.watched, test.unwatched
		if got := text(t, a); !strings.Contains(got, "\n"+test.want) {
			t.Errorf("%v without %v lacks %q", test.watched, test.unwatched, test.want)
		}
		if c := parsed(t, a); len(test.watched) > 0 && !slices.Equal(c.Regions, slices.Sorted(slices.Values(test.watched))) {
			t.Errorf("the file has the Regions %v", c.Regions)
		}
	}
}

func TestCheckSaysAllThatIsWrong(t *testing.T) {
	err := Answers{HubAccount: "1111", Email: []string{"nobody"}, Users: []string{"*"}, Targets: []Target{{"22", ""}}}.Check()
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{"account number with 4 digits", "not an email address", "wildcard in a user name", "account number with 2 digits"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %q", err, want)
		}
	}
	for line := range strings.Lines(err.Error()) {
		if strings.Contains(strings.Fields(line)[0], ":") {
			t.Errorf("a line of a file that is not there: %s", line)
		}
	}
}

func TestDifference(t *testing.T) {
	got := Difference([]byte("a\nb\r\nc\nd\n"), []byte("a\nx\nc\ny\nd"))
	want := []Line{{2, false, "b"}, {2, true, "x"}, {4, true, "y"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := Difference([]byte("a\n"), []byte("a\n")); len(got) != 0 {
		t.Error(got)
	}
}

func TestWhatUsersMayDoAndWhatAlertsSay(t *testing.T) {
	text, err := Answers{
		HubAccount: "111111111111", Email: []string{"a@example.com"}, Instructions: "Call Ada: +1 555 0100", Trail: config.TrailCreate,
		Policies: []string{"AdministratorAccess", "arn:aws:iam::222222222222:policy/operators"}, Targets: []Target{{Account: "222222222222"}},
	}.Text()
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Parse("breakglass.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	if c.Alerts.Instructions != "Call Ada: +1 555 0100" || c.Trail != config.TrailCreate ||
		fmt.Sprint(c.Targets[0].ManagedPolicies) != "[AdministratorAccess arn:aws:iam::222222222222:policy/operators]" ||
		c.Role.Name != config.DefaultRole || fmt.Sprint(c.UserAccess.ManagedPolicies) != "[IAMFullAccess]" {
		t.Errorf("%+v", c)
	}
}

func TestTheSchemaIsWhereEditorsLook(t *testing.T) {
	const line = "# yaml-language-server: $schema=./breakglass.schema.json\n\n"
	body := "version: 1 # " + line + "more\n"
	for path, want := range map[string]string{"../x/breakglass.schema.json": "# yaml-language-server: $schema=../x/breakglass.schema.json\n\n", "": ""} {
		if got := string(WithSchema([]byte(line+body), path)); got != want+body {
			t.Errorf("%q: %q", path, got)
		}
	}
	if text := string(config.Shipped()); string(WithSchema(config.Shipped(), "")) == text {
		t.Error("the shipped file names no schema")
	}
}
