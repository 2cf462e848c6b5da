package credentials

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/operate/seal"
)

// mostKeys is how many access keys a user may have.
const mostKeys = 2

// Key gives a user an access key, sealed to the holders of the password: the guard makes it worthless without a code.
func Key(ctx context.Context, o Options) (*Result, error) {
	if err := o.keyAllowed(ctx); err != nil {
		return nil, err
	}
	keys, err := o.keys(ctx)
	if err != nil {
		return nil, err
	}
	for id := range keys {
		return nil, fmt.Errorf("user %s has the access key %s; replace it: %s. If nobody has its file, delete it first: %s",
			o.User, id, o.command("rotate", "--only", "key"), o.keyDeletion(id))
	}
	return o.newKey(ctx)
}

// keyAllowed checks everything that can be checked before a key is made.
func (o *Options) keyAllowed(ctx context.Context) error {
	if err := o.check(); err != nil {
		return err
	}
	entry, err := o.entry()
	if err != nil {
		return err
	}
	if entry.AccessKey != config.AccessKeySealed {
		return fmt.Errorf("breakglass.yaml allows user %s no access key; add accessKey: sealed to the user, or do without", o.User)
	}
	if err := o.user(ctx); err != nil {
		return err
	}
	return o.rehearse(seal.Key)
}

// keys returns when each of the user's access keys was created, by its ID.
func (o *Options) keys(ctx context.Context) (map[string]time.Time, error) {
	created := map[string]time.Time{}
	all, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(o.IAM, &iam.ListAccessKeysInput{UserName: aws.String(o.User)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		return nil, account.Explain(err, "listing the access keys of "+o.User)
	}
	for _, k := range all {
		created[aws.ToString(k.AccessKeyId)] = aws.ToTime(k.CreateDate)
	}
	return created, nil
}

// newKey makes a key and seals it. AWS alone makes keys: until the file is written, the key exists and nobody has it; whatever fails
// then deletes it.
func (o *Options) newKey(ctx context.Context) (*Result, error) {
	before, err := o.keys(ctx)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx, end := finish(ctx)
	defer end()
	out, err := o.IAM.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(o.User)}, once)
	var most *types.LimitExceededException
	switch {
	case errors.As(err, &most):
		return nil, fmt.Errorf("%w; delete one first; %s shows them", account.Explain(err, "creating an access key for "+o.User),
			o.iam("list-access-keys", "--user-name", o.User))
	case err != nil && refused(err):
		return nil, account.Explain(err, "creating an access key for "+o.User)
	case err != nil:
		return nil, o.lostKey(ctx, before, account.Explain(err, "creating an access key for "+o.User))
	}
	secret := seal.NewSecret([]byte(aws.ToString(out.AccessKey.SecretAccessKey)))
	defer secret.Wipe()
	h := o.header(seal.Key)
	h.AccessKey = aws.ToString(out.AccessKey.AccessKeyId)
	f, err := seal.Seal(h, secret, o.UI)
	if err != nil {
		return nil, o.deleteKey(ctx, h.AccessKey, err)
	}
	p, err := o.write(f, h.AccessKey, seal.Ending) // AWS has the key already: nothing is left to be accepted
	if err != nil {
		return nil, o.deleteKey(ctx, h.AccessKey, err)
	}
	o.Say("sealed to %s", english.Plural(len(f.Recipients), "holder", ""))
	return p.result(), nil
}

// lostKey deletes the key of a request whose answer was lost.
func (o *Options) lostKey(ctx context.Context, before map[string]time.Time, cause error) error {
	now, err := o.keys(ctx)
	if err != nil {
		return &Unfinished{Err: cause, What: "AWS may have created a key that nobody has. Look, and delete one that no sealed file names", Undo: []string{
			o.iam("list-access-keys", "--user-name", o.User), o.keyDeletion("…"),
		}}
	}
	for id := range now {
		if _, known := before[id]; !known {
			cause = o.deleteKey(ctx, id, cause)
		}
	}
	return cause
}

// deleteKey removes a key that nobody has, and returns why.
func (o *Options) deleteKey(ctx context.Context, id string, cause error) error {
	if _, err := o.IAM.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String(o.User), AccessKeyId: aws.String(id)}); err != nil &&
		!o.keyGone(ctx, id, err) {
		return &Unfinished{
			Err: errors.Join(cause, account.Explain(err, "deleting it again")), What: "the access key is left, and nobody has it. Remove it",
			Undo: []string{o.keyDeletion(id)},
		}
	}
	return fmt.Errorf("%w; the key %s was deleted again", cause, id)
}

// keyGone reports whether a new key does not exist any more. IAM may not know a new key at once: its list is asked as well.
func (o *Options) keyGone(ctx context.Context, id string, deleting error) bool {
	if unlessGone(deleting) != nil {
		return false
	}
	keys, err := o.keys(ctx)
	_, listed := keys[id]
	return err == nil && !listed
}
