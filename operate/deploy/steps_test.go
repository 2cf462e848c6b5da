//go:build unix

package deploy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/plan"
)

// progress counts what is shown.
type progress struct {
	what        []string
	total, done int
	open        bool
}

func (p *progress) Begin(total int, what string) {
	p.what, p.total, p.open = append(p.what, what), p.total+total, true
}
func (p *progress) Step(string) { p.done++ }
func (p *progress) End()        { p.open = false }

const oneStack = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [a@example.com]}
users: [{name: Ada}]
targets: [{account: "111111111111"}]
monitoring: {heartbeats: false, dashboard: false, tampering: false, deliveryFailures: false, newRegions: false}
`

// request makes the request of a file on a cloud; the caller is in account 111111111111.
func request(t *testing.T, c *cloud, file string) (Request, *progress) {
	t.Helper()
	c.Direct(t)
	parsed, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := account.Load(t.Context(), "", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	p := &progress{}
	return Request{Config: parsed, Caller: caller, Keys: account.NewKeys(caller, parsed, nil), Progress: p}, p
}

const inOrganization = `{"Organization":{"Id":"o-ab12cd34ef","MasterAccountId":"999999999999"}}`

// A run from the first question to the last: what is known before, the templates, the deployment, and what people have to do.
func TestTheStepsOfARun(t *testing.T) {
	c := newCloud(t)
	c.Answer("organizations:DescribeOrganization", inOrganization)
	r, shown := request(t, c, oneStack)
	f, err := Find(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	names := func(stacks []plan.Placement) (all []string) {
		for _, at := range stacks {
			all = append(all, at.Stack)
		}
		return all
	}
	want := []string{"BreakGlass-Composer-us-east-1", "BreakGlass-Hub", "BreakGlass-Role-111111111111"}
	if diff := cmp.Diff(want, names(f.Stacks)); diff != "" || f.Accounts != 1 || f.OrganizationID != "o-ab12cd34ef" || f.Management != "999999999999" ||
		f.NoOrganization != nil ||
		len(f.Left)+len(f.Refused)+len(f.Disabled)+len(f.RegionsUnknown) > 0 || f.NoHub != nil {
		t.Errorf("%+v\n%s", f, diff)
	}
	if f.Blocked() != nil || f.Misplaced() != nil || f.NotManagement() {
		t.Errorf("blocked %v, misplaced %v, not management %v", f.Blocked(), f.Misplaced(), f.NotManagement())
	}
	if diff := cmp.Diff([]string{
		"asking which organization this is", "trying to access the accounts", "asking which Regions are enabled, and what is deployed",
		"looking for the policies of the file",
	}, shown.what); diff != "" || shown.open || shown.done != 1 {
		t.Errorf("%+v %s", shown, diff)
	}

	// A CDK CLI that writes down what it is asked for, and with which credentials.
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
			t.Fatal(err)
		}
	}
	write("node_modules/.bin/cdk", `#!/bin/sh
echo "$* key=$AWS_ACCESS_KEY_ID profile=$AWS_PROFILE" >> "`+root+`/calls"
test "$1" = synth || exit 0
test -e "`+root+`/broken" && { echo "breakglass.yaml is broken"; exit 1; }
while test "$1" != --output; do shift; done
mkdir -p "$2"
cp "`+root+`/manifest" "$2/manifest.json"
echo '{"Resources": {"New": {"Type": "T"}}}' > "$2/hub.json"
`)
	write("manifest", `{"artifacts": {"BreakGlass-Hub": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "hub.json"}}}}`)
	c.Answer("cloudformation:GetTemplate",
		`<GetTemplateResponse><GetTemplateResult><TemplateBody>{"Resources": {"Old": {"Type": "T"}}}</TemplateBody></GetTemplateResult></GetTemplateResponse>`)
	for _, stack := range want {
		c.happens(stack, "")
	}
	var took time.Duration = -1
	var ended []string
	way := Way{
		Root: root, File: "breakglass.yaml", Profile: "my hub", OnSynth: func(d time.Duration) { took = d }, OnWait: func(string) {},
		OnEnd: func(o Outcome) { ended = append(ended, o.Stack) },
	}
	p, err := f.Prepare(t.Context(), way)
	if err != nil {
		t.Fatal(err)
	}
	if took <= 0 || len(p.Changes) != 1 || p.Changes[0].String() != "adds New (T); removes Old (T)" {
		t.Errorf("took %v, changes %v", took, p.Changes)
	}
	outcomes := p.Deploy(t.Context(), way)
	for _, o := range outcomes {
		if o.State != Unchanged {
			t.Errorf("%+v", o)
		}
	}
	slices.Sort(ended)
	if diff := cmp.Diff(want, ended); diff != "" {
		t.Error(diff)
	}
	calls, err := os.ReadFile(filepath.Join(root, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	synth := "synth --quiet -c config=" + filepath.Join(here, "breakglass.yaml") + " --no-notices --output " + p.assembly + " key= profile=\n"
	deploy := "deploy --app " + p.assembly + " --exclusively --concurrency 48 --require-approval never --progress events --method change-set --rollback --profile my hub " + strings.Join(want, " ") + " --no-notices key= profile=\n"
	if diff := cmp.Diff(synth+deploy, string(calls)); diff != "" {
		t.Error(diff)
	}
	if shown.open || shown.what[len(shown.what)-1] != "deploying" {
		t.Errorf("%+v", shown)
	}
	p.Close()
	if _, err := os.Stat(p.folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	// What is not attempted is not compared either.
	f.Left = map[string]Outcome{"BreakGlass-Hub": {State: Refused}}
	p, err = f.Prepare(t.Context(), way)
	if err != nil {
		t.Fatal(err)
	}
	if p.Close(); len(p.Changes) > 0 {
		t.Errorf("%+v", p.Changes)
	}
	f.Left = nil

	// What SNS and IAM answer afterwards; a topic that is new may not list its subscriptions yet.
	c.Answer("sns:ListSubscriptionsByTopic",
		"<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions/></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>")
	c.Answer("iam:ListMFADevices",
		"<ListMFADevicesResponse><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices/></ListMFADevicesResult></ListMFADevicesResponse>")
	c.Answer("iam:GetLoginProfile", "<GetLoginProfileResponse><GetLoginProfileResult><LoginProfile/></GetLoginProfileResult></GetLoginProfileResponse>")
	for state, confirmed := range map[State]bool{Unchanged: true, Deployed: false, Unverified: false, Failed: true} {
		outcomes[1].State = state
		pending := f.Pending(t.Context(), outcomes)
		if confirmed != (len(pending.Unsubscribed) == 1) || confirmed == (len(pending.Unconfirmed) == 1) || !slices.Equal(pending.NoMFA, []string{"Ada"}) ||
			len(pending.NoPassword) > 0 {
			t.Errorf("%s: %+v", state, pending)
		}
	}
	if got := f.HubFlags("mine")("us-east-1"); !slices.Equal(got, []string{"--region", "us-east-1", "--profile", "mine"}) {
		t.Errorf("%q", got)
	}
	if got := f.HubFlags("")("us-east-1"); !slices.Equal(got, []string{"--region", "us-east-1"}) {
		t.Errorf("%q", got)
	}

	// An app that fails: its words, and nothing is left behind.
	write("broken", "")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	if _, err := f.Prepare(t.Context(), way); err == nil || err.Error() != "the templates cannot be synthesized:\n  breakglass.yaml is broken" {
		t.Errorf("%q", err)
	}
	if left, _ := os.ReadDir(temporary); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Only some stacks: the app makes no others.
func TestSynthOfSome(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "node_modules", ".bin", "cdk")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte("#!/bin/sh\necho \"$*\" > \""+root+"/call\"\n"), 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := Synth(t.Context(), root, "/x/breakglass.yaml", "out", "BreakGlass-Hub*"); err != nil {
		t.Fatal(err)
	}
	if call, _ := os.ReadFile(filepath.Join(root, "call")); string(call) != "synth --quiet -c config=/x/breakglass.yaml -c only=BreakGlass-Hub* --no-notices --output out\n" {
		t.Errorf("%s", call)
	}
	if err := Synth(t.Context(), filepath.Join(root, "elsewhere"), "x", "out", ""); err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Errorf("%v", err)
	}
}

// The CDK CLI reads the project's own file without being told.
func TestAnotherConfigurationIsNamedToTheCDK(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	for file, want := range map[string]string{
		"breakglass.yaml": "", root + "/breakglass.yaml": "", "other.yaml": "other.yaml", "sub/breakglass.yaml": "breakglass.yaml",
	} {
		if got := (Way{Root: root, File: file}).other(); (got == "") != (want == "") || !strings.HasSuffix(got, want) || got != "" && !filepath.IsAbs(got) {
			t.Errorf("%s: %q", file, got)
		}
	}
}

func TestLeftNamesTheFix(t *testing.T) {
	at := plan.Placement{Stack: "S", Account: "222222222222", Region: "eu-south-2"}
	for _, d := range []Disabled{
		{Account: "222222222222", Region: "eu-south-2"}, {Account: "222222222222", Region: "eu-south-2", Caller: true, Profile: "a hub"},
	} {
		where := map[bool]string{false: "in that account", true: "in your own account, through which the stack is deployed"}[d.Caller]
		as := map[bool]string{true: " --profile 'a hub'"}[d.Caller]
		want := Outcome{
			State: NotEnabled, Reason: "eu-south-2 is not enabled",
			Fix: "enable it " + where + " (aws account enable-region --region-name eu-south-2" + as + ") or remove it from the file",
		}
		if diff := cmp.Diff(map[string]Outcome{"S": want}, Left([]plan.Placement{at}, nil, []Disabled{d})); diff != "" {
			t.Error(diff)
		}
	}
	for _, r := range []Refusal{{Account: "222222222222", Reason: "no"}, {Account: "222222222222", Region: "eu-south-2", Reason: "no"}} {
		want := Outcome{State: Refused, Reason: "no", Fix: "fix the access, " + again}
		if diff := cmp.Diff(map[string]Outcome{"S": want}, Left([]plan.Placement{at}, []Refusal{r}, []Disabled{{
			Account: "222222222222", Region: "eu-south-2",
		}})); diff != "" {
			t.Error(diff)
		}
	}
	if left := Left([]plan.Placement{at}, []Refusal{{Account: "222222222222", Region: "eu-west-1"}, {Account: "333333333333"}},
		[]Disabled{{Account: "222222222222", Region: "eu-west-1"}, {Account: "333333333333", Region: "eu-south-2"}}); len(left) > 0 {
		t.Errorf("%v", left)
	}
}
