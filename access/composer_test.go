package access

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/place"
)

var hubs = []place.Place{here, here.In("us-gov-east-1")}

// TestOnlyTheHubsOwnTakeTheComposersRoles: a state machine or a rule of somebody's own can't act as one.
func TestOnlyTheHubsOwnTakeTheComposersRoles(t *testing.T) {
	for _, c := range []struct {
		document     Document
		sid, service string
		sources      []string
	}{
		{ComposerTrust(hubs), "Composers", "states.amazonaws.com", []string{
			"arn:aws-us-gov:states:us-gov-west-1:012345678901:stateMachine:breakglass-composer",
			"arn:aws-us-gov:states:us-gov-east-1:012345678901:stateMachine:breakglass-composer",
		}},
		{ComposerStartTrust(hubs), "Rules", "events.amazonaws.com", []string{
			"arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/*-breakglass-*",
			"arn:aws-us-gov:events:us-gov-east-1:012345678901:rule/*-breakglass-*",
		}},
	} {
		t.Run(c.sid, func(t *testing.T) {
			s := onlyStatement(t, c.document, c.sid)
			same(t, "Effect", s["Effect"], "Allow")
			same(t, "Principal", s["Principal"], map[string]any{"Service": c.service})
			same(t, "Action", s["Action"], "sts:AssumeRole")
			same(t, "Condition", s["Condition"], map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": account},
				"ArnLike":      map[string]any{"aws:SourceArn": c.sources},
			})
		})
	}
}

func onlyStatement(t *testing.T, d Document, sid string) map[string]any {
	t.Helper()
	if n := len(statements(d)); n != 1 {
		t.Fatalf("%d statements: a further one could let somebody else in", n)
	}
	return bySid(t, d, sid)
}

func TestTheRulesStartTheComposersAndNothingElse(t *testing.T) {
	s := onlyStatement(t, ComposerStart(hubs), "StartTheComposers")
	same(t, "Action", s["Action"], "states:StartExecution")
	same(t, "Resource", s["Resource"], []string{
		"arn:aws-us-gov:states:us-gov-west-1:012345678901:stateMachine:breakglass-composer",
		"arn:aws-us-gov:states:us-gov-east-1:012345678901:stateMachine:breakglass-composer",
	})
}

func TestTheComposerDoesWhatItsStatesCall(t *testing.T) {
	d := Composer(hubs, true)
	granted := map[string][]string{}
	for _, s := range statements(d) {
		same(t, "Effect", s["Effect"], "Allow")
		for _, action := range texts(s["Action"]) {
			granted[action] = texts(s["Resource"])
		}
	}
	keys := []string{"arn:aws-us-gov:kms:us-gov-west-1:012345678901:key/*", "arn:aws-us-gov:kms:us-gov-east-1:012345678901:key/*"}
	tables := []string{
		"arn:aws-us-gov:dynamodb:us-gov-west-1:012345678901:table/breakglass-alerts",
		"arn:aws-us-gov:dynamodb:us-gov-east-1:012345678901:table/breakglass-alerts",
	}
	same(t, "what it may do", granted, map[string][]string{
		"sns:Publish": {
			"arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglassuser-console-logins",
			"arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglassuser-console-logins",
			"arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglass-heartbeats",
			"arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglass-heartbeats",
			"arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglass-chat",
			"arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglass-chat",
		},
		"sns:GetTopicAttributes": {
			"arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglassuser-console-logins",
			"arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglassuser-console-logins",
			"arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglass-heartbeats",
			"arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglass-heartbeats",
		},
		"kms:Decrypt": keys, "kms:GenerateDataKey*": keys,
		"dynamodb:PutItem": tables, "dynamodb:UpdateItem": tables,
		"events:PutEvents": buses,
	})
	same(t, "which keys", bySid(t, d, "UseTheTopicsKeys")["Condition"], map[string]any{
		"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": "alias/breakglassSNS"},
		"StringEquals":             map[string]any{"kms:ViaService": []string{"sns.us-gov-west-1.amazonaws.com", "sns.us-gov-east-1.amazonaws.com"}},
	})
	same(t, "which events", bySid(t, d, "ReportHeartbeats")["Condition"], map[string]any{
		"ForAllValues:StringEquals": map[string]any{"events:source": "breakglass.alive"},
		"Null":                      map[string]any{"events:source": "false"},
	})
}

func TestAComposerWithoutAChannelPublishesToTheAlertTopicsOnly(t *testing.T) {
	for _, topic := range texts(bySid(t, Composer(hubs, false), "PublishAlerts")["Resource"]) {
		if strings.HasSuffix(topic, "chat") {
			t.Errorf("it publishes to %s", topic)
		}
	}
}

// TestTheComposerAndTheAlarmsPublishAndNoRule: the same two use the key, with the same conditions.
func TestTheComposerAndTheAlarmsPublishAndNoRule(t *testing.T) {
	for name, d := range map[string]Document{"topic": Topic(here, topic), "key": Key(here)} {
		t.Run(name, func(t *testing.T) {
			composer, alarms := bySid(t, d, "Composer"), bySid(t, d, "CloudWatchAlarms")
			same(t, "the composer", composer["Principal"], map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
			same(t, "of the account", composer["Condition"], map[string]any{
				"ArnEquals": map[string]any{"aws:PrincipalArn": "arn:aws-us-gov:iam::012345678901:role/breakglass-composer-role"},
			})
			same(t, "the alarms", alarms["Principal"], map[string]any{"Service": "cloudwatch.amazonaws.com"})
			same(t, "which alarms", alarms["Condition"], map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": account},
				"ArnLike":      map[string]any{"aws:SourceArn": "arn:aws-us-gov:cloudwatch:us-gov-west-1:012345678901:alarm:breakglass-*"},
			})
			same(t, "what both may do", composer["Action"], alarms["Action"])
			for _, s := range statements(d) {
				if slices.Contains(texts(s["Principal"]), "events.amazonaws.com") {
					t.Errorf("%s lets rules in", s["Sid"])
				}
			}
		})
	}
	same(t, "on the topic", bySid(t, Topic(here, topic), "Composer")["Action"], "sns:Publish")
	same(t, "on the key", bySid(t, Key(here), "Composer")["Action"], []string{"kms:Decrypt", "kms:GenerateDataKey*"})
	tlsOnly(t, bySid(t, Topic(here, topic), "TLSOnly"))
}

// TestOnlyTheComposerWritesIntoItsTable: whatever else a policy of somebody's own allows.
func TestOnlyTheComposerWritesIntoItsTable(t *testing.T) {
	s := onlyStatement(t, AlertsTable(here), "OnlyTheComposerWrites")
	same(t, "Effect", s["Effect"], "Deny")
	same(t, "Principal", s["Principal"], "*")
	same(t, "Resource", s["Resource"], "arn:aws-us-gov:dynamodb:us-gov-west-1:012345678901:table/breakglass-alerts")
	same(t, "Condition", s["Condition"], map[string]any{
		"ArnNotEquals": map[string]any{"aws:PrincipalArn": "arn:aws-us-gov:iam::012345678901:role/breakglass-composer-role"},
	})
	// Those of the access level Write that change items (service authorization reference, DynamoDB).
	same(t, "Action", s["Action"], []string{
		"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem",
		"dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete",
	})
}
