package plan

import (
	"slices"

	"example.com/breakglass/config"
)

// maxRules is the quota of rules on an event bus in most Regions.
const maxRules = 300

// rulesOnBus returns the quota of rules on an event bus in a Region.
func rulesOnBus(region string) int {
	if r, _, ok := config.LookupRegion(region); ok && r.Rules > 0 {
		return r.Rules
	}
	return maxRules
}

// longestRegion returns the longest code of a Region.
func longestRegion() string {
	return slices.MaxFunc(config.AllRegions(), func(a, b config.Region) int { return len(a.Code) - len(b.Code) }).Code
}
