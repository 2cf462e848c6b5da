package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// boxName is that of the queue that receives what people do. It is none of the project's names, so no rule is about it.
const boxName = "live-trial-mailbox"

// message is an alert as a machine gets it (docs/alerts.md), and when SNS put it into the queue.
type message struct {
	Hub     string    `json:"hub"`
	Arrived time.Time `json:"arrived"`
	Mail    string    `json:"mail"`

	Entry   string         `json:"entry"`
	Drill   bool           `json:"drill"`
	Region  string         `json:"region"`
	User    string         `json:"user"`
	MFA     string         `json:"mfa"`
	Result  string         `json:"result"`
	Time    time.Time      `json:"time"`
	EventID string         `json:"eventId"`
	Record  map[string]any `json:"record"`
}

// mailbox receives what both topics send.
type mailbox struct {
	client *sqs.Client
	url    string
	saved  string

	mutex    sync.Mutex
	messages []message
}

// hubPlace is the hub account in a Region.
func (t *trial) hubPlace(region string) place.Place {
	return place.Place{Partition: "aws", Account: t.hub, Region: region}
}

func (t *trial) queueARN() string { return t.hubPlace(hubRegion).Queue(boxName) }

// openBox makes the queue, which both topics may send to, and reads it until the end.
func (t *trial) openBox(ctx context.Context) error {
	var topics []string
	for _, region := range []string{hubRegion, standbyRegion} {
		topics = append(topics, t.hubPlace(region).Topic(names.Topic))
	}
	box := &mailbox{client: sqs.NewFromConfig(t.caller.In(hubRegion)), saved: filepath.Join(t.folder, "messages.json")}
	t.undo.add("the queue "+boxName, func(ctx context.Context) error { return box.delete(ctx) })
	url, err := makeQueue(ctx, box.client, boxName, "sns.amazonaws.com", t.queueARN(), map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": topics}})
	if err != nil {
		return err
	}
	box.url, t.box = url, box
	reading, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		box.read(reading)
	}()
	t.undo.add("the reader of the queue", func(context.Context) error {
		stop()
		<-done
		return box.save()
	})
	return nil
}

// makeQueue makes a queue that a service may send to, under a condition unless it is nil, and returns its address.
func makeQueue(ctx context.Context, client *sqs.Client, name, service, arn string, condition map[string]any) (string, error) {
	statement := map[string]any{"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": "sqs:SendMessage", "Resource": arn}
	if condition != nil {
		statement["Condition"] = condition
	}
	out, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(name), Attributes: map[string]string{
		string(types.QueueAttributeNamePolicy): *document(statement), string(types.QueueAttributeNameSqsManagedSseEnabled): "true",
	}})
	if err != nil {
		return "", account.Explain(err, "making the queue "+name)
	}
	return aws.ToString(out.QueueUrl), nil
}

func (m *mailbox) delete(ctx context.Context) error {
	return deleteQueue(ctx, m.client, boxName)
}

// deleteQueue deletes a queue, if it exists.
func deleteQueue(ctx context.Context, client *sqs.Client, name string) error {
	out, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(name)})
	var none *types.QueueDoesNotExist
	if errors.As(err, &none) {
		return nil
	}
	if err == nil {
		_, err = client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: out.QueueUrl})
	}
	return err
}

// read receives messages until ctx ends.
func (m *mailbox) read(ctx context.Context) {
	for ctx.Err() == nil {
		out, err := m.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(m.url), MaxNumberOfMessages: 10, WaitTimeSeconds: 5,
			MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp},
		})
		if err != nil {
			pause(ctx, time.Second)
			continue
		}
		for _, one := range out.Messages {
			m.take(aws.ToString(one.Body), one.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)])
			_, _ = m.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(m.url), ReceiptHandle: one.ReceiptHandle})
		}
	}
}

// take reads what SNS has put into the queue. What was not composed, such as the notice of an alarm, has no entry.
func (m *mailbox) take(body, sent string) {
	var envelope struct{ TopicArn, Subject, Message string }
	if json.Unmarshal([]byte(body), &envelope) != nil {
		return
	}
	var got message
	_ = json.Unmarshal([]byte(envelope.Message), &got) // see above
	got.Mail, got.Hub = envelope.Subject, strings.Split(envelope.TopicArn+":::", ":")[3]
	got.Arrived = time.Now()
	if millis, err := strconv.ParseInt(sent, 10, 64); err == nil {
		got.Arrived = time.UnixMilli(millis)
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.messages = append(m.messages, got)
}

// find returns the messages that a condition selects.
func (m *mailbox) find(is func(message) bool) (found []message) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	for _, one := range m.messages {
		if is(one) {
			found = append(found, one)
		}
	}
	return found
}

// wait returns the first message that a condition selects.
func (m *mailbox) wait(ctx context.Context, within time.Duration, is func(message) bool) (message, error) {
	var found []message
	err := until(ctx, within, func() (bool, error) {
		found = m.find(is)
		return len(found) > 0, nil
	})
	if err != nil {
		return message{}, err
	}
	return found[0], nil
}

func (m *mailbox) save() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	text, err := json.MarshalIndent(m.messages, "", "  ")
	if err != nil {
		return err
	}
	return file.Write(m.saved, append(text, '\n'))
}

// errNothing is returned when the time is over.
var errNothing = errors.New("nothing")

// until asks every second whether something has happened.
func until(ctx context.Context, within time.Duration, happened func() (bool, error)) error {
	for end := time.Now().Add(within); ; {
		ok, err := happened()
		if err != nil || ok {
			return err
		}
		if time.Now().After(end) {
			return fmt.Errorf("%w within %v", errNothing, within)
		}
		if pause(ctx, time.Second); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
