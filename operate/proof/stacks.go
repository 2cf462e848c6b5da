package proof

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/account"
)

type stacksAPI interface {
	DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
}

// errMissing is the error for a stack that is not there.
var errMissing = errors.New("not deployed")

// times returns when a stack was created, and updated for the last time.
func times(ctx context.Context, api stacksAPI, name string) (age, error) {
	out, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist"):
		return age{}, errMissing
	case err != nil:
		return age{}, account.Explain(err, "asking for the age of the stacks")
	case len(out.Stacks) == 0:
		return age{}, errMissing
	}
	return age{created: aws.ToTime(out.Stacks[0].CreationTime), updated: aws.ToTime(out.Stacks[0].LastUpdatedTime)}, nil
}
