package check

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/names"
)

type usersAPI interface {
	GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error)
	GetLoginProfile(context.Context, *iam.GetLoginProfileInput, ...func(*iam.Options)) (*iam.GetLoginProfileOutput, error)
	ListMFADevices(context.Context, *iam.ListMFADevicesInput, ...func(*iam.Options)) (*iam.ListMFADevicesOutput, error)
	ListAccessKeys(context.Context, *iam.ListAccessKeysInput, ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error)
	ListGroupsForUser(context.Context, *iam.ListGroupsForUserInput, ...func(*iam.Options)) (*iam.ListGroupsForUserOutput, error)
	ListUserPolicies(context.Context, *iam.ListUserPoliciesInput, ...func(*iam.Options)) (*iam.ListUserPoliciesOutput, error)
	ListAttachedUserPolicies(context.Context, *iam.ListAttachedUserPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error)
}

// user checks one emergency user. made is when the password was set; zero means unknown.
func (s *scene) user(ctx context.Context, api usersAPI, name string) (r *result, made time.Time) {
	r = of("users")
	who := "user " + name
	r.ask(func(r *result) bool {
		out, err := api.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)})
		switch {
		case missing(err):
			r.drifted(Problem, "", s.ownStack(), who+" is missing")
			return false
		case err != nil:
			r.unanswered("", who, err)
			return true
		}
		if b := out.User.PermissionsBoundary; b != nil {
			r.warning("", who+" has the permissions boundary "+aws.ToString(b.PermissionsBoundaryArn)+", which is not in breakglass.yaml", "aws iam delete-user-permissions-boundary --user-name "+name)
		}
		if used := out.User.PasswordLastUsed; used != nil {
			r.note("", who+" last signed in with the password on "+used.UTC().Format(time.DateOnly), "")
		}
		return true
	},
		func(r *result) { made = s.password(ctx, api, r, name) },
		func(r *result) { s.devices(ctx, api, r, name) },
		func(r *result) { s.accessKeys(ctx, api, r, name) },
		func(r *result) { s.groups(ctx, api, r, name) },
		func(r *result) { s.inlinePolicies(ctx, api, r, name) },
		func(r *result) { s.attachedPolicies(ctx, api, r, name) },
	)
	if r.well() {
		r.fine("", name+": password, MFA, no access key, permissions from the group only")
	}
	return r, made
}

func (s *scene) password(ctx context.Context, api usersAPI, r *result, name string) (made time.Time) {
	out, err := api.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: aws.String(name)})
	switch {
	case missing(err):
		r.problem("", "user "+name+" has no password, and can't sign in", "create one: aws iam create-login-profile --user-name "+name)
		return time.Time{}
	case err != nil:
		r.unanswered("", "the password of user "+name, err)
		return time.Time{}
	}
	if out.LoginProfile.PasswordResetRequired {
		r.note("", "user "+name+" must choose a new password at the next sign-in, which the guard allows", "")
	}
	return aws.ToTime(out.LoginProfile.CreateDate)
}

func (s *scene) devices(ctx context.Context, api usersAPI, r *result, name string) {
	devices, err := collect(ctx, iam.NewListMFADevicesPaginator(api, &iam.ListMFADevicesInput{UserName: aws.String(name)}),
		func(page *iam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices })
	switch {
	case err != nil:
		r.unanswered("", "the MFA devices of user "+name, err)
	case len(devices) == 0:
		r.problem("", "user "+name+" has no MFA device: the guard denies everything", "register one as an administrator, in the console or by aws iam enable-mfa-device")
	case len(devices) == 1:
		r.note("", "user "+name+" has a single MFA device: if it is lost, so is the user's access", "register a second one and keep it elsewhere; a user can have eight")
	}
}

func (s *scene) accessKeys(ctx context.Context, api usersAPI, r *result, name string) {
	keys, err := collect(ctx, iam.NewListAccessKeysPaginator(api, &iam.ListAccessKeysInput{UserName: aws.String(name)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		r.unanswered("", "the access keys of user "+name, err)
		return
	}
	for _, key := range keys {
		id := aws.ToString(key.AccessKeyId)
		fix := "find out who created it, then: aws iam delete-access-key --user-name " + name + " --access-key-id " + id
		if key.Status == types.StatusTypeActive {
			r.problem("", "user "+name+" has the access key "+id, fix)
		} else {
			r.warning("", "user "+name+" has the access key "+id+", which is inactive", fix)
		}
	}
}

// groups checks that the user is in the group that grants permissions, and in no other.
func (s *scene) groups(ctx context.Context, api usersAPI, r *result, name string) {
	groups, err := collect(ctx, iam.NewListGroupsForUserPaginator(api, &iam.ListGroupsForUserInput{UserName: aws.String(name)}),
		func(page *iam.ListGroupsForUserOutput) []types.Group { return page.Groups })
	if err != nil {
		r.unanswered("", "the groups of user "+name, err)
		return
	}
	in := false
	for _, g := range groups {
		if group := aws.ToString(g.GroupName); group == names.Group {
			in = true
		} else {
			r.warning("", "user "+name+" is also in group "+group, "aws iam remove-user-from-group --user-name "+name+" --group-name "+group)
		}
	}
	if !in {
		r.problem("", "user "+name+" is not in the group "+names.Group+": no permissions, and the guard does not apply to them", "aws iam add-user-to-group --user-name "+name+" --group-name "+names.Group)
	}
}

func (s *scene) inlinePolicies(ctx context.Context, api usersAPI, r *result, name string) {
	policies, err := collect(ctx, iam.NewListUserPoliciesPaginator(api, &iam.ListUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListUserPoliciesOutput) []string { return page.PolicyNames })
	if err != nil {
		r.unanswered("", "the policies of user "+name, err)
	}
	for _, policy := range policies {
		r.problem("", fmt.Sprintf("user %s has its own inline policy %s", name, policy), "aws iam delete-user-policy --user-name "+name+" --policy-name "+policy)
	}
}

func (s *scene) attachedPolicies(ctx context.Context, api usersAPI, r *result, name string) {
	policies, err := collect(ctx, iam.NewListAttachedUserPoliciesPaginator(api, &iam.ListAttachedUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListAttachedUserPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		r.unanswered("", "the policies of user "+name, err)
	}
	for _, policy := range policies {
		arn := aws.ToString(policy.PolicyArn)
		r.problem("", fmt.Sprintf("user %s has the policy %s attached directly", name, arn), "aws iam detach-user-policy --user-name "+name+" --policy-arn "+arn)
	}
}

// missing reports whether IAM answered that something does not exist.
func missing(err error) bool {
	var gone *types.NoSuchEntityException
	return errors.As(err, &gone)
}
