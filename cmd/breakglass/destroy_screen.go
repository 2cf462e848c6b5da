package main

import (
	"strings"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/deploy"
	"example.com/breakglass/operate/destroy"
	"example.com/breakglass/plan"
)

// destroyScreen prints what destroy finds and removes.
type destroyScreen struct {
	out *screen.Screen
	*destroy.Found
}

// found prints what will be removed, and what stays.
func (s destroyScreen) found() {
	out := s.out
	out.Line("")
	var rows [][]string
	for _, stack := range s.Stacks {
		protected := ""
		if stack.Protected {
			protected = "yes, to be lifted"
		}
		rows = append(rows, []string{stack.Stack, stack.Account, stack.Region, stack.Status, protected})
	}
	if len(rows) > 0 {
		out.Table([]string{"TO BE REMOVED", "ACCOUNT", "REGION", "STATE", "PROTECTED"}, rows)
	} else {
		out.Line("no stack of the file is deployed")
	}
	for _, at := range s.Plan.Placements {
		if err := s.Unknown[at.Stack]; err != nil {
			out.Line("%s %s: status unknown: %v", out.Mark(false), at.Stack, err)
		}
	}
	out.Line("")
	if len(rows) > 0 {
		s.consequences()
		out.Line("")
	}
}

// consequences prints what else the removal means.
func (s destroyScreen) consequences() {
	out := s.out
	var users []string
	for _, u := range s.Config.Users {
		users = append(users, u.Name)
	}
	out.Line("This also removes the users %s, their passwords, MFA devices and keys, and all of their access to the accounts.", strings.Join(users, ", "))
	for _, stack := range s.Stacks {
		if stack.Kind == plan.StackSet {
			out.Line("Removing %s removes the role from every account of %s.", stack.Stack, unitName(*stack.Target))
		}
	}
	head := "Empty the pipeline's buckets first, or their stacks cannot be removed:"
	for _, stack := range s.Stacks {
		if destroy.Bucket(stack.Placement) == "" {
			continue
		}
		if head != "" {
			out.Line("%s", out.Paint(screen.Yellow, head))
			head = ""
		}
		out.Line("  %s", destroy.EmptyBucket(stack.Placement, s.CLIProfile(stack.Account)))
	}
	if s.Config.TerminationProtection {
		out.Line("The ledger and a trail's bucket are kept: terminationProtection is true.")
	} else {
		out.Line("%s", out.Paint(screen.Yellow, "The ledger, the record of every use, is removed too: terminationProtection is false."))
	}
}

// conclude prints what is removed, and what is left.
func (s destroyScreen) conclude(r *destroy.Result) error {
	out := s.out
	if len(r.Stacks) > 0 {
		out.Line("\n%d of %s removed", r.Removed(), count(len(r.Stacks), "stack"))
	}
	s.remains(out.Mark(false)+" still there, with the command that removes it:", r.Left(false))
	s.remains("kept on purpose, with the command that removes it:", r.Left(true))
	var blind []deploy.Refusal
	for _, b := range r.Blind {
		blind = append(blind, deploy.Refusal{Account: b.Account, Region: b.Region, Reason: b.Reason})
	}
	for _, c := range deploy.RefusedFor(blind) {
		out.Line("\n%s not searched, or not completely: %s\n  %s", out.Mark(false), strings.Join(c.Of, ", "), strings.ReplaceAll(c.Reason, "\n", "\n  "))
	}
	for _, note := range r.Notes {
		out.Note("%s", note)
	}
	if !s.Complete(r) {
		return errFound
	}
	out.Line("%s nothing else is left in the accounts and Regions of the file", out.Mark(true))
	return nil
}

func (s destroyScreen) remains(head string, list []destroy.Remain) {
	if len(list) == 0 {
		return
	}
	s.out.Line("\n%s", head)
	for _, r := range list {
		s.out.Line("  %s %s in %s\n    %s", r.Kind, r.Name, strings.TrimSpace(r.Account+" "+r.Region), r.Remove)
	}
}
