package check

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/access"
	"example.com/breakglass/internal/whole"
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
		s.logGroups(ctx, api, r, region, want)
		return true
	}, func(r *result) {
		s.writers(ctx, api, r, region, groups, access.Ledger(s.in(region), groups...))
	})
	if r.well() {
		r.fine(region, "retention matches breakglass.yaml, and EventBridge can write")
	}
	return r
}

// logGroups compares the log groups, and want, how long each is kept. Not compared: what only reports (size, metric filters), and whether
// a group is protected from deletion, which an alert reports.
func (s *scene) logGroups(ctx context.Context, api ledgerAPI, r *result, region string, want map[string]int) {
	have, stack := map[string]types.LogGroup{}, s.hubStack(region)
	pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(api, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(logPrefix)})
	for g, err := range whole.Each(ctx, pages, func(page *cloudwatchlogs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups }) {
		if err != nil {
			r.unanswered(region, "the ledger", err)
			return
		}
		have[aws.ToString(g.LogGroupName)] = g
	}
	for _, name := range sorted(want) {
		group, ok := have[name]
		if !ok {
			r.drifted(Problem, region, stack, "log group "+name+" is missing")
			continue
		}
		switch days := int(aws.ToInt32(group.RetentionInDays)); days {
		case want[name]:
		case 0:
			r.drifted(Note, region, stack, fmt.Sprintf("%s never expires; breakglass.yaml sets %d days", name, want[name]))
		default:
			r.drifted(Problem, region, stack, fmt.Sprintf("%s is kept for %s; breakglass.yaml sets %d", name, english.Plural(days, "day", ""), want[name]))
		}
		readable(r, region, name, group)
	}
}

// readable reports what hides or loses the records of a log group. The group itself says whether a data protection policy is in
// force, its own or the account's, so that nobody has to be asked for the policy.
func readable(r *result, region, name string, group types.LogGroup) {
	if group.DataProtectionStatus == types.DataProtectionStatusActivated {
		r.problem(region, name+" has a data protection policy, which masks its records",
			"find out who set it, then: "+inRegion("logs", "delete-data-protection-policy", "--log-group-identifier", name))
	}
	if len(group.InheritedProperties) > 0 {
		r.problem(region, "the account's data protection policy masks the records of "+name,
			"find out who set it: "+inRegion("logs", "describe-account-policies", "--policy-type",
				"DATA_PROTECTION_POLICY")+"; then exclude the log group, or delete the policy")
	}
	if key := aws.ToString(group.KmsKeyId); key != "" {
		r.problem(region, name+" is encrypted with the key "+key+", which is not in breakglass.yaml: without the key, nothing is recorded",
			"find out who set it, then: "+inRegion("logs", "disassociate-kms-key", "--log-group-name", name))
	}
	if class := group.LogGroupClass; class != "" && class != types.LogGroupClassStandard {
		r.problem(region, fmt.Sprintf("%s has the class %s, in which check and drill can't read it", name, class),
			"export its records, delete it, and deploy again: a class can't be changed")
	}
}

// writers checks the resource policies: the project's own, and that no other denies writing to the log groups. There are policies
// of the account, and policies of each log group.
func (s *scene) writers(ctx context.Context, api ledgerAPI, r *result, region string, groups []string, want access.Document) {
	own := false
	for _, of := range append([]string{""}, groups...) {
		policies, err := resourcePolicies(ctx, api, of)
		var gone *types.ResourceNotFoundException
		if err != nil && (of == "" || !errors.As(err, &gone)) { // the log group's own finding reports that it is gone
			r.unanswered(region, "who can write to the ledger", err)
			return
		}
		for _, p := range policies {
			name, document := aws.ToString(p.PolicyName), aws.ToString(p.PolicyDocument)
			if of == "" && name == names.LedgerPolicy {
				own = true
				if d := samePolicy(document, want); d != "" {
					r.drifted(Problem, region, s.hubStack(region), "resource policy "+names.LedgerPolicy+" differs: "+d)
				}
				continue
			}
			all, err := statements(document)
			if err != nil {
				r.warning(region, "resource policy "+name+" can't be parsed: "+err.Error(), "inspect it: "+inRegion("logs", "describe-resource-policies"))
			}
			for _, statement := range all {
				if statement["Effect"] == "Deny" && concerns(statement, groups) {
					r.problem(region, strings.TrimRight("resource policy "+name, " ")+" denies access to the ledger: "+describe(statement),
						"find out who added it, then: "+deletePolicy(p, of))
				}
			}
		}
	}
	if !own {
		r.drifted(Problem, region, s.hubStack(region), "resource policy "+names.LedgerPolicy+" is missing: EventBridge can't write to the ledger")
	}
}

// deletePolicy returns the command that deletes a resource policy, of the account or of a log group.
func deletePolicy(p types.ResourcePolicy, group string) string {
	if group == "" {
		return inRegion("logs", "delete-resource-policy", "--policy-name", aws.ToString(p.PolicyName))
	}
	return inRegion("logs", "delete-resource-policy", "--resource-arn", group, "--expected-revision-id", aws.ToString(p.RevisionId))
}

// resourcePolicies lists the resource policies of a log group, or of the account where the ARN is empty.
func resourcePolicies(ctx context.Context, api ledgerAPI, group string) ([]types.ResourcePolicy, error) {
	in := &cloudwatchlogs.DescribeResourcePoliciesInput{}
	if group != "" {
		in.ResourceArn, in.PolicyScope = aws.String(group), types.PolicyScopeResource
	}
	return whole.List(func(token *string) ([]types.ResourcePolicy, *string, error) {
		in.NextToken = token
		page, err := api.DescribeResourcePolicies(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		return page.ResourcePolicies, page.NextToken, nil
	})
}

// concerns reports whether a statement may be about one of the ARNs, or about a log stream in it.
func concerns(statement map[string]any, arns []string) bool {
	list, ok := statement["Resource"].([]any)
	if !ok {
		list = []any{statement["Resource"]}
	}
	for _, one := range list {
		pattern, ok := one.(string)
		if !ok {
			return true // NotResource: it excepts some
		}
		matches := regexp.MustCompile("^" + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(pattern)) + "$")
		for _, arn := range arns {
			group := strings.TrimSuffix(arn, ":*")
			if matches.MatchString(group) || matches.MatchString(arn) || matches.MatchString(group+":log-stream:x") || strings.HasPrefix(pattern, group+":") {
				return true
			}
		}
	}
	return false
}
