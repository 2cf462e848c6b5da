package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type rolesAPI interface {
	GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
	ListAttachedRolePolicies(context.Context, *iam.ListAttachedRolePoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
	GetRolePolicy(context.Context, *iam.GetRolePolicyInput, ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error)
}

// role compares the role of a target account with the file.
func (s *scene) role(ctx context.Context, api rolesAPI, target config.Target) *result {
	r := of("roles")
	name, at, stack := s.config.Role.Name, target.Account, names.RoleStack+target.Account
	what := "the role " + name
	r.ask(func(r *result) bool {
		out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
		switch {
		case missing(err):
			r.drifted(Problem, at, stack, what+" is missing")
			return false
		case err != nil:
			r.unanswered(at, what, err)
			return true
		}
		for _, wrong := range s.trusts(aws.ToString(out.Role.AssumeRolePolicyDocument)) {
			r.drifted(Problem, at, stack, what+" "+wrong)
		}
		if got, want := time.Duration(aws.ToInt32(out.Role.MaxSessionDuration))*time.Second, target.SessionDuration; got != want {
			r.drifted(Warning, at, stack, fmt.Sprintf("%s gives sessions of %s, the file has %s", what, hours(got), hours(want)))
		}
		want := ""
		if target.PermissionsBoundary != "" {
			want = access.BoundaryARN(config.PlaceOf(target.Account, target.Region), target.PermissionsBoundary)
		}
		got := ""
		if b := out.Role.PermissionsBoundary; b != nil {
			got = aws.ToString(b.PermissionsBoundaryArn)
		}
		if got != want {
			r.drifted(Problem, at, stack, fmt.Sprintf("%s is bounded by %q, the file has %q", what, got, want))
		}
		return true
	},
		func(r *result) { s.managedOf(ctx, api, r, target) },
		func(r *result) { s.inlineOfTarget(ctx, api, r, target) },
	)
	if r.well() {
		r.fine(at, "lets in exactly the users, with MFA, and gives what the file says")
	}
	return r
}

// hours is a duration without the zeros: 1h, 1h30m, 5m.
func hours(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// attachedTo are the ARNs of a role's managed policies.
func attachedTo(ctx context.Context, api rolesAPI, role string) ([]string, error) {
	policies, err := collect(ctx, iam.NewListAttachedRolePoliciesPaginator(api, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(role)}),
		func(page *iam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	return arns(policies), err
}

// inlineIn are the names of a role's inline policies.
func inlineIn(ctx context.Context, api rolesAPI, role string) ([]string, error) {
	return collect(ctx, iam.NewListRolePoliciesPaginator(api, &iam.ListRolePoliciesInput{RoleName: aws.String(role)}),
		func(page *iam.ListRolePoliciesOutput) []string { return page.PolicyNames })
}

// managedOf compares the managed policies of a target's role.
func (s *scene) managedOf(ctx context.Context, api rolesAPI, r *result, target config.Target) {
	what := "the role " + s.config.Role.Name
	have, err := attachedTo(ctx, api, s.config.Role.Name)
	if err != nil {
		r.unanswered(target.Account, "what "+what+" may do", err)
		return
	}
	var want []string
	for _, p := range target.ManagedPolicies {
		want = append(want, access.PolicyARN(config.PlaceOf(target.Account, target.Region), p))
	}
	attached(r, target.Account, names.RoleStack+target.Account, what, have, want)
}

// inlineOfTarget compares the inline policy of a target's role.
func (s *scene) inlineOfTarget(ctx context.Context, api rolesAPI, r *result, target config.Target) {
	name, at, stack := s.config.Role.Name, target.Account, names.RoleStack+target.Account
	what := "the role " + name
	policies, err := inlineIn(ctx, api, name)
	if err != nil {
		r.unanswered(at, "what "+what+" may do", err)
		return
	}
	inline := len(target.InlinePolicy) > 0
	for _, policy := range policies {
		if policy != name || !inline {
			r.drifted(Problem, at, stack, what+" has the inline policy "+policy+", which is not the file's")
		}
	}
	if !inline {
		return
	}
	if !slices.Contains(policies, name) {
		r.drifted(Problem, at, stack, what+" has lost its inline policy")
		return
	}
	document, err := api.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name)})
	if err != nil {
		r.unanswered(at, "what "+what+" may do", err)
		return
	}
	if d := sameInline(aws.ToString(document.PolicyDocument), target.InlinePolicy); d != "" {
		r.drifted(Problem, at, stack, what+" has another inline policy than the file's: "+d)
	}
}

// sameInline compares a policy that somebody wrote into the file, where it may be a single statement.
func sameInline(document string, want map[string]any) string {
	all := want["Statement"]
	if _, isList := all.([]any); !isList {
		all = []any{all}
	}
	return samePolicy(document, access.Document{"Statement": all})
}

// trusts says how a role's trust differs from the plan's, in the words of somebody who asks who gets in.
func (s *scene) trusts(document string) []string {
	users := plan.UsersOf(s.config)
	lacks, more, err := apart(document, access.Trust(users))
	if err != nil {
		return []string{"has a trust that cannot be read: " + err.Error()}
	}
	if len(lacks)+len(more) == 0 {
		return nil
	}
	var wrong []string
	allowed := map[string]bool{}
	for _, u := range users {
		allowed[u.ARN()] = true
	}
	missed := maps.Clone(allowed)
	all, _ := statements(document)
	for _, statement := range all {
		if statement["Effect"] != "Allow" {
			wrong = append(wrong, "denies somebody: "+describe(statement))
			continue
		}
		condition, _ := statement["Condition"].(map[string]any)
		if !demandsMFA(condition) {
			wrong = append(wrong, "lets in without MFA: "+describe(statement))
		}
		if !s.own(statement["Principal"]) {
			wrong = append(wrong, "lets in others than the hub account: "+describe(statement))
		}
		named := whoIs(condition)
		if len(named) == 0 {
			wrong = append(wrong, "lets in everybody whom the trusted account allows, not the users alone: "+describe(statement))
		}
		for _, arn := range named {
			if !allowed[arn] {
				wrong = append(wrong, "lets in "+arn+", who is none of the users")
			}
			delete(missed, arn)
		}
	}
	for _, arn := range sorted(missed) {
		wrong = append(wrong, "does not let in "+arn)
	}
	if len(wrong) == 0 {
		// Everything above is as it should be, and still the document is another one.
		wrong = append(wrong, "has another trust than the file's: "+strings.Join(append(lacks, more...), ", "))
	}
	return wrong
}

func demandsMFA(condition map[string]any) bool {
	is, _ := condition["Bool"].(map[string]any)
	return fmt.Sprint(is["aws:MultiFactorAuthPresent"]) == "true"
}

// whoIs are the principals that a condition names.
func whoIs(condition map[string]any) []string {
	var named []string
	for _, operator := range []string{"ArnEquals", "ArnLike", "StringEquals", "StringLike"} {
		keys, _ := condition[operator].(map[string]any)
		switch who := keys["aws:PrincipalArn"].(type) {
		case string:
			named = append(named, who)
		case []any:
			for _, one := range who {
				named = append(named, fmt.Sprint(one))
			}
		}
	}
	return named
}
