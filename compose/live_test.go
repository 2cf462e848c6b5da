//go:build emulator

package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/prove/emulator"
	"example.com/breakglass/watch"
)

const liveAccount = "111111111111"

// local is a composer on the local AWS, with a queue that is subscribed as people are.
type local struct {
	steps  *sfn.Client
	table  *dynamodb.Client
	queues *sqs.Client
	topics *sns.Client
	topic  string
	inbox  string
	alive  string
	bus    *eventbridge.Client
	roles  *iam.Client
	cfg    aws.Config
	role   string
	// starter is the role of the rules that start it.
	starter string
	made    int
}

// hub is where the composer runs.
var hub = []place.Place{sampleMachine("").Place}

func newLocal(t testing.TB) *local {
	t.Helper()
	ctx := t.Context()
	options := emulator.Options{Root: "..", EnforceIAM: true, Accounts: []string{liveAccount}}
	if _, is := t.(*testing.T); is { // a benchmark shows what it wrote
		options.Log = t.Output()
	}
	server, err := emulator.Start(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	cfg := server.Config(liveAccount, "us-east-1")
	l := &local{
		cfg: cfg, steps: sfn.NewFromConfig(cfg), table: dynamodb.NewFromConfig(cfg), queues: sqs.NewFromConfig(cfg), topics: sns.NewFromConfig(cfg),
		bus: eventbridge.NewFromConfig(cfg), roles: iam.NewFromConfig(cfg),
	}
	for _, name := range []string{names.BeatTopic, names.Topic} {
		topic, err := l.topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: &name, Attributes: map[string]string{"KmsMasterKeyId": names.KeyAlias}})
		must(t, err)
		l.topic = *topic.TopicArn
		l.letIn(t, access.Topic(sampleMachine("").Place, l.topic))
	}
	var inbox, alive string
	l.inbox, inbox = l.queue(t, "inbox")
	l.alive, alive = l.queue(t, "alive")
	_, err = l.topics.Subscribe(ctx, &sns.SubscribeInput{TopicArn: &l.topic, Protocol: aws.String("sqs"), Endpoint: &inbox})
	must(t, err)
	_, err = l.bus.PutRule(ctx, &eventbridge.PutRuleInput{Name: aws.String("alive"), EventPattern: aws.String(`{"source": ["` + watch.AliveSource + `"]}`)})
	must(t, err)
	_, err = l.bus.PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("alive"), Targets: []eb.Target{{Id: aws.String("alive"), Arn: &alive}}})
	must(t, err)
	_, err = l.table.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("breakglass-alerts"), BillingMode: dt.BillingModePayPerRequest,
		KeySchema:            []dt.KeySchemaElement{{AttributeName: aws.String("id"), KeyType: dt.KeyTypeHash}},
		AttributeDefinitions: []dt.AttributeDefinition{{AttributeName: aws.String("id"), AttributeType: dt.ScalarAttributeTypeS}},
	})
	must(t, err)
	role := func(name string, trust, policy access.Document) string {
		made, err := l.roles.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: text(t, trust)})
		must(t, err)
		_, err = l.roles.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: &name, PolicyName: &name, PolicyDocument: text(t, policy)})
		must(t, err)
		return *made.Role.Arn
	}
	l.role = role(names.ComposerRole, access.ComposerTrust(hub), access.Composer(hub, false))
	l.starter = role(names.ComposerStartRole, access.ComposerStartTrust(hub), access.ComposerStart(hub))
	return l
}

// queue makes a queue.
func (l *local) queue(t testing.TB, name string) (url, arn string) {
	t.Helper()
	q, err := l.queues.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &name})
	must(t, err)
	return *q.QueueUrl, "arn:aws:sqs:us-east-1:" + liveAccount + ":" + name
}

// letIn gives the topic a policy.
func (l *local) letIn(t testing.TB, policy access.Document) {
	t.Helper()
	l.set(t, "Policy", *text(t, policy))
}

// set sets an attribute of the topic.
func (l *local) set(t testing.TB, name, value string) {
	t.Helper()
	_, err := l.topics.SetTopicAttributes(t.Context(), &sns.SetTopicAttributesInput{TopicArn: &l.topic, AttributeName: &name, AttributeValue: &value})
	must(t, err)
}

// lacks gives the composer's role all its permissions but those of one statement.
func (l *local) lacks(t testing.TB, sid string) {
	t.Helper()
	policy := access.Composer(hub, false)
	policy["Statement"] = without(sid)(policy["Statement"].([]any))
	_, err := l.roles.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: aws.String(names.ComposerRole), PolicyName: aws.String(names.ComposerRole), PolicyDocument: text(t, policy),
	})
	must(t, err)
}

func text(t testing.TB, policy access.Document) *string {
	t.Helper()
	text, err := json.Marshal(policy)
	must(t, err)
	return aws.String(string(text))
}

// machine makes a composer; edit, if given, changes its definition.
func (l *local) machine(t testing.TB, edit func(states object)) string {
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

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
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
		passes(t, machine, "sign-in", signIn(t, "one"), "Sort Once Known First Compose Write Send", subject)
		passes(t, machine, "sign-in", signIn(t, "one"), "Sort Once Sent")
	})
	t.Run("a drill of the hub's own Region, and of another", func(t *testing.T) {
		drill := signIn(t, "drill")
		drill["source"] = watch.DrillSource
		passes(t, machine, "sign-in", drill, "Sort Once Known First Compose Write Send", "DRILL: "+subject)
		drill["region"] = "eu-west-1"
		passes(t, machine, "sign-in", drill, "Sort Elsewhere")
	})
	t.Run("the queue of a drill, and its end", func(t *testing.T) {
		change := func(id, call string, parameters, response map[string]any) map[string]any {
			s, _ := watch.SampleNamed("a stranger subscribed")
			event := asJSON(t, s.Event())
			detail := event["detail"].(map[string]any)
			detail["eventID"], detail["eventName"], detail["requestParameters"], detail["responseElements"] = id, call, parameters, response
			return event
		}
		said := func(event map[string]any, want string) {
			t.Helper()
			path, err := l.run(t.Context(), machine, watch.TopicChange, event)
			must(t, err)
			got := l.received(t, l.inbox)
			if !strings.HasPrefix(path, "Sort Queue Once Known First ") || len(got) != 1 || got[0].Subject != "BREAK GLASS: "+want+", us-east-1" {
				t.Errorf("it passed %s, and people received %q, want %s", path, got, want)
			}
		}
		const topic = "arn:aws:sns:us-east-1:111111111111:" + names.Topic
		end := func(id, arn string) map[string]any {
			return change(id, "Unsubscribe", map[string]any{"subscriptionArn": arn}, nil)
		}
		const arn, changed = topic + ":3f1f9d2e-0000-0000-0000-000000000001", "Unsubscribe by Administrator/mallory: alerting changed"
		said(end("early", arn), changed)
		said(change("begun", "Subscribe",
			map[string]any{"topicArn": topic, "protocol": "sqs", "endpoint": "arn:aws:sqs:us-east-1:111111111111:breakglass-drill-bcdfgh"},
			map[string]any{"subscriptionArn": arn}), "Subscribe by Administrator/mallory: queue of a DRILL")
		said(end("another", topic+":3f1f9d2e-0000-0000-0000-000000000002"), changed)
		said(end("ended", arn), "Unsubscribe by Administrator/mallory: queue of a DRILL")
	})
	t.Run("a heartbeat reaches nobody, and says so", func(t *testing.T) {
		beat := map[string]any{"id": "1", "source": watch.HeartbeatSource, "region": "us-east-1", "time": "2026-11-26T08:30:00Z", "detail": map[string]any{}}
		var entries []string
		for _, e := range watch.SampleScope.Composed() {
			entries = append(entries, e.ID)
		}
		last := len(entries) - 1
		for _, entry := range entries[:last] {
			passes(t, machine, entry, beat, "Sort Carried")
		}
		passes(t, machine, entries[0], beat, "Sort Carried") // a rule that starts it twice
		if n := len(l.received(t, l.alive)); n > 0 {
			t.Errorf("it reported %d times that all is well, without the beat of %s", n, entries[last])
		}
		passes(t, machine, entries[last], beat, "Sort Carried Beat Beaten Reachable Alive")
		reports := l.received(t, l.alive)
		if len(reports) != 1 {
			t.Fatalf("it reported %d times that all is well", len(reports))
		}
		var event struct {
			Detail struct{ Carried, Expected int }
		}
		must(t, json.Unmarshal([]byte(reports[0].Message), &event))
		if n := sampleMachine("").Expected(); n != len(entries) || event.Detail.Carried != n || event.Detail.Expected != n {
			t.Errorf("it reported %+v", event.Detail)
		}
	})
	t.Run("a heartbeat fails where the topic keeps the composer, the alarms or anybody out, or has another key", func(t *testing.T) {
		beat := map[string]any{"id": "2", "source": watch.HeartbeatSource, "region": "us-east-1", "time": "2026-11-26T09:30:00Z", "detail": map[string]any{}}
		whole := access.Topic(sampleMachine("").Place, l.topic)
		grants := whole["Statement"].([]any)
		entries := watch.SampleScope.Composed()
		for _, e := range entries[1:] {
			passes(t, machine, e.ID, beat, "Sort Carried")
		}
		for cause, statements := range map[string][]any{
			"lacks a grant": grants[1:],
			"policy of the alert topic is another": append(slices.Clone(grants), map[string]any{
				"Sid": "Quiet", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": l.topic,
			}),
		} {
			l.letIn(t, access.Document{"Version": "2012-10-17", "Statement": statements})
			if path, err := l.run(t.Context(), machine, entries[0].ID, beat); err == nil || !strings.Contains(err.Error(), cause) {
				t.Errorf("it passed %s, and failed with %v", path, err)
			}
		}
		l.letIn(t, whole)
		l.set(t, "KmsMasterKeyId", "alias/another")
		if path, err := l.run(t.Context(), machine, entries[0].ID, beat); err == nil || !strings.Contains(err.Error(), "another key") {
			t.Errorf("it passed %s, and failed with %v", path, err)
		}
		l.set(t, "KmsMasterKeyId", names.KeyAlias)
		passes(t, machine, entries[0].ID, beat, "Sort Carried Beat Beaten Reachable Alive")
		l.received(t, l.alive)
	})
	t.Run("what cannot be composed is sent as it is", func(t *testing.T) {
		broken := l.machine(t, func(states object) {
			states["Compose"].(object)["Branches"].([]any)[0].(object)["States"].(object)["Write"].(object)["Output"] = code("$nothing.is(here)")
		})
		path, err := l.run(t.Context(), broken, "sign-in", signIn(t, "raw"))
		must(t, err)
		got := l.received(t, l.inbox)
		if !strings.HasSuffix(path, "Compose Write Plain Raw") || len(got) != 1 || !strings.Contains(got[0].Subject, "could not be composed") ||
			!strings.Contains(got[0].Message, `"eventID":"raw"`) {
			t.Errorf("it passed %s, and people received %q", path, got)
		}
	})
	t.Run("a role that lacks a grant", func(t *testing.T) {
		l.lacks(t, "RememberAlerts")
		passes(t, machine, "sign-in", signIn(t, "not remembered"), "Sort Once Known First Compose Write Send", subject)
		l.lacks(t, "PublishAlerts")
		if path, err := l.run(t.Context(), machine, "sign-in", signIn(t, "not published")); err == nil || !strings.Contains(err.Error(), "FAILED: SNS.") {
			t.Errorf("it passed %s, and failed with %v; a failed execution triggers the alarm on composer-failure", path, err)
		}
		l.lacks(t, "nothing")
		passes(t, machine, "sign-in", signIn(t, "published again"), "Sort Once Known First Compose Write Send", subject)
	})
	t.Run("a flood", l.flood)
	t.Run("without its table every alert passes", func(t *testing.T) {
		_, err := l.table.DeleteTable(t.Context(), &dynamodb.DeleteTableInput{TableName: aws.String("breakglass-alerts")})
		must(t, err)
		passes(t, machine, "sign-in", signIn(t, "without a table"), "Sort Once Known First Compose Write Send", subject)
	})
}
