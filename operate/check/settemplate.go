package check

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// anyAccounts stand for the accounts of a unit. A template with the number of one in place of AWS::AccountId differs in the other.
var anyAccounts = []string{"000000000000", "999999999999"}

// setTemplate compares the template of a stack set with the plan, all of it: whoever may change the set, and not its stack, changes the
// role in every account of the unit. Only the logical IDs and the order of lists may differ.
func (s *scene) setTemplate(r *result, at plan.Placement, set, body string, regions []string) {
	unit := at.Target.OrganizationalUnit
	var wrong []string
	for i, account := range anyAccounts {
		in := s.config.HubPlace().Of(account).In(regions[i%len(regions)])
		got, err := carriedIn(body, in)
		if err != nil {
			wrong = []string{"can't be parsed: " + err.Error()}
		} else {
			wrong = templateDifferences(got, s.carried(*at.Target, in, set == names.RoleStack+unit))
		}
		if len(wrong) > 0 {
			r.drifted(Problem, unit, at.Stack, "the template of stack set "+set+" differs from breakglass.yaml: "+strings.Join(wrong, "; "))
			return
		}
	}
}

// templateDifferences returns how a template differs from the plan, by its parts.
func templateDifferences(got, want map[string]any) (wrong []string) {
	for _, part := range keysOf(got, want) {
		g, has := got[part]
		w, planned := want[part]
		switch {
		case !planned:
			wrong = append(wrong, "it has "+part+", which is not planned")
		case !has:
			wrong = append(wrong, "it lacks "+part)
		default:
			if all := differences(canonical(g), plain(w), ""); len(all) > 0 {
				slices.Sort(all) // the same may be in several of a list
				wrong = append(wrong, "in "+part+", "+strings.Join(slices.Compact(all), ", "))
			}
		}
	}
	return wrong
}

// differences returns each place in which a value in canonical form differs from the wanted one.
func differences(got, want any, at string) (all []string) {
	g, gotMap := got.(map[string]any)
	w, wantMap := want.(map[string]any)
	if gotMap && wantMap {
		for _, key := range keysOf(g, w) {
			inner := strings.TrimPrefix(strings.TrimPrefix(at+"."+key, "."), "Properties.")
			gv, has := g[key]
			wv, planned := w[key]
			switch {
			case !planned:
				all = append(all, inner+" is not planned: "+written(gv))
			case !has:
				all = append(all, inner+" is missing")
			default:
				all = append(all, differences(gv, wv, inner)...)
			}
		}
		return all
	}
	more, less := beyond(got, want), beyond(want, got)
	for i, one := range more {
		switch inner, isMap := one.(map[string]any); {
		case len(more) != len(less):
			all = append(all, at+" also has "+written(one))
		case isMap && reflect.TypeOf(less[i]) == reflect.TypeOf(inner):
			all = append(all, differences(inner, less[i], at)...)
		default:
			all = append(all, at+" is "+written(one)+", not "+written(less[i]))
		}
	}
	for _, one := range less {
		if len(more) != len(less) {
			all = append(all, at+" lacks "+written(one))
		}
	}
	return all
}

// beyond returns what a list in canonical form, in which a list of one is what it holds, has more than another one.
func beyond(value, other any) (more []any) {
	items := func(value any) []any {
		if all, ok := value.([]any); ok {
			return all
		}
		return []any{value}
	}
	left := map[string]int{}
	for _, one := range items(other) {
		left[text(one)]++
	}
	for _, one := range items(value) {
		if left[text(one)]--; left[text(one)] < 0 {
			more = append(more, one)
		}
	}
	return more
}

// written returns a value for a finding.
func written(value any) string {
	if words, ok := value.(string); ok {
		return shorten(words)
	}
	return shorten(text(value))
}

// keysOf returns the keys of two maps, in order.
func keysOf(a, b map[string]any) []string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return sorted(both)
}

const (
	// notTheHub is the condition under which a template observes an account.
	notTheHub = "NotTheHub"
	// The parts of a template that have no names of their own.
	letters, lettersPolicy = "the dead-letter queue", "the policy of the dead-letter queue"
	// What stands for the attributes of that queue, which CloudFormation names.
	lettersARN, lettersURL = "its ARN", "its URL"
)

// carried returns the template that a stack set gives to an account of a unit: each resource by its type and name, and the rest.
func (s *scene) carried(target config.Target, in place.Place, withRole bool) map[string]any {
	kind := plan.TargetObserver
	if withRole {
		kind = plan.Role
	}
	template := map[string]any{"Description": kind.Info().Description}
	observing := func(part, kind string, properties map[string]any) {
		template[part] = map[string]any{"Type": kind, "Properties": properties, "Condition": notTheHub}
	}
	if withRole {
		template["the role "+s.config.Role.Name] = map[string]any{"Type": "AWS::IAM::Role", "Properties": s.roleOf(target, in)}
	}
	if len(s.config.Observers.Regions) == 0 {
		return template
	}
	template["Conditions"] = map[string]any{
		notTheHub: map[string]any{"Fn::Not": []any{map[string]any{"Fn::Equals": []any{map[string]any{"Ref": "AWS::AccountId"}, s.account()}}}},
	}
	if withRole {
		var buses []string
		for _, hub := range s.config.HubRegions() {
			buses = append(buses, s.in(hub).Bus())
		}
		observing("the role "+names.ObserverRole, "AWS::IAM::Role", map[string]any{
			"RoleName": names.ObserverRole, "Description": plan.ObserverRoleDescription, "AssumeRolePolicyDocument": access.ObserverTrust(in),
			"Policies": []any{map[string]any{
				"PolicyName": names.ObserverPolicy, "PolicyDocument": access.ForwardFromTarget(buses, plan.TargetSources(s.config)),
			}},
		})
	}
	if withRole && !slices.Contains(s.config.Observers.Regions, in.Region) {
		return template
	}
	observing(letters, "AWS::SQS::Queue", map[string]any{"MessageRetentionPeriod": watch.DeadLettersKept.Seconds(), "SqsManagedSseEnabled": true})
	observing(lettersPolicy, "AWS::SQS::QueuePolicy", map[string]any{"Queues": []any{lettersURL}, "PolicyDocument": access.DeadLetters(in, lettersARN)})
	for _, rule := range s.plan.Rules(plan.Placement{Kind: plan.TargetObserver, Account: in.Account, Region: in.Region, To: s.config.HubRegions()}, plan.Refs{}) {
		var targets []any
		for _, t := range rule.Targets {
			targets = append(targets, map[string]any{
				"Id": t.ID, "Arn": t.ARN, "RoleArn": t.Role, "DeadLetterConfig": map[string]any{"Arn": lettersARN},
			})
		}
		observing("the rule "+rule.Name, "AWS::Events::Rule", map[string]any{
			"Name": rule.Name, "Description": rule.Description, "State": rule.State, "EventPattern": rule.Pattern, "Targets": targets,
		})
	}
	return template
}

// roleOf returns the properties of the role in an account of a unit.
func (s *scene) roleOf(target config.Target, in place.Place) map[string]any {
	var policies []any
	for _, policy := range target.ManagedPolicies {
		policies = append(policies, access.PolicyARN(in, policy))
	}
	role := map[string]any{
		"RoleName": s.config.Role.Name, "Description": plan.RoleDescription, "MaxSessionDuration": target.SessionDuration.Seconds(),
		"AssumeRolePolicyDocument": access.Trust(plan.UsersOf(s.config), s.config.Role.RequireSessionName),
	}
	if len(policies) > 0 {
		role["ManagedPolicyArns"] = policies
	}
	if len(target.InlinePolicy) > 0 {
		role["Policies"] = []any{map[string]any{"PolicyName": s.config.Role.Name, "PolicyDocument": target.InlinePolicy}}
	}
	if target.PermissionsBoundary != "" {
		role["PermissionsBoundary"] = access.BoundaryARN(in, target.PermissionsBoundary)
	}
	return role
}

// carriedIn reads the template of a stack set as carried returns the planned one: what CloudFormation fills in for an account and
// Region is resolved. Any other function stays where it is, and differs from every plan.
func carriedIn(body string, in place.Place) (map[string]any, error) {
	d := json.NewDecoder(strings.NewReader(body))
	value, err := once(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("something follows it")
	}
	template, _ := value.(map[string]any)
	resources, _ := template["Resources"].(map[string]any)
	parts := map[string]any{}
	for _, section := range sorted(template) {
		if section != "Resources" {
			parts[section] = template[section]
		}
	}
	for _, id := range sorted(resources) {
		part := partOf(resources, id)
		if parts[part] != nil {
			part += " (" + id + ")"
		}
		parts[part] = filled(resources[id], in, resources)
	}
	return parts, nil
}

// once reads a JSON value, and refuses an object that has a key twice: which of the two counts is up to each reader.
func once(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		object := map[string]any{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := key.(string)
			if _, twice := object[name]; twice {
				return nil, errors.New("it has " + name + " twice in one place")
			}
			if object[name], err = once(d); err != nil {
				return nil, err
			}
		}
		_, err = d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			one, err := once(d)
			if err != nil {
				return nil, err
			}
			list = append(list, one)
		}
		_, err = d.Token()
		return list, err
	}
	return token, nil
}

// partOf returns what a resource is called: a role and a rule by their names, the queue and its policy as the only ones of their kind.
func partOf(resources map[string]any, id string) string {
	resource, _ := resources[id].(map[string]any)
	properties, _ := resource["Properties"].(map[string]any)
	kind, _ := resource["Type"].(string)
	switch kind {
	case "AWS::IAM::Role":
		if name, ok := properties["RoleName"].(string); ok {
			return "the role " + name
		}
	case "AWS::Events::Rule":
		if name, ok := properties["Name"].(string); ok {
			return "the rule " + name
		}
	case "AWS::SQS::Queue":
		return letters
	case "AWS::SQS::QueuePolicy":
		return lettersPolicy
	}
	return strings.TrimSpace(kind + " " + id)
}

// filled returns a value with the functions resolved that such a template has.
func filled(value any, in place.Place, resources map[string]any) any {
	switch v := value.(type) {
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = filled(one, in, resources)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, one := range v {
			out[key] = filled(one, in, resources)
		}
		if result, ok := called(out, in, resources); ok && len(v) == 1 {
			return result
		}
		return out
	}
	return value
}

// called returns what CloudFormation makes of a function whose arguments are resolved.
func called(function map[string]any, in place.Place, resources map[string]any) (string, bool) {
	if name, ok := function["Ref"].(string); ok {
		known := map[string]string{"AWS::AccountId": in.Account, "AWS::Region": in.Region, "AWS::Partition": in.Partition}[name]
		if known == "" && partOf(resources, name) == letters {
			known = lettersURL
		}
		return known, known != ""
	}
	if of, ok := function["Fn::GetAtt"].([]any); ok && len(of) == 2 && of[1] == "Arn" {
		id, _ := of[0].(string)
		part := partOf(resources, id)
		if role, ok := strings.CutPrefix(part, "the role "); ok {
			return in.Role(role), true
		}
		return lettersARN, part == letters
	}
	if of, ok := function["Fn::Join"].([]any); ok && len(of) == 2 {
		by, isText := of[0].(string)
		parts, isList := of[1].([]any)
		words := list(parts)
		return strings.Join(words, by), isText && isList && len(words) == len(parts)
	}
	return "", false
}
