package check

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	st "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

const sample = `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1]
unwatched: [{region: sa-east-1, reason: denied to everybody}]
alerts: {email: [Security-Team@example.com], sqs: ["arn:aws:sqs:us-east-1:111111111111:people"]}
users: [{name: alice}, {name: bob}]
role: {managedPolicies: [ReadOnlyAccess], sessionDuration: 2h}
targets:
  - {account: "222222222222", inlinePolicy: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}, permissionsBoundary: Fence}
  - {organizationalUnit: ou-ab12-11111111, name: workloads}
stackSets: {retainOnAccountRemoval: true}
`

const hub, forwarder = "us-east-1", "eu-west-1"

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is a Region of an account in which all is well, until a test breaks it. It answers every narrow interface.
type world struct {
	s *scene
	// account is the hub's, or a target's.
	account, region string
	// refused are the operations that AWS refuses, with the error.
	refused map[string]error

	regions  map[string]regions.RegionOptStatus
	stacks   map[string]*cfn.Stack
	rules    map[string]*eb.Rule
	targets  map[string][]eb.Target
	bus      string
	topic    map[string]string
	subs     []types.Subscription
	sub      map[string]string
	key      *kt.KeyMetadata
	rotates  bool
	trails   []ct.Trail
	logging  *cloudtrail.GetTrailStatusOutput
	selected *cloudtrail.GetEventSelectorsOutput
	queues   map[string]map[string]string
	alarms   map[string]*cw.MetricAlarm
	groups   map[string]*cw.CompositeAlarm
	schedule *scheduler.GetScheduleOutput
	beats    []logs.FilteredLogEvent
	kept     map[string]int32
	policies map[string]string // of logs
	keyRules string

	users     map[string]*it.User
	passwords map[string]*it.LoginProfile
	devices   int
	keys      []it.AccessKeyMetadata
	memberOf  []string
	direct    []string
	attached  []string // to users directly
	expiry    *it.PasswordPolicy
	members   []string
	ofGroup   []string // ARNs of the group's policies
	inline    []string // of the group
	documents map[string]string
	roles     map[string]*it.Role
	ofRole    map[string][]string
	inRole    map[string]map[string]string

	units     *organization
	sets      map[string]*cfn.StackSet
	instances []cfn.StackInstanceSummary
	changes   []cfn.StackSetOperationSummary
}

const keyID = "0f0f0f0f-1111-2222-3333-444444444444"

func well(t *testing.T, region string) *world {
	t.Helper()
	return wellOf(t, region, sample)
}

func wellOf(t *testing.T, region, file string) *world {
	t.Helper()
	return wellIn(t, "111111111111", region, file)
}

func wellIn(t *testing.T, account, region, file string) *world {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	s := newScene(c, now)
	w := &world{s: s, account: account, region: region, refused: map[string]error{}}
	w.regions = map[string]regions.RegionOptStatus{"sa-east-1": regions.RegionOptStatusEnabledByDefault, "af-south-1": regions.RegionOptStatusDisabled}
	for _, r := range c.Regions {
		w.regions[r] = regions.RegionOptStatusEnabledByDefault
	}
	w.deploy()
	w.tell()
	w.people()
	w.organize()
	return w
}

// queueARN is the dead-letter queue of a stack.
func (w *world) queueARN(stack string) string {
	return "arn:aws:sqs:" + w.region + ":" + w.account + ":" + stack + "-DeadLettersQueue-X"
}

func (w *world) deploy() {
	s := w.s
	w.stacks, w.rules, w.targets = map[string]*cfn.Stack{}, map[string]*eb.Rule{}, map[string][]eb.Target{}
	w.alarms, w.groups, w.queues = map[string]*cw.MetricAlarm{}, map[string]*cw.CompositeAlarm{}, map[string]map[string]string{}
	for _, at := range w.placements() {
		w.stacks[at.Stack] = &cfn.Stack{
			StackName: aws.String(at.Stack), StackStatus: cfn.StackStatusUpdateComplete, EnableTerminationProtection: aws.Bool(true),
			CreationTime: aws.Time(now.Add(-100 * day)),
		}
		arn := w.queueARN(at.Stack)
		w.queues[at.Stack] = map[string]string{
			"QueueArn": arn, "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0",
			"Policy": text(access.DeadLetters(config.PlaceOf(w.account, w.region), arn)),
		}
		for _, rule := range s.plan.Rules(at, plan.Refs{Key: keyID}) {
			w.rules[rule.Name] = &eb.Rule{
				Name: aws.String(rule.Name), State: eb.RuleStateEnabledWithAllCloudtrailManagementEvents, EventPattern: aws.String(text(rule.Pattern)),
			}
			for _, each := range rule.Targets {
				id, to := each.ID, each.ARN
				target := eb.Target{Id: aws.String(id), Arn: aws.String(to), DeadLetterConfig: &eb.DeadLetterConfig{Arn: aws.String(arn)}}
				if strings.Contains(to, "event-bus") {
					target.RoleArn = aws.String("arn:aws:iam::111111111111:role/" + names.ForwardRole)
				}
				if at.Target != nil {
					target.RoleArn = aws.String("arn:aws:iam::" + w.account + ":role/" + names.ObserverRole)
				}
				if id == "people" {
					target.InputTransformer = &eb.InputTransformer{InputTemplate: aws.String("text")}
				}
				w.targets[rule.Name] = append(w.targets[rule.Name], target)
			}
		}
		for _, a := range (plan.Plan{Config: s.config, Placements: []plan.Placement{at}}).Alarms() {
			if a.Composite() {
				w.groups[a.Name] = &cw.CompositeAlarm{AlarmName: aws.String(a.Name), StateValue: cw.StateValueOk, ActionsEnabled: aws.Bool(true), AlarmActions: s.told(a)}
				continue
			}
			m := &cw.MetricAlarm{AlarmName: aws.String(a.Name), StateValue: cw.StateValueOk, ActionsEnabled: aws.Bool(true), AlarmActions: s.told(a)}
			if a.Kind == plan.SilenceAlarm {
				m.Threshold = aws.Float64(float64(s.config.Scope().BeatsExpected(a.Of, w.region)))
			}
			w.alarms[a.Name] = m
		}
	}
	w.schedule = &scheduler.GetScheduleOutput{
		State: st.ScheduleStateEnabled, ScheduleExpression: aws.String(watch.HeartbeatSchedule), Target: &st.Target{
			Arn: aws.String(s.in(w.region).Bus()), RoleArn: aws.String("arn:aws:iam::111111111111:role/" + names.HeartbeatRole),
			EventBridgeParameters: &st.EventBridgeParameters{Source: aws.String(watch.HeartbeatSource)},
		},
	}
	for i, region := range s.config.Regions {
		w.beats = append(w.beats, logs.FilteredLogEvent{
			Timestamp: aws.Int64(now.Add(-time.Duration(i+1) * 10 * time.Minute).UnixMilli()),
			Message:   aws.String(fmt.Sprintf(`{"source": %q, "region": %q}`, watch.HeartbeatSource, region)),
		})
	}
}

func (w *world) placements() []plan.Placement {
	return slices.DeleteFunc(slices.Clone(w.s.plan.Placements), func(at plan.Placement) bool {
		return at.Region != w.region || at.Account != w.account
	})
}

func (w *world) tell() {
	s := w.s
	arn := s.in(w.region).Topic(names.Topic)
	w.topic = map[string]string{"KmsMasterKeyId": keyID, "Policy": text(access.Topic(s.in(w.region), arn))}
	for _, who := range s.wanted() {
		protocol, endpoint, _ := strings.Cut(who, " ")
		w.subs = append(w.subs, types.Subscription{Protocol: &protocol, Endpoint: &endpoint, SubscriptionArn: aws.String(arn + ":" + protocol)})
	}
	w.sub = map[string]string{"ConfirmationWasAuthenticated": "true"}
	w.key, w.rotates = &kt.KeyMetadata{KeyId: aws.String(keyID), KeyState: kt.KeyStateEnabled}, true
	w.keyRules = text(access.Key(s.in(w.region)))
	w.trails = []ct.Trail{{
		Name: aws.String("organization"), TrailARN: aws.String("arn:aws:cloudtrail:eu-west-1:999999999999:trail/organization"), HomeRegion: aws.String("eu-west-1"),
		IsMultiRegionTrail: aws.Bool(true), IncludeGlobalServiceEvents: aws.Bool(true), IsOrganizationTrail: aws.Bool(true),
	}}
	w.logging, w.selected = &cloudtrail.GetTrailStatusOutput{IsLogging: aws.Bool(true)}, &cloudtrail.GetEventSelectorsOutput{}
	groups := []string{s.in(w.region).LogGroup(names.Ledger), s.in(w.region).LogGroup(names.Heartbeats)}
	w.kept = map[string]int32{names.Ledger: int32(s.config.Ledger.RetentionDays), names.Heartbeats: watch.HeartbeatDays}
	w.policies = map[string]string{"other": "{}", names.LedgerPolicy: text(access.Ledger(s.in(w.region), groups...))}
}

func (w *world) people() {
	s := w.s
	w.users, w.passwords = map[string]*it.User{}, map[string]*it.LoginProfile{}
	for _, u := range s.config.Users {
		w.users[u.Name] = &it.User{UserName: aws.String(u.Name), PasswordLastUsed: aws.Time(now.Add(-200 * day))}
		w.passwords[u.Name] = &it.LoginProfile{CreateDate: aws.Time(now.Add(-300 * day))}
		w.members = append(w.members, u.Name)
	}
	w.devices, w.memberOf = 2, []string{names.Group}
	own := "arn:aws:iam::111111111111:policy/"
	w.ofGroup = []string{"arn:aws:iam::aws:policy/IAMFullAccess", own + names.AssumePolicy, own + names.GuardPolicy}
	buses := []string{s.in("us-east-1").Bus(), s.in("us-west-2").Bus()}
	w.documents = map[string]string{
		own + names.GuardPolicy: text(access.Guard(s.config.EmergencyUsers())), own + names.AssumePolicy: text(access.AssumeRole(s.config.HubPlace(), s.config.Role.Name)),
		own + names.ForwardPolicy: text(access.Forward(buses)), own + names.HeartbeatPolicy: text(access.Heartbeat(s.config.HubPlace())),
	}
	role := func(trust access.Document) *it.Role {
		return &it.Role{AssumeRolePolicyDocument: aws.String(text(trust)), MaxSessionDuration: aws.Int32(7200)}
	}
	w.roles = map[string]*it.Role{
		names.ForwardRole: role(forwardTrust), names.HeartbeatRole: role(access.HeartbeatTrust(s.config.HubPlace())),
		"BreakGlassRole": role(access.Trust(s.config.EmergencyUsers())),
	}
	w.roles["BreakGlassRole"].PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String("arn:aws:iam::222222222222:policy/Fence")}
	w.ofRole = map[string][]string{
		names.ForwardRole: {own + names.ForwardPolicy}, names.HeartbeatRole: {own + names.HeartbeatPolicy}, "BreakGlassRole": {"arn:aws:iam::aws:policy/ReadOnlyAccess"},
	}
	w.inRole = map[string]map[string]string{"BreakGlassRole": {"BreakGlassRole": text(s.config.Targets[0].InlinePolicy)}}
}

// denied is what AWS says to somebody without a permission.
func denied(permission string) error {
	return &smithy.GenericAPIError{Code: "AccessDenied", Message: "User: x is not authorized to perform: " + permission + " on resource: *"}
}

// refuse makes AWS refuse an operation.
func (w *world) refuse(service, operation string) {
	w.refused[operation] = denied(service + ":" + operation)
}

func answer[T any](w *world, operation string, out T) (T, error) {
	if err := w.refused[operation]; err != nil {
		var none T
		return none, err
	}
	return out, nil
}

var noSuchEntity = &it.NoSuchEntityException{}

func (w *world) ListRegions(context.Context, *account.ListRegionsInput, ...func(*account.Options)) (*account.ListRegionsOutput, error) {
	out := &account.ListRegionsOutput{}
	for region, state := range w.regions {
		out.Regions = append(out.Regions, regions.Region{RegionName: aws.String(region), RegionOptStatus: state})
	}
	return answer(w, "ListRegions", out)
}

func (w *world) DescribeStacks(_ context.Context, in *cloudformation.DescribeStacksInput, _ ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error) {
	out := &cloudformation.DescribeStacksOutput{}
	for name, stack := range w.stacks {
		if in.StackName == nil || *in.StackName == name {
			out.Stacks = append(out.Stacks, *stack)
		}
	}
	if in.StackName != nil && len(out.Stacks) == 0 {
		return nil, &smithy.GenericAPIError{Code: "ValidationError", Message: "Stack with id " + *in.StackName + " does not exist"}
	}
	return answer(w, "DescribeStacks", out)
}

func (w *world) ListRules(_ context.Context, in *eventbridge.ListRulesInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListRulesOutput, error) {
	// One a page, so that every page is read.
	rules := sorted(w.rules)
	i := 0
	if in.NextToken != nil {
		fmt.Sscan(*in.NextToken, &i)
	}
	out := &eventbridge.ListRulesOutput{}
	if i < len(rules) {
		out.Rules = []eb.Rule{*w.rules[rules[i]]}
	}
	if i+1 < len(rules) {
		out.NextToken = aws.String(fmt.Sprint(i + 1))
	}
	return answer(w, "ListRules", out)
}

func (w *world) ListTargetsByRule(_ context.Context, in *eventbridge.ListTargetsByRuleInput, _ ...func(*eventbridge.Options)) (*eventbridge.ListTargetsByRuleOutput, error) {
	return answer(w, "ListTargetsByRule", &eventbridge.ListTargetsByRuleOutput{Targets: w.targets[*in.Rule]})
}

func (w *world) DescribeEventBus(context.Context, *eventbridge.DescribeEventBusInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeEventBusOutput, error) {
	return answer(w, "DescribeEventBus", &eventbridge.DescribeEventBusOutput{Policy: aws.String(w.bus)})
}

func (w *world) GetTopicAttributes(context.Context, *sns.GetTopicAttributesInput, ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error) {
	if w.topic == nil {
		return nil, &types.NotFoundException{}
	}
	return answer(w, "GetTopicAttributes", &sns.GetTopicAttributesOutput{Attributes: w.topic})
}

func (w *world) ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	return answer(w, "ListSubscriptionsByTopic", &sns.ListSubscriptionsByTopicOutput{Subscriptions: w.subs})
}

func (w *world) GetSubscriptionAttributes(context.Context, *sns.GetSubscriptionAttributesInput, ...func(*sns.Options)) (*sns.GetSubscriptionAttributesOutput, error) {
	return answer(w, "GetSubscriptionAttributes", &sns.GetSubscriptionAttributesOutput{Attributes: w.sub})
}

func (w *world) DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error) {
	if w.key == nil {
		return nil, &kt.NotFoundException{}
	}
	return answer(w, "DescribeKey", &kms.DescribeKeyOutput{KeyMetadata: w.key})
}

func (w *world) GetKeyRotationStatus(context.Context, *kms.GetKeyRotationStatusInput, ...func(*kms.Options)) (*kms.GetKeyRotationStatusOutput, error) {
	return answer(w, "GetKeyRotationStatus", &kms.GetKeyRotationStatusOutput{KeyRotationEnabled: w.rotates})
}

func (w *world) GetKeyPolicy(context.Context, *kms.GetKeyPolicyInput, ...func(*kms.Options)) (*kms.GetKeyPolicyOutput, error) {
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

func (w *world) ListQueues(context.Context, *sqs.ListQueuesInput, ...func(*sqs.Options)) (*sqs.ListQueuesOutput, error) {
	return answer(w, "ListQueues", &sqs.ListQueuesOutput{QueueUrls: sorted(w.queues)})
}

func (w *world) GetQueueAttributes(_ context.Context, in *sqs.GetQueueAttributesInput, _ ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error) {
	return answer(w, "GetQueueAttributes", &sqs.GetQueueAttributesOutput{Attributes: w.queues[*in.QueueUrl]})
}

func (w *world) DescribeAlarms(context.Context, *cloudwatch.DescribeAlarmsInput, ...func(*cloudwatch.Options)) (*cloudwatch.DescribeAlarmsOutput, error) {
	out := &cloudwatch.DescribeAlarmsOutput{}
	for _, a := range w.alarms {
		out.MetricAlarms = append(out.MetricAlarms, *a)
	}
	for _, a := range w.groups {
		out.CompositeAlarms = append(out.CompositeAlarms, *a)
	}
	return answer(w, "DescribeAlarms", out)
}

func (w *world) GetSchedule(context.Context, *scheduler.GetScheduleInput, ...func(*scheduler.Options)) (*scheduler.GetScheduleOutput, error) {
	if w.schedule == nil {
		return nil, &st.ResourceNotFoundException{}
	}
	return answer(w, "GetSchedule", w.schedule)
}

func (w *world) FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	return answer(w, "FilterLogEvents", &cloudwatchlogs.FilterLogEventsOutput{Events: w.beats})
}

func (w *world) DescribeLogGroups(context.Context, *cloudwatchlogs.DescribeLogGroupsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeLogGroupsOutput, error) {
	out := &cloudwatchlogs.DescribeLogGroupsOutput{}
	for name, days := range w.kept {
		out.LogGroups = append(out.LogGroups, logs.LogGroup{LogGroupName: aws.String(name), RetentionInDays: aws.Int32(days)})
	}
	return answer(w, "DescribeLogGroups", out)
}

func (w *world) DescribeResourcePolicies(context.Context, *cloudwatchlogs.DescribeResourcePoliciesInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.DescribeResourcePoliciesOutput, error) {
	out := &cloudwatchlogs.DescribeResourcePoliciesOutput{}
	for name, document := range w.policies {
		out.ResourcePolicies = append(out.ResourcePolicies, logs.ResourcePolicy{PolicyName: aws.String(name), PolicyDocument: aws.String(document)})
	}
	return answer(w, "DescribeResourcePolicies", out)
}
