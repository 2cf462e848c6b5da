package destroy

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	sfntypes "github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
)

// The prefixes of names.
const (
	// stackPrefix begins the names of the stacks, and so of the queues that CloudFormation names after them.
	stackPrefix = "BreakGlass-"
	// ownPrefix begins the names of alarms, and what follows the prefix of a rule.
	ownPrefix = "breakglass-"
	logPrefix = "/aws/events/breakglass-"
	// buildLogPrefix begins the names of the log groups of the pipeline's builds, which CodeBuild writes to, and makes, for as long as
	// there are projects.
	buildLogPrefix = "/aws/codebuild/" + names.PipelineStack + "-"
)

const logGroupKind = "log group"

// stacks also finds those of an earlier file.
var stacks = stacksOf("")

// stacksOf returns the search for stacks: all, or those that are for one account.
func stacksOf(account string) search {
	return search{"stack", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(cfg), &cloudformation.DescribeStacksInput{})
		for s, err := range whole.Each(ctx, pages, func(page *cloudformation.DescribeStacksOutput) []types.Stack { return page.Stacks }) {
			if err != nil {
				return nil, err
			}
			name := aws.ToString(s.StackName)
			if strings.HasPrefix(name, stackPrefix) && strings.HasSuffix(name, account) && s.StackStatus != types.StackStatusDeleteComplete {
				found = append(found, name)
			}
		}
		return found, nil
	}, "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name NAME FLAGS && " +
		"aws cloudformation delete-stack --stack-name NAME FLAGS"}
}

// regional are in every Region of the hub account.
var regional = []search{
	stacks,
	{"rule", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client := eventbridge.NewFromConfig(cfg)
		rules, err := whole.List(func(token *string) ([]ebtypes.Rule, *string, error) {
			page, err := client.ListRules(ctx, &eventbridge.ListRulesInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return page.Rules, page.NextToken, nil
		})
		for _, rule := range rules {
			name := aws.ToString(rule.Name)
			for _, prefix := range []string{names.Capture, names.Forward, names.Observe, names.Record, names.Chat} {
				if strings.HasPrefix(name, prefix+ownPrefix) {
					found = append(found, name)
				}
			}
		}
		return found, err
	}, "aws events remove-targets --rule NAME FLAGS --ids $(aws events list-targets-by-rule --rule NAME FLAGS --query 'Targets[].Id' --output text) && " +
		"aws events delete-rule --name NAME FLAGS"},
	{"topic", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := sns.NewListTopicsPaginator(sns.NewFromConfig(cfg), &sns.ListTopicsInput{})
		for topic, err := range whole.Each(ctx, pages, func(page *sns.ListTopicsOutput) []snstypes.Topic { return page.Topics }) {
			if err != nil {
				return nil, err
			}
			arn := aws.ToString(topic.TopicArn)
			if slices.Contains([]string{names.Topic, names.ChatTopic, names.BeatTopic}, arn[strings.LastIndex(arn, ":")+1:]) {
				found = append(found, arn)
			}
		}
		return found, nil
	}, "aws sns delete-topic --topic-arn NAME FLAGS"},
	{"queue", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		pages := sqs.NewListQueuesPaginator(sqs.NewFromConfig(cfg), &sqs.ListQueuesInput{QueueNamePrefix: aws.String(stackPrefix), MaxResults: aws.Int32(100)})
		return whole.Pages(ctx, pages, func(page *sqs.ListQueuesOutput) []string { return page.QueueUrls })
	}, "aws sqs delete-queue --queue-url NAME FLAGS"},
	{"alarm", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := cloudwatch.NewDescribeAlarmsPaginator(cloudwatch.NewFromConfig(cfg), &cloudwatch.DescribeAlarmsInput{
			AlarmNamePrefix: aws.String(ownPrefix), AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm, cwtypes.AlarmTypeCompositeAlarm},
		})
		for pages.HasMorePages() {
			page, err := whole.Next(ctx, pages)
			if err != nil {
				return nil, err
			}
			for _, a := range page.CompositeAlarms {
				found = append(found, aws.ToString(a.AlarmName))
			}
			for _, a := range page.MetricAlarms {
				found = append(found, aws.ToString(a.AlarmName))
			}
		}
		return found, nil
	}, "aws cloudwatch delete-alarms --alarm-names NAME FLAGS"},
	{logGroupKind, func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client := cloudwatchlogs.NewFromConfig(cfg)
		for _, prefix := range []string{logPrefix, buildLogPrefix} {
			pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(client, &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(prefix)})
			logGroups := func(page *cloudwatchlogs.DescribeLogGroupsOutput) []logstypes.LogGroup { return page.LogGroups }
			for g, err := range whole.Each(ctx, pages, logGroups) {
				if err != nil {
					return nil, err
				}
				if name := aws.ToString(g.LogGroupName); strings.HasPrefix(name, prefix) {
					found = append(found, name)
				}
			}
		}
		return found, nil
	}, "aws logs delete-log-group --log-group-name NAME FLAGS"},
	{"policy of the logs", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client := cloudwatchlogs.NewFromConfig(cfg)
		policies, err := whole.List(func(token *string) ([]logstypes.ResourcePolicy, *string, error) {
			page, err := client.DescribeResourcePolicies(ctx, &cloudwatchlogs.DescribeResourcePoliciesInput{NextToken: token})
			if err != nil {
				return nil, nil, err
			}
			return page.ResourcePolicies, page.NextToken, nil
		})
		for _, p := range policies {
			if aws.ToString(p.PolicyName) == names.LedgerPolicy {
				found = append(found, names.LedgerPolicy)
			}
		}
		return found, err
	}, "aws logs delete-resource-policy --policy-name NAME FLAGS"},
	{"schedule", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client := scheduler.NewFromConfig(cfg)
		for _, name := range names.Schedules() {
			switch _, err := client.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(name)}); {
			case err == nil:
				found = append(found, name)
			case !absent(err):
				return found, err
			}
		}
		return found, nil
	}, "aws scheduler delete-schedule --name NAME FLAGS"},
	{"state machine", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := sfn.NewListStateMachinesPaginator(sfn.NewFromConfig(cfg), &sfn.ListStateMachinesInput{})
		stateMachines := func(page *sfn.ListStateMachinesOutput) []sfntypes.StateMachineListItem { return page.StateMachines }
		for m, err := range whole.Each(ctx, pages, stateMachines) {
			if err != nil {
				return nil, err
			}
			if aws.ToString(m.Name) == names.Composer {
				found = append(found, aws.ToString(m.StateMachineArn))
			}
		}
		return found, nil
	}, "aws stepfunctions delete-state-machine --state-machine-arn NAME FLAGS"},
	{"table", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := dynamodb.NewFromConfig(cfg).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(names.AlertsTable)})
		return named(names.AlertsTable, err)
	}, "aws dynamodb delete-table --table-name NAME FLAGS"},
	{"key alias", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := kms.NewListAliasesPaginator(kms.NewFromConfig(cfg), &kms.ListAliasesInput{})
		for a, err := range whole.Each(ctx, pages, func(page *kms.ListAliasesOutput) []kmstypes.AliasListEntry { return page.Aliases }) {
			if err != nil {
				return nil, err
			}
			if name := aws.ToString(a.AliasName); name == names.KeyAlias || name == names.PipelineKeyAlias {
				found = append(found, name)
			}
		}
		return found, nil
	}, "aws kms delete-alias --alias-name NAME FLAGS"},
}

// observed returns the searches in every observed Region of a target account.
func observed() []search {
	return slices.DeleteFunc(slices.Clone(regional), func(s search) bool { return !slices.Contains([]string{"stack", "rule", "queue"}, s.kind) })
}

// statement lets the target accounts' observers put events on a hub's bus.
var statement = search{"statement on the event bus", func(ctx context.Context, cfg aws.Config) ([]string, error) {
	out, err := eventbridge.NewFromConfig(cfg).DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{Name: aws.String("default")})
	if err != nil || !strings.Contains(aws.ToString(out.Policy), names.HubBusStatement) {
		return nil, err
	}
	return []string{names.HubBusStatement}, nil
}, "aws events remove-permission --statement-id NAME FLAGS"}

// monitored are what posts a hub's heartbeat to a monitor outside AWS, in the Region of a hub.
var monitored = []search{
	{"API destination", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := eventbridge.NewFromConfig(cfg).DescribeApiDestination(ctx, &eventbridge.DescribeApiDestinationInput{Name: aws.String(names.DeadMansSwitch)})
		return named(names.DeadMansSwitch, err)
	}, "aws events delete-api-destination --name NAME FLAGS"},
	{"connection", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := eventbridge.NewFromConfig(cfg).DescribeConnection(ctx, &eventbridge.DescribeConnectionInput{Name: aws.String(names.DeadMansSwitch)})
		return named(names.DeadMansSwitch, err)
	}, "aws events delete-connection --name NAME FLAGS"},
}

// once are in the hub's Region, or in none: dashboards are global.
var once = []search{
	{"dashboard", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := cloudwatch.NewFromConfig(cfg).GetDashboard(ctx, &cloudwatch.GetDashboardInput{DashboardName: aws.String(names.Dashboard)})
		return named(names.Dashboard, err)
	}, "aws cloudwatch delete-dashboards --dashboard-names NAME FLAGS"},
	{"trail", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := cloudtrail.NewFromConfig(cfg).GetTrail(ctx, &cloudtrail.GetTrailInput{Name: aws.String(names.Trail)})
		return named(names.Trail, err)
	}, "aws cloudtrail delete-trail --name NAME FLAGS"},
}

// identities returns the searches of the hub account's IAM.
func identities(policyARN func(name string) string, users, ownRoles []string) []search {
	return []search{
		{"user", eachNamed(users, func(ctx context.Context, client *iam.Client, name string) error {
			_, err := client.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)})
			return err
		}), deleteUser},
		{"group", eachNamed([]string{names.Group}, func(ctx context.Context, client *iam.Client, name string) error {
			_, err := client.GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String(name)})
			return err
		}), deleteGroup},
		{"policy", eachNamed([]string{
			names.AssumePolicy, names.GuardPolicy, names.ForwardPolicy, names.HeartbeatPolicy, names.ComposerPolicy, names.ComposerStartPolicy,
		},
			func(ctx context.Context, client *iam.Client, name string) error {
				_, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(policyARN(name))})
				return err
			}), deletePolicy(policyARN("NAME"))},
		roles(ownRoles...),
	}
}

func roles(of ...string) search {
	return search{"role", eachNamed(of, func(ctx context.Context, client *iam.Client, name string) error {
		_, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
		return err
	}), deleteRole}
}

// eachNamed asks IAM for things by their names.
func eachNamed(of []string, get func(context.Context, *iam.Client, string) error) func(context.Context, aws.Config) ([]string, error) {
	return func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client := iam.NewFromConfig(cfg)
		for _, name := range of {
			switch err := get(ctx, client, name); {
			case err == nil:
				found = append(found, name)
			case !absent(err):
				return found, err
			}
		}
		return found, nil
	}
}

func named(name string, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return []string{name}, nil
}
