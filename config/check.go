package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// check completes a Config whose values were read but not interpreted: it fills in what depends on other keys and reports
// everything that is wrong. It skips values that the reader reported already.
func check(c *Config, r *reader) {
	if !r.given("version") {
		r.report("version", "missing", "", "Start the file with version: 1.")
	}
	checkHub(c, r)
	checkRegions(c, r)
	checkAlerts(c, r)
	checkUsers(c, r)
	checkCredentials(c, r)
	checkUserAccess(c, r)
	checkRole(c, r)
	checkTargets(c, r)
	checkMonitoring(c, r)
	checkCard(c, r)
	checkDeploy(c, r)
	checkTags(c, r)
	// From here on, the paths of targets are no longer valid: the units are separate.
	waves := checkPipeline(c, r)
	c.parted()
	waves()
	checkStackSets(c, r)
	checkObservers(c, r)
	checkInstructions(c, r)
}

func checkHub(c *Config, r *reader) {
	if r.usable("hub") && !r.given("hub.account") {
		r.report("hub.account", "missing", "", `Add the number of the account that holds the emergency users: account: "111111111111".`)
	}
	r.region("hub.region", c.Hub.Region)
	if c.Hub.Standby == "" {
		return
	}
	if r.region("hub.standby", c.Hub.Standby) && c.Hub.Standby == c.Hub.Region {
		r.report("hub.standby", "same Region as the hub", c.Hub.Standby, "Choose another Region, or remove the key.")
	}
}

func checkUsers(c *Config, r *reader) {
	if len(c.Users) == 0 {
		r.report("users", "no user listed", "", "List at least one, or remove the key for the default, "+DefaultUser+".")
	}
	once := uniq{}
	for i, user := range c.Users {
		path := item("users", i) + ".name"
		if r.required(path, "Write the name of the IAM user, such as name: Ada.") && r.name(path, user.Name, "user") {
			// IAM names are unique whatever their case
			r.once(once, path, user.Name, strings.ToLower(user.Name))
		}
	}
}

func checkRole(c *Config, r *reader) {
	checkRoleName(c, r)
	checkRolePolicies(c, r, "role", c.Role.ManagedPolicies, &c.Role.InlinePolicy)
	checkBoundary(r, "role.permissionsBoundary", c.Role.PermissionsBoundary)
}

const targetNamePattern = `^[A-Za-z0-9_.,+=@-]([A-Za-z0-9_.,+=@ -]{0,62}[A-Za-z0-9_.,+=@-])?$`

var targetNameForm = regexp.MustCompile(targetNamePattern)

func checkTargets(c *Config, r *reader) {
	once := uniq{}
	for i := range c.Targets {
		path, t := item("targets", i), &c.Targets[i]
		switch unit := path + ".organizationalUnit"; {
		case r.given(unit) && r.given(path+".account"):
			r.report(unit, "given beside account", t.OrganizationalUnit, "List them as two targets.")
		case r.given(unit):
			checkUnit(r, once, path, *t)
		case r.required(path+".account", `Write the number of the account, such as account: "222222222222", or organizationalUnit with the ID of a unit.`) &&
			r.usable(path+".account"):
			r.once(once, path+".account", t.Account, t.Account)
		}
		if r.given(path+".region") && r.usable(path+".region") {
			r.region(path+".region", t.Region)
		}
		if r.given(path+".name") && r.usable(path+".name") && !targetNameForm.MatchString(t.Name) {
			r.report(path+".name", "a name that the console cannot show", orEmpty(t.Name), "Use 1 to 64 letters, digits, inner spaces and _.,+=@-.")
		}
		checkRolePolicies(c, r, path, t.ManagedPolicies, &t.InlinePolicy)
		checkBoundary(r, path+".permissionsBoundary", t.PermissionsBoundary)
		inherit(c, i, r.given)
		checkTargetAccount(c, r, i)
	}
}

func checkDeploy(c *Config, r *reader) {
	if r.usable("deploy.access") {
		known := []string{string(AccessCredentials), string(AccessOrganization), string(AccessBootstrap)}
		if !slices.Contains(known, string(c.Deploy.Access)) {
			r.report("deploy.access", "unknown value", orEmpty(string(c.Deploy.Access)), didYouMean(string(c.Deploy.Access), known))
		}
	}
	r.name("deploy.accessRole", c.Deploy.AccessRole, "role")
}

const (
	tagKeyPattern   = `^[A-Za-z0-9 _.:/=+@-]{1,128}$`
	tagValuePattern = `^[A-Za-z0-9 _.:/=+@-]{0,256}$`
	maxTags         = 50
)

var tagKeyForm, tagValueForm = regexp.MustCompile(tagKeyPattern), regexp.MustCompile(tagValuePattern)

func checkTags(c *Config, r *reader) {
	if len(c.Tags) > maxTags {
		r.report("tags", fmt.Sprintf("%d tags; a resource takes at most %d", len(c.Tags), maxTags), "", "Remove some.")
	}
	keys := make([]string, 0, len(c.Tags))
	for key := range c.Tags {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return r.lines[join("tags", a)] - r.lines[join("tags", b)] })
	once := uniq{}
	for _, key := range keys {
		path := join("tags", key)
		switch {
		case !tagKeyForm.MatchString(key):
			r.report(path, "invalid tag key", orEmpty(key), "Use 1 to 128 letters, digits, spaces and _.:/=+-@.")
		case strings.HasPrefix(strings.ToLower(key), "aws:"):
			r.report(path, "tag key reserved by AWS", key, "Choose one that does not start with aws:.")
		default:
			// IAM takes keys that differ in case only for the same key
			r.once(once, path, key, strings.ToLower(key))
		}
		if r.usable(path) && !tagValueForm.MatchString(c.Tags[key]) {
			r.report(path, "invalid tag value", c.Tags[key], "Use up to 256 letters, digits, spaces and _.:/=+-@.")
		}
	}
}

// required reports a key that a list item lacks, unless the whole item was reported.
func (r *reader) required(path, fix string) bool {
	parent := path[:strings.LastIndex(path, ".")]
	list := parent[:strings.LastIndex(parent, "[")]
	if r.given(path) {
		return true
	}
	if !r.given(list) {
		return true // a default
	}
	if r.usable(list) && r.usable(parent) {
		r.report(path, "missing", "", fix)
	}
	return false
}

// uniq maps a value to the path where it occurred first.
type uniq map[string]string

// once reports the second of two equal values; normal is the spelling that counts.
func (r *reader) once(first uniq, path, value, normal string) {
	if at, again := first[normal]; again {
		r.report(path, fmt.Sprintf("listed twice, first in line %d", lineOf(r.lines, at)), value, "Keep one of them.")
		return
	}
	first[normal] = path
}

func item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
