package destroy

// The commands that delete from IAM: each first detaches or removes what keeps IAM from it.
const (
	deleteUser = `for group in $(aws iam list-groups-for-user --user-name NAME --query 'Groups[].GroupName' --output text FLAGS); do aws iam remove-user-from-group --user-name NAME --group-name "$group" FLAGS; done; ` +
		`aws iam delete-login-profile --user-name NAME FLAGS; ` +
		`for device in $(aws iam list-mfa-devices --user-name NAME --query 'MFADevices[].SerialNumber' --output text FLAGS); do aws iam deactivate-mfa-device --user-name NAME --serial-number "$device" FLAGS; done; ` +
		`for key in $(aws iam list-access-keys --user-name NAME --query 'AccessKeyMetadata[].AccessKeyId' --output text FLAGS); do aws iam delete-access-key --user-name NAME --access-key-id "$key" FLAGS; done; ` +
		`aws iam delete-user --user-name NAME FLAGS`

	deleteGroup = `for policy in $(aws iam list-attached-group-policies --group-name NAME --query 'AttachedPolicies[].PolicyArn' --output text FLAGS); do aws iam detach-group-policy --group-name NAME --policy-arn "$policy" FLAGS; done; ` +
		`for user in $(aws iam get-group --group-name NAME --query 'Users[].UserName' --output text FLAGS); do aws iam remove-user-from-group --group-name NAME --user-name "$user" FLAGS; done; ` +
		`aws iam delete-group --group-name NAME FLAGS`

	deleteRole = `for policy in $(aws iam list-attached-role-policies --role-name NAME --query 'AttachedPolicies[].PolicyArn' --output text FLAGS); do aws iam detach-role-policy --role-name NAME --policy-arn "$policy" FLAGS; done; ` +
		`for policy in $(aws iam list-role-policies --role-name NAME --query 'PolicyNames[]' --output text FLAGS); do aws iam delete-role-policy --role-name NAME --policy-name "$policy" FLAGS; done; ` +
		`aws iam delete-role --role-name NAME FLAGS`
)

// deletePolicy returns the command that deletes a managed policy, which nothing may be attached to, and which may have versions.
func deletePolicy(arn string) string {
	return `for group in $(aws iam list-entities-for-policy --policy-arn ` + arn +
		` --query 'PolicyGroups[].GroupName' --output text FLAGS); do aws iam detach-group-policy --group-name "$group" --policy-arn ` + arn + ` FLAGS; done; ` +
		`for role in $(aws iam list-entities-for-policy --policy-arn ` + arn +
		` --query 'PolicyRoles[].RoleName' --output text FLAGS); do aws iam detach-role-policy --role-name "$role" --policy-arn ` + arn + ` FLAGS; done; ` +
		`for version in $(aws iam list-policy-versions --policy-arn ` + arn +
		` --query 'Versions[?!IsDefaultVersion].VersionId' --output text FLAGS); do aws iam delete-policy-version --policy-arn ` + arn +
		` --version-id "$version" FLAGS; done; ` +
		`aws iam delete-policy --policy-arn ` + arn + ` FLAGS`
}
