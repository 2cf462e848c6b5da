package config

import (
	"regexp"
	"sort"
	"testing"
)

func TestRegions(t *testing.T) {
	all := AllRegions()
	if len(all) != 34 || len(AlwaysOnRegions()) != 17 {
		t.Errorf("%d Regions, %d of them always on; AWS has 34 and 17", len(all), len(AlwaysOnRegions()))
	}
	form := regexp.MustCompile(`^[a-z]{2}-[a-z]+-[1-9]$`)
	for _, r := range all {
		if !form.MatchString(r.Code) {
			t.Errorf("%q is no Region code", r.Code)
		}
	}
	if !sort.SliceIsSorted(all, func(i, j int) bool { return all[i].Code < all[j].Code }) {
		t.Error("regions.json is not sorted")
	}
	all[0].Code = "changed"
	if AllRegions()[0].Code == "changed" {
		t.Error("AllRegions hands out its own list")
	}
}

func TestLookupRegion(t *testing.T) {
	if r, _, ok := LookupRegion("ap-east-2"); !ok || !r.OptIn {
		t.Errorf("ap-east-2: %v, %v", r, ok)
	}
	for code, want := range map[string]string{
		"eu-west1": "eu-west-1", "EU-WEST-1": "eu-west-1", "us-eats-1": "us-east-1", "frankfurt": "", "": "", "us-gov-west-1": "",
	} {
		if _, suggestion, ok := LookupRegion(code); ok || suggestion != want {
			t.Errorf("%q: suggestion %q, want %q", code, suggestion, want)
		}
	}
}
