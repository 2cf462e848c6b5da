//go:build verify

package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
)

// topics: the composer and the alarms of the account publish to each, and use its key for it; nobody else.
func (a *accessTable) topics(t *testing.T, app *Assembly, s *Stack, administrator judge.Policy) {
	t.Helper()
	role := iamARN("role/" + names.ComposerRole)
	for _, id := range s.OfType("AWS::SNS::Topic") {
		_, policies := app.roleOf(t, role)
		topic, _ := s.arn(id)
		key, policy := app.key(t, s.Region, s.Resources[id].Properties["KmsMasterKeyId"])
		a.topic(s, topic, key, policy, app.telling(topic), publisher{sessionOf(role), policies}, administrator)
	}
}

// publisher is who may publish, with what its own policies are.
type publisher struct {
	principal string
	policies  []judge.Policy
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

// topic: SNS takes a message from whoever may publish and use the key. An administrator's own policy suffices for the first, in the
// account of the topic, and not for the second: the key's policy decides.
func (a *accessTable) topic(s *Stack, topic, key string, keyPolicy any, alarms []string, composer publisher, administrator judge.Policy) {
	name := lastOf(topic) + " in " + s.Region
	as := func(principal string, policies ...judge.Policy) func(*judge.AccessCase) {
		return func(c *judge.AccessCase) {
			c.Principal, c.IdentityPolicies = principal, policies
		}
	}
	publish := judge.AccessCase{
		Principal: composer.principal, IdentityPolicies: composer.policies, Action: "sns:Publish", Resource: topic, Context: keys(secure, "true"),
		ResourcePolicy: attachedPolicy(s, "AWS::SNS::TopicPolicy", "Topics", topic),
	}
	a.only("the composer publishes to "+name, publish,
		denial{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
		denial{"it is another topic", judge.ImplicitlyDenied, on(topic + "2")},
		denial{"it is a rule of the account", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
			as(eventBridge)(c)
			having(sourceArn, "arn:aws:events:"+s.Region+":"+s.Account+":rule/capture-breakglass-user-sign-in", sourceAccount, s.Account)(c)
		}},
		denial{"it is a rule of another account", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
			as(eventBridge)(c)
			having(sourceArn, "arn:aws:events:"+s.Region+":"+elsewhere+":rule/capture-breakglass-user-sign-in", sourceAccount, elsewhere)(c)
		}},
		denial{"it is another service", judge.ImplicitlyDenied, as(otherSource)},
		denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere, administrator)},
		denial{"it is another role", judge.ImplicitlyDenied, as(sessionLikeUser)},
		denial{"it is an emergency user", judge.ImplicitlyDenied, as(iamARN("user/BreakglassUser"))},
		denial{"it only publishes", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sns:Subscribe" }},
	)
	via := "sns." + s.Region + ".amazonaws.com"
	use := judge.AccessCase{
		Principal: composer.principal, IdentityPolicies: composer.policies, Resource: key, ResourcePolicy: keyPolicy,
		Context: keys(secure, "true", viaService, via, resourceAliases, names.KeyAlias),
	}
	for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
		use.Action = action
		a.only(fmt.Sprintf("the composer may %s with the key of %s", action, name), use,
			denial{"it does not publish", judge.ImplicitlyDenied, having(viaService, "")},
			denial{"it is for a queue", judge.ImplicitlyDenied, having(viaService, "sqs."+s.Region+".amazonaws.com")},
			denial{"it is another key", judge.ImplicitlyDenied, having(resourceAliases, "alias/orders")},
			denial{"it is a rule", judge.ImplicitlyDenied, as(eventBridge)},
			denial{"it is another service", judge.ImplicitlyDenied, as(otherSource)},
			denial{"it is somebody of another account", judge.ImplicitlyDenied, as(userElsewhere, administrator)},
			denial{"it is an administrator of the account", judge.ImplicitlyDenied, as(stranger, administrator)},
			denial{"it is another role with every right", judge.ImplicitlyDenied, as(sessionLikeUser, administrator)},
			denial{"it is an emergency user with every right", judge.ImplicitlyDenied, as(iamARN("user/BreakglassUser"), administrator)},
		)
	}
	for _, alarm := range alarms {
		from := keys(sourceArn, alarm, sourceAccount, s.Account, secure, "true")
		denials := append(notOf(s, alarm),
			denial{"it is somebody's own", judge.ImplicitlyDenied, having(sourceArn, strings.Replace(alarm, ":alarm:breakglass-", ":alarm:cpu-", 1))})
		of := judge.AccessCase{Principal: cloudWatch, Action: "sns:Publish", Resource: topic, ResourcePolicy: publish.ResourcePolicy, Context: from}
		a.only(fmt.Sprintf("the alarm %s publishes to %s", lastOf(alarm), name), of, denials...)
		for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
			of := judge.AccessCase{Principal: cloudWatch, Action: action, Resource: key, ResourcePolicy: keyPolicy, Context: from}
			// Requests to KMS are encrypted anyway: it takes no others.
			a.only(fmt.Sprintf("the alarm %s may %s with the key of %s", lastOf(alarm), action, name), of,
				slices.DeleteFunc(slices.Clone(denials), func(d denial) bool { return d.want == judge.ExplicitlyDenied })...)
		}
	}
	a.only("an administrator of the account changes the key of "+name, judge.AccessCase{
		Principal: stranger, IdentityPolicies: []judge.Policy{administrator}, Action: "kms:PutKeyPolicy", Resource: key, ResourcePolicy: keyPolicy,
		Context: keys(secure, "true"),
	},
		denial{"it is one of another account", judge.ImplicitlyDenied, by(userElsewhere)},
		denial{"it is EventBridge", judge.ImplicitlyDenied, as(eventBridge)},
		denial{"it is the composer", judge.ImplicitlyDenied, as(composer.principal, composer.policies...)},
		denial{"it is another right of his", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "kms:Decrypt" }},
		denial{"it gives the key to somebody", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "kms:CreateGrant" }},
	)
}
