package config

import (
	"regexp"
	"slices"
	"strings"
)

// Formats of IDs (AWS Organizations API reference: OrganizationalUnit, Root, Organization).
const (
	unitPattern         = `^(ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$`
	organizationPattern = `^o-[a-z0-9]{10,32}$`
)

var unitForm, organizationForm = regexp.MustCompile(unitPattern), regexp.MustCompile(organizationPattern)

// checkUnit checks what is particular about a target that is an organizational unit.
func checkUnit(r *reader, once uniq, path string, t Target) {
	at := path + ".organizationalUnit"
	if !r.usable(at) {
		return
	}
	if !unitForm.MatchString(t.OrganizationalUnit) {
		r.report(at, "not the ID of an organizational unit", orEmpty(t.OrganizationalUnit),
			"Write an ID such as ou-ab12-11111111, or that of the root, such as r-ab12: aws organizations list-roots shows it.")
		return
	}
	r.once(once, at, t.OrganizationalUnit, t.OrganizationalUnit)
	if r.given(path + ".region") {
		r.report(path+".region", "not supported for an organizational unit: its stacks are all in stackSets.region", t.Region,
			"Remove it, and set stackSets.region for all units.")
	}
}

func checkStackSets(c *Config, r *reader) {
	if !r.given("stackSets.region") {
		c.StackSets.Region = c.Hub.Region
	} else {
		r.region("stackSets.region", c.StackSets.Region)
	}
	if len(c.Units) == 0 {
		return
	}
	if at := "stackSets.retainOnAccountRemoval"; r.usable("stackSets") && !r.given(at) {
		line := at
		if !r.given("stackSets") {
			line = "targets"
		}
		r.reportAt(at, line, "missing: what happens when an account leaves its unit is for you to decide", "",
			"Set it to true, and such an account keeps its role until you remove it; or to false, and the role is deleted at once, even if the account only moves to another unit.")
	}
	for _, u := range c.Units {
		if strings.HasPrefix(u.OrganizationalUnit, "r-") && len(c.Units) > 1 {
			r.report("targets", "the organization's root beside units that it contains", u.OrganizationalUnit,
				"Keep the root or the units: an account in both would get two stacks with the same role.")
		}
		if first := c.Units[0]; organizationOf(u) != organizationOf(first) && unitForm.MatchString(first.OrganizationalUnit) &&
			unitForm.MatchString(u.OrganizationalUnit) {
			r.report("targets", "units of two organizations, the first is "+first.OrganizationalUnit, u.OrganizationalUnit,
				"Keep those of one: the part after the first hyphen is the same in all units of an organization.")
		}
	}
	checkTwice(c, r)
}

// organizationOf returns the part of a unit's ID that it shares with the organization's root (AWS Organizations API reference,
// OrganizationalUnit).
func organizationOf(u Target) string {
	_, id, _ := strings.Cut(u.OrganizationalUnit, "-")
	root, _, _ := strings.Cut(id, "-")
	return root
}

// checkTwice rejects an account that is certainly both listed and in a unit: the hub account, with the root. Where the other
// accounts are, only Organizations knows; breakglass deploy and breakglass check ask it.
func checkTwice(c *Config, r *reader) {
	root := slices.IndexFunc(c.Units, func(u Target) bool { return strings.HasPrefix(u.OrganizationalUnit, "r-") })
	hub := slices.IndexFunc(c.Targets, func(t Target) bool { return t.Account == c.Hub.Account })
	// A stack set never reaches the management account.
	if root < 0 || hub < 0 || c.Hub.Account == "" || c.Hub.Account == c.StackSets.ManagementAccount {
		return
	}
	r.report("targets", "the hub account beside the organization's root, which contains it: it would get two stacks with the same role", c.Hub.Account,
		"Remove the account. If it is the management account, which no stack set reaches, set stackSets.managementAccount to "+quote(c.Hub.Account)+".")
}

func checkObservers(c *Config, r *reader) {
	once := uniq{}
	for i, region := range c.Observers.Regions {
		if path := item("observers.regions", i); r.region(path, region) {
			r.once(once, path, region, region)
		}
	}
	if r.given("observers.organization") && r.usable("observers.organization") && !organizationForm.MatchString(c.Observers.Organization) {
		r.report("observers.organization", "not the ID of an organization", orEmpty(c.Observers.Organization),
			"Write an ID such as o-ab12cd34ef: aws organizations describe-organization shows it.")
	}
	if (r.given("observers.organization") || r.given("observers.activity")) && !r.given("observers.regions") && r.usable("observers") {
		r.report("observers.regions", "missing", "", "Write the Regions to observe, such as regions: [us-east-1], or remove observers.")
	}
	if !r.usable("observers") || len(c.Observers.Regions) == 0 {
		return
	}
	slices.Sort(c.Observers.Regions)
	if len(c.Units) > 0 && c.Observers.Organization == "" {
		r.report("observers.organization", "missing, with organizational units among targets: the accounts of a unit are not known here", "",
			"Add the organization's ID, and the hub accepts events from all its accounts.")
	}
}
