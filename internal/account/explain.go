package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Refusal explains why a request to AWS failed, and what to do.
type Refusal struct {
	// What is wrong.
	What string
	// Fix is what to do about it.
	Fix string
	// Permission is the missing permission; empty where the cause is another.
	Permission string
	// Err is AWS's own error; nil where AWS was not asked.
	Err error
}

func (r *Refusal) Error() string { return r.What + "; " + r.Fix }

// Unwrap returns AWS's own error.
func (r *Refusal) Unwrap() error { return r.Err }

var notAuthorized = regexp.MustCompile(`not authorized to perform:? ([a-zA-Z0-9-]+:[a-zA-Z0-9*]+)(?: on resource:? (\S+))?`)

var wrongClock = regexp.MustCompile(`(?i)signature expired|signature not yet current|RequestTimeTooSkewed`)

// WrongClock reports whether AWS refused a signature because the clock of this machine is wrong.
func WrongClock(err error) bool { return err != nil && wrongClock.MatchString(err.Error()) }

// Silent reports whether an error means that a Region does not answer, and not that it refuses, nor that a program on this machine
// had no credentials in time.
func Silent(err error) bool {
	var network net.Error
	var program *processcreds.ProviderError
	return !errors.As(err, &program) && (errors.Is(err, context.DeadlineExceeded) || errors.As(err, &network))
}

// Throttled reports whether AWS refused a request since there were too many: it may be repeated after a pause.
func Throttled(err error) bool {
	return retry.ThrottleErrorCode{Codes: retry.DefaultThrottleErrorCodes}.IsErrorThrottle(err).Bool()
}

// anyCredentials is what to do without credentials.
const anyCredentials = "pass --profile or set AWS_PROFILE; sign in first if the profile requires it (aws sso login)"

// nameless is what the SDK calls an error whose answer has no name of one.
const nameless = "UnknownError"

// Explain returns what an error of AWS means and what to do. doing is what was tried: "listing the rules of eu-west-1". An error
// that it does not know keeps AWS's own words.
func Explain(err error, doing string) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var known *Refusal
	if errors.As(err, &known) {
		return err
	}
	refusal := func(what, fix string) *Refusal { return &Refusal{What: doing + ": " + what, Fix: fix, Err: err} }
	var api smithy.APIError
	if errors.As(err, &api) {
		code, message := api.ErrorCode(), strings.TrimSpace(api.ErrorMessage())
		switch {
		case wrongClock.MatchString(code + " " + message):
			return refusal("the clock of this machine is wrong", "set it, then repeat the command; AWS says: "+message)
		case strings.Contains(message, "explicit deny"):
			r := refusal("denied by a policy", "have an administrator change the policy; AWS says: "+message)
			if m := notAuthorized.FindStringSubmatch(message); m != nil {
				r.Permission, r.What = m[1], doing+": a policy denies "+m[1]
			}
			return r
		case strings.Contains(code, "AccessDenied"), strings.Contains(code, "UnauthorizedOperation"), strings.HasPrefix(code, "AuthorizationError"):
			r := refusal("refused by AWS", "ask an administrator of the account; AWS says: "+message)
			if m := notAuthorized.FindStringSubmatch(message); m != nil {
				r.Permission = m[1]
				r.What, r.Fix = doing+": the permission "+m[1]+" is missing", "grant it to these credentials"
				if m[2] != "" {
					r.Fix += " on " + strings.TrimRight(m[2], ".,")
				}
			}
			return r
		case code == "ExpiredToken", code == "ExpiredTokenException", code == "RequestExpired", code == "TokenRefreshRequired":
			return refusal("the credentials have expired", "sign in again (aws sso login, or a new session), then repeat the command")
		case code == "UnrecognizedClientException", code == "InvalidClientTokenId", code == "AuthFailure", code == "InvalidSignatureException",
			code == "SignatureDoesNotMatch":
			return refusal("AWS does not know the credentials", "check the profile, and that the Region is enabled for the account")
		case code == "OptInRequired":
			return refusal("the Region is not enabled for the account", "enable it, or remove it from the file; breakglass regions prints the command")
		case Throttled(err):
			return refusal("AWS throttled the requests, after several attempts", "repeat the command; it continues where it stopped")
		}
		var answer *smithyhttp.ResponseError
		if code == nameless && errors.As(err, &answer) {
			return refusal(fmt.Sprintf("HTTP %d without an error of AWS", answer.HTTPStatusCode()),
				"check what answers in the place of AWS, a proxy or a portal"+directed(""))
		}
		return refusal(code+": "+message, "fix the cause, then repeat the command")
	}
	var network net.Error
	var dns *net.DNSError
	var broken *net.OpError
	var incomplete *half
	var silent *Unasked
	switch {
	case errors.As(err, &incomplete):
		return refusal(incomplete.Error(), "check what answers in the place of AWS"+directed(""))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return refusal("the answer broke off", "check the network, then repeat the command"+directed(""))
	case expiredCertificate(err):
		return refusal("the certificate is not valid at the time that this machine has",
			"check the clock of this machine; if it is right, a proxy's certificate has expired")
	case foreignCertificate(err):
		return refusal("the certificate is not one of AWS: a proxy opens the TLS connections", "set AWS_CA_BUNDLE to the file with the proxy's certificate")
	case strings.Contains(err.Error(), "deserialization failed") && !errors.Is(err, context.DeadlineExceeded) && !errors.As(err, &broken):
		return refusal("a web page answers in place of AWS", "sign in to the network's portal, or set HTTPS_PROXY")
	case strings.Contains(err.Error(), "no EC2 IMDS role found"): // nothing before it gave any
		return refusal("no usable credentials", anyCredentials)
	case errors.As(err, &dns):
		return refusal("unknown host "+dns.Name, "check the network, and that the Region exists"+directed(dns.Name))
	case unconnected(err) != nil:
		at := unconnected(err)
		what := "no connection to " + at.Addr.String() + ": " + at.Err.Error()
		if strings.Contains(what, "refused") {
			what = at.Addr.String() + " refused the connection"
		}
		return refusal(what, "check the network, then repeat the command"+directed(""))
	case errors.As(err, &silent):
		return refusal(silent.Error(), "check the network, then repeat the command"+directed(""))
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return refusal("no answer in time", "check the network, then repeat the command"+directed(""))
	}
	if _, cause, ok := strings.Cut(err.Error(), "failed to refresh cached credentials, "); ok {
		return refusal("no usable credentials: "+cause, anyCredentials)
	}
	return refusal(lastLine(err), "check the network and the credentials, then repeat the command"+directed(""))
}

// unconnected returns the attempt to connect that failed before its time was over; nil where something else is wrong.
func unconnected(err error) *net.OpError {
	var attempt *net.OpError
	for errors.As(err, &attempt) {
		if attempt.Op == "dial" && attempt.Addr != nil && !attempt.Timeout() {
			return attempt
		}
		err = attempt.Err
	}
	return nil
}

func lastLine(err error) string {
	text := fmt.Sprint(err)
	if i := strings.LastIndex(text, "\n"); i >= 0 {
		return text[i+1:]
	}
	return text
}
