package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

func opened(server *stub.Server) Stacks {
	return func(_ context.Context, _, region string) (aws.Config, error) {
		return aws.Config{
			Region: region, BaseEndpoint: aws.String(server.URL), RetryMaxAttempts: 1,
			Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
		}, nil
	}
}

func status(status string, protected bool) string {
	return fmt.Sprintf("<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>x</StackName><StackStatus>%s</StackStatus>"+
		"<EnableTerminationProtection>%v</EnableTerminationProtection><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>", status, protected)
}

func TestLookBefore(t *testing.T) {
	server := stub.New()
	defer server.Close()
	server.Answer("cloudformation:DescribeStacks@us-east-1", status("CREATE_COMPLETE", true))
	server.Answer("cloudformation:DescribeStacks@eu-west-1", status("UPDATE_IN_PROGRESS", true))
	server.Answer("cloudformation:DescribeStacks@eu-west-2", status("REVIEW_IN_PROGRESS", false))
	server.Answer("cloudformation:DescribeStacks@eu-west-3", status("ROLLBACK_COMPLETE", true))
	server.Answer("cloudformation:DescribeStacks@eu-north-1", status("ROLLBACK_COMPLETE", false))
	server.Answer("cloudformation:UpdateTerminationProtection",
		"<UpdateTerminationProtectionResponse><UpdateTerminationProtectionResult/></UpdateTerminationProtectionResponse>")
	var stacks []plan.Placement
	for _, region := range []string{"us-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-south-1"} { // the last one refuses
		stacks = append(stacks, plan.Placement{Stack: region, Region: region})
	}
	server.Answer("cloudformation:DescribeStackEvents", "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents><member><EventId>the-newest</EventId></member>"+
		"<member><EventId>older</EventId></member></StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>")
	found := lookBefore(t.Context(), opened(server), stacks)
	for _, region := range []string{"us-east-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1"} {
		if want := (seen{busy: region == "eu-west-1", newest: "the-newest", known: true}); found[region] != want {
			t.Errorf("%s: %+v, want %+v", region, found[region], want)
		}
	}
	if found["eu-south-1"].known {
		t.Error("a stack that nobody may ask about is known")
	}
	var lifted []string
	for _, call := range server.Calls() {
		if strings.HasPrefix(call, "cloudformation:UpdateTerminationProtection") {
			lifted = append(lifted, call)
		}
	}
	if want := []string{"cloudformation:UpdateTerminationProtection@eu-west-3"}; !slices.Equal(lifted, want) {
		t.Errorf("the protection was lifted by %q, want %q", lifted, want)
	}
	outcomes := []Outcome{{Stack: "a", Region: "eu-west-1", State: Waiting}, {Stack: "b", Region: "us-east-1", State: Waiting}}
	stopped(t.Context(), opened(server), outcomes)
	if outcomes[0].State != Underway || outcomes[1].State != Waiting {
		t.Errorf("after it was stopped: %v", outcomes)
	}
}

// A stack that an earlier run is still at is waited for, and then deployed; a stop ends the wait.
func TestAStackThatIsBusyIsWaitedFor(t *testing.T) {
	fake := newCloud(t)
	fake.is(one.Stack, "UPDATE_IN_PROGRESS")
	var waits []string
	deployment := func() *Deployment {
		return &Deployment{
			Stacks: []plan.Placement{one}, Profile: func(string) string { return "" }, Open: opened(fake.Server),
			OnWait: func(stack string) {
				waits = append(waits, stack)
				fake.happens(stack, "")
			},
			cli: func(_ context.Context, o cdkcli.Options) error {
				fake.happens(one.Stack, "")
				o.OnEvent(cdkcli.Event{Kind: cdkcli.Done, Stack: one.Stack})
				return nil
			},
		}
	}
	if o := deployment().Run(t.Context())[0]; o.State != Deployed || !slices.Equal(waits, []string{one.Stack}) {
		t.Errorf("%+v, waited for %q", o, waits)
	}
	fake.is(one.Stack, "UPDATE_IN_PROGRESS")
	ctx, stop := context.WithCancel(t.Context())
	d := deployment()
	d.OnWait = func(string) { stop() }
	d.cli = func(context.Context, cdkcli.Options) error { t.Error("it is deployed while it is busy"); return nil }
	if o := d.Run(ctx)[0]; o.State != Underway {
		t.Errorf("%+v", o)
	}
}

// A stack whose protection may not be lifted is not known, and not handed on as if it were.
func TestAProtectionThatStays(t *testing.T) {
	server := stub.New()
	defer server.Close()
	server.Answer("cloudformation:DescribeStacks", status("ROLLBACK_COMPLETE", true))
	server.Fail("cloudformation:UpdateTerminationProtection", "AccessDenied", "no")
	if b, err := lookAt(t.Context(), opened(server), one); err == nil || b != (seen{}) {
		t.Errorf("%+v, %v", b, err)
	}
}

func TestOnlyBusyStacksWait(t *testing.T) {
	p := thePlan(t)
	b := newBoard(p.Placements, func(Outcome) {})
	b.busy = map[string]bool{"BreakGlass-Standby": true, "BreakGlass-Role-222222222222": true}
	mine := map[string]bool{}
	for _, at := range p.Placements {
		mine[at.Stack] = true
	}
	ready, more := b.ready(mine)
	if want := []string{
		"BreakGlass-Composer-us-east-1", "BreakGlass-Composer-us-west-2", "BreakGlass-Hub", "BreakGlass-Integrity-us-east-1", "BreakGlass-Role-333333333333",
	}; !slices.Equal(ready, want) || !more {
		t.Errorf("ready are %q, and more %v", ready, more)
	}
	b.busy = nil
	if ready, more := b.ready(mine); len(ready) != len(p.Placements) || more {
		t.Errorf("afterwards ready are %q, and more %v", ready, more)
	}
}

// Only what nobody answered counts as silence, and not what AWS refuses, nor a stop.
func TestGone(t *testing.T) {
	stopped, stop := context.WithCancel(t.Context())
	stop()
	refused := errors.New("AccessDenied")
	if gone(t.Context(), refused) != nil || gone(t.Context(), nil) != nil || gone(stopped, context.DeadlineExceeded) != nil ||
		gone(t.Context(), context.DeadlineExceeded) == nil {
		t.Error("what is gone")
	}
}
