package check

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type groupAPI interface {
	policyAPI
	GetGroup(context.Context, *iam.GetGroupInput, ...func(*iam.Options)) (*iam.GetGroupOutput, error)
	ListAttachedGroupPolicies(context.Context, *iam.ListAttachedGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedGroupPoliciesOutput, error)
	ListGroupPolicies(context.Context, *iam.ListGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListGroupPoliciesOutput, error)
}

// group looks who is in the users' group, and what it gives them.
func (s *scene) group(ctx context.Context, api groupAPI) *result {
	r := of("group")
	stack := s.stackOf(s.config.Hub.Region, plan.Hub)
	name := aws.String(names.Group)
	members, err := api.GetGroup(ctx, &iam.GetGroupInput{GroupName: name})
	switch {
	case missing(err):
		r.drifted(Problem, "", stack, "the group "+names.Group+" is missing: the users have no rights, and no guard")
		return r
	case err != nil:
		r.unanswered("", "who is in the users' group", err)
	default:
		for _, u := range members.Users {
			user := aws.ToString(u.UserName)
			if !slices.ContainsFunc(s.config.Users, func(c config.User) bool { return c.Name == user }) {
				r.problem("", "the group "+names.Group+" has the member "+user+", who is none of the file's users",
					"find out who it is, then: aws iam remove-user-from-group --group-name "+names.Group+" --user-name "+user)
			}
		}
	}
	if out, err := api.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: name}); err != nil {
		r.unanswered("", "what the users' group gives", err)
	} else {
		var have, want []string
		for _, p := range out.AttachedPolicies {
			have = append(have, aws.ToString(p.PolicyArn))
		}
		for _, p := range s.config.UserAccess.ManagedPolicies {
			want = append(want, access.PolicyARN(s.config.HubPlace(), p))
		}
		want = append(want, s.config.HubPlace().Policy(names.AssumePolicy), s.config.HubPlace().Policy(names.GuardPolicy))
		if !slices.Contains(have, s.config.HubPlace().Policy(names.GuardPolicy)) {
			r.drifted(Problem, "", stack, "the group "+names.Group+" has lost the guard "+names.GuardPolicy+": the users act without MFA, and on the alarm itself")
			have = append(have, s.config.HubPlace().Policy(names.GuardPolicy))
		}
		attached(r, "", stack, "the group "+names.Group, have, want)
	}
	if out, err := api.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: name}); err != nil {
		r.unanswered("", "what the users' group gives", err)
	} else if len(out.PolicyNames) > 0 {
		r.problem("", "the group "+names.Group+" has inline policies that are not the file's: "+strings.Join(out.PolicyNames, ", "),
			"aws iam delete-group-policy --group-name "+names.Group+" --policy-name NAME")
	}
	s.policy(ctx, api, r, names.GuardPolicy, access.Guard(s.config.EmergencyUsers()))
	s.policy(ctx, api, r, names.AssumePolicy, access.AssumeRole(s.config.HubPlace(), s.config.Role.Name))
	if r.well() {
		r.fine("", "the users and nobody else, with the guard and the policies of the file")
	}
	return r
}
