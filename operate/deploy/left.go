package deploy

import (
	"fmt"

	"example.com/breakglass/internal/shell"
	"example.com/breakglass/plan"
)

// Left returns the stacks that are not attempted: the caller cannot access their account, or their Region is not enabled.
func Left(stacks []plan.Placement, refused []Refusal, disabled []Disabled) map[string]Outcome {
	left := map[string]Outcome{}
	for _, at := range stacks {
		for _, off := range disabled {
			if off.Account == at.Account && off.Region == at.Region {
				left[at.Stack] = Outcome{State: NotEnabled, Reason: at.Region + " is not enabled", Fix: EnableRegion(off)}
			}
		}
		for _, r := range refused {
			if r.Account == at.Account && (r.Region == "" || r.Region == at.Region) {
				left[at.Stack] = Outcome{State: Refused, Reason: r.Reason, Fix: "fix the access, " + again}
			}
		}
	}
	return left
}

// EnableRegion returns what to do about a Region that is not enabled.
func EnableRegion(off Disabled) string {
	where := "in that account"
	if off.Caller {
		where = "in your own account, through which the stack is deployed"
	}
	return fmt.Sprintf("enable it %s (%s) or remove it from the file", where,
		shell.Quote(shell.AWS("", off.Profile, "account", "enable-region", "--region-name", off.Region)...))
}
