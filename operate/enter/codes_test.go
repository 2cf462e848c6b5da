package enter

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// clock is a seed whose codes are the number of the half minute, and whose pauses take no time.
func clock(at *time.Time, paused *time.Duration) *Seeded {
	return &Seeded{
		At:  func(t time.Time) (string, error) { return fmt.Sprintf("%06d", t.Unix()/30%1000000), nil },
		now: func() time.Time { return *at },
		pause: func(_ context.Context, d time.Duration) error {
			*paused, *at = d, at.Add(d)
			return nil
		},
	}
}

func TestASeedWaitsForTheNextCodeOnce(t *testing.T) {
	at, paused := time.Unix(1_000_010, 0), time.Duration(0)
	s := clock(&at, &paused)
	var told time.Duration
	s.Waiting = func(d time.Duration) { told = d }
	first, err := s.Code(t.Context(), "")
	if again, _ := s.Code(t.Context(), ""); err != nil || first != again || paused != 0 {
		t.Errorf("%q, then %q after %s, %v", first, again, paused, err)
	}
	next, err := s.Code(t.Context(), first)
	if err != nil || next == first || paused != 10*time.Second || told != paused {
		t.Errorf("%q after %s, %v", next, paused, err)
	}
	if _, err := s.Code(t.Context(), next); !errors.Is(err, errTwoCodes) {
		t.Errorf("two refused codes: %v", err)
	}
}

// TestACodeThatNobodyRefusedGoesToTheNextRegion: the Region that refused a code is silent with the next one, which another Region takes.
func TestACodeThatNobodyRefusedGoesToTheNextRegion(t *testing.T) {
	at, paused := time.Unix(1_000_010, 0), time.Duration(0)
	var used []string
	f := &fakeSTS{session: func(region string, _ Signature, code string) error {
		used = append(used, code)
		switch {
		case len(used) == 1:
			return badCode
		case region == "us-east-1":
			return silent
		}
		return nil
	}}
	got, err := Do(t.Context(), request(f, clock(&at, &paused)))
	if err != nil || got.Region != "us-west-2" || len(used) != 3 || used[1] == used[0] || used[2] != used[1] {
		t.Errorf("%+v, %v with the codes %q", got, err, used)
	}
}

func TestACodeThatIsOverIsNotWaitedFor(t *testing.T) {
	at, paused := time.Unix(1_000_010, 0), time.Duration(0)
	s := clock(&at, &paused)
	first, _ := s.Code(t.Context(), "")
	at = at.Add(30 * time.Second)
	if next, err := s.Code(t.Context(), first); err != nil || next == first || paused != 0 {
		t.Errorf("%q after %s, %v", next, paused, err)
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &Seeded{At: func(time.Time) (string, error) { return "000000", nil }}
	if _, err := s.Code(ctx, "000000"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
