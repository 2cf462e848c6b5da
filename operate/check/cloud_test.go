package check

import (
	"context"
	"fmt"
	"reflect"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// cloud is an AWS of several worlds for the clients of the SDK: what a run asks of a client is answered by the world of the
// client's account and Region. Nothing goes over a network.
type cloud struct {
	worlds map[[2]string]*world
	// delay is how long an answer takes.
	delay time.Duration
	calls atomic.Int64
}

// In returns the configuration for an account of the cloud.
func (c *cloud) In(_ context.Context, account, region string) (aws.Config, error) {
	return aws.Config{Region: region, APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("Cloud", func(ctx context.Context, in middleware.SerializeInput, _ middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
			w := c.worlds[[2]string{account, awsmiddleware.GetRegion(ctx)}]
			if w == nil {
				return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("nothing is in %s of %s", awsmiddleware.GetRegion(ctx), account)
			}
			c.calls.Add(1)
			time.Sleep(c.delay)
			answer := reflect.ValueOf(w).MethodByName(awsmiddleware.GetOperationName(ctx)).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(in.Parameters)})
			err, _ := answer[1].Interface().(error)
			return middleware.SerializeOutput{Result: answer[0].Interface()}, middleware.Metadata{}, err
		}), middleware.Before)
	}}}, nil
}
