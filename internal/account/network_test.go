package account

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go/middleware"
)

// network answers for AWS, in the time of a bubble.
type network struct {
	mutex sync.Mutex
	// how a request is answered; nil answers at once.
	how func(*http.Request) (*http.Response, error)
}

func (n *network) set(how func(*http.Request) (*http.Response, error)) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.how = how
}

func (n *network) Do(r *http.Request) (*http.Response, error) {
	n.mutex.Lock()
	how := n.how
	n.mutex.Unlock()
	if how != nil {
		return how(r)
	}
	return well(r)
}

func answer(status int, body io.Reader) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(body)}
}

func well(r *http.Request) (*http.Response, error) {
	if r.Header.Get("X-Amz-Target") != "" {
		return answer(http.StatusOK, strings.NewReader("{}")), nil
	}
	const session = `<R><AssumeRoleResult><Credentials><AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey><SessionToken>c</SessionToken>
		<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult><ListUsersResult></ListUsersResult><ListTopicsResult></ListTopicsResult></R>`
	return answer(http.StatusOK, strings.NewReader(session)), nil
}

func hang(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// after is an answer, or the loss of the connection, that takes some time.
func after(d time.Duration, then func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		if pause(r.Context(), d) != nil {
			return nil, r.Context().Err()
		}
		return then(r)
	}
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func reset(*http.Request) (*http.Response, error) {
	return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
}

// drip begins an answer, of which a character comes each second.
func drip(r *http.Request) (*http.Response, error) {
	return answer(http.StatusOK, drops{r.Context()}), nil
}

type drops struct{ ctx context.Context }

func (d drops) Read(p []byte) (int, error) {
	if err := pause(d.ctx, time.Second); err != nil {
		return 0, err
	}
	return copy(p, " "), nil
}

// in returns the configuration of an account in a Region of a command.
func in(ctx context.Context, n *network, account, region string) aws.Config {
	return aws.Config{
		Region: region, Credentials: credentials.NewStaticCredentialsProvider(account, "b", ""), Retryer: retryer, HTTPClient: n,
		APIOptions: []func(*middleware.Stack) error{patient(ctx).limit},
	}
}

func ask(ctx context.Context, cfg aws.Config) error {
	_, err := iam.NewFromConfig(cfg).ListUsers(ctx, &iam.ListUsersInput{})
	return err
}

// unasked returns the Region that was not asked again; empty where an error is another one.
func unasked(err error) string {
	if u := new(Unasked); errors.As(err, &u) {
		return u.Region
	}
	return ""
}

// askOther asks another service in the same Region.
func askOther(ctx context.Context, cfg aws.Config) error {
	_, err := sns.NewFromConfig(cfg).ListTopics(ctx, &sns.ListTopicsInput{})
	return err
}
