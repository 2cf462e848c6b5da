package discover

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// Organization is what the caller can see of the account's organization.
type Organization struct {
	// Management is the number of the management account; empty without an organization, or without the permission.
	Management string
	// Accounts are those in use, sorted by number; none without the permission to list them.
	Accounts []Account
	// Notes explain what could not be determined, and why.
	Notes []string
}

// Account is a member of the organization.
type Account struct {
	Number, Name string
}

// OrganizationReader is the part of AWS Organizations that Ask uses. Any member account may describe its organization; only
// the management account and delegated administrators may list the accounts (Organizations API).
type OrganizationReader interface {
	DescribeOrganization(ctx context.Context, in *sdk.DescribeOrganizationInput, options ...func(*sdk.Options)) (*sdk.DescribeOrganizationOutput, error)
	ListAccounts(ctx context.Context, in *sdk.ListAccountsInput, options ...func(*sdk.Options)) (*sdk.ListAccountsOutput, error)
}

// Ask reads what the caller can see of the organization. Denied requests become notes: a file can be written without them.
func Ask(ctx context.Context, client OrganizationReader) Organization {
	var found Organization
	described, err := client.DescribeOrganization(ctx, &sdk.DescribeOrganizationInput{})
	var none *types.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		return found
	case err != nil:
		found.note("whether this is the management account is not known", account.Explain(err, "asking for the organization"))
	case described.Organization != nil:
		found.Management = aws.ToString(described.Organization.MasterAccountId)
	}
	pages := sdk.NewListAccountsPaginator(client, &sdk.ListAccountsInput{})
	for a, err := range whole.Each(ctx, pages, func(page *sdk.ListAccountsOutput) []types.Account { return page.Accounts }) {
		if err != nil {
			found.Accounts = nil
			if !errors.As(err, &none) {
				found.note("the organization's accounts are not known", account.Explain(err, "listing the organization's accounts"))
			}
			break
		}
		if inUse(a) {
			found.Accounts = append(found.Accounts, Account{Number: aws.ToString(a.Id), Name: strings.TrimSpace(aws.ToString(a.Name))})
		}
	}
	slices.SortFunc(found.Accounts, func(a, b Account) int { return strings.Compare(a.Number, b.Number) })
	return found
}

// inUse leaves out accounts that are not active yet, or no longer: these cannot be accessed. One in a state that this version does
// not know stays. Status was retired in September 2026 in
// favour of State (Organizations API, Account); the local AWS has the old one only.
func inUse(a types.Account) bool {
	out := []string{
		string(types.AccountStateSuspended), string(types.AccountStatePendingClosure), string(types.AccountStateClosed), string(types.AccountStatePendingActivation),
	}
	return !slices.Contains(out, cmp.Or(string(a.State), string(a.Status)))
}

func (o *Organization) note(what string, err error) {
	why := err.Error()
	var refused *account.Refusal
	if errors.As(err, &refused) {
		why = refused.What
	}
	o.Notes = append(o.Notes, what+": "+why)
}
