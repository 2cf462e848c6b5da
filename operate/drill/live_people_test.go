//go:build emulator

package drill

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/local"
)

// answered drills at a terminal, reads the messages as a person does, and types in their code words.
func (l *live) answered(t *testing.T) {
	t.Helper()
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip("no terminal without script, of util-linux")
	}
	hubs := l.Config.HubRegions()
	boxes := map[string]*local.Mailbox{}
	for _, hub := range hubs {
		arn := "arn:aws:sqs:" + hub + ":111111111111:person"
		boxes[hub], err = l.NewMailbox(t.Context(), arn)
		check(t, err)
		topic := sns.NewFromConfig(l.AWS(hub))
		subscribed, err := topic.Subscribe(t.Context(), &sns.SubscribeInput{
			TopicArn: aws.String("arn:aws:sns:" + hub + ":111111111111:" + names.Topic), Protocol: aws.String("sqs"), Endpoint: aws.String(arn),
		})
		check(t, err)
		defer topic.Unsubscribe(context.WithoutCancel(t.Context()), &sns.UnsubscribeInput{SubscriptionArn: subscribed.SubscriptionArn})
	}
	cmd := exec.CommandContext(t.Context(), script, "-qec", l.command+" drill --yes --people --wait 1m --config "+l.File, os.DevNull)
	cmd.Env = append(l.env, "TERM=xterm-256color")
	keyboard, err := cmd.StdinPipe()
	check(t, err)
	var out terminal
	cmd.Stdout = &out
	check(t, cmd.Start())
	_, err = fmt.Fprintln(keyboard, "zebra")
	check(t, err)
	for _, hub := range hubs {
		l.typesIn(t, boxes[hub], hub, &out, keyboard)
	}
	err = cmd.Wait()
	t.Logf("%v\n%s", err, out.String())
	for _, words := range []string{
		"\"zebra\" is not a code word of this drill", "the code word from us-east-1, after", "the code word from us-west-2, after", "4 of 4 Regions answered",
	} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if strings.Contains(out.String(), "a message was read") {
		t.Error("that it was read is said to be unproved")
	}
}

// typesIn types in the code word of each mail in the box until one is taken for the hub's. Others may arrive before it: a notice that
// more follow, and what the local AWS makes of an earlier drill's own calls a minute later.
func (l *live) typesIn(t *testing.T, box *local.Mailbox, hub string, out *terminal, keyboard io.Writer) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		mails, err := box.Collect(t.Context(), 1, time.Second)
		check(t, err)
		for _, m := range mails {
			t.Log(m.Text)
			id := inText.FindString(m.Text)
			if id == "" {
				continue
			}
			word := strings.Split(id, "-")[1]
			if strings.Contains(strings.ReplaceAll(out.String(), "zebra", ""), word) {
				t.Errorf("the terminal shows the code word %s before it is typed in", word)
			}
			_, err = fmt.Fprintln(keyboard, word)
			check(t, err)
		}
		if strings.Contains(out.String(), "the code word from "+hub+", after") {
			return
		}
	}
	t.Errorf("no code word of %s within a minute", hub)
}

// terminal keeps what a command shows, and can be read meanwhile.
type terminal struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (s *terminal) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.Write(text)
}

func (s *terminal) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}

// interrupted starts a drill that has to wait, and presses Ctrl-C that long after the queues are there.
func (l *live) interrupted(t *testing.T, after time.Duration) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), l.command, "drill", "--yes", "--config", l.File, "--wait", "1m")
	cmd.Env = l.env
	out, err := cmd.StdoutPipe()
	check(t, err)
	var failure bytes.Buffer
	cmd.Stderr = &failure
	check(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "" { // an empty line follows once the queues are there
	}
	if !slices.ContainsFunc(l.Config.HubRegions(), func(hub string) bool {
		queues, err := sqs.NewFromConfig(l.AWS(hub)).ListQueues(t.Context(), &sqs.ListQueuesInput{QueueNamePrefix: aws.String("breakglass-drill-")})
		return err == nil && len(queues.QueueUrls) > 0
	}) {
		t.Log("the queues were gone already")
	}
	time.Sleep(after)
	check(t, cmd.Process.Signal(syscall.SIGINT))
	for lines.Scan() {
	}
	_ = cmd.Wait()
	t.Logf("Ctrl-C after %v: exit %d, %s", after, cmd.ProcessState.ExitCode(), strings.TrimSpace(failure.String()))
	if code := cmd.ProcessState.ExitCode(); code == 2 && !strings.Contains(failure.String(), "stopped") {
		t.Errorf("it says %q", fmt.Sprint(failure.String()))
	}
}

// TestLiveRecording makes the recording in docs/proof.md: go test -tags emulator -run TestLiveRecording ./operate/drill -record, then
// go test ./docs -update.
func TestLiveRecording(t *testing.T) {
	if !*record {
		t.Skip("without -record")
	}
	l := newLive(t, "prove/demo/breakglass.yaml")
	cmd := exec.CommandContext(t.Context(), l.command, "drill", "--config", l.File)
	cmd.Env = l.env
	out, err := cmd.StdoutPipe()
	check(t, err)
	var text strings.Builder
	began := time.Now()
	check(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		fmt.Fprintf(&text, "%d\t%s\n", time.Since(began).Milliseconds(), lines.Text())
	}
	check(t, cmd.Wait())
	check(t, os.WriteFile(root+"/docs/drill.txt", []byte(text.String()), 0o644))
	t.Log(text.String())
}
