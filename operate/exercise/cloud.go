package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// Cloud is what an exercise asks of the hub account, Region by Region.
type Cloud interface {
	// Write puts an event of the exercise into a hub's ledger.
	Write(ctx context.Context, hub string, event watch.Fields) error
	// Records returns the events in a hub's ledger since a time.
	Records(ctx context.Context, hub string, since time.Time) ([]watch.Fields, error)
	// Alert returns what a hub's composer did about a record: its execution, and when it published; zero where it did not.
	Alert(ctx context.Context, hub, entry, event string) (execution string, sent time.Time, err error)
}

// Access returns the configuration of a client in the hub account, in a Region.
type Access func(ctx context.Context, region string) (aws.Config, error)

// ErrGone refuses whatever would ask us-east-1 in the scenario without it.
var ErrGone = errors.New("this exercise must not ask " + goneRegion)

// Without returns access that refuses us-east-1.
func Without(open Access) Access {
	return func(ctx context.Context, region string) (aws.Config, error) {
		if region == goneRegion {
			return aws.Config{}, ErrGone
		}
		return open(ctx, region)
	}
}

// AWS is AWS itself.
type AWS struct {
	Open Access
	// Exercise names the stream that this run writes to.
	Exercise string
}

// Write puts an event into the ledger, in a stream of its own. It goes through no rule, which is the point: an alert must not show
// that it was an exercise.
func (a AWS) Write(ctx context.Context, hub string, event watch.Fields) error {
	cfg, err := a.Open(ctx, hub)
	if err != nil {
		return err
	}
	text, err := json.Marshal(event)
	if err != nil {
		return err
	}
	logs, group, stream := cloudwatchlogs.NewFromConfig(cfg), aws.String(names.Ledger), aws.String(a.Exercise)
	var there *logtypes.ResourceAlreadyExistsException
	if _, err := logs.CreateLogStream(ctx, &cloudwatchlogs.CreateLogStreamInput{LogGroupName: group, LogStreamName: stream}); err != nil &&
		!errors.As(err, &there) {
		return err
	}
	_, err = logs.PutLogEvents(ctx, &cloudwatchlogs.PutLogEventsInput{
		LogGroupName: group, LogStreamName: stream,
		LogEvents: []logtypes.InputLogEvent{{Message: aws.String(string(text)), Timestamp: aws.Int64(time.Now().UnixMilli())}},
	})
	return err
}

// withoutBeats leaves the hourly heartbeats out, which are most of a ledger. It has no wildcard, which the local AWS would take literally.
const withoutBeats = `{ $.source != "` + watch.HeartbeatSource + `" }`

// Records reads AWS's records in the ledger.
func (a AWS) Records(ctx context.Context, hub string, since time.Time) ([]watch.Fields, error) {
	cfg, err := a.Open(ctx, hub)
	if err != nil {
		return nil, err
	}
	var all []watch.Fields
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(cloudwatchlogs.NewFromConfig(cfg), &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName: aws.String(names.Ledger), StartTime: aws.Int64(since.UnixMilli()), FilterPattern: aws.String(withoutBeats),
	})
	events := func(page *cloudwatchlogs.FilterLogEventsOutput) []logtypes.FilteredLogEvent { return page.Events }
	for line, err := range whole.Each(ctx, pages, events) {
		if err != nil {
			return nil, err
		}
		var event watch.Fields
		if json.Unmarshal([]byte(aws.ToString(line.Message)), &event) == nil && strings.HasPrefix(watch.Text(event, "source"), "aws.") {
			all = append(all, event)
		}
	}
	return all, nil
}

// publishing are the states of the composer that publish an alert.
var publishing = map[string]bool{"Send": true, "Raw": true, "Bare": true}

// Alert asks the composer's memory for its execution, and that for when it published.
func (a AWS) Alert(ctx context.Context, hub, entry, event string) (execution string, sent time.Time, err error) {
	cfg, err := a.Open(ctx, hub)
	if err != nil {
		return "", time.Time{}, err
	}
	out, err := dynamodb.NewFromConfig(cfg).GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(names.AlertsTable),
		Key:       map[string]ddbtypes.AttributeValue{"id": &ddbtypes.AttributeValueMemberS{Value: "event#" + entry + "#" + event}},
	})
	if err != nil || out.Item == nil {
		return "", time.Time{}, err
	}
	arn, ok := out.Item["execution"].(*ddbtypes.AttributeValueMemberS)
	if !ok {
		return "", time.Time{}, fmt.Errorf("the table %s in %s has an item of another form", names.AlertsTable, hub)
	}
	pages := sfn.NewGetExecutionHistoryPaginator(sfn.NewFromConfig(cfg),
		&sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(arn.Value), IncludeExecutionData: aws.Bool(false)})
	for e, err := range whole.Each(ctx, pages, func(page *sfn.GetExecutionHistoryOutput) []sfntypes.HistoryEvent { return page.Events }) {
		if err != nil {
			return arn.Value, time.Time{}, err
		}
		if e.Type == sfntypes.HistoryEventTypeTaskStateExited && e.StateExitedEventDetails != nil && publishing[aws.ToString(e.StateExitedEventDetails.Name)] {
			return arn.Value, aws.ToTime(e.Timestamp).UTC(), nil
		}
	}
	return arn.Value, time.Time{}, nil
}
