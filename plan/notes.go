package plan

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
)

// globalSignIn are the Regions in which a sign-in at the console's global address is recorded: us-east-1 without an
// alias cookie, otherwise the nearest of the others (CloudTrail user guide, AWS console sign-in events). Root's sign-ins
// and IAM's records appear in us-east-1 too.
var globalSignIn = []string{"us-east-1", "us-east-2", "eu-north-1", "ap-southeast-2"}

func (p Plan) notes() []string {
	c := p.Config
	var notes []string
	var elsewhere []string
	for _, t := range c.Targets {
		if t.Account != c.Hub.Account {
			elsewhere = append(elsewhere, t.Account)
		}
	}
	if len(elsewhere) > 0 && c.Deploy.Access == config.AccessCredentials {
		notes = append(notes, fmt.Sprintf("deploy.access is credentials, which reach one account at a time: deploy BreakGlass-Role-<account> with "+
			"each account's own profile (%s), or set deploy.access to organization", some(elsewhere)))
	}
	if missing := minus(globalSignIn, c.Regions); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("not watched: %s, where sign-ins at the console's global address are recorded; "+
			"nobody would see them", strings.Join(missing, ", ")))
	}
	var onPurpose []string
	for _, u := range c.Unwatched {
		onPurpose = append(onPurpose, u.Region)
	}
	var alwaysOn []string
	for _, r := range config.AllRegions() {
		if !r.OptIn {
			alwaysOn = append(alwaysOn, r.Code)
		}
	}
	if missing := minus(minus(minus(alwaysOn, c.Regions), globalSignIn), onPurpose); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("not watched, although no account can switch them off: %s", some(missing)))
	}
	if c.Trail == config.TrailExisting {
		notes = append(notes, fmt.Sprintf("trail is existing: without a multi-Region trail of %s or its organization that logs management events, read and write, "+
			"nothing is ever seen", c.Hub.Account))
	}
	if len(c.Units) > 0 {
		notes = append(notes, unitNotes(c)...)
	}
	if len(c.Observers.Regions) > 0 && !slices.Contains(c.Observers.Regions, "us-east-1") {
		notes = append(notes, "observers are not in us-east-1, where the records of changes of the role appear; nobody would see them")
	}
	if left := p.beyondThePipeline(); c.Pipeline.On() && len(left) > 0 {
		notes = append(notes, fmt.Sprintf("no CodePipeline in %s: the pipeline leaves the stacks there to breakglass deploy", strings.Join(left, ", ")))
	}
	if len(c.Targets)+len(c.Units) == 0 {
		notes = append(notes, "no targets: the users get into the hub account only")
	}
	return notes
}

// unitNotes are about what the stack sets of the units do not do.
func unitNotes(c *config.Config) []string {
	var notes []string
	management := c.StackSets.ManagementAccount
	listed := slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == management })
	switch {
	case management == c.Hub.Account && !listed:
		notes = append(notes, "a stack set never reaches the management account, not even one for the root, and here that is the hub account: the users have rights there by their group")
	case management == "":
		notes = append(notes, "a stack set never reaches the organization's management account, not even one for the root: for a way into it, have it among targets "+
			"by its number (aws organizations describe-organization shows it)")
	case !listed:
		notes = append(notes, fmt.Sprintf("a stack set never reaches the management account, not even one for the root: for a way into it, add to targets "+
			"{account: %q, name: management}", management))
	}
	if management != "" && management != c.Hub.Account && c.Deploy.Access == config.AccessCredentials {
		notes = append(notes, fmt.Sprintf("the stack sets are made in %s: deploy BreakGlass-StackSet-<unit> with that account's profile", management))
	}
	if management != c.Hub.Account {
		which := "if it lies in one of the units"
		if strings.HasPrefix(c.Units[0].OrganizationalUnit, "r-") {
			which = "since it lies in the organization"
		}
		notes = append(notes, fmt.Sprintf("the hub account gets the role as well, %s: whoever switches into it there is outside the guard, and may unmake the alarm", which))
	}
	if len(c.Units) > 1 {
		notes = append(notes, "an account may be in one of the organizational units only, those below it included: one in two of them would get two stacks with the same role")
	}
	var optIn []string
	for _, region := range append([]string{c.StackSets.Region}, c.Observers.Regions...) {
		if r, _, ok := config.LookupRegion(region); ok && r.OptIn && !slices.Contains(optIn, region) {
			optIn = append(optIn, region)
		}
	}
	if len(optIn) > 0 {
		notes = append(notes, fmt.Sprintf("stack sets deploy into %s, which an account has to switch on first: for one that joins its unit with it off, they fail", strings.Join(optIn, ", ")))
	}
	return notes
}

func minus(all, some []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(some, s) })
}

func some(list []string) string {
	const shown = 5
	if len(list) <= shown {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:shown], ", "), len(list)-shown)
}
