package compose

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/watch"
)

// floodMutants break the composer's limit in one way each, and name the flood that shows it and what people would complain of.
var floodMutants = []struct {
	name, flood string
	edit        func(states map[string]any)
	caught      string
}{
	{"count and compare in two steps", allAtOnce, func(states map[string]any) {
		states["Next"] = aWrite(`'UpdateExpression': 'SET looked = :now', 'ReturnValues': 'ALL_NEW', 'ExpressionAttributeValues': {':now': {'N': $string($now)}}`, "Room",
			map[string]any{"idle": code("$number($states.result.Attributes.idle.N)"), "wait": 0.0})
		states["Room"] = map[string]any{"Type": "Choice", "QueryLanguage": "JSONata", "Default": "Full", "Choices": []any{
			map[string]any{"Condition": code("$idle <= $millis() + 54000"), "Next": "Take"},
		}}
		states["Take"] = aWrite(`'UpdateExpression': 'SET idle = :next', 'ExpressionAttributeValues': {':next': {'N': $string($idle + 6000)}}`, "Pace", nil)
	}, "too many mails"},
	{"a counter for each minute", acrossTheTurn, func(states map[string]any) {
		states["Known"] = map[string]any{"Type": "Pass", "Next": "First"}
		first := aWrite(fmt.Sprintf(`'UpdateExpression': 'SET sent = if_not_exists(sent, :none) + :one', 'ConditionExpression': 'attribute_not_exists(sent) OR sent < :most',
'ExpressionAttributeValues': {':none': {'N': '0'}, ':one': {'N': '1'}, ':most': {'N': '%d'}}`, PerMinute), "Compose", nil)
		first["Arguments"] = strings.Replace(first["Arguments"].(string), "'rate#alert'", "'rate#alert#' & $string($floor($now / 60000))", 1)
		first["Catch"] = []any{map[string]any{"ErrorEquals": []any{"DynamoDB.ConditionalCheckFailedException"}, "Next": "Full"}}
		states["First"] = first
	}, "too many mails"},
	{"a summary for each alert", allAtOnce, func(states map[string]any) {
		replace(states, "Full", "Arguments", "attribute_not_exists(summary) OR summary < :before", "attribute_exists(id) OR summary < :before")
	}, "summaries"},
	{"a summary in each minute of the clock", acrossTheTurn, func(states map[string]any) {
		for _, name := range []string{"Known", "Full"} {
			replace(states, name, "Arguments", "$string($now-60000)", "$string($floor($now / 60000) * 60000)")
		}
	}, "2 summaries"},
	{"no summary", acrossTheTurn, func(states map[string]any) { states["Full"].(map[string]any)["Next"] = "Ledger" }, "no summary"},
	{"the first waits", acrossTheTurn, func(states map[string]any) {
		states["Late"] = map[string]any{"Type": "Wait", "Seconds": 1.0, "Next": "Compose"}
		states["First"].(map[string]any)["Next"] = "Late"
	}, "the first alert is not sent at once"},
	{"an alert that waits for ever", tenAtOnce, func(states map[string]any) { states["Wait"].(map[string]any)["Next"] = "Pace" }, "it goes round in a circle"},
	{"no pace", tenAtOnce, func(states map[string]any) {
		states["Pace"].(map[string]any)["Default"], states["Wait"] = "Compose", states["Compose"]
	}, "10 alerts in a second"},
	{"as many in each second as in any", tenAtOnce, func(states map[string]any) {
		next := states["Next"].(map[string]any)["Assign"].(map[string]any)
		next["wait"] = strings.Replace(next["wait"].(string), fmt.Sprintf("/ %d)", PerSecond/2), fmt.Sprintf("/ %d)", PerSecond), 1)
	}, "5 alerts in a second"},
	{"less room than there is", inTenSeconds, func(states map[string]any) { replace(states, "Next", "Arguments", "54000", "24000") }, "although there is room"},
	{"a throttled write passes", allAtOnce, func(states map[string]any) {
		for _, name := range []string{"Known", "First", "Next", "Full"} {
			delete(states[name].(map[string]any), "Retry")
		}
	}, "too many mails"},
	{"a write that takes its own time for another's", lostAnswer, func(states map[string]any) {
		replace(states, "Full", "Arguments", " OR execution = :me", "")
	}, "no summary"},
	{"a write that does not say whose it is", lostAnswer, func(states map[string]any) {
		replace(states, "Full", "Arguments", ", execution = :me'", "'")
	}, "no summary"},
	{"a write that takes another's time for its own", lostAnswer, func(states map[string]any) {
		replace(states, "Full", "Arguments", "OR execution = :me", "OR attribute_exists(execution) OR execution = :me")
	}, "summaries"},
	{
		"a flood that nobody knows of", moreThanFits, func(states map[string]any) { states["Known"] = map[string]any{"Type": "Pass", "Next": "First"} },
		"too many mails",
	},
}

// aWrite returns a write to the bucket of alerts, without a condition unless more has one.
func aWrite(more, next string, assign map[string]any) map[string]any {
	state := map[string]any{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": "arn:aws:states:::dynamodb:updateItem", "Output": "{% $states.input %}", "Next": next,
		"Arguments": code("( $now := $millis(); {'TableName': 'breakglass-alerts', 'Key': {'id': {'S': 'rate#alert'}}, " + more + "} )"),
		"Retry":     []any{map[string]any{"ErrorEquals": []any{"DynamoDB.ProvisionedThroughputExceededException"}, "MaxAttempts": 5.0, "JitterStrategy": "FULL"}},
	}
	if assign != nil {
		state["Assign"] = assign
	}
	return state
}

func replace(states map[string]any, name, field, old, new string) {
	state := states[name].(map[string]any)
	text := state[field].(string)
	if !strings.Contains(text, old) {
		panic(fmt.Sprintf("%s of %s has no %s: %s", field, name, old, text))
	}
	state[field] = strings.Replace(text, old, new, 1)
}

// TestAFloodShowsABrokenLimit: the simulation would be worth nothing if it found nothing.
func TestAFloodShowsABrokenLimit(t *testing.T) {
	if testing.Short() {
		t.Skip("the sound floods run side by side as well")
	}
	for _, m := range floodMutants {
		t.Run(m.name, func(t *testing.T) {
			i := slices.IndexFunc(floods, func(f flood) bool { return f.name == m.flood })
			problems := floods[i].problems(t, m.edit)
			if !slices.ContainsFunc(problems, func(p string) bool { return strings.Contains(p, m.caught) }) {
				t.Errorf("%q is not reported, only %q", m.caught, problems)
			}
		})
	}
}

// TestAFloodOfDrillsHidesNoAlert lets one sign-in happen among a thousand drills. With one bucket for both, it would be lost.
func TestAFloodOfDrillsHidesNoAlert(t *testing.T) {
	among := func(t *testing.T, edit func(states map[string]any)) (alert, drills, summaries int) {
		synctest.Test(t, func(t *testing.T) {
			s := newSimulation(t, edit)
			for i := range 1000 {
				drill := signIn(t, fmt.Sprint("drill-", i))
				drill["source"] = watch.DrillSource
				go s.run(i, "sign-in", drill)
			}
			time.Sleep(3 * time.Second)
			began := time.Now()
			s.run(1000, "sign-in", signIn(t, "real"))
			time.Sleep(time.Minute)
			synctest.Wait()
			for _, m := range s.mails {
				switch {
				case m.event == "real":
					if m.at.Sub(began) <= atOnce && !strings.HasPrefix(m.subject, "DRILL") {
						alert++
					}
				case m.subject == DrillSummarySubject:
					summaries++
				case strings.HasPrefix(m.subject, "DRILL: BREAK GLASS: BreakglassUser signed in"):
					drills++
				default:
					t.Errorf("a mail %q about %s", m.subject, m.event)
				}
			}
			for _, problem := range s.problems {
				t.Error(problem)
			}
		})
		return alert, drills, summaries
	}
	if alert, drills, summaries := among(t, nil); alert != 1 || drills < Burst || drills > PerMinute || summaries != 1 {
		t.Errorf("%d alerts at once, %d drills, %d summaries of drills", alert, drills, summaries)
	}
	if alert, _, _ := among(t, func(states map[string]any) {
		for _, name := range []string{"Known", "First", "Next", "Full"} {
			replace(states, name, "Arguments", "'rate#drill'", "'rate#alert'")
		}
	}); alert > 0 {
		t.Error("drills take the room of alerts, and nothing shows it")
	}
}

// TestADrillWithTheIDOfARecordHidesNothing: whoever sends a drill chooses its ID.
func TestADrillWithTheIDOfARecordHidesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, nil)
		drill := signIn(t, "one")
		drill["source"] = watch.DrillSource
		s.run(0, "sign-in", drill)
		s.run(1, "sign-in", signIn(t, "one"))
		if len(s.mails) != 2 || strings.HasPrefix(s.mails[1].subject, "DRILL") {
			t.Errorf("%+v", s.mails)
		}
	})
}

// TestAnEventThatArrivesTwiceIsSentOnce lets every event of a flood arrive twice, by executions that overlap.
func TestAnEventThatArrivesTwiceIsSentOnce(t *testing.T) {
	sent := func(t *testing.T, edit func(states map[string]any)) (most int) {
		synctest.Test(t, func(t *testing.T) {
			s := newSimulation(t, edit)
			for i := range 2 * Burst {
				event := signIn(t, fmt.Sprint("twice-", i/2))
				go s.run(i, "sign-in", event)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			times := map[string]int{}
			for _, m := range s.mails {
				times[m.event]++
				most = max(most, times[m.event])
			}
			if edit == nil && len(times) != Burst {
				t.Errorf("%d of %d events were sent", len(times), Burst)
			}
		})
		return most
	}
	if n := sent(t, nil); n != 1 {
		t.Errorf("an event was sent %d times", n)
	}
	if n := sent(t, func(states map[string]any) {
		replace(states, "Once", "Arguments", "attribute_not_exists(id) OR execution = :me", "id <> :execution OR execution = :me")
	}); n < 2 {
		t.Error("an event that is not remembered is sent once, and nothing shows it")
	}
}

// TestAWriteThatArrivesTwiceHidesNothing loses the answers to the writes of each state, and of all of them. A write that takes room
// takes it twice, so a flood is fewer alerts than there is room for, and its summary says so; a sign-in alone is an alert.
func TestAWriteThatArrivesTwiceHidesNothing(t *testing.T) {
	writes := []string{"Once", "Known", "First", "Next", "Full"}
	lost := [][]string{writes}
	for _, name := range writes {
		lost = append(lost, []string{name})
	}
	play := func(t *testing.T, states []string, events int, edit func(states map[string]any)) (alerts, summaries int) {
		synctest.Test(t, func(t *testing.T) {
			s := newSimulation(t, edit)
			s.repeated = states
			s.play(t, flood{events: events, starts: each(0)})
			for _, m := range s.mails {
				if m.subject == SummarySubject {
					summaries++
				} else {
					alerts++
				}
			}
			for _, problem := range s.problems {
				t.Error(problem)
			}
		})
		return alerts, summaries
	}
	for _, states := range lost {
		if alerts, summaries := play(t, states, 1, nil); alerts != 1 || summaries != 0 {
			t.Errorf("%v: %d alerts and %d summaries of one sign-in", states, alerts, summaries)
		}
		if alerts, summaries := play(t, states, 5*Burst, nil); alerts > PerMinute || summaries != 1 {
			t.Errorf("%v: %d alerts and %d summaries of %d sign-ins", states, alerts, summaries, 5*Burst)
		}
	}
	if alerts, _ := play(t, writes, 1, func(states map[string]any) { replace(states, "Once", "Arguments", " OR execution = :me", "") }); alerts > 0 {
		t.Error("a sign-in whose write is taken for another's is sent, and nothing shows it")
	}
}

// TestATableThatRefusesEverythingKeepsNothingBack: what cannot be counted passes, whether the table is gone or throttles everything.
func TestATableThatRefusesEverythingKeepsNothingBack(t *testing.T) {
	for name, capacity := range map[string]float64{"throttled": 0, "gone": -1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSimulation(t, nil)
				s.capacity = capacity
				began := time.Now()
				for i := range 3 {
					go s.run(i, "sign-in", signIn(t, fmt.Sprint("flood-", i)))
				}
				time.Sleep(10 * time.Minute)
				synctest.Wait()
				within := atOnce
				if capacity == 0 {
					within = 2 * time.Minute // it asked again
				}
				if len(s.mails) != 3 || s.mails[2].at.Sub(began) > within || len(s.problems) > 0 {
					t.Errorf("%v, %v", s.mails, s.problems)
				}
			})
		})
	}
}
