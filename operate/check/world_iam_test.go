package check

import (
	"context"
	"net/url"
	"time"

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

// ofUser returns a list of a user's; the user must exist.
func ofUser[T any](w *world, user *string, all map[string][]T, marker *string) (one []T, next *string, err error) {
	if w.users[*user] == nil {
		return nil, nil, noSuchEntity
	}
	one, next = paged(w, all[*user], marker)
	return one, next, nil
}

func (w *world) ListMFADevices(_ context.Context, in *iam.ListMFADevicesInput, _ ...func(*iam.Options)) (*iam.ListMFADevicesOutput, error) {
	one, next, err := ofUser(w, in.UserName, w.devices, in.Marker)
	if err != nil {
		return nil, err
	}
	return answer(w, "ListMFADevices", &iam.ListMFADevicesOutput{MFADevices: one, Marker: next, IsTruncated: next != nil})
}

func (w *world) ListAccessKeys(_ context.Context, in *iam.ListAccessKeysInput, _ ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error) {
	one, next, err := ofUser(w, in.UserName, w.keys, in.Marker)
	if err != nil {
		return nil, err
	}
	return answer(w, "ListAccessKeys", &iam.ListAccessKeysOutput{AccessKeyMetadata: one, Marker: next, IsTruncated: next != nil})
}

func (w *world) ListGroupsForUser(_ context.Context, in *iam.ListGroupsForUserInput, _ ...func(*iam.Options)) (*iam.ListGroupsForUserOutput, error) {
	one, next, err := ofUser(w, in.UserName, w.memberOf, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &iam.ListGroupsForUserOutput{Marker: next, IsTruncated: next != nil}
	for _, name := range one {
		out.Groups = append(out.Groups, it.Group{GroupName: aws.String(name)})
	}
	return answer(w, "ListGroupsForUser", out)
}

func (w *world) ListUserPolicies(_ context.Context, in *iam.ListUserPoliciesInput, _ ...func(*iam.Options)) (*iam.ListUserPoliciesOutput, error) {
	one, next, err := ofUser(w, in.UserName, w.direct, in.Marker)
	if in.Marker == nil && len(one) > 0 {
		one, next = nil, aws.String("0") // a page may be empty
	}
	if err != nil {
		return nil, err
	}
	return answer(w, "ListUserPolicies", &iam.ListUserPoliciesOutput{PolicyNames: one, Marker: next, IsTruncated: next != nil})
}

func attachments(arns []string) []it.AttachedPolicy {
	var all []it.AttachedPolicy
	for _, arn := range arns {
		all = append(all, it.AttachedPolicy{PolicyArn: aws.String(arn)})
	}
	return all
}

func (w *world) ListAttachedUserPolicies(_ context.Context, in *iam.ListAttachedUserPoliciesInput, _ ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error) {
	one, next, err := ofUser(w, in.UserName, w.attached, in.Marker)
	if in.Marker == nil && len(one) > 0 {
		one, next = nil, aws.String("0")
	}
	if err != nil {
		return nil, err
	}
	return answer(w, "ListAttachedUserPolicies", &iam.ListAttachedUserPoliciesOutput{AttachedPolicies: attachments(one), Marker: next, IsTruncated: next != nil})
}

func (w *world) GetAccountPasswordPolicy(context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options)) (*iam.GetAccountPasswordPolicyOutput, error) {
	if w.expiry == nil && w.refused["GetAccountPasswordPolicy"] == nil {
		return nil, noSuchEntity
	}
	return answer(w, "GetAccountPasswordPolicy", &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: w.expiry})
}

func (w *world) GetGroup(_ context.Context, in *iam.GetGroupInput, _ ...func(*iam.Options)) (*iam.GetGroupOutput, error) {
	if w.members == nil {
		return nil, noSuchEntity
	}
	one, next := paged(w, w.members, in.Marker)
	out := &iam.GetGroupOutput{Group: &it.Group{Arn: aws.String(w.groupARN)}, Marker: next, IsTruncated: next != nil}
	for _, name := range one {
		out.Users = append(out.Users, it.User{UserName: aws.String(name)})
	}
	return answer(w, "GetGroup", out)
}

func (w *world) ListAttachedGroupPolicies(_ context.Context, in *iam.ListAttachedGroupPoliciesInput, _ ...func(*iam.Options)) (*iam.ListAttachedGroupPoliciesOutput, error) {
	if w.members == nil {
		return nil, noSuchEntity
	}
	one, next := paged(w, w.ofGroup, in.Marker)
	return answer(w, "ListAttachedGroupPolicies", &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: attachments(one), Marker: next, IsTruncated: next != nil})
}

func (w *world) ListGroupPolicies(_ context.Context, in *iam.ListGroupPoliciesInput, _ ...func(*iam.Options)) (*iam.ListGroupPoliciesOutput, error) {
	if w.members == nil {
		return nil, noSuchEntity
	}
	one, next := paged(w, w.inline, in.Marker)
	return answer(w, "ListGroupPolicies", &iam.ListGroupPoliciesOutput{PolicyNames: one, Marker: next, IsTruncated: next != nil})
}

func (w *world) GetPolicy(_ context.Context, in *iam.GetPolicyInput, _ ...func(*iam.Options)) (*iam.GetPolicyOutput, error) {
	if w.documents[*in.PolicyArn] == "" {
		return nil, noSuchEntity
	}
	return answer(w, "GetPolicy", &iam.GetPolicyOutput{Policy: &it.Policy{DefaultVersionId: aws.String("v1")}})
}

func (w *world) GetPolicyVersion(_ context.Context, in *iam.GetPolicyVersionInput, _ ...func(*iam.Options)) (*iam.GetPolicyVersionOutput, error) {
	if w.documents[*in.PolicyArn] == "" || *in.VersionId != "v1" {
		return nil, noSuchEntity
	}
	return answer(w, "GetPolicyVersion", &iam.GetPolicyVersionOutput{PolicyVersion: &it.PolicyVersion{Document: inURL(w.documents[*in.PolicyArn])}})
}

// inURL returns a document URL-encoded, as IAM returns it.
func inURL(document string) *string { return aws.String(url.PathEscape(document)) }

func (w *world) GetRole(_ context.Context, in *iam.GetRoleInput, _ ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
	if w.roles[*in.RoleName] == nil {
		return nil, noSuchEntity
	}
	role := *w.roles[*in.RoleName]
	role.AssumeRolePolicyDocument = inURL(*role.AssumeRolePolicyDocument)
	return answer(w, "GetRole", &iam.GetRoleOutput{Role: &role})
}

func (w *world) ListAttachedRolePolicies(_ context.Context, in *iam.ListAttachedRolePoliciesInput, _ ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error) {
	if w.roles[*in.RoleName] == nil {
		return nil, noSuchEntity
	}
	one, next := paged(w, w.ofRole[*in.RoleName], in.Marker)
	return answer(w, "ListAttachedRolePolicies", &iam.ListAttachedRolePoliciesOutput{AttachedPolicies: attachments(one), Marker: next, IsTruncated: next != nil})
}

func (w *world) ListRolePolicies(_ context.Context, in *iam.ListRolePoliciesInput, _ ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error) {
	if w.roles[*in.RoleName] == nil {
		return nil, noSuchEntity
	}
	one, next := paged(w, sorted(w.inRole[*in.RoleName]), in.Marker)
	return answer(w, "ListRolePolicies", &iam.ListRolePoliciesOutput{PolicyNames: one, Marker: next, IsTruncated: next != nil})
}

func (w *world) GetRolePolicy(_ context.Context, in *iam.GetRolePolicyInput, _ ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error) {
	document, ok := w.inRole[*in.RoleName][*in.PolicyName]
	if !ok {
		return nil, noSuchEntity
	}
	return answer(w, "GetRolePolicy", &iam.GetRolePolicyOutput{PolicyDocument: inURL(document)})
}

// GetCredentialReport answers when somebody has asked for a report before, as IAM does.
func (w *world) GetCredentialReport(context.Context, *iam.GetCredentialReportInput, ...func(*iam.Options)) (*iam.GetCredentialReportOutput, error) {
	if !w.reported.Load() && w.refused["GetCredentialReport"] == nil {
		return nil, &it.CredentialReportNotPresentException{}
	}
	report := "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,mfa_active\n<root_account>,arn:aws:iam::111111111111:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,true\n"
	for _, name := range sorted(w.users) {
		changed := "N/A"
		if p := w.passwords[name]; p != nil {
			changed = p.CreateDate.Format("2006-01-02T15:04:05-07:00")
		}
		if at, ok := w.changed[name]; ok {
			changed = at.Format("2006-01-02T15:04:05-07:00")
		}
		report += name + "," + aws.ToString(w.users[name].Arn) + ",2024-01-01T00:00:00+00:00,true,no_information," + changed + ",true\n"
	}
	return answer(w, "GetCredentialReport", &iam.GetCredentialReportOutput{Content: []byte(report), GeneratedTime: aws.Time(now.Add(-2 * time.Hour))})
}

func (w *world) GenerateCredentialReport(context.Context, *iam.GenerateCredentialReportInput, ...func(*iam.Options)) (*iam.GenerateCredentialReportOutput, error) {
	if w.refused["GenerateCredentialReport"] == nil {
		w.reported.Store(true)
	}
	return answer(w, "GenerateCredentialReport", &iam.GenerateCredentialReportOutput{State: it.ReportStateTypeStarted})
}
