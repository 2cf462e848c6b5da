package config

import (
	_ "embed"
	"encoding/json"
	"sync"
)

// Partition is the only AWS partition that the file can name.
const Partition = "aws"

// Region is a commercial AWS Region.
type Region struct {
	Code string `json:"region"`
	// OptIn Regions are off until an account switches them on; the others cannot be switched off.
	OptIn bool `json:"optIn"`
}

//go:embed regions.json
var regionsJSON []byte

var regions = sync.OnceValue(func() []Region {
	var list []Region
	if err := json.Unmarshal(regionsJSON, &list); err != nil {
		panic("regions.json: " + err.Error())
	}
	return list
})

// AllRegions returns every commercial Region, sorted by code.
func AllRegions() []Region {
	return append([]Region(nil), regions()...)
}

// AlwaysOnRegions returns the codes of the Regions that no account can switch off.
func AlwaysOnRegions() []string {
	return regionCodes(func(r Region) bool { return !r.OptIn })
}

// LookupRegion returns the Region with this code. Where there is none, it returns the code that was probably meant, or
// an empty string.
func LookupRegion(code string) (region Region, suggestion string, ok bool) {
	for _, r := range regions() {
		if r.Code == code {
			return r, "", true
		}
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
