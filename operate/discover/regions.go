// Package discover reads the Regions of an account and its organization, and compares them with the file, before anything is
// deployed. It may import config and internal packages, but neither the CDK nor a screen; it prints nothing.
package discover

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// State is the state of a Region in an account.
type State string

// The states. Those of AWS are ENABLED_BY_DEFAULT, ENABLED, ENABLING, DISABLING and DISABLED (Account Management API,
// ListRegions).
const (
	AlwaysOn   State = "always on"
	Enabled    State = "enabled"
	Enabling   State = "being enabled"
	Disabling  State = "being disabled"
	NotEnabled State = "not enabled"
)

var states = map[types.RegionOptStatus]State{
	types.RegionOptStatusEnabledByDefault: AlwaysOn,
	types.RegionOptStatusEnabled:          Enabled,
	types.RegionOptStatusEnabling:         Enabling,
	types.RegionOptStatusDisabling:        Disabling,
	types.RegionOptStatusDisabled:         NotEnabled,
}

// On reports whether a sign-in can land in the Region, now or soon. Enabling takes minutes to hours, and so does disabling; a
// Region that is being disabled is no longer worth watching.
func (s State) On() bool { return s == AlwaysOn || s == Enabled || s == Enabling }

// known reports whether this version knows the state.
func (s State) known() bool {
	return s.On() || s == Disabling || s == NotEnabled
}

// Region is a Region of AWS with its state in an account.
type Region struct {
	Code  string
	State State
}

// RegionLister is the part of Account Management that lists Regions.
type RegionLister interface {
	ListRegions(ctx context.Context, in *sdk.ListRegionsInput, options ...func(*sdk.Options)) (*sdk.ListRegionsOutput, error)
}

// Regions lists every Region of AWS with its state in the account whose credentials the client has, sorted by code.
// number is that account's, for the error.
func Regions(ctx context.Context, client RegionLister, number string) ([]Region, error) {
	var found []Region
	pages := sdk.NewListRegionsPaginator(client, &sdk.ListRegionsInput{MaxResults: aws.Int32(pageSize)})
	for r, err := range whole.Each(ctx, pages, func(page *sdk.ListRegionsOutput) []types.Region { return page.Regions }) {
		if err != nil {
			return nil, account.Explain(err, "listing the Regions of account "+number)
		}
		state, known := states[r.RegionOptStatus]
		if !known {
			state = State(r.RegionOptStatus)
		}
		found = append(found, Region{Code: aws.ToString(r.RegionName), State: state})
	}
	// Every account has some that nobody can disable. An answer without them would have regions --write give up what is watched.
	if !slices.ContainsFunc(found, func(r Region) bool { return r.State == AlwaysOn }) {
		return nil, &account.Refusal{
			What: "listing the Regions of account " + number + ": the answer has none of those that are always enabled",
			Fix:  "check what answers in the place of AWS",
		}
	}
	slices.SortFunc(found, func(a, b Region) int { return strings.Compare(a.Code, b.Code) })
	return found, nil
}

// RegionsOf lists the Regions of an account, asking in one of them.
func RegionsOf(ctx context.Context, keys *account.Keys, number, region string) ([]Region, error) {
	cfg, err := keys.In(ctx, number, region)
	if err != nil {
		return nil, err
	}
	return Regions(ctx, sdk.NewFromConfig(cfg), number)
}

// pageSize is the largest that ListRegions allows (Account Management API).
const pageSize = 50

// On returns the codes of the Regions in which a sign-in can land.
func On(found []Region) []string {
	var codes []string
	for _, r := range found {
		if r.State.On() {
			codes = append(codes, r.Code)
		}
	}
	return codes
}
