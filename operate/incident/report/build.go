package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
)

// Source is what a report is made of.
type Source struct {
	Config  *config.Config
	Folder  *folder.Folder
	Outcome *gather.Outcome
	// Regions are those that were read. Bucket is the address of the trail's files, if they were read in place of the event history.
	Regions []string
	Bucket  string
	// By is the ARN of who has it written, File the path of the configuration, Now the time.
	By, File string
	Now      time.Time
}

// Of makes the report.
func Of(s Source) *Report {
	b := builder{Source: s, calls: s.Outcome.Chain.Calls(), number: map[*chain.Principal]int{}}
	r := &Report{
		Version: Version, Written: s.Now.UTC(), By: clean(s.By), Folder: s.Folder.Path, HubAccount: s.Config.Hub.Account, Users: s.Folder.Users,
		Period: s.Folder.Period, File: s.File, SHA256: s.Config.SHA256(), Requests: s.Outcome.Requests, Seconds: int(s.Outcome.Took.Seconds()),
		People: []Person{}, Changes: []Line{}, Remains: []Remains{}, Unseen: []Unseen{}, Sessions: []Session{}, OnlyLedger: []Line{}, OnlyHistory: []Line{},
		Others: []Line{}, Exercises: []string{}, Timeline: []Line{},
	}
	b.inPeriod()
	r.Sessions = b.sessions()
	b.compare(r)
	for _, call := range b.calls {
		line := b.line(call)
		switch {
		case changes(call):
			r.Changes = append(r.Changes, line)
		case !told(call) && !s.Folder.Reads:
			continue
		}
		r.Timeline = append(r.Timeline, line)
	}
	r.People = b.people()
	r.Remains = b.remains()
	r.Unseen = b.unseen()
	return r
}

type builder struct {
	Source
	calls  []*chain.Call
	number map[*chain.Principal]int
	// hubs has the hubs whose ledgers have an event, by its ID.
	hubs map[string][]string
}

// inPeriod leaves out what the ledgers have of the minutes after the period.
func (b *builder) inPeriod() {
	b.calls = slices.DeleteFunc(b.calls, func(c *chain.Call) bool {
		return c.Time.Before(b.Folder.Period.From) || c.Time.After(b.Folder.Period.To)
	})
}

// signsIn reports whether a call is a sign-in or a switch of roles.
func signsIn(c *chain.Call) bool { return c.Source == "signin.amazonaws.com" }

// changes reports whether a call changed something.
func changes(c *chain.Call) bool { return c.Changes() }

// told reports whether a call that changed nothing is in the timeline: ways in, new credentials, and whatever failed.
func told(c *chain.Call) bool {
	return c.Failed() || signsIn(c) || c.Source == "sts.amazonaws.com" && c.Name != "GetCallerIdentity" || c.Anywhere() || !c.ReadOnly
}

func (b *builder) line(c *chain.Call) Line {
	l := lineOf(c)
	l.Session = b.number[c.By]
	for _, id := range append([]string{c.EventID}, ids(c)...) {
		for _, hub := range b.hubs[id] {
			if !slices.Contains(l.Ledgers, hub) {
				l.Ledgers = append(l.Ledgers, hub)
			}
		}
	}
	return l
}

func ids(c *chain.Call) []string {
	var all []string
	for _, half := range c.Halves {
		all = append(all, half.EventID)
	}
	return all
}

// sessions returns what each principal did, in the order of its first call.
func (b *builder) sessions() []Session {
	of := map[*chain.Principal][]*chain.Call{}
	for _, c := range b.calls {
		of[c.By] = append(of[c.By], c)
	}
	all := b.Outcome.Chain.Principals()
	all = slices.DeleteFunc(all, func(p *chain.Principal) bool { return len(of[p]) == 0 && p.By == nil })
	first := func(p *chain.Principal) time.Time {
		if !p.Since.IsZero() {
			return p.Since
		}
		return of[p][0].Time
	}
	slices.SortStableFunc(all, func(x, y *chain.Principal) int {
		return cmp.Or(first(x).Compare(first(y)), strings.Compare(x.Title(), y.Title()))
	})
	for i, p := range all {
		b.number[p] = i + 1
	}
	sessions := []Session{}
	for i, p := range all {
		s := Session{
			Number: i + 1, Who: clean(p.Title()), Kind: string(p.Kind), Account: clean(p.Account), MFA: "not recorded", Note: note(p),
			Addresses: []string{}, Agents: []string{}, Keys: []string{}, Writes: []Line{}, Denials: []Line{}, Made: []string{},
		}
		for _, key := range p.Keys {
			s.Keys = append(s.Keys, clean(key))
		}
		switch {
		case p.By != nil:
			s.By = clean(p.By.Title())
		case p.Kind != chain.User:
			s.By = "not seen"
		}
		for _, c := range of[p] {
			s.add(b.line(c), c)
		}
		sessions = append(sessions, s)
	}
	return sessions
}

func (s *Session) add(l Line, c *chain.Call) {
	if s.From.IsZero() {
		s.From = l.Time
	}
	s.To = l.Time
	if l.MFA != "" && s.MFA != "No" && !c.Failed() {
		s.MFA = l.MFA
	}
	s.Addresses, s.Agents = once(s.Addresses, l.Address), once(s.Agents, l.Agent)
	s.Sources = once(s.Sources, clean(c.Identity.Context.Source))
	switch {
	case c.Failed() && !signsIn(c):
		s.Denials = append(s.Denials, l)
	case changes(c):
		s.Writes = append(s.Writes, l)
		if opposite(c.Plain()) != "" {
			s.Made = append(s.Made, l.Call+" "+l.On)
		}
	case c.ReadOnly:
		s.Reads++
	}
}

// once adds a text to a list that lacks it.
func once(all []string, text string) []string {
	if text == "" || slices.Contains(all, text) {
		return all
	}
	return append(all, text)
}

func note(p *chain.Principal) string {
	switch {
	case p.Kind == chain.Made && p.Own:
		return "The user was there before: calls of its owner may be among these."
	case p.Kind == chain.Opened && p.Own:
		return "The role was there before: calls of those who use it may be among these."
	case p.Assigned() && p.Own:
		return "Others may have this permission set: sessions of theirs may be among these."
	case p.By.Assigned() && p.By.Own:
		return "It came with a permission set of IAM Identity Center that others may have: it may be one of theirs."
	case p.By.Assigned():
		return "It came with a permission set of IAM Identity Center that the chain assigned."
	case p.Kind == chain.Session && p.By != nil && p.By.Kind == chain.Person:
		return "It is of a user of IAM Identity Center whom the chain made."
	case p.Kind == chain.Provider && p.Own:
		return "It was there before, and was changed: sessions of those who use it may be among these."
	case p.Kind == chain.Session && p.By != nil && p.By.Kind == chain.Provider && p.By.Own:
		return "It came through an identity provider that was there before, and was changed: it may be one of those who use it."
	case p.Kind == chain.Session && p.By != nil && p.By.Kind == chain.Provider:
		return "It came through an identity provider that the chain made."
	case p.Kind == chain.Session && p.By != nil && p.By.Kind == chain.Opened && p.By.Own:
		return "Its role was there before: it may be one of those who use it."
	case p.By == nil && p.Kind != chain.User:
		return "How it began was not seen."
	}
	return ""
}

// people returns with whom the chains begin, and what came of each.
func (b *builder) people() []Person {
	byFirst, order := map[*chain.Principal]*Person{}, []*chain.Principal{}
	for _, c := range b.calls {
		first := c.By.First()
		p := byFirst[first]
		if p == nil {
			p = &Person{Name: clean(first.Title()), Addresses: []string{}, Ways: []Way{}, Accounts: []string{}, From: c.Time}
			byFirst[first] = p
			order = append(order, first)
		}
		p.To = c.Time
		p.Accounts = once(p.Accounts, clean(c.Account))
		if !byService(c.Address) {
			p.Addresses = once(p.Addresses, clean(c.Address))
		}
		for _, half := range c.Halves {
			p.Accounts = once(p.Accounts, clean(half.Account))
		}
		switch {
		case signsIn(c) && c.Failed():
			p.Failures++
		case c.Failed():
			p.Denials++
		case changes(c):
			p.Writes++
		}
		if how := way(c.Record); how != "" && !c.Failed() && c.By == first {
			p.enter(how, c)
		}
	}
	all := []Person{}
	for _, first := range order {
		all = append(all, *byFirst[first])
	}
	return all
}

// byService reports whether the address of a call is that of a service that made it for somebody, and not where a person is.
func byService(address string) bool {
	return address == "AWS Internal" || strings.HasSuffix(address, ".amazonaws.com")
}

func (p *Person) enter(how string, c *chain.Call) {
	mfa := mfaOf(c.Record)
	if mfa == "" {
		mfa = "not recorded"
	}
	for i, w := range p.Ways {
		if w.How == how && w.Region == c.Region && w.MFA == mfa {
			p.Ways[i].Times++
			return
		}
	}
	p.Ways = append(p.Ways, Way{How: how, Region: clean(c.Region), MFA: mfa, Times: 1, First: c.Time})
}
