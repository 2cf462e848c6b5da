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
		if s.key, err = seal.Read(e.key); err != nil {
			return s, err
		}
	}
	if e.mfa != "" {
		if s.seed, err = seal.Read(e.mfa); err != nil {
			return s, err
		}
	}
	for _, path := range []string{e.key, e.mfa} {
		if err := seal.Settled(path); err != nil {
			out.Warn("%s %s: %v", out.Paint(screen.Yellow, "warning:"), path, err)
		}
	}
	return s, nil
}

// facts returns what is known of the deployment: from the configuration, and from the headers of the sealed files. One of the two is
// enough. A configuration that was named has to be there; another one must not be in the way.
func (e *entering) facts(cmd *cobra.Command, out *screen.Screen, s sealed) (facts enter.Facts, err error) {
	fromKey := enter.Facts{}
	if s.key != nil {
		if fromKey, err = enter.FromSealed(s.key); err != nil {
			return facts, fmt.Errorf("%s: %w", e.key, err)
		}
		if e.user != "" && e.user != fromKey.User {
			return facts, fmt.Errorf("%s: it is the key of %s, not of %s; leave out --user, or pass the file of that user", e.key, fromKey.User, e.user)
		}
		e.user = fromKey.User
	}
	p, err := plan.Load(e.file)
	if err == nil {
		facts, err = enter.FromPlan(p, e.user)
	}
	if err == nil && s.key != nil {
		facts, err = facts.Merge(fromKey)
	}
	switch named := cmd.Flags().Changed("config"); {
	case err == nil:
	case s.key == nil && errors.Is(err, fs.ErrNotExist) && !named:
		return facts, fmt.Errorf("there is no %s here. A sealed file also has the account and the user: breakglass enter --ways --key FILE shows the ways in, without --ways it gets in. Or name your configuration with --config", e.file)
	case s.key == nil || named:
		return facts, err
	default:
		if !errors.Is(err, fs.ErrNotExist) {
			out.Warn("%s %s is not used: %s", out.Paint(screen.Yellow, "note:"), e.file, strings.SplitN(err.Error(), "\n", 2)[0])
		}
		facts = fromKey
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
			out.Warn("AWS refused the code; the next one comes in %s.", d.Round(time.Second))
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
