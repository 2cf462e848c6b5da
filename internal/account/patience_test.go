package account

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go/middleware"
)

// A Region that let one question wait for nothing gets little time for the next ones, until it answers. Other Regions have theirs, and so has a queue,
// which may hold its answer back.
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
	again = time.Hour
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
	if _, err := sqs.NewFromConfig(in("us-east-1", time.Minute)).ListQueues(t.Context(), &sqs.ListQueuesInput{}); err != nil {
		t.Errorf("a queue: %v", err)
	}
	w.learn("us-east-1", context.DeadlineExceeded, nil)
	again = time.Hour
	if err := ask("us-east-1", time.Minute); err != nil || w.known("us-east-1") {
		t.Errorf("an answer within the limit: %v, %v", err, w.silent)
	}
	again = time.Millisecond
	if err := ask("us-east-1", time.Minute); err != nil {
		t.Errorf("after an answer: %v", err)
	}
}

// What says that a Region does not answer, and what does not.
func TestWhatIsLearntOfARegion(t *testing.T) {
	for name, c := range map[string]struct {
		before     bool
		err, ended error
		silent     bool
	}{
		"an answer":                       {before: true},
		"a refusal":                       {before: true, err: errors.New("AccessDenied")},
		"no answer in time":               {err: context.DeadlineExceeded, silent: true},
		"the time of the command is over": {err: context.DeadlineExceeded, ended: context.DeadlineExceeded, silent: true},
		"the command went on without it":  {err: context.DeadlineExceeded, ended: context.Canceled},
		"Ctrl-C":                          {before: true, err: context.Canceled, ended: context.Canceled, silent: true},
	} {
		w := &waits{silent: map[string]bool{"us-east-1": c.before}}
		if w.learn("us-east-1", c.err, c.ended); w.known("us-east-1") != c.silent {
			t.Errorf("%s: silent %v", name, !c.silent)
		}
	}
}
