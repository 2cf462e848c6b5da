//go:build verify

package verify

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/local"
)

// remains looks into every Region and account for what is still there of the app. The CDK CLI's word is not taken for
// it: a resource that cannot be deleted does not keep the local AWS from calling the stack deleted.
func remains(t *testing.T, ctx context.Context, r *local.Run) []string {
	t.Helper()
	var left []string
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	add := func(kind, region, name string) {
		if strings.Contains(strings.ToLower(name), "breakglass") {
			left = append(left, kind+" "+name+" in "+region)
		}
	}
	for _, region := range config.AllRegions() {
		cfg := r.AWS(region.Code)
		rules, err := eventbridge.NewFromConfig(cfg).ListRules(ctx, &eventbridge.ListRulesInput{})
		check(err)
		for _, rule := range rules.Rules {
			add("rule", region.Code, aws.ToString(rule.Name))
		}
		queues, err := sqs.NewFromConfig(cfg).ListQueues(ctx, &sqs.ListQueuesInput{})
		check(err)
		for _, url := range queues.QueueUrls {
			add("queue", region.Code, url)
		}
		topics, err := sns.NewFromConfig(cfg).ListTopics(ctx, &sns.ListTopicsInput{})
		check(err)
		for _, topic := range topics.Topics {
			add("topic", region.Code, aws.ToString(topic.TopicArn))
		}
		groups, err := cloudwatchlogs.NewFromConfig(cfg).DescribeLogGroups(ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
		check(err)
		for _, group := range groups.LogGroups {
			add("log group", region.Code, aws.ToString(group.LogGroupName))
		}
		alarms, err := cloudwatch.NewFromConfig(cfg).DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{})
		check(err)
		for _, alarm := range alarms.MetricAlarms {
			add("alarm", region.Code, aws.ToString(alarm.AlarmName))
		}
		aliases, err := kms.NewFromConfig(cfg).ListAliases(ctx, &kms.ListAliasesInput{})
		check(err)
		for _, alias := range aliases.Aliases {
			add("key alias", region.Code, aws.ToString(alias.AliasName))
		}
	}
	accounts := map[string]string{r.Config.Hub.Account: r.Config.Hub.Region}
	for _, target := range r.Config.Targets {
		accounts[target.Account] = target.Region
	}
	for account, region := range accounts {
		cfg := r.Server.Config(account, region)
		client := iam.NewFromConfig(cfg)
		users, err := client.ListUsers(ctx, &iam.ListUsersInput{})
		check(err)
		for _, user := range users.Users {
			add("user", account, aws.ToString(user.UserName))
		}
		roles, err := client.ListRoles(ctx, &iam.ListRolesInput{})
		check(err)
		for _, role := range roles.Roles {
			add("role", account, aws.ToString(role.RoleName))
		}
		policies, err := client.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: "Local"})
		check(err)
		for _, policy := range policies.Policies {
			add("policy", account, aws.ToString(policy.PolicyName))
		}
		iamGroups, err := client.ListGroups(ctx, &iam.ListGroupsInput{})
		check(err)
		for _, group := range iamGroups.Groups {
			add("group", account, aws.ToString(group.GroupName))
		}
		stacks, err := cloudformation.NewFromConfig(cfg).ListStacks(ctx, &cloudformation.ListStacksInput{})
		check(err)
		for _, stack := range stacks.StackSummaries {
			if stack.StackStatus != "DELETE_COMPLETE" {
				add("stack", account, aws.ToString(stack.StackName))
			}
		}
	}
	return left
}
