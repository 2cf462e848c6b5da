package check

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/names"
)

// awsManaged are policies of AWS, as far as the requests of the check go.
var awsManaged = map[string]string{
	"AdministratorAccess": `{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`,
	"IAMFullAccess":       `{"Statement": {"Effect": "Allow", "Action": ["iam:*"], "Resource": "*"}}`,
	"ReadOnlyAccess":      `{"Statement": {"Effect": "Allow", "Action": ["*:List*", "*:Describe*", "*:Get*", "*:Lookup*"], "Resource": "*"}}`,
}

// source is a policy in force.
type source struct {
	name string
	kind it.PolicySourceType
	text string
}

func (w *world) managedPolicy(arn string) source {
	name := arn[strings.LastIndex(arn, "/")+1:]
	if strings.Contains(arn, ":iam::aws:") {
		return source{name, it.PolicySourceTypeAwsManaged, awsManaged[name]}
	}
	return source{name, it.PolicySourceTypeUserManaged, w.documents[arn]}
}

// sources returns the policies of a user or role by its ARN, and its boundary.
func (w *world) sources(arn string) (all []source, bounds string, ok bool) {
	attach := func(arns []string) {
		for _, one := range arns {
			all = append(all, w.managedPolicy(one))
		}
	}
	var b *it.AttachedPermissionsBoundary
	for name, u := range w.users {
		if aws.ToString(u.Arn) != arn {
			continue
		}
		ok, b = true, u.PermissionsBoundary
		attach(w.attached[name])
		for _, policy := range w.direct[name] {
			all = append(all, source{policy, it.PolicySourceTypeUser, w.direction[policy]})
		}
		for _, group := range w.memberOf[name] {
			if group == names.Group {
				attach(w.ofGroup)
			} else {
				all = append(all, source{group, it.PolicySourceTypeGroup, w.direction[group]})
			}
		}
	}
	for name, role := range w.roles {
		if aws.ToString(role.Arn) != arn {
			continue
		}
		ok, b = true, role.PermissionsBoundary
		attach(w.ofRole[name])
		for policy, document := range w.inRole[name] {
			all = append(all, source{policy, it.PolicySourceTypeRole, document})
		}
	}
	if b != nil {
		bounds = w.managedPolicy(*b.PermissionsBoundaryArn).text
	}
	return all, bounds, ok
}

// read are the statements of the policies that were simulated, by their text.
var read sync.Map

// statementsIn returns the statements of a policy; one that the world has no text of has none.
func statementsIn(document string) []map[string]any {
	if document == "" || document == "?" {
		return nil
	}
	if known, ok := read.Load(document); ok {
		return known.([]map[string]any)
	}
	all, err := statements(document)
	if err != nil {
		panic(err)
	}
	read.Store(document, all)
	return all
}

// SimulatePrincipalPolicy decides as IAM's simulator does: a key that the request has no value of is absent, and named.
func (w *world) SimulatePrincipalPolicy(_ context.Context, in *iam.SimulatePrincipalPolicyInput, _ ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error) {
	all, bounds, ok := w.sources(*in.PolicySourceArn)
	if !ok && w.refused["SimulatePrincipalPolicy"] == nil {
		return nil, noSuchEntity
	}
	given := map[string][]string{}
	for _, entry := range in.ContextEntries {
		given[strings.ToLower(*entry.ContextKeyName)] = entry.ContextKeyValues
	}
	var results []it.EvaluationResult
	for _, action := range in.ActionNames {
		if strings.Contains(action, "*") {
			return nil, &it.InvalidInputException{Message: aws.String("Invalid action " + action)}
		}
		for _, resource := range in.ResourceArns {
			results = append(results, w.simulateOne(all, bounds, accountOf(*in.PolicySourceArn), request{action: action, resource: resource, context: given}))
		}
	}
	page, next := paged(w, results, in.Marker)
	return answer(w, "SimulatePrincipalPolicy", &iam.SimulatePrincipalPolicyOutput{EvaluationResults: page, Marker: next, IsTruncated: next != nil})
}

func (w *world) simulateOne(all []source, bounds, account string, q request) it.EvaluationResult {
	out := it.EvaluationResult{
		EvalActionName: aws.String(q.action), EvalResourceName: aws.String(q.resource), EvalDecision: it.PolicyEvaluationDecisionTypeImplicitDeny,
	}
	// decide returns whether the statements with an effect apply, as if a key that is not given were absent.
	decideOn := func(statement map[string]any) bool {
		full := request{action: q.action, resource: q.resource, context: map[string][]string{}}
		for key, values := range q.context {
			full.context[key] = values
		}
		for {
			r := full.applies(statement)
			if r.verdict != perhaps {
				return r.verdict == yes
			}
			for _, key := range r.on {
				full.context[strings.ToLower(key)] = nil
				out.MissingContextValues = union(out.MissingContextValues, []string{key})
			}
		}
	}
	within := func(document string) bool {
		allowed := false
		for _, s := range statementsIn(document) {
			if decideOn(s) {
				if s["Effect"] == "Deny" {
					return false
				}
				allowed = true
			}
		}
		return allowed
	}
	if w.units != nil && account != w.units.management {
		out.OrganizationsDecisionDetail = &it.OrganizationsDecisionDetail{AllowedByOrganizations: true}
		for at := account; at != ""; at = w.units.above[at] {
			level := ""
			for _, id := range w.units.attached[at] {
				if p := w.units.policies[id]; p.kind == serviceControl {
					for _, statement := range statementsIn(p.document) {
						level += text(statement) + ","
					}
				}
			}
			if level != "" && !within(`{"Statement": [`+strings.Trim(level, ",")+`]}`) {
				out.OrganizationsDecisionDetail.AllowedByOrganizations = false
				return out
			}
		}
	}
	for _, policy := range all {
		for i, s := range statementsIn(policy.text) {
			if !decideOn(s) {
				continue
			}
			matched := it.Statement{
				SourcePolicyId: aws.String(policy.name), SourcePolicyType: policy.kind, StartPosition: &it.Position{Line: int32(10*i + 1)},
				EndPosition: &it.Position{Line: int32(10*i + 9)},
			}
			if s["Effect"] == "Deny" {
				out.EvalDecision, out.MatchedStatements = it.PolicyEvaluationDecisionTypeExplicitDeny, []it.Statement{matched}
				return out
			}
			out.EvalDecision, out.MatchedStatements = it.PolicyEvaluationDecisionTypeAllowed, append(out.MatchedStatements, matched)
		}
	}
	if bounds != "" {
		out.PermissionsBoundaryDecisionDetail = &it.PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: within(bounds)}
		if !out.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary {
			out.EvalDecision, out.MatchedStatements = it.PolicyEvaluationDecisionTypeImplicitDeny, nil
		}
	}
	return out
}
