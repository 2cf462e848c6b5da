package access

import (
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// confinements are what the actions that can be confined are confined to, by the beginning of the action; the first one that
// fits counts. The others, and those without a service, have no resource that a policy could name (Service Authorization Reference): they only read.
var confinements = []struct{ action, service, region, resource string }{
	{"events:PutEvents", "events", place.Any, "event-bus/default"},
	{"events:DescribeEventBus", "events", place.Any, "event-bus/default"},
	{"events:", "events", place.Any, "rule/*"},
	// Without a name it lists the stacks, which AWS asks the right on all of them for (CloudFormation API, DescribeStacks).
	{describeStacks, "", "", ""},
	{listStacks, "", "", ""},
	{"cloudformation:DescribeStackResources", "cloudformation", place.Any, "stack/BreakGlass-*"},
	// An organization's trail is of the management account.
	{"cloudtrail:GetTrailStatus", "", "", ""},
	{"cloudtrail:GetEventSelectors", "", "", ""},
	{"sns:GetTopicAttributes", "sns", place.Any, names.Topic},
	{"sns:ListSubscriptionsByTopic", "sns", place.Any, names.Topic},
	{"kms:", "kms", place.Any, "key/*"},
	// The dead-letter queues, which CloudFormation names after their stacks.
	{"sqs:GetQueue", "sqs", place.Any, "BreakGlass-*"},
	{"sqs:ReceiveMessage", "sqs", place.Any, "BreakGlass-*"},
	{"scheduler:", "scheduler", place.Any, "schedule/*/" + names.Heartbeat},
	{"logs:FilterLogEvents", "logs", place.Any, "log-group:/aws/events/breakglass-*"},
	{"iam:GetAccountPasswordPolicy", "", "", ""},
	{"iam:GetRole", "iam", "", "role/*"},
	{"iam:ListRolePolicies", "iam", "", "role/*"},
	{"iam:ListAttachedRolePolicies", "iam", "", "role/*"},
	{"iam:GetPolicy", "iam", "", "policy/*"},
	{"iam:GetGroup", "iam", "", "group/" + names.Group},
	{"iam:ListGroupPolicies", "iam", "", "group/" + names.Group},
	{"iam:ListAttachedGroupPolicies", "iam", "", "group/" + names.Group},
	{"iam:", "iam", "", "user/*"},
}

// confined returns the resource that an action is confined to.
func (p Pipeline) confined(action string) string {
	for _, c := range confinements {
		if !strings.HasPrefix(action, c.action) {
			continue
		}
		if c.service == "" {
			break
		}
		return p.In(c.region).ARN(c.service, c.resource)
	}
	return "*"
}
