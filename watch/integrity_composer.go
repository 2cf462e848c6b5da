package watch

import "example.com/breakglass/names"

// composerEntries are about what stands between a hub's rules and its topic.
var composerEntries = []Entry{{
	ID:       "composer-change",
	Rule:     "breakglass-composer-change",
	Part:     Tampering,
	HubsOnly: true,
	Title:    "Manual change to the composer of the alerts or to its table, an execution that no rule started, or a pipe to it or the ledger",
	Why: "Without the composer no alert is sent, not even this one: only the other hub can. Somebody else's executions crowd real alerts out. " +
		"The ledger records everything in any case.",
	Response: restore,

	Sources: []string{"aws.states", "aws.dynamodb", "aws.pipes"}, DetailTypes: apiCall,
	Detail: func(s Scope) Fields {
		return Fields{"errorCode": absent, "$or": []any{
			Fields{
				"eventName": []any{
					Fields{"suffix": "StateMachine"}, "PublishStateMachineVersion", "TestState", "StopExecution", "RedriveExecution",
					Fields{"suffix": "Table"}, "UpdateTimeToLive", "UpdateContinuousBackups", Fields{"suffix": "KinesisStreamingDestination"}, Fields{"suffix": "ResourcePolicy"}, Fields{"prefix": "StartBulk"},
				},
				"readOnly":     mayChange,
				"userIdentity": Fields{"invokedBy": notCloudFormation},
				"requestParameters": Fields{"$or": []any{
					Fields{"name": []string{names.Composer}}, Fields{"stateMachineArn": ourComposer},
					// The trust of the composer's role keeps whoever else has it from using it.
					Fields{"roleArn": []any{Fields{"suffix": "/" + names.ComposerRole}}},
					Fields{"executionArn": []any{Fields{"wildcard": "*:execution:" + names.Composer + ":*"}}},
					Fields{"tableName": s.table()}, Fields{"resourceArn": s.table()},
				}},
			},
			// Of a session only if the record names its role: an execution that a rule started must never start another one.
			Fields{
				"eventName": []string{"StartExecution"}, "requestParameters": Fields{"stateMachineArn": ourComposer},
				"userIdentity": Fields{"$or": []any{
					Fields{"type": []string{"IAMUser", "Root"}},
					Fields{"sessionContext": Fields{"sessionIssuer": Fields{"userName": []any{Fields{"anything-but": []string{names.ComposerStartRole}}}}}},
				}},
			},
			// A pipe carries events without a rule, in its own Region.
			Fields{
				"eventName":         []string{"CreatePipe", "UpdatePipe"},
				"requestParameters": Fields{"target": append([]any{Fields{"wildcard": "*:" + names.Ledger + "*"}}, ourComposer...)},
			},
		}}
	},
	Messages: []Message{alertingChanged("the composer of the alerts or its table, started or stopped an execution of it, or connected a pipe to it or to the ledger",
		Fact{"State machine, or target of a pipe", "<machine>"}, Fact{"Role", "<role>"}, Fact{"Execution", "<execution>"}, Fact{"Table", "<table>"})},
}}
