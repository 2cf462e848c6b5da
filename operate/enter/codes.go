package enter

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	smithytime "github.com/aws/smithy-go/time"

	"example.com/breakglass/operate/seal"
)

// Codes gives the codes of an MFA device.
type Codes interface {
	// Code returns the code to send now: not the one that AWS refused, if it refused one.
	Code(ctx context.Context, refused string) (string, error)
}

// Seeded are the codes of a seed.
type Seeded struct {
	// At returns the code of a time.
	At func(time.Time) (string, error)
	// Waiting reports how long it takes until the next code. It may be nil.
	Waiting func(time.Duration)

	// skew is how far the clock of AWS is ahead of that of this machine.
	skew   time.Duration
	now    func() time.Time
	pause  func(context.Context, time.Duration) error
	waited bool
	seed   *seal.Secret
}

// Wipe forgets the seed.
func (s *Seeded) Wipe() { s.seed.Wipe() }

// errTwoCodes is the error where the next code was refused as well.
var errTwoCodes = errors.New("AWS refused two codes of the seed; check that the clock of this machine is right and that the seed is that of the device, then repeat the command")

// Code returns the code of now. If that is the one that was refused, it waits for the next half minute, once: a code works once, and
// somebody may just have used it.
func (s *Seeded) Code(ctx context.Context, refused string) (string, error) {
	now, wait := s.now, s.pause
	if now == nil {
		now, wait = time.Now, smithytime.SleepWithContext
	}
	code, err := s.At(now().Add(s.skew))
	if err != nil || code != refused {
		return code, err
	}
	if s.waited {
		return "", errTwoCodes
	}
	s.waited = true
	left := seal.CodePeriod - time.Duration(now().Add(s.skew).UnixNano())%seal.CodePeriod
	if s.Waiting != nil {
		s.Waiting(left)
	}
	if err := wait(ctx, left); err != nil {
		return "", err
	}
	return s.At(now().Add(s.skew))
}

// Typed are codes that a person types.
type Typed struct {
	// Ask asks for a code. refused is the one that AWS refused, if it refused one.
	Ask func(ctx context.Context, refused string) (string, error)

	last string
}

var sixDigits = regexp.MustCompile(`^[0-9]{6}$`)

// Code returns what the person types: the same code for every Region, since one that does not answer uses none up.
func (t *Typed) Code(ctx context.Context, refused string) (string, error) {
	if t.last != "" && t.last != refused {
		return t.last, nil
	}
	typed, err := t.Ask(ctx, refused)
	if err != nil {
		return "", err
	}
	if err := CheckCode(typed, refused); err != nil {
		return "", fmt.Errorf("%w; repeat the command with the next one", err)
	}
	t.last = digits(typed)
	return t.last, nil
}

// CheckCode reports a text that is no code, and the code that AWS refused, if it refused one.
func CheckCode(typed, refused string) error {
	switch code := digits(typed); {
	case !sixDigits.MatchString(code):
		return errors.New("a code has six digits")
	case code == refused:
		return errors.New("AWS has refused this code")
	}
	return nil
}

// digits returns a code without the spaces with which devices show it.
func digits(typed string) string { return strings.Join(strings.Fields(typed), "") }
