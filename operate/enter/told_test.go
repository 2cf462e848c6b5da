package enter

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/reviewed"
)

// TestWhatEachFailureLeadsTo has a failure of a call in the first Region, and in every Region: what is asked then, and what a person is
// told.
func TestWhatEachFailureLeadsTo(t *testing.T) {
	failures := []struct {
		name string
		err  error
	}{
		{"silent", silent}, {"unreachable", unreachable}, {"connection reset", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}},
		{"no such name", &net.DNSError{Err: "no such host", Name: "sts.us-east-1.amazonaws.com"}}, {"something else", errors.New("tls: bad certificate")},
		{"wrong code", badCode},
		{
			"another device",
			refused("AccessDenied",
				"MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user."),
		},
		{"unknown key", noKey}, {"unrecognized key", refused("UnrecognizedClientException", "The security token included in the request is invalid.")},
		{"disabled", refused("RegionDisabledException", "STS is not activated in this region")}, {"not opted in", refused("OptInRequired", "Not opted in.")},
		{"unavailable", refused("ServiceUnavailable", "Later.")}, {"unknown", refused("UnknownError", "UnknownError")},
		{"throttled", refused("ThrottlingException", "Rate exceeded")},
		{"internal", refused("InternalError", "Later.")},
		{"fault of the server", &smithy.GenericAPIError{Code: "Broken", Message: "Later.", Fault: smithy.FaultServer}},
		{
			"not authorized",
			refused("AccessDenied",
				"User: arn:aws:iam::111111111111:user/BreakglassUser is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role/BreakGlassRole"),
		},
		{
			"explicit deny",
			refused("AccessDenied", "User: u is not authorized to perform: sts:AssumeRole on resource: r with an explicit deny in a service control policy"),
		},
		{"too long", refused("ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")},
	}
	var all strings.Builder
	for _, call := range []string{"session", "assume"} {
		for _, c := range failures {
			for _, where := range []string{"us-east-1", "every Region"} {
				fail := func(region string) error {
					if where == region || where == "every Region" {
						return c.err
					}
					return nil
				}
				f, told := &fakeSTS{}, 0
				if call == "session" {
					f.session = func(region string, _ Signature, _ string) error { return fail(region) }
				} else {
					f.assume = func(region string, _ Signature, _ time.Duration) error { return fail(region) }
				}
				r := request(f, typed("111111", "222222", "333333", "444444"))
				r.Tried = func(Try) { told++ }
				got, err := Do(t.Context(), r)
				fmt.Fprintf(&all, "== %s fails in %s: %s\n", call, where, c.name)
				for _, asked := range f.asked {
					fmt.Fprintln(&all, " ", asked)
				}
				for _, try := range got.Tries {
					fmt.Fprintf(&all, "  %s in %s with %s: %s\n", try.Call, try.Region, try.Signature, try.Failed)
				}
				fmt.Fprintf(&all, "  keys %s in %q, error: %v\n\n", got.Keys.ID, got.Region, err)
				if told != len(got.Tries) {
					t.Errorf("%s: %d of %d tries are reported", c.name, told, len(got.Tries))
				}
			}
		}
	}
	reviewed.Text(t, "failures.txt", all.String())
}

// TestWhatIsSaidBefore has all that a person is told of the ways into an account, with and without the configuration.
func TestWhatIsSaidBefore(t *testing.T) {
	sealed := request(nil, nil).Facts
	known := sealed
	known.Accounts = []Account{{Number: "222222222222", Name: "production", Session: 90 * time.Minute}, known.InHub()}
	known.Alerted, known.Hubs = []string{"security-team@example.com", "+15550100123"}, []string{"us-east-1", "us-west-2"}
	able := known
	able.Login, able.SealedKey = true, true
	var all strings.Builder
	for _, c := range []struct {
		name  string
		facts Facts
	}{{"from a sealed file", sealed}, {"from a configuration", known}, {"from one that allows each way", able}} {
		for _, account := range []string{"222222222222", "PRODUCTION", "333333333333", "111111111111", "staging"} {
			a, err := c.facts.Find(account)
			fmt.Fprintf(&all, "== %s: %s\n", c.name, account)
			if err != nil {
				fmt.Fprintf(&all, "error: %v\n\n", err)
				continue
			}
			fmt.Fprintf(&all, "%+v\ndoubt: %s\n", a, a.Doubt())
			if a.Name != a.Number { // the ways differ by the name only
				for _, w := range c.facts.Ways(a) {
					fmt.Fprintf(&all, "%s: %s\n  needs %s\n", w.ID, w.Title, strings.Join(w.Needs, "\n  needs "))
					for _, s := range w.Steps {
						fmt.Fprintf(&all, "  %s\n    %s\n", s.Do, strings.Join(s.Lines, "\n    "))
					}
				}
			}
			for _, profile := range []bool{false, true} {
				for _, lasts := range []time.Duration{0, Default, 90 * time.Minute} {
					r := Request{Facts: c.facts, Account: a, Lasts: lasts}
					fmt.Fprintf(&all, "profile %v, lasts %s:\n  %s\n  %s\n", profile, lasts,
						strings.Join(append(r.Announcement(profile, false), r.Announcement(profile, true)[:2]...), "\n  "), strings.Join(r.Steps(profile), "\n  "))
				}
			}
			all.WriteString("\n")
		}
	}
	reviewed.Text(t, "before.txt", all.String())
}

// TestWhatIsGiven has a session in each form.
func TestWhatIsGiven(t *testing.T) {
	e := Entered{
		Keys: Keys{ID: "ASIAROLE", Secret: "it's secret", Token: "t"}, Account: "222222222222", Name: "production", User: "Ada",
		Role: "arn:aws:iam::222222222222:role/BreakGlassRole", Region: "eu-west-1", Expires: expires,
	}
	process, err := e.ProcessJSON()
	if err != nil {
		t.Fatal(err)
	}
	own := e
	own.Role = ""
	of := []string{"HOME=/home/ada", "AWS_PROFILE=x", "AWS_REGION=us-east-1", "AWS_PAGER=", "BREAKGLASS_ACCOUNT=111111111111"}
	for _, name := range stale {
		of = append(of, name+"=x")
	}
	reviewed.Text(t, "given.txt", strings.Join([]string{
		e.Exports(POSIX), process, strings.Join(e.Environment(of), "\n"), "",
		e.As(), own.As(), e.Until(expires.Add(-89*time.Minute - 31*time.Second)), e.Until(expires), "",
	}, "\n"))
	for _, c := range []struct {
		environment []string
		want        string
	}{{e.Environment(nil), "222222222222"}, {of[:4], ""}, {nil, ""}} {
		if got := Within(c.environment); got != c.want {
			t.Errorf("%q is in %q, want %q", c.environment, got, c.want)
		}
	}
}
