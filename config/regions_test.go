package config

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

func TestRegions(t *testing.T) {
	all := AllRegions()
	if len(all) != 36 || len(AlwaysOnRegions()) != 17 {
		t.Errorf("%d Regions, %d of them always on; AWS has 36 and 17", len(all), len(AlwaysOnRegions()))
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

// TestANewRegionIsAcceptedWithAWarning wherever the file names a Region: whoever enables one must be able to watch it at once.
func TestANewRegionIsAcceptedWithAWarning(t *testing.T) {
	const fix = "Check the code: aws account list-regions shows every Region. A newer version may know it."
	for _, text := range []string{
		"regions: [us-east-1, xx-north-2]",
		"unwatched: [{region: xx-north-2, reason: not used}]",
		`targets: [{account: "222222222222", region: xx-north-2}]`,
		"stackSets: {region: xx-north-2}",
		"observers: {regions: [xx-north-2, us-east-1]}",
	} {
		c, err := Parse("breakglass.yaml", []byte(base+text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Warnings(); len(got) != 1 || got[0].Line != 4 || got[0].Key == "" || got[0].What != "Region that this version does not know" ||
			got[0].Value != "xx-north-2" || got[0].Fix != fix {
			t.Errorf("%s: %v", text, got)
		}
		if err := validate(t, base+text); err != nil {
			t.Errorf("%s: the schema refuses it: %v", text, err)
		}
	}
	c := mustParse(t,
		"version: 1\nhub: {account: \"111111111111\", region: xx-north-2, standby: zz-southeast-10}\nregions: [xx-north-2, zz-southeast-10, us-east-1]\nalerts: {sqs: [\"arn:aws:sqs:xx-north-2:111111111111:alerts\"]}\n")
	if got := c.Warnings(); len(got) != 2 || c.HubPlace().Partition != "aws" || PipelineReaches("xx-north-2") || !slices.Contains(c.Regions, "xx-north-2") {
		t.Errorf("%v, %+v", got, c)
	}
	if got := mustParse(t, full).Warnings(); len(got) > 0 {
		t.Errorf("known Regions have the warnings %v", got)
	}
}

// TestWhatIsNoRegionIsRefused by the loader and by the schema.
func TestWhatIsNoRegionIsRefused(t *testing.T) {
	for _, code := range []string{
		"us-eats-1", "eu-west1", "EU-WEST-1", "eu-west-0", "eu-west-100", "xx-northnorth-1", "xxx-north-1", "cn-north-1", "cn-north-9", "us-gov-west-1",
		"us-gov-west-9", "us-isob-east-1", "eusc-de-east-1", "eu-west-1a", "us-east-1-bos-1", "aws-global", "all-regions",
	} {
		for _, text := range []string{base + "regions: [us-east-1, " + code + "]", base + "regions: " + code, base + "stackSets: {region: " + code + "}"} {
			if _, err := Parse("breakglass.yaml", []byte(text)); err == nil {
				t.Errorf("%s is accepted", text)
			}
			if validate(t, text) == nil {
				t.Errorf("the schema accepts %s", text)
			}
		}
	}
	if _, err := Parse("breakglass.yaml", []byte(base+"regions: xx-north-2")); err == nil || !strings.Contains(err.Error(), "Write it as a list: [xx-north-2].") {
		t.Error(err)
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
