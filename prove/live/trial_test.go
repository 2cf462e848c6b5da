package main

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
)

func silent() *screen.Screen { return screen.New(io.Discard, io.Discard, false) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// says returns a person who types these lines and then leaves.
func says(lines ...string) *person {
	typed := make(chan string, len(lines))
	for _, line := range lines {
		typed <- line
	}
	close(typed)
	return &person{lines: typed, out: silent()}
}

func TestWhatIsTypedIsChecked(t *testing.T) {
	for _, c := range []struct {
		lines []string
		why   string
	}{
		{[]string{"p", "111111111111", "", "", ""}, ""},
		{[]string{"p", "111111111111", "q", "222222222222", "me@example.com", "https://example.com/x"}, ""},
		{[]string{"p", "1111"}, `"1111" is no account number`},
		{[]string{"p", "111111111111", "q", ""}, `"" is no account number`},
		{[]string{"p", "111111111111", "q", "111111111111"}, "is the first account"},
		{[]string{"p"}, "nobody answers"},
	} {
		a, err := says(c.lines...).answers(t.Context())
		if c.why == "" && (err != nil || a.target == "") || c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)) {
			t.Errorf("%q: %+v, %v, want %q", c.lines, a, err, c.why)
		}
	}
}

func TestOnlyAWrittenYesBegins(t *testing.T) {
	for typed, ok := range map[string]bool{"yes": true, "Yes": false, "y": false, "": false, "no": false} {
		tr := &trial{options: options{Out: silent(), Person: says(typed)}}
		tr.caller = &account.Caller{}
		if err := tr.confirm(t.Context(), false); (err == nil) != ok {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestCtrlCEndsAQuestion(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := (&person{lines: make(chan string), out: silent()}).ask(ctx, "Well?")
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// TestEverythingIsRemovedAfterCtrlC: the newest first, all of it although the context has ended and one step fails.
func TestEverythingIsRemovedAfterCtrlC(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	u := undoing{out: silent()}
	var order []string
	for _, what := range []string{"queue", "deployment", "role"} {
		u.add(what, func(ctx context.Context) error {
			order = append(order, what)
			if what == "role" {
				return errors.New("AWS is busy")
			}
			return ctx.Err()
		})
	}
	err := u.all(ctx)
	if !slices.Equal(order, []string{"role", "deployment", "queue"}) {
		t.Errorf("removed in the order %q", order)
	}
	if err == nil || err.Error() != "left behind: role: AWS is busy" {
		t.Errorf("got %v", err)
	}
	if err := u.all(ctx); err != nil || len(order) != 3 {
		t.Errorf("a second time: %v, %q", err, order)
	}
}

// TestWhatIsLeftIsTriedAgain, in the same order, when a person has renewed the credentials; not after skip, nor when nobody answers.
func TestWhatIsLeftIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		typed []string
		order string
		left  bool
	}{
		{[]string{""}, "role rule queue role rule", false},
		{[]string{"skip"}, "role rule queue", true},
		{nil, "role rule queue", true},
	} {
		tr := &trial{options: options{Out: silent(), Person: says(c.typed...)}}
		u := undoing{out: silent(), again: tr.again}
		var order []string
		for _, what := range []string{"queue", "rule", "role"} {
			expired := what != "queue"
			u.add(what, func(context.Context) error {
				order = append(order, what)
				if expired {
					expired = false
					return errors.New("the credentials have expired")
				}
				return nil
			})
		}
		if err := u.all(t.Context()); (err != nil) != c.left || strings.Join(order, " ") != c.order {
			t.Errorf("%q: %v, in the order %q", c.typed, err, order)
		}
	}
}

func TestSkippedAndOpenQuestionsHaveNoAnswer(t *testing.T) {
	tr := &trial{options: options{Out: silent()}, answers: map[string]given{}}
	tr.hub, tr.target = "111111111111", "111111111111"
	asks := 0
	answer := func(context.Context, *trial) (string, error) { asks++; return "yes in 111111111111", nil }
	fails := func(context.Context, *trial) (string, error) { asks++; return "", errors.New("no") }
	for _, q := range []question{
		{id: "second", second: true, answer: answer}, {id: "mail", mail: true, by: aPerson, answer: answer},
		{id: "fails", answer: fails}, {id: "yes", answer: answer},
	} {
		tr.answer(t.Context(), q)
	}
	tr.Local = true
	tr.answer(t.Context(), question{id: "not-local", notLocal: "it has none", answer: answer})
	tr.answer(t.Context(), question{id: "person", by: aPerson, answer: answer})
	if len(tr.answers) != 1 || tr.answers["yes"].Answer != "yes in 111111111111" || asks != 2 {
		t.Errorf("%d asked, answers %v", asks, tr.answers)
	}
}

func TestACodeIsUsedOnce(t *testing.T) {
	u := &emergencyUser{seed: "JBSWY3DPEHPK3PXP"}
	code, err := u.code(t.Context())
	if ok, _ := totp.ValidateCustom(code, u.seed, time.Now(), totp.ValidateOpts{Period: 30, Skew: 1, Digits: 6}); err != nil || !ok {
		t.Errorf("%q does not fit the seed: %v", code, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop() // does not wait for the next period
	if again, err := u.code(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a second code %q in the same period, %v", again, err)
	}
}
