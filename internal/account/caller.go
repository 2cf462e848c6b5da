// Package account gives the commands access to AWS accounts: it finds the credentials, assumes the role, and explains errors of
// AWS. It may import access, config and place.
package account

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// Caller is the owner of the credentials that the command runs with.
type Caller struct {
	// Account is the number of the caller's account, ARN the caller itself.
	Account, ARN string

	config aws.Config
	// asked is set if a person has typed an MFA code for the credentials: other programs would ask again.
	asked *bool
}

// Load finds the credentials in the environment, or those of a profile of the AWS CLI, and asks AWS in a Region whose they are. It
// respects AWS_ENDPOINT_URL.
func Load(ctx context.Context, profile, region string) (*Caller, error) {
	asked := false
	cfg, err := load(ctx, profile, region, &asked)
	if err != nil {
		return nil, err
	}
	// A person may have to type a code, or a program to open a browser: that has no limit of time.
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return nil, explainProfile(err, profile, cfg)
	}
	asking, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(asking, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, explainProfile(err, profile, cfg)
	}
	return &Caller{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), config: cfg, asked: &asked}, nil
}

// Session returns the configuration of a client with the credentials in the environment, or those of a profile, without asking AWS whose they are.
func Session(ctx context.Context, profile, region string) (aws.Config, error) {
	asked := false
	return load(ctx, profile, region, &asked)
}

func load(ctx context.Context, profile, region string, asked *bool) (aws.Config, error) {
	options := []func(*awsconfig.LoadOptions) error{
		awsconfig.WithRegion(region), awsconfig.WithRetryer(retryer), awsconfig.WithLogger(logging.Nop{}), avoiding(ctx),
		awsconfig.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(anAnswer)),
		awsconfig.WithAPIOptions([]func(*middleware.Stack) error{refuseHalves, patient(ctx).limit}),
		awsconfig.WithAssumeRoleCredentialOptions(func(o *stscreds.AssumeRoleOptions) { o.TokenProvider = codeFor(ctx, o, asked) }),
	}
	if profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(profile))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, ExplainLoading(err, profile)
	}
	return cfg, Directed(ctx, cfg)
}

// Patience is how long a Region or an account may take to answer before a command goes on without it.
const Patience = 30 * time.Second

// anAnswer is how long one attempt may take, its body included; a variable for the tests.
var anAnswer = Patience

// retryer repeats what may succeed later. A certificate stays what it is, Patience was enough for one attempt, and where nobody
// listens now, hardly anybody will in the half minute that the usual pauses take. Connections that break get some seconds.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		usual := retry.NewExponentialJitterBackoff(o.MaxBackoff)
		o.Backoff = retry.BackoffDelayerFunc(func(attempt int, err error) (time.Duration, error) {
			switch {
			case unconnected(err) != nil:
				return brokenPause, nil
			case lost(err):
				return brokenPause << (attempt - 1), nil
			}
			return usual.BackoffDelay(attempt, err)
		})
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			if foreignCertificate(err) || errors.Is(err, context.DeadlineExceeded) {
				return aws.FalseTernary
			}
			return aws.UnknownTernary
		})}, o.Retryables...)
	})
}

// attempts of a request before it fails: requests to many Regions at once are throttled.
const attempts = 6

// brokenPause is the pause after a connection that could not be made at once, and the first one after one that broke.
const brokenPause = 200 * time.Millisecond

// Region returns the one in which AWS was asked whose the credentials are.
func (c *Caller) Region() string { return c.config.Region }

// In returns the configuration of a client with the caller's own credentials.
func (c *Caller) In(region string) aws.Config {
	cfg := c.config.Copy()
	cfg.Region = region
	return cfg
}
