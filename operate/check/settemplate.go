package check

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// carried is the template that a stack set gives to each account, with the intrinsic functions resolved for one of them.
type carried struct {
	Transform, Conditions any
	Resources             map[string]struct {
		Type, Condition string
		Properties      map[string]any
	}
	// functions are what nothing here resolves: whatever stands in such a place is unknown.
	functions []string
}

// carriedProperties are those that the resources of such a template have, by their type: another one can change what a resource is,
// such as the bus of a rule.
var carriedProperties = map[string][]string{
	"AWS::Events::Rule": {"Description", "EventPattern", "Name", "State", "Targets"},
	"AWS::IAM::Role": {
		"AssumeRolePolicyDocument", "Description", "ManagedPolicyArns", "MaxSessionDuration", "Path", "PermissionsBoundary", "Policies", "RoleName",
	},
	"AWS::SQS::Queue":       {"MessageRetentionPeriod", "SqsManagedSseEnabled"},
	"AWS::SQS::QueuePolicy": {"PolicyDocument", "Queues"},
}

// anyAccount stands for each account of a unit.
const anyAccount = "000000000000"

// setTemplate compares the template of a stack set with the plan: whoever may change the set, and not its stack, changes the role in
// every account of the unit.
func (s *scene) setTemplate(r *result, at plan.Placement, set, body string) {
	unit := at.Target.OrganizationalUnit
	withRole := set == names.RoleStack+unit
	if !withRole && set != names.ObserverStack+unit {
		return
	}
	region := s.config.StackSets.Region
	if !withRole {
		region = s.otherObserved()[0]
	}
	in := s.config.HubPlace().Of(anyAccount).In(region)
	wrong := []string{"can't be parsed"}
	if t, err := carriedIn(body, in); err == nil {
		wrong = s.templateDifferences(t, *at.Target, in, withRole)
		if t.Transform != nil || strings.Contains(body, `"Fn::Transform"`) {
			wrong = append(wrong, "it has a transform, which can replace everything")
		}
	}
	if len(wrong) > 0 {
		r.drifted(Problem, unit, at.Stack, "the template of stack set "+set+" differs from breakglass.yaml: "+strings.Join(wrong, "; "))
	}
}

// otherObserved returns the observed Regions besides that of the accounts' stacks.
func (s *scene) otherObserved() []string {
	return slices.DeleteFunc(slices.Clone(s.config.Observers.Regions), func(region string) bool { return region == s.config.StackSets.Region })
}

// templateDifferences returns how a template differs from the plan.
func (s *scene) templateDifferences(t carried, target config.Target, in place.Place, withRole bool) []string {
	rules, found, wrong := map[string]map[string]any{}, map[string]bool{}, t.functions
	for _, id := range sorted(t.Resources) {
		resource := t.Resources[id]
		name, _ := resource.Properties["RoleName"].(string)
		if c := resource.Condition; c != "" && (c != notTheHub || name == s.config.Role.Name) {
			wrong = append(wrong, id+" depends on the condition "+c+", which is not planned")
		}
		for _, property := range sorted(resource.Properties) {
			if known := carriedProperties[resource.Type]; known != nil && !slices.Contains(known, property) && !strings.HasPrefix(property, "Fn::") {
				wrong = append(wrong, id+" has "+property+", which is not planned")
			}
		}
		switch {
		case resource.Type == "AWS::Events::Rule":
			rule, _ := resource.Properties["Name"].(string)
			rules[rule] = resource.Properties
		case resource.Type == "AWS::IAM::Role" && withRole && name == s.config.Role.Name:
			found[name] = true
			wrong = append(wrong, s.roleDifferences(resource.Properties, target, in)...)
		case resource.Type == "AWS::IAM::Role" && withRole && name == names.ObserverRole:
			found[name] = true
			wrong = append(wrong, s.observerDifferences(resource.Properties, in)...)
		case slices.Contains([]string{"AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::CDK::Metadata"}, resource.Type):
		default:
			wrong = append(wrong, "it has an "+resource.Type+" that is not planned: "+id)
		}
	}
	if t.Conditions != nil {
		want := map[string]any{notTheHub: map[string]any{"Fn::Not": []any{map[string]any{"Fn::Equals": []any{map[string]any{"Ref": "AWS::AccountId"}, s.account()}}}}}
		if d := difference(canonical(t.Conditions), plain(want), ""); d != "" {
			wrong = append(wrong, "it has other conditions: "+d+" differs")
		}
	}
	observed := slices.Contains(s.config.Observers.Regions, in.Region)
	if withRole && !found[s.config.Role.Name] {
		wrong = append(wrong, "it lacks the role "+s.config.Role.Name)
	}
	if withRole && observed && !found[names.ObserverRole] {
		wrong = append(wrong, "it lacks the role "+names.ObserverRole)
	}
	if !observed {
		return wrong
	}
	for _, want := range s.plan.Rules(plan.Placement{Kind: plan.TargetObserver, Account: in.Account, Region: in.Region, To: s.config.HubRegions()}, plan.Refs{}) {
		have, ok := rules[want.Name]
		delete(rules, want.Name)
		if !ok {
			wrong = append(wrong, "it lacks the rule "+want.Name)
			continue
		}
		if d := difference(canonical(have["EventPattern"]), plain(want.Pattern), ""); d != "" {
			wrong = append(wrong, "rule "+want.Name+" has a different pattern: "+d+" differs")
		}
		if state, _ := have["State"].(string); state != want.State {
			wrong = append(wrong, "rule "+want.Name+" is in state "+state)
		}
		if got, wants := busesOf(have), busesIn(want); !slices.Equal(got, wants) {
			wrong = append(wrong, "rule "+want.Name+" sends events to "+strings.Join(got, ", ")+", not to "+strings.Join(wants, ", "))
		}
		wrong = append(wrong, carriedRuleTargets(have, want)...)
	}
	for _, name := range sorted(rules) {
		wrong = append(wrong, "it has a rule that is not planned: "+name)
	}
	return wrong
}

// notTheHub is the condition under which a template observes an account.
const notTheHub = "NotTheHub"

// carriedRuleTargets returns how the targets of a rule differ from the plan in anything but where they send events.
func carriedRuleTargets(rule map[string]any, want plan.Rule) (wrong []string) {
	targets, _ := rule["Targets"].([]any)
	for _, one := range targets {
		target, _ := one.(map[string]any)
		i := slices.IndexFunc(want.Targets, func(w plan.RuleTarget) bool { return w.ARN == target["Arn"] })
		if i < 0 {
			continue // where it sends events is reported
		}
		for _, key := range sorted(target) {
			switch key {
			case "Arn", "Id", "RoleArn", "DeadLetterConfig":
			default:
				wrong = append(wrong, "a target of rule "+want.Name+" has "+key+", which is not planned")
			}
		}
		if role, _ := target["RoleArn"].(string); role != want.Targets[i].Role {
			wrong = append(wrong, "a target of rule "+want.Name+" uses "+orNone("role", role)+", not "+want.Targets[i].Role)
		}
		if want.Targets[i].DeadLetters && target["DeadLetterConfig"] == nil {
			wrong = append(wrong, "a target of rule "+want.Name+" has no dead-letter queue")
		}
	}
	return wrong
}

func busesOf(rule map[string]any) (all []string) {
	targets, _ := rule["Targets"].([]any)
	for _, one := range targets {
		target, _ := one.(map[string]any)
		arn, _ := target["Arn"].(string)
		all = append(all, arn)
	}
	slices.Sort(all)
	return all
}

func busesIn(rule plan.Rule) (all []string) {
	for _, target := range rule.Targets {
		all = append(all, target.ARN)
	}
	slices.Sort(all)
	return all
}

// roleDifferences returns how the role of a template differs from the file.
func (s *scene) roleDifferences(role map[string]any, target config.Target, in place.Place) (wrong []string) {
	what := "role " + s.config.Role.Name
	for _, difference := range s.trusts(text(role["AssumeRolePolicyDocument"])) {
		wrong = append(wrong, what+" "+difference)
	}
	var want []string
	for _, p := range target.ManagedPolicies {
		want = append(want, access.PolicyARN(in, p))
	}
	have := list(role["ManagedPolicyArns"])
	for _, policy := range want {
		if !slices.Contains(have, policy) {
			wrong = append(wrong, what+" lacks the policy "+short(policy))
		}
	}
	for _, policy := range have {
		if !slices.Contains(want, policy) {
			wrong = append(wrong, what+" has a policy that is not in breakglass.yaml: "+short(policy))
		}
	}
	seconds, _ := role["MaxSessionDuration"].(float64)
	if got := time.Duration(seconds) * time.Second; got != target.SessionDuration {
		wrong = append(wrong, fmt.Sprintf("%s has sessions of %s; breakglass.yaml sets %s", what, hours(got), hours(target.SessionDuration)))
	}
	boundary := ""
	if target.PermissionsBoundary != "" {
		boundary = access.BoundaryARN(in, target.PermissionsBoundary)
	}
	if got, _ := role["PermissionsBoundary"].(string); got != boundary {
		wrong = append(wrong, fmt.Sprintf("%s has the permissions boundary %q; breakglass.yaml sets %q", what, got, boundary))
	}
	if path, _ := role["Path"].(string); path != "" && path != "/" {
		wrong = append(wrong, what+" has the path "+path)
	}
	inline, _ := role["Policies"].([]any)
	switch {
	case len(target.InlinePolicy) == 0 && len(inline) > 0:
		wrong = append(wrong, what+" has an inline policy, which is not in breakglass.yaml")
	case len(target.InlinePolicy) > 0 && len(inline) != 1:
		wrong = append(wrong, fmt.Sprintf("%s has %d inline policies; breakglass.yaml sets one", what, len(inline)))
	case len(inline) == 1:
		policy, _ := inline[0].(map[string]any)
		if d := sameInline(text(policy["PolicyDocument"]), target.InlinePolicy); d != "" {
			wrong = append(wrong, what+" has a different inline policy: "+d)
		}
	}
	return wrong
}

// observerDifferences returns how the observers' role of a template differs from the plan.
func (s *scene) observerDifferences(role map[string]any, in place.Place) (wrong []string) {
	what := "role " + names.ObserverRole
	if d := samePolicy(text(role["AssumeRolePolicyDocument"]), access.ObserverTrust(in)); d != "" {
		wrong = append(wrong, what+" has a different trust policy: "+d)
	}
	if more := list(role["ManagedPolicyArns"]); len(more) > 0 {
		wrong = append(wrong, what+" has policies that are not planned: "+strings.Join(more, ", "))
	}
	for _, more := range []string{"PermissionsBoundary", "Path"} {
		if value, ok := role[more].(string); ok && value != "/" {
			wrong = append(wrong, what+" has a "+more+" that is not planned: "+value)
		}
	}
	var buses []string
	for _, hub := range s.config.HubRegions() {
		buses = append(buses, s.in(hub).Bus())
	}
	inline, _ := role["Policies"].([]any)
	if len(inline) != 1 {
		return append(wrong, fmt.Sprintf("%s has %d inline policies, not one", what, len(inline)))
	}
	policy, _ := inline[0].(map[string]any)
	if d := samePolicy(text(policy["PolicyDocument"]), access.ForwardFromTarget(buses, plan.TargetSources(s.config))); d != "" {
		wrong = append(wrong, what+" has a different policy: "+d)
	}
	return wrong
}

// carriedIn reads a template, and resolves what CloudFormation fills in for an account and Region.
func carriedIn(body string, in place.Place) (t carried, err error) {
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return t, err
	}
	for _, id := range sorted(t.Resources) {
		for _, function := range t.unresolved(t.Resources[id].Properties) {
			t.functions = append(t.functions, id+" has a function that is not planned: "+function)
		}
	}
	for id, resource := range t.Resources {
		resource.Properties, _ = t.filled(resource.Properties, in).(map[string]any)
		t.Resources[id] = resource
	}
	return t, nil
}

// filledIn are what CloudFormation knows of the account.
func filledIn(in place.Place) map[string]string {
	return map[string]string{"AWS::AccountId": in.Account, "AWS::Region": in.Region, "AWS::Partition": in.Partition}
}

// unresolved returns the intrinsic functions in a value that filled leaves as they are, but for those that name a queue of the template.
func (t carried) unresolved(value any) (found []string) {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			found = append(found, t.unresolved(one)...)
		}
	case map[string]any:
		for _, key := range sorted(v) {
			if key != "Ref" && !strings.HasPrefix(key, "Fn::") {
				found = append(found, t.unresolved(v[key])...)
				continue
			}
			name, _ := v[key].(string)
			of, _ := v[key].([]any)
			_, known := filledIn(place.Place{})[name]
			alone := len(v) == 1
			switch {
			case key == "Ref" && alone && (known || t.Resources[name].Type == "AWS::SQS::Queue"):
			case key == "Fn::GetAtt" && alone && len(of) == 2 && of[1] == "Arn":
			case key == "Fn::Join" && alone && len(of) == 2:
				found = append(found, t.unresolved(of[1])...)
			default:
				found = append(found, strings.TrimSpace(key+" "+name))
			}
		}
	}
	return found
}

// filled returns a value with the intrinsic functions resolved that such a template has.
func (t carried) filled(value any, in place.Place) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = t.filled(one, in)
		}
		return out
	case map[string]any:
		if len(v) == 1 {
			if name, ok := v["Ref"].(string); ok {
				if known, ok := filledIn(in)[name]; ok {
					return known
				}
				return v
			}
			if of, ok := v["Fn::GetAtt"].([]any); ok && len(of) == 2 && of[1] == "Arn" {
				id, _ := of[0].(string)
				if role := t.Resources[id]; role.Type == "AWS::IAM::Role" {
					name, _ := role.Properties["RoleName"].(string)
					return in.Role(name)
				}
			}
			if parts, ok := v["Fn::Join"].([]any); ok && len(parts) == 2 {
				by, _ := parts[0].(string)
				return strings.Join(list(t.filled(parts[1], in)), by)
			}
		}
		out := make(map[string]any, len(v))
		for key, one := range v {
			out[key] = t.filled(one, in)
		}
		return out
	}
	return value
}
