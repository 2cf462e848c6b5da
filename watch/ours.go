package watch

import (
	"slices"
	"strings"

	"example.com/breakglass/names"
)

// The names of the project's own resources in a request: by prefix and suffix wherever possible, since EventBridge rejects a
// pattern with many wildcards as too complex.
var (
	// What foreign-target leaves out is the same: no name falls between the two.
	ourRules          = []any{namedLikeOurRules}
	namedLikeOurRules = Fields{"wildcard": likeOurRules}
	likeOurRules      = "*-" + names.Prefix + "*"
	// AWS User Notifications takes no wildcard.
	ourRulesByPrefix = []any{
		Fields{"prefix": names.Capture + names.Prefix}, Fields{"prefix": names.Forward + names.Prefix},
		Fields{"prefix": names.Record + names.Prefix}, Fields{"prefix": names.Chat + names.Prefix},
	}

	// By name or by ARN, which may end in ":*".
	ourLogs = []any{
		Fields{"suffix": names.Ledger}, Fields{"suffix": names.Heartbeats}, Fields{"suffix": names.Ledger + ":*"}, Fields{"suffix": names.Heartbeats + ":*"},
	}
	// IAM ignores the case of names. The hub account has no observers, but a role of their name there may be let in like theirs.
	ourRoles = []any{
		Fields{"equals-ignore-case": names.ForwardRole}, Fields{"equals-ignore-case": names.HeartbeatRole}, Fields{"equals-ignore-case": names.ChatRole},
		Fields{"prefix": Fields{"equals-ignore-case": names.Composer + "-"}}, Fields{"equals-ignore-case": names.DeadMansSwitchRole},
		Fields{"equals-ignore-case": names.ObserverRole},
	}
	ourPolicies = []any{
		anyCase(":policy/" + names.ForwardPolicy), anyCase(":policy/" + names.HeartbeatPolicy),
		anyCase(":policy/" + names.GuardPolicy), anyCase(":policy/" + names.AssumePolicy),
		anyCase(":policy/" + names.ComposerPolicy), anyCase(":policy/" + names.ComposerStartPolicy), anyCase(":policy/" + names.DeadMansSwitchPolicy),
	}
	// As a rule or schedule names a role.
	ourRoleARNs = []any{Fields{"wildcard": "*:role/" + names.Prefix + "*"}}
	// By its ARN, or by that of a version or an alias of it.
	ourComposer = []any{Fields{"suffix": ":stateMachine:" + names.Composer}, Fields{"wildcard": "*:stateMachine:" + names.Composer + ":*"}}
)

// ourStackSets are named as AWS names them in a request: by the name, or by the name and an ID behind it.
var ourStackSets = []any{Fields{"prefix": names.RoleStack}, Fields{"prefix": names.ObserverStack}}

// trailBucket begins the name of the trail's bucket: CloudFormation makes it from that of the stack.
var trailBucket = strings.ToLower(names.TrailStack) + "-"

// schedules are the calls that change a schedule.
var schedules = []string{"CreateSchedule", "UpdateSchedule", "DeleteSchedule"}

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

var notCloudFormation = []any{Fields{"exists": false}, Fields{"anything-but": cloudFormation}}

// What follows can be called across accounts, and another account may have a deployment of its own: the account is part of the name.

// queue matches the address of a dead-letter queue.
func (s Scope) queue() []any {
	return []any{Fields{"wildcard": "*/" + s.Account + "/" + stackPrefix + "*"}}
}

// stackPrefix begins the names of the stacks, and of the dead-letter queues, which CloudFormation makes from those of the stacks.
const stackPrefix = "BreakGlass-"

func (s Scope) topics(names ...string) []any {
	all := make([]any, len(names))
	for i, name := range names {
		all[i] = Fields{"suffix": ":" + s.Account + ":" + name}
	}
	return all
}

func (s Scope) allTopics() []any { return s.topics(names.Topic, names.ChatTopic, names.BeatTopic) }

// subscriptions matches the ARN of a subscription, which alone continues after the topic's name.
func (s Scope) subscriptions() []any {
	at := "*:" + s.Account + ":"
	return []any{Fields{"wildcard": at + names.Topic + ":*"}, Fields{"wildcard": at + names.ChatTopic + ":*"}}
}

// table matches the composer's table by its name or its ARN.
func (s Scope) table() []any {
	return []any{names.AlertsTable, Fields{"suffix": ":" + s.Account + ":table/" + names.AlertsTable}}
}

// defaultBus matches the default bus, which a request may omit, or name by its ARN.
func (s Scope) defaultBus() []any {
	return []any{Fields{"exists": false}, "default", Fields{"suffix": ":" + s.Account + ":event-bus/default"}}
}

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
