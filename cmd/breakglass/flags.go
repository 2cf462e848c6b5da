package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
	"example.com/breakglass/internal/shell"
	"example.com/breakglass/plan"
)

// flags are those that every command has.
type flags struct {
	file, profile, region, output string
	profiles                      []string
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVar(&f.file, "config", defaultFile, "configuration `file` with the users, accounts and Regions")
	set.StringVar(&f.profile, "profile", "", "AWS CLI `profile` to take credentials from")
	set.StringVar(&f.region, "region", "", "`Region` of the first AWS requests (default: the hub's)")
	set.StringVar(&f.output, "output", "text", "output `format`: text or json")
	set.StringArrayVar(&f.profiles, "account-profile", nil, "AWS CLI profile for one account, as `ACCOUNT=PROFILE`; repeat the flag for several")
}

// screen returns what a command prints to.
func (f *flags) screen(cmd *cobra.Command) (*screen.Screen, error) {
	if f.output != "text" && f.output != "json" {
		return nil, fmt.Errorf("invalid --output %q: use text or json", f.output)
	}
	if _, _, ok := config.LookupRegion(f.region); f.region != "" && !ok {
		return nil, fmt.Errorf("invalid --region %q: use the code of a Region, for example us-east-1", f.region)
	}
	s := screen.New(cmd.OutOrStdout(), cmd.ErrOrStderr(), f.output == "json")
	if used, ok := cmd.Context().Value(usedScreen{}).(*usedScreen); ok {
		used.Screen = s
	}
	return s, nil
}

// usedScreen is where run finds the screen of the command.
type usedScreen struct {
	*screen.Screen
	asking atomic.Bool
}

// lost returns why standard output did not take everything. A reader that goes away, such as head, has what it wanted.
func (u *usedScreen) lost() error {
	if u.Screen == nil || errors.Is(u.Lost(), syscall.EPIPE) {
		return nil
	}
	return u.Lost()
}

// aside has the terminal show nothing else meanwhile.
func (u *usedScreen) aside(do func()) {
	u.asking.Store(true)
	defer u.asking.Store(false)
	if u.Screen == nil {
		do()
		return
	}
	u.Aside(do)
}

// longWait is after how long a person is told what a command waits for, at a terminal and elsewhere; a variable for the tests.
var longWait = map[bool]time.Duration{true: 2 * time.Second, false: 30 * time.Second}

// waiting says once, should it take long, what the command waits for until done is called. It draws no clock, which would wipe the
// question of a program that finds the credentials.
func waiting(ctx context.Context, what string) (done func()) {
	u, ok := ctx.Value(usedScreen{}).(*usedScreen)
	if !ok || u.Screen == nil {
		return func() {}
	}
	timer := time.AfterFunc(longWait[u.Live()], func() {
		if !u.asking.Load() {
			u.Warn("… %s", what)
		}
	})
	return func() { timer.Stop() }
}

// note prints a remark, on standard error where there is no screen yet.
func (u *usedScreen) note(err io.Writer, text string) {
	if u.Screen == nil {
		fmt.Fprintln(err, screen.Wrap(screen.Escape("note: "+text), screen.Width(err)))
		return
	}
	u.WarnNote("%s", text)
}

// load reads the file, and checks that what it describes fits.
func (f *flags) load() (*config.Config, error) {
	p, err := plan.Load(f.file)
	return p.Config, err
}

// accountProfiles returns the profile of each account that has one of its own.
func (f *flags) accountProfiles() (map[string]string, error) {
	profiles := map[string]string{}
	for _, pair := range f.profiles {
		number, profile, ok := strings.Cut(pair, "=")
		if !ok || !config.IsAccount(number) || profile == "" {
			return nil, fmt.Errorf("invalid --account-profile %q: use ACCOUNT=PROFILE, for example 222222222222=production", pair)
		}
		if first, again := profiles[number]; again && first != profile {
			return nil, fmt.Errorf("--account-profile names two profiles of account %s, %s and %s; pass one of them", number, first, profile)
		}
		profiles[number] = profile
	}
	return profiles, nil
}

// loadCaller asks AWS whose credentials these are.
var loadCaller = account.Load

// keys finds the caller's credentials, and the access to the accounts in the file.
func (f *flags) keys(ctx context.Context, c *config.Config) (*account.Caller, *account.Keys, error) {
	profiles, err := f.accountProfiles()
	if err != nil {
		return nil, nil, err
	}
	region := f.region
	if region == "" {
		region = c.Hub.Region
	}
	done := waiting(ctx, "asking AWS whose credentials these are")
	defer done()
	caller, err := loadCaller(ctx, f.profile, region)
	// On the day that the hub's Region is gone, the standby says what there is to say.
	if standby := c.Hub.Standby; account.Silent(err) && ctx.Err() == nil && f.region == "" && standby != "" {
		caller, err = loadCaller(ctx, f.profile, standby)
	}
	if err != nil {
		return nil, nil, err
	}
	keys := account.NewKeys(caller, c, profiles)
	keys.Open(ctx)
	return caller, keys, nil
}

// sameFile returns the flag with which a next command reads the same file; empty where it does so anyway.
func (f *flags) sameFile() string {
	if f.file == defaultFile {
		return ""
	}
	return " --config " + shell.Quote(f.file)
}

// again returns the flags with which a next command reads the same file, with the same credentials.
func (f *flags) again() string {
	text := f.sameFile()
	for _, flag := range []struct{ name, value string }{{"--profile", f.profile}, {"--region", f.region}} {
		if flag.value != "" {
			text += " " + shell.Quote(flag.name, flag.value)
		}
	}
	for _, pair := range f.profiles {
		text += " " + shell.Quote("--account-profile", pair)
	}
	return text
}

const defaultFile = "breakglass.yaml"
