package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// pages answers with so many events at a time.
type pages []types.StackEvent

func (p pages) DescribeStackEvents(_ context.Context, in *cloudformation.DescribeStackEventsInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStackEventsOutput, error) {
	const size = 2
	from := len(aws.ToString(in.NextToken))
	out := &cloudformation.DescribeStackEventsOutput{StackEvents: p[from:min(from+size, len(p))]}
	if from+size < len(p) {
		out.NextToken = aws.String(strings.Repeat("x", from+size))
	}
	return out, nil
}

func event(id, status, reason string, ago time.Duration) types.StackEvent {
	physical := id
	if id == "Hub" {
		physical = "arn"
	}
	return types.StackEvent{
		LogicalResourceId: aws.String(id), PhysicalResourceId: aws.String(physical), StackId: aws.String("arn"), ResourceType: aws.String("AWS::X::Y"),
		ResourceStatus: types.ResourceStatus(status), ResourceStatusReason: aws.String(reason), Timestamp: aws.Time(time.Now().Add(-ago)),
	}
}

func TestFirstFailure(t *testing.T) {
	newestFirst := pages{
		event("Hub", "ROLLBACK_COMPLETE", "", 0),
		event("C", "CREATE_FAILED", "Resource creation cancelled", 0),
		event("B", "CREATE_FAILED", "second", 0),
		event("A", "CREATE_FAILED", "first", 0),
		event("Hub", "CREATE_IN_PROGRESS", "User Initiated", time.Minute),
		event("Z", "DELETE_FAILED", "of an earlier operation", time.Hour),
	}
	if got, err := FirstFailure(t.Context(), newestFirst, "Hub"); err != nil || got != "A (AWS::X::Y): first" {
		t.Errorf("%q, %v", got, err)
	}
	if got, _ := FirstFailure(t.Context(), newestFirst[4:], "Hub"); got != "" {
		t.Errorf("the failure of an earlier operation is reported: %q", got)
	}
	if got, _ := FirstFailure(t.Context(), pages{event("Hub", "UPDATE_FAILED", "of the stack itself", 0)}, "Hub"); got != "of the stack itself" {
		t.Errorf("%q", got)
	}
	if got := seconds(newestFirst[:5]); got < 59 || got > 61 {
		t.Errorf("it took %v s", got)
	}
}
