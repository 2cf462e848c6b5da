// Package account gives the commands access to AWS accounts: it finds the credentials, assumes the role, and explains errors of
// AWS. It may import access, config and place.
package account

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
)

// Caller is the owner of the credentials that the command runs with.
type Caller struct {
	// Account is the number of the caller's account, ARN the caller itself.
	Account, ARN string

	config aws.Config
}

// Load finds the credentials in the environment, or those of a profile of the AWS CLI, and asks AWS in a Region whose they are. It
// respects AWS_ENDPOINT_URL.
func Load(ctx context.Context, profile, region string) (*Caller, error) {
	cfg, err := load(ctx, profile, region)
	if err != nil {
		return nil, err
	}
	out, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, Explain(err, "asking AWS whose credentials these are")
	}
	return &Caller{Account: aws.ToString(out.Account), ARN: aws.ToString(out.Arn), config: cfg}, nil
}

func load(ctx context.Context, profile, region string) (aws.Config, error) {
	options := []func(*awsconfig.LoadOptions) error{awsconfig.WithRegion(region), awsconfig.WithRetryMaxAttempts(attempts), awsconfig.WithLogger(logging.Nop{})}
	if profile != "" {
		options = append(options, awsconfig.WithSharedConfigProfile(profile))
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, fmt.Errorf("cannot use profile %q: %w; aws configure list-profiles shows the profiles", profile, err)
	}
	return cfg, nil
}

// attempts of a request before it fails: requests to many Regions at once are throttled.
const attempts = 6

// In returns the configuration of a client with the caller's own credentials.
func (c *Caller) In(region string) aws.Config {
	cfg := c.config.Copy()
	cfg.Region = region
	return cfg
}
