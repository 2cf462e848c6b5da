package access

import (
	"strings"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// confinements maps prefixes of actions to the resources that they are restricted to; the first match counts. All other actions
// support no resource in a policy (Service Authorization Reference), and only read.
var confinements = []struct{ action, service, region, resource string }{
	{putEvents, "events", place.Any, "event-bus/default"},
	{"events:DescribeEventBus", "events", place.Any, "event-bus/default"},
	{"events:", "events", place.Any, "rule/*"},
	// Without a name it lists the stacks, which requires permission on all of them (CloudFormation API, DescribeStacks).
	{describeStacks, "", "", ""},
	{"cloudformation:ListStackResources", "cloudformation", place.Any, "stack/BreakGlass-*"},
	{listStacks, "", "", ""},
	// The trail of an organization belongs to the management account.
	{"cloudtrail:GetTrailStatus", "", "", ""},
	{"cloudtrail:GetEventSelectors", "", "", ""},
	{"sns:GetTopicAttributes", "sns", place.Any, "breakglass*"}, // the alert topic, and that of the heartbeats
	{"sns:ListSubscriptionsByTopic", "sns", place.Any, names.Topic},
	{"kms:", "kms", place.Any, "key/*"},
	{"states:DescribeExecution", "states", place.Any, "execution:" + names.Composer + ":*"},
	{"states:", "states", place.Any, "stateMachine:" + names.Composer},
	{"dynamodb:", "dynamodb", place.Any, "table/" + names.AlertsTable},
	// The dead-letter queues, which CloudFormation names after their stacks.
	{"sqs:GetQueue", "sqs", place.Any, "BreakGlass-*"},
	{"sqs:ReceiveMessage", "sqs", place.Any, "BreakGlass-*"},
	{"scheduler:", "scheduler", place.Any, "schedule/*/" + names.Prefix + "*"},
	{"logs:FilterLogEvents", "logs", place.Any, "log-group:/aws/events/breakglass-*"},
	{"iam:GetAccountPasswordPolicy", "", "", ""},
	{"iam:GetCredentialReport", "", "", ""},
	{"iam:GenerateCredentialReport", "", "", ""},
	{"iam:GetRole", "iam", "", "role/*"},
	{"iam:ListRolePolicies", "iam", "", "role/*"},
	{"iam:ListAttachedRolePolicies", "iam", "", "role/*"},
	{"iam:GetPolicy", "iam", "", "policy/*"},
	{"iam:GetGroup", "iam", "", "group/" + names.Group},
	{"iam:ListGroupPolicies", "iam", "", "group/" + names.Group},
	{"iam:ListAttachedGroupPolicies", "iam", "", "group/" + names.Group},
	{"iam:SimulatePrincipalPolicy", "iam", "", "*"}, // of users, and of the role where the hub account is a target
	{"iam:", "iam", "", "user/*"},
}

// confined returns the resource that an action is restricted to.
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
