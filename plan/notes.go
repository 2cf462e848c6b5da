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

func notes(c *config.Config) []string {
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
		plain := slices.ContainsFunc(c.Targets, func(t config.Target) bool { return t.Account == c.StackSetAccount() })
		if !plain || c.StackSets.ManagementAccount == "" {
			notes = append(notes, "a stack set does not reach the organization's management account: for a way into it, add it to targets by its number")
		}
		if len(c.Units) > 1 {
			notes = append(notes, "an account may be in one of the organizational units only, those below it included: one in two of them would get two stacks with the same role")
		}
	}
	if len(c.Observers.Regions) > 0 && !slices.Contains(c.Observers.Regions, "us-east-1") {
		notes = append(notes, "observers are not in us-east-1, where the records of changes of the role appear; nobody would see them")
	}
	if left := leftOut(c); len(left) > 0 {
		notes = append(notes, fmt.Sprintf("no CodePipeline in %s: the pipeline leaves the stacks there to breakglass deploy", strings.Join(left, ", ")))
	}
	if len(c.Targets)+len(c.Units) == 0 {
		notes = append(notes, "no targets: the users get into the hub account only")
	}
	return notes
}

// leftOut are the Regions of stacks that a pipeline can't deploy into.
func leftOut(c *config.Config) []string {
	if !c.Pipeline.On() {
		return nil
	}
	regions := slices.Clone(c.Regions)
	for _, t := range c.Targets {
		regions = append(regions, c.TargetRegions(t)...)
	}
	slices.Sort(regions)
	return slices.DeleteFunc(slices.Compact(regions), config.PipelineReaches)
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
