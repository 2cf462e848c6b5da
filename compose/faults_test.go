package compose

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoFaultIsSilent breaks what the composer needs, piece by piece: either people receive the alert, composed or as it is, or the execution
// fails, which the alarms on composer-failure count in both hubs. The simulator of IAM says what a broken role refuses (prove/verify).
func TestNoFaultIsSilent(t *testing.T) {
	const composed, raw, failed = "BREAK GLASS: BreakglassUser signed in, us-east-1, with MFA", RawSubject, "failed"
	broken := func(states map[string]any) {
		write := states["Compose"].(map[string]any)["Branches"].([]any)[0].(map[string]any)["States"].(map[string]any)["Write"].(map[string]any)
		write["Output"] = code("$nothing.is(here)")
	}
	for name, c := range map[string]struct {
		refused map[string]string
		edit    func(states map[string]any)
		want    string
	}{
		"nothing":                      {nil, nil, composed},
		"the role may not publish":     {map[string]string{"sns:publish": "SNS.AuthorizationErrorException"}, nil, failed},
		"the role may not use the key": {map[string]string{"sns:publish": "SNS.KmsAccessDeniedException"}, nil, failed},
		"the topic does not exist":     {map[string]string{"sns:publish": "SNS.NotFoundException"}, nil, failed},
		"the role may not write to the table": {map[string]string{
			"dynamodb:putItem": "DynamoDB.AmazonDynamoDBException", "dynamodb:updateItem": "DynamoDB.AmazonDynamoDBException",
		}, nil, composed},
		"the table does not exist": {map[string]string{
			"dynamodb:putItem": "DynamoDB.ResourceNotFoundException", "dynamodb:updateItem": "DynamoDB.ResourceNotFoundException",
		}, nil, composed},
		"the expression is broken":                               {nil, broken, raw},
		"the expression is broken, and the role may not publish": {map[string]string{"sns:publish": "SNS.AuthorizationErrorException"}, broken, failed},
		"the writes are broken": {nil, func(states map[string]any) {
			for _, name := range []string{"Once", "Known", "First", "Next", "Full"} {
				states[name].(map[string]any)["Arguments"] = code("$nothing.is(here)")
			}
		}, composed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outcome(t, c.refused, c.edit); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
	// One that ends well without having sent anything would be silent.
	if got := outcome(t, map[string]string{"sns:publish": "SNS.AuthorizationErrorException"}, func(states map[string]any) {
		states["Bare"].(map[string]any)["Catch"] = []any{map[string]any{"ErrorEquals": []any{"States.ALL"}, "Next": "Sent"}}
	}); got != "silent" {
		t.Errorf("a composer that catches its last failure is %s", got)
	}
}

// TestALargeRecordIsComposed: whatever a record consists of, people receive the text about it, and machines the record or that it is too
// large for them.
func TestALargeRecordIsComposed(t *testing.T) {
	for _, text := range []string{"a", "é", "語", "😀", `"`, `\`, "\n", "\x01", "<"} {
		for _, size := range []int{10_000, 20_000, 30_000, 50_000, 85_000, 170_000} {
			event := signIn(t, "one")
			quoted, err := json.Marshal(text)
			if err != nil {
				t.Fatal(err)
			}
			event["detail"].(map[string]any)["requestParameters"] = map[string]any{"policyDocument": strings.Repeat(text, size/(len(quoted)-2))}
			got := ""
			synctest.Test(t, func(t *testing.T) {
				s := newSimulation(t, nil)
				s.run(0, "sign-in", event)
				for _, m := range s.mails {
					got += m.subject
				}
				got += strings.Join(s.problems, ", ")
			})
			if got != "BREAK GLASS: BreakglassUser signed in, us-east-1, with MFA" {
				t.Errorf("%d bytes of %q: %s", size, text, got)
			}
		}
	}
}

// outcome returns what becomes of a sign-in: the subject of its mail, or failed, or silent.
func outcome(t *testing.T, refused map[string]string, edit func(states map[string]any)) string {
	got := "silent"
	synctest.Test(t, func(t *testing.T) {
		s := newSimulation(t, edit)
		s.refused = refused
		s.run(0, "sign-in", signIn(t, "one"))
		time.Sleep(time.Hour)
		synctest.Wait()
		var all []string
		for _, m := range s.mails {
			all = append(all, m.subject)
		}
		for range s.problems {
			all = append(all, "failed")
		}
		if len(all) > 0 {
			got = strings.Join(all, ", ")
		}
	})
	return got
}
