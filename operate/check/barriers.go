package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/organizations/types"

	"example.com/breakglass/config"
)

// asked is a request of the way in, and who makes it.
type asked struct {
	request
	// who makes the request: a user's name, or the role.
	who string
	// account is where it is decided, and scope what it belongs to: the users, or the role of an account.
	account, scope string
	// onlyNamed means that a statement counts only where it names the action's service: whether others are about it is not
	// documented.
	onlyNamed bool
}

// users is the scope of what the users ask for; the role's is the number of its account.
const users = "users"

// signIn are the actions that AWS Sign-In asks for while somebody signs in (AWS Sign-In user guide).
var signIn = []string{"signin:Authenticate", "signin:AuthorizeOAuth2Access", "signin:CreateOAuth2Token"}

// context returns what is known of every request of a principal in this organization. Keys that only requests of services, of
// federated users or through a VPC endpoint have are absent.
func contextOf(principal, kind, account, organization string) map[string][]string {
	known := map[string][]string{
		"aws:principalarn": {principal}, "signin:principalarn": {principal}, "aws:principalaccount": {account}, "aws:principaltype": {kind},
		"aws:securetransport": {"true"}, "aws:principalisawsservice": {"false"},
	}
	if organization != "" {
		known["aws:principalorgid"] = []string{organization}
	}
	for _, absent := range []string{
		"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths", "aws:principalservicename", "aws:federatedprovider",
		"aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "sts:externalid", "ec2:sourceinstancearn",
	} {
		known[absent] = nil
	}
	return known
}

// wayRequests returns what the organization's service control policies, or its resource control policies, decide on the way in.
func (s *scene) wayRequests(kind types.PolicyType, organization string) (all []asked) {
	services := kind == types.PolicyTypeServiceControlPolicy
	for _, u := range s.config.Users {
		arn := s.config.HubPlace().User(u.Name)
		known := contextOf(arn, "User", s.account(), organization)
		known["aws:multifactorauthpresent"], known["aws:username"] = []string{"true"}, []string{u.Name}
		for _, role := range s.roleARNs() {
			at := accountOf(role)
			if services {
				at = s.account()
			}
			all = append(all, asked{request: request{"sts:AssumeRole", role, known}, who: u.Name, account: at, scope: users})
		}
		for _, action := range signIn {
			all = append(all, asked{request: request{action, "*", known}, who: u.Name, account: s.account(), scope: users, onlyNamed: true})
		}
	}
	if !services {
		return all
	}
	for _, t := range slices.Concat(s.config.Targets, s.config.Units) {
		account, scope := t.Account, t.ID()
		if account == "" {
			account = "*" // of a unit: any of its accounts
		}
		arn := config.PlaceOf(account, s.config.Hub.Region).Role(s.config.Role.Name)
		known := contextOf(arn, "AssumedRole", account, organization)
		if account == "*" {
			delete(known, "aws:principalaccount")
		}
		if t.Region != "" {
			known["aws:requestedregion"] = []string{t.Region}
		}
		for _, p := range probes {
			all = append(all, asked{request: request{p.action, "*", known}, account: scope, scope: scope})
		}
	}
	return all
}

// barrier is a statement in the way, or the lack of one, with all that it stops.
type barrier struct {
	what          string // of the policy
	certain       bool
	users         []string
	actions, on   []string
	where, scopes []string
}

// barriers reports which of the organization's policies stop the users or the role, one finding for each statement.
func (s *scene) barriers(read *controls, management, organization string) *result {
	r := of("way")
	found := map[string]*barrier{}
	add := func(what string, certain bool, a asked, on []string) {
		key := fmt.Sprint(certain, what)
		b := found[key]
		if b == nil {
			b = &barrier{what: what, certain: certain}
			found[key] = b
		}
		if a.who != "" {
			b.users = union(b.users, []string{a.who})
		}
		b.actions, b.on = union(b.actions, []string{a.action}), union(b.on, on)
		b.where, b.scopes = union(b.where, []string{a.account}), union(b.scopes, []string{a.scope})
	}
	for _, kind := range []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy} {
		for _, a := range s.wayRequests(kind, organization) {
			if a.account == management {
				continue // the organization's policies are not for it
			}
			for _, at := range read.path(a.account) {
				s.level(read.at[at], kind, at, a, add)
			}
		}
	}
	for _, key := range sorted(found) {
		r.found = append(r.found, s.barrierFinding(*found[key]))
	}
	return r
}

// level looks at what is attached to one account, unit or root: a statement that denies the request is in its way, and so is it
// that none allows it.
func (s *scene) level(attached []control, kind types.PolicyType, at string, a asked, add func(what string, certain bool, a asked, on []string)) {
	allowed, some := no, false
	for _, c := range attached {
		if c.kind != kind {
			continue
		}
		some = true
		for i, statement := range c.statements {
			if a.onlyNamed && !namesService(statement, a.action) {
				continue
			}
			ruling := a.applies(statement)
			if statement["Effect"] == "Allow" {
				allowed = max(allowed, ruling.verdict)
				continue
			}
			if ruling.verdict == no {
				continue
			}
			which := fmt.Sprintf("statement %d", i+1)
			if sid, _ := statement["Sid"].(string); sid != "" {
				which = "statement " + sid
			}
			add(fmt.Sprintf("%s of %s on %s", which, c, at), ruling.verdict == yes, a, ruling.on)
		}
	}
	if some && allowed == no && !a.onlyNamed && kind == types.PolicyTypeServiceControlPolicy {
		add("no service control policy on "+at, true, a, nil)
	}
}

// namesService reports whether a statement names the service of an action.
func namesService(statement map[string]any, action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return slices.ContainsFunc(list(statement["Action"]), func(one string) bool { return strings.HasPrefix(strings.ToLower(one), service+":") })
}

func (s *scene) barrierFinding(b barrier) Finding {
	who := "role " + s.config.Role.Name
	if len(b.users) > 0 {
		who = titles("user", b.users)
		if len(b.scopes) > 1 {
			who += " and the role"
		}
	}
	slices.Sort(b.actions)
	f := Finding{Check: "way", Severity: Problem, Where: b.where, barred: b.scopes}
	switch does := strings.Join(b.actions, ", "); {
	case strings.HasPrefix(b.what, "no "):
		f.What = b.what + " allows " + who + " to do this: " + does
		f.Fix = "allow it there, in the management account"
	case b.certain:
		f.What = b.what + " denies " + who + " this: " + does
	default:
		f.Severity, f.What = Warning, b.what+" may deny "+who+" this, depending on "+strings.Join(b.on, ", ")+": "+does
	}
	if f.Fix == "" {
		var arns []string
		for _, name := range b.users {
			arns = append(arns, s.config.HubPlace().User(name))
		}
		if len(b.users) == 0 || len(b.scopes) > 1 {
			arns = append(arns, config.PlaceOf("*", s.config.Hub.Region).Role(s.config.Role.Name))
		}
		f.Fix = "in the management account, exempt them in the statement's condition: ArnNotLike, aws:PrincipalArn: " + strings.Join(arns, ", ")
	}
	return f
}
