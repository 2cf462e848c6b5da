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
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	schedulertypes "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
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

// TestEveryRegionIsApart, those too that the emulator does not know by itself: what has a name in one is free in all others.
func TestEveryRegionIsApart(t *testing.T) {
	s := startServer(t, Options{})
	for _, code := range regions() {
		events := eventbridge.NewFromConfig(s.Config(account, code))
		rules, err := events.ListRules(t.Context(), &eventbridge.ListRulesInput{})
		if err != nil || len(rules.Rules) > 0 {
			t.Fatalf("%s: %v, %v", code, rules, err)
		}
		rule, err := events.PutRule(t.Context(), &eventbridge.PutRuleInput{Name: aws.String("rule"), EventPattern: aws.String(`{"source":["test"]}`)})
		if err != nil || !strings.Contains(aws.ToString(rule.RuleArn), ":"+code+":") {
			t.Errorf("%s: %v, %v", code, rule, err)
		}
		_, err = scheduler.NewFromConfig(s.Config(account, code)).CreateSchedule(t.Context(), &scheduler.CreateScheduleInput{
			Name: aws.String("schedule"), ScheduleExpression: aws.String("rate(1 hour)"),
			FlexibleTimeWindow: &schedulertypes.FlexibleTimeWindow{Mode: schedulertypes.FlexibleTimeWindowModeOff},
			Target: &schedulertypes.Target{
				Arn: aws.String("arn:aws:sqs:" + code + ":" + account + ":queue"), RoleArn: aws.String("arn:aws:iam::" + account + ":role/role"),
			},
		})
		if err != nil {
			t.Errorf("%s: %v", code, err)
		}
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
