package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"github.com/dustin/go-humanize/english"
)

// simulated is what IAM says of one identity's requests.
type simulated struct {
	denied []denial
	err    error
}

// roleARNs returns the roles that the users are to assume. The accounts of units are not known by the file: the hub account stands
// for them where it lists no other, since the users' policies name the role in any account.
func (s *scene) roleARNs() []string {
	var all []string
	for _, t := range s.config.Targets {
		all = append(all, config.PlaceOf(t.Account, t.Region).Role(s.config.Role.Name))
	}
	if len(all) == 0 {
		all = append(all, s.config.HubPlace().Role(s.config.Role.Name))
	}
	return all
}

// simulateUser asks whether a user, with MFA, may assume the roles.
func (s *scene) simulateUser(ctx context.Context, api simulateAPI, name string) (out simulated) {
	arn := s.config.HubPlace().User(name)
	out.denied, out.err = simulate(ctx, api, arn, []string{"sts:AssumeRole"}, s.roleARNs(), map[string]string{
		"aws:MultiFactorAuthPresent": "true", "aws:SecureTransport": "true", "aws:PrincipalArn": arn, "aws:PrincipalAccount": s.account(),
		"aws:PrincipalType": "User", "aws:username": name,
	})
	return out
}

// usersWay reports who can't assume a role, one finding for each cause. Where the finding on a user or the group has the cause
// already, nothing is added: known has what was found of each user, and group what was found of the group.
func (s *scene) usersWay(answers []simulated, known []*result, group *result) *result {
	r := of("way")
	type stop struct {
		denial
		users, accounts []string
	}
	stops := map[string]*stop{}
	open, answered := 0, 0
	for i, a := range answers {
		name := s.config.Users[i].Name
		switch {
		case missing(a.err):
			answered++
			continue // the finding on the user says so
		case a.err != nil:
			r.unanswered("", "whether the users can assume the roles", a.err)
			continue
		case len(a.denied) == 0 && known[i].certain():
			open++
		}
		answered++
		for _, d := range a.denied {
			if d.cause == boundaryDenies && !known[i].well() || d.cause == noneAllows && !(known[i].well() && group.well()) {
				continue
			}
			one := stops[d.why()]
			if one == nil {
				one = &stop{denial: d}
				stops[d.why()] = one
			}
			one.users = union(one.users, []string{name})
			one.accounts = union(one.accounts, []string{accountOf(d.resource)})
		}
	}
	for _, why := range sorted(stops) {
		one := stops[why]
		severity, unless := Problem, ""
		if one.cause == organizationDenies {
			unless = users
			// IAM names every key without a value that some policy has. Of the organization's policies many depend on one, such as
			// the address; none of the users' own is to.
			if len(one.unknown) > 0 {
				severity = Warning
			}
		}
		r.found = append(r.found, Finding{
			unless: unless,
			Check:  r.check, Severity: severity, Where: one.accounts, Fix: s.letIn(one.denial, one.users),
			What: fmt.Sprintf("%s can't assume %s, even with MFA: %s", titles("user", one.users), s.config.Role.Name, why),
		})
	}
	if answered > 0 {
		r.tally(usersIn, open, answered)
	}
	if r.well() && open > 0 {
		r.fine("", fmt.Sprintf("%d of %d users can assume the role, with MFA, according to IAM's policy simulator", open, answered))
	}
	return r
}

// certain reports whether nothing that was found keeps a user out.
func (r *result) certain() bool {
	return !slices.ContainsFunc(r.found, func(f Finding) bool { return f.Severity == Problem })
}

// letIn returns what to do about a denial of users.
func (s *scene) letIn(d denial, users []string) string {
	switch d.cause {
	case organizationDenies:
		return "exempt the users and the role in the organization's policy, by the condition ArnNotLike on aws:PrincipalArn"
	case boundaryDenies:
		var deletions []string
		for _, user := range users {
			deletions = append(deletions, awsCLI("iam", "delete-user-permissions-boundary", "--user-name", user))
		}
		return "find out who set it, then: " + strings.Join(deletions, "; ")
	case policyDenies:
		return "find out who added the statement, and remove it"
	}
	return "find out what took the permission away, then deploy again: " + s.plan.RestoreCommand(s.ownStack()) + s.again
}

// accountOf returns the account of an ARN.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 4 {
		return parts[4]
	}
	return arn
}

// titles names one thing or several: user alice; users alice, bob. Of many it names a few.
func titles(what string, names []string) string {
	return english.PluralWord(len(names), what, "") + " " + some(names)
}

// named names one thing or several, and all of them.
func named(what string, names []string) string {
	return english.PluralWord(len(names), what, "") + " " + strings.Join(names, ", ")
}

// A probe is something that an emergency may need, to see whether anything is in the role's way.
type probe struct {
	action string
	// kind is what it takes: read, write or identities.
	kind string
}

var probes = []probe{
	{"cloudtrail:LookupEvents", "read"}, {"ec2:DescribeInstances", "read"}, {"iam:ListRoles", "read"}, {"s3:ListAllMyBuckets", "read"},
	{"cloudformation:UpdateStack", "write"}, {"ec2:StopInstances", "write"}, {"kms:EnableKey", "write"}, {"s3:PutBucketPolicy", "write"},
	{"iam:AttachRolePolicy", "identities"}, {"iam:UpdateAssumeRolePolicy", "identities"},
}

// granted are the kinds of probe that AWS's own policies allow. Of other policies, which the file may name, nothing is expected.
var granted = map[string][]string{
	"AdministratorAccess": {"read", "write", "identities"}, "PowerUserAccess": {"read", "write"}, "IAMFullAccess": {"identities"},
	"ReadOnlyAccess": {"read"}, "job-function/ViewOnlyAccess": {"read"}, "SecurityAudit": {"read"},
}

// simulateRole asks what the role of a target account may do there.
func (s *scene) simulateRole(ctx context.Context, api simulateAPI, target config.Target) (out simulated) {
	arn := config.PlaceOf(target.Account, target.Region).Role(s.config.Role.Name)
	var actions []string
	for _, p := range probes {
		actions = append(actions, p.action)
	}
	out.denied, out.err = simulate(ctx, api, arn, actions, []string{"*"}, map[string]string{
		"aws:SecureTransport": "true", "aws:PrincipalArn": arn, "aws:PrincipalAccount": target.Account, "aws:RequestedRegion": target.Region,
	})
	return out
}

// roleWay reports what keeps the role of a target account from what its policies grant. known is what was found of the role.
func (s *scene) roleWay(target config.Target, a simulated, known *result) *result {
	r, at, what := of("way"), target.Account, "role "+s.config.Role.Name
	if missing(a.err) {
		return r // the finding on the role says so
	}
	if a.err != nil {
		r.unanswered(at, "the permissions of "+what, a.err)
		return r
	}
	stopped := map[string]denial{}
	var byOrganization, unknown []string
	certain := false
	for _, d := range a.denied {
		stopped[d.action] = d
		if d.cause == organizationDenies {
			byOrganization, unknown = append(byOrganization, d.action), union(unknown, d.unknown)
			certain = certain || len(d.unknown) == 0
		}
	}
	if len(byOrganization) > 0 {
		slices.Sort(byOrganization)
		severity, says := Problem, what+" can't do everything: a service control policy of the organization does not allow "+strings.Join(byOrganization, ", ")
		if !certain {
			severity, says = Warning, says+", depending on "+strings.Join(unknown, ", ")
		}
		r.found = append(r.found,
			Finding{Check: r.check, Severity: severity, Where: []string{at}, What: says, Fix: s.letIn(denial{cause: organizationDenies}, nil), unless: at})
		return r
	}
	expected, denied, left := 0, 0, map[string][]string{}
	for _, p := range probes {
		if !slices.ContainsFunc(target.ManagedPolicies, func(policy string) bool { return slices.Contains(granted[policy], p.kind) }) {
			continue
		}
		expected++
		if d, ok := stopped[p.action]; ok {
			denied++
			left[d.why()] = append(left[d.why()], p.action)
		}
	}
	if denied > 0 && !known.well() {
		return r // the finding on the role says so
	}
	for _, why := range sorted(left) {
		actions := left[why]
		does, fix := "can't do all that its policies grant: "+why+": "+strings.Join(actions, ", "), "find out what took the permissions away: "+
			awsCLI("iam", "simulate-principal-policy", "--policy-source-arn", config.PlaceOf(target.Account, target.Region).Role(s.config.Role.Name), "--action-names", actions[0])
		switch {
		case denied == expected:
			r.problem(at, what+" can do nothing that its policies grant: "+why, fix)
		case target.PermissionsBoundary != "" && stopped[actions[0]].cause == boundaryDenies:
			r.note(at, what+" "+does, "") // the file may mean it so
		default:
			r.warning(at, what+" "+does, fix)
		}
	}
	if denied > 0 {
		return r
	}
	if expected == 0 {
		r.note(at, "what the policies of "+what+" grant is not simulated: none is of AWS's own, whose permissions are known", "")
		return r
	}
	r.fine(at, "nothing keeps "+what+" from what its policies grant")
	return r
}
