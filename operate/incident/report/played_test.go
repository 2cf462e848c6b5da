package report_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/incident/events"
	"example.com/breakglass/operate/incident/folder"
	"example.com/breakglass/operate/incident/gather"
	"example.com/breakglass/operate/incident/report"
	"example.com/breakglass/watch"
)

type fields = map[string]any

const (
	hub, prod, other, far = "111111111111", "222222222222", "333333333333", "444444444444"
	// hostile is a user agent that would turn a terminal red, a page into a script and a cell into a formula.
	hostile = "=HYPERLINK(\"https://example.com\")\x1b[31m<script>alert(1)</script>\u202e"
)

const playedFile = `version: 1
hub: {account: "111111111111", region: us-east-1}
regions: [us-east-1, eu-west-1]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222", name: production}, {account: "333333333333"}]
`

func user(name, key string) fields {
	return fields{"type": "IAMUser", "arn": "arn:aws:iam::" + hub + ":user/" + name, "accountId": hub, "userName": name, "accessKeyId": key}
}

func session(number, role, name, key, created string) fields {
	return fields{
		"type": "AssumedRole", "principalId": "AROAEXAMPLE:" + name, "arn": "arn:aws:sts::" + number + ":assumed-role/" + role + "/" + name, "accountId": number,
		"accessKeyId": key,
		"sessionContext": fields{
			"sessionIssuer": fields{"type": "Role", "arn": roleARN(number, role), "accountId": number, "userName": role},
			"attributes":    fields{"creationDate": "2026-11-22T" + created + "Z", "mfaAuthenticated": "true"},
		},
	}
}

func roleARN(number, role string) string { return "arn:aws:iam::" + number + ":role/" + role }

// play adds a record to the history of an account in a Region.
func (c *cloud) play(id, clock, number, region, call string, identity, more fields) fields {
	service, name, _ := strings.Cut(call, ":")
	r := fields{
		"eventVersion": "1.11", "eventID": id, "eventTime": "2026-11-22T" + clock + "Z", "eventName": name, "eventSource": service + ".amazonaws.com",
		"awsRegion":          region,
		"recipientAccountId": number, "sourceIPAddress": "198.51.100.7", "userAgent": "aws-cli/2.32.6", "userIdentity": identity, "readOnly": false,
		"eventType":       "AwsApiCall",
		"managementEvent": true, "eventCategory": "Management",
	}
	maps.Copy(r, more)
	c.records[number+" "+region] = append(c.records[number+" "+region], r)
	return r
}

func assume(into, role, name, key string) fields {
	return fields{
		"readOnly": true, "requestParameters": fields{"roleArn": roleARN(into, role), "roleSessionName": name},
		"responseElements": fields{
			"credentials": fields{"accessKeyId": key}, "assumedRoleUser": fields{"arn": "arn:aws:sts::" + into + ":assumed-role/" + role + "/" + name},
		},
		"resources": []any{fields{"accountId": into, "type": "AWS::IAM::Role", "ARN": roleARN(into, role)}},
	}
}

func with(of fields, more fields) fields {
	all := maps.Clone(of)
	maps.Copy(all, more)
	return all
}

// played is the incident: two sign-ins, a switch into production, two chains of roles, a user left behind, and people who have nothing to do
// with it. The names of the events say in which order they belong.
func played() *cloud {
	c := newCloud()
	signIn := fields{"eventType": "AwsConsoleSignIn", "responseElements": fields{"ConsoleLogin": "Success"}, "additionalEventData": fields{"MFAUsed": "Yes"}}
	c.play("e01", "08:05:00", hub, "eu-west-1", "signin:ConsoleLogin", user("BreakglassUser", ""),
		with(signIn, fields{"responseElements": fields{"ConsoleLogin": "Failure"}}))
	e02 := c.play("e02", "08:06:00", hub, "eu-west-1", "signin:ConsoleLogin", user("BreakglassUser", ""), signIn)
	e03 := c.play("e03", "08:07:00", hub, "us-east-1", "signin:SwitchRole", user("BreakglassUser", ""), fields{
		"eventType": "AwsConsoleSignIn", "responseElements": fields{"SwitchRole": "Success"},
		"additionalEventData": fields{"SwitchTo": roleARN(prod, "BreakGlassRole")},
	})
	console := session(prod, "BreakGlassRole", "BreakglassUser", "ASIACONSOLE", "08:07:00")
	c.play("e04", "08:08:00", prod, "eu-west-1", "ec2:RunInstances", console, fields{
		"userAgent": hostile, "responseElements": fields{"instancesSet": fields{"items": []any{fields{"instanceId": "i-1"}}}},
	})
	c.play("r05", "08:09:00", prod, "us-east-1", "ec2:DescribeInstances", console, fields{"readOnly": true})
	c.play("e06", "08:10:00", hub, "us-east-1", "sts:GetSessionToken", user("BreakglassUser", "AKIAUSER"), fields{
		"readOnly": true, "requestParameters": fields{"serialNumber": "arn:aws:iam::" + hub + ":mfa/BreakglassUser"},
		"responseElements": fields{"credentials": fields{"accessKeyId": "ASIATOKEN"}},
	})
	into := with(assume(prod, "BreakGlassRole", "ops", "ASIAOPS"), fields{"sharedEventID": "s07"})
	e07 := c.play("e07", "08:11:00", hub, "us-east-1", "sts:AssumeRole", user("BreakglassUser", "ASIATOKEN"), into)
	c.play("h07", "08:11:00", prod, "us-east-1", "sts:AssumeRole", fields{"type": "AWSAccount", "principalId": "AIDAEXAMPLE", "accountId": hub}, into)
	ops := session(prod, "BreakGlassRole", "ops", "ASIAOPS", "08:11:00")
	c.play("e08", "08:12:00", prod, "us-east-1", "sts:AssumeRole", ops, assume(prod, "Deployer", "d1", "ASIADEPLOY"))
	deployer := session(prod, "Deployer", "d1", "ASIADEPLOY", "08:12:00")
	cross := with(assume(other, "Cross", "x", "ASIACROSS"), fields{"sharedEventID": "s09"})
	c.play("e09", "08:13:00", prod, "us-east-1", "sts:AssumeRole", deployer, cross)
	c.play("h09", "08:13:00", other, "us-east-1", "sts:AssumeRole", fields{"type": "AWSAccount", "principalId": "AROAEXAMPLE:d1", "accountId": prod}, cross)
	x := session(other, "Cross", "x", "ASIACROSS", "08:13:00")
	c.play("e10", "08:14:00", other, "us-east-1", "iam:CreateUser", x, fields{"requestParameters": fields{"userName": "backdoor"}})
	c.play("e11", "08:15:00", other, "us-east-1", "iam:CreateAccessKey", x, fields{
		"requestParameters": fields{"userName": "backdoor"},
		"responseElements":  fields{"accessKey": fields{"accessKeyId": "AKIABACK", "userName": "backdoor", "status": "Active"}},
	})
	backdoor := fields{"type": "IAMUser", "arn": "arn:aws:iam::" + other + ":user/backdoor", "accountId": other, "userName": "backdoor", "accessKeyId": "AKIABACK"}
	c.play("e12", "08:16:00", other, "us-east-1", "s3:PutBucketPolicy", backdoor,
		fields{"requestParameters": fields{"bucketName": "=cmd|' /C calc'!A0"}, "sourceIPAddress": "203.0.113.9"})
	c.play("e13", "08:17:00", prod, "us-east-1", "cloudtrail:DeleteTrail", deployer, fields{"errorCode": "AccessDenied", "errorMessage": "User is not authorized"})
	c.play("e14", "08:18:00", prod, "us-east-1", "iam:PutRolePolicy", session(prod, "BreakGlassRole", "unknown", "ASIAUNKNOWN", "07:00:00"),
		fields{"requestParameters": fields{"roleName": "Deployer", "policyName": "p"}})
	c.play("e15", "08:19:00", prod, "us-east-1", "iam:DeleteRolePolicy", ops, fields{"requestParameters": fields{"roleName": "Deployer", "policyName": "p"}})
	c.play("e16", "08:22:00", other, "us-east-1", "sts:AssumeRole", x, assume(far, "Far", "y", "ASIAFAR"))
	// Others: somebody else in the same role under the same name, and a user of that account.
	c.play("n01", "08:17:00", prod, "us-east-1", "iam:CreateUser", session(prod, "Deployer", "d1", "ASIAINNOCENT", "06:00:00"), nil)
	c.play("n02", "08:17:00", prod, "us-east-1", "iam:CreateUser",
		fields{"type": "IAMUser", "arn": "arn:aws:iam::" + prod + ":user/alice", "accountId": prod, "userName": "alice"}, nil)
	c.play("n03", "23:00:00", hub, "us-east-1", "iam:CreateUser", user("BreakglassUser", ""), nil) // after the period

	elsewhere := c.play("e17", "08:23:00", hub, "ap-south-1", "sts:GetSessionToken", user("BreakglassUser", "AKIAUSER"), fields{"readOnly": true})
	tampering := c.play("o18", "08:24:00", hub, "us-east-1", "events:DisableRule",
		fields{"type": "AssumedRole", "arn": "arn:aws:sts::" + hub + ":assumed-role/Admin/mallory", "accountId": hub}, nil)
	for _, r := range []fields{e02, e03, e07, elsewhere, tampering} {
		c.record(r)
	}
	for _, one := range [][]any{{watch.ExerciseBegins, "08:10:00"}, {watch.ExerciseEnds, "08:26:00"}} {
		c.ledger["us-east-1"] = append(c.ledger["us-east-1"], fmt.Sprintf(
			`{"id": "exercise-1", "source": "breakglass.exercise", "detail-type": %q, "region": "us-east-1", "time": "2026-11-22T%sZ", "detail": {"eventID": "exercise-1", "user": "BreakglassUser"}}`, one...))
	}
	c.ledger["us-east-1"] = append(c.ledger["us-east-1"],
		`{"id": "1", "source": "breakglass.drill", "detail-type": "DRILL: sign-in", "region": "eu-west-1", "time": "2026-11-22T08:20:00Z", "detail": {"eventName": "ConsoleLogin", "eventSource": "signin.amazonaws.com", "eventID": "drill-1", "eventTime": "2026-11-22T08:20:00Z", "awsRegion": "eu-west-1", "recipientAccountId": "111111111111"}}`)
	c.closed[far] = true
	c.denied[other+" eu-west-1"] = true
	c.throttle[prod+" us-east-1"] = 5
	return c
}

// record puts a record into the ledger, as on the bus.
func (c *cloud) record(r fields) {
	source := "aws." + strings.TrimSuffix(r["eventSource"].(string), ".amazonaws.com")
	text, _ := json.Marshal(fields{
		"id": r["eventID"], "source": source, "account": r["recipientAccountId"], "region": r["awsRegion"], "time": r["eventTime"],
		"detail-type": "AWS API Call via CloudTrail", "detail": r,
	})
	c.ledger["us-east-1"] = append(c.ledger["us-east-1"], string(text))
}

var period = events.Period{From: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}

// run reads an incident into a folder, in a time that the fake gives.
func run(t *testing.T, ctx context.Context, c *cloud, file, path string) (*report.Report, error) {
	t.Helper()
	return runFrom(t, ctx, c, file, path, nil)
}

// runFrom is run with the files of a trail.
func runFrom(t *testing.T, ctx context.Context, c *cloud, file, path string, bucket *events.Bucket) (*report.Report, error) {
	t.Helper()
	conf, err := config.Parse("breakglass.yaml", []byte(file))
	if err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(path)
	if err != nil {
		f, err = folder.Create(path, folder.Incident{HubAccount: hub, Users: []string{"BreakglassUser"}, Period: period})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	regions := gather.RegionsOf(conf)
	outcome, err := gather.Run(ctx, gather.Options{Config: conf, Keys: c, Folder: f, Regions: regions, Bucket: bucket, Began: time.Now()})
	if err != nil {
		return nil, err
	}
	address := ""
	if bucket != nil {
		address = "s3://" + bucket.Name
	}
	r := report.Of(report.Source{
		Bucket: address, Config: conf, Folder: f, Outcome: outcome, Regions: regions, By: "arn:aws:iam::111111111111:user/operator", File: "breakglass.yaml",
		Now: time.Now(),
	})
	if err := r.Write(f); err != nil {
		t.Fatal(err)
	}
	return r, nil
}

// after lets the fake clock of the bubble, which begins in the year 2000, pass to after the incident.
func after() { time.Sleep(time.Until(period.To.Add(time.Hour))) }

func timeline(r *report.Report) (all []string) {
	for _, l := range r.Timeline {
		all = append(all, fmt.Sprintf("%s %s %s %s %s", l.Event, l.Account, l.Who, l.Call, l.Result))
	}
	return all
}

// want is the hand-made list of what was played.
var want = []string{
	"e01 111111111111 BreakglassUser ConsoleLogin Failure",
	"e02 111111111111 BreakglassUser ConsoleLogin ",
	"e03 111111111111 BreakglassUser SwitchRole ",
	"e04 222222222222 BreakGlassRole/BreakglassUser RunInstances ",
	"e06 111111111111 BreakglassUser GetSessionToken ",
	"e07 111111111111 BreakglassUser AssumeRole ",
	"e08 222222222222 BreakGlassRole/ops AssumeRole ",
	"e09 222222222222 Deployer/d1 AssumeRole ",
	"e10 333333333333 Cross/x CreateUser ",
	"e11 333333333333 Cross/x CreateAccessKey ",
	"e12 333333333333 backdoor PutBucketPolicy ",
	"e13 222222222222 Deployer/d1 DeleteTrail AccessDenied",
	"e14 222222222222 BreakGlassRole/unknown PutRolePolicy ",
	"e15 222222222222 BreakGlassRole/ops DeleteRolePolicy ",
	"e16 333333333333 Cross/x AssumeRole ",
	"e17 111111111111 BreakglassUser GetSessionToken ",
}

func TestThePlayedIncident(t *testing.T) {
	pageSize = 2
	defer func() { pageSize = 50 }()
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		path := filepath.Join(t.TempDir(), "incident")
		r, err := run(t, t.Context(), c, playedFile, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); !slices.Equal(got, want) {
			t.Errorf("the timeline is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if c.tooFast > 0 {
			t.Errorf("%d requests were faster than AWS allows", c.tooFast)
		}
		check(t, r)
	})
}

// wantDenied is the hand-made list of the same incident without the hub's history of one Region, and without a ledger: the way in is not seen, but
// what the accounts have of it is, to the last call.
var wantDenied = []string{
	"e01 111111111111 BreakglassUser ConsoleLogin Failure",
	"e02 111111111111 BreakglassUser ConsoleLogin ",
	"e04 222222222222 BreakGlassRole/BreakglassUser RunInstances ",
	"h07 222222222222 BreakGlassRole/ops AssumeRole ",
	"e08 222222222222 BreakGlassRole/ops AssumeRole ",
	"e09 222222222222 Deployer/d1 AssumeRole ",
	"e10 333333333333 Cross/x CreateUser ",
	"e11 333333333333 Cross/x CreateAccessKey ",
	"e12 333333333333 backdoor PutBucketPolicy ",
	"e13 222222222222 Deployer/d1 DeleteTrail AccessDenied",
	"e14 222222222222 BreakGlassRole/unknown PutRolePolicy ",
	"e15 222222222222 BreakGlassRole/ops DeleteRolePolicy ",
	"e16 333333333333 Cross/x AssumeRole ",
}

func TestThePlayedIncidentWithoutTheHubsRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		after()
		c := played()
		c.denied[hub+" us-east-1"] = true
		c.ledger = map[string][]string{}
		path := filepath.Join(t.TempDir(), "incident")
		r, err := run(t, t.Context(), c, playedFile, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); !slices.Equal(got, wantDenied) {
			t.Errorf("the timeline is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wantDenied, "\n"))
		}
		if !slices.ContainsFunc(r.Unseen, func(u report.Unseen) bool { return u.Unread && slices.Contains(u.Where, hub+" us-east-1") }) {
			t.Errorf("the Region is not named: %+v", r.Unseen)
		}
		// When it may be read, the next run has everything, and knows who began what.
		again := played()
		if r, err = run(t, t.Context(), again, playedFile, path); err != nil {
			t.Fatal(err)
		}
		if got := timeline(r); !slices.Equal(got, want) {
			t.Errorf("the next timeline is\n%s", strings.Join(got, "\n"))
		}
		check(t, r)
	})
}

func check(t *testing.T, r *report.Report) {
	t.Helper()
	ids := func(lines []report.Line) (all []string) {
		for _, l := range lines {
			all = append(all, l.Event)
		}
		return all
	}
	var remains []string
	for _, m := range r.Remains {
		remains = append(remains, m.Event)
	}
	for _, one := range []struct {
		what      string
		got, want []string
	}{
		{"changes", ids(r.Changes), []string{"e04", "e10", "e11", "e12", "e14", "e15"}},
		{"remains", remains, []string{"e04", "e10", "e11", "e12"}},
		{"only in the ledger", ids(r.OnlyLedger), []string{"e17"}},
		{"only in the history", ids(r.OnlyHistory), []string{"e01", "e06"}},
		{"others", ids(r.Others), []string{"o18"}},
	} {
		if !slices.Equal(one.got, one.want) {
			t.Errorf("%s: %q, want %q", one.what, one.got, one.want)
		}
	}
	if !slices.Equal(r.Exercises, []string{"2026-11-22T08:10:00Z exercise begins", "2026-11-22T08:26:00Z exercise ends"}) {
		t.Errorf("the exercises are %v", r.Exercises)
	}
	if r.Drills != 1 {
		t.Errorf("%d drills", r.Drills)
	}
	var sessions []string
	for _, s := range r.Sessions {
		sessions = append(sessions, fmt.Sprintf("%s < %s: %d writes, %d denials, %d reads", s.Who, s.By, len(s.Writes), len(s.Denials), s.Reads))
	}
	wantSessions := []string{
		"BreakglassUser < : 0 writes, 0 denials, 3 reads",
		"BreakGlassRole/BreakglassUser < BreakglassUser: 1 writes, 0 denials, 1 reads",
		"BreakGlassRole/ops < BreakglassUser: 1 writes, 0 denials, 1 reads",
		"Deployer/d1 < BreakGlassRole/ops: 0 writes, 1 denials, 1 reads",
		"Cross/x < Deployer/d1: 2 writes, 0 denials, 1 reads",
		"backdoor < Cross/x: 1 writes, 0 denials, 0 reads",
		"BreakGlassRole/unknown < not seen: 1 writes, 0 denials, 0 reads",
		"Far/y < Cross/x: 0 writes, 0 denials, 0 reads",
	}
	if !slices.Equal(sessions, wantSessions) {
		t.Errorf("the sessions are\n%s\nwant\n%s", strings.Join(sessions, "\n"), strings.Join(wantSessions, "\n"))
	}
	var people []string
	for _, p := range r.People {
		people = append(people, fmt.Sprintf("%s %v %v %d failed", p.Name, p.Accounts, p.Ways, p.Failures))
	}
	if len(people) != 2 ||
		!strings.Contains(people[0], "BreakglassUser [111111111111 222222222222 333333333333 444444444444]") && !strings.Contains(people[0],
			"BreakglassUser [111111111111 222222222222 333333333333]") ||
		!strings.Contains(people[0], "console sign-in eu-west-1 Yes") || !strings.Contains(people[0], "access key AKIAUSER us-east-1 Yes") ||
		!strings.HasSuffix(people[0], "1 failed") {
		t.Errorf("people: %q", people)
	}
	var unseen []string
	for _, u := range r.Unseen {
		unseen = append(unseen, fmt.Sprint(u.Unread, " ", u.What, " ", u.Where))
	}
	for _, words := range []string{
		"true the permission cloudtrail:LookupEvents is missing [333333333333 eu-west-1]",
		"true assuming the role in 444444444444: the permission sts:AssumeRole is missing [444444444444]",
		"false CloudTrail throttled ", "false data events ", "false sessions that began before the period",
		"false sessions, keys and users that could act after the period ended",
		"false only these Regions were read: eu-west-1, us-east-1",
	} {
		if !slices.ContainsFunc(unseen, func(u string) bool { return strings.HasPrefix(u, words) }) {
			t.Errorf("what could not be seen lacks %q: %q", words, unseen)
		}
	}
	if r.Whole() {
		t.Error("it claims to be whole")
	}
}
