package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"example.com/breakglass/internal/screen"
)

// undoing is what has to be removed, in the order in which it was made.
type undoing struct {
	out   *screen.Screen
	mutex sync.Mutex
	steps []step
}

type step struct {
	what string
	do   func(context.Context) error
}

// add remembers how to remove something, which should be done before it is made: a call without an answer may have made it.
func (u *undoing) add(what string, do func(context.Context) error) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	u.steps = append(u.steps, step{what, do})
}

// all removes everything, the newest first, also when ctx has ended. The error names what is left.
func (u *undoing) all(ctx context.Context) error {
	u.mutex.Lock()
	steps := u.steps
	u.steps = nil
	u.mutex.Unlock()
	if len(steps) > 0 {
		u.out.Line("\n%s", u.out.Paint(screen.Bold, "Removing everything"))
	}
	ctx = context.WithoutCancel(ctx)
	var left []error
	for i := len(steps) - 1; i >= 0; i-- {
		err := steps[i].do(ctx)
		u.out.Line("%s %s", u.out.Mark(err == nil), steps[i].what)
		if err != nil {
			left = append(left, fmt.Errorf("left behind: %s: %w", steps[i].what, err))
		}
	}
	return errors.Join(left...)
}
