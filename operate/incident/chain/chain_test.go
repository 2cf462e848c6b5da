package chain_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

type fields = map[string]any

const hub, prod, far = "111111111111", "222222222222", "444444444444"

func roleARN(account, role string) string { return "arn:aws:iam::" + account + ":role/" + role }

func start() chain.Start {
	return chain.Start{
		Hub: hub, Users: []string{"ops"}, Role: "BreakGlassRole", Targets: []string{prod}, Regions: []string{"us-east-1"},
		RoleARN: func(account string) string { return roleARN(account, "BreakGlassRole") },
	}
}

func user(account, name, key string) fields {
	return fields{"type": "IAMUser", "arn": "arn:aws:iam::" + account + ":user/" + name, "accountId": account, "userName": name, "accessKeyId": key}
}

func session(account, role, name, key, created string) fields {
	return fields{
		"type": "AssumedRole", "principalId": "AROAEXAMPLE:" + name, "arn": "arn:aws:sts::" + account + ":assumed-role/" + role + "/" + name, "accountId": account,
		"accessKeyId": key,
		"sessionContext": fields{
			"sessionIssuer": fields{"arn": roleARN(account, role), "accountId": account}, "attributes": fields{"creationDate": "2026-11-22T" + created + "Z"},
		},
	}
}

// record returns a record of a call: its ID, the time of day, the account that has it, and what differs from an ordinary one.
func record(t *testing.T, id, clock, account, call string, identity, more fields) events.Record {
	t.Helper()
	service, name, _ := strings.Cut(call, ":")
	all := fields{
		"eventID": id, "eventTime": "2026-11-22T" + clock + "Z", "eventName": name, "eventSource": service + ".amazonaws.com", "awsRegion": "us-east-1",
		"recipientAccountId": account, "userIdentity": identity, "readOnly": false,
	}
	maps.Copy(all, more)
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	r, err := events.Parse(text, account, "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func request(of fields) fields { return fields{"requestParameters": of} }

func both(request, response fields) fields {
	return fields{"requestParameters": request, "responseElements": response}
}

func key(id string) fields { return fields{"credentials": fields{"accessKeyId": id}} }

// calls returns each call of the chain with whose it is.
func calls(c *chain.Chain) (all []string) {
	for _, call := range c.Calls() {
		all = append(all, call.EventID+" "+call.By.Title())
	}
	return all
}

// What each kind of call leads to, and what it does not.
func TestWhoseCallsAreFollowed(t *testing.T) {
	ops, role := user(hub, "ops", "AKIAOPS"), session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	for name, one := range map[string]struct {
		records []events.Record
		want    []string
	}{
		"a user, and nobody else's user of that name": {[]events.Record{
			record(t, "1", "08:00:00", hub, "iam:CreateGroup", ops, nil),
			record(t, "2", "08:00:00", prod, "iam:CreateGroup", user(prod, "ops", "AKIAX"), nil),
		}, []string{"1 ops"}},
		"a key of GetSessionToken": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}),
			record(t, "2", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIATOKEN"}, nil),
			record(t, "3", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAELSE"}, nil),
		}, []string{"1 ops", "2 ops"}},
		"a key of CreateOAuth2Token": {[]events.Record{
			record(t, "1", "08:00:00", hub, "signin:CreateOAuth2Token", ops, fields{"responseElements": fields{"accessToken": fields{"accessKeyId": "ASIATOKEN"}}}),
			record(t, "2", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIATOKEN"}, nil),
		}, []string{"1 ops", "2 ops"}},
		"a federated user, by its key": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:GetFederationToken", ops, both(fields{"name": "fed"}, key("ASIAFED"))),
			record(t, "2", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIAFED"}, nil),
		}, []string{"1 ops", "2 federated fed"}},
		"a federated user whose beginning was not seen": {[]events.Record{
			record(t, "1", "08:01:00", hub, "s3:CreateBucket",
				fields{
					"type": "FederatedUser", "principalId": hub + ":fed",
					"sessionContext": fields{"sessionIssuer": fields{"type": "IAMUser", "accountId": hub, "userName": "ops"}},
				}, nil),
			record(t, "2", "08:01:00", hub, "s3:CreateBucket",
				fields{
					"type": "FederatedUser", "principalId": hub + ":fed",
					"sessionContext": fields{"sessionIssuer": fields{"type": "IAMUser", "accountId": hub, "userName": "alice"}},
				}, nil),
		}, []string{"1 federated fed"}},
		"a session of root": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:AssumeRoot", ops, both(fields{"targetPrincipal": "arn:aws:iam::" + far + ":root"}, key("ASIAROOT"))),
			record(t, "2", "08:01:00", far, "s3:DeleteBucketPolicy", fields{"type": "Root", "accountId": far, "accessKeyId": "ASIAROOT"}, nil),
			record(t, "3", "08:01:00", far, "s3:DeleteBucketPolicy", fields{"type": "Root", "accountId": far, "accessKeyId": "ASIAOWNER"}, nil),
		}, []string{"1 ops", "2 root of " + far}},
		"a key of a user who was there: only its calls with that key": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateAccessKey", role,
				both(fields{"userName": "alice"}, fields{"accessKey": fields{"userName": "alice", "accessKeyId": "AKIANEW"}})),
			record(t, "2", "08:01:00", prod, "iam:CreateGroup", user(prod, "alice", "AKIANEW"), nil),
			record(t, "3", "08:01:00", prod, "iam:CreateGroup", user(prod, "alice", "AKIAOLD"), nil),
		}, []string{"1 BreakGlassRole/s", "2 alice"}},
		"a key without a name in the request is the caller's own": {[]events.Record{
			record(t, "1", "08:00:00", hub, "iam:CreateAccessKey", ops, fields{"responseElements": fields{"accessKey": fields{"accessKeyId": "AKIANEW"}}}),
			record(t, "2", "08:01:00", hub, "iam:CreateGroup", fields{"type": "Unknown", "accessKeyId": "AKIANEW"}, nil),
		}, []string{"1 ops", "2 ops"}},
		"a user who was made, since then": {[]events.Record{
			record(t, "0", "07:59:00", prod, "iam:CreateGroup", user(prod, "bd", "AKIAX"), nil),
			record(t, "1", "08:00:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
			record(t, "2", "08:01:00", prod, "iam:CreateGroup", user(prod, "bd", "AKIAX"), nil),
		}, []string{"1 BreakGlassRole/s", "2 bd"}},
		"a user who was not made, since that was refused": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateUser", role, fields{"errorCode": "EntityAlreadyExists", "requestParameters": fields{"userName": "alice"}}),
			record(t, "2", "08:01:00", prod, "iam:CreateGroup", user(prod, "alice", "AKIAX"), nil),
		}, []string{"1 BreakGlassRole/s"}},
		"a new password": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "alice"})),
			record(t, "2", "08:01:00", prod, "iam:CreateGroup", user(prod, "alice", ""), nil),
		}, []string{"1 BreakGlassRole/s", "2 alice"}},
		"another password": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:UpdateLoginProfile", role, request(fields{"userName": "alice"})),
			record(t, "2", "08:01:00", prod, "iam:CreateGroup", user(prod, "alice", ""), nil),
		}, []string{"1 BreakGlassRole/s", "2 alice"}},
		"a user who was made and renamed": {[]events.Record{
			record(t, "1", "08:00:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
			record(t, "2", "08:01:00", prod, "iam:UpdateUser", role, request(fields{"userName": "bd", "newUserName": "svc"})),
			record(t, "3", "08:02:00", prod, "ec2:RunInstances", user(prod, "svc", "AKIAX"), nil),
			record(t, "4", "08:00:30", prod, "ec2:RunInstances", user(prod, "svc", "AKIAY"), nil),
		}, []string{"1 BreakGlassRole/s", "2 BreakGlassRole/s", "3 svc"}},
		"an emergency user who was renamed": {[]events.Record{
			record(t, "1", "08:01:00", hub, "iam:UpdateUser", ops, request(fields{"userName": "ops", "newUserName": "svc"})),
			record(t, "2", "08:02:00", hub, "ec2:RunInstances", user(hub, "svc", "AKIAX"), nil),
		}, []string{"1 ops", "2 svc"}},
		"a user with another path keeps its name": {[]events.Record{
			record(t, "1", "08:01:00", hub, "iam:UpdateUser", ops, request(fields{"userName": "alice", "newPath": "/x/"})),
			record(t, "2", "08:02:00", hub, "ec2:RunInstances", user(hub, "alice", "AKIAX"), nil),
		}, []string{"1 ops"}},
		"a role of somebody else: the session that was assumed, by its time": {[]events.Record{
			record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, both(fields{"roleArn": roleARN(far, "Shared"), "roleSessionName": "x"}, nil)),
			record(t, "2", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "x", "ASIA1", "08:00:01"), nil),
			record(t, "3", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "x", "ASIA2", "06:00:00"), nil),
		}, []string{"1 ops", "2 Shared/x"}},
		"a role that was made: sessions that no AssumeRole shows, since then": {[]events.Record{
			record(t, "0", "07:00:00", prod, "ec2:RunInstances", session(prod, "Back", "early", "ASIA0", "07:00:00"), nil),
			record(t, "1", "08:00:00", prod, "iam:CreateRole", role, request(fields{"roleName": "Back"})),
			record(t, "2", "08:01:00", prod, "ec2:RunInstances", session(prod, "Back", "cert", "ASIA1", "08:01:00"), nil),
			record(t, "3", "08:01:00", prod, "ec2:RunInstances", session(prod, "Other", "cert", "ASIA2", "08:01:00"), nil),
			record(t, "4", "08:01:00", far, "ec2:RunInstances", session(far, "Back", "cert", "ASIA3", "08:01:00"), nil),
		}, []string{"1 BreakGlassRole/s", "2 Back/cert"}},
		"a role that was opened: whoever assumes it, since then": {[]events.Record{
			record(t, "0", "07:59:00", prod, "sts:AssumeRole", fields{"type": "AWSAccount", "accountId": far},
				request(fields{"roleArn": roleARN(prod, "Deploy"), "roleSessionName": "a"})),
			record(t, "1", "08:00:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Deploy"})),
			record(t, "2", "08:01:00", prod, "sts:AssumeRole", fields{"type": "AWSAccount", "accountId": far},
				both(fields{"roleArn": roleARN(prod, "Deploy"), "roleSessionName": "b"}, key("ASIAB"))),
			record(t, "3", "08:02:00", prod, "ec2:RunInstances", session(prod, "Deploy", "b", "ASIAB", "08:01:00"), nil),
		}, []string{"1 BreakGlassRole/s", "2 whoever assumes Deploy", "3 Deploy/b"}},
		"a switch in the console by a user": {[]events.Record{
			record(t, "1", "08:00:00", hub, "signin:SwitchRole", ops, fields{"additionalEventData": fields{"SwitchTo": roleARN(far, "Shared")}}),
			record(t, "2", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "ops", "ASIA1", "08:00:00"), nil),
		}, []string{"1 ops", "2 Shared/ops"}},
		"a switch in the console by a session": {[]events.Record{
			record(t, "1", "08:00:00", prod, "signin:SwitchRole", role, fields{"additionalEventData": fields{"SwitchTo": roleARN(far, "Shared")}}),
			record(t, "2", "08:01:00", far, "ec2:RunInstances", session(far, "Shared", "s", "ASIA1", "08:00:00"), nil),
		}, []string{"1 BreakGlassRole/s", "2 Shared/s"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := chain.New(start())
			for _, r := range slices.Backward(one.records) { // in whatever order they are read
				c.Add(r, false)
			}
			if got := calls(c); !slices.Equal(got, one.want) {
				t.Errorf("%q, want %q", got, one.want)
			}
		})
	}
}

// A copy of a record that says more, as the ledger's or the history's may, leads further.
func TestALongerCopyIsFollowed(t *testing.T) {
	c := chain.New(start())
	ops := user(hub, "ops", "AKIAOPS")
	c.Add(record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, nil), false)
	c.Add(record(t, "2", "08:01:00", hub, "s3:ListBuckets", fields{"type": "Unknown", "accessKeyId": "ASIATOKEN"}, nil), false)
	if got := calls(c); !slices.Equal(got, []string{"1 ops"}) {
		t.Errorf("%q", got)
	}
	c.Add(record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}), false)
	c.Add(record(t, "1", "08:00:00", hub, "sts:GetSessionToken", ops, nil), false) // says less
	if got := calls(c); !slices.Equal(got, []string{"1 ops", "2 ops"}) {
		t.Errorf("%q", got)
	}
}

// Whoever makes thousands of sessions or keys cannot hide that some were not followed.
func TestWhatIsTooMuchToFollowIsCounted(t *testing.T) {
	c := chain.New(start())
	ops := user(hub, "ops", "AKIAOPS")
	for i := range chain.MostKeys + 3 {
		c.Add(record(t, fmt.Sprint("k", i), "08:00:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key(fmt.Sprint("ASIA", i))}), false)
	}
	asked := 0
	for _, q := range c.Next() {
		if q.Attribute == events.AccessKey {
			asked++
		}
	}
	if asked != chain.MostKeys || c.Left != 3 {
		t.Errorf("%d keys are asked for, %d left", asked, c.Left)
	}
	c = chain.New(start())
	for i := range chain.MostPrincipals + 2 {
		c.Add(record(t, fmt.Sprint("again", i), "08:00:00", hub, "iam:CreateLoginProfile", ops, request(fields{"userName": fmt.Sprint("u", i)})), false)
		c.Add(record(t, fmt.Sprint("u", i), "08:00:00", hub, "iam:CreateUser", ops, request(fields{"userName": fmt.Sprint("u", i)})), false)
	}
	if n := len(c.Principals()); n != chain.MostPrincipals || c.Left != 3 { // ops is one of them
		t.Errorf("%d principals, %d left", n, c.Left)
	}
}

// An account in which a role was opened is swept again: what was read before did not know its sessions.
func TestAnOpenedRoleIsSweptFor(t *testing.T) {
	c := chain.New(start())
	sweeps := func() (all []events.Query) {
		for _, q := range c.Next() {
			if chain.Sweep(q) {
				all = append(all, q)
			}
		}
		return all
	}
	want := events.Query{Account: prod, Region: "us-east-1", Attribute: events.ReadOnly, Value: "false"}
	if got := sweeps(); !slices.Equal(got, []events.Query{want}) {
		t.Errorf("%+v", got)
	}
	c.Add(record(t, "1", "08:00:00", prod, "iam:CreateRole", session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00"),
		request(fields{"roleName": "Back"})), false)
	want.Opened = 1
	if got := sweeps(); !slices.Equal(got, []events.Query{want}) {
		t.Errorf("%+v", got)
	}
	if got := sweeps(); len(got) != 0 {
		t.Errorf("asked again: %+v", got)
	}
}
