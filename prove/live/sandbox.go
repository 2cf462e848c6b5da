package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cf "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/whole"
)

// stackAPI, userAPI and organizationAPI are what is asked before anything changes.
type stackAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

type userAPI interface {
	GetUser(context.Context, *iam.GetUserInput, ...func(*iam.Options)) (*iam.GetUserOutput, error)
	GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
}

type organizationAPI interface {
	DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error)
}

// sandbox is an account that is about to be used for the trial.
type sandbox struct {
	number string
	// regions are those that are searched; used, of these, must answer: a policy may deny the others.
	regions, used []string
	stacks        func(region string) stackAPI
	users         userAPI
	organization  organizationAPI
}

// fit returns why an account must not be used; nil if it may.
func (s sandbox) fit(ctx context.Context) error {
	if err := s.member(ctx); err != nil {
		return err
	}
	if err := s.fresh(ctx); err != nil {
		return err
	}
	return s.empty(ctx)
}

// member refuses the management account of an organization: no policy of the organization binds it, and what happens there
// concerns every account.
func (s sandbox) member(ctx context.Context) error {
	out, err := s.organization.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var none *orgtypes.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		return nil
	case err != nil:
		return fmt.Errorf("whether %s is a management account is unknown: %w; allow organizations:DescribeOrganization", s.number,
			account.Explain(err, "asking for the organization"))
	case aws.ToString(out.Organization.MasterAccountId) == s.number:
		return fmt.Errorf("%s is the management account of %s: use a member account without anything in it", s.number, aws.ToString(out.Organization.Id))
	}
	return nil
}

// fresh refuses an account in which the users or the role of this project exist: the removal at the end would take them away.
func (s sandbox) fresh(ctx context.Context) error {
	_, err := s.users.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(config.DefaultUser)})
	if err == nil {
		return s.taken("the user " + config.DefaultUser)
	}
	var none *iamtypes.NoSuchEntityException
	if !errors.As(err, &none) {
		return account.Explain(err, "looking for the emergency user")
	}
	_, err = s.users.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(config.DefaultRole)})
	if err == nil {
		return s.taken("the role " + config.DefaultRole)
	}
	if !errors.As(err, &none) {
		return account.Explain(err, "looking for the role")
	}
	return nil
}

func (s sandbox) taken(what string) error {
	return fmt.Errorf("%s has %s: the project is deployed there, and the removal at the end would take it away; if an interrupted make live has left it, remove it with breakglass destroy and the file that it named", s.number, what)
}

// tolerated begin the names of stacks that an empty account has: those of the CDK's bootstrap and of a landing zone.
var tolerated = []string{"CDKToolkit", "StackSet-", "AWSControlTower", "SC-"}

// empty refuses an account that somebody works in, as far as CloudFormation shows it.
func (s sandbox) empty(ctx context.Context) error {
	var found []string
	for _, r := range fan.Out(ctx, s.regions, fan.Bound, s.foreign, nil) {
		if r.Err != nil && slices.Contains(s.used, r.Key) {
			return account.Explain(r.Err, "looking for stacks in "+r.Key)
		}
		found = append(found, r.Value...)
	}
	if len(found) == 0 {
		return nil
	}
	const shown = 5
	text := strings.Join(found[:min(shown, len(found))], ", ")
	if more := len(found) - shown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Errorf("%s is no empty sandbox: it has the stack(s) %s; use an account without anything in it", s.number, text)
}

// foreign returns the stacks of a Region that are not those of an empty account.
func (s sandbox) foreign(ctx context.Context, region string) (found []string, err error) {
	pages := cloudformation.NewDescribeStacksPaginator(s.stacks(region), &cloudformation.DescribeStacksInput{})
	for stack, err := range whole.Each(ctx, pages, func(page *cloudformation.DescribeStacksOutput) []cf.Stack { return page.Stacks }) {
		if err != nil {
			return nil, err
		}
		name := aws.ToString(stack.StackName)
		known := slices.ContainsFunc(tolerated, func(begin string) bool { return strings.HasPrefix(name, begin) })
		if !known && stack.StackStatus != cf.StackStatusDeleteComplete {
			found = append(found, name+" in "+region)
		}
	}
	return found, nil
}
