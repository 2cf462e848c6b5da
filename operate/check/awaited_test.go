package check

import (
	"slices"
	"strings"
	"testing"

	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// TestAPolicyThatAStackWaitsForIsNamed: before a stack is deployed, its policies are asked for; afterwards, they are compared.
func TestAPolicyThatAStackWaitsForIsNamed(t *testing.T) {
	const target, stack = "222222222222", names.RoleStack + "222222222222"
	waiting := func(t *testing.T) *world {
		w := wellIn(t, "sample", target, "us-east-1")
		w.s.config.Targets = slices.Clone(w.s.config.Targets) // others read the same
		w.s.config.Targets[0].ManagedPolicies = []string{"ReadOnlyAccess", "arn:aws:iam::222222222222:policy/team/operators"}
		w.s.plan = plan.Of(w.s.config)
		return w
	}
	said := func(t *testing.T, w *world) (all []string) {
		t.Helper()
		for _, f := range bad(w.ask(t)) {
			if f.Check == "roles" || f.Check == "answers" || f.Check == "group" {
				all = append(all, string(f.Severity)+" "+f.Places()+": "+f.What+" → "+f.Fix)
			}
		}
		return all
	}
	const fence = "problem 222222222222: there is no policy Fence, which role BreakGlassRole is to have: it can't be deployed → correct its name in breakglass.yaml, or create it"
	for name, c := range map[string]struct {
		do   func(w *world)
		want []string
	}{
		"not deployed": {func(w *world) { delete(w.stacks, stack) }, []string{fence, strings.Replace(fence, "Fence", "team/operators", 1)}},
		"its deployment failed": {
			func(w *world) { w.stacks[stack].StackStatus = cfn.StackStatusRollbackComplete }, []string{fence, strings.Replace(fence, "Fence", "team/operators", 1)},
		},
		"not deployed, and there": {func(w *world) {
			delete(w.stacks, stack)
			w.documents["arn:aws:iam::222222222222:policy/Fence"], w.documents["arn:aws:iam::222222222222:policy/team/operators"] = "{}", "{}"
		}, nil},
		"not deployed, and IAM refuses": {func(w *world) {
			delete(w.stacks, stack)
			w.documents["arn:aws:iam::222222222222:policy/Fence"], w.documents["arn:aws:iam::222222222222:policy/team/operators"] = "{}", "{}"
			w.refuse("iam", "GetPolicy")
		}, []string{"policies of role BreakGlassRole, which is not deployed (222222222222)"}},
		"deployed": {func(*world) {}, []string{"role BreakGlassRole lacks the policy arn:aws:iam::222222222222:policy/team/operators"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := waiting(t)
			c.do(w)
			got := said(t, w)
			if len(got) != len(c.want) {
				t.Fatalf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			for i := range got {
				if !strings.Contains(got[i], c.want[i]) {
					t.Errorf("it says %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

// TestThePoliciesOfTheUsersAreAskedForBeforeTheHubIsDeployed, and of AWS's own, which the configuration knows, nobody is asked.
func TestThePoliciesOfTheUsersAreAskedForBeforeTheHubIsDeployed(t *testing.T) {
	w := well(t, hub)
	w.s.config.UserAccess.ManagedPolicies = []string{"IAMFullAccess", "arn:aws:iam::111111111111:policy/people"}
	w.s.plan = plan.Of(w.s.config)
	delete(w.stacks, names.HubStack)
	var said []string
	for _, f := range w.ask(t) {
		if f.Check == "group" {
			said = append(said, string(f.Severity)+" "+f.Places()+": "+f.What)
		}
	}
	want := "problem 111111111111: there is no policy people, which the users' group is to have: it can't be deployed"
	if len(said) != 1 || said[0] != want {
		t.Errorf("it says %q, want %q", said, want)
	}
}
