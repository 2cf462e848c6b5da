package access

import (
	"slices"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

const stepFunctions = "states.amazonaws.com"

// ComposerTrust lets Step Functions, for the composers of the hubs only, assume the composer's role (Step Functions developer
// guide, preventing the confused deputy issue): nobody publishes with a state machine of their own that has the role.
func ComposerTrust(hubs []place.Place) Document {
	return serviceTrust("Composers", stepFunctions, hubs[0], each(hubs, composer))
}

// ComposerStartTrust lets EventBridge, for the hubs' rules only, assume the role that starts the composers (EventBridge user guide,
// cross-service confused deputy prevention: the source is the rule).
func ComposerStartTrust(hubs []place.Place) Document {
	return serviceTrust("Rules", eventBridge, hubs[0], each(hubs, ownRules))
}

// serviceTrust lets a service assume a role on behalf of certain resources of the account.
func serviceTrust(sid, service string, at place.Place, sources []any) Document {
	return document(Statement{
		"Sid": sid, "Effect": "Allow",
		"Principal": map[string]any{"Service": service}, "Action": "sts:AssumeRole",
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": at.Account},
			"ArnLike":      map[string]any{"aws:SourceArn": sources},
		},
	})
}

// ComposerStart lets the rules start the composers.
func ComposerStart(hubs []place.Place) Document {
	return document(Statement{
		"Sid": "StartTheComposers", "Effect": "Allow", "Action": "states:StartExecution", "Resource": each(hubs, composer),
	})
}

// Composer lets the composers publish alerts to the hubs' topics, and to the chat topics where there are any, remember what they
// sent, look at the topics, and report that a heartbeat arrived. All of it names the hubs.
//
// SNS asks KMS on behalf of the caller (KMS developer guide, kms:ViaService), so the role needs the key itself, but only through
// SNS. An alias identifies the key, since CloudFormation generates its ID after the role exists.
func Composer(hubs []place.Place, chat bool) Document {
	topics := func(name string) []any {
		return each(hubs, func(hub place.Place) string { return hub.Topic(name) })
	}
	alerts := slices.Concat(topics(names.Topic), topics(names.BeatTopic))
	if chat {
		alerts = append(alerts, topics(names.ChatTopic)...)
	}
	return document(
		Statement{"Sid": "PublishAlerts", "Effect": "Allow", "Action": "sns:Publish", "Resource": alerts},
		Statement{"Sid": "LookAtTheTopics", "Effect": "Allow", "Action": "sns:GetTopicAttributes", "Resource": slices.Concat(topics(names.Topic), topics(names.BeatTopic))},
		Statement{
			"Sid": "UseTheTopicsKeys", "Effect": "Allow", "Action": useTopicKey,
			"Resource": each(hubs, func(hub place.Place) string { return hub.Key(place.Any) }),
			"Condition": map[string]any{
				"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": names.KeyAlias},
				"StringEquals": map[string]any{
					"kms:ViaService": each(hubs, func(hub place.Place) string { return "sns." + hub.Region + ".amazonaws.com" }),
				},
			},
		},
		Statement{
			"Sid": "RememberAlerts", "Effect": "Allow", "Action": []any{"dynamodb:PutItem", "dynamodb:UpdateItem"},
			"Resource": each(hubs, func(hub place.Place) string { return hub.Table(names.AlertsTable) }),
		},
		Statement{
			"Sid": "ReportHeartbeats", "Effect": "Allow", "Action": putEvents, "Resource": each(hubs, place.Place.Bus),
			"Condition": eventsFrom(watch.AliveSource),
		},
	)
}

// AlertsTable keeps everybody but the composer from writing to its table: whoever fills the room for alerts there silences them all,
// and a trail records no such call unless it selects data events. In a call of the composer's, aws:PrincipalArn is the ARN of
// the role; it is missing, and the call is denied, where a service calls by itself.
func AlertsTable(hub place.Place) Document {
	return document(Statement{
		"Sid": "OnlyTheComposerWrites", "Effect": "Deny", "Principal": "*",
		"Action": []any{
			"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
			"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
		},
		"Resource":  hub.Table(names.AlertsTable),
		"Condition": map[string]any{"ArnNotEquals": onlyComposer(hub)["ArnEquals"]},
	})
}

func onlyComposer(hub place.Place) map[string]any {
	return map[string]any{"ArnEquals": map[string]any{"aws:PrincipalArn": hub.Role(names.ComposerRole)}}
}

func composer(hub place.Place) string { return hub.StateMachine(names.Composer) }

// each returns something of every hub.
func each(hubs []place.Place, of func(place.Place) string) []any {
	all := make([]any, len(hubs))
	for i, hub := range hubs {
		all[i] = of(hub)
	}
	return all
}

// DeadMansSwitchTrust lets EventBridge, for the rules of the hub, assume the role that posts to the monitor outside AWS.
func DeadMansSwitchTrust(hub place.Place) Document {
	return serviceTrust("Rules", eventBridge, hub, []any{ownRules(hub)})
}

// DeadMansSwitch lets the hub's rule post to the monitor outside AWS, and nowhere else.
func DeadMansSwitch(hub place.Place) Document {
	return document(Statement{
		"Sid": "PostToTheMonitor", "Effect": "Allow", "Action": "events:InvokeApiDestination", "Resource": hub.APIDestination(names.DeadMansSwitch) + "/*",
	})
}
