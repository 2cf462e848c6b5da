package account

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
)

type codeKey struct{}

// code asks a person, one question at a time.
type code struct {
	mutex sync.Mutex
	ask   func(ctx context.Context, device string) (string, error)
}

// WithCode returns a context in which profiles with mfa_serial can be used: ask returns the code that a device shows now.
func WithCode(ctx context.Context, ask func(ctx context.Context, device string) (string, error)) context.Context {
	return context.WithValue(ctx, codeKey{}, &code{ask: ask})
}

// codeFor returns what the SDK calls for a code; nil if nobody can be asked.
func codeFor(ctx context.Context, o *stscreds.AssumeRoleOptions, asked *bool) func() (string, error) {
	c, ok := ctx.Value(codeKey{}).(*code)
	if !ok {
		return nil
	}
	device := aws.ToString(o.SerialNumber)
	return func() (string, error) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		*asked = true
		return c.ask(ctx, device)
	}
}
