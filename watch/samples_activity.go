package watch

// ActivityCalls is what the samples of the role's sessions belong to; those that are also an alert have its entry.
const ActivityCalls = "activity"

// bySession makes a record what a session of the users' role did in the target account.
var bySession = Fields{
	"account": SampleTarget, "detail.recipientAccountId": SampleTarget, "detail.userIdentity.accountId": SampleTarget,
	"detail.userIdentity.arn":                                    "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/alice",
	"detail.userIdentity.sessionContext.sessionIssuer.arn":       "arn:aws:iam::222222222222:role/BreakGlassRole",
	"detail.userIdentity.sessionContext.sessionIssuer.accountId": SampleTarget, "detail.userIdentity.sessionContext.sessionIssuer.userName": "BreakGlassRole",
}

// called is a call of another service by such a session.
func called(source, service, call string, more Fields) Fields {
	return with(with(bySession, Fields{
		"source": source, "detail.eventSource": service, "detail.eventName": call, "detail.requestParameters": nil, "detail.responseElements": nil,
	}), more)
}

// ActivitySamples are records of sessions in a target account, of the users' role and of others, and what somebody there could make up.
var ActivitySamples = []Sample{
	{Name: "a change", Entry: ActivityCalls, record: "create-access-key", set: called("aws.ec2", "ec2.amazonaws.com", "RunInstances", nil)},
	{Name: "a look", Entry: ActivityCalls, record: "create-access-key", set: called("aws.s3", "s3.amazonaws.com", "ListBuckets", Fields{"detail.readOnly": true})},
	{Name: "a change of identities", Entry: ActivityCalls, record: "create-access-key", set: called("aws.iam", "iam.amazonaws.com", "CreateUser", nil)},
	{
		Name: "a refusal", Entry: ActivityCalls, record: "create-access-key",
		set: called("aws.kms", "kms.amazonaws.com", "DisableKey", Fields{"detail.errorCode": "AccessDenied"}),
	},
	{
		Name: "the next role of a chain", Entry: ActivityCalls, record: "create-access-key",
		set: called("aws.sts", "sts.amazonaws.com", "AssumeRole", Fields{"detail.readOnly": true}),
	},
	{
		Name: "a change of the role itself, which alerts as well", Entry: TargetAccess, record: "create-access-key",
		set: with(onRole("UpdateAssumeRolePolicy", "BreakGlassRole"), bySession),
	},

	{
		Name: "a session of another role", record: "create-access-key",
		set: with(called("aws.ec2", "ec2.amazonaws.com", "RunInstances", nil),
			Fields{"detail.userIdentity.sessionContext.sessionIssuer.userName": "BreakGlassRole2"}),
	},
	{
		Name: "a session of a role of that name in the hub account", record: "create-access-key",
		set: with(called("aws.ec2", "ec2.amazonaws.com", "RunInstances", nil), Fields{"account": "111111111111"}),
	},
	{Name: "a user of the role's name", record: "create-access-key", set: Fields{
		"account": SampleTarget, "detail.userIdentity": Fields{"type": "IAMUser", "userName": "BreakGlassRole", "accountId": SampleTarget},
	}},
	{Name: "a call from an archive", record: "create-access-key", set: called("aws.ec2", "ec2.amazonaws.com", "RunInstances", Fields{"replay-name": "again"})},
	{Name: "a made-up call", record: "create-access-key", set: called("my.ec2", "ec2.amazonaws.com", "RunInstances", nil)},
	{
		Name: "a made-up drill", record: "create-access-key",
		set: called(DrillSource, "ec2.amazonaws.com", "RunInstances", Fields{"detail-type": "DRILL: " + TargetAccess}),
	},
	{
		Name: "another kind of event about the session", record: "create-access-key",
		set: called("aws.ec2", "ec2.amazonaws.com", "RunInstances", Fields{"detail-type": "AWS Service Event via CloudTrail"}),
	},
}
