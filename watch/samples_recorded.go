package watch

import "example.com/breakglass/names"

// recordedSamples are records of a drill's calls, and what must not pass for one.
var recordedSamples = []Sample{
	{Name: "a recorded call that reads", Recorded: true, record: "recorded-call"},
	{
		Name: "a recorded call that writes", Recorded: true, record: "recorded-call",
		set: Fields{"detail.eventName": RecordedWrite, "detail.readOnly": false, "detail.requestParameters": Fields{
			"resourceARN": "arn:aws:events:us-east-1:111111111111:rule/capture-breakglass-recorded",
			"tags":        []any{Fields{"key": RecordedTag, "value": RecordedTagValue}},
		}},
	},
	{Name: "a recorded call that was refused", record: "recorded-call", set: Fields{"detail.errorCode": "AccessDenied"}},
	{Name: "the same call by another program", record: "recorded-call", set: Fields{"detail.userAgent": "aws-cli/2.32.6 md/awscrt#0.28.4"}},
	{Name: "another call of a drill", record: "recorded-call", set: Fields{"detail.eventName": "DescribeRule"}},
	{Name: "a recorded call of another service", record: "recorded-call", set: Fields{"source": "aws.scheduler", "detail.eventName": RecordedWrite}},
	{Name: "a recorded call that somebody made up", record: "recorded-call", set: Fields{"source": DrillSource}},
	{Name: "a recorded call from an archive", record: "recorded-call", set: Fields{"replay-name": "yesterday"}},
	{Name: "a recorded call in another account", record: "recorded-call", set: Fields{"account": "999999999999"}},
	{Name: "a canary's call that reads", Canary: true, record: "recorded-call", set: byCanary},
	{Name: "a canary's call that writes", Canary: true, record: "recorded-call", set: with(byCanary, Fields{
		"detail.eventName": RecordedWrite, "detail.readOnly": false, "detail.requestParameters": Fields{
			"resourceARN": "arn:aws:events:us-east-1:111111111111:rule/capture-breakglass-recorded",
			"tags":        []any{Fields{"key": RecordedTag, "value": RecordedTagValue}},
		},
	})},
	{Name: "a canary's call that was refused", record: "recorded-call", set: with(byCanary, Fields{"detail.errorCode": "AccessDenied"})},
	{Name: "another call of the canary's role", record: "recorded-call", set: with(byCanary, Fields{"detail.eventName": "DescribeRule"})},
	{Name: "a canary's call that somebody made up", record: "recorded-call", set: with(byCanary, Fields{"source": DrillSource})},
	{Name: "a canary's call from an archive", record: "recorded-call", set: with(byCanary, Fields{"replay-name": "yesterday"})},
	{Name: "a canary's call in another account", record: "recorded-call", set: with(byCanary, Fields{"account": "999999999999"})},
}

// byCanary is what CloudTrail records about a call of a schedule, as others have published it: the session is of the schedule's role.
var byCanary = Fields{
	"detail.userIdentity": Fields{
		"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE000007:d6c3a1", "arn": "arn:aws:sts::111111111111:assumed-role/" + names.HeartbeatRole + "/d6c3a1",
		"accountId": "111111111111",
		"sessionContext": Fields{
			"sessionIssuer": Fields{
				"type": "Role", "principalId": "AROAEXAMPLEROLE000007", "arn": "arn:aws:iam::111111111111:role/" + names.HeartbeatRole, "accountId": "111111111111",
				"userName": names.HeartbeatRole,
			},
			"attributes": Fields{"creationDate": "2026-11-22T08:10:00Z", "mfaAuthenticated": "false"},
		},
	},
	"detail.userAgent": "AmazonEventBridgeScheduler aws-sdk-java/2.28.29",
}
