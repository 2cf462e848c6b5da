package config

import (
	"regexp"
	"slices"
	"strings"
)

func checkRegions(c *Config, r *reader) {
	sound := resolveRegions(c, r)
	unwatched := uniq{}
	for i, u := range c.Unwatched {
		path := item("unwatched", i)
		if r.required(path+".region", "Write the code of the Region, such as region: ap-east-2.") && r.region(path+".region", u.Region) {
			r.once(unwatched, path+".region", u.Region, u.Region)
			sound = unwatch(c, r, path+".region", u.Region) && sound
		}
		if r.required(path+".reason", "Write why this Region is not watched, such as reason: no workloads there.") && r.usable(path+".reason") {
			if strings.Trim(u.Reason, " \n") == "" {
				r.report(path+".reason", "empty", orEmpty(u.Reason), "Write why this Region is not watched, such as reason: no workloads there.")
			} else {
				r.prose(path+".reason", u.Reason)
			}
		}
	}
	if !sound {
		return
	}
	for _, hub := range []struct{ path, name, region string }{
		{"hub.region", "hub", c.Hub.Region},
		{"hub.standby", "standby", c.Hub.Standby},
	} {
		if _, _, exists := LookupRegion(hub.region); exists && !slices.Contains(c.Regions, hub.region) {
			r.report(hub.path, "the "+hub.name+" Region is not watched", hub.region,
				"Add it to the list regions, write regions: all, or choose another "+hub.name+" Region.")
		}
	}
}

const regionsFix = "Write always-on, all or a list of Regions."

// resolveRegions turns the keyword or the list of the file into the sorted list of Regions.
func resolveRegions(c *Config, r *reader) (sound bool) {
	switch {
	case !r.usable("regions"):
		return false
	case !r.given("regions") || r.keyword == RegionsAlwaysOn:
		c.Regions = AlwaysOnRegions()
		return true
	case r.keyword == RegionsAll:
		c.Regions = regionCodes(func(Region) bool { return true })
		return true
	case r.keyword != "":
		fix := didYouMean(r.keyword, []string{RegionsAlwaysOn, RegionsAll, "a list of Regions"})
		if _, _, exists := LookupRegion(r.keyword); exists {
			fix = "Write it as a list: [" + r.keyword + "]."
		}
		r.report("regions", "unknown value", r.keyword, fix)
		return false
	case len(c.Regions) == 0:
		r.report("regions", "no Region listed", "", regionsFix)
		return false
	}
	sound = true
	once := uniq{}
	for i, code := range c.Regions {
		path := item("regions", i)
		if !r.region(path, code) {
			sound = false
			continue
		}
		r.once(once, path, code, code)
	}
	slices.Sort(c.Regions)
	return sound
}

// unwatch removes a Region from those that a keyword selects. A list simply omits the Region; one that contains it contradicts
// unwatched.
func unwatch(c *Config, r *reader, path, region string) bool {
	if region == c.Hub.Region {
		r.report(path, "this is the hub Region", region, "Remove it here, or choose another hub Region.")
		return false
	}
	if region == c.Hub.Standby {
		r.report(path, "this is the standby Region", region, "Remove it here, or choose another standby Region.")
		return false
	}
	i := slices.Index(c.Regions, region)
	if i < 0 {
		return true
	}
	if r.given("regions") && r.keyword == "" {
		r.report(path, "Region both watched and unwatched", region, "Remove it here or from the list regions.")
		return true
	}
	c.Regions = slices.Delete(c.Regions, i, i+1)
	return true
}

// otherPartition matches the codes of China, the US government, Europe's sovereign cloud and the isolated partitions.
var otherPartition = regexp.MustCompile(`^(cn|us-gov|us-iso[a-z]?|eu-isoe|eusc)-`)

// region checks that a Region exists, as far as this version knows.
func (r *reader) region(path, code string) bool {
	if !r.usable(path) {
		return false
	}
	region, suggestion, ok := LookupRegion(code)
	switch {
	case ok:
		if region.New {
			r.warn(path, "Region that this version does not know", code, "Check the code: aws account list-regions shows every Region. A newer version may know it.")
		}
		return true
	case otherPartition.MatchString(code):
		r.report(path, "Region of another partition", code, "Choose a commercial Region, such as eu-west-1.")
	case suggestion != "":
		r.report(path, "no such Region", code, "Did you mean "+suggestion+"?")
	default:
		r.report(path, "no such Region", orEmpty(code), "Write the code of a commercial Region, such as eu-west-1.")
	}
	return false
}
