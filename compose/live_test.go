//go:build emulator

package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dt "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	st "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"golang.org/x/sync/errgroup"

	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/watch"
)

const liveAccount = "111111111111"

// local is a composer on the local AWS, with a queue that is subscribed as people are.
type local struct {
	steps  *sfn.Client
	table  *dynamodb.Client
	queues *sqs.Client
	topic  string
	inbox  string
	alive  string
	role   string
	made   int
}

func newLocal(t *testing.T) *local {
	t.Helper()
	ctx := t.Context()
	server, err := emulator.Start(ctx, emulator.Options{Root: "..", Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	cfg := server.Config(liveAccount, "us-east-1")
	l := &local{steps: sfn.NewFromConfig(cfg), table: dynamodb.NewFromConfig(cfg), queues: sqs.NewFromConfig(cfg)}
	topic, err := sns.NewFromConfig(cfg).CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("alerts")})
	must(t, err)
	l.topic = *topic.TopicArn
	queue := func(name string) (url, arn string) {
		q, err := l.queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name})
		must(t, err)
		return *q.QueueUrl, "arn:aws:sqs:us-east-1:" + liveAccount + ":" + name
	}
	var inbox, alive string
	l.inbox, inbox = queue("inbox")
	l.alive, alive = queue("alive")
	_, err = sns.NewFromConfig(cfg).Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: &l.topic, Protocol: aws.String("sqs"), Endpoint: &inbox,
		Attributes: map[string]string{"FilterPolicy": `{"` + BeatAttribute + `": [{"exists": false}]}`},
	})
	must(t, err)
	bus := eventbridge.NewFromConfig(cfg)
	_, err = bus.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("alive"), EventPattern: aws.String(`{"source": ["` + watch.AliveSource + `"]}`)})
	must(t, err)
	_, err = bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("alive"), Targets: []eb.Target{{Id: aws.String("alive"), Arn: &alive}}})
	must(t, err)
	_, err = l.table.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("breakglass-alerts"), BillingMode: dt.BillingModePayPerRequest,
		KeySchema:            []dt.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dt.KeyTypeHash}},
		AttributeDefinitions: []dt.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dt.ScalarAttributeTypeS}},
	})
	must(t, err)
	role, err := iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("composer"), AssumeRolePolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
			"Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`),
	})
	must(t, err)
	l.role = *role.Role.Arn
	return l
}

// machine makes a composer; edit, if given, changes its definition.
func (l *local) machine(t *testing.T, edit func(states object)) string {
	t.Helper()
	m := sampleMachine("")
	m.Topic = l.topic
	definition := m.Definition()
	if edit != nil {
		edit(definition["States"].(object))
	}
	text, err := json.Marshal(definition)
	must(t, err)
	l.made++
	made, err := l.steps.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(fmt.Sprint("composer-", l.made)), Definition: aws.String(string(text)), RoleArn: &l.role,
	})
	must(t, err)
	return *made.StateMachineArn
}

// run composes an event of an entry to the end, and returns the states that it passed.
func (l *local) run(ctx context.Context, machine, entry string, event map[string]any) (string, error) {
	input, err := json.Marshal(map[string]any{"id": event["id"], "entry": entry, "event": event})
	if err != nil {
		return "", err
	}
	started, err := l.steps.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &machine, Input: aws.String(string(input))})
	if err != nil {
		return "", err
	}
	for {
		now, err := l.steps.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		switch {
		case err != nil:
			return "", err
		case now.Status == st.ExecutionStatusSucceeded:
			history, err := l.steps.GetExecutionHistory(ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: started.ExecutionArn})
			if err != nil {
				return "", err
			}
			var path []string
			for _, e := range history.Events {
				if e.StateEnteredEventDetails != nil {
					path = append(path, *e.StateEnteredEventDetails.Name)
				}
			}
			return strings.Join(path, " "), nil
		case now.Status != st.ExecutionStatusRunning:
			return "", fmt.Errorf("the execution %s: %s %s", now.Status, aws.ToString(now.Error), aws.ToString(now.Cause))
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// notification is what SNS puts into a queue.
type notification struct{ Subject, Message string }

// received empties a queue.
func (l *local) received(t *testing.T, url string) []notification {
	t.Helper()
	var all []notification
	for {
		out, err := l.queues.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1})
		must(t, err)
		if len(out.Messages) == 0 {
			return all
		}
		for _, m := range out.Messages {
			var n notification
			must(t, json.Unmarshal([]byte(*m.Body), &n))
			if n.Message == "" {
				n.Message = *m.Body
			}
			all = append(all, n)
			_, err := l.queues.DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle})
			must(t, err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// signIn returns a sign-in as it appears on the bus, with an event ID of its own.
func signIn(t *testing.T, id string) map[string]any {
	t.Helper()
	s, ok := watch.SampleNamed("a sign-in with MFA")
	if !ok {
		t.Fatal("no such sample")
	}
	event := asJSON(t, s.Event())
	event["detail"].(map[string]any)["eventID"] = id
	return event
}

func TestLiveComposer(t *testing.T) {
	l := newLocal(t)
	machine := l.machine(t, nil)
	passes := func(t *testing.T, machine, entry string, event map[string]any, want string, subjects ...string) {
		t.Helper()
		path, err := l.run(t.Context(), machine, entry, event)
		must(t, err)
		if path != want {
			t.Errorf("it passed %s, want %s", path, want)
		}
		var got []string
		for _, n := range l.received(t, l.inbox) {
			got = append(got, n.Subject)
		}
		if strings.Join(got, "\n") != strings.Join(subjects, "\n") {
			t.Errorf("people received %q, want %q", got, subjects)
		}
	}
	const subject = "BREAK GLASS: BreakglassUser signed in, us-east-1, with MFA"
	t.Run("an alert, once", func(t *testing.T) {
		passes(t, machine, "sign-in", signIn(t, "one"), "Sort Once First Send", subject)
		passes(t, machine, "sign-in", signIn(t, "one"), "Sort Once Sent")
	})
	t.Run("a drill of the hub's own Region, and of another", func(t *testing.T) {
		drill := signIn(t, "drill")
		drill["source"] = watch.DrillSource
		passes(t, machine, "sign-in", drill, "Sort Once First Send", "DRILL: "+subject)
		drill["region"] = "eu-west-1"
		passes(t, machine, "sign-in", drill, "Sort Elsewhere")
	})
	t.Run("a heartbeat reaches nobody, and says so", func(t *testing.T) {
		beat := map[string]any{"id": "1", "source": watch.HeartbeatSource, "region": "us-east-1", "time": "2026-11-26T08:30:00Z", "detail": map[string]any{}}
		passes(t, machine, "sign-in", beat, "Sort Beat Carried Alive")
		passes(t, machine, "root-sign-in", beat, "Sort Beat Carried Alive")
		passes(t, machine, "root-sign-in", beat, "Sort Beat Carried Alive")
		most := 0.0
		for _, n := range l.received(t, l.alive) {
			var event struct {
				Detail struct{ Carried, Expected float64 }
			}
			must(t, json.Unmarshal([]byte(n.Message), &event))
			most = max(most, event.Detail.Carried)
			if event.Detail.Expected != float64(sampleMachine("").Expected()) {
				t.Errorf("it expects %v", event.Detail.Expected)
			}
		}
		if most != 2 {
			t.Errorf("%v rules carried the heartbeat, want 2", most)
		}
	})
	t.Run("what cannot be composed is sent as it is", func(t *testing.T) {
		broken := l.machine(t, func(states object) {
			states["Send"].(object)["Arguments"] = code("$nothing.is(here)")
		})
		path, err := l.run(t.Context(), broken, "sign-in", signIn(t, "raw"))
		must(t, err)
		got := l.received(t, l.inbox)
		if !strings.HasSuffix(path, "Send Raw") || len(got) != 1 || !strings.Contains(got[0].Subject, "could not be composed") || !strings.Contains(got[0].Message, `"eventID":"raw"`) {
			t.Errorf("it passed %s, and people received %q", path, got)
		}
	})
	t.Run("a flood", func(t *testing.T) {
		began := time.Now()
		group, ctx := errgroup.WithContext(t.Context())
		group.SetLimit(16)
		const flood = 100
		for i := range flood {
			event := signIn(t, fmt.Sprint("flood-", i))
			group.Go(func() error {
				_, err := l.run(ctx, machine, "sign-in", event)
				return err
			})
		}
		must(t, group.Wait())
		took := time.Since(began)
		alerts, summaries := 0, 0
		for _, n := range l.received(t, l.inbox) {
			if strings.Contains(n.Subject, "more alerts follow") {
				summaries++
			} else {
				alerts++
			}
		}
		most := Burst + int(took/pace) + 1
		t.Logf("%d sign-ins in %v: %d alerts, %d summaries", flood, took, alerts, summaries)
		if alerts > most || alerts < 1 || summaries < 1 || summaries > 1+int(took/time.Minute) {
			t.Errorf("%d alerts, at most %d are allowed, and %d summaries", alerts, most, summaries)
		}
	})
	t.Run("without its table every alert passes", func(t *testing.T) {
		_, err := l.table.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("breakglass-alerts")})
		must(t, err)
		passes(t, machine, "sign-in", signIn(t, "without a table"), "Sort Once First Send", subject)
	})
}
