package watch

import (
	"slices"

	"example.com/breakglass/names"
)

// accountEntries are about what the alerting depends on and does not own: the event bus, the account itself, other channels.
var accountEntries = []Entry{
	{
		ID:    "foreign-target",
		Rule:  "breakglass-foreign-target",
		Part:  Tampering,
		Title: "A rule or schedule of another name that targets the alerting, or acts as a role of it",
		Why: "A rule of somebody's own can flood the composer, the topic and the ledger, and a schedule with the heartbeat role can make a silent Region look alive. " +
			"It counts who makes one with a stack, too.",
		Response: "<stop> Delete the rule or schedule, unless you know what it is for. Run `breakglass check`.",

		Sources: []string{"aws.events", "aws.scheduler"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			rule := []any{Fields{"exists": false}, Fields{"anything-but": namedLikeOurRules}}
			schedule := []any{Fields{"exists": false}, Fields{"anything-but": names.Schedules()}}
			// EventBridge Scheduler does not deliver to a log group.
			scheduled := slices.Concat(s.topics(names.Topic), ourComposer)
			return Fields{"errorCode": absent, "$or": []any{
				Fields{"eventName": []string{"PutTargets", "PutRule"}, "requestParameters": Fields{"rule": rule, "name": rule, "$or": []any{
					Fields{"targets": Fields{"arn": slices.Concat(s.allTopics(), ourComposer, ourLogs)}}, Fields{"targets": Fields{"roleArn": ourRoleARNs}}, Fields{"roleArn": ourRoleARNs},
				}}},
				// How EventBridge Scheduler spells the fields in its records has not been seen.
				Fields{"eventName": schedules, "requestParameters": Fields{"name": schedule, "Name": schedule, "$or": []any{
					Fields{"target": Fields{"arn": scheduled}}, Fields{"target": Fields{"roleArn": ourRoleARNs}},
					Fields{"Target": Fields{"Arn": scheduled}}, Fields{"Target": Fields{"RoleArn": ourRoleARNs}},
				}}},
			}}
		},
		Messages: []Message{{
			Subject: "<call> by <user>: aimed at the alerting",
			What: "<user> made a rule or schedule that targets the alerting, or acts as one of its roles. It can flood the alerting, hide real alerts among others, " +
				"or make a silent Region look alive.",
			Facts: []Fact{
				{"Call", "<call>"}, {"Identity", "<arn>"}, {"Rule or schedule", "<rule>"}, {"Targets", "<targets>"}, {"Role of the rule or schedule", "<deliveredAs>"},
			},
			First: fix,
		}},
	},
	{
		ID:       "bus-change",
		Rule:     "breakglass-bus-change",
		Part:     Tampering,
		Title:    "Manual change to the permissions or key of the event bus, or an archive or replay of its events",
		Why:      "Whoever may put events on the bus can flood the alerting, and a foreign key can stop it. Replayed events hide among real ones; no rule of the project takes them.",
		Response: restore,

		Sources: []string{"aws.events"}, DetailTypes: apiCall,
		Detail: func(s Scope) Fields {
			defaultBus := s.defaultBus()
			return Fields{"errorCode": absent, "$or": []any{
				// The stacks of the project change the bus, too: the hub lets the observers in.
				Fields{
					"eventName": []string{"PutPermission", "RemovePermission"}, "requestParameters": Fields{"eventBusName": defaultBus},
					"userIdentity": Fields{"invokedBy": notCloudFormation},
				},
				Fields{"eventName": []string{"UpdateEventBus"}, "requestParameters": Fields{"name": defaultBus}},
				Fields{"eventName": []string{"CreateArchive"}, "requestParameters": Fields{"eventSourceArn": defaultBus}},
				Fields{"eventName": []string{"StartReplay"}, "requestParameters": Fields{"destination": Fields{"arn": defaultBus}}},
			}}
		},
		Messages: []Message{alertingChanged("the permissions or the key of the event bus, or archived or replayed its events",
			Fact{"Event bus", "<bus>"}, Fact{"Key of the bus", "<busKey>"}, Fact{"Statement", "<permission>"}, Fact{"Archive", "<archive>"},
			Fact{"Replay", "<replay>"}, Fact{"Events from", "<eventsFrom>"}, Fact{"Replayed to", "<replayedTo>"})},
	},
	{
		ID:    "account-change",
		Rule:  "breakglass-account-change",
		Part:  Tampering,
		Title: "The hub account leaves its organization, a Region of it is disabled, access to its console is restricted or ended, or a stack set of the project is changed by hand",
		Why: "Outside its organization the account loses the organization's trail and its policies. In a disabled Region nothing is detected, and a hub there stops. " +
			"A console policy of AWS Sign-In, or passwords that expire, can lock the emergency users out. " +
			"A stack set can change the role in every account of a unit. Those of other accounts are not watched.",
		Response: "<stop> Undo the change. Run `breakglass check`.",

		Sources: []string{"aws.account", "aws.organizations", "aws.signin", "aws.iam", "aws.cloudformation"}, DetailTypes: append([]string{regionOptIn}, apiCall...),
		Detail: func(s Scope) Fields {
			return Fields{"errorCode": absent, "$or": []any{
				Fields{"status": []string{"DISABLING"}},
				// Those of AWS Sign-In change who may use the console, and from where. What it calls reading has surprised before.
				Fields{"eventName": []any{
					"LeaveOrganization", "DisableRegion", Fields{"prefix": "PutConsoleAuth"}, Fields{"prefix": "DeleteConsoleAuth"},
					Fields{"prefix": "PutResourcePerm"}, Fields{"prefix": "DeleteResourcePerm"},
				}},
				Fields{
					"eventName":         []any{Fields{"suffix": "StackSet"}, Fields{"suffix": "StackInstances"}, "StopStackSetOperation"},
					"readOnly":          mayChange,
					"requestParameters": Fields{"stackSetName": ourStackSets},
					"userIdentity":      Fields{"invokedBy": notCloudFormation},
				},
				// Of any IAM user: a pattern has no room for the ARNs of many.
				Fields{"eventName": []string{"BatchRevokeSessions"}, "requestParameters": Fields{"principalArn": []any{Fields{"wildcard": "*:user/*"}}}},
				// What an emergency user does in IAM belongs to iam-change.
				Fields{"eventName": []string{"UpdateAccountPasswordPolicy"}, "userIdentity": Fields{"userName": notUser(s)}},
			}}
		},
		Messages: []Message{
			{
				Suffix: "-region", When: Condition{Path: "detail.status"},
				Subject: "Region <newRegion> is being DISABLED",
				What:    "Somebody is disabling the Region <newRegion> in the hub account. Nothing that happens there will be detected, and a hub there stops.",
				First:   fix,
			},
			{
				Suffix: "-console", When: Condition{Path: "detail.eventSource", In: func(Scope) []string { return []string{"signin.amazonaws.com", "iam.amazonaws.com"} }},
				Subject: "console access changed by <user>",
				What:    "<user> changed who may sign in to the AWS console of the hub account, from where, or for how long. This can lock the emergency users out.",
				Facts: []Fact{
					{"Call", "<call>"}, {"Identity", "<arn>"}, {"Sessions of", "<sessionsOf>"}, {"Excluded principal", "<excluded>"}, {"From addresses", "<onlyFrom>"}, {"From networks", "<onlyNetworks>"}, {"Statement", "<permission>"},
				},
				First: "Test whether an emergency user can still sign in. No such limit applies to access keys, so an administrator can undo the change with the AWS CLI. " + fix,
			},
			{
				Suffix: "-stack-set", When: Condition{Path: "detail.eventSource", In: func(Scope) []string { return []string{"cloudformation.amazonaws.com"} }},
				Subject: "<call> by <user>: stack set changed",
				What:    "<user> changed a stack set of the project, which can change the role in every account of an organizational unit.",
				Facts: []Fact{
					{"Call", "<call>"}, {"Identity", "<arn>"}, {"Stack set", "<stackSet>"}, {"Organizational units", "<setUnits>"}, {"Accounts", "<setAccounts>"}, {"Regions", "<setRegions>"},
				},
				First: "Stop the operation of the stack set, if it still runs. " + fix,
			},
			{
				Subject: "<call> by <user>: hub account changed",
				What:    "<user> took the hub account out of its organization, or disabled one of its Regions.",
				Facts:   []Fact{{"Call", "<call>"}, {"Identity", "<arn>"}, {"Disabled Region", "<disabled>"}},
				First:   fix,
			},
		},
	},
	{
		ID:       "channel-change",
		Rule:     "breakglass-channel-change",
		Part:     Tampering,
		Title:    "Manual change to the chat channel, or to any configuration of AWS User Notifications",
		Why:      "They carry alerts on a path of their own. A channel that is gone notifies nobody.",
		Response: restore,

		// AWS documents no record of the last service: both spellings of its name are accepted.
		Sources: []string{"aws.chatbot", "aws.notifications", "aws.notifications-contacts", "aws.notificationscontacts"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			ours := []any{Fields{"suffix": "/" + names.ChatTopic + "-slack"}, Fields{"suffix": "/" + names.ChatTopic + "-teams"}}
			return byHand(Fields{"$or": []any{
				// AWS documents records of this service with capital letters (administrator guide, CloudTrail).
				Fields{
					"eventName":         []any{Fields{"prefix": "Update"}, Fields{"prefix": "Delete"}},
					"requestParameters": Fields{"ChatConfigurationArn": ours},
				},
				Fields{"eventName": []string{
					"DeleteSlackWorkspaceAuthorization", "DeleteMicrosoftTeamsConfiguredTeam",
					"UpdateNotificationConfiguration", "DeleteNotificationConfiguration", "UpdateEventRule", "DeleteEventRule",
					"DisassociateChannel", "DeregisterNotificationHub", "DeleteEmailContact",
				}},
			}})
		},
		Messages: []Message{alertingChanged("the chat channel or AWS User Notifications, which carry alerts on a path of their own",
			Fact{"Channel", "<channel>"}, Fact{"Configuration", "<configuration>"}, Fact{"Notification hub", "<notificationHub>"})},
	},
	{
		ID:         "pipeline-change",
		Rule:       "breakglass-pipeline-change",
		Part:       Tampering,
		OfPipeline: true,
		Title:      "Manual change or start of the pipeline, or change to its builds, roles or buckets",
		Why: "The pipeline may deploy everything, so whoever changes it can dismantle the alerting, with a build of their own. " +
			"Its own roles start it after a change to the repository.",
		Response: "<stop> Stop the pipeline's execution, then run `breakglass check` and `breakglass deploy`.",

		Sources: []string{"aws.codepipeline", "aws.codebuild", "aws.iam", "aws.s3", "aws.kms"}, DetailTypes: apiCall,
		Detail: func(Scope) Fields {
			pipeline := []any{names.PipelineStack}
			ours := []any{Fields{"prefix": names.PipelineStack}}
			build := []any{Fields{"wildcard": "*" + names.PipelineStack + "-*"}} // by the name or the ARN
			return Fields{"errorCode": absent, "readOnly": mayChange, "$or": []any{
				Fields{
					"eventName": []any{Fields{"anything-but": []string{"PutApprovalResult", "StopPipelineExecution"}}}, // what an approver does
					"requestParameters": Fields{"$or": []any{
						Fields{"pipeline": Fields{"name": pipeline}}, Fields{"pipelineName": pipeline}, Fields{"name": ours}, Fields{"projectName": build},
						Fields{"id": build},
					}},
					"userIdentity": Fields{
						"invokedBy": notCloudFormation,
						"sessionContext": Fields{"sessionIssuer": Fields{"userName": []any{
							Fields{"exists": false}, Fields{"anything-but": Fields{"prefix": names.PipelineStack + "-"}},
						}}},
					},
				},
				Fields{
					"requestParameters": Fields{"$or": []any{
						Fields{"roleName": []any{Fields{"prefix": Fields{"equals-ignore-case": names.PipelineStack + "-"}}}},
						Fields{"policyArn": []any{Fields{"wildcard": "*:policy/" + names.PipelineStack + "-*"}}, "roleName": absent, "groupName": absent, "userName": absent},
						Fields{"aliasName": []string{names.PipelineKeyAlias}},
						Fields{"bucketName": []any{Fields{"prefix": names.PipelineBucket}}},
					}},
					"userIdentity": Fields{"invokedBy": notCloudFormation},
				},
				// No stack of the project does the rest: opens a project to everybody, and lets somebody start the pipeline from outside.
				Fields{"requestParameters": Fields{"$or": []any{
					Fields{"projectArn": []any{Fields{"wildcard": "*:project/" + names.PipelineStack + "-*"}}}, Fields{"webhook": Fields{"targetPipeline": pipeline}},
				}}},
			}}
		},
		Messages: []Message{{
			Subject: "<call> by <user>: pipeline changed",
			What:    "<user> changed or started the break glass pipeline, which may deploy everything.",
			Facts: append([]Fact{
				{"Call", "<call>"}, {"Identity", "<arn>"}, {"Pipeline", "<pipeline>"}, {"Build", "<build>"}, {"Bucket", "<bucket>"}, {"Key", "<keyAlias>"},
			}, OnIAM...),
			First: fix,
		}},
	},
	{
		ID:          "deploying-role",
		Rule:        "breakglass-deploying-role",
		Part:        Tampering,
		OfBootstrap: true,
		Title:       "A role of the CDK's bootstrap in another account assumed or switched into, by somebody else than the pipeline",
		Why: "The target accounts trust the hub account to deploy there, so whoever assumes such a role can have CloudFormation change who may assume the users' role. " +
			"A deployment by hand assumes many, so an alarm counts them.",
		Response: "<stop> Read the ledger: which role, in which account. Then run `breakglass check`.",

		Sources: []string{"aws.sts", "aws.signin"}, DetailTypes: slices.Concat(apiCall, consoleSignIn),
		Detail: func(s Scope) Fields {
			bootstrapped := []any{Fields{"wildcard": "*:role/cdk-*"}}
			// A session by SAML or web identity begins in the account that has the role, which alone records it, and the roles of the bootstrap
			// trust no identity provider: the check compares whom they trust.
			assumed := Fields{
				"eventName":         []string{"AssumeRole"},
				"requestParameters": Fields{"roleArn": bootstrapped},
				"resources":         Fields{"accountId": []any{Fields{"exists": false}, Fields{"anything-but": []string{s.Account}}}},
			}
			if s.Pipeline {
				// Whoever makes another role of that name, or changes one, alerts by it (pipeline-change).
				assumed["userIdentity"] = Fields{"sessionContext": Fields{"sessionIssuer": Fields{"userName": []any{
					Fields{"exists": false}, Fields{"anything-but": Fields{"prefix": names.PipelineStack + "-"}},
				}}}}
			}
			return Fields{"errorCode": absent, "$or": []any{
				assumed,
				// A switch in the console calls AssumeRole, too. Which account has which of the two records has not been tried. A pattern has no way
				// to say "a role of the CDK's, and not of this account": a switch into the hub account's own counts.
				Fields{
					"eventName":           []string{"SwitchRole"},
					"additionalEventData": Fields{"SwitchTo": bootstrapped},
					"responseElements":    Fields{"SwitchRole": []string{"Success"}},
				},
			}}
		},
		Counts: []Count{{AtLeast: 1, Title: "ROLE THAT DEPLOYS INTO TARGET ACCOUNTS ASSUMED"}},
	},
}

// trustCalls change which services the organization trusts, and which account administers one for it: administratorCalls do so by
// calls of the service itself. All are recorded in the management account.
var (
	trustCalls         = []any{"DisableAWSServiceAccess", Fields{"suffix": "egisterDelegatedAdministrator"}}
	administratorCalls = []any{Fields{"suffix": "egisterOrganizationDelegatedAdmin"}, "DeactivateOrganizationsAccess"}
)
