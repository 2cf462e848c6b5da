package compose

import (
	"strings"
	"testing"
	"testing/synctest"

	jsonata "github.com/blues/jsonata-go"

	"example.com/breakglass/watch"
)

// withWord returns a sample as a drill whose message a person reads out.
func withWord(s watch.Sample) watch.Fields {
	event := s.AsDrill()
	event["detail"].(watch.Fields)[watch.CodeWord] = "acorn"
	return event
}

func TestADrillSaysThatThereIsNothingToDo(t *testing.T) {
	s, _ := watch.SampleNamed("a sign-in with MFA")
	const response = watch.Unannounced + "attach the policy AWSDenyAll"
	p := samplePreview(t)
	for name, c := range map[string]struct {
		event             watch.Fields
		begins, todo, sms string
	}{
		"an alert": {s.Event(), "", "\nWhat to do now\n" + response, "BREAK GLASS: "},
		"a drill": {
			s.AsDrill(), "THIS IS A DRILL. Nothing has happened, and there is nothing to do.\n\n",
			"\nWhat to do now\nNothing: this is a drill. A real alert says here: " + response, "DRILL: BREAK GLASS: ",
		},
		"a drill for people": {
			withWord(s), "THIS IS A DRILL. Nothing has happened.\n\nCode word: acorn\nRead the code word out",
			"\nWhat to do now\nNothing: this is a drill. A real alert says here: " + response, "DRILL: code word acorn. BREAK GLASS: ",
		},
	} {
		m := preview(t, p, "sign-in", asJSON(t, c.event))
		if problem := unfit(m); problem != "" {
			t.Errorf("%s: %s", name, problem)
		}
		if !strings.HasPrefix(m.Readers["email"], c.begins) || !strings.Contains(m.Readers["email"], c.todo) || !strings.HasPrefix(m.Readers["sms"], c.sms) {
			t.Errorf("%s: %s\n%s", name, m.Readers["sms"], m.Readers["email"])
		}
		if strings.Contains(m.Chat, "acorn") != strings.Contains(c.sms, "acorn") {
			t.Errorf("%s: the chat has %s", name, m.Chat)
		}
	}
	// What happened for real has no code word, whatever its record says.
	forged := s.Event()
	forged["detail"].(watch.Fields)[watch.CodeWord] = "acorn"
	if m := preview(t, p, "sign-in", asJSON(t, forged)); strings.Contains(m.Readers["email"], "acorn") || strings.Contains(m.Readers["email"], "DRILL") {
		t.Errorf("%s", m.Readers["email"])
	}
}

// TestTheQueueOfADrillIsKnownByItsSubscription: what the composer remembers, and what it finds again, for each kind of record.
func TestTheQueueOfADrillIsKnownByItsSubscription(t *testing.T) {
	m := sampleMachine("")
	state := m.Definition()["States"].(object)["Queue"].(object)
	text := strings.TrimSuffix(strings.TrimPrefix(state["Arguments"].(string), "{%"), "%}")
	expression, err := jsonata.Compile(text)
	if err != nil {
		t.Fatal(err)
	}
	const topic = "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins"
	const arn, own = topic + ":1-2", "arn:aws:sqs:us-east-1:111111111111:breakglass-drill-bcdfgh"
	subscribe := func(protocol, endpoint, answer string) object {
		return object{
			"eventName": "Subscribe", "requestParameters": object{"topicArn": topic, "protocol": protocol, "endpoint": endpoint},
			"responseElements": object{"subscriptionArn": answer},
		}
	}
	for name, c := range map[string]struct {
		detail     object
		id         string
		remembered bool
	}{
		"a drill's queue":                      {subscribe("sqs", own, arn), "queue#" + arn, true},
		"its end":                              {object{"eventName": "Unsubscribe", "requestParameters": object{"subscriptionArn": arn}}, "queue#" + arn, false},
		"a queue of another account":           {subscribe("sqs", "arn:aws:sqs:us-east-1:222222222222:breakglass-drill-bcdfgh", arn), "queue#", false},
		"a queue of another name":              {subscribe("sqs", "arn:aws:sqs:us-east-1:111111111111:orders", arn), "queue#", false},
		"a longer name":                        {subscribe("sqs", own+"-mine", arn), "queue#", false},
		"an address with the name of a queue":  {subscribe("email", own, arn), "queue#", false},
		"a page with the name of a queue":      {subscribe("https", "https://example.com/"+own, arn), "queue#", false},
		"a subscription that is not confirmed": {subscribe("sqs", own, "pending confirmation"), "queue#", false},
		"a subscription of another topic":      {subscribe("sqs", own, "arn:aws:sns:us-east-1:111111111111:orders:1-2"), "queue#", false},
		"no answer":                            {object{"eventName": "Subscribe", "requestParameters": object{"protocol": "sqs", "endpoint": own}}, "queue#", false},
		"a change to the subscription": {
			object{"eventName": "SetSubscriptionAttributes", "requestParameters": object{"subscriptionArn": arn}}, "queue#", false,
		},
		"the topic deleted": {object{"eventName": "DeleteTopic", "requestParameters": object{"topicArn": topic}}, "queue#", false},
		"no parameters":     {object{"eventName": "Unsubscribe", "requestParameters": nil}, "queue#", false},
	} {
		input := asJSON(t, object{"entry": watch.TopicChange, "event": object{"source": "aws.sns", "detail": c.detail}})
		if err := expression.RegisterVars(map[string]any{"states": map[string]any{"input": input}}); err != nil {
			t.Fatal(err)
		}
		value, err := expression.Eval(map[string]any{})
		if err != nil {
			if !c.remembered && c.id == "queue#" { // the state catches it, and the event stays as it is
				continue
			}
			t.Errorf("%s: %v", name, err)
			continue
		}
		arguments := asJSON(t, value)
		id := arguments["Key"].(map[string]any)["id"].(map[string]any)["S"]
		if condition := arguments["ConditionExpression"]; id != c.id || (condition != "attribute_exists(id)") != c.remembered {
			t.Errorf("%s: %v under the condition %v", name, id, condition)
		}
	}
	// A drill could name anybody's subscription.
	choices := asJSON(t, m.sort())["Choices"].([]any)
	for _, choice := range choices {
		if one := choice.(map[string]any); one["Next"] == "Queue" {
			if and := one["And"].([]any); len(and) != 2 || and[1].(map[string]any)["StringEquals"] != "aws.sns" {
				t.Errorf("it goes there if %v", and)
			}
		}
	}
	for _, catch := range asJSON(t, state)["Catch"].([]any) {
		if catch := catch.(map[string]any); catch["Next"] != "Once" || catch["Output"] != "{% $states.input %}" {
			t.Errorf("what fails goes on to %v", catch)
		}
	}
}

func TestTheMessageAboutADrillsQueueHidesNothing(t *testing.T) {
	p := samplePreview(t)
	s, _ := watch.SampleNamed("a stranger subscribed")
	event := asJSON(t, s.Event())
	m, err := p.of(map[string]any{"entry": s.Entry, "id": event["id"], "event": event, "queue": true})
	if err != nil {
		t.Fatal(err)
	}
	if problem := unfit(m); problem != "" {
		t.Error(problem)
	}
	mail := m.Readers["email"]
	if !strings.Contains(m.Subject, "DRILL") || strings.HasPrefix(m.Subject, "DRILL") || !strings.Contains(mail, "DRILL") ||
		strings.Contains(mail, "duty officer") ||
		!strings.Contains(mail, "treat it as an attack") || !strings.Contains(mail, "Endpoint: mallory@example.com") ||
		!strings.Contains(m.Readers["https"], `"drill":false`) {
		t.Errorf("%s\n%s\n%s", m.Subject, mail, m.Readers["https"])
	}
	if plain := preview(t, p, s.Entry, event); strings.Contains(plain.Readers["email"], "DRILL") || plain.Subject == m.Subject {
		t.Errorf("%s\n%s", plain.Subject, plain.Readers["email"])
	}
}

// TestADrillThatCannotBeComposedSaysSo: every message of a drill names it.
func TestADrillThatCannotBeComposedSaysSo(t *testing.T) {
	states := asJSON(t, sampleMachine("").Definition())["States"].(map[string]any)
	plain := states["Plain"].(map[string]any)
	one := plain["Choices"].([]any)[0].(map[string]any)
	if one["StringEquals"] != watch.DrillSource || one["Next"] != "RawDrill" || plain["Default"] != "Raw" {
		t.Errorf("it chooses by %v", plain)
	}
	for name, drill := range map[string]bool{"Raw": false, "RawDrill": true} {
		message := states[name].(map[string]any)["Parameters"].(map[string]any)
		subject, text := message["Subject"].(string), message["Message.$"].(string)
		if strings.HasPrefix(subject, "DRILL: ") != drill || strings.Contains(text, "THIS IS A DRILL.") != drill || len(subject) > maxSubject {
			t.Errorf("%s has the subject %q and the text %q", name, subject, text)
		}
	}
}

// TestTheQueueOfADrillIsKnownWhicheverAnswerIsLost plays both records of a drill's queue, each of whose writes arrives twice.
func TestTheQueueOfADrillIsKnownWhicheverAnswerIsLost(t *testing.T) {
	const topic = "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins"
	begins, _ := watch.SampleNamed("a stranger subscribed")
	record := func(id, call string, request, answer object) map[string]any {
		event := asJSON(t, begins.Event())
		detail := event["detail"].(map[string]any)
		detail["eventID"], detail["eventName"], detail["requestParameters"], detail["responseElements"] = id, call, request, answer
		return asJSON(t, event)
	}
	const arn = topic + ":1-2"
	subscribed := record("1", "Subscribe", object{"topicArn": topic, "protocol": "sqs", "endpoint": "arn:aws:sqs:us-east-1:111111111111:breakglass-drill-bcdfgh"},
		object{"subscriptionArn": arn})
	ended := record("2", "Unsubscribe", object{"subscriptionArn": arn}, nil)
	play := func(t *testing.T, edit func(states map[string]any)) (known int) {
		synctest.Test(t, func(t *testing.T) {
			s := newSimulation(t, edit)
			s.repeated = []string{"Queue", "Once"}
			s.run(0, watch.TopicChange, subscribed)
			s.run(1, watch.TopicChange, ended)
			for _, m := range s.mails {
				if strings.Contains(m.subject, "DRILL") {
					known++
				}
			}
			if len(s.mails) != 2 || len(s.problems) > 0 {
				t.Errorf("people receive %v, %v", s.mails, s.problems)
			}
		})
		return known
	}
	if n := play(t, nil); n != 2 {
		t.Errorf("%d of 2 messages name the drill", n)
	}
	if n := play(t, func(states map[string]any) {
		replace(states, "Queue", "Arguments", "'attribute_exists(id) OR attribute_not_exists(id)'", "'attribute_not_exists(id)'")
	}); n == 2 {
		t.Error("a queue that is remembered only once is not known, and nothing shows it")
	}
}
