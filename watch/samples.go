package watch

var accessSamples = []Sample{
	// sign-in
	{Name: "a sign-in with MFA", Entry: "sign-in", record: "console-login"},
	{Name: "a sign-in without MFA", Entry: "sign-in", record: "console-login", set: Fields{"detail.additionalEventData.MFAUsed": "No"}},
	{Name: "a sign-in in an opt-in Region", Entry: "sign-in", record: "console-login", set: Fields{"region": "eu-south-2", "detail.awsRegion": "eu-south-2"}},
	{Name: "a sign-in with the other spelling", Entry: "sign-in", record: "console-login", set: Fields{"detail-type": "AWS Console Signin via CloudTrail"}},
	{Name: "a sign-in whose record has no ARN", Entry: "sign-in", record: "console-login", set: Fields{"detail.userIdentity": withoutARN}},
	{Name: "a sign-in whose record has no result", Entry: "sign-in", record: "console-login", set: Fields{"detail.responseElements": null}},
	{Name: "a sign-in of a stranger", record: "console-login", set: Fields{"detail.userIdentity": asBystander}},
	{Name: "a sign-in of the same name in another account", record: "console-login", set: Fields{"account": "999999999999"}},
	{Name: "a federated sign-in under the user's name", record: "console-login", set: Fields{"detail.userIdentity": asFederated}},
	{Name: "a sign-in of a federated session of the user", Entry: "sign-in", record: "console-login", set: Fields{"detail.userIdentity": asIssued("BreakglassUser")}},
	{Name: "a sign-in of a federated session of a stranger", record: "console-login", set: Fields{"detail.userIdentity": asIssued("bystander")}},
	{Name: "a sign-in of a longer name", record: "console-login", set: Fields{"detail.userIdentity.userName": "BreakglassUser2"}},
	{Name: "the MFA prompt before a sign-in", record: "console-login", set: Fields{"detail.eventName": "CheckMfa", "detail.responseElements": Fields{"CheckMfa": "Success"}}},

	{Name: "a token for the console, for a federated session of the user", Entry: "sign-in", record: "console-login", set: tokenFor("BreakglassUser", "Success")},
	{Name: "a token for the console, refused", record: "console-login", set: tokenFor("BreakglassUser", "Failure")},
	{Name: "a token for the console, for a federated session of a stranger", record: "console-login", set: tokenFor("bystander", "Success")},
	{Name: "a sign-in of the user, whose name is spelled otherwise", Entry: "sign-in", record: "console-login", set: Fields{"detail.userIdentity.userName": "breakglassuser"}},

	// failed-sign-in
	{Name: "a wrong password", Entry: "failed-sign-in", record: "console-login", set: failed},
	{Name: "a wrong password, with the name as it was typed", Entry: "failed-sign-in", record: "console-login", set: with(failed, Fields{"detail.userIdentity.userName": "BREAKGLASSUSER"})},
	{Name: "a wrong password, without ARN", Entry: "failed-sign-in", record: "console-login", set: with(failed, Fields{"detail.userIdentity": withoutARN})},
	{Name: "a wrong password of root", Entry: "failed-sign-in", record: "console-login", set: with(failed, Fields{"detail.userIdentity": asRoot})},
	{Name: "a wrong password of a stranger", record: "console-login", set: with(failed, Fields{"detail.userIdentity": asBystander})},
	{
		Name: "a user name that does not exist", record: "console-login",
		set: with(failed, Fields{"detail.userIdentity.userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "detail.errorMessage": "No username found in supplied account"}),
	},

	// switch-role
	{Name: "a switch into production", Entry: "switch-role", record: "switch-role"},
	{Name: "a switch that failed", Entry: "switch-role", record: "switch-role", set: Fields{"detail.responseElements.SwitchRole": "Failure"}},
	{
		Name: "a switch on from another role", Entry: "switch-role", record: "switch-role",
		set: Fields{"detail.additionalEventData.SwitchFrom": "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/BreakglassUser"},
	},
	{Name: "a switch as the other account records it", Entry: "switch-role", Alert: "-arrival", record: "switch-role-arrival"},
	{Name: "a switch of a stranger", record: "switch-role", set: Fields{"detail.userIdentity": asBystander}},
	{
		Name: "a stranger's switch as the other account records it", record: "switch-role-arrival",
		set: Fields{"detail.additionalEventData.SwitchFrom": "arn:aws:iam::111111111111:user/bystander"},
	},
	{
		Name: "a switch of the same name from another account", record: "switch-role-arrival",
		set: Fields{"detail.additionalEventData.SwitchFrom": "arn:aws:iam::999999999999:user/BreakglassUser"},
	},
	{Name: "a switch back", record: "switch-role", set: Fields{"detail.eventName": "ExitRole"}},

	// assume-role
	{Name: "an assumption by CLI", Entry: "assume-role", record: "assume-role"},
	{
		Name: "an assumption by a switch in the console", Entry: "assume-role", record: "assume-role",
		set: Fields{
			"detail.eventID": "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5b006", "detail.sharedEventID": "2f1d6b8e-3d2c-4a2e-8f44-7f30a6c0b006",
			"detail.sourceIPAddress": "AWS Internal", "detail.userAgent": "AWS Internal", "detail.userIdentity.invokedBy": "AWS Internal",
			// The console names the session after the user.
			"detail.requestParameters.roleSessionName":              "BreakglassUser",
			"detail.responseElements.credentials.accessKeyId":       "ASIAEXAMPLEKEY000006",
			"detail.responseElements.assumedRoleUser.assumedRoleId": "AROAEXAMPLEROLE000002:BreakglassUser",
			"detail.responseElements.assumedRoleUser.arn":           "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/BreakglassUser",
		},
	},
	{
		Name: "an assumption with a key and a code", Entry: "assume-role", record: "assume-role",
		set: Fields{"detail.userIdentity": asLongTermKey, "detail.requestParameters.serialNumber": "arn:aws:iam::111111111111:mfa/BreakglassUser"},
	},
	{Name: "an assumption of another role", Entry: "assume-role", record: "assume-role", set: Fields{"detail.requestParameters.roleArn": "arn:aws:iam::222222222222:role/Other"}},
	{Name: "a session token", Entry: "assume-role", record: "assume-role", set: sessionToken},
	{
		Name: "a federation token", Entry: "assume-role", record: "assume-role",
		set: with(sessionToken, Fields{"detail.eventName": "GetFederationToken", "detail.requestParameters": Fields{"name": "somebody"}}),
	},
	{
		Name: "root's credentials for a task in a member account", Entry: "assume-role", record: "assume-role",
		set: Fields{"detail.eventName": "AssumeRoot", "detail.requestParameters": Fields{"targetPrincipal": "222222222222"}},
	},
	{
		Name: "a token for another service", Entry: "assume-role", record: "assume-role",
		set: Fields{"detail.eventName": "GetWebIdentityToken", "detail.requestParameters": Fields{"audience": []any{"https://example.com"}}},
	},
	{
		Name: "access that somebody delegated", Entry: "assume-role", record: "assume-role",
		set: Fields{"detail.eventName": "GetDelegatedAccessToken", "detail.requestParameters": Fields{}},
	},
	{
		Name: "credentials for less than the role allows", Entry: "assume-role", record: "assume-role",
		set: Fields{"detail.eventName": "GetScopedCredentials", "detail.requestParameters": Fields{}},
	},
	{Name: "an aws login", Entry: "assume-role", record: "assume-role", set: login("AuthorizeOAuth2Access")},
	{Name: "credentials of an aws login", Entry: "assume-role", record: "assume-role", set: login("CreateOAuth2Token")},
	{Name: "a token by signed request", Entry: "assume-role", record: "assume-role", set: login("CreateOAuth2TokenWithIAM")},
	{Name: "a bearer token", Entry: "assume-role", record: "assume-role", set: login("CreateBearerToken")},
	{
		Name: "a token of another kind exchanged for one", Entry: "assume-role", record: "assume-role",
		set: with(login("CreateOAuth2TokenWithTokenExchange"), Fields{"detail.requestParameters": Fields{"resource": "https://aws-mcp.us-east-1.api.aws/mcp"}}),
	},
	{Name: "a token revoked", Entry: "other-call", record: "assume-role", set: login("RevokeOAuth2TokenWithIAM")},
	{
		Name: "a token of another kind exchanged for one by a stranger", record: "assume-role",
		set: with(login("CreateOAuth2TokenWithTokenExchange"), Fields{"detail.userIdentity": asBystander}),
	},
	{Name: "an aws login of a stranger", record: "assume-role", set: with(login("AuthorizeOAuth2Access"), Fields{"detail.userIdentity": asBystander})},
	{Name: "a look at the sessions", Entry: "other-call", record: "assume-role", set: login("ListSessions")},
	{Name: "an assumption that was refused", Entry: "assume-role", Alert: "-refused", record: "assume-role", set: refused},
	{Name: "an aws login that was refused", Entry: "assume-role", Alert: "-refused", record: "assume-role", set: with(login("AuthorizeOAuth2Access"), refused)},
	{Name: "a federation token that was refused", Entry: "assume-role", Alert: "-refused", record: "assume-role", set: with(refused, Fields{"detail.eventName": "GetFederationToken"})},
	{Name: "an assumption by a stranger", record: "assume-role", set: Fields{"detail.userIdentity": asBystander}},
	{Name: "an assumption by a service", record: "assume-role", set: Fields{"detail.userIdentity": Fields{"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}}},
	{Name: "a look at the own identity", Entry: "other-call", record: "assume-role", set: Fields{"detail.eventName": "GetCallerIdentity"}},

	// iam-change
	{Name: "a key made for the user", Entry: "iam-change", record: "create-access-key"},
	{
		Name: "a key made for the user, whose name was typed otherwise", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.requestParameters.userName": "breakglassuser"},
	},
	{
		Name: "the guard taken off the group", Entry: "iam-change", record: "create-access-key",
		set: Fields{
			"detail.eventName":         "DetachGroupPolicy",
			"detail.requestParameters": Fields{"groupName": "BreakglassUsers", "policyArn": "arn:aws:iam::111111111111:policy/BreakGlassGuard"},
		},
	},
	{
		Name: "somebody renamed to the user", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.eventName": "UpdateUser", "detail.requestParameters": Fields{"userName": "mallory", "newUserName": "breakglassUser"}},
	},
	{
		Name: "a group renamed to the users' group", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.eventName": "UpdateGroup", "detail.requestParameters": Fields{"groupName": "Developers", "newGroupName": "BREAKGLASSUSERS"}},
	},
	{
		Name: "a delegation accepted by the user", Entry: "iam-change", record: "create-access-key",
		set: Fields{
			"detail.eventName": "AcceptDelegationRequest", "detail.userIdentity": asLongTermKey,
			"detail.requestParameters": Fields{"delegationRequestId": "e2f0a1b2-0000-4000-8000-000000000001"},
		},
	},
	{
		Name: "a delegation's token sent by the user", Entry: "iam-change", record: "create-access-key",
		set: Fields{
			"detail.eventName": "SendDelegationToken", "detail.userIdentity": asLongTermKey,
			"detail.requestParameters": Fields{"delegationRequestId": "e2f0a1b2-0000-4000-8000-000000000001"},
		},
	},
	{
		Name: "somebody renamed to a stranger", record: "create-access-key",
		set: Fields{"detail.eventName": "UpdateUser", "detail.requestParameters": Fields{"userName": "mallory", "newUserName": "bystander"}},
	},
	{
		Name: "a stranger's delegation accepted", record: "create-access-key",
		set: Fields{"detail.eventName": "AcceptDelegationRequest", "detail.requestParameters": Fields{"delegationRequestId": "e2f0a1b2-0000-4000-8000-000000000001"}},
	},
	{
		Name: "a change of another group", record: "create-access-key",
		set: Fields{"detail.eventName": "DetachGroupPolicy", "detail.requestParameters": Fields{"groupName": "Developers"}},
	},
	{
		Name: "a password changed by the user", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.eventName": "ChangePassword", "detail.userIdentity": asLongTermKey, "detail.requestParameters": null},
	},
	{
		Name: "a role made by the user", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.eventName": "CreateRole", "detail.userIdentity": asLongTermKey, "detail.requestParameters": Fields{"roleName": "backdoor"}},
	},
	{Name: "a change whose record does not say that it writes", Entry: "iam-change", record: "create-access-key", set: Fields{"detail.readOnly": nil}},
	{Name: "a key refused by the guard", Entry: "iam-change", Alert: "-refused", record: "create-access-key", set: with(refused, Fields{"detail.userIdentity": asLongTermKey})},
	{Name: "a key refused to somebody else", Entry: "refused-iam-change", record: "create-access-key", set: refused},
	{
		Name: "a key refused, without the call's parameters", Entry: "refused-iam-change", record: "create-access-key",
		set: with(refused, Fields{
			"detail.requestParameters": null,
			"detail.errorMessage": "User: arn:aws:sts::111111111111:assumed-role/ReadOnly/mallory is not authorized to perform: iam:CreateAccessKey " +
				"on resource: user BreakglassUser because no identity-based policy allows the iam:CreateAccessKey action",
		}),
	},
	{
		Name: "a key refused, with the user's ARN in the message only", Entry: "refused-iam-change", record: "create-access-key",
		set: with(refused, Fields{
			"detail.requestParameters": null,
			"detail.errorMessage":      "not authorized to perform: iam:CreateAccessKey on resource: arn:aws:iam::111111111111:user/BreakglassUser with an explicit deny",
		}),
	},
	{
		Name: "a key refused, with the user at the end of the message", Entry: "refused-iam-change", record: "create-access-key",
		set: with(refused, withoutParameters("User: arn:aws:iam::111111111111:user/mallory is not authorized to perform: iam:CreateAccessKey "+
			"on resource: arn:aws:iam::111111111111:user/BreakglassUser")),
	},
	{
		Name: "a stranger's key refused, without parameters", record: "create-access-key",
		set: with(refused, withoutParameters("not authorized to perform: iam:CreateAccessKey on resource: user bystander because no identity-based policy allows it")),
	},
	{
		Name: "a stranger's key refused, with the ARN in the message only", record: "create-access-key",
		set: with(refused, withoutParameters("not authorized to perform: iam:CreateAccessKey on resource: arn:aws:iam::111111111111:user/bystander with an explicit deny")),
	},
	{
		Name: "a key refused to a longer name", record: "create-access-key",
		set: with(refused, withoutParameters("not authorized to perform: iam:CreateAccessKey on resource: user BreakglassUser2 because no identity-based policy allows it")),
	},
	{
		Name: "a change of a role that is named after users refused", record: "create-access-key",
		set: with(refused, withoutParameters("not authorized to perform: iam:PutRolePolicy on resource: role app-user-sync because no identity-based policy allows it")),
	},
	{
		Name: "a role's change refused, without the call's parameters", record: "create-access-key",
		set: with(refused, Fields{
			"detail.eventName": "PutRolePolicy", "detail.requestParameters": null,
			"detail.errorMessage": "not authorized to perform: iam:PutRolePolicy on resource: role web because no identity-based policy allows it",
		}),
	},
	{
		Name: "a key refused to another IAM user", Entry: "refused-iam-change", record: "create-access-key",
		set: with(refused, Fields{"detail.userIdentity": asBystander}),
	},
	{
		Name: "a stranger's key refused to somebody else", record: "create-access-key",
		set: with(refused, Fields{"detail.requestParameters.userName": "bystander"}),
	},
	{Name: "a look at the user", record: "create-access-key", set: Fields{"detail.eventName": "GetUser", "detail.readOnly": true}},
	{Name: "a key made for a stranger", record: "create-access-key", set: Fields{"detail.requestParameters.userName": "bystander"}},

	// root-sign-in
	{Name: "a sign-in of root", Entry: "root-sign-in", record: "console-login", set: Fields{"detail.userIdentity": asRoot}},
	{Name: "a sign-in of a federated session that root issued", Entry: "root-sign-in", record: "console-login", set: Fields{"detail.userIdentity": issuedByRoot}},
	{Name: "a failed sign-in of a federated session that root issued", record: "console-login", set: with(failed, Fields{"detail.userIdentity": issuedByRoot})},
	{
		Name: "a token exchanged by root", Entry: "root-sign-in", record: "assume-role",
		set: with(login("CreateOAuth2TokenWithTokenExchange"), Fields{"detail.userIdentity": asRoot}),
	},
	{Name: "a new password of root", Entry: "root-sign-in", record: "console-login", set: rootDid("PasswordUpdated")},
	{Name: "a password recovery of root", Entry: "root-sign-in", record: "console-login", set: rootDid("PasswordRecoveryRequested")},
	{Name: "a password recovery of root, completed", Entry: "root-sign-in", record: "console-login", set: rootDid("PasswordRecoveryCompleted")},
	{Name: "a new email address of root", Entry: "root-sign-in", record: "console-login", set: rootDid("EmailUpdated")},
	{Name: "an aws login of root", Entry: "root-sign-in", record: "assume-role", set: with(login("AuthorizeOAuth2Access"), Fields{"detail.userIdentity": asRoot})},
	{
		Name: "an aws login of root that was refused", Entry: "other-call", record: "assume-role",
		set: with(with(login("AuthorizeOAuth2Access"), refused), Fields{"detail.userIdentity": asRoot}),
	},
	{
		Name: "a key of root refused by a policy of the organization", Entry: "other-call", record: "create-access-key",
		set: with(refused, Fields{"detail.userIdentity": with(asRoot, Fields{"accessKeyId": "AKIAEXAMPLEKEY000003"}), "detail.requestParameters": null}),
	},
	{Name: "a key of root", Entry: "root-sign-in", record: "create-access-key", set: Fields{"detail.userIdentity": asRoot, "detail.requestParameters": null}},
	{
		Name: "an MFA device of root", Entry: "root-sign-in", record: "create-access-key",
		set: Fields{
			"detail.userIdentity": asRoot, "detail.eventName": "EnableMFADevice", "detail.responseElements": null,
			"detail.requestParameters": Fields{"userName": "AWS ROOT USER", "serialNumber": "arn:aws:iam::111111111111:mfa/root-account-mfa-device"},
		},
	},
	{
		Name: "a password of root made possible by the management account", Entry: "root-sign-in", record: "create-access-key",
		set: Fields{
			"detail.eventName": "CreateLoginProfile", "detail.requestParameters": null, "detail.responseElements": null,
			"detail.userIdentity": with(asRoot, Fields{"accessKeyId": "ASIAEXAMPLEKEY000008", "sessionContext": Fields{"attributes": Fields{"mfaAuthenticated": "false"}, "assumedRoot": "true"}}),
		},
	},
	{Name: "a key that root makes for the user", Entry: "iam-change", record: "create-access-key", set: Fields{"detail.userIdentity": asRoot}},
	{
		Name: "a key that root makes for the user, whose name was typed otherwise", Entry: "iam-change", record: "create-access-key",
		set: Fields{"detail.userIdentity": asRoot, "detail.requestParameters.userName": "breakglassuser"},
	},
	{Name: "the MFA prompt before a sign-in of root", record: "console-login", set: rootDid("CheckMfa")},
	{Name: "a new password of somebody else", record: "console-login", set: with(rootDid("PasswordUpdated"), Fields{"detail.userIdentity": asBystander})},
	{Name: "a sign-in of root in another account", record: "console-login", set: Fields{"account": "999999999999", "detail.userIdentity": asRoot}},

	// what nobody may make up
	{Name: "a made-up drill", record: "console-login", set: Fields{"source": DrillSource, "detail-type": "DRILL: nothing"}},
	{Name: "a real record under a drill's source", Disguised: "sign-in", record: "console-login", set: Fields{"source": DrillSource}},
	{Name: "a sign-in from an archive", record: "console-login", set: Fields{"replay-name": "again"}},
	{Name: "a made-up source", record: "console-login", set: Fields{"source": "example.signin"}},
}

var (
	failed = Fields{
		"detail.errorMessage": "Failed authentication", "detail.responseElements.ConsoleLogin": "Failure",
		"detail.additionalEventData.MFAUsed": "No",
	}
	refused      = Fields{"detail.errorCode": "AccessDenied", "detail.errorMessage": "not authorized", "detail.responseElements": null}
	sessionToken = Fields{
		"detail.eventName": "GetSessionToken", "detail.readOnly": false, "detail.userIdentity": asLongTermKey,
		"detail.requestParameters": Fields{"serialNumber": "arn:aws:iam::111111111111:mfa/BreakglassUser"},
	}
)

// login is what differs in the record of a call to AWS Sign-In.
func login(call string) Fields {
	return Fields{
		"source": "aws.signin", "detail.eventSource": "signin.amazonaws.com", "detail.eventName": call, "detail.requestParameters": null,
		"detail.responseElements": null, "detail.resources": nil,
	}
}

// tokenFor is what differs in the record of a token for the console, which a federated session of a user asks for.
func tokenFor(user, result string) Fields {
	return Fields{"detail.eventName": signInToken, "detail.userIdentity": asIssued(user), "detail.additionalEventData": nil, "detail.responseElements": Fields{signInToken: result}}
}

// rootDid is what differs in the record of what root did to its own access.
func rootDid(event string) Fields {
	return Fields{"detail.eventName": event, "detail.userIdentity": asRoot, "detail.responseElements": Fields{event: "Success"}}
}

// withoutParameters is what CloudTrail records of a denied call in IAM: only the message names its object.
func withoutParameters(message string) Fields {
	return Fields{"detail.requestParameters": null, "detail.errorMessage": message}
}

func with(a, b Fields) Fields {
	both := Fields{}
	for k, v := range a {
		both[k] = v
	}
	for k, v := range b {
		both[k] = v
	}
	return both
}
