// Package enter is the way into an account by an emergency user's access key: it asks AWS STS for a session with MFA, in a Region that
// answers, and with that session for one in the role of the account. It needs nothing but the key, a code and what the headers of the
// sealed files say: no configuration, no profile, no network but that of AWS. Nothing is written to disk.
package enter

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// Keys are credentials. They print without their secrets.
type Keys struct {
	ID, Secret, Token string
	// Expires is when they end; zero for an access key.
	Expires time.Time
}

var keyID = regexp.MustCompile(`^\w{16,128}$`)

// CheckKeyID reports a text that is no ID of an access key, such as its secret: an ID is sent as it is, and kept in AWS's records.
func CheckKeyID(typed string) error {
	if !keyID.MatchString(typed) {
		return errors.New("that is no ID of an access key: it looks like AKIAIOSFODNN7EXAMPLE")
	}
	return nil
}

// String hides the secrets.
func (k Keys) String() string { return "the keys " + k.ID }

// GoString hides the secrets from %#v.
func (k Keys) GoString() string { return k.String() }

// Signature is the kind of a request's signature.
type Signature string

const (
	// SigV4 is what every Region takes.
	SigV4 Signature = "sigv4"
	// SigV4a is asymmetric: STS can verify it for the key of an IAM user in a Region that is cut off from us-east-1.
	SigV4a Signature = "sigv4a"
)

// STS asks AWS STS in one Region, once.
type STS interface {
	// SessionToken returns the session of a user with MFA.
	SessionToken(ctx context.Context, region string, sign Signature, key Keys, device, code string, lasts time.Duration) (Keys, error)
	// AssumeRole returns a session in a role; without a duration, one that lasts as long as AWS does by default.
	AssumeRole(ctx context.Context, region string, sign Signature, session Keys, role, name string, lasts time.Duration) (Keys, error)
}

// Request is what a person wants, and what is needed for it.
type Request struct {
	Facts
	// Account to enter.
	Account Account
	// Session is a session of the user that is there already; without one, Key and Codes give it.
	Session Keys
	// Key is the access key of the user.
	Key Keys
	// Codes are those of the user's device.
	Codes Codes
	// Lasts is how long the session in the account lasts; zero leaves it to the account, or to AWS.
	Lasts time.Duration
	STS   STS
	// Tried reports each request that failed, and where it is tried next. It may be nil.
	Tried func(Try)

	// patience is how long a Region may take to answer.
	patience time.Duration
}

// Try is a request that failed.
type Try struct {
	Call      string    `json:"call"`
	Region    string    `json:"region"`
	Signature Signature `json:"signature"`
	Failed    string    `json:"failed"`
}

// Entered is a session in an account.
type Entered struct {
	Keys    Keys      `json:"-"`
	Account string    `json:"account"`
	Name    string    `json:"name"`
	User    string    `json:"user"`
	Role    string    `json:"role,omitempty"`
	Region  string    `json:"region"`
	Expires time.Time `json:"expires"`
	Tries   []Try     `json:"tries,omitempty"`
}

// Patience is how long a Region may take to answer before the next one is asked.
const Patience = 6 * time.Second

// codesAtMost is how many codes are sent before a run gives up: AWS locks nothing, but each refusal is an alert.
const codesAtMost = 3

// ownSession is how long the user's session lasts that serves to assume the role only: the shortest that STS gives.
const ownSession = 15 * time.Minute

// Default asks for as long a session as AWS gives to a request without a duration.
const Default = -1

// inHub is how long a session in the hub account itself lasts by default.
const inHub = time.Hour

// Do gets the session. Afterwards, a seed is worth no more codes: the session's shell may run for hours.
func Do(ctx context.Context, r Request) (Entered, error) {
	if codes, ok := r.Codes.(*Seeded); ok {
		defer codes.Wipe()
	}
	if r.patience == 0 {
		r.patience = Patience
	}
	run := &attempt{Request: r, regions: slices.Clone(r.Regions)}
	out := Entered{Account: r.Account.Number, Name: r.Account.Name, User: r.User}
	keys, err := run.enter(ctx, &out)
	out.Tries = run.tries
	if err != nil {
		return out, err
	}
	out.Keys, out.Expires, out.Region = keys, keys.Expires, run.regions[0]
	return out, nil
}

// attempt is a run of Do.
type attempt struct {
	Request
	// regions to ask, the one that answered last first.
	regions []string
	tries   []Try
}

func (a *attempt) enter(ctx context.Context, out *Entered) (Keys, error) {
	session := a.Session
	var err error
	switch {
	case a.Account.Own:
		return a.session(ctx, a.lasts())
	case session.ID == "":
		session, err = a.session(ctx, ownSession)
	}
	if err != nil {
		return Keys{}, err
	}
	out.Role = a.RoleIn(a.Account)
	return a.assume(ctx, session, out.Role)
}

func (r Request) lasts() time.Duration {
	switch {
	case r.Lasts != 0:
		return r.Lasts
	case r.Account.Own:
		return inHub
	}
	return r.Account.Session
}

// session returns a session of the user with MFA. A refused code is followed by another one, in the Region that refused it.
func (a *attempt) session(ctx context.Context, lasts time.Duration) (Keys, error) {
	refused, sent := "", ""
	for n := 1; ; n++ {
		var keys Keys
		err := a.anywhere(ctx, "GetSessionToken", func(ctx context.Context, region string, sign Signature) error {
			code, err := a.Codes.Code(ctx, refused)
			if err != nil {
				return &noCode{err}
			}
			sent = code
			within, cancel := context.WithTimeout(ctx, a.patience)
			defer cancel()
			keys, err = a.STS.SessionToken(within, region, sign, a.Key, a.Device, code, lasts)
			return err
		})
		if seeded, ok := a.Codes.(*Seeded); ok && wrongCode(err) {
			seeded.skew = skew(err, time.Now()) // a code of the time that AWS has
		}
		if !wrongCode(err) || n == codesAtMost {
			return keys, explain(err, "getting a session of "+a.User, a.Facts)
		}
		refused = sent
	}
}

// assume returns a session in the role. A role that lasts less than what was asked for gives its default.
func (a *attempt) assume(ctx context.Context, session Keys, role string) (keys Keys, err error) {
	for _, lasts := range []time.Duration{a.lasts(), 0} {
		err = a.anywhere(ctx, "AssumeRole", func(ctx context.Context, region string, sign Signature) error {
			within, cancel := context.WithTimeout(ctx, a.patience)
			defer cancel()
			var err error
			keys, err = a.STS.AssumeRole(within, region, sign, session, role, a.User, lasts)
			return err
		})
		if lasts <= 0 || !tooLong(err) {
			break
		}
	}
	return keys, explain(err, "assuming "+role, a.Facts)
}

// anywhere asks the Regions in order until one answers, first with the signature that every Region takes. The next call asks the
// Region first that answered.
func (a *attempt) anywhere(ctx context.Context, call string, ask func(context.Context, string, Signature) error) error {
	var failed []error
	unreachable := map[string]bool{}
	for _, sign := range []Signature{SigV4, SigV4a} {
		for _, region := range a.regions {
			if unreachable[region] {
				continue
			}
			err := ask(ctx, region, sign)
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err == nil || !elsewhere(err):
				a.regions = append([]string{region}, slices.DeleteFunc(slices.Clone(a.regions), func(other string) bool { return other == region })...)
				return err
			}
			// No signature helps where there is no connection.
			unreachable[region] = noConnection(err)
			try := Try{Call: call, Region: region, Signature: sign, Failed: reason(err, a.patience)}
			a.tries, failed = append(a.tries, try), append(failed, err)
			if a.Tried != nil {
				a.Tried(try)
			}
		}
	}
	return &nowhere{tries: a.tries, last: errors.Join(failed...)}
}

// nowhere is the error where no Region answered.
type nowhere struct {
	tries []Try
	last  error
}

func (n *nowhere) Error() string {
	var regions []string
	for _, t := range n.tries {
		if !slices.Contains(regions, t.Region) {
			regions = append(regions, t.Region)
		}
	}
	others := slices.DeleteFunc(plan.Anywhere(), func(region string) bool { return slices.Contains(regions, region) })
	such := ""
	if len(others) > 0 {
		such = " " + others[0]
	}
	return fmt.Sprintf("AWS STS gave no session in any Region asked (%s); check the network, or name another Region: --region%s",
		strings.Join(regions, ", "), such)
}

func (n *nowhere) Unwrap() error { return n.last }

// RoleIn returns the ARN of the role in an account.
func (f Facts) RoleIn(a Account) string {
	return f.hub().Of(a.Number).Role(f.Role)
}

func (f Facts) hub() place.Place { return place.Place{Partition: f.Partition, Account: f.Hub} }
