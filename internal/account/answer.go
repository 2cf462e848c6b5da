package account

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// certain are the services whose answers always have what was asked for: one without it is none of AWS, and nobody looks for that.
var certain = []string{"IAM", "KMS", "Organizations", "STS"}

// half is an answer without what the operation returns.
type half struct{ operation, lacks string }

func (h *half) Error() string { return fmt.Sprintf("the answer to %s has no %s", h.operation, h.lacks) }

// refuseHalves has a client refuse an answer without what the operation returns.
func refuseHalves(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("RefuseHalves",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleInitialize(ctx, in)
			if lacks := lacking(out.Result); err == nil && lacks != "" && slices.Contains(certain, awsmiddleware.GetServiceID(ctx)) {
				err = &half{awsmiddleware.GetOperationName(ctx), lacks}
			}
			return out, metadata, err
		}), middleware.After)
}

// lacking returns the part of an output that is not there; empty if all are.
func lacking(output any) string {
	v := reflect.Indirect(reflect.ValueOf(output))
	if v.Kind() != reflect.Struct {
		return ""
	}
	for i, field := range reflect.VisibleFields(v.Type()) {
		part := field.Type.Kind() == reflect.Pointer && field.Type.Elem().Kind() == reflect.Struct && field.Type != reflect.TypeFor[*time.Time]()
		if part && field.Name != "AssumedRoleUser" && v.Field(i).IsNil() { // of a session, only the credentials are used
			return field.Name
		}
	}
	return ""
}
