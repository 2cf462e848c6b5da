// Package credentials gives an emergency user a password, MFA devices and an access key that nobody ever sees whole: each is made,
// sealed to the people who hold it, and given to AWS, in an order in which no moment leaves a user without a way in and nothing is
// lost when the run is cut off. Whoever runs it learns no secret.
package credentials

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age/plugin"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/plan"
)

// Options of everything that changes a user.
type Options struct {
	Config *config.Config
	// IAM is that of the hub account.
	IAM API
	// User is the name of the user.
	User string
	// Folder is where sealed files are written, and looked for.
	Folder string
	// Profile is the one of the AWS CLI for the hub account, and Again has the flags with which a next command reads the same file with the
	// same credentials: both for the commands that a person has to run, and either may be empty.
	Profile, Again string
	// UI is for the messages of plugins; nil where there are none.
	UI *plugin.ClientUI
	// Say is told each step, without any secret; it may be nil.
	Say func(format string, args ...any)
	// Now and Wait are the clock; nil means the real one.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
}

// check reports what makes every change impossible, and completes the options.
func (o *Options) check() error {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	return Check(o.Config, o.User)
}

// Check reports why nothing can be sealed for a user, from the file alone.
func Check(c *config.Config, user string) error {
	if !c.Credentials.On() {
		return errors.New("breakglass.yaml names nobody to seal credentials to; add credentials with passwordHolders and mfaHolders")
	}
	_, err := (&Options{Config: c, User: user}).entry()
	return err
}

// entry returns the user's entry in the file.
func (o *Options) entry() (config.User, error) {
	i := slices.IndexFunc(o.Config.Users, func(u config.User) bool { return u.Name == o.User })
	if i < 0 {
		return config.User{}, fmt.Errorf("breakglass.yaml has no user %s; name one of its users", o.User)
	}
	return o.Config.Users[i], nil
}

// header returns the header of a sealed file for the user, without what only its kind has.
func (o *Options) header(kind seal.Kind) seal.Header {
	c := o.Config
	var regions []string // in the order of the card, and of the way in with a configuration
	for _, s := range plan.SignIns(c) {
		if s.Watched {
			regions = append(regions, s.Region)
		}
	}
	for _, r := range c.Regions {
		if !slices.Contains(regions, r) {
			regions = append(regions, r)
		}
	}
	regions = regions[:min(seal.MostRegions, len(regions))]
	return seal.Header{
		Kind: kind, Partition: c.HubPlace().Partition, Account: c.Hub.Account, User: o.User, Role: c.Role.Name,
		Regions: regions, Created: o.Now().UTC().Truncate(time.Second), Recipients: slices.Clone(heldBy(c, kind)),
	}
}

// heldBy returns the recipients to whom a secret of a kind is sealed.
func heldBy(c *config.Config, kind seal.Kind) []string {
	if kind == seal.MFA {
		return c.Credentials.MFAHolders
	}
	return c.Credentials.PasswordHolders
}

// command returns the command line that does something for the user with the same folder.
func (o *Options) command(verb string, flags ...string) string {
	words := []string{"breakglass", "credentials", verb, o.User}
	switch o.Folder {
	case ".":
	case "":
		words = append(words, "--folder", "FOLDER")
	default:
		words = append(words, "--folder", o.Folder)
	}
	return shell.Quote(append(words, flags...)...) + o.Again
}

// rehearsal is the device, the access key and the secret of a rehearsal, and a part of its file's name.
const rehearsal = "rehearsal"

// rehearse seals and writes something worthless: what keeps a secret from being sealed shows before AWS has made one. A rehearsal that
// was cut off is removed by the next.
func (o *Options) rehearse(kind seal.Kind) error {
	h := o.header(kind)
	h.Device, h.AccessKey = rehearsal, rehearsal
	f, err := seal.Seal(h, seal.NewSecret([]byte(rehearsal)), o.UI)
	if err != nil {
		return err
	}
	left, err := filepath.Glob(filepath.Join(o.Folder, "*-"+rehearsal+"-*"+seal.Unset))
	if err != nil {
		left = nil // the folder's name is no pattern
	}
	for _, path := range left {
		if f, err := seal.Read(path); err == nil && rehearsed(f) && f.User == o.User {
			_ = os.Remove(path)
		}
	}
	p, err := o.pending(f, rehearsal)
	if err != nil {
		return err
	}
	return p.drop()
}

// rehearsed reports whether a file is of a rehearsal.
func rehearsed(f *seal.File) bool { return f.Device == rehearsal || f.AccessKey == rehearsal }

// user checks that the user exists, and is the one that the file means.
func (o *Options) user(ctx context.Context) error {
	out, err := o.IAM.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(o.User)})
	var none *types.NoSuchEntityException
	switch {
	case errors.As(err, &none):
		return fmt.Errorf("the hub account has no user %s; deploy first: breakglass deploy%s", o.User, o.Again)
	case err != nil:
		return account.Explain(err, "looking for the user "+o.User)
	}
	if got, want := aws.ToString(out.User.Arn), o.Config.HubPlace().User(o.User); got != want {
		return fmt.Errorf("the user is %s, not %s; pass the credentials of account %s", got, want, o.Config.Hub.Account)
	}
	return nil
}

// finish returns a context for what must not be cut off once it has begun: Ctrl-C is heard afterwards.
func finish(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 2*time.Minute)
}

// once keeps the SDK from repeating a request that makes something: a repeated one would make two.
func once(o *iam.Options) { o.RetryMaxAttempts = 1 }

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
