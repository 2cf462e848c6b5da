package deploy

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// wanted are the managed policies of a role or of the users' group that a stack attaches.
type wanted struct {
	at   plan.Placement
	arns []string
}

// missingPolicies asks IAM, in each account, whether the managed policies exist that the stacks attach; CloudFormation would notice
// after it has begun. It returns the stacks that would fail. Where IAM does not answer, they are tried.
func missingPolicies(ctx context.Context, open Stacks, c *config.Config, stacks []plan.Placement) map[string]Outcome {
	of := map[string]wanted{}
	var keys []string
	for _, at := range stacks {
		w := wanted{at: at, arns: plan.Plan{Config: c}.Attaches(at)}
		if len(w.arns) > 0 {
			of[at.Stack] = w
			keys = append(keys, at.Stack)
		}
	}
	left := map[string]Outcome{}
	for _, r := range fan.Out(ctx, keys, fan.Bound, func(ctx context.Context, key string) ([]string, error) {
		ctx, cancel := context.WithTimeout(ctx, account.Patience)
		defer cancel()
		cfg, err := open(ctx, of[key].at.Account, of[key].at.Region)
		if err != nil {
			return nil, err
		}
		return missingOf(ctx, iam.NewFromConfig(cfg), of[key].arns)
	}, nil) {
		if r.Err == nil && len(r.Value) > 0 {
			at := of[r.Key].at
			left[r.Key] = Outcome{
				State: Failed, Reason: fmt.Sprintf("account %s has no policy %s", at.Account, strings.Join(r.Value, ", ")),
				Fix: "correct its name in the file, or create it; " + again,
			}
		}
	}
	return left
}

// missingOf returns those of the policies that do not exist.
func missingOf(ctx context.Context, client *iam.Client, arns []string) (missing []string, err error) {
	for _, arn := range arns {
		_, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
		var none *types.NoSuchEntityException
		switch {
		case errors.As(err, &none):
			missing = append(missing, arn)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}
