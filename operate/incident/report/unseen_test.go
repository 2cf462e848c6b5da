package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
	"example.com/breakglass/watch"
)

const unseenFile = `version: 1
hub: {account: "111111111111", region: us-east-1}
regions: [us-east-1]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}]
`

// source returns what a report is made of when everything was read of a period in which nothing happened.
func source(t *testing.T, file string) Source {
	t.Helper()
	c, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	from := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	incident := folder.Incident{HubAccount: c.Hub.Account, Users: []string{"BreakglassUser"}, Period: events.Period{From: from, To: from.Add(2 * time.Hour)}}
	return Source{
		Config: c, Folder: &folder.Folder{Path: "case", Incident: incident}, Regions: []string{"us-east-1"}, Now: from.Add(24 * time.Hour),
		Outcome: &gather.Outcome{
			Chain: chain.New(gather.StartOf(c, incident.Users, []string{"us-east-1"})), Reads: map[events.Query]folder.Read{}, History: map[string]bool{},
			Ledgers: []gather.Ledger{{Hub: "us-east-1"}},
		},
	}
}

// read adds the end of a query.
func (s Source) read(account, region, attribute string, r folder.Read) {
	r.Query = events.Query{Account: account, Region: region, Attribute: attribute, Value: fmt.Sprint(len(s.Outcome.Reads))}
	r.Done = r.Failure == ""
	if r.At.IsZero() {
		r.At = s.Now
	}
	s.Outcome.Reads[r.Query] = r
}

// add adds a call.
func (s Source) add(t *testing.T, text string) {
	t.Helper()
	r, err := events.Parse([]byte(text), "111111111111", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	s.Outcome.Chain.Add(r, false)
	s.Outcome.History[r.EventID] = true
}

const (
	byUser    = `"userIdentity": {"type": "IAMUser", "accountId": "111111111111", "userName": "BreakglassUser"}`
	bySession = `"recipientAccountId": "222222222222", "userIdentity": {"type": "AssumedRole", "principalId": "A:x", "arn": "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/x",
		"accountId": "222222222222", "sessionContext": {"attributes": {"creationDate": "2026-11-22T%s:00Z"}}}`
)

// Each of these is named in the report, as something that was not read or as a limit, and nothing else is but the limits of every report.
func TestWhatCouldNotBeSeenIsNamed(t *testing.T) {
	always := len(Of(source(t, unseenFile)).Unseen)
	for name, one := range map[string]struct {
		do     func(*Source)
		want   string // how what is named begins
		unread bool
		where  string
	}{
		"a Region that refuses": {func(s *Source) {
			s.read("222222222222", "eu-west-1", events.Username,
				folder.Read{Failure: "reading CloudTrail's event history of 222222222222 in eu-west-1: the permission x is missing", Fix: "f"})
		}, "the permission x is missing", true, "222222222222 eu-west-1"},
		"the same of two Regions": {func(s *Source) {
			for _, region := range []string{"eu-west-1", "us-east-1", "eu-west-1"} {
				s.read("222222222222", region, events.Username, folder.Read{Failure: "reading CloudTrail's event history of 222222222222 in " + region + ": closed"})
			}
		}, "closed", true, "222222222222 eu-west-1, 222222222222 us-east-1"},
		"an account that is closed": {
			func(s *Source) { s.read("222222222222", "", "", folder.Read{Failure: "assuming the role: closed"}) }, "assuming the role: closed", true, "222222222222",
		},
		"a ledger that was not read": {
			func(s *Source) { s.Outcome.Ledgers[0].Failure = "reading the ledger in us-east-1: denied" }, "reading the ledger in us-east-1: denied", true, "us-east-1",
		},
		"events that are none": {
			func(s *Source) { s.read("222222222222", "eu-west-1", events.Username, folder.Read{Unreadable: 2}) }, "2 events of CloudTrail could not be understood", true,
			"222222222222 eu-west-1",
		},
		"what was throttled": {
			func(s *Source) { s.read("222222222222", "eu-west-1", events.Username, folder.Read{Throttled: 1}) }, "CloudTrail throttled 1 request,", false, "",
		},
		"too much to follow": {func(s *Source) { s.Outcome.Chain.Left = 3 }, "sessions and keys that were not followed: 3; ", true, ""},
		"the 90 days of the history": {
			func(s *Source) { s.Now = s.Folder.Period.From.Add(events.Kept + events.Late + time.Second) },
			"the event history keeps 90 days: nothing before 2026-11-22 08:15:01 UTC was read", true, "",
		},
		"what is still to come": {func(s *Source) {
			s.read("222222222222", "eu-west-1", events.Username, folder.Read{At: s.Folder.Period.To.Add(events.Late - time.Second)})
		}, "CloudTrail delivers events up to 15 minutes late: calls after 2026-11-22 09:59:59 UTC may be missing in 1 Region of 1 account", false, ""},
		"a session that began before": {func(s *Source) {
			s.add(t, `{"eventID": "1", "eventName": "ListBuckets", "readOnly": true, "eventTime": "2026-11-22T08:00:00Z", `+fmt.Sprintf(bySession, "07:59")+`}`)
			s.Config.Role.SessionDuration = time.Hour
			for i := range s.Config.Targets {
				s.Config.Targets[i].SessionDuration = time.Hour
			}
		}, "sessions that began before the period", false, "BreakGlassRole/x (since 2026-11-22 07:59:00 UTC)"},
		"a session that goes on": {func(s *Source) {
			s.add(t, `{"eventID": "1", "eventName": "ListBuckets", "readOnly": true, "eventTime": "2026-11-22T09:59:00Z", `+fmt.Sprintf(bySession, "09:58")+`}`)
		}, "sessions, keys and users that could act after the period ended", false, "BreakGlassRole/x"},
		"a user who was made": {func(s *Source) {
			s.add(t,
				`{"eventID": "1", "eventName": "CreateUser", "eventSource": "iam.amazonaws.com", "eventTime": "2026-11-22T08:00:00Z", "requestParameters": {"userName": "bd"}, `+byUser+`}`)
		}, "sessions, keys and users that could act after the period ended", false, "bd"},
		"a group of Identity Center": {func(s *Source) {
			s.add(t,
				`{"eventID": "1", "eventName": "AddMemberToGroup", "eventSource": "sso-directory.amazonaws.com", "eventTime": "2026-11-22T08:00:00Z", "requestParameters": {"groupId": "g-1", "member": {"memberId": "u-1"}}, `+byUser+`}`)
		}, "what people did whose rights, group, password or name in IAM Identity Center or a user pool were changed", true, "111111111111 AddMemberToGroup on g-1 at 2026-11-22 08:00:00 UTC"},
		"a permission set that others have": {func(s *Source) {
			s.add(t,
				`{"eventID": "1", "eventName": "PutInlinePolicyToPermissionSet", "eventSource": "sso.amazonaws.com", "eventTime": "2026-11-22T08:00:00Z", "requestParameters": {"permissionSetArn": "ps-1"}, `+byUser+`}`)
			s.add(t,
				`{"eventID": "2", "eventName": "PutInlinePolicyToPermissionSet", "eventSource": "sso.amazonaws.com", "errorCode": "AccessDenied", "eventTime": "2026-11-22T08:00:00Z", "requestParameters": {"permissionSetArn": "ps-2"}, `+byUser+`}`)
		}, "what people did whose rights,", true, "111111111111 PutInlinePolicyToPermissionSet on ps-1 at 2026-11-22 08:00:00 UTC"},
	} {
		s := source(t, unseenFile)
		one.do(&s)
		r := Of(s)
		found := slices.IndexFunc(r.Unseen, func(u Unseen) bool { return strings.HasPrefix(u.What, one.want) })
		if found < 0 || len(r.Unseen) != always+1 {
			t.Errorf("%s: %+v", name, r.Unseen)
			continue
		}
		if u := r.Unseen[found]; u.Unread != one.unread || strings.Join(u.Where, ", ") != one.where || r.Whole() == one.unread {
			t.Errorf("%s: %+v, whole: %v", name, u, r.Whole())
		}
	}
}

// What was read otherwise is no gap.
func TestWhatWasReadOtherwiseIsNoGap(t *testing.T) {
	s := source(t, unseenFile)
	always := len(Of(s).Unseen)
	s.read("222222222222", "eu-west-1", gather.FromBucket, folder.Read{Failure: "the trail has no file of the period"})
	if r := Of(s); len(r.Unseen) != always {
		t.Errorf("the history was read in place of the bucket: %+v", r.Unseen)
	}
	// --since 90d is within them, also when it took some minutes.
	s.Now = s.Folder.Period.From.Add(events.Kept + time.Minute)
	if r := Of(s); slices.ContainsFunc(r.Unseen, func(u Unseen) bool { return strings.Contains(u.What, "keeps 90 days") }) {
		t.Errorf("%+v", r.Unseen)
	}
	s.Bucket = "s3://logs"
	s.Now = s.Now.Add(2 * events.Kept)
	r := Of(s)
	if r.Whole() || slices.ContainsFunc(r.Unseen, func(u Unseen) bool {
		return strings.Contains(u.What, "90 days") || strings.Contains(u.What, "only these Regions")
	}) {
		t.Errorf("the files of a trail go back further: %+v", r.Unseen)
	}
	if !slices.ContainsFunc(r.Unseen, func(u Unseen) bool { return strings.Contains(u.What, "s3://logs") }) {
		t.Errorf("the bucket is not named: %+v", r.Unseen)
	}
	s = source(t, unseenFile)
	s.Config.Units = []config.Target{{OrganizationalUnit: "ou-ab12-cdef3456"}}
	if r := Of(s); !r.Whole() || !slices.ContainsFunc(r.Unseen, func(u Unseen) bool {
		return strings.HasPrefix(u.What, "accounts of organizational units") && slices.Equal(u.Where, []string{"ou-ab12-cdef3456"})
	}) {
		t.Errorf("%+v", r.Unseen)
	}
}

// The two sources are compared: what each has alone is said, unless the other was not read.
func TestTheLedgerAndTheHistory(t *testing.T) {
	call := func(id, clock, region, account, call string) string {
		return fmt.Sprintf(`{"eventID": "%s", "eventName": "%s", "eventSource": "sts.amazonaws.com", "awsRegion": "%s", "recipientAccountId": "%s", "eventTime": "2026-11-22T%sZ", %s}`, id, call, region, account, clock, byUser)
	}
	event := func(id, clock, region string) watch.Fields {
		return watch.Fields{"source": "aws.sts", "account": "111111111111", "region": region, "detail": watch.Fields{
			"eventID": id, "eventName": "GetSessionToken", "eventSource": "sts.amazonaws.com", "awsRegion": region, "eventTime": "2026-11-22T" + clock + "Z",
			"userIdentity": watch.Fields{"type": "IAMUser", "accountId": "111111111111", "userName": "alice"},
		}}
	}
	drill := func(id, event, region string) watch.Fields {
		return watch.Fields{"source": watch.DrillSource, "id": id, "detail-type": "DRILL: use", "region": region, "detail": watch.Fields{"eventID": event}}
	}
	s := source(t, unseenFile)
	s.add(t, call("both", "08:00:00", "us-east-1", "111111111111", "GetSessionToken"))
	s.add(t, call("history", "08:01:00", "us-east-1", "111111111111", "GetSessionToken"))
	s.add(t, call("unwatched", "08:02:00", "eu-west-1", "111111111111", "GetSessionToken"))
	s.add(t, call("target", "08:03:00", "us-east-1", "222222222222", "GetSessionToken"))
	s.add(t, call("after", "10:00:01", "us-east-1", "111111111111", "GetSessionToken"))
	s.add(t, call("before", "07:59:59", "us-east-1", "111111111111", "GetSessionToken"))
	s.add(t, call("ledger", "08:05:00", "us-east-1", "111111111111", "GetSessionToken"))
	delete(s.Outcome.History, "ledger")
	// A call between two accounts: the history has one half of it, the ledger the other.
	s.add(t, strings.Replace(call("one", "08:06:00", "us-east-1", "111111111111", "AssumeRole"), "{", `{"sharedEventID": "s", `, 1))
	s.add(t,
		`{"eventID": "other", "sharedEventID": "s", "eventName": "AssumeRole", "eventSource": "sts.amazonaws.com", "recipientAccountId": "222222222222", "eventTime": "2026-11-22T08:06:00Z", "userIdentity": {"type": "AWSAccount", "accountId": "111111111111"}}`)
	delete(s.Outcome.History, "one")
	s.Outcome.Ledgers[0].Events = []watch.Fields{
		event("both", "08:00:00", "us-east-1"), event("ledger", "08:05:00", "us-east-1"), event("late", "10:00:01", "us-east-1"),
		event("early", "07:59:59", "us-east-1"), event("second", "09:00:00", "us-east-1"), event("other", "08:06:00", "us-east-1"),
		event("first", "08:30:00", "us-east-1"), drill("1", "d", "us-east-1"), drill("2", "d", "us-east-1"), drill("3", "d", "eu-west-1"),
		drill("4", "", "us-east-1"),
	}
	r := Of(s)
	for what, one := range map[string]struct {
		lines []Line
		want  []string
	}{
		"only the ledger":  {r.OnlyLedger, []string{"ledger"}},
		"only the history": {r.OnlyHistory, []string{"history"}},
		"others":           {r.Others, []string{"first", "second"}},
		"the timeline":     {r.Timeline, []string{"both", "history", "unwatched", "target", "ledger", "one"}},
	} {
		var got []string
		for _, l := range one.lines {
			got = append(got, l.Event)
		}
		if !slices.Equal(got, one.want) {
			t.Errorf("%s: %q, want %q", what, got, one.want)
		}
	}
	if r.Drills != 3 {
		t.Errorf("%d drills: an event that two rules match is one", r.Drills)
	}
	s.Now = s.Folder.Period.From.Add(events.Late)
	if r := Of(s); len(r.OnlyHistory) != 0 {
		t.Errorf("an alert may still come: %+v", r.OnlyHistory)
	}
	s.Now = s.Folder.Period.From.Add(24 * time.Hour)
	s.Outcome.Ledgers[0].Failure = "denied"
	if r := Of(s); len(r.OnlyHistory) != 0 {
		t.Errorf("nobody knows what the ledger has: %+v", r.OnlyHistory)
	}
}

// A permission set and a user that the chain made are followed: what it does with them is no gap. Into which other accounts the user may come is a
// limit.
func TestWhatIdentityCenterNamesIsNoGap(t *testing.T) {
	s := source(t, unseenFile)
	for i, text := range []string{
		`"eventName": "CreatePermissionSet", "eventSource": "sso.amazonaws.com", "responseElements": {"permissionSet": {"permissionSetArn": "ps-1", "name": "Admin"}}`,
		`"eventName": "AttachManagedPolicyToPermissionSet", "eventSource": "sso.amazonaws.com", "requestParameters": {"permissionSetArn": "ps-1"}`,
		`"eventName": "CreateUser", "eventSource": "identitystore.amazonaws.com", "requestParameters": {"userName": "eve"}, "responseElements": {"userId": "u-1"}`,
		`"eventName": "CreateGroupMembership", "eventSource": "identitystore.amazonaws.com", "requestParameters": {"groupId": "g-1", "memberId": {"userId": "u-1"}}`,
	} {
		s.add(t, fmt.Sprintf(`{"eventID": "%d", "eventTime": "2026-11-22T08:0%d:00Z", %s, %s}`, i, i, text, byUser))
	}
	r := Of(s)
	if !r.Whole() {
		t.Errorf("%+v", r.Unseen)
	}
	if !slices.ContainsFunc(r.Unseen, func(u Unseen) bool {
		return strings.HasPrefix(u.What, "what user eve of Identity Center did in accounts that are no targets")
	}) {
		t.Errorf("%+v", r.Unseen)
	}
}
