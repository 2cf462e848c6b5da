package check

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// organization is what Organizations knows.
type organization struct {
	management string
	// above is the parent of an account or a unit.
	above     map[string]string
	delegates []string
	access    cfn.OrganizationStatus
}

const theSet = "BreakGlass-Role-ou-ab12-11111111"

func (w *world) organize() {
	w.units = &organization{
		management: "999999999999",
		above: map[string]string{
			"111111111111": "ou-ab12-99999999", "222222222222": "ou-ab12-99999999", "ou-ab12-99999999": "r-ab12", "ou-ab12-11111111": "r-ab12",
		},
		delegates: []string{"111111111111"}, access: cfn.OrganizationStatusEnabled,
	}
}

func (w *world) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	return answer(w, "DescribeOrganization", &organizations.DescribeOrganizationOutput{Organization: &types.Organization{MasterAccountId: aws.String(w.units.management)}})
}

func (w *world) ListParents(_ context.Context, in *organizations.ListParentsInput, _ ...func(*organizations.Options)) (*organizations.ListParentsOutput, error) {
	above, ok := w.units.above[*in.ChildId]
	if !ok && w.refused["ListParents"] == nil {
		return nil, &types.ChildNotFoundException{}
	}
	return answer(w, "ListParents", &organizations.ListParentsOutput{Parents: []types.Parent{{Id: aws.String(above)}}})
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

func (w *world) DescribeStackResources(context.Context, *cloudformation.DescribeStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackResourcesOutput, error) {
	out := &cloudformation.DescribeStackResourcesOutput{StackResources: []cfn.StackResource{{ResourceType: aws.String("AWS::CDK::Metadata"), PhysicalResourceId: aws.String("1")}}}
	for _, name := range sorted(w.sets) {
		out.StackResources = append(out.StackResources, cfn.StackResource{ResourceType: aws.String("AWS::CloudFormation::StackSet"), PhysicalResourceId: aws.String(name + ":1111-2222")})
	}
	return answer(w, "DescribeStackResources", out)
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
