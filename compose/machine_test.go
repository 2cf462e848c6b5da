package compose

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	jsonata "github.com/blues/jsonata-go"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/place"
)

func sampleMachine(chat string) Machine {
	return Machine{
		Texts: sampleTexts(), Place: place.Place{Partition: "aws", Account: "111111111111", Region: "us-east-1"},
		Topic: "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins", ChatTopic: chat,
		Table: "breakglass-alerts", Ledger: "/aws/events/breakglass-ledger",
	}
}

// TestTheDefinitionIsTheReviewedOne compares every state, without the texts of the messages, which messages.txt and readers.txt have.
func TestTheDefinitionIsTheReviewedOne(t *testing.T) {
	m := sampleMachine("arn:aws:sns:us-east-1:111111111111:breakglass-chat")
	definition := asJSON(t, m.Definition())
	compose := definition["States"].(map[string]any)["Compose"].(map[string]any)
	write := compose["Branches"].([]any)[0].(map[string]any)["States"].(map[string]any)["Write"].(map[string]any)
	if write["Output"] != code(m.Messages(m.Topic, m.ChatTopic)) {
		t.Error("it writes other messages")
	}
	write["Output"] = "the messages"
	text, err := json.MarshalIndent(definition, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	reviewed.Text(t, "machine.json", string(text)+"\n")
}

// TestEveryStateLeadsSomewhere: a name that no state has would fail the execution, and with it the alert.
func TestEveryStateLeadsSomewhere(t *testing.T) {
	for _, chat := range []string{"", "arn:aws:sns:us-east-1:111111111111:breakglass-chat"} {
		definition := asJSON(t, sampleMachine(chat).Definition())
		states := definition["States"].(map[string]any)
		reached := map[string]bool{}
		var follow func(name string)
		follow = func(name string) {
			state, ok := states[name].(map[string]any)
			if !ok {
				t.Fatalf("no state %s", name)
			}
			if reached[name] {
				return
			}
			reached[name] = true
			next := leads(state)
			if ends := state["End"] == true || state["Type"] == "Succeed"; ends == (state["Next"] != nil) && state["Type"] != "Choice" {
				t.Errorf("%s ends: %v, and goes on to %v", name, ends, next)
			}
			for _, to := range next {
				follow(to)
			}
		}
		follow(definition["StartAt"].(string))
		for name := range states {
			if !reached[name] {
				t.Errorf("nothing leads to %s", name)
			}
		}
	}
}

// leads lists the states that a state can go on to.
func leads(state map[string]any) []string {
	var all []string
	for _, key := range []string{"Next", "Default"} {
		if next, ok := state[key].(string); ok {
			all = append(all, next)
		}
	}
	for _, key := range []string{"Choices", "Catch"} {
		list, _ := state[key].([]any)
		for _, one := range list {
			all = append(all, one.(map[string]any)["Next"].(string))
		}
	}
	return all
}

func TestEveryExpressionCompiles(t *testing.T) {
	n := 0
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, inner := range v {
				walk(at+"."+key, inner)
			}
		case []any:
			for _, inner := range v {
				walk(at, inner)
			}
		case string:
			inner, ok := strings.CutPrefix(v, "{%")
			if !ok {
				return
			}
			n++
			if inner, ok = strings.CutSuffix(inner, "%}"); !ok {
				t.Errorf("%s does not end", at)
			}
			if _, err := jsonata.Compile(inner); err != nil {
				t.Errorf("%s: %v\n%s", at, err, inner)
			}
		}
	}
	walk("", asJSON(t, sampleMachine("arn:aws:sns:us-east-1:111111111111:breakglass-chat").Definition()))
	if n < 20 {
		t.Errorf("only %d expressions", n)
	}
}

// TestWhatIsSentRawHasNoJSONata: it is for the case that JSONata fails.
func TestWhatIsSentRawHasNoJSONata(t *testing.T) {
	states := sampleMachine("").Definition()["States"].(object)
	for _, name := range []string{"Sort", "Plain", "Raw", "RawDrill", "Bare", "Summary", "Alerts", "Drills", "Beat"} {
		text, err := json.Marshal(states[name])
		if err != nil || strings.Contains(string(text), "{%") || strings.Contains(string(text), "JSONata") {
			t.Errorf("%s is %s", name, text)
		}
	}
	for name, state := range states {
		state := asJSON(t, state)
		if catch, ok := state["Catch"].([]any); ok {
			last := catch[len(catch)-1].(map[string]any)
			// A heartbeat that fails otherwise fails the execution: no alert is lost, and an alarm counts it.
			if name != "Carried" && !slices.Equal(last["ErrorEquals"].([]any), []any{"States.ALL"}) {
				t.Errorf("%s does not catch everything", name)
			}
		} else if strings.Contains(name, "Send") {
			t.Errorf("%s catches nothing", name)
		}
	}
}

// TestWithoutItsTableAnAlertPasses: whatever the table answers but a refusal leads to the alert, and never away from it.
func TestWithoutItsTableAnAlertPasses(t *testing.T) {
	states := sampleMachine("").Definition()["States"].(object)
	for name, want := range map[string]string{"Queue": "Once", "Once": "Known", "Known": "First", "First": "Compose", "Next": "Compose", "Full": "Summary"} {
		catch := asJSON(t, states[name])["Catch"].([]any)
		if got := catch[len(catch)-1].(map[string]any)["Next"]; got != want {
			t.Errorf("%s without its table goes on to %v, want %s", name, got, want)
		}
	}
}

func TestTheLimitsStayBelowThoseOfSNS(t *testing.T) {
	if PerSecond >= 10 || PerMinute > 20 {
		t.Errorf("%d a second, %d a minute", PerSecond, PerMinute)
	}
}

// TestNobodyTakesASummaryOfDrillsForOneOfAlerts: nor is it the other way round.
func TestNobodyTakesASummaryOfDrillsForOneOfAlerts(t *testing.T) {
	states := sampleMachine("").Definition()["States"].(object)
	choice := asJSON(t, states["Summary"])
	one := choice["Choices"].([]any)[0].(map[string]any)
	if one["Variable"] != "$.event.source" || one["StringEquals"] != "breakglass.drill" || one["Next"] != "Drills" || choice["Default"] != "Alerts" {
		t.Errorf("it chooses by %v", choice)
	}
	for name, drill := range map[string]bool{"Alerts": false, "Drills": true} {
		message := asJSON(t, states[name])["Parameters"].(map[string]any)
		subject, text := message["Subject"].(string), message["Message"].(string)
		if strings.HasPrefix(subject, "DRILL: ") != drill || strings.HasPrefix(text, "THIS IS A DRILL.") != drill || len(subject) > maxSubject {
			t.Errorf("%s has the subject %q and the text %q", name, subject, text)
		}
		if !strings.Contains(text, "the hub in us-east-1 sends: 4 in a second, 20 in a minute") || strings.Contains(text, "%!") {
			t.Errorf("%s says %q", name, text)
		}
	}
}
