package deploy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/plan"
)

func at(status, failure string) *happened {
	return &happened{status: status, failure: failure, event: "new"}
}

// The verdict on a stack, from its state and its events.
func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		is      *happened
		judged  verdict
		confirm verdict
	}{
		"none":              {nil, verdict{missing: true}, verdict{missing: true}},
		"only a change set": {at("REVIEW_IN_PROGRESS", ""), verdict{missing: true}, verdict{missing: true}},
		"created":           {at("CREATE_COMPLETE", ""), verdict{touched: true, seconds: 2}, verdict{touched: true}},
		"updated":           {at("UPDATE_COMPLETE", ""), verdict{touched: true, seconds: 2}, verdict{touched: true}},
		"imported":          {at("IMPORT_COMPLETE", ""), verdict{touched: true, seconds: 2}, verdict{touched: true}},
		"rolled back": {
			at("UPDATE_ROLLBACK_COMPLETE", "why"), verdict{touched: true, seconds: 2, failure: "X (AWS::X::Y): why"},
			verdict{touched: true, seconds: 2, failure: "X (AWS::X::Y): why"},
		},
		"nobody says why": {
			at("UPDATE_ROLLBACK_FAILED", ""), verdict{touched: true, seconds: 2, failure: "it is UPDATE_ROLLBACK_FAILED"},
			verdict{touched: true, seconds: 2, failure: "it is UPDATE_ROLLBACK_FAILED"},
		},
	} {
		fake := newCloud(t)
		if c.is != nil {
			fake.stacks[one.Stack] = *c.is
		}
		if v, err := judge(t.Context(), opened(fake.Server), one, "old"); err != nil || *v != c.judged {
			t.Errorf("%s: judged %+v, %v", name, v, err)
		}
		if v, err := confirm(t.Context(), opened(fake.Server), one, "old"); err != nil || *v != c.confirm {
			t.Errorf("%s: confirmed %+v, %v", name, v, err)
		}
		if c.is == nil {
			fake.Fail("cloudformation:DescribeStacks", "ValidationError", "Stack with id x does not exist")
			for _, ask := range []func(context.Context, Stacks, plan.Placement, string) (*verdict, error){judge, confirm} {
				if v, err := ask(t.Context(), opened(fake.Server), one, "old"); err != nil || !v.missing {
					t.Errorf("%s: %+v, %v", name, v, err)
				}
			}
			continue
		}
		// Nothing has happened since.
		if v, err := judge(t.Context(), opened(fake.Server), one, "new"); err != nil || v.touched || v.failure != "" || v.missing != c.judged.missing {
			t.Errorf("%s, unchanged: %+v, %v", name, v, err)
		}
		fake.Fail("cloudformation:DescribeStackEvents", "AccessDenied", "no")
		if v, err := judge(t.Context(), opened(fake.Server), one, "old"); (err == nil) != c.judged.missing {
			t.Errorf("%s, without events: %+v, %v", name, v, err)
		}
		fake.Fail("cloudformation:DescribeStacks", "AccessDenied", "no")
		for _, ask := range []func(context.Context, Stacks, plan.Placement, string) (*verdict, error){judge, confirm} {
			if v, err := ask(t.Context(), opened(fake.Server), one, "old"); err == nil || v != nil {
				t.Errorf("%s, refused: %+v, %v", name, v, err)
			}
		}
	}
}

// CloudFormation still works on a stack for an earlier run: it waits, others do not, and what happened by then is not this run's.
func TestAStackThatIsBusyWaits(t *testing.T) {
	f := &fakeCLI{plan: thePlan(t), atOnce: 12, cloud: newCloud(t)}
	const busy = "BreakGlass-Role-222222222222"
	f.cloud.is(busy, "UPDATE_IN_PROGRESS")
	asked := 0
	describe := "<DescribeStacksResponse><DescribeStacksResult><Stacks/></DescribeStacksResult></DescribeStacksResponse>"
	f.cloud.Handle("cloudformation:DescribeStacks", func(_, request string) string {
		s, ok := f.cloud.get(request)
		if strings.Contains(request, busy) && s.status == "UPDATE_IN_PROGRESS" {
			if asked++; asked > 1 {
				f.cloud.happens(busy, "")
				s, _ = f.cloud.get(request)
			}
		}
		if !ok {
			return describe
		}
		return status(s.status, false)
	})
	var waited []string
	d := &Deployment{Stacks: f.plan.Placements, Profile: func(string) string { return "" }, Open: opened(f.cloud.Server), OnWait: func(stack string) {
		waited = append(waited, stack)
	},
		cli: f.run}
	for _, o := range d.Run(t.Context()) {
		if o.State != Deployed {
			t.Errorf("%+v", o)
		}
	}
	if !slices.Equal(waited, []string{busy}) {
		t.Errorf("waited for %q", waited)
	}
}

// The events before this run could not be read: a stack that is there, and well, was deployed.
func TestAStackOfWhichNothingWasKnown(t *testing.T) {
	fake := newCloud(t)
	open := opened(fake.Server)
	asked := 0
	d := &Deployment{Stacks: []plan.Placement{one}, Profile: func(string) string { return "" },
		Open: func(ctx context.Context, account, region string) (aws.Config, error) {
			if asked++; asked == 1 {
				return aws.Config{}, errors.New("refused")
			}
			return open(ctx, account, region)
		},
		cli: func(_ context.Context, o cdkcli.Options) error {
			fake.happens(one.Stack, "")
			o.OnEvent(cdkcli.Event{Kind: cdkcli.Done, Stack: one.Stack})
			return nil
		}}
	if o := d.Run(t.Context())[0]; o.State != Deployed {
		t.Errorf("%+v", o)
	}
	// Without a word of the CLI there is nothing to tell it by.
	asked = 0
	d.cli = func(context.Context, cdkcli.Options) error { return nil }
	if o := d.Run(t.Context())[0]; o.State != Unverified || o.Reason != "the CDK CLI reports success, but CloudFormation did not answer" {
		t.Errorf("%+v", o)
	}
}

// After a stop, which stacks CloudFormation still works on: it is asked about those that have not ended.
func TestStoppedAsksAboutWhatHasNotEnded(t *testing.T) {
	fake := newCloud(t)
	outcomes := []Outcome{}
	for _, state := range []State{Waiting, Underway, Deployed, Failed} {
		for _, status := range []string{"UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "REVIEW_IN_PROGRESS"} {
			name := fmt.Sprint("stack-", len(outcomes))
			fake.is(name, status)
			outcomes = append(outcomes, Outcome{Stack: name, Region: "us-east-1", State: state})
		}
	}
	stopped(t.Context(), opened(fake.Server), outcomes)
	var got []State
	for _, o := range outcomes {
		got = append(got, o.State)
	}
	if diff := cmp.Diff([]State{Underway, Waiting, Waiting, Underway, Underway, Underway, Deployed, Deployed, Deployed, Failed, Failed, Failed}, got); diff != "" {
		t.Error(diff)
	}
}
