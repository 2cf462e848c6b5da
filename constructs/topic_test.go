package constructs

import (
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestTopic(t *testing.T) {
	subscribers := []Subscriber{
		{ID: "email:security-team@example.com", Protocol: "email", Endpoint: "security-team@example.com"},
		{ID: "https:https://example.com/a/b?c=d", Protocol: "https", Endpoint: "https://example.com/a/b?c=d"},
		{ID: "sms:+15550100123", Protocol: "sms", Endpoint: "+15550100123"},
		{ID: "sqs:arn:aws:sqs:us-east-1:111111111111:alerts", Protocol: "sqs", Endpoint: "arn:aws:sqs:us-east-1:111111111111:alerts"},
	}
	one := synth(t, func(stack awscdk.Stack) { NewTopic(stack, "Topic", here, subscribers) })

	t.Run("key", func(t *testing.T) {
		key := one.only(t, "AWS::KMS::Key")
		same(t, "rotation", key.Properties["EnableKeyRotation"], true)
		same(t, "deletion window", key.Properties["PendingWindowInDays"], 10)
		if key.DeletionPolicy == "Retain" || key.UpdateReplacePolicy == "Retain" {
			t.Error("the key stays when the stack goes")
		}
		alias := one.only(t, "AWS::KMS::Alias").Properties
		same(t, "alias", alias["AliasName"], "alias/breakglassSNS")
		if !one.refers(alias["TargetKeyId"], "AWS::KMS::Key", "") {
			t.Errorf("the alias is of %v", alias["TargetKeyId"])
		}
		publishersMay(t, key.Properties["KeyPolicy"])
		same(t, "who administers", statement(t, key.Properties["KeyPolicy"], "AccountAdministers")["Principal"],
			map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
	})

	t.Run("topic", func(t *testing.T) {
		topic := one.named(t, "AWS::SNS::Topic", "TopicName", "breakglassuser-console-logins")
		// No Subscription inside it: that would outlive the topic.
		has(t, topic.Properties, "TopicName", "DisplayName", "KmsMasterKeyId")
		// An SMS shows 10 characters of it.
		if name := topic.Properties["DisplayName"].(string); !regexp.MustCompile(`^[A-Za-z -]{1,10}$`).MatchString(name) {
			t.Errorf("the display name is %q", name)
		}
		// With the AWS managed key, CloudWatch can't publish, and everybody in the account can.
		if !one.refers(topic.Properties["KmsMasterKeyId"], "AWS::KMS::Key", "") {
			t.Errorf("the key is %v", topic.Properties["KmsMasterKeyId"])
		}
	})

	t.Run("policy", func(t *testing.T) {
		policy := one.policyOf(t, "breakglassuser-console-logins")
		publishersMay(t, policy["PolicyDocument"])
		for _, sid := range []string{"Composer", "CloudWatchAlarms", "TLSOnly"} {
			if s := statement(t, policy["PolicyDocument"], sid); !one.refers(s["Resource"], "AWS::SNS::Topic", "") {
				t.Errorf("%s is on %v", sid, s["Resource"])
			}
		}
		same(t, "TLSOnly", statement(t, policy["PolicyDocument"], "TLSOnly")["Effect"], "Deny")
	})

	// What passes it would pass the alert topic; nobody receives it.
	t.Run("the topic of the heartbeats", func(t *testing.T) {
		topic := one.named(t, "AWS::SNS::Topic", "TopicName", "breakglass-heartbeats")
		has(t, topic.Properties, "TopicName", "KmsMasterKeyId")
		if !one.refers(topic.Properties["KmsMasterKeyId"], "AWS::KMS::Key", "") {
			t.Errorf("the key is %v", topic.Properties["KmsMasterKeyId"])
		}
		for _, sid := range []string{"Composer", "CloudWatchAlarms", "TLSOnly"} {
			statement(t, one.policyOf(t, "breakglass-heartbeats")["PolicyDocument"], sid)
		}
		for _, s := range one.all("AWS::SNS::Subscription") {
			if one.topicName(s.Properties["TopicArn"]) != "breakglassuser-console-logins" {
				t.Errorf("%v receives the heartbeats", s.Properties["Endpoint"])
			}
		}
	})

	t.Run("subscriptions", func(t *testing.T) {
		if n := len(one.all("AWS::SNS::Subscription")); n != len(subscribers) {
			t.Errorf("%d subscriptions", n)
		}
		for _, s := range subscribers {
			got := one.named(t, "AWS::SNS::Subscription", "Endpoint", s.Endpoint).Properties
			// No filter: every subscriber receives everything.
			has(t, got, "TopicArn", "Protocol", "Endpoint")
			same(t, "protocol", got["Protocol"], s.Protocol)
			if !one.refers(got["TopicArn"], "AWS::SNS::Topic", "") {
				t.Errorf("%s receives messages of %v", s.Endpoint, got["TopicArn"])
			}
		}
	})
}

// topicName returns the name of the topic that a value refers to.
func (one template) topicName(ref any) any {
	if !one.refers(ref, "AWS::SNS::Topic", "") {
		return nil
	}
	return one.Resources[ref.(map[string]any)["Ref"].(string)].Properties["TopicName"]
}

// policyOf returns the properties of the one policy of a topic, which is of this topic only and so is each of its statements.
func (one template) policyOf(t *testing.T, topic string) map[string]any {
	t.Helper()
	for _, p := range one.all("AWS::SNS::TopicPolicy") {
		topics := p.Properties["Topics"].([]any)
		if len(topics) != 1 || one.topicName(topics[0]) != topic {
			continue
		}
		for _, s := range p.Properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			if on := s.(map[string]any)["Resource"]; one.topicName(on) != topic {
				t.Errorf("the policy of %s has a statement on %v", topic, on)
			}
		}
		return p.Properties
	}
	t.Fatalf("%s has no policy", topic)
	return nil
}

// publishersMay checks that the composer and the account's alarms have a grant, and EventBridge has none.
func publishersMay(t *testing.T, document any) {
	t.Helper()
	composer := statement(t, document, "Composer")
	same(t, "the composer's account", composer["Principal"], map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
	same(t, "the composer", composer["Condition"], map[string]any{
		"ArnEquals": map[string]any{"aws:PrincipalArn": "arn:aws-us-gov:iam::012345678901:role/breakglass-composer-role"},
	})
	alarms := statement(t, document, "CloudWatchAlarms")
	same(t, "CloudWatch", alarms["Principal"], map[string]any{"Service": "cloudwatch.amazonaws.com"})
	same(t, "CloudWatch's condition", alarms["Condition"], map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": "012345678901"},
		"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws-us-gov:cloudwatch:us-gov-west-1:012345678901:alarm:breakglass-*"},
	})
	for _, s := range document.(map[string]any)["Statement"].([]any) {
		if principal, _ := s.(map[string]any)["Principal"].(map[string]any); principal["Service"] == "events.amazonaws.com" {
			t.Errorf("rules are let in: %v", s)
		}
	}
}
