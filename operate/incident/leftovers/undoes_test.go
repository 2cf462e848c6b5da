package leftovers

import (
	"testing"

	"example.com/breakglass/operate/incident/chain"
)

// Whoever makes a user and deletes it leaves nothing behind, and removes nothing; the deletion of anything else is looked at.
func TestWhatTheIncidentMadeAndDeletedIsNotMissing(t *testing.T) {
	named := func(name, value string) map[string]any { return map[string]any{name: value} }
	created := sample{Event: "iam:CreateUser", Request: named("userName", "short")}
	key := sample{
		Event: "iam:CreateAccessKey", Request: named("userName", "short"),
		Response: map[string]any{"accessKey": map[string]any{"accessKeyId": "AKIAEXAMPLE", "userName": "short"}},
	}
	deleted := func(user string) sample { return sample{Event: "iam:DeleteUser", Request: named("userName", user)} }
	for name, c := range map[string]struct {
		calls []sample
		want  int
	}{
		"made and deleted":            {[]sample{created, deleted("short")}, 1},
		"another one is deleted":      {[]sample{created, deleted("deploy")}, 2},
		"deleted, then made":          {[]sample{deleted("short"), created}, 2},
		"the name stands elsewhere":   {[]sample{{Event: "iam:CreateUser", Request: map[string]any{"userName": "x", "path": "deploy"}}, deleted("deploy")}, 2},
		"the request names nothing":   {[]sample{created, {Event: "iam:DeleteUser", Request: map[string]any{}}}, 2},
		"a key that the answer names": {[]sample{key, {Event: "iam:DeleteAccessKey", Request: map[string]any{"userName": "short", "accessKeyId": "AKIAEXAMPLE"}}}, 1},
		"another key of the user":     {[]sample{key, {Event: "iam:DeleteAccessKey", Request: map[string]any{"userName": "short", "accessKeyId": "AKIAOTHER"}}}, 2},
		"an instance that was run and terminated": {[]sample{
			{Event: "ec2:RunInstances", Response: instances("i-1", "i-2")}, {Event: "ec2:TerminateInstances", Response: instances("i-2", "i-3")},
		}, 3},
		"a flow log": {[]sample{
			{Event: "ec2:CreateFlowLogs", Response: map[string]any{"CreateFlowLogsResponse": map[string]any{"flowLogIdSet": map[string]any{"item": "fl-1"}}}},
			{Event: "ec2:DeleteFlowLogs", Request: map[string]any{"DeleteFlowLogsRequest": map[string]any{"FlowLogId": map[string]any{"content": "fl-1"}}}},
		}, 1},
		"terminated, then run": {[]sample{
			{Event: "ec2:TerminateInstances", Response: instances("i-1")}, {Event: "ec2:RunInstances", Response: instances("i-1")},
		}, 2},
		"a topic that may have been there before": {[]sample{
			{Event: "sns:CreateTopic", Request: named("name", "t"), Response: named("topicArn", "arn:aws:sns:us-east-1:222222222222:t")},
			{Event: "sns:DeleteTopic", Request: named("topicArn", "arn:aws:sns:us-east-1:222222222222:t")},
		}, 2},
		"attached, perhaps again, and detached": {[]sample{
			{Event: "iam:AttachUserPolicy", Request: map[string]any{"userName": "u", "policyArn": "p"}},
			{Event: "iam:DetachUserPolicy", Request: map[string]any{"userName": "u", "policyArn": "p"}},
		}, 2},
	} {
		var calls []*chain.Call
		for _, s := range c.calls {
			calls = append(calls, s.call())
		}
		if got := Expected(calls); len(got) != c.want {
			t.Errorf("%s: %d things, want %d: %+v", name, len(got), c.want, got)
		}
	}
	for event, want := range map[string]bool{"ec2:RunInstances": true, "iam:CreateRole": true, "iam:AttachRolePolicy": false, "sns:Subscribe": false, "sns:CreateTopic": false, "sqs:CreateQueue": false, "s3:CreateBucket": false} {
		if got := makesAnew((sample{Event: event}).call()); got != want {
			t.Errorf("%s makes it anew: %v", event, got)
		}
	}
	refused := created.call()
	refused.ErrorCode = "EntityAlreadyExists"
	if got := Expected([]*chain.Call{refused, deleted("short").call()}); len(got) != 1 {
		t.Errorf("a creation that failed: %+v", got)
	}
}

func instances(ids ...string) map[string]any {
	var items []any
	for _, id := range ids {
		items = append(items, map[string]any{"instanceId": id})
	}
	return map[string]any{"instancesSet": map[string]any{"items": items}}
}
