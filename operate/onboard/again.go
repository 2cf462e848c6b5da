package onboard

import (
	"slices"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/shell"
)

// Again returns the command that goes on with what has been answered so far; it asks only what is left.
func (r *Run) Again() string {
	words := []string{"breakglass", "init"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, "--"+flag, value)
		}
	}
	if r.File != "breakglass.yaml" {
		add("config", r.File)
	}
	add("profile", r.Profile)
	a := r.Answers
	add(string(HubAccount), a.HubAccount)
	for _, address := range a.Email {
		add(string(Email), address)
	}
	if a.HubRegion != config.DefaultRegion || r.Answered(HubRegion) {
		add(string(HubRegion), a.HubRegion)
	}
	add(string(Standby), a.Standby)
	if !slices.Equal(a.Users, []string{config.DefaultUser}) || r.Answered(Users) {
		for _, name := range a.Users {
			add(string(Users), name)
		}
	}
	for _, t := range a.Targets {
		value := t.Account
		if t.Name != "" {
			value += "=" + t.Name
		}
		add(string(Targets), value)
	}
	for _, u := range a.Unwatched {
		add(string(Unwatched), u.Region+"="+u.Reason)
	}
	if a.Access != config.AccessCredentials || r.Answered(Access) {
		add(string(Access), string(a.Access))
	}
	for _, policy := range a.Policies {
		add(string(Policies), policy)
	}
	add(string(Instructions), a.Instructions)
	add(string(Trail), string(a.Trail))
	if r.Force {
		words = append(words, "--force")
	}
	return shell.Quote(words...)
}
