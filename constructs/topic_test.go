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
		servicesMay(t, key.Properties["KeyPolicy"])
		same(t, "who administers", statement(t, key.Properties["KeyPolicy"], "AccountAdministers")["Principal"],
			map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
	})

	t.Run("topic", func(t *testing.T) {
		topic := one.only(t, "AWS::SNS::Topic")
		// No Subscription inside it: that would outlive the topic.
		has(t, topic.Properties, "TopicName", "DisplayName", "KmsMasterKeyId")
		same(t, "name", topic.Properties["TopicName"], "breakglassuser-console-logins")
		// An SMS shows 10 characters of it.
		if name := topic.Properties["DisplayName"].(string); !regexp.MustCompile(`^[A-Za-z -]{1,10}$`).MatchString(name) {
			t.Errorf("the display name is %q", name)
		}
		// With the AWS managed key, neither EventBridge nor CloudWatch can publish.
		if !one.refers(topic.Properties["KmsMasterKeyId"], "AWS::KMS::Key", "") {
			t.Errorf("the key is %v", topic.Properties["KmsMasterKeyId"])
		}
	})

	t.Run("policy", func(t *testing.T) {
		policy := one.only(t, "AWS::SNS::TopicPolicy").Properties
		topics := policy["Topics"].([]any)
		if len(topics) != 1 || !one.refers(topics[0], "AWS::SNS::Topic", "") {
			t.Errorf("the policy is of %v", topics)
		}
		servicesMay(t, policy["PolicyDocument"])
		for _, sid := range []string{"EventBridgeRules", "CloudWatchAlarms", "TLSOnly"} {
			if s := statement(t, policy["PolicyDocument"], sid); !one.refers(s["Resource"], "AWS::SNS::Topic", "") {
				t.Errorf("%s is on %v", sid, s["Resource"])
			}
		}
		same(t, "TLSOnly", statement(t, policy["PolicyDocument"], "TLSOnly")["Effect"], "Deny")
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

// servicesMay checks that EventBridge's grant has no condition, with which delivery fails, and that CloudWatch's has.
func servicesMay(t *testing.T, document any) {
	t.Helper()
	events := statement(t, document, "EventBridgeRules")
	same(t, "EventBridge", events["Principal"], map[string]any{"Service": "events.amazonaws.com"})
	if events["Condition"] != nil {
		t.Errorf("EventBridge's grant has the condition %v", events["Condition"])
	}
	alarms := statement(t, document, "CloudWatchAlarms")
	same(t, "CloudWatch", alarms["Principal"], map[string]any{"Service": "cloudwatch.amazonaws.com"})
	same(t, "CloudWatch's condition", alarms["Condition"], map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": "012345678901"},
		"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws-us-gov:cloudwatch:us-gov-west-1:012345678901:alarm:*"},
	})
}
