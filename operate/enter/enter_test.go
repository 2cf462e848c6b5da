package enter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"
)

// fakeSTS answers by the function of the test, and records what it was asked.
type fakeSTS struct {
	session func(region string, sign Signature, code string) error
	assume  func(region string, sign Signature, lasts time.Duration) error
	asked   []string
	role    string
	name    string
}

var expires = time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)

func (f *fakeSTS) SessionToken(_ context.Context, region string, sign Signature, key Keys, device, code string, lasts time.Duration) (Keys, error) {
	f.asked = append(f.asked, fmt.Sprint("session ", region, " ", sign, " ", code, " ", lasts))
	if key.Secret != "secret" || device != "arn:aws:iam::111111111111:mfa/BreakglassUser" {
		return Keys{}, refused("ValidationError", "not that key and device")
	}
	if f.session != nil {
		if err := f.session(region, sign, code); err != nil {
			return Keys{}, err
		}
	}
	return Keys{ID: "ASIASESSION", Secret: "of the session", Token: "t", Expires: expires}, nil
}

func (f *fakeSTS) AssumeRole(_ context.Context, region string, sign Signature, session Keys, role, name string, lasts time.Duration) (Keys, error) {
	f.asked = append(f.asked, fmt.Sprint("assume ", region, " ", sign, " ", lasts))
	f.role, f.name = role, name
	if session.ID != "ASIASESSION" {
		return Keys{}, refused("AccessDenied", "not that session")
	}
	if f.assume != nil {
		if err := f.assume(region, sign, lasts); err != nil {
			return Keys{}, err
		}
	}
	return Keys{ID: "ASIAROLE", Secret: "of the role", Token: "t", Expires: expires}, nil
}

func refused(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message, Fault: smithy.FaultClient}
}

var (
	silent      = context.DeadlineExceeded
	unreachable = &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	badCode     = refused("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
	noKey       = refused("InvalidClientTokenId", "The security token included in the request is invalid.")
	overloaded  = &smithy.GenericAPIError{Code: "InternalFailure", Message: "later", Fault: smithy.FaultServer}
)

// typed gives these codes, one after another.
func typed(codes ...string) *Typed {
	return &Typed{Ask: func(context.Context, string) (string, error) {
		if len(codes) == 0 {
			return "", errors.New("nobody types any more")
		}
		code := codes[0]
		codes = codes[1:]
		return code, nil
	}}
}

func request(f *fakeSTS, codes Codes) Request {
	return Request{
		Facts: Facts{
			Partition: "aws", Hub: "111111111111", User: "BreakglassUser", Role: "BreakGlassRole", Regions: []string{"us-east-1", "us-west-2", "eu-west-1"},
			Device: "arn:aws:iam::111111111111:mfa/BreakglassUser",
		},
		Account: Account{Number: "222222222222", Name: "production", Session: 4 * time.Hour},
		Key:     Keys{ID: "AKIAEXAMPLE", Secret: "secret"}, Codes: codes, STS: f,
	}
}

func TestTheFirstRegionThatAnswersGivesBoth(t *testing.T) {
	f := &fakeSTS{}
	got, err := Do(t.Context(), request(f, typed("123456")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"session us-east-1 sigv4 123456 15m0s", "assume us-east-1 sigv4 4h0m0s"}
	if !slices.Equal(f.asked, want) {
		t.Errorf("asked %q, want %q", f.asked, want)
	}
	if f.role != "arn:aws:iam::222222222222:role/BreakGlassRole" || f.name != "BreakglassUser" {
		t.Errorf("role %s, session name %s", f.role, f.name)
	}
	if got.Keys.ID != "ASIAROLE" || got.Region != "us-east-1" || got.Role != f.role || !got.Expires.Equal(expires) || len(got.Tries) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestARegionThatIsSilentIsLeftForTheNext(t *testing.T) {
	for name, failure := range map[string]error{
		"silent": silent, "unreachable": unreachable, "overloaded": overloaded, "throttled": refused("Throttling", "slow down"), "key unknown there": noKey,
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeSTS{session: func(region string, _ Signature, _ string) error {
				if region == "us-east-1" {
					return failure
				}
				return nil
			}}
			got, err := Do(t.Context(), request(f, typed("123456"))) // one code is enough
			if err != nil {
				t.Fatal(err)
			}
			if got.Region != "us-west-2" || len(got.Tries) != 1 || got.Tries[0].Region != "us-east-1" || got.Tries[0].Failed == "" {
				t.Errorf("got %+v", got)
			}
			// The next call goes to the Region that answered.
			if last := f.asked[len(f.asked)-1]; last != "assume us-west-2 sigv4 4h0m0s" {
				t.Errorf("then %s", last)
			}
		})
	}
}

func TestASilentRegionIsNamedWithTheTimeItHad(t *testing.T) {
	r := request(&fakeSTS{session: func(region string, _ Signature, _ string) error {
		if region == "us-east-1" {
			return silent
		}
		return nil
	}}, typed("123456"))
	r.patience = 40 * time.Millisecond
	if got, err := Do(t.Context(), r); err != nil || len(got.Tries) != 1 || got.Tries[0].Failed != "no answer within 40ms" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestTheOtherSignatureIsTriedWhereNoRegionTakesTheUsualOne(t *testing.T) {
	f := &fakeSTS{session: func(region string, sign Signature, _ string) error {
		switch {
		case region == "us-east-1":
			return unreachable
		case sign == SigV4a && region == "eu-west-1":
			return nil
		}
		return noKey
	}}
	got, err := Do(t.Context(), request(f, typed("123456")))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"session us-east-1 sigv4 123456 15m0s", "session us-west-2 sigv4 123456 15m0s", "session eu-west-1 sigv4 123456 15m0s",
		// No signature helps where there is no connection.
		"session us-west-2 sigv4a 123456 15m0s", "session eu-west-1 sigv4a 123456 15m0s",
		"assume eu-west-1 sigv4 4h0m0s",
	}
	if !slices.Equal(f.asked, want) || got.Region != "eu-west-1" {
		t.Errorf("asked %q, want %q", f.asked, want)
	}
}

func TestNoRegionAnswers(t *testing.T) {
	f := &fakeSTS{session: func(string, Signature, string) error { return unreachable }}
	_, err := Do(t.Context(), request(f, typed("123456")))
	if err == nil || !strings.Contains(err.Error(), "us-east-1, us-west-2, eu-west-1") || !strings.Contains(err.Error(), "--region") {
		t.Errorf("got %v", err)
	}
	if len(f.asked) != 3 {
		t.Errorf("asked %q", f.asked)
	}
}

func TestADeadKeyIsNamed(t *testing.T) {
	f := &fakeSTS{session: func(region string, _ Signature, _ string) error {
		if region == "eu-west-1" {
			return unreachable
		}
		return noKey
	}}
	_, err := Do(t.Context(), request(f, typed("123456")))
	if err == nil || !strings.Contains(err.Error(), "AWS does not know the access key") {
		t.Errorf("got %v", err)
	}
}

func TestAWrongCodeIsAskedForAgain(t *testing.T) {
	f := &fakeSTS{session: func(_ string, _ Signature, code string) error {
		if code != "654321" {
			return badCode
		}
		return nil
	}}
	got, err := Do(t.Context(), request(f, typed("123456", "654 321")))
	if err != nil || got.Region != "us-east-1" {
		t.Fatalf("got %+v, %v", got, err)
	}
	if len(f.asked) != 3 {
		t.Errorf("a wrong code is tried in several Regions: %q", f.asked)
	}
}

func TestACodeIsNotGuessed(t *testing.T) {
	f := &fakeSTS{session: func(string, Signature, string) error { return badCode }}
	_, err := Do(t.Context(), request(f, typed("111111", "222222", "333333", "444444")))
	if err == nil || !strings.Contains(err.Error(), "AWS refused the code") || len(f.asked) != codesAtMost {
		t.Errorf("%v after %q", err, f.asked)
	}
	for _, one := range []struct{ code, says string }{{"12345", "six digits"}, {"12345a", "six digits"}, {"", "six digits"}} {
		f := &fakeSTS{}
		if _, err := Do(t.Context(), request(f, typed(one.code))); err == nil || !strings.Contains(err.Error(), one.says) || len(f.asked) != 0 {
			t.Errorf("%q: %v after %q", one.code, err, f.asked)
		}
	}
	if _, err := Do(t.Context(), request(f, typed("111111", "111111"))); err == nil || !strings.Contains(err.Error(), "has refused this code") {
		t.Errorf("the same code again: %v", err)
	}
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		session, assume error
		says            []string
	}{
		"another device": {
			refused("AccessDenied",
				"MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."), nil, []string{"no device arn:aws:iam::111111111111:mfa/BreakglassUser", "--device"},
		},
		"wrong secret": {refused("SignatureDoesNotMatch", "The request signature we calculated does not match"), nil, []string{"AWS does not know the credentials"}},
		"wrong clock": {
			refused("SignatureDoesNotMatch", "Signature expired: 20261126T030000Z is now earlier than"), nil, []string{"the clock of this machine is wrong"},
		},
		"no role": {
			nil,
			refused("AccessDenied",
				"User: arn:aws:iam::111111111111:user/BreakglassUser is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/BreakGlassRole"), []string{
				"no longer trusts BreakglassUser", "breakglass enter 111111111111",
			},
		},
		"another caller": {
			nil, refused("AccessDenied", "User: arn:aws:iam::333333333333:root is not authorized to perform: sts:AssumeRole on resource: r"),
			[]string{"This session is not of a user of 111111111111: AWS takes it for arn:aws:iam::333333333333:root"},
		},
		"a policy": {
			nil, refused("AccessDenied", "User: u is not authorized to perform: sts:AssumeRole on resource: r with an explicit deny in a service control policy"),
			[]string{"a policy denies sts:AssumeRole"},
		},
		"expired": {nil, refused("ExpiredToken", "The security token included in the request is expired"), []string{"the credentials have expired"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fakeSTS{
				session: func(string, Signature, string) error { return c.session },
				assume:  func(string, Signature, time.Duration) error { return c.assume },
			}
			_, err := Do(t.Context(), request(f, typed("123456")))
			if err == nil {
				t.Fatal("no error")
			}
			for _, says := range c.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q lacks %q", err, says)
				}
			}
			if name != "another caller" && strings.Contains(err.Error(), "takes it for") {
				t.Errorf("%v: another caller", err)
			}
			if len(f.asked) > 2 {
				t.Errorf("a refusal is tried elsewhere: %q", f.asked)
			}
		})
	}
}

func TestARoleThatLastsLessGivesItsDefault(t *testing.T) {
	f := &fakeSTS{assume: func(_ string, _ Signature, lasts time.Duration) error {
		if lasts > 0 {
			return refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
		}
		return nil
	}}
	if _, err := Do(t.Context(), request(f, typed("123456"))); err != nil {
		t.Fatal(err)
	}
	if last := f.asked[len(f.asked)-1]; last != "assume us-east-1 sigv4 0s" {
		t.Errorf("asked last: %s", last)
	}
}

func TestNoRoleIsAssumedInTheHubAccount(t *testing.T) {
	f := &fakeSTS{}
	r := request(f, typed("123456"))
	r.Account = r.InHub()
	got, err := Do(t.Context(), r)
	if err != nil || got.Keys.ID != "ASIASESSION" || got.Role != "" || !slices.Equal(f.asked, []string{"session us-east-1 sigv4 123456 1h0m0s"}) {
		t.Errorf("got %+v, %v after %q", got, err, f.asked)
	}
}

func TestASessionThatIsThereNeedsNoCode(t *testing.T) {
	f := &fakeSTS{}
	r := request(f, typed())
	r.Key, r.Session = Keys{}, Keys{ID: "ASIASESSION"}
	if _, err := Do(t.Context(), r); err != nil || len(f.asked) != 1 {
		t.Errorf("%v after %q", err, f.asked)
	}
}

func TestCtrlCEndsIt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	f := &fakeSTS{session: func(string, Signature, string) error { cancel(); return context.Canceled }}
	if _, err := Do(ctx, request(f, typed("123456"))); !errors.Is(err, context.Canceled) || len(f.asked) != 1 {
		t.Errorf("%v after %q", err, f.asked)
	}
}

func TestTheAnnouncementSaysWhoIsAlerted(t *testing.T) {
	r := request(nil, nil)
	if text := strings.Join(r.Announcement(false, false), "\n"); !strings.Contains(text, "on the card") || !strings.Contains(text, "GetSessionToken and AssumeRole") {
		t.Errorf("without a configuration: %s", text)
	}
	r.Alerted, r.Hubs = []string{"security-team@example.com"}, []string{"us-east-1", "us-west-2"}
	if text := strings.Join(r.Announcement(false, false), "\n"); !strings.Contains(text, "security-team@example.com, from us-east-1 and us-west-2") ||
		!strings.Contains(text, "222222222222 (production)") {
		t.Errorf("with one: %s", text)
	}
	own := r
	own.Account = r.InHub()
	for _, profile := range []bool{false, true} {
		for _, r := range []Request{r, own} {
			text := strings.Join(r.Announcement(profile, true)[:2], "\n")
			if !strings.HasPrefix(text, "This would enter") || !strings.Contains(text, "It would alert people: ") || !strings.Contains(text, "would raise an alert") ||
				strings.Contains(text, "raises") {
				t.Errorf("a dry run alerts nobody: %s", text)
			}
		}
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	k := Keys{ID: "AKIAEXAMPLE", Secret: "wJalrXUtnFEMI", Token: "FwoGZXIvYXdzE"}
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s", k, k, k, k), fmt.Sprintf("%v %+v", Entered{Keys: k}, Entered{Keys: k})} {
		if strings.Contains(text, k.Secret) || strings.Contains(text, k.Token) {
			t.Errorf("printed: %s", text)
		}
	}
}
