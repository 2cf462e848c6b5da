package watch

// SampleTargetScope is the deployment that TargetSamples belong to.
var SampleTargetScope = func() Scope {
	s := SampleScope
	s.Parts = append(append([]Part{}, s.Parts...), TargetAccounts)
	return s
}()

// SampleTarget is the target account of TargetSamples.
const SampleTarget = "222222222222"

// inTarget makes a record one of the target account.
var inTarget = Fields{
	"account": SampleTarget, "detail.recipientAccountId": SampleTarget,
	"detail.userIdentity.accountId": SampleTarget, "detail.userIdentity.arn": "arn:aws:sts::222222222222:assumed-role/Administrator/mallory",
}

// byMachine is a change that CloudFormation makes on behalf of a user.
var byMachine = Fields{"detail.userIdentity.invokedBy": cloudFormation, "detail.sourceIPAddress": cloudFormation, "detail.userAgent": cloudFormation}

func onRole(call, role string, more ...Fields) Fields {
	set := with(inTarget, Fields{
		"detail.eventName": call, "detail.requestParameters": Fields{"roleName": role}, "detail.responseElements": null,
	})
	for _, m := range more {
		set = with(set, m)
	}
	return set
}

// status is what CloudFormation tells of a stack.
func status(of, stack string) Fields {
	id := "arn:aws:cloudformation:us-east-1:222222222222:stack/" + stack + "/0f0f0f0f-1111-2222-3333-444444444444"
	return Fields{"resources": []any{id}, "detail.stack-id": id, "detail.status-details.status": of}
}

// TargetSamples are records of a target account, and what somebody there could make up.
var TargetSamples = []Sample{
	{Name: "a trust that somebody changes", Entry: TargetAccess, record: "create-access-key", set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole")},
	{Name: "a policy that somebody attaches", Entry: TargetAccess, record: "create-access-key", set: onRole("AttachRolePolicy", "BreakGlassRole")},
	{Name: "a role that somebody deletes, in another case", Entry: TargetAccess, record: "create-access-key", set: onRole("DeleteRole", "breakglassrole")},
	{Name: "a tag on the role, which is how one tries it", Entry: TargetAccess, record: "create-access-key", set: onRole("TagRole", "BreakGlassRole")},
	{Name: "a change of the observers' role", Entry: TargetAccess, record: "create-access-key", set: onRole("DeleteRolePolicy", "breakglass-observer-role")},
	{
		Name: "a change that does not say whether it only read", Entry: TargetAccess, record: "create-access-key",
		set: onRole("PutRolePolicy", "BreakGlassRole", Fields{"detail.readOnly": nil}),
	},
	{
		Name: "a switch as the target account records it", Entry: TargetAccess, record: "switch-role-arrival",
		set: Fields{"account": SampleTarget, "detail.recipientAccountId": SampleTarget},
	},
	{Name: "a deployment of the role", Entry: TargetDeployment, record: "create-access-key", set: onRole("UpdateRole", "BreakGlassRole", byMachine)},
	{Name: "a stack with observers that is being deleted", Entry: TargetDeployment, record: "stack-status"},
	{
		Name: "a stack with observers that is being changed", Entry: TargetDeployment, record: "stack-status",
		set: status("UPDATE_IN_PROGRESS", "BreakGlass-Observer-us-east-1-222222222222"),
	},
	{
		Name: "a stack with observers that goes back to what it was", Entry: TargetDeployment, record: "stack-status",
		set: status("UPDATE_ROLLBACK_IN_PROGRESS", "BreakGlass-Role-222222222222"),
	},
	{
		Name: "a stack of a stack set that is being deleted", Entry: TargetDeployment, record: "stack-status",
		set: status("DELETE_IN_PROGRESS", "StackSet-BreakGlass-Role-ou-ab12-11111111-0f0f0f0f"),
	},

	{Name: "a stack with observers that was changed", record: "stack-status", set: status("UPDATE_COMPLETE", "BreakGlass-Role-222222222222")},
	{Name: "a stack of others that is being deleted", record: "stack-status", set: status("DELETE_IN_PROGRESS", "orders-BreakGlass-Role")},
	{Name: "a made-up status of a stack", record: "stack-status", set: Fields{"source": "my.cloudformation"}},
	{Name: "a change of another role", record: "create-access-key", set: onRole("UpdateAssumeRolePolicy", "Developer")},
	{
		Name: "a change that was refused", record: "create-access-key",
		set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"detail.errorCode": "AccessDenied"}),
	},
	{Name: "a look at the role", record: "create-access-key", set: onRole("GetRole", "BreakGlassRole", Fields{"detail.readOnly": true})},
	{
		Name: "a switch of somebody else into the account", record: "switch-role-arrival",
		set: Fields{"account": SampleTarget, "detail.additionalEventData.SwitchFrom": "arn:aws:iam::111111111111:user/bystander"},
	},
	{
		Name: "a change in an account that nobody observes", record: "create-access-key",
		set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"account": "999999999999"}),
	},

	{Name: "a change from an archive", record: "create-access-key", set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"replay-name": "again"})},

	// What an account can make up: any detail, but not its own number in "account", and no source of AWS's.
	{Name: "a made-up change", record: "create-access-key", set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"source": "my.iam"})},
	{
		Name: "a made-up source that looks like AWS's", record: "create-access-key",
		set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"source": "AWS.iam"}),
	},
	{
		Name: "a made-up sign-in of the emergency user", record: "console-login",
		set: Fields{"account": SampleTarget, "source": "breakglass.drill", "detail-type": "DRILL: sign-in"},
	},
	{Name: "a real sign-in of a user of that name in the target account", record: "console-login", set: Fields{"account": SampleTarget}},
	{
		Name: "a made-up drill of the observers", record: "create-access-key",
		set: onRole("UpdateAssumeRolePolicy", "BreakGlassRole", Fields{"source": DrillSource, "detail-type": "DRILL: " + TargetAccess}),
	},
	{
		Name: "a made-up heartbeat", record: "console-login",
		set: Fields{"account": SampleTarget, "source": HeartbeatSource, "detail-type": HeartbeatType, "detail": Fields{}},
	},
}
