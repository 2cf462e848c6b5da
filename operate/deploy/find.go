package deploy

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/plan"
)

// Progress shows the progress of something that takes long: each Step is one of total. End removes it.
type Progress interface {
	Begin(total int, what string)
	Step(what string)
	End()
}

// Request selects what to deploy, and with whose credentials.
type Request struct {
	Config *config.Config
	Caller *account.Caller
	Keys   *account.Keys
	// Profile is the one of the AWS CLI that the caller's credentials are from; empty for none.
	Profile string
	// Only is a pattern of stack names; empty selects all.
	Only string
	// AllStages includes what a pipeline deploys.
	AllStages bool
	Progress  Progress
}

// Found is what is known before anything changes: which stacks are to be deployed, and which of them cannot be.
type Found struct {
	Request
	Plan plan.Plan
	// Stacks are the selected ones, in the order of the plan. Left are those of them that are not attempted.
	Stacks []plan.Placement
	Left   map[string]Outcome

	// OrganizationID and Management are empty when the caller is in no organization; NoOrganization is why they are unknown.
	OrganizationID, Management string
	NoOrganization             error
	// NoHub is why the hub account cannot be entered: then nothing is deployed anywhere, because roles would trust an account that
	// nobody has verified.
	NoHub error
	// Accounts is the number of accounts that the stacks are in, Refused those that the caller cannot access.
	Accounts int
	Refused  []Refusal
	// Disabled are the Regions that are not enabled, RegionsUnknown the accounts that cannot be asked about theirs.
	Disabled       []Disabled
	RegionsUnknown map[string]error
	Units          Units
}

// Find finds out what the caller may deploy, and changes nothing. It is an error if nothing is selected; Blocked reports whether
// nothing can be deployed.
func Find(ctx context.Context, r Request) (*Found, error) {
	f := &Found{Request: r, Plan: plan.Of(r.Config)}
	var err error
	if f.Stacks, err = Select(f.Plan, r.Only, r.AllStages); err != nil {
		return nil, err
	}
	defer r.Progress.End()
	r.Progress.Begin(1, "asking which organization this is")
	f.OrganizationID, f.Management, f.NoOrganization = Organization(ctx, r.Caller)
	if _, f.NoHub = r.Keys.Stacks(ctx, r.Config.Hub.Account, r.Config.Hub.Region); f.NoHub != nil {
		return f, ctx.Err()
	}
	accounts := map[string]bool{}
	for _, at := range f.Stacks {
		accounts[at.Account] = true
	}
	f.Accounts = len(accounts)
	r.Progress.Begin(f.Accounts, "trying to access the accounts")
	f.Refused = Access(ctx, r.Keys, r.Config, f.Stacks, r.Progress.Step)
	r.Progress.Begin(1, "asking which Regions are enabled, and what is deployed")
	f.Disabled, f.RegionsUnknown = DisabledRegions(ctx, r.Keys, r.Caller, r.Config, f.Stacks)
	for i, off := range f.Disabled {
		if f.Disabled[i].Profile = r.Profile; !off.Caller {
			f.Disabled[i].Profile = r.Keys.CLIProfile(off.Account, r.Profile)
		}
	}
	f.Left = map[string]Outcome{}
	// What cannot be deployed at all has precedence over what only has to wait.
	maps.Copy(f.Left, ForLater(ctx, r.Keys.Stacks, f.Plan, f.Stacks))
	if f.concernsUnits() && ctx.Err() == nil {
		r.Progress.Begin(1, "asking the organization about its units")
		f.Units = askUnits(ctx, r.Keys.In, r.Config)
	}
	r.Progress.Begin(1, "looking for the policies of the file")
	maps.Copy(f.Left, missingPolicies(ctx, r.Keys.In, r.Config, f.Stacks))
	maps.Copy(f.Left, Left(f.Stacks, f.Refused, f.Disabled))
	return f, ctx.Err()
}

// concernsUnits reports whether this run, or the pipeline that it deploys, creates stack sets.
func (f *Found) concernsUnits() bool {
	return len(f.Config.Units) > 0 && slices.ContainsFunc(f.Stacks, func(at plan.Placement) bool {
		return at.Kind == plan.StackSet || at.Kind == plan.Pipeline
	})
}

// NotManagement reports whether the caller is outside the account that the access role usually trusts, and needs that role.
func (f *Found) NotManagement() bool {
	return f.Config.Deploy.Access == config.AccessOrganization && f.Management != "" && f.Management != f.Caller.Account &&
		slices.ContainsFunc(f.Stacks, func(at plan.Placement) bool { return f.Keys.Profile(at.Account) == "" })
}

// Misplaced returns an error when the organization would refuse the stack sets, or accounts would get two stacks with the same role,
// or the users' group a policy that does not exist: nothing would work without the hub.
func (f *Found) Misplaced() error {
	text := ""
	for _, at := range f.Stacks {
		if o := f.Left[at.Stack]; o.State == Failed && at.Kind.Info().Users {
			text = at.Stack + " cannot be deployed; nothing was changed: " + o.Reason + "; correct userAccess.managedPolicies\n"
		}
	}
	if len(f.Units.MayNot) > 0 {
		text += "the stack sets cannot be created; nothing was changed (--only deploys other stacks):"
	}
	for _, c := range f.Units.MayNot {
		text += "\n  " + c.What + "; " + c.Fix
	}
	if len(f.Units.Twice) > 0 {
		text += "\ntargets lists accounts of its organizational units; nothing was changed:"
	}
	for _, c := range f.Units.Twice {
		text += "\n  " + c.What + "; " + c.Fix
	}
	if text == "" {
		return nil
	}
	return errors.New(strings.TrimSpace(text))
}

// Blocked returns an error with all reasons when no stack can be deployed.
func (f *Found) Blocked() error {
	if f.NoHub != nil {
		return NoHub(f.Config, f.NoHub)
	}
	if len(f.Left) < len(f.Stacks) {
		return nil
	}
	text := "nothing can be deployed; nothing was changed"
	for _, c := range RefusedFor(f.Refused) {
		text += "\n  " + strings.Join(c.Of, ", ") + ": " + c.Reason
	}
	for _, at := range f.Stacks {
		if o := f.Left[at.Stack]; o.State == Later {
			text += "\n  " + at.Stack + ": " + o.Reason + "; " + o.Fix
		}
	}
	return errors.New(text)
}

// Select returns the stacks of a plan that a pattern of names selects, with the composers that their rules start; an empty pattern
// selects all. What a pipeline deploys is left to it unless allStages.
func Select(whole plan.Plan, only string, allStages bool) ([]plan.Placement, error) {
	all := whole.Placements
	if !allStages {
		all = whole.ByHand()
	}
	if only == "" {
		return all, nil
	}
	some, err := matching(all, only)
	if len(some) > 0 {
		// A composer that the pipeline deploys comes before the hub there, too.
		return slices.DeleteFunc(whole.WithComposers(some), func(at plan.Placement) bool {
			return !slices.ContainsFunc(all, func(one plan.Placement) bool { return one.Stack == at.Stack })
		}), nil
	}
	if err != nil {
		return nil, err
	}
	if staged, _ := matching(whole.Placements, only); len(staged) > 0 {
		return nil, fmt.Errorf("invalid --only %q: the pipeline deploys %s; start the pipeline, or pass --all-stages to deploy without it", only, staged[0].Stack)
	}
	return nil, fmt.Errorf("invalid --only %q: no stack has such a name; list them with breakglass plan", only)
}

// matching returns the stacks whose name matches a pattern.
func matching(all []plan.Placement, glob string) ([]plan.Placement, error) {
	if _, err := plan.Matches(glob, ""); err != nil {
		return nil, fmt.Errorf("invalid --only %q: not a pattern; use a name such as BreakGlass-Hub, or BreakGlass-Forwarder-eu-*; commas separate several",
			strings.TrimSpace(glob))
	}
	return slices.DeleteFunc(slices.Clone(all), func(at plan.Placement) bool {
		ok, _ := plan.Matches(glob, at.Stack)
		return !ok
	}), nil
}
