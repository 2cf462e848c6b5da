package check

import (
	"context"
	"sync"

	"github.com/aws/smithy-go/middleware"
	"golang.org/x/sync/errgroup"
)

// How much runs at once. AWS throttles by account, Region and service: places are independent of one another, and bounded
// for the sake of this machine's connections; the calls of one client are bounded so that AWS does not throttle them.
const (
	placesAtOnce = 24
	// callsAtOnce are those of one client: of IAM in an account, of EventBridge in a Region. At 100 ms a call, that is 80 a
	// second for about a second, in bursts that these services allow.
	callsAtOnce = 8
)

// paced bounds how many calls of a client run at once. A call that AWS throttles keeps its slot until it succeeds or fails.
func paced(n int) func(*middleware.Stack) error {
	places := make(chan struct{}, n)
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Paced", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
			case <-ctx.Done():
				return middleware.InitializeOutput{}, middleware.Metadata{}, ctx.Err()
			}
			return next.HandleInitialize(ctx, in)
		}), middleware.Before)
	}
}

// each asks about every key, so many at once, and returns the answers in the order of the keys.
func each[K, T any](keys []K, atOnce int, ask func(K) T) []T {
	answers := make([]T, len(keys))
	var all errgroup.Group
	all.SetLimit(atOnce)
	for i, key := range keys {
		all.Go(func() error {
			answers[i] = ask(key)
			return nil // what AWS does not answer is a finding
		})
	}
	_ = all.Wait()
	return answers
}

// atOnce runs a few functions side by side. Their calls are bounded by their clients.
func atOnce(functions ...func()) {
	var all sync.WaitGroup
	for _, f := range functions {
		all.Go(f)
	}
	all.Wait()
}

// ask puts questions that are independent of one another side by side, and adds what each found, in their order. The first
// asks whether the thing is there at all: where it returns false, only its own finding counts.
func (r *result) ask(there func(*result) bool, rest ...func(*result)) {
	first, others, is := of(r.check), make([]*result, len(rest)), true
	all := []func(){func() { is = there(first) }}
	for i, question := range rest {
		others[i] = of(r.check)
		all = append(all, func() { question(others[i]) })
	}
	atOnce(all...)
	r.add(first)
	if is {
		r.add(others...)
	}
}

// add takes over what other results found.
func (r *result) add(others ...*result) {
	for _, other := range others {
		r.found = append(r.found, other.found...)
		for what, t := range other.tallies {
			r.tallies[what] = t
		}
	}
}
