package account

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/breakglass/config"
)

// TestARegionThatDoesNotAnswerCostsHalfAMinute: however it fails, whatever is asked, in whatever order.
func TestARegionThatDoesNotAnswerCostsHalfAMinute(t *testing.T) {
	fails := map[string]func(*http.Request) (*http.Response, error){
		"hangs": hang, "resets": reset, "resets late": after(7*time.Second, reset), "drips": drip, "begins late, then drips": after(9*time.Second, drip),
	}
	orders := map[string]func(one func(i int)){
		"one after another": func(one func(int)) {
			for i := range 40 {
				one(i)
			}
		},
		"at once, then again": func(one func(int)) {
			for round := range 6 {
				var all sync.WaitGroup
				for i := range 12 {
					all.Go(func() { one(round + i) })
				}
				all.Wait()
			}
		},
		"one begins each second": func(one func(int)) {
			var all sync.WaitGroup
			for i := range 29 {
				all.Go(func() { one(i) })
				time.Sleep(time.Second)
			}
			all.Wait()
		},
	}
	for failure, how := range fails {
		for order, run := range orders {
			t.Run(failure+", "+order, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n, ctx := &network{how: how}, WithPatience(t.Context())
					began := time.Now()
					run(func(i int) {
						// As each configuration that a command loads.
						err := []func(context.Context, aws.Config) error{ask, askOther}[i%2](ctx, in(ctx, n, "hub", "us-east-1"))
						if err == nil || !Silent(err) {
							t.Errorf("question %d: %v", i, err)
						}
					})
					if took := time.Since(began); took > Patience {
						t.Errorf("it took %s", took)
					}
					err := ask(ctx, in(ctx, n, "hub", "us-east-1"))
					if !Silent(err) || unasked(err) != "us-east-1" || time.Since(began) > Patience ||
						Explain(err, "listing").Error() != "listing: us-east-1 did not answer, and was not asked again; check the network, then repeat the command" {
						t.Errorf("after %s: %v", time.Since(began), err)
					}
					if unasked(ask(ctx, in(ctx, n, "hub", "us-west-2"))) == "" {
						t.Error("IAM is asked, which is in us-east-1 for every Region")
					}
					if unasked(askOther(ctx, in(ctx, n, "hub", "us-west-2"))) != "" {
						t.Error("another Region is not asked")
					}
				})
			})
		}
	}
}

// What a Region did not answer to one account, it may answer to another one; and what one service does not answer, another one.
func TestWhoIsAskedWhereOthersHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, ctx := &network{how: hang}, WithPatience(t.Context())
		for range 6 {
			_ = ask(ctx, in(ctx, n, "hub", "us-east-1"))
		}
		n.set(after(look-time.Millisecond, well))
		if err := askOther(ctx, in(ctx, n, "hub", "us-east-1")); unasked(err) == "" {
			t.Errorf("the account that hangs: %v", err)
		}
		n.set(hang)
		began := time.Now()
		if err := ask(ctx, in(ctx, n, "also", "us-east-1")); !Silent(err) || time.Since(began) != look {
			t.Errorf("an account that hangs, too, had %s: %v", time.Since(began), err)
		}
		n.set(after(look-time.Millisecond, well))
		if err := ask(ctx, in(ctx, n, "target", "us-east-1")); err != nil {
			t.Errorf("another account: %v", err)
		}
		if err := askOther(ctx, in(ctx, n, "hub", "us-east-1")); unasked(err) == "" {
			t.Errorf("the account that hangs, after another one had its answer: %v", err)
		}
		n.set(hang)
		began = time.Now()
		if err := askOther(ctx, in(ctx, n, "another", "us-west-2")); !Silent(err) || time.Since(began) < Patience/2 {
			t.Errorf("the first question had %s: %v", time.Since(began), err)
		}
		n.set(after(5*time.Second, well))
		for range 20 {
			if _, err := sqs.NewFromConfig(in(ctx, n, "another", "us-west-2")).ListQueues(ctx, &sqs.ListQueuesInput{}); err != nil {
				t.Fatalf("another service: %v", err)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) { // a service that hangs between the answers of another one
		n, ctx, lost := &network{}, WithPatience(t.Context()), time.Duration(0)
		for range 20 {
			n.set(hang)
			began := time.Now()
			_ = ask(ctx, in(ctx, n, "hub", "us-east-1"))
			lost += time.Since(began)
			n.set(nil)
			if err := askOther(ctx, in(ctx, n, "hub", "us-east-1")); err != nil {
				t.Fatal(err)
			}
		}
		if lost > Patience {
			t.Errorf("%s were lost", lost)
		}
	})
}

// What answers, however slowly, is asked again; a person is told once.
func TestARegionThatAnswersSlowlyIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		ctx := WithNote(t.Context(), func(text string) { told = append(told, text) })
		n := &network{how: after(8*time.Second, well)}
		for i := range 20 {
			if err := ask(ctx, in(ctx, n, "hub", "us-east-1")); err != nil {
				t.Fatalf("question %d: %v", i, err)
			}
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := ask(ctx, in(ctx, n, "hub", "us-east-1")); err != nil {
					t.Error(err)
				}
			})
			time.Sleep(3 * time.Second)
		}
		all.Wait()
		if !slices.Equal(told, []string{"us-east-1 answers slowly: 8s for ListUsers"}) {
			t.Errorf("told %q", told)
		}
		if by := (&Caller{ARN: "x"}).By(ctx); by != "x" {
			t.Errorf("evidence has %q", by)
		}
	})
}

func TestTheConfigurationsOfACommandShareItsPatience(t *testing.T) {
	ctx := WithNote(t.Context(), func(string) {})
	if one, other := patient(ctx), patient(ctx); one != other || one == patient(t.Context()) {
		t.Error("each has its own")
	}
}

// An answer gives a Region its time back, and so do minutes in which it was not asked: a deployment asks again at its end.
func TestARegionThatAnswersAgainHasItsTime(t *testing.T) {
	for name, mend := range map[string]func(ctx context.Context, n *network, cfg aws.Config){
		"an answer": func(ctx context.Context, n *network, cfg aws.Config) {
			n.set(nil)
			if err := ask(ctx, cfg); err != nil {
				t.Error(err)
			}
		},
		"a refusal, after the time": func(ctx context.Context, n *network, cfg aws.Config) {
			n.set(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return answer(http.StatusForbidden, strings.NewReader("<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")), nil
			})
			if err := ask(ctx, cfg); Silent(err) || !strings.Contains(fmt.Sprint(err), "AccessDenied") {
				t.Error(err)
			}
		},
		"time": func(context.Context, *network, aws.Config) { time.Sleep(recovers * Patience) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n, ctx := &network{how: hang}, WithPatience(t.Context())
				cfg := in(ctx, n, "hub", "us-east-1")
				_ = ask(ctx, cfg)
				if name == "time" {
					for range 6 {
						_ = ask(ctx, cfg)
					}
				}
				mend(ctx, n, cfg)
				n.set(after(Patience/2, well))
				if err := ask(ctx, cfg); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// Who waits for something to arrive asks again and again. What that costs is little, and an answer is not missed.
func TestAPollOfARegionThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, ctx := &network{how: hang}, WithPatience(t.Context())
		cfg, lost := in(ctx, n, "hub", "us-east-1"), time.Duration(0)
		for began := time.Now(); time.Since(began) < time.Hour; time.Sleep(time.Second) {
			asked := time.Now()
			_ = ask(ctx, cfg)
			lost += time.Since(asked)
		}
		if lost > Patience+time.Hour/recovers {
			t.Errorf("%s were lost", lost)
		}
		n.set(nil)
		mended := time.Now()
		for ask(ctx, cfg) != nil && time.Since(mended) < time.Hour {
			time.Sleep(time.Second)
		}
		if took := time.Since(mended); took > 20*time.Second {
			t.Errorf("it is asked again after %s", took)
		}
	})
}

// A change has its full time, and so has a queue that holds its answer back; what the command itself ends says nothing of a Region.
func TestWhatIsNoQuestionHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, ctx := &network{how: hang}, WithPatience(t.Context())
		cfg := in(ctx, n, "hub", "us-east-1")
		for range 6 {
			fast, end := context.WithCancel(ctx)
			time.AfterFunc(10*time.Second, end)
			if err := ask(fast, cfg); err == nil || Silent(err) {
				t.Error(err)
			}
		}
		for range 6 {
			_ = ask(ctx, cfg)
		}
		n.set(after(Patience-time.Second, well))
		if _, err := cloudformation.NewFromConfig(cfg).DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: aws.String("s")}); err != nil {
			t.Errorf("a change: %v", err)
		}
		n.set(hang)
		for range 6 {
			_ = ask(ctx, cfg)
		}
		n.set(after(20*time.Second, well))
		if _, err := sqs.NewFromConfig(cfg).ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: aws.String("https://sqs.us-east-1.amazonaws.com/1/q")}); err != nil {
			t.Errorf("a queue: %v", err)
		}
	})
}

// An account whose role nobody gives out delays no other one, and each of its roles only once.
func TestAnAccountThatHangsCostsHalfAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, ctx := &network{}, WithPatience(t.Context())
		n.set(func(r *http.Request) (*http.Response, error) {
			if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), "333333333333") {
				return hang(r)
			}
			return well(r)
		})
		file := &config.Config{
			Hub: config.Hub{Account: "111111111111", Region: "us-east-1"}, Deploy: config.Deploy{Access: config.AccessBootstrap},
		}
		keys := NewKeys(&Caller{Account: "111111111111", config: in(ctx, n, "hub", "us-east-1")}, file, nil)
		began := time.Now()
		for _, region := range []string{"us-east-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1", "ca-central-1"} {
			if _, err := keys.Stacks(ctx, "333333333333", region); !Silent(err) {
				t.Errorf("%s: %v", region, err)
			}
		}
		if took := time.Since(began); took > Patience {
			t.Errorf("it took %s", took)
		}
		if _, err := keys.Stacks(ctx, "222222222222", "us-west-2"); err != nil {
			t.Errorf("another account: %v", err)
		}
		if _, err := sts.NewFromConfig(in(ctx, n, "hub", "us-east-1")).GetSessionToken(ctx, &sts.GetSessionTokenInput{}); unasked(err) != "" {
			t.Errorf("the caller: %v", err)
		}
	})
}

func TestWhatMeansThatAnAnswerWasLost(t *testing.T) {
	for err, want := range map[error]bool{
		nil: false, errors.New("AccessDenied"): false, context.DeadlineExceeded: true, io.ErrUnexpectedEOF: true,
		&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}:                                                                       true,
		&smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: 503}}, Err: errors.New("")}: false,
	} {
		if lost(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}

func TestWhatIsAQuestion(t *testing.T) {
	for _, operation := range []string{
		"AssumeRole", "CheckIfPhoneNumberIsOptedOut", "DescribeStacks", "FilterLogEvents", "GetUser", "ListRules", "LookupEvents",
		"SimulatePrincipalPolicy", "TestEventPattern",
	} {
		if !question(operation) {
			t.Errorf("%s is none", operation)
		}
	}
	for _, operation := range []string{
		"CreateQueue", "DeleteStack", "PutEvents", "ReceiveMessage", "Subscribe", "TagResource", "UpdateTerminationProtection",
	} {
		if question(operation) {
			t.Errorf("%s is one", operation)
		}
	}
}
