package access

import "example.com/breakglass/place"

// The documents in this file are for what carries events and alerts: EventBridge forwards, records and keeps failed deliveries, the
// composer publishes, and CloudWatch notifies of its alarms.

const (
	eventBridge = "events.amazonaws.com"
	cloudWatch  = "cloudwatch.amazonaws.com"
	scheduler   = "scheduler.amazonaws.com"
)

// Forward lets the forwarding role put events on the given buses.
func Forward(buses []string) Document {
	return document(Statement{
		"Sid": "PutEventsOnTheHubs", "Effect": "Allow", "Action": putEvents, "Resource": list(buses),
	})
}

// Topic lets the composer and the account's own alarms of this project publish to a topic, over TLS only. No rule
// publishes to it, whoever's it is: EventBridge has no grant.
//
// The grant of the composer names the account and, in a condition, the role: a role in Principal turns into an internal ID, and the
// grant is lost when the role is recreated. In a call of an assumed role, aws:PrincipalArn is the ARN of the role (IAM user guide,
// global condition keys). SNS also accepts whoever has sns:Publish from a policy of their own: what keeps them out is the key.
func Topic(hub place.Place, topic string) Document {
	return document(
		Statement{
			"Sid": "Composer", "Effect": "Allow",
			"Principal": accountPrincipal(hub), "Action": "sns:Publish", "Resource": topic,
			"Condition": onlyComposer(hub),
		},
		Statement{
			"Sid": "CloudWatchAlarms", "Effect": "Allow",
			"Principal": map[string]any{"Service": cloudWatch}, "Action": "sns:Publish", "Resource": topic,
			"Condition": alarmsOf(hub),
		},
		overTLS("sns:Publish", topic),
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

// useTopicKey lists what whoever publishes to an encrypted topic needs on its key (SNS developer guide, key management).
var useTopicKey = []any{"kms:Decrypt", "kms:GenerateDataKey*"}

// Key lets the account administer the key of the topics (through IAM), and only the composer and the account's own alarms of
// this project use it: whoever else publishes, SNS rejects, since it asks KMS with the caller's rights (SNS developer guide, key
// management). Resource * in a key policy means this key.
//
// That the account is the principal makes the composer need the permission of its own policy as well (KMS developer guide, key
// policies); KMS supports all global condition keys, and in a call that SNS makes on behalf of the composer the principal is the
// composer's role (KMS developer guide, kms:ViaService).
func Key(hub place.Place) Document {
	return document(
		Statement{
			"Sid": "AccountAdministers", "Effect": "Allow",
			"Principal": accountPrincipal(hub), "Action": administerKey, "Resource": "*",
		},
		Statement{
			"Sid": "Composer", "Effect": "Allow",
			"Principal": accountPrincipal(hub), "Action": useTopicKey, "Resource": "*",
			"Condition": onlyComposer(hub),
		},
		Statement{
			"Sid": "CloudWatchAlarms", "Effect": "Allow",
			"Principal": map[string]any{"Service": cloudWatch}, "Action": useTopicKey, "Resource": "*",
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
		overTLS("sqs:*", queue),
	)
}

func overTLS(action, resource string) Statement {
	return Statement{
		"Sid": "TLSOnly", "Effect": "Deny",
		"Principal": "*", "Action": action, "Resource": resource,
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}
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

func rulesOf(at place.Place) map[string]any { return map[string]any{"aws:SourceArn": ownRules(at)} }

// ownRules returns the ARN of every rule of the project: each is named after one of the prefixes and an entry.
func ownRules(at place.Place) string { return at.Rule("*-breakglass-*") }

// alarmsOf returns the condition that a notification is of an alarm of this project, of the account in the Region.
func alarmsOf(at place.Place) map[string]any {
	return map[string]any{
		"StringEquals": map[string]any{"aws:SourceAccount": at.Account},
		"ArnLike":      map[string]any{"aws:SourceArn": at.Alarm("breakglass-*")},
	}
}

func list(texts []string) []any {
	values := make([]any, len(texts))
	for i, t := range texts {
		values[i] = t
	}
	return values
}
