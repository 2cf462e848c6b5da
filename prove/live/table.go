package main

import (
	"context"
	"slices"
)

// question is something that only a live account answers. A row of docs/live.md is made from each.
type question struct {
	// id names it in the list of answers; it never changes.
	id string
	// text is the question, why what depends on the answer, and how the trial finds it.
	text, why, how string
	by             who
	// notLocal is why the local AWS cannot answer it; empty where it can.
	notLocal string
	// second is set where the target has to be another account than the hub.
	second bool
	// mail is set where a person has to receive the alerts by email.
	mail bool

	// begin starts what takes AWS minutes, before the first question is asked; nil without any.
	begin func(context.Context, *trial) error
	// answer finds the answer.
	answer func(context.Context, *trial) (string, error)
}

// who finds an answer.
type who string

const (
	machine   who = "the command"
	aPerson   who = "a person at the console"
	fromAlert     = "it has no CloudTrail, so no record of a call reaches a rule"
)

// questions are all rows, in the order in which they are asked: first what needs nobody.
var questions = slices.Concat(commandQuestions, deliveryQuestions, guardQuestions, enterQuestions, consoleQuestions, waitingQuestions)
