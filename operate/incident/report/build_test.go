package report

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

// Which calls are in the timeline, what is said of MFA, and what is a way in.
func TestWhatTheReportSaysOfCalls(t *testing.T) {
	s := source(t, unseenFile)
	add := func(id, clock, source, call, more string) {
		s.add(t,
			fmt.Sprintf(`{"eventID": "%s", "eventTime": "2026-11-22T08:%s:00Z", "eventName": "%s", "eventSource": "%s.amazonaws.com", %s`, id, clock, call, source, more))
	}
	const read = `"readOnly": true, `
	add("refused sign-in", "00", "signin", "ConsoleLogin",
		read+`"responseElements": {"ConsoleLogin": "Failure"}, "additionalEventData": {"MFAUsed": "Yes"}, `+byUser+"}")
	add("sign-in", "01", "signin", "ConsoleLogin", read+`"responseElements": {"ConsoleLogin": "Success"}, "additionalEventData": {"MFAUsed": "No"}, `+byUser+"}")
	add("switch", "02", "signin", "SwitchRole",
		read+`"additionalEventData": {"SwitchTo": "arn:aws:iam::222222222222:role/BreakGlassRole", "MFAUsed": "Yes"}, `+byUser+"}")
	add("token", "03", "sts", "GetSessionToken", read+`"requestParameters": {"serialNumber": "x"}, "errorCode": "AccessDenied", `+byUser+"}")
	add("who", "04", "sts", "GetCallerIdentity", read+byUser+"}")
	add("read", "05", "s3", "ListBuckets", read+byUser+"}")
	add("refused read", "06", "s3", "ListBuckets", read+`"errorCode": "AccessDenied", `+byUser+"}")
	add("role", "07", "sts", "AssumeRole",
		read+`"requestParameters": {"roleArn": "arn:aws:iam::222222222222:role/BreakGlassRole", "roleSessionName": "x"}, `+byUser+"}")
	add("login of a session", "08", "signin", "CreateOAuth2Token", fmt.Sprintf(bySession, "07")+"}")
	add("change", "09", "iam", "CreateUser", `"requestParameters": {"userName": "bd"}, `+byUser+"}")

	r := Of(s)
	events := func(r *Report) (all []string) {
		for _, l := range r.Timeline {
			all = append(all, l.Event)
		}
		return all
	}
	if got, want := events(r), []string{
		"refused sign-in", "sign-in", "switch", "token", "refused read", "role", "login of a session", "change",
	}; !slices.Equal(got, want) {
		t.Errorf("the timeline is %q, want %q", got, want)
	}
	s.Folder.Reads = true
	if got := events(Of(s)); len(got) != 10 {
		t.Errorf("with the calls that only read: %q", got)
	}
	if len(r.People) != 1 || len(r.People[0].Ways) != 1 || r.People[0].Ways[0].How != "console sign-in" || r.People[0].Ways[0].Times != 1 ||
		r.People[0].Ways[0].MFA != "No" || r.People[0].Failures != 1 {
		t.Errorf("who: %+v", r.People)
	}
	if first := r.Sessions[0]; first.MFA != "No" || first.Reads != 6 || len(first.Denials) != 2 || len(first.Writes) != 1 {
		t.Errorf("a session with and without MFA: %+v", first)
	}
	for id, want := range map[string]string{"sign-in": "No", "switch": "Yes", "token": "", "change": ""} {
		for _, l := range r.Timeline {
			if l.Event == id && l.MFA != want {
				t.Errorf("MFA of %s: %q, want %q", id, l.MFA, want)
			}
			if l.Event == "switch" && l.On != "arn:aws:iam::222222222222:role/BreakGlassRole" {
				t.Errorf("the switch is on %q", l.On)
			}
		}
	}
}

// Whose session it is, by the source identity of its first call, stands beside it: the name of a session is one that its caller chose.
func TestTheSourceIdentityOfASession(t *testing.T) {
	s := source(t, unseenFile)
	for i, identity := range []string{"Jane", "Jane", `\u001b[31mX`} {
		s.add(t, fmt.Sprintf(`{"eventID": "e-%d", "eventTime": "2026-11-22T08:0%d:00Z", "eventName": "CreateUser", "eventSource": "iam.amazonaws.com", "userIdentity": {"type": "AssumedRole",
			"principalId": "A:x", "accountId": "222222222222", "arn": "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/x", "sessionContext": {"sourceIdentity": "%s"}}}`, i, i, identity))
	}
	r := Of(s)
	if want := []string{"Jane", `\u001b[31mX`}; len(r.Sessions) != 1 || !slices.Equal(r.Sessions[0].Sources, want) {
		t.Errorf("%+v", r.Sessions)
	}
	if page, err := r.Page(); err != nil || !bytes.Contains(page, []byte(`; source identity Jane, \u001b[31mX`)) {
		t.Errorf("%s, %v", page, err)
	}
}
