package main

import (
	"fmt"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/onboard"
)

// initValue is what init prints for machines.
type initValue struct {
	File    string   `json:"file"`
	Hub     hubValue `json:"hub"`
	Regions []string `json:"regions"`
	Users   []string `json:"users"`
	Targets []string `json:"targets"`
	Email   []string `json:"email"`
	Notes   []string `json:"notes"`
	Next    string   `json:"next"`
}

type hubValue struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Standby string `json:"standby,omitempty"`
}

// printFirst prints the content of a first file, and what to do next.
func printFirst(out *screen.Screen, common *flags, c *config.Config, run *onboard.Run) error {
	notes := run.Notes
	next := "breakglass plan" + common.sameFile()
	value := initValue{
		File: common.file, Hub: hubValue{c.Hub.Account, c.Hub.Region, c.Hub.Standby}, Regions: c.Regions,
		Users: []string{}, Targets: []string{}, Email: c.Alerts.Email, Notes: append([]string{}, notes...), Next: next,
	}
	for _, u := range c.Users {
		value.Users = append(value.Users, u.Name)
	}
	for _, t := range c.Targets {
		value.Targets = append(value.Targets, t.Account)
	}
	if out.JSON {
		return out.Value(value)
	}
	switch {
	case run.Existing == nil:
		out.Line("%s wrote %s", out.Mark(true), common.file)
	case len(run.Changes) == 0:
		out.Line("%s %s has these answers already; nothing was changed", out.Mark(true), common.file)
	default:
		out.Line("%s edited %s", out.Mark(true), common.file)
	}
	hub := value.Hub.Account + " in " + value.Hub.Region
	if value.Hub.Standby != "" {
		hub += ", standby " + value.Hub.Standby
	}
	out.Line("  hub      %s", hub)
	out.Line("  watched  %s", count(len(c.Regions), "Region"))
	out.Line("  alerts   %s", strings.Join(value.Email, ", "))
	out.Line("  users    %s", strings.Join(value.Users, ", "))
	out.Line("  targets  %s", targetLine(c))
	for _, note := range notes {
		out.WarnNote("%s", note)
	}
	out.Line("\nNext: read %s, then see what it will deploy:\n  %s", common.file, next)
	return nil
}

func targetLine(c *config.Config) string {
	const shown = 5
	var targets []string
	for i, t := range c.Targets {
		if i == shown {
			targets = append(targets, fmt.Sprintf("and %d more", len(c.Targets)-shown))
			break
		}
		name := t.Account
		if t.Name != t.Account {
			name += " (" + t.Name + ")"
		}
		targets = append(targets, name)
	}
	if len(targets) == 0 {
		return "none: the users can enter the hub account only"
	}
	return strings.Join(targets, ", ")
}
