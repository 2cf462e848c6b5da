package check

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/place"
)

// organizationJob reads the policies of the organization, where these credentials or those of the management account may, and reports
// what of them is in the way. Where they may not, it says so: that is no problem, since few accounts may.
func (r *run) organizationJob(ctx context.Context) []*result {
	if !r.isThere(r.ownStack()) {
		return nil
	}
	out := of("way")
	client := organizationsIn(r.hub)
	about, err := client.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var none *types.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		out.fine("", "the hub account is in no organization")
		return []*result{out}
	case mayNot(err):
		out.note("", "whether the policies of an organization are in the way is not checked: the permission organizations:DescribeOrganization is missing",
			"grant it to these credentials")
		return []*result{out}
	case err != nil:
		out.unanswered("", "the organization of the hub account", err)
		return []*result{out}
	}
	management, id := aws.ToString(about.Organization.MasterAccountId), aws.ToString(about.Organization.Id)
	ids := []string{r.account()}
	for _, t := range r.config.Targets {
		ids = union(ids, []string{t.Account})
	}
	for _, u := range r.config.Units {
		ids = append(ids, u.OrganizationalUnit)
	}
	read, err := readControls(ctx, client, ids)
	if mayNot(err) && management != r.account() {
		if cfg, failed := r.Keys.In(ctx, management, r.config.Hub.Region); failed == nil {
			read, err = readControls(ctx, organizationsIn(cfg), ids)
		}
	}
	switch {
	case mayNot(err):
		out.note("", "service and resource control policies of the organization are not read: only its management account and delegated administrators may. "+
			"The simulation of the users and roles considers the service control policies, and does not say which one denies; nothing considers the others",
			"pass --account-profile "+management+"=PROFILE, with a profile that may read them")
		return []*result{out}
	case err != nil:
		out.unanswered("", "the policies of the organization", err)
		return []*result{out}
	}
	for _, account := range ids {
		if isAccount(account) && len(read.path(account)) == 0 && account != management { // a unit that is not there is a finding on it
			out.note(account, "not in the organization of the hub account: the policies of its own organization are not checked", "")
		}
	}
	out.add(r.barriers(read, management, id))
	if out.well() {
		n := map[string]bool{}
		for _, attached := range read.at {
			for _, c := range attached {
				n[c.id] = true
			}
		}
		out.fine("", fmt.Sprintf("none of %d policies of the organization is in the way", len(n)))
	}
	return []*result{out}
}

// organizationsIn returns a client of Organizations, which has one Region.
func organizationsIn(cfg aws.Config) *organizations.Client {
	global := cfg.Copy()
	global.Region = place.GlobalRegion
	return organizations.NewFromConfig(global, func(o *organizations.Options) { o.APIOptions = append(o.APIOptions, paced(callsAtOnce)) })
}
