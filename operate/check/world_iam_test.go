package check

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func (w *world) GetUser(_ context.Context, in *iam.GetUserInput, _ ...func(*iam.Options)) (*iam.GetUserOutput, error) {
	if w.users[*in.UserName] == nil {
		return nil, noSuchEntity
	}
	return answer(w, "GetUser", &iam.GetUserOutput{User: w.users[*in.UserName]})
}

func (w *world) GetLoginProfile(_ context.Context, in *iam.GetLoginProfileInput, _ ...func(*iam.Options)) (*iam.GetLoginProfileOutput, error) {
	if w.passwords[*in.UserName] == nil {
		return nil, noSuchEntity
	}
	return answer(w, "GetLoginProfile", &iam.GetLoginProfileOutput{LoginProfile: w.passwords[*in.UserName]})
}

func (w *world) ListMFADevices(context.Context, *iam.ListMFADevicesInput, ...func(*iam.Options)) (*iam.ListMFADevicesOutput, error) {
	return answer(w, "ListMFADevices", &iam.ListMFADevicesOutput{MFADevices: make([]it.MFADevice, w.devices)})
}

func (w *world) ListAccessKeys(context.Context, *iam.ListAccessKeysInput, ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error) {
	return answer(w, "ListAccessKeys", &iam.ListAccessKeysOutput{AccessKeyMetadata: w.keys})
}

func (w *world) ListGroupsForUser(context.Context, *iam.ListGroupsForUserInput, ...func(*iam.Options)) (*iam.ListGroupsForUserOutput, error) {
	out := &iam.ListGroupsForUserOutput{}
	for _, name := range w.memberOf {
		out.Groups = append(out.Groups, it.Group{GroupName: aws.String(name)})
	}
	return answer(w, "ListGroupsForUser", out)
}

func (w *world) ListUserPolicies(context.Context, *iam.ListUserPoliciesInput, ...func(*iam.Options)) (*iam.ListUserPoliciesOutput, error) {
	return answer(w, "ListUserPolicies", &iam.ListUserPoliciesOutput{PolicyNames: w.direct})
}

func attachments(arns []string) []it.AttachedPolicy {
	var all []it.AttachedPolicy
	for _, arn := range arns {
		all = append(all, it.AttachedPolicy{PolicyArn: aws.String(arn)})
	}
	return all
}

func (w *world) ListAttachedUserPolicies(context.Context, *iam.ListAttachedUserPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error) {
	return answer(w, "ListAttachedUserPolicies", &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: attachments(w.attached)})
}

func (w *world) GetAccountPasswordPolicy(context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options)) (*iam.GetAccountPasswordPolicyOutput, error) {
	if w.expiry == nil && w.refused["GetAccountPasswordPolicy"] == nil {
		return nil, noSuchEntity
	}
	return answer(w, "GetAccountPasswordPolicy", &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: w.expiry})
}

func (w *world) GetGroup(context.Context, *iam.GetGroupInput, ...func(*iam.Options)) (*iam.GetGroupOutput, error) {
	out := &iam.GetGroupOutput{}
	if w.members == nil {
		return nil, noSuchEntity
	}
	for _, name := range w.members {
		out.Users = append(out.Users, it.User{UserName: aws.String(name)})
	}
	return answer(w, "GetGroup", out)
}

func (w *world) ListAttachedGroupPolicies(context.Context, *iam.ListAttachedGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedGroupPoliciesOutput, error) {
	return answer(w, "ListAttachedGroupPolicies", &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: attachments(w.ofGroup)})
}

func (w *world) ListGroupPolicies(context.Context, *iam.ListGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListGroupPoliciesOutput, error) {
	return answer(w, "ListGroupPolicies", &iam.ListGroupPoliciesOutput{PolicyNames: w.inline})
}

func (w *world) GetPolicy(_ context.Context, in *iam.GetPolicyInput, _ ...func(*iam.Options)) (*iam.GetPolicyOutput, error) {
	if w.documents[*in.PolicyArn] == "" {
		return nil, noSuchEntity
	}
	return answer(w, "GetPolicy", &iam.GetPolicyOutput{Policy: &it.Policy{DefaultVersionId: aws.String("v1")}})
}

func (w *world) GetPolicyVersion(_ context.Context, in *iam.GetPolicyVersionInput, _ ...func(*iam.Options)) (*iam.GetPolicyVersionOutput, error) {
	return answer(w, "GetPolicyVersion", &iam.GetPolicyVersionOutput{PolicyVersion: &it.PolicyVersion{Document: aws.String(w.documents[*in.PolicyArn])}})
}

func (w *world) GetRole(_ context.Context, in *iam.GetRoleInput, _ ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
	if w.roles[*in.RoleName] == nil {
		return nil, noSuchEntity
	}
	return answer(w, "GetRole", &iam.GetRoleOutput{Role: w.roles[*in.RoleName]})
}

func (w *world) ListAttachedRolePolicies(_ context.Context, in *iam.ListAttachedRolePoliciesInput, _ ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error) {
	return answer(w, "ListAttachedRolePolicies", &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: attachments(w.ofRole[*in.RoleName])})
}

func (w *world) ListRolePolicies(_ context.Context, in *iam.ListRolePoliciesInput, _ ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error) {
	return answer(w, "ListRolePolicies", &iam.ListRolePoliciesOutput{PolicyNames: sorted(w.inRole[*in.RoleName])})
}

func (w *world) GetRolePolicy(_ context.Context, in *iam.GetRolePolicyInput, _ ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error) {
	if _, ok := w.inRole[*in.RoleName][*in.PolicyName]; !ok {
		return nil, noSuchEntity
	}
	return answer(w, "GetRolePolicy", &iam.GetRolePolicyOutput{PolicyDocument: aws.String(w.inRole[*in.RoleName][*in.PolicyName])})
}
