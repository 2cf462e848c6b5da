package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"example.com/breakglass/internal/screen"
)

// undoing is what has to be removed, in the order in which it was made.
type undoing struct {
	out *screen.Screen
	// again asks whether to try once more what could not be removed; nil means no.
	again func(context.Context) bool
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

// all removes everything, the newest first, also when ctx has ended. What could not be removed is tried again as long as somebody asks
// for that. The error names what is left.
func (u *undoing) all(ctx context.Context) error {
	u.mutex.Lock()
	steps := u.steps
	u.steps = nil
	u.mutex.Unlock()
	if len(steps) > 0 {
		u.out.Line("\n%s", u.out.Paint(screen.Bold, "Removing everything"))
	}
	ctx = context.WithoutCancel(ctx)
	for {
		var remain []step
		var left []error
		for _, s := range slices.Backward(steps) {
			err := s.do(ctx)
			u.out.Line("%s %s", u.out.Mark(err == nil), s.what)
			if err != nil {
				remain, left = append(remain, s), append(left, fmt.Errorf("left behind: %s: %w", s.what, err))
			}
		}
		if len(left) == 0 || u.again == nil {
			return errors.Join(left...)
		}
		for _, err := range left {
			u.out.Line("  %v", err)
		}
		if !u.again(ctx) {
			return errors.Join(left...)
		}
		slices.Reverse(remain)
		steps = remain
	}
}
