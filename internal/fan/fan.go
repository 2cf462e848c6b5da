// Package fan does one thing in many places at once, so many at a time and no more.
package fan

import (
	"context"
	"sync"
)

// Bound is how many requests run at once where nothing else is said: enough for every Region within seconds, and few
// enough not to be throttled.
const Bound = 12

// Result of one place.
type Result[T any] struct {
	Key   string
	Value T
	Err   error
}

// Out calls work for each key, bound at a time, and returns the results in the order of the keys. One that fails holds up
// no other. done, which may be nil, is told of each as it ends, one at a time. When ctx ends, what has not begun gets its
// error.
func Out[T any](ctx context.Context, keys []string, bound int, work func(context.Context, string) (T, error), done func(Result[T])) []Result[T] {
	results := make([]Result[T], len(keys))
	places := make(chan struct{}, max(1, bound))
	var wait sync.WaitGroup
	var telling sync.Mutex
	for i, key := range keys {
		wait.Add(1)
		go func() {
			defer wait.Done()
			results[i].Key = key
			select {
			case places <- struct{}{}:
				defer func() { <-places }()
			case <-ctx.Done():
			}
			if results[i].Err = ctx.Err(); results[i].Err == nil {
				results[i].Value, results[i].Err = work(ctx, key)
			}
			if done != nil {
				telling.Lock()
				defer telling.Unlock()
				done(results[i])
			}
		}()
	}
	wait.Wait()
	return results
}
