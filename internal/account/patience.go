package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

const (
	// least is how long a question has to have: less is not worth another one.
	least = time.Second
	// look is how long an account that has not been silent may be asked in a Region that was, for others.
	look = 2 * time.Second
	// pauses are how long a place may not be asked for to be still the same wait: a request that is repeated pauses for up to half of that.
	pauses = brokenPause << (attempts - 1)
	// budget is what there is for the questions to a place: what is left of Patience may go by in a pause before the last one.
	budget = Patience - pauses/2
	// recovers is how much longer a silent place has to be left alone than it was waited for until it has its time again: a command that
	// deploys, or waits for something to arrive, asks again later.
	recovers = 10
	// slow is from when on a person is told that a Region answers slowly.
	slow = 5 * time.Second
)

// questions are how the names of the operations begin that change nothing. A change has its full time: where it is cut short, nobody
// knows whether it was made.
var questions = []string{"Assume", "Check", "Describe", "Filter", "Get", "List", "Lookup", "Simulate", "Test"}

func question(operation string) bool {
	return slices.ContainsFunc(questions, func(begin string) bool { return strings.HasPrefix(operation, begin) })
}

// Unasked is the error of a question that was not asked, since its Region did not answer others.
type Unasked struct{ Region string }

func (u *Unasked) Error() string { return u.Region + " did not answer, and was not asked again" }

// Is makes it one of a Region that does not answer in time.
func (u *Unasked) Is(err error) bool { return err == context.DeadlineExceeded }

// enteredKey is for the account whose role is assumed.
type enteredKey struct{}

type patienceKey struct{}

// WithPatience returns a context for one command: whatever configurations it loads, what a Region or an account that does not
// answer costs all its questions together is bounded by Patience. An answer gives the time back, and so does time, slowly.
func WithPatience(ctx context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, newWaits())
}

// patient returns what the configurations of a context wait for.
func patient(ctx context.Context) *waits {
	if w, ok := ctx.Value(patienceKey{}).(*waits); ok {
		return w
	}
	return newWaits()
}

// waits remembers the places that do not answer: each Region, in it each account, and in that each service.
type waits struct {
	mutex  sync.Mutex
	places map[string]*silence
	slow   map[string]bool // the Regions of which it has been said
}

func newWaits() *waits { return &waits{places: map[string]*silence{}, slow: map[string]bool{}} }

// silence is how long a place has not answered, while at least one question was waiting for it.
type silence struct {
	// asked is how many wait now, since when the clock has run, and ended when it last stopped.
	asked        int
	since, ended time.Time
	// lost is what it showed before since, and back what of that it has back when it is asked again.
	lost, back time.Duration
}

// begin starts the clock, if it does not run, and returns what is left of the place's time.
func (s *silence) begin(now time.Time) (left time.Duration) {
	if s.asked == 0 {
		idle := now.Sub(s.ended)
		if s.since, s.back = now, min(idle/recovers, s.lost); idle < pauses {
			s.since, s.back = s.ended, 0
		}
	}
	s.asked++
	return budget - (s.lost - s.back) - now.Sub(s.since)
}

// answered takes the end of a request with its answer, silent that of one that waited for nothing, and drop that of one which says
// nothing of the place.
func (s *silence) answered() {
	s.asked--
	s.lost, s.back, s.since, s.ended = 0, 0, time.Now(), time.Now()
}

func (s *silence) silent() {
	s.asked--
	s.lost += time.Since(s.since) - s.back
	s.back, s.since, s.ended = 0, time.Now(), time.Now()
}

func (s *silence) drop() { s.asked-- }

// asking are the places of a request, from the widest to the closest.
type asking []*silence

// at returns the places of a signed request: its Region, the account of its credentials there or, for a role, the one that is
// entered, and the service.
func (w *waits) at(ctx context.Context, in middleware.DeserializeInput) (region string, places asking) {
	account, region, service := "", awsmiddleware.GetRegion(ctx), awsmiddleware.GetServiceID(ctx)
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		_, scope, _ := strings.Cut(request.Header.Get("Authorization"), "Credential=")
		if parts := strings.Split(scope, "/"); len(parts) > 4 {
			account, region = parts[0], parts[2] // a service that an account has one of is in the Region that its requests are signed for
		}
	}
	if entered, ok := ctx.Value(enteredKey{}).(string); ok {
		account = entered
	}
	for _, name := range []string{region, region + " " + account, region + " " + account + " " + service} {
		if w.places[name] == nil {
			w.places[name] = &silence{}
		}
		places = append(places, w.places[name])
	}
	return region, places
}

// begin returns how long a question may take: two thirds of what is left of each of its places, so that all of them together never
// take more. Zero means that it is not asked.
func (a asking) begin(now time.Time) (limit time.Duration) {
	var shares []time.Duration
	for _, s := range a {
		shares = append(shares, s.begin(now)*2/3)
	}
	region, own := shares[0], slices.Min(shares[1:])
	if a[1].lost == 0 {
		region = max(region, look)
	}
	if limit = min(region, own); limit < least {
		return 0
	}
	return limit
}

// limit has a client wait less for a place that does not answer, until it does. It stands next to the connection: the pauses between
// attempts, and what a client does to ask less at once, are no part of an answer.
func (w *waits) limit(stack *middleware.Stack) error {
	return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("Waits",
		func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			operation, began := awsmiddleware.GetOperationName(ctx), time.Now()
			w.mutex.Lock()
			region, places := w.at(ctx, in)
			limit := places.begin(began)
			w.mutex.Unlock()
			overdue := ctx
			if question(operation) {
				if limit == 0 {
					w.each(places, (*silence).drop)
					return middleware.DeserializeOutput{}, middleware.Metadata{}, &Unasked{region}
				}
				// Not ended after an answer: whoever asked may still read its body.
				limited, end := context.WithCancelCause(ctx)
				timer := time.AfterFunc(limit, func() { end(context.DeadlineExceeded) })
				defer timer.Stop()
				overdue = limited
			}
			out, about, err := next.HandleDeserialize(overdue, in)
			if err != nil && !refused(err) && ctx.Err() == nil && errors.Is(context.Cause(overdue), context.DeadlineExceeded) {
				err = context.DeadlineExceeded
			}
			switch took := time.Since(began); {
			case !lost(err):
				w.each(places, (*silence).answered)
				if took >= slow && question(operation) {
					w.tell(ctx, region, operation, took)
				}
			case errors.Is(ctx.Err(), context.Canceled): // by the command itself, such as for another Region that was faster
				w.each(places, (*silence).drop)
			default:
				w.each(places, (*silence).silent)
			}
			return out, about, err
		}), middleware.Before)
}

// each tells places how a request has ended.
func (w *waits) each(places asking, how func(*silence)) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, s := range places {
		how(s)
	}
}

// lost reports whether an error means that an answer did not come, or not to its end.
func lost(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// refused reports whether an error is the answer of a service.
func refused(err error) bool {
	var answer *smithyhttp.ResponseError
	return errors.As(err, &answer) && answer.HTTPStatusCode() >= http.StatusMultipleChoices && !lost(err)
}

// tell says once of a Region that it answers slowly: a person would take the command for one that hangs.
func (w *waits) tell(ctx context.Context, region, operation string, took time.Duration) {
	w.mutex.Lock()
	told := w.slow[region]
	w.slow[region] = true
	w.mutex.Unlock()
	if n, ok := ctx.Value(noteKey{}).(*note); ok && !told {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.tell(fmt.Sprintf("%s answers slowly: %s for %s", region, took.Round(time.Second), operation))
	}
}
