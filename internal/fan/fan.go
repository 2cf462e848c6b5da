// Package fan calls a function for many keys at once, a bounded number at a time: an errgroup that keeps each key's result. It
// imports nothing of this module.
package fan

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Bound is the usual number of requests at once: enough for every Region within seconds, and few enough not to be throttled.
const Bound = 12

// Result is what work returned for one key.
type Result[T any] struct {
	Key   string
	Value T
	Err   error
}

// Out calls work for each key, at most bound at a time, and returns the results in the order of the keys. An error of one does
// not stop the others. done, which may be nil, gets each result as it comes, one at a time. When ctx ends, keys that have not
// begun get its error.
func Out[T any](ctx context.Context, keys []string, bound int, work func(context.Context, string) (T, error), done func(Result[T])) []Result[T] {
	results := make([]Result[T], len(keys))
	var reporting sync.Mutex
	var group errgroup.Group
	group.SetLimit(max(1, bound))
	for i, key := range keys {
		group.Go(func() error {
			r := &results[i]
			r.Key, r.Err = key, ctx.Err()
			if r.Err == nil {
				r.Value, r.Err = work(ctx, key)
			}
			if done != nil {
				reporting.Lock()
				defer reporting.Unlock()
				done(*r)
			}
			return nil // an error would say nothing about its key
		})
	}
	_ = group.Wait()
	return results
}
