package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/breakglass/config"
)

// consoleQuestions need a person with a browser. The order is that of an emergency.
var consoleQuestions = []question{
	{
		id: "mail", text: "What does an alert look like in a mailbox?", by: aPerson, mail: true,
		why:    "Nobody has seen one: subject, line ends, quotation marks, what a mail program makes of it.",
		how:    "a person saves the mail about the drill as a file; the command reads its headers and lines",
		answer: mailLook,
	},
	{
		id: "regional-sign-in", text: "Does the sign-in page of a Region take an IAM user, and where and as which detail type is the sign-in recorded?", by: aPerson,
		why:    "It is the way in when us-east-1 is impaired; the record decides which Regions have to be watched.",
		how:    "a person signs in as the emergency user at the standby's address, with a code that the command shows; it waits for the alert `sign-in`",
		answer: regionalSignIn,
	},
	{
		id: "switch-record", text: "Where is a role switch in the console recorded?", by: aPerson, second: true,
		why:    "The hub account can only see what is recorded there; the rest needs observers.",
		how:    "the person switches to the role; the command looks for `SwitchRole` and `AssumeRole` in both accounts",
		answer: switchRecord,
	},
	{
		id: "switch-session", text: "What is the session of a console switch called?", by: aPerson,
		why:    "Records in the target account name the session only, and an investigation has to find the user by it.",
		how:    "reads `roleSessionName` of the switch's `AssumeRole` in CloudTrail",
		answer: switchSession,
	},
	{
		id: "revocation", text: "Does revoking the role's sessions stop a console that has switched, also when it refreshes its credentials?", by: aPerson,
		why:    "The incident plan says so; the console renews a switch with the user's own session.",
		how:    "the command denies all sessions issued until now, as the console's button does; a person reloads the page",
		answer: revocation,
	},
	{
		id: "aws-login", text: "Do credentials of `aws login` carry MFA?", by: aPerson,
		why:    "Otherwise the guard refuses them, and an emergency user cannot use the CLI without an access key.",
		how:    "a person runs `aws login` as the emergency user (CLI 2.32 or newer); the command assumes the role with these credentials",
		answer: awsLogin,
	},
	{
		id: "api-destination", text: "Does the monitor outside AWS get its request by an API destination?", by: aPerson,
		why:    "It is what notices that everything is silent.",
		how:    "with an address of a monitor: the command waits for the first hour's sign of life, and a person looks at the monitor",
		answer: apiDestination,
	},
}

// signInSteps are how to become the emergency user.
func signInSteps(ctx context.Context, t *trial, u *emergencyUser, region string) ([]string, error) {
	code, err := u.code(ctx)
	if err != nil {
		return nil, err
	}
	return []string{
		"Open a private window of the browser, and https://" + region + ".signin.aws.amazon.com/",
		"Choose IAM user; account " + t.hub + ", user " + u.name + ", password " + u.password,
		"MFA code: " + code + " (valid for about a minute; if it is refused, answer skip and run the trial again)",
	}, nil
}

func regionalSignIn(ctx context.Context, t *trial) (string, error) {
	u, err := t.emergency(ctx)
	if err != nil {
		return "", err
	}
	steps, err := signInSteps(ctx, t, u, standbyRegion)
	if err != nil {
		return "", err
	}
	if err := t.Person.do(ctx, steps...); err != nil {
		return "", err
	}
	text, err := t.alert(ctx, "sign-in", "eventType")
	return "the page of " + standbyRegion + " works; alert: " + text, err
}

// switched has the person switch to the role, once.
func (t *trial) switched(ctx context.Context) error {
	if t.hasSwitched {
		return nil
	}
	query := url.Values{"account": {t.target}, "roleName": {config.DefaultRole}, "displayName": {"sandbox"}}
	err := t.Person.do(ctx, "In the same window, signed in as "+config.DefaultUser+": open https://signin.aws.amazon.com/switchrole?"+query.Encode(),
		"Choose Switch role, and wait for the console.")
	t.hasSwitched = err == nil
	return err
}

func switchRecord(ctx context.Context, t *trial) (string, error) {
	if err := t.switched(ctx); err != nil {
		return "", err
	}
	var switches []string
	err := until(ctx, t.within, func() (found bool, err error) {
		switches, _, err = t.places(ctx, "SwitchRole", config.DefaultRole)
		pause(ctx, lookUpEach)
		return len(switches) > 0, err
	})
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if len(switches) == 0 {
		switches = []string{fmt.Sprintf("nowhere in the watched Regions (%v)", err)}
	}
	assumptions, _, err := t.places(ctx, "AssumeRole", "AWS Internal")
	return "SwitchRole: " + strings.Join(switches, ", ") + "; its AssumeRole: " + strings.Join(assumptions, ", "), err
}

func switchSession(ctx context.Context, t *trial) (string, error) {
	if err := t.switched(ctx); err != nil {
		return "", err
	}
	var sessions []string
	err := until(ctx, t.within, func() (bool, error) {
		_, records, err := t.places(ctx, "AssumeRole", "AWS Internal")
		for _, record := range records {
			var of struct {
				RequestParameters struct{ RoleSessionName string }
			}
			if json.Unmarshal([]byte(record), &of) == nil && of.RequestParameters.RoleSessionName != "" {
				sessions = append(sessions, of.RequestParameters.RoleSessionName)
			}
		}
		pause(ctx, lookUpEach)
		return len(sessions) > 0, err
	})
	if err != nil {
		return "", err
	}
	slices.Sort(sessions)
	return strings.Join(slices.Compact(sessions), ", ") + " (the user is " + config.DefaultUser + ")", nil
}

func apiDestination(ctx context.Context, t *trial) (string, error) {
	if t.monitor == "" {
		return "", fmt.Errorf("no address of a monitor was given: %w", errDeclined)
	}
	text, err := alive(ctx, t)
	if err != nil {
		return "", err
	}
	seen, err := t.Person.ask(ctx, "Signs of life: "+text+". Look at the monitor: type yes if it got a request, no, or skip:")
	if err != nil || strings.EqualFold(seen, "skip") {
		return "", firstOf(err, errDeclined)
	}
	return seen + ", of these: " + text, nil
}

// firstOf returns the first error there is.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
