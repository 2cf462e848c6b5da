package check

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

type policyAPI interface {
	GetPolicy(context.Context, *iam.GetPolicyInput, ...func(*iam.Options)) (*iam.GetPolicyOutput, error)
	GetPolicyVersion(context.Context, *iam.GetPolicyVersionInput, ...func(*iam.Options)) (*iam.GetPolicyVersionOutput, error)
}

// policy compares one of the hub's own managed policies, as it is in force, with the plan's.
func (s *scene) policy(ctx context.Context, api policyAPI, r *result, name string, want access.Document) {
	s.policyIn(ctx, api, r, maker{place: s.config.HubPlace(), stack: s.ownStack()}, name, want)
}

// awaited checks that the policies exist that a stack attaches which is not deployed yet: otherwise its deployment fails. holder is what
// they are attached to.
func (s *scene) awaited(ctx context.Context, api policyAPI, check, holder, stack string) *result {
	r := of(check)
	i := slices.IndexFunc(s.plan.Placements, func(at plan.Placement) bool { return at.Stack == stack })
	if i < 0 {
		return r
	}
	at := s.plan.Placements[i]
	for _, arn := range s.plan.Attaches(at) {
		if accountOf(arn) == "aws" {
			continue // AWS's own, which the configuration is compared with
		}
		_, err := api.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
		_, name, _ := strings.Cut(arn, ":policy/")
		switch {
		case missing(err):
			r.problem(at.Account, "there is no policy "+name+", which "+holder+" is to have: it can't be deployed", "correct its name in breakglass.yaml, or create it")
		case err != nil:
			r.unanswered(at.Account, "policies of "+holder+", which is not deployed", err)
		}
	}
	return r
}

// maker is the place of an identity, the place that findings name, and the stack that makes it.
type maker struct {
	place        place.Place
	where, stack string
}

// policyIn compares a managed policy of an account.
func (s *scene) policyIn(ctx context.Context, api policyAPI, r *result, of maker, name string, want access.Document) {
	arn := of.place.Policy(name)
	out, err := api.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
	if missing(err) {
		r.drifted(Problem, of.where, of.stack, "policy "+name+" is missing")
		return
	}
	if err != nil {
		r.unanswered(of.where, "policy "+name, err)
		return
	}
	version, err := api.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: aws.String(arn), VersionId: out.Policy.DefaultVersionId})
	if err != nil {
		r.unanswered(of.where, "policy "+name, err)
		return
	}
	if d := samePolicy(aws.ToString(version.PolicyVersion.Document), want); d != "" {
		r.drifted(Problem, of.where, of.stack, "policy "+name+" differs: "+d)
	}
}

// arns returns the ARNs of attached policies.
func arns(policies []types.AttachedPolicy) []string {
	var all []string
	for _, p := range policies {
		all = append(all, aws.ToString(p.PolicyArn))
	}
	return all
}

// attached compares the managed policies of a role or group, the holder, with those that it should have.
func attached(r *result, where, stack, holder string, have, want []string) {
	left := map[string]bool{}
	for _, arn := range have {
		left[arn] = true
	}
	for _, arn := range want {
		if !left[arn] {
			r.drifted(Problem, where, stack, holder+" lacks the policy "+short(arn))
		}
		delete(left, arn)
	}
	for _, arn := range sorted(left) {
		r.drifted(Problem, where, stack, holder+" has a policy that is not in breakglass.yaml: "+short(arn))
	}
}

// short returns a policy as the file would name it.
func short(arn string) string {
	_, name, _ := strings.Cut(arn, ":iam::aws:policy/")
	return cmp.Or(name, arn)
}
