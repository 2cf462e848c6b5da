package credentials

import "example.com/breakglass/internal/shell"

// iam returns a command of the AWS CLI that a person has to run in the hub account.
func (o Options) iam(operation string, words ...string) string {
	return shell.Quote(shell.AWS("", o.Profile, append([]string{"iam", operation}, words...)...)...)
}

// deactivation and deviceDeletion return the commands that take an MFA device from the user, and delete it; keyDeletion the one that
// deletes an access key.
func (o Options) deactivation(device string) string {
	return o.iam("deactivate-mfa-device", "--user-name", o.User, "--serial-number", device)
}

func (o Options) deviceDeletion(device string) string {
	return o.iam("delete-virtual-mfa-device", "--serial-number", device)
}

func (o Options) keyDeletion(id string) string {
	return o.iam("delete-access-key", "--user-name", o.User, "--access-key-id", id)
}
