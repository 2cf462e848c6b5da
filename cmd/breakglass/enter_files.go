package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"filippo.io/age"
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
	case named:
		return facts, err
	case fromSealed:
		if !missing {
			out.WarnProse("%s %s is not used: %s", out.Paint(screen.Yellow, "note:"), e.file, strings.SplitN(err.Error(), "\n", 2)[0])
		}
		facts = sealed
	case missing && e.device != "":
		if facts, err = enter.FromARNs(account, e.device, e.user); err != nil {
			return facts, err
		}
	case missing:
		return facts, fmt.Errorf("there is no %s here, and none is needed: a sealed file has the hub account, the user and the role. breakglass enter --ways --mfa FILE shows the ways in; breakglass enter NUMBER --key FILE --mfa FILE -i IDENTITY -i IDENTITY gets into the account with that number, which the card has. Or name your configuration with --config", e.file)
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

// open returns the access key, from its file or typed, and the codes of the device.
func (e *entering) open(ctx context.Context, cmd *cobra.Command, out *screen.Screen, in *bufio.Reader, f enter.Facts, s sealed) (enter.Keys, enter.Codes, error) {
	var codes enter.Codes = &enter.Typed{Ask: func(ctx context.Context, again bool) (string, error) {
		title := "MFA code of " + f.Device
		if again {
			title = "AWS refused the code. The next " + title
		}
		return line(ctx, cmd, in, title, false)
	}}
	var all []age.Identity
	if s.key != nil || s.seed != nil {
		var err error
		if all, err = identities(ctx, cmd, out, e.identity); err != nil {
			return enter.Keys{}, nil, err
		}
	}
	if s.seed != nil {
		seeded, err := enter.OpenSeed(s.seed, all...)
		if err != nil {
			return enter.Keys{}, nil, fmt.Errorf("%s: %w", e.mfa, err)
		}
		seeded.Waiting = func(d time.Duration) {
			out.WarnProse("AWS refused the code; the next one comes in %s.", d.Round(time.Second))
		}
		codes = seeded
	}
	if s.key != nil {
		key, err := enter.OpenKey(s.key, all...)
		if err != nil {
			err = fmt.Errorf("%s: %w", e.key, err)
		}
		return key, codes, err
	}
	id, err := line(ctx, cmd, in, "Access key ID of "+f.User, false)
	if err != nil {
		return enter.Keys{}, nil, err
	}
	secret, err := line(ctx, cmd, in, "Secret access key", true)
	return enter.Keys{ID: id, Secret: secret}, codes, err
}
