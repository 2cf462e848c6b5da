package watch

import "example.com/breakglass/names"

// composerEntries are about what stands between a hub's rules and its topic.
var composerEntries = []Entry{{
	ID:       "composer-change",
	Rule:     "breakglass-composer-change",
	Part:     Tampering,
	HubsOnly: true,
	Title:    "Manual change to the composer of the alerts or to its table, or an execution that no rule started",
	Why: "Without the composer no alert is sent, not even this one: only the other hub can. Somebody else's executions crowd real alerts out. " +
		"The ledger records everything in any case.",
	Response: restore,

	Sources: []string{"aws.states", "aws.dynamodb"}, DetailTypes: apiCall,
	Detail: func(Scope) Fields {
		byHand := Fields{"invokedBy": notCloudFormation}
		return Fields{"errorCode": absent, "$or": []any{
			Fields{
				"eventName": []string{"CreateStateMachine", "UpdateStateMachine", "DeleteStateMachine", "PublishStateMachineVersion"}, "userIdentity": byHand,
				"requestParameters": Fields{"$or": []any{Fields{"name": []string{names.Composer}}, Fields{"stateMachineArn": ourComposer}}},
			},
			Fields{
				"eventName": []string{"StopExecution", "RedriveExecution"}, "userIdentity": byHand,
				"requestParameters": Fields{"executionArn": []any{Fields{"wildcard": "*:execution:" + names.Composer + ":*"}}},
			},
			// Of a session only if the record names its role: an execution that a rule started must never start another one.
			Fields{
				"eventName": []string{"StartExecution"}, "requestParameters": Fields{"stateMachineArn": ourComposer},
				"userIdentity": Fields{"$or": []any{
					Fields{"type": []string{"IAMUser", "Root"}},
					Fields{"sessionContext": Fields{"sessionIssuer": Fields{"userName": []any{Fields{"anything-but": []string{names.ComposerStartRole}}}}}},
				}},
			},
			Fields{
				"eventName": []any{
					"CreateTable", "UpdateTable", "DeleteTable", "UpdateTimeToLive", "UpdateContinuousBackups", Fields{"suffix": "KinesisStreamingDestination"},
				},
				"userIdentity":      byHand,
				"requestParameters": Fields{"tableName": []any{Fields{"suffix": names.AlertsTable}}},
			},
			// No stack of the project gives the table a policy.
			Fields{
				"eventName":         []string{"PutResourcePolicy", "DeleteResourcePolicy"},
				"requestParameters": Fields{"resourceArn": []any{Fields{"suffix": ":table/" + names.AlertsTable}}},
			},
		}}
	},
	Messages: []Message{alertingChanged("the composer of the alerts or its table, or started or stopped it",
		Fact{"State machine", "<machine>"}, Fact{"Execution", "<execution>"}, Fact{"Table", "<table>"})},
}}
