package drill

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/compose"
	"example.com/breakglass/internal/stub"
)

// composed is a drill of us-east-1 whose message never arrives on the topic, while everything is as planned unless an answer differs.
func composed(t *testing.T) (*Run, *stub.Server) {
	t.Helper()
	r := newRun(t, Options{Regions: []string{"us-east-1"}})
	s := working(t, "us-east-1", "us-west-2")
	s.Answer("sqs:ReceiveMessage@us-east-1", `{"Messages": []}`)
	for _, one := range (&state{Run: r}).way(r.Drills[0], Receipt{Where: Topic, Hub: "us-east-1"}) {
		s.Answer("events:DescribeRule@us-east-1", inJSON(t, map[string]any{"State": "ENABLED", "EventPattern": inJSON(t, one.rule.Pattern)}))
		s.Answer("events:ListTargetsByRule@us-east-1", inJSON(t, map[string]any{"Targets": []any{map[string]any{"Id": "composer", "Arn": one.ruleTarget}}}))
	}
	s.Answer("states:DescribeStateMachine@us-east-1", machine(t, r, func(text string) string { return text }))
	s.Answer("states:ListExecutions@us-east-1", `{"executions": []}`)
	s.Answer("dynamodb:DescribeTable@us-east-1", `{"Table": {}}`)
	s.Answer("sns:GetTopicAttributes@us-east-1", "<GetTopicAttributesResponse/>")
	return r, s
}

func inJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func machine(t *testing.T, r *Run, change func(string) string) string {
	return inJSON(t, map[string]any{"status": "ACTIVE", "definition": change(r.plan.ComposerOf("us-east-1").Text())})
}

// sent answers with a message of the topic, once.
func sent(s *stub.Server, subject, message string) {
	body := fmt.Sprintf(`{"Type": "Notification", "Subject": %q, "Message": %q}`, subject, message)
	answered := false
	s.Handle("sqs:ReceiveMessage@us-east-1", func(string, string) string {
		if answered {
			return `{"Messages": []}`
		}
		answered = true
		text, _ := json.Marshal(map[string]any{"Messages": []any{map[string]any{"MessageId": "1", "ReceiptHandle": "1", "Body": body, "MD5OfBody": md5Of(body)}}})
		return string(text)
	})
}

func TestAFaultBehindTheRuleIsNamed(t *testing.T) {
	const failed = "arn:aws:states:us-east-1:111111111111:execution:breakglass-composer:1"
	execution := func(ago time.Duration) string {
		return fmt.Sprintf(`{"executions": [{"executionArn": %q, "status": "FAILED", "startDate": %d}]}`, failed, time.Now().Add(-ago).Unix())
	}
	for name, c := range map[string]struct {
		do        func(r *Run, s *stub.Server)
		what, fix string
	}{
		"nothing is wrong": {func(*Run, *stub.Server) {}, "the rules, targets and dead-letter queues on its way are correct", "breakglass check"},
		"no composer": {func(_ *Run, s *stub.Server) {
			s.Fail("states:DescribeStateMachine@us-east-1", "StateMachineDoesNotExist", "State Machine Does Not Exist")
		}, "the composer breakglass-composer in us-east-1 does not exist: nobody is notified", "breakglass deploy --revert-drift --only BreakGlass-Composer-us-east-1"},
		"a deleted composer that has not gone yet": {func(_ *Run, s *stub.Server) {
			s.Answer("states:DescribeStateMachine@us-east-1", `{"status": "DELETING", "definition": "{}"}`)
		}, "the composer breakglass-composer in us-east-1 is being deleted: nobody is notified", "--revert-drift --only BreakGlass-Composer-us-east-1"},
		"another definition": {func(r *Run, s *stub.Server) {
			s.Answer("states:DescribeStateMachine@us-east-1", machine(t, r, func(text string) string {
				return strings.Replace(text, `"Default":"Once"`, `"Default":"Elsewhere"`, 1)
			}))
		}, "the composer breakglass-composer in us-east-1 has another definition than planned: its state Sort differs", "--revert-drift --only BreakGlass-Composer-us-east-1"},
		"it fails": {func(_ *Run, s *stub.Server) {
			s.Handle("states:ListExecutions@us-east-1", func(_, request string) string {
				if strings.Contains(request, `"FAILED"`) {
					return execution(-time.Second)
				}
				return `{"executions": []}`
			})
			s.Answer("states:DescribeExecution@us-east-1",
				`{"status": "FAILED", "error": "SNS.AuthorizationErrorException", "cause": "is not authorized\n to perform: SNS:Publish"}`)
		}, "the composer breakglass-composer in us-east-1 failed once since the drill began: SNS.AuthorizationErrorException: is not authorized to perform: SNS:Publish", "--execution-arn " + failed},
		"it fails more than once, in several ways": {func(_ *Run, s *stub.Server) {
			s.Handle("states:ListExecutions@us-east-1", func(_, request string) string {
				for status, n := range map[string]int{"FAILED": 1, "TIMED_OUT": 3, "ABORTED": 2} {
					if strings.Contains(request, `"`+status+`"`) {
						return fmt.Sprintf(`{"executions": [{"executionArn": "arn:%s", "status": %q, "startDate": %d}]}`, status, status,
							time.Now().Add(time.Duration(n)*time.Second).Unix())
					}
				}
				return ""
			})
			s.Handle("states:DescribeExecution@us-east-1", func(_, request string) string {
				if !strings.Contains(request, "arn:TIMED_OUT") {
					return `{"cause": "not the newest"}`
				}
				return `{"cause": "` + strings.Repeat("é", 400) + `"}`
			})
		}, "the composer breakglass-composer in us-east-1 failed 3 times since the drill began: timed_out: " + strings.Repeat("é", 300-len("timed_out: ")) + "…", "--execution-arn arn:TIMED_OUT"},
		"it fails, and why may not be read": {func(_ *Run, s *stub.Server) {
			s.Answer("states:ListExecutions@us-east-1", execution(-time.Second))
			s.Fail("states:DescribeExecution@us-east-1", "AccessDeniedException", "User: x is not authorized to perform: states:DescribeExecution on resource: *")
		}, "the composer breakglass-composer in us-east-1 failed 3 times since the drill began (reading why: the permission states:DescribeExecution is missing", "--revert-drift --only BreakGlass-Composer-us-east-1"},
		"its executions may not be read": {func(_ *Run, s *stub.Server) {
			s.Fail("states:ListExecutions@us-east-1", "AccessDeniedException", "User: x is not authorized to perform: states:ListExecutions on resource: *")
		}, "diagnosing the executions of the composer breakglass-composer in us-east-1: the permission states:ListExecutions is missing", ""},
		"its table may not be read": {func(_ *Run, s *stub.Server) {
			s.Fail("dynamodb:DescribeTable@us-east-1", "AccessDeniedException", "User: x is not authorized to perform: dynamodb:DescribeTable on resource: *")
		}, "diagnosing the table breakglass-alerts in us-east-1: the permission dynamodb:DescribeTable is missing", ""},
		"it failed before the drill": {func(_ *Run, s *stub.Server) { s.Answer("states:ListExecutions@us-east-1", execution(time.Hour)) },
			"the rules, targets and dead-letter queues on its way are correct", "breakglass check"},
		"no table": {func(_ *Run, s *stub.Server) {
			s.Fail("dynamodb:DescribeTable@us-east-1", "ResourceNotFoundException", "Requested resource not found")
		}, "the table breakglass-alerts in us-east-1 does not exist: nothing limits the alerts, and the composer reports no heartbeat", "--revert-drift --only BreakGlass-Composer-us-east-1"},
		"a missing permission": {func(_ *Run, s *stub.Server) {
			s.Fail("states:DescribeStateMachine@us-east-1", "AccessDeniedException",
				"User: arn:aws:iam::111111111111:user/operator is not authorized to perform: states:DescribeStateMachine on resource: *")
		}, "diagnosing the composer breakglass-composer in us-east-1: the permission states:DescribeStateMachine is missing", ""},
		"no topic": {func(_ *Run, s *stub.Server) {
			s.Fail("sns:GetTopicAttributes@us-east-1", "NotFound", "Topic does not exist")
		},
			"the topic breakglassuser-console-logins in us-east-1 does not exist: nobody is notified", "BreakGlass-Hub"},
		"too many drills": {func(_ *Run, s *stub.Server) { sent(s, compose.DrillSummarySubject, "THIS IS A DRILL.") },
			"the limit of the composer in us-east-1 kept it from people", "drill again in 1m0s"},
		"too many alerts at the same time": {func(_ *Run, s *stub.Server) { sent(s, compose.SummarySubject, "More alerts") },
			"the rules, targets and dead-letter queues on its way are correct", "breakglass check"},
		"it was sent as it came": {func(r *Run, s *stub.Server) { sent(s, compose.RawSubject, "Treat it as real. "+r.Drills[0].ID) },
			"the composer breakglass-composer in us-east-1 could not write the alert, and sent the event as it is",
			"--revert-drift --only BreakGlass-Composer-us-east-1"},
	} {
		t.Run(name, func(t *testing.T) {
			r, s := composed(t)
			c.do(r, s)
			o, err := r.Do(t.Context(), in(s), nil, Progress{})
			if err != nil {
				t.Fatal(err)
			}
			at := o.Results[0].Receipts[2]
			if at.Where != Topic || at.Arrived || o.OK() {
				t.Fatalf("%+v", at)
			}
			if b := at.Broken; b == nil || !strings.HasPrefix(b.What, c.what) || !strings.Contains(b.Fix, c.fix) {
				t.Errorf("it says %v", b)
			}
		})
	}
}

// TestTheComposedMessageIsTheReceipt: in what the composer publishes about each drill, its ID is found, and no other; and people find
// the code word.
func TestTheComposedMessageIsTheReceipt(t *testing.T) {
	r := newRun(t, Options{All: true, People: true, Wait: time.Second})
	s := &state{Run: r}
	for _, hub := range r.Hubs {
		preview, err := compose.NewPreview(r.plan.ComposerOf(hub).Texts)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range r.in(hub) {
			if !d.ToPeople {
				continue
			}
			entries, err := s.entries(hub, []Drill{d}, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			event := map[string]any{
				"account": "111111111111", "region": hub, "id": "e0000000-0000-0000-0000-000000000000", "time": "2026-11-26T08:30:00Z",
				"source": *entries[0].Source, "detail-type": *entries[0].DetailType,
			}
			var detail any
			if err := json.Unmarshal([]byte(*entries[0].Detail), &detail); err != nil {
				t.Fatal(err)
			}
			event["detail"] = detail
			m, err := preview.Message(d.entry.ID, event)
			if err != nil {
				t.Fatalf("%s: %v", d.ID, err)
			}
			body := inJSON(t, map[string]any{"Type": "Notification", "Subject": m.Subject, "Message": m.Readers["sqs"]})
			if subject, found := drillsIn(body); subject != m.Subject || !slices.Equal(found, []string{d.ID}) {
				t.Errorf("%s is taken for %q", d.ID, found)
			}
			if mail := m.Readers["email"]; !strings.HasPrefix(mail, "THIS IS A DRILL. Nothing has happened.\n\nCode word: "+r.Words[hub]+"\n") ||
				!strings.HasPrefix(m.Subject, "DRILL: ") {
				t.Errorf("%s: people read %q\n%s", d.ID, m.Subject, mail)
			}
		}
	}
	for _, subject := range []string{compose.SummarySubject, compose.DrillSummarySubject} {
		if inText.MatchString(subject) {
			t.Errorf("%q is taken for a drill", subject)
		}
	}
	for _, state := range []string{"Alerts", "Drills"} {
		text := inJSON(t, r.plan.ComposerOf("us-east-1").Definition()["States"].(map[string]any)[state])
		if found := inText.FindString(text); found != "" {
			t.Errorf("in the summary, %q is taken for a drill", found)
		}
	}
}
