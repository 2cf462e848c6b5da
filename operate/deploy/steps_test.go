//go:build unix

package deploy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/plan"
)

// progress counts what is shown.
type progress struct {
	what        []string
	total, done int
	open        int
}

func (p *progress) Begin(total int, what string) {
	p.what, p.total, p.open = append(p.what, what), p.total+total, p.open+1
}
func (p *progress) Step(string) { p.done++ }
func (p *progress) End()        { p.open-- }

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
	if diff := cmp.Diff([]string{"trying to access the accounts"}, shown.what); diff != "" || shown.open != 0 || shown.done != shown.total {
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
	if shown.open != 0 || shown.what[len(shown.what)-1] != "deploying" {
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

// What is found when something is not as it should be.
func TestFindNamesWhatIsWrong(t *testing.T) {
	c := newCloud(t)
	c.Fail("organizations:DescribeOrganization", "AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
	r, _ := request(t, c, oneStack)
	r.Only = "BreakGlass-Nothing"
	if _, err := Find(t.Context(), r); err == nil ||
		err.Error() != `invalid --only "BreakGlass-Nothing": no stack has such a name; list them with breakglass plan` {
		t.Errorf("%v", err)
	}
	r.Only = "[x"
	if _, err := Find(t.Context(), r); err == nil || !strings.Contains(err.Error(), `invalid --only "[x": not a pattern`) {
		t.Errorf("%v", err)
	}
	r.Only = ""
	f, err := Find(t.Context(), r)
	if err != nil || f.OrganizationID != "" || f.NoOrganization != nil || f.NotManagement() {
		t.Errorf("no organization: %+v, %v", f, err)
	}
	c.Fail("organizations:DescribeOrganization", "AccessDeniedException",
		"User: x is not authorized to perform: organizations:DescribeOrganization on resource: y")
	if f, _ := Find(t.Context(), r); f.NoOrganization == nil || !strings.Contains(f.NoOrganization.Error(), "asking which organization this is: ") {
		t.Errorf("%v", f.NoOrganization)
	}
	// A hub that cannot be entered: nothing else is asked for.
	c.Answer("organizations:DescribeOrganization", inOrganization)
	r, _ = request(t, c, strings.Replace(oneStack, `hub: {account: "111111111111"}`, `hub: {account: "222222222222"}`, 1))
	if f, err = Find(t.Context(), r); err != nil || f.NoHub == nil || f.Accounts != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if err := f.Blocked(); err == nil || !strings.Contains(err.Error(), "the hub account 222222222222 cannot be entered; nothing was changed\n  ") ||
		!strings.Contains(err.Error(), "\n  or is hub.account wrong? The file names 222222222222 in line 2, and") {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := Find(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Whether the organization lets the stack sets be is asked where the run makes some.
func TestFindAsksAboutTheUnits(t *testing.T) {
	c := newCloud(t)
	c.Answer("organizations:DescribeOrganization", inOrganization)
	c.Answer("organizations:ListDelegatedAdministrators", `{"DelegatedAdministrators":[]}`)
	c.Answer("organizations:ListParents", `{"Parents":[{"Id":"r-ab12","Type":"ROOT"}]}`)
	c.Answer("cloudformation:DescribeOrganizationsAccess",
		"<DescribeOrganizationsAccessResponse><DescribeOrganizationsAccessResult><Status>ENABLED</Status></DescribeOrganizationsAccessResult></DescribeOrganizationsAccessResponse>")
	r, shown := request(t, c,
		strings.Replace(oneStack, `targets: [{account: "111111111111"}]`,
			"targets: [{organizationalUnit: ou-ab12-11111111}]\nstackSets: {retainOnAccountRemoval: true}", 1))
	for only, asks := range map[string]bool{"": true, "BreakGlass-StackSet-*": true, "BreakGlass-Hub": false} {
		r.Only, shown.what, shown.total, shown.done = only, nil, 0, 0
		f, err := Find(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if asked := slices.Contains(shown.what, "asking the organization about its units"); asked != asks || shown.open != 0 || asks != (len(f.Units.MayNot) == 1) ||
			asks != (f.Misplaced() != nil) {
			t.Errorf("%q: %+v, %+v", only, shown, f.Units)
		}
	}
	// Who cannot open the account of the sets does not know.
	none := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	if u := AskUnits(t.Context(), none, r.Config); len(u.Unknown) != 1 || u.Unknown[0].Error() != "no way in" || len(u.MayNot)+len(u.Twice) > 0 {
		t.Errorf("%+v", u)
	}
}

// What the pipeline deploys is left to it, and who asks for it is told so.
func TestWhatThePipelineDeploysIsNotSelected(t *testing.T) {
	p := staged(t)
	if _, err := Select(p, "BreakGlass-Hub", false); err == nil ||
		err.Error() != `invalid --only "BreakGlass-Hub": the pipeline deploys BreakGlass-Hub; start the pipeline, or pass --all-stages to deploy without it` {
		t.Errorf("%v", err)
	}
	some, err := Select(p, "BreakGlass-Pipeline", false)
	if err != nil || len(some) != 1 || some[0].Stack != "BreakGlass-Pipeline" {
		t.Errorf("%v, %v", some, err)
	}
	if all, err := Select(p, "", false); err != nil || len(all) != len(p.ByHand()) || len(all) == len(p.Placements) {
		t.Errorf("%d, %v", len(all), err)
	}
}

// Everything that keeps all stacks from being deployed is named, once.
func TestBlocked(t *testing.T) {
	stacks := []plan.Placement{{Stack: "A", Account: "1"}, {Stack: "B", Account: "2"}, {Stack: "C", Account: "3"}}
	f := &Found{Stacks: stacks, Refused: []Refusal{{Account: "1", Reason: "no role in 1"}, {Account: "2", Region: "eu-west-1", Reason: "no role in 2"}},
		Left: map[string]Outcome{"A": {State: Refused}, "B": {State: Refused}}}
	if err := f.Blocked(); err != nil {
		t.Errorf("one can be deployed: %v", err)
	}
	f.Left["C"] = Outcome{State: Later, Reason: "it depends on D", Fix: "wait"}
	want := "nothing can be deployed; nothing was changed\n  1, 2 eu-west-1: no role in ACCOUNT\n  C: it depends on D; wait"
	if err := f.Blocked(); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestMisplaced(t *testing.T) {
	f := &Found{Units: Units{MayNot: []discover.Clash{{What: "a", Fix: "b"}}, Twice: []discover.Clash{{What: "c", Fix: "d"}, {What: "e", Fix: "f"}}}}
	want := "the stack sets cannot be created; nothing was changed (--only deploys other stacks):\n  a; b\ntargets lists accounts of its organizational units; nothing was changed:\n  c; d\n  e; f"
	if err := f.Misplaced(); err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	f.Stacks = []plan.Placement{{Stack: "BreakGlass-Hub", Kind: plan.Hub}, {Stack: "R", Kind: plan.Role}}
	f.Left = map[string]Outcome{"BreakGlass-Hub": {State: Failed, Reason: "x"}, "R": {State: Failed, Reason: "y"}}
	f.Units = Units{}
	if err := f.Misplaced(); err == nil || err.Error() != "BreakGlass-Hub cannot be deployed; nothing was changed: x; correct userAccess.managedPolicies" {
		t.Errorf("%v", err)
	}
}

func TestConcernsUnits(t *testing.T) {
	for _, kind := range []plan.Kind{plan.StackSet, plan.Pipeline, plan.Hub} {
		f := &Found{Request: Request{Config: &config.Config{Units: make([]config.Target, 1)}}, Stacks: []plan.Placement{{Kind: plan.Role}, {Kind: kind}}}
		if f.concernsUnits() != (kind != plan.Hub) {
			t.Errorf("%s: %v", kind, f.concernsUnits())
		}
		if f.Config.Units = nil; f.concernsUnits() {
			t.Errorf("%s without units", kind)
		}
	}
}

// The access role usually trusts the management account only.
func TestNotManagement(t *testing.T) {
	c := newCloud(t)
	c.Answer("organizations:DescribeOrganization", inOrganization)
	r, _ := request(t, c, oneStack+"deploy: {access: organization}\n")
	f := &Found{Request: r, Management: "999999999999", Stacks: []plan.Placement{{Account: "222222222222"}}}
	if !f.NotManagement() {
		t.Error("the caller is elsewhere")
	}
	for name, change := range map[string]func(*Found){
		"no organization": func(f *Found) { f.Management = "" },
		"management":      func(f *Found) { f.Management = "111111111111" },
		"a profile each": func(f *Found) {
			f.Keys = account.NewKeys(r.Caller, r.Config, map[string]string{"222222222222": "p"})
		},
		"no stacks":   func(f *Found) { f.Stacks = nil },
		"credentials": func(f *Found) { config := *r.Config; config.Deploy.Access = "credentials"; f.Config = &config },
	} {
		other := *f
		if change(&other); other.NotManagement() {
			t.Error(name)
		}
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

// Through whose account a stack is deployed, counts too: the CDK asks the Region's own STS there.
func TestARegionThatTheCallerHasNotEnabled(t *testing.T) {
	server, caller, keys, p := asking(t, "organization", assumed)
	asked := 0
	server.Handle("account:POST/listRegions", func(_, request string) string {
		status := "ENABLED"
		if asked++; !strings.Contains(request, "222222222222") && asked > 1 {
			status = "DISABLED"
		}
		return fmt.Sprintf(`{"Regions":[{"RegionName":"eu-south-2","RegionOptStatus":%q},{"RegionName":"ap-east-1","RegionOptStatus":"ENABLED"}]}`, status)
	})
	disabled, unknown := DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements)
	if diff := cmp.Diff([]Disabled{{Account: "222222222222", Region: "eu-south-2", Caller: true}}, disabled); diff != "" || len(unknown) > 0 {
		t.Errorf("%v %s", unknown, diff)
	}
	// With credentials of its own in each account, the caller's does not matter.
	_, caller, keys, p = asking(t, "credentials", "account:POST/listRegions fail AccessDeniedException no\n")
	if disabled, unknown := DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements); len(disabled) > 0 || len(unknown) != 1 ||
		unknown["222222222222"] == nil {
		t.Errorf("%v, %v", disabled, unknown)
	}
}

func TestEnabledRegions(t *testing.T) {
	_, _, keys, _ := asking(t, "organization", assumed+`account:POST/listRegions {"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"eu-south-2","RegionOptStatus":"DISABLED"},`+
		`{"RegionName":"ap-east-1","RegionOptStatus":"ENABLED"},{"RegionName":"ap-east-2","RegionOptStatus":"ENABLING"},{"RegionName":"af-south-1","RegionOptStatus":"DISABLING"},{"RegionName":"xx-new-1","RegionOptStatus":"ODD"}]}`)
	codes, err := EnabledRegions(t.Context(), keys, "222222222222", "us-east-1")
	if diff := cmp.Diff([]string{"af-south-1", "ap-east-1", "ap-east-2", "us-east-1", "xx-new-1"}, codes); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	cfg, err := keys.In(t.Context(), "222222222222", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	on, err := enabled(t.Context(), cfg, "222222222222")
	want := map[string]bool{"us-east-1": true, "eu-south-2": false, "ap-east-1": true, "ap-east-2": false, "af-south-1": false, "xx-new-1": true}
	if diff := cmp.Diff(want, on); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}
