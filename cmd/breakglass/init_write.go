package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

// initValue is what init prints for machines.
type initValue struct {
	File    string   `json:"file"`
	Hub     hubValue `json:"hub"`
	Regions []string `json:"regions"`
	Users   []string `json:"users"`
	Targets []string `json:"targets"`
	Told    []string `json:"told"`
	Notes   []string `json:"notes"`
	Next    string   `json:"next"`
}

type hubValue struct {
	Account string `json:"account"`
	Region  string `json:"region"`
	Standby string `json:"standby,omitempty"`
}

// write checks the answers as the file that they make, writes it, and says what comes next.
func (r *initRun) write() error {
	if err := r.settleRegions(); err != nil {
		return err
	}
	r.settleNames()
	if err := r.answers.Check(); err != nil {
		return fmt.Errorf("nothing was written, because of what would be wrong with the file:\n%w", err)
	}
	text, err := r.answers.Text()
	if err != nil {
		return err
	}
	c, err := config.Parse(r.common.file, text)
	if err != nil {
		return err
	}
	// Questions take their time: somebody else may have written it meanwhile.
	if _, err := os.Lstat(r.common.file); err == nil && !r.force && !r.overwrite {
		return fmt.Errorf("nothing was written: %s is there by now; say --force to overwrite it", r.common.file)
	}
	if err := draft.Write(r.common.file, text); err != nil {
		return err
	}
	return r.print(c)
}

// settleRegions makes sure that the hubs are in Regions of the account, and watches what is enabled.
func (r *initRun) settleRegions() error {
	a := &r.answers
	on := discover.Known(r.found)
	hubs := []struct{ flag, region string }{{"hub-region", a.HubRegion}, {"standby", a.Standby}}
	if len(on) == 0 {
		on = config.AlwaysOnRegions()
		for _, hub := range hubs {
			if hub.region != "" && !slices.Contains(on, hub.region) {
				on = append(on, hub.region)
			}
		}
	}
	var bad []string
	for _, hub := range hubs {
		if hub.region != "" && !slices.Contains(on, hub.region) {
			bad = append(bad, fmt.Sprintf("--%s: %s is not enabled in account %s; enable it (aws account enable-region --region-name %s), or choose another Region",
				hub.flag, hub.region, a.HubAccount, hub.region))
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("nothing was written:\n%s", strings.Join(bad, "\n"))
	}
	a.Watched = slices.DeleteFunc(on, func(code string) bool {
		return slices.ContainsFunc(a.Unwatched, func(u config.Unwatched) bool { return u.Region == code })
	})
	return nil
}

// settleNames leaves out an organization's name for an account where the console could not show it.
func (r *initRun) settleNames() {
	for i, t := range r.answers.Targets {
		if t.Name == "" {
			for _, a := range r.organization.Accounts {
				if a.Number == t.Account {
					t.Name = a.Name
				}
			}
		} else if r.given("target") {
			continue // checked already, and never dropped silently
		}
		if alone(draft.Answers{Targets: []draft.Target{t}}) != nil {
			t.Name = ""
		}
		r.answers.Targets[i] = t
	}
}

func (r *initRun) print(c *config.Config) error {
	next := "breakglass plan" + r.common.sameFile()
	value := initValue{
		File: r.common.file, Hub: hubValue{c.Hub.Account, c.Hub.Region, c.Hub.Standby}, Regions: c.Regions,
		Users: []string{}, Targets: []string{}, Told: c.Alerts.Email, Notes: append([]string{}, r.notes...), Next: next,
	}
	for _, u := range c.Users {
		value.Users = append(value.Users, u.Name)
	}
	for _, t := range c.Targets {
		value.Targets = append(value.Targets, t.Account)
	}
	if r.out.JSON {
		return r.out.Value(value)
	}
	out := r.out
	out.Line("%s wrote %s", out.Mark(true), r.common.file)
	hub := value.Hub.Account + " in " + value.Hub.Region
	if value.Hub.Standby != "" {
		hub += ", standby " + value.Hub.Standby
	}
	out.Line("  hub      %s", hub)
	out.Line("  watched  %s", count(len(c.Regions), "Region"))
	out.Line("  told     %s", strings.Join(value.Told, ", "))
	out.Line("  users    %s", strings.Join(value.Users, ", "))
	out.Line("  targets  %s", targetLine(c))
	for _, note := range r.notes {
		out.Warn("%s %s", out.Paint(screen.Yellow, "note:"), note)
	}
	out.Line("\nNext: read %s, then see what it will deploy:\n  %s", r.common.file, next)
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
		return "none: the users get into the hub account only"
	}
	return strings.Join(targets, ", ")
}
