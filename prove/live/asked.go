package main

import (
	"context"
	"fmt"

	"example.com/breakglass/config"
)

// asked is what a person says at the beginning.
type asked struct {
	// profile and targetProfile are those of the AWS CLI; empty means the environment's credentials, or no second account.
	profile, targetProfile string
	// hub and target are account numbers.
	hub, target string
	// mail receives the alerts, monitor each sign of life; empty means nobody.
	mail, monitor string
}

// answers asks for everything before anything else is done.
func (p *person) answers(ctx context.Context) (a asked, err error) {
	if a.profile, err = p.ask(ctx, "Profile of the AWS CLI with administrator credentials of the sandbox (empty: the environment's credentials):"); err != nil {
		return a, err
	}
	if a.hub, err = p.number(ctx, "Number of the sandbox account, typed as a check:"); err != nil {
		return a, err
	}
	if a.targetProfile, err = p.ask(ctx, "Profile of a second sandbox account for the target (empty: the first is hub and target):"); err != nil {
		return a, err
	}
	a.target = a.hub
	if a.targetProfile != "" {
		if a.target, err = p.number(ctx, "Number of the second account:"); err != nil {
			return a, err
		}
		if a.target == a.hub {
			return a, fmt.Errorf("%s is the first account; nothing was changed", a.target)
		}
	}
	if a.mail, err = p.ask(ctx, "Email address for the alerts, whose mailbox you can open (empty: none, and questions about mails are left out):"); err != nil {
		return a, err
	}
	a.monitor, err = p.ask(ctx, "Address of a monitor that expects a POST request each hour (empty: none):")
	return a, err
}

// number asks for the number of an account.
func (p *person) number(ctx context.Context, question string) (string, error) {
	typed, err := p.ask(ctx, question)
	if err == nil && !config.IsAccount(typed) {
		err = fmt.Errorf("%q is no account number: 12 digits; nothing was changed", typed)
	}
	return typed, err
}
