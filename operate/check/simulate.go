package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/whole"
)

type simulateAPI interface {
	SimulatePrincipalPolicy(context.Context, *iam.SimulatePrincipalPolicyInput, ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error)
}

// cause is what denies a simulated request.
type cause int

const (
	// noneAllows means that nothing allows it.
	noneAllows cause = iota
	// policyDenies means that a statement of one of the identity's policies denies it.
	policyDenies
	boundaryDenies
	organizationDenies
)

// denial is a simulated request that IAM would refuse.
type denial struct {
	action, resource string
	cause            cause
	// statements says which statements deny it, as far as IAM tells.
	statements []string
	// unknown are the condition keys that decide it and have no value before somebody acts.
	unknown []string
}

// why returns the reason in the words of a finding.
func (d denial) why() string {
	reason := map[cause]string{
		noneAllows: "no policy allows it", policyDenies: "a policy denies it", boundaryDenies: "the permissions boundary does not allow it",
		organizationDenies: "a service control policy of the organization does not allow it",
	}[d.cause]
	if len(d.statements) > 0 {
		reason += " (" + strings.Join(d.statements, ", ") + ")"
	}
	if len(d.unknown) > 0 {
		reason += ", depending on " + strings.Join(d.unknown, ", ")
	}
	return reason
}

// resourcesAtOnce are the resources of one simulation.
const resourcesAtOnce = 50

// simulate asks IAM what it would decide on each of the actions, on each of the resources, and returns what it would deny. IAM
// takes the policies that are attached to the identity or its groups, its boundary, and the service control policies of its account,
// but no trust policy and no resource control policy (IAM API reference, SimulatePrincipalPolicy).
func simulate(ctx context.Context, api simulateAPI, identity string, actions, resources []string, values map[string]string) ([]denial, error) {
	var entries []types.ContextEntry
	for _, key := range sorted(values) {
		kind := types.ContextKeyTypeEnumString
		switch values[key] {
		case "true", "false":
			kind = types.ContextKeyTypeEnumBoolean
		}
		entries = append(entries, types.ContextEntry{ContextKeyName: aws.String(key), ContextKeyType: kind, ContextKeyValues: []string{values[key]}})
	}
	type answer struct {
		denied []denial
		err    error
	}
	var all []denial
	for _, a := range each(slices.Collect(slices.Chunk(resources, resourcesAtOnce)), callsAtOnce, func(some []string) answer {
		var found []denial
		pages := iam.NewSimulatePrincipalPolicyPaginator(api, &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String(identity), ActionNames: actions, ResourceArns: some, ContextEntries: entries,
		})
		evaluationResults := func(page *iam.SimulatePrincipalPolicyOutput) []types.EvaluationResult { return page.EvaluationResults }
		for r, err := range whole.Each(ctx, pages, evaluationResults) {
			if err != nil {
				return answer{err: err}
			}
			found = append(found, denials(r)...)
		}
		return answer{denied: found}
	}) {
		if a.err != nil {
			return nil, a.err
		}
		all = append(all, a.denied...)
	}
	return all, nil
}

// denials returns what a result denies: for its resource or, where it has results of several, for each of them.
func denials(r types.EvaluationResult) (all []denial) {
	organizations := r.OrganizationsDecisionDetail
	add := func(resource *string, decision types.PolicyEvaluationDecisionType, bounds *types.PermissionsBoundaryDecisionDetail, matched []types.Statement, missing []string) {
		if decision == types.PolicyEvaluationDecisionTypeAllowed {
			return
		}
		d := denial{action: aws.ToString(r.EvalActionName), resource: aws.ToString(resource), unknown: missing}
		switch {
		case organizations != nil && !organizations.AllowedByOrganizations:
			d.cause = organizationDenies
		case decision == types.PolicyEvaluationDecisionTypeExplicitDeny && len(matched) > 0:
			d.cause = policyDenies
		case bounds != nil && !bounds.AllowedByPermissionsBoundary:
			d.cause = boundaryDenies
		case decision == types.PolicyEvaluationDecisionTypeExplicitDeny:
			d.cause = policyDenies
		}
		if d.cause == policyDenies {
			for _, s := range matched {
				d.statements = append(d.statements, location(s))
			}
		}
		all = append(all, d)
	}
	if len(r.ResourceSpecificResults) == 0 {
		add(r.EvalResourceName, r.EvalDecision, r.PermissionsBoundaryDecisionDetail, r.MatchedStatements, r.MissingContextValues)
	}
	for _, one := range r.ResourceSpecificResults {
		bounds := one.PermissionsBoundaryDecisionDetail
		if bounds == nil {
			bounds = r.PermissionsBoundaryDecisionDetail
		}
		add(one.EvalResourceName, one.EvalResourceDecision, bounds, one.MatchedStatements, union(slices.Clone(one.MissingContextValues), r.MissingContextValues))
	}
	return all
}

// location says where a statement is: in which policy, and at which lines of it.
func location(s types.Statement) string {
	where := aws.ToString(s.SourcePolicyId)
	if where == "" {
		where = "a policy"
	}
	if s.SourcePolicyType != "" && s.SourcePolicyType != types.PolicySourceTypeNone {
		where = fmt.Sprintf("%s policy %s", s.SourcePolicyType, where)
	}
	if from, to := s.StartPosition, s.EndPosition; from != nil && to != nil && from.Line > 0 {
		where += fmt.Sprintf(", lines %d-%d", from.Line, to.Line)
	}
	return where
}
