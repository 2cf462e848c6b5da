package events

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

const sample = `{"eventID": "e-1", "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "eventTime": "2026-11-22T08:00:00Z", "awsRegion": "eu-west-1", "recipientAccountId": "222222222222"}`

// with returns the record with another member, or with another value of one.
func with(t *testing.T, member, value string) string {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(sample), &all); err != nil {
		t.Fatal(err)
	}
	if all[member] = json.RawMessage(value); value == "" {
		delete(all, member)
	}
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsNoRecord(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON": "{", "an alarm": `{"alarmName": "x"}`, "no ID": with(t, "eventID", ""), "no name": with(t, "eventName", ""), "no time": with(t, "eventTime", ""),
		// These end up in addresses of requests, and in commands.
		"a Region that is none": with(t, "awsRegion", `"eu-west-1.example.com/"`), "an account that is none": with(t, "recipientAccountId", `"222222222222; x"`),
		"an identity that is none": with(t, "userIdentity", `"root"`), "a session that is none": with(t, "userIdentity", `{"type": 5, "sessionContext": "x"}`),
		"a time that is a number": with(t, "eventTime", `5`),
		"a number too long":       with(t, "recipientAccountId", `"2222222222223"`),
	} {
		if r, err := Parse([]byte(text), "111111111111", "us-east-1"); err == nil {
			t.Errorf("%s is read: %+v", name, r)
		}
	}
}

// What of AWS Sign-In and of Roles Anywhere is a change, and what only lets somebody in.
func TestWhatChangesSomething(t *testing.T) {
	for call, want := range map[string]bool{
		"signin:ConsoleLogin": false, "signin:SwitchRole": false, "signin:GetSigninToken": false, "signin:CreateOAuth2Token": false,
		"signin:PasswordRecoveryRequested":            false,
		"signin:PutConsoleAuthorizationConfiguration": true, "signin:DeleteResourcePermissionStatement": true, "signin:PasswordUpdated": true,
		"signin:PasswordRecoveryCompleted": true,
		"rolesanywhere:CreateSession":      false, "rolesanywhere:CreateProfile": true, "bedrock:CreateSession": true,
	} {
		service, name, _ := strings.Cut(call, ":")
		if got := (Record{Source: service + ".amazonaws.com", Name: name}).Changes(); got != want {
			t.Errorf("%s: %v", call, got)
		}
	}
}

// Every parameter that names what a call is about is found, before those that only end like a name, and two of them at most.
func TestWhatACallIsAbout(t *testing.T) {
	named := strings.Fields(`roleArn roleName userName groupName instanceProfileName policyArn policyName functionName layerName bucketName keyId
		topicArn queueUrl secretId stackName trailName documentName projectName ruleName keyName instanceId snapshotId imageId targetPrincipal name`)
	if len(named) != len(objects) {
		t.Errorf("%d names are tried, of %d", len(named), len(objects))
	}
	for _, name := range named {
		if got := (Record{Request: map[string]any{name: "it", "aaaArn": "another"}}).Object(); got != "it" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for want, r := range map[string]Record{
		"a, b":   {Request: map[string]any{"name": "c", "userName": "b", "roleArn": "a"}},
		"a":      {Request: map[string]any{"userName": "a", "roleName": "a"}},
		"switch": {Request: map[string]any{"userName": "a"}, Additional: map[string]any{"SwitchTo": "switch"}},
		"some":   {Request: map[string]any{"clusterARN": "some", "dbName": "other"}},
		"an id":  {Request: map[string]any{"webAclID": "an id", "text": "x", "zzName": 5}},
		"AKIA":   {Response: map[string]any{"accessKey": map[string]any{"accessKeyId": "AKIA"}}},
		"":       {Request: map[string]any{"description": "x"}},
	} {
		if got := r.Object(); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// CloudTrail writes something else in place of a secret, and of the name that somebody mistyped: no text of a person is taken for that.
func TestWhatCloudTrailHides(t *testing.T) {
	for text, want := range map[string]bool{"HIDDEN_DUE_TO_SECURITY_REASONS": true, "***": true, "****": true, "": false, "**": false, "a***": false, "*****": false} {
		if Hidden(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// What renames a user or a group of IAM; other services have a call of that name, too.
func TestWhatIsRenamed(t *testing.T) {
	both := map[string]any{"userName": "a", "newUserName": "b", "groupName": "g", "newGroupName": "h"}
	for want, r := range map[string]Record{
		"userName a b":        {Name: "UpdateUser", Request: both},
		"groupName g h":       {Name: "UpdateGroup", Request: both},
		"userName caller b":   {Name: "UpdateUser", Request: map[string]any{"newUserName": "b"}, Identity: Identity{UserName: "caller"}},
		"groupName  h":        {Name: "UpdateGroup", Request: map[string]any{"newGroupName": "h"}, Identity: Identity{UserName: "caller"}},
		"  ":                  {Name: "UpdateUser", Request: map[string]any{"userName": "a", "newPath": "/b/"}},
		"  \x00another call":  {Name: "TagUser", Request: both},
		"  \x00refused":       {Name: "UpdateUser", Request: both, ErrorCode: "AccessDenied"},
		"  \x00other service": {Name: "UpdateUser", Request: both, Source: "connect.amazonaws.com"},
	} {
		if r.Source == "" {
			r.Source = "iam.amazonaws.com"
		}
		want, _, _ = strings.Cut(want, "\x00")
		if parameter, from, to := r.Renamed(); parameter+" "+from+" "+to != want {
			t.Errorf("%s: %q, %q, %q", want, parameter, from, to)
		}
	}
}

// The limits are those that CloudTrail documents for LookupEvents: 2 requests a second, 50 events a page, 90 days.
func TestTheLimitsOfTheHistory(t *testing.T) {
	if Pause*2 != time.Second || pageSize != 50 || Kept.Hours() != 90*24 || Late.Minutes() != 15 || patience.Seconds() != 30 {
		t.Errorf("%s, %d, %s, %s, %s", Pause, pageSize, Kept, Late, patience)
	}
}

func TestParse(t *testing.T) {
	for _, one := range []struct {
		member, value string
		what          func(Record) any
		want          any
	}{
		{"", "", func(r Record) any { return r.Account + " " + r.Region }, "222222222222 eu-west-1"},
		{"recipientAccountId", "", func(r Record) any { return r.Account }, "111111111111"},
		{"awsRegion", "", func(r Record) any { return r.Region }, "us-east-1"},
		{"eventTime", `"2026-11-22T09:00:00+01:00"`, func(r Record) any { return r.Time }, time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)},
		{"readOnly", "true", func(r Record) any { return r.ReadOnly }, true},
		{"readOnly", `"true"`, func(r Record) any { return r.ReadOnly }, true},
		{"readOnly", "false", func(r Record) any { return r.ReadOnly }, false},
		{"", "", func(r Record) any { return r.ReadOnly }, false}, // who does not know takes it for a change
		{"requestParameters", `"a text"`, func(r Record) any { return len(r.Request) }, 0},
		{"requestParameters", `{"a": {"b": "c"}}`, func(r Record) any { return Text(r.Request, "x.y", "a", "a.b.c", "a.b") }, "c"},
		{"responseElements", `{"ConsoleLogin": "Failure"}`, func(r Record) any { return r.Result() }, "Failure"},
		{"responseElements", `{"SwitchRole": "Failure"}`, func(r Record) any { return r.Failed() }, true},
		{"responseElements", `{"ConsoleLogin": "Success"}`, func(r Record) any { return r.Failed() }, false},
		{"errorCode", `"AccessDenied"`, func(r Record) any { return r.Result() }, "AccessDenied"},
		{"", "", func(r Record) any { return r.Changes() }, true},
		{"errorCode", `"AccessDenied"`, func(r Record) any { return r.Changes() }, false},
		{"readOnly", "true", func(r Record) any { return r.Changes() }, false},
		{"eventSource", `"signin.amazonaws.com"`, func(r Record) any { return r.Changes() }, false},
		{"eventSource", `"sts.amazonaws.com"`, func(r Record) any { return r.Changes() }, false},
		{"requestParameters", `{"a": [{"b": "c"}, "d"]}`, func(r Record) any { return Text(r.Request, "a.2", "a.x.b", "a.-1", "a.0.c", "a.0.b") }, "c"},
		{"eventName", `"CreateFunction20150331v2"`, func(r Record) any { return r.Plain() }, "CreateFunction"},
		{"eventName", `"PublishLayerVersion20181031"`, func(r Record) any { return r.Plain() }, "PublishLayerVersion"},
		{"eventName", `"PutThing2"`, func(r Record) any { return r.Plain() }, "PutThing2"},
		{
			"userIdentity", `{"type": "AssumedRole", "principalId": "AROA:ops", "arn": "arn:aws:sts::222222222222:assumed-role/R/other"}`,
			func(r Record) any { return r.Session() }, "ops",
		},
		{"userIdentity", `{"type": "AssumedRole", "arn": "arn:aws:sts::222222222222:assumed-role/R/ops"}`, func(r Record) any { return r.Session() }, "ops"},
		{"userIdentity", `{"type": "FederatedUser", "principalId": "222222222222:fed"}`, func(r Record) any { return r.Session() }, "fed"},
		{"userIdentity", `{"type": "IAMUser", "principalId": "AIDA:x", "arn": "arn:aws:iam::222222222222:user/x"}`, func(r Record) any { return r.Session() }, ""},
		{
			"userIdentity", `{"type": "AssumedRole", "arn": "arn:aws-cn:sts::222222222222:assumed-role/R/ops"}`, func(r Record) any { return r.Issuer() },
			"arn:aws-cn:iam::222222222222:role/R",
		},
		{
			"userIdentity", `{"type": "AssumedRole", "arn": "x", "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::222222222222:role/path/R"}}}`,
			func(r Record) any { return r.Issuer() }, "arn:aws:iam::222222222222:role/path/R",
		},
		{"userIdentity", `{"type": "IAMUser", "arn": "arn:aws:iam::222222222222:user/a/b"}`, func(r Record) any { return r.Issuer() }, ""},
		{"userIdentity", `{"type": "AssumedRole", "arn": "arn:aws:sts::222222222222:assumed-role/R"}`, func(r Record) any { return r.Issuer() }, ""},
		{
			"userIdentity", `{"sessionContext": {"attributes": {"creationDate": "2026-11-22T07:00:00Z"}}}`, func(r Record) any { return r.Created() },
			time.Date(2026, 11, 22, 7, 0, 0, 0, time.UTC),
		},
		{"userIdentity", `{"sessionContext": {"attributes": {"creationDate": "yesterday"}}}`, func(r Record) any { return r.Created() }, time.Time{}},
		// Members of other types are texts, too: the call was made nevertheless.
		{"recipientAccountId", `222222222222`, func(r Record) any { return r.Account }, "222222222222"},
		{"errorCode", `{"code": 5}`, func(r Record) any { return r.Failed() }, true},
		{"errorCode", `null`, func(r Record) any { return r.Failed() }, false},
		{"errorMessage", `["a"]`, func(r Record) any { return r.ErrorMessage }, `["a"]`},
		{
			"userIdentity", `{"type": "IAMUser", "accountId": 111111111111, "userName": "x"}`, func(r Record) any { return r.Identity.Account + r.Identity.UserName },
			"111111111111x",
		},
		{
			"userIdentity", `{"type": "AssumedRole", "arn": "a", "sessionContext": {"attributes": {"mfaAuthenticated": true, "creationDate": "2026-11-22T07:00:00Z"}}}`,
			func(r Record) any { return r.Identity.Context.Attributes.MFA + r.Identity.ARN }, "truea",
		},
		{"userIdentity", `null`, func(r Record) any { return r.Identity }, Identity{}},
		{"sourceIPAddress", `5`, func(r Record) any { return r.Changes() }, true},
	} {
		text := sample
		if one.member != "" {
			text = with(t, one.member, one.value)
		}
		r, err := Parse([]byte(text), "111111111111", "us-east-1")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := one.what(r); got != one.want {
			t.Errorf("%s: %v, want %v", text, got, one.want)
		}
		if !strings.Contains(string(r.Raw), `"e-1"`) {
			t.Errorf("%s: the record itself is not kept", text)
		}
	}
}
