package config

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/breakglass/access"
)

const (
	policyNamePattern = `^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$`
	policyARNPattern  = `^arn:aws:iam::(aws|[0-9]{12}):policy/([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,128}$`

	// MaxRolePolicies is the number of managed policies that a role can have.
	MaxRolePolicies = access.MaxRolePolicies
	// maxUserAccessPolicies is the number of managed policies that userAccess can list: a group holds 10, and two of them are the
	// policy to assume the role and the guard.
	maxUserAccessPolicies = access.MaxGroupPolicies - 2
)

var (
	policyNameForm = regexp.MustCompile(policyNamePattern)
	policyARNForm  = regexp.MustCompile(policyARNPattern)
)

func checkUserAccess(c *Config, r *reader) {
	const path = "userAccess.managedPolicies"
	checkManagedPolicies(c, r, path, c.UserAccess.ManagedPolicies, maxUserAccessPolicies,
		"a group takes 10, and two of them are the policies to assume the role and to require MFA")
	for i, policy := range c.UserAccess.ManagedPolicies {
		if owner := policyAccount(policy); owner != "" && c.Hub.Account != "" && owner != c.Hub.Account {
			r.report(item(path, i), "policy of another account", policy, "Name one of the hub account, "+c.Hub.Account+".")
		}
	}
}

// checkRolePolicies checks the values of the file at path: the role's defaults, or one target's own.
func checkRolePolicies(c *Config, r *reader, path string, managed []string, inline *map[string]any) {
	if r.given(path + ".managedPolicies") {
		checkManagedPolicies(c, r, path+".managedPolicies", managed, MaxRolePolicies, "a role takes no more")
	}
	if len(*inline) == 0 {
		*inline = nil
		return
	}
	checkDocument(r, path+".inlinePolicy", *inline)
}

func checkManagedPolicies(c *Config, r *reader, path string, policies []string, most int, why string) {
	if len(policies) > most {
		r.report(path, fmt.Sprintf("%d managed policies", len(policies)), "", fmt.Sprintf("Keep at most %d: %s.", most, why))
	}
	once := uniq{}
	for i, policy := range policies {
		if at := item(path, i); r.policy(at, policy) && r.exists(at, policy) {
			r.once(once, at, policy, strings.ToLower(strings.TrimPrefix(policy, access.PolicyARN(c.HubPlace(), ""))))
		}
	}
}

func checkBoundary(r *reader, path, boundary string) {
	if boundary == "" || !r.policy(path, boundary) || !strings.HasPrefix(boundary, "arn:") {
		return // a name is that of a policy of the account
	}
	r.exists(path, boundary)
}

// policy checks the form of a managed policy's name, path/name or ARN.
func (r *reader) policy(path, policy string) bool {
	switch {
	case !r.usable(path):
		return false
	case policyNameForm.MatchString(policy) || policyARNForm.MatchString(policy):
		return true
	case policy == "":
		r.report(path, "empty policy name", emptyText, "Write a policy, or remove the item.")
	case strings.HasPrefix(policy, "/"):
		r.report(path, "policy path that starts with a slash", policy, "Write "+strings.TrimLeft(policy, "/")+".")
	case strings.HasPrefix(policy, "arn:aws-"):
		r.report(path, "policy of another partition", policy, "Write an ARN of the commercial partition: arn:aws:iam::…")
	case strings.HasPrefix(policy, "arn:"):
		r.report(path, "not the ARN of a managed policy", policy, "Write it as arn:aws:iam::aws:policy/NAME or arn:aws:iam::111111111111:policy/NAME.")
	default:
		r.report(path, "invalid policy name", policy, "Write a name such as IAMFullAccess, a path and name such as job-function/ViewOnlyAccess, or an ARN.")
	}
	return false
}

// policyAccount returns the account of a customer managed policy's ARN, or an empty text.
func policyAccount(policy string) string {
	if m := policyARNForm.FindStringSubmatch(policy); m != nil && m[1] != "aws" {
		return m[1]
	}
	return ""
}

// checkTargetAccount checks a target after inheritance: customer managed policies belong to its account, and the role has
// permissions.
func checkTargetAccount(c *Config, r *reader, i int) {
	t, path := c.Targets[i], item("targets", i)
	if t.Account == "" && t.OrganizationalUnit == "" {
		return
	}
	report := func(key, at, policy string) {
		owner := policyAccount(policy)
		switch {
		case owner == "" || owner == t.Account:
			return
		case t.Account == "" && r.given(path+"."+key):
			r.report(at, "policy of one account, where a unit has many", policy, "Name one that every account has: a policy of AWS, or a boundary by its name.")
			return
		case t.Account == "":
			r.report(path, fmt.Sprintf("the default role.%s names a policy of one account, where a unit has many", key), policy, ownOrGeneral(key))
			return
		}
		if r.given(path + "." + key) {
			r.report(at, "policy of another account", policy, "Name one of account "+t.Account+".")
			return
		}
		r.report(path, fmt.Sprintf("the default role.%s names a policy of another account", key), policy, ownOrGeneral(key))
	}
	for j, policy := range t.ManagedPolicies {
		report("managedPolicies", item(path+".managedPolicies", j), policy)
	}
	report("permissionsBoundary", path+".permissionsBoundary", t.PermissionsBoundary)

	unreadable := func(key string) bool {
		return !r.usable(path+"."+key) || !r.given(path+"."+key) && !r.usable("role."+key)
	}
	if len(t.ManagedPolicies) == 0 && len(t.InlinePolicy) == 0 && !unreadable("managedPolicies") && !unreadable("inlinePolicy") {
		r.report(path, "the role has no permissions", t.ID(), "Give it managedPolicies or an inlinePolicy.")
	}
}

// ownOrGeneral returns the fix for a default that does not fit a target.
func ownOrGeneral(key string) string {
	return "Give this target its own " + key + ", or write the default without an account."
}
