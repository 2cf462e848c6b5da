//go:build verify

package verify

import (
	"fmt"
	"slices"
	"testing"

	"example.com/breakglass/prove/judge"
)

// topics: EventBridge and the alarms of the account publish to each, and use its key for it; nobody else.
func (a *accessTable) topics(t *testing.T, app *Assembly, s *Stack, administrator judge.Policy) {
	t.Helper()
	for _, id := range s.OfType("AWS::SNS::Topic") {
		topic, _ := s.arn(id)
		key, policy := app.key(t, s.Region, s.Resources[id].Properties["KmsMasterKeyId"])
		a.topic(s, topic, key, policy, app.telling(topic), administrator)
	}
}

// key returns the ARN and the policy of a Region's key, by its ID.
func (app *Assembly) key(t *testing.T, region string, id any) (arn string, policy any) {
	t.Helper()
	for _, stack := range app.Stacks {
		for _, one := range stack.OfType("AWS::KMS::Key") {
			if ref, _ := stack.ref(one); stack.Region == region && ref == id {
				arn, _ := stack.arn(one)
				return arn, stack.Resources[one].Properties["KeyPolicy"]
			}
		}
	}
	t.Fatalf("%s has no key %v", region, id)
	return "", nil
}

// telling returns the ARNs of the alarms that a topic is an action of.
func (app *Assembly) telling(topic string) []string {
	var all []string
	for _, stack := range app.Stacks {
		for _, kind := range []string{"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"} {
			for _, id := range stack.OfType(kind) {
				if slices.Contains(list(stack.Resources[id].Properties["AlarmActions"]), any(topic)) {
					arn, _ := stack.arn(id)
					all = append(all, arn)
				}
			}
		}
	}
	slices.Sort(all)
	return all
}

func (a *accessTable) topic(s *Stack, topic, key string, keyPolicy any, alarms []string, administrator judge.Policy) {
	name := lastOf(topic) + " in " + s.Region
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
		ResourcePolicy: keyPolicy,
	}
	a.only("a rule publishes to "+name, publish,
		denial{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
		denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
		denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere)},
		denial{"EventBridge only publishes", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sns:Subscribe" }},
	)
	for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
		use.Action = action
		a.only(fmt.Sprintf("a rule may %s with the key of %s", action, name), use,
			denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
			denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere)},
			denial{"it is an administrator of the account", judge.ImplicitlyDenied, as(stranger)},
		)
	}
	for _, alarm := range alarms {
		from := keys(sourceArn, alarm, sourceAccount, s.Account, secure, "true")
		publish.Principal, publish.Context = cloudWatch, from
		a.only(fmt.Sprintf("the alarm %s publishes to %s", lastOf(alarm), name), publish, notOf(s, alarm)...)
		for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
			use.Principal, use.Context, use.Action = cloudWatch, from, action
			// Requests to KMS are encrypted anyway: it takes no others.
			a.only(fmt.Sprintf("the alarm %s may %s with the key of %s", lastOf(alarm), action, name), use, notOf(s, alarm)[:4]...)
		}
	}
	use.Principal, use.Action, use.IdentityPolicies = stranger, "kms:PutKeyPolicy", []judge.Policy{administrator}
	a.only("an administrator of the account changes the key of "+name, use,
		denial{"it is one of another account", judge.ImplicitlyDenied, by(userElsewhere)},
		denial{"EventBridge only uses it", judge.ImplicitlyDenied, by(eventBridge)},
		denial{"it is another right of his", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "kms:Decrypt" }},
	)
}
