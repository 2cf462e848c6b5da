package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/charmbracelet/huh"
	"github.com/spf13/cobra"

	"example.com/breakglass/internal/ask"
)

// line asks for one line: at a terminal with a question, which shows no secret, and otherwise from what standard input has. valid
// says what is wrong with a line, which a person at a terminal is then asked for again; it may be nil.
func line(ctx context.Context, cmd *cobra.Command, in *bufio.Reader, title string, secret bool, valid func(string) error) (string, error) {
	typed := ""
	if ask.Possible(cmd.InOrStdin(), cmd.ErrOrStderr()) {
		field := huh.NewInput().Title(title).Value(&typed).Validate(func(text string) error {
			if text = strings.TrimSpace(text); text == "" {
				return errors.New("type it, or press Ctrl-C to stop")
			}
			if valid != nil {
				return valid(text)
			}
			return nil
		})
		if secret {
			field = field.EchoMode(huh.EchoModePassword)
		}
		err := ask.Form(ctx, cmd.InOrStdin(), cmd.ErrOrStderr(), huh.NewGroup(field))
		return strings.TrimSpace(typed), err
	}
	typed, err := in.ReadString('\n')
	if typed = strings.TrimSpace(typed); typed == "" && err != nil {
		return "", fmt.Errorf("%s: standard input has no line for it; type it at a terminal, or pass it on standard input", title)
	}
	if valid != nil {
		if err := valid(typed); err != nil {
			return "", fmt.Errorf("%s: %w", title, err)
		}
	}
	return typed, nil
}
