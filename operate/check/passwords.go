package check

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/dustin/go-humanize/english"
)

type passwordsAPI interface {
	GetAccountPasswordPolicy(context.Context, *iam.GetAccountPasswordPolicyInput, ...func(*iam.Options)) (*iam.GetAccountPasswordPolicyOutput, error)
}

const day = 24 * time.Hour

// PasswordAge is the age of a user's password, for the evidence.
type PasswordAge struct {
	User string `json:"user"`
	// Set is when the password was set, and Days how long ago. Where IAM's credential report could not be read, it may have been
	// changed since: it is at most so old.
	Set   time.Time `json:"set"`
	Days  int       `json:"days"`
	Exact bool      `json:"exact"`
	// Used is when it was last used to sign in; zero means never.
	Used time.Time `json:"used,omitzero"`
}

// passwords checks whether a password was used since it was set, and whether one expires. ages are those of the users with a password.
func (s *scene) passwords(known map[string]password, report credentials, rule passwordPolicy) (r *result, ages []PasswordAge) {
	r = of("passwords")
	for _, name := range sorted(known) {
		one := PasswordAge{User: name, Set: known[name].made, Used: known[name].used}
		if changed := report.changed[s.config.HubPlace().User(name)]; report.err == nil && !changed.IsZero() && !changed.Before(one.Set) {
			one.Set, one.Exact = changed, true
		}
		if one.Set.IsZero() {
			continue
		}
		one.Days = int(s.now.Sub(one.Set) / day)
		ages = append(ages, one)
		s.used(r, one, report)
	}
	if report.err != nil {
		reason := explain(report.err)
		r.note("", "when the passwords were last changed is not known: "+strings.TrimPrefix(reason.What, ": "), reason.Fix)
	}
	s.expiry(r, ages, rule)
	return r, ages
}

// passwordPolicy is the account's; nil where it has none.
type passwordPolicy struct {
	*types.PasswordPolicy
	err error
}

func (s *scene) passwordPolicy(ctx context.Context, api passwordsAPI) passwordPolicy {
	out, err := api.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	if err != nil {
		return passwordPolicy{err: err}
	}
	return passwordPolicy{PasswordPolicy: out.PasswordPolicy}
}

// used reports a password that somebody has used since it was set: it is no longer sealed.
func (s *scene) used(r *result, age PasswordAge, report credentials) {
	// IAM knows both only to the minute or so; whoever sets a password does not sign in within it.
	if age.Used.Sub(age.Set) < time.Minute {
		return
	}
	what := fmt.Sprintf("the password of %s was used on %s, after it was set on %s", age.User, age.Used.UTC().Format(time.DateOnly),
		age.Set.UTC().Format(time.DateOnly))
	fix := s.credential("rotate", "set a new one and seal it: docs/credentials.md")
	if age.Exact {
		r.ofUser(Problem, age.User, what+": it is no longer sealed (IAM's credential report of "+report.made.UTC().Format("15:04 UTC")+")", fix)
		return
	}
	r.ofUser(Warning, age.User, what+": unless it was changed since, it is no longer sealed", fix)
}

// expiry checks whether a password expires.
func (s *scene) expiry(r *result, ages []PasswordAge, policy passwordPolicy) {
	switch {
	case missing(policy.err):
		r.fine("", "no password policy: passwords don't expire")
		return
	case policy.err != nil:
		r.unanswered("", "whether passwords expire", policy.err)
		return
	}
	days := int(aws.ToInt32(policy.MaxPasswordAge))
	// In some answers, a maximum age of 0 means that passwords don't expire.
	if days == 0 {
		r.fine("", "passwords don't expire")
		return
	}
	hard := aws.ToBool(policy.HardExpiry)
	if hard {
		r.problem("", "passwords expire after "+english.Plural(int(days), "day", "")+", and users can't choose a new one (HardExpiry)",
			"let users renew an expired password, or turn expiration off, in the account settings of IAM")
	} else {
		r.note("", "passwords expire after "+english.Plural(int(days), "day", "")+"; users choose a new one at sign-in, which the guard allows", "")
	}
	for _, age := range ages {
		what, unless := fmt.Sprintf("the password of %s is %s old", age.User, english.Plural(age.Days, "day", "")), ""
		if !age.Exact {
			unless = " unless it was changed since"
		}
		switch {
		case age.Days > days && hard:
			r.problem("", what+": it has expired"+unless, "give the user a new one: docs/credentials.md")
		case age.Days > days:
			r.warning("", what+": a new one must be chosen at the next sign-in"+unless, "renew it in time, so that the copy in the safe stays valid")
		case !age.Exact:
			r.note("", what+" at most", "")
		default:
			r.note("", what, "")
		}
	}
}
