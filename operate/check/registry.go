package check

import "example.com/breakglass/access/rights"

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
		ID: "answers", Title: "Answers from AWS",
		Why:  "What could not be checked may be broken.",
		Asks: rights.Check["answers"],
	},
	{
		ID: "regions", Title: "Regions",
		Why:  "A sign-in can land in any enabled Region: in one that is not watched, it goes unnoticed.",
		Asks: rights.Check["regions"],
	},
	{
		ID: "stacks", Title: "Stacks",
		Why:  "They deploy everything; a stack that is missing, incomplete or deleted by mistake takes part of the alerting with it.",
		Asks: rights.Check["stacks"],
	},
	{
		ID: "trail", Title: "CloudTrail",
		Why:  "Without a trail that logs management events, read and write, in every Region, EventBridge receives no events.",
		Asks: rights.Check["trail"],
	},
	{
		ID: "rules", Title: "Rules",
		Why:  "A rule that is disabled, matches something else or lacks a target detects nothing, and nobody notices. A replaced input or alert text misleads.",
		Asks: rights.Check["rules"],
	},
	{
		ID: "bus", Title: "Event bus",
		Why:  "Whoever can put events on a hub's bus can trigger false alerts, or hide a silent Region.",
		Asks: rights.Check["bus"],
	},
	{
		ID: "composer", Title: "Composer",
		Why:  "It writes every alert and publishes it, and nobody else may: one that is changed, fails or is gone notifies nobody.",
		Asks: rights.Check["composer"],
	},
	{
		ID: "topic", Title: "Topic",
		Why:  "It notifies people: only EventBridge and CloudWatch must be able to publish to it, and nothing may mask, delay or block an alert.",
		Asks: rights.Check["topic"],
	},
	{
		ID: "key", Title: "Key of the topic",
		Why:  "Without its key, the topic delivers nothing, and nothing reports it.",
		Asks: rights.Check["key"],
	},
	{
		ID: "subscribers", Title: "Subscribers",
		Why:  "Somebody who never confirmed, or unsubscribed through the link in an email, receives no alerts. A stranger receives them all.",
		Asks: rights.Check["subscribers"],
	},
	{
		ID: "queues", Title: "Dead letters",
		Why:  "Their messages could not be delivered: somebody may have missed an alert.",
		Asks: rights.Check["queues"],
	},
	{
		ID: "alarms", Title: "Alarms",
		Why:  "They report failed sign-ins, silent Regions and undelivered events. One without actions, with another threshold, or suppressed by another alarm notifies nobody.",
		Asks: rights.Check["alarms"],
	},
	{
		ID: "heartbeats", Title: "Heartbeats",
		Why:  "The hourly heartbeat of a Region proves that its rules reach the hub.",
		Asks: rights.Check["heartbeats"],
	},
	{
		ID: "ledger", Title: "Ledger",
		Why:  "Investigations and drills rely on it: nothing may keep EventBridge from writing to it, or mask what it holds.",
		Asks: rights.Check["ledger"],
	},
	{
		ID: "forwarding", Title: "Forwarding roles",
		Why:  "Without them no Region reaches the hub.",
		Asks: rights.Check["forwarding"],
	},
	{
		ID: "users", Title: "Users",
		Why:  "A user without a password or an MFA device can't sign in; an access key gives access without a password.",
		Asks: rights.Check["users"],
	},
	{
		ID: "exercises", Title: "Exercises of the way in",
		Why:  "A way in that nobody has taken lately may not be one: only an exercise proves that people get in.",
		Asks: rights.Check["exercises"],
	},
	{
		ID: "passwords", Title: "Password policy",
		Why:  "A password that expires locks its user out on the worst day.",
		Asks: rights.Check["passwords"],
	},
	{
		ID: "group", Title: "Group and guard",
		Why:  "The guard requires MFA and keeps the users from changing the alerting; whoever is in the group has the users' permissions.",
		Asks: rights.Check["group"],
	},
	{
		ID: "roles", Title: "Roles in the target accounts",
		Why:  "Only the users must be able to assume them, with MFA, and with the permissions of breakglass.yaml.",
		Asks: rights.Check["roles"],
	},
	{
		ID: "bootstrap", Title: "Trust of the target accounts in the hub account",
		Why:  "With deploy.access: bootstrap, whoever may call sts:AssumeRole in the hub account can have CloudFormation make in the target accounts what its role there allows.",
		Asks: rights.Check["bootstrap"],
	},
	{
		ID: "way", Title: "The way in",
		Why:  "Everything can be as planned while something else is in the way: a service control policy, a boundary, a policy of another group, or a rule of AWS Sign-In.",
		Asks: rights.Check["way"],
	},
	{
		ID: "stacksets", Title: "Stack sets of the organizational units",
		Why:  "They create the role in every account of a unit, including those that join later; in an account that is out of date, or gets two stacks, it may not work.",
		Asks: rights.Check["stacksets"],
	},
}

// ByID returns the check with that ID.
func ByID(id string) (Check, bool) {
	for _, c := range Checks {
		if c.ID == id {
			return c, true
		}
	}
	return Check{}, false
}
