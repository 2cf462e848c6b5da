package account

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// Keys open the accounts of a file, by the way that its deploy.access stands for: the caller's own credentials, a profile
// for each account, or a role to assume. It may be used by several goroutines at once.
type Keys struct {
	caller   *Caller
	file     *config.Config
	profiles map[string]string

	mutex sync.Mutex
	doors map[string]*door
}

// door is the way into one account; those who come at once wait for the first.
type door struct {
	mutex  sync.Mutex
	tried  bool
	config aws.Config
	err    error
}

// NewKeys makes the keys of a file. profiles are the AWS CLI's, by account number; they come before any other way.
func NewKeys(caller *Caller, file *config.Config, profiles map[string]string) *Keys {
	return &Keys{caller: caller, file: file, profiles: profiles, doors: map[string]*door{}}
}

// In is the configuration of a client in an account and Region. Each account is tried once, and the answer kept. The
// error says what to do.
func (k *Keys) In(ctx context.Context, account, region string) (aws.Config, error) {
	return k.through(ctx, account, region, func() (aws.Config, error) { return k.enter(ctx, account) })
}

// through is the way through a door; whoever comes first opens it.
func (k *Keys) through(ctx context.Context, name, region string, open func() (aws.Config, error)) (aws.Config, error) {
	k.mutex.Lock()
	d := k.doors[name]
	if d == nil {
		d = &door{}
		k.doors[name] = d
	}
	k.mutex.Unlock()

	d.mutex.Lock()
	defer d.mutex.Unlock()
	if !d.tried {
		d.config, d.err = open()
		d.tried = ctx.Err() == nil
	}
	if d.err != nil {
		return aws.Config{}, d.err
	}
	cfg := d.config.Copy()
	cfg.Region = region
	return cfg, nil
}

func (k *Keys) enter(ctx context.Context, account string) (aws.Config, error) {
	if profile := k.profiles[account]; profile != "" {
		other, err := Load(ctx, profile, k.file.Hub.Region)
		if err != nil {
			return aws.Config{}, err
		}
		if other.Account != account {
			return aws.Config{}, &Refusal{
				What: fmt.Sprintf("the profile %q is of account %s, not of %s", profile, other.Account, account),
				Fix:  "name the right profile with --account-profile " + account + "=PROFILE",
			}
		}
		return other.config, nil
	}
	if role := k.Role(account); role != "" {
		return k.assumeIn(ctx, account, role)
	}
	if account == k.caller.Account {
		return k.caller.config, nil
	}
	return aws.Config{}, &Refusal{
		What: fmt.Sprintf("these are credentials of account %s (%s), not of %s", k.caller.Account, k.caller.ARN, account),
		Fix:  "name a profile of that account with --account-profile " + account + "=PROFILE, or set deploy.access to organization",
	}
}

// Role is the role through which the file has an account entered; empty means none.
func (k *Keys) Role(account string) string {
	in := config.PlaceOf(account, k.file.Hub.Region)
	switch k.file.Deploy.Access {
	case config.AccessOrganization:
		return in.Role(k.file.Deploy.AccessRole)
	case config.AccessBootstrap:
		// The one that cdk diff reads with: the Region is that of a stack of the account.
		for _, t := range k.file.Targets {
			if t.Account == account && account != k.file.Hub.Account {
				in = config.PlaceOf(account, t.Region)
			}
		}
		return access.BootstrapRole(in, access.LookupRole)
	}
	return ""
}

// assumeIn assumes a role of an account. Where that fails, the caller's own credentials do for the caller's account, as they
// do for the CDK CLI.
func (k *Keys) assumeIn(ctx context.Context, account, role string) (aws.Config, error) {
	cfg, err := k.assume(ctx, role)
	if err != nil && account == k.caller.Account {
		return k.caller.config, nil
	}
	return cfg, err
}

func (k *Keys) assume(ctx context.Context, role string) (aws.Config, error) {
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(k.caller.config), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "breakglass"
	})
	cached := aws.NewCredentialsCache(provider)
	if _, err := cached.Retrieve(ctx); err != nil {
		return aws.Config{}, Explain(err, "assuming "+role+" as "+k.caller.ARN)
	}
	cfg := k.caller.config.Copy()
	cfg.Credentials = cached
	return cfg, nil
}
