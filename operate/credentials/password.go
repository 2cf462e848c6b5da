package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/seal"
)

// Create gives a user without a password one, sealed to its holders. No reset is forced: changing a password is a call to the IAM
// control plane, and the sealed one would be wrong afterwards.
func Create(ctx context.Context, o Options) (*Result, error) {
	if err := o.ready(ctx); err != nil {
		return nil, err
	}
	done, err := o.settle(ctx)
	if done != nil || err != nil {
		return done, err
	}
	made, err := o.profile(ctx)
	switch {
	case err != nil:
		return nil, err
	case !made.IsZero():
		return nil, fmt.Errorf("user %s has a password, set on %s or later; replace it: %s", o.User, made.UTC().Format(time.DateOnly), o.command("rotate"))
	}
	return o.password(ctx, "setting the password", o.command("create"), func(ctx context.Context, word string) error {
		_, err := o.IAM.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{
			UserName: aws.String(o.User), Password: aws.String(word), PasswordResetRequired: false,
		}, once)
		return err
	})
}

// ready checks everything that can be checked before anything is made.
func (o *Options) ready(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	return o.user(ctx)
}

// profile returns when the user's login profile was created; zero if there is none.
func (o *Options) profile(ctx context.Context) (time.Time, error) {
	out, err := o.IAM.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: aws.String(o.User)})
	var none *types.NoSuchEntityException
	switch {
	case errors.As(err, &none):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, account.Explain(err, "looking for the password of "+o.User)
	}
	return aws.ToTime(out.LoginProfile.CreateDate), nil
}

// settle ends what an earlier run left: a sealed password of which AWS may or may not have heard. The result is that of the earlier
// run, if AWS has it.
func (o *Options) settle(ctx context.Context) (*Result, error) {
	set, left, err := o.files(seal.Password)
	if err != nil || len(left) == 0 {
		return nil, err
	}
	made, err := o.profile(ctx)
	if err != nil {
		return nil, err
	}
	// The time is that of the first password: with two files of about that time, either may be the one that AWS has.
	possible := 0
	for _, f := range slices.Concat(set, left) {
		if f.Void == nil && made.Sub(f.Created).Abs() <= near {
			possible++
		}
	}
	for _, f := range left {
		switch {
		case made.IsZero():
			o.Say("an earlier run was cut off before it set a password: %s is removed", f.path)
			if err := f.drop(); err != nil {
				return nil, err
			}
		case made.Sub(f.Created).Abs() <= near && possible == 1:
			o.Say("an earlier run was cut off after it set the password: %s is kept", f.path)
			if err := f.commit(); err != nil {
				return nil, err
			}
			return f.result(), nil
		default:
			return nil, &Unfinished{
				Err:  fmt.Errorf("an earlier run was cut off while it replaced the password of %s, and left %s", o.User, f.path),
				What: "nobody knows whether AWS has that one or the one before. Replace both", Undo: []string{o.command("rotate", "--only", "password")},
			}
		}
	}
	return nil, nil
}

// near is how far the clocks of AWS and this computer may differ, and how long setting a password takes at most.
const near = 2 * time.Minute

// password makes a password, seals it, and has AWS set it. again is the command that settles it if nobody knows whether AWS has it.
func (o *Options) password(ctx context.Context, doing, again string, set func(context.Context, string) error) (*Result, error) {
	policy, err := o.policy(ctx)
	if err != nil {
		return nil, err
	}
	word, err := generate(policy)
	if err != nil {
		return nil, err
	}
	defer word.Wipe()
	f, err := seal.Seal(o.header(seal.Password), word, o.UI)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	p, err := o.pending(f, "")
	if err != nil {
		return nil, err
	}
	o.Say("sealed to %s", english.Plural(len(f.Recipients), "holder", ""))
	ctx, end := finish(ctx)
	defer end()
	if err := set(ctx, word.Reveal()); err != nil {
		return nil, o.unset(p, account.Explain(err, doing+" of "+o.User), again, refused(err))
	}
	if err := p.commit(); err != nil {
		return nil, err
	}
	return p.result(), nil
}

// policy is the account's password policy; nil if it has none.
func (o *Options) policy(ctx context.Context) (*types.PasswordPolicy, error) {
	out, err := o.IAM.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	var none *types.NoSuchEntityException
	switch {
	case errors.As(err, &none):
		return nil, nil
	case err != nil:
		return nil, account.Explain(err, "reading the password policy")
	}
	return out.PasswordPolicy, nil
}

// refused reports whether AWS answered, and said no: then it has changed nothing.
func refused(err error) bool {
	var answer smithy.APIError
	var status interface{ HTTPStatusCode() int }
	if errors.As(err, &status) && status.HTTPStatusCode() >= 500 {
		return false
	}
	return errors.As(err, &answer) && answer.ErrorFault() != smithy.FaultServer && answer.ErrorCode() != "InternalFailure"
}

// unset ends a run whose password AWS did not accept, or may have.
func (o *Options) unset(p *sealed, err error, again string, refused bool) error {
	if refused {
		if dropping := p.drop(); dropping != nil {
			return errors.Join(err, fmt.Errorf("nothing was set; remove %s", p.path))
		}
		return err
	}
	return &Unfinished{
		Err: err, What: "AWS may have set the password in " + p.path + ", or the one before is still valid. Settle it",
		Undo: []string{again},
	}
}
