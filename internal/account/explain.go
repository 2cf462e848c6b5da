package account

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strings"

	"github.com/aws/smithy-go"
)

// Refusal is why AWS could not be asked, in the reader's words.
type Refusal struct {
	// What is wrong.
	What string
	// Fix is what to do about it.
	Fix string
	// Permission is the one that is missing; empty where it is something else.
	Permission string
	// Err is AWS's own error; nil where AWS was not asked.
	Err error
}

func (r *Refusal) Error() string { return r.What + "; " + r.Fix }

// Unwrap is AWS's own error.
func (r *Refusal) Unwrap() error { return r.Err }

var notAuthorized = regexp.MustCompile(`not authorized to perform:? ([a-zA-Z0-9-]+:[a-zA-Z0-9*]+)(?: on resource:? (\S+))?`)

// Explain says what an error of AWS means and what to do. doing is what was tried: "listing the rules of eu-west-1". An error
// that it doesn't know comes out with AWS's own words.
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
		case strings.Contains(code, "AccessDenied"), strings.Contains(code, "UnauthorizedOperation"), code == "AuthorizationError", code == "AuthorizationErrorException":
			r := refusal("refused by AWS", "ask an administrator of the account; AWS says: "+message)
			if m := notAuthorized.FindStringSubmatch(message); m != nil {
				r.Permission = m[1]
				r.What, r.Fix = doing+": the permission "+m[1]+" is missing", "have it granted to these credentials"
				if m[2] != "" {
					r.Fix += " on " + strings.TrimRight(m[2], ".,")
				}
			}
			return r
		case code == "ExpiredToken", code == "ExpiredTokenException", code == "RequestExpired", code == "TokenRefreshRequired":
			return refusal("the credentials have expired", "sign in again (aws sso login, or a new session) and repeat the command")
		case code == "UnrecognizedClientException", code == "InvalidClientTokenId", code == "AuthFailure", code == "InvalidSignatureException", code == "SignatureDoesNotMatch":
			return refusal("AWS does not know the credentials", "check the profile; in a Region that is not enabled for the account this is AWS's answer, too")
		case code == "OptInRequired":
			return refusal("the Region is not enabled for the account", "enable it (aws account enable-region), or take it out of the file")
		case strings.Contains(code, "Throttl"), code == "TooManyRequestsException", code == "RequestLimitExceeded", code == "SlowDown":
			return refusal("AWS asks to slow down, after several attempts", "repeat the command; it goes on where it was")
		}
		return refusal(code+": "+message, "repeat the command with the cause removed")
	}
	var network net.Error
	var dns *net.DNSError
	switch {
	case strings.Contains(err.Error(), "failed to refresh cached credentials"), strings.Contains(err.Error(), "no EC2 IMDS role found"), strings.Contains(err.Error(), "get credentials"):
		return refusal("no usable credentials", "name a profile with --profile, or set AWS_PROFILE; sign in first where it needs that (aws sso login)")
	case errors.As(err, &dns):
		return refusal("no such address: "+dns.Name, "check the network, and that the Region exists")
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return refusal("no answer in time", "check the network, and repeat the command")
	}
	return refusal(lastLine(err), "check the network and the credentials, and repeat the command")
}

func lastLine(err error) string {
	text := fmt.Sprint(err)
	if i := strings.LastIndex(text, "\n"); i >= 0 {
		return text[i+1:]
	}
	return text
}
