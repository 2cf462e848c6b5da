package deploy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// newestEvent returns the ID of the newest event of a stack; it is empty when there is no stack. A stack at which nothing has
// happened since still has the same one: no clock has to agree with that of AWS.
func newestEvent(ctx context.Context, client cloudformation.DescribeStackEventsAPIClient, stack string) (string, error) {
	out, err := client.DescribeStackEvents(ctx, &cloudformation.DescribeStackEventsInput{StackName: aws.String(stack)})
	if noSuchStack(err) {
		return "", nil
	}
	if err != nil || len(out.StackEvents) == 0 {
		return "", err
	}
	return aws.ToString(out.StackEvents[0].EventId), nil
}

// lastOperation returns the events of the last operation on a stack, the newest first.
func lastOperation(ctx context.Context, client cloudformation.DescribeStackEventsAPIClient, stack string) ([]types.StackEvent, error) {
	begins := []types.ResourceStatus{types.ResourceStatusCreateInProgress, types.ResourceStatusUpdateInProgress, types.ResourceStatusDeleteInProgress}
	var of []types.StackEvent
	pages := cloudformation.NewDescribeStackEventsPaginator(client, &cloudformation.DescribeStackEventsInput{StackName: aws.String(stack)})
	for e, err := range whole.Each(ctx, pages, func(page *cloudformation.DescribeStackEventsOutput) []types.StackEvent { return page.StackEvents }) {
		if err != nil {
			return nil, account.Explain(err, "reading the events of "+stack)
		}
		of = append(of, e)
		if ofStack(e) && slices.Contains(begins, e.ResourceStatus) {
			return of, nil
		}
	}
	return of, nil
}

// ofStack reports whether an event is the stack's own, and not that of one of its resources.
func ofStack(e types.StackEvent) bool {
	return aws.ToString(e.PhysicalResourceId) == aws.ToString(e.StackId)
}

// FirstFailure returns why the last operation on a stack failed: the first resource that failed, since the others follow from
// that one. It is empty when nothing failed.
func FirstFailure(ctx context.Context, client cloudformation.DescribeStackEventsAPIClient, stack string) (string, error) {
	events, err := lastOperation(ctx, client, stack)
	return firstFailure(events), err
}

func firstFailure(newestFirst []types.StackEvent) string {
	for _, e := range slices.Backward(newestFirst) {
		reason := aws.ToString(e.ResourceStatusReason)
		switch {
		case !strings.HasSuffix(string(e.ResourceStatus), "_FAILED") || reason == "" || strings.Contains(reason, "cancelled"):
		case ofStack(e):
			return reason
		default:
			return fmt.Sprintf("%s (%s): %s", aws.ToString(e.LogicalResourceId), aws.ToString(e.ResourceType), reason)
		}
	}
	return ""
}

// seconds returns how long an operation took.
func seconds(newestFirst []types.StackEvent) float64 {
	if len(newestFirst) == 0 {
		return 0
	}
	end, begin := newestFirst[0].Timestamp, newestFirst[len(newestFirst)-1].Timestamp
	return aws.ToTime(end).Sub(aws.ToTime(begin)).Seconds()
}
