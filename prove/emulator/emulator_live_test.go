//go:build emulator

// These tests install LocalEmu into the project's .venv and start it: go test -tags emulator ./prove/emulator

package emulator

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

const account, region = "111111111111", "eu-west-1"

func startServer(t *testing.T, opts Options) *Server {
	t.Helper()
	opts.Root = "../.."
	opts.Log = t.Output()
	if err := Install(t.Context(), opts.Root, func(line string) { t.Log(line) }); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	s, err := Start(context.Background(), opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	t.Logf("answered after %v", time.Since(began).Round(10*time.Millisecond))
	return s
}

func TestInstallTwiceIsInstant(t *testing.T) {
	for range 2 {
		began := time.Now()
		if err := Install(t.Context(), "../..", func(line string) { t.Log(line) }); err != nil {
			t.Fatal(err)
		}
		t.Logf("took %v", time.Since(began))
	}
}

func TestStopLeavesNothing(t *testing.T) {
	s := startServer(t, Options{})
	pid := s.process.PID()
	s.Stop()
	s.Stop()
	if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is still there (%v)", pid, err)
	}
	if _, err := os.Stat(s.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", s.dir, err)
	}
	if conn, err := net.Dial("tcp", s.address); err == nil {
		conn.Close()
		t.Error("a server still listens")
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	if _, err := Start(ctx, Options{Root: "../.."}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

func TestCallersSettingsStayOut(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")
	t.Setenv("AWS_PROFILE", "nobody")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("DEBUG", "1")
	s := startServer(t, Options{EnforceIAM: true, Accounts: []string{account}})
	got, err := sts.NewFromConfig(s.Config(account, region)).GetCallerIdentity(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(got.Account) != account {
		t.Errorf("account %s, want %s", aws.ToString(got.Account), account)
	}
}

func TestRenderOfADeliveredText(t *testing.T) {
	s := startServer(t, Options{})
	ctx := t.Context()
	cfg := s.Config(account, region)
	topics, queues, rules := sns.NewFromConfig(cfg), sqs.NewFromConfig(cfg), eventbridge.NewFromConfig(cfg)

	topic, err := topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("topic")})
	check(t, err)
	queue, err := queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("queue")})
	check(t, err)
	attributes, err := queues.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: queue.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameQueueArn},
	})
	check(t, err)
	_, err = topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes["QueueArn"]),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	check(t, err)
	_, err = rules.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("rule"), EventPattern: aws.String(`{"source":["test"]}`)})
	check(t, err)
	_, err = rules.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("rule"), Targets: []ebtypes.Target{{
		Id: aws.String("1"), Arn: topic.TopicArn, InputTransformer: &ebtypes.InputTransformer{
			InputPathsMap: map[string]string{"x": "$.detail.x", "y": "$.detail.y"},
			InputTemplate: aws.String("\"a <x>\"\n\"b <y>\""),
		},
	}}})
	check(t, err)
	_, err = rules.PutEvents(ctx, &eventbridge.PutEventsInput{Entries: []ebtypes.PutEventsRequestEntry{{
		Source: aws.String("test"), DetailType: aws.String("test"), Detail: aws.String(`{"x":"é","y":"Y"}`),
	}}})
	check(t, err)

	got, err := queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl, WaitTimeSeconds: 10})
	check(t, err)
	if len(got.Messages) != 1 {
		t.Fatalf("%d messages, want 1", len(got.Messages))
	}
	body := aws.ToString(got.Messages[0].Body)
	if strings.Contains(body, "\n") {
		t.Errorf("the emulator now sends real line ends (%q): Render may go", body)
	}
	if want := "\"a é\"\n\"b Y\""; Render(body) != want {
		t.Errorf("Render(%q) = %q, want %q", body, Render(body), want)
	}
}

func TestWildcards(t *testing.T) {
	rules := eventbridge.NewFromConfig(startServer(t, Options{}).Config(account, region))
	for name, want := range map[string]bool{"breakglass-x": true, "the-breakglass-x": true, "x": false} {
		got, err := rules.TestEventPattern(t.Context(), &eventbridge.TestEventPatternInput{
			EventPattern: aws.String(`{"detail": {"name": [{"wildcard": "*breakglass-*"}]}}`),
			Event: aws.String(`{"id": "1", "account": "111111111111", "source": "test", "time": "2026-01-01T00:00:00Z", "region": "eu-west-1",
				"resources": [], "detail-type": "test", "detail": {"name": "` + name + `"}}`),
		})
		check(t, err)
		if got.Result != want {
			t.Errorf("%s matches: %v, want %v", name, got.Result, want)
		}
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
