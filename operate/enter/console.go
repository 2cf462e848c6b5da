package enter

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"example.com/breakglass/place"
)

// SignIn exchanges sessions for tokens of AWS Sign-In.
type SignIn interface {
	SigninToken(ctx context.Context, endpoint string, session Keys) (string, error)
}

// Console returns an address that signs in to the console with a session, within 15 minutes, and the Region whose AWS Sign-In gave it.
// tried reports each Region that did not; it may be nil. The token of one Region is worth nothing in another.
func Console(ctx context.Context, s SignIn, session Keys, regions []string, tried func(Try)) (address, region string, err error) {
	var failed []string
	for _, region := range regions {
		endpoint := place.Place{Region: region}.Federation()
		within, cancel := context.WithTimeout(ctx, Patience)
		token, err := s.SigninToken(within, endpoint, session)
		cancel()
		if err == nil {
			query := url.Values{
				"Action": {"login"}, "Issuer": {"breakglass"}, "SigninToken": {token},
				"Destination": {"https://" + region + ".console.aws.amazon.com/console/home?region=" + region},
			}
			return endpoint + "?" + query.Encode(), region, nil
		}
		if ctx.Err() != nil {
			return "", "", ctx.Err()
		}
		failed = append(failed, region+": "+reason(err, Patience))
		if tried != nil {
			tried(Try{Call: "getSigninToken", Region: region, Failed: reason(err, Patience)})
		}
	}
	return "", "", fmt.Errorf("AWS Sign-In gave no address (%s); use the session without the console (leave --console out), or sign in with the password",
		strings.Join(failed, "; "))
}
