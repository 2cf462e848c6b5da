package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A Region that let one question wait for nothing gets little time for the next ones, until it answers. Other Regions have theirs, and so
// have a change, and a queue, which may hold its answer back.
func TestARegionThatHangsHasLittleTimeForMore(t *testing.T) {
	hangs, over := atomic.Bool{}, make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if hangs.Load() {
			select {
			case <-over:
			case <-r.Context().Done():
			}
			return
		}
		time.Sleep(50 * time.Millisecond) // more than the limit below
		if r.Header.Get("X-Amz-Target") != "" {
			_, _ = w.Write([]byte("{}"))
			return
		}
		_, _ = w.Write([]byte("<ListUsersResponse><ListUsersResult></ListUsersResult></ListUsersResponse>"))
	}))
	defer server.Close()
	defer close(over)
	usual := again
	t.Cleanup(func() { again = usual })
	w := &waits{silent: map[string]bool{}}
	in := func(region string, patience time.Duration) aws.Config {
		return aws.Config{
			Region: region, BaseEndpoint: aws.String(server.URL), Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), Retryer: retryer,
			HTTPClient: awshttp.NewBuildableClient().WithTimeout(patience), APIOptions: []func(*middleware.Stack) error{w.limit},
		}
	}
	ask := func(region string, patience time.Duration) error {
		_, err := iam.NewFromConfig(in(region, patience)).ListUsers(t.Context(), &iam.ListUsersInput{})
		return err
	}
	again = 50 * time.Millisecond
	hangs.Store(true)
	if err := ask("us-east-1", 100*time.Millisecond); !Silent(err) || !w.known("us-east-1") || w.known("us-west-2") {
		t.Fatalf("a Region that hangs: %v, %v", err, w.silent)
	}
	hangs.Store(false)
	again = time.Millisecond
	if err := ask("us-east-1", time.Minute); !Silent(err) || Explain(err, "listing").Error() != "listing: no answer in time; check the network, then repeat the command" {
		t.Errorf("the next question: %v", err)
	}
	if err := ask("us-west-2", time.Minute); err != nil {
		t.Errorf("another Region: %v", err)
	}
	slow := &waits{silent: map[string]bool{"us-east-1": true}}
	limited := in("us-east-1", time.Minute)
	limited.APIOptions = []func(*middleware.Stack) error{slow.limit}
	if _, err := sqs.NewFromConfig(limited).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: aws.String(server.URL)}); err != nil {
		t.Errorf("a queue: %v", err)
	}
	slow.silent["us-east-1"] = true
	if _, err := iam.NewFromConfig(limited).AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: aws.String("u"), PolicyArn: aws.String("p")}); err != nil {
		t.Errorf("a change: %v", err)
	}
	again = time.Hour
	if err := ask("us-east-1", time.Minute); err != nil || w.known("us-east-1") {
		t.Errorf("an answer within the limit: %v, %v", err, w.silent)
	}
	again = time.Millisecond
	if err := ask("us-east-1", time.Minute); err != nil {
		t.Errorf("after an answer: %v", err)
	}
}

// What AWS says is not lost where it comes when the time is over.
func TestARefusalThatIsLateIsARefusal(t *testing.T) {
	usual := again
	t.Cleanup(func() { again = usual })
	again = time.Millisecond
	w := &waits{silent: map[string]bool{"us-east-1": true}}
	late := smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		const refusal = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
		return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(refusal))}, nil
	})
	_, err := iam.NewFromConfig(aws.Config{
		Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: late, APIOptions: []func(*middleware.Stack) error{w.limit},
	}).ListUsers(t.Context(), &iam.ListUsersInput{})
	if Silent(err) || !strings.Contains(fmt.Sprint(err), "AccessDenied") || w.known("us-east-1") {
		t.Error(err)
	}
}

// What says that a Region does not answer, and what does not.
func TestWhatIsLearntOfARegion(t *testing.T) {
	for name, c := range map[string]struct {
		before     bool
		took       time.Duration
		err, ended error
		silent     bool
	}{
		"an answer":                       {before: true},
		"a refusal":                       {before: true, err: errors.New("AccessDenied")},
		"no answer in time":               {took: again, err: context.DeadlineExceeded, silent: true},
		"the time of the command is over": {took: again, err: context.DeadlineExceeded, ended: context.DeadlineExceeded, silent: true},
		"the last of many in that time":   {took: again - 1, err: context.DeadlineExceeded, ended: context.DeadlineExceeded},
		"one of many, of a silent Region": {before: true, err: context.DeadlineExceeded, ended: context.DeadlineExceeded, silent: true},
		"the command went on without it":  {took: again, err: context.DeadlineExceeded, ended: context.Canceled},
		"Ctrl-C":                          {before: true, err: context.Canceled, ended: context.Canceled, silent: true},
	} {
		w := &waits{silent: map[string]bool{"us-east-1": c.before}}
		if w.learn("us-east-1", c.took, c.err, c.ended); w.known("us-east-1") != c.silent {
			t.Errorf("%s: silent %v", name, !c.silent)
		}
	}
}
