//go:build verify

package verify

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
)

const (
	busInvocation = "events:eventBusInvocation"
	organization  = "aws:PrincipalOrgID"
	// inOrganization is that of stacks/testdata/units.yaml.
	inOrganization = "o-ab12cd34ef"
)

// busPolicies returns the policies of the buses of an app's hubs, by the bus' ARN.
func (app *Assembly) busPolicies() map[string]map[string]any {
	policies := map[string]map[string]any{}
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Events::EventBusPolicy") {
			p := stack.Resources[id].Properties
			bus := "arn:aws:events:" + stack.Region + ":" + stack.Account + ":event-bus/" + p["EventBusName"].(string)
			policies[bus] = map[string]any{"Version": "2012-10-17", "Statement": []any{p["Statement"]}}
		}
	}
	return policies
}

// observing returns what the observers of an account may do: their role there, and its policies.
func (app *Assembly) observing(t *testing.T, account string) (role map[string]any, policies []judge.Policy) {
	t.Helper()
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::IAM::Role") {
			p := stack.Resources[id].Properties
			if stack.Account != account || p["RoleName"] != names.ObserverRole {
				continue
			}
			for _, one := range list(p["Policies"]) {
				inline := one.(map[string]any)
				policies = append(policies, judge.Policy{Name: inline["PolicyName"].(string), Document: inline["PolicyDocument"]})
			}
			return p, policies
		}
	}
	t.Fatalf("%s has no role %s", account, names.ObserverRole)
	return nil, nil
}

// observers: EventBridge takes the role of an account's observers, which put AWS's own events on the hubs' buses, by a rule,
// and do nothing else. An account is known by its number or, in an organization, by that.
func (a *accessTable) observers(t *testing.T, hub, target *Assembly, accounts []string, org string) {
	t.Helper()
	for _, account := range accounts {
		arn := "arn:aws:iam::" + account + ":role/" + names.ObserverRole
		role, policies := target.observing(t, account)
		a.only("EventBridge takes the observers' role of "+account, judge.AccessCase{
			Principal: eventBridge, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
		},
			denial{"it is EC2", judge.ImplicitlyDenied, by("ec2.amazonaws.com")},
			denial{"it is a user of the hub", judge.ImplicitlyDenied, by(stranger)},
		)
		buses := hub.busPolicies()
		for _, bus := range slices.Sorted(maps.Keys(buses)) {
			for _, source := range []string{"aws.iam", "aws.signin"} {
				allowed := judge.AccessCase{
					Principal: sessionOf(arn), Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies, ResourcePolicy: buses[bus],
					Context: keys(eventSource, source, busInvocation, "true"),
				}
				other := denial{"it is of an account that is not listed", judge.ImplicitlyDenied, by(sessionOf(moved(arn, account, elsewhere)))}
				if org != "" {
					allowed.Context[organization] = []string{org}
					other = denial{"it is of another organization", judge.ImplicitlyDenied, having(organization, "o-zz99zz99zz")}
				}
				a.only("an observer of "+account+" carries "+source+" to "+bus, allowed, other,
					denial{"it is fabricated", judge.ImplicitlyDenied, having(eventSource, "breakglass.drill")},
					denial{"it is a heartbeat", judge.ImplicitlyDenied, having(eventSource, "breakglass.heartbeat")},
					denial{"it is another source of AWS's", judge.ImplicitlyDenied, having(eventSource, "aws.ec2")},
					denial{"a fabricated event is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[eventSource] = []string{source, "breakglass.drill"} }},
					denial{"somebody puts it himself", judge.ImplicitlyDenied, having(busInvocation, "false")},
					denial{"it is another bus", judge.ImplicitlyDenied, on(bus + "2")},
					denial{"its role may do nothing", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.IdentityPolicies = nil }},
					denial{"it makes a rule there", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
						c.Action, c.Context = "events:PutRule", nil
						c.Resource = strings.Replace(bus, ":event-bus/default", ":rule/capture-breakglass-user-sign-in", 1)
						c.IdentityPolicies = []judge.Policy{managed(t, "AdministratorAccess")}
					}},
				)
			}
		}
	}
}

// observerMutants open the policy of a bus, or that of a role.
var observerMutants = []struct {
	name   string
	spoil  func(statement map[string]any)
	caught string
}{
	{"any source", func(s map[string]any) { dropKey(s, eventSource) }, "but it is fabricated"},
	{"a call by hand", func(s map[string]any) { dropKey(s, busInvocation) }, "but somebody puts it himself"},
	{"anybody", func(s map[string]any) { s["Principal"] = "*"; dropKey(s, organization) }, "but it is of a"},
	{"any right", func(s map[string]any) { s["Action"], s["Resource"] = "events:*", "*"; delete(s, "Condition") }, "but it makes a rule there"},
}

func dropKey(statement map[string]any, key string) {
	for _, keys := range statement["Condition"].(map[string]any) {
		delete(keys.(map[string]any), key)
	}
}

// TestObserversAccess: who gets onto a hub's bus, with listed accounts and with an organization.
func TestObserversAccess(t *testing.T) {
	listed, units := orFatal(t, observersAssembly).Assembly, orFatal(t, unitsAssembly).Assembly
	tables := func(listed, units *Assembly) []accessCase {
		var a accessTable
		a.observers(t, listed, listed, []string{"222222222222", "333333333333"}, "")
		inner := carried(t, units, "444444444444")
		a.observers(t, units, inner, []string{"444444444444"}, inOrganization)
		for _, app := range []*Assembly{listed, inner} {
			for _, stack := range app.Stacks {
				if strings.Contains(stack.Name, "-Obs") || strings.HasPrefix(stack.Name, names.RoleStack) {
					a.deadLetters(t, stack)
				}
			}
		}
		return a.cases
	}
	cases := tables(listed, units)
	each := len(cases)
	for _, m := range observerMutants {
		listed, units := listed.Copy(), units.Copy()
		for _, app := range []*Assembly{listed, units} {
			for _, policy := range app.busPolicies() {
				m.spoil(policy["Statement"].([]any)[0].(map[string]any))
			}
		}
		cases = append(cases, tables(listed, units)...)
	}
	requests := make([]judge.AccessCase, len(cases))
	for i, c := range cases {
		requests[i], requests[i].ID = c.request, c.name
	}
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests, and %d of mutants", each, len(cases)-each)
	wrong := func(i int) bool { return len(decisions[i].Errors) > 0 || decisions[i].Decision != cases[i].want }
	for i := range each {
		if wrong(i) {
			t.Errorf("%s: %s %v, want %s", cases[i].name, decisions[i].Decision, decisions[i].Errors, cases[i].want)
		}
	}
	for n, m := range observerMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			found := 0
			for i := (n + 1) * each; i < (n+2)*each; i++ {
				if wrong(i) && len(decisions[i].Errors) == 0 && strings.Contains(cases[i].name, m.caught) {
					found++
				}
			}
			if found < 4 { // two buses, listed and of an organization
				t.Errorf("only %d requests show it", found)
			}
		})
	}
}
