package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"example.com/breakglass/internal/whole"
)

type regionsAPI interface {
	ListRegions(context.Context, *account.ListRegionsInput, ...func(*account.Options)) (*account.ListRegionsOutput, error)
}

// ofAccount are Regions of the hub account: those that are enabled, and the watched ones that are not, which nothing can be asked
// in. Both are empty where AWS did not answer.
type ofAccount struct{ enabled, off []string }

// regions compares the hub account's Regions with those of the file.
func (s *scene) regions(ctx context.Context, api regionsAPI) (r *result, in ofAccount) {
	r = of("regions")
	states := map[string]types.RegionOptStatus{}
	pages := account.NewListRegionsPaginator(api, &account.ListRegionsInput{})
	for region, err := range whole.Each(ctx, pages, func(page *account.ListRegionsOutput) []types.Region { return page.Regions }) {
		if err != nil {
			r.unanswered("", "whether every enabled Region is watched", err)
			return r, ofAccount{}
		}
		states[aws.ToString(region.RegionName)] = region.RegionOptStatus
	}
	onPurpose := map[string]string{}
	for _, u := range s.config.Unwatched {
		onPurpose[u.Region] = u.Reason
	}
	watched := 0
	for _, region := range sorted(states) {
		state, reason := states[region], onPurpose[region]
		isWatched := slices.Contains(s.config.Regions, region)
		switch state {
		case types.RegionOptStatusEnabled, types.RegionOptStatusEnabledByDefault:
			in.enabled = append(in.enabled, region)
			switch {
			case isWatched:
				watched++
			case reason != "":
				r.note(region, "enabled, and deliberately not watched: "+reason, "")
			default:
				r.problem(region, "enabled but not watched: a sign-in there goes unnoticed", "add it to regions and deploy, or to unwatched with a reason")
			}
		case types.RegionOptStatusEnabling:
			switch {
			case isWatched:
				r.warning(region, "being enabled: not everything can be deployed yet", "wait until it is enabled, then deploy and check again")
			case reason == "":
				r.warning(region, "being enabled, but not watched", "add it to regions and deploy, or to unwatched with a reason")
			}
		default:
			if isWatched {
				in.off = append(in.off, region)
			} else if state != types.RegionOptStatusDisabled && state != types.RegionOptStatusDisabling {
				r.warning(region, "in a state that this program does not know: "+string(state),
					"if it is enabled, add it to regions and deploy, or to unwatched with a reason")
			}
		}
	}
	for _, region := range s.config.Regions {
		if _, known := states[region]; !known || slices.Contains(in.off, region) {
			if !slices.Contains(in.off, region) {
				in.off = append(in.off, region)
			}
			r.problem(region, "in breakglass.yaml but not enabled in the hub account: nothing can be deployed there",
				awsCLI("account", "enable-region", "--region-name", thePlace)+", or remove it from breakglass.yaml")
		}
	}
	r.tally(regionsWatched, watched, len(in.enabled))
	if r.well() {
		r.fine("", fmt.Sprintf("%d enabled, %d watched", len(in.enabled), watched))
	}
	return r, in
}
