package deploy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/smithy-go"
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

// refusing answers nothing.
type refusing struct{ err error }

func (r refusing) DescribeStackEvents(context.Context, *cloudformation.DescribeStackEventsInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStackEventsOutput, error) {
	return nil, r.err
}

func TestEventsThatMayNotBeRead(t *testing.T) {
	denied := refusing{&smithy.GenericAPIError{
		Code: "AccessDenied", Message: "User: x is not authorized to perform: cloudformation:DescribeStackEvents on resource: y",
	}}
	if got, err := FirstFailure(t.Context(), denied, "Hub"); got != "" || err == nil ||
		!strings.HasPrefix(err.Error(), "reading the events of Hub: the permission cloudformation:DescribeStackEvents is missing") {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := newestEvent(t.Context(), denied, "Hub"); got != "" || err == nil {
		t.Errorf("%q, %v", got, err)
	}
	// No stack is an answer, and so is one without events.
	for _, client := range []cloudformation.DescribeStackEventsAPIClient{
		refusing{&smithy.GenericAPIError{Code: "ValidationError", Message: "Stack [Hub] does not exist"}}, pages{},
	} {
		if got, err := newestEvent(t.Context(), client, "Hub"); got != "" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
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
