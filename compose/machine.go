package compose

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// How much a hub sends: whoever can cause alerts must not get a mail address switched off, which ten messages a second do
// (SNS developer guide). What exceeds a limit is in the ledger, and one summary says so.
const (
	// PerSecond is how many alerts a hub sends in any second.
	PerSecond = 4
	// Burst is how many alerts a hub sends at once, PerSecond of them in each second; then one follows each pace. So any minute
	// has at most PerMinute, wherever it begins.
	Burst = 10
	// PerMinute is how many alerts a hub sends in any minute.
	PerMinute = Burst + int(time.Minute/pace)

	pace = 6 * time.Second

	// Remembered is how long an event is remembered, so that one that arrives twice is sent once.
	Remembered = 24 * time.Hour
)

// Machine is the composer of a hub.
type Machine struct {
	Texts
	// Place of the hub.
	Place place.Place
	// Topic and ChatTopic are ARNs; ChatTopic is empty where there is no chat channel.
	Topic, ChatTopic string
	// Table is the name of the table with the events that were sent and the times of the last minute.
	Table string
	// Ledger is the name of the log group with everything that was seen.
	Ledger string
}

type object = map[string]any

// Definition returns the state machine in Amazon States Language. Its input is {id, entry, rule, event}.
//
// Drills of other Regions end at once, since the ledger has them, and so does an event that was sent before. Any other event takes
// room among the alerts of the last minute, and is composed and sent. If the table fails, the alert passes; an event that cannot be
// composed is sent as it is.
func (m Machine) Definition() object {
	states := object{
		"Sort":      m.sort(),
		"Elsewhere": object{"Type": "Succeed", "Comment": "A drill of another Region: the ledger has it."},
		"Once":      m.once(),
		"Sent":      object{"Type": "Succeed", "Comment": "This event was sent before."},
		"First":     m.first(),
		"Next":      m.next(),
		"Pace":      m.pace(),
		"Wait":      object{"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": code("$wait"), "Next": "Send"},
		"Full":      m.full(),
		"Ledger":    object{"Type": "Succeed", "Comment": "Too many at once: the ledger has it, and a summary was sent."},
		"Summary":   m.summary(),
		"Send":      m.send(),
		"Raw":       m.raw(),
		"Bare":      m.bare(),
		"Beat":      m.beat(),
		"Carried":   m.carried(),
		"Alive":     m.alive(),
	}
	if m.ChatTopic != "" {
		states["Chat"] = m.chat()
	}
	return object{
		"Comment": "Composes the break glass alerts of " + m.Region, "StartAt": "Sort", "TimeoutSeconds": int(time.Hour.Seconds()), "States": states,
	}
}

// sort returns the first state. It uses no JSONata: nothing about an event can make it fail.
func (m Machine) sort() object {
	source := func(is string) object {
		return object{"Variable": "$.event.source", "StringEquals": is}
	}
	return object{
		"Type": "Choice",
		"Choices": []any{
			object{"And": []any{source(watch.HeartbeatSource)}, "Next": "Beat"},
			object{"And": []any{source(watch.DrillSource), object{"Not": object{"Variable": "$.event.region", "StringEquals": m.Region}}}, "Next": "Elsewhere"},
		},
		"Default": "Once",
	}
}

// dynamo returns a call to the table that keeps the state's input. It waits a few seconds and does not try again, since an alert
// must not wait for a table that does not answer: it continues at fail.
func (m Machine) dynamo(call string, arguments any, next, refused, fail string, assign object) object {
	state := object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("dynamodb:" + call), "TimeoutSeconds": 10,
		"Arguments": arguments, "Output": "{% $states.input %}", "Next": next,
	}
	if assign != nil {
		state["Assign"] = assign
	}
	catch := []any{}
	if refused != "" {
		catch = append(catch, object{"ErrorEquals": []string{"DynamoDB.ConditionalCheckFailedException"}, "Next": refused, "Output": "{% $states.input %}"})
	}
	state["Catch"] = append(catch, object{"ErrorEquals": []string{"States.ALL"}, "Next": fail, "Output": "{% $states.input %}"})
	return state
}

func code(expression string) string { return "{% " + expression + " %}" }

// once returns the state that remembers the event. A write that was repeated on its way finds its own item.
func (m Machine) once() object {
	return m.dynamo("putItem", code(`{'TableName': `+quote(m.Table)+`, 'Item': {
'id': {'S': 'event#' & $states.input.entry & '#' & $string($exists($states.input.event.detail.eventID) ? $states.input.event.detail.eventID : $states.input.event.id)},
'execution': {'S': $states.context.Execution.Id}, 'expires': {'N': `+expires+`}},
'ConditionExpression': 'attribute_not_exists(id) OR execution = :execution', 'ExpressionAttributeValues': {':execution': {'S': $states.context.Execution.Id}}}`), "First", "Sent", "First", nil)
}

// expires is when an item may be removed, in seconds.
var expires = fmt.Sprintf("$string($floor($millis() / 1000) + %.0f)", Remembered.Seconds())

// first returns the state that takes room in an idle bucket. The bucket holds one time, at which it will be idle again: each alert moves it on by pace.
// Counting and comparing are one conditional write, so executions that overlap do not slip through, and no turn of a minute
// starts anew.
func (m Machine) first() object {
	return m.dynamo("updateItem", code(m.write(`'UpdateExpression': 'SET idle = :next', 'ConditionExpression': 'attribute_not_exists(idle) OR idle < :now',
'ExpressionAttributeValues': {':now': {'N': $string($now)}, ':next': {'N': $string($now + `+millis(pace)+`)}}`)), "Send", "Next", "Send", nil)
}

// next returns the state that takes room in a bucket that is not idle, as long as it has any, and decides how long to wait.
func (m Machine) next() object {
	return m.dynamo("updateItem", code(m.write(`'UpdateExpression': 'SET idle = idle + :pace', 'ConditionExpression': 'idle <= :last', 'ReturnValues': 'UPDATED_NEW',
'ExpressionAttributeValues': {':pace': {'N': '`+millis(pace)+`'}, ':last': {'N': $string($now + `+millis((Burst-1)*pace)+`)}}`)), "Pace", "Full", "Send", object{
		"wait": code(fmt.Sprintf("$max([0, $floor($floor(($number($states.result.Attributes.idle.N) - $millis() - 1) / %s) / %d)])", millis(pace), PerSecond)),
	})
}

// write returns the arguments of a write to the event's bucket, computed at one moment. Drills have a bucket of their own:
// they never cost an alert its room.
func (m Machine) write(more string) string {
	return "( $now := $millis(); {'TableName': " + quote(m.Table) + ", 'Key': {'id': {'S': $states.input.event.source = '" + watch.DrillSource + "' ? 'rate#drill' : 'rate#alert'}}, " + more + "} )"
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func (m Machine) pace() object {
	return object{
		"Type": "Choice", "QueryLanguage": "JSONata",
		"Choices": []any{object{"Condition": code("$wait > 0"), "Next": "Wait"}},
		"Default": "Send",
	}
}

// full returns the state that lets one summary through in a minute.
func (m Machine) full() object {
	return m.dynamo("updateItem", code(m.write(`'UpdateExpression': 'SET summary = :now', 'ConditionExpression': 'attribute_not_exists(summary) OR summary < :before',
'ExpressionAttributeValues': {':now': {'N': $string($now)}, ':before': {'N': $string($now - 60000)}}`)), "Summary", "Ledger", "Summary", nil)
}

// publish returns a task that publishes to a topic, with so many retries.
func (m Machine) publish(attempts int) object {
	return object{
		"Type": "Task", "Resource": m.Place.Task("sns:publish"), "TimeoutSeconds": 30,
		"Retry": []any{
			object{"ErrorEquals": []string{"States.QueryEvaluationError"}, "MaxAttempts": 0},
			object{"ErrorEquals": []string{"States.ALL"}, "MaxAttempts": attempts, "IntervalSeconds": 1, "BackoffRate": 2, "MaxDelaySeconds": 60, "JitterStrategy": "FULL"},
		},
	}
}

func (m Machine) send() object {
	state := m.publish(3)
	state["QueryLanguage"] = "JSONata"
	state["Arguments"] = code(m.Message(m.Topic))
	state["Output"] = "{% $states.input %}"
	state["Catch"] = []any{object{"ErrorEquals": []string{"States.ALL"}, "Next": "Raw", "Output": "{% $states.input %}"}}
	if m.ChatTopic != "" {
		state["Next"] = "Chat"
	} else {
		state["End"] = true
	}
	return state
}

// raw returns the state that sends an event as it is. It uses no JSONata.
func (m Machine) raw() object {
	state := m.publish(6)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": subjectPrefix + "an alert that could not be composed",
		"Message.$": "States.Format('This alert could not be composed. Treat it as real.\n\n{}\n\n{}', '" + escaped(m.Instructions) + "', States.JsonToString($.event))",
	}
	state["Catch"] = []any{object{"ErrorEquals": []string{"States.ALL"}, "Next": "Bare"}}
	state["End"] = true
	return state
}

// bare returns the state that announces an event that is too large for a message.
func (m Machine) bare() object {
	state := m.publish(3)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": subjectPrefix + "an alert that could not be sent",
		"Message": "An alert could not be composed, and its event could not be sent either. Treat it as real.\n\n" + m.Instructions + "\n\nThe ledger has the event: " + m.readLedger(),
	}
	state["End"] = true
	return state
}

func (m Machine) summary() object {
	state := m.publish(6)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": subjectPrefix + "more alerts follow; read them in the ledger",
		"Message": fmt.Sprintf("More alerts arrive than the hub in %s sends: %d in a second, %d in a minute. The rest are in the ledger only. Somebody may be causing them to hide something: read all of them.\n\n%s\n\nRead the ledger: %s",
			m.Region, PerSecond, PerMinute, m.Instructions, m.readLedger()),
	}
	state["End"] = true
	return state
}

// readLedger returns a command that works with AWS CLI versions 1 and 2.
func (m Machine) readLedger() string {
	return "aws logs filter-log-events --region " + m.Region + " --log-group-name " + m.Ledger + " --start-time $(( ($(date +%s) - 900) * 1000 ))"
}

// chat returns the state that publishes the alert to the chat topic. A failure there fails the execution, after the mail was sent.
func (m Machine) chat() object {
	state := m.publish(3)
	state["QueryLanguage"] = "JSONata"
	state["Arguments"] = code(m.Notification(m.ChatTopic))
	state["End"] = true
	return state
}

// beat returns the state that publishes an hourly heartbeat, with an attribute that every subscription filters out.
func (m Machine) beat() object {
	state := m.publish(3)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Message": "A heartbeat. Nobody receives it.",
		"MessageAttributes": object{BeatAttribute: object{"DataType": "String", "StringValue": "beat"}},
	}
	state["ResultPath"] = nil
	state["Next"] = "Carried"
	return state
}

// BeatAttribute is the message attribute that tells a heartbeat from an alert.
const BeatAttribute = "breakglass"

// carried returns the state that counts the rules whose heartbeat of this hour reached the topic.
func (m Machine) carried() object {
	return object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("dynamodb:updateItem"), "TimeoutSeconds": 30,
		"Arguments": object{
			"TableName":        m.Table,
			"Key":              object{"id": object{"S": code("'beat#' & $substring($states.input.event.time, 0, 13)")}},
			"UpdateExpression": "ADD carriers :one SET expires = :expires", "ReturnValues": "ALL_NEW",
			"ExpressionAttributeValues": object{
				":one": object{"SS": []any{code("$states.input.entry")}}, ":expires": object{"N": code(expires)},
			},
		},
		"Output": object{
			"entry": code("$states.input.entry"), "carried": code("$count($states.result.Attributes.carriers.SS)"),
		},
		"Next":  "Alive",
		"Retry": []any{object{"ErrorEquals": []string{"States.ALL"}, "MaxAttempts": 3, "IntervalSeconds": 1, "BackoffRate": 2}},
	}
}

// alive returns the state that reports that the rule, the composer, the topic and its key have carried a heartbeat, and how many
// rules have in this hour.
func (m Machine) alive() object {
	return object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("events:putEvents"), "TimeoutSeconds": 30,
		"Arguments": object{"Entries": []any{object{
			"Source": watch.AliveSource, "DetailType": watch.AliveType, "EventBusName": "default",
			"Detail": object{"hub": m.Region, "entry": code("$states.input.entry"), "carried": code("$states.input.carried"), "expected": m.Expected()},
		}}},
		"End":   true,
		"Retry": []any{object{"ErrorEquals": []string{"States.ALL"}, "MaxAttempts": 3, "IntervalSeconds": 1, "BackoffRate": 2}},
	}
}

// Expected returns how many rules carry a heartbeat to the composer each hour: one for each entry that it writes about.
func (m Machine) Expected() int {
	n := 0
	for _, e := range m.Entries {
		if len(e.Messages()) > 0 {
			n++
		}
	}
	return n
}

// escaped returns a text as an argument of an intrinsic function. An apostrophe would end it, and the local AWS does not accept an
// escaped one, so a typographic one replaces it.
func escaped(text string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, "\u2019", `{`, `\{`, `}`, `\}`).Replace(text)
}
