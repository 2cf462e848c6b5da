package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/enter"
)

// enterQuestions are about the way in without the console's sign-in.
var enterQuestions = []question{
	{
		id: "sigv4a", text: "Does AWS STS take Signature Version 4A from an access key, with MFA, and for the role?", by: machine,
		notLocal: "it verifies no signature",
		why:      "`breakglass enter` falls back to it where a Region is cut off from us-east-1.",
		how:      "calls `GetSessionToken` and `AssumeRole` as `breakglass enter` does, in the standby's Region",
		answer:   signature,
	},
	{
		id: "console-address", text: "Does the address of `breakglass enter --console` open the console of the target account?", by: aPerson,
		why:    "It is the way into the console when passwords are what does not work.",
		how:    "the command exchanges a session in the role for a token in the standby's Region; a person opens the address",
		answer: consoleAddress,
	},
}

// errNoKey is returned where an earlier question gave the user no access key.
var errNoKey = errors.New("it needs the access key of serial-number, which was not answered")

// enter gets a session in the role, with a signature.
func (t *trial) enter(ctx context.Context, sign enter.Signature) (*enter.AWS, enter.Keys, error) {
	if t.accessKey.ID == "" {
		return nil, enter.Keys{}, errNoKey
	}
	api, err := enter.NewAWS(ctx)
	if err != nil {
		return nil, enter.Keys{}, err
	}
	code, err := t.user.code(ctx)
	if err != nil {
		return nil, enter.Keys{}, err
	}
	own, err := api.SessionToken(ctx, standbyRegion, sign, t.accessKey, t.user.serial, code, 15*time.Minute)
	if err != nil {
		return nil, enter.Keys{}, fmt.Errorf("GetSessionToken: %w", err)
	}
	session, err := api.AssumeRole(ctx, standbyRegion, sign, own, t.targetRole(), config.DefaultUser, 0)
	if err != nil {
		return nil, enter.Keys{}, fmt.Errorf("AssumeRole: %w", err)
	}
	return api, session, nil
}

// signature tells a signature that AWS refuses, which is an answer, from a question that could not be asked.
func signature(ctx context.Context, t *trial) (string, error) {
	_, _, err := t.enter(ctx, enter.SigV4a)
	var answered interface{ ErrorCode() string }
	switch {
	case err == nil:
		return "yes: in " + standbyRegion + ", GetSessionToken with a code and AssumeRole with its session", nil
	case errors.As(err, &answered):
		return "NO: " + reason(err), nil
	}
	return "", err
}

func consoleAddress(ctx context.Context, t *trial) (string, error) {
	api, session, err := t.enter(ctx, enter.SigV4)
	if err != nil {
		return "", err
	}
	address, region, err := enter.Console(ctx, api, session, []string{standbyRegion, hubRegion}, nil)
	if err != nil {
		return "NO: " + reason(err), nil
	}
	typed, err := t.Person.ask(ctx,
		"Open this address in a private window; it counts for 15 minutes:\n"+address+"\nType yes if the console of the target account opens, no, or skip:")
	if err != nil || strings.EqualFold(typed, "skip") {
		return "", firstOf(err, errDeclined)
	}
	return typed + ", with the address of " + region, nil
}
