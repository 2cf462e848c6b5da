package main

import (
	"slices"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/draft"
	"example.com/breakglass/operate/onboard"
)

// How asks for what the users may do, what alerts say, and how everything is deployed.
func (t terminal) How(r *onboard.Run) error {
	var fields []huh.Field
	policies := config.DefaultPolicy
	if len(r.Answers.Policies) > 0 {
		policies = strings.Join(r.Answers.Policies, ", ")
	}
	if !r.Answered(onboard.Policies) {
		fields = append(fields, huh.NewInput().Title(title("Policies of the role in the target accounts", policies)).
			Description(wrap("What the users may do there, as names of AWS managed policies or ARNs, separated by commas. IAMFullAccess repairs identities; AdministratorAccess does everything.")).
			Value(&policies).Validate(validate(true, func(text string) draft.Answers { return draft.Answers{Policies: byCommas(text)} })))
	}
	if !r.Answered(onboard.Instructions) {
		fields = append(fields, huh.NewInput().Title(title("Instructions at the end of every alert", r.Answers.Instructions)).
			Description(wrap("What its reader must do: whom to call, and where your incident plan is. Empty: "+config.DefaultInstructions)).
			Value(&r.Answers.Instructions).Validate(validate(true, func(text string) draft.Answers { return draft.Answers{Instructions: strings.TrimSpace(text)} })))
	}
	if !r.Answered(onboard.Trail) {
		fields = append(fields, huh.NewSelect[config.Trail]().Title(title("CloudTrail trail", "1")).
			Description(wrap("Without a multi-Region trail of the hub account or its organization that logs management events, no alert is ever sent.")).
			Options(huh.NewOption("existing: there is such a trail", config.TrailExisting), huh.NewOption("create: deploy one in the hub account", config.TrailCreate)).
			Value(&r.Answers.Trail))
	}
	if !r.Answered(onboard.Access) && r.InManagement() {
		if r.Existing == nil {
			r.Answers.Access = config.AccessOrganization
		}
		fields = append(fields, huh.NewSelect[config.Access]().Title(title("Credentials to deploy with", "1")).
			Description(wrap("You are in the organization's management account, whose role opens every account that the organization has created.")).
			Options(
				huh.NewOption("organization: the role "+config.DefaultAccessRole, config.AccessOrganization),
				huh.NewOption("credentials: a profile for each account", config.AccessCredentials),
				huh.NewOption("bootstrap: the roles of cdk bootstrap", config.AccessBootstrap),
			).Value(&r.Answers.Access))
	}
	if err := t.form(fields); err != nil {
		return err
	}
	if list := byCommas(policies); !r.Answered(onboard.Policies) && len(list) > 0 {
		if r.Answers.Policies = list; slices.Equal(list, []string{config.DefaultPolicy}) {
			r.Answers.Policies = nil
		}
	}
	return nil
}

// Review shows the answers, and asks whether to write them.
func (t terminal) Review(r *onboard.Run) (bool, error) {
	a := r.Answers
	text := ""
	or := func(text, otherwise string) string {
		if text == "" {
			return otherwise
		}
		return text
	}
	var targets []string
	for _, one := range a.Targets {
		targets = append(targets, strings.TrimSpace(one.Account+" "+one.Name))
	}
	for _, line := range [][2]string{
		{"hub", a.HubAccount + " in " + a.HubRegion}, {"standby", or(a.Standby, none)}, {"watched", count(len(a.Watched), "Region")},
		{"alerts", strings.Join(a.Email, ", ")}, {"users", strings.Join(a.Users, ", ")}, {"targets", or(strings.Join(targets, ", "), none)},
		{"policies", or(strings.Join(a.Policies, ", "), config.DefaultPolicy)}, {"instructions", or(a.Instructions, config.DefaultInstructions)},
		{"trail", or(string(a.Trail), string(config.TrailExisting))}, {"access", string(a.Access)},
	} {
		text += indented(line[0], screen.Escape(line[1])) + "\n"
	}
	for i, line := range r.Changes {
		if i == 0 {
			text += "\n"
		}
		sign := "-"
		if line.Added {
			sign = "+"
		}
		text += "  " + sign + " " + screen.Escape(line.Text) + "\n"
	}
	yes := true
	question := huh.NewConfirm().Title(text + "\nWrite " + r.File + "?").Affirmative("Yes").Negative("No").Value(&yes)
	err := ask.Form(t.cmd.Context(), t.cmd.InOrStdin(), t.cmd.ErrOrStderr(), huh.NewGroup(question))
	return yes && err == nil, err
}

// readable is the width of texts beside questions: a terminal may be that narrow.
const readable = 58

// wrap breaks a text between words.
func wrap(text string) string { return ansi.Wordwrap(text, readable, "") }

// indented returns a line of the review, broken between words.
func indented(key, value string) string {
	const column = 14
	text := ansi.Wordwrap(value, readable-column, "")
	return "  " + key + strings.Repeat(" ", column-len(key)) + strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", column+2))
}
