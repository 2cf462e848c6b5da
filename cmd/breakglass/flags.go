package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/screen"
)

// flags are those that every command has.
type flags struct {
	file, profile, region, output string
	profiles                      []string
}

func (f *flags) register(set *pflag.FlagSet) {
	set.StringVar(&f.file, "config", "breakglass.yaml", "the `file` that says which users, accounts and Regions there are")
	set.StringVar(&f.profile, "profile", "", "`profile` of the AWS CLI whose credentials are used")
	set.StringVar(&f.region, "region", "", "`Region` to ask AWS in first (default: the hub's)")
	set.StringVar(&f.output, "output", "text", "`format`: text for people, json for machines")
	set.StringArrayVar(&f.profiles, "account-profile", nil, "profile for one account, as `ACCOUNT=PROFILE`; may be given many times")
}

// screen is what a command prints on.
func (f *flags) screen(cmd *cobra.Command) (*screen.Screen, error) {
	if f.output != "text" && f.output != "json" {
		return nil, fmt.Errorf("--output is %q; say text or json", f.output)
	}
	return screen.New(cmd.OutOrStdout(), cmd.ErrOrStderr(), f.output == "json"), nil
}

// load reads the file.
func (f *flags) load() (*config.Config, error) { return config.Load(f.file) }

// keys finds the caller's credentials, and the ways into the file's accounts.
func (f *flags) keys(ctx context.Context, c *config.Config) (*account.Caller, *account.Keys, error) {
	profiles := map[string]string{}
	for _, pair := range f.profiles {
		number, profile, ok := strings.Cut(pair, "=")
		if !ok || len(number) != 12 || profile == "" {
			return nil, nil, fmt.Errorf("--account-profile is %q; say ACCOUNT=PROFILE, such as 222222222222=production", pair)
		}
		profiles[number] = profile
	}
	region := f.region
	if region == "" {
		region = c.Hub.Region
	}
	caller, err := account.Load(ctx, f.profile, region)
	if err != nil {
		return nil, nil, err
	}
	return caller, account.NewKeys(caller, c, profiles), nil
}
