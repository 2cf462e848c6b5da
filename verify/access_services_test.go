//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/judge"
	"example.com/breakglass/names"
)

const (
	eventBridge = "events.amazonaws.com"
	cloudWatch  = "cloudwatch.amazonaws.com"
	logDelivery = "delivery.logs.amazonaws.com"
	otherSource = "s3.amazonaws.com"

	sourceArn     = "aws:SourceArn"
	sourceAccount = "aws:SourceAccount"
	secure        = "aws:SecureTransport"
)

// attachedPolicy is the document that a resource such as a queue policy attaches to a reference.
func attachedPolicy(s *Stack, kind, property, ref string) any {
	for _, id := range s.OfType(kind) {
		if p := s.Resources[id].Properties; slices.Contains(list(p[property]), any(ref)) {
			return p["PolicyDocument"]
		}
	}
	return nil
}

// arns of a stack's resources of a type; the resources were resolved, so each has one.
func arns(s *Stack, kind string) []string {
	var all []string
	for _, id := range s.OfType(kind) {
		if arn, err := s.arn(id); err == nil {
			all = append(all, arn)
		}
	}
	return all
}

// moved is an ARN in another Region or account.
func moved(arn, from, to string) string { return strings.Replace(arn, ":"+from+":", ":"+to+":", 1) }

// notOf are the denials of a request that has to come from a thing of this stack, by ARN and account.
func notOf(s *Stack, arn string) []denial {
	return []denial{
		{"it is of another Region", judge.ImplicitlyDenied, having(sourceArn, moved(arn, s.Region, "nowhere-1"))},
		{"it is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(arn, s.Account, elsewhere), sourceAccount, elsewhere)},
		{"it has no source", judge.ImplicitlyDenied, having(sourceArn, "", sourceAccount, "")},
		{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
		{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
	}
}

// deadLetters: every rule of a Region, and no other, keeps there what it could not deliver.
func (a *accessTable) deadLetters(s *Stack) {
	for _, id := range s.OfType("AWS::SQS::Queue") {
		ref, _ := s.ref(id)
		queue, _ := s.arn(id)
		for _, rule := range arns(s, "AWS::Events::Rule") {
			a.only(fmt.Sprintf("%s keeps what %s could not deliver", s.Name, rule[strings.LastIndex(rule, "/")+1:]), judge.AccessCase{
				Principal: eventBridge, Action: "sqs:SendMessage", Resource: queue,
				ResourcePolicy: attachedPolicy(s, "AWS::SQS::QueuePolicy", "Queues", ref),
				Context:        keys(sourceArn, rule, sourceAccount, s.Account, secure, "true"),
			}, append(notOf(s, rule),
				denial{"it is a rule of something else", judge.ImplicitlyDenied, having(sourceArn, rule[:strings.LastIndex(rule, "/")+1]+"nightly")},
				denial{"EventBridge only sends", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sqs:ReceiveMessage" }},
			)...)
		}
	}
}

// topic: EventBridge and the alarms of the account publish, and use the key for it; nobody else.
func (a *accessTable) topic(s *Stack, administrator judge.Policy) {
	ids, keyIDs := s.OfType("AWS::SNS::Topic"), s.OfType("AWS::KMS::Key")
	if len(ids) == 0 || len(keyIDs) == 0 {
		return
	}
	topic, _ := s.arn(ids[0])
	key, _ := s.arn(keyIDs[0])
	as := func(principal string) func(*judge.AccessCase) {
		return func(c *judge.AccessCase) {
			c.Principal, c.IdentityPolicies = principal, []judge.Policy{administrator}
		}
	}
	publish := judge.AccessCase{
		Principal: eventBridge, Action: "sns:Publish", Resource: topic, Context: keys(secure, "true"),
		ResourcePolicy: attachedPolicy(s, "AWS::SNS::TopicPolicy", "Topics", topic),
	}
	use := judge.AccessCase{
		Principal: eventBridge, Resource: key, Context: keys(secure, "true"),
		ResourcePolicy: s.Resources[keyIDs[0]].Properties["KeyPolicy"],
	}
	a.only("a rule publishes to "+s.Name, publish,
		denial{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
		denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
		denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere)},
		denial{"EventBridge only publishes", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sns:Subscribe" }},
	)
	for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
		use.Action = action
		a.only(fmt.Sprintf("a rule may %s with the key of %s", action, s.Name), use,
			denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
			denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere)},
			denial{"it is an administrator of the account", judge.ImplicitlyDenied, as(stranger)},
		)
	}
	for _, alarm := range arns(s, "AWS::CloudWatch::Alarm") {
		name := alarm[strings.LastIndex(alarm, ":")+1:]
		from := keys(sourceArn, alarm, sourceAccount, s.Account, secure, "true")
		publish.Principal, publish.Context = cloudWatch, from
		a.only(fmt.Sprintf("the alarm %s publishes to %s", name, s.Name), publish, notOf(s, alarm)...)
		for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
			use.Principal, use.Context, use.Action = cloudWatch, from, action
			// Requests to KMS are encrypted anyway: it takes no others.
			a.only(fmt.Sprintf("the alarm %s may %s with the key of %s", name, action, s.Name), use, notOf(s, alarm)[:4]...)
		}
	}
	use.Principal, use.Action, use.IdentityPolicies = stranger, "kms:PutKeyPolicy", []judge.Policy{administrator}
	a.only("an administrator of the account changes the key of "+s.Name, use,
		denial{"it is one of another account", judge.ImplicitlyDenied, by(userElsewhere)},
		denial{"EventBridge only uses it", judge.ImplicitlyDenied, by(eventBridge)},
		denial{"it is another right of his", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "kms:Decrypt" }},
	)
}

// ledger: every rule of a hub writes into it.
func (a *accessTable) ledger(t *testing.T, s *Stack) {
	t.Helper()
	stream := "arn:aws:logs:" + s.Region + ":" + s.Account + ":log-group:" + names.Ledger + ":log-stream:stream"
	for _, id := range s.OfType("AWS::Logs::ResourcePolicy") {
		var document any
		if err := json.Unmarshal([]byte(s.Resources[id].Properties["PolicyDocument"].(string)), &document); err != nil {
			t.Fatal(err)
		}
		for _, service := range []string{eventBridge, logDelivery} {
			for _, rule := range arns(s, "AWS::Events::Rule") {
				a.only(fmt.Sprintf("%s writes into the ledger of %s for %s", service, s.Name, rule[strings.LastIndex(rule, "/")+1:]), judge.AccessCase{
					Principal: service, Action: "logs:PutLogEvents", Resource: stream, ResourcePolicy: document,
					Context: keys(sourceArn, rule, sourceAccount, s.Account, secure, "true"),
				}, append(notOf(s, rule)[:4],
					denial{"it is another log group", judge.ImplicitlyDenied, on(strings.Replace(stream, names.Ledger, names.Ledger+"2", 1))},
				)...)
			}
		}
	}
}

// forwarding: EventBridge, and no other service, takes the role, which puts events on the hubs' buses and nothing else.
func (a *accessTable) forwarding(app *Assembly) {
	hub := app.Stacks[names.HubStack]
	for _, id := range hub.OfType("AWS::IAM::Role") {
		role := hub.Resources[id].Properties
		arn, _ := hub.arn(id)
		a.only("EventBridge takes the forwarding role", judge.AccessCase{
			Principal: eventBridge, Action: "sts:AssumeRole", Resource: arn, ResourcePolicy: role["AssumeRolePolicyDocument"],
		},
			denial{"it is EC2", judge.ImplicitlyDenied, by("ec2.amazonaws.com")},
			denial{"it is Lambda", judge.ImplicitlyDenied, by("lambda.amazonaws.com")},
			denial{"it is somebody of the account", judge.ImplicitlyDenied, by(stranger)},
		)
		var policies []judge.Policy
		for _, id := range hub.OfType("AWS::IAM::ManagedPolicy") {
			if p := hub.Resources[id].Properties; slices.Contains(list(p["Roles"]), role["RoleName"]) {
				policies = append(policies, judge.Policy{Name: p["ManagedPolicyName"].(string), Document: p["PolicyDocument"]})
			}
		}
		for _, bus := range busesOf(app) {
			a.only("a forwarder puts events on "+bus, judge.AccessCase{
				Principal: "arn:aws:sts::111111111111:assumed-role/" + names.ForwardRole + "/session",
				Action:    "events:PutEvents", Resource: bus, IdentityPolicies: policies,
			},
				denial{"it is in a third Region", judge.ImplicitlyDenied, on("arn:aws:events:eu-west-1:111111111111:event-bus/default")},
				denial{"it is another bus", judge.ImplicitlyDenied, on(bus + "2")},
				denial{"it is in another account", judge.ImplicitlyDenied, on(moved(bus, "111111111111", elsewhere))},
				denial{"it is another right", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
					c.Action, c.Resource = "events:DisableRule", "arn:aws:events:us-east-1:111111111111:rule/capture-breakglass-user-sign-in"
				}},
			)
		}
	}
}

// busesOf are the buses that the rules of an app send to.
func busesOf(app *Assembly) []string {
	var buses []string
	for _, stack := range app.Stacks {
		for _, r := range stack.rules() {
			for _, target := range r.targets {
				if strings.Contains(target, ":event-bus/") {
					buses = append(buses, target)
				}
			}
		}
	}
	slices.Sort(buses)
	return slices.Compact(buses)
}
