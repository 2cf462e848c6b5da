package access

import "example.com/breakglass/place"

// The documents in this file are for AWS services: EventBridge forwards, publishes, records and keeps failed deliveries, and
// CloudWatch notifies of its alarms.

const (
	eventBridge = "events.amazonaws.com"
	cloudWatch  = "cloudwatch.amazonaws.com"
	scheduler   = "scheduler.amazonaws.com"
)

// Forward lets the forwarding role put events on the given buses.
func Forward(buses []string) Document {
	return document(Statement{
		"Sid": "PutEventsOnTheHubs", "Effect": "Allow", "Action": "events:PutEvents", "Resource": list(buses),
	})
}

// Topic lets EventBridge and the account's own alarms publish to the topic, over TLS only.
//
// The grant to EventBridge has no condition: the EventBridge user guide says that rules with an SNS target don't support
// Condition blocks in the topic's policy. CloudWatch's grant has, where they work.
func Topic(hub place.Place, topic string) Document {
	return document(
		Statement{
			"Sid": "EventBridgeRules", "Effect": "Allow",
			"Principal": map[string]any{"Service": eventBridge}, "Action": "sns:Publish", "Resource": topic,
		},
		Statement{
			"Sid": "CloudWatchAlarms", "Effect": "Allow",
			"Principal": map[string]any{"Service": cloudWatch}, "Action": "sns:Publish", "Resource": topic,
			"Condition": alarmsOf(hub),
		},
		Statement{
			"Sid": "TLSOnly", "Effect": "Deny",
			"Principal": "*", "Action": "sns:Publish", "Resource": topic,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	)
}

// administerKey lists what the account of a key may do with it through IAM, other than use it.
var administerKey = []any{
	"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListKeyPolicies", "kms:ListKeyRotations",
	"kms:ListResourceTags", "kms:ListGrants", "kms:RevokeGrant",
	"kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:TagResource", "kms:UntagResource",
	"kms:CreateAlias", "kms:UpdateAlias", "kms:DeleteAlias",
	"kms:EnableKey", "kms:DisableKey", "kms:EnableKeyRotation", "kms:DisableKeyRotation", "kms:RotateKeyOnDemand",
	"kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion",
}

// Key lets the account administer the topic's key (through IAM), and EventBridge and CloudWatch use it.
// Resource * in a key policy means this key.
//
// The grant to EventBridge has no source condition: EventBridge sends none when it publishes to an encrypted topic, and
// delivery fails (SNS developer guide, key policies for event sources).
func Key(hub place.Place) Document {
	use := []any{"kms:Decrypt", "kms:GenerateDataKey*"}
	return document(
		Statement{
			"Sid": "AccountAdministers", "Effect": "Allow",
			"Principal": accountPrincipal(hub), "Action": administerKey, "Resource": "*",
		},
		Statement{
			"Sid": "EventBridgeRules", "Effect": "Allow",
			"Principal": map[string]any{"Service": eventBridge}, "Action": use, "Resource": "*",
		},
		Statement{
			"Sid": "CloudWatchAlarms", "Effect": "Allow",
			"Principal": map[string]any{"Service": cloudWatch}, "Action": use, "Resource": "*",
			"Condition": alarmsOf(hub),
		},
	)
}

// DeadLetters lets the Region's own rules send failed deliveries to the queue, over TLS only.
func DeadLetters(at place.Place, queue string) Document {
	return document(
		Statement{
			"Sid": "UndeliveredEvents", "Effect": "Allow",
			"Principal": map[string]any{"Service": eventBridge}, "Action": "sqs:SendMessage", "Resource": queue,
			"Condition": map[string]any{"ArnLike": rulesOf(at)},
		},
		Statement{
			"Sid": "TLSOnly", "Effect": "Deny",
			"Principal": "*", "Action": "sqs:*", "Resource": queue,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	)
}

// Ledger lets EventBridge write to the log groups, in streams of its own.
//
// Rules deliver through the log delivery service, hence the second principal (Terraform AWS provider #30388). The source
// condition is on PutLogEvents only: stream creation carries no rule (aws-samples/serverless-patterns #618).
func Ledger(hub place.Place, logGroups ...string) Document {
	services := map[string]any{"Service": []any{eventBridge, "delivery.logs.amazonaws.com"}}
	streams := make([]any, len(logGroups))
	for i, group := range logGroups {
		streams[i] = group + ":*"
	}
	return document(
		Statement{
			"Sid": "MakeStreams", "Effect": "Allow",
			"Principal": services, "Action": "logs:CreateLogStream", "Resource": streams,
		},
		Statement{
			"Sid": "WriteEvents", "Effect": "Allow",
			"Principal": services, "Action": "logs:PutLogEvents", "Resource": streams,
			"Condition": map[string]any{"ArnLike": rulesOf(hub)},
		},
	)
}

func rulesOf(at place.Place) map[string]any {
	return map[string]any{"aws:SourceArn": at.Rule("*-breakglass-*")}
}

func alarmsOf(at place.Place) map[string]any {
	return map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": at.Account},
		"ArnLike":      map[string]any{"aws:SourceArn": at.Alarm("*")},
	}
}

func list(texts []string) []any {
	values := make([]any, len(texts))
	for i, t := range texts {
		values[i] = t
	}
	return values
}
