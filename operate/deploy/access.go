package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	orgtypes "github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// Refusal is an account that the caller cannot access; with deploy.access bootstrap it is one Region of it.
type Refusal struct {
	Account string `json:"account"`
	Region  string `json:"region,omitempty"`
	Reason  string `json:"reason"`
}

// Access tries to access each account of the stacks, and changes nothing. step is called for each.
func Access(ctx context.Context, keys *account.Keys, c *config.Config, stacks []plan.Placement, step func(string)) []Refusal {
	places := map[string]plan.Placement{}
	var names []string
	for _, at := range stacks {
		name := at.Account
		if c.Deploy.Access == config.AccessBootstrap {
			name += " " + at.Region
		}
		if _, ok := places[name]; !ok {
			places[name] = at
			names = append(names, name)
		}
	}
	var refused []Refusal
	for _, r := range fan.Out(ctx, names, fan.Bound, func(ctx context.Context, name string) (struct{}, error) {
		at := places[name]
		_, err := keys.Stacks(ctx, at.Account, at.Region)
		return struct{}{}, err
	}, func(r fan.Result[struct{}]) { step(r.Key) }) {
		if r.Err == nil {
			continue
		}
		refusal := Refusal{Account: places[r.Key].Account, Reason: r.Err.Error()}
		if c.Deploy.Access == config.AccessBootstrap && keys.Profile(refusal.Account) == "" {
			refusal.Region = places[r.Key].Region
		}
		refused = append(refused, refusal)
	}
	return refused
}

// NoHub returns the error of a command that cannot enter the hub account: the stacks in other accounts belong to a deployment that
// nobody has verified.
func NoHub(c *config.Config, err error) error {
	return fmt.Errorf("the hub account %s cannot be entered; nothing was changed\n  %w\n  or is hub.account wrong? The file names %s in line %d, and what is deployed in other accounts trusts that account",
		c.Hub.Account, err, c.Hub.Account, c.Line("hub.account"))
}

// Organization returns the caller's organization, or why it is not known; empty means none.
func Organization(ctx context.Context, caller *account.Caller) (id, management string, err error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	out, err := organizations.NewFromConfig(caller.In(place.GlobalRegion)).DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	var none *orgtypes.AWSOrganizationsNotInUseException
	switch {
	case errors.As(err, &none):
		return "", "", nil
	case err != nil:
		return "", "", account.Explain(err, "asking which organization this is")
	}
	return aws.ToString(out.Organization.Id), aws.ToString(out.Organization.MasterAccountId), nil
}

// Disabled is a Region that is not enabled in an account.
type Disabled struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	// Caller is set if it is not enabled in the caller's own account, through which the stack would be deployed.
	Caller bool `json:"-"`
	// Profile is the one with which the AWS CLI reaches the account that has to enable it; empty for none.
	Profile string `json:"-"`
}

// DisabledRegions returns the Regions of the stacks that are not enabled: in the account of the stack or, where a role is
// assumed, in the caller's, since the CDK CLI asks the Region's own STS for the role. Only opt-in Regions are asked for. unknown
// has the accounts for which the caller lacks the permission, with the reason.
func DisabledRegions(ctx context.Context, keys *account.Keys, caller *account.Caller, c *config.Config, stacks []plan.Placement) (disabled []Disabled, unknown map[string]error) {
	wanted := map[string][]string{}
	for _, at := range stacks {
		if r, _, ok := config.LookupRegion(at.Region); ok && r.OptIn && !slices.Contains(wanted[at.Account], at.Region) {
			wanted[at.Account] = append(wanted[at.Account], at.Region)
		}
	}
	var accounts []string
	for number := range wanted {
		accounts = append(accounts, number)
	}
	slices.Sort(accounts)
	unknown = map[string]error{}
	collect := func(number string, regions []string, on map[string]bool, ofCaller bool) {
		for _, region := range regions {
			d := Disabled{Account: number, Region: region, Caller: ofCaller}
			known := slices.ContainsFunc(disabled, func(other Disabled) bool { return other.Account == number && other.Region == region })
			if !on[region] && !known {
				disabled = append(disabled, d)
			}
		}
	}
	for _, r := range fan.Out(ctx, accounts, fan.Bound, func(ctx context.Context, number string) (map[string]bool, error) {
		cfg, err := keys.In(ctx, number, c.Hub.Region)
		if err != nil {
			return nil, err
		}
		return enabled(ctx, cfg, number)
	}, nil) {
		if r.Err != nil {
			unknown[r.Key] = r.Err
			continue
		}
		collect(r.Key, wanted[r.Key], r.Value, false)
	}
	if c.Deploy.Access == config.AccessCredentials || len(accounts) == 0 || wanted[caller.Account] != nil {
		return disabled, unknown
	}
	on, err := enabled(ctx, caller.In(c.Hub.Region), caller.Account)
	if err != nil {
		unknown[caller.Account] = err
		return disabled, unknown
	}
	for _, number := range accounts {
		collect(number, wanted[number], on, true)
	}
	return disabled, unknown
}

// EnabledRegions returns the Regions that are enabled in an account, sorted, or being enabled or disabled: a stack may be in each.
func EnabledRegions(ctx context.Context, keys *account.Keys, number, region string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	found, err := discover.RegionsOf(ctx, keys, number, region)
	var codes []string
	for _, r := range found {
		if r.State != discover.NotEnabled {
			codes = append(codes, r.Code)
		}
	}
	return codes, err
}

// enabled returns the Regions in which stacks can be created: one that is still being enabled has to wait. In a state that this
// version does not know, CloudFormation is tried.
func enabled(ctx context.Context, cfg aws.Config, number string) (map[string]bool, error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	found, err := discover.Regions(ctx, sdk.NewFromConfig(cfg), number)
	on := map[string]bool{}
	for _, r := range found {
		on[r.Code] = !slices.Contains([]discover.State{discover.NotEnabled, discover.Enabling, discover.Disabling}, r.State)
	}
	return on, err
}
