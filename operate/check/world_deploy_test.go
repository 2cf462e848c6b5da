package check

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	scheduling "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// into reads the properties of a resource as the SDK's type for it, whose fields have the same names.
func into[T any](properties map[string]any) *T {
	out := new(T)
	if err := json.Unmarshal([]byte(text(properties)), out); err != nil {
		panic(fmt.Sprintf("%v: %s", err, text(properties)))
	}
	return out
}

// add puts something into a map, as AWS does: once.
func add[T any](all map[string]T, name string, one T) {
	if _, twice := all[name]; twice || name == "" {
		panic("there is one already, or it has no name: " + name)
	}
	all[name] = one
}

// deploy makes the resources of the templates of the world's account and Region.
func (w *world) deploy(all []*synthesized) {
	w.owns = map[string][]string{}
	w.stacks, w.rules, w.targets = map[string]*cfn.Stack{}, map[string]*eb.Rule{}, map[string][]eb.Target{}
	w.alarms, w.groups, w.queues = map[string]*cw.MetricAlarm{}, map[string]*cw.CompositeAlarm{}, map[string]map[string]string{}
	w.kept, w.policies, w.ofGroups = map[string]int32{}, map[string]string{"other": "{}"}, map[string]string{}
	w.users, w.passwords, w.memberOf, w.devices = map[string]*it.User{}, map[string]*it.LoginProfile{}, map[string][]string{}, map[string][]it.MFADevice{}
	w.keys, w.direct, w.attached = map[string][]it.AccessKeyMetadata{}, map[string][]string{}, map[string][]string{}
	w.documents, w.roles, w.ofRole, w.inRole = map[string]string{}, map[string]*it.Role{}, map[string][]string{}, map[string]map[string]string{}
	w.sets, w.instances, w.changes = map[string]*cfn.StackSet{}, map[string][]cfn.StackInstanceSummary{}, map[string][]cfn.StackSetOperationSummary{}
	for _, t := range all {
		w.deployPeople(t)
		w.deploySets(t)
		if t.account != w.account || t.region != w.region {
			continue
		}
		w.stacks[t.stack] = &cfn.Stack{
			StackName: aws.String(t.stack), StackStatus: cfn.StackStatusUpdateComplete, EnableTerminationProtection: aws.Bool(true),
			CreationTime: aws.Time(now.Add(-100 * day)),
		}
		w.deployEvents(t)
		w.deployAlarms(t)
		w.deployTopic(t)
		w.deployQueues(t)
		w.deployLogs(t)
		w.deployComposer(t)
	}
	for i, region := range w.s.config.Regions {
		w.beats = append(w.beats, logs.FilteredLogEvent{
			Timestamp: aws.Int64(now.Add(-time.Duration(i+1) * 10 * time.Minute).UnixMilli()),
			Message:   aws.String(fmt.Sprintf(`{"source": %q, "region": %q}`, watch.HeartbeatSource, region)),
		})
	}
}

func (w *world) deployEvents(t *synthesized) {
	for _, p := range t.ofType("AWS::Events::Rule") {
		p["EventPattern"] = text(p["EventPattern"])
		rule := into[eb.Rule](p)
		add(w.rules, *rule.Name, rule)
		w.targets[*rule.Name] = into[struct{ Targets []eb.Target }](p).Targets
		if len(w.targets[*rule.Name]) > 5 {
			panic("a rule has five targets at most: " + *rule.Name)
		}
	}
	for _, p := range t.ofType("AWS::Scheduler::Schedule") {
		w.schedule = into[scheduler.GetScheduleOutput](p)
		w.schedule.State = scheduling.ScheduleStateEnabled // what CloudFormation makes of none
	}
	for _, p := range t.ofType("AWS::Events::EventBusPolicy") {
		statement := p["Statement"].(map[string]any)
		statement["Sid"] = p["StatementId"]
		// EventBridge gives an account back by the ARN of its root.
		w.bus = text(map[string]any{"Statement": []any{asRoot(w.s.in(w.region), statement)}})
	}
}

func (w *world) deployAlarms(t *synthesized) {
	for _, p := range t.ofType("AWS::CloudWatch::Alarm") {
		alarm := into[cw.MetricAlarm](p)
		alarm.StateValue = cw.StateValueOk
		if alarm.ActionsEnabled == nil {
			alarm.ActionsEnabled = aws.Bool(true)
		}
		add(w.alarms, *alarm.AlarmName, alarm)
	}
	for _, p := range t.ofType("AWS::CloudWatch::CompositeAlarm") {
		alarm := into[cw.CompositeAlarm](p)
		alarm.StateValue = cw.StateValueOk
		if alarm.ActionsEnabled == nil {
			alarm.ActionsEnabled = aws.Bool(true)
		}
		add(w.groups, *alarm.AlarmName, alarm)
	}
}

// deployTopic makes a hub's topic, with its key and subscriptions.
func (w *world) deployTopic(t *synthesized) {
	policies := map[any]string{}
	for _, p := range t.ofType("AWS::SNS::TopicPolicy") {
		policies[p["Topics"].([]any)[0]] = text(p["PolicyDocument"])
	}
	for id, p := range t.ofType("AWS::SNS::Topic") {
		topic := map[string]string{"KmsMasterKeyId": p["KmsMasterKeyId"].(string), "Policy": policies[t.ref(id)]}
		switch p["TopicName"] {
		case names.Topic:
			w.topic, topic["DisplayName"] = topic, p["DisplayName"].(string)
		case names.BeatTopic:
			w.beatTopic = topic
		}
	}
	for _, id := range sorted(t.ofType("AWS::SNS::Subscription")) {
		sub := into[types.Subscription](t.ofType("AWS::SNS::Subscription")[id])
		sub.SubscriptionArn = aws.String(*sub.TopicArn + ":" + id)
		if *sub.Protocol == "email" { // SNS may spell it so
			sub.Endpoint = aws.String(strings.ToLower(*sub.Endpoint))
		}
		w.subs = append(w.subs, *sub)
	}
	for _, p := range t.ofType("AWS::KMS::Key") {
		w.key = &kt.KeyMetadata{KeyId: aws.String(keyID), KeyState: kt.KeyStateEnabled}
		w.rotates, w.keyRules = p["EnableKeyRotation"] == true, text(p["KeyPolicy"])
	}
}

func (w *world) deployQueues(t *synthesized) {
	for id, p := range t.ofType("AWS::SQS::Queue") {
		add(w.queues, t.ref(id), map[string]string{
			"QueueArn": t.attribute(id, "Arn"), "ApproximateNumberOfMessages": "0", "ApproximateNumberOfMessagesNotVisible": "0",
			"MessageRetentionPeriod": fmt.Sprint(p["MessageRetentionPeriod"]), "MaximumMessageSize": "1048576", "DelaySeconds": "0",
		})
	}
	for _, p := range t.ofType("AWS::SQS::QueuePolicy") {
		for _, url := range p["Queues"].([]any) {
			w.queues[url.(string)]["Policy"] = text(p["PolicyDocument"])
		}
	}
}

// queueOf returns the address of the dead-letter queue of a stack.
func (w *world) queueOf(stack string) string {
	for _, url := range sorted(w.queues) {
		if strings.Contains(url, "/"+stack+"-DeadLetters") {
			return url
		}
	}
	panic(stack + " has no dead-letter queue")
}

func (w *world) deployLogs(t *synthesized) {
	for _, p := range t.ofType("AWS::Logs::LogGroup") {
		w.kept[p["LogGroupName"].(string)] = int32(p["RetentionInDays"].(int))
	}
	for _, p := range t.ofType("AWS::Logs::ResourcePolicy") {
		w.policies[p["PolicyName"].(string)] = p["PolicyDocument"].(string)
	}
}

// deploySets makes the stack sets, each with two accounts of the unit.
func (w *world) deploySets(t *synthesized) {
	for _, p := range t.ofType("AWS::CloudFormation::StackSet") {
		set := into[cfn.StackSet](p)
		name := *set.StackSetName
		for _, group := range p["StackInstancesGroup"].([]any) {
			to := into[struct {
				DeploymentTargets cfn.DeploymentTargets
				Regions           []string
			}](group.(map[string]any))
			set.OrganizationalUnitIds = append(set.OrganizationalUnitIds, to.DeploymentTargets.OrganizationalUnitIds...)
			for _, region := range to.Regions {
				for _, account := range []string{"333333333331", "333333333332"} {
					w.instances[name] = append(w.instances[name], cfn.StackInstanceSummary{
						Account: aws.String(account), Region: aws.String(region), Status: cfn.StackInstanceStatusCurrent,
					})
				}
			}
		}
		w.changes[name] = []cfn.StackSetOperationSummary{{
			Action: cfn.StackSetOperationActionCreate, Status: cfn.StackSetOperationStatusSucceeded, OperationId: aws.String("1"),
		}}
		add(w.sets, name, set)
	}
}

// deployPeople makes what is in IAM. It is the same in every Region; the names of the accounts' roles differ, so that one
// world has them all.
func (w *world) deployPeople(t *synthesized) {
	for _, p := range t.ofType("AWS::IAM::User") {
		name := p["UserName"].(string)
		add(w.users, name, &it.User{UserName: aws.String(name), Arn: t.identity("user", name, p), PasswordLastUsed: aws.Time(now.Add(-310 * day))})
		w.passwords[name], w.devices[name] = &it.LoginProfile{CreateDate: aws.Time(now.Add(-300 * day))}, devices("arn:aws:iam::111111111111:mfa/"+name,
			"arn:aws:iam::111111111111:mfa/"+name+"-second")
		w.memberOf[name] = texts(p["Groups"])
		w.members = append(w.members, name)
	}
	for _, p := range t.ofType("AWS::IAM::Group") {
		w.ofGroup = append(w.ofGroup, texts(p["ManagedPolicyArns"])...)
		w.groupARN = *t.identity("group", p["GroupName"].(string), p)
	}
	for id, p := range t.ofType("AWS::IAM::ManagedPolicy") {
		arn := t.ref(id)
		add(w.documents, arn, text(p["PolicyDocument"]))
		if len(texts(p["Groups"])) > 0 {
			w.ofGroup = append(w.ofGroup, arn)
		}
		for _, role := range texts(p["Roles"]) {
			w.ofRole[role] = append(w.ofRole[role], arn)
		}
	}
	for _, p := range t.ofType("AWS::IAM::Role") {
		name := p["RoleName"].(string)
		role := &it.Role{
			RoleName: aws.String(name), Arn: t.identity("role", name, p), AssumeRolePolicyDocument: aws.String(text(p["AssumeRolePolicyDocument"])),
			MaxSessionDuration: aws.Int32(3600),
		}
		if seconds, ok := p["MaxSessionDuration"].(int); ok {
			role.MaxSessionDuration = aws.Int32(int32(seconds))
		}
		if boundary, ok := p["PermissionsBoundary"].(string); ok {
			role.PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(boundary)}
		}
		add(w.roles, name, role)
		w.ofRole[name] = append(w.ofRole[name], texts(p["ManagedPolicyArns"])...)
		w.inRole[name] = map[string]string{}
		inline, _ := p["Policies"].([]any)
		for _, one := range inline {
			policy := one.(map[string]any)
			w.inRole[name][policy["PolicyName"].(string)] = text(policy["PolicyDocument"])
		}
	}
}

// identity returns the ARN of a user, group or role, with its path.
func (t *synthesized) identity(kind, name string, properties map[string]any) *string {
	path, ok := properties["Path"].(string)
	if !ok {
		path = "/"
	}
	return aws.String("arn:aws:iam::" + t.account + ":" + kind + path + name)
}

// texts returns a property that is a list of texts, or nil.
func texts(property any) []string {
	var out []string
	list, _ := property.([]any)
	for _, one := range list {
		out = append(out, one.(string))
	}
	return out
}
