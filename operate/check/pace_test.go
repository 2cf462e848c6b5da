package check

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go/middleware"
)

// Only so many calls of a client are under way at once, and one whose time is over gives up its place in the queue.
func TestCallsArePaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := paced(2)
		var now, most, done atomic.Int32
		call := func(ctx context.Context) error {
			stack := middleware.NewStack("a call", func() any { return nil })
			if err := pace(stack); err != nil {
				return err
			}
			_, _, err := stack.HandleMiddleware(ctx, nil, middleware.HandlerFunc(func(context.Context, any) (any, middleware.Metadata, error) {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Second)
				now.Add(-1)
				done.Add(1)
				return nil, middleware.Metadata{}, nil
			}))
			return err
		}
		began := time.Now()
		for range 5 {
			go func() { _ = call(t.Context()) }()
		}
		synctest.Wait()
		ctx, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		if err := call(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := call(t.Context()); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if took := time.Since(began); most.Load() != 2 || done.Load() != 6 || took != 3*time.Second {
			t.Errorf("%d at once, %d done in %v", most.Load(), done.Load(), took)
		}
	})
}

// What was found is added up in its order, and where the first question finds that there is nothing, only that counts.
func TestAsk(t *testing.T) {
	say := func(words string) func(*result) {
		return func(r *result) { r.warning("", words, "x"); r.tally(words, 1, 2) }
	}
	for there, want := range map[bool]string{true: "first second third ", false: "first "} {
		r := of("rules")
		r.ask(func(r *result) bool { say("first")(r); return there }, say("second"), say("third"))
		got := ""
		for _, f := range r.found {
			got += f.What + " "
			if r.tallies[f.What] != (Tally{1, 2}) || f.Check != "rules" {
				t.Errorf("%+v of %+v", r.tallies, f)
			}
		}
		if got != want || len(r.tallies) != len(r.found) {
			t.Errorf("%v: %q, %v", there, got, r.tallies)
		}
	}
}
