package main

import (
	"context"
	"errors"
	"strings"

	"example.com/breakglass/internal/screen"
)

// person is who runs the trial, at a terminal.
type person struct {
	lines <-chan string
	out   *screen.Screen
}

// errNobody is returned when the terminal is closed.
var errNobody = errors.New("nobody answers: the input has ended")

// ask asks a question, and returns what is typed. It ends with ctx.
func (p *person) ask(ctx context.Context, question string) (string, error) {
	p.out.Line("%s", p.out.Paint(screen.Bold, "? "+question))
	select {
	case line, ok := <-p.lines:
		if !ok {
			return "", errNobody
		}
		return strings.TrimSpace(line), ctx.Err()
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// do says what to do, and waits for Enter. It fails with errDeclined if the person types skip.
func (p *person) do(ctx context.Context, steps ...string) error {
	for _, step := range steps {
		p.out.Line("  %s", step)
	}
	typed, err := p.ask(ctx, "Press Enter when that is done, or type skip:")
	if err == nil && strings.EqualFold(typed, "skip") {
		err = errDeclined
	}
	return err
}

// errDeclined is returned for what a person left out.
var errDeclined = errors.New("left out")
