package account

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// Stacks returns the same as In, but for changes to stacks. It differs only with deploy.access bootstrap, where In returns the
// role that reads, and Stacks the role that the CDK deploys with, one in each Region.
func (k *Keys) Stacks(ctx context.Context, account, region string) (aws.Config, error) {
	role := k.StacksRole(account, region)
	if k.file.Deploy.Access != config.AccessBootstrap || k.profiles[account] != "" {
		return k.In(ctx, account, region)
	}
	return k.through(ctx, role, region, func() (aws.Config, error) { return k.assumeIn(ctx, account, role) })
}

// StacksRole returns the ARN of the role with which the CDK deploys in an account and Region; empty means none.
func (k *Keys) StacksRole(account, region string) string {
	if k.file.Deploy.Access == config.AccessBootstrap {
		return access.BootstrapRole(config.PlaceOf(account, region), access.DeployRole)
	}
	return k.Role(account)
}

// Own returns credentials of an account's own administrator: its profile, or the caller's where the account is the caller's.
// With deploy.access organization, the role that is assumed has these permissions. With bootstrap there are none; the error
// names the key that provides them.
func (k *Keys) Own(ctx context.Context, account, region string) (aws.Config, error) {
	if k.file.Deploy.Access != config.AccessBootstrap || k.profiles[account] != "" {
		return k.In(ctx, account, region)
	}
	if account == k.caller.Account {
		return k.caller.In(region), nil
	}
	return aws.Config{}, &Refusal{
		What: "the roles of cdk bootstrap do not permit this in account " + account,
		Fix:  "pass --account-profile " + account + "=PROFILE",
	}
}

// Profile returns the profile that was passed for an account; empty means none.
func (k *Keys) Profile(account string) string { return k.profiles[account] }

// CLIProfile returns the profile with which the AWS CLI reaches an account: its own, or the one that the caller's credentials are
// from, where they are of that account; empty means none.
func (k *Keys) CLIProfile(account, callers string) string {
	if profile := k.profiles[account]; profile != "" {
		return profile
	}
	if account == k.caller.Account {
		return callers
	}
	return ""
}
