package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// TestTheGuardrailExemptsThoseWhoDeploy: a policy that nobody may pass would end every deployment.
func TestTheGuardrailExemptsThoseWhoDeploy(t *testing.T) {
	const unit = "targets: [{organizationalUnit: ou-ab12-11111111}]\nstackSets: {retainOnAccountRemoval: true}\n"
	for _, c := range []struct {
		file      string
		deployers []string
		want      string
	}{
		{head, []string{"team/Deployer", "Other"}, "Other, team/Deployer"},
		{
			head, []string{"arn:aws:iam::222222222222:role/team/Deployer", "arn:aws:iam::*:role/Other"},
			"arn:aws:iam::*:role/Other, arn:aws:iam::222222222222:role/team/Deployer",
		},
		{head + "deploy: {access: organization, accessRole: AWSControlTowerExecution}\n", nil, "AWSControlTowerExecution"},
		{head + unit + "deploy: {access: organization}\n", []string{"Deployer"}, "Deployer, OrganizationAccountAccessRole, stacksets-exec-*"},
		{head + unit, []string{"Deployer"}, "Deployer, stacksets-exec-*"},
		{head + "deploy: {access: bootstrap}\n", nil, "cdk-hnb659fds-cfn-exec-role-*, cdk-hnb659fds-deploy-role-*"},
	} {
		g, err := of(t, c.file).Guardrail(c.deployers)
		if err != nil {
			t.Errorf("%s: %v", c.file, err)
			continue
		}
		if notes := strings.Join(g.Notes, "\n"); !strings.Contains(notes, "the policies exempt whoever acts as "+c.want+";") ||
			strings.Contains(notes, "bootstrap") != strings.Contains(c.file, "bootstrap") {
			t.Errorf("%s: want %s, notes %s", c.file, c.want, notes)
		}
		for _, s := range g.Service["Statement"].([]any) {
			s := s.(map[string]any)
			if s["Sid"] == "Leave" { // nobody may
				continue
			}
			if condition := fmt.Sprint(s["Condition"]); strings.Count(condition, ":role/") != len(strings.Split(c.want, ", ")) ||
				strings.Count(condition, "arn:") != strings.Count(condition, ":role/") {
				t.Errorf("%s: the condition is %s", c.file, condition)
			}
		}
		if of := fmt.Sprint(g.Service); strings.Contains(of, "stack/StackSet-") != strings.Contains(c.file, "organizationalUnit") {
			t.Errorf("%s: %s", c.file, of)
		}
	}
	for _, c := range []struct {
		file      string
		deployers []string
		want      string
	}{
		{head, nil, "deploy.access is credentials"},
		{head + unit, nil, "deploy.access is credentials"},
		{head, []string{"Deploy*"}, "invalid role"},
		{head, []string{"arn:aws:iam::111111111111:role/Deploy*"}, "invalid role"},
		{head, []string{"arn:aws:iam::1111:role/Deployer"}, "invalid role"},
		{head, []string{"arn:aws:sts::111111111111:assumed-role/Deployer/ada"}, "this is a session"},
		{head, []string{"arn:aws:iam::111111111111:user/ci"}, "this is a user"},
		{head, []string{"arn:aws:iam::111111111111:root"}, "root user"},
		{head, []string{""}, "invalid role"},
	} {
		if g, err := of(t, c.file).Guardrail(c.deployers); err == nil || !strings.Contains(err.Error(), c.want) || g.Service != nil {
			t.Errorf("%s with %q: %v, want %s", c.file, c.deployers, err, c.want)
		}
	}
}

// TestTheGuardrailFits, or the command says what makes it too large.
func TestTheGuardrailFits(t *testing.T) {
	p := of(t, head+"deploy: {access: organization}\n")
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("%s-%02d", strings.Repeat("d", 50), i))
	}
	if _, err := p.Guardrail(many); err == nil || !strings.Contains(err.Error(), "AWS Organizations allows 5120: name fewer roles with --deployer") {
		t.Error(err)
	}
	g, err := p.Guardrail(slices.Clone(many[:3]))
	if err != nil || g.Service.Size() > access.MaxOrganizationPolicy || g.Service.Size() < 2000 {
		t.Errorf("%v, %d characters", err, g.Service.Size())
	}
	p.Config.Users = nil
	for _, name := range append(many, many...) {
		p.Config.Users = append(p.Config.Users, config.User{Name: name})
	}
	if _, err := p.Guardrail(nil); err == nil || !strings.Contains(err.Error(), "the resource control policy would have") {
		t.Error(err)
	}
}

// TestTheGuardrailLeavesOutWhatHasNoRoom, and says so: a policy that is not printed protects nothing.
func TestTheGuardrailLeavesOutWhatHasNoRoom(t *testing.T) {
	p := of(t, head+"deploy: {access: organization}\n")
	for i := range 100 {
		p.Config.Targets = append(p.Config.Targets, config.Target{ManagedPolicies: []string{fmt.Sprintf("arn:aws:iam::222222222222:policy/team/%d", i)}})
	}
	g, err := p.Guardrail(nil)
	if err != nil || g.Service.Size() > access.MaxOrganizationPolicy || strings.Contains(fmt.Sprint(g.Service), "policy/team/") ||
		!strings.Contains(strings.Join(g.Notes, "\n"), "no room for the customer managed policies of the file (100 names)") {
		t.Errorf("%v, %d characters, %q", err, g.Service.Size(), g.Notes)
	}
}

// TestTheGuardrailProtectsCustomerPolicies: a new version of one changes what the users or their role may do, in whichever account.
func TestTheGuardrailProtectsCustomerPolicies(t *testing.T) {
	g, err := of(t, head+`deploy: {access: organization}
userAccess: {managedPolicies: [IAMFullAccess, "arn:aws:iam::111111111111:policy/team/Users"]}
targets:
  - {account: "222222222222", name: one, managedPolicies: ["arn:aws:iam::222222222222:policy/Role", job-function/ViewOnlyAccess], permissionsBoundary: Fence}
  - {account: "333333333333", name: two, managedPolicies: ["arn:aws:iam::333333333333:policy/Role"], permissionsBoundary: "arn:aws:iam::333333333333:policy/team/Fence"}
  - {organizationalUnit: ou-ab12-11111111, name: unit, permissionsBoundary: Unit}
stackSets: {retainOnAccountRemoval: true}
`).Guardrail(nil)
	if err != nil {
		t.Fatal(err)
	}
	var protected []string
	for _, resource := range g.Service["Statement"].([]any)[0].(map[string]any)["Resource"].([]any) {
		if _, name, ok := strings.Cut(resource.(string), "arn:aws:iam::*:policy/"); ok {
			protected = append(protected, name)
		}
	}
	if want := []string{"breakglass-*", "Fence", "Role", "Unit", "team/Fence", "team/Users"}; !slices.Equal(protected, want) {
		t.Errorf("policies %q, want %q", protected, want)
	}
}
