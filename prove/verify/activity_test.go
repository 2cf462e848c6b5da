//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

// activePlan has two observed accounts and two hubs, which also record what the role's sessions do.
func activePlan(t *testing.T) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(`version: 1
hub: {account: "111111111111", standby: us-west-2}
alerts: {email: [security-team@example.com]}
users: [{name: alice}, {name: bob}]
targets: [{account: "222222222222"}, {account: "333333333333"}]
observers: {regions: [us-east-1, eu-west-1], activity: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	p, err := plan.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// activityMutants open the rules for what the role's sessions do.
var activityMutants = []struct {
	name, rule string
	spoil      func(watch.Fields)
	caught     string
}{
	{"any session is carried", names.Observe, func(p watch.Fields) { delete(p, "detail") }, "a session of another role"},
	{"a role whose name only begins alike", names.Observe, func(p watch.Fields) {
		issuer := p["detail"].(watch.Fields)["userIdentity"].(watch.Fields)["sessionContext"].(watch.Fields)["sessionIssuer"].(watch.Fields)
		issuer["userName"] = []any{watch.Fields{"prefix": "BreakGlassRole"}}
	}, "a session of another role"},
	{"changes only", names.Observe, func(p watch.Fields) { p["detail"].(watch.Fields)["readOnly"] = []any{false} }, "a look"},
	{"what succeeded only", names.Observe, func(p watch.Fields) { p["detail"].(watch.Fields)["errorCode"] = []any{watch.Fields{"exists": false}} }, "a refusal"},
	{"what somebody made up, in the account", names.Observe, func(p watch.Fields) { delete(p, "source") }, "a made-up call"},
	{"what somebody made up, in the hub", names.Record, func(p watch.Fields) { delete(p, "source") }, "a made-up call"},
	{"sessions in the hub account", names.Record, func(p watch.Fields) { delete(p, "account") }, "in the hub account"},
	{"archives", names.Record, func(p watch.Fields) { delete(p, "replay-name") }, "a call from an archive"},
	{"any kind of event", names.Record, func(p watch.Fields) { delete(p, "detail-type") }, "another kind of event"},
}

// TestActivityPatterns puts what sessions of the role and of others do, and what somebody could make up, before every rule of the hubs
// and of the accounts, by EventBridge's own matcher: the rules for it match, and no other but that of a change of the role.
func TestActivityPatterns(t *testing.T) {
	p := activePlan(t)
	type question struct {
		group, what string
		want        bool
	}
	var cases []judge.Case
	var questions []question
	rules := 0
	add := func(group string, at plan.Placement, rule plan.Rule, s watch.Sample, account, region string) {
		event := strings.ReplaceAll(jsonOf(watch.InRegion(s.Event(), region)), watch.SampleTarget, account)
		q := question{group, fmt.Sprintf("%s: %s: %s, of %s in %s", at.Stack, rule.Name, s.Name, account, region), false}
		own, hub := at.Account == account && at.Region == region, at.Kind == plan.HubObserved
		switch {
		case strings.HasSuffix(strings.TrimSuffix(rule.Name, names.StandbySuffix), watch.ActivityRule):
			q.want = s.Entry != "" && (hub || own)
		case s.Entry == watch.TargetAccess && strings.Contains(rule.Name, watch.TargetAccess):
			q.want = hub && map[string]bool{"222222222222": strings.Contains(rule.Name, "-1"), "333333333333": strings.Contains(rule.Name, "-2")}[account] || own
		}
		cases = append(cases, judge.Case{ID: fmt.Sprint(len(cases)), Pattern: json.RawMessage(rule.PatternText()), Event: json.RawMessage(event)})
		questions = append(questions, q)
	}
	each := func(group string, at plan.Placement, rule plan.Rule) {
		for _, s := range watch.ActivitySamples {
			for _, account := range []string{"222222222222", "333333333333"} {
				for _, region := range []string{hubRegion, "eu-west-1"} {
					add(group, at, rule, s, account, region)
				}
			}
		}
	}
	for _, at := range p.Placements {
		for _, rule := range p.Rules(at, plan.Refs{Key: watch.SampleKey}) {
			// The role's own sessions in the hub account belong to the net of what else happens there.
			if at.Account != p.Config.Hub.Account || at.Kind == plan.HubObserved {
				rules++
				each("app", at, rule)
			}
			for _, m := range activityMutants {
				if rule.Name == m.rule+watch.ActivityRule {
					spoilt := rule
					spoilt.Pattern = copyOf(t, rule.Pattern)
					m.spoil(spoilt.Pattern)
					each(m.name, at, spoilt)
				}
			}
		}
	}
	if rules < 2*2*3+2*4 { // of two accounts in two Regions, and of two hubs
		t.Fatalf("%d rules", rules)
	}
	wrong := map[string][]string{}
	for i, v := range match(t, cases) {
		if v.Error != "" {
			t.Fatalf("%s: %s", questions[i].what, v.Error)
		}
		if v.Match != questions[i].want {
			wrong[questions[i].group] = append(wrong[questions[i].group], questions[i].what)
		}
	}
	t.Logf("%d cases", len(cases))
	for _, what := range wrong["app"] {
		t.Error(what)
	}
	for _, m := range activityMutants {
		if !slices.ContainsFunc(wrong[m.name], func(what string) bool { return strings.Contains(what, m.caught) }) {
			t.Errorf("nothing finds %s", m.name)
		}
	}
}

// TestActivityAccess: with it, a hub's bus admits the records of every AWS service, and still nothing that anybody makes up or puts
// there by hand.
func TestActivityAccess(t *testing.T) {
	p := activePlan(t)
	table := func(spoil func(map[string]any)) []accessCase {
		var a accessTable
		for _, account := range []string{"222222222222", "333333333333"} {
			policy := copyOf(t, plan.BusPolicy(p.Config, hubRegion))
			spoil(policy["Statement"].([]any)[0].(map[string]any))
			// Whatever the role may do that puts it there, even everything.
			a.only("a record of EC2 from "+account, judge.AccessCase{
				Principal: sessionOf("arn:aws:iam::" + account + ":role/" + names.ObserverRole), Action: "events:PutEvents", Resource: hubBus,
				IdentityPolicies: []judge.Policy{managed(t, "AdministratorAccess")}, ResourcePolicy: policy,
				Context: keys(eventSource, "aws.ec2", detailTypeKey, "AWS API Call via CloudTrail", busInvocation, "true", sourceRule,
					strings.Replace(observerIn(account), "access", "activity", 1)),
			},
				denial{"it is fabricated", judge.ImplicitlyDenied, having(eventSource, "breakglass.drill")},
				denial{"it is a heartbeat", judge.ImplicitlyDenied, having(eventSource, "breakglass.heartbeat")},
				denial{"a fabricated event is with it", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Context[eventSource] = []string{"aws.ec2", "my.app"} }},
				denial{"it is another kind of event", judge.ImplicitlyDenied, having(detailTypeKey, "EC2 Instance State-change Notification")},
				denial{"it says not which kind", judge.ImplicitlyDenied, having(detailTypeKey, "")},
				denial{"somebody puts it himself", judge.ImplicitlyDenied, having(busInvocation, "false")},
				denial{"another rule sends it", judge.ImplicitlyDenied, having(sourceRule, "arn:aws:events:us-east-1:"+account+":rule/other")},
				denial{"it is of an account that is not listed", judge.ImplicitlyDenied, by(sessionOf("arn:aws:iam::" + elsewhere + ":role/" + names.ObserverRole))},
			)
		}
		return a.cases
	}
	mutants := []struct {
		name, caught string
		spoil        func(map[string]any)
	}{
		{"any source", "it is fabricated", func(s map[string]any) { dropKey(s, eventSource) }},
		{"any kind of event", "it is another kind of event", func(s map[string]any) { dropKey(s, detailTypeKey) }},
		{"a call by hand", "somebody puts it himself", func(s map[string]any) { dropKey(s, busInvocation) }},
		{"any rule", "another rule sends it", func(s map[string]any) { dropKey(s, sourceRule) }},
	}
	cases := table(func(map[string]any) {})
	each := len(cases)
	for _, m := range mutants {
		cases = append(cases, table(m.spoil)...)
	}
	requests := make([]judge.AccessCase, len(cases))
	for i, c := range cases {
		requests[i], requests[i].ID = c.request, fmt.Sprintf("%d %s", i, c.name)
	}
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	found := make([]int, len(mutants))
	for i, d := range decisions {
		switch {
		case len(d.Errors) > 0:
			t.Fatalf("%s: %v", d.ID, d.Errors)
		case i < each && d.Decision != cases[i].want:
			t.Errorf("%s: %s, want %s", cases[i].name, d.Decision, cases[i].want)
		case i >= each && d.Decision != cases[i].want && strings.Contains(cases[i].name, mutants[i/each-1].caught):
			found[i/each-1]++
		}
	}
	for i, m := range mutants {
		if found[i] != 2 {
			t.Errorf("%s: %d requests show it, want one of each account", m.name, found[i])
		}
	}
}

const detailTypeKey = "events:detail-type"
