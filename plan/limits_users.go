package plan

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// overUsersAndHub checks whether the users fit into the patterns and policies that name them, and whether the hub's template, which
// grows with the users, the recipients and the instructions, fits into a call. What it advises satisfies both.
func (p Plan) overUsersAndHub() config.Problems {
	c := p.Config
	named, hub := p.namesTooMany(), p.hubTooLarge()
	if named == "" && hub == "" {
		return nil
	}
	fit, limit := fittingUsers(c, func(p Plan) string { return cmp.Or(p.namesTooMany(), p.hubTooLarge()) })
	var found config.Problems
	if named != "" {
		n := fit
		if fit == 0 { // the hub has no room for a single one, which is a problem of its own
			n, limit = fittingUsers(c, Plan.namesTooMany)
		}
		found = append(found, c.Problem("users", fmt.Sprintf("%d users are too many: with %d of them, %s", len(c.Users), n+1, limit), "",
			fmt.Sprintf("Keep the first %d, or give them shorter names.", n)))
		if fit > 0 || hub == "" {
			return found
		}
	}
	return append(found, c.Problem("hub", hub, "", hubFix(c, fit)))
}

// fittingUsers returns how many of the users, from the first, are within a limit, and what exceeds it with one more.
func fittingUsers(c *config.Config, limit func(Plan) string) (n int, what string) {
	exceeded := func(n int) string {
		few := *c
		few.Users = c.Users[:n+1]
		return limit(Of(&few))
	}
	if n = sort.Search(len(c.Users), func(n int) bool { return exceeded(n) != "" }); n < len(c.Users) {
		return n, exceeded(n)
	}
	return n, ""
}

// worthwhile is the number of characters that instructions need at least to be of use, such as the address of a runbook.
const worthwhile = 60

// hubFix returns the fix for a hub that is too large: each change that is enough, or what every part takes where none is.
func hubFix(c *config.Config, users int) string {
	var ways []string
	if users > 0 && users < len(c.Users) {
		ways = append(ways, fmt.Sprintf("keep the first %d of the %d users", users, len(c.Users)))
	}
	a := c.Alerts
	total := len(a.Email) + len(a.HTTPS) + len(a.SMS) + len(a.SQS)
	if n := most(total, func(n int) bool { return hubFits(c, func(few *config.Config) { few.Alerts = longestOf(a, n) }) }); n > 0 {
		ways = append(ways, fmt.Sprintf("keep %d of the %d recipients in alerts", n, total))
	}
	text := []rune(a.Instructions)
	if n := most(len(text), func(n int) bool {
		return hubFits(c, func(few *config.Config) { few.Alerts.Instructions = string(text[:n]) })
	}); n >= worthwhile {
		ways = append(ways, fmt.Sprintf("write at most %d characters of alerts.instructions", n))
	}
	if len(ways) == 0 {
		return fmt.Sprintf("Have fewer users and fewer recipients in alerts, and shorten alerts.instructions: a user takes about %d bytes, a recipient %d, a character of the instructions %d.",
			saved(c, func(less *config.Config) { less.Users = c.Users[1:] }),
			saved(c, func(less *config.Config) { less.Alerts = longestOf(a, total-1) }),
			saved(c, func(less *config.Config) { less.Alerts.Instructions = string(text[1:]) }))
	}
	fix := strings.Join(ways, ", or ") + "."
	return strings.ToUpper(fix[:1]) + fix[1:]
}

// most returns the largest number below total that fits, or 0.
func most(total int, fits func(n int) bool) int {
	return sort.Search(total-1, func(i int) bool { return !fits(i + 1) })
}

// longestOf returns the alerts with the n recipients whose addresses are the longest: if they fit, any n of them do.
func longestOf(a config.Alerts, n int) config.Alerts {
	type recipient struct {
		list    *[]string
		address string
	}
	var all []recipient
	for _, list := range []*[]string{&a.Email, &a.HTTPS, &a.SMS, &a.SQS} {
		for _, address := range *list {
			all = append(all, recipient{list, address})
		}
		*list = nil
	}
	slices.SortStableFunc(all, func(a, b recipient) int { return len(b.address) - len(a.address) })
	for _, r := range all[:n] {
		*r.list = append(*r.list, r.address)
	}
	return a
}

// hubFits reports whether the hub's template fits into a call after a change of the file.
func hubFits(c *config.Config, change func(*config.Config)) bool {
	return hubAfter(c, change) <= MaxTemplate
}

// saved returns how many bytes of the hub's template a change of the file saves.
func saved(c *config.Config, change func(*config.Config)) int {
	return hubAfter(c, func(*config.Config) {}) - hubAfter(c, change)
}

func hubAfter(c *config.Config, change func(*config.Config)) int {
	changed := *c
	change(&changed)
	return Plan{Config: &changed}.measureHub()
}

// hubTooLarge returns how large the hub's template is if that is too large, otherwise an empty text.
func (p Plan) hubTooLarge() string {
	if p.HubSize() <= MaxTemplate {
		return ""
	}
	return fmt.Sprintf("the hub's template has about %d bytes, and CloudFormation allows %d", p.HubSize(), MaxTemplate)
}

// namesTooMany returns which pattern or policy is too long because of the users that it names; empty if none is.
func (p Plan) namesTooMany() string {
	for _, at := range p.longest() {
		for _, rule := range p.Rules(at, Refs{Key: watch.SampleKey}) {
			if n := watch.Size(rule.Pattern); n > watch.MaxPattern && !namesAccounts(at) {
				return fmt.Sprintf("the event pattern of %s has %d characters, and EventBridge allows %d", rule.Name, n, watch.MaxPattern)
			}
		}
	}
	for _, at := range p.longest() {
		if n := p.forwarderSize(at); n > MaxTemplate {
			return fmt.Sprintf("the template of %s has about %d bytes, and CloudFormation allows %d", at.Stack, n, MaxTemplate)
		}
	}
	users := UsersOf(p.Config)
	if n := access.Trust(users, p.Config.Role.RequireSessionName).Size(); n > access.MaxTrustPolicy {
		return fmt.Sprintf("the role's trust policy has %d characters, and IAM allows %d", n, access.MaxTrustPolicy)
	}
	if n := access.Guard(users).Size(); n > access.MaxManagedPolicy {
		return fmt.Sprintf("the users' guard policy has %d characters, and IAM allows %d", n, access.MaxManagedPolicy)
	}
	return ""
}
