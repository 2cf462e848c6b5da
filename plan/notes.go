package plan

import (
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
)

// globalSignIn lists the Regions in which a sign-in at the console's global address is recorded: us-east-1 without an
// alias cookie, otherwise the nearest of the others (CloudTrail user guide, AWS console sign-in events). Root's sign-ins
// and IAM's records appear in us-east-1 too.
var globalSignIn = []string{"us-east-1", "us-east-2", "eu-north-1", "ap-southeast-2"}

// NotesFor returns the notes for somebody who has credentials of their own for some accounts, given by number: what they need not
// be told is left out.
func (p Plan) NotesFor(reached map[string]string) []string {
	c := p.Config
	var notes []string
	var elsewhere []string
	for _, t := range c.Targets {
		if t.Account != c.Hub.Account && reached[t.Account] == "" {
			elsewhere = append(elsewhere, t.Account)
		}
	}
	if len(elsewhere) > 0 && c.Deploy.Access == config.AccessCredentials {
		notes = append(notes, fmt.Sprintf("deploy.access is credentials, which reach one account at a time: deploy BreakGlass-Role-<account> with "+
			"the profile of each account (%s), or set deploy.access to organization", some(elsewhere)))
	}
	if len(elsewhere) > 0 && c.Deploy.Access == config.AccessBootstrap {
		notes = append(notes, fmt.Sprintf("deploy.access is bootstrap, so the targets trust the hub account: whoever may call sts:AssumeRole there can deploy into %s what breakglass execution-policy prints, "+
			"and so change who may assume %s there; an alarm counts such calls by others than the pipeline, and targets by organizationalUnit need no such trust",
			some(elsewhere), c.Role.Name))
	}
	if missing := minus(globalSignIn, c.Regions); len(missing) > 0 {
		notes = append(notes, fmt.Sprintf("not watched: %s, where sign-ins at the console's global address are recorded; "+
			"they would send no alert", strings.Join(missing, ", ")))
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
		notes = append(notes, fmt.Sprintf("not watched, although no account can disable them: %s", some(missing)))
	}
	if note := hubNote(c); note != "" {
		notes = append(notes, note)
	}
	if what, fix := TopicNote(c); what != "" {
		notes = append(notes, what+"; "+fix)
	}
	if c.Monitoring.Canary {
		notes = append(notes,
			"monitoring.canary has not been run on AWS yet: deploy it once breakglass drill --recorded has passed, and see after four hours that no alarm on silence is in the state ALARM")
	}
	if c.Trail == config.TrailExisting {
		notes = append(notes, fmt.Sprintf("trail is existing: without a multi-Region trail of %s or its organization that logs management events, read and write, "+
			"no alert is ever sent", c.Hub.Account))
	}
	if len(c.Units) > 0 {
		notes = append(notes, unitNotes(c, reached)...)
	}
	if len(c.Observers.Regions) > 0 && !slices.Contains(c.Observers.Regions, place.GlobalRegion) {
		notes = append(notes, "observers.regions lacks us-east-1, where changes of the role are recorded; they would send no alert")
	}
	if c.Observers.Activity && len(c.Observers.Regions) > 0 {
		notes = append(notes,
			fmt.Sprintf("observers.activity: what sessions of %s do in the observed Regions of the target accounts, reads included, is recorded in the ledgers; nobody is alerted", c.Role.Name))
	}
	if c.Pipeline.On() && !c.Pipeline.Approval {
		notes = append(notes,
			"pipeline.approval is false: whoever can push to the branch changes the pipeline and the hub account, and takes away every approval, before anybody has read the change")
	}
	if left := p.beyondThePipeline(); c.Pipeline.On() && len(left) > 0 {
		notes = append(notes, fmt.Sprintf("no CodePipeline in %s: deploy the stacks there with breakglass deploy", strings.Join(left, ", ")))
	}
	if all, named := accountNames(c), p.named; len(named) < len(all) {
		notes = append(notes, fmt.Sprintf("alerts name %d of the %d accounts that have a name in the file, which is all that the composer's template has room for; the others appear by their number: from %s",
			len(named), len(all), all[len(named)].Number))
	}
	if len(c.Targets)+len(c.Units) == 0 {
		notes = append(notes, "no targets: the users can enter the hub account only")
	}
	for _, warning := range c.Warnings() {
		notes = append(notes, warning.String())
	}
	return append(notes, withoutEffect(c)...)
}

// withoutEffect returns a note on each section of the file that nothing comes of, although its author may rely on it.
func withoutEffect(c *config.Config) []string {
	abroad := len(c.Units) > 0 || slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account != c.Hub.Account })
	var notes []string
	for _, section := range []struct {
		key   string
		empty bool
		why   string
	}{
		{"stackSets", len(c.Units) == 0, "targets lists no organizational unit"},
		{"observers", len(c.Observers.Regions) == 0, "observers.regions lists no Region"},
		{"observers", len(c.Observers.Regions) > 0 && !abroad, "targets lists no account other than the hub account"},
		{"userNotifications", len(c.UserNotifications.Email) == 0, "userNotifications.email lists no address"},
		{"chat", !c.Chat.On(), "it has neither slack nor teams"},
	} {
		if section.empty && c.Given(section.key) {
			notes = append(notes, section.key+" has no effect: "+section.why)
		}
	}
	return notes
}

// unitNotes returns the notes on what the stack sets of the units do not cover.
func unitNotes(c *config.Config, reached map[string]string) []string {
	var notes []string
	management := c.StackSets.ManagementAccount
	listed := slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == management })
	switch {
	case management == c.Hub.Account && !listed:
		notes = append(notes,
			"a stack set never reaches the management account, not even one for the root, and here that is the hub account: the users have the permissions of their group there")
	case management == "":
		notes = append(notes, "a stack set never reaches the organization's management account, not even one for the root: for access to it, add its number to targets "+
			"(aws organizations describe-organization shows it)")
	case !listed:
		notes = append(notes, fmt.Sprintf("a stack set never reaches the management account, not even one for the root: for access to it, add to targets "+
			"{account: %q, name: management}", management))
	}
	if management != "" && management != c.Hub.Account && c.Deploy.Access == config.AccessCredentials && reached[management] == "" {
		notes = append(notes, fmt.Sprintf("the stack sets are created in %s: deploy BreakGlass-StackSet-<unit> with the profile of that account", management))
	}
	if management != c.Hub.Account {
		which := "if it is in one of the units"
		if strings.HasPrefix(c.Units[0].OrganizationalUnit, "r-") {
			which = "since it is in the organization"
		}
		notes = append(notes,
			fmt.Sprintf("the hub account gets the role as well, %s: a user who switches into it there is not bound by the guard policy, and can disable the alerting", which))
	}
	if len(c.Units) > 1 {
		notes = append(notes,
			"an account may belong to only one of the organizational units, including nested units: in two of them, it would get two stacks with the same role")
	}
	var optIn []string
	for _, region := range append([]string{c.StackSets.Region}, c.Observers.Regions...) {
		if r, _, ok := config.LookupRegion(region); ok && r.OptIn && !slices.Contains(optIn, region) {
			optIn = append(optIn, region)
		}
	}
	if len(optIn) > 0 {
		notes = append(notes,
			fmt.Sprintf("stack sets deploy to %s, which an account must enable first: they fail for an account that joins its unit without it",
				strings.Join(optIn, ", ")))
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
