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
}

// found prints what the caller can do, and the plan. The error is why nothing can be deployed.
func (s deployScreen) found() error {
	s.organization()
	if err := s.Misplaced(); err != nil {
		return err
	}
	s.out.Line("")
	s.access()
	s.out.Line("")
	if err := s.Blocked(); err != nil {
		return err
	}
	if len(s.Stacks) == len(s.Plan.Placements) {
		planFlags{}.print(s.out, s.Plan)
		return nil
	}
	printStacks(s.out, s.Stacks)
	if staged := len(s.Plan.Placements) - len(s.Plan.ByHand()); staged > 0 && !s.AllStages {
		s.out.Line("the pipeline deploys %s of the plan", count(staged, "other stack"))
	}
	s.out.Line("")
	return nil
}

func (s deployScreen) organization() {
	switch {
	case s.NoOrganization != nil:
		s.out.Line("%s", s.out.Paint(screen.Faint, "organization: unknown ("+s.NoOrganization.Error()+")"))
	case s.OrganizationID != "":
		s.out.Line("organization: %s, management account %s", s.OrganizationID, s.Management)
	}
	if s.NotManagement() {
		s.out.Warn("note: these credentials are not of the management account %s, which %s usually trusts", s.Management, s.Config.Deploy.AccessRole)
	}
}

func (s deployScreen) access() {
	if len(s.Refused) == 0 {
		s.out.Line("%s access to %s", s.out.Mark(true), count(s.Accounts, "account"))
	} else {
		var rows [][]string
		for _, r := range s.Refused {
			rows = append(rows, []string{r.Account, r.Region, r.Reason})
		}
		s.out.Line("%s no access to:", s.out.Mark(false))
		s.out.Table([]string{"ACCOUNT", "REGION", "REASON AND FIX"}, rows)
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
	for _, c := range s.Units.MayNot {
		s.out.Line("%s stack sets cannot be created: %s; %s", s.out.Mark(false), c.What, c.Fix)
	}
	for _, at := range s.Stacks {
		if later := s.Left[at.Stack]; later.State == deploy.Later {
			s.note("%s is deferred: %s; %s", at.Stack, later.Reason, later.Fix)
		}
	}
}

func (s deployScreen) note(format string, args ...any) {
	s.out.Line("%s %s", s.out.Paint(screen.Yellow, "note:"), fmt.Sprintf(format, args...))
}

// way returns the deployment's options; each step is printed.
func (s deployScreen) way(root string, common *flags) deploy.Way {
	return deploy.Way{
		Root: root, File: common.file, Profile: common.profile,
		OnSynth: func(took time.Duration) {
			s.out.Line("%s templates synthesized in %.1f s", s.out.Mark(true), took.Seconds())
		},
		OnWait: func(stack string) {
			s.out.Warn("%s waits: CloudFormation is still working on it for an earlier run", stack)
		},
		OnEnd: func(o deploy.Outcome) {
			mark := s.out.Mark(o.State.There())
			if o.State == deploy.NotEnabled || o.State == deploy.Later {
				mark = s.out.Paint(screen.Yellow, "-")
			}
			s.out.Line("%s %s", mark, o.Line())
		},
	}
}

// conclude prints what is deployed, what is not, and what to do next.
func (s deployScreen) conclude(ctx context.Context, outcomes []deploy.Outcome, took time.Duration) error {
	out := s.out
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
		for _, o := range outcomes {
			if o.State == deploy.Failed || o.State == deploy.Refused {
				out.Line("\n%s %s\n  reason: %s\n  fix:    %s", out.Mark(false), o.Stack, strings.ReplaceAll(o.Reason, "\n", "\n          "), o.Fix)
			}
		}
	}
	switch {
	case ctx.Err() != nil:
		out.Line("\nStopped. CloudFormation finishes the stacks that are in progress; run breakglass deploy again for the rest.")
		return ctx.Err()
	case len(rows) > 0:
		return errFound
	}
	for _, line := range deploy.Next(s.Config, outcomes) {
		out.Line("%s", line)
	}
	return nil
}
