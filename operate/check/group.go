package check

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type groupAPI interface {
	policyAPI
	GetGroup(context.Context, *iam.GetGroupInput, ...func(*iam.Options)) (*iam.GetGroupOutput, error)
	ListAttachedGroupPolicies(context.Context, *iam.ListAttachedGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedGroupPoliciesOutput, error)
	ListGroupPolicies(context.Context, *iam.ListGroupPoliciesInput, ...func(*iam.Options)) (*iam.ListGroupPoliciesOutput, error)
}

// group checks the members of the users' group, and what it grants them.
func (s *scene) group(ctx context.Context, api groupAPI) *result {
	r := of("group")
	stack := s.ownStack()
	name := aws.String(names.Group)
	r.ask(func(r *result) bool {
		arn := ""
		members, err := whole.Pages(ctx, iam.NewGetGroupPaginator(api, &iam.GetGroupInput{GroupName: name}), func(page *iam.GetGroupOutput) []types.User {
			if page.Group != nil {
				arn = aws.ToString(page.Group.Arn)
			}
			return page.Users
		})
		switch {
		case missing(err):
			r.drifted(Problem, "", stack, "group "+names.Group+" is missing: the users have no permissions, and the guard does not apply to them")
			return false
		case err != nil:
			r.unanswered("", "the members of the users' group", err)
			return true
		}
		if want := s.config.HubPlace().Group(names.Group); arn != want {
			r.problem("", otherARN("group "+names.Group, arn, want)+": the guard and the alerts name the latter, so they don't protect it",
				awsCLI("iam", "update-group", "--group-name", names.Group, "--new-path", "/"))
		}
		for _, u := range members {
			user := aws.ToString(u.UserName)
			if !slices.ContainsFunc(s.config.Users, func(c config.User) bool { return c.Name == user }) {
				r.problem("", "group "+names.Group+" has the member "+user+", who is not a user in breakglass.yaml",
					"find out who added this user, then: "+awsCLI("iam", "remove-user-from-group", "--group-name", names.Group, "--user-name", user))
			}
		}
		return true
	}, func(r *result) {
		policies, err := whole.Pages(ctx, iam.NewListAttachedGroupPoliciesPaginator(api, &iam.ListAttachedGroupPoliciesInput{GroupName: name}),
			func(page *iam.ListAttachedGroupPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
		if err != nil {
			r.unanswered("", "the policies of the users' group", err)
			return
		}
		have, want := arns(policies), []string{s.config.HubPlace().Policy(names.AssumePolicy), s.config.HubPlace().Policy(names.GuardPolicy)}
		for _, p := range s.config.UserAccess.ManagedPolicies {
			want = append(want, access.PolicyARN(s.config.HubPlace(), p))
		}
		if !slices.Contains(have, s.config.HubPlace().Policy(names.GuardPolicy)) {
			r.drifted(Problem, "", stack, "group "+names.Group+" lacks the guard "+names.GuardPolicy+": the users can act without MFA, and change the alerting itself")
			have = append(have, s.config.HubPlace().Policy(names.GuardPolicy))
		}
		attached(r, "", stack, "group "+names.Group, have, want)
	}, func(r *result) {
		inline, err := whole.Pages(ctx, iam.NewListGroupPoliciesPaginator(api, &iam.ListGroupPoliciesInput{GroupName: name}),
			func(page *iam.ListGroupPoliciesOutput) []string { return page.PolicyNames })
		switch {
		case err != nil:
			r.unanswered("", "the policies of the users' group", err)
		case len(inline) > 0:
			var remove []string
			for _, policy := range inline {
				remove = append(remove, awsCLI("iam", "delete-group-policy", "--group-name", names.Group, "--policy-name", policy))
			}
			r.problem("", "group "+names.Group+" has inline policies that are not in breakglass.yaml: "+strings.Join(inline, ", "),
				"find out who added them, then: "+strings.Join(remove, "; "))
		}
	},
		func(r *result) { s.policy(ctx, api, r, names.GuardPolicy, access.Guard(plan.UsersOf(s.config))) },
		func(r *result) {
			s.policy(ctx, api, r, names.AssumePolicy, access.AssumeRole(s.config.HubPlace(), s.config.Role.Name))
		},
	)
	if r.well() {
		r.fine("", "only the users, with the guard and the policies of breakglass.yaml")
	}
	return r
}
