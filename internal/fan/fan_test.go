package fan

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOut(t *testing.T) {
	var keys []string
	for i := range 100 {
		keys = append(keys, fmt.Sprint(i))
	}
	var running, most atomic.Int32
	reported := 0
	results := Out(t.Context(), keys, 7, func(_ context.Context, key string) (string, error) {
		if n := running.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer running.Add(-1)
		if key == "13" {
			return "", errors.New("thirteen")
		}
		return "done " + key, nil
	}, func(Result[string]) { reported++ })
	for i, r := range results {
		if r.Key != keys[i] || (r.Err != nil) != (i == 13) || i != 13 && r.Value != "done "+keys[i] {
			t.Errorf("result %d is %+v", i, r)
		}
	}
	if reported != 100 || most.Load() > 7 {
		t.Errorf("reported %d times, %d at once", reported, most.Load())
	}
}

func TestOutStops(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	begun := 0
	results := Out(ctx, []string{"a", "b", "c"}, 1, func(context.Context, string) (int, error) {
		begun++
		stop()
		return 1, nil
	}, nil)
	if begun != 1 {
		t.Errorf("%d were begun", begun)
	}
	failed := 0
	for _, r := range results {
		if errors.Is(r.Err, context.Canceled) {
			failed++
		}
	}
	if failed != 2 {
		t.Errorf("%d have the reason: %+v", failed, results)
	}
}

// TestWithoutABoundOneGoesAtATime: none would never end.
func TestWithoutABoundOneGoesAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		Out(t.Context(), []string{"a", "b", "c"}, 0, func(context.Context, string) (int, error) {
			time.Sleep(time.Second)
			return 0, nil
		}, nil)
		if took := time.Since(began); took != 3*time.Second {
			t.Errorf("three of a second took %s", took)
		}
	})
}
