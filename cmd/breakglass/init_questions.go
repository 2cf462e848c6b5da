package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/huh"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
)

// given tells whether a flag has answered a question.
func (r *initRun) given(flag string) bool { return r.cmd.Flags().Changed(flag) }

func (r *initRun) form(fields []huh.Field) error {
	if len(fields) == 0 {
		return nil
	}
	var groups []*huh.Group
	for _, f := range fields {
		groups = append(groups, huh.NewGroup(f))
	}
	return ask.Form(r.cmd.Context(), r.cmd.InOrStdin(), r.cmd.ErrOrStderr(), groups...)
}

// title shows the default where lines are read; elsewhere it stands in the field.
func title(text, byDefault string) string {
	if ask.Plain() && byDefault != "" {
		text += " [" + byDefault + "]"
	}
	return text
}

// askWho asks for the hub account and for whom to tell.
func (r *initRun) askWho() error {
	var fields []huh.Field
	number := ""
	if r.caller != nil {
		number = r.caller.Account
	}
	if !r.given("hub-account") {
		what := "Where the emergency users live: a well-guarded account with few people in it."
		if number != "" && number == r.organization.Management {
			what = "Warning: " + managementWarning(number) + "."
		}
		r.answers.HubAccount = number
		fields = append(fields, huh.NewInput().Title(title("Hub account", number)).Description(what).Value(&r.answers.HubAccount).
			Validate(r.check(number != "", func(text string) draft.Answers { return draft.Answers{HubAccount: text} })))
	}
	email := ""
	if !r.given("email") {
		fields = append(fields, huh.NewInput().Title("Who is told, by mail").Description("One address or several, separated by commas.").
			Placeholder("security-team@example.com").Value(&email).
			Validate(r.check(false, func(text string) draft.Answers { return draft.Answers{Email: byCommas(text)} })))
	}
	if err := r.form(fields); err != nil {
		return err
	}
	if !r.given("email") {
		r.answers.Email = byCommas(email)
	}
	if r.answers.HubAccount == "" {
		r.answers.HubAccount = number
	}
	return nil
}

// askWhere asks for the Regions of the hubs, the users and the targets.
func (r *initRun) askWhere() error {
	var fields []huh.Field
	on := r.choice()
	if !r.given("hub-region") {
		fields = append(fields, huh.NewSelect[string]().Title(title("Primary Region", r.answers.HubRegion)).Description("Where the alert topic is. Most sign-ins land in us-east-1.").
			Options(huh.NewOptions(on...)...).Height(regionsAtOnce).Value(&r.answers.HubRegion))
	}
	if !r.given("standby") {
		options := append([]huh.Option[string]{huh.NewOption("none", "")}, huh.NewOptions(on...)...)
		fields = append(fields, huh.NewSelect[string]().Title(title("Standby", none)).Description("A second alert Region, with a topic of its own, for the day when the primary one is impaired.").
			Options(options...).Height(regionsAtOnce).Value(&r.answers.Standby).
			Validate(func(region string) error {
				if region != "" && region == r.answers.HubRegion {
					return errors.New("that is the primary Region; choose another one, or none")
				}
				return nil
			}))
	}
	users := strings.Join(r.answers.Users, ", ")
	if !r.given("user") {
		fields = append(fields, huh.NewInput().Title(title("Emergency users", users)).Description("One for each administrator is better than one for all: the alert then says who it was. Separated by commas.").
			Value(&users).Validate(r.check(true, func(text string) draft.Answers { return draft.Answers{Users: byCommas(text)} })))
	}
	targets, numbers := "", []string(nil)
	pick := len(r.organization.Accounts) > 0 && !ask.Plain()
	switch {
	case r.given("target"):
	case pick:
		fields = append(fields, huh.NewMultiSelect[string]().Title("Accounts that the users get into").
			Description("Those of the organization. Space chooses, / searches, enter ends.").
			Options(accountOptions(r.organization.Accounts)...).Height(accountsAtOnce).Value(&numbers))
	default:
		fields = append(fields, huh.NewInput().Title("Accounts that the users get into").
			Description("As 222222222222=production, separated by commas. Empty: the hub account only.").Value(&targets).
			Validate(r.check(true, func(text string) draft.Answers {
				list, _ := targetsOf(byCommas(text))
				return draft.Answers{Targets: list}
			})))
	}
	if err := r.form(fields); err != nil {
		return err
	}
	if r.answers.Users = byCommas(users); len(r.answers.Users) == 0 {
		r.answers.Users = []string{config.DefaultUser}
	}
	if !r.given("target") {
		var err error
		if r.answers.Targets, err = targetsOf(byCommas(targets)); err != nil {
			return err
		}
		for _, a := range r.organization.Accounts {
			if slices.Contains(numbers, a.Number) {
				r.answers.Targets = append(r.answers.Targets, draft.Target{Account: a.Number, Name: a.Name})
			}
		}
	}
	return nil
}

const regionsAtOnce, accountsAtOnce = 10, 14

// choice are the Regions that a hub can be in.
func (r *initRun) choice() []string {
	on := discover.Known(r.found)
	if len(on) == 0 {
		on = config.AlwaysOnRegions()
	}
	return on
}

func accountOptions(accounts []discover.Account) []huh.Option[string] {
	var options []huh.Option[string]
	for _, a := range accounts {
		options = append(options, huh.NewOption(strings.TrimSpace(a.Number+"  "+a.Name), a.Number))
	}
	return options
}

// byCommas reads a list with commas.
func byCommas(text string) []string {
	var list []string
	for _, part := range strings.Split(text, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// check holds one answer against the rules of the file. An empty one will do where there is a default.
func (r *initRun) check(byDefault bool, answer func(text string) draft.Answers) func(string) error {
	return func(text string) error {
		if strings.TrimSpace(text) == "" {
			if byDefault {
				return nil
			}
			return errors.New("an answer is needed")
		}
		return alone(answer(text))
	}
}

// alone checks an answer by itself: the others are such that nothing is wrong with them.
func alone(a draft.Answers) error {
	if a.HubAccount == "" {
		a.HubAccount = "111111111111"
	}
	if len(a.Email) == 0 {
		a.Email = []string{"security-team@example.com"}
	}
	if a.HubRegion != "" || a.Standby != "" || len(a.Unwatched) > 0 {
		for _, region := range config.AllRegions() {
			if !slices.ContainsFunc(a.Unwatched, func(u config.Unwatched) bool { return u.Region == region.Code }) {
				a.Watched = append(a.Watched, region.Code)
			}
		}
	}
	return a.Check()
}

// badFlags says what is wrong with the answers that the flags gave, all at once.
func (r *initRun) badFlags() error {
	a := r.answers
	var bad []string
	for _, one := range []struct {
		flag   string
		answer draft.Answers
	}{
		{"hub-account", draft.Answers{HubAccount: a.HubAccount}},
		{"email", draft.Answers{Email: a.Email}},
		{"hub-region", draft.Answers{HubRegion: a.HubRegion}},
		{"standby", draft.Answers{HubRegion: otherThan(a.Standby), Standby: a.Standby}},
		{"user", draft.Answers{Users: a.Users}},
		{"target", draft.Answers{Targets: a.Targets}},
		{"unwatched", draft.Answers{HubRegion: unlisted(a.Unwatched), Unwatched: a.Unwatched}},
		{"access", draft.Answers{Access: a.Access}},
	} {
		if !r.given(one.flag) {
			continue
		}
		if err := alone(one.answer); err != nil {
			for _, line := range strings.Split(err.Error(), "\n") {
				bad = append(bad, fmt.Sprintf("--%s: %s", one.flag, line))
			}
		}
	}
	if len(bad) > 0 {
		return errors.New(strings.Join(bad, "\n"))
	}
	return nil
}

// otherThan is a Region in which the hub can be beside this standby.
func otherThan(standby string) string {
	if standby == config.DefaultRegion {
		return "us-west-2"
	}
	return config.DefaultRegion
}

// unlisted is a Region in which the hub can be while these are not watched.
func unlisted(list []config.Unwatched) string {
	for _, code := range config.AlwaysOnRegions() {
		if !slices.ContainsFunc(list, func(u config.Unwatched) bool { return u.Region == code }) {
			return code
		}
	}
	return config.DefaultRegion
}
