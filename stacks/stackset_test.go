package stacks

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

func unitsApp(t *testing.T) map[string]template { return sharedApp(t, "testdata/units.yaml") }

const (
	workloads = "BreakGlass-StackSet-ou-ab12-11111111"
	sandbox   = "BreakGlass-StackSet-ou-ab12-22222222"
	clients   = "BreakGlass-StackSet-ou-ab12-33333333"
)

// stackSet returns the stack set of that name in a template.
func stackSet(t *testing.T, one template, name string) map[string]any {
	t.Helper()
	for _, r := range one.ofType("AWS::CloudFormation::StackSet") {
		if r.Properties["StackSetName"] == name {
			return r.Properties
		}
	}
	t.Fatalf("%s has no stack set %s", one.stack, name)
	return nil
}

// inner returns the template that a stack set carries.
func inner(t *testing.T, set map[string]any) template {
	t.Helper()
	one := template{stack: text(set["StackSetName"]), text: []byte(text(set["TemplateBody"]))}
	if err := json.Unmarshal(one.text, &one); err != nil {
		t.Fatal(err)
	}
	return one
}

func TestAStackSetServesItsUnit(t *testing.T) {
	for stack, want := range map[string]struct{ unit string }{
		workloads: {"ou-ab12-11111111"}, sandbox: {"ou-ab12-22222222"}, clients: {"ou-ab12-33333333"},
	} {
		one := unitsApp(t)[stack]
		for _, problem := range stackSetViolations(t, one, want.unit) {
			t.Errorf("%s: %s", stack, problem)
		}
		if one.manifest.Environment != "aws://222222222222/us-east-1" {
			t.Errorf("%s is made in %s, want the management account and the hub's Region", stack, one.manifest.Environment)
		}
		for _, s := range one.ofType("AWS::CloudFormation::StackSet") {
			if got := compact(t, s.Properties["AutoDeployment"]); got != `{"Enabled":true,"RetainStacksOnAccountRemoval":true}` {
				t.Errorf("%s: automatic deployment %s", stack, got)
			}
			if s.Properties["CallAs"] != "SELF" {
				t.Errorf("%s: calls as %v in the management account", stack, s.Properties["CallAs"])
			}
			if got := compact(t, s.Properties["Tags"]); got != `[{"Key":"cost-center","Value":"42"},{"Key":"team","Value":"security"}]` {
				t.Errorf("%s: tags %s", stack, got)
			}
		}
		role, observers := stackSet(t, one, "BreakGlass-Role-"+want.unit), stackSet(t, one, "BreakGlass-Observer-"+want.unit)
		if got := regionsOf(t, role); got != `["us-east-1"]` {
			t.Errorf("%s: roles in %s", stack, got)
		}
		if got := regionsOf(t, observers); got != `["eu-west-1"]` {
			t.Errorf("%s: observers of other Regions in %s", stack, got)
		}
		for id, r := range one.Resources {
			if r.Properties["StackSetName"] == observers["StackSetName"] && len(r.DependsOn) != 1 {
				t.Errorf("%s: %s does not wait for the role that its rules act as: %v", stack, id, r.DependsOn)
			}
		}
	}
}

// TestADelegatedAdministratorSaysSo: the hub account creates the stack sets, unless the file names the management account.
func TestADelegatedAdministratorSaysSo(t *testing.T) {
	one := synth(t,
		changedUnits(t, `managementAccount: "222222222222", retainOnAccountRemoval: true`, `region: eu-west-1, retainOnAccountRemoval: false`))[workloads]
	set := stackSet(t, one, "BreakGlass-Role-ou-ab12-11111111")
	if one.manifest.Environment != "aws://111111111111/us-east-1" || set["CallAs"] != "DELEGATED_ADMIN" {
		t.Errorf("made in %s as %v", one.manifest.Environment, set["CallAs"])
	}
	if got := compact(t, set["AutoDeployment"]); got != `{"Enabled":true,"RetainStacksOnAccountRemoval":false}` {
		t.Errorf("automatic deployment %s", got)
	}
	if got := regionsOf(t, set); got != `["eu-west-1"]` {
		t.Errorf("roles in %s", got)
	}
	if got := regionsOf(t, stackSet(t, one, "BreakGlass-Observer-ou-ab12-11111111")); got != `["us-east-1"]` {
		t.Errorf("observers of other Regions in %s", got)
	}
}

func regionsOf(t *testing.T, set map[string]any) string {
	t.Helper()
	return compact(t, set["StackInstancesGroup"].([]any)[0].(map[string]any)["Regions"])
}

// changedUnits returns testdata/units.yaml with one place changed.
func changedUnits(t *testing.T, old, new string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/units.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(text), old) != 1 {
		t.Fatalf("%q is not in testdata/units.yaml once", old)
	}
	return writeFile(t, strings.Replace(string(text), old, new, 1))
}

// stackSetViolations lists what is wrong with the stack of a unit.
func stackSetViolations(t *testing.T, one template, unit string) []string {
	t.Helper()
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if n := sentWithTexts(t, one); n > plan.MaxTemplate {
		say("its template has %d bytes", n)
	}
	for id, r := range one.Resources {
		p := r.Properties
		if r.Type != "AWS::CloudFormation::StackSet" {
			say("%s is a %s", id, r.Type)
			continue
		}
		if !strings.HasSuffix(text(p["StackSetName"]), "-"+unit) || p["Description"] == nil {
			say("%s is called %v", id, p["StackSetName"])
		}
		if p["PermissionModel"] != "SERVICE_MANAGED" || p["AdministrationRoleARN"] != nil || p["ExecutionRoleName"] != nil {
			say("%s is not managed by the service", id)
		}
		if deployment, _ := p["AutoDeployment"].(map[string]any); deployment["Enabled"] != true {
			say("%s leaves accounts out that join later", id)
		}
		if got := compact(t, p["ManagedExecution"]); got != `{"Active":true}` {
			say("%s fails while another operation is under way: %s", id, got)
		}
		if got := compact(t, p["Capabilities"]); got != `["CAPABILITY_NAMED_IAM"]` {
			say("%s has the capabilities %s", id, got)
		}
		preferences, _ := p["OperationPreferences"].(map[string]any)
		failed, _ := preferences["FailureToleranceCount"].(float64)
		once, _ := preferences["MaxConcurrentCount"].(float64)
		if failed < 1 {
			say("%s stops at the first account that refuses", id)
		}
		if failed > 20 || once > 20 || preferences["FailureTolerancePercentage"] != nil || preferences["MaxConcurrentPercentage"] != nil {
			say("%s goes on through all accounts with a template that fails", id)
		}
		if once > failed+1 {
			say("%s is never in as many accounts at once as it says", id)
		}
		groups, _ := p["StackInstancesGroup"].([]any)
		if len(groups) != 1 {
			say("%s has %d groups", id, len(groups))
			continue
		}
		if got := compact(t, groups[0].(map[string]any)["DeploymentTargets"]); got != `{"OrganizationalUnitIds":["`+unit+`"]}` {
			say("%s goes to %s", id, got)
		}
		carried := inner(t, p)
		for _, problem := range innerViolations(t, carried) {
			say("%s carries a template that %s", id, problem)
		}
	}
	return found
}

// sentWithTexts returns the size of a template as the CDK CLI sends it, with the templates in it: the CLI writes each text as
// in JSON, since it has both kinds of quotation mark in it, and the encoder of sentSize does not.
func sentWithTexts(t *testing.T, one template) int {
	t.Helper()
	n := sentSize(t, one)
	for _, s := range one.ofType("AWS::CloudFormation::StackSet") {
		body := s.Properties["TemplateBody"].(string)
		n += strings.Count(body, `"`) + strings.Count(body, `\`)
	}
	return n
}

// TestAUnitFitsAsEstimated compares the sizes that the plan counts with the templates.
func TestAUnitFitsAsEstimated(t *testing.T) {
	var tags, actions strings.Builder
	for i := range 25 {
		fmt.Fprintf(&tags, "  \"%s%02d\": %s\n", strings.Repeat("k", 60), i, strings.Repeat("v", 200))
	}
	for i := range 900 {
		fmt.Fprintf(&actions, `"s3:G%03d", `, i)
	}
	for name, change := range map[string]struct{ old, new string }{
		"as it is":                 {"tags: {team", "tags: {team"},
		"many tags":                {`tags: {team: security, cost-center: "42"}`, "tags:\n" + tags.String()},
		"a long inline policy":     {`Action: "support:*"`, "Action: [" + actions.String() + `"support:*"]`},
		"a policy full of escapes": {`"${aws:username}"`, `'` + strings.Repeat(`"\`, 2000) + `'`},
		"many users":               {"role:\n", "users: [{name: " + userName(1, 60) + "}, {name: " + userName(2, 60) + "}]\nrole:\n"},
		"no observers":             {"observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}\n", ""},
		"observed elsewhere only":  {"observers: {regions: [us-east-1, eu-west-1]", "observers: {regions: [us-west-2]"},
		"no standby":               {", standby: eu-west-1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := changedUnits(t, change.old, change.new)
			c, err := config.Load(file)
			if err != nil {
				t.Fatal(err)
			}
			app := synth(t, file)
			for _, unit := range c.Units {
				one := app["BreakGlass-StackSet-"+unit.OrganizationalUnit]
				got, estimated := sentWithTexts(t, one), plan.Of(c).UnitSize(unit).All
				t.Logf("%s has %d bytes and was estimated at %d", one.stack, got, estimated)
				if got > estimated || got < estimated*7/10 {
					t.Errorf("%s has %d bytes and was estimated at %d", one.stack, got, estimated)
				}
			}
		})
	}
}

// TestNothingOfAnInnerAppIsLeft: neither in the output of the app around it nor in the temporary folder.
func TestNothingOfAnInnerAppIsLeft(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	dir := t.TempDir()
	app := newApp(t, dir)
	if _, err := build(app, "testdata/units.yaml"); err != nil {
		t.Fatal(err)
	}
	app.Synth(nil)
	found := func(folder, pattern string) []string {
		files, err := filepath.Glob(filepath.Join(folder, pattern))
		if err != nil {
			t.Fatal(err)
		}
		return files
	}
	if n := len(found(dir, "BreakGlass-StackSet-*.template.json")); n != 3 {
		t.Errorf("%d stacks with stack sets in the output", n)
	}
	if files := slices.Concat(found(dir, "assembly-*"), found(temporary, "breakglass-template-*")); len(files) > 0 {
		t.Errorf("left: %q", files)
	}
}

func TestUnitsGiveTheSameTemplatesEachTime(t *testing.T) {
	again := synth(t, "testdata/units.yaml")
	for stack, one := range unitsApp(t) {
		if string(one.text) != string(again[stack].text) {
			t.Errorf("%s is another template the second time", stack)
		}
	}
}

// TestStackSetTemplatesAreTheReviewedOnes compares the templates that a stack set carries with their golden ones, laid out for
// review. After a change on purpose: go test ./stacks -run Reviewed -update, and review the difference.
func TestStackSetTemplatesAreTheReviewedOnes(t *testing.T) {
	for name, text := range map[string][]byte{
		"stackset":                 unitsApp(t)[sandbox].text,
		"stackset-inner":           []byte(stackSetText(t, sandbox, "BreakGlass-Role-ou-ab12-22222222")),
		"stackset-inner-observers": []byte(stackSetText(t, sandbox, "BreakGlass-Observer-ou-ab12-22222222")),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, template{text: text}) })
	}
}
