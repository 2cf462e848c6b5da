package chain

import (
	"regexp"
	"strings"
	"time"

	"example.com/breakglass/operate/incident/events"
)

// center is what calls of the chain changed in IAM Identity Center, which gives people roles of its own in other accounts.
type center struct {
	// sets are the names of the permission sets that the chain made, by ARN.
	sets map[string]string
	// people are the users that the chain made: by ID, and by the name that their sessions have.
	byID, byName map[string]*Principal
	// assigned are the assignments by account.
	assigned map[string][]assignment
}

// assignment gives a user, or whoever is in a group, a permission set in an account.
type assignment struct {
	set, user string
	through   *Principal
}

func newCenter() center {
	return center{sets: map[string]string{}, byID: map[string]*Principal{}, byName: map[string]*Principal{}, assigned: map[string][]assignment{}}
}

// reserved matches the roles of Identity Center in an account: the name of the permission set, and what tells apart those of that name.
var reserved = regexp.MustCompile(`^AWSReservedSSO_(.+)_[0-9a-f]{16}$`)

func madeSet(c *Chain, call *Call) {
	if set := events.Text(call.Response, "permissionSet.permissionSetArn"); set != "" {
		c.center.sets[set] = events.Text(call.Response, "permissionSet.name")
	}
}

// madePerson follows a user of Identity Center by its name, which its sessions have; the console and the API write it in two forms.
func madePerson(c *Chain, call *Call) {
	id, user := events.Text(call.Response, "userId", "user.userId"), events.Text(call.Request, "userName")
	if events.Hidden(user) || user == "" {
		user = events.Text(call.Response, "user.userName")
	}
	if events.Hidden(user) {
		user = ""
	}
	if id == "" && user == "" {
		return
	}
	p := &Principal{Kind: Person, Account: call.Account, Name: user, By: call.By, Event: call.EventID, Since: call.Time}
	if user == "" {
		p.Name = id
	}
	if p = c.add(p); p == nil {
		return
	}
	if id != "" {
		c.center.byID[id] = p
	}
	if user != "" {
		c.center.byName[strings.ToLower(user)] = p
	}
}

// madeAssignment follows whoever comes into an account with a permission set since it was given there.
func madeAssignment(c *Chain, call *Call) {
	account, set := events.Text(call.Request, "targetId"), events.Text(call.Request, "permissionSetArn")
	if !events.IsAccount(account) || set == "" {
		return
	}
	a := assignment{set: set}
	if events.Text(call.Request, "principalType") == "USER" {
		a.user = events.Text(call.Request, "principalId")
	}
	own := c.center.sets[set] == "" && c.center.byID[a.user] == nil // others may have had it before
	a.through = c.add(&Principal{Kind: Provider, Account: account, Name: set, By: call.By, Event: call.EventID, Since: call.Time, Own: own})
	if a.through != nil {
		c.center.assigned[account] = append(c.center.assigned[account], a)
	}
}

// Assigned reports whether it is whoever comes with a permission set that the chain assigned.
func (p *Principal) Assigned() bool {
	return p != nil && p.Kind == Provider && strings.Contains(p.Name, ":permissionSet/")
}

// through returns by what of the chain somebody came into a role of Identity Center: by an assignment, or as a user that it made. It is nil where
// that is another permission set, or another user, as far as the names are known.
func (c *center) through(account, role, session string, at time.Time) *Principal {
	of := reserved.FindStringSubmatch(role)
	if of == nil {
		return nil
	}
	person := c.byName[strings.ToLower(session)]
	for _, a := range c.assigned[account] {
		if set := c.sets[a.set]; set != "" && set != of[1] {
			continue
		}
		if made := c.byID[a.user]; made != nil && c.named(made) && made != person {
			continue
		}
		if !at.Before(a.through.Since) {
			return a.through
		}
	}
	if person != nil && !at.Before(person.Since) {
		return person
	}
	return nil
}

// named reports whether the name of a user is known.
func (c *center) named(p *Principal) bool { return c.byName[strings.ToLower(p.Name)] == p }

// Follows reports whether the chain recognizes the sessions of a user of Identity Center, by its ID, or of a permission set, by its ARN.
func (c *Chain) Follows(id string) bool {
	p := c.center.byID[id]
	return c.center.sets[id] != "" || p != nil && c.center.named(p)
}

// accounts are those into which a user of Identity Center may come: those of the chain, and those of the assignments.
func (c *Chain) accounts() []string {
	all := append([]string{c.Hub}, c.Targets...)
	for account := range c.center.assigned {
		all = append(all, account)
	}
	return all
}

// cognito names itself as the identity provider of whoever comes through an identity pool.
const cognito = "cognito-identity.amazonaws.com"

// poolOf returns the identity pool through which a call enters a role: the principal is the provider, the pool and the identity. It is empty
// where the record does not say.
func poolOf(r events.Record) string {
	rest, ok := strings.CutPrefix(r.Identity.PrincipalID, cognito+":")
	parts := strings.Split(rest, ":")
	if !ok || len(parts) < 2 {
		return ""
	}
	return parts[0] + ":" + parts[1]
}

func openedPool(c *Chain, call *Call, own bool) {
	pool := events.Text(call.Request, "identityPoolId")
	if !own {
		pool = events.Text(call.Response, "identityPoolId")
	}
	if pool == "" {
		return
	}
	p := c.add(&Principal{Kind: Provider, Account: call.Account, Name: pool, By: call.By, Event: call.EventID, Since: call.Time, Own: own})
	for _, kind := range []string{"authenticated", "unauthenticated"} {
		if account, role := roleOf(events.Text(call.Request, "roles."+kind)); role != "" && p != nil {
			c.pooled[account+"/"+role] = p
		}
	}
}
