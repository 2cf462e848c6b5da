//go:build emulator

// This test deploys a small app to the local AWS and breaks it piece by piece: go test -tags emulator -run Live ./operate/check

package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	ct "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	scheduling "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
)

const project = "../.."

// live is an app on the local AWS, and what check said of it last.
type live struct {
	*local.Run
	last *Report
}

// In makes it the keys of its own accounts.
func (l *live) In(_ context.Context, account, region string) (aws.Config, error) {
	return l.Server.Config(account, region), nil
}

func deployLive(t *testing.T) *live {
	t.Helper()
	l := deployFile(t, "testdata/live.yaml")
	l.trail(t)
	l.check(t)
	return l
}

// deployFile starts a local AWS and deploys a file there.
func deployFile(t *testing.T, name string) *live {
	t.Helper()
	server := localtest.Start(t, project)
	file, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	run, err := local.New(project, file, server, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Deploy(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &live{Run: run}
}

// trail makes what the local AWS leaves out of the trail's stack: the trail itself. The bucket is there.
func (l *live) trail(t *testing.T) {
	t.Helper()
	stack, err := cloudformation.NewFromConfig(l.AWS("us-east-1")).DescribeStackResources(t.Context(),
		&cloudformation.DescribeStackResourcesInput{StackName: aws.String(names.TrailStack)})
	if err != nil {
		t.Fatal(err)
	}
	trails := cloudtrail.NewFromConfig(l.AWS("us-east-1"))
	for _, r := range stack.StackResources {
		if aws.ToString(r.ResourceType) != "AWS::S3::Bucket" {
			continue
		}
		if _, err := trails.CreateTrail(t.Context(), &cloudtrail.CreateTrailInput{
			Name: aws.String(names.Trail), S3BucketName: r.PhysicalResourceId, IsMultiRegionTrail: aws.Bool(true),
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := trails.StartLogging(t.Context(), &cloudtrail.StartLoggingInput{Name: aws.String(names.Trail)}); err != nil {
			t.Fatal(err)
		}
	}
}

func (l *live) check(t *testing.T) *Report {
	t.Helper()
	report, err := Run(t.Context(), Options{Config: l.Config, Keys: l, Began: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	l.last = report
	return report
}

// news returns the problems and warnings that are not in the report before.
func news(before, after *Report) []string {
	lines := func(r *Report) []string {
		var all []string
		for _, f := range r.Findings {
			if f.Severity == Problem || f.Severity == Warning {
				all = append(all, fmt.Sprintf("%s %s [%s] %s", f.Severity, f.Check, strings.Join(f.Where, " "), f.What))
			}
		}
		return all
	}
	old := lines(before)
	return slices.DeleteFunc(lines(after), func(line string) bool { return slices.Contains(old, line) })
}

func TestLive(t *testing.T) {
	l := deployLive(t)
	t.Run("what is true of a new deployment there", func(t *testing.T) { l.isNew(t) })
	t.Run("each break is named, and nothing else", func(t *testing.T) { l.breaks(t) })
	t.Run("a user with password and MFA device has no finding", func(t *testing.T) { l.completesTheUser(t) })
	if file := os.Getenv("CHECK_PAGE"); file != "" {
		if err := l.last.WritePage(file); err != nil {
			t.Error(err)
		}
	}
}

func (l *live) isNew(t *testing.T) {
	for check, want := range map[string]Severity{
		"answers": Problem, // the local AWS has no ListRegions
		"stacks":  Note, "trail": Fine, "rules": Fine, "bus": Fine, "topic": Fine, "key": Fine, "subscribers": Fine, "queues": Fine,
		"forwarding": Fine, "users": Problem, "passwords": Fine, "group": Fine, "roles": Fine,
		"ledger": Problem, // it makes no resource policy of logs, and keeps no retention
	} {
		i := slices.IndexFunc(l.last.Checks, func(o Outcome) bool { return o.ID == check })
		if got := l.last.Checks[i].Worst; got != want {
			t.Errorf("%s is %s, want %s: %+v", check, got, want, l.last.Of(check, got))
		}
	}
	if got, want := l.last.Tallies[accountsReachable], (Tally{2, 2}); got != want {
		t.Errorf("reachable are %+v", got)
	}
}

type breaking struct {
	name string
	do   func(ctx context.Context) error
	// want is said, in one finding with all of these words.
	want []string
}

// breaks makes one break after the other, and compares the new findings.
func (l *live) breaks(t *testing.T) {
	const forwarder = "eu-west-1"
	events := func(region string) *eventbridge.Client { return eventbridge.NewFromConfig(l.AWS(region)) }
	topics, people := sns.NewFromConfig(l.AWS("us-east-1")), iam.NewFromConfig(l.AWS("us-east-1"))
	trails := cloudtrail.NewFromConfig(l.AWS("us-east-1"))
	topic := aws.String("arn:aws:sns:us-east-1:111111111111:" + names.Topic)
	rule := aws.String("capture-breakglass-user-assume-role")
	for _, b := range []breaking{
		{"a rule is disabled", func(ctx context.Context) error {
			_, err := events(forwarder).DisableRule(ctx, &eventbridge.DisableRuleInput{Name: aws.String("capture-breakglass-user-sign-in")})
			return err
		}, []string{"problem rules [eu-west-1]", "capture-breakglass-user-sign-in is disabled"}},
		{"a target is removed", func(ctx context.Context) error {
			_, err := events("us-west-2").RemoveTargets(ctx,
				&eventbridge.RemoveTargetsInput{Rule: aws.String("forward-breakglass-root-sign-in"), Ids: []string{"us-east-1"}})
			return err
		}, []string{"problem rules [us-west-2]", "forward-breakglass-root-sign-in has no target us-east-1"}},
		{"a stranger reads a rule", func(ctx context.Context) error {
			_, err := events("us-east-1").PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("capture-breakglass-root-sign-in"), Targets: []eb.Target{
				{Id: aws.String("stranger"), Arn: aws.String("arn:aws:sqs:us-east-1:111111111111:stranger")},
			}})
			return err
		}, []string{"warning rules [us-east-1]", "not in breakglass.yaml: stranger"}},
		{"a target loses its dead letters", func(ctx context.Context) error {
			_, err := events("us-east-1").PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String("record-breakglass-drills"), Targets: []eb.Target{
				{Id: aws.String("ledger"), Arn: aws.String("arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger)},
			}})
			return err
		}, []string{"problem rules [us-east-1]", "target ledger of rule record-breakglass-drills has no dead-letter queue"}},
		{"a pattern is changed", func(ctx context.Context) error {
			now, err := events(forwarder).DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: rule})
			if err != nil {
				return err
			}
			_, err = events(forwarder).PutRule(ctx, &eventbridge.PutRuleInput{
				Name: rule, Description: now.Description, EventPattern: aws.String(`{"source":["aws.sts"]}`), State: eb.RuleStateEnabledWithAllCloudtrailManagementEvents,
			})
			return err
		}, []string{"problem rules [eu-west-1]", "capture-breakglass-user-assume-role has a different pattern", "$or differs"}},
		{"a rule misses what only reads", func(ctx context.Context) error {
			_, err := events(forwarder).EnableRule(ctx, &eventbridge.EnableRuleInput{Name: aws.String("capture-breakglass-root-sign-in")})
			return err
		}, []string{"problem rules [eu-west-1]", "capture-breakglass-root-sign-in is in state ENABLED"}},
		{"the bus admits a stranger", func(ctx context.Context) error {
			_, err := events("us-east-1").PutPermission(ctx, &eventbridge.PutPermissionInput{
				EventBusName: aws.String("default"), Action: aws.String("events:PutEvents"), Principal: aws.String("222222222222"), StatementId: aws.String("stranger"),
			})
			return err
		}, []string{"warning bus [us-east-1]", "222222222222"}},
		{"a subscriber leaves", func(ctx context.Context) error {
			subscribed, err := topics.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: topic})
			if err != nil {
				return err
			}
			for _, s := range subscribed.Subscriptions {
				if aws.ToString(s.Protocol) == "sqs" {
					_, err = topics.Unsubscribe(ctx, &sns.UnsubscribeInput{SubscriptionArn: s.SubscriptionArn})
				}
			}
			return err
		}, []string{"problem subscribers [us-east-1]", "sqs arn:aws:sqs:us-east-1:111111111111:people is not subscribed"}},
		{"a stranger subscribes", func(ctx context.Context) error {
			_, err := topics.Subscribe(ctx,
				&sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:111111111111:stranger")})
			return err
		}, []string{"problem subscribers [us-east-1]", "sqs arn:aws:sqs:us-east-1:111111111111:stranger is not in breakglass.yaml"}},
		{"an event is not delivered", func(ctx context.Context) error {
			letters := sqs.NewFromConfig(l.AWS(forwarder))
			queues, err := letters.ListQueues(ctx, &sqs.ListQueuesInput{QueueNamePrefix: aws.String("BreakGlass-Forwarder")})
			if err != nil {
				return err
			}
			_, err = letters.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: aws.String(queues.QueueUrls[0]), MessageBody: aws.String("lost")})
			return err
		}, []string{"problem queues [eu-west-1]", "undelivered events in BreakGlass-Forwarder-eu-west-"}},
		{"the guard is detached", func(ctx context.Context) error {
			_, err := people.DetachGroupPolicy(ctx,
				&iam.DetachGroupPolicyInput{GroupName: aws.String(names.Group), PolicyArn: aws.String("arn:aws:iam::111111111111:policy/" + names.GuardPolicy)})
			return err
		}, []string{"problem group", "lacks the guard BreakGlassGuard"}},
		{"a stranger joins the group", func(ctx context.Context) error {
			if _, err := people.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("mallory")}); err != nil {
				return err
			}
			_, err := people.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: aws.String("mallory"), GroupName: aws.String(names.Group)})
			return err
		}, []string{"problem group", "the member mallory"}},
		{"a user gets an access key", func(ctx context.Context) error {
			_, err := people.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("breakglass-alice")})
			return err
		}, []string{"problem users", "breakglass-alice has the access key"}},
		{"a user gets a policy of its own", func(ctx context.Context) error {
			_, err := people.AttachUserPolicy(ctx,
				&iam.AttachUserPolicyInput{UserName: aws.String("breakglass-bob"), PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
			return err
		}, []string{"problem users", "breakglass-bob has the policy", "AdministratorAccess attached directly"}},
		{"passwords expire for good", func(ctx context.Context) error {
			_, err := people.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MaxPasswordAge: aws.Int32(90), HardExpiry: aws.Bool(true)})
			return err
		}, []string{"problem passwords", "expire after 90 days"}},
		{"a role can be assumed without MFA", func(ctx context.Context) error {
			_, err := iam.NewFromConfig(l.Server.Config("222222222222", "us-east-1")).UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
				RoleName: aws.String("BreakGlassRole"), PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
				"Principal": {"AWS": "arn:aws:iam::111111111111:root"},
				"Condition": {"ArnEquals": {"aws:PrincipalArn": ["arn:aws:iam::111111111111:user/breakglass-alice", "arn:aws:iam::111111111111:user/breakglass-bob"]}}}}`),
			})
			return err
		}, []string{"problem roles [222222222222]", "can be assumed without MFA"}},
		{"the trail leaves out what only reads", func(ctx context.Context) error {
			_, err := trails.PutEventSelectors(ctx, &cloudtrail.PutEventSelectorsInput{TrailName: aws.String(names.Trail), EventSelectors: []ct.EventSelector{
				{ReadWriteType: ct.ReadWriteTypeWriteOnly, IncludeManagementEvents: aws.Bool(true)},
			}})
			return err
		}, []string{"problem trail", "breakglass-trail: logs no read-only management events"}},
		{"the trail is stopped", func(ctx context.Context) error {
			_, err := trails.StopLogging(ctx, &cloudtrail.StopLoggingInput{Name: aws.String(names.Trail)})
			return err
		}, []string{"problem trail", "breakglass-trail: is stopped"}},
		{"an alarm is deleted", func(ctx context.Context) error {
			_, err := cloudwatch.NewFromConfig(l.AWS("us-west-2")).DeleteAlarms(ctx,
				&cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"breakglass-user-failed-sign-in-standby"}})
			return err
		}, []string{"problem alarms [us-west-2]", "breakglass-user-failed-sign-in-standby is missing"}},
		{"an alarm's actions are switched off", func(ctx context.Context) error {
			_, err := cloudwatch.NewFromConfig(l.AWS("us-east-1")).DisableAlarmActions(ctx,
				&cloudwatch.DisableAlarmActionsInput{AlarmNames: []string{names.UndeliveredAlarm}})
			return err
		}, []string{"problem alarms [us-east-1]", "breakglass-undelivered has its actions disabled"}},
		{"an alert text is replaced", func(ctx context.Context) error {
			const rule = "capture-breakglass-user-sign-in"
			targets, err := events("us-east-1").ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(rule)})
			if err != nil {
				return err
			}
			i := slices.IndexFunc(targets.Targets, func(t eb.Target) bool { return aws.ToString(t.Id) == "composer" })
			targets.Targets[i].InputTransformer.InputTemplate = aws.String(`"All is well"`)
			_, err = events("us-east-1").PutTargets(ctx, &eventbridge.PutTargetsInput{Rule: aws.String(rule), Targets: targets.Targets[i : i+1]})
			return err
		}, []string{"problem rules [us-east-1]", "target composer of rule capture-breakglass-user-sign-in has a different input", "All is well"}},
		{"a threshold, a metric and a period are changed", func(ctx context.Context) error {
			alarms := cloudwatch.NewFromConfig(l.AWS("us-east-1"))
			name := "breakglass-user-failed-sign-in"
			now, err := alarms.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
			if err != nil {
				return err
			}
			a := now.MetricAlarms[0]
			_, err = alarms.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
				AlarmName: a.AlarmName, AlarmDescription: a.AlarmDescription, AlarmActions: a.AlarmActions, Namespace: a.Namespace,
				MetricName: aws.String("FailedInvocations"),
				Dimensions: a.Dimensions, Statistic: a.Statistic, Period: aws.Int32(60), EvaluationPeriods: a.EvaluationPeriods, DatapointsToAlarm: a.DatapointsToAlarm,
				Threshold: aws.Float64(1000), ComparisonOperator: a.ComparisonOperator, TreatMissingData: a.TreatMissingData,
			})
			return err
		}, []string{"problem alarms [us-east-1]", "breakglass-user-failed-sign-in differs", "metric is FailedInvocations, not Invocations", "period is 1m, not 5m", "threshold is 1000, not 1"}},
		{"a schedule stops", func(ctx context.Context) error {
			schedules := scheduler.NewFromConfig(l.AWS(forwarder))
			now, err := schedules.GetSchedule(ctx, &scheduler.GetScheduleInput{Name: aws.String(names.Heartbeat)})
			if err != nil {
				return err
			}
			_, err = schedules.UpdateSchedule(ctx, &scheduler.UpdateScheduleInput{
				Name: now.Name, ScheduleExpression: now.ScheduleExpression, FlexibleTimeWindow: now.FlexibleTimeWindow, Target: now.Target,
				State: scheduling.ScheduleStateDisabled,
			})
			return err
		}, []string{"problem heartbeats [eu-west-1]", "breakglass-heartbeat is disabled"}},
		{"the key is to be deleted", func(ctx context.Context) error {
			keys := kms.NewFromConfig(l.AWS("us-west-2"))
			key, err := keys.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(names.KeyAlias)})
			if err != nil {
				return err
			}
			_, err = keys.ScheduleKeyDeletion(ctx, &kms.ScheduleKeyDeletionInput{KeyId: key.KeyMetadata.KeyId, PendingWindowInDays: aws.Int32(7)})
			return err
		}, []string{"problem key [us-west-2]", "will be deleted"}},
		{"a Region's stack is deleted", func(ctx context.Context) error {
			stacks := cloudformation.NewFromConfig(l.AWS(forwarder))
			name := aws.String("BreakGlass-Forwarder-eu-west-1")
			if _, err := stacks.DeleteStack(ctx, &cloudformation.DeleteStackInput{StackName: name}); err != nil {
				return err
			}
			return cloudformation.NewStackDeleteCompleteWaiter(stacks, func(o *cloudformation.StackDeleteCompleteWaiterOptions) { o.MinDelay = time.Second }).Wait(ctx,
				&cloudformation.DescribeStacksInput{StackName: name}, time.Minute)
		}, []string{"problem stacks [eu-west-1]", "not deployed: BreakGlass-Forwarder-eu-west-1"}},
	} {
		t.Run(b.name, func(t *testing.T) {
			before := l.last
			if err := b.do(t.Context()); err != nil {
				t.Fatal(err)
			}
			said := news(before, l.check(t))
			if len(said) != 1 {
				t.Errorf("%d findings are new:\n%s", len(said), strings.Join(said, "\n"))
				return
			}
			for _, words := range b.want {
				if !strings.Contains(said[0], words) {
					t.Errorf("it says %q, without %q", said[0], words)
				}
			}
		})
	}
}

// completesTheUser creates what a deployment does not: a password and an MFA device.
func (l *live) completesTheUser(t *testing.T) {
	ctx, people := t.Context(), iam.NewFromConfig(l.AWS("us-east-1"))
	user := aws.String("breakglass-bob")
	if _, err := people.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{
		UserName: user, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess"),
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := people.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: user, Password: aws.String("Correct-horse-battery-1")}); err != nil {
		t.Fatal(err)
	}
	device, err := people.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: user})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := people.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: user, SerialNumber: device.VirtualMFADevice.SerialNumber, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}); err != nil {
		t.Fatal(err)
	}
	for _, f := range l.check(t).Of("users", Problem) {
		if strings.Contains(f.What, "breakglass-bob") {
			t.Errorf("of a user with everything it says %q", f.What)
		}
	}
}
