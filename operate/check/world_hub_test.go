package check

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	st "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"example.com/breakglass/names"
)

func (w *world) ListRegions(_ context.Context, in *account.ListRegionsInput, _ ...func(*account.Options)) (*account.ListRegionsOutput, error) {
	out := &account.ListRegionsOutput{}
	names, next := paged(w, sorted(w.regions), in.NextToken)
	for _, region := range names {
		out.Regions = append(out.Regions, regions.Region{RegionName: aws.String(region), RegionOptStatus: w.regions[region]})
	}
	out.NextToken = next
	return answer(w, "ListRegions", out)
}

func doesNotExist(stack string) error {
	return &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + stack + " does not exist"}
}

func (w *world) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	out := &cloudformation.DescribeStacksOutput{}
	var all []cfn.Stack
	for _, stack := range values(w.stacks) {
		if in.StackName == nil || *in.StackName == *stack.StackName {
			all = append(all, *stack)
		}
	}
	if in.StackName != nil && len(all) == 0 {
		return nil, doesNotExist(*in.StackName)
	}
	out.Stacks, out.NextToken = paged(w, all, in.NextToken)
	return answer(w, "DescribeStacks", out)
}

func (w *world) ListRules(_ context.Context, in *eventbridge.ListRulesInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error) {
	out := &eventbridge.ListRulesOutput{}
	rules, next := paged(w, values(w.rules), in.NextToken)
	for _, rule := range rules {
		out.Rules = append(out.Rules, *rule)
	}
	out.NextToken = next
	return answer(w, "ListRules", out)
}

func (w *world) ListTargetsByRule(_ context.Context, in *eventbridge.ListTargetsByRuleInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error) {
	if w.rules[*in.Rule] == nil {
		return nil, &eb.ResourceNotFoundException{Message: aws.String("Rule " + *in.Rule + " does not exist on EventBus default.")}
	}
	out := &eventbridge.ListTargetsByRuleOutput{}
	out.Targets, out.NextToken = paged(w, w.targets[*in.Rule], in.NextToken)
	return answer(w, "ListTargetsByRule", out)
}

func (w *world) DescribeEventBus(context.Context, *eventbridge.DescribeEventBusInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeEventBusOutput, error) {
	return answer(w, "DescribeEventBus", &eventbridge.DescribeEventBusOutput{Policy: aws.String(w.bus)})
}

// isTopic reports whether an ARN is the topic's.
func (w *world) isTopic(arn *string) bool {
	return w.topic != nil && *arn == w.s.in(w.region).Topic(names.Topic)
}

func (w *world) GetTopicAttributes(_ context.Context, in *sns.GetTopicAttributesInput, _ ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error) {
	of := w.s.in(w.region).Topic
	attributes := map[string]map[string]string{of(names.Topic): w.topic, of(names.BeatTopic): w.beatTopic}[*in.TopicArn]
	if attributes == nil {
		return nil, &types.NotFoundException{}
	}
	return answer(w, "GetTopicAttributes", &sns.GetTopicAttributesOutput{Attributes: attributes})
}

func (w *world) GetDataProtectionPolicy(_ context.Context, in *sns.GetDataProtectionPolicyInput, _ ...func(*sns.Options)) (*sns.GetDataProtectionPolicyOutput, error) {
	if !w.isTopic(in.ResourceArn) {
		return nil, &types.NotFoundException{}
	}
	return answer(w, "GetDataProtectionPolicy", &sns.GetDataProtectionPolicyOutput{DataProtectionPolicy: aws.String(w.protection)})
}

func (w *world) ListSubscriptionsByTopic(_ context.Context, in *sns.ListSubscriptionsByTopicInput, _ ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	if !w.isTopic(in.TopicArn) {
		return nil, &types.NotFoundException{}
	}
	out := &sns.ListSubscriptionsByTopicOutput{}
	out.Subscriptions, out.NextToken = paged(w, w.subs, in.NextToken)
	return answer(w, "ListSubscriptionsByTopic", out)
}

func (w *world) GetSubscriptionAttributes(_ context.Context, in *sns.GetSubscriptionAttributesInput, _ ...func(*sns.Options)) (*sns.GetSubscriptionAttributesOutput, error) {
	if !strings.HasPrefix(*in.SubscriptionArn, "arn:") {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: SubscriptionArn")}
	}
	return answer(w, "GetSubscriptionAttributes", &sns.GetSubscriptionAttributesOutput{Attributes: w.sub})
}

func (w *world) GetSMSSandboxAccountStatus(context.Context, *sns.GetSMSSandboxAccountStatusInput, ...func(*sns.Options)) (*sns.GetSMSSandboxAccountStatusOutput, error) {
	return answer(w, "GetSMSSandboxAccountStatus", &sns.GetSMSSandboxAccountStatusOutput{IsInSandbox: w.phones != nil})
}

func (w *world) ListSMSSandboxPhoneNumbers(_ context.Context, in *sns.ListSMSSandboxPhoneNumbersInput, _ ...func(*sns.Options)) (*sns.ListSMSSandboxPhoneNumbersOutput, error) {
	out := &sns.ListSMSSandboxPhoneNumbersOutput{}
	out.PhoneNumbers, out.NextToken = paged(w, w.phones, in.NextToken)
	return answer(w, "ListSMSSandboxPhoneNumbers", out)
}

func (w *world) CheckIfPhoneNumberIsOptedOut(_ context.Context, in *sns.CheckIfPhoneNumberIsOptedOutInput, _ ...func(*sns.Options)) (*sns.CheckIfPhoneNumberIsOptedOutOutput, error) {
	return answer(w, "CheckIfPhoneNumberIsOptedOut", &sns.CheckIfPhoneNumberIsOptedOutOutput{IsOptedOut: *in.PhoneNumber == w.optedOut})
}

func (w *world) GetSMSAttributes(context.Context, *sns.GetSMSAttributesInput, ...func(*sns.Options)) (*sns.GetSMSAttributesOutput, error) {
	return answer(w, "GetSMSAttributes", &sns.GetSMSAttributesOutput{Attributes: map[string]string{"MonthlySpendLimit": w.spendLimit}})
}

func (w *world) DescribeKey(_ context.Context, in *kms.DescribeKeyInput, _ ...func(*kms.Options)) (*kms.DescribeKeyOutput, error) {
	if w.key == nil || *in.KeyId != names.KeyAlias {
		return nil, &kt.NotFoundException{}
	}
	return answer(w, "DescribeKey", &kms.DescribeKeyOutput{KeyMetadata: w.key})
}

func (w *world) GetKeyRotationStatus(_ context.Context, in *kms.GetKeyRotationStatusInput, _ ...func(*kms.Options)) (*kms.GetKeyRotationStatusOutput, error) {
	if *in.KeyId != keyID { // it takes no alias
		return nil, &kt.NotFoundException{}
	}
	if w.key.KeyState == kt.KeyStatePendingDeletion {
		return nil, &kt.KMSInvalidStateException{Message: aws.String(*in.KeyId + " is pending deletion.")}
	}
	return answer(w, "GetKeyRotationStatus", &kms.GetKeyRotationStatusOutput{KeyRotationEnabled: w.rotates})
}

func (w *world) GetKeyPolicy(_ context.Context, in *kms.GetKeyPolicyInput, _ ...func(*kms.Options)) (*kms.GetKeyPolicyOutput, error) {
	if *in.KeyId != keyID { // it takes no alias
		return nil, &kt.NotFoundException{}
	}
	return answer(w, "GetKeyPolicy", &kms.GetKeyPolicyOutput{Policy: aws.String(w.keyRules)})
}

func (w *world) DescribeTrails(context.Context, *cloudtrail.DescribeTrailsInput, ...func(*cloudtrail.Options)) (*cloudtrail.DescribeTrailsOutput, error) {
	return answer(w, "DescribeTrails", &cloudtrail.DescribeTrailsOutput{TrailList: w.trails})
}

func (w *world) GetTrailStatus(context.Context, *cloudtrail.GetTrailStatusInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetTrailStatusOutput, error) {
	return answer(w, "GetTrailStatus", w.logging)
}

func (w *world) GetEventSelectors(context.Context, *cloudtrail.GetEventSelectorsInput, ...func(*cloudtrail.Options)) (*cloudtrail.GetEventSelectorsOutput, error) {
	return answer(w, "GetEventSelectors", w.selected)
}

func (w *world) ListQueues(_ context.Context, in *sqs.ListQueuesInput, _ ...func(*sqs.Options)) (*sqs.ListQueuesOutput, error) {
	out := &sqs.ListQueuesOutput{}
	urls := slices.DeleteFunc(sorted(w.queues), func(url string) bool {
		return !strings.HasPrefix(url[strings.LastIndex(url, "/")+1:], aws.ToString(in.QueueNamePrefix))
	})
	out.QueueUrls, out.NextToken = paged(w, urls, in.NextToken)
	return answer(w, "ListQueues", out)
}

func (w *world) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return answer(w, "GetQueueAttributes", &sqs.GetQueueAttributesOutput{Attributes: w.queues[*in.QueueUrl]})
}

func (w *world) DescribeAlarms(_ context.Context, in *cloudwatch.DescribeAlarmsInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	out := &cloudwatch.DescribeAlarmsOutput{}
	found := func(name string) bool { return strings.HasPrefix(name, aws.ToString(in.AlarmNamePrefix)) }
	var all []any
	for _, a := range values(w.alarms) {
		if found(*a.AlarmName) && slices.Contains(in.AlarmTypes, cw.AlarmTypeMetricAlarm) {
			all = append(all, *a)
		}
	}
	for _, a := range values(w.groups) {
		if found(*a.AlarmName) && slices.Contains(in.AlarmTypes, cw.AlarmTypeCompositeAlarm) {
			all = append(all, *a)
		}
	}
	some, next := paged(w, all, in.NextToken)
	for _, a := range some {
		switch a := a.(type) {
		case cw.MetricAlarm:
			out.MetricAlarms = append(out.MetricAlarms, a)
		case cw.CompositeAlarm:
			out.CompositeAlarms = append(out.CompositeAlarms, a)
		}
	}
	out.NextToken = next
	return answer(w, "DescribeAlarms", out)
}

func (w *world) GetSchedule(_ context.Context, in *scheduler.GetScheduleInput, _ ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error) {
	if call, ok := w.calls[*in.Name]; ok {
		return answer(w, "GetSchedule", call)
	}
	if w.schedule == nil || *in.Name != *w.schedule.Name {
		return nil, &st.ResourceNotFoundException{}
	}
	return answer(w, "GetSchedule", w.schedule)
}

// GetMetricStatistics knows of no drill of CloudTrail's records.
func (w *world) GetMetricStatistics(context.Context, *cloudwatch.GetMetricStatisticsInput, ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricStatisticsOutput, error) {
	return answer(w, "GetMetricStatistics", &cloudwatch.GetMetricStatisticsOutput{})
}

func (w *world) FilterLogEvents(_ context.Context, in *cloudwatchlogs.FilterLogEventsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	if _, ok := w.kept[*in.LogGroupName]; !ok {
		return nil, &logs.ResourceNotFoundException{}
	}
	out, lines := &cloudwatchlogs.FilterLogEventsOutput{}, w.beats
	if *in.LogGroupName == names.Ledger {
		lines = slices.DeleteFunc(slices.Clone(w.recorded), func(e logs.FilteredLogEvent) bool {
			return !strings.HasPrefix(aws.ToString(e.LogStreamName), aws.ToString(in.LogStreamNamePrefix))
		})
	}
	out.Events, out.NextToken = paged(w, lines, in.NextToken)
	return answer(w, "FilterLogEvents", out)
}

func (w *world) DescribeLogGroups(_ context.Context, in *cloudwatchlogs.DescribeLogGroupsInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	groups, next := paged(w, sorted(w.kept), in.NextToken)
	for _, name := range groups {
		one := logs.LogGroup{LogGroupName: aws.String(name), LogGroupClass: logs.LogGroupClassStandard}
		if days := w.kept[name]; days > 0 { // without, a group is never expires
			one.RetentionInDays = aws.Int32(days)
		}
		out.LogGroups = append(out.LogGroups, one)
	}
	out.NextToken = next
	return answer(w, "DescribeLogGroups", out)
}

func (w *world) DescribeResourcePolicies(_ context.Context, in *cloudwatchlogs.DescribeResourcePoliciesInput, _ ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeResourcePoliciesOutput, error) {
	out := &cloudwatchlogs.DescribeResourcePoliciesOutput{}
	if in.PolicyScope == logs.PolicyScopeResource {
		name := strings.TrimSuffix((*in.ResourceArn)[strings.LastIndex(*in.ResourceArn, "log-group:")+len("log-group:"):], ":*")
		if _, ok := w.kept[name]; !ok {
			return nil, &logs.ResourceNotFoundException{}
		}
		if document := w.ofGroups[name]; document != "" {
			out.ResourcePolicies = []logs.ResourcePolicy{{ResourceArn: in.ResourceArn, PolicyDocument: aws.String(document), RevisionId: aws.String("7")}}
		}
		return answer(w, "DescribeResourcePolicies", out)
	}
	policies, next := paged(w, sorted(w.policies), in.NextToken)
	for _, name := range policies {
		out.ResourcePolicies = append(out.ResourcePolicies, logs.ResourcePolicy{PolicyName: aws.String(name), PolicyDocument: aws.String(w.policies[name])})
	}
	out.NextToken = next
	return answer(w, "DescribeResourcePolicies", out)
}
