package check

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
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
	// global answers for the services that an account has one of, for all its Regions; nil means the world of the client's account
	// and Region.
	global *world
}

// others are the Regions of the sample that are as they were deployed, which tests only read.
var others sync.Map

// cloud returns the deployment that a world of the sample belongs to. The world's IAM, Organizations and trails are those of both
// accounts: the names in them differ.
func (w *world) cloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{worlds: map[[2]string]*world{}, global: w}
	for _, at := range w.s.plan.Placements {
		key := [2]string{at.Account, at.Region}
		if c.worlds[key] != nil {
			continue
		}
		other, ok := others.Load(key)
		if !ok {
			other, _ = others.LoadOrStore(key, wellIn(t, "sample", at.Account, at.Region))
		}
		c.worlds[key] = other.(*world)
	}
	for region := range w.regions {
		for _, number := range []string{w.s.account(), "222222222222"} {
			if key := [2]string{number, region}; c.worlds[key] == nil {
				c.worlds[key] = &world{s: w.s, account: number, region: region}
			}
		}
	}
	c.worlds[[2]string{w.account, w.region}] = w
	return c
}

// globals are the services that an account has one of, for all its Regions.
var globals = []string{"IAM", "Organizations", "Account", "CloudTrail", "Signin"}

// In returns the configuration for an account of the cloud.
func (c *cloud) In(_ context.Context, account, region string) (aws.Config, error) {
	return aws.Config{Region: region, APIOptions: []func(*middleware.Stack) error{func(stack *middleware.Stack) error {
		return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("Cloud", func(ctx context.Context, in middleware.SerializeInput, _ middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
			w := c.worlds[[2]string{account, awsmiddleware.GetRegion(ctx)}]
			if c.global != nil && slices.Contains(globals, awsmiddleware.GetServiceID(ctx)) {
				w = c.global
			}
			if w == nil {
				return middleware.SerializeOutput{}, middleware.Metadata{}, fmt.Errorf("nothing is in %s of %s", awsmiddleware.GetRegion(ctx), account)
			}
			c.calls.Add(1)
			if w.hangs {
				<-ctx.Done()
				return middleware.SerializeOutput{}, middleware.Metadata{}, ctx.Err()
			}
			time.Sleep(c.delay)
			operation := awsmiddleware.GetOperationName(ctx)
			if awsmiddleware.GetServiceID(ctx) == "DynamoDB" && operation == "GetResourcePolicy" {
				operation = "TableGetResourcePolicy"
			}
			answer := reflect.ValueOf(w).MethodByName(operation).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(in.Parameters)})
			err, _ := answer[1].Interface().(error)
			return middleware.SerializeOutput{Result: answer[0].Interface()}, middleware.Metadata{}, err
		}), middleware.Before)
	}}}, nil
}
