//go:build verify

package verify

import (
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	awsscheduler "github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/config"
	"example.com/breakglass/prove/local"
)

// remainingKinds are the kinds of things that the local AWS knows and remains looks for.
var remainingKinds = []string{
	"rule", "schedule", "queue", "topic", "log group", "alarm", "composite alarm", "key alias", "state machine", "table", "bucket", "user", "role", "policy",
	"group", "stack",
}

// remains searches every Region and account for what is left of the app. It does not trust the CDK CLI: a resource that cannot
// be deleted does not keep the local AWS from calling the stack deleted.
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
		alarms, err := cloudwatch.NewFromConfig(cfg).DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{
			AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm, types.AlarmTypeCompositeAlarm},
		})
		check(err)
		for _, alarm := range alarms.MetricAlarms {
			add("alarm", region.Code, aws.ToString(alarm.AlarmName))
		}
		for _, alarm := range alarms.CompositeAlarms {
			add("composite alarm", region.Code, aws.ToString(alarm.AlarmName))
		}
		schedules, err := awsscheduler.NewFromConfig(cfg).ListSchedules(ctx, &awsscheduler.ListSchedulesInput{})
		check(err)
		for _, schedule := range schedules.Schedules {
			add("schedule", region.Code, aws.ToString(schedule.Name))
		}
		aliases, err := kms.NewFromConfig(cfg).ListAliases(ctx, &kms.ListAliasesInput{})
		check(err)
		for _, alias := range aliases.Aliases {
			add("key alias", region.Code, aws.ToString(alias.AliasName))
		}
	}
	for _, region := range hubs {
		machines, err := sfn.NewFromConfig(r.AWS(region)).ListStateMachines(ctx, &sfn.ListStateMachinesInput{})
		check(err)
		for _, machine := range machines.StateMachines {
			add("state machine", region, aws.ToString(machine.Name))
		}
		tables, err := dynamodb.NewFromConfig(r.AWS(region)).ListTables(ctx, &dynamodb.ListTablesInput{})
		check(err)
		for _, table := range tables.TableNames {
			add("table", region, table)
		}
	}
	for _, bucket := range buckets(t, ctx, r) {
		add("bucket", r.Config.Hub.Account, bucket)
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

// buckets returns the buckets of the hub account, by S3's own protocol: its client is worth no further module.
func buckets(t *testing.T, ctx context.Context, r *local.Run) []string {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	cfg := r.AWS(r.Config.Hub.Region)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Server.URL()+"/", nil)
	check(err)
	credentials, err := cfg.Credentials.Retrieve(ctx)
	check(err)
	const nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" // SHA-256 of no body
	check(v4.NewSigner().SignHTTP(ctx, credentials, request, nothing, "s3", cfg.Region, time.Now()))
	response, err := cfg.HTTPClient.Do(request)
	check(err)
	defer response.Body.Close()
	var answer struct {
		XMLName xml.Name `xml:"ListAllMyBucketsResult"`
		Names   []string `xml:"Buckets>Bucket>Name"`
	}
	check(xml.NewDecoder(response.Body).Decode(&answer))
	return answer.Names
}
