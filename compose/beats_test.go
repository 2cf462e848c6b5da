package compose

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// hour is one beat of a hub: by which rules it came, how long after each other, and what is broken on its way.
type hour struct {
	carriers []string
	apart    time.Duration
	refused  map[string]string
	// policy changes that of the alert topic, policies that of the topic of heartbeats, too. key is that of the alert topic.
	policy, policies func(statements []any) []any
	key              string
	edit             func(states map[string]any)
	// repeated names the states whose write is repeated on its way.
	repeated []string
}

// reported returns whether the composer reported that all is well, and how many of its executions failed.
func (h hour) reported(t *testing.T) (reports, failed int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, h.edit)
		s.topics = map[string]any{}
		topic := func(name, key string, edits ...func([]any) []any) {
			arn := sampleMachine("").Place.Topic(name)
			policy := access.Topic(sampleMachine("").Place, arn)
			for _, edit := range edits {
				if edit != nil {
					policy["Statement"] = edit(policy["Statement"].([]any))
				}
			}
			text, err := json.Marshal(policy)
			if err != nil {
				t.Fatal(err)
			}
			s.topics[arn] = map[string]any{"Policy": string(text), "KmsMasterKeyId": key}
		}
		topic(names.BeatTopic, watch.SampleKey, h.policies)
		topic(names.Topic, cmp.Or(h.key, watch.SampleKey), h.policies, h.policy)
		s.refused, s.repeated = h.refused, h.repeated
		beat := map[string]any{"id": "1", "source": watch.HeartbeatSource, "region": "us-east-1", "time": "2026-11-26T08:30:00Z", "detail": map[string]any{}}
		for i, entry := range h.carriers {
			go func() {
				time.Sleep(time.Duration(i) * h.apart)
				s.run(i, entry, beat)
			}()
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		reports, failed = s.reports, len(s.problems)
	})
	return reports, failed
}

// carriers returns the entries whose rules carry a beat to the composer.
func carriers() []string {
	var all []string
	for _, e := range watch.SampleScope.Composed() {
		all = append(all, e.ID)
	}
	return all
}

// TestAHubReportsThatAllIsWellOnlyIfItIs takes each rule away in turn, as one that is disabled, deleted or has another target, and breaks
// what a beat passes: no report comes of any of them, and the alarms on reports say so.
func TestAHubReportsThatAllIsWellOnlyIfItIs(t *testing.T) {
	whole := carriers()
	if reports, failed := (hour{carriers: whole}).reported(t); reports != 1 || failed != 0 {
		t.Fatalf("%d reports of a hub that is well, %d executions failed", reports, failed)
	}
	if reports, _ := (hour{carriers: append([]string{whole[0]}, whole...)}).reported(t); reports < 1 {
		t.Error("a rule that starts the composer twice hides the report")
	}
	if n := sampleMachine("").Expected(); n != len(whole) || n < 20 {
		t.Errorf("%d rules are expected, %d carry a beat", n, len(whole))
	}
	for i, entry := range whole {
		if reports, failed := (hour{carriers: slices.Delete(slices.Clone(whole), i, i+1)}).reported(t); reports != 0 || failed != 0 {
			t.Errorf("without the rule of %s come %d reports, and %d executions fail", entry, reports, failed)
		}
		// One that carries it twice is not two.
		if reports, _ := (hour{carriers: append(slices.Delete(slices.Clone(whole), i, i+1), whole[(i+1)%len(whole)])}).reported(t); reports != 0 {
			t.Errorf("another rule stands in for that of %s", entry)
		}
	}
	for name, h := range map[string]hour{
		"the role may not publish":      {refused: map[string]string{"sns:publish": "SNS.AuthorizationErrorException"}},
		"the role may not use the key":  {refused: map[string]string{"sns:publish": "SNS.KmsAccessDeniedException"}},
		"the role may not report":       {refused: map[string]string{"events:putEvents": "EventBridge.AccessDeniedException"}},
		"the role may not look":         {refused: map[string]string{"aws-sdk:sns:getTopicAttributes": "Sns.AuthorizationErrorException"}},
		"the topic does not exist":      {refused: map[string]string{"aws-sdk:sns:getTopicAttributes": "Sns.NotFoundException"}},
		"the table does not exist":      {refused: map[string]string{"dynamodb:updateItem": "DynamoDB.ResourceNotFoundException"}},
		"the topic's policy is emptied": {policy: func([]any) []any { return []any{} }},
		"the topic keeps alarms out":    {policy: without("CloudWatchAlarms")},
		"the topic keeps composers out": {policy: without("Composer")},
		"the topic keeps everybody out": {policy: func(all []any) []any {
			return append(slices.Clone(all), map[string]any{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish"})
		}},
		"the topic keeps TLS out": {policy: func(all []any) []any {
			return []any{all[0], all[1], map[string]any{
				"Sid": "TLSOnly", "Effect": "Deny", "Principal": "*", "Action": "sns:Publish",
				"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "true"}},
			}}
		}},
		"the topic has another key":         {key: "99999999-2222-3333-4444-555555555555"},
		"both topics' policies are emptied": {policies: func([]any) []any { return []any{} }},
		"both topics keep alarms out":       {policies: without("CloudWatchAlarms")},
		"both topics deny more": {policies: func(all []any) []any {
			return append(slices.Clone(all), map[string]any{"Effect": "Deny", "Principal": map[string]any{"Service": "cloudwatch.amazonaws.com"}, "Action": "sns:Publish"})
		}},
	} {
		h.carriers = whole
		reports, failed := h.reported(t)
		if reports != 0 || failed == 0 {
			t.Errorf("%s: %d reports, %d executions failed", name, reports, failed)
		}
	}
}

// TestTheBeatsCountShowsAMutant: a composer that counts otherwise reports too often, or too early.
func TestTheBeatsCountShowsAMutant(t *testing.T) {
	whole := carriers()
	twice := append(slices.Clone(whole[:len(whole)-1]), whole[0])
	problem := func(edit func(carried map[string]any)) bool {
		one := func(states map[string]any) { edit(states["Carried"].(map[string]any)) }
		all, _ := (hour{carriers: whole, apart: time.Second, edit: one}).reported(t)
		some, _ := (hour{carriers: twice, apart: time.Second, edit: one}).reported(t)
		again, _ := (hour{carriers: whole, apart: time.Second, edit: one, repeated: []string{"Carried"}}).reported(t)
		return all != 1 || some != 0 || again != 1
	}
	if problem(func(map[string]any) {}) {
		t.Error("it counts wrongly, or a rule that starts it twice stands in for another")
	}
	arguments := func(carried map[string]any) map[string]any { return carried["Arguments"].(map[string]any) }
	condition := func(without string) func(map[string]any) {
		return func(carried map[string]any) {
			all := arguments(carried)
			all["ConditionExpression"] = strings.Replace(all["ConditionExpression"].(string), without, "", 1)
		}
	}
	others := func(more int) func(map[string]any) {
		return func(carried map[string]any) {
			arguments(carried)["ExpressionAttributeValues"].(map[string]any)[":others"] = map[string]any{"N": strconv.Itoa(len(whole) - 1 + more)}
		}
	}
	for name, edit := range map[string]func(carried map[string]any){
		"one rule less":           others(-1),
		"one rule more":           others(1),
		"a rule counts each time": condition(" OR contains(carriers, :this)"),
		"no number":               condition(" OR size(carriers) < :others"),
		"a refusal is not caught": func(carried map[string]any) { delete(carried, "Catch") },
		"a refusal is no sign of anything": func(carried map[string]any) {
			arguments(carried)["ConditionExpression"] = "attribute_exists(id) OR attribute_not_exists(id)"
		},
	} {
		if !problem(edit) {
			t.Errorf("%s, and nothing shows it", name)
		}
	}
}

// TestARefusedBeatIsNotTriedAgain: the refusal is the answer, and Step Functions bills each further attempt.
func TestARefusedBeatIsNotTriedAgain(t *testing.T) {
	carried := asJSON(t, sampleMachine("").Definition()["States"].(object)["Carried"])
	first := entries(carried, "Retry")[0]
	if !catches(first, failure{name: conditionFailed}) || number(first["MaxAttempts"], 3) != 0 {
		t.Errorf("it is tried again: %v", first)
	}
}

// without returns what takes one statement away.
func without(sid string) func([]any) []any {
	return func(all []any) []any {
		return slices.DeleteFunc(slices.Clone(all), func(one any) bool {
			text, _ := json.Marshal(one)
			return strings.Contains(string(text), `"Sid":"`+sid+`"`)
		})
	}
}
