package access

// Trust lets the users, and only with MFA, assume a role in a target account. It trusts the hub account and names the
// users in a condition: a user ARN in Principal turns into an internal ID, and breaks silently when the user is deleted
// and recreated. Nothing in it needs the users to exist.
//
// With sessionName, the name of the session must be that of the user, so that every record of the account names the person. The
// console chooses that name; a caller of the API has to.
func Trust(users []User, sessionName bool) Document {
	condition := map[string]any{
		"ArnEquals": map[string]any{"aws:PrincipalArn": userARNs(users)},
		"Bool":      map[string]any{"aws:MultiFactorAuthPresent": "true"},
	}
	if sessionName {
		condition["StringEquals"] = map[string]any{"sts:RoleSessionName": "${aws:username}"}
	}
	return document(Statement{
		"Sid":       "BreakGlassUsersWithMFA",
		"Effect":    "Allow",
		"Principal": accountPrincipal(users[0].Place),
		"Action":    "sts:AssumeRole",
		"Condition": condition,
	})
}
