package enter

import (
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/seal"
)

// noCode is the error where there is no code to send.
type noCode struct{ error }

func (n *noCode) Unwrap() error { return n.error }

// elsewhere reports whether another Region may do what this one did not: it does not answer, fails, or does not know the key.
func elsewhere(err error) bool {
	var none *noCode
	if errors.As(err, &none) {
		return false
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		return true
	}
	code := api.ErrorCode()
	return api.ErrorFault() == smithy.FaultServer || strings.Contains(code, "Throttl") || strings.HasPrefix(code, "Internal") ||
		slices.Contains([]string{
			"InvalidClientTokenId", "UnrecognizedClientException", "RegionDisabledException", "OptInRequired", "ServiceUnavailable", "UnknownError",
		}, code)
}

// noConnection reports whether a request did not even reach the Region.
func noConnection(err error) bool {
	var dns *net.DNSError
	var dial *net.OpError
	return errors.As(err, &dns) || errors.As(err, &dial) && dial.Op == "dial"
}

// AWS STS has one code for all refusals; what it refused is in the message.
const (
	codeRefused   = "invalid MFA one time pass code"
	deviceRefused = "MFA serial number"
)

func messageOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorMessage()
	}
	return ""
}

func wrongCode(err error) bool { return strings.Contains(messageOf(err), codeRefused) }

// skew returns how far the clock of AWS was ahead of that of this machine when it answered with an error, to the second; 0 where that
// is not known.
func skew(err error, now time.Time) time.Duration {
	var answer *awshttp.ResponseError
	if !errors.As(err, &answer) || answer.Response == nil {
		return 0
	}
	at, err := http.ParseTime(answer.Response.Header.Get("Date"))
	if err != nil {
		return 0
	}
	return at.Sub(now).Round(time.Second)
}

// behind says how wrong the clock of this machine is; nothing where a code does not mind.
func behind(skew time.Duration) string {
	switch {
	case skew > seal.CodePeriod/2:
		return ", which is " + skew.String() + " behind that of AWS"
	case skew < -seal.CodePeriod/2:
		return ", which is " + (-skew).String() + " ahead of that of AWS"
	}
	return ""
}

func tooLong(err error) bool { return strings.Contains(messageOf(err), "MaxSessionDuration") }

// reason returns why a Region did not help, in a few words.
func reason(err error, patience time.Duration) string {
	var refusal *account.Refusal
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer within " + patience.String()
	}
	if errors.As(account.Explain(err, "."), &refusal) {
		return strings.TrimPrefix(refusal.What, ".: ")
	}
	return err.Error()
}

// explain returns what an error means on this way in, and what to do.
func explain(err error, doing string, f Facts) error {
	var none *noCode
	var everywhere *nowhere
	switch {
	case err == nil:
		return nil
	case errors.As(err, &none), errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &everywhere):
		if unknown(everywhere.last) {
			return &account.Refusal{
				What: doing + ": AWS does not know the access key", Err: err,
				Fix: "the key was deleted, deactivated or replaced: use the latest sealed file, or sign in to the console (breakglass enter --ways)",
			}
		}
		return err
	case wrongCode(err):
		return &account.Refusal{
			What: doing + ": AWS refused the code", Err: err,
			Fix: "a code works once and for half a minute: check the clock of this machine" + behind(skew(err, time.Now())) + ", and that the device is " + f.Device,
		}
	case strings.Contains(messageOf(err), deviceRefused):
		return &account.Refusal{
			What: doing + ": the user has no device " + f.Device, Err: err,
			Fix: "name the device that gave the code: --device ARN",
		}
	case strings.HasPrefix(doing, "assuming") && strings.Contains(messageOf(err), "not authorized") && !strings.Contains(messageOf(err), "explicit deny"):
		return &account.Refusal{
			What: doing + ": refused", Err: err,
			Fix: "check the account number and the role's name. If they are those of the card, the role is gone or no longer trusts " + f.User +
				": an administrator of that account restores it, and breakglass enter " + f.Hub + " still enters the hub account. Tell those whom you called: the attempt may alert, too. " +
				"AWS says: " + messageOf(err) + stranger(messageOf(err), f.Hub),
		}
	}
	return account.Explain(err, doing)
}

// caller finds whom AWS takes the caller for, in its refusal.
var caller = regexp.MustCompile(`^User: (arn:[^:]*:(?:sts|iam)::([0-9]{12}):[^ ]+)`)

// stranger says that AWS takes the caller for somebody of another account than the hub; empty where it does not.
func stranger(message, hub string) string {
	found := caller.FindStringSubmatch(message)
	if found == nil || found[2] == hub {
		return ""
	}
	return ". This session is not of a user of " + hub + ": AWS takes it for " + found[1]
}

// unknown reports whether every Region that answered said that it does not know the key.
func unknown(err error) bool {
	all, known := flat(err), false
	for _, one := range all {
		var api smithy.APIError
		if !errors.As(one, &api) {
			continue
		}
		if code := api.ErrorCode(); code != "InvalidClientTokenId" && code != "UnrecognizedClientException" {
			return false
		}
		known = true
	}
	return known
}

func flat(err error) []error {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		return many.Unwrap()
	}
	return []error{err}
}
