package gather

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
)

const hub = "111111111111"

// history is the event history of one account, whose only events are those of one user. Its pages have one event.
type history struct {
	events []map[string]any
	// denied refuses every request, closed the account. After is how many requests are answered before denied holds.
	denied, closed bool
	after          int
	asked          int
	// throttled is how many of the next requests are throttled.
	throttled int
	// swept are events that a question for all changes finds, whoever made them.
	swept []map[string]any
	// regions are read; us-east-1 if there are none.
	regions []string
	// ledger has the lines of the ledger.
	ledger []string
}

func (h *history) add(id, clock string, more map[string]any) {
	r := map[string]any{
		"eventID": id, "eventTime": "2026-11-22T" + clock + "Z", "eventName": "CreateGroup", "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
		"recipientAccountId": hub,
		"userIdentity":       map[string]any{"type": "IAMUser", "accountId": hub, "userName": "ops"},
	}
	for name, value := range more {
		r[name] = value
	}
	h.events = append(h.events, r)
}

func (h *history) LookupEvents(_ context.Context, in *cloudtrail.LookupEventsInput, _ ...func(*cloudtrail.Options)) (*cloudtrail.LookupEventsOutput, error) {
	h.asked++
	if h.denied && h.asked > h.after {
		return nil, &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "not now"}
	}
	if h.throttled > 0 {
		h.throttled--
		return nil, &smithy.GenericAPIError{Code: "ThrottlingException", Message: "Rate exceeded"}
	}
	out, begin := &cloudtrail.LookupEventsOutput{}, 0
	if string(in.LookupAttributes[0].AttributeKey) == events.ReadOnly {
		for _, event := range h.swept {
			text, _ := json.Marshal(event)
			out.Events = append(out.Events, types.Event{CloudTrailEvent: aws.String(string(text))})
		}
		return out, nil
	}
	if attribute := in.LookupAttributes[0]; string(attribute.AttributeKey) != events.Username || aws.ToString(attribute.AttributeValue) != "ops" {
		return out, nil
	}
	found := slices.DeleteFunc(slices.Clone(h.events), func(r map[string]any) bool {
		at, _ := time.Parse(time.RFC3339, r["eventTime"].(string))
		return at.Before(*in.StartTime) || at.After(*in.EndTime)
	})
	slices.SortStableFunc(found, func(a, b map[string]any) int {
		return cmp.Compare(b["eventTime"].(string), a["eventTime"].(string))
	})
	_, _ = fmt.Sscan(aws.ToString(in.NextToken), &begin)
	if begin < len(found) {
		text, _ := json.Marshal(found[begin])
		out.Events = []types.Event{{CloudTrailEvent: aws.String(string(text))}}
	}
	if begin+1 < len(found) {
		out.NextToken = aws.String(fmt.Sprint(begin + 1))
	}
	return out, nil
}

func (h *history) FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error) {
	out := &cloudwatchlogs.FilterLogEventsOutput{}
	for _, line := range h.ledger {
		out.Events = append(out.Events, logstypes.FilteredLogEvent{Message: aws.String(line)})
	}
	return out, nil
}

var period = events.Period{From: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}

func conf(t *testing.T) *config.Config {
	t.Helper()
	c, err := config.Parse("breakglass.yaml",
		[]byte("version: 1\nhub: {account: \"111111111111\", region: us-east-1}\nregions: [us-east-1]\nalerts: {email: [a@example.com]}\nusers: [{name: ops}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gather runs once, and returns the IDs of the events that are known, and the failures.
func (h *history) gather(t *testing.T, path string) (ids, failures []string) {
	t.Helper()
	f, err := folder.Open(path)
	if err != nil {
		f, err = folder.Create(path, folder.Incident{HubAccount: hub, Users: []string{"ops"}, Period: period})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	regions := h.regions
	if len(regions) == 0 {
		regions = []string{"us-east-1"}
	}
	r := newRun(Options{Config: conf(t), Folder: f, Regions: regions, Began: time.Now()})
	r.api = func(context.Context, string, string) (events.API, error) {
		if h.closed {
			return nil, &account.Refusal{What: "the account is closed", Fix: "open it"}
		}
		return h, nil
	}
	r.logs = func(context.Context, string) (logsAPI, error) { return h, nil }
	h.asked = 0
	out, err := r.run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range out.Chain.Calls() {
		ids = append(ids, call.EventID)
	}
	for _, read := range out.Reads {
		if read.Failure != "" {
			failures = append(failures, read.Failure)
		}
	}
	return ids, failures
}

// A reading that was whole is repeated for what came late. If that is refused at any point, the next run reads it all the same.
func TestARefusedSecondReadingHidesNothing(t *testing.T) {
	for after := range 3 { // requests of the second reading that are answered
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(period.To.Add(time.Minute)))
			path := filepath.Join(t.TempDir(), "incident")
			h := &history{}
			h.add("1", "08:10:00", nil)
			h.add("2", "09:50:00", nil)
			if ids, failures := h.gather(t, path); !slices.Equal(ids, []string{"1", "2"}) || failures != nil {
				t.Fatalf("%q, %q", ids, failures)
			}
			h.add("late", "09:55:00", nil)
			h.add("later", "09:57:00", nil)
			h.denied, h.after = true, after
			if _, failures := h.gather(t, path); len(failures) != 1 {
				t.Errorf("the refusal is not known: %q", failures)
			}
			time.Sleep(time.Hour)
			h.denied = false
			if ids, failures := h.gather(t, path); !slices.Equal(ids, []string{"1", "2", "late", "later"}) || failures != nil {
				t.Errorf("refused after %d requests: %q, %q", after, ids, failures)
			}
			h.gather(t, path)
			if h.gather(t, path); h.asked != 0 {
				t.Errorf("it does not end: %d requests", h.asked)
			}
		})
	}
}

// A gap that a run closed stays closed, also when the folder is read by a command that asks nobody.
func TestAnAccountThatOpensIsNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To.Add(time.Hour)))
		path := filepath.Join(t.TempDir(), "incident")
		h := &history{closed: true}
		h.add("1", "08:10:00", nil)
		if ids, failures := h.gather(t, path); ids != nil || len(failures) != 1 {
			t.Fatalf("%q, %q", ids, failures)
		}
		h.closed = false
		for range 2 {
			if ids, failures := h.gather(t, path); !slices.Equal(ids, []string{"1"}) || failures != nil {
				t.Errorf("%q, %q", ids, failures)
			}
		}
	})
}

// A line of the records that cannot be read was a call, and so was one that is gone: it is read again, once.
func TestADamagedRecordIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To.Add(time.Hour)))
		path := filepath.Join(t.TempDir(), "incident")
		h := &history{}
		h.add("1", "08:10:00", nil)
		h.add("2", "08:20:00", nil)
		h.gather(t, path)
		file := filepath.Join(path, folder.Records)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reads, err := os.ReadFile(filepath.Join(path, folder.Reads))
		if err != nil {
			t.Fatal(err)
		}
		for name, one := range map[string]struct {
			damage func(string) string
			lost   int
		}{
			"a line is no JSON":           {func(text string) string { return strings.Replace(text, "{", "", 1) }, 1},
			"a line is no record":         {func(text string) string { return strings.Replace(text, `"eventName"`, `"other"`, 1) }, 1},
			"a line is gone":              {func(text string) string { return text[strings.Index(text, "\n")+1:] }, 1},
			"the end is cut off":          {func(text string) string { return text[:len(text)-9] }, 1},
			"it is empty":                 {func(string) string { return "" }, 2},
			"one is no JSON, one is gone": {func(text string) string { return text[strings.Index(text, "\n")+2:] }, 2},
		} {
			for name, text := range map[string]string{folder.Records: one.damage(string(text)), folder.Reads: string(reads)} {
				if err := os.WriteFile(filepath.Join(path, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if lost := load(t, path); lost != one.lost {
				t.Errorf("%s: %d lines are lost", name, lost)
			}
			for _, asks := range []bool{true, false} {
				if ids, failures := h.gather(t, path); !slices.Equal(ids, []string{"1", "2"}) || failures != nil || h.asked > 0 != asks {
					t.Errorf("%s: %q, %q, %d requests", name, ids, failures, h.asked)
				}
			}
			if lost := load(t, path); lost != 0 {
				t.Errorf("%s: %d lines are lost after they were read again", name, lost)
			}
			// What is lost after that is noticed, too.
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if lost := load(t, path); lost < 2 {
				t.Errorf("%s: %d lines are lost of all", name, lost)
			}
		}
	})
}

// A call that only the ledger has belongs to the chain, too, if its user was made by one that only the ledger has, or that is read later.
func TestTheLedgerIsFollowedToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To.Add(time.Hour)))
		line := func(id, user, call, made string) string {
			text, _ := json.Marshal(map[string]any{"id": id, "source": "aws.iam", "account": hub, "region": "us-east-1", "detail": map[string]any{
				"eventID": id, "eventTime": "2026-11-22T08:10:00Z", "eventName": call, "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1",
				"recipientAccountId": hub,
				"userIdentity":       map[string]any{"type": "IAMUser", "accountId": hub, "userName": user}, "requestParameters": map[string]any{"userName": made},
			}})
			return string(text)
		}
		path := filepath.Join(t.TempDir(), "incident")
		h := &history{ledger: []string{line("4", "second", "CreateGroup", ""), line("3", "first", "CreateUser", "second"), line("5", "alice", "CreateGroup", "")}}
		h.add("1", "08:05:00", map[string]any{"eventName": "CreateUser", "requestParameters": map[string]any{"userName": "first"}})
		if ids, _ := h.gather(t, path); !slices.Equal(ids, []string{"1", "3", "4"}) {
			t.Errorf("%q", ids)
		}
		f, err := folder.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		out, err := Load(conf(t), f)
		if err != nil || len(out.Chain.Calls()) != 3 {
			t.Errorf("a command that asks nobody knows %d calls, %v", len(out.Chain.Calls()), err)
		}
	})
}

// load returns how many records of a folder are lost for a command that asks nobody.
func load(t *testing.T, path string) int {
	t.Helper()
	f, err := folder.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Load(conf(t), f)
	if err != nil {
		t.Fatal(err)
	}
	return out.Lost
}

// The names of the queries that are done, with how many opened roles a sweep knows.
func TestASweepThatKnowsMoreCoversTheOthers(t *testing.T) {
	r := run{outcome: Outcome{Reads: map[events.Query]folder.Read{}}}
	sweep := events.Query{Account: hub, Region: "us-east-1", Attribute: events.ReadOnly, Value: "false"}
	r.took(folder.Read{Query: sweep, Failure: "denied"})
	sweep.Opened = 2
	r.took(folder.Read{Query: sweep, Failure: "denied"})
	if len(r.outcome.Reads) != 2 {
		t.Errorf("%+v", r.outcome.Reads)
	}
	r.took(folder.Read{Query: sweep, Done: true})
	if len(r.outcome.Reads) != 1 || r.outcome.Reads[sweep].Failure != "" {
		t.Errorf("%+v", r.outcome.Reads)
	}
}

// With observers.activity, what a session did in a target account is in the ledger: it belongs to the report even where that account
// can't be read.
func TestWhatASessionDidIsTakenFromTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(period.To.Add(time.Hour)))
		did := func(id, role, key string) string {
			text, _ := json.Marshal(map[string]any{"id": id, "source": "aws.ec2", "account": "222222222222", "region": "us-east-1", "detail": map[string]any{
				"eventID": id, "eventTime": "2026-11-22T08:10:00Z", "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "awsRegion": "us-east-1",
				"recipientAccountId": "222222222222",
				"userIdentity": map[string]any{
					"type": "AssumedRole", "accountId": "222222222222", "accessKeyId": key, "arn": "arn:aws:sts::222222222222:assumed-role/" + role + "/ops",
					"principalId": "AROAEXAMPLEROLE000009:ops",
					"sessionContext": map[string]any{"sessionIssuer": map[string]any{
						"type": "Role", "userName": role, "accountId": "222222222222", "arn": "arn:aws:iam::222222222222:role/" + role,
					}},
				},
			}})
			return string(text)
		}
		h := &history{ledger: []string{did("9", "BreakGlassRole", "ASIAEXAMPLEKEY000009"), did("8", "Other", "ASIAEXAMPLEKEY000008")}}
		h.add("1", "08:05:00", map[string]any{
			"eventName": "AssumeRole", "eventSource": "sts.amazonaws.com",
			"requestParameters": map[string]any{"roleArn": "arn:aws:iam::222222222222:role/BreakGlassRole", "roleSessionName": "ops"},
			"responseElements": map[string]any{
				"credentials":     map[string]any{"accessKeyId": "ASIAEXAMPLEKEY000009"},
				"assumedRoleUser": map[string]any{"arn": "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/ops"},
			},
		})
		if ids, _ := h.gather(t, filepath.Join(t.TempDir(), "incident")); !slices.Equal(ids, []string{"1", "9"}) {
			t.Errorf("%q", ids)
		}
	})
}
