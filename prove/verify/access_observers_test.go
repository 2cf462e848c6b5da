//go:build verify

package verify

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

const (
	sourceRule    = "aws:SourceArn"
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
			Context: keys("aws:SourceAccount", account, sourceRule, observerIn(account)),
		},
			denial{"it is for another rule of the account", judge.ImplicitlyDenied, having(sourceRule, "arn:aws:events:us-east-1:"+account+":rule/other")},
			denial{"it is for another account", judge.ImplicitlyDenied, having("aws:SourceAccount", elsewhere)},
			denial{"it is for another account's rule", judge.ImplicitlyDenied, having(sourceRule, observerIn(elsewhere))},
			denial{"it is for nobody", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context = nil }},
			denial{"it is EC2", judge.ImplicitlyDenied, by("ec2.amazonaws.com")},
			denial{"it is a user of the hub", judge.ImplicitlyDenied, by(stranger)},
		)
		buses := hub.busPolicies()
		for _, bus := range slices.Sorted(maps.Keys(buses)) {
			for _, source := range watch.TargetSources() {
				allowed := judge.AccessCase{
					Principal: sessionOf(arn), Action: "events:PutEvents", Resource: bus, IdentityPolicies: policies, ResourcePolicy: buses[bus],
					Context: keys(eventSource, source, busInvocation, "true", sourceRule, observerIn(account)),
				}
				other := denial{"it is of an account that is not listed", judge.ImplicitlyDenied, by(sessionOf(moved(arn, account, elsewhere)))}
				if org != "" {
					allowed.Context[organization] = []string{org}
					other = denial{"it is of another organization", judge.ImplicitlyDenied, having(organization, "o-zz99zz99zz")}
				}
				a.only("an observer of "+account+" carries "+source+" to "+bus, allowed, other,
					denial{"an administrator fabricates it", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
						c.Context[eventSource], c.IdentityPolicies = []string{"breakglass.drill"}, []judge.Policy{managed(t, "AdministratorAccess")}
					}},
					denial{"the role fabricates it on a bus that admits everything", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
						c.Context[eventSource], c.ResourcePolicy = []string{"breakglass.drill"}, admitting(c.Resource)
					}},
					denial{"it is fabricated", judge.ImplicitlyDenied, having(eventSource, "breakglass.drill")},
					denial{"it is a heartbeat", judge.ImplicitlyDenied, having(eventSource, "breakglass.heartbeat")},
					denial{"it is another source of AWS's", judge.ImplicitlyDenied, having(eventSource, "aws.ec2")},
					denial{
						"a fabricated event is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[eventSource] = []string{source, "breakglass.drill"} },
					},
					denial{"somebody puts it himself", judge.ImplicitlyDenied, having(busInvocation, "false")},
					denial{"a call says nothing of where it comes from", judge.ImplicitlyDenied, func(c *judge.AccessCase) { delete(c.Context, busInvocation) }},
					denial{"it names no source", judge.ImplicitlyDenied, func(c *judge.AccessCase) { delete(c.Context, eventSource) }},
					denial{"another rule sends it", judge.ImplicitlyDenied, having(sourceRule, "arn:aws:events:us-east-1:"+account+":rule/other")},
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

// admitting returns the policy of a bus that admits whatever its sender may put there.
func admitting(bus string) map[string]any {
	return map[string]any{
		"Version": "2012-10-17", "Statement": []any{map[string]any{"Effect": "Allow", "Principal": "*", "Action": "events:PutEvents", "Resource": bus}},
	}
}

// observerIn returns the ARN of an observers' rule of an account.
func observerIn(account string) string {
	return "arn:aws:events:us-east-1:" + account + ":rule/observe-breakglass-target-access"
}

// observerMutants open the policy of a bus, or that of a role.
var observerMutants = []struct {
	name   string
	spoil  func(statement map[string]any)
	caught string
}{
	{"any source", func(s map[string]any) { dropKey(s, eventSource) }, "but an administrator fabricates it"},
	{"a call by hand", func(s map[string]any) { dropKey(s, busInvocation) }, "but somebody puts it himself"},
	{"a call that says nothing", func(s map[string]any) {
		s["Condition"].(map[string]any)["BoolIfExists"] = s["Condition"].(map[string]any)["Bool"]
		delete(s["Condition"].(map[string]any), "Bool")
	}, "but a call says nothing of where it comes from"},
	{"any rule", func(s map[string]any) { dropKey(s, sourceRule) }, "but another rule sends it"},
	{"anybody", func(s map[string]any) { s["Principal"] = "*"; dropKey(s, organization) }, "but it is of a"},
	{"any right", func(s map[string]any) { s["Action"], s["Resource"] = "events:*", "*"; delete(s, "Condition") }, "but it makes a rule there"},
}

// observerRoleMutants open who may take the observers' role, or what it may do, each in the two listed accounts.
var observerRoleMutants = []struct {
	name   string
	spoil  func(trust, rights map[string]any)
	caught string
}{
	{"any rule takes the role", func(s, _ map[string]any) { dropKey(s, sourceRule) }, "but it is for another rule of the account"},
	{"any account takes the role", func(s, _ map[string]any) { delete(s, "Condition") }, "but it is for another account"},
	{"whoever says nothing takes the role", func(s, _ map[string]any) {
		c := s["Condition"].(map[string]any)
		c["StringEqualsIfExists"], c["ArnLikeIfExists"] = c["StringEquals"], c["ArnLike"]
		delete(c, "StringEquals")
		delete(c, "ArnLike")
	}, "but it is for nobody"},
	{"the role puts anything", func(_, s map[string]any) { dropKey(s, eventSource) }, "but the role fabricates it on a bus that admits everything"},
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
	for _, m := range observerRoleMutants {
		listed := listed.Copy()
		for _, account := range []string{"222222222222", "333333333333"} {
			role, policies := listed.observing(t, account)
			first := func(document any) map[string]any {
				return document.(map[string]any)["Statement"].([]any)[0].(map[string]any)
			}
			m.spoil(first(role["AssumeRolePolicyDocument"]), first(policies[0].Document))
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
	shown := func(n int, name, caught string, least int) {
		t.Run("mutant/"+name, func(t *testing.T) {
			found := 0
			for i := (n + 1) * each; i < (n+2)*each; i++ {
				if wrong(i) && len(decisions[i].Errors) == 0 && strings.Contains(cases[i].name, caught) {
					found++
				}
			}
			if found < least {
				t.Errorf("only %d requests show it", found)
			}
		})
	}
	for n, m := range observerMutants {
		shown(n, m.name, m.caught, 4) // two buses, listed and of an organization
	}
	for n, m := range observerRoleMutants {
		shown(len(observerMutants)+n, m.name, m.caught, 2)
	}
}
