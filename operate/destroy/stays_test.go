package destroy

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
)

// removal removes what there is of a world.
func (w *world) removal(t *testing.T) *Removal {
	t.Helper()
	found, unknown := FindStacks(t.Context(), siteKeys{w}, w.plan, func(string) {})
	return &Removal{Keys: siteKeys{w}, Plan: w.plan, Stacks: found, Unknown: unknown, Poll: time.Millisecond}
}

// wrong returns the stacks that a run has not removed, and why.
func wrong(outcomes []Outcome) map[string]string {
	states := map[string]string{}
	for _, o := range outcomes {
		if o.State != Removed {
			states[strings.TrimPrefix(o.Stack, "BreakGlass-")] = o.Line()
		}
	}
	return states
}

func TestLine(t *testing.T) {
	for want, o := range map[string]Outcome{
		"Hub: removed in 2.5 s":        {Stack: "Hub", State: Removed, Seconds: 2.5},
		"Hub: failed: it is in use":    {Stack: "Hub", State: Failed, Seconds: 1, Reason: "it is in use"},
		"Hub: not started":             {Stack: "Hub", State: Stopped},
		"Hub: blocked: Role is there":  {Stack: "Hub", State: Held, Reason: "Role is there"},
		"Hub: failed":                  {Stack: "Hub", State: Failed},
		"Hub: removed in 0.0 s":        {Stack: "Hub", State: Removed, Reason: "of no interest"},
		"Hub: failed: no permission X": {Stack: "Hub", State: Failed, Reason: "no permission X"},
	} {
		if got := o.Line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What is not there is not removed, and nothing is said of it.
func TestWhatIsNotThereIsLeftOut(t *testing.T) {
	w := newWorld(t, "")
	delete(w.accounts["111111111111"].stacks, "us-west-2 BreakGlass-Standby")
	delete(w.accounts["222222222222"].stacks, "us-east-1 BreakGlass-Role-222222222222")
	outcomes := w.removal(t).Run(t.Context())
	if len(outcomes) != len(w.plan.Placements)-2 || len(wrong(outcomes)) > 0 {
		t.Errorf("%+v", outcomes)
	}
	for _, o := range outcomes {
		if o.Stack == "BreakGlass-Standby" || o.Stack == "" || o.Account == "" || o.Region == "" {
			t.Errorf("%+v", o)
		}
	}
}

// A refusal says what was refused, and stops at the stack that it concerns.
func TestWhatIsRefused(t *testing.T) {
	const denied = "User: x is not authorized to perform: %s on resource: y"
	for action, want := range map[string]string{
		"cloudformation:UpdateTerminationProtection": "lifting the termination protection of BreakGlass-Observer-eu-west-1-222222222222: the permission cloudformation:UpdateTerminationProtection is missing",
		"cloudformation:DeleteStack":                 "deleting BreakGlass-Observer-eu-west-1-222222222222: the permission cloudformation:DeleteStack is missing",
	} {
		w := newWorld(t, "")
		target := w.accounts["222222222222"]
		target.Fail(action+"@eu-west-1", "AccessDenied", strings.ReplaceAll(denied, "%s", action))
		got := wrong(w.removal(t).Run(t.Context()))
		if line := got["Observer-eu-west-1-222222222222"]; !strings.HasPrefix(line, "BreakGlass-Observer-eu-west-1-222222222222: failed: "+want) {
			t.Errorf("%s: %q", action, got)
		}
		// The role of the account came before it, and the statement of the bus lets it in.
		if want := []string{"Observed-us-east-1-1", "Observed-us-west-2-1", "Observer-eu-west-1-222222222222", "Role-222222222222"}; !subset(want, got) ||
			got["Forwarder-eu-west-1"] != "" {
			t.Errorf("%s: %v", action, got)
		}
	}
}

func subset(names []string, of map[string]string) bool {
	for _, name := range names {
		if of[name] == "" {
			return false
		}
	}
	return true
}

// What was found before a refusal is reported, too.
func TestWhatIsFoundBeforeARefusal(t *testing.T) {
	w := newWorld(t, "")
	for _, s := range w.accounts {
		s.gone()
	}
	w.accounts["111111111111"].Handle("iam:GetRole", func(_, request string) string {
		if strings.Contains(request, names.ForwardRole) {
			return "<GetRoleResponse><GetRoleResult><Role/></GetRoleResult></GetRoleResponse>"
		}
		return "fail AccessDenied User: x is not authorized to perform: iam:GetRole on resource: y"
	})
	left, blind := w.search().Remains(t.Context())
	if !slices.Contains(lines(left), "111111111111  role "+names.ForwardRole) || len(blind) != 1 || blind[0].Region != "" ||
		!strings.Contains(blind[0].Reason, "searching for what is left (role) in 111111111111 IAM: the permission iam:GetRole is missing") {
		t.Errorf("blind %v, left %q", blind, lines(left))
	}
}

// If the stack cannot be read while it is deleted, that is said, and it counts as there.
func TestACloudFormationThatAnswersNoMore(t *testing.T) {
	w := newWorld(t, "")
	target := w.accounts["222222222222"]
	r := w.removal(t)
	target.Fail("cloudformation:DescribeStacks@eu-west-1", "AccessDenied", "User: x is not authorized to perform: cloudformation:DescribeStacks on resource: y")
	if got := wrong(r.Run(t.Context()))["Observer-eu-west-1-222222222222"]; !strings.Contains(got,
		"failed: looking for BreakGlass-Observer-eu-west-1-222222222222 in eu-west-1: ") ||
		!strings.Contains(got, "the permission cloudformation:DescribeStacks is missing") {
		t.Errorf("%q", got)
	}
	// A stack that says nothing of its failure has its state.
	w = newWorld(t, "")
	w.accounts["222222222222"].stacks["eu-west-1 BreakGlass-Observer-eu-west-1-222222222222"].stays = "in use"
	w.accounts["222222222222"].Fail("cloudformation:DescribeStackEvents", "AccessDenied", "no")
	if got := wrong(w.removal(t).Run(t.Context()))["Observer-eu-west-1-222222222222"]; !strings.HasSuffix(got, ": failed: it is DELETE_FAILED") {
		t.Errorf("%q", got)
	}
}

// An answer that is missed once is asked for again: the stack may be gone.
func TestAStackThatIsGoneAfterAnAnswerThatWasMissed(t *testing.T) {
	w := newWorld(t, "")
	r := w.removal(t)
	r.Stacks = slices.DeleteFunc(r.Stacks, func(s Stack) bool { return s.Account != "222222222222" || s.Region != "eu-west-1" })
	missed := false
	w.accounts["222222222222"].Handle("cloudformation:DescribeStacks@eu-west-1", func(string, string) string {
		if !missed {
			missed = true
			return "fail AccessDenied not now"
		}
		return "<DescribeStacksResponse><DescribeStacksResult><Stacks>" + describe(&made{
			name: "x", id: "arn:x", status: "DELETE_COMPLETE",
		}) + "</Stacks></DescribeStacksResult></DescribeStacksResponse>"
	})
	if o := r.Run(t.Context()); len(o) != 1 || o[0].State != Removed || !missed {
		t.Errorf("%+v", o)
	}
}

// lockedKeys open an account to look at it, and not to change its stacks or its users.
type lockedKeys struct {
	siteKeys
	stacks, users bool
}

func (k lockedKeys) Stacks(ctx context.Context, account, region string) (aws.Config, error) {
	if k.stacks {
		return aws.Config{}, errors.New("its stacks are locked")
	}
	return k.siteKeys.Stacks(ctx, account, region)
}

func (k lockedKeys) Own(ctx context.Context, account, region string) (aws.Config, error) {
	if k.users {
		return aws.Config{}, errors.New("its users are locked")
	}
	return k.siteKeys.Own(ctx, account, region)
}

// Who may look at an account may not always change it. A hub whose users cannot be stripped is not deleted.
func TestAnAccountThatIsLocked(t *testing.T) {
	for want, locked := range map[string]lockedKeys{
		"its users are locked": {users: true}, "its stacks are locked": {stacks: true},
	} {
		w := newWorld(t, "")
		hub := w.accounts["111111111111"]
		r := w.removal(t)
		r.Stacks = slices.DeleteFunc(r.Stacks, func(s Stack) bool { return s.Stack != "BreakGlass-Hub" })
		locked.siteKeys = siteKeys{w}
		r.Keys = locked
		if got := wrong(r.Run(t.Context())); got["Hub"] != "BreakGlass-Hub: failed: "+want || len(hub.notes) > 0 {
			t.Errorf("%v, and %q", got, hub.notes)
		}
	}
}

// Somebody has seen to the passwords: what is taken is said if there is anything.
func TestWhatIsTakenFromTheUsersIsSaid(t *testing.T) {
	w := newWorld(t, "")
	hub := w.accounts["111111111111"]
	hub.users.has["alice"] = map[string][]string{"password": {"password"}}
	hub.users.has["bob"] = map[string][]string{"device": {"arn:aws:iam::111111111111:mfa/bob", "arn:aws:iam::111111111111:u2f/user/bob/x"}}
	hub.Fail("cloudformation:ListStackResources", "AccessDenied", "no") // then only the report is shorter
	r := w.removal(t)
	var said []string
	r.Say = func(text string) { said = append(said, text) }
	if got := wrong(r.Run(t.Context())); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if diff := cmp.Diff([]string{"alice: deleted the password", "bob: deleted 2 MFA devices"}, said); diff != "" || len(r.outlived) > 0 {
		t.Errorf("outlived %v\n%s", r.outlived, diff)
	}
	// What was taken before a refusal is said, too.
	w = newWorld(t, "")
	hub = w.accounts["111111111111"]
	hub.users.has["alice"], hub.users.has["bob"] = everything("alice"), everything("bob")
	hub.Fail("iam:DeactivateMFADevice", "AccessDenied", "User: x is not authorized to perform: iam:DeactivateMFADevice on resource: y")
	r, said = w.removal(t), nil
	r.Say = func(text string) { said = append(said, text) }
	if got := wrong(r.Run(t.Context()))["Hub"]; !strings.Contains(got,
		"deleting MFA devices of the user alice: the permission iam:DeactivateMFADevice is missing") {
		t.Errorf("%q", got)
	}
	if !slices.Equal(said, []string{"alice: deleted the password"}) || len(hub.users.has["alice"]["device"]) != 3 || len(hub.users.has["bob"]["password"]) != 1 ||
		hub.stacks["us-east-1 BreakGlass-Hub"].status != "CREATE_COMPLETE" {
		t.Errorf("said %q, users %v", said, hub.users.has)
	}
}

// The pipeline's bucket has to be emptied by a person: the command is said where that is the reason, and only there.
func TestABucketThatIsNotEmpty(t *testing.T) {
	const empty = "; empty it (aws s3 rm s3://breakglass-pipeline-111111111111-eu-west-1 --recursive --region eu-west-1 --profile 'my hub'), and run breakglass destroy again"
	for reason, want := range map[string]string{
		"The bucket you tried to delete is not empty": "Q (AWS::SQS::Queue): The bucket you tried to delete is not empty",
		"denied by policy":                            "Q (AWS::SQS::Queue): denied by policy",
	} {
		for stack, hint := range map[string]string{"BreakGlass-Pipeline-Artifacts-eu-west-1": empty, "BreakGlass-Forwarder-eu-west-1": ""} {
			c := newCloud(t)
			c.stuck[stack], c.reason = true, reason
			outcomes, _ := c.remove(t, rolledOut(t))
			if !strings.Contains(reason, "not empty") {
				hint = ""
			}
			if o := outcomes[strings.TrimPrefix(stack, "BreakGlass-")]; o.State != Failed || o.Reason != want+hint {
				t.Errorf("%s: %+v", stack, o)
			}
		}
	}
}

// Nothing is removed if the users could not be: the hub would be left half deleted.
func TestTheUsersMustBeRemovable(t *testing.T) {
	c := newCloud(t)
	c.Answer("account:POST/listRegions", `{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`)
	c.Answer("sts:GetCallerIdentity", "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::333333333333:user/operator</Arn>"+
		"<UserId>AIDAEXAMPLE</UserId><Account>333333333333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>")
	c.Handle("sts:AssumeRole", func(_, request string) string {
		if !strings.Contains(request, "cdk-") {
			return "fail AccessDenied User: x is not authorized to perform: sts:AssumeRole on resource: y"
		}
		return "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey>" +
			"<SessionToken>example</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
	})
	_, err := found(t, c, small+"deploy: {access: bootstrap}\n")
	if err == nil || !strings.HasPrefix(err.Error(), "the users cannot be removed; nothing was changed: ") || len(c.deleted) > 0 {
		t.Errorf("%v, deleted %q", err, c.deleted)
	}
	// Where the hub is gone already, nobody has to.
	c.none["BreakGlass-Hub"] = true
	if f, err := found(t, c, small+"deploy: {access: bootstrap}\n"); err != nil || len(f.Stacks) == 0 {
		t.Errorf("%v", err)
	}
}

// A Region that the file leaves unwatched may be closed to everybody, which is a note; any other that cannot be searched is no
// success. What the run cannot know is said.
func TestWhatIsNotSearched(t *testing.T) {
	c := newCloud(t)
	c.Answer("account:POST/listRegions",
		`{"Regions":[{"RegionName":"us-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"sa-east-1","RegionOptStatus":"ENABLED_BY_DEFAULT"},{"RegionName":"eu-west-3","RegionOptStatus":"ENABLED_BY_DEFAULT"}]}`)
	const more = "unwatched: [{region: sa-east-1, reason: denied to everybody}]\ntargets: [{organizationalUnit: ou-ab12-11111111}]\n"
	f, err := found(t, c, small+more+"stackSets: {retainOnAccountRemoval: true}\n")
	if err != nil {
		t.Fatal(err)
	}
	progress := &counted{}
	f.Progress = progress
	r, err := f.Remove(t.Context(), func(Outcome) {}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	var blind []string
	for _, b := range r.Blind {
		blind = append(blind, b.Account+" "+b.Region)
		if b.Reason == "" {
			t.Errorf("%+v", b)
		}
	}
	slices.Sort(blind)
	// IAM is in no Region, and eu-south-2 is not enabled.
	if diff := cmp.Diff([]string{"111111111111 ", "111111111111 eu-west-3", "111111111111 us-east-1"}, blind); diff != "" {
		t.Error(diff)
	}
	notes := strings.Join(r.Notes, "\n")
	for _, want := range []string{"not searched: sa-east-1, which the file leaves unwatched (denied to everybody): ", "accounts that the file no longer names are not searched",
		"the accounts of the organizational units are not searched", "accounts that left their unit earlier keep the role"} {
		if !strings.Contains(notes, want) {
			t.Errorf("%q is not in\n%s", want, notes)
		}
	}
	if strings.Contains(notes, "only the Regions that are always enabled") || len(r.Notes) != 4 {
		t.Errorf("notes\n%s", notes)
	}
	if diff := cmp.Diff([]string{"removing", "searching for what is left"}, progress.what); diff != "" || progress.ends != 2 || progress.steps != progress.total {
		t.Errorf("%+v\n%s", progress, diff)
	}
	// Where nothing of the file is in a target account, an answer that is missing is no failure.
	if f, err = found(t, c, small+"targets: [{account: \"222222222222\"}]\n"); err != nil {
		t.Fatal(err)
	}
	if r, err = f.Remove(t.Context(), func(Outcome) {}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	blind = nil
	for _, b := range r.Blind {
		if b.Account == "222222222222" {
			blind = append(blind, b.Region)
		}
	}
	const unasked = "not searched for observers of an earlier file, since AWS did not answer: 222222222222 eu-south-2, 222222222222 eu-west-3, 222222222222 sa-east-1"
	if slices.Sort(blind); !slices.Equal(blind, []string{"", "us-east-1"}) || !slices.Contains(r.Notes, unasked) {
		t.Errorf("blind %q, notes\n%s", blind, strings.Join(r.Notes, "\n"))
	}
	// Without the list of Regions, those that are always enabled are searched, and those of the file.
	c.Fail("account:POST/listRegions", "AccessDeniedException", "User: x is not authorized to perform: account:ListRegions on resource: y")
	if f, err = found(t, c, small); err != nil {
		t.Fatal(err)
	}
	if r, err = f.Remove(t.Context(), func(Outcome) {}, func(string) {}); err != nil {
		t.Fatal(err)
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes,
		"of the hub account, only the Regions that are always enabled and those of the file were searched: ") || len(r.Notes) != 2 {
		t.Errorf("notes\n%s", notes)
	}
	if n := len(config.AlwaysOnRegions()); len(r.Blind) != n+2 { // and IAM, and eu-south-2
		t.Errorf("%d of %d: %+v", len(r.Blind), n, r.Blind)
	}
}
