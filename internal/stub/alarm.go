package stub

import (
	"crypto/md5" // SQS's clients hold a message against it
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// alarm is the state of a deployment that works.
type alarm struct {
	account string
	hubs    []string
	events  []map[string]any
	read    map[string]int // how much of each hub's topic its queue has read
	// records are CloudTrail's, in the heartbeat logs of the hubs.
	records []map[string]any
}

// Alarm makes the server behave as a deployment that works: an event on the bus of a Region is in the ledgers of the hubs, and, if
// the Region is a hub's, in the queue that is subscribed to its topic. An answer for one Region breaks a part of it.
func (s *Server) Alarm(hubs ...string) {
	a := &alarm{account: "111111111111", hubs: hubs, read: map[string]int{}}
	fixed := func(body string) func(string, string) string { return func(string, string) string { return body } }
	for action, answers := range map[string]func(region, request string) string{
		"events:PutEvents":         a.put,
		"logs:FilterLogEvents":     a.ledger,
		"sqs:CreateQueue":          func(region, _ string) string { return asJSON(map[string]any{"QueueUrl": s.URL + "/" + region}) },
		"sqs:ReceiveMessage":       a.receive,
		"sqs:DeleteMessage":        fixed("{}"),
		"sqs:DeleteQueue":          fixed("{}"),
		"sns:Subscribe":            fixed("<SubscribeResponse><SubscribeResult><SubscriptionArn>arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins:1</SubscriptionArn></SubscribeResult></SubscribeResponse>"),
		"sns:Unsubscribe":          fixed("<UnsubscribeResponse/>"),
		"kms:DescribeKey":          fixed(`{"KeyMetadata": {"KeyId": "11111111-2222-3333-4444-555555555555", "KeyState": "Enabled"}}`),
		"events:DescribeRule":      fixed(`{"Name": "a rule", "State": "ENABLED", "EventPattern": "{}"}`),
		"events:ListTargetsByRule": fixed(`{"Targets": []}`),
		"events:TestEventPattern": func(region, _ string) string {
			return a.record(region, "TestEventPattern", s.agent, `{"Result": true}`)
		},
		"events:TagResource": func(region, _ string) string { return a.record(region, "TagResource", s.agent, "{}") },
		"cloudtrail:DescribeTrails": fixed(`{"trailList": [{"Name": "everything", "HomeRegion": "us-east-1", "IsMultiRegionTrail": true,
			"TrailARN": "arn:aws:cloudtrail:us-east-1:111111111111:trail/everything"}]}`),
		"cloudtrail:GetTrailStatus":    fixed(`{"IsLogging": true}`),
		"cloudtrail:GetEventSelectors": fixed(`{"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true}]}`),
	} {
		s.Handle(action, answers)
	}
}

func (a *alarm) put(region, request string) string {
	var asked struct {
		Entries []struct{ Source, DetailType, Detail string }
	}
	_ = json.Unmarshal([]byte(request), &asked) // an invalid request puts nothing
	if n := len(asked.Entries); n == 0 || n > 10 {
		return "fail ValidationException Member must have length between 1 and 10"
	}
	ids := []any{}
	for _, e := range asked.Entries {
		var detail any
		_ = json.Unmarshal([]byte(e.Detail), &detail)
		a.events = append(a.events, map[string]any{
			"source": e.Source, "detail-type": e.DetailType, "detail": detail, "account": a.account, "region": region,
		})
		ids = append(ids, map[string]any{"EventId": fmt.Sprint(len(a.events))})
	}
	return asJSON(map[string]any{"FailedEntryCount": 0, "Entries": ids})
}

// record makes CloudTrail record a call, and returns its answer.
func (a *alarm) record(region, call, agent, answer string) string {
	a.records = append(a.records, map[string]any{
		"source": "aws.events", "detail-type": "AWS API Call via CloudTrail", "account": a.account, "region": region,
		"detail": map[string]any{"eventName": call, "userAgent": agent},
	})
	return answer
}

// ledger returns the events of the log group that is asked for.
func (a *alarm) ledger(_, request string) string {
	lines, events := []any{}, a.events
	if strings.Contains(request, "breakglass-heartbeats") {
		events = a.records
	}
	for _, e := range events {
		lines = append(lines, map[string]any{"message": asJSON(e)})
	}
	return asJSON(map[string]any{"events": lines})
}

// queueOf finds the Region in the URL of a queue.
var queueOf = regexp.MustCompile(`"QueueUrl":"[^"]*/([a-z0-9-]+)"`)

func (a *alarm) receive(region, request string) string {
	if m := queueOf.FindStringSubmatch(request); m != nil {
		region = m[1]
	}
	messages := []any{}
	if slices.Contains(a.hubs, region) {
		for _, e := range a.events[a.read[region]:] {
			if e["region"] == region {
				text := asJSON(map[string]any{"Message": asJSON(e)})
				messages = append(messages, map[string]any{
					"MessageId": "1", "ReceiptHandle": "1", "Body": text, "MD5OfBody": fmt.Sprintf("%x", md5.Sum([]byte(text))),
				})
			}
		}
		a.read[region] = len(a.events)
	}
	return asJSON(map[string]any{"Messages": messages})
}

func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // it holds texts, lists and maps
	}
	return string(text)
}
