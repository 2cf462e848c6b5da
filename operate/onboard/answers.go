package onboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

// HubChoices returns the Regions that a hub can be in.
func (r *Run) HubChoices() []string {
	on := discover.Known(r.Regions)
	if len(on) == 0 {
		on = config.AlwaysOnRegions()
	}
	return on
}

// CheckAlone checks one answer beside others that are valid.
func CheckAlone(a draft.Answers) error {
	if a.HubAccount == "" {
		a.HubAccount = "111111111111"
	}
	if len(a.Email) == 0 {
		a.Email = []string{"security-team@example.com"}
	}
	if a.HubRegion != "" || a.Standby != "" || len(a.Unwatched) > 0 {
		for _, region := range config.AllRegions() {
			if !isUnwatched(a.Unwatched, region.Code) {
				a.Watched = append(a.Watched, region.Code)
			}
		}
	}
	return a.Check()
}

func isUnwatched(list []config.Unwatched, code string) bool {
	return slices.ContainsFunc(list, func(u config.Unwatched) bool { return u.Region == code })
}

// checkFlags returns what is wrong with the answers of the flags, all at once.
func (r *Run) checkFlags() error {
	a := r.Answers
	var bad []string
	for _, one := range []struct {
		question Question
		answer   draft.Answers
	}{
		{HubAccount, draft.Answers{HubAccount: a.HubAccount}},
		{Email, draft.Answers{Email: a.Email}},
		{HubRegion, draft.Answers{HubRegion: a.HubRegion}},
		{Standby, draft.Answers{HubRegion: otherThan(a.Standby), Standby: a.Standby}},
		{Users, draft.Answers{Users: a.Users}},
		{Targets, draft.Answers{Targets: a.Targets}},
		{Unwatched, draft.Answers{HubRegion: watchedBeside(a.Unwatched), Unwatched: a.Unwatched}},
		{Access, draft.Answers{Access: a.Access}},
		{Instructions, draft.Answers{Instructions: a.Instructions}},
		{Policies, draft.Answers{Policies: a.Policies}},
		{Trail, draft.Answers{Trail: a.Trail}},
	} {
		if !r.Answered(one.question) {
			continue
		}
		if err := CheckAlone(one.answer); err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				bad = append(bad, fmt.Sprintf("--%s: %s", one.question, line))
			}
		}
	}
	if len(bad) > 0 {
		return errors.New(strings.Join(bad, "\n"))
	}
	return nil
}

// otherThan returns a Region in which the hub can be beside this standby.
func otherThan(standby string) string {
	if standby == config.DefaultRegion {
		return "us-west-2"
	}
	return config.DefaultRegion
}

// watchedBeside returns a Region in which the hub can be while these are not watched.
func watchedBeside(list []config.Unwatched) string {
	for _, code := range config.AlwaysOnRegions() {
		if !isUnwatched(list, code) {
			return code
		}
	}
	return config.DefaultRegion
}

// settleRegions checks that the hubs are in enabled Regions of the account, and watches what is enabled.
func (r *Run) settleRegions() error {
	a := &r.Answers
	on := discover.Known(r.Regions)
	hubs := []struct {
		question Question
		region   string
	}{{HubRegion, a.HubRegion}, {Standby, a.Standby}}
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
			bad = append(bad, fmt.Sprintf("--%s: %s is not enabled in account %s; enable it (%s), or choose another Region",
				hub.question, hub.region, a.HubAccount, shell.Quote(shell.AWS("", r.hubProfile, "account", "enable-region", "--region-name", hub.region)...)))
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("nothing was written:\n%s", strings.Join(bad, "\n"))
	}
	a.Watched = slices.DeleteFunc(on, func(code string) bool { return isUnwatched(a.Unwatched, code) })
	return nil
}

// settleNames takes the names of targets from the organization, except those that the console could not show.
func (r *Run) settleNames() {
	for i, t := range r.Answers.Targets {
		if slices.Contains(r.had, t) {
			continue // as the file has it
		}
		if t.Name == "" {
			for _, a := range r.Organization.Accounts {
				if a.Number == t.Account {
					t.Name = a.Name
				}
			}
		} else if r.Answered(Targets) {
			continue // checked already, and never dropped silently
		}
		if CheckAlone(draft.Answers{Targets: []draft.Target{t}}) != nil {
			t.Name = ""
		}
		r.Answers.Targets[i] = t
	}
}
