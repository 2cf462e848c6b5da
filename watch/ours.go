package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// The names of the project's own resources in a request: by prefix and suffix wherever possible, since EventBridge rejects a
// pattern with many wildcards as too complex.
var (
	ourRules = []any{
		Fields{"prefix": names.Capture + "breakglass-"}, Fields{"prefix": names.Forward + "breakglass-"},
		Fields{"prefix": names.Record + "breakglass-"}, Fields{"prefix": names.Chat + "breakglass-"},
	}
	ourQueues = []any{Fields{"wildcard": "*/BreakGlass-*"}}
	ourTopics = []any{Fields{"suffix": ":" + names.Topic}, Fields{"suffix": ":" + names.ChatTopic}}
	// Only the ARN of a subscription continues after the topic's name.
	ourSubscriptions = []any{Fields{"wildcard": "*:" + names.Topic + ":*"}, Fields{"wildcard": "*:" + names.ChatTopic + ":*"}}
	// By name or by ARN, which may end in ":*".
	ourLogs = []any{
		Fields{"suffix": names.Ledger}, Fields{"suffix": names.Heartbeats}, Fields{"suffix": names.Ledger + ":*"}, Fields{"suffix": names.Heartbeats + ":*"},
	}
	// IAM ignores the case of names.
	ourRoles = []any{
		Fields{"equals-ignore-case": names.ForwardRole}, Fields{"equals-ignore-case": names.HeartbeatRole}, Fields{"equals-ignore-case": names.ChatRole},
	}
	ourPolicies = []any{
		anyCase(":policy/" + names.ForwardPolicy), anyCase(":policy/" + names.HeartbeatPolicy),
		anyCase(":policy/" + names.GuardPolicy), anyCase(":policy/" + names.AssumePolicy),
	}
)

func anyCase(end string) Fields { return Fields{"suffix": Fields{"equals-ignore-case": end}} }

// byHand matches a change that took effect and that CloudFormation did not make. A record without that information counts as
// manual.
func byHand(more Fields) Fields {
	f := Fields{"errorCode": absent, "userIdentity": Fields{"invokedBy": notCloudFormation}}
	for k, v := range more {
		f[k] = v
	}
	return f
}

var notCloudFormation = []any{Fields{"exists": false}, Fields{"anything-but": []string{cloudFormation}}}

// ofTheBus matches the calls that change who may put events on the default bus.
var ofTheBus = Fields{
	"eventName":         []string{"PutPermission", "RemovePermission"},
	"requestParameters": Fields{"eventBusName": defaultBus},
}

// keyOfTheBus matches a change to the default bus itself: a foreign key would encrypt the events of every rule, and can be
// disabled.
var keyOfTheBus = Fields{"eventName": []string{"UpdateEventBus"}, "requestParameters": Fields{"name": defaultBus}}

// targetOfOurs matches a rule of any name that publishes to a topic of ours, writes into a log group of ours, or acts as the role
// that the hubs let in.
var targetOfOurs = Fields{
	"eventName": []string{"PutTargets", "PutRule"},
	"requestParameters": Fields{"$or": []any{
		Fields{"targets": Fields{"arn": slices.Concat(ourTopics, ourLogs)}},
		Fields{"targets": Fields{"roleArn": forwardRoleARN}},
		Fields{"roleArn": forwardRoleARN},
	}},
}

var forwardRoleARN = []any{Fields{"suffix": "/" + names.ForwardRole}}

// archiveOfTheBus and replayToTheBus match what puts old events on the default bus again. No rule of ours takes them; who tries
// may mean to hide among them.
var (
	archiveOfTheBus = Fields{"eventName": []string{"CreateArchive"}, "requestParameters": Fields{"eventSourceArn": defaultBus}}
	replayToTheBus  = Fields{"eventName": []string{"StartReplay"}, "requestParameters": Fields{"destination": Fields{"arn": defaultBus}}}
)

// A request may omit the default bus, or name it by its ARN.
var defaultBus = []any{Fields{"exists": false}, Fields{"suffix": "default"}}

// otherHubs returns the hub Regions that the pattern is not for. A record of a key there came through that Region's own rule,
// which knows its key.
func (s Scope) otherHubs() []string {
	return slices.DeleteFunc(slices.Clone(s.Hubs), func(hub string) bool { return hub == s.KeyRegion })
}

// topicKey matches the topic's key in a record: the request has the key as the caller named it, the resources have its ARN.
func (s Scope) topicKey() []any {
	ours := []any{Fields{"suffix": s.Key}}
	return []any{Fields{"requestParameters": Fields{"keyId": ours}}, Fields{"resources": Fields{"ARN": ours}}}
}

// changedWith returns the alert on a change to the alerting itself, with a hint of its own.
func changedWith(hint, on string) Alert {
	a := changed(on)
	a.Hint = hint + a.Hint
	return a
}

// changed returns the alert on a change to the alerting itself.
func changed(on string) Alert {
	return Alert{
		Title: "BREAK GLASS ALERTING CHANGED: <call>",
		Facts: []string{"Who: <arn>", on, where, when, from, sessionMFA, "Result: Success"},
		Hint:  "Empty MFA: not in this record.",
	}
}
