//go:build emulator

package compose

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dt "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// BenchmarkLatency measures what the composer adds between an event and its message: the same sign-in goes by a rule straight to a
// topic, as it did before there was a composer, and by a rule, the composer and a topic, one after the other in one run. It asserts
// nothing.
func BenchmarkLatency(b *testing.B) {
	l := newLocal(b)
	topic, err := l.topics.CreateTopic(b.Context(), &sns.CreateTopicInput{Name: aws.String("direct")})
	must(b, err)
	inbox, arn := l.queue(b, "direct-inbox")
	_, err = l.topics.Subscribe(b.Context(), &sns.SubscribeInput{TopicArn: topic.TopicArn, Protocol: aws.String("sqs"), Endpoint: &arn})
	must(b, err)
	l.rule(b, "direct", *topic.TopicArn)
	l.rule(b, "composed", l.machine(b, nil))

	direct, composed := make([]time.Duration, b.N), make([]time.Duration, b.N)
	ways := []struct {
		name, inbox string
		times       []time.Duration
	}{{"direct", inbox, direct}, {"composed", l.inbox, composed}}
	for i := range b.N + 1 {
		for _, way := range ways {
			l.idle(b)
			began := time.Now()
			l.signsIn(b, fmt.Sprint(way.name, "-", i))
			l.arrives(b, way.inbox)
			if i > 0 { // the first starts what evaluates JSONata
				way.times[i-1] = time.Since(began)
			}
		}
	}
	ratios := make([]float64, b.N)
	for i := range ratios {
		ratios[i] = float64(composed[i]) / float64(direct[i])
	}
	slices.Sort(direct)
	slices.Sort(composed)
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(direct[b.N/2].Milliseconds()), "direct-ms")
	b.ReportMetric(float64(composed[b.N/2].Milliseconds()), "composed-ms")
	b.ReportMetric(float64((composed[b.N/2] - direct[b.N/2]).Milliseconds()), "more-ms")
	b.ReportMetric(ratios[b.N/2], "ratio")
}

// idle empties the bucket of alerts: the composer would make the alerts of a measurement wait.
func (l *local) idle(b *testing.B) {
	b.Helper()
	_, err := l.table.DeleteItem(b.Context(), &dynamodb.DeleteItemInput{
		TableName: aws.String("breakglass-alerts"), Key: map[string]dt.AttributeValue{TableKey: &dt.AttributeValueMemberS{Value: "rate#alert"}},
	})
	must(b, err)
}

// arrives waits for a message in a queue, and removes it.
func (l *local) arrives(b *testing.B, url string) {
	b.Helper()
	for end := time.Now().Add(2 * time.Minute); ; {
		out, err := l.queues.ReceiveMessage(b.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, WaitTimeSeconds: 5})
		must(b, err)
		if len(out.Messages) == 1 {
			_, err := l.queues.DeleteMessage(b.Context(), &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: out.Messages[0].ReceiptHandle})
			must(b, err)
			return
		}
		if time.Now().After(end) {
			b.Fatal("nothing arrives")
		}
	}
}
