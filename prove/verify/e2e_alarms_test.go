//go:build verify

package verify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/watch"
)

func suffixOf(hub string) string {
	if hub == standbyRegion {
		return names.StandbySuffix
	}
	return ""
}

// alarms returns the alarms of a Region that look at a metric.
func (e *e2e) alarms(t *testing.T, ctx context.Context, region string) []types.MetricAlarm {
	t.Helper()
	out, err := cloudwatch.NewFromConfig(e.run.AWS(region)).DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
	if err != nil {
		t.Fatal(err)
	}
	return out.MetricAlarms
}

func (e *e2e) alarm(t *testing.T, ctx context.Context, region, name string) types.MetricAlarm {
	t.Helper()
	all := e.alarms(t, ctx, region)
	i := slices.IndexFunc(all, func(a types.MetricAlarm) bool { return aws.ToString(a.AlarmName) == name })
	if i < 0 {
		t.Fatalf("%s has no alarm %s", region, name)
	}
	return all[i]
}

// alarmsOn returns the alarms on a metric of something, the one with the lowest threshold first.
func (e *e2e) alarmsOn(t *testing.T, ctx context.Context, region, dimension, value string) []types.MetricAlarm {
	t.Helper()
	all := slices.DeleteFunc(e.alarms(t, ctx, region), func(a types.MetricAlarm) bool {
		return aws.ToString(a.Dimensions[0].Name) != dimension || aws.ToString(a.Dimensions[0].Value) != value
	})
	slices.SortFunc(all, func(a, b types.MetricAlarm) int {
		return cmp.Compare(aws.ToFloat64(a.Threshold), aws.ToFloat64(b.Threshold))
	})
	return all
}

// measure adds data to the metric of an alarm. The local AWS accepts data for AWS's own metrics, which AWS does not.
func (e *e2e) measure(t *testing.T, ctx context.Context, region string, a types.MetricAlarm, value float64, at time.Time) {
	t.Helper()
	_, err := cloudwatch.NewFromConfig(e.run.AWS(region)).PutMetricData(ctx, &cloudwatch.PutMetricDataInput{
		Namespace:  a.Namespace,
		MetricData: []types.MetricDatum{{MetricName: a.MetricName, Dimensions: a.Dimensions, Value: aws.Float64(value), Timestamp: aws.Time(at)}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// evaluate makes an alarm evaluate its metric now, and waits for the result. The local AWS evaluates an alarm when it is
// put, and then once in all its periods: so it is put again as it is, and brought back to the state that it was in.
func (e *e2e) evaluate(t *testing.T, ctx context.Context, region string, a types.MetricAlarm, want types.StateValue) {
	t.Helper()
	client := cloudwatch.NewFromConfig(e.run.AWS(region))
	state := types.StateValue("")
	for end := time.Now().Add(2 * patience); time.Now().Before(end); {
		if _, err := client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: a.AlarmName, AlarmDescription: a.AlarmDescription, Namespace: a.Namespace, MetricName: a.MetricName,
			Dimensions: a.Dimensions, Statistic: a.Statistic, Period: a.Period, EvaluationPeriods: a.EvaluationPeriods,
			DatapointsToAlarm: a.DatapointsToAlarm, Threshold: a.Threshold, ComparisonOperator: a.ComparisonOperator,
			TreatMissingData: a.TreatMissingData, AlarmActions: a.AlarmActions, OKActions: a.OKActions,
		}); err != nil {
			t.Fatal(err)
		}
		for range 10 {
			time.Sleep(200 * time.Millisecond)
			if state = e.alarm(t, ctx, region, aws.ToString(a.AlarmName)).StateValue; state == want {
				return
			}
		}
		time.Sleep(3 * time.Second)
	}
	t.Errorf("%s in %s is in state %s, want %s", aws.ToString(a.AlarmName), region, state, want)
}

// about and notAbout report whether an email is from an alarm.
func about(alarm string) func(local.Mail) bool {
	return func(m local.Mail) bool { return strings.Contains(m.Subject, `"`+alarm) }
}

func notAbout(alarm string) func(local.Mail) bool {
	return func(m local.Mail) bool { return !about(alarm)(m) }
}

// countingAlarms gives the metric of each alarm of the hubs that counts first one too few, and then one more. Those on
// failed sign-ins have rung in the flood.
func (e *e2e) countingAlarms(t *testing.T, ctx context.Context) {
	tried, counted := 0, 0
	for _, entry := range watch.Catalogue {
		if len(entry.Counts) > 0 && entry.Always() { // no app here has a pipeline, or the bootstrap's roles
			counted++
		}
	}
	for _, hub := range hubs {
		for _, a := range e.alarms(t, ctx, hub) {
			name := aws.ToString(a.AlarmName)
			counts := aws.ToString(a.Dimensions[0].Name) != "QueueName" && aws.ToString(a.TreatMissingData) == "notBreaching"
			if !counts || strings.Contains(name, "failed-sign-in") {
				continue
			}
			tried++
			threshold := aws.ToFloat64(a.Threshold)
			e.measure(t, ctx, hub, a, threshold-1, time.Now())
			e.evaluate(t, ctx, hub, a, "OK")
			e.measure(t, ctx, hub, a, 1, time.Now())
			e.evaluate(t, ctx, hub, a, "ALARM")
			mails := e.collectBut(t, ctx, 1, patience, notAbout(name))
			if len(mails) != 1 || mails[0].Region != hub || !strings.Contains(mails[0].Text, aws.ToString(a.AlarmDescription)) {
				t.Errorf("%s went off, and people got %v", name, mails)
			}
		}
	}
	if want := len(hubs) * (counted - 1 + 2); tried != want { // and undelivered mails, and a throttled composer
		t.Errorf("%d alarms were tried", tried)
	}
	if more := e.collect(t, ctx, 1, quiet); len(more) > 0 {
		t.Errorf("and one more: %v", more)
	}
}

// goesOff lets a queue's alarm see the length of the queue, which SQS reports to CloudWatch each minute, and plays the event of the
// alarm's change of state, which the local AWS does not make.
func (e *e2e) goesOff(t *testing.T, ctx context.Context, region, alarm string) {
	t.Helper()
	a := e.alarm(t, ctx, region, alarm)
	e.evaluate(t, ctx, region, a, "ALARM")
	event := e.sample(t, ctx, "a message in a dead-letter queue", region)
	event["detail"].(watch.Fields)["alarmName"] = alarm
	if err := e.run.Play(ctx, event); err != nil {
		t.Fatal(err)
	}
}

// queue returns the dead-letter queue that an alarm watches.
func (e *e2e) queue(t *testing.T, ctx context.Context, region, alarm string) (*sqs.Client, string) {
	t.Helper()
	client := sqs.NewFromConfig(e.run.AWS(region))
	name := e.alarm(t, ctx, region, alarm).Dimensions[0].Value
	queue, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: name})
	if err != nil {
		t.Fatalf("the dead-letter queue of %s is not there: %v", alarm, err)
	}
	return client, aws.ToString(queue.QueueUrl)
}

// deadLettersElsewhere puts a message into the queue of a Region without a topic; the local AWS itself puts none there, since
// a bus that is gone swallows what it is sent.
func (e *e2e) deadLettersElsewhere(t *testing.T, ctx context.Context) {
	const region, alarm = "eu-west-3", "breakglass-dead-letters-forwarder"
	if state := e.alarm(t, ctx, region, alarm).StateValue; state != types.StateValueOk {
		t.Errorf("%s is in state %s before", alarm, state)
	}
	client, url := e.queue(t, ctx, region, alarm)
	if _, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(url), MessageBody: aws.String("{}")}); err != nil {
		t.Fatal(err)
	}
	e.breathe(t, ctx)
	e.goesOff(t, ctx, region, alarm)
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, "Alarm: "+alarm)
}

// deadLettersOfTheHub deletes the hub's composer. What the hub can't send is kept, and the standby alerts on it.
func (e *e2e) deadLettersOfTheHub(t *testing.T, ctx context.Context) {
	const alarm = "breakglass-dead-letters-hub"
	e.breathe(t, ctx)
	if _, err := sfn.NewFromConfig(e.run.AWS(hubRegion)).DeleteStateMachine(ctx, &sfn.DeleteStateMachineInput{StateMachineArn: aws.String(composerARN(hubRegion))}); err != nil {
		t.Fatal(err)
	}
	e.play(t, ctx, "a sign-in with MFA", hubRegion)
	e.expect(t, ctx, map[string]int{standbyRegion: 1}, signedIn+hubRegion)
	e.goesOff(t, ctx, hubRegion, alarm)
	// The hub's own alarm notifies people directly, the standby's composer of its change of state.
	e.expect(t, ctx, map[string]int{hubRegion: 1, standbyRegion: 1}, alarm)

	client, url := e.queue(t, ctx, hubRegion, alarm)
	var kept []sqstypes.Message
	eventually(t, "the sign-in is among the dead letters", func() bool {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(url), WaitTimeSeconds: 10, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, out.Messages...)
		return slices.ContainsFunc(kept, func(m sqstypes.Message) bool {
			return strings.HasSuffix(aws.ToString(m.MessageAttributes["RULE_ARN"].StringValue), "rule/capture-breakglass-user-sign-in") &&
				strings.Contains(aws.ToString(m.Body), sampleEventID)
		})
	})
}
