package check

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

type passwordsAPI interface {
	GetAccountPasswordPolicy(context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options)) (*iam.GetAccountPasswordPolicyOutput, error)
}

const day = 24 * time.Hour

// passwords checks whether a password expires. made is when each user's was set, if known.
func (s *scene) passwords(ctx context.Context, api passwordsAPI, made map[string]time.Time) *result {
	r := of("passwords")
	out, err := api.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	switch {
	case missing(err):
		r.fine("", "no password policy: passwords don't expire")
		return r
	case err != nil:
		r.unanswered("", "whether passwords expire", err)
		return r
	}
	policy := out.PasswordPolicy
	days := aws.ToInt32(policy.MaxPasswordAge)
	// In some answers, a maximum age of 0 means that passwords don't expire.
	if days == 0 {
		r.fine("", "passwords don't expire")
		return r
	}
	if aws.ToBool(policy.HardExpiry) {
		r.problem("", fmt.Sprintf("passwords expire after %d days, and users can't choose a new one (HardExpiry)", days),
			"let users renew an expired password, or turn expiration off: aws iam update-account-password-policy")
	} else {
		r.note("", fmt.Sprintf("passwords expire after %d days; users choose a new one at sign-in, which the guard allows", days), "")
	}
	for _, name := range sorted(made) {
		age := int(s.now.Sub(made[name]) / day)
		switch left := int(days) - age; {
		case made[name].IsZero():
		case left < 0 && aws.ToBool(policy.HardExpiry):
			r.problem("", fmt.Sprintf("the password of %s is %d days old: it has expired unless it was changed since", name, age), "give the user a new one: aws iam update-login-profile --user-name "+name)
		case left < 0:
			r.warning("", fmt.Sprintf("the password of %s is %d days old: unless it was changed since, a new one must be chosen at the next sign-in", name, age), "renew it in time, so that the copy in the safe stays valid")
		default:
			r.note("", fmt.Sprintf("the password of %s is %d days old at most", name, age), "")
		}
	}
	return r
}
