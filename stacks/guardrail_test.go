package stacks

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// shut are the ARNs, by the type of resource, that somebody silences with the calls in doors.
var shut = map[string]string{
	"AWS::Events::Rule":                "arn:aws:events:us-east-1:111111111111:rule/" + ourRule,
	"AWS::Events::EventBusPolicy":      "*",
	"AWS::Events::ApiDestination":      "arn:aws:events:us-east-1:111111111111:api-destination/" + names.DeadMansSwitch + "/1",
	"AWS::Events::Connection":          "arn:aws:events:us-east-1:111111111111:connection/BreakGlass-1/1",
	"AWS::Scheduler::Schedule":         "arn:aws:scheduler:us-east-1:111111111111:schedule/default/" + names.Heartbeat,
	"AWS::CloudWatch::Alarm":           "arn:aws:cloudwatch:us-east-1:111111111111:alarm:" + ourAlarm,
	"AWS::CloudWatch::CompositeAlarm":  "arn:aws:cloudwatch:us-east-1:111111111111:alarm:" + ourAlarm,
	"AWS::Logs::LogGroup":              "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger + ":log-stream:1",
	"AWS::Logs::ResourcePolicy":        "*",
	"AWS::SNS::Topic":                  ourTopic,
	"AWS::SNS::TopicPolicy":            ourTopic,
	"AWS::SNS::Subscription":           ourTopic,
	"AWS::KMS::Key":                    "arn:aws:kms:us-east-1:111111111111:key/1",
	"AWS::KMS::Alias":                  "arn:aws:kms:us-east-1:111111111111:" + names.KeyAlias,
	"AWS::DynamoDB::Table":             ourTable,
	"AWS::StepFunctions::StateMachine": ourSteps,
	"AWS::IAM::Role":                   "arn:aws:iam::111111111111:role/" + names.ComposerRole,
	"AWS::IAM::ManagedPolicy":          ourPolicy,
	"AWS::IAM::Group":                  "arn:aws:iam::111111111111:group/" + names.Group,
	"AWS::CloudTrail::Trail":           "arn:aws:cloudtrail:us-east-1:111111111111:trail/" + names.Trail,
	"AWS::S3::Bucket":                  "arn:aws:s3:::" + ourBucket,
	"AWS::S3::BucketPolicy":            "arn:aws:s3:::" + ourBucket,
	"AWS::CloudFormation::StackSet":    "arn:aws:cloudformation:us-east-1:111111111111:stackset/" + ourStacks + ":1",
}

// open are the calls of doors that the guardrail leaves to an administrator of the hub account, and why. All of them alert.
var open = map[string]string{
	"AWS::SQS::Queue": "it has what could not be delivered", "AWS::SQS::QueuePolicy": "it has what could not be delivered",
	"AWS::CloudWatch::Dashboard": "it alerts nobody", "AWS::Logs::QueryDefinition": "it alerts nobody",
	"AWS::IAM::User": "somebody has to renew passwords and devices, and to stop a user",
	"AWS::Chatbot::SlackChannelConfiguration":          "a second channel",
	"AWS::Chatbot::MicrosoftTeamsChannelConfiguration": "a second channel", "AWS::Notifications::NotificationConfiguration": "a second channel",
	"AWS::Notifications::EventRule": "a second channel", "AWS::Notifications::ChannelAssociation": "a second channel",
	"AWS::NotificationsContacts::EmailContact": "a second channel",
	"AWS::CodePipeline::Pipeline":              "deploy.access: bootstrap leaves more open", "AWS::CodeBuild::Project": "deploy.access: bootstrap leaves more open",

	"events:CreateApiDestination": "it makes another", "secretsmanager:DeleteSecret": "the monitor outside AWS misses the heartbeat",
	"logs:DeleteRetentionPolicy": "it keeps records longer", "logs:PutLogGroupDeletionProtection": "who deletes it is denied that", "logs:PutSubscriptionFilter": "it copies records",
	"logs:PutBearerTokenAuthentication": "it adds records", "logs:PutSyslogConfiguration": "it adds records", "cloudwatch:DisassociateDatasetKmsKey": "it takes a key away",
	"pipes:CreatePipe": "it adds alerts", "pipes:UpdatePipe": "it adds alerts", "states:StartExecution": "it adds alerts", "states:RedriveExecution": "it adds alerts",
	"sns:Subscribe": "a drill does", "sns:Unsubscribe": "a drill does", "sns:SetSMSAttributes": "email arrives", "sns:DeleteSMSSandboxPhoneNumber": "email arrives",
	"kms:DisableKeyRotation": "it encrypts as before", "dynamodb:UpdateTimeToLive": "alerts do not wait for it",
	"dynamodb:UpdateContinuousBackups": "alerts do not wait for it", "dynamodb:EnableKinesisStreamingDestination": "it copies",
	"s3:DeleteBucket": "not while it holds anything", "s3:PutBucketLifecycle": "its own policy denies it", "s3:PutBucketEncryption": "its own policy denies it",
	"s3:PutBucketReplication": "its own policy denies it",
}

// TestTheGuardrailShutsWhatSilences: whatever can silence a resource is denied to everybody but the roles that deploy, or left on purpose.
func TestTheGuardrailShutsWhatSilences(t *testing.T) {
	c, err := config.Load("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	g, err := plan.Of(c).Guardrail([]string{"Deployer"})
	if err != nil {
		t.Fatal(err)
	}
	denied := func(action, resource string) bool {
		return slices.ContainsFunc(g.Service["Statement"].([]any), func(one any) bool {
			s := one.(map[string]any)
			return anyOf(s["Action"], action) && anyOf(s["Resource"], resource)
		})
	}
	used := map[string]bool{}
	for kind, all := range doors {
		for _, d := range all {
			action, resource := strings.Replace(d.service, "monitoring", "cloudwatch", 1)+":"+d.call, shut[kind]
			if d.service == "sms-voice" {
				action = "sns:SetSMSAttributes"
			}
			if (d.service == "states" || d.service == "scheduler") && kind == "AWS::IAM::Role" {
				action = "iam:PassRole"
			}
			if d.call == "StopExecution" {
				resource = d.request["executionArn"].(string)
			}
			key := kind
			if open[kind] == "" {
				key = action
			}
			if why := open[key]; why != "" {
				used[key] = true
				if resource != "" && denied(action, resource) {
					t.Errorf("%s of %s is denied, and said to be open: %s", action, kind, why)
				}
			} else if !denied(action, resource) {
				t.Errorf("%s of %s on %s is open to every administrator of the hub account", action, kind, resource)
			}
		}
	}
	for key := range open {
		if !used[key] {
			t.Errorf("%s is no door", key)
		}
	}
}

// anyOf reports whether one of the patterns of a policy matches, as IAM's do.
func anyOf(patterns any, value string) bool {
	all, ok := patterns.([]any)
	if !ok {
		all = []any{patterns}
	}
	return slices.ContainsFunc(all, func(one any) bool {
		return regexp.MustCompile("(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(one.(string)), `\*`, ".*") + "$").MatchString(value)
	})
}
