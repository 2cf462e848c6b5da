//go:build verify

package verify

import (
	"strings"
	"testing"

	"example.com/breakglass/names"
)

// accessMutants break one thing each in the whole app, and name the request that the simulator has to decide otherwise.
var accessMutants = []struct {
	name   string
	spoil  func(*testing.T, *Assembly)
	caught string
}{
	{"the guard with Bool", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "NothingWithoutMFA")
		s["Condition"] = map[string]any{"Bool": map[string]any{mfa: "false"}}
	}, "BreakglassUser with MFA may iam:CreateRole, but not with an access key"},
	{"the guard not attached", func(t *testing.T, app *Assembly) {
		owner(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "NothingWithoutMFA")["Groups"] = []any{}
	}, "BreakglassUser with MFA may iam:ListUsers, but not without MFA"},
	{"any password", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "NoOtherPasswordWithoutMFA")["NotResource"] = "*"
	}, "BreakglassUser changes the own password without MFA, but another's"},
	{"no password", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "NothingWithoutMFA")
		delete(s, "NotAction")
		s["Action"] = "*"
	}, "alice+bg@example.com changes the own password with an access key"},
	{"the group of another name", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "KeepTheGroup")["Resource"] = iamARN("group/Breakglass")
	}, "BreakglassUser may RemoveUserFromGroup on another group, but not on group/" + names.Group},
	{"one user unprotected", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "KeepTheUsers")
		s["Resource"] = list(s["Resource"])[:1]
	}, "BreakglassUser may CreateAccessKey on another user, but not on user/" + secondUser},
	{"trust without MFA", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.RoleStack+"222222222222", "AWS::IAM::Role", "BreakGlassUsersWithMFA")
		delete(s["Condition"].(map[string]any), "Bool")
	}, "BreakglassUser without guard assumes the role in 222222222222, but with an access key"},
	{"trust with BoolIfExists", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.RoleStack+"222222222222", "AWS::IAM::Role", "BreakGlassUsersWithMFA")["Condition"].(map[string]any)
		c["BoolIfExists"] = c["Bool"]
		delete(c, "Bool")
	}, "BreakglassUser without guard assumes the role in 222222222222, but with an access key"},
	{"trust in any session name", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.RoleStack+"222222222222", "AWS::IAM::Role", "BreakGlassUsersWithMFA")
		s["Condition"].(map[string]any)["StringEquals"] = map[string]any{"sts:RoleSessionName": []any{"${aws:username}", "carol"}}
	}, "BreakglassUser assumes the role in 222222222222 under the own name, but under another user's"},
	{"trust in a session name that begins alike", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.RoleStack+"222222222222", "AWS::IAM::Role", "BreakGlassUsersWithMFA")["Condition"].(map[string]any)
		c["StringLike"] = map[string]any{"sts:RoleSessionName": "${aws:username}*"}
		delete(c, "StringEquals")
	}, "BreakglassUser assumes the role in 222222222222 under the own name, but under a longer one"},
	{"trust without a session name", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.RoleStack+"222222222222", "AWS::IAM::Role", "BreakGlassUsersWithMFA")["Condition"].(map[string]any)
		c["StringEqualsIfExists"] = c["StringEquals"]
		delete(c, "StringEquals")
	}, "alice+bg@example.com assumes the role in 222222222222 under the own name, but under none"},
	{"trust in everybody", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.RoleStack+"333333333333", "AWS::IAM::Role", "BreakGlassUsersWithMFA")
		delete(s["Condition"].(map[string]any), "ArnEquals")
	}, "BreakglassUser assumes the role in 333333333333, but it is a stranger of the hub account"},
	{"trust in one user", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.RoleStack+"333333333333", "AWS::IAM::Role", "BreakGlassUsersWithMFA")
		s["Condition"].(map[string]any)["ArnEquals"] = map[string]any{"aws:PrincipalArn": iamARN("user/BreakglassUser")}
	}, "alice+bg@example.com assumes the role in 333333333333"},
	{"dead letters of another Region", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.ForwarderStack+"eu-west-1", "AWS::SQS::QueuePolicy", "UndeliveredEvents")
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{sourceArn: "arn:aws:events:eu-west-2:111111111111:rule/*-breakglass-*"}
	}, names.ForwarderStack + "eu-west-1 keeps what capture-breakglass-user-sign-in could not deliver"},
	{"dead letters of anybody", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.ForwarderStack+"eu-west-1", "AWS::SQS::QueuePolicy", "UndeliveredEvents"), "Condition")
	}, names.ForwarderStack + "eu-west-1 keeps what capture-breakglass-user-sign-in could not deliver, but it is of another account"},
	{"alarms of anybody", func(t *testing.T, app *Assembly) {
		delete(onTopic(t, app, names.HubStack, names.Topic, "CloudWatchAlarms"), "Condition")
	}, "the alarm breakglass-user-failed-sign-in publishes to breakglassuser-console-logins in us-east-1, but it is of another account"},
	{"plain HTTP", func(t *testing.T, app *Assembly) {
		onTopic(t, app, names.HubStack, names.Topic, "TLSOnly")["Action"] = "sns:Subscribe"
	}, "the composer publishes to breakglassuser-console-logins in us-east-1, but it is plain HTTP"},
	{"no data key", func(t *testing.T, app *Assembly) {
		statement(t, app, names.StandbyStack, "AWS::KMS::Key", "Composer")["Action"] = []any{"kms:Decrypt"}
	}, "the composer may kms:GenerateDataKey with the key of breakglassuser-console-logins in us-west-2"},
	{"the key for every administrator", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::KMS::Key", "AccountAdministers")["Action"] = "kms:*"
	}, "the composer may kms:Decrypt with the key of breakglassuser-console-logins in us-east-1, but it is an administrator of the account"},
	{"any bus", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutEventsOnTheHubs")["Resource"] = "*"
	}, "a forwarder puts events on arn:aws:events:us-east-1:111111111111:event-bus/default, but it is in a third Region"},
	{"one bus", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutEventsOnTheHubs")
		s["Resource"] = list(s["Resource"])[:1]
	}, "a forwarder puts events on arn:aws:events:us-west-2:111111111111:event-bus/default"},
	{"the ledger of another Region", func(t *testing.T, app *Assembly) {
		stack := app.Stacks[names.HubStack]
		p := stack.Resources[stack.OfType("AWS::Logs::ResourcePolicy")[0]].Properties
		p["PolicyDocument"] = strings.ReplaceAll(p["PolicyDocument"].(string), "arn:aws:events:us-east-1:", "arn:aws:events:us-west-2:")
	}, "events.amazonaws.com writes into breakglass-ledger in us-east-1 for capture-breakglass-user-sign-in"},
	{"the heartbeat role unguarded", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "KeepTheForwarding")
		s["Resource"] = iamARN("role/" + names.ForwardRole)
	}, "BreakglassUser may UpdateAssumeRolePolicy on another role, but not on role/" + names.HeartbeatRole},
	{"the composer's role unguarded", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "KeepTheForwarding")
		s["Resource"] = []any{iamARN("role/" + names.ForwardRole), iamARN("role/" + names.HeartbeatRole)}
	}, "BreakglassUser may UpdateAssumeRolePolicy on another role, but not on role/" + names.ComposerRole},
	{"the composer of one hub guarded", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "KeepTheComposer")["Resource"] = []any{composerARN(hubRegion), alertsTableARN(hubRegion)}
	}, "BreakglassUser may UpdateStateMachine on another state machine, but not on " + names.Composer + " in " + standbyRegion},
	{"schedules of anybody", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.HubStack, "AWS::IAM::Role", "Schedules"), "Condition")
	}, "the Scheduler takes the heartbeat role in eu-west-1, but it is of another account"},
	{"every group of schedules", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.HubStack, "AWS::IAM::Role", "Schedules")["Condition"].(map[string]any)
		c["ArnLike"] = map[string]any{sourceArn: "arn:aws:scheduler:*:111111111111:schedule-group/*"}
	}, "the Scheduler takes the heartbeat role in eu-west-1, but it is another group"},
	{"schedules of one Region", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.HubStack, "AWS::IAM::Role", "Schedules")["Condition"].(map[string]any)
		c["ArnLike"] = map[string]any{sourceArn: "arn:aws:scheduler:us-east-1:111111111111:schedule-group/default"}
	}, "the Scheduler takes the heartbeat role in eu-west-1"},
	{"beats of one Region", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutBeatsOnTheOwnBus")
		s["Resource"] = "arn:aws:events:us-east-1:111111111111:event-bus/default"
	}, "the schedule in eu-west-1 puts a beat on the bus"},
	{"any event", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutBeatsOnTheOwnBus"), "Condition")
	}, "the schedule in eu-west-1 puts a beat on the bus, but it is a drill"},
	{"a beat among others", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutBeatsOnTheOwnBus")
		s["Condition"] = map[string]any{"ForAnyValue:StringEquals": map[string]any{eventSource: "breakglass.heartbeat"}}
	}, "the schedule in eu-west-1 puts a beat on the bus, but a drill is with it"},
	{"events without a source", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "PutBeatsOnTheOwnBus")["Condition"].(map[string]any), "Null")
	}, "the schedule in eu-west-1 puts a beat on the bus, but it names no source"},
	{"a canary that tags any rule", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "CanaryTagsItsRule")["Resource"] = "arn:aws:events:*:111111111111:rule/*"
	}, "the canary in eu-west-1 tags its rule, but it is another rule"},
	{"a canary that sets any value", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "CanaryTagsItsRule")["Condition"].(map[string]any), "StringEquals")
	}, "the canary in eu-west-1 tags its rule, but it is another value"},
	{"a canary that sets any tag besides", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "CanaryTagsItsRule")["Condition"].(map[string]any), "ForAllValues:StringEquals")
	}, "the canary in eu-west-1 tags its rule, but another tag is with it"},
	{"a canary that does more with its rule", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "CanaryTagsItsRule")
		s["Action"] = []any{"events:TagResource", "events:UntagResource"}
		delete(s, "Condition")
	}, "the canary in us-east-1 tags its rule, but it takes the tag away"},
	{"a canary of one hub", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::IAM::ManagedPolicy", "CanaryTagsItsRule")
		s["Resource"] = list(s["Resource"])[:1]
	}, "the canary in us-west-2 tags its rule"},
	{"no log of heartbeats", func(t *testing.T, app *Assembly) {
		stack := app.Stacks[names.HubStack]
		p := stack.Resources[stack.OfType("AWS::Logs::ResourcePolicy")[0]].Properties
		p["PolicyDocument"] = strings.ReplaceAll(p["PolicyDocument"].(string), names.Heartbeats, names.Heartbeats+"2")
	}, "events.amazonaws.com writes into breakglass-heartbeats in us-east-1 for capture-breakglass-heartbeat-eu-west-1"},
	{"every log group", func(t *testing.T, app *Assembly) {
		stack := app.Stacks[names.StandbyStack]
		p := stack.Resources[stack.OfType("AWS::Logs::ResourcePolicy")[0]].Properties
		p["PolicyDocument"] = strings.ReplaceAll(p["PolicyDocument"].(string), names.Ledger+":*", "*")
	}, "delivery.logs.amazonaws.com makes a stream in breakglass-ledger in us-west-2 for capture-breakglass-rule-change-standby, but it is another log group"},
	{"dead letters of the integrity's rules", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.IntegrityStack+standbyRegion, "AWS::SQS::QueuePolicy", "UndeliveredEvents")
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{sourceArn: "arn:aws:events:us-west-2:111111111111:rule/capture-breakglass-user-*"}
	}, names.IntegrityStack + standbyRegion + " keeps what capture-breakglass-rule-change-standby could not deliver"},
	{"the composer kept out of the channel", func(t *testing.T, app *Assembly) {
		publish := statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "PublishAlerts")
		publish["Resource"] = list(publish["Resource"])[:4]
		onTopic(t, app, names.ChatStack+standbyRegion, names.ChatTopic, "Composer")["Condition"] = map[string]any{}
	}, "the composer publishes to breakglass-chat in us-west-2"},
	{"rules let in", func(t *testing.T, app *Assembly) {
		onTopic(t, app, names.HubStack, names.Topic, "CloudWatchAlarms")["Principal"] = map[string]any{"Service": []any{cloudWatch, eventBridge}}
		onTopic(t, app, names.HubStack, names.Topic, "CloudWatchAlarms")["Condition"] = map[string]any{}
	}, "the composer publishes to breakglassuser-console-logins in us-east-1, but it is a rule of another account"},
	{"rules of the account let in", func(t *testing.T, app *Assembly) {
		s := onTopic(t, app, names.StandbyStack, names.Topic, "CloudWatchAlarms")
		s["Principal"] = map[string]any{"Service": []any{cloudWatch, eventBridge}}
		delete(s["Condition"].(map[string]any), "ArnLike")
	}, "the composer publishes to breakglassuser-console-logins in us-west-2, but it is a rule of the account"},
	{"the composer may not publish", func(t *testing.T, app *Assembly) {
		statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "PublishAlerts")["Action"] = "sns:Subscribe"
		onTopic(t, app, names.HubStack, names.Topic, "Composer")["Action"] = "sns:Subscribe"
	}, "the composer publishes to breakglassuser-console-logins in us-east-1"},
	{"the key for rules", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.StandbyStack, "AWS::KMS::Key", "CloudWatchAlarms")
		s["Principal"] = map[string]any{"Service": []any{cloudWatch, eventBridge}}
		delete(s, "Condition")
	}, "the composer may kms:GenerateDataKey with the key of breakglassuser-console-logins in us-west-2, but it is a rule"},
	{"the key for every role", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.StandbyStack, "AWS::KMS::Key", "Composer"), "Condition")
	}, "the composer may kms:Decrypt with the key of breakglassuser-console-logins in us-west-2, but it is another role with every right"},
	{"the key for an emergency user", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.HubStack, "AWS::KMS::Key", "Composer")["Condition"].(map[string]any)
		c["ArnEquals"] = map[string]any{"aws:PrincipalArn": []any{iamARN("role/" + names.ComposerRole), iamARN("user/BreakglassUser")}}
	}, "the composer may kms:GenerateDataKey with the key of breakglassuser-console-logins in us-east-1, but it is an emergency user with every right"},
	{"any use of the key", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "UseTheTopicsKeys")["Condition"].(map[string]any)
		delete(c, "StringEquals")
	}, "the composer may kms:Decrypt with the key of breakglassuser-console-logins in us-east-1, but it does not publish"},
	{"any key", func(t *testing.T, app *Assembly) {
		c := statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "UseTheTopicsKeys")["Condition"].(map[string]any)
		delete(c, "ForAnyValue:StringEquals")
	}, "the composer may kms:Decrypt with the key of breakglassuser-console-logins in us-east-1, but it is another key"},
	{"alarms of any name", func(t *testing.T, app *Assembly) {
		onTopic(t, app, names.HubStack, names.Topic, "CloudWatchAlarms")["Condition"].(map[string]any)["ArnLike"] = map[string]any{
			sourceArn: "arn:aws:cloudwatch:us-east-1:111111111111:alarm:*",
		}
	}, "the alarm breakglass-user-failed-sign-in publishes to breakglassuser-console-logins in us-east-1, but it is somebody's own"},
	{"grants on the key", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.HubStack, "AWS::KMS::Key", "AccountAdministers")
		s["Action"] = append(list(s["Action"]), "kms:CreateGrant")
	}, "an administrator of the account changes the key of breakglassuser-console-logins in us-east-1, but it gives the key to somebody"},
	{"any state machine is a composer", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::Role", "Composers")
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{sourceArn: "arn:aws:states:*:111111111111:stateMachine:*"}
	}, "Step Functions takes the composer's role in us-west-2, but it is somebody's own"},
	{"one composer", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::Role", "Composers")
		s["Condition"].(map[string]any)["ArnLike"] = map[string]any{sourceArn: composerARN(hubRegion)}
	}, "Step Functions takes the composer's role in us-west-2"},
	{"composers of anybody", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::Role", "Composers"), "Condition")
	}, "Step Functions takes the composer's role in us-east-1, but it is of another account"},
	{"any rule starts the composer", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::Role", "Rules")["Condition"].(map[string]any), "ArnLike")
	}, "a rule takes the role that starts the composer in us-east-1, but it is somebody's own"},
	{"a rule starts anything", func(t *testing.T, app *Assembly) {
		statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "StartTheComposers")["Resource"] = "*"
	}, "a rule starts the composer in us-east-1, but it is another state machine"},
	{"the composer reports anything", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy", "ReportHeartbeats"), "Condition")
	}, "the composer reports a heartbeat in us-east-1, but it is a drill"},
	{"the composer does not look", func(t *testing.T, app *Assembly) {
		statement(t, app, names.ComposerStack+hubRegion, "AWS::IAM::ManagedPolicy",
			"LookAtTheTopics")["Resource"] = "arn:aws:sns:us-east-1:111111111111:" + names.Topic
	}, "the composer looks at the topic " + names.Topic + " in us-west-2"},
	{"the composer's table for administrators", func(t *testing.T, app *Assembly) {
		delete(app.only(t, names.ComposerStack+standbyRegion, "AWS::DynamoDB::Table"), "ResourcePolicy")
	}, "the composer may dynamodb:UpdateItem in us-west-2, but it is an administrator of the account"},
	{"the composer's table closed", func(t *testing.T, app *Assembly) {
		resource := app.only(t, names.ComposerStack+hubRegion, "AWS::DynamoDB::Table")["ResourcePolicy"].(map[string]any)
		delete(list(resource["PolicyDocument"].(map[string]any)["Statement"])[0].(map[string]any), "Condition")
	}, "the composer may dynamodb:PutItem in us-east-1"},
	{"alarms kept out of the channel", func(t *testing.T, app *Assembly) {
		statement(t, app, names.ChatStack+hubRegion, "AWS::SNS::TopicPolicy", "CloudWatchAlarms")["Condition"] = map[string]any{
			"ArnLike": map[string]any{sourceArn: "arn:aws:cloudwatch:us-east-1:111111111111:alarm:breakglass-user-*"},
		}
	}, "the alarm breakglass-silent-americas publishes to breakglass-chat in us-east-1"},
	{"a key that the channel can't use", func(t *testing.T, app *Assembly) {
		statement(t, app, names.HubStack, "AWS::KMS::Key", "CloudWatchAlarms")["Action"] = []any{"kms:Decrypt"}
	}, "the alarm breakglass-undelivered may kms:GenerateDataKey with the key of breakglass-chat in us-east-1"},
	{"the channel's role for others", func(t *testing.T, app *Assembly) {
		statement(t, app, names.ChatStack+hubRegion, "AWS::IAM::Role",
			"AmazonQDeveloper")["Principal"] = map[string]any{"Service": []any{chatbot, "ec2.amazonaws.com"}}
	}, "Amazon Q takes the role of breakglass-chat-slack, but it is EC2"},
	{"files of any trail", func(t *testing.T, app *Assembly) {
		delete(statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "AWSCloudTrailWrite")["Condition"].(map[string]any)["StringEquals"].(map[string]any),
			sourceArn)
		statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "OtherWriters")["Action"] = "s3:ReplicateObject"
	}, "CloudTrail writes into the bucket, but it is another trail"},
	{"files of any account", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "AWSCloudTrailWrite")
		s["Resource"] = strings.Replace(s["Resource"].(string), "/AWSLogs/111111111111", "/AWSLogs", 1)
	}, "CloudTrail writes into the bucket, but it is the prefix of another account"},
	{"a trail of another name", func(t *testing.T, app *Assembly) {
		app.only(t, names.TrailStack, "AWS::CloudTrail::Trail")["TrailName"] = "trail"
	}, "CloudTrail looks at the bucket"},
	{"files that may be deleted", func(t *testing.T, app *Assembly) {
		statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "Files")["Action"] = "s3:DeleteObject"
	}, "an administrator of the account: s3:DeleteObjectVersion"},
	{"files that may expire tomorrow", func(t *testing.T, app *Assembly) {
		statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "HowLongTheyStay")["Action"] = "s3:DeleteBucket"
	}, "an administrator of the account: s3:PutLifecycleConfiguration"},
	{"files that may be overwritten", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "OtherWriters")
		s["Condition"].(map[string]any)["Null"] = map[string]any{"aws:SourceArn": "false"}
	}, "an administrator of the account: s3:PutObject"},
	{"files over plain HTTP", func(t *testing.T, app *Assembly) {
		s := statement(t, app, names.TrailStack, "AWS::S3::BucketPolicy", "TLSOnly")
		s["Resource"] = list(s["Resource"])[:1]
	}, "an administrator of the account reads the trail, but it is plain HTTP"},
}

// statement finds a statement by its Sid in the documents of a stack's resources of a type.
func statement(t *testing.T, app *Assembly, stack, kind, sid string) map[string]any {
	t.Helper()
	s, _ := find(t, app, stack, kind, sid)
	return s
}

// onTopic finds a statement by its Sid in the policy of a topic.
func onTopic(t *testing.T, app *Assembly, stack, topic, sid string) map[string]any {
	t.Helper()
	s := app.Stacks[stack]
	for _, id := range s.OfType("AWS::SNS::Topic") {
		if arn, _ := s.arn(id); lastOf(arn) == topic {
			document, _ := attachedPolicy(s, "AWS::SNS::TopicPolicy", "Topics", arn).(map[string]any)
			for _, each := range list(document["Statement"]) {
				if each := each.(map[string]any); each["Sid"] == sid {
					return each
				}
			}
		}
	}
	t.Fatalf("%s has no topic %s with a statement %s", stack, topic, sid)
	return nil
}

// owner returns the properties of the resource that statement finds.
func owner(t *testing.T, app *Assembly, stack, kind, sid string) map[string]any {
	t.Helper()
	_, properties := find(t, app, stack, kind, sid)
	return properties
}

func find(t *testing.T, app *Assembly, stack, kind, sid string) (statement, properties map[string]any) {
	t.Helper()
	for _, id := range app.Stacks[stack].OfType(kind) {
		properties := app.Stacks[stack].Resources[id].Properties
		for _, name := range []string{"PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument"} {
			document, _ := properties[name].(map[string]any)
			for _, s := range list(document["Statement"]) {
				if s := s.(map[string]any); s["Sid"] == sid {
					return s, properties
				}
			}
		}
	}
	t.Fatalf("%s has no %s with a statement %s", stack, kind, sid)
	return nil, nil
}
