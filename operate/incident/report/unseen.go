package report

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/gather"
	"github.com/dustin/go-humanize/english"
)

// unseen returns what the report may lack: what was not read first, then the limits of what was.
func (b *builder) unseen() []Unseen {
	all := b.unread()
	all = append(all, b.unnamed()...)
	all = append(all, b.late()...)
	all = append(all, b.edges()...)
	return append(all, b.limits()...)
}

// unread returns the accounts, Regions and ledgers that could not be read. The same reason in several places is one row.
func (b *builder) unread() []Unseen {
	type reason struct{ what, fix string }
	at := map[reason][]string{}
	unreadable, throttled, misread := 0, 0, []string{}
	for q, read := range b.Outcome.Reads {
		unreadable, throttled = unreadable+read.Unreadable, throttled+read.Throttled
		if read.Unreadable > 0 {
			misread = once(misread, placeOf(q.Account, q.Region))
		}
		if read.Failure == "" || q.Attribute == gather.FromBucket && b.Bucket == "" { // the event history was read instead
			continue
		}
		// The reason without the place, which stands beside it.
		what := read.Failure
		if q.Region != "" {
			if _, rest, ok := strings.Cut(what, " in "+q.Region+": "); ok {
				what = rest
			}
		}
		key := reason{what, read.Fix}
		at[key] = once(at[key], placeOf(q.Account, q.Region))
	}
	all := []Unseen{}
	for key, places := range at {
		slices.Sort(places)
		all = append(all, Unseen{What: clean(key.what), Where: places, Fix: clean(key.fix), Unread: true})
	}
	for _, ledger := range b.Outcome.Ledgers {
		if ledger.Failure != "" {
			all = append(all, Unseen{What: clean(ledger.Failure), Where: []string{ledger.Hub}, Fix: clean(ledger.Fix), Unread: true})
		}
	}
	slices.SortFunc(all, func(x, y Unseen) int {
		return cmp.Or(strings.Compare(x.What, y.What), slices.Compare(x.Where, y.Where))
	})
	if unreadable > 0 {
		slices.Sort(misread)
		all = append(all, Unseen{What: english.Plural(unreadable, "event", "") + " of CloudTrail could not be understood", Where: misread, Unread: true})
	}
	if left := b.Outcome.Chain.Left; left > 0 {
		all = append(all,
			Unseen{
				What: fmt.Sprintf("sessions and keys that were not followed: %d; at most %d sessions, and %d keys of each, are", left, chain.MostPrincipals,
					chain.MostKeys), Unread: true,
			})
	}
	if throttled > 0 {
		all = append(all,
			Unseen{What: "CloudTrail throttled " + english.Plural(throttled, "request",
				"") + ", which were repeated: nothing is missing because of it, unless named above"})
	}
	var units []string
	for _, u := range b.Config.Units {
		units = append(units, u.ID())
	}
	if len(units) > 0 {
		all = append(all, Unseen{
			What:  "accounts of organizational units are read only if the chain leads there from the hub: sessions that began otherwise are not found",
			Where: units, Fix: "list the accounts that matter as targets",
		})
	}
	return all
}

// nameless are the calls that give somebody who was there before something in IAM Identity Center, or in a user pool, and lead to nobody by whom
// CloudTrail could be asked; with them, calls whose names CloudTrail hides.
var nameless = regexp.MustCompile(`^(sso:((Attach|Put|Update)[A-Za-z]*PermissionSet|DeletePermissionsBoundaryFromPermissionSet|CreateApplicationAssignment)|` +
	`(identitystore|sso-directory):(CreateGroupMembership|AddMemberToGroup|CreateUser|UpdateUser[A-Za-z]*|UpdatePassword|ResetUserPassword|EnableUser|CreateBearerToken)|` +
	`(sso|sso-directory):(AssociateDirectory|EnableExternalIdPConfigurationForDirectory|UpdateExternalIdPConfigurationForDirectory|CreateExternalIdPConfigurationForDirectory)|` +
	`cognito-idp:(Create|Update)(UserPoolClient|IdentityProvider|UserPool)|cognito-idp:Admin(CreateUser|SetUserPassword|EnableUser|AddUserToGroup))$`)

// unnamed returns the calls of that kind.
func (b *builder) unnamed() []Unseen {
	var where []string
	for _, c := range b.calls {
		if c.Failed() || !nameless.MatchString(strings.TrimSuffix(c.Source, ".amazonaws.com")+":"+c.Name) {
			continue
		}
		whom := events.Text(c.Request, "permissionSetArn", "memberId.userId", "member.memberId", "userId")
		if whom == "" {
			whom = events.Text(c.Response, "userId", "user.userId")
		}
		if b.Outcome.Chain.Follows(whom) {
			continue
		}
		where = once(where, clean(c.Account+" "+c.Name+" on "+c.Object()+" at "+when(c.Time)))
	}
	var all []Unseen
	for _, p := range b.Outcome.Chain.Principals() {
		if p.Kind == chain.Person {
			all = append(all,
				Unseen{
					What: "what " + clean(p.Title()) + " did in accounts that are no targets, and to which the chain assigned nothing",
					Fix:  "look at the assignments of the user and its groups",
				})
		}
	}
	if len(where) == 0 {
		return all
	}
	return append(all, Unseen{
		What:  "what people did whose rights, group, password or name in IAM Identity Center or a user pool were changed: these calls do not name them as their sessions do",
		Where: where, Fix: "look up who they are, and search CloudTrail for sessions of that name (AWSReservedSSO_…, CognitoIdentityCredentials)", Unread: true,
	})
}

// late returns what CloudTrail may deliver only later.
func (b *builder) late() []Unseen {
	after, accounts, regions := time.Time{}, []string{}, []string{}
	for q, read := range b.Outcome.Reads {
		if !read.Done || !read.At.Before(b.Folder.Period.To.Add(events.Late)) {
			continue
		}
		if from := read.At.Add(-events.Late); after.IsZero() || from.Before(after) {
			after = from
		}
		accounts, regions = once(accounts, q.Account), once(regions, q.Region)
	}
	if len(accounts) == 0 {
		return nil
	}
	ready := b.Folder.Period.To.Add(events.Late)
	return []Unseen{{
		What: fmt.Sprintf("CloudTrail delivers events up to %.0f minutes late: calls after %s may be missing in %s", events.Late.Minutes(), when(after),
			english.Plural(len(regions), "Region", "")+" of "+english.Plural(len(accounts), "account", "")),
		Fix:   fmt.Sprintf("%s, after %s", b.Folder.NextCommand("report"), when(ready)),
		Where: nil,
	}}
}

// edges returns what crosses the ends of the period.
func (b *builder) edges() []Unseen {
	var before, after []string
	for _, c := range b.calls {
		if at := c.Created(); !at.IsZero() && at.Before(b.Folder.Period.From) {
			before = once(before, clean(c.By.Title())+" (since "+when(at)+")")
		}
	}
	longest := b.Config.LongestSession()
	for _, p := range b.Outcome.Chain.Principals() {
		stays := p.Kind == chain.Made || p.Kind == chain.Opened || p.Kind == chain.Provider || p.Kind == chain.Person
		if stays || !p.Since.IsZero() && p.Since.Add(longest).After(b.Folder.Period.To) {
			after = append(after, clean(p.Title()))
		}
	}
	var all []Unseen
	if len(before) > 0 {
		all = append(all,
			Unseen{
				What: "sessions that began before the period: what they did earlier is not in the report", Where: before, Fix: "make another report that begins earlier",
			})
	}
	if len(after) > 0 {
		all = append(all,
			Unseen{
				What: "sessions, keys and users that could act after the period ended", Where: after,
				Fix: b.Folder.NextCommand("contain") + " ends them; a later report shows what they did",
			})
	}
	// A period of 90 days began some minutes earlier than that when its report is written.
	if oldest := b.Now.Add(-events.Kept); b.Bucket == "" && b.Folder.Period.From.Before(oldest.Add(-events.Late)) {
		all = append(all,
			Unseen{What: "the event history keeps 90 days: nothing before " + when(oldest) + " was read", Unread: true, Fix: "read the files of a trail"})
	}
	return all
}

// limits are what no run can see.
func (b *builder) limits() []Unseen {
	services := Unseen{What: "what functions, instances and other services did with a role that was passed to them, unless its trust policy was changed in the period, too"}
	before := Unseen{What: "what was begun before the period, unless it is the role of a target account: sessions of other roles, and users, keys, identity providers and trust policies that were made or changed then"}
	others := Unseen{What: "what was done with certificates, SSH keys and service-specific credentials of users who were there before"}
	hidden := Unseen{What: "failed sign-ins under another name than that of a user: CloudTrail hides the name"}
	if b.Bucket != "" {
		return []Unseen{
			{What: "only the accounts, Regions and events that the trail logs are in " + clean(b.Bucket) +
				": data events (objects of S3, functions invoked) only if it selects them"},
			before, services, others, hidden,
		}
	}
	return []Unseen{
		{
			What: "data events (objects of S3 read or written, functions invoked, items of tables, messages) are in no event history",
			Fix:  "read the data events of a trail, if one logs them",
		},
		{What: "only these Regions were read: " + strings.Join(b.Regions, ", "), Fix: "--regions reads more"},
		before, services, others, hidden,
	}
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
