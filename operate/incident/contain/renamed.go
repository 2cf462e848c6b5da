package contain

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/access"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/operate/incident/chain"
)

// mostFollowed bounds how often a run looks for new names and keys: whoever makes them without end must not keep it from ending.
const mostFollowed = 5

// renamed finds the users under the names that they have now, and returns those that are new. Whoever renames a user takes its password, devices,
// keys and sessions along; its ID stays.
func (r *run) renamed(ctx context.Context) (added []string, err error) {
	asking, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	api, err := r.iamOf(asking, r.Config.Hub.Account)
	if err != nil {
		return nil, err
	}
	all, err := users(asking, api)
	if err != nil {
		return nil, err
	}
	there, later := map[string]bool{}, r.recorded()
	for _, u := range all {
		name, id := aws.ToString(u.UserName), aws.ToString(u.UserId)
		there[name], r.idOf[name] = true, id
		switch was := later[strings.ToLower(name)]; {
		case slices.Contains(r.Users, name):
			r.ids[id] = name
		case r.ids[id] == "" && was != "":
			r.ids[id] = was
		}
	}
	for _, u := range all {
		name, id := aws.ToString(u.UserName), aws.ToString(u.UserId)
		was := r.ids[id]
		if was == "" || slices.Contains(r.Users, name) {
			continue
		}
		added, r.ids[id], r.was[name] = append(added, name), name, was
		if !there[was] {
			r.Users = slices.DeleteFunc(slices.Clone(r.Users), func(other string) bool { return other == was })
		}
		r.Users = append(r.Users, name)
	}
	return added, nil
}

// users returns the users of an account.
func users(ctx context.Context, api iamAPI) ([]iamtypes.User, error) {
	return whole.Pages(ctx, iam.NewListUsersPaginator(api, &iam.ListUsersInput{}),
		func(page *iam.ListUsersOutput) []iamtypes.User { return page.Users })
}

// recorded takes the IDs of the users from the records, and returns the names that these give them last, in lower case, as IAM compares them,
// each with that of the beginning.
func (r *run) recorded() map[string]string {
	later := map[string]string{}
	for _, c := range r.Calls {
		if c.By != nil && c.By.Kind == chain.User && c.Identity.Type == "IAMUser" && c.Identity.PrincipalID != "" && r.ids[c.Identity.PrincipalID] == "" {
			r.ids[c.Identity.PrincipalID] = c.By.Name
		}
		parameter, was, now := c.Renamed()
		if parameter != "userName" || c.Account != r.Config.Hub.Account {
			continue
		}
		was, now = strings.ToLower(was), strings.ToLower(now)
		first := later[was]
		delete(later, was) // whoever has that name from then on is somebody else
		if i := slices.IndexFunc(r.Users, func(name string) bool { return strings.EqualFold(name, was) }); i >= 0 {
			first = r.Users[i]
		}
		if first != "" {
			later[now] = first
		}
	}
	return later
}

// detach removes AWSDenyAll from a user, whatever it is called now: whoever gave it its name back did that between contain and release.
func (r *run) detach(ctx context.Context, api iamAPI, m Measure) error {
	name, unknown := m.Name, error(nil)
	if m.UserID != "" {
		var all []iamtypes.User
		all, unknown = users(ctx, api)
		if i := slices.IndexFunc(all, func(u iamtypes.User) bool { return aws.ToString(u.UserId) == m.UserID }); i >= 0 {
			name = aws.ToString(all[i].UserName)
		}
	}
	_, err := api.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: aws.String(name), PolicyArn: aws.String(r.denyAll())})
	if missing(err) && unknown != nil {
		return unknown // it may be denied under another name
	}
	return err
}

// follow takes measures about the users who were renamed since, and about the keys that are new, and reports whether there were any.
func (p *Plan) follow(ctx context.Context) (bool, error) {
	r, before := p.run, len(p.Measures)
	added, err := r.renamed(ctx)
	if err != nil && ctx.Err() == nil && !slices.Contains(p.Without, unknownNames(err)) {
		p.Without = append(p.Without, unknownNames(err)) // those that were known are contained nevertheless
	}
	for _, name := range added {
		r.principals = slices.Insert(r.principals, 0, r.Config.HubPlace().User(name))
		for len(control(r.principals)) > access.MaxOrganizationPolicy {
			last := len(r.principals) - 1
			p.Without = append(p.Without, "no longer in the service control policy, which is full: "+r.principals[last])
			r.principals = r.principals[:last]
		}
		m := r.denied(name)
		if err := r.note(Event{Measure: m, What: Undone, Why: "somebody renamed the user: it is denied under the new name"}); err != nil {
			return false, err
		}
		// What is attached under the new name may be what this run attached under the old one: release has to remove it.
		if i := slices.IndexFunc(p.Measures, func(old Measure) bool { return old.Kind == User && old.Name == m.Was }); i >= 0 && r.begun(p.Measures[i].ID()) {
			m.Existed = p.Measures[i].Existed
			if err := r.note(Event{Measure: m, What: Intended}); err != nil {
				return false, err
			}
		}
		if err := r.taken(ctx, &m); err != nil {
			return false, err
		}
		p.Measures = append(p.Measures, m)
		r.settled(m)
	}
	if len(added) > 0 {
		p.Measures = slices.DeleteFunc(p.Measures, func(m Measure) bool { return m.Kind == User && !slices.Contains(r.Users, m.Name) })
		if err := r.all(ctx, p.Measures, Control, func(m *Measure) error { return r.taken(ctx, m) }); err != nil {
			return false, err
		}
	}
	if err := p.newKeys(ctx); err != nil {
		return false, err
	}
	return len(added) > 0 || len(p.Measures) > before, ctx.Err()
}

// denied is the measure about a user.
func (r *run) denied(name string) Measure {
	return Measure{Kind: User, Account: r.Config.Hub.Account, Name: name, Was: r.was[name], UserID: r.idOf[name]}
}

// settled notes that nobody undid a measure since it was taken.
func (r *run) settled(m Measure) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.undone, m.ID())
}

func unknownNames(err error) string {
	return fmt.Sprintf("whether somebody renamed the users is not known: %v", account.Explain(err, "listing the users of the hub account"))
}
