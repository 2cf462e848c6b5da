package check

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

type ledgerAPI interface {
	DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error)
	DescribeResourcePolicies(context.Context, *cloudwatchlogs.DescribeResourcePoliciesInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeResourcePoliciesOutput, error)
}

// logPrefix begins the names of both log groups.
const logPrefix = "/aws/events/breakglass-"

// ledger checks a hub's log groups, and who may write into them.
func (s *scene) ledger(ctx context.Context, api ledgerAPI, region string) *result {
	r := of("ledger")
	want := map[string]int{names.Ledger: s.config.Ledger.RetentionDays}
	groups := []string{s.in(region).LogGroup(names.Ledger)}
	if s.config.Monitoring.Heartbeats {
		want[names.Heartbeats] = watch.HeartbeatDays
		groups = append(groups, s.in(region).LogGroup(names.Heartbeats))
	}
	r.ask(func(r *result) bool {
		s.retention(ctx, api, r, region, want)
		return true
	}, func(r *result) {
		s.writers(ctx, api, r, region, access.Ledger(s.in(region), groups...))
	})
	if r.well() {
		r.fine(region, "retention matches breakglass.yaml, and EventBridge can write")
	}
	return r
}

// retention compares how long the log groups are kept with the days that are wanted.
func (s *scene) retention(ctx context.Context, api ledgerAPI, r *result, region string, want map[string]int) {
	have, stack := map[string]int{}, s.hubStack(region)
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(api, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(logPrefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			r.unanswered(region, "the ledger", err)
			return
		}
		for _, g := range page.LogGroups {
			have[aws.ToString(g.LogGroupName)] = int(aws.ToInt32(g.RetentionInDays))
		}
	}
	for _, name := range sorted(want) {
		days, ok := have[name]
		switch {
		case !ok:
			r.drifted(Problem, region, stack, "log group "+name+" is missing")
		case days == 0:
			r.drifted(Note, region, stack, fmt.Sprintf("%s never expires; breakglass.yaml sets %d days", name, want[name]))
		case days != want[name]:
			r.drifted(Problem, region, stack, fmt.Sprintf("%s is kept for %d days; breakglass.yaml sets %d", name, days, want[name]))
		}
	}
}

func (s *scene) writers(ctx context.Context, api ledgerAPI, r *result, region string, want access.Document) {
	for token := (*string)(nil); ; {
		page, err := api.DescribeResourcePolicies(ctx, &cloudwatchlogs.DescribeResourcePoliciesInput{NextToken: token})
		if err != nil {
			r.unanswered(region, "who can write to the ledger", err)
			return
		}
		for _, p := range page.ResourcePolicies {
			if aws.ToString(p.PolicyName) == names.LedgerPolicy {
				if d := samePolicy(aws.ToString(p.PolicyDocument), want); d != "" {
					r.drifted(Problem, region, s.hubStack(region), "resource policy "+names.LedgerPolicy+" differs: "+d)
				}
				return
			}
		}
		if token = page.NextToken; aws.ToString(token) == "" {
			r.drifted(Problem, region, s.hubStack(region), "resource policy "+names.LedgerPolicy+" is missing: EventBridge can't write to the ledger")
			return
		}
	}
}
