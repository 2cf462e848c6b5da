package destroy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/plan"
)

// Request is what to remove, and with whose credentials.
type Request struct {
	Config *config.Config
	Caller *account.Caller
	Keys   *account.Keys
	// Profile is the one of the AWS CLI that --profile names.
	Profile  string
	Progress deploy.Progress
}

// Found is what is deployed, before anything changes.
type Found struct {
	Request
	// Plan has the stacks in Regions that are enabled: in the others, there can be none.
	Plan plan.Plan
	// Stacks are those that exist, Unknown those that AWS did not answer about.
	Stacks  []Stack
	Unknown map[string]error

	off map[string]bool // "account Region"
	// regions are those that are enabled in the hub account, or, where it may not be asked, that are always enabled.
	regions []string
	// noRegions is why it could not be asked.
	noRegions error
}

// Result is what was removed, and what is left.
type Result struct {
	Stacks  []Outcome `json:"stacks"`
	Remains []Remain  `json:"remains"`
	Blind   []Blind   `json:"notLookedInto"`
	Notes   []string  `json:"notes"`
}

// Find finds what is deployed. It is an error if no stack can be read, or if the users could not be removed afterwards.
func Find(ctx context.Context, r Request) (*Found, error) {
	hub := r.Config.Hub
	defer r.Progress.End()
	r.Progress.Begin(1, "asking which Regions are enabled")
	if _, err := r.Keys.Stacks(ctx, hub.Account, hub.Region); err != nil && ctx.Err() == nil {
		return nil, deploy.NoHub(r.Config, err)
	}
	whole := plan.Of(r.Config)
	f := &Found{Request: r, Plan: whole, off: map[string]bool{}}
	disabled, _ := deploy.DisabledRegions(ctx, r.Keys, r.Caller, r.Config, whole.Placements)
	for _, d := range disabled {
		if !d.Caller {
			f.off[d.Account+" "+d.Region] = true
		}
	}
	f.Plan.Placements = slices.DeleteFunc(slices.Clone(whole.Placements), func(at plan.Placement) bool { return f.off[at.Account+" "+at.Region] })
	if f.regions, f.noRegions = deploy.EnabledRegions(ctx, r.Keys, hub.Account, hub.Region); f.noRegions != nil {
		f.regions = config.AlwaysOnRegions()
	}
	r.Progress.Begin(len(f.Plan.Placements), "looking for the stacks")
	f.Stacks, f.Unknown = FindStacks(ctx, r.Keys, f.Plan, r.Progress.Step)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(f.Unknown) == len(f.Plan.Placements) {
		for _, err := range f.Unknown {
			return nil, fmt.Errorf("no stack can be found: %w", err)
		}
	}
	for _, s := range f.Stacks {
		if !s.Kind.Info().Users {
			continue
		}
		if _, err := r.Keys.Own(ctx, s.Account, s.Region); err != nil {
			return nil, fmt.Errorf("the users cannot be removed; nothing was changed: %w", err)
		}
	}
	return f, nil
}

// CLIProfile returns the profile with which the AWS CLI reaches an account; empty means none.
func (f *Found) CLIProfile(account string) string { return f.Keys.CLIProfile(account, f.Profile) }

// Remove removes the stacks, and searches every account and Region for what is left. onEnd receives each stack as it ends, one at
// a time; say receives messages on all other steps. When ctx ends, the result has the stacks only.
func (f *Found) Remove(ctx context.Context, onEnd func(Outcome), say func(string)) (*Result, error) {
	removal := &Removal{
		Keys: f.Keys, Plan: f.Plan, Stacks: f.Stacks, Unknown: f.Unknown, Say: say, Profile: f.CLIProfile,
		OnEnd: func(o Outcome) {
			f.Progress.Step(o.Stack)
			onEnd(o)
		},
	}
	f.Progress.Begin(len(f.Stacks), "removing")
	result := &Result{Stacks: append([]Outcome{}, removal.Run(ctx)...), Remains: []Remain{}, Blind: []Blind{}, Notes: []string{}}
	f.Progress.End()
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	search := Search{
		Keys: f.Keys, Plan: f.Plan, Regions: f.regions, Step: f.Progress.Step,
		Leave:   func(account, region string) bool { return f.off[account+" "+region] },
		Profile: f.CLIProfile,
	}
	f.Progress.Begin(search.Places(), "searching for what is left")
	remains, blind := search.Remains(ctx)
	f.Progress.End()
	if ctx.Err() != nil {
		return result, ctx.Err()
	}
	kept, notes := removal.Afterwards(ctx)
	result.Remains = append(append(result.Remains, remains...), kept...)
	var unasked []string
	for _, b := range blind {
		if b.earlier { // nor is that of another account, in which nothing is planned
			unasked = append(unasked, b.Account+" "+b.Region)
			continue
		}
		// A Region that the file leaves unwatched is often denied by a policy: that is no failure.
		if i := slices.IndexFunc(f.Config.Unwatched, func(u config.Unwatched) bool { return u.Region == b.Region }); i >= 0 {
			notes = append(notes, fmt.Sprintf("not searched: %s, which the file leaves unwatched (%s): %s", b.Region, f.Config.Unwatched[i].Reason, b.Reason))
			continue
		}
		result.Blind = append(result.Blind, b)
	}
	if len(unasked) > 0 {
		notes = append(notes, "not searched for observers of an earlier file, since AWS did not answer: "+strings.Join(unasked, ", "))
	}
	result.Notes = append(append(append(result.Notes, notes...), unitNotes(f.Config)...), f.unsearched()...)
	return result, nil
}

// unsearched returns where an earlier file may have left something that this run cannot know.
func (f *Found) unsearched() []string {
	notes := []string{"accounts that the file no longer names are not searched: what an earlier file deployed there is unknown"}
	if f.noRegions != nil {
		notes = append(notes, "of the hub account, only the Regions that are always enabled and those of the file were searched: "+f.noRegions.Error())
	}
	return notes
}

// unitNotes returns what of the organizational units is not searched.
func unitNotes(c *config.Config) []string {
	if len(c.Units) == 0 {
		return nil
	}
	notes := []string{"the accounts of the organizational units are not searched: CloudFormation reports that their roles are removed"}
	if c.StackSets.RetainOnAccountRemoval {
		notes = append(notes, "accounts that left their unit earlier keep the role (stackSets.retainOnAccountRemoval): remove their stacks by hand")
	}
	return notes
}

// Removed returns how many stacks are removed.
func (r *Result) Removed() int {
	n := 0
	for _, o := range r.Stacks {
		if o.State == Removed {
			n++
		}
	}
	return n
}

// Left returns what is still there, kept on purpose or not.
func (r *Result) Left(onPurpose bool) []Remain {
	return slices.DeleteFunc(slices.Clone(r.Remains), func(one Remain) bool { return one.Kept != onPurpose })
}

// Complete reports whether everything of the deployment was found and removed, except what is kept on purpose.
func (f *Found) Complete(r *Result) bool {
	return len(f.Unknown) == 0 && len(r.Blind) == 0 && r.Removed() == len(r.Stacks) && len(r.Left(false)) == 0
}
