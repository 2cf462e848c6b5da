//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

// The local AWS has no metrics of EventBridge and makes no event of an alarm that changes its state. So what the alarms watch and
// who is notified is shown here, by the templates and EventBridge's matcher.

// TestAlarms: every alarm watches something that exists and notifies somebody, and every dead-letter queue has an alarm.
func TestAlarms(t *testing.T) {
	whole := wholeApp(t).Assembly
	apps := map[string]*Assembly{"whole": whole, "small": smallApp(t).Assembly}
	for _, m := range alarmMutants {
		apps[m.name] = whole.Copy()
		m.spoil(apps[m.name].alarm(t, m.stack, m.alarm))
	}
	problems := unheardAlarms(t, apps)
	for name, app := range apps {
		problems[name] = append(problems[name], app.blindAlarms()...)
	}
	for _, app := range []string{"whole", "small"} {
		for _, p := range problems[app] {
			t.Errorf("%s: %s", app, p)
		}
	}
	for _, m := range alarmMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			for _, caught := range m.caught {
				if !slices.ContainsFunc(problems[m.name], func(p string) bool { return strings.HasSuffix(p, caught) }) {
					t.Errorf("%q is not reported, only %q", caught, problems[m.name])
				}
			}
		})
	}
}

// alarms returns the alarms of the stack, those of groups too.
func (s *Stack) alarms() []map[string]any {
	var all []map[string]any
	for _, id := range append(s.OfType("AWS::CloudWatch::Alarm"), s.OfType("AWS::CloudWatch::CompositeAlarm")...) {
		all = append(all, s.Resources[id].Properties)
	}
	return all
}

func (app *Assembly) alarm(t *testing.T, stack, name string) map[string]any {
	t.Helper()
	for _, alarm := range app.Stacks[stack].alarms() {
		if alarm["AlarmName"] == name {
			return alarm
		}
	}
	t.Fatalf("%s has no alarm %s", stack, name)
	return nil
}

// blindAlarms finds alarms on a metric of nothing, alarms that notify nobody who exists, and what no alarm watches.
func (app *Assembly) blindAlarms() []string {
	// metrics are those that exist, by Region; topics are ARNs.
	metrics, topics := map[string]bool{}, map[string]bool{}
	for _, stack := range app.Stacks {
		metric := func(namespace, metric, dimension, value string) {
			metrics[strings.Join([]string{stack.Region, namespace, metric, dimension, value}, " ")] = true
		}
		for _, name := range stack.ruleNames() {
			metric("AWS/Events", "Invocations", "RuleName", name)
		}
		for _, id := range stack.OfType("AWS::SQS::Queue") {
			name, _ := stack.name(id)
			metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", name)
		}
		for _, id := range stack.OfType("AWS::StepFunctions::StateMachine") {
			arn, _ := stack.arn(id)
			metric("AWS/States", "ExecutionThrottled", "StateMachineArn", arn)
		}
		for _, id := range stack.OfType("AWS::SNS::Topic") {
			name, _ := stack.name(id)
			arn, _ := stack.arn(id)
			metric("AWS/SNS", "NumberOfNotificationsFailed", "TopicName", name)
			topics[arn] = true
		}
	}
	var problems []string
	watched := map[string]bool{}
	for _, stack := range app.Stacks {
		for _, alarm := range stack.alarms() {
			name := alarm["AlarmName"].(string)
			if alarm["MetricName"] != nil {
				of, value := dimensionOf(alarm)
				metric := strings.Join([]string{stack.Region, alarm["Namespace"].(string), alarm["MetricName"].(string), of, value}, " ")
				watched[metric] = true
				if !metrics[metric] {
					problems = append(problems, fmt.Sprintf("%s: %s looks at nothing: %s", stack.Name, name, metric))
				}
			}
			actions := append(list(alarm["AlarmActions"]), list(alarm["OKActions"])...)
			for _, action := range actions {
				if arn, _ := action.(string); !topics[arn] || strings.Split(arn, ":")[3] != stack.Region {
					problems = append(problems, fmt.Sprintf("%s: %s notifies nobody through %v", stack.Name, name, action))
				}
			}
			// What strangers can cause notifies once, and its end not at all: they could repeat both.
			if of, _ := dimensionOf(alarm); of == "RuleName" && alarm["TreatMissingData"] == "notBreaching" && len(list(alarm["OKActions"])) > 0 {
				problems = append(problems, fmt.Sprintf("%s: %s notifies of its end", stack.Name, name))
			}
		}
	}
	for metric := range metrics {
		queue := strings.Contains(metric, " AWS/SQS ")
		counted := strings.Contains(metric, "failed-sign-in") && strings.Contains(metric, names.Capture) &&
			(strings.HasPrefix(metric, hubRegion) || strings.HasPrefix(metric, standbyRegion) && app.Stacks[names.StandbyStack] != nil)
		if (queue || counted) && !watched[metric] {
			problems = append(problems, "no alarm looks at "+metric)
		}
	}
	return problems
}

// unheardAlarms follows the news of each alarm on something undelivered, which is an event: in a Region without a topic
// it is forwarded, and in any case the hubs notify people.
func unheardAlarms(t *testing.T, apps map[string]*Assembly) map[string][]string {
	t.Helper()
	type question struct {
		app, of, step string
	}
	var cases []judge.Case
	var questions []question
	reached := map[question]bool{}
	for name, app := range apps {
		hubs := []string{hubRegion}
		if app.Stacks[names.StandbyStack] != nil {
			hubs = append(hubs, standbyRegion)
		}
		for _, stack := range app.Stacks {
			for _, alarm := range stack.alarms() {
				of, _ := dimensionOf(alarm)
				if of != "QueueName" && of != "TopicName" {
					continue
				}
				event, news := stateChange(stack, alarm["AlarmName"].(string)), stack.Name+": "+alarm["AlarmName"].(string)
				for _, hub := range hubs {
					// By the rules of the Region to the hub, and by those of the hub to people.
					reached[question{name, news, "people in " + hub}] = false
					if hub != stack.Region {
						reached[question{name, news, "the bus in " + hub}] = false
					}
				}
				for _, other := range app.Stacks {
					if other.Region != stack.Region && !slices.Contains(hubs, other.Region) {
						continue
					}
					for _, r := range other.rules() {
						for _, target := range r.targets {
							step := ""
							switch arn := strings.Split(target, ":"); {
							case arn[2] == "events" && other.Region == stack.Region:
								step = "the bus in " + arn[3]
							case target == composerARN(other.Region):
								step = "people in " + other.Region
							default:
								continue
							}
							cases = append(cases, judge.Case{ID: fmt.Sprint(len(cases)), Pattern: json.RawMessage(jsonOf(r.pattern)), Event: event})
							questions = append(questions, question{name, news, step})
						}
					}
				}
			}
		}
	}
	for i, v := range match(t, cases) {
		if v.Error != "" {
			t.Fatal(v.Error)
		}
		if v.Match {
			reached[questions[i]] = true
		}
	}
	problems := map[string][]string{}
	for q, ok := range reached {
		if !ok {
			problems[q.app] = append(problems[q.app], q.of+" does not get to "+q.step)
		}
	}
	return problems
}

// stateChange returns the event of an alarm that triggers, in the form of the sample.
func stateChange(stack *Stack, alarm string) json.RawMessage {
	sample, _ := watch.SampleNamed("a message in a dead-letter queue")
	event := watch.InRegion(sample.Event(), stack.Region)
	event["account"] = stack.Account
	event["resources"] = []string{"arn:aws:cloudwatch:" + stack.Region + ":" + stack.Account + ":alarm:" + alarm}
	event["detail"].(watch.Fields)["alarmName"] = alarm
	return json.RawMessage(jsonOf(event))
}

// alarmMutants break one alarm of the whole app each.
var alarmMutants = []struct {
	name, stack, alarm string
	spoil              func(alarm map[string]any)
	caught             []string
}{
	{
		"another rule", names.StandbyStack, "breakglass-user-failed-sign-in-standby",
		func(a map[string]any) {
			a["Dimensions"].([]any)[0].(map[string]any)["Value"] = "capture-breakglass-user-failed-sign-in"
		},
		[]string{"breakglass-user-failed-sign-in-standby looks at nothing: us-west-2 AWS/Events Invocations RuleName capture-breakglass-user-failed-sign-in"},
	},
	{
		"the queue's ARN", names.ForwarderStack + "eu-west-1", "breakglass-dead-letters-forwarder",
		func(a map[string]any) {
			a["Dimensions"].([]any)[0].(map[string]any)["Value"] = "arn:aws:sqs:eu-west-1:1:queue"
		},
		[]string{
			"breakglass-dead-letters-forwarder looks at nothing: eu-west-1 AWS/SQS ApproximateNumberOfMessagesVisible QueueName arn:aws:sqs:eu-west-1:1:queue",
			"no alarm looks at eu-west-1 AWS/SQS ApproximateNumberOfMessagesVisible QueueName BreakGlass-Forwarder-eu-west-1-DeadLettersQueue2B23AEFC",
		},
	},
	{
		"the hub's topic", names.IntegrityStack + standbyRegion, "breakglass-undelivered-standby",
		func(a map[string]any) { a["AlarmActions"] = []any{"arn:aws:sns:us-east-1:111111111111:" + names.Topic} },
		[]string{"breakglass-undelivered-standby notifies nobody through arn:aws:sns:us-east-1:111111111111:" + names.Topic},
	},
	{
		"no such topic", names.HubStack, "breakglass-user-failed-sign-in",
		func(a map[string]any) { a["AlarmActions"] = []any{"arn:aws:sns:us-east-1:111111111111:alerts"} },
		[]string{"breakglass-user-failed-sign-in notifies nobody through arn:aws:sns:us-east-1:111111111111:alerts"},
	},
	{
		"on and off", names.HubStack, "breakglass-user-failed-sign-in",
		func(a map[string]any) { a["OKActions"] = a["AlarmActions"] },
		[]string{"breakglass-user-failed-sign-in notifies of its end"},
	},
	{
		"another name", names.ForwarderStack + "eu-west-1", "breakglass-dead-letters-forwarder",
		func(a map[string]any) { a["AlarmName"] = "dead-letters" },
		[]string{"dead-letters does not get to the bus in us-west-2"},
	},
}
