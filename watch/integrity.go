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

// RoleChange is the ID of the entry about the roles of the alerting, and the emergency role of the hub account.
const RoleChange = "role-change"

// TopicChange is the ID of the entry about the alert topic and its subscribers.
const TopicChange = "topic-change"

const cloudFormation = "cloudformation.amazonaws.com"

var integrityEntries = []Entry{
	{
		ID:       "rule-change",
		Rule:     "breakglass-rule-change",
		Part:     Tampering,
		Title:    "Manual change to a rule, schedule or dead man's switch of the alerting",
		Why:      "A rule that is disabled or has no targets detects nothing. Only a deployment should change one.",
		Response: restore,

		Sources: []string{"aws.events", "aws.scheduler"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return byHand(Fields{"readOnly": mayChange, "$or": []any{
				Fields{"eventName": []any{Fields{"suffix": "Rule"}}, "requestParameters": Fields{"name": ourRules}},
				Fields{"eventName": []any{Fields{"suffix": "Targets"}}, "requestParameters": Fields{"rule": ourRules}},
				// Whoever posts to the monitor outside AWS in our place, or knows its address and stops ours, hides that the hub is deaf.
				Fields{
					"eventName":         []any{Fields{"suffix": "ApiDestination"}, Fields{"suffix": "Connection"}},
					"requestParameters": Fields{"name": []string{names.DeadMansSwitch}},
				},
				// How EventBridge Scheduler spells the field in its records has not been seen.
				Fields{"eventName": []any{Fields{"suffix": "Schedule"}}, "requestParameters": Fields{"$or": []any{
					Fields{"name": names.Schedules()}, Fields{"Name": names.Schedules()},
				}}},
			}})
		},
		Messages: []Message{alertingChanged("a rule, schedule or dead man's switch of the alerting", Fact{"Name", "<rule>"}, Fact{"Targets", "<targets>"})},
	},
	{
		ID:       "queue-change",
		Rule:     "breakglass-queue-change",
		Part:     Tampering,
		Title:    "Manual change to a dead-letter queue of the alerting",
		Why:      "Events that could not be delivered wait there. If the queue is deleted or purged, nobody is notified of them.",
		Response: restore,

		Sources: []string{"aws.sqs"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return byHand(Fields{
				"eventName": []string{"DeleteQueue", "PurgeQueue", "SetQueueAttributes", "AddPermission", "RemovePermission", "StartMessageMoveTask"},
				"requestParameters": Fields{"$or": []any{
					Fields{"queueUrl": s.queue()}, Fields{"sourceArn": []any{Fields{"wildcard": "*:" + s.Account + ":" + stackPrefix + "*"}}},
				}},
			})
		},
		Messages: []Message{alertingChanged("a dead-letter queue of the alerting", Fact{"Queue", "<queue>"})},
	},
	{
		ID:    "alarm-change",
		Rule:  "breakglass-alarm-change",
		Part:  Tampering,
		Title: "Manual change to a CloudWatch alarm or the dashboard of the alerting, to any alarm that notifies its topic, or to the key of all metrics",
		Why: "The alarms report failed sign-ins, silent Regions and undelivered events. An alarm without actions, or set to OK manually, notifies nobody. " +
			"An alarm of somebody's own can flood the topic, and a dashboard can show a silent Region as well.",
		Response: restore,

		// CloudTrail calls the service monitoring; CloudWatch's own events come from aws.cloudwatch.
		Sources: []string{"aws.monitoring", "aws.cloudwatch"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			topics, ours, dashboard := s.allTopics(), []any{Fields{"prefix": "breakglass-"}}, []string{names.Dashboard}
			other := []any{Fields{"exists": false}, Fields{"anything-but": Fields{"prefix": "breakglass-"}}}
			return Fields{"errorCode": absent, "readOnly": mayChange, "$or": []any{
				// Dashboards are global: somebody can change one in any Region.
				Fields{
					"eventName":    []any{Fields{"suffix": "Alarm"}, "DeleteAlarms", "DisableAlarmActions", "SetAlarmState", "PutDashboard", "DeleteDashboards"},
					"userIdentity": Fields{"invokedBy": notCloudFormation},
					"requestParameters": Fields{"$or": []any{
						Fields{"alarmName": ours}, Fields{"alarmNames": ours}, Fields{"dashboardName": dashboard}, Fields{"dashboardNames": dashboard},
					}},
				},
				// No stack of the project does the rest.
				// CloudWatch reads no metric whose key is disabled afterwards, so that all alarms are blind.
				Fields{"eventName": []any{Fields{"suffix": "DatasetKmsKey"}}},
				Fields{"eventName": []string{"PutAlarmMuteRule"}, "requestParameters": Fields{"muteTargets": Fields{"alarmNames": ours}}},
				Fields{
					"eventName": []any{Fields{"suffix": "Alarm"}},
					"requestParameters": Fields{"alarmName": other, "$or": []any{
						Fields{"alarmActions": topics}, Fields{"oKActions": topics}, Fields{"insufficientDataActions": topics},
					}},
				},
			}}
		},
		Messages: []Message{alertingChanged("an alarm or the dashboard of the alerting, an alarm that notifies its topic, or the key of all metrics",
			Fact{"Alarm or dashboard", "<onAlarm>"}, Fact{"Mute rule", "<mute>"}, Fact{"New state", "<newState>"}, Fact{"Notifies", "<notifies>"})},
	},
	{
		ID:    "trail-change",
		Rule:  "breakglass-trail-change",
		Part:  Tampering,
		Title: "Change to CloudTrail, its bucket, or the organization's trust in it or in stack sets",
		Why: "Without a trail that logs management events, nothing is ever detected. Changes to an organization trail, and to what the organization trusts, are recorded in " +
			"the management account only.",
		Response: restore,

		Sources: []string{"aws.cloudtrail", "aws.s3", "aws.organizations", "aws.cloudformation"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return Fields{"errorCode": absent, "$or": []any{
				Fields{"eventName": append([]any{"StopLogging", "DeleteTrail", "UpdateTrail", Fields{"prefix": "PutEvent"}}, administratorCalls...)},
				// Stack sets have two principals, of which one ends like the other. An administrator of stack sets deploys what it likes into every account, and an organization that does not trust them deploys nothing.
				Fields{
					"eventName":         trustCalls,
					"requestParameters": Fields{"servicePrincipal": []any{"cloudtrail.amazonaws.com", Fields{"suffix": "stacksets.cloudformation.amazonaws.com"}}},
				},
				Fields{
					"eventName":         []any{Fields{"prefix": "PutBucket"}, Fields{"prefix": "DeleteBucket"}},
					"requestParameters": Fields{"bucketName": []any{Fields{"prefix": trailBucket}}},
					"userIdentity":      Fields{"invokedBy": notCloudFormation},
				},
			}}
		},
		Messages: []Message{alertingChanged("CloudTrail, without which nothing is detected, or the organization's trust in it or in stack sets",
			Fact{"Trail", "<trail>"}, Fact{"Bucket", "<bucket>"}, Fact{"Trusted service", "<trusted>"}, Fact{"Delegated administrator", "<delegated>"})},
	},
	{
		ID:       RoleChange,
		Rule:     "breakglass-role-change",
		Part:     Tampering,
		Title:    "Manual change to the roles and policies that carry the events",
		Why:      "Without the forwarding role, no Region reaches the hub. Changes by an emergency user, or to their group, belong to iam-change.",
		Response: restore,

		Sources: []string{"aws.iam"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			return iamChange(Fields{
				"errorCode": absent,
				// Root has the alias of the account for a name, which may be that of a user.
				"userIdentity": Fields{"invokedBy": notCloudFormation, "$or": []any{Fields{"userName": notUser(s)}, byRoot}},
				"$or": []any{
					// The hub account may be a target, too; other targets have observers.
					Fields{"requestParameters": Fields{"roleName": append(slices.Clone(ourRoles), Fields{"equals-ignore-case": s.Role})}},
					Fields{"requestParameters": Fields{"policyArn": ourPolicies, "roleName": absent, "groupName": absent, "userName": absent}},
				},
			})
		},
		Messages: []Message{alertingChanged("a role or policy of the alerting, or the emergency role of the hub account", OnIAM...)},
	},
	{
		ID:       TopicChange,
		Rule:     "breakglass-topic-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the alert topic or its subscriptions, or to the account's SMS settings",
		Why: "Whoever is unsubscribed no longer gets alerts; whoever subscribes reads them. AWS does not record who unsubscribes through the link in an email. " +
			"A drill briefly subscribes a queue of its own.",
		Response: restore,

		// SMS of SNS are sent by AWS End User Messaging, whose limits, lists and rules are the account's.
		Sources: []string{"aws.sns", "aws.sms-voice"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			topics := s.allTopics()
			return Fields{"errorCode": absent, "$or": []any{
				Fields{
					"eventName": []string{
						"DeleteTopic", "SetTopicAttributes", "AddPermission", "RemovePermission", "Subscribe", "Unsubscribe", "SetSubscriptionAttributes",
					},
					"userIdentity":      Fields{"invokedBy": notCloudFormation},
					"requestParameters": Fields{"$or": []any{Fields{"topicArn": topics}, Fields{"subscriptionArn": s.subscriptions()}}},
				},
				// No stack of the project does the rest.
				Fields{"eventName": []string{"PutDataProtectionPolicy"}, "requestParameters": Fields{"resourceArn": topics}},
				// A spending limit of nothing, or a rule against a country, stops the SMS of every topic; a list or a rule stops those to a number,
				// and so does its removal from those that a sandbox may reach. To some countries, only a number or name of one's own sends.
				Fields{"eventName": []any{
					"SetSMSAttributes", Fields{"prefix": "SetText"}, Fields{"prefix": "DeleteText"}, Fields{"prefix": "SetAccountDefault"}, Fields{"prefix": "Release"},
					Fields{"prefix": "Update"}, Fields{"prefix": "PutProtect"}, "PutOptedOutNumber", Fields{"prefix": "DeleteSMS"}, Fields{"prefix": "DeleteVerified"},
				}},
			}}
		},
		Messages: []Message{alertingChanged("the alert topic, its subscriptions, or the account's SMS settings", onTopic...)},
	},
	{
		ID:       "key-change",
		Rule:     "breakglass-key-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the KMS key of the alert topic, or to its alias",
		Why:      "Without its key the topic can send nothing, not even this alert: only the other hub can. The ledger records the change in any case.",
		Response: restore,

		Sources: []string{"aws.kms"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			keys := s.topicKey()
			if other := s.otherHubs(); len(other) > 0 {
				keys = append(keys, Fields{"awsRegion": other})
			}
			return byHand(Fields{"$or": []any{
				Fields{
					"eventName": []any{Fields{"prefix": "DisableKey"}, "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion", "PutKeyPolicy"},
					"$or":       keys,
				},
				// The composer may use the key that has the alias.
				Fields{"eventName": []string{"UpdateAlias", "DeleteAlias"}, "requestParameters": Fields{"aliasName": []string{names.KeyAlias}}},
			}})
		},
		Messages: []Message{alertingChanged("the key of the alert topic, or its alias", Fact{"Key", "<key>"})},
	},
	{
		ID:       "ledger-change",
		Rule:     "breakglass-ledger-change",
		Part:     Tampering,
		HubsOnly: true,
		Title:    "Manual change to the ledger, its saved queries or who may write to it, or to any policy of CloudWatch Logs",
		Why:      "Investigations and drills rely on the ledger. A policy of any name can keep records out of it.",
		Response: restore,

		Sources: []string{"aws.logs"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			return Fields{"errorCode": absent, "$or": []any{
				Fields{
					"eventName": []string{
						"DeleteLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "DeleteResourcePolicy", "PutResourcePolicy", "PutQueryDefinition",
					},
					"userIdentity": Fields{"invokedBy": notCloudFormation},
					"requestParameters": Fields{"$or": []any{
						Fields{"logGroupName": ourLogs}, Fields{"policyName": []string{names.LedgerPolicy}}, Fields{"name": []any{Fields{"prefix": names.Queries}}},
					}},
				},
				// No stack of the project does the rest.
				Fields{
					"eventName": []any{"DeleteLogStream", "PutSubscriptionFilter", "PutDataProtectionPolicy", "PutTransformer", Fields{"suffix": "ssociateKmsKey"}, "PutLogGroupDeletionProtection", "PutBearerTokenAuthentication", "PutSyslogConfiguration"},
					"requestParameters": Fields{"$or": []any{
						Fields{"logGroupName": ourLogs}, Fields{"logGroupIdentifier": ourLogs}, Fields{"resourceIdentifier": ourLogs},
					}},
				},
				// A policy of any name can deny what ours allows, and one of the account masks or changes what any log group takes.
				Fields{"eventName": []string{"PutAccountPolicy"}},
				Fields{"eventName": []string{"PutResourcePolicy"}, "requestParameters": Fields{"policyName": []any{Fields{"exists": false}, Fields{"anything-but": []string{names.LedgerPolicy}}}}},
			}}
		},
		Messages: []Message{alertingChanged("the ledger, one of its saved queries, or who may write to it",
			Fact{"Log group", "<logGroup>"}, Fact{"Policy or saved query", "<logPolicy>"}, Fact{"Policy text", "<policyText>"}, Fact{"Sent on to", "<carriedTo>"}, Fact{"Days kept", "<daysKept>"})},
	},
	{
		ID:    "deployment",
		Rule:  "breakglass-deployment",
		Part:  Tampering,
		Title: "Deployment, change or deletion of the project's stacks, or of its resources by any stack",
		Why: "A deployment touches every Region, so an alarm counts it. A deployment that nobody announced is someone dismantling the alerting. " +
			"Changes that CloudFormation makes count here and nowhere else.",
		Response: "Find the actor in the ledger. Run `breakglass check`.",

		Sources: []string{
			"aws.cloudformation", "aws.events", "aws.scheduler", "aws.sqs", "aws.monitoring", "aws.cloudwatch", "aws.iam", "aws.sns", "aws.kms", "aws.logs",
			"aws.states", "aws.dynamodb", "aws.s3", "aws.chatbot", "aws.notifications", "aws.notifications-contacts", "aws.codepipeline", "aws.codebuild",
		},
		DetailTypes: apiCall,
		AnyService:  true,
		Detail: func(s Scope) Fields {
			// By the field of the request that names the resource: the same fields as in the entries above, in a shorter pattern.
			ours := []any{Fields{"wildcard": "*kgl*"}} // of breakglass: each letter counts in so many fields
			named := Fields{"prefix": stackPrefix}     // of pipelines and stack sets, which have the names of stacks: shorter than each of theirs
			request := []any{
				Fields{"roleName": []any{Fields{"prefix": Fields{"equals-ignore-case": "breakglass"}}, Fields{"equals-ignore-case": s.Role}}},
				Fields{"policyArn": []any{Fields{"wildcard": "*reak*lass*"}}},
				Fields{"queueUrl": []any{Fields{"wildcard": "*/" + stackPrefix + "*"}}},
				Fields{"name": append([]any{named, Fields{"prefix": names.Queries}}, ours...)},
				Fields{"dashboardName": []string{names.Dashboard}},
				Fields{"pipeline": Fields{"name": []any{named}}},
				Fields{"stackSetName": []any{named}},
			}
			for _, f := range []string{
				"Name", "rule", "alarmName", "alarmNames", "logGroupName", "policyName", "topicArn", "subscriptionArn",
				"tableName", "stateMachineArn", "bucketName", "aliasName", "ChatConfigurationArn", "resourceArn", "roleArn",
			} {
				request = append(request, Fields{f: ours})
			}
			things := []any{
				Fields{"eventName": []string{"PutPermission", "RemovePermission"}, "requestParameters": Fields{"eventBusName": []any{Fields{"exists": false}, Fields{"suffix": "default"}}}},
				Fields{"eventSource": []any{Fields{"prefix": "notifications"}}},
			}
			if s.Key != "" {
				// CloudFormation names a key by its ID.
				request = append(request, Fields{"keyId": []any{Fields{"suffix": s.Key}}})
				if other := s.otherHubs(); len(other) > 0 {
					things = append(things, Fields{"eventSource": []string{"kms.amazonaws.com"}, "awsRegion": other})
				}
			}
			things = append(things, Fields{"requestParameters": Fields{"$or": request}})
			stacks := Fields{"wildcard": "*BreakGlass-*"}
			byService := []any{Fields{"prefix": "cloudform"}} // shorter than its whole name, twice
			return iamChange(Fields{
				"errorCode": absent,
				"$or": []any{
					Fields{
						"eventSource": byService,
						"eventName":   []any{Fields{"suffix": "Stack"}, Fields{"suffix": "Rollback"}, Fields{"prefix": "Execute"}, Fields{"suffix": "Protection"}, "SetStackPolicy", "SetAlias"},
						// With an alias, a stack is changed by a name that is not ours.
						// A request that names a change set by its ARN need not name the stack, and one that moves resources between stacks never does.
						"requestParameters": Fields{"stackName": []any{stacks, Fields{"exists": false}}},
					},
					Fields{"userIdentity": Fields{"invokedBy": byService}, "$or": things},
				},
			})
		},
		Counts: []Count{{AtLeast: 1, Title: "BREAK GLASS STACKS CHANGED"}},
	},
	{
		ID:    "undelivered",
		Rule:  "breakglass-undelivered",
		Part:  DeliveryFailures,
		Title: "An event or an alert could not be delivered",
		Why:   "A dead-letter queue holds an event, or the topic could not reach a subscriber: an alert may not have been sent.",
		Response: "It depends on the alarm. For dead letters: read the messages of the queue (`aws sqs list-queues --queue-name-prefix BreakGlass --region <region>`), fix the cause, " +
			"then purge the queue; until it is empty, the alarm does not notify again. For `" + names.UndeliveredAlarm + "`: run `breakglass check`, and check the endpoint of each subscriber. " +
			"For `" + names.ComposerThrottledAlarm + "`: alerts are late, so read the ledger, and find what else uses up the account's quota of Step Functions.",

		// AWS's sample event has the first source, its event reference the second.
		Sources: []string{"aws.cloudwatch", "aws.monitoring"}, DetailTypes: []string{"CloudWatch Alarm State Change"},
		Detail: func(Scope) Fields {
			return Fields{
				"alarmName": []any{Fields{"prefix": names.DeadLettersAlarm}, Fields{"prefix": names.UndeliveredAlarm}, Fields{"prefix": names.ComposerThrottledAlarm}},
				"state":     Fields{"value": []string{"ALARM"}},
			}
		},
		Messages: []Message{{
			Subject: "an alert was NOT DELIVERED",
			What:    "Events wait in a dead-letter queue, the topic could not reach a subscriber, or Step Functions throttles the composer: someone may not have been notified.",
			Facts:   []Fact{{"Alarm", "<alarm>"}, {"Reason", "<alarmReason>"}},
		}},
	},
	{
		ID:       "composer-failure",
		Rule:     "breakglass-composer-failure",
		Part:     DeliveryFailures,
		HubsOnly: true,
		Title:    "The composer of a hub failed, timed out or was stopped",
		Why:      "An alert may not have been sent. An alarm counts it, in both hubs: a composer that failed cannot report that it did.",
		Response: "Read the events of the last minutes in the ledger. Then find the cause in the execution (Step Functions, " + names.Composer + ") and run `breakglass check`.",

		Sources: []string{"aws.states"}, DetailTypes: []string{"Step Functions Execution Status Change"},
		Detail: func(Scope) Fields {
			return Fields{
				"stateMachineArn": []any{Fields{"suffix": ":stateMachine:" + names.Composer}},
				"status":          []string{"FAILED", "TIMED_OUT", "ABORTED"},
			}
		},
		Counts: []Count{{AtLeast: 1, Title: "A BREAK GLASS ALERT MAY NOT HAVE BEEN SENT"}},
	},
	{
		ID:       "new-region",
		Rule:     "breakglass-new-region",
		Part:     NewRegions,
		Title:    "A Region that is not watched was enabled",
		Why:      "A sign-in can land in any enabled Region.",
		Response: "Add the Region to `regions` in breakglass.yaml (`breakglass regions --write` does so), or to `unwatched` with the reason, then run `breakglass deploy`. Or disable it.",

		Sources: []string{"aws.account"}, DetailTypes: []string{regionOptIn},
		Detail: func(s Scope) Fields {
			return Fields{"status": []string{"ENABLED"}, "regionName": []any{Fields{"anything-but": s.Known}}}
		},
		Messages: []Message{{
			Subject: "Region <newRegion> is on and NOT WATCHED",
			What:    "Somebody enabled the Region <newRegion>, which breakglass.yaml does not watch. A sign-in there would go unseen.",
		}},
	},
}
