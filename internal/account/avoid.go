package account

import (
	"context"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/smithy-go/middleware"
)

type avoidedKey struct{}

type avoided struct {
	region  string
	refusal error
}

// Avoiding returns a context for loading credentials in which whatever would ask a Region fails with an error, before it is sent: the
// requests of every client, and those by which the SDK itself gets credentials, as for single sign-on.
func Avoiding(ctx context.Context, region string, refusal error) context.Context {
	return context.WithValue(ctx, avoidedKey{}, avoided{region, refusal})
}

// avoiding is the option of a configuration that is loaded in such a context.
func avoiding(ctx context.Context) awsconfig.LoadOptionsFunc {
	not, ok := ctx.Value(avoidedKey{}).(avoided)
	if !ok {
		return func(*awsconfig.LoadOptions) error { return nil }
	}
	return awsconfig.WithAPIOptions([]func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Avoiding",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
				out middleware.InitializeOutput, about middleware.Metadata, err error,
			) {
				if awsmiddleware.GetRegion(ctx) == not.region {
					return out, about, not.refusal
				}
				return next.HandleInitialize(ctx, in)
			}), middleware.After)
	}})
}
