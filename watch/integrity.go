package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// The entries in this file are about the alarm itself. Changes by hand are told at once, with who made them. Those that
// CloudFormation makes for somebody are counted, as one entry: a deployment touches every Region, and should be told
// once; and leaving them out would let anybody unmake the alarm with a stack of his own.
//
// A change that was refused changes nothing, and whoever has any credentials of the account could have it refused as
// often as he likes: refusals stand in CloudTrail and are not told.

const cloudFormation = "cloudformation.amazonaws.com"

var integrityEntries = []Entry{
	{
		ID:    "rule-change",
		Rule:  "breakglass-rule-change",
		Part:  Tampering,
		Title: "Change by hand of a rule or schedule of the alarm, or of who may put events on the bus",
		Why:   "A rule that is off, or has lost its targets, sees nothing. Nobody changes one but by a deployment.",

		Sources: []string{"aws.events", "aws.scheduler"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			schedules := []string{"CreateSchedule", "UpdateSchedule", "DeleteSchedule"}
			return byHand(Fields{"$or": []any{
				Fields{"eventName": []string{"PutRule", "DisableRule", "EnableRule", "DeleteRule"}, "requestParameters": Fields{"name": ourRules}},
				Fields{"eventName": []string{"PutTargets", "RemoveTargets"}, "requestParameters": Fields{"rule": ourRules}},
				ofTheBus, keyOfTheBus,
				// No record of the Scheduler was at hand to see how it spells the field.
				Fields{"eventName": schedules, "requestParameters": Fields{"name": []string{names.Heartbeat}}},
				Fields{"eventName": schedules, "requestParameters": Fields{"Name": []string{names.Heartbeat}}},
			}})
		},
		Alerts: []Alert{changed("On: <name><rule><permission>")},
	},
	{
		ID:    "queue-change",
		Rule:  "breakglass-queue-change",
		Part:  Tampering,
		Title: "Change by hand of a dead-letter queue of the alarm",
		Why:   "What could not be delivered waits there. Without the queue, or once it is purged, nobody learns of it.",

		Sources: []string{"aws.sqs"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{
				"eventName":         []string{"DeleteQueue", "PurgeQueue", "SetQueueAttributes", "AddPermission", "RemovePermission"},
				"requestParameters": Fields{"queueUrl": ourQueues},
			})
		},
		Alerts: []Alert{changed("On: <queue>")},
	},
	{
		ID:    "alarm-change",
		Rule:  "breakglass-alarm-change",
		Part:  Tampering,
		Title: "Change by hand of one of the alarms",
		Why:   "The alarms tell of failed sign-ins, silent Regions and undelivered events. One without actions, or set to OK by hand, tells nobody.",

		// CloudTrail calls the service monitoring; its own events come from aws.cloudwatch.
		Sources: []string{"aws.monitoring", "aws.cloudwatch"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			ours := []any{Fields{"prefix": "breakglass-"}}
			return byHand(Fields{
				"eventName": []string{"PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", "DisableAlarmActions", "SetAlarmState", "PutAlarmMuteRule"},
				"$or": []any{
					Fields{"requestParameters": Fields{"alarmName": ours}},
					Fields{"requestParameters": Fields{"alarmNames": ours}},
					Fields{"requestParameters": Fields{"muteTargets": Fields{"alarmNames": ours}}},
				},
			})
		},
		Alerts: []Alert{changed("On: <oneAlarm><alarms><muted>")},
	},
	{
		ID:    "trail-change",
		Rule:  "breakglass-trail-change",
		Part:  Tampering,
		Title: "CloudTrail stopped or changed",
		Why:   "Without a trail that logs management events, nothing is ever seen. Changes of an organization's trail are recorded in the management account only.",

		Sources: []string{"aws.cloudtrail"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return Fields{
				"errorCode": absent,
				"eventName": []string{"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors"},
			}
		},
		Alerts: []Alert{changed("On: <name><trail>")},
	},
	{
		ID:    "role-change",
		Rule:  "breakglass-role-change",
		Part:  Tampering,
		Title: "Change by hand of the roles and policies that carry the events",
		Why:   "Without the forwarding role no Region reaches the hub. Changes by an emergency user, or of the users' group, are told as iam-change.",

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode": absent,
				"userIdentity": Fields{
					"invokedBy": notCloudFormation,
					"userName":  []any{Fields{"exists": false}, Fields{"anything-but": s.Users}},
				},
				"$or": []any{
					// The hub account may be a target, too; others have observers.
					Fields{"requestParameters": Fields{"roleName": append(slices.Clone(ourRoles), Fields{"equals-ignore-case": s.Role})}},
					Fields{"requestParameters": Fields{"policyArn": ourPolicies, "roleName": absent, "groupName": absent, "userName": absent}},
				},
			})
		},
		Alerts: []Alert{changed("On: <onRole> <policy>")},
	},
	{
		ID:       "topic-change",
		Rule:     "breakglass-topic-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Change by hand of the alert topic or of who it tells",
		Why: "Somebody who leaves the topic is no longer told, and somebody who joins reads the alerts. AWS does not record who leaves by the link in a mail. " +
			"A drill subscribes a queue of its own for a moment.",

		Sources: []string{"aws.sns"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{
				"eventName": []string{
					"DeleteTopic", "SetTopicAttributes", "PutDataProtectionPolicy", "AddPermission", "RemovePermission",
					"Subscribe", "Unsubscribe", "SetSubscriptionAttributes",
				},
				"$or": []any{
					Fields{"requestParameters": Fields{"topicArn": ourTopics}},
					Fields{"requestParameters": Fields{"resourceArn": ourTopics}},
					Fields{"requestParameters": Fields{"subscriptionArn": ourSubscriptions}},
				},
			})
		},
		Alerts: []Alert{changed("On: <topic><subscription><resource>")},
	},
	{
		ID:       "key-change",
		Rule:     "breakglass-key-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Change by hand of the key of the alert topic",
		Why:      "Without its key the topic can tell nobody, this alert included: only the other hub can. Its ledger has it in any case.",

		Sources: []string{"aws.kms"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			keys := s.topicKey()
			if other := s.otherHubs(); len(other) > 0 {
				keys = append(keys, Fields{"awsRegion": other})
			}
			return byHand(Fields{
				"eventName": []string{"DisableKey", "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "PutKeyPolicy", "DisableKeyRotation"},
				"$or":       keys,
			})
		},
		Alerts: []Alert{changed("On: <key>")},
	},
	{
		ID:       "ledger-change",
		Rule:     "breakglass-ledger-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Change by hand of the ledger or of who may write into it",
		Why:      "The ledger is what an investigation and the receipt of a drill rely on.",

		Sources: []string{"aws.logs"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{
				"eventName": []string{
					"DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey",
					"PutResourcePolicy", "DeleteResourcePolicy", "PutDataProtectionPolicy",
				},
				"$or": []any{
					Fields{"requestParameters": Fields{"logGroupName": ourLogs}},
					Fields{"requestParameters": Fields{"logGroupIdentifier": ourLogs}},
					Fields{"requestParameters": Fields{"resourceIdentifier": ourLogs}},
					Fields{"requestParameters": Fields{"policyName": []string{names.LedgerPolicy}}},
					// A policy of another name can deny what ours allows.
					Fields{"requestParameters": Fields{"policyDocument": []any{Fields{"wildcard": "*/breakglass-*"}}}},
				},
			})
		},
		Alerts: []Alert{changed("On: <logGroup><logGroupID><logResource><policyName>")},
	},
	{
		ID:    "deployment",
		Rule:  "breakglass-deployment",
		Part:  Tampering,
		Title: "Deployment, change or removal of the project's stacks, or of its resources by any stack",
		Why: "A deployment touches every Region, so an alarm counts: one that nobody announced is somebody who unmakes the alarm. " +
			"What CloudFormation does on somebody's behalf counts here and nowhere else.",

		Sources:     []string{"aws.cloudformation", "aws.events", "aws.scheduler", "aws.sqs", "aws.monitoring", "aws.cloudwatch", "aws.iam", "aws.sns", "aws.kms", "aws.logs"},
		DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			// By the field of the request that names the thing: as many as the entries above look at, in fewer words.
			ours, topics := Fields{"wildcard": "*breakglass-*"}, Fields{"wildcard": "*:breakglass*"}
			request := []any{
				Fields{"roleName": []any{Fields{"prefix": Fields{"equals-ignore-case": "breakglass-"}}}},
				Fields{"policyArn": []any{ours, Fields{"wildcard": "*:policy/BreakGlass*"}}},
				Fields{"queueUrl": ourQueues},
				Fields{"muteTargets": Fields{"alarmNames": []any{ours}}},
			}
			for _, f := range []string{
				"name", "Name", "rule", "alarmName", "alarmNames",
				"logGroupName", "logGroupIdentifier", "resourceIdentifier", "policyName", "policyDocument",
			} {
				request = append(request, Fields{f: []any{ours}})
			}
			for _, f := range []string{"topicArn", "subscriptionArn", "resourceArn"} {
				request = append(request, Fields{f: []any{topics}})
			}
			things := []any{
				Fields{"requestParameters": Fields{"$or": request}},
				Fields{"eventName": []string{"PutPermission", "RemovePermission", "UpdateEventBus"}}, // of whatever bus: it is shorter
			}
			if s.Key != "" {
				things = append(things, s.topicKey()...)
				if other := s.otherHubs(); len(other) > 0 {
					things = append(things, Fields{"eventSource": []string{"kms.amazonaws.com"}, "awsRegion": other})
				}
			}
			return Fields{
				"errorCode": absent,
				"$or": []any{
					Fields{
						"eventName": []string{
							"CreateStack", "UpdateStack", "ExecuteChangeSet", "DeleteStack", "UpdateTerminationProtection", "SetStackPolicy",
						},
						"requestParameters": Fields{"stackName": []any{Fields{"prefix": "BreakGlass-"}, Fields{"wildcard": "*:stack/BreakGlass-*"}}},
					},
					// A change set that is named by its ARN need not say whose it is.
					Fields{"eventName": []string{"ExecuteChangeSet"}, "requestParameters": Fields{"stackName": absent}},
					Fields{"userIdentity": Fields{"invokedBy": []string{cloudFormation}}, "readOnly": []any{false}, "$or": things},
				},
			}
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS STACKS CHANGED"}},
	},
	{
		ID:    "undelivered",
		Rule:  "breakglass-undelivered",
		Part:  DeliveryFailures,
		Title: "An event or an alert could not be delivered",
		Why:   "A dead-letter queue of some Region has a message, or the topic could not reach a subscriber. Somebody may not have been told.",

		// AWS's sample has the first source, its reference of events the second.
		Sources: []string{"aws.cloudwatch", "aws.monitoring"}, DetailTypes: []string{"CloudWatch Alarm State Change"},
		Detail: func(Scope) Fields {
			return Fields{
				"alarmName": []any{Fields{"prefix": names.DeadLettersAlarm}, Fields{"prefix": names.UndeliveredAlarm}},
				"state":     Fields{"value": []string{"ALARM"}},
			}
		},
		Alerts: []Alert{{
			Title: "BREAK GLASS ALERT NOT DELIVERED, says <alarm>",
			Facts: []string{
				where, "When (UTC): <at>",
				"What it means: events wait in that Region's dead-letter queue (aws sqs list-queues --queue-name-prefix BreakGlass --region <region>), " +
					"or the topic could not reach a subscriber. Read them, mend the cause, then purge the queue: until it is empty, no further one rings.",
			},
			First:  mendIt,
			Hint:   "the same news may come a second time from the alarm itself, by a way of its own; purging the queue is told as a change of the alarm.",
			Record: "EventBridge event ID: <id>",
		}},
	},
	{
		ID:    "new-region",
		Rule:  "breakglass-new-region",
		Part:  NewRegions,
		Title: "A Region was switched on that is not watched",
		Why:   "A sign-in can land in any enabled Region.",

		Sources: []string{"aws.account"}, DetailTypes: []string{"Region Opt-In Status Change"},
		Detail: func(s Scope) Fields {
			return Fields{"status": []string{"ENABLED"}, "regionName": []any{Fields{"anything-but": s.Known}}}
		},
		Alerts: []Alert{{
			Title: "REGION <newRegion> IS ON AND NOT WATCHED",
			Facts: []string{
				"Account: <account>", "When (UTC): <at>",
				"How to watch it: add <newRegion> to regions in breakglass.yaml (breakglass regions --write does), or to unwatched with the reason. " +
					"Then deploy everything: breakglass deploy.",
			},
			First:  mendIt,
			Record: "EventBridge event ID: <id>",
		}},
	},
}

// What the project's own things are called in a request: by prefix and suffix wherever that does, since EventBridge refuses
// a pattern with many wildcards as too complex.
var (
	ourRules = []any{
		Fields{"prefix": names.Capture + "breakglass-"}, Fields{"prefix": names.Forward + "breakglass-"},
		Fields{"prefix": names.Record + "breakglass-"}, Fields{"prefix": names.Chat + "breakglass-"},
	}
	ourQueues = []any{Fields{"wildcard": "*/BreakGlass-*"}}
	ourTopics = []any{Fields{"suffix": ":" + names.Topic}, Fields{"suffix": ":" + names.ChatTopic}}
	// Only the ARN of a subscription has something behind the topic's name.
	ourSubscriptions = []any{Fields{"wildcard": "*:" + names.Topic + ":*"}, Fields{"wildcard": "*:" + names.ChatTopic + ":*"}}
	// By name, or by an ARN, which may end in ":*".
	ourLogs = []any{
		Fields{"suffix": names.Ledger}, Fields{"suffix": names.Heartbeats}, Fields{"suffix": names.Ledger + ":*"}, Fields{"suffix": names.Heartbeats + ":*"},
	}
	// IAM takes names whatever their case.
	ourRoles = []any{
		Fields{"equals-ignore-case": names.ForwardRole}, Fields{"equals-ignore-case": names.HeartbeatRole}, Fields{"equals-ignore-case": names.ChatRole},
	}
	ourPolicies = []any{
		anyCase(":policy/" + names.ForwardPolicy), anyCase(":policy/" + names.HeartbeatPolicy),
		anyCase(":policy/" + names.GuardPolicy), anyCase(":policy/" + names.AssumePolicy),
	}
)

func anyCase(end string) Fields { return Fields{"suffix": Fields{"equals-ignore-case": end}} }

// byHand is a change that took effect and that CloudFormation did not make. A record that doesn't say counts as by hand.
func byHand(more Fields) Fields {
	f := Fields{"errorCode": absent, "userIdentity": Fields{"invokedBy": notCloudFormation}}
	for k, v := range more {
		f[k] = v
	}
	return f
}

var notCloudFormation = []any{Fields{"exists": false}, Fields{"anything-but": []string{cloudFormation}}}

// ofTheBus are the calls that say who may put events on the default bus.
var ofTheBus = Fields{
	"eventName":         []string{"PutPermission", "RemovePermission"},
	"requestParameters": Fields{"eventBusName": defaultBus},
}

// keyOfTheBus is a change of the default bus itself: a key of somebody's own would encrypt every rule's events, and can be
// switched off.
var keyOfTheBus = Fields{"eventName": []string{"UpdateEventBus"}, "requestParameters": Fields{"name": defaultBus}}

// The default bus may go unnamed, or be named by its ARN.
var defaultBus = []any{Fields{"exists": false}, Fields{"suffix": "default"}}

// otherHubs are the Regions of hubs that the pattern is not for. A record of a key there came through that Region's own
// rule, which knows its key.
func (s Scope) otherHubs() []string {
	return slices.DeleteFunc(slices.Clone(s.Hubs), func(hub string) bool { return hub == s.KeyRegion })
}

// topicKey finds the topic's key in a record: the request names it as its caller did, the resource by its ARN.
func (s Scope) topicKey() []any {
	ours := []any{Fields{"suffix": s.Key}}
	return []any{Fields{"requestParameters": Fields{"keyId": ours}}, Fields{"resources": Fields{"ARN": ours}}}
}

// changed is the text of a change of the alarm itself.
func changed(on string) Alert {
	return Alert{
		Title: "BREAK GLASS ALARM CHANGED: <call>",
		Facts: []string{"Who: <arn>", on, where, when, from, sessionMFA, "Result: Success"},
		Hint:  "no answer on MFA means that this record does not say.",
	}
}
