package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/spf13/cobra"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/ask"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/credentials"
	"example.com/breakglass/operate/seal"
)

func credentialsOpenCommand(common *flags) *cobra.Command {
	var paths []string
	var watch, anywhere bool
	cmd := &cobra.Command{
		Use:   "open FILE",
		Short: "Show what is in a sealed file: the password, or the current code (offline)",
		Long: `Show what is in a sealed file: the password, the access key, or the code that the MFA device shows now with the seconds that it
lasts. The command needs no configuration, no credentials and no network.

It shows a secret to a terminal only; --stdout prints it to a file or a pipe as well. There is no JSON of it. A file that is void, was
changed or is cut off is refused; the command warns of one of a run that was cut off before AWS may have known its secret.`,
		Example: `  breakglass credentials open BreakglassUser-password-….sealed -i identity.txt
  breakglass credentials open BreakglassUser-mfa-….sealed -i identity.txt --watch`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("open takes one sealed file; breakglass credentials open --help shows an example")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			switch {
			case common.output == "json":
				return errors.New("open shows a secret to a person: it has no JSON; breakglass credentials verify FILE --output json describes the file")
			case !anywhere && !ask.Terminal(cmd.OutOrStdout()):
				return errors.New("standard output is no terminal: the secret would be kept there; pass --stdout to have it all the same")
			case len(paths) == 0:
				return errors.New("no identity to open the file with; name the holder's: -i FILE")
			}
			f, err := seal.Read(args[0])
			if err != nil {
				return err
			}
			if err := seal.Settled(args[0]); err != nil {
				out.WarnProse("warning: %s: %v", args[0], err)
			}
			all, err := identities(cmd.Context(), cmd, out, paths)
			if err != nil {
				return err
			}
			secret, err := f.Open(all...)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			defer secret.Wipe()
			return showSecret(cmd.Context(), out, f, secret, watch)
		},
	}
	identityFlag(cmd, &paths)
	cmd.Flags().BoolVar(&watch, "watch", false, "show each next code until Ctrl-C")
	cmd.Flags().BoolVar(&anywhere, "stdout", false, "print the secret to standard output even if that is a file or a pipe")
	return cmd
}

// typing is how long it takes to type a code: one that is over earlier is followed by the next.
const typing = 5 * time.Second

// showSecret shows the secret of a file, after whose it is.
func showSecret(ctx context.Context, out *screen.Screen, f *seal.File, secret *seal.Secret, watch bool) error {
	out.WarnProse("%s of %s, account %s, since %s", f.Kind, f.User, f.Account, f.Created.Format(time.DateOnly))
	switch f.Kind {
	case seal.Password:
		out.Line("%s", secret.Reveal())
		return nil
	case seal.Key:
		out.WarnProse("not the console password: the ID of the access key, then its secret")
		out.Line("%s", f.AccessKey)
		out.Line("%s", secret.Reveal())
		return nil
	}
	out.WarnProse("the codes are those of %s UTC: if the clock of this machine is wrong, AWS refuses them", time.Now().UTC().Format(time.TimeOnly))
	for {
		code, left, err := secret.Code(time.Now())
		if err != nil {
			return err
		}
		out.Line("%s  %d s", code.Reveal(), int(left.Seconds()))
		code.Wipe()
		if !watch && left >= typing {
			return nil
		}
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return nil
		}
	}
}

func credentialsVerifyCommand(common *flags) *cobra.Command {
	var paths []string
	var prove bool
	cmd := &cobra.Command{
		Use:   "verify FILE…",
		Short: "Prove that sealed files are whole and open, without showing anything (offline)",
		Long: `Prove that sealed files are whole and open, without showing what is in them.

Without an identity, each file is checked from outside: whole, not changed, not void. With -i, the holder proves that the identity
opens it, and that a seed gives codes. breakglass.yaml, where there is one, is compared as well: the account, the user, the role, the
holders, and whether it is due. No network is needed.

--sts asks STS for a session with an access key and a code of the device, if the files and identities of both are given: the seed is
that of the enrolled device, then. Such a session raises the alert assume-role. If that proves nothing, the exit code is 1.`,
		Example: `  breakglass credentials verify *.sealed
  breakglass credentials verify BreakglassUser-password-….sealed -i identity.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("verify takes sealed files; breakglass credentials verify --help shows an example")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			out, err := common.screen(cmd)
			if err != nil {
				return err
			}
			c, err := common.maybe(cmd)
			if err != nil {
				return err
			}
			all, err := identities(cmd.Context(), cmd, out, paths)
			if err != nil {
				return err
			}
			v := credentials.Verification{Paths: args, Identities: all, Config: c, Now: time.Now()}
			if prove {
				v.Session = sessionsOf
			}
			checked := credentials.Verify(cmd.Context(), v)
			good := printChecked(out, checked)
			if err := out.Value(checked); err != nil {
				return err
			}
			if !good {
				return errFound
			}
			return nil
		},
	}
	identityFlag(cmd, &paths)
	cmd.Flags().BoolVar(&prove, "sts", false, "ask STS for a session with the access key and the code; this raises an alert")
	return cmd
}

// sessionsOf is STS in a Region, for an access key. It is asked once: STS accepts a code once, so that a repetition would be refused.
func sessionsOf(region, id, secret string) credentials.Sessions {
	return sts.New(sts.Options{
		Region: region, RetryMaxAttempts: 1, BaseEndpoint: localEndpoint(), Credentials: awscredentials.NewStaticCredentialsProvider(id, secret, ""),
	})
}

// maybe reads the configuration where there is one. One that was named has to be there.
func (f *flags) maybe(cmd *cobra.Command) (*config.Config, error) {
	c, err := f.load()
	if err != nil && errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("config") {
		return nil, nil
	}
	return c, err
}

// printChecked prints what verify found, and reports whether all is well.
func printChecked(out *screen.Screen, checked []*credentials.Checked) (good bool) {
	good = true
	for _, c := range checked {
		good = good && c.OK()
		what := c.File
		if c.Header != nil {
			state := "whole"
			switch {
			case c.Proven:
				state = "opened, and accepted by STS"
			case c.Opened:
				state = "opened"
			}
			what = fmt.Sprintf("%s: %s of %s, account %s, %s old, %s", c.File, c.Kind, c.User, c.Account, count(c.Days, "day"), state)
		}
		out.Prose("%s %s", out.Mark(c.OK()), what)
		for _, p := range c.Problems {
			out.Prose("  %s", p)
		}
		for _, n := range c.Notes {
			out.Prose("  note: %s", n)
		}
	}
	return good
}

// localEndpoint is the address of a local AWS, as the SDK takes it from the environment; nil means AWS.
func localEndpoint() *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"} {
		if url := os.Getenv(name); url != "" {
			return aws.String(url)
		}
	}
	return nil
}
