package deploy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/place"
)

// Units is the organization's answer about the organizational units of a file.
type Units struct {
	// Twice are accounts that would get two stacks with the same role: an error.
	Twice []discover.Clash
	// MayNot is why the stack sets cannot be made.
	MayNot []discover.Clash
	// Unknown is what could not be asked.
	Unknown []error
}

// askUnits asks the organization, with the credentials of the account that makes the stack sets.
func askUnits(ctx context.Context, open Stacks, c *config.Config) Units {
	ctx, cancel := context.WithTimeout(ctx, 2*account.Patience) // of many units, each account is looked up
	defer cancel()
	// Organizations has one address for all Regions.
	global, err := open(ctx, c.StackSetAccount(), place.GlobalRegion)
	if err != nil {
		return Units{Unknown: []error{err}}
	}
	here := global.Copy()
	here.Region = c.Hub.Region
	client := organizations.NewFromConfig(global)
	var u Units
	var unknown []error
	u.MayNot, unknown = discover.MayNotMake(ctx, cloudformation.NewFromConfig(here), client, c)
	for _, err := range unknown {
		u.Unknown = append(u.Unknown, account.Explain(err, "asking whether "+c.StackSetAccount()+" can create stack sets"))
	}
	if u.Twice, err = discover.Twice(ctx, client, c); err != nil {
		u.Unknown = append(u.Unknown, account.Explain(err, "looking up the units of the accounts"))
	}
	return u
}
