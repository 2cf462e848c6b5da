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
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/names"
)

// The prefixes of names.
const (
	// stackPrefix begins the names of the stacks, and so of the queues that CloudFormation names after them.
	stackPrefix = "BreakGlass-"
	// ownPrefix begins the names of alarms, and what follows the prefix of a rule.
	ownPrefix = "breakglass-"
	logPrefix = "/aws/events/breakglass-"
)

const logGroupKind = "log group"

// stacks also finds those of an earlier file.
var stacks = search{"stack", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
	pages := cloudformation.NewDescribeStacksPaginator(cloudformation.NewFromConfig(cfg), &cloudformation.DescribeStacksInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Stacks {
			if strings.HasPrefix(aws.ToString(s.StackName), stackPrefix) && s.StackStatus != types.StackStatusDeleteComplete {
				found = append(found, aws.ToString(s.StackName))
			}
		}
	}
	return found, nil
}, "aws cloudformation delete-stack --stack-name NAME --region REGION"}

// regional are in every Region of the hub account.
var regional = []search{
	stacks,
	{"rule", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client, in := eventbridge.NewFromConfig(cfg), &eventbridge.ListRulesInput{}
		for {
			page, err := client.ListRules(ctx, in)
			if err != nil {
				return nil, err
			}
			for _, rule := range page.Rules {
				name := aws.ToString(rule.Name)
				for _, prefix := range []string{names.Capture, names.Forward, names.Observe, names.Record, names.Chat} {
					if strings.HasPrefix(name, prefix+ownPrefix) {
						found = append(found, name)
					}
				}
			}
			if in.NextToken = page.NextToken; in.NextToken == nil {
				return found, nil
			}
		}
	}, "aws events remove-targets --rule NAME --region REGION --ids $(aws events list-targets-by-rule --rule NAME --region REGION --query 'Targets[].Id' --output text); " +
		"aws events delete-rule --name NAME --region REGION"},
	{"topic", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := sns.NewListTopicsPaginator(sns.NewFromConfig(cfg), &sns.ListTopicsInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, topic := range page.Topics {
				arn := aws.ToString(topic.TopicArn)
				if slices.Contains([]string{names.Topic, names.ChatTopic}, arn[strings.LastIndex(arn, ":")+1:]) {
					found = append(found, arn)
				}
			}
		}
		return found, nil
	}, "aws sns delete-topic --topic-arn NAME --region REGION"},
	{"queue", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := sqs.NewListQueuesPaginator(sqs.NewFromConfig(cfg), &sqs.ListQueuesInput{QueueNamePrefix: aws.String(stackPrefix), MaxResults: aws.Int32(100)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			found = append(found, page.QueueUrls...)
		}
		return found, nil
	}, "aws sqs delete-queue --queue-url NAME --region REGION"},
	{"alarm", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := cloudwatch.NewDescribeAlarmsPaginator(cloudwatch.NewFromConfig(cfg), &cloudwatch.DescribeAlarmsInput{
			AlarmNamePrefix: aws.String(ownPrefix), AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm, cwtypes.AlarmTypeCompositeAlarm},
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
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
	}, "aws cloudwatch delete-alarms --alarm-names NAME --region REGION"},
	{logGroupKind, func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := cloudwatchlogs.NewDescribeLogGroupsPaginator(cloudwatchlogs.NewFromConfig(cfg), &cloudwatchlogs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String(logPrefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, g := range page.LogGroups {
				found = append(found, aws.ToString(g.LogGroupName))
			}
		}
		return found, nil
	}, "aws logs delete-log-group --log-group-name NAME --region REGION"},
	{"policy of the logs", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		client, in := cloudwatchlogs.NewFromConfig(cfg), &cloudwatchlogs.DescribeResourcePoliciesInput{}
		for {
			page, err := client.DescribeResourcePolicies(ctx, in)
			if err != nil {
				return nil, err
			}
			for _, p := range page.ResourcePolicies {
				if aws.ToString(p.PolicyName) == names.LedgerPolicy {
					found = append(found, names.LedgerPolicy)
				}
			}
			if in.NextToken = page.NextToken; in.NextToken == nil {
				return found, nil
			}
		}
	}, "aws logs delete-resource-policy --policy-name NAME --region REGION"},
	{"schedule", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := scheduler.NewFromConfig(cfg).GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(names.Heartbeat)})
		return named(names.Heartbeat, err)
	}, "aws scheduler delete-schedule --name NAME --region REGION"},
	{"key alias", func(ctx context.Context, cfg aws.Config) (found []string, err error) {
		pages := kms.NewListAliasesPaginator(kms.NewFromConfig(cfg), &kms.ListAliasesInput{})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, err
			}
			for _, a := range page.Aliases {
				if name := aws.ToString(a.AliasName); name == names.KeyAlias || name == names.PipelineKeyAlias {
					found = append(found, name)
				}
			}
		}
		return found, nil
	}, "aws kms delete-alias --alias-name NAME --region REGION"},
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
}, "aws events remove-permission --statement-id NAME --region REGION"}

// once are in the hub's Region, or in none: dashboards are global.
var once = []search{
	{"dashboard", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := cloudwatch.NewFromConfig(cfg).GetDashboard(ctx, &cloudwatch.GetDashboardInput{DashboardName: aws.String(names.Dashboard)})
		return named(names.Dashboard, err)
	}, "aws cloudwatch delete-dashboards --dashboard-names NAME --region REGION"},
	{"trail", func(ctx context.Context, cfg aws.Config) ([]string, error) {
		_, err := cloudtrail.NewFromConfig(cfg).GetTrail(ctx, &cloudtrail.GetTrailInput{Name: aws.String(names.Trail)})
		return named(names.Trail, err)
	}, "aws cloudtrail delete-trail --name NAME --region REGION"},
}

// identities returns the searches of the hub account's IAM.
func identities(policyARN func(name string) string, users, ownRoles []string) []search {
	return []search{
		{"user", eachNamed(users, func(ctx context.Context, client *iam.Client, name string) error {
			_, err := client.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)})
			return err
		}), "aws iam delete-user --user-name NAME"},
		{"group", eachNamed([]string{names.Group}, func(ctx context.Context, client *iam.Client, name string) error {
			_, err := client.GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String(name)})
			return err
		}), "aws iam delete-group --group-name NAME"},
		{"policy", eachNamed([]string{names.AssumePolicy, names.GuardPolicy, names.ForwardPolicy, names.HeartbeatPolicy},
			func(ctx context.Context, client *iam.Client, name string) error {
				_, err := client.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(policyARN(name))})
				return err
			}), "aws iam delete-policy --policy-arn " + policyARN("NAME")},
		roles(ownRoles...),
	}
}

func roles(of ...string) search {
	return search{"role", eachNamed(of, func(ctx context.Context, client *iam.Client, name string) error {
		_, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
		return err
	}), "aws iam delete-role --role-name NAME"}
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
