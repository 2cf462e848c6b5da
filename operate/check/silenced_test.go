package check

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/scheduler"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/names"
)

const (
	identifies = "identifies it, as its name does, which is compared"
	reports    = "reports what happened, and changes nothing"
	ofTheKey   = "can't be changed: another key has another ID, and the topic's is compared"
)

// described is something that AWS describes with a type of the SDK.
type described struct {
	name, check string
	// in returns a pointer to it, where an answer has it; nil otherwise.
	in func(out any) any
	// not are the fields that check does not compare, and why. A field that a new version of the SDK adds has to be compared, or
	// listed here.
	not map[string]string
}

var allDescribed = []described{
	{"metric alarm", "alarms", func(out any) any {
		if page, ok := out.(*cloudwatch.DescribeAlarmsOutput); ok {
			for i, a := range page.MetricAlarms {
				if *a.AlarmName == "breakglass-user-failed-sign-in" {
					return &page.MetricAlarms[i]
				}
			}
		}
		return nil
	}, map[string]string{
		"AlarmArn": identifies, "AlarmConfigurationUpdatedTimestamp": reports, "StateReason": reports, "StateReasonData": reports,
		"StateTransitionedTimestamp": reports, "StateUpdatedTimestamp": reports, "EvaluationState": reports,
		"StateValue":                       "a state that is not OK is reported, and this test sets one that AWS does not have",
		"EvaluateLowSampleCountPercentile": "means nothing without a percentile, which is no Statistic",
		"ExtendedStatistic":                "takes the place of Statistic, which is compared",
		"Metrics":                          "takes the place of MetricName, which is compared",
		"ThresholdMetricId":                "takes the place of Threshold, which is compared",
	}},
	{"composite alarm", "alarms", func(out any) any {
		if page, ok := out.(*cloudwatch.DescribeAlarmsOutput); ok && len(page.CompositeAlarms) > 0 {
			return &page.CompositeAlarms[0]
		}
		return nil
	}, map[string]string{
		"AlarmArn": identifies, "AlarmConfigurationUpdatedTimestamp": reports, "StateReason": reports, "StateReasonData": reports,
		"StateTransitionedTimestamp": reports, "StateUpdatedTimestamp": reports, "ActionsSuppressedBy": reports, "ActionsSuppressedReason": reports,
		"StateValue":                       "a state that is not OK is reported, and this test sets one that AWS does not have",
		"ActionsSuppressorWaitPeriod":      "means nothing without ActionsSuppressor, which is compared",
		"ActionsSuppressorExtensionPeriod": "means nothing without ActionsSuppressor, which is compared",
	}},
	{"rule", "rules", func(out any) any {
		if page, ok := out.(*eventbridge.ListRulesOutput); ok {
			for i, rule := range page.Rules {
				if *rule.Name == "capture-breakglass-user-sign-in" {
					return &page.Rules[i]
				}
			}
		}
		return nil
	}, map[string]string{"Arn": identifies}},
	{"target", "rules", func(out any) any {
		if page, ok := out.(*eventbridge.ListTargetsByRuleOutput); ok && *page.Targets[0].Id == "ledger" {
			return &page.Targets[0]
		}
		return nil
	}, nil},
	{"bus", "bus", func(out any) any {
		if bus, ok := out.(*eventbridge.DescribeEventBusOutput); ok {
			return bus
		}
		return nil
	}, map[string]string{
		"Arn": identifies, "Name": identifies, "CreationTime": reports, "LastModifiedTime": reports, "Description": reports, "ResultMetadata": reports,
		"DeadLetterConfig": "says where an event goes that the bus can't decrypt", "LogConfig": "says what the bus logs",
	}},
	{"log group", "ledger", func(out any) any {
		if page, ok := out.(*cloudwatchlogs.DescribeLogGroupsOutput); ok && *page.LogGroups[0].LogGroupName == names.Ledger {
			return &page.LogGroups[0]
		}
		return nil
	}, map[string]string{
		"Arn": identifies, "LogGroupArn": identifies, "CreationTime": reports, "StoredBytes": reports, "MetricFilterCount": reports,
	}},
	{"key", "key", func(out any) any {
		if key, ok := out.(*kms.DescribeKeyOutput); ok {
			return key.KeyMetadata
		}
		return nil
	}, map[string]string{
		"KeyId": "names the key, with which the topic's is compared", "AWSAccountId": identifies, "Arn": identifies, "CreationDate": reports, "Description": reports,
		"Enabled": "follows KeyState, which is compared", "DeletionDate": "follows KeyState, which is compared",
		"PendingDeletionWindowInDays": "follows KeyState, which is compared",
		"CloudHsmClusterId":           ofTheKey, "CurrentKeyMaterialId": ofTheKey, "CustomKeyStoreId": ofTheKey, "CustomerMasterKeySpec": ofTheKey,
		"EncryptionAlgorithms": ofTheKey,
		"ExpirationModel":      ofTheKey, "KeyAgreementAlgorithms": ofTheKey, "KeyManager": ofTheKey, "KeySpec": ofTheKey, "KeyUsage": ofTheKey,
		"MacAlgorithms": ofTheKey,
		"MultiRegion":   ofTheKey, "MultiRegionConfiguration": ofTheKey, "Origin": ofTheKey, "SigningAlgorithms": ofTheKey, "ValidTo": ofTheKey,
		"XksKeyConfiguration": ofTheKey,
	}},
	{"forwarding role", "forwarding", func(out any) any {
		if role, ok := out.(*iam.GetRoleOutput); ok && *role.Role.RoleName == names.ForwardRole {
			return role.Role
		}
		return nil
	}, map[string]string{
		"Arn": identifies, "RoleName": identifies, "RoleId": identifies, "Path": "check asks for the role by its name, which one path has", "CreateDate": reports,
		"Description":  reports,
		"RoleLastUsed": reports, "Tags": reports, "MaxSessionDuration": "limits the sessions of people, not those of EventBridge",
	}},
	{"composer", "composer", func(out any) any {
		if machine, ok := out.(*sfn.DescribeStateMachineOutput); ok {
			return machine
		}
		return nil
	}, map[string]string{
		"StateMachineArn": identifies, "Name": identifies, "Label": "names a part of a mapped run", "CreationDate": reports, "Description": reports,
		"RevisionId":         reports,
		"VariableReferences": "follows the definition, which is compared", "ResultMetadata": reports,
	}},
	{"table", "composer", func(out any) any {
		if table, ok := out.(*dynamodb.DescribeTableOutput); ok {
			return table.Table
		}
		return nil
	}, map[string]string{
		"TableArn": identifies, "TableName": identifies, "TableId": identifies, "CreationDateTime": reports, "ItemCount": reports, "TableSizeBytes": reports,
		"ArchivalSummary": reports, "RestoreSummary": reports, "LatestStreamArn": "follows StreamSpecification, which is compared",
		"LatestStreamLabel":         "follows StreamSpecification, which is compared",
		"DeletionProtectionEnabled": "keeps the table, if anything", "GlobalTableVersion": "means nothing without Replicas, which are compared",
		"MultiRegionConsistency": "means nothing without Replicas, which are compared",
		"ProvisionedThroughput":  "means nothing where each request is billed, which is compared",
		"TableClassSummary":      "is a matter of price", "WarmThroughput": "is at least what AWS gives",
	}},
	{"schedule", "heartbeats", func(out any) any {
		if schedule, ok := out.(*scheduler.GetScheduleOutput); ok {
			return schedule
		}
		return nil
	}, map[string]string{
		"Arn": identifies, "Name": identifies, "GroupName": "check asks for the one of the default group", "CreationDate": reports, "LastModificationDate": reports,
		"Description": reports, "ResultMetadata": reports,
		"ActionAfterCompletion":      "means nothing without EndDate, which is compared",
		"ScheduleExpressionTimezone": "means nothing with a rate",
	}},
}

// An intruder changes what nobody looks at.
func TestEveryFieldThatAWSReturnsIsComparedOrItSaysWhyNot(t *testing.T) {
	for _, d := range allDescribed {
		var fields []reflect.StructField
		w := well(t, hub)
		w.alter = func(out any) {
			if one := d.in(out); one != nil && fields == nil {
				fields = reflect.VisibleFields(reflect.TypeOf(one).Elem())
			}
		}
		// A role is asked for with the users, everything else in its Region.
		concerned := func(j job) bool { return j.name == map[bool]string{true: "users", false: hub}[d.check == "forwarding"] }
		quiet := w.part(t, concerned).Findings
		if len(fields) == 0 {
			t.Errorf("AWS returned no %s", d.name)
		}
		seen := map[string]bool{}
		for _, field := range fields {
			seen[field.Name] = true
			if !field.IsExported() || d.not[field.Name] != "" {
				continue
			}
			t.Run(d.name+" "+field.Name, func(t *testing.T) {
				w, done := well(t, hub), false
				w.alter = func(out any) {
					if one := d.in(out); one != nil && !done {
						done = true
						change(reflect.ValueOf(one).Elem().FieldByIndex(field.Index))
					}
				}
				found := bad(w.part(t, concerned).Findings)
				before := map[string]bool{}
				for _, f := range quiet {
					before[f.Check+f.What] = true
				}
				for _, f := range found {
					if f.Check == d.check && !before[f.Check+f.What] {
						return
					}
				}
				t.Errorf("check says nothing of another %s: %+v", field.Name, found)
			})
		}
		for name := range d.not {
			if !seen[name] {
				t.Errorf("a %s has no %s", d.name, name)
			}
		}
	}
}

// change sets a value to another one.
func change(v reflect.Value) {
	switch v.Interface().(type) {
	case logs.DataProtectionStatus: // one of these matters
		v.SetString(string(logs.DataProtectionStatusActivated))
		return
	case time.Time:
		v.Set(reflect.ValueOf(now.Add(time.Hour)))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		one := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			one.Elem().Set(v.Elem())
		}
		change(one.Elem())
		v.Set(one)
	case reflect.String:
		if document := v.String(); strings.HasPrefix(document, "{") {
			v.SetString(`{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}`)
		} else {
			v.SetString("other")
		}
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 7)
	case reflect.Float64:
		v.SetFloat(v.Float() + 7)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Slice:
		one := reflect.New(v.Type().Elem()).Elem()
		change(one)
		v.Set(reflect.Append(v, one))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("other"), reflect.ValueOf("other"))
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Field(i); field.CanSet() && v.Type().Field(i).Name != "noSmithyDocumentSerde" {
				change(field)
			}
		}
	}
}

func TestASilencedAlarmIsNamed(t *testing.T) {
	const anyOf = "breakglass-silent-americas"
	breakEach(t, []broken{
		{"a composite one is suppressed", "", func(w *world) {
			w.groups[anyOf].ActionsSuppressor, w.groups[anyOf].ActionsSuppressorWaitPeriod = aws.String("always-on"), aws.Int32(60)
			w.groups[anyOf].ActionsSuppressorExtensionPeriod = aws.Int32(60)
		}, "alarms", Problem, "alarm " + anyOf + " is suppressed while alarm always-on is in ALARM", "--revert-drift --only BreakGlass-Heartbeats-"},
		{"one is not in the plan", "", func(w *world) {
			w.alarms["breakglass-mine"] = &cw.MetricAlarm{AlarmName: aws.String("breakglass-mine"), StateValue: cw.StateValueOk}
		}, "alarms", Warning, "alarm breakglass-mine is not in breakglass.yaml", "aws cloudwatch delete-alarms --region us-east-1 --alarm-names breakglass-mine"},
		{"a composite one is not in the plan", forwarder, func(w *world) {
			w.groups["breakglass-mine"] = &cw.CompositeAlarm{AlarmName: aws.String("breakglass-mine"), StateValue: cw.StateValueOk}
		}, "alarms", Warning, "alarm breakglass-mine is not in breakglass.yaml", "--region eu-west-1"},
	})
	// What is not looked at is said.
	found := false
	for _, f := range well(t, hub).ask(t) {
		found = found ||
			f.Check == "alarms" && f.Severity == Note && strings.HasPrefix(f.What, "alarm mute rules are not checked") &&
				f.Fix == `list them: for region in eu-west-1 us-east-1 us-west-2; do aws cloudwatch list-alarm-mute-rules --region "${region}"; done`
	}
	if !found {
		t.Error("nothing says that mute rules are not checked")
	}
}

func TestWhatHidesOrDelaysAnAlertIsNamed(t *testing.T) {
	deny := `{"Statement": [{"Effect": "Deny", "Principal": {"Service": "events.amazonaws.com"}, "Action": "logs:PutLogEvents", "Resource": "%"}]}`
	breakEach(t, []broken{
		{
			"the topic masks", "", func(w *world) { w.protection = `{"Name": "mask"}` }, "topic", Problem, "has a data protection policy",
			"put-data-protection-policy --region us-east-1 --resource-arn arn:aws:sns:us-east-1:111111111111:" + names.Topic,
		},
		{
			"the topic delays", "", func(w *world) { w.topic["DeliveryPolicy"] = `{"http": {}}` }, "topic", Problem,
			`the topic has a delivery policy, which can delay alerts or give up on them: {"http": {}}`, "SNS console",
		},
		{
			"the topic has another sender", "", func(w *world) { w.topic["DisplayName"] = "Spam" }, "topic", Warning,
			`display name is "Spam", not ` + names.TopicDisplayName, "--revert-drift",
		},
		{"the topic denies", "", func(w *world) {
			w.topic["Policy"] = strings.Replace(w.topic["Policy"], `"Statement":[`,
				`"Statement":[{"Effect":"Deny","Principal":"*","Action":"sns:Publish","Resource":"*"},`, 1)
		}, "topic", Problem, "statements that are not in breakglass.yaml: Deny sns:Publish to *", ""},
		{"the bus denies", "", func(w *world) {
			w.bus = strings.Replace(w.bus, `"Statement":[`, `"Statement":[{"Sid":"Quiet","Effect":"Deny","Principal":"*","Action":"events:PutEvents","Resource":"*"},`, 1)
		}, "bus", Problem, "the hub's bus policy denies, which can keep events and heartbeats out: Deny events:PutEvents to *", "aws events remove-permission --region us-east-1 --statement-id Quiet"},
		{"the bus denies, without an ID", "", func(w *world) {
			w.bus = strings.Replace(w.bus, `"Statement":[`, `"Statement":[{"Effect":"Deny","Principal":"*","Action":["events:PutEvents"],"Resource":"*"},`, 1)
		}, "bus", Problem, "the hub's bus policy denies", "since it has no ID: aws events describe-event-bus --region us-east-1 shows it"},
		{
			"a policy of logs denies", "", func(w *world) { w.policies["other"] = strings.Replace(deny, "%", "*", 1) }, "ledger", Problem,
			"resource policy other denies access to the ledger: Deny logs:PutLogEvents", "delete-resource-policy --region us-east-1",
		},
		{"a policy of logs denies the streams", "", func(w *world) {
			w.policies["other"] = strings.Replace(deny, "%", "arn:aws:logs:us-east-1:111111111111:log-group:"+names.Ledger+":log-stream:*", 1)
		}, "ledger", Problem, "resource policy other denies", ""},
		{
			"a policy of the ledger denies", "", func(w *world) { w.ofGroups[names.Ledger] = strings.Replace(deny, "%", "*", 1) }, "ledger", Problem,
			"denies access to the ledger", "--resource-arn arn:aws:logs:us-east-1:111111111111:log-group:" + names.Ledger + " --expected-revision-id 7",
		},
	})
	w := well(t, hub)
	w.policies["other"] = strings.Replace(deny, "%", "arn:aws:logs:us-east-1:111111111111:log-group:/other:*", 1)
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("of another log group: %+v", found)
	}
}

// Attributes have no type of the SDK, and are listed here: those of the API references of SNS and SQS.
func TestAttributesThatLoseAnAlertAreCompared(t *testing.T) {
	subscription := func(name, value string) func(*world) { return func(w *world) { w.sub[name] = value } }
	letters := func(name, value string) func(*world) {
		return func(w *world) { w.queues[w.queueOf("BreakGlass-Hub")][name] = value }
	}
	for name, do := range map[string]func(*world){
		"has a delivery policy, which can delay alerts or give up on them: x": subscription("DeliveryPolicy", "x"),
		"has a dead-letter queue that is not in breakglass.yaml: x":           subscription("RedrivePolicy", "x"),
		"receives raw messages":                                   subscription("RawMessageDelivery", "true"),
		"has a filter policy and does not receive every alert: x": subscription("FilterPolicy", "x"),
		"it keeps messages for 1m, not 336h":                      letters("MessageRetentionPeriod", "60"),
		"it accepts up to 1024 bytes":                             letters("MaximumMessageSize", "1024"),
		"it delays messages by 900 seconds":                       letters("DelaySeconds", "900"),
		"it is encrypted with the key x":                          letters("KmsMasterKeyId", "x"),
		"it moves messages elsewhere: x":                          letters("RedrivePolicy", "x"),
	} {
		w := well(t, hub)
		w.profile = func(string) string { return "a hub" }
		do(w)
		said := ""
		for _, f := range bad(w.ask(t)) {
			said += f.What + "\n"
			if withoutProfiles(t, f.Fix) == "" {
				t.Errorf("nothing says what to do about %q", f.What)
			}
		}
		if !strings.Contains(said, name) {
			t.Errorf("nothing says that something %s: %s", name, said)
		}
	}
	// What AWS itself returns for those that nobody set, or that somebody removed.
	w := well(t, hub)
	w.alter = func(out any) {
		switch out := out.(type) {
		case *sns.GetSubscriptionAttributesOutput:
			out.Attributes = map[string]string{
				"RawMessageDelivery": "false", "DeliveryPolicy": "{}", "FilterPolicy": "{}", "RedrivePolicy": "{}", "EffectiveDeliveryPolicy": "{}",
				"FilterPolicyScope": "MessageAttributes", "ConfirmationWasAuthenticated": "true",
			}
		case *sqs.GetQueueAttributesOutput:
			out.Attributes["SqsManagedSseEnabled"], out.Attributes["VisibilityTimeout"] = "true", "30"
		case *eventbridge.ListRulesOutput:
			for i := range out.Rules {
				out.Rules[i].EventBusName = aws.String("default")
			}
		case *eventbridge.ListTargetsByRuleOutput:
			for i := range out.Targets {
				out.Targets[i].RetryPolicy = &eb.RetryPolicy{MaximumRetryAttempts: aws.Int32(185), MaximumEventAgeInSeconds: aws.Int32(86400)}
			}
		case *cloudwatchlogs.DescribeLogGroupsOutput:
			for i := range out.LogGroups {
				out.LogGroups[i].DataProtectionStatus = logs.DataProtectionStatusDeleted
			}
		}
	}
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("of the defaults: %+v", found)
	}
}
