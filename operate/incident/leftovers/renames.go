package leftovers

import (
	"slices"
	"strings"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// rename is a call that gave a user or a group of IAM another name: its keys, policies and members are there under that one from then on.
type rename struct {
	account, member, from, to string
	at                        time.Time
}

// renames are in the order of time.
type renames []rename

func renamedIn(calls []*chain.Call) (all renames) {
	for _, c := range calls {
		if member, from, to := c.Renamed(); member != "" {
			all = append(all, rename{c.Account, member, from, to, c.Time})
		}
	}
	slices.SortStableFunc(all, func(a, b rename) int { return a.at.Compare(b.at) })
	return all
}

// of returns the members of a call's record that have another value now, since somebody renamed what they name.
func (r renames) of(c *chain.Call) map[string]any {
	now := map[string]any{}
	if member, _, _ := c.Renamed(); c.Source != "iam.amazonaws.com" || member != "" {
		return now
	}
	for _, member := range []string{"userName", "groupName"} {
		name := events.Text(c.Request, member)
		if name == "" && member == "userName" {
			if name = events.Text(c.Response, "accessKey.userName", "certificate.userName"); name == "" {
				name = c.Identity.UserName
			}
		}
		before := name
		for _, one := range r {
			if one.account == c.Account && one.member == member && strings.EqualFold(one.from, name) && !one.at.Before(c.Time) {
				name = one.to
			}
		}
		if name == before {
			continue
		}
		now[member] = name
		if member == "userName" {
			now["accessKey"], now["certificate"] = map[string]any{member: name}, map[string]any{member: name}
		}
	}
	return now
}
