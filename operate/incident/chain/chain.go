package chain

import (
	"cmp"
	"slices"
	"strings"

	"example.com/breakglass/operate/incident/events"
)

// Most principals and keys that are followed: whoever wants to stay unseen could make thousands.
const (
	MostPrincipals = 500
	MostKeys       = 20
)

// Chain is what is known so far.
type Chain struct {
	Start
	// Left counts the principals and keys that were not followed, since there are too many.
	Left int

	principals []*Principal
	byKey      map[string]*Principal
	byName     map[string]*Principal
	opened     map[string]*Principal
	// pooled are the identity pools of roles.
	pooled  map[string]*Principal
	center  center
	records map[string]*Call
	asked   map[events.Query]bool
	left    map[string]bool
}

// Call is a call that a record shows.
type Call struct {
	events.Record
	// By is who made it; nil if it is nobody's of the chain.
	By *Principal
	// Halves are the records that other accounts have of the same call.
	Halves []events.Record
}

// New returns the chain that begins with the users.
func New(start Start) *Chain {
	c := &Chain{
		Start: start, byKey: map[string]*Principal{}, byName: map[string]*Principal{}, opened: map[string]*Principal{}, pooled: map[string]*Principal{},
		center: newCenter(), records: map[string]*Call{},
		asked: map[events.Query]bool{}, left: map[string]bool{},
	}
	for _, name := range start.Users {
		c.add(&Principal{Kind: User, Account: start.Hub, Name: name})
	}
	return c
}

func name(kind Kind, parts ...string) string {
	if kind == Made {
		kind = User // an account has one user of a name
	}
	return string(kind) + " " + strings.Join(parts, "/")
}

func (p *Principal) id() string { return name(p.Kind, p.Account, p.Role, p.Name) }

// add returns the principal with that name, which is new or known.
func (c *Chain) add(p *Principal) *Principal {
	id := p.id()
	if known := c.byName[id]; known != nil {
		known.issued = append(known.issued, p.issued...)
		known.byKey = known.byKey && p.byKey
		// The calls that made it may come in any order: the first of them counts.
		if p.Since.Before(known.Since) {
			known.Since, known.Own = p.Since, p.Own
		}
		return known
	}
	if len(c.principals) >= MostPrincipals {
		if !c.left[id] {
			c.left[id] = true
			c.Left++
		}
		return nil
	}
	c.principals = append(c.principals, p)
	c.byName[id] = p
	return p
}

func (c *Chain) addKey(p *Principal, key string) {
	if p == nil || key == "" || c.byKey[key] != nil {
		return
	}
	c.byKey[key] = p
	p.Keys = append(p.Keys, key)
	if len(p.Keys) > MostKeys {
		c.Left++
	}
}

// Add takes a record that was read. It reports whether the record is worth keeping: what a sweep of an account finds is only so if it belongs
// to the chain.
func (c *Chain) Add(r events.Record, sweep bool) bool {
	if known := c.records[r.EventID]; known != nil {
		if len(r.Raw) > len(known.Raw) {
			known.Record, known.By = r, nil // the copy that says more, perhaps about what the call returned
		}
		return true
	}
	if sweep && c.owner(r) == nil {
		return false
	}
	c.records[r.EventID] = &Call{Record: r}
	return true
}

// settle gives every record its owner, until nothing new appears.
func (c *Chain) settle() {
	all := make([]*Call, 0, len(c.records))
	for _, call := range c.records {
		all = append(all, call)
	}
	slices.SortFunc(all, func(a, b *Call) int { return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.EventID, b.EventID)) })
	shared := map[string]*Principal{}
	for again := true; again; {
		again = false
		for _, call := range all {
			if call.By != nil {
				continue
			}
			if call.By = c.owner(call.Record); call.By == nil {
				call.By = shared[call.SharedEventID]
			}
			if call.By == nil {
				continue
			}
			again = true
			if call.SharedEventID != "" {
				shared[call.SharedEventID] = call.By
			}
			c.derive(call)
		}
	}
}

// Next returns the questions that were not asked yet, sorted; none when nothing new appears.
func (c *Chain) Next() []events.Query {
	c.settle()
	var all []events.Query
	opened, providers := map[string]int{}, map[string]int{}
	for _, p := range c.opened {
		opened[p.Account]++
	}
	for _, p := range c.principals {
		if p.Kind == Provider {
			providers[p.Account]++
		}
	}
	for account, all := range c.center.assigned {
		providers[account] += len(all) // several may be of one permission set
	}
	ask := func(account, attribute, value string) {
		for _, region := range c.Regions {
			q := events.Query{Account: account, Region: region, Attribute: attribute, Value: value}
			switch attribute {
			case events.ReadOnly:
				q.Opened = opened[account]
			case events.Name:
				q.Opened = providers[account]
			}
			if value != "" && !c.asked[q] {
				c.asked[q] = true
				all = append(all, q)
			}
		}
	}
	for _, account := range c.Targets {
		ask(account, events.Resource, c.RoleARN(account))
		ask(account, events.ReadOnly, "false")
	}
	for _, p := range c.principals {
		switch {
		case p.Kind == Opened:
			ask(p.Account, events.Resource, p.arn)
			ask(p.Account, events.ReadOnly, "false") // its sessions may have begun in a way that names no role
		case p.Kind == Provider:
			// A record does not reliably list the provider among its resources, by which it could be looked up.
			for _, call := range throughProvider(p.Name) {
				ask(p.Account, events.Name, call)
			}
		case p.Kind == Person:
			if c.center.named(p) {
				for _, account := range c.accounts() {
					ask(account, events.Username, p.Name)
				}
			}
		case !p.byKey:
			ask(p.Account, events.Username, p.Name)
		}
		for _, key := range p.Keys[:min(MostKeys, len(p.Keys))] {
			ask(p.Account, events.AccessKey, key)
		}
	}
	slices.SortStableFunc(all, func(a, b events.Query) int {
		return cmp.Or(strings.Compare(a.Account, b.Account), strings.Compare(a.Region, b.Region))
	})
	return all
}

// Sweep reports whether a query reads more than the chain's own records.
func Sweep(q events.Query) bool { return q.Attribute == events.ReadOnly || q.Attribute == events.Name }

// Principals returns everybody of the chain, in the order in which they appeared.
func (c *Chain) Principals() []*Principal {
	c.settle()
	return slices.Clone(c.principals)
}

// Size returns how much is known of everybody: it grows with each principal, key and session.
func (c *Chain) Size() int {
	c.settle()
	n := 0
	for _, p := range c.principals {
		n += 1 + len(p.Keys) + len(p.issued)
	}
	return n
}

// Calls returns the calls of the chain, each once, in the order of time.
func (c *Chain) Calls() []*Call {
	c.settle()
	shared := map[string]*Call{}
	var all []*Call
	for _, call := range c.records {
		if call.By != nil {
			call.Halves = nil
			all = append(all, call)
		}
	}
	// The half of the account of the caller comes first: it says more about who called.
	slices.SortFunc(all, func(a, b *Call) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(foreign(a), foreign(b)), strings.Compare(a.EventID, b.EventID))
	})
	return slices.DeleteFunc(all, func(call *Call) bool {
		first := shared[call.SharedEventID]
		if first == nil || call.SharedEventID == "" {
			shared[call.SharedEventID] = call
			return false
		}
		first.Halves = append(first.Halves, call.Record)
		return true
	})
}

// foreign returns 1 for a record of an account that is not the caller's.
func foreign(c *Call) int {
	if c.Identity.Account != "" && c.Identity.Account != c.Account {
		return 1
	}
	return 0
}
