package credentials

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/operate/seal"
)

// Rotate replaces what a user has, of the kinds given: each device and key by a new one that is sealed before the old one is removed,
// then the password, of which IAM keeps one. At each moment, a password, a device and their files are valid together. If the folder
// lacks the file of a device or a key, nothing is replaced. The results are those of what was done, also with an error.
func Rotate(ctx context.Context, o Options, kinds []seal.Kind) (done []*Result, err error) {
	if err := o.ready(ctx); err != nil {
		return nil, err
	}
	if err := o.complete(ctx, kinds); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		kind   seal.Kind
		rotate func(context.Context) ([]*Result, error)
	}{{seal.MFA, o.rotateDevices}, {seal.Key, o.rotateKeys}, {seal.Password, o.rotatePassword}} {
		if !slices.Contains(kinds, step.kind) {
			continue
		}
		some, err := step.rotate(ctx)
		done = append(done, some...)
		if err != nil {
			return done, err
		}
	}
	if len(done) == 0 {
		return nil, fmt.Errorf("nothing of user %s was replaced: IAM has nothing of the kinds that were asked for", o.User)
	}
	return done, nil
}

// rotatePassword sets another password. IAM replaces it at once: until AWS accepts, the old file is valid.
func (o *Options) rotatePassword(ctx context.Context) ([]*Result, error) {
	made, err := o.profile(ctx)
	if err != nil {
		return nil, err
	}
	if made.IsZero() {
		return nil, fmt.Errorf("user %s has no password; create one: %s", o.User, o.command("create"))
	}
	old, left, err := o.files(seal.Password)
	if err != nil {
		return nil, err
	}
	now, err := o.password(ctx, "replacing the password", o.command("rotate", "--only", "password"), func(ctx context.Context, word string) error {
		_, err := o.IAM.UpdateLoginProfile(ctx,
			&iam.UpdateLoginProfileInput{UserName: aws.String(o.User), Password: aws.String(word), PasswordResetRequired: aws.Bool(false)}, once)
		return err
	})
	if err != nil {
		return nil, err
	}
	// What an earlier run left is void as well, whether AWS had it or not.
	for _, f := range left {
		err = errors.Join(err, f.drop())
	}
	return o.replaced(now, old, err)
}

// replaced marks the files that a new one replaces.
func (o *Options) replaced(now *Result, old []*sealed, err error) ([]*Result, error) {
	marked, marking := o.void(old, now)
	now.Void = marked
	return []*Result{now}, errors.Join(err, marking)
}
