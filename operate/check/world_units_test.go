package check

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/names"
)

// organization is what Organizations knows.
type organization struct {
	management string
	// above is the parent of an account or a unit.
	above     map[string]string
	suspended map[string]bool
	delegates []string
	access    cfn.OrganizationStatus
	// policies are the control policies by their ID, and attached those of an account, a unit or the root.
	policies map[string]controlPolicy
	attached map[string][]string
}

type controlPolicy struct {
	kind           types.PolicyType
	name, document string
}

const serviceControl, resourceControl = types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy

// control attaches a control policy to an account, a unit or the root.
func (o *organization) control(at, id string, kind types.PolicyType, name, document string) {
	o.policies[id] = controlPolicy{kind, name, document}
	o.attached[at] = append(o.attached[at], id)
}

const theSet = "BreakGlass-Role-ou-ab12-11111111"

func (w *world) organize() {
	w.units = &organization{
		management: "999999999999",
		above: map[string]string{
			"111111111111": "ou-ab12-99999999", "222222222222": "ou-ab12-99999999", "ou-ab12-99999999": "r-ab12", "ou-ab12-11111111": "r-ab12",
			"333333333331": "ou-ab12-11111111", "333333333332": "ou-ab12-22222222", "ou-ab12-22222222": "ou-ab12-11111111",
		},
		suspended: map[string]bool{},
		delegates: []string{"111111111111"}, access: cfn.OrganizationStatusEnabled,
		policies: map[string]controlPolicy{}, attached: map[string][]string{},
	}
	everything := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}`
	for _, at := range append(sorted(w.units.above), "r-ab12") {
		w.units.control(at, "p-FullAWSAccess", serviceControl, "FullAWSAccess", strings.Replace(everything, `"Principal": "*", `, "", 1))
		w.units.control(at, "p-RCPFullAWSAccess", resourceControl, "RCPFullAWSAccess", everything)
	}
}

func (w *world) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	return answer(w, "DescribeOrganization",
		&organizations.DescribeOrganizationOutput{Organization: &types.Organization{Id: aws.String("o-ab12cd34ef"), MasterAccountId: aws.String(w.units.management)}})
}

func (w *world) ListParents(_ context.Context, in *organizations.ListParentsInput, _ ...func(*organizations.Options)) (*organizations.ListParentsOutput, error) {
	above, ok := w.units.above[*in.ChildId]
	if !ok && w.refused["ListParents"] == nil {
		return nil, &types.ChildNotFoundException{}
	}
	out := &organizations.ListParentsOutput{}
	out.Parents, out.NextToken = stub.Page([]types.Parent{{Id: aws.String(above)}}, in.NextToken)
	return answer(w, "ListParents", out)
}

// below returns the children of a unit that are accounts, or that are units.
func (o *organization) below(unit string, units bool) (all []string) {
	for _, child := range sorted(o.above) {
		if o.above[child] == unit && strings.HasPrefix(child, "ou-") == units {
			all = append(all, child)
		}
	}
	return all
}

func (w *world) ListAccountsForParent(_ context.Context, in *organizations.ListAccountsForParentInput, _ ...func(*organizations.Options)) (*organizations.ListAccountsForParentOutput, error) {
	out := &organizations.ListAccountsForParentOutput{}
	accounts, next := paged(w, w.units.below(*in.ParentId, false), in.NextToken)
	for _, id := range accounts {
		state := types.AccountStateActive
		if w.units.suspended[id] {
			state = types.AccountStateSuspended
		}
		out.Accounts = append(out.Accounts, types.Account{Id: aws.String(id), State: state})
	}
	out.NextToken = next
	return answer(w, "ListAccountsForParent", out)
}

func (w *world) ListOrganizationalUnitsForParent(_ context.Context, in *organizations.ListOrganizationalUnitsForParentInput, _ ...func(*organizations.Options)) (*organizations.ListOrganizationalUnitsForParentOutput, error) {
	out := &organizations.ListOrganizationalUnitsForParentOutput{}
	units, next := paged(w, w.units.below(*in.ParentId, true), in.NextToken)
	for _, id := range units {
		out.OrganizationalUnits = append(out.OrganizationalUnits, types.OrganizationalUnit{Id: aws.String(id)})
	}
	out.NextToken = next
	return answer(w, "ListOrganizationalUnitsForParent", out)
}

func (w *world) ListDelegatedAdministrators(_ context.Context, in *organizations.ListDelegatedAdministratorsInput, _ ...func(*organizations.Options)) (*organizations.ListDelegatedAdministratorsOutput, error) {
	out := &organizations.ListDelegatedAdministratorsOutput{}
	delegates, next := paged(w, w.units.delegates, in.NextToken)
	for _, account := range delegates {
		out.DelegatedAdministrators = append(out.DelegatedAdministrators, types.DelegatedAdministrator{Id: aws.String(account)})
	}
	out.NextToken = next
	return answer(w, "ListDelegatedAdministrators", out)
}

func (w *world) DescribeOrganizationsAccess(context.Context, *cloudformation.DescribeOrganizationsAccessInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeOrganizationsAccessOutput, error) {
	return answer(w, "DescribeOrganizationsAccess", &cloudformation.DescribeOrganizationsAccessOutput{Status: w.units.access})
}

func (w *world) DescribeStackSet(_ context.Context, in *cloudformation.DescribeStackSetInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStackSetOutput, error) {
	set := w.sets[*in.StackSetName]
	if set == nil {
		return nil, &cfn.StackSetNotFoundException{}
	}
	return answer(w, "DescribeStackSet", &cloudformation.DescribeStackSetOutput{StackSet: set})
}

func (w *world) ListStackInstances(_ context.Context, in *cloudformation.ListStackInstancesInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackInstancesOutput, error) {
	out := &cloudformation.ListStackInstancesOutput{}
	out.Summaries, out.NextToken = paged(w, w.instances[*in.StackSetName], in.NextToken)
	return answer(w, "ListStackInstances", out)
}

func (w *world) ListStackSetOperations(_ context.Context, in *cloudformation.ListStackSetOperationsInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackSetOperationsOutput, error) {
	out := &cloudformation.ListStackSetOperationsOutput{}
	out.Summaries, out.NextToken = paged(w, w.changes[*in.StackSetName], in.NextToken)
	return answer(w, "ListStackSetOperations", out)
}

func (w *world) ListStackResources(_ context.Context, in *cloudformation.ListStackResourcesInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error) {
	if w.stacks[*in.StackName] == nil {
		return nil, doesNotExist(*in.StackName)
	}
	var all []cfn.StackResourceSummary
	for _, id := range w.owns[*in.StackName] {
		all = append(all, cfn.StackResourceSummary{PhysicalResourceId: aws.String(id)})
	}
	if strings.HasPrefix(*in.StackName, names.StackSetStack) {
		all = append(all, cfn.StackResourceSummary{ResourceType: aws.String("AWS::CDK::Metadata"), PhysicalResourceId: aws.String("1")})
		for _, name := range sorted(w.sets) {
			all = append(all, cfn.StackResourceSummary{ResourceType: aws.String("AWS::CloudFormation::StackSet"), PhysicalResourceId: aws.String(name + ":1111-2222")})
		}
	}
	out := &cloudformation.ListStackResourcesOutput{}
	out.StackResourceSummaries, out.NextToken = paged(w, all, in.NextToken)
	return answer(w, "ListStackResources", out)
}

func (w *world) ListPoliciesForTarget(_ context.Context, in *organizations.ListPoliciesForTargetInput, _ ...func(*organizations.Options)) (*organizations.ListPoliciesForTargetOutput, error) {
	var ids []string
	for _, id := range w.units.attached[*in.TargetId] {
		if w.units.policies[id].kind == in.Filter {
			ids = append(ids, id)
		}
	}
	out := &organizations.ListPoliciesForTargetOutput{}
	page, next := paged(w, ids, in.NextToken)
	for _, id := range page {
		out.Policies = append(out.Policies, types.PolicySummary{Id: aws.String(id), Type: in.Filter})
	}
	out.NextToken = next
	return answer(w, "ListPoliciesForTarget", out)
}

func (w *world) DescribePolicy(_ context.Context, in *organizations.DescribePolicyInput, _ ...func(*organizations.Options)) (*organizations.DescribePolicyOutput, error) {
	p, ok := w.units.policies[*in.PolicyId]
	if !ok {
		return nil, &types.PolicyNotFoundException{}
	}
	return answer(w, "DescribePolicy", &organizations.DescribePolicyOutput{Policy: &types.Policy{
		Content: aws.String(p.document), PolicySummary: &types.PolicySummary{Id: in.PolicyId, Name: aws.String(p.name), Type: p.kind},
	}})
}
