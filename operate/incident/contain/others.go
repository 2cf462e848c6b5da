package contain

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/whole"
)

// others returns the IDs of other incidents whose policies are there, sorted. An account that cannot be read has no say; the error is for
// accounts of which none can be read.
func (r *run) others(ctx context.Context) ([]string, error) {
	var names []string
	var failed error
	all := fan.Out(ctx, accountsOf(r.Config), fan.Bound, r.listed, nil)
	read := len(all) == 0
	for _, of := range all {
		if of.Err != nil {
			failed = of.Err
			continue
		}
		read = true
		names = append(names, of.Value...)
	}
	if !read {
		return nil, failed
	}
	names = append(names, r.controlNames(ctx)...)
	var ids []string
	for _, name := range names {
		for _, prefix := range []string{PolicyName + "-", revokePolicy + "-"} {
			if id, ok := strings.CutPrefix(name, prefix); ok && id != r.Incident {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), ctx.Err()
}

// listed returns the names of the inline policies of the role in an account; none if it is not there.
func (r *run) listed(ctx context.Context, number string) (names []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	api, err := r.iamOf(ctx, number)
	if err != nil {
		return nil, err
	}
	names, err = whole.Pages(ctx, iam.NewListRolePoliciesPaginator(api, &iam.ListRolePoliciesInput{RoleName: aws.String(r.Config.Role.Name)}),
		func(page *iam.ListRolePoliciesOutput) []string { return page.PolicyNames })
	if missing(err) {
		return nil, nil
	}
	return names, err
}

// controlNames returns the names of the service control policies, where the management account was entered.
func (r *run) controlNames(ctx context.Context) (names []string) {
	if r.organization == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	pages := organizations.NewListPoliciesPaginator(r.organization, &organizations.ListPoliciesInput{Filter: types.PolicyTypeServiceControlPolicy})
	for p, err := range whole.Each(ctx, pages, func(page *organizations.ListPoliciesOutput) []types.PolicySummary { return page.Policies }) {
		if err != nil {
			return names // half a list may name an incident, too
		}
		names = append(names, aws.ToString(p.Name))
	}
	return names
}
