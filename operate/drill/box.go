package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"example.com/breakglass/compose"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
)

// box is a queue that is subscribed to a hub's topic during a run: what arrives in it, people receive.
type box struct {
	hub          string
	queues       *sqs.Client
	topics       *sns.Client
	name, url    string
	topic, queue string // ARNs
	subscription string
	// unsure is set where Subscribe got no answer, but may have succeeded.
	unsure bool
}

// openBoxes creates a queue in each hub whose topic carries a drill. A missing topic is a finding, not a failure.
func (s *state) openBoxes(ctx context.Context) ([]*box, error) {
	var boxes []*box
	for _, hub := range s.topics() {
		if away := s.away[hub]; away != nil {
			s.lost[place(Topic, hub)] = away
			continue
		}
		// Ctrl-C does not interrupt this: otherwise it would be unknown whether the queue exists.
		opening, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.asking)
		b, err := s.openBox(opening, hub)
		cancel()
		if b != nil {
			boxes = append(boxes, b)
		}
		if err != nil {
			var gone *snstypes.NotFoundException
			switch {
			case errors.As(err, &gone):
				s.lost[place(Topic, hub)] = s.noTopic(hub)
			case account.Silent(err) && len(s.Hubs) > 1:
				s.lost[place(Topic, hub)] = &Broken{What: err.Error()}
			default:
				return boxes, fmt.Errorf("%w (or drill with --no-queue, which leaves the topic unchanged and reads only the ledger)", err)
			}
		}
		if ctx.Err() != nil {
			break
		}
	}
	return boxes, nil
}

func (s *state) noTopic(hub string) *Broken {
	return &Broken{
		What: "the topic " + names.Topic + " in " + hub + " does not exist: nobody is notified",
		Fix:  s.restore(s.hubStack(hub)) + ", then confirm the subscriptions again",
	}
}

func (s *state) openBox(ctx context.Context, hub string) (*box, error) {
	cfg, err := s.aws(ctx, hub)
	if err != nil {
		return nil, err
	}
	b := &box{hub: hub, queues: sqs.NewFromConfig(cfg), topics: sns.NewFromConfig(cfg), name: names.DrillQueue + s.Name}
	b.topic, b.queue = s.config.HubIn(hub).Topic(names.Topic), s.config.HubIn(hub).Queue(b.name)
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": b.queue,
		"Condition": map[string]any{"ArnEquals": map[string]any{"aws:SourceArn": b.topic}},
	}}})
	if err != nil {
		return nil, err
	}
	out, err := b.queues.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(b.name), Attributes: map[string]string{
		string(sqstypes.QueueAttributeNamePolicy): string(policy), string(sqstypes.QueueAttributeNameSqsManagedSseEnabled): "true",
		string(sqstypes.QueueAttributeNameMessageRetentionPeriod): "3600",
	}})
	if account.Silent(err) {
		return b, account.Explain(err, "creating a queue for the drill in "+hub) // and yet it may be there
	}
	if err != nil {
		return nil, account.Explain(err, "creating a queue for the drill in "+hub)
	}
	b.url = aws.ToString(out.QueueUrl)
	subscribed, err := b.topics.Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: aws.String(b.topic), Protocol: aws.String("sqs"), Endpoint: aws.String(b.queue), ReturnSubscriptionArn: true,
	})
	if err != nil {
		b.unsure = account.Silent(err)
		return b, account.Explain(err, "subscribing a queue to the topic in "+hub)
	}
	b.subscription = aws.ToString(subscribed.SubscriptionArn)
	return b, nil
}

// closeBoxes deletes the queues, and returns what is left. A Region that does not answer does not delay the others.
func closeBoxes(ctx context.Context, boxes []*box) []string {
	byHub := map[string]*box{}
	var hubs, left []string
	for _, b := range boxes {
		hubs, byHub[b.hub] = append(hubs, b.hub), b
	}
	for _, r := range fan.Out(ctx, hubs, fan.Bound, func(ctx context.Context, hub string) ([]string, error) { return byHub[hub].close(ctx), nil }, nil) {
		left = append(left, r.Value...)
	}
	return left
}

func (b *box) close(ctx context.Context) (left []string) {
	if b.url == "" {
		out, err := b.queues.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(b.name)})
		var none *sqstypes.QueueDoesNotExist
		switch {
		case errors.As(err, &none):
			return nil
		case err != nil:
			return []string{fmt.Sprintf("perhaps the queue %s in %s (%v)", b.name, b.hub, account.Explain(err, "looking for the drill's queue in "+b.hub))}
		}
		b.url = aws.ToString(out.QueueUrl)
	}
	subscription := b.subscription
	if b.unsure {
		subscription = b.find(ctx)
	}
	if subscription != "" {
		_, err := b.topics.Unsubscribe(ctx, &sns.UnsubscribeInput{SubscriptionArn: aws.String(subscription)})
		var gone *snstypes.NotFoundException // deleted with its topic meanwhile
		if err != nil && !errors.As(err, &gone) {
			left = append(left, fmt.Sprintf("the subscription %s (%v)", subscription, account.Explain(err, "unsubscribing the drill's queue in "+b.hub)))
		}
	}
	if _, err := b.queues.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: aws.String(b.url)}); err != nil {
		left = append(left, fmt.Sprintf("the queue %s in %s (%v)", b.name, b.hub, account.Explain(err, "deleting the drill's queue in "+b.hub)))
	}
	return left
}

// find returns the ARN of the queue's subscription to the topic; empty where there is none.
func (b *box) find(ctx context.Context) string {
	pages := sns.NewListSubscriptionsByTopicPaginator(b.topics, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(b.topic)})
	subscriptions := func(page *sns.ListSubscriptionsByTopicOutput) []snstypes.Subscription { return page.Subscriptions }
	for one, err := range whole.Each(ctx, pages, subscriptions) {
		if err != nil {
			return "" // deleting the queue fails as well, then, and that is reported
		}
		if aws.ToString(one.Endpoint) == b.queue {
			return aws.ToString(one.SubscriptionArn)
		}
	}
	return ""
}

// readBox receives the messages of a queue until ctx ends.
func (s *state) readBox(ctx context.Context, b *box) {
	for ctx.Err() == nil {
		out, err := b.queues.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: aws.String(b.url), MaxNumberOfMessages: 10, WaitTimeSeconds: 2})
		if err != nil {
			pause(ctx, time.Second)
			continue
		}
		now := time.Now()
		for _, message := range out.Messages {
			// The queue is deleted with what is left in it; deleting a message only keeps it from being received again.
			_, _ = b.queues.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(b.url), ReceiptHandle: message.ReceiptHandle})
			s.read(b.hub, aws.ToString(message.Body), now)
		}
	}
}

// read takes one message of a hub's topic.
func (s *state) read(hub, body string, now time.Time) {
	subject, ids := drillsIn(body)
	if subject == compose.DrillSummarySubject {
		s.exceeded(hub)
		return
	}
	for _, id := range ids {
		if subject == compose.RawSubject || subject == compose.RawDrillSubject {
			s.sentRaw(id, hub)
		} else {
			s.arrived(receipt{id: id, where: Topic, hub: hub, at: now})
		}
	}
}

// drillsIn returns the subject of a message, and the IDs of the drills that it is about. SNS puts what was published into a JSON
// object; what the composer writes for a queue is JSON itself, with the ID. Texts show other fields, which may be cut short.
func drillsIn(body string) (subject string, ids []string) {
	var envelope struct{ Subject, Message string }
	if json.Unmarshal([]byte(body), &envelope) != nil {
		return "", inText.FindAllString(body, -1)
	}
	var composed struct {
		EventID string `json:"eventId"`
	}
	if json.Unmarshal([]byte(envelope.Message), &composed) == nil && composed.EventID != "" {
		return envelope.Subject, []string{composed.EventID}
	}
	return envelope.Subject, inText.FindAllString(body, -1)
}
