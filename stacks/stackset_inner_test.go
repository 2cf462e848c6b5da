package stacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// innerViolations lists what a template must not do that is the same in every account of a unit.
func innerViolations(t *testing.T, one template) []string {
	t.Helper()
	var found []string
	say := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	var all map[string]json.RawMessage
	if err := json.Unmarshal(one.text, &all); err != nil {
		return []string{"is no JSON"}
	}
	for part := range all {
		if !slices.Contains([]string{"Description", "Conditions", "Resources"}, part) {
			say("has %s", part)
		}
	}
	if strings.ContainsAny(string(one.text), "\n\t") {
		say("is laid out")
	}
	if len(one.text) > plan.MaxTemplate {
		say("has %d bytes", len(one.text))
	}
	for _, token := range []string{"${Token[", "CDKMetadata", "222222222222", "333333333333"} {
		if strings.Contains(string(one.text), token) {
			say("has %s in it", token)
		}
	}
	for id, r := range one.Resources {
		if !slices.Contains(allowedTypes, r.Type) {
			say("has %s, a %s", id, r.Type)
		}
	}
	return found
}

func TestStackSetMutantsAreFound(t *testing.T) {
	const unit = "ou-ab12-22222222"
	if found := stackSetViolations(t, unitsApp(t)[sandbox], unit); len(found) > 0 {
		t.Fatalf("the stack itself has %v", found)
	}
	for name, mutant := range map[string]struct{ old, new, want string }{
		"self-managed":      {`"SERVICE_MANAGED"`, `"SELF_MANAGED"`, "not managed by the service"},
		"no later accounts": {`"Enabled":true`, `"Enabled":false`, "join later"},
		"no queue":          {`"Active":true`, `"Active":false`, "another operation"},
		"no named IAM":      {"CAPABILITY_NAMED_IAM", "CAPABILITY_IAM", "capabilities"},
		"no tolerance":      {`"FailureToleranceCount":9`, `"FailureToleranceCount":0`, "first account"},
		"all may fail":      {`"FailureToleranceCount":9`, `"FailureTolerancePercentage":100`, "with a template that fails"},
		"in vain":           {`"MaxConcurrentCount":10`, `"MaxConcurrentCount":11`, "as many accounts"},
		"another unit":      {`["ou-ab12-22222222"]`, `["ou-ab12-11111111"]`, "goes to"},
		"a filter":          {`"OrganizationalUnitIds"`, `"AccountFilterType":"DIFFERENCE","OrganizationalUnitIds"`, "goes to"},
		"its own account":   {`{\"Ref\":\"AWS::AccountId\"}`, `\"222222222222\"`, "222222222222"},
		"a parameter":       {`"TemplateBody":"{`, `"TemplateBody":"{\"Parameters\":{},`, "has Parameters"},
		"laid out":          {`"TemplateBody":"{`, `"TemplateBody":"{\n `, "laid out"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.ReplaceAll(string(unitsApp(t)[sandbox].text), mutant.old, mutant.new)
			if text == string(unitsApp(t)[sandbox].text) {
				t.Fatalf("%s is not in the template", mutant.old)
			}
			one := template{stack: sandbox, text: []byte(text)}
			if err := json.Unmarshal(one.text, &one); err != nil {
				t.Fatal(err)
			}
			if found := strings.Join(stackSetViolations(t, one, unit), "; "); !strings.Contains(found, mutant.want) {
				t.Errorf("found %q, want %q", found, mutant.want)
			}
		})
	}
}

// TestAUnitsTemplateIsThatOfAListedAccount: one definition serves both ways into an account. With the account and the Region
// filled in, the template that a stack set carries is that of a stack for one account.
func TestAUnitsTemplateIsThatOfAListedAccount(t *testing.T) {
	listed := synth(t, changedUnits(t, "organizationalUnit: ou-ab12-22222222", `account: "333333333333"`))
	for _, test := range []struct{ stack, set, account, region string }{
		{"BreakGlass-Role-222222222222", stackSetText(t, workloads, "BreakGlass-Role-ou-ab12-11111111"), "222222222222", "us-east-1"},
		{"BreakGlass-Role-333333333333", stackSetText(t, sandbox, "BreakGlass-Role-ou-ab12-22222222"), "333333333333", "us-east-1"},
		{"BreakGlass-Observer-eu-west-1-333333333333", stackSetText(t, sandbox, "BreakGlass-Observer-ou-ab12-22222222"), "333333333333", "eu-west-1"},
	} {
		one := listed[test.stack]
		if one.text == nil {
			t.Errorf("no stack %s", test.stack)
			continue
		}
		got, want := filledIn(t, test.set, test.account, test.region), filledIn(t, string(one.text), test.account, test.region)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s and the stack set differ (-stack +stack set):\n%s", test.stack, diff)
		}
		if other := filledIn(t, test.set, "444444444444", test.region); test.stack != "BreakGlass-Role-222222222222" && cmp.Equal(want, other) {
			t.Errorf("%s: the comparison takes another account for the same", test.stack)
		}
	}
}

func stackSetText(t *testing.T, stack, set string) string {
	t.Helper()
	return text(stackSet(t, unitsApp(t)[stack], set)["TemplateBody"])
}

// filledIn returns a template as CloudFormation reads it in an account and Region outside of the hub.
func filledIn(t *testing.T, template, account, region string) any {
	t.Helper()
	var plain map[string]any
	if err := json.Unmarshal([]byte(template), &plain); err != nil {
		t.Fatal(err)
	}
	delete(plain, "Conditions")
	resources, _ := plain["Resources"].(map[string]any)
	for _, r := range resources {
		delete(r.(map[string]any), "Condition")
	}
	return evaluated(plain, map[string]string{"AWS::AccountId": account, "AWS::Region": region})
}

func evaluated(value any, pseudo map[string]string) any {
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = evaluated(v[i], pseudo)
		}
	case map[string]any:
		for key := range v {
			v[key] = evaluated(v[key], pseudo)
		}
		if ref, ok := v["Ref"].(string); ok && len(v) == 1 && pseudo[ref] != "" {
			return pseudo[ref]
		}
		if join, ok := v["Fn::Join"].([]any); ok && len(v) == 1 && join[0] == "" {
			var b strings.Builder
			for _, part := range join[1].([]any) {
				text, ok := part.(string)
				if !ok {
					return v
				}
				b.WriteString(text)
			}
			return b.String()
		}
	}
	return value
}

// TestTheUnitsTemplateTrustsTheUsersOnly checks the role itself, whatever else the template has.
func TestTheUnitsTemplateTrustsTheUsersOnly(t *testing.T) {
	trust := compact(t, access.Trust([]access.User{{Place: config.PlaceOf("111111111111", config.DefaultRegion), Name: config.DefaultUser}}, false))
	for stack, unit := range map[string]string{workloads: "ou-ab12-11111111", sandbox: "ou-ab12-22222222"} {
		one := inner(t, stackSet(t, unitsApp(t)[stack], "BreakGlass-Role-"+unit))
		role := one.Resources["Role"]
		if got := compact(t, role.Properties["AssumeRolePolicyDocument"]); got != trust {
			t.Errorf("%s trusts %s", stack, got)
		}
		if role.Properties["RoleName"] != "BreakGlassRole" {
			t.Errorf("%s: the role is %v", stack, role.Properties["RoleName"])
		}
	}
	role := inner(t, stackSet(t, unitsApp(t)[sandbox], "BreakGlass-Role-ou-ab12-22222222")).Resources["Role"].Properties
	for property, want := range map[string]string{
		"ManagedPolicyArns":   `["arn:aws:iam::aws:policy/job-function/ViewOnlyAccess","arn:aws:iam::aws:policy/ReadOnlyAccess"]`,
		"PermissionsBoundary": `{"Fn::Join":["",["arn:aws:iam::",{"Ref":"AWS::AccountId"},":policy/team/EmergencyBoundary"]]}`,
		"MaxSessionDuration":  `14400`,
	} {
		if got := compact(t, role[property]); got != want {
			t.Errorf("%s: %s, want %s", property, got, want)
		}
	}
	if got := compact(t, role["Policies"]); !strings.Contains(got, `"${aws:username}"`) {
		t.Errorf("inline policy: %s", got)
	}
}

// TestUnitsWithTheSameSettingsShareATemplate, which is what makes a template a content, not a name.
func TestUnitsWithTheSameSettingsShareATemplate(t *testing.T) {
	a, b := stackSetText(t, workloads, "BreakGlass-Role-ou-ab12-11111111"), stackSetText(t, clients, "BreakGlass-Role-ou-ab12-33333333")
	if a != b {
		t.Errorf("the same settings give\n%s\nand\n%s", a, b)
	}
	if a == stackSetText(t, sandbox, "BreakGlass-Role-ou-ab12-22222222") {
		t.Error("other settings give the same template")
	}
}

// TestTheHubMayBeInAUnit: it gets the role like the others, and no observers, which would send its events round in a circle.
func TestTheHubMayBeInAUnit(t *testing.T) {
	for _, set := range []string{"BreakGlass-Role-ou-ab12-22222222", "BreakGlass-Observer-ou-ab12-22222222"} {
		var one struct {
			Conditions map[string]any
			Resources  map[string]struct{ Condition string }
		}
		if err := json.Unmarshal([]byte(stackSetText(t, sandbox, set)), &one); err != nil {
			t.Fatal(err)
		}
		if got := compact(t, one.Conditions["NotTheHub"]); got != `{"Fn::Not":[{"Fn::Equals":[{"Ref":"AWS::AccountId"},"111111111111"]}]}` {
			t.Errorf("%s: the condition is %s", set, got)
		}
		for id, r := range one.Resources {
			if want := id != "Role"; (r.Condition == "NotTheHub") != want {
				t.Errorf("%s: %s has the condition %q", set, id, r.Condition)
			}
		}
	}
}
