package destroy

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

func thePlan(t *testing.T, more string) plan.Plan {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}]
trail: create
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
`+more))
	if err != nil {
		t.Fatal(err)
	}
	return plan.Of(c)
}

func TestWaves(t *testing.T) {
	p := thePlan(t, "")
	when := map[string]int{}
	var order [][]string
	for i, wave := range waves(p.Placements) {
		var names []string
		for _, at := range wave {
			when[at.Stack] = i
			names = append(names, strings.TrimPrefix(at.Stack, "BreakGlass-"))
		}
		order = append(order, names)
	}
	for _, at := range p.Placements {
		for _, before := range at.After {
			if when[before] <= when[at.Stack] {
				t.Errorf("%s goes before %s, which relies on it", before, at.Stack)
			}
		}
	}
	want := [][]string{
		{"Role-222222222222"},
		{"Forwarder-eu-west-1", "Forwarder-us-east-1", "Forwarder-us-west-2"},
		{"Integrity-us-east-1", "Integrity-us-west-2", "Heartbeats-europe-africa", "Heartbeats-americas", "Heartbeats-standby",
			"Chat-us-east-1", "Dashboard"},
		{"Chat-us-west-2"}, {"Standby"}, {"Hub"}, {"Composer-us-west-2"}, {"Composer-us-east-1"}, {"Trail"},
	}
	if fmt.Sprint(order) != fmt.Sprint(want) {
		t.Errorf("the order is\n%v\nwant\n%v", order, want)
	}
}

// keys are those of a stub.
type keys struct{ server *stub.Server }

func (k keys) In(_ context.Context, _, region string) (aws.Config, error) {
	return aws.Config{
		Region: region, BaseEndpoint: aws.String(k.server.URL), RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
	}, nil
}
func (k keys) Stacks(ctx context.Context, account, region string) (aws.Config, error) {
	return k.In(ctx, account, region)
}
func (k keys) Own(ctx context.Context, account, region string) (aws.Config, error) {
	return k.In(ctx, account, region)
}

// cloud is a CloudFormation that deletes stacks, and IAM with the users of one of them. Those in stuck are not deleted. Every stack
// is protected until its protection is lifted, and a protected one is not deleted, nor one whose users have something left.
type cloud struct {
	*stub.Server
	deleted []string
	stuck   map[string]bool
	// reason is why they are stuck.
	reason string
	// none are stacks that do not exist.
	none   map[string]bool
	lifted map[string]bool
	users  *users
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{Server: stub.New(), stuck: map[string]bool{}, reason: "denied by policy", none: map[string]bool{}, lifted: map[string]bool{}}
	t.Cleanup(c.Close)
	c.users = newUsers(c.Server)
	name := func(request string) string {
		form, _ := url.ParseQuery(request)
		return strings.TrimPrefix(form.Get("StackName"), "arn:")
	}
	c.Handle("cloudformation:DescribeStacks", func(_, request string) string {
		stack, status := name(request), "CREATE_COMPLETE"
		if c.none[stack] {
			return "fail ValidationError Stack with id " + stack + " does not exist"
		}
		if slices.Contains(c.deleted, stack) {
			status = "DELETE_COMPLETE"
			if c.stuck[stack] {
				status = "DELETE_FAILED"
			}
		}
		return "<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>" + stack + "</StackName><StackId>arn:" + stack + "</StackId><StackStatus>" +
			status +
			fmt.Sprintf("</StackStatus><EnableTerminationProtection>%v</EnableTerminationProtection><CreationTime>",
				!c.lifted[stack]) + "2026-01-01T00:00:00Z</CreationTime></member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
	})
	c.Handle("cloudformation:DeleteStack", func(_, request string) string {
		stack := name(request)
		if !c.lifted[stack] {
			return "fail ValidationError Stack [" + stack + "] cannot be deleted while TerminationProtection is enabled"
		}
		c.deleted = append(c.deleted, stack)
		c.stuck[stack] = c.stuck[stack] || stack == "BreakGlass-Hub" && c.users.full()
		return "<DeleteStackResponse/>"
	})
	c.Handle("cloudformation:UpdateTerminationProtection", func(_, request string) string {
		form, _ := url.ParseQuery(request)
		c.lifted[name(request)] = form.Get("EnableTerminationProtection") == "false"
		return "<UpdateTerminationProtectionResponse><UpdateTerminationProtectionResult/></UpdateTerminationProtectionResponse>"
	})
	c.Handle("cloudformation:DescribeStackEvents", func(_, request string) string {
		return "<DescribeStackEventsResponse><DescribeStackEventsResult><StackEvents><member><LogicalResourceId>Q</LogicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType>" +
			"<PhysicalResourceId>q</PhysicalResourceId><StackId>arn</StackId><ResourceStatus>DELETE_FAILED</ResourceStatus><ResourceStatusReason>" + c.reason +
			"</ResourceStatusReason>" +
			"<Timestamp>" + time.Now().UTC().Format(time.RFC3339) + "</Timestamp></member></StackEvents></DescribeStackEventsResult></DescribeStackEventsResponse>"
	})
	// A first page may have nothing, and others follow all the same.
	c.Handle("cloudformation:ListStackResources", func(_, request string) string {
		list := "<StackResourceSummaries/><NextToken>2</NextToken>"
		if form, _ := url.ParseQuery(request); form.Get("NextToken") == "2" {
			list = "<StackResourceSummaries><member><LogicalResourceId>B</LogicalResourceId><PhysicalResourceId>the-bucket</PhysicalResourceId>" +
				"<ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries>"
		}
		return "<ListStackResourcesResponse><ListStackResourcesResult>" + list + "</ListStackResourcesResult></ListStackResourcesResponse>"
	})
	return c
}

func (c *cloud) remove(t *testing.T, p plan.Plan) (map[string]Outcome, *Removal) {
	t.Helper()
	found, unknown := FindStacks(t.Context(), keys{c.Server}, p, func(string) {})
	r := &Removal{Keys: keys{c.Server}, Plan: p, Stacks: found, Unknown: unknown, Poll: time.Millisecond, Profile: func(string) string { return "my hub" }}
	outcomes := map[string]Outcome{}
	for _, o := range r.Run(t.Context()) {
		outcomes[strings.TrimPrefix(o.Stack, "BreakGlass-")] = o
	}
	return outcomes, r
}

func TestEverythingGoesInOrder(t *testing.T) {
	c, p := newCloud(t), thePlan(t, "")
	outcomes, r := c.remove(t, p)
	for name, o := range outcomes {
		if o.State != Removed {
			t.Errorf("%s: %+v", name, o)
		}
	}
	if n := len(p.Placements); len(outcomes) != n || len(c.deleted) != n || c.deleted[0] != "BreakGlass-Role-222222222222" ||
		c.deleted[n-1] != "BreakGlass-Trail" {
		t.Errorf("deleted %q", c.deleted)
	}
	lifted := 0
	for _, call := range c.Calls() {
		if strings.HasPrefix(call, "cloudformation:UpdateTerminationProtection@") {
			lifted++
		}
	}
	if lifted != len(p.Placements) {
		t.Errorf("the protection of %d stacks was lifted", lifted)
	}
	kept, _ := r.Afterwards(t.Context())
	if len(kept) == 0 || kept[0].Name != "the-bucket" || !kept[0].Kept ||
		!strings.HasSuffix(kept[0].Remove, " s3://the-bucket --region us-east-1 --profile 'my hub'") {
		t.Errorf("kept are %+v", kept)
	}
	if kept, _ := (&Removal{Plan: thePlan(t, "terminationProtection: false"), outlived: r.outlived}).Afterwards(t.Context()); len(kept) != 0 {
		t.Errorf("without protection, kept are %+v", kept)
	}
}

func TestAFailureHoldsUpWhatItReliesOnOnly(t *testing.T) {
	c, p := newCloud(t), thePlan(t, "")
	c.stuck = map[string]bool{"BreakGlass-Forwarder-eu-west-1": true}
	outcomes, _ := c.remove(t, p)
	if o := outcomes["Forwarder-eu-west-1"]; o.State != Failed || o.Reason != "Q (AWS::SQS::Queue): denied by policy" {
		t.Errorf("the stack that is stuck: %+v", o)
	}
	for _, name := range []string{"Standby", "Hub", "Trail"} {
		if o := outcomes[name]; o.State != Held {
			t.Errorf("%s: %+v", name, o)
		}
	}
	for _, name := range []string{"Role-222222222222", "Forwarder-us-east-1", "Dashboard", "Chat-us-west-2"} {
		if o := outcomes[name]; o.State != Removed {
			t.Errorf("%s: %+v", name, o)
		}
	}
}

func TestWhatCannotBeLookedForIsTakenForThere(t *testing.T) {
	c, p := newCloud(t), thePlan(t, "")
	c.Fail("cloudformation:DescribeStacks@eu-west-1", "AccessDenied", "User: x is not authorized to perform: cloudformation:DescribeStacks on resource: y")
	outcomes, r := c.remove(t, p)
	if err := r.Unknown["BreakGlass-Forwarder-eu-west-1"]; err == nil || !strings.Contains(err.Error(), "permission cloudformation:DescribeStacks is missing") {
		t.Errorf("unknown: %v", r.Unknown)
	}
	if outcomes["Hub"].State != Held || outcomes["Dashboard"].State != Removed {
		t.Errorf("outcomes %v", outcomes)
	}
}

func TestNothingMoreIsBegunWhenItIsStopped(t *testing.T) {
	c, p := newCloud(t), thePlan(t, "")
	found, _ := FindStacks(t.Context(), keys{c.Server}, p, func(string) {})
	ctx, stop := context.WithCancel(t.Context())
	r := &Removal{Keys: keys{c.Server}, Plan: p, Stacks: found, Poll: time.Millisecond, OnEnd: func(Outcome) { stop() }}
	states := map[State]int{}
	for _, o := range r.Run(ctx) {
		states[o.State]++
	}
	if len(c.deleted) != 1 || states[Removed] != 1 {
		t.Errorf("deleted %q, states %v", c.deleted, states)
	}
}
