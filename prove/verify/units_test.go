//go:build verify

package verify

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/prove/local/localtest"
)

var unitsAssembly = sync.OnceValues(func() (synthesized, error) { return synthesize("stacks/testdata/units.yaml") })

// carried returns the stacks that the stack sets of an app make in an account, one for each Region that they name.
func carried(t *testing.T, app *Assembly, account string) *Assembly {
	t.Helper()
	made := &Assembly{Stacks: map[string]*Stack{}}
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::CloudFormation::StackSet") {
			p := stack.Resources[id].Properties
			for _, group := range list(p["StackInstancesGroup"]) {
				for _, region := range list(group.(map[string]any)["Regions"]) {
					name := p["StackSetName"].(string) + "-" + region.(string)
					made.Stacks[name] = &Stack{Name: name, Account: account, Region: region.(string), Text: []byte(p["TemplateBody"].(string))}
				}
			}
		}
	}
	if len(made.Stacks) == 0 {
		t.Fatal("the app has no stack sets")
	}
	if err := made.resolve(); err != nil {
		t.Fatal(err)
	}
	return made
}

// carriedMutants break what a stack set carries, where only a judge would see it, and name the rule that has to.
var carriedMutants = []struct{ name, old, new, caught string }{
	{"a slip in a property", `"AssumeRolePolicyDocument"`, `"AssumeRolePolicyDocuments"`, "E3002"},
	{"a slip in a pseudo parameter", `"AWS::AccountId"`, `"AWS::AccountID"`, "E1020"},
	{"an unknown type", `"AWS::IAM::Role"`, `"AWS::IAM::Rolle"`, "E3006"},
}

// TestUnitsTemplates lints the stacks that make stack sets, and the templates inside these, which cfn-lint does not read.
func TestUnitsTemplates(t *testing.T) {
	app := orFatal(t, unitsAssembly)
	for _, f := range app.findings {
		t.Errorf("the CDK's validator: %s", f)
	}
	dir := t.TempDir()
	var templates []judge.Template
	write := func(name, region string, text []byte) {
		path := filepath.Join(dir, name+".json")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		templates = append(templates, judge.Template{Path: path, Region: region})
	}
	inner := carried(t, app.Assembly, "333333333333")
	for _, stacks := range []*Assembly{app.Assembly, inner} {
		for name, stack := range stacks.Stacks {
			write(name, stack.Region, stack.Text)
		}
	}
	sandbox := inner.Stacks[names.RoleStack+"ou-ab12-22222222-us-east-1"]
	for _, m := range carriedMutants {
		text := strings.ReplaceAll(string(sandbox.Text), m.old, m.new)
		if text == string(sandbox.Text) {
			t.Fatalf("%s: there is no %s", m.name, m.old)
		}
		write("mutant "+m.name, sandbox.Region, []byte(text))
	}
	findings, err := judge.Lint(t.Context(), lintProgram(t), templates)
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string][]string{}
	findings, _ = truly(findings)
	for _, f := range findings {
		name := filepath.Base(f.Template)
		rules[name] = append(rules[name], f.Rule)
		if !strings.HasPrefix(name, "mutant ") {
			t.Error(f)
		}
	}
	for _, m := range carriedMutants {
		if got := rules["mutant "+m.name+".json"]; !slices.Contains(got, m.caught) {
			t.Errorf("mutant %s: cfn-lint reports %q, want %s", m.name, got, m.caught)
		}
	}
}

// TestUnitsAccess: the users, and nobody else, get into an account of a unit, and only with MFA.
func TestUnitsAccess(t *testing.T) {
	app := orFatal(t, unitsAssembly).Assembly
	inner := carried(t, app, "333333333333")
	mutant := inner.Copy()
	roles := 0
	for _, stack := range mutant.Stacks {
		for _, id := range stack.OfType("AWS::IAM::Role") {
			if stack.Resources[id].Properties["RoleName"] != "BreakGlassRole" {
				continue
			}
			roles++
			trust := stack.Resources[id].Properties["AssumeRolePolicyDocument"].(map[string]any)
			delete(list(trust["Statement"])[0].(map[string]any)["Condition"].(map[string]any), "ArnEquals")
		}
	}
	if roles != 3 {
		t.Fatalf("%d roles, want one for each unit", roles)
	}
	table := func(inner *Assembly) []accessCase {
		var a accessTable
		for _, u := range emergencyUsers(app) {
			a.assumesRoles(inner, u, managed(t, "AdministratorAccess"))
		}
		return a.cases
	}
	cases := append(table(inner), table(mutant)...)
	requests := make([]judge.AccessCase, len(cases))
	for i, c := range cases {
		requests[i], requests[i].ID = c.request, c.name
	}
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	caught := 0
	for i, d := range decisions {
		wrong := len(d.Errors) > 0 || d.Decision != cases[i].want
		switch {
		case i >= len(cases)/2 && wrong:
			caught++
		case wrong:
			t.Errorf("%s: %s %v, want %s", d.ID, d.Decision, d.Errors, cases[i].want)
		}
	}
	if caught == 0 {
		t.Error("a role that trusts everybody of the hub account with MFA was not found out")
	}
	t.Logf("%d requests; %d of the mutant's found out", len(requests), caught)
}

// TestEndToEndUnits deploys what a stack set carries as a plain stack in two accounts: the local AWS has no stack sets of an
// organization. One template gives each account a role of its own.
func TestEndToEndUnits(t *testing.T) {
	ctx := t.Context()
	app := orFatal(t, unitsAssembly).Assembly
	server := localtest.Start(t, root(t))
	const unit = "ou-ab12-22222222"
	for _, account := range []string{"222222222222", "333333333333"} {
		inner := carried(t, app, account)
		for _, name := range []string{names.RoleStack + unit + "-us-east-1", names.ObserverStack + unit + "-eu-west-1"} {
			stack := inner.Stacks[name]
			if stack == nil {
				t.Fatalf("no stack set makes %s", name)
			}
			deployTemplate(t, server, stack)
		}
		out, err := iam.NewFromConfig(server.Config(account, "us-east-1")).GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("BreakGlassRole")})
		if err != nil {
			t.Fatal(err)
		}
		role := out.Role
		want := inner.Stacks[names.RoleStack+unit+"-us-east-1"].Resources["Role"].Properties
		text, err := url.QueryUnescape(aws.ToString(role.AssumeRolePolicyDocument))
		if err != nil {
			t.Fatal(err)
		}
		var trust any
		if err := json.Unmarshal([]byte(text), &trust); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want["AssumeRolePolicyDocument"], trust); diff != "" {
			t.Errorf("%s: the trust is another (-template +deployed):\n%s", account, diff)
		}
		if got := aws.ToString(role.Arn); got != "arn:aws:iam::"+account+":role/BreakGlassRole" {
			t.Errorf("the role is %s", got)
		}
		if role.PermissionsBoundary == nil ||
			aws.ToString(role.PermissionsBoundary.PermissionsBoundaryArn) != "arn:aws:iam::"+account+":policy/team/EmergencyBoundary" {
			t.Errorf("%s: the boundary is %+v", account, role.PermissionsBoundary)
		}
		if got := aws.ToInt32(role.MaxSessionDuration); got != 14400 {
			t.Errorf("%s: a session lasts %d s", account, got)
		}
	}

	t.Run("the hub account gets the role alone", func(t *testing.T) {
		made := deployTemplate(t, server, carried(t, app, "111111111111").Stacks[names.RoleStack+unit+"-us-east-1"])
		if want := []string{"AWS::IAM::Role Role"}; !slices.Equal(made, want) {
			t.Errorf("it has %q, want %q", made, want)
		}
	})
}

// deployTemplate makes a stack of an unchanged template, as CloudFormation does for an account of a stack set, and lists
// what it has made.
func deployTemplate(t *testing.T, server *emulator.Server, stack *Stack) []string {
	t.Helper()
	ctx, name := t.Context(), aws.String("StackSet-"+stack.Name)
	client := cloudformation.NewFromConfig(server.Config(stack.Account, stack.Region))
	if _, err := client.CreateStack(ctx, &cloudformation.CreateStackInput{
		StackName: name, TemplateBody: aws.String(string(stack.Text)), Capabilities: []types.Capability{types.CapabilityCapabilityNamedIam},
	}); err != nil {
		t.Fatal(err)
	}
	wait := cloudformation.NewStackCreateCompleteWaiter(client, func(o *cloudformation.StackCreateCompleteWaiterOptions) { o.MinDelay = time.Second })
	if err := wait.Wait(ctx, &cloudformation.DescribeStacksInput{StackName: name}, 2*time.Minute); err != nil {
		t.Fatalf("%s in %s: %v\n%s", stack.Name, stack.Account, err, server.Log())
	}
	out, err := client.DescribeStackResources(ctx, &cloudformation.DescribeStackResourcesInput{StackName: name})
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, r := range out.StackResources {
		made = append(made, aws.ToString(r.ResourceType)+" "+aws.ToString(r.LogicalResourceId))
	}
	slices.Sort(made)
	return made
}
