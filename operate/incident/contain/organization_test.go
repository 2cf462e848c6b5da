package contain

import (
	"context"
	"maps"
	"slices"
	"strings"

	"example.com/breakglass/internal/stub"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

// organization is the organization of the accounts.
type organization struct{ *cloud }

func (o organization) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("DescribeOrganization", management); err != nil {
		return nil, err
	}
	return &organizations.DescribeOrganizationOutput{Organization: &types.Organization{MasterAccountId: aws.String(o.management)}}, nil
}

func (o organization) ListPolicies(_ context.Context, in *organizations.ListPoliciesInput, _ ...func(*organizations.Options)) (*organizations.ListPoliciesOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("ListPolicies", management); err != nil {
		return nil, err
	}
	if in.NextToken == nil {
		return &organizations.ListPoliciesOutput{
			NextToken: aws.String("1"), Policies: []types.PolicySummary{{Id: aws.String("p-FullAWSAccess"), Name: aws.String("FullAWSAccess")}},
		}, nil
	}
	out := &organizations.ListPoliciesOutput{}
	for id := range o.controls {
		out.Policies = append(out.Policies, types.PolicySummary{Id: aws.String(id), Name: aws.String(strings.TrimPrefix(id, "p-"))})
	}
	return out, nil
}

func (o organization) DescribePolicy(_ context.Context, in *organizations.DescribePolicyInput, _ ...func(*organizations.Options)) (*organizations.DescribePolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("DescribePolicy", management); err != nil {
		return nil, err
	}
	return &organizations.DescribePolicyOutput{Policy: &types.Policy{Content: aws.String(o.controls[*in.PolicyId])}}, nil
}

func (o organization) CreatePolicy(_ context.Context, in *organizations.CreatePolicyInput, _ ...func(*organizations.Options)) (*organizations.CreatePolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("CreatePolicy", management); err != nil {
		return nil, err
	}
	if len(*in.Content) > 5120 {
		return nil, &types.ConstraintViolationException{Reason: types.ConstraintViolationExceptionReasonPolicyContentLimitExceeded}
	}
	id := "p-" + *in.Name
	o.controls[id] = *in.Content
	return &organizations.CreatePolicyOutput{Policy: &types.Policy{PolicySummary: &types.PolicySummary{Id: aws.String(id)}}}, nil
}

func (o organization) UpdatePolicy(_ context.Context, in *organizations.UpdatePolicyInput, _ ...func(*organizations.Options)) (*organizations.UpdatePolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("UpdatePolicy", management); err != nil {
		return nil, err
	}
	o.controls[*in.PolicyId] = *in.Content
	return &organizations.UpdatePolicyOutput{}, nil
}

func (o organization) DeletePolicy(_ context.Context, in *organizations.DeletePolicyInput, _ ...func(*organizations.Options)) (*organizations.DeletePolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("DeletePolicy", management); err != nil {
		return nil, err
	}
	if len(o.targets[*in.PolicyId]) > 0 {
		return nil, &types.PolicyInUseException{}
	}
	delete(o.controls, *in.PolicyId)
	return &organizations.DeletePolicyOutput{}, nil
}

func (o organization) AttachPolicy(_ context.Context, in *organizations.AttachPolicyInput, _ ...func(*organizations.Options)) (*organizations.AttachPolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("AttachPolicy", management); err != nil {
		return nil, err
	}
	if slices.Contains(o.targets[*in.PolicyId], *in.TargetId) {
		return nil, &types.DuplicatePolicyAttachmentException{}
	}
	o.targets[*in.PolicyId] = append(o.targets[*in.PolicyId], *in.TargetId)
	return &organizations.AttachPolicyOutput{}, o.done("AttachPolicy", management)
}

func (o organization) DetachPolicy(_ context.Context, in *organizations.DetachPolicyInput, _ ...func(*organizations.Options)) (*organizations.DetachPolicyOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("DetachPolicy", management); err != nil {
		return nil, err
	}
	if !slices.Contains(o.targets[*in.PolicyId], *in.TargetId) {
		return nil, &types.PolicyNotAttachedException{}
	}
	o.targets[*in.PolicyId] = slices.DeleteFunc(o.targets[*in.PolicyId], func(id string) bool { return id == *in.TargetId })
	return &organizations.DetachPolicyOutput{}, nil
}

func (o organization) ListPoliciesForTarget(_ context.Context, in *organizations.ListPoliciesForTargetInput, _ ...func(*organizations.Options)) (*organizations.ListPoliciesForTargetOutput, error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if err := o.enter("ListPoliciesForTarget", management); err != nil {
		return nil, err
	}
	out := &organizations.ListPoliciesForTargetOutput{}
	for _, id := range slices.Sorted(maps.Keys(o.targets)) {
		if slices.Contains(o.targets[id], *in.TargetId) {
			out.Policies = append(out.Policies, types.PolicySummary{Id: aws.String(id)})
		}
	}
	out.Policies, out.NextToken = stub.Page(out.Policies, in.NextToken)
	return out, nil
}
