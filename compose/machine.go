package compose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// How much a hub sends: whoever can cause alerts must not get a mail address switched off, which ten messages a second do
// (SNS developer guide). What exceeds a limit is in the ledger, and one summary says so.
const (
	// PerSecond is how many alerts a hub sends in any second.
	PerSecond = 4
	// Burst is how many alerts a hub sends without waiting for room: half of PerSecond in each second, so that two seconds that meet
	// have PerSecond at most; then one follows each Pace. So any minute has at most PerMinute, wherever it begins.
	Burst = 10
	// PerMinute is how many alerts a hub sends in any minute.
	PerMinute = Burst + int(time.Minute/Pace)

	// Pace is how long a hub that has sent Burst alerts waits before each further one.
	Pace = 6 * time.Second

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

// TableKey is the key of the table, and TableExpiry its attribute with the time at which an item may be removed.
const TableKey, TableExpiry = "id", "expires"

type object = map[string]any

// Text returns the definition as JSON.
func (m Machine) Text() string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // each of <, > and & would take six characters
	if err := encoder.Encode(m.Definition()); err != nil {
		panic(err) // it has texts, numbers, maps and lists only
	}
	return strings.TrimSpace(text.String())
}

// InputTemplate returns the input of the composer as the InputTemplate of a rule's target: {id, entry, event}. EventBridge puts the
// whole event in place of its last field.
func InputTemplate(entry string) string {
	return `{"id":<id>,"entry":"` + entry + `","event":<aws.events.event.json>}`
}

// InputPaths returns the InputPathsMap for InputTemplate.
func InputPaths() map[string]string { return map[string]string{"id": "$.id"} }

// Definition returns the state machine in Amazon States Language. Its input is {id, entry, event}.
//
// Drills of other Regions end at once, since the ledger has them, and so does an event that was sent before. Any other event takes
// room among the alerts of the last minute, and is composed and sent. If the table fails, the alert passes; an event that cannot be
// composed is sent as it is.
func (m Machine) Definition() object {
	states := object{
		"Sort":      m.sort(),
		"Queue":     m.queue(),
		"Elsewhere": object{"Type": "Succeed", "Comment": "A drill of another Region: the ledger has it."},
		"Once":      m.once(),
		"Sent":      object{"Type": "Succeed", "Comment": "This event was sent before."},
		"Known":     m.known(),
		"First":     m.first(),
		"Next":      m.next(),
		"Pace":      m.pace(),
		"Wait":      object{"Type": "Wait", "QueryLanguage": "JSONata", "Seconds": code("$wait"), "Next": "Compose"},
		"Full":      m.full(),
		"Ledger":    object{"Type": "Succeed", "Comment": "Too many at once: the ledger has it, and a summary was sent."},
		"Summary":   m.summary(),
		"Alerts":    m.alerts(),
		"Drills":    m.drills(),
		"Compose":   m.compose(),
		"Send":      m.send(),
		"Plain":     m.plain(),
		"Raw":       m.raw(),
		"RawDrill":  m.rawDrill(),
		"Bare":      m.bare(),
		"Beat":      m.beat(),
		"Beaten":    m.beaten(),
		"Reachable": m.reachable(),
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
			object{"And": []any{source(watch.HeartbeatSource)}, "Next": "Carried"},
			object{"And": []any{source(watch.DrillSource), object{"Not": object{"Variable": "$.event.region", "StringEquals": m.Region}}}, "Next": "Elsewhere"},
			// Of what AWS recorded only: a drill of this entry could name anybody's subscription.
			object{"And": []any{object{"Variable": "$.entry", "StringEquals": watch.TopicChange}, source("aws.sns")}, "Next": "Queue"},
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
		catch = append(catch, object{"ErrorEquals": []string{conditionFailed}, "Next": refused, "Output": "{% $states.input %}"})
	}
	state["Catch"] = append(catch, object{"ErrorEquals": []string{"States.ALL"}, "Next": fail, "Output": "{% $states.input %}"})
	return state
}

// bucket returns a call to the event's bucket. One that is throttled is asked again, in up to 1, 2, 4, 8 and 16 seconds (Amazon States
// Language, the defaults of a retrier): DynamoDB takes 1,000 writes a second of one item, which a flood exceeds for a moment, and
// what passed for that reason would be the flood.
func (m Machine) bucket(more, next, refused, fail string, assign object) object {
	state := m.dynamo("updateItem", code(m.write(more)), next, refused, fail, assign)
	state["Retry"] = []any{object{"ErrorEquals": throttling, "MaxAttempts": 5, "JitterStrategy": "FULL"}}
	return state
}

// conditionFailed is the error of a write whose condition does not hold.
const conditionFailed = "DynamoDB.ConditionalCheckFailedException"

// throttling are the errors of an item that gets too many writes at once.
var throttling = []string{"DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException"}

func code(expression string) string { return "{% " + expression + " %}" }

// queue returns the state that knows the queues of drills, so that the message about one says that a drill makes such calls. It
// remembers the subscription of a queue that has the name of one, in this account, and finds it again when it is ended: the record of
// that has only its ARN. Nobody's name or client hides the end of another subscription. Whatever else it is, and whatever
// fails, leaves the event as it is.
func (m Machine) queue() object {
	own := "/^" + m.Place.In("[a-z0-9-]+").Queue(names.DrillQueue) + "[a-z0-9]{6}$/"
	state := m.dynamo("updateItem", code(`( $d := $states.input.event.detail; $r := $d.requestParameters;
$begins := $d.eventName = 'Subscribe' and $r.protocol = 'sqs' and $contains($string($r.endpoint), `+own+`)`+
		` and $contains($string($d.responseElements.subscriptionArn), ':`+names.Topic+`:');
$arn := $begins ? $d.responseElements.subscriptionArn : $d.eventName = 'Unsubscribe' ? $string($r.subscriptionArn) : '';
{'TableName': `+quote(m.Table)+`, 'Key': {'id': {'S': 'queue#' & $arn}}, 'UpdateExpression': 'SET expires = :expires',
'ConditionExpression': $begins ? 'attribute_exists(id) OR attribute_not_exists(id)' : 'attribute_exists(id)', `+
		`'ExpressionAttributeValues': {':expires': {'N': `+expires+`}}} )`),
		"Once", "Once", "Once", nil)
	state["Output"] = code("$merge([$states.input, {'queue': true}])")
	return state
}

// once returns the state that remembers the event. A write that was repeated on its way finds its own item. Whoever sends a drill
// chooses its ID, which may be that of a record that is still on its way.
func (m Machine) once() object {
	return m.dynamo("putItem", code(`{'TableName': `+quote(m.Table)+`, 'Item': {
'id': {'S': `+ofSource("drill#", "event#")+` & $states.input.entry & '#' & `+
		`$string($exists($states.input.event.detail.eventID) ? $states.input.event.detail.eventID : $states.input.event.id)},
'execution': {'S': $states.context.Execution.Id}, 'expires': {'N': `+expires+`}},
'ConditionExpression': 'attribute_not_exists(id) OR execution = :me', `+
		`'ExpressionAttributeValues': {':me': {'S': $states.context.Execution.Id}}}`), "Known", "Sent", "Known", nil)
}

// ofSource returns the JSONata of one text for drills, and of another for anything else.
func ofSource(drill, other string) string {
	return "($states.input.event.source = " + quote(watch.DrillSource) + " ? " + quote(drill) + " : " + quote(other) + ")"
}

// expires is when an item may be removed, in seconds.
var expires = fmt.Sprintf("$string($floor($millis() / 1000) + %.0f)", Remembered.Seconds())

// known returns the state that ends a flood of which people know: the bucket is full, and its summary was sent in the last minute. What
// follows would find the same by three writes, and a flood that starts as many executions as Step Functions does would exceed what
// DynamoDB takes of one item.
func (m Machine) known() object {
	return m.bucket(`'UpdateExpression': 'SET asked = :now', 'ConditionExpression': 'attribute_not_exists(summary) OR summary < :before OR idle <= :last',
'ExpressionAttributeValues': {':now': {'N': $string($now)}, ':before': {'N': $string($now - 60000)}, `+
		`':last': {'N': $string($now + `+millis((Burst-1)*Pace)+`)}}`, "First", "Ledger", "First", nil)
}

// first returns the state that takes room in an idle bucket. The bucket holds one time, at which it will be idle again: each alert moves it on by Pace.
// Counting and comparing are one conditional write, so executions that overlap do not slip through, and no turn of a minute
// starts anew.
func (m Machine) first() object {
	return m.bucket(`'UpdateExpression': 'SET idle = :next', 'ConditionExpression': 'attribute_not_exists(idle) OR idle < :now',
'ExpressionAttributeValues': {':now': {'N': $string($now)}, ':next': {'N': $string($now + `+millis(Pace)+`)}}`, "Compose", "Next", "Compose", nil)
}

// next returns the state that takes room in a bucket that is not idle, as long as it has any, and decides how long to wait. A write
// that was repeated on its way takes room twice, and the alert still passes, or a summary does.
func (m Machine) next() object {
	return m.bucket(`'UpdateExpression': 'SET idle = idle + :pace', 'ConditionExpression': 'idle <= :last', 'ReturnValues': 'UPDATED_NEW',
'ExpressionAttributeValues': {':pace': {'N': '`+millis(Pace)+`'}, `+
		`':last': {'N': $string($now + `+millis((Burst-1)*Pace)+`)}}`, "Pace", "Full", "Compose", object{
		"wait": code(fmt.Sprintf("$max([0, $floor($floor(($number($states.result.Attributes.idle.N) - $millis() - 1) / %s) / %d)])", millis(Pace), PerSecond/2)),
	})
}

// write returns the arguments of a write to the event's bucket, computed at one moment. Drills have a bucket of their own:
// they never cost an alert its room.
func (m Machine) write(more string) string {
	return squeeze("($now := $millis(); {'TableName': " + quote(m.Table) +
		", 'Key': {'id': {'S': " + ofSource("rate#drill", "rate#alert") + "}}, " + more + "})")
}

func millis(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

func (m Machine) pace() object {
	return object{
		"Type": "Choice", "QueryLanguage": "JSONata",
		"Choices": []any{object{"Condition": code("$wait > 0"), "Next": "Wait"}},
		"Default": "Compose",
	}
}

// full returns the state that lets one summary through in a minute. A write that was repeated on its way finds its own execution:
// otherwise it would take its own time for another's, and nobody would send the summary.
func (m Machine) full() object {
	return m.bucket(`'UpdateExpression': 'SET summary = :now, execution = :me',
'ConditionExpression': 'attribute_not_exists(summary) OR summary < :before OR execution = :me', 'ExpressionAttributeValues': {
':now': {'N': $string($now)}, ':before': {'N': $string($now - 60000)}, ':me': {'S': $states.context.Execution.Id}}`, "Summary", "Ledger", "Summary", nil)
}

// publish returns a task that publishes to a topic, with so many retries, each after twice the time of the last one: as a retrier
// does that says nothing else (Amazon States Language).
func (m Machine) publish(attempts int) object {
	return object{
		"Type": "Task", "Resource": m.Place.Task("sns:publish"), "TimeoutSeconds": 30,
		"Retry": []any{object{"ErrorEquals": []string{"States.ALL"}, "MaxAttempts": attempts, "JitterStrategy": "FULL"}},
	}
}

// compose returns the state that writes the messages, all at once, since one expression takes half the room of two. Only a state with branches can
// catch what fails in one that does nothing but compute.
func (m Machine) compose() object {
	return object{
		"Type": "Parallel", "QueryLanguage": "JSONata",
		"Branches": []any{object{"StartAt": "Write", "States": object{
			"Write": object{"Type": "Pass", "QueryLanguage": "JSONata", "Output": code(m.Messages(m.Topic, m.ChatTopic)), "End": true},
		}}},
		"Assign": object{"messages": code("$states.result[0]")}, "Output": "{% $states.input %}", "Next": "Send",
		"Catch": []any{object{"ErrorEquals": []string{"States.ALL"}, "Next": "Plain", "Output": "{% $states.input %}"}},
	}
}

func (m Machine) send() object {
	state := m.publish(3)
	state["QueryLanguage"] = "JSONata"
	state["Arguments"] = code("$messages.mail")
	state["Output"] = "{% $states.input %}"
	state["Catch"] = []any{object{"ErrorEquals": []string{"States.ALL"}, "Next": "Plain", "Output": "{% $states.input %}"}}
	if m.ChatTopic != "" {
		state["Next"] = "Chat"
	} else {
		state["End"] = true
	}
	return state
}

// plain returns the state that keeps drills apart where nothing can be composed.
func (m Machine) plain() object {
	return object{
		"Type":    "Choice",
		"Choices": []any{object{"Variable": "$.event.source", "StringEquals": watch.DrillSource, "Next": "RawDrill"}},
		"Default": "Raw",
	}
}

// rawDrill returns the state that sends a drill as it is. It uses no JSONata.
func (m Machine) rawDrill() object {
	state := m.publish(6)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": RawDrillSubject,
		"Message.$": "States.Format('THIS IS A DRILL. Nothing has happened, but the composer could not write this message: " +
			"a real alert would arrive like this. Run breakglass check.\n\n{}', States.JsonToString($.event))",
	}
	state["End"] = true
	return state
}

// raw returns the state that sends an event as it is. It uses no JSONata.
func (m Machine) raw() object {
	state := m.publish(6)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": RawSubject,
		"Message.$": "States.Format('This alert could not be composed. Treat it as real.\n\n{}\n\n{}', '" +
			escaped(m.Instructions) + "', States.JsonToString($.event))",
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
		"Message": "An alert could not be composed, and its event could not be sent either. Treat it as real.\n\n" +
			m.Instructions + "\n\nThe ledger has the event: " + watch.ReadLedger(m.Region),
	}
	state["End"] = true
	return state
}

// summary returns the state that chooses the summary. That of drills must not frighten anybody: somebody drilled too much at once.
func (m Machine) summary() object {
	return object{
		"Type":    "Choice",
		"Choices": []any{object{"Variable": "$.event.source", "StringEquals": watch.DrillSource, "Next": "Drills"}},
		"Default": "Alerts",
	}
}

func (m Machine) alerts() object {
	return m.summarize(SummarySubject,
		"More alerts arrive than the hub in %s sends: %d in a second, %d in a minute. The rest are in the ledger only. "+
			"Somebody may be causing them to hide something: read all of them.\n\n"+m.Instructions)
}

func (m Machine) drills() object {
	return m.summarize(DrillSummarySubject,
		"THIS IS A DRILL. Nothing has happened, and there is nothing to do.\n\n"+
			"More drills arrive than the hub in %s sends: %d in a second, %d in a minute. The rest are in the ledger only. Drills take no room from alerts.")
}

// summarize returns a state that sends a summary, whose text has the Region and the limits.
func (m Machine) summarize(subject, text string) object {
	state := m.publish(6)
	state["Parameters"] = object{
		"TopicArn": m.Topic, "Subject": subject, "Message": fmt.Sprintf(text, m.Region, PerSecond, PerMinute) + "\n\nRead the ledger: " + watch.ReadLedger(m.Region),
	}
	state["End"] = true
	return state
}

// chat returns the state that publishes the alert to the chat topic. A failure there fails the execution, after the mail was sent.
func (m Machine) chat() object {
	state := m.publish(3)
	state["QueryLanguage"] = "JSONata"
	state["Arguments"] = code("$messages.chat")
	state["End"] = true
	return state
}

// escaped returns a text as an argument of an intrinsic function. An apostrophe would end it, and the local AWS does not accept an
// escaped one, so a typographic one replaces it.
func escaped(text string) string {
	return escapes.Replace(text)
}

var escapes = strings.NewReplacer(`\`, `\\`, `'`, "\u2019", `{`, `\{`, `}`, `\}`)
