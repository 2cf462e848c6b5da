package main

import (
	"context"
	"errors"
	"io"
	"regexp"
	"strings"

	"github.com/charmbracelet/huh"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/ask"
)

// withCode lets profiles with mfa_serial ask for their code, if there is a terminal. Who asks has it to himself.
func withCode(ctx context.Context, in io.Reader, out io.Writer, used *usedScreen) context.Context {
	if !ask.Possible(in, out) {
		return ctx
	}
	return account.WithCode(ctx, func(ctx context.Context, device string) (string, error) {
		typed := ""
		field := huh.NewInput().Title("MFA code of " + device).Value(&typed).Validate(func(text string) error {
			if !sixDigits.MatchString(strings.TrimSpace(text)) {
				return errors.New("type the six digits that the device shows now")
			}
			return nil
		})
		var err error
		used.aside(func() { err = ask.Form(ctx, in, out, huh.NewGroup(field)) })
		return strings.TrimSpace(typed), err
	})
}

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)
