package compose

import (
	"fmt"
	"strconv"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// carried returns the state that collects the rules whose heartbeat of this hour reached the composer. The write is refused to the last of
// them alone: all others are there, and it is not among them. So no further state has to tell it from the others, each of which ends here.
func (m Machine) carried() object {
	return object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("dynamodb:updateItem"), "TimeoutSeconds": 30,
		"Comment": "All but the last rule of the hour end here.",
		"Arguments": object{
			"TableName":           m.Table,
			"Key":                 object{"id": object{"S": code("'beat#' & $substring($states.input.event.time, 0, 13)")}},
			"UpdateExpression":    "ADD carriers :these SET expires = :expires",
			"ConditionExpression": "attribute_not_exists(carriers) OR size(carriers) < :others OR contains(carriers, :this)",
			"ExpressionAttributeValues": object{
				":these": object{"SS": []any{code("$states.input.entry")}}, ":this": object{"S": code("$states.input.entry")},
				":others": object{"N": strconv.Itoa(m.Expected() - 1)}, ":expires": object{"N": code(expires)},
			},
		},
		"End": true,
		"Retry": []any{
			object{"ErrorEquals": []string{conditionFailed}, "MaxAttempts": 0},
			object{"ErrorEquals": []string{"States.ALL"}},
		},
		"Catch": []any{object{"ErrorEquals": []string{conditionFailed}, "Next": "Beat"}},
	}
}

// beat returns the state that publishes a heartbeat, once an hour, to a topic of its own, which has the key and the policy of the alert
// topic and no subscribers. On the alert topic, nothing keeps it from people: a filter policy that it would not pass also drops
// whatever has no message attribute (SNS developer guide, key matching: exists), such as the notifications of every alarm.
func (m Machine) beat() object {
	state := m.publish(3)
	state["Parameters"] = object{"TopicArn": m.Place.Topic(names.BeatTopic), "Message": "A heartbeat. Nobody receives it."}
	state["ResultPath"] = nil
	state["Next"] = "Beaten"
	return state
}

// attributes returns a state that asks for the attributes of a topic.
func (m Machine) attributes(topic string) object {
	return object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("aws-sdk:sns:getTopicAttributes"), "TimeoutSeconds": 30,
		"Arguments": object{"TopicArn": topic},
		"Retry":     []any{object{"ErrorEquals": []string{"States.ALL"}}},
	}
}

// beaten returns the state that notes what let the heartbeat pass.
func (m Machine) beaten() object {
	state := m.attributes(m.Place.Topic(names.BeatTopic))
	state["Assign"] = object{"passed": code("$states.result.Attributes")}
	state["Output"] = "{% $states.input %}"
	state["Next"] = "Reachable"
	return state
}

// reachable returns the state that looks at the alert topic: it exists, has the key and the policy of the topic that let the heartbeat
// pass, and that policy lets in the composer and the alarms, and denies no more than one thing. Otherwise it fails the execution, which
// sets off an alarm. It does not ask who is subscribed, since the count in the topic's attributes lags behind.
func (m Machine) reachable() object {
	state := m.attributes(m.Topic)
	state["Output"] = code(squeeze(fmt.Sprintf(`( $a := $states.result.Attributes; $p := $a.Policy;
$assert($contains($p, '"Composer"') and $contains($p, '"CloudWatchAlarms"'), 'the policy of the alert topic lacks a grant');
$assert($count($split($p, '"Deny"')) = 2 and $p = $replace($passed.Policy, '%s', '%s'), 'the policy of the alert topic is another');
$assert($a.KmsMasterKeyId = $passed.KmsMasterKeyId, 'the alert topic has another key');
$states.input )`, ":"+names.BeatTopic, ":"+names.Topic)))
	state["Next"] = "Alive"
	return state
}

// alive returns the state that reports that every rule, the composer, the topic and its key have carried a heartbeat of this hour.
func (m Machine) alive() object {
	return object{
		"Type": "Task", "QueryLanguage": "JSONata", "Resource": m.Place.Task("events:putEvents"), "TimeoutSeconds": 30,
		"Arguments": object{"Entries": []any{object{
			"Source": watch.AliveSource, "DetailType": watch.AliveType, "EventBusName": "default",
			"Detail": object{"hub": m.Region, "carried": m.Expected(), "expected": m.Expected()},
		}}},
		"End":   true,
		"Retry": []any{object{"ErrorEquals": []string{"States.ALL"}}},
	}
}

// Expected returns how many rules carry a heartbeat to the composer each hour: one for each entry that it writes about.
func (m Machine) Expected() int { return len(m.Entries) }
