package check

// Check is one area of checking.
type Check struct {
	// ID names it in findings.
	ID string `json:"id"`
	// Title is what is looked at, in a few words.
	Title string `json:"title"`
	// Why it matters on the worst day.
	Why string `json:"why"`
	// Asks are the permissions that it needs. All of them only read.
	Asks []string `json:"asks"`
}

// Checks are all areas, in the order in which an emergency needs them.
var Checks = []Check{
	{
		ID: "answers", Title: "Answers of AWS",
		Why:  "What could not be asked is not known to be well.",
		Asks: []string{"sts:GetCallerIdentity"},
	},
	{
		ID: "regions", Title: "Regions",
		Why:  "A sign-in can land in any enabled Region: in one that nobody watches it goes unseen.",
		Asks: []string{"account:ListRegions"},
	},
	{
		ID: "stacks", Title: "Stacks",
		Why:  "Everything is deployed by them; one that is missing, half made or can be deleted by mistake takes its part of the alarm away.",
		Asks: []string{"cloudformation:DescribeStacks"},
	},
	{
		ID: "trail", Title: "CloudTrail",
		Why:  "Without a trail that logs management events, read and write, in every Region, EventBridge hears of nothing.",
		Asks: []string{"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors"},
	},
	{
		ID: "rules", Title: "Rules",
		Why:  "A rule that is off, matches something else or has lost a target sees nothing, and says nothing.",
		Asks: []string{"events:ListRules", "events:ListTargetsByRule"},
	},
	{
		ID: "bus", Title: "Event bus",
		Why:  "Whoever may put events on a hub's bus can ring the alarm, or hide a silent Region.",
		Asks: []string{"events:DescribeEventBus"},
	},
	{
		ID: "topic", Title: "Topic",
		Why:  "It tells people: EventBridge and CloudWatch have to be let in, and nobody else.",
		Asks: []string{"sns:GetTopicAttributes"},
	},
	{
		ID: "key", Title: "Key of the topic",
		Why:  "Without its key the topic tells nobody, and nothing says so.",
		Asks: []string{"kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:GetKeyPolicy"},
	},
	{
		ID: "subscribers", Title: "Subscribers",
		Why:  "Somebody who never confirmed, or left by the link in a mail, is not told. A stranger reads every alert.",
		Asks: []string{"sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes"},
	},
	{
		ID: "queues", Title: "Dead letters",
		Why:  "What waits there could not be delivered: somebody may not have been told.",
		Asks: []string{"sqs:ListQueues", "sqs:GetQueueAttributes"},
	},
	{
		ID: "alarms", Title: "Alarms",
		Why:  "They tell of failed sign-ins, silent Regions and undelivered events. One without actions tells nobody.",
		Asks: []string{"cloudwatch:DescribeAlarms"},
	},
	{
		ID: "heartbeats", Title: "Heartbeats",
		Why:  "The hourly beat of a Region is the proof that its rules reach the hub.",
		Asks: []string{"scheduler:GetSchedule", "logs:FilterLogEvents"},
	},
	{
		ID: "ledger", Title: "Ledger",
		Why:  "An investigation and the receipt of a drill rely on it.",
		Asks: []string{"logs:DescribeLogGroups", "logs:DescribeResourcePolicies"},
	},
	{
		ID: "forwarding", Title: "Roles of the forwarding",
		Why: "Without them no Region reaches the hub.",
		Asks: []string{
			"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetPolicy", "iam:GetPolicyVersion",
		},
	},
	{
		ID: "users", Title: "Users",
		Why: "A user without a password or an MFA device can't get in; one with an access key is a way in that nobody guards.",
		Asks: []string{
			"iam:GetUser", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys", "iam:ListGroupsForUser",
			"iam:ListUserPolicies", "iam:ListAttachedUserPolicies",
		},
	},
	{
		ID: "passwords", Title: "Password policy",
		Why:  "A password that expires locks its user out on the worst day.",
		Asks: []string{"iam:GetAccountPasswordPolicy"},
	},
	{
		ID: "group", Title: "Group and guard",
		Why: "The guard demands MFA and keeps the users' hands off the alarm; whoever is in the group has the users' rights.",
		Asks: []string{
			"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies", "iam:GetPolicy", "iam:GetPolicyVersion",
		},
	},
	{
		ID: "roles", Title: "Roles in the target accounts",
		Why: "They let in exactly the users, with MFA, and give what the file says.",
		Asks: []string{
			"iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:GetRolePolicy",
		},
	},
}

// ByID is the check with that ID.
func ByID(id string) (Check, bool) {
	for _, c := range Checks {
		if c.ID == id {
			return c, true
		}
	}
	return Check{}, false
}
