package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// The entries in this file are about the alerting itself. A manual change alerts at once and names who made it. Changes that
// CloudFormation makes are counted, in one entry: a deployment touches every Region and should alert once, while ignoring
// them would let anyone dismantle the alerting with a stack of their own.
//
// A denied call changes nothing, and anyone with any credentials in the account can repeat it at will: denied calls are in
// CloudTrail, and nobody is alerted.

const cloudFormation = "cloudformation.amazonaws.com"

var integrityEntries = []Entry{
	{
		ID:    "rule-change",
		Rule:  "breakglass-rule-change",
		Part:  Tampering,
		Title: "Manual change to a rule or schedule of the alerting, to the permissions or key of its event bus, a replay, or a rule of any name that targets the alerting",
		Why: "A rule that is disabled or has no targets detects nothing; a rule of somebody's own can flood the topic and the ledger. " +
			"Only a deployment should change one.",
		Response: restore,

		Sources: []string{"aws.events", "aws.scheduler"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			schedules := []string{"CreateSchedule", "UpdateSchedule", "DeleteSchedule"}
			return byHand(Fields{"$or": []any{
				Fields{"eventName": []string{"PutRule", "DisableRule", "EnableRule", "DeleteRule"}, "requestParameters": Fields{"name": ourRules}},
				Fields{"eventName": []string{"PutTargets", "RemoveTargets"}, "requestParameters": Fields{"rule": ourRules}},
				ofTheBus, keyOfTheBus, archiveOfTheBus, replayToTheBus, targetOfOurs,
				// How EventBridge Scheduler spells the field in its records has not been seen.
				Fields{"eventName": schedules, "requestParameters": Fields{"$or": []any{
					Fields{"name": []string{names.Heartbeat}}, Fields{"Name": []string{names.Heartbeat}},
				}}},
			}})
		},
		Alerts: []Alert{changed("Resource: <name><rule><permission><archiveName><replayName>")},
	},
	{
		ID:       "queue-change",
		Rule:     "breakglass-queue-change",
		Part:     Tampering,
		Title:    "Manual change to a dead-letter queue of the alerting",
		Why:      "Events that could not be delivered wait there. If the queue is deleted or purged, nobody is notified of them.",
		Response: restore,

		Sources: []string{"aws.sqs"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{
				"eventName":         []string{"DeleteQueue", "PurgeQueue", "SetQueueAttributes", "AddPermission", "RemovePermission"},
				"requestParameters": Fields{"queueUrl": ourQueues},
			})
		},
		Alerts: []Alert{changed("Resource: <queue>")},
	},
	{
		ID:    "alarm-change",
		Rule:  "breakglass-alarm-change",
		Part:  Tampering,
		Title: "Manual change to a CloudWatch alarm of the alerting, or to any alarm that notifies its topic",
		Why: "The alarms report failed sign-ins, silent Regions and undelivered events. An alarm without actions, or set to OK manually, notifies nobody. " +
			"An alarm of somebody's own can flood the topic.",
		Response: restore,

		// CloudTrail calls the service monitoring; CloudWatch's own events come from aws.cloudwatch.
		Sources: []string{"aws.monitoring", "aws.cloudwatch"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			ours := []any{Fields{"prefix": "breakglass-"}}
			return byHand(Fields{
				"eventName": []string{"PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", "DisableAlarmActions", "SetAlarmState", "PutAlarmMuteRule"},
				"requestParameters": Fields{"$or": []any{
					Fields{"alarmName": ours},
					Fields{"alarmNames": ours},
					Fields{"muteTargets": Fields{"alarmNames": ours}},
					Fields{"alarmActions": ourTopics},
					Fields{"oKActions": ourTopics},
					Fields{"insufficientDataActions": ourTopics},
				}},
			})
		},
		Alerts: []Alert{changed("Resource: <oneAlarm><alarms><muted>")},
	},
	{
		ID:       "trail-change",
		Rule:     "breakglass-trail-change",
		Part:     Tampering,
		Title:    "CloudTrail stopped or changed",
		Why:      "Without a trail that logs management events, nothing is ever detected. Changes to an organization trail are recorded in the management account only.",
		Response: restore,

		Sources: []string{"aws.cloudtrail"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return Fields{
				"errorCode": absent,
				"eventName": []string{
					"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "PutEventConfiguration", "DeregisterOrganizationDelegatedAdmin",
				},
			}
		},
		Alerts: []Alert{changed("Resource: <name><trail><delegatedAdminAccountId>")},
	},
	{
		ID:       "role-change",
		Rule:     "breakglass-role-change",
		Part:     Tampering,
		Title:    "Manual change to the roles and policies that carry the events",
		Why:      "Without the forwarding role, no Region reaches the hub. Changes by an emergency user, or to their group, belong to iam-change.",
		Response: restore,

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode": absent,
				"userIdentity": Fields{
					"invokedBy": notCloudFormation,
					"userName":  []any{Fields{"exists": false}, Fields{"anything-but": s.Users}},
				},
				"$or": []any{
					// The hub account may be a target, too; other targets have observers.
					Fields{"requestParameters": Fields{"roleName": append(slices.Clone(ourRoles), Fields{"equals-ignore-case": s.Role})}},
					Fields{"requestParameters": Fields{"policyArn": ourPolicies, "roleName": absent, "groupName": absent, "userName": absent}},
				},
			})
		},
		Alerts: []Alert{changed("Resource: <onRole> <policy>")},
	},
	{
		ID:       "topic-change",
		Rule:     "breakglass-topic-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the alert topic or its subscriptions, or to the SMS settings of the account",
		Why: "Whoever is unsubscribed no longer gets alerts; whoever subscribes reads them. AWS does not record who unsubscribes through the link in an email. " +
			"A drill briefly subscribes a queue of its own.",
		Response: restore,

		Sources: []string{"aws.sns"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{"$or": []any{
				Fields{
					"eventName": []string{
						"DeleteTopic", "SetTopicAttributes", "PutDataProtectionPolicy", "AddPermission", "RemovePermission",
						"Subscribe", "Unsubscribe", "SetSubscriptionAttributes",
					},
					"requestParameters": Fields{"$or": []any{
						Fields{"topicArn": ourTopics}, Fields{"resourceArn": ourTopics}, Fields{"subscriptionArn": ourSubscriptions},
					}},
				},
				// A spending limit of nothing stops the SMS of every topic.
				Fields{"eventName": []string{"SetSMSAttributes"}},
			}})
		},
		Alerts: []Alert{changedWith("A number or nothing as the resource: the monthly limit of the account's SMS. ", "Resource: <topic><subscription><resource><smsLimit>")},
	},
	{
		ID:       "key-change",
		Rule:     "breakglass-key-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the KMS key of the alert topic",
		Why:      "Without its key the topic can send nothing, not even this alert: only the other hub can. The ledger records the change in any case.",
		Response: restore,

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
		Alerts: []Alert{changed("Resource: <key>")},
	},
	{
		ID:       "ledger-change",
		Rule:     "breakglass-ledger-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the ledger or to who may write to it, or to any policy of CloudWatch Logs",
		Why:      "Investigations and drills rely on the ledger. A policy of any name can keep records out of it.",
		Response: restore,

		Sources: []string{"aws.logs"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{"$or": []any{
				Fields{
					"eventName": []string{
						"DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey",
						"DeleteResourcePolicy", "PutDataProtectionPolicy", "PutTransformer", "PutSubscriptionFilter",
					},
					"requestParameters": Fields{"$or": []any{
						Fields{"logGroupName": ourLogs},
						Fields{"logGroupIdentifier": ourLogs},
						Fields{"resourceIdentifier": ourLogs},
						Fields{"policyName": []string{names.LedgerPolicy}},
					}},
				},
				// A policy of any name can deny what ours allows, and one of the account masks or changes what any log group takes.
				Fields{"eventName": []string{"PutResourcePolicy", "PutAccountPolicy"}},
			}})
		},
		Alerts: []Alert{changed("Resource: <logGroup><logGroupID><logResource><policyName>")},
	},
	{
		ID:    "deployment",
		Rule:  "breakglass-deployment",
		Part:  Tampering,
		Title: "Deployment, change or deletion of the project's stacks or stack sets, or of its resources by any stack",
		Why: "A deployment touches every Region, so an alarm counts it. A deployment that nobody announced is someone dismantling the alerting. " +
			"Changes that CloudFormation makes count here and nowhere else.",
		Response: "Find the actor in the ledger. Run `breakglass check`.",

		Sources:     []string{"aws.cloudformation", "aws.events", "aws.scheduler", "aws.sqs", "aws.monitoring", "aws.cloudwatch", "aws.iam", "aws.sns", "aws.kms", "aws.logs"},
		DetailTypes: apiCall,
		AnyService:  true,
		Detail: func(s Scope) Fields {
			// By the field of the request that names the resource: the same fields as in the entries above, in a shorter pattern.
			ours := []any{Fields{"wildcard": "*breakglass*"}}
			request := []any{
				Fields{"roleName": []any{Fields{"prefix": Fields{"equals-ignore-case": "breakglass"}}, Fields{"equals-ignore-case": s.Role}}},
				Fields{"policyArn": []any{Fields{"wildcard": "*:policy/*reak*lass*"}}},
				Fields{"queueUrl": ourQueues},
				Fields{"muteTargets": Fields{"alarmNames": ours}},
				Fields{"targets": Fields{"arn": ours}},
			}
			for _, f := range []string{
				"name", "Name", "rule", "alarmName", "alarmNames",
				"logGroupName", "logGroupIdentifier", "resourceIdentifier", "policyName", "policyDocument",
				"topicArn", "subscriptionArn", "resourceArn",
			} {
				request = append(request, Fields{f: ours})
			}
			things := []any{Fields{"eventName": []string{"PutPermission", "RemovePermission", "UpdateEventBus", "CreateArchive"}}} // of any bus, which is shorter
			if s.Key != "" {
				key := []any{Fields{"suffix": s.Key}}
				request, things = append(request, Fields{"keyId": key}), append(things, Fields{"resources": Fields{"ARN": key}})
				if other := s.otherHubs(); len(other) > 0 {
					things = append(things, Fields{"eventSource": []string{"kms.amazonaws.com"}, "awsRegion": other})
				}
			}
			things = append(things, Fields{"requestParameters": Fields{"$or": request}})
			stacks := Fields{"wildcard": "*BreakGlass-*"}
			return Fields{
				"errorCode": absent,
				"$or": []any{
					Fields{
						"eventSource": []string{cloudFormation},
						"eventName":   []any{Fields{"suffix": "Stack"}, "ExecuteChangeSet", "UpdateTerminationProtection", "SetStackPolicy"},
						// A request that names a change set by its ARN need not name the stack.
						"requestParameters": Fields{"stackName": []any{stacks, Fields{"exists": false}}},
					},
					Fields{"readOnly": []any{false}, "requestParameters": Fields{"stackSetName": []any{stacks}}},
					iamChange(Fields{"userIdentity": Fields{"invokedBy": []string{cloudFormation}}, "$or": things}),
				},
			}
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS STACKS CHANGED"}},
	},
	{
		ID:       "undelivered",
		Rule:     "breakglass-undelivered",
		Part:     DeliveryFailures,
		Title:    "An event or an alert could not be delivered",
		Why:      "A dead-letter queue holds an event, or the topic could not reach a subscriber: an alert may not have been sent.",
		Response: "An alert may not have been sent. Read the dead-letter queue (below).",

		// AWS's sample event has the first source, its event reference the second.
		Sources: []string{"aws.cloudwatch", "aws.monitoring"}, DetailTypes: []string{"CloudWatch Alarm State Change"},
		Detail: func(Scope) Fields {
			return Fields{
				"alarmName": []any{Fields{"prefix": names.DeadLettersAlarm}, Fields{"prefix": names.UndeliveredAlarm}},
				"state":     Fields{"value": []string{"ALARM"}},
			}
		},
		Alerts: []Alert{{
			Title: "BREAK GLASS ALERT NOT DELIVERED, alarm <alarm>",
			Facts: []string{
				where, "Time (UTC): <at>",
				"What it means: a dead-letter queue in <region> holds events (aws sqs list-queues --queue-name-prefix BreakGlass --region <region>), " +
					"or the alert topic could not reach a subscriber. Read the events, fix the cause, then purge the queue: the alarm does not notify again until the queue is empty.",
			},
			First:  fixIt,
			Hint:   "The CloudWatch alarm may notify you of the same failure directly. Purging the queue sends an alert, too: it changes the alerting.",
			Record: "EventBridge event ID: <id>",
		}},
	},
	{
		ID:       "new-region",
		Rule:     "breakglass-new-region",
		Part:     NewRegions,
		Title:    "A Region that is not watched was enabled",
		Why:      "A sign-in can land in any enabled Region.",
		Response: "Watch the Region with the command in the alert ([more](operate.md#add-a-region)), or disable the Region.",

		Sources: []string{"aws.account"}, DetailTypes: []string{"Region Opt-In Status Change"},
		Detail: func(s Scope) Fields {
			return Fields{"status": []string{"ENABLED"}, "regionName": []any{Fields{"anything-but": s.Known}}}
		},
		Alerts: []Alert{{
			Title: "REGION <newRegion> IS ENABLED AND NOT WATCHED",
			Facts: []string{
				"Account: <account>", "Time (UTC): <at>",
				"How to watch it: add <newRegion> to regions in breakglass.yaml (breakglass regions --write does this), or to unwatched with the reason. " +
					"Then deploy: breakglass deploy.",
			},
			First:  fixIt,
			Record: "EventBridge event ID: <id>",
		}},
	},
}
