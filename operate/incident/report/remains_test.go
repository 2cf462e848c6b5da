package report

import (
	"encoding/json"
	"testing"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// call returns a call of an account and Region with a request and an answer in JSON.
func call(t *testing.T, account, region, source, name, request, response string) *chain.Call {
	t.Helper()
	r := events.Record{
		EventID: name, Name: name, Source: source + ".amazonaws.com", Account: account, Region: region, Time: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
	}
	for text, into := range map[string]*map[string]any{request: &r.Request, response: &r.Response} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return &chain.Call{Record: r}
}

// What somebody made is removed only by calls that name all of it, where it is.
func TestWhatRemains(t *testing.T) {
	const one, two, east, west = "111111111111", "222222222222", "us-east-1", "eu-west-1"
	const none = " {} "
	create := call(t, one, east, "lambda", "CreateFunction20150331", `{"functionName": "x", "version": 1}`, none)
	run := call(t, one, east, "ec2", "RunInstances", `{"imageId": "ami-1"}`, `{"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}}`)
	first, second := `{"instancesSet": {"items": [{"instanceId": "i-1"}]}}`, `{"instancesSet": {"items": [{"instanceId": "i-2"}]}}`
	open := call(t, one, east, "ec2", "AuthorizeSecurityGroupIngress", `{"groupId": "sg-1", "ipPermissions": {"items": [
		{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": {"items": [{"cidrIp": "203.0.113.0/24"}]}}, {"ipProtocol": "tcp", "fromPort": 3389, "toPort": 3389, "ipRanges": {"items": [{"cidrIp": "203.0.113.0/24"}]}}]}}`, none)
	refused := call(t, one, east, "lambda", "DeleteFunction20150331", `{"functionName": "x"}`, none)
	refused.ErrorCode = "AccessDenied"
	for name, c := range map[string]struct {
		calls   []*chain.Call
		remains bool
	}{
		"removed": {
			[]*chain.Call{create, call(t, one, east, "lambda", "DeleteFunction20150331", `{"functionName": "x"}`, none)}, false,
		},
		"nothing removes it":      {[]*chain.Call{create}, true},
		"the removal was refused": {[]*chain.Call{create, refused}, true},
		"removed before":          {[]*chain.Call{call(t, one, east, "lambda", "DeleteFunction20150331", `{"functionName": "x"}`, none), create}, true},
		"another name":            {[]*chain.Call{create, call(t, one, east, "lambda", "DeleteFunction20150331", `{"functionName": "y"}`, none)}, true},
		"no name":                 {[]*chain.Call{create, call(t, one, east, "lambda", "DeleteFunction20150331", none, none)}, true},
		"a number only":           {[]*chain.Call{create, call(t, one, east, "lambda", "DeleteFunction20150331", `{"qualifier": 1}`, none)}, true},
		"another service": {
			[]*chain.Call{create, call(t, one, east, "cloudfront", "DeleteFunction20150331", `{"functionName": "x"}`, none)}, true,
		},
		"another account": {[]*chain.Call{create, call(t, two, east, "lambda", "DeleteFunction20150331", `{"functionName": "x"}`, none)}, true},
		"another Region":  {[]*chain.Call{create, call(t, one, west, "lambda", "DeleteFunction20150331", `{"functionName": "x"}`, none)}, true},
		"the call that undoes has another name": {
			[]*chain.Call{
				call(t, one, east, "iam", "EnableMFADevice", `{"userName": "u", "serialNumber": "s"}`, none),
				call(t, one, east, "iam", "DeactivateMFADevice", `{"userName": "u", "serialNumber": "s"}`, none),
			}, false,
		},
		"one instance of two": {[]*chain.Call{run, call(t, one, east, "ec2", "TerminateInstances", first, none)}, true},
		"both instances, one after the other": {
			[]*chain.Call{run, call(t, one, east, "ec2", "TerminateInstances", first, none), call(t, one, east, "ec2", "TerminateInstances", second, none)}, false,
		},
		"one port of two": {
			[]*chain.Call{
				open,
				call(t, one, east, "ec2", "RevokeSecurityGroupIngress",
					`{"groupId": "sg-1", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}]}}`, none),
			}, true,
		},
		"both ports": {[]*chain.Call{open, call(t, one, east, "ec2", "RevokeSecurityGroupIngress", string(text(t, open.Request)), none)}, false},
	} {
		b := builder{calls: c.calls}
		got := false
		for _, m := range b.remains() {
			got = got || m.Removed != "" && opposite(m.Call) != ""
		}
		if got != c.remains {
			t.Errorf("%s: it remains: %v", name, got)
		}
	}
}

func text(t *testing.T, value any) []byte {
	t.Helper()
	out, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
