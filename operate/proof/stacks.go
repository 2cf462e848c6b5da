package proof

import (
	"context"
	"errors"
	"strings"
	"time"

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

// created returns when a stack was.
func created(ctx context.Context, api stacksAPI, name string) (time.Time, error) {
	out, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(name)})
	var refused smithy.APIError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" && strings.Contains(refused.ErrorMessage(), "does not exist"):
		return time.Time{}, errMissing
	case err != nil:
		return time.Time{}, account.Explain(err, "asking for the age of the stacks")
	case len(out.Stacks) == 0:
		return time.Time{}, errMissing
	}
	return aws.ToTime(out.Stacks[0].CreationTime), nil
}
