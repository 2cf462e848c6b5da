//go:build emulator

package main

import (
	"bytes"
	"context"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cf "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/internal/screen"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/prove/local/localtest"
)

const sandboxAccount = "111111111111"

// typed are the answers of a person who has one account, a mailbox and no monitor.
func typed(last string) <-chan string {
	lines := make(chan string, 10)
	for _, line := range []string{"", sandboxAccount, "", "security-team@example.com", "", last} {
		lines <- line
	}
	close(lines)
	return lines
}

// watched is what the trial prints; when it has printed a text, something happens.
type watched struct {
	t     *testing.T
	mutex sync.Mutex
	text  bytes.Buffer
	on    string
	then  func()
}

func (w *watched) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	_, _ = w.t.Output().Write(text)
	w.text.Write(text)
	if w.on != "" && strings.Contains(w.text.String(), w.on) {
		w.on = ""
		w.then()
	}
	return len(text), nil
}

// TestTrial runs the whole trial on the local AWS: what that can answer is answered, and everything else is skipped by name. Somebody
// closes the terminal while the last question is asked: nothing is left.
func TestTrial(t *testing.T) {
	server := localtest.Start(t, "../..")
	localtest.As(t, server, sandboxAccount, hubRegion)
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("CDK_VALIDATION", "false")
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	root = strings.TrimSuffix(root, "/prove/live")
	ctx := untilStopped()
	t.Cleanup(func() { signal.Reset(syscall.SIGHUP, syscall.SIGPIPE) })
	last := questions[len(questions)-1].id + ":"
	closed := syscall.SIGHUP
	if signal.Ignored(closed) { // as nohup does
		closed = syscall.SIGTERM
	}
	said := &watched{t: t, on: last, then: func() { must(t, syscall.Kill(os.Getpid(), closed)); <-ctx.Done() }}
	out := screen.New(said, said, false)
	err = run(ctx, options{Root: root, Out: out, Person: &person{lines: typed("yes"), out: out}, Local: true})
	if err == nil || err.Error() != context.Canceled.Error() {
		t.Errorf("the trial ends with %v", err)
	}
	text := said.text.String()
	for _, q := range questions {
		skipped := strings.Contains(text, "skipped "+q.id+": ")
		if want := q.by == aPerson || q.notLocal != ""; skipped != want {
			t.Errorf("%s: skipped %v, want %v", q.id, skipped, want)
		}
		if strings.Contains(text, "no answer to "+q.id+":") {
			t.Errorf("%s has no answer", q.id)
		}
	}
	if strings.Contains(text, "✓ NO") {
		t.Error("an answer is no")
	}
	nothingLeft(t, server)
}

// nothingLeft fails for everything that the trial makes and that is still there.
func nothingLeft(t *testing.T, server *emulator.Server) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	for _, region := range []string{hubRegion, standbyRegion, furtherRegion} {
		cfg := server.Config(sandboxAccount, region)
		stacks, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{})
		must(t, err)
		for _, s := range stacks.Stacks {
			if s.StackStatus != cf.StackStatusDeleteComplete {
				t.Errorf("left in %s: stack %s, %s", region, *s.StackName, s.StackStatus)
			}
		}
		queues, err := sqs.NewFromConfig(cfg).ListQueues(ctx, &sqs.ListQueuesInput{})
		must(t, err)
		machines, err := sfn.NewFromConfig(cfg).ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
		must(t, err)
		if len(queues.QueueUrls) > 0 || len(machines.StateMachines) > 0 {
			t.Errorf("left in %s: queues %v, state machines %v", region, queues.QueueUrls, machines.StateMachines)
		}
	}
	client := iam.NewFromConfig(server.Config(sandboxAccount, hubRegion))
	roles, err := client.ListRoles(ctx, &iam.ListRolesInput{})
	must(t, err)
	users, err := client.ListUsers(ctx, &iam.ListUsersInput{})
	must(t, err)
	if len(roles.Roles) > 0 || len(users.Users) > 0 {
		t.Errorf("left: roles %v, users %v", roles.Roles, users.Users)
	}
}
