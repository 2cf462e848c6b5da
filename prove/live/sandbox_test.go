package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cf "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"
)

const member = "111111111111"

// cloud is an account as the sandbox asks it. Its stacks come one a page, as AWS may send them.
type cloud struct {
	management string // empty: no organization
	refused    error
	user, role bool
	stacks     map[string][]string
	denied     string // a Region that does not answer
	region     string
}

func (c cloud) DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error) {
	switch {
	case c.refused != nil:
		return nil, c.refused
	case c.management == "":
		return nil, &orgtypes.AWSOrganizationsNotInUseException{}
	}
	return &organizations.DescribeOrganizationOutput{Organization: &orgtypes.Organization{
		Id: aws.String("o-example"), MasterAccountId: aws.String(c.management),
	}}, nil
}

func (c cloud) GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error) {
	if !c.user {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	return &iam.GetUserOutput{}, nil
}

func (c cloud) GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error) {
	if !c.role {
		return nil, &iamtypes.NoSuchEntityException{}
	}
	return &iam.GetRoleOutput{}, nil
}

func (c cloud) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	if c.region == c.denied {
		return nil, errors.New("denied by a policy of the organization")
	}
	left := c.stacks[c.region]
	for i, name := range left {
		if in.NextToken == nil || *in.NextToken == name {
			out := &cloudformation.DescribeStacksOutput{Stacks: []cf.Stack{{StackName: aws.String(name), StackStatus: cf.StackStatusCreateComplete}}}
			if i+1 < len(left) {
				out.NextToken = aws.String(left[i+1])
			}
			return out, nil
		}
	}
	return &cloudformation.DescribeStacksOutput{}, nil
}

func TestOnlyAnEmptySandboxIsUsed(t *testing.T) {
	for _, c := range []struct {
		name  string
		cloud cloud
		// why is part of the refusal; empty means that the account is used.
		why string
	}{
		{"no organization", cloud{}, ""},
		{"a member", cloud{management: "222222222222"}, ""},
		{"bootstrapped, below a landing zone", cloud{stacks: map[string][]string{hubRegion: {"CDKToolkit", "StackSet-AWSControlTower-1"}}}, ""},
		{"a Region that nobody may use", cloud{denied: "sa-east-1"}, ""},
		{"the management account", cloud{management: member}, "management account of o-example"},
		{"nobody may ask", cloud{refused: errors.New("no")}, "organizations:DescribeOrganization"},
		{"the project, by its user", cloud{user: true}, "BreakglassUser"},
		{"the project, by its role", cloud{role: true}, "BreakGlassRole"},
		{"a workload", cloud{stacks: map[string][]string{hubRegion: {"CDKToolkit", "Shop"}}}, "Shop in us-east-1"},
		{"a workload elsewhere", cloud{stacks: map[string][]string{"sa-east-1": {"Shop"}}}, "Shop in sa-east-1"},
		{"a Region of the trial does not answer", cloud{denied: standbyRegion}, "denied by a policy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := sandbox{
				number: member, regions: []string{hubRegion, standbyRegion, "sa-east-1"}, used: []string{hubRegion, standbyRegion},
				users: c.cloud, organization: c.cloud,
				stacks: func(region string) stackAPI { here := c.cloud; here.region = region; return here },
			}.fit(t.Context())
			switch {
			case c.why == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)):
				t.Errorf("got %v, want %q", err, c.why)
			}
		})
	}
}
