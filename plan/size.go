package plan

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// MaxTemplate is how many bytes a template may have where nothing is bootstrapped, as the CDK CLI sends it
// (CloudFormation quotas, template body).
const MaxTemplate = 51200

// Bytes of a template besides the rules, alarms, policies, users and subscribers, which the plan knows and counts: the resources
// that are the same whatever the file, such as keys, queues and log groups. The plan does not describe those, since nothing but
// the constructs needs them. TestTheHubFitsWhateverTheFile and TestAUnitFitsAsReckoned in package stacks compare the sums with
// templates, and fail where a sum is too small, or so large that it would refuse files for no reason.
const (
	hubFrame      = 3150
	stackSetFrame = 1000
	// That of a forwarder: its queue and its schedule.
	forwarderFrame = 2500
	// Of the templates that a stack set carries: the role, and the observers of a Region with their queue.
	roleFrame, observersFrame = 800, 1500
	// hashLength is the number of characters that the CDK adds to an ID.
	hashLength = 8
)

// inTemplate replaces what a template refers to instead of naming it, with as many characters.
var inTemplate = Refs{
	Key: watch.SampleKey, Queue: strings.Repeat("q", 40), Topic: strings.Repeat("t", 40),
}

// resources is a part of a template.
type resources map[string]any

func (r resources) add(path, kind string, properties map[string]any) {
	id := strings.NewReplacer("/", "", "-", "").Replace(path) + strings.Repeat("X", hashLength)
	r[id] = map[string]any{"Type": kind, "Properties": properties}
}

// addRulesAndAlarms adds those of a stack, as the constructs make them.
func (r resources) addRulesAndAlarms(p Plan, at Placement) {
	for _, rule := range p.Rules(at, inTemplate) {
		var targets []any
		for _, t := range rule.Targets {
			target := map[string]any{"Id": t.ID, "Arn": t.ARN}
			if t.Role != "" {
				target["RoleArn"] = t.Role
			}
			if t.Template != "" {
				target["InputTransformer"] = map[string]any{"InputTemplate": t.Template, "InputPathsMap": t.Paths}
			}
			if t.DeadLetters {
				target["DeadLetterConfig"] = map[string]any{"Arn": map[string]any{"Fn::GetAtt": []any{"DeadLettersQueue" + strings.Repeat("X", hashLength), "Arn"}}}
			}
			targets = append(targets, target)
		}
		properties := map[string]any{
			"Name": rule.Name, "Description": rule.Description, "State": rule.State, "EventPattern": rule.inTemplate(), "Targets": targets,
		}
		if len(rule.Tags) > 0 {
			properties["Tags"] = rule.Tags
		}
		r.add(rule.ID, "AWS::Events::Rule", properties)
	}
	for _, a := range p.AlarmsOf(at, inTemplate) {
		properties := map[string]any{"AlarmName": a.Name, "AlarmDescription": a.Description, "AlarmActions": a.Actions, "OKActions": a.OKActions}
		if a.Composite() {
			properties["AlarmRule"] = a.Rule()
		} else {
			m := a.Metric
			maps.Copy(properties, map[string]any{
				"Namespace": m.Namespace, "MetricName": m.Name, "Statistic": m.Statistic, "Dimensions": []any{map[string]any{"Name": m.Dimension, "Value": m.Value}},
				"Period": m.Period.Seconds(), "EvaluationPeriods": m.Periods, "DatapointsToAlarm": m.Datapoints,
				"ComparisonOperator": m.Operator, "Threshold": m.Threshold, "TreatMissingData": m.Missing,
			})
		}
		r.add(a.ID, "AWS::CloudWatch::Alarm", properties)
	}
}

// HubSize returns how many bytes the hub's template has without switch-role addresses, at most. That of the standby holds
// less of everything.
func (p Plan) HubSize() int { return p.hubSize }

func (p Plan) measureHub() int {
	c, r := p.Config, resources{}
	at := Placement{Kind: Hub, Stack: names.HubStack, Account: c.Hub.Account, Region: c.Hub.Region}
	r.addRulesAndAlarms(p, at)
	hub, users := c.HubPlace(), UsersOf(c)
	for name, document := range map[string]access.Document{
		"assume": access.AssumeRole(hub, c.Role.Name), "guard": access.Guard(users), "forward": access.Forward(p.buses()),
		"heartbeat": access.Heartbeat(hub, p.CanaryOf()), "trust": access.HeartbeatTrust(hub), "topic": access.Topic(hub, inTemplate.Topic),
		"beats": access.Topic(hub, inTemplate.Topic), "key": access.Key(hub),
		"letters": access.DeadLetters(hub, inTemplate.Queue), "ledger": access.Ledger(hub, hub.LogGroup(names.Ledger), hub.LogGroup(names.Heartbeats)),
	} {
		r.add(name, "AWS::IAM::ManagedPolicy", map[string]any{"PolicyDocument": map[string]any(document)})
	}
	var userNames []string
	for _, u := range users {
		userNames = append(userNames, u.Name)
		r.add("Users/"+u.Name, "AWS::IAM::User",
			map[string]any{"UserName": u.Name, "Groups": []any{map[string]any{"Ref": "UsersGroup" + strings.Repeat("X", hashLength)}}})
	}
	r.add("Users/Group", "AWS::IAM::Group", map[string]any{"ManagedPolicyArns": policyARNs(hub, c.UserAccess.ManagedPolicies)})
	for _, list := range [][]string{c.Alerts.Email, c.Alerts.HTTPS, c.Alerts.SMS, c.Alerts.SQS} {
		for _, endpoint := range list {
			r.add("Topic/email"+endpoint, "AWS::SNS::Subscription", map[string]any{
				"Endpoint": endpoint, "Protocol": "email", "TopicArn": map[string]any{"Ref": "Topic" + strings.Repeat("X", hashLength)},
			})
		}
	}
	return hubFrame + sent(map[string]any{"Resources": map[string]any(r), "Outputs": map[string]any{
		names.UserNamesOutput: map[string]any{"Value": strings.Join(userNames, ", ")},
	}})
}

// forwarderSize returns how many bytes a forwarder's template has, at most; 0 for another stack.
func (p Plan) forwarderSize(at Placement) int {
	if at.Kind != Forwarder {
		return 0
	}
	r := resources{}
	r.addRulesAndAlarms(p, at)
	return forwarderFrame + sent(map[string]any{"Resources": map[string]any(r)})
}

func (p Plan) buses() []string {
	var buses []string
	for _, region := range p.Config.HubRegions() {
		buses = append(buses, p.Config.HubIn(region).Bus())
	}
	return buses
}

func policyARNs(at place.Place, policies []string) []string {
	arns := make([]string, len(policies))
	for i, policy := range policies {
		arns[i] = access.PolicyARN(at, policy)
	}
	return arns
}

// LinksDescription is the description of an output with switch-role addresses.
const LinksDescription = "Console addresses for switching into the role of a target account"

// LinkBytes returns how many bytes an output with the addresses takes in a template.
func LinkBytes(g LinkGroup) int {
	return sent(outputs(g)) - len("Outputs:\n")
}

// linksRoom returns how many bytes a stack of switch-role addresses has for its outputs.
func linksRoom() int {
	frame := outputs()
	frame["Description"] = Links.Info().Description
	frame["Resources"] = map[string]any{"Empty": map[string]any{"Type": "AWS::CloudFormation::WaitConditionHandle"}}
	return MaxTemplate - sent(frame)
}

// outputs returns the part of a template with the outputs of some addresses.
func outputs(groups ...LinkGroup) map[string]any {
	of := map[string]any{}
	for _, g := range groups {
		of[g.Output] = map[string]any{"Description": LinksDescription, "Value": strings.Join(g.Addresses, "\n")}
	}
	return map[string]any{"Outputs": of}
}

// UnitSize is what takes the room in the template of a unit's stack, in bytes. It carries the templates for the accounts as
// texts, in which quotation marks are escaped.
type UnitSize struct{ All, Inline, Policies, Users, Tags, Observers int }

// UnitSize returns how large the template of a unit's stack is, at most.
func (p Plan) UnitSize(u config.Target) UnitSize {
	var s UnitSize
	c := p.Config
	in := c.HubPlace().Of("${AWS::AccountId}")
	s.Users = carried(access.Trust(UsersOf(c), c.Role.RequireSessionName))
	if u.InlinePolicy != nil {
		s.Inline = carried(u.InlinePolicy)
	}
	policies := policyARNs(in, u.ManagedPolicies)
	if u.PermissionsBoundary != "" {
		policies = append(policies, access.BoundaryARN(in, u.PermissionsBoundary))
	}
	s.Policies = carried(policies)
	sets, home := 1, slices.Contains(c.Observers.Regions, c.StackSets.Region)
	if n := len(c.Observers.Regions); n > 0 {
		s.Observers = carried(access.ForwardFromTarget(p.buses(), TargetSources(c))) + carried(access.ObserverTrust(in))
		each := observersFrame + p.observersSize()
		if home {
			s.Observers += each
		}
		if !home || n > 1 {
			sets, s.Observers = 2, s.Observers+each
		}
	}
	if len(c.Tags) > 0 {
		s.Tags = sets * sent(map[string]any{"Tags": tags(c)})
	}
	s.All = sets*(stackSetFrame+len(u.OrganizationalUnit)+len(u.Name)) + roleFrame + 2*len(c.Role.Name) +
		s.Users + s.Inline + s.Policies + s.Tags + s.Observers
	return s
}

func tags(c *config.Config) []any {
	var all []any
	for key, value := range c.Tags {
		all = append(all, map[string]any{"Key": key, "Value": value})
	}
	return all
}

// observersSize returns what the observers of a Region take in the text of a template for many accounts.
func (p Plan) observersSize() int {
	r := resources{}
	r.addRulesAndAlarms(p, Placement{Kind: TargetObserver, Account: "AWS::AccountId", Region: "AWS::Region", To: p.Config.HubRegions()})
	return carried(r) + carried(access.DeadLetters(p.Config.HubPlace(), inTemplate.Queue))
}

// sent returns the size of a part of a template as the CDK CLI sends it.
func sent(part map[string]any) int {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(plain(part)); err != nil {
		panic(err) // it holds maps, lists and texts only
	}
	return text.Len()
}

// plain makes the values those of JSON, which the CDK writes.
func plain(value any) any {
	var out any
	if err := json.Unmarshal(asJSON(value), &out); err != nil {
		panic(err)
	}
	return out
}

// carried returns the size of a value in its JSON form, in a text of a template.
func carried(value any) int { return len(asJSON(string(asJSON(value)))) }

func asJSON(value any) []byte {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // what is no JSON was refused where it was read
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}
