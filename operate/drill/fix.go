package drill

import "example.com/breakglass/internal/shell"

// restore returns the command that sets a stack back to what is planned.
func (r *Run) restore(stack string) string { return r.plan.RestoreCommand(stack) + r.Again }

// awsCLI returns a command of the AWS CLI in a Region of the hub account.
func (r *Run) awsCLI(region string, words ...string) string {
	return shell.Quote(shell.AWS(region, r.Profile, words...)...)
}
