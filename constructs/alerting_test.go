package constructs

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/watch"
)

var scope = watch.Scope{
	Account:  here.Account,
	Users:    []string{emergencyUsers[0].Name, emergencyUsers[1].Name},
	UserARNs: []string{emergencyUsers[0].ARN(), emergencyUsers[1].ARN()},
	Hubs:     []string{here.Region, "us-gov-east-1"}, Known: []string{"eu-west-1"}, Key: watch.SampleKey, KeyRegion: here.Region,
	Parts: []watch.Part{watch.Tampering, watch.DeliveryFailures, watch.NewRegions},
}

func TestAlerting(t *testing.T) {
	const suffix = "-standby"
	one := synth(t, func(stack awscdk.Stack) {
		props := AlertingProps{
			Place: here, Scope: scope, Entries: watch.Catalogue, Instructions: "Call the duty officer.\nThen the runbook.", Suffix: suffix, DistantDrills: true,
			AlsoTold: []string{"arn:aws:sns:us-gov-west-1:012345678901:also"},
			Topic:    NewTopic(stack, "Topic", here, nil), Ledger: NewLedger(stack, "Ledger", LedgerProps{Place: here, RetentionDays: 3653}),
			DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		}
		NewAlerting(stack, "Alerting", props)
	})
	rules := map[string]map[string]any{}
	for _, r := range one.all("AWS::Events::Rule") {
		rules[r.Properties["Name"].(string)] = r.Properties
	}

	t.Run("names", func(t *testing.T) {
		want := []string{"record-breakglass-drills" + suffix}
		for _, e := range watch.Catalogue {
			for _, a := range e.Alerts {
				want = append(want, "capture-"+e.Rule+a.Suffix+suffix)
			}
			if len(e.Counts) > 0 {
				want = append(want, "capture-"+e.Rule+suffix)
			}
		}
		slices.Sort(want)
		same(t, "the rules", slices.Sorted(maps.Keys(rules)), want)
		for name := range rules {
			if len(name) > 64 {
				t.Errorf("%s is longer than EventBridge allows", name)
			}
			if !letIn(name) {
				t.Errorf("neither the queue nor the ledger lets %s in", name)
			}
		}
	})

	t.Run("patterns", func(t *testing.T) {
		for _, e := range watch.Catalogue {
			for _, a := range e.Alerts {
				same(t, e.ID+a.Suffix, rules["capture-"+e.Rule+a.Suffix+suffix]["EventPattern"], e.Publish(scope, a, here.Region))
			}
			if len(e.Counts) > 0 {
				same(t, e.ID, rules["capture-"+e.Rule+suffix]["EventPattern"], e.Tally(scope, here.Region))
			}
		}
		same(t, "drills", rules["record-breakglass-drills"+suffix]["EventPattern"], watch.DistantDrills(scope, here.Region))
		for name, rule := range rules {
			same(t, name, rule["EventPattern"].(map[string]any)["account"], []string{here.Account})
		}
	})

	t.Run("targets", func(t *testing.T) {
		quiet := map[string]bool{"record-breakglass-drills" + suffix: true}
		for _, e := range watch.Catalogue {
			// What a stranger can cause at will is counted, and rings no more than its alarm does.
			if len(e.Counts) > 0 {
				quiet["capture-"+e.Rule+suffix] = true
			}
		}
		for name, rule := range rules {
			var to []string
			for _, target := range targetsOf(rule) {
				to = append(to, target["Id"].(string))
				// Neither SNS nor the log group takes one.
				if target["RoleArn"] != nil {
					t.Errorf("%s delivers to %s with a role", name, target["Id"])
				}
				letters, _ := target["DeadLetterConfig"].(map[string]any)
				if !one.refers(letters["Arn"], "AWS::SQS::Queue", "Arn") {
					t.Errorf("%s has no dead letters of %s", name, target["Id"])
				}
			}
			want := []string{"people", "ledger"}
			if quiet[name] {
				want = []string{"ledger"}
			}
			same(t, name, to, want)
		}
	})

	t.Run("texts", func(t *testing.T) {
		line := regexp.MustCompile(`^"[^"\\]+"$`)
		field := regexp.MustCompile(`<([A-Za-z]+)>`)
		texts := 0
		for name, rule := range rules {
			for _, target := range targetsOf(rule) {
				transformer, ok := target["InputTransformer"].(map[string]any)
				if !ok {
					continue
				}
				texts++
				text := transformer["InputTemplate"].(string)
				for _, each := range strings.Split(text, "\n") {
					if !line.MatchString(each) {
						t.Errorf("%s: EventBridge does not take the line %s", name, each)
					}
				}
				for _, part := range []string{"Call the duty officer.\"\n\"Then the runbook.", "the hub in " + here.Region} {
					if !strings.Contains(text, part) {
						t.Errorf("%s: the text lacks %q:\n%s", name, part, text)
					}
				}
				used := map[string]bool{}
				for _, m := range field.FindAllStringSubmatch(text, -1) {
					used[m[1]] = true
				}
				paths := transformer["InputPathsMap"].(map[string]any)
				same(t, name+": the fields", slices.Sorted(maps.Keys(paths)), slices.Sorted(maps.Keys(used)))
				for f, path := range paths {
					if !strings.HasPrefix(path.(string), "$.") {
						t.Errorf("%s: <%s> stands for %v", name, f, path)
					}
				}
			}
		}
		if texts == 0 {
			t.Error("people are told nothing")
		}
	})

	t.Run("alarms", func(t *testing.T) {
		alarms := 0
		for _, e := range watch.Catalogue {
			for _, c := range e.Counts {
				alarms++
				alarm := one.named(t, "AWS::CloudWatch::Alarm", "AlarmName", e.Rule+c.Suffix+suffix).Properties
				same(t, "threshold", alarm["Threshold"], c.AtLeast)
				if actions := alarm["AlarmActions"].([]any); len(actions) != 2 || actions[1] != "arn:aws:sns:us-gov-west-1:012345678901:also" {
					t.Errorf("%s tells %v", e.ID, actions)
				}
				text := alarm["AlarmDescription"].(string)
				if !strings.Contains(text, c.Title) || !strings.Contains(text, "Call the duty officer.") || len(text) > watch.MaxAlarmText {
					t.Errorf("%s: the text is %s", e.ID, text)
				}
				// An alarm on a rule that is not there would never ring.
				rule := alarm["Dimensions"].([]any)[0].(map[string]any)["Value"].(string)
				if rules[rule] == nil || !strings.Contains(rule, e.Rule) {
					t.Errorf("%s counts %s", e.ID, rule)
				}
			}
		}
		if n := len(one.all("AWS::CloudWatch::Alarm")); n != alarms || n == 0 {
			t.Errorf("%d alarms, want %d", n, alarms)
		}
	})
}
