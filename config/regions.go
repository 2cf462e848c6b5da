package config

import (
	_ "embed"
	"encoding/json"
	"regexp"
	"sync"

	"example.com/breakglass/place"
)

// Region is an AWS Region that the file can name.
type Region struct {
	Code string `json:"region"`
	// Partition is the first part of the ARNs of everything there.
	Partition string `json:"partition"`
	// OptIn Regions are disabled until an account enables them; the others cannot be disabled.
	OptIn bool `json:"optIn"`
	// NoCodePipeline is set where AWS has no CodePipeline (endpoints of the AWS SDKs, 2026-11): a pipeline elsewhere can't deploy
	// there.
	NoCodePipeline bool `json:"noCodePipeline"`
	// New is set for a Region that AWS has added since this version: see LookupRegion.
	New bool `json:"-"`
	// Rules is the quota of rules on an event bus, if it is not the one of most Regions (EventBridge quotas, rules per event bus).
	Rules int `json:"rules"`
}

// regionPattern matches the code of a commercial Region, also of one that AWS adds after this version. Those of China, the only
// other partition with codes of this form, begin with cn.
const regionPattern = `([abd-z][a-z]|c[a-mo-z])-(central|north|south|(north|south)?(east|west))-[1-9][0-9]?`

var regionForm = regexp.MustCompile("^" + regionPattern + "$")

//go:embed regions.json
var regionsJSON []byte

var regions = sync.OnceValue(func() []Region {
	var list []Region
	if err := json.Unmarshal(regionsJSON, &list); err != nil {
		panic("regions.json: " + err.Error())
	}
	return list
})

// PlaceOf returns an account in a Region. The Region decides the partition.
func PlaceOf(account, region string) place.Place {
	in := place.Place{Partition: "aws", Account: account, Region: region}
	if r, _, ok := LookupRegion(region); ok {
		in.Partition = r.Partition
	}
	return in
}

// HubIn returns the hub account in a Region.
func (c *Config) HubIn(region string) place.Place { return PlaceOf(c.Hub.Account, region) }

// HubPlace returns the hub account in the hub Region.
func (c *Config) HubPlace() place.Place { return c.HubIn(c.Hub.Region) }

// PipelineReaches reports whether a pipeline can deploy to a Region.
func PipelineReaches(region string) bool {
	r, _, ok := LookupRegion(region)
	return !ok || !r.NoCodePipeline
}

// AllRegions returns every commercial Region, sorted by code.
func AllRegions() []Region {
	return append([]Region(nil), regions()...)
}

// AlwaysOnRegions returns the codes of the Regions that no account can disable.
func AlwaysOnRegions() []string {
	return regionCodes(func(r Region) bool { return !r.OptIn })
}

// LookupRegion returns the Region with this code. A code of the right form that this version does not know counts as a Region that
// AWS has added since: whoever enables one must be able to watch it at once. All those that AWS adds are opt-in, and get
// CodePipeline later. Where the form is wrong, LookupRegion returns the code that was probably meant, or an empty string.
func LookupRegion(code string) (region Region, suggestion string, ok bool) {
	for _, r := range regions() {
		if r.Code == code {
			return r, "", true
		}
	}
	if regionForm.MatchString(code) {
		return Region{Code: code, Partition: "aws", OptIn: true, NoCodePipeline: true, New: true}, "", true
	}
	return Region{}, nearest(code, regionCodes(func(Region) bool { return true })), false
}

func regionCodes(keep func(Region) bool) []string {
	var codes []string
	for _, r := range regions() {
		if keep(r) {
			codes = append(codes, r.Code)
		}
	}
	return codes
}
