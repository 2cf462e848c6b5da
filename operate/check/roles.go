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
	"example.com/breakglass/internal/whole"
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
	what := "role " + name
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
		if got, want := aws.ToString(out.Role.Arn), config.PlaceOf(target.Account, target.Region).Role(name); got != want {
			r.remade(at, stack, otherARN(what, got, want)+": the users may not assume it, and the alerts name the latter")
		}
		for _, wrong := range s.trusts(aws.ToString(out.Role.AssumeRolePolicyDocument)) {
			r.drifted(Problem, at, stack, what+" "+wrong)
		}
		if got, want := time.Duration(aws.ToInt32(out.Role.MaxSessionDuration))*time.Second, target.SessionDuration; got != want {
			r.drifted(Warning, at, stack, fmt.Sprintf("%s has sessions of %s; breakglass.yaml sets %s", what, hours(got), hours(want)))
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
			r.drifted(Problem, at, stack, fmt.Sprintf("%s has the permissions boundary %q; breakglass.yaml sets %q", what, got, want))
		}
		return true
	},
		func(r *result) { s.managedOf(ctx, api, r, target) },
		func(r *result) { s.inlineOfTarget(ctx, api, r, target) },
	)
	if r.well() {
		r.fine(at, "only the users can assume it, with MFA; its permissions match breakglass.yaml")
	}
	return r
}

// hours returns a duration without the zeros: 1h, 1h30m, 5m.
func hours(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimSuffix(d.String(), "0s"), "0m")
}

// attachedTo returns the ARNs of a role's managed policies.
func attachedTo(ctx context.Context, api rolesAPI, role string) ([]string, error) {
	policies, err := whole.Pages(ctx, iam.NewListAttachedRolePoliciesPaginator(api, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(role)}),
		func(page *iam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	return arns(policies), err
}

// inlineIn returns the names of a role's inline policies.
func inlineIn(ctx context.Context, api rolesAPI, role string) ([]string, error) {
	return whole.Pages(ctx, iam.NewListRolePoliciesPaginator(api, &iam.ListRolePoliciesInput{RoleName: aws.String(role)}),
		func(page *iam.ListRolePoliciesOutput) []string { return page.PolicyNames })
}

// managedOf compares the managed policies of a target's role.
func (s *scene) managedOf(ctx context.Context, api rolesAPI, r *result, target config.Target) {
	what := "role " + s.config.Role.Name
	have, err := attachedTo(ctx, api, s.config.Role.Name)
	if err != nil {
		r.unanswered(target.Account, "the permissions of "+what, err)
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
	what := "role " + name
	policies, err := inlineIn(ctx, api, name)
	if err != nil {
		r.unanswered(at, "the permissions of "+what, err)
		return
	}
	inline := len(target.InlinePolicy) > 0
	for _, policy := range policies {
		if policy != name || !inline {
			r.drifted(Problem, at, stack, what+" has the inline policy "+policy+", which is not in breakglass.yaml")
		}
	}
	if !inline {
		return
	}
	if !slices.Contains(policies, name) {
		r.drifted(Problem, at, stack, what+" lacks its inline policy")
		return
	}
	document, err := api.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(name)})
	if err != nil {
		r.unanswered(at, "the permissions of "+what, err)
		return
	}
	if d := sameInline(aws.ToString(document.PolicyDocument), target.InlinePolicy); d != "" {
		r.drifted(Problem, at, stack, what+" has a different inline policy: "+d)
	}
}

// sameInline compares an inline policy of the file, which may have a single statement in place of a list.
func sameInline(document string, want map[string]any) string {
	all := want["Statement"]
	if _, isList := all.([]any); !isList {
		all = []any{all}
	}
	return samePolicy(document, access.Document{"Version": want["Version"], "Statement": all})
}

// trusts returns how a role's trust differs from the plan's, in terms of who can assume it.
func (s *scene) trusts(document string) []string {
	users := plan.UsersOf(s.config)
	lacks, more, err := apart(document, access.Trust(users, s.config.Role.RequireSessionName))
	if err != nil {
		return []string{"has a trust policy that can't be parsed: " + err.Error()}
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
			wrong = append(wrong, "has a trust policy with a Deny: "+describe(statement))
			continue
		}
		condition, _ := statement["Condition"].(map[string]any)
		if !demandsMFA(condition) {
			wrong = append(wrong, "can be assumed without MFA: "+describe(statement))
		}
		if s.config.Role.RequireSessionName && !demandsSessionName(condition) {
			wrong = append(wrong, "can be assumed under any session name, and breakglass.yaml requires that of the user: "+describe(statement))
		}
		if !s.own(statement["Principal"]) {
			wrong = append(wrong, "can be assumed from outside the hub account: "+describe(statement))
		}
		named := whoIs(condition)
		if len(named) == 0 {
			wrong = append(wrong, "can be assumed by any identity to which the trusted account grants it, not only by the users: "+describe(statement))
			clear(missed)
		}
		for _, arn := range named {
			if !allowed[arn] {
				wrong = append(wrong, "can be assumed by "+arn+", who is not a user in breakglass.yaml")
			}
			delete(missed, arn)
		}
	}
	for _, arn := range sorted(missed) {
		wrong = append(wrong, "can't be assumed by "+arn)
	}
	if len(wrong) == 0 {
		// Everything above is as it should be, and still the document is another one.
		wrong = append(wrong, "has a different trust policy: "+strings.Join(append(lacks, more...), ", "))
	}
	return wrong
}

// demandsSessionName reports whether a session must have the name of its user.
func demandsSessionName(condition map[string]any) bool {
	is, _ := condition["StringEquals"].(map[string]any)
	return is["sts:RoleSessionName"] == "${aws:username}"
}

func demandsMFA(condition map[string]any) bool {
	is, _ := condition["Bool"].(map[string]any)
	return fmt.Sprint(is["aws:MultiFactorAuthPresent"]) == "true"
}

// whoIs returns the principals that a condition names.
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
