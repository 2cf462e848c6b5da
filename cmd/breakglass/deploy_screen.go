package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/deploy"
)

// deployScreen prints what deploy finds and does.
type deployScreen struct {
	out *screen.Screen
	*deploy.Found
	// bootstrap has the commands that have to have been run; again has the flags with which a next command reads the same configuration
	// with the same credentials.
	bootstrap []string
	again     string
}

// found prints what the caller can do, and the plan. The error is why nothing can be deployed.
func (s deployScreen) found() error {
	s.organization()
	if err := s.Misplaced(); err != nil {
		return err
	}
	s.out.Line("")
	if s.NoHub == nil {
		s.access()
		s.out.Line("")
	}
	if err := s.Blocked(); err != nil {
		return err
	}
	return nil
}

// plan prints what will be deployed: all of it the first time, and afterwards what changes.
func (s deployScreen) plan(changes []deploy.Change) {
	if slices.ContainsFunc(changes, func(c deploy.Change) bool { return !c.New && c.Unknown == "" }) {
		s.changes(changes)
		return
	}
	if len(s.Stacks) == len(s.Plan.Placements) {
		planFlags{}.print(s.out, s.Plan, s.bootstrap)
		return
	}
	printStacks(s.out, s.Stacks)
	if staged := len(s.Plan.Placements) - len(s.Plan.ByHand()); staged > 0 && !s.AllStages {
		s.out.Line("the pipeline deploys %s of the plan", count(staged, "other stack"))
	}
	s.out.Line("")
}

// changes prints what is different from what is deployed.
func (s deployScreen) changes(changes []deploy.Change) {
	var rows [][]string
	same := 0
	for _, c := range changes {
		if c.None() {
			same++
			continue
		}
		rows = append(rows, []string{c.Stack, c.Region, c.String()})
	}
	if len(rows) > 0 {
		s.out.Table([]string{"STACK", "REGION", "CHANGE"}, rows)
	}
	if same > 0 {
		s.out.Line("%s as deployed", count(same, "stack"))
	}
	s.out.Line("")
}

func (s deployScreen) organization() {
	switch {
	case s.NoOrganization != nil:
		s.out.Line("%s", s.out.Paint(screen.Faint, "organization: unknown ("+s.NoOrganization.Error()+")"))
	case s.OrganizationID != "":
		s.out.Line("organization: %s, management account %s", s.OrganizationID, s.Management)
	}
	if s.NotManagement() {
		s.out.WarnNote("these credentials are not of the management account %s, which %s usually trusts", s.Management, s.Config.Deploy.AccessRole)
	}
}

func (s deployScreen) access() {
	if len(s.Refused) == 0 {
		s.out.Line("%s access to %s", s.out.Mark(true), count(s.Accounts, "account"))
	} else {
		for _, c := range deploy.RefusedFor(s.Refused) {
			s.out.Line("%s no access to %s:\n  %s", s.out.Mark(false), strings.Join(c.Of, ", "), c.Reason)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(s.RegionsUnknown)) {
		s.note("cannot tell which Regions are enabled in %s: %v", number, s.RegionsUnknown[number])
	}
	for _, off := range s.Disabled {
		s.note("%s is not enabled in %s and is skipped; %s", off.Region, off.Account, deploy.EnableRegion(off))
	}
	for _, err := range s.Units.Unknown {
		s.note("organizational units not checked: %v", err)
	}
	for _, at := range s.Stacks {
		if o := s.Left[at.Stack]; o.State == deploy.Failed {
			s.out.Line("%s %s is not attempted: %s; %s", s.out.Mark(false), at.Stack, o.Reason, o.Fix)
		}
		if later := s.Left[at.Stack]; later.State == deploy.Later {
			s.note("%s is deferred: %s; %s", at.Stack, later.Reason, later.Fix)
		}
	}
}

func (s deployScreen) note(format string, args ...any) {
	s.out.Note(format, args...)
}

// way returns the deployment's options; each step is printed.
func (s deployScreen) way(root string, common *flags, own deployFlags) deploy.Way {
	return deploy.Way{
		Root: root, File: common.file, Profile: common.profile, RevertDrift: own.revertDrift,
		OnSynth: func(took time.Duration) {
			s.out.Line("%s templates synthesized in %.1f s", s.out.Mark(true), took.Seconds())
		},
		OnWait: func(stack string) {
			s.out.Warn("%s waits: CloudFormation is still working on it for an earlier run", stack)
		},
		OnEnd: func(o deploy.Outcome) {
			if _, left := s.Left[o.Stack]; left || o.State == deploy.Held {
				return // its cause is printed once, for all such stacks
			}
			s.out.Line("%s %s", s.out.Mark(o.State.There()), o.Line())
		},
	}
}

// conclude prints what is deployed, what is not, and what to do next.
func (s deployScreen) conclude(ctx context.Context, value deployValue, flags func(region string) []string, took time.Duration) error {
	out, outcomes := s.out, value.Stacks
	out.Line("\n%s, in %.0f s", deploy.Summary(outcomes), took.Seconds())
	var rows [][]string
	for _, o := range outcomes {
		if o.State.Wrong() {
			rows = append(rows, []string{o.Stack, o.Account, o.Region, string(o.State)})
		}
	}
	if len(rows) > 0 {
		out.Line("")
		out.Table([]string{"STACK", "ACCOUNT", "REGION", "STATE"}, rows)
		s.causes(outcomes)
	}
	if value.Pending != nil {
		for _, line := range value.Pending.Lines(s.Config, flags) {
			out.Line("%s", line)
		}
	}
	switch {
	case ctx.Err() != nil:
		out.Line("\nStopped. CloudFormation finishes the stacks that are in progress; run breakglass deploy again for the rest.")
		return ctx.Err()
	case len(rows) > 0:
		return errFound
	}
	for _, line := range deploy.Next(s.Config, outcomes, s.again) {
		out.Line("%s", line)
	}
	return nil
}

// causes prints why stacks are not deployed, each cause once.
func (s deployScreen) causes(outcomes []deploy.Outcome) {
	for _, c := range deploy.Causes(outcomes) {
		head := c.Of[0]
		if len(c.Of) > 1 {
			head = fmt.Sprintf("%d stacks, %s: %s", len(c.Of), c.State, strings.Join(c.Of, ", "))
		}
		s.out.Line("\n%s %s\n  reason: %s", s.out.Mark(false), head, strings.ReplaceAll(c.Reason, "\n", "\n          "))
		const shown = 5
		for i, fix := range c.Fixes {
			if i == shown {
				s.out.Line("          and %d more like these", len(c.Fixes)-shown)
				break
			}
			s.out.Line("  fix:    %s", fix)
		}
	}
}
