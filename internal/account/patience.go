package account

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// again is how long a question may take in a Region that has let another one wait for nothing: a command asks most Regions several
// questions, and half a minute each would add up to minutes. A variable for the tests.
var again = 5 * time.Second

// questions are how the names of the operations begin that change nothing. A change has its full time: where it is cut short, nobody
// knows whether it was made.
var questions = []string{"Assume", "Describe", "Filter", "Get", "List", "Lookup"}

// waits remembers the Regions that do not answer, for the clients of one configuration and its copies.
type waits struct {
	mutex  sync.Mutex
	silent map[string]bool
}

// limit has a client wait less for a Region that does not answer, until it does.
func (w *waits) limit(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("Waits",
		func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			region, overdue, began := awsmiddleware.GetRegion(ctx), ctx, time.Now()
			if w.known(region) && question(awsmiddleware.GetOperationName(ctx)) {
				// Not ended after an answer: whoever asked may still read its body.
				limited, end := context.WithCancelCause(ctx)
				timer := time.AfterFunc(again, func() { end(context.DeadlineExceeded) })
				defer timer.Stop()
				overdue = limited
			}
			out, about, err := next.HandleFinalize(overdue, in)
			var refused smithy.APIError
			if err != nil && !errors.As(err, &refused) && ctx.Err() == nil && errors.Is(context.Cause(overdue), context.DeadlineExceeded) {
				err = context.DeadlineExceeded
			}
			w.learn(region, time.Since(began), err, ctx.Err())
			return out, about, err
		}), middleware.After)
}

func question(operation string) bool {
	return slices.ContainsFunc(questions, func(begin string) bool { return strings.HasPrefix(operation, begin) })
}

func (w *waits) known(region string) bool {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.silent[region]
}

// learn takes the end of an attempt. One that the command itself has ended, such as for another Region that was faster, says nothing,
// and neither does one that had little time left of many that share it.
func (w *waits) learn(region string, took time.Duration, err, ended error) {
	var network net.Error
	w.mutex.Lock()
	defer w.mutex.Unlock()
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		w.silent[region] = w.silent[region] || took >= again && !errors.Is(ended, context.Canceled)
	case ended == nil:
		w.silent[region] = false
	}
}
