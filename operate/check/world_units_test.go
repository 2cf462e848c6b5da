package check

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

// organization is what Organizations knows.
type organization struct {
	management string
	// above is what an account or a unit lies in.
	above     map[string]string
	delegates []string
	access    cfn.OrganizationStatus
}

const theSet = "BreakGlassRole-ou-ab12-11111111"

func (w *world) organize() {
	w.units = &organization{
		management: "999999999999",
		above: map[string]string{
			"111111111111": "ou-ab12-99999999", "222222222222": "ou-ab12-99999999", "ou-ab12-99999999": "r-ab12", "ou-ab12-11111111": "r-ab12",
		},
		delegates: []string{"111111111111"}, access: cfn.OrganizationStatusEnabled,
	}
	w.sets = map[string]*cfn.StackSet{theSet: {
		StackSetName: aws.String(theSet), OrganizationalUnitIds: []string{"ou-ab12-11111111"},
		AutoDeployment: &cfn.AutoDeployment{Enabled: aws.Bool(true), RetainStacksOnAccountRemoval: aws.Bool(true)},
	}}
	w.instances = []cfn.StackInstanceSummary{
		{Account: aws.String("333333333331"), Region: aws.String(hub), Status: cfn.StackInstanceStatusCurrent},
		{Account: aws.String("333333333332"), Region: aws.String(hub), Status: cfn.StackInstanceStatusCurrent},
	}
	w.changes = []cfn.StackSetOperationSummary{{Action: cfn.StackSetOperationActionCreate, Status: cfn.StackSetOperationStatusSucceeded, OperationId: aws.String("1")}}
	// EventBridge gives an account back by the ARN of its root.
	w.bus = ""
	if w.s.hubStack(w.region) != "" && len(w.s.config.Observers.Regions) > 0 {
		w.bus = text(asRoots(w.s.in(w.region), w.s.config.BusPolicy(w.region)))
	}
	w.roles[names.ObserverRole] = &it.Role{AssumeRolePolicyDocument: aws.String(text(access.TrustEventBridge()))}
	w.inRole[names.ObserverRole] = map[string]string{names.ObserverPolicy: text(access.Observe([]string{
		w.s.in("us-east-1").Bus(), w.s.in("us-west-2").Bus(),
	}))}
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
	for _, account := range w.units.delegates {
		out.DelegatedAdministrators = append(out.DelegatedAdministrators, types.DelegatedAdministrator{Id: aws.String(account)})
	}
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

// ListStackInstances gives one a page, so that every page is read.
func (w *world) ListStackInstances(_ context.Context, in *cloudformation.ListStackInstancesInput, _ ...func(*cloudformation.Options)) (*cloudformation.ListStackInstancesOutput, error) {
	i := slices.IndexFunc(w.instances, func(s cfn.StackInstanceSummary) bool { return in.NextToken == nil || *s.Account == *in.NextToken })
	out := &cloudformation.ListStackInstancesOutput{}
	if i >= 0 {
		out.Summaries = w.instances[i : i+1]
		if i+1 < len(w.instances) {
			out.NextToken = w.instances[i+1].Account
		}
	}
	return answer(w, "ListStackInstances", out)
}

func (w *world) ListStackSetOperations(context.Context, *cloudformation.ListStackSetOperationsInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackSetOperationsOutput, error) {
	return answer(w, "ListStackSetOperations", &cloudformation.ListStackSetOperationsOutput{Summaries: w.changes})
}
