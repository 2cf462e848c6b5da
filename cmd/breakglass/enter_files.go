package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/operate/enter"
	"example.com/breakglass/operate/seal"
	"example.com/breakglass/plan"
)

// typedKey is the value of --key for a key that is typed.
const typedKey = "-"

// sealed has the files that were named; nil where none was.
type sealed struct{ key, seed *seal.File }

// read reads the headers of the sealed files, which need no identity. In an emergency, one of a run that was cut off is better than none.
func (e *entering) read(out *screen.Screen) (s sealed, err error) {
	if e.key != "" && e.key != typedKey {
		if s.key, err = readFor(e.key, seal.Key); err != nil {
			return s, err
		}
	}
	if e.mfa != "" {
		if s.seed, err = readFor(e.mfa, seal.MFA); err != nil {
			return s, err
		}
	}
	for _, path := range []string{e.key, e.mfa} {
		if err := seal.Settled(path); err != nil {
			out.WarnProse("%s %s: %v", out.Paint(screen.Yellow, "warning:"), path, err)
		}
	}
	return s, nil
}

// readFor reads a sealed file of a kind.
func readFor(path string, kind seal.Kind) (*seal.File, error) {
	f, err := seal.Read(path)
	if err != nil {
		return nil, err
	}
	if err := enter.Usable(f, kind); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return f, nil
}

// any returns one of the files, and its path: either of them says whose the access is.
func (e *entering) any(s sealed) (*seal.File, string) {
	if s.key != nil {
		return s.key, e.key
	}
	return s.seed, e.mfa
}

// facts returns what is known of the deployment: from the configuration, from the headers of the sealed files, or from the ARNs of role
// and device. One of them is enough. A configuration that was named has to be there; another one must not be in the way.
func (e *entering) facts(cmd *cobra.Command, out *screen.Screen, s sealed, account string) (facts enter.Facts, err error) {
	sealed, fromSealed := enter.Facts{}, false
	if file, path := e.any(s); file != nil {
		sealed, fromSealed = enter.FromSealed(file), true
		if e.user != "" && e.user != sealed.User {
			return facts, fmt.Errorf("%s: it is of %s, not of %s; leave out --user, or pass the file of that user", path, sealed.User, e.user)
		}
		e.user = sealed.User
	}
	p, err := plan.Load(e.file)
	if err == nil {
		facts, err = enter.FromPlan(p, e.user)
	}
	if err == nil && fromSealed {
		facts, err = facts.Merge(sealed)
	}
	switch named, missing := cmd.Flags().Changed("config"), errors.Is(err, fs.ErrNotExist); {
	case err == nil:
		warnShipped(out, p.Config, e.file)
	case named:
		return facts, err
	case fromSealed:
		if !missing {
			out.WarnNote("%s is not used: %s", e.file, strings.SplitN(err.Error(), "\n", 2)[0])
		}
		facts = sealed
	case missing && e.device != "":
		if facts, err = enter.FromARNs(account, e.device, e.user); err != nil {
			return facts, err
		}
	case missing:
		return facts,
			fmt.Errorf("there is no %s here, and none is needed: a sealed file has the hub account, the user and the role. breakglass enter --ways --mfa FILE shows the ways in; breakglass enter NUMBER --key FILE --mfa FILE -i IDENTITY -i IDENTITY gets into the account with that number, which the card has. Or name your configuration with --config", e.file)
	default:
		return facts, err
	}
	if s.seed != nil {
		if facts, err = facts.WithDevice(s.seed); err != nil {
			return facts, fmt.Errorf("%s: %w", e.mfa, err)
		}
	}
	if e.device != "" {
		facts.Device = e.device
	}
	facts.Regions = enter.First(e.region, facts.Regions)
	return facts, nil
}

// unseal opens the sealed files that were named, and adds the access key and the codes in them to a request.
func (e *entering) unseal(cmd *cobra.Command, out *screen.Screen, r *enter.Request, s sealed) error {
	if s.key == nil && s.seed == nil {
		return nil
	}
	all, err := identities(cmd.Context(), cmd, out, e.identity)
	if err != nil {
		return err
	}
	if s.seed != nil {
		seeded, err := enter.OpenSeed(s.seed, all...)
		if err != nil {
			return fmt.Errorf("%s: %w", e.mfa, err)
		}
		seeded.Waiting = func(d time.Duration) {
			out.WarnProse("AWS refused the code; the next one comes in %s.", d.Round(time.Second))
		}
		r.Codes = seeded
	}
	if s.key != nil {
		if r.Key, err = enter.OpenKey(s.key, all...); err != nil {
			return fmt.Errorf("%s: %w", e.key, err)
		}
	}
	return nil
}

// typed asks for what no file gave: the access key, and codes when they are needed.
func (e *entering) typed(cmd *cobra.Command, in *bufio.Reader, r *enter.Request) (err error) {
	if r.Codes == nil {
		r.Codes = &enter.Typed{Ask: func(ctx context.Context, refused string) (string, error) {
			title := "MFA code of " + r.Device
			if refused != "" {
				title = "AWS refused the code. The next " + title
			}
			return line(ctx, cmd, in, title, false, func(typed string) error { return enter.CheckCode(typed, refused) })
		}}
	}
	if r.Key.ID != "" {
		return nil
	}
	if r.Key.ID, err = line(cmd.Context(), cmd, in, "Access key ID of "+r.User, false, enter.CheckKeyID); err != nil {
		return err
	}
	r.Key.Secret, err = line(cmd.Context(), cmd, in, "Secret access key", true, nil)
	return err
}
