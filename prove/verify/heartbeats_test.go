//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/judge"
	"example.com/breakglass/watch"
)

// The local AWS's schedules put no valid event, and it counts no invocations of a rule. So the heartbeats are followed
// here through the templates: each schedule's event past EventBridge's matcher, from rule to bus to rule to alarm.

// beat is what a schedule puts on a bus.
type beat struct {
	schedule string // the stack that has it
	region   string // of the bus
	event    json.RawMessage
}

func (app *Assembly) beats() []beat {
	var all []beat
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Scheduler::Schedule") {
			target := stack.Resources[id].Properties["Target"].(map[string]any)
			bus := strings.Split(target["Arn"].(string), ":")
			event, _ := target["EventBridgeParameters"].(map[string]any)
			arn, _ := stack.arn(id)
			text := jsonOf(watch.Fields{
				"version": "0", "id": "6f87d04b-9f2a-4f0e-9d2f-2f6f6a1f0c0a", "time": "2026-11-22T08:30:00Z", "resources": []string{arn},
				"account": bus[4], "region": bus[3], "source": event["Source"], "detail-type": event["DetailType"],
				"detail": json.RawMessage(target["Input"].(string)),
			})
			all = append(all, beat{stack.Name, bus[3], json.RawMessage(text)})
		}
	}
	return all
}

// TestHeartbeats: each watched Region's schedule puts a beat on its bus, which every forwarding rule there carries to each
// hub; the hub's rule of that Region counts them, no other rule has any part in it, and the alarm expects as many.
func TestHeartbeats(t *testing.T) {
	apps := map[string]*Assembly{"whole": wholeApp(t).Assembly, "small": smallApp(t).Assembly}
	for _, m := range heartbeatMutants {
		apps[m.name] = apps["whole"].Copy()
		m.spoil(t, apps[m.name])
	}
	problems := heartbeatProblems(t, apps)
	for _, app := range []string{"whole", "small"} {
		for _, p := range problems[app] {
			t.Errorf("%s: %s", app, p)
		}
	}
	for _, m := range heartbeatMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			if !slices.Contains(problems[m.name], m.caught) {
				t.Errorf("%q is not reported, only %q", m.caught, problems[m.name])
			}
		})
	}
}

func heartbeatProblems(t *testing.T, apps map[string]*Assembly) map[string][]string {
	t.Helper()
	type question struct {
		app  string
		at   *Stack
		rule rule
		beat beat
	}
	var cases []judge.Case
	var questions []question
	for name, app := range apps {
		for _, b := range app.beats() {
			for _, stack := range app.Stacks {
				if !slices.Contains([]string{b.region, hubRegion, standbyRegion}, stack.Region) {
					continue // nothing carries it there
				}
				for _, r := range stack.rules() {
					cases = append(cases, judge.Case{ID: fmt.Sprint(len(cases)), Pattern: json.RawMessage(jsonOf(r.pattern)), Event: b.event})
					questions = append(questions, question{name, stack, r, b})
				}
			}
		}
	}
	problems := map[string][]string{}
	// carried are the rules that carry a Region's beat to a hub, and counted those of hubs that count it, by app.
	carried, counted := map[string]map[[2]string]int{}, map[string][]counter{}
	for i, v := range match(t, cases) {
		q := questions[i]
		if v.Error != "" {
			t.Fatal(v.Error)
		}
		if !v.Match {
			continue
		}
		if carried[q.app] == nil {
			carried[q.app] = map[[2]string]int{}
		}
		for _, target := range q.rule.targets {
			switch arn := strings.Split(target, ":"); {
			case arn[2] == "events" && q.at.Region == q.beat.region:
				carried[q.app][[2]string{q.beat.region, arn[3]}]++
			case arn[2] == "logs" && arn[6] == names.Heartbeats:
				counted[q.app] = append(counted[q.app], counter{q.at, q.rule.name, q.beat.region})
			default:
				problems[q.app] = append(problems[q.app], fmt.Sprintf("the beat of %s gets from %s to %s", q.beat.region, q.at.Region, target))
			}
		}
	}
	for name, app := range apps {
		problems[name] = append(problems[name], app.miscounted(carried[name], counted[name])...)
	}
	return problems
}

// counter is a rule of a hub that counts the beats of a Region.
type counter struct {
	stack        *Stack
	rule, region string
}

// miscounted compares the alarms of an app with the beats that arrive.
func (app *Assembly) miscounted(carried map[[2]string]int, counted []counter) []string {
	var problems []string
	schedules := map[string]int{}
	for _, b := range app.beats() {
		schedules[b.region]++
	}
	for _, region := range app.watched() {
		if schedules[region] != 1 {
			problems = append(problems, fmt.Sprintf("%s has %d schedules", region, schedules[region]))
		}
	}
	alarmed := map[string]int{}
	for _, c := range counted {
		arrive := carried[[2]string{c.region, c.stack.Region}]
		if c.region == c.stack.Region {
			arrive = 1 // without a rule
		}
		for _, id := range c.stack.OfType("AWS::CloudWatch::Alarm") {
			alarm := c.stack.Resources[id].Properties
			if of, value := dimensionOf(alarm); of != "RuleName" || value != c.rule {
				continue
			}
			alarmed[c.stack.Region+" hears "+c.region]++
			want := map[string]any{
				"Namespace": "AWS/Events", "MetricName": "Invocations", "Statistic": "Sum", "Period": 3600.0, "EvaluationPeriods": 3.0, "DatapointsToAlarm": 3.0,
				"ComparisonOperator": "LessThanThreshold", "TreatMissingData": "breaching", "Threshold": float64(arrive),
			}
			for property, value := range want {
				if alarm[property] != value {
					problems = append(problems, fmt.Sprintf("the alarm in %s on %s has %s %v, want %v", c.stack.Region, c.region, property, alarm[property], value))
				}
			}
		}
	}
	// The hub receives every Region's heartbeats, the standby the hub's.
	hears := []string{}
	for _, region := range app.watched() {
		hears = append(hears, hubRegion+" hears "+region)
	}
	if app.Stacks[names.StandbyStack] != nil {
		hears = append(hears, standbyRegion+" hears "+hubRegion)
	}
	for _, one := range hears {
		if alarmed[one] != 1 {
			problems = append(problems, fmt.Sprintf("%s by %d alarms", one, alarmed[one]))
		}
	}
	return append(problems, app.silentAlarms()...)
}

var inAlarm = regexp.MustCompile(`^ALARM\("([^"]+)"\)$`)

// silentAlarms finds alarms on heartbeats that notify nobody, neither directly nor through the alarm of their group.
func (app *Assembly) silentAlarms() []string {
	var problems []string
	for _, stack := range app.Stacks {
		heard := map[string]bool{}
		for _, id := range stack.OfType("AWS::CloudWatch::CompositeAlarm") {
			group := stack.Resources[id].Properties
			for _, part := range strings.Split(group["AlarmRule"].(string), " OR ") {
				if m := inAlarm.FindStringSubmatch(part); m == nil {
					problems = append(problems, stack.Name+": the group's rule has "+part)
				} else {
					heard[m[1]] = len(list(group["AlarmActions"])) > 0
				}
			}
		}
		for _, id := range stack.OfType("AWS::CloudWatch::Alarm") {
			alarm := stack.Resources[id].Properties
			name := alarm["AlarmName"].(string)
			if strings.HasPrefix(name, names.Heartbeat) && !heard[name] && len(list(alarm["AlarmActions"])) == 0 {
				problems = append(problems, stack.Name+": nobody is notified of "+name)
			}
			delete(heard, name)
		}
		for name := range heard {
			problems = append(problems, stack.Name+": the group's rule names "+name+", which is not there")
		}
	}
	return problems
}

// dimensionOf returns the one dimension of an alarm's metric.
func dimensionOf(alarm map[string]any) (name, value string) {
	for _, d := range list(alarm["Dimensions"]) {
		d := d.(map[string]any)
		name, value = d["Name"].(string), d["Value"].(string)
	}
	return name, value
}

// oneBeatLess returns the finding about the alarm in a hub on a Region where one rule less than planned carries the beats.
func oneBeatLess(hub, region string) string {
	beats := watch.SampleScope.BeatsExpected(region, hub)
	return fmt.Sprintf("the alarm in %s on %s has Threshold %d, want %d", hub, region, beats, beats-1)
}

// heartbeatMutants break one thing each in the whole app.
var heartbeatMutants = []struct {
	name   string
	spoil  func(*testing.T, *Assembly)
	caught string
}{
	{"a schedule's source", func(t *testing.T, app *Assembly) {
		target := app.only(t, names.ForwarderStack+"eu-west-1", "AWS::Scheduler::Schedule")["Target"].(map[string]any)
		target["EventBridgeParameters"].(map[string]any)["Source"] = "breakglass.heartbeats"
	}, "us-east-1 hears eu-west-1 by 0 alarms"},
	{"a schedule's bus", func(t *testing.T, app *Assembly) {
		app.only(t, names.ForwarderStack+"eu-west-1", "AWS::Scheduler::Schedule")["Target"].(map[string]any)["Arn"] = "arn:aws:events:eu-west-2:111111111111:event-bus/default"
	}, "eu-west-2 has 2 schedules"},
	{"a rule without the beat", func(t *testing.T, app *Assembly) {
		p := app.rule(t, names.ForwarderStack+"eu-west-1", "capture-breakglass-trail-change")
		p["$or"] = p["$or"].([]any)[:2]
	}, oneBeatLess(hubRegion, "eu-west-1")},
	{"a rule to one hub only", func(t *testing.T, app *Assembly) {
		r := app.ruleProperties(t, names.ForwarderStack+hubRegion, "forward-breakglass-key-change")
		r["Targets"] = []any{map[string]any{"Arn": "arn:aws:events:eu-west-1:111111111111:event-bus/default"}}
	}, oneBeatLess(standbyRegion, hubRegion)},
	{"a rule that nobody counts", func(t *testing.T, app *Assembly) {
		for _, id := range app.Stacks[names.HeartbeatsStack+"americas"].OfType("AWS::CloudWatch::Alarm") {
			if alarm := app.Stacks[names.HeartbeatsStack+"americas"].Resources[id].Properties; alarm["AlarmName"] == names.HeartbeatAlarm("us-east-2") {
				alarm["Dimensions"].([]any)[0].(map[string]any)["Value"] = "capture-breakglass-heartbeat"
			}
		}
	}, "us-east-1 hears us-east-2 by 0 alarms"},
	{"silence is fine", func(t *testing.T, app *Assembly) {
		app.only(t, names.HeartbeatsStack+"standby", "AWS::CloudWatch::Alarm")["TreatMissingData"] = "notBreaching"
	}, "the alarm in us-west-2 on us-east-1 has TreatMissingData notBreaching, want breaching"},
	{"a Region missing in its group", func(t *testing.T, app *Assembly) {
		group := app.only(t, names.HeartbeatsStack+"europe-africa", "AWS::CloudWatch::CompositeAlarm")
		group["AlarmRule"] = strings.Replace(group["AlarmRule"].(string), `ALARM("breakglass-heartbeat-eu-west-1") OR `, "", 1)
	}, "BreakGlass-Heartbeats-europe-africa: nobody is notified of breakglass-heartbeat-eu-west-1"},
	{"a group that notifies nobody", func(t *testing.T, app *Assembly) {
		delete(app.only(t, names.HeartbeatsStack+"americas", "AWS::CloudWatch::CompositeAlarm"), "AlarmActions")
	}, "BreakGlass-Heartbeats-americas: nobody is notified of breakglass-heartbeat-us-east-1"},
	{"a beat that alerts", func(t *testing.T, app *Assembly) {
		app.rule(t, names.HubStack, "capture-breakglass-root-sign-in")["$or"] = []any{watch.Fields{"source": []any{watch.HeartbeatSource}}, watch.Fields{"source": []any{"x"}}}
		delete(app.rule(t, names.HubStack, "capture-breakglass-root-sign-in"), "detail")
	}, "the beat of eu-west-1 gets from us-east-1 to arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins"},
}

// only returns the properties of the one resource of a type in a stack.
func (app *Assembly) only(t *testing.T, stack, kind string) map[string]any {
	t.Helper()
	ids := app.Stacks[stack].OfType(kind)
	if len(ids) != 1 {
		t.Fatalf("%s has %d resources of type %s", stack, len(ids), kind)
	}
	return app.Stacks[stack].Resources[ids[0]].Properties
}
