package config

import (
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/names"
)

const namePattern = `^[A-Za-z0-9+=,.@_-]{1,64}$`

var nameForm = regexp.MustCompile(namePattern)

// name checks the name of an IAM user or role; kind says which.
func (r *reader) name(path, name, kind string) bool {
	if !r.usable(path) || nameForm.MatchString(name) {
		return r.usable(path)
	}
	switch {
	case name == "":
		r.report(path, "empty "+kind+" name", emptyText, "Write one, or remove the key for the default.")
	case strings.ContainsAny(name, "*?"):
		r.report(path, "wildcard in a "+kind+" name, which would open the conditions of the policies to other names", name, "Write the full name.")
	case strings.Contains(name, "/"):
		r.report(path, "path or ARN instead of a "+kind+" name", name, "Write only the name: "+quote(name[strings.LastIndex(name, "/")+1:])+".")
	case len(name) > 64:
		r.report(path, kind+" name longer than 64 characters", name, "Shorten it.")
	default:
		r.report(path, "invalid "+kind+" name", name, "Use only letters, digits and +=,.@_-.")
	}
	return false
}

// checkRoleName checks the name of the role in the target accounts, among which the hub account may be: no other role there has it,
// whatever its case.
func checkRoleName(c *Config, r *reader) {
	const path = "role.name"
	name := c.Role.Name
	if c.Role.RequireSessionName {
		for i, u := range c.Users {
			// AWS STS takes session names from two characters (STS API, AssumeRole).
			if path := item("users", i) + ".name"; len(u.Name) == 1 && r.usable(path) {
				r.report(path, "too short for a session name, which role.requireSessionName requires", u.Name, "Give the user a name of at least two characters.")
			}
		}
	}
	if !r.name(path, name, "role") {
		return
	}
	same := func(other string) bool { return strings.EqualFold(other, name) }
	switch {
	case slices.ContainsFunc(names.Roles(), same):
		r.report(path, "name of a role that this project creates", name, "Choose another name.")
	case same(c.Deploy.AccessRole) && c.Deploy.Access == AccessOrganization:
		r.report(path, "name of the role that deploys, deploy.accessRole", name, "Choose another name.")
	}
}
