package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
)

// Keys gives access to the accounts of a file, as its deploy.access sets: the caller's own credentials, a profile for each account,
// or a role to assume. Several goroutines may use it at once.
type Keys struct {
	caller   *Caller
	file     *config.Config
	profiles map[string]string

	mutex sync.Mutex
	doors map[string]*door
	// others are the owners of profiles.
	others map[string]*Caller
}

// door is the access to one account; concurrent callers wait for the first.
type door struct {
	mutex  sync.Mutex
	tried  bool
	config aws.Config
	err    error
}

// Opener opens an account in a Region, as Keys do.
type Opener interface {
	In(ctx context.Context, account, region string) (aws.Config, error)
}

// NewKeys returns the keys of a file. profiles of the AWS CLI, by account number, take precedence.
func NewKeys(caller *Caller, file *config.Config, profiles map[string]string) *Keys {
	return &Keys{caller: caller, file: file, profiles: profiles, doors: map[string]*door{}, others: map[string]*Caller{}}
}

// In returns the configuration of a client in an account and Region. Each account is tried once, and the answer is cached. The
// error names the fix.
func (k *Keys) In(ctx context.Context, account, region string) (aws.Config, error) {
	return k.through(ctx, account, region, func() (aws.Config, error) { return k.enter(ctx, account) })
}

// Open tries every account that has a profile of its own, before a command shows anything: a profile may have to ask a person for a
// code. What cannot be opened is reported when it is needed.
func (k *Keys) Open(ctx context.Context) {
	var all sync.WaitGroup
	for account := range k.profiles {
		all.Go(func() { _, _ = k.In(ctx, account, k.file.Hub.Region) })
	}
	all.Wait()
}

// through returns the configuration behind a door; the first caller opens it.
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
		k.mutex.Lock()
		k.others[profile] = other
		k.mutex.Unlock()
		if other.Account != account {
			return aws.Config{}, &Refusal{
				What: fmt.Sprintf("profile %q belongs to account %s, not to %s", profile, other.Account, account),
				Fix:  "pass --account-profile " + account + "=PROFILE with a profile of that account",
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
		What: fmt.Sprintf("the credentials belong to account %s (%s), not to %s", k.caller.Account, k.caller.ARN, account),
		Fix:  "pass --account-profile " + account + "=PROFILE, or set deploy.access to organization",
	}
}

// Session returns the environment variables with the keys of a profile, or of the caller if it is empty, for which a person has typed
// an MFA code; it is empty for all others. The CDK CLI would ask for a code again, without a terminal.
func (k *Keys) Session(ctx context.Context, profile string) ([]string, error) {
	k.mutex.Lock()
	owner := k.others[profile]
	k.mutex.Unlock()
	if owner == nil {
		owner = k.caller
	}
	if owner.asked == nil || !*owner.asked {
		return nil, nil
	}
	keys, err := owner.config.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, explainProfile(err, profile, owner.config)
	}
	return Variables(keys), nil
}

// Variables returns keys as the environment has them for other programs.
func Variables(keys aws.Credentials) []string {
	return []string{"AWS_ACCESS_KEY_ID=" + keys.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + keys.SecretAccessKey, "AWS_SESSION_TOKEN=" + keys.SessionToken}
}

// Role returns the ARN of the role to assume in an account; empty means none.
func (k *Keys) Role(account string) string {
	in := config.PlaceOf(account, k.file.Hub.Region)
	switch k.file.Deploy.Access {
	case config.AccessOrganization:
		return in.Role(k.file.Deploy.AccessRole)
	case config.AccessBootstrap:
		// The role that cdk diff reads with, in a Region where the account has a stack.
		for _, t := range k.file.Targets {
			if t.Account == account && account != k.file.Hub.Account {
				in = config.PlaceOf(account, t.Region)
			}
		}
		return access.BootstrapRole(in, access.LookupRole)
	}
	return ""
}

// assumeIn assumes a role in an account. If that fails in the caller's own account, it uses the caller's credentials, as the CDK
// CLI does.
func (k *Keys) assumeIn(ctx context.Context, account, role string) (aws.Config, error) {
	cfg, err := k.assume(ctx, account, role)
	if err != nil && account == k.caller.Account {
		return k.caller.config, nil
	}
	return cfg, err
}

func (k *Keys) assume(ctx context.Context, account, role string) (aws.Config, error) {
	provider := stscreds.NewAssumeRoleProvider(sts.NewFromConfig(k.caller.config), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "breakglass"
	})
	cached := aws.NewCredentialsCache(provider)
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, enteredKey{}, account), Patience)
	defer cancel()
	if _, err := cached.Retrieve(ctx); err != nil {
		err := Explain(err, "assuming "+role+" as "+k.caller.ARN)
		var r *Refusal
		if errors.As(err, &r) && r.Permission == "sts:AssumeRole" && !strings.Contains(r.Fix, "AWS says") {
			// AWS says no more in each of these cases.
			r.Fix = "check that the role exists, trusts these credentials and may be assumed by them, and that the account is not closed"
		}
		return aws.Config{}, err
	}
	cfg := k.caller.config.Copy()
	cfg.Credentials = cached
	return cfg, nil
}
