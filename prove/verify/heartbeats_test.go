//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
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
	// record is set for CloudTrail's record of a call that the schedule makes instead.
	record bool
	event  json.RawMessage
}

func (app *Assembly) beats() []beat {
	var all []beat
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::Scheduler::Schedule") {
			target := stack.Resources[id].Properties["Target"].(map[string]any)
			if _, call, ok := strings.Cut(target["Arn"].(string), ":aws-sdk:"); ok {
				all = append(all, beat{stack.Name, stack.Region, true, recordOf(call, target["RoleArn"].(string), stack.Region)})
				continue
			}
			bus := strings.Split(target["Arn"].(string), ":")
			event, _ := target["EventBridgeParameters"].(map[string]any)
			arn, _ := stack.arn(id)
			text := jsonOf(watch.Fields{
				"version": "0", "id": "6f87d04b-9f2a-4f0e-9d2f-2f6f6a1f0c0a", "time": "2026-11-22T08:30:00Z", "resources": []string{arn},
				"account": bus[4], "region": bus[3], "source": event["Source"], "detail-type": event["DetailType"],
				"detail": json.RawMessage(target["Input"].(string)),
			})
			all = append(all, beat{stack.Name, bus[3], false, json.RawMessage(text)})
		}
	}
	return all
}

// recordOf returns what CloudTrail puts on a Region's bus of a call that a schedule makes with a role: eventbridge:tagResource.
func recordOf(call, role, region string) json.RawMessage {
	s, _ := watch.SampleNamed("a canary's call that reads")
	event := watch.InRegion(s.Event(), region)
	service, action, _ := strings.Cut(call, ":")
	if service != "eventbridge" {
		event["source"] = "aws." + service
	}
	detail := event["detail"].(watch.Fields)
	detail["eventName"] = strings.ToUpper(action[:1]) + action[1:]
	name := lastOf(role)
	detail["userIdentity"] = watch.Fields{
		"type": "AssumedRole", "sessionContext": watch.Fields{"sessionIssuer": watch.Fields{"type": "Role", "arn": role, "userName": name}},
	}
	return json.RawMessage(jsonOf(event))
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
	// carried are the rules that carry a Region's beat to a hub, counted those of hubs that count it, and started those that start the
	// composer of a Region with it, by app.
	carried, counted, started := map[string]map[[2]string]int{}, map[string][]counter{}, map[string]map[string]int{}
	records := map[string]recorded{}
	for i, v := range match(t, cases) {
		q := questions[i]
		if v.Error != "" {
			t.Fatal(v.Error)
		}
		if !v.Match {
			continue
		}
		if carried[q.app] == nil {
			carried[q.app], started[q.app] = map[[2]string]int{}, map[string]int{}
			records[q.app] = recorded{map[[2]string]int{}, map[[2]string]int{}}
		}
		own := !q.beat.record && q.at.Region == q.beat.region && slices.Contains(q.rule.targets, composerARN(q.beat.region))
		for _, target := range q.rule.targets {
			switch arn := strings.Split(target, ":"); {
			case q.beat.record && arn[2] == "events" && q.at.Region == q.beat.region:
				records[q.app].carried[[2]string{q.beat.region, arn[3]}]++
			case q.beat.record && arn[2] == "logs" && arn[6] == names.Heartbeats:
				records[q.app].counted[[2]string{q.beat.region, q.at.Region}]++
			case arn[2] == "events" && q.at.Region == q.beat.region:
				carried[q.app][[2]string{q.beat.region, arn[3]}]++
			case arn[2] == "logs" && arn[6] == names.Heartbeats:
				counted[q.app] = append(counted[q.app], counter{q.at, q.rule.name, q.beat.region})
			case own && target == composerARN(q.beat.region):
				started[q.app][q.beat.region]++
			case own && arn[2] == "logs" && arn[6] == names.Ledger:
				// The rule takes it to the composer, and so to the ledger.
			default:
				problems[q.app] = append(problems[q.app], fmt.Sprintf("the beat of %s gets from %s to %s", q.beat.region, q.at.Region, target))
			}
		}
	}
	for name, app := range apps {
		problems[name] = append(problems[name], app.miscounted(carried[name], counted[name], records[name])...)
		problems[name] = append(problems[name], app.unheardByComposers(t, started[name])...)
	}
	return problems
}

// unheardByComposers compares the number of rules for whose beats a composer waits with those that start it with one.
func (app *Assembly) unheardByComposers(t *testing.T, started map[string]int) []string {
	t.Helper()
	var problems []string
	for _, stack := range app.Stacks {
		for _, id := range stack.OfType("AWS::StepFunctions::StateMachine") {
			var machine struct {
				States struct {
					Carried struct {
						Arguments struct {
							ExpressionAttributeValues struct {
								Others struct{ N string } `json:":others"`
							}
						}
					}
				}
			}
			if err := json.Unmarshal([]byte(stack.Resources[id].Properties["DefinitionString"].(string)), &machine); err != nil {
				t.Fatal(err)
			}
			others, err := strconv.Atoi(machine.States.Carried.Arguments.ExpressionAttributeValues.Others.N)
			if err != nil {
				t.Fatal(err)
			}
			if waits := others + 1; waits != started[stack.Region] {
				problems = append(problems, fmt.Sprintf("the composer in %s waits for %d rules, and %d carry the beat", stack.Region, waits, started[stack.Region]))
			}
		}
	}
	return problems
}

// oneStartLess returns the finding about the composer in a hub one rule of which does not carry the beat.
func oneStartLess(hub string) string {
	n := len(scopeHere().Composed())
	return fmt.Sprintf("the composer in %s waits for %d rules, and %d carry the beat", hub, n, n-1)
}

// counter is a rule of a hub that counts the beats of a Region.
type counter struct {
	stack        *Stack
	rule, region string
}

// recorded are the records of a canary's calls: how many of a Region's are carried to a hub, and how many a hub counts of those that
// are on its bus.
type recorded struct{ carried, counted map[[2]string]int }

// arriving returns how many of a Region's count in a hub each hour.
func (r recorded) arriving(region, hub string) int {
	if region == hub {
		return r.counted[[2]string{region, hub}]
	}
	return min(r.carried[[2]string{region, hub}], r.counted[[2]string{region, hub}])
}

// miscounted compares the alarms of an app with the beats and the records that arrive.
func (app *Assembly) miscounted(carried map[[2]string]int, counted []counter, records recorded) []string {
	var problems []string
	schedules := map[string]int{}
	for _, b := range app.beats() {
		if !b.record {
			schedules[b.region]++
		}
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
		arrive += records.arriving(c.region, c.stack.Region)
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
			if (strings.HasPrefix(name, names.Heartbeat) || strings.HasPrefix(name, names.Alive)) && !heard[name] && len(list(alarm["AlarmActions"])) == 0 {
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

// scopeHere returns the scope of the whole app, which has no pipeline.
func scopeHere() watch.Scope {
	s := watch.SampleScope
	s.Pipeline, s.Bootstrap, s.Canary = false, false, true
	return s
}

// oneBeatLess returns the finding about the alarm in a hub on a Region where one rule less than planned carries the beats.
func oneBeatLess(hub, region string) string {
	return fewer(hub, region, 1)
}

// fewer returns the finding about the alarm in a hub on a Region of which so many beats and records less than planned arrive.
func fewer(hub, region string, less int) string {
	all := scopeHere().BeatsExpected(region, hub) + scopeHere().RecordsExpected()
	return fmt.Sprintf("the alarm in %s on %s has Threshold %d, want %d", hub, region, all, all-less)
}
