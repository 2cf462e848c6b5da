package main

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/discover"
	"example.com/breakglass/operate/draft"
	"example.com/breakglass/operate/onboard"
)

// terminal asks the questions of init.
type terminal struct{ cmd *cobra.Command }

func (t terminal) form(fields []huh.Field) error {
	if len(fields) == 0 {
		return nil
	}
	var groups []*huh.Group
	for _, f := range fields {
		groups = append(groups, huh.NewGroup(f))
	}
	return ask.Form(t.cmd.Context(), t.cmd.InOrStdin(), t.cmd.ErrOrStderr(), groups...)
}

// title shows the default where lines are read; otherwise the default is in the field.
func title(text, byDefault string) string {
	if ask.Plain() && byDefault != "" {
		text += " [" + byDefault + "]"
	}
	return text
}

func (t terminal) Who(r *onboard.Run) error {
	var fields []huh.Field
	number := r.Answers.HubAccount
	if number == "" && r.Caller != nil {
		number = r.Caller.Account
	}
	if !r.Answered(onboard.HubAccount) {
		what := "The account of the emergency users: well protected, with few other users."
		if number != "" && number == r.Organization.Management {
			what = "Warning: " + onboard.ManagementWarning(number) + "."
		}
		r.Answers.HubAccount = number
		fields = append(fields, huh.NewInput().Title(title("Hub account", number)).Description(wrap(what)).Value(&r.Answers.HubAccount).
			Validate(validate(number != "", func(text string) draft.Answers { return draft.Answers{HubAccount: text} })))
	}
	email := strings.Join(r.Answers.Email, ", ")
	byDefault := r.Answers.Email
	if !r.Answered(onboard.Email) {
		fields = append(fields, huh.NewInput().Title(title("Alert email addresses", email)).Description(wrap("Separate several with commas.")).
			Placeholder("security-team@example.com").Value(&email).
			Validate(validate(email != "", func(text string) draft.Answers { return draft.Answers{Email: byCommas(text)} })))
	}
	if err := t.form(fields); err != nil {
		return err
	}
	if !r.Answered(onboard.Email) {
		if r.Answers.Email = byCommas(email); len(r.Answers.Email) == 0 {
			r.Answers.Email = byDefault
		}
	}
	if r.Answers.HubAccount == "" {
		r.Answers.HubAccount = number
	}
	return nil
}

func (t terminal) Where(r *onboard.Run) error {
	var fields []huh.Field
	on := r.HubChoices()
	if !r.Answered(onboard.HubRegion) {
		fields = append(fields, huh.NewSelect[string]().Title(title("Primary Region", r.Answers.HubRegion)).
			Description(wrap("The Region of the alert topic. Most console sign-ins are recorded in us-east-1.")).
			Options(huh.NewOptions(on...)...).Height(regionsAtOnce).Value(&r.Answers.HubRegion))
	}
	if !r.Answered(onboard.Standby) {
		options := append([]huh.Option[string]{huh.NewOption(none, "")}, huh.NewOptions(on...)...)
		fields = append(fields, huh.NewSelect[string]().Title(title("Standby Region", cmp.Or(r.Answers.Standby, none))).
			Description(wrap("A second alert Region with its own topic, for when the primary Region is impaired.")).
			Options(options...).Height(regionsAtOnce).Value(&r.Answers.Standby).
			Validate(func(region string) error {
				if region != "" && region == r.Answers.HubRegion {
					return errors.New("this is the primary Region; choose another Region, or none")
				}
				return nil
			}))
	}
	users := strings.Join(r.Answers.Users, ", ")
	if !r.Answered(onboard.Users) {
		fields = append(fields, huh.NewInput().Title(title("Emergency users", users)).
			Description(wrap("One for each administrator is best: alerts then show who signed in. Separate several with commas.")).
			Value(&users).Validate(validate(true, func(text string) draft.Answers { return draft.Answers{Users: byCommas(text)} })))
	}
	targets, numbers := "", []string(nil)
	before := r.Answers.Targets
	for _, one := range before {
		numbers = append(numbers, one.Account)
	}
	pick := len(r.Organization.Accounts) > 0 && !ask.Plain()
	switch {
	case r.Answered(onboard.Targets):
	case pick:
		fields = append(fields, huh.NewMultiSelect[string]().Title("Target accounts").
			Description(wrap("The accounts of the organization that the users can enter. Space selects, / searches, Enter continues.")).
			Options(accountOptions(r.Organization.Accounts)...).Height(accountsAtOnce).Value(&numbers))
	default:
		targets = targetsText(before)
		fields = append(fields, huh.NewInput().Title(title("Target accounts", targets)).
			Description(wrap("The accounts that the users can enter, as 222222222222=production, separated by commas. Empty: the hub account only.")).Value(&targets).
			Validate(validate(true, func(text string) draft.Answers {
				list, _ := targetsOf(byCommas(text))
				return draft.Answers{Targets: list}
			})))
	}
	if err := t.form(fields); err != nil {
		return err
	}
	if list := byCommas(users); len(list) > 0 {
		r.Answers.Users = list
	}
	if r.Answered(onboard.Targets) {
		return nil
	}
	var err error
	switch {
	case !pick && strings.TrimSpace(targets) == "":
		r.Answers.Targets = before
	case !pick:
		r.Answers.Targets, err = targetsOf(byCommas(targets))
	default:
		// Those that the organization does not list could not be chosen: they stay.
		r.Answers.Targets = slices.DeleteFunc(slices.Clone(before), func(one draft.Target) bool {
			listed := slices.ContainsFunc(r.Organization.Accounts, func(a discover.Account) bool { return a.Number == one.Account })
			return listed && !slices.Contains(numbers, one.Account)
		})
		for _, a := range r.Organization.Accounts {
			had := slices.ContainsFunc(before, func(one draft.Target) bool { return one.Account == a.Number })
			if slices.Contains(numbers, a.Number) && !had {
				r.Answers.Targets = append(r.Answers.Targets, draft.Target{Account: a.Number, Name: a.Name})
			}
		}
	}
	if err != nil || len(r.Answers.Targets) > 0 {
		return err
	}
	sure, err := ask.Confirm(t.cmd.Context(), t.cmd.InOrStdin(), t.cmd.ErrOrStderr(),
		"No target accounts: the users can then enter the hub account only, and no other. Is that what you want?")
	if err == nil && !sure {
		return t.Where(r) // with the answers as they are now
	}
	return err
}

// targetsText returns targets as a person types them.
func targetsText(targets []draft.Target) string {
	var parts []string
	for _, one := range targets {
		text := one.Account
		if one.Name != "" {
			text += "=" + one.Name
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

const regionsAtOnce, accountsAtOnce = 10, 14

func accountOptions(accounts []discover.Account) []huh.Option[string] {
	var options []huh.Option[string]
	for _, a := range accounts {
		options = append(options, huh.NewOption(screen.Escape(strings.TrimSpace(a.Number+"  "+a.Name)), a.Number))
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

// validate returns the check of one answer. An empty one is fine where there is a default.
func validate(byDefault bool, answer func(text string) draft.Answers) func(string) error {
	return func(text string) error {
		if strings.TrimSpace(text) == "" {
			if byDefault {
				return nil
			}
			return errors.New("this needs an answer")
		}
		return onboard.CheckAlone(answer(text))
	}
}
