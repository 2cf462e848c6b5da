package contain

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/page"
	"example.com/breakglass/operate/incident/chain"
)

// Plan is what a run would do.
type Plan struct {
	Measures []Measure
	// Without has the measures that cannot be taken, with the reason.
	Without []string
	// Others are the IDs of incidents that are contained now, too.
	Others []string
	// Proofs are of those whose calls are to be refused.
	Proofs []*Proof

	run *run
}

func (r *run) plan(ctx context.Context, hub organizationsAPI) (p *Plan, err error) {
	p = &Plan{run: r}
	if _, err := r.renamed(ctx); err != nil {
		p.Without = append(p.Without, unknownNames(err))
	}
	for _, name := range r.Users {
		r.principals = append(r.principals, r.Config.HubPlace().User(name))
	}
	if r.contains(r.Caller, "") || strings.Contains(r.Caller, ":assumed-role/"+r.Config.Role.Name+"/") {
		return nil,
			fmt.Errorf("%s is contained by this, and would end itself halfway: run it with other credentials, those of an administrator of the hub account or of the management account, with --profile. "+
				"In the shell of breakglass enter, its own credentials then prove that they are refused", page.Clean(r.Caller))
	}
	r.principals = append(r.principals, r.Config.HubPlace().Of("*").Role(r.Config.Role.Name))
	rest := p.made()
	p.controls(ctx, hub)
	if len(rest) > 0 && slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Kind == Control }) {
		p.Without = append(p.Without,
			fmt.Sprintf("not in the service control policy, which holds %d characters: %s", access.MaxOrganizationPolicy, strings.Join(rest, ", ")))
	}
	for _, name := range r.Users {
		p.Measures = append(p.Measures, r.denied(name))
	}
	for _, t := range r.Config.Targets {
		p.Measures = append(p.Measures, Measure{Kind: Role, Account: t.Account, Name: r.Config.Role.Name})
	}
	if p.Others, err = r.others(ctx); err != nil {
		p.Without = append(p.Without, "whether another incident is contained is not known: "+account.Explain(err, "listing the policies of the role").Error())
	}
	if err := p.keys(ctx); err != nil {
		return nil, err
	}
	if p.Proofs, err = r.known(ctx, p.Measures); err != nil {
		return nil, err
	}
	// What is refused already proves little afterwards.
	for _, proof := range p.Proofs {
		if !proof.ended {
			asking, cancel := context.WithTimeout(ctx, account.Patience)
			verdict, _ := judge(proof.session.call(asking))
			cancel()
			proof.Before = verdict == Refused
		}
	}
	return p, nil
}

// made adds users and roles that the chain made to those whom the service control policy denies everything, as many as fit behind the emergency
// users and their role, and returns the rest: whoever makes very many must not make the policy too large for Organizations.
func (p *Plan) made() (rest []string) {
	r, at := p.run, p.run.Config.HubPlace()
	for _, principal := range r.Principals {
		var arn string
		switch {
		case principal.Own, principal.Kind == chain.Made && principal.Account == r.Config.Hub.Account && slices.Contains(r.Users, principal.Name):
		case principal.Kind == chain.Made:
			arn = at.Of(principal.Account).User(principal.Name)
		case principal.Kind == chain.Opened:
			arn = at.Of(principal.Account).Role(principal.Name)
		}
		switch {
		case arn == "":
		case len(control(append(slices.Clone(r.principals), arn))) > access.MaxOrganizationPolicy:
			rest = append(rest, arn)
		default:
			r.principals = append(r.principals, arn)
		}
	}
	return rest
}

// controls adds the service control policy, where the management account can be entered.
func (p *Plan) controls(ctx context.Context, hub organizationsAPI) {
	r := p.run
	without := func(err error) {
		p.Without = append(p.Without,
			"no service control policy: "+account.Explain(err, "asking for the organization").Error()+". Whoever is contained can undo the rest until IAM has spread it")
	}
	var err error
	if hub == nil {
		if hub, err = r.organizationIn(ctx, r.Config.Hub.Account); err != nil {
			without(err)
			return
		}
	}
	about, err := hub.DescribeOrganization(ctx, &organizations.DescribeOrganizationInput{})
	if err != nil {
		without(err)
		return
	}
	management := aws.ToString(about.Organization.MasterAccountId)
	if r.organization == nil {
		if r.organization, err = r.organizationIn(ctx, management); err != nil {
			without(err)
			return
		}
	}
	for _, number := range slices.Concat([]string{r.Config.Hub.Account}, accountsOf(r.Config)) {
		if number == management {
			p.Without = append(p.Without, "no service control policy on "+number+": it is the management account, which none restricts")
			continue
		}
		m := Measure{Kind: Control, Account: management, Name: number}
		if !slices.ContainsFunc(p.Measures, func(other Measure) bool { return other.ID() == m.ID() }) {
			p.Measures = append(p.Measures, m)
		}
	}
}

func accountsOf(c *config.Config) (all []string) {
	for _, t := range c.Targets {
		all = append(all, t.Account)
	}
	return all
}

// keys adds the active access keys of the users, and those that the chain made.
func (p *Plan) keys(ctx context.Context) error {
	r := p.run
	api, err := r.iamOf(ctx, r.Config.Hub.Account)
	if err != nil {
		return err
	}
	for _, name := range r.Users {
		status, err := keys(ctx, api, name)
		if err != nil {
			p.Without = append(p.Without, "the access keys of "+name+" are not known: "+account.Explain(err, "listing them").Error())
			continue
		}
		for _, id := range slices.Sorted(maps.Keys(status)) {
			if status[id] == "Active" {
				p.Measures = append(p.Measures, Measure{Kind: Key, Account: r.Config.Hub.Account, Name: name, Key: id})
			}
		}
	}
	for _, principal := range r.Principals {
		if principal.Kind == chain.Made {
			for _, id := range principal.Keys {
				if slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Key == id }) {
					continue // it is of a user who was renamed
				}
				p.Measures = append(p.Measures, Measure{Kind: Key, Account: principal.Account, Name: principal.Name, Key: id})
			}
		}
	}
	return nil
}

// newKeys makes the keys of the users inactive that are active only since the plan was made: with them, somebody would be back after the release.
func (p *Plan) newKeys(ctx context.Context) error {
	r := p.run
	api, err := r.iamOf(ctx, r.Config.Hub.Account)
	if err != nil {
		return nil // the measures in that account have failed, and say why
	}
	for _, name := range r.Users {
		status, err := keys(ctx, api, name)
		if err != nil {
			continue // so do those about the user
		}
		for _, id := range slices.Sorted(maps.Keys(status)) {
			if status[id] != "Active" || slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Key == id }) {
				continue
			}
			m := Measure{Kind: Key, Account: r.Config.Hub.Account, Name: name, Key: id}
			if err := r.note(Event{Measure: m, What: Undone, Why: "it was not active, or not known, when this began"}); err != nil {
				return err
			}
			if err := r.taken(ctx, &m); err != nil {
				return err
			}
			p.Measures = append(p.Measures, m)
			r.settled(m)
		}
	}
	return ctx.Err()
}
