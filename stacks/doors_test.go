package stacks

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// door is a call that disables, empties or redirects a resource of the project.
type door struct {
	service, call string
	// request is what the call's record has of it.
	request watch.Fields
	// entry of the catalogue that sees the call when somebody makes it by hand.
	entry string
	// unseen is why nobody needs to see it, where no entry does.
	unseen string
}

const (
	ourRule   = names.Capture + "breakglass-user-sign-in"
	ourAlarm  = names.UndeliveredAlarm
	ourTopic  = "arn:aws:sns:us-east-1:111111111111:" + names.Topic
	ourQueue  = "https://sqs.us-east-1.amazonaws.com/111111111111/" + names.HubStack + "-DeadLettersQueue0f0f0f0f-abcdef"
	ourTable  = "arn:aws:dynamodb:us-east-1:111111111111:table/" + names.AlertsTable
	ourSteps  = "arn:aws:states:us-east-1:111111111111:stateMachine:" + names.Composer
	ourPolicy = "arn:aws:iam::111111111111:policy/" + names.ForwardPolicy
	ourBucket = "breakglass-trail-trailbucket0f0f0f0f-abcdef"
	ourSlack  = "arn:aws:chatbot::111111111111:chat-configuration/slack-channel/" + names.ChatTopic + "-slack"
	ourStacks = "BreakGlass-Role-ou-ab12-11111111"
)

// calls returns a door for each call with the same request.
func calls(entry, service string, request watch.Fields, calls ...string) (all []door) {
	for _, call := range calls {
		all = append(all, door{service: service, call: call, request: request, entry: entry})
	}
	return all
}

// doors lists them by the type of resource. A type that the templates do not have yet needs a row: ask the service authorization reference
// which of the service's actions write, and which of those silence something.
var doors = map[string][]door{
	"AWS::Events::Rule": slices.Concat(
		calls("rule-change", "events", watch.Fields{"name": ourRule}, "DisableRule", "DeleteRule", "PutRule"),
		calls("rule-change", "events", watch.Fields{"rule": ourRule}, "RemoveTargets", "PutTargets"),
		calls("foreign-target", "events", watch.Fields{"rule": "other", "targets": []any{watch.Fields{"arn": ourSteps}}}, "PutTargets"),
		calls("bus-change", "events", watch.Fields{"name": "default"}, "UpdateEventBus"),
	),
	"AWS::Events::EventBusPolicy": calls("bus-change", "events", watch.Fields{"statementId": "x"}, "PutPermission", "RemovePermission"),
	"AWS::Events::ApiDestination": calls("rule-change", "events", watch.Fields{"name": names.DeadMansSwitch}, "UpdateApiDestination", "DeleteApiDestination", "CreateApiDestination"),
	"AWS::Events::Connection": append(
		calls("rule-change", "events", watch.Fields{"name": names.DeadMansSwitch}, "UpdateConnection", "DeleteConnection", "DeauthorizeConnection"),
		door{service: "secretsmanager", call: "DeleteSecret", request: watch.Fields{"secretId": "events!connection/" + names.DeadMansSwitch}, unseen: "the monitor outside AWS misses the heartbeat"},
	),
	"AWS::Scheduler::Schedule": calls("rule-change", "scheduler", watch.Fields{"name": names.Heartbeat}, "UpdateSchedule", "DeleteSchedule"),
	"AWS::SQS::Queue": append(
		calls("queue-change", "sqs", watch.Fields{"queueUrl": ourQueue}, "DeleteQueue", "PurgeQueue", "SetQueueAttributes"),
		calls("queue-change", "sqs", watch.Fields{"sourceArn": "arn:aws:sqs:us-east-1:111111111111:" + names.HubStack + "-DeadLettersQueue0f0f0f0f-abcdef"}, "StartMessageMoveTask")...,
	),
	"AWS::SQS::QueuePolicy": calls("queue-change", "sqs", watch.Fields{"queueUrl": ourQueue}, "SetQueueAttributes", "AddPermission", "RemovePermission"),
	"AWS::CloudWatch::Alarm": slices.Concat(
		calls("alarm-change", "monitoring", watch.Fields{"alarmName": ourAlarm}, "PutMetricAlarm", "PutLogAlarm", "SetAlarmState"),
		calls("alarm-change", "monitoring", watch.Fields{"alarmNames": []any{ourAlarm}}, "DeleteAlarms", "DisableAlarmActions"),
		calls("alarm-change", "monitoring", nil, "AssociateDatasetKmsKey", "DisassociateDatasetKmsKey"),
		calls("alarm-change", "monitoring", watch.Fields{"muteTargets": watch.Fields{"alarmNames": []any{ourAlarm}}}, "PutAlarmMuteRule"),
	),
	"AWS::CloudWatch::CompositeAlarm": calls("alarm-change", "monitoring", watch.Fields{"alarmName": ourAlarm}, "PutCompositeAlarm", "SetAlarmState"),
	"AWS::CloudWatch::Dashboard": append(
		calls("alarm-change", "monitoring", watch.Fields{"dashboardName": names.Dashboard}, "PutDashboard"),
		calls("alarm-change", "monitoring", watch.Fields{"dashboardNames": []any{names.Dashboard}}, "DeleteDashboards")...,
	),
	"AWS::Logs::LogGroup": slices.Concat(
		calls("ledger-change", "logs", watch.Fields{"logGroupName": names.Ledger}, "DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteRetentionPolicy", "PutSubscriptionFilter"),
		calls("ledger-change", "logs", watch.Fields{"logGroupIdentifier": names.Ledger}, "PutDataProtectionPolicy", "PutTransformer", "PutLogGroupDeletionProtection",
			"PutBearerTokenAuthentication", "PutSyslogConfiguration"),
		calls("ledger-change", "logs", watch.Fields{"resourceIdentifier": names.Ledger}, "AssociateKmsKey", "DisassociateKmsKey"),
		calls("ledger-change", "logs", watch.Fields{"policyName": "other"}, "PutAccountPolicy"),
		calls("composer-change", "pipes", watch.Fields{"target": "arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger}, "CreatePipe", "UpdatePipe"),
	),
	"AWS::Logs::ResourcePolicy": slices.Concat(
		calls("ledger-change", "logs", watch.Fields{"policyName": names.LedgerPolicy}, "PutResourcePolicy", "DeleteResourcePolicy"),
		calls("ledger-change", "logs", watch.Fields{"policyName": "other"}, "PutResourcePolicy"),
	),
	"AWS::Logs::QueryDefinition": append(
		calls("ledger-change", "logs", watch.Fields{"name": names.Queries + "Timeline"}, "PutQueryDefinition"),
		door{service: "logs", call: "DeleteQueryDefinition", request: watch.Fields{"queryDefinitionId": "0f0f0f0f"}, unseen: "its record has an ID that nobody knows, and the ledger loses nothing"},
	),
	"AWS::SNS::Topic": slices.Concat(
		calls("topic-change", "sns", watch.Fields{"topicArn": ourTopic}, "DeleteTopic", "SetTopicAttributes"),
		calls("topic-change", "sns", watch.Fields{"resourceArn": ourTopic}, "PutDataProtectionPolicy"),
		calls("topic-change", "sns", nil, "SetSMSAttributes", "DeleteSMSSandboxPhoneNumber"),
		calls("topic-change", "sms-voice", nil, "SetTextMessageSpendLimitOverride", "DeleteTextMessageSpendLimitOverride", "SetAccountDefaultProtectConfiguration",
			"UpdateProtectConfigurationCountryRuleSet", "PutProtectConfigurationRuleSetNumberOverride", "PutOptedOutNumber", "DeleteVerifiedDestinationNumber",
			"ReleasePhoneNumber", "ReleaseSenderId", "UpdatePhoneNumber", "UpdatePool"),
	),
	"AWS::SNS::TopicPolicy": calls("topic-change", "sns", watch.Fields{"topicArn": ourTopic}, "SetTopicAttributes", "AddPermission", "RemovePermission"),
	"AWS::SNS::Subscription": append(
		calls("topic-change", "sns", watch.Fields{"topicArn": ourTopic}, "Subscribe"),
		calls("topic-change", "sns", watch.Fields{"subscriptionArn": ourTopic + ":0f0f0f0f-1111-2222-3333-444444444444"}, "Unsubscribe", "SetSubscriptionAttributes")...,
	),
	"AWS::KMS::Key":   calls("key-change", "kms", watch.Fields{"keyId": watch.SampleKey}, "DisableKey", "ScheduleKeyDeletion", "PutKeyPolicy", "DisableKeyRotation"),
	"AWS::KMS::Alias": calls("key-change", "kms", watch.Fields{"aliasName": names.KeyAlias}, "DeleteAlias", "UpdateAlias"),
	"AWS::DynamoDB::Table": slices.Concat(
		calls("composer-change", "dynamodb", watch.Fields{"tableName": names.AlertsTable}, "DeleteTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups", "EnableKinesisStreamingDestination", "StartBulkPutItems"),
		calls("composer-change", "dynamodb", watch.Fields{"resourceArn": ourTable}, "PutResourcePolicy", "DeleteResourcePolicy"),
	),
	"AWS::StepFunctions::StateMachine": slices.Concat(
		calls("composer-change", "states", watch.Fields{"stateMachineArn": ourSteps}, "DeleteStateMachine", "UpdateStateMachine", "StartExecution"),
		calls("composer-change", "states", watch.Fields{"executionArn": "arn:aws:states:us-east-1:111111111111:execution:" + names.Composer + ":0f0f"}, "StopExecution", "RedriveExecution"),
		calls("composer-change", "pipes", watch.Fields{"target": ourSteps}, "CreatePipe"),
	),
	"AWS::IAM::Role": slices.Concat(
		calls("role-change", "iam", watch.Fields{"roleName": names.ComposerRole},
			"DeleteRole", "UpdateAssumeRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "PutRolePermissionsBoundary", "UpdateRole"),
		calls("role-change", "iam", watch.Fields{"roleName": names.ObserverRole}, "CreateRole", "DeleteRole", "UpdateAssumeRolePolicy"),
		calls("composer-change", "states", watch.Fields{"roleArn": "arn:aws:iam::111111111111:role/" + names.ComposerRole}, "CreateStateMachine", "TestState"),
		calls("foreign-target", "scheduler", watch.Fields{"name": "other", "target": watch.Fields{"roleArn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole}}, "CreateSchedule"),
	),
	"AWS::IAM::ManagedPolicy": calls("role-change", "iam", watch.Fields{"policyArn": ourPolicy}, "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicy"),
	"AWS::IAM::Group":         calls("iam-change", "iam", watch.Fields{"groupName": names.Group}, "DeleteGroup", "UpdateGroup", "DetachGroupPolicy", "PutGroupPolicy", "RemoveUserFromGroup"),
	"AWS::IAM::User": calls("iam-change", "iam", watch.Fields{"userName": "BreakglassUser"},
		"DeleteUser", "UpdateUser", "DeleteLoginProfile", "DeactivateMFADevice", "PutUserPolicy", "AttachUserPolicy", "PutUserPermissionsBoundary", "CreateAccessKey"),
	"AWS::CloudTrail::Trail": calls("trail-change", "cloudtrail", watch.Fields{"name": names.Trail}, "StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"),
	"AWS::S3::Bucket":        calls("trail-change", "s3", watch.Fields{"bucketName": ourBucket}, "DeleteBucket", "PutBucketLifecycle", "PutBucketEncryption", "PutBucketReplication"),
	"AWS::S3::BucketPolicy":  calls("trail-change", "s3", watch.Fields{"bucketName": ourBucket}, "PutBucketPolicy", "DeleteBucketPolicy"),
	"AWS::Chatbot::SlackChannelConfiguration": append(
		calls("channel-change", "chatbot", watch.Fields{"ChatConfigurationArn": ourSlack}, "DeleteSlackChannelConfiguration", "UpdateSlackChannelConfiguration"),
		calls("channel-change", "chatbot", nil, "DeleteSlackWorkspaceAuthorization")...,
	),
	"AWS::Chatbot::MicrosoftTeamsChannelConfiguration": append(
		calls("channel-change", "chatbot", watch.Fields{"ChatConfigurationArn": ourSlack}, "DeleteMicrosoftTeamsChannelConfiguration", "UpdateMicrosoftTeamsChannelConfiguration"),
		calls("channel-change", "chatbot", nil, "DeleteMicrosoftTeamsConfiguredTeam")...,
	),
	"AWS::Notifications::NotificationConfiguration": calls("channel-change", "notifications", nil, "UpdateNotificationConfiguration", "DeleteNotificationConfiguration", "DeregisterNotificationHub"),
	"AWS::Notifications::EventRule":                 calls("channel-change", "notifications", nil, "UpdateEventRule", "DeleteEventRule"),
	"AWS::Notifications::ChannelAssociation":        calls("channel-change", "notifications", nil, "DisassociateChannel"),
	"AWS::NotificationsContacts::EmailContact":      calls("channel-change", "notifications-contacts", nil, "DeleteEmailContact"),
	"AWS::CloudFormation::StackSet":                 calls("account-change", "cloudformation", watch.Fields{"stackSetName": ourStacks}, "UpdateStackSet", "DeleteStackSet", "DeleteStackInstances", "StopStackSetOperation"),
	"AWS::CodePipeline::Pipeline": append(
		calls("pipeline-change", "codepipeline", watch.Fields{"name": names.PipelineStack}, "DeletePipeline", "StartPipelineExecution"),
		calls("pipeline-change", "codepipeline", watch.Fields{"pipelineName": names.PipelineStack}, "DisableStageTransition")...,
	),
	"AWS::CodeBuild::Project": append(
		calls("pipeline-change", "codebuild", watch.Fields{"name": names.SynthBuild}, "UpdateProject", "DeleteProject"),
		calls("pipeline-change", "codebuild", watch.Fields{"projectName": names.SynthBuild}, "StartBuild", "StartBuildBatch", "StartSandbox")...,
	),
}

var ofType = regexp.MustCompile(`(?m)^ +Type: (AWS::\w+::\w+)$`)

// goldenTypes returns the types of resource of the reviewed templates, which have every kind of stack, by the name of their file.
func goldenTypes(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/golden/*.yaml")
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	of := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range ofType.FindAllStringSubmatch(string(text), -1) {
			of[found[1]] = append(of[found[1]], filepath.Base(file))
		}
	}
	return of
}

// TestNobodySilencesItUnseen: each type of resource has the calls that may silence it, and the entry that sees them, in the Region that
// has the resource.
func TestNobodySilencesItUnseen(t *testing.T) {
	of := goldenTypes(t)
	for kind := range of {
		if len(doors[kind]) == 0 {
			t.Errorf("%s has no list of the calls that may silence it", kind)
		}
	}
	for kind, all := range doors {
		if len(of[kind]) == 0 {
			t.Errorf("%s: no template has one", kind)
		}
		for _, d := range all {
			var seen []string
			for _, e := range watch.SampleScope.Entries() {
				if watch.Matches(e.InHub(watch.SampleScope, "us-east-1"), d.event(t)) {
					seen = append(seen, e.ID)
				}
			}
			want := []string{d.entry}
			if d.unseen != "" {
				want = nil
			}
			if !slices.Equal(seen, want) {
				t.Errorf("%s: %s of %s is seen by %q, want %q", kind, d.call, d.service, seen, want)
			}
			// An alarm or a queue of a forwarder is changed in its own Region, where only some entries have a rule.
			if e, _ := watch.ByID(d.entry); e.HubsOnly && slices.Contains(of[kind], "forwarder.yaml") {
				t.Errorf("%s: %s of %s is not seen in the Region of a forwarder", kind, d.call, d.service)
			}
		}
	}
}

// event returns the record of the call by somebody's session.
func (d door) event(t *testing.T) watch.Fields {
	t.Helper()
	s, ok := watch.SampleNamed("a rule switched off")
	if !ok {
		t.Fatal("there is no such sample")
	}
	event := s.Event()
	event["source"] = "aws." + d.service
	detail := event["detail"].(watch.Fields)
	detail["eventSource"], detail["eventName"], detail["requestParameters"] = d.service+".amazonaws.com", d.call, d.request
	return event
}
