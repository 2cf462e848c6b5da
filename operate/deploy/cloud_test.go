package deploy

import (
	"fmt"
	"net/url"
	"sync"
	"testing"

	"example.com/breakglass/internal/stub"
)

// cloud is a CloudFormation that remembers what has happened to each stack, and has no others.
type cloud struct {
	*stub.Server
	mutex  sync.Mutex
	stacks map[string]happened
	n      int
}

type happened struct{ status, failure, event string }

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{Server: stub.New(), stacks: map[string]happened{}}
	t.Cleanup(c.Close)
	c.Handle("cloudformation:DescribeStacks", func(_, request string) string {
		s, ok := c.get(request)
		if !ok {
			return "fail ValidationError Stack with id x does not exist"
		}
		return status(s.status, false)
	})
	c.Handle("cloudformation:DescribeStackEvents", func(_, request string) string {
		s, ok := c.get(request)
		if !ok {
			return "fail ValidationError Stack [x] does not exist"
		}
		member := fmt.Sprintf("<member><EventId>%s</EventId><StackId>arn</StackId><PhysicalResourceId>arn</PhysicalResourceId><ResourceStatus>%s</ResourceStatus><Timestamp>2026-01-01T00:00:02Z</Timestamp></member>", s.event, s.status)
		if s.failure != "" {
			member += "<member><EventId>f</EventId><StackId>arn</StackId><PhysicalResourceId>x</PhysicalResourceId><LogicalResourceId>X</LogicalResourceId><ResourceType>AWS::X::Y</ResourceType>" +
				"<ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>" + s.failure +
				"</ResourceStatusReason><Timestamp>2026-01-01T00:00:01Z</Timestamp></member>"
		}
		member += "<member><EventId>b</EventId><StackId>arn</StackId><PhysicalResourceId>arn</PhysicalResourceId><ResourceStatus>CREATE_IN_PROGRESS</ResourceStatus><Timestamp>2026-01-01T00:00:00Z</Timestamp></member>"
		return "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents>" + member +
			"</StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
	})
	return c
}

func (c *cloud) get(request string) (happened, bool) {
	form, _ := url.ParseQuery(request)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	s, ok := c.stacks[form.Get("StackName")]
	return s, ok
}

// happens carries out an operation on a stack; it fails where there is a reason.
func (c *cloud) happens(stack, failure string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.n++
	s := happened{status: "CREATE_COMPLETE", failure: failure, event: fmt.Sprint("event ", c.n)}
	if failure != "" {
		s.status = "ROLLBACK_COMPLETE"
	}
	c.stacks[stack] = s
}

// is sets the status of a stack.
func (c *cloud) is(stack, status string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.stacks[stack] = happened{status: status, event: "an event"}
}
