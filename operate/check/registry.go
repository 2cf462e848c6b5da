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
		ID: "answers", Title: "Answers of AWS",
		Why:  "What could not be asked is not known to be well.",
		Asks: rights.Check["answers"],
	},
	{
		ID: "regions", Title: "Regions",
		Why:  "A sign-in can land in any enabled Region: in one that nobody watches it goes unseen.",
		Asks: rights.Check["regions"],
	},
	{
		ID: "stacks", Title: "Stacks",
		Why:  "Everything is deployed by them; one that is missing, half made or can be deleted by mistake takes its part of the alarm away.",
		Asks: rights.Check["stacks"],
	},
	{
		ID: "trail", Title: "CloudTrail",
		Why:  "Without a trail that logs management events, read and write, in every Region, EventBridge hears of nothing.",
		Asks: rights.Check["trail"],
	},
	{
		ID: "rules", Title: "Rules",
		Why:  "A rule that is off, matches something else or has lost a target sees nothing, and says nothing.",
		Asks: rights.Check["rules"],
	},
	{
		ID: "bus", Title: "Event bus",
		Why:  "Whoever may put events on a hub's bus can ring the alarm, or hide a silent Region.",
		Asks: rights.Check["bus"],
	},
	{
		ID: "topic", Title: "Topic",
		Why:  "It tells people: EventBridge and CloudWatch have to be let in, and nobody else.",
		Asks: rights.Check["topic"],
	},
	{
		ID: "key", Title: "Key of the topic",
		Why:  "Without its key the topic tells nobody, and nothing says so.",
		Asks: rights.Check["key"],
	},
	{
		ID: "subscribers", Title: "Subscribers",
		Why:  "Somebody who never confirmed, or left by the link in a mail, is not told. A stranger reads every alert.",
		Asks: rights.Check["subscribers"],
	},
	{
		ID: "queues", Title: "Dead letters",
		Why:  "What waits there could not be delivered: somebody may not have been told.",
		Asks: rights.Check["queues"],
	},
	{
		ID: "alarms", Title: "Alarms",
		Why:  "They tell of failed sign-ins, silent Regions and undelivered events. One without actions tells nobody.",
		Asks: rights.Check["alarms"],
	},
	{
		ID: "heartbeats", Title: "Heartbeats",
		Why:  "The hourly beat of a Region is the proof that its rules reach the hub.",
		Asks: rights.Check["heartbeats"],
	},
	{
		ID: "ledger", Title: "Ledger",
		Why:  "An investigation and the receipt of a drill rely on it.",
		Asks: rights.Check["ledger"],
	},
	{
		ID: "forwarding", Title: "Roles of the forwarding",
		Why:  "Without them no Region reaches the hub.",
		Asks: rights.Check["forwarding"],
	},
	{
		ID: "users", Title: "Users",
		Why:  "A user without a password or an MFA device can't get in; one with an access key is a way in that nobody guards.",
		Asks: rights.Check["users"],
	},
	{
		ID: "passwords", Title: "Password policy",
		Why:  "A password that expires locks its user out on the worst day.",
		Asks: rights.Check["passwords"],
	},
	{
		ID: "group", Title: "Group and guard",
		Why:  "The guard demands MFA and keeps the users' hands off the alarm; whoever is in the group has the users' rights.",
		Asks: rights.Check["group"],
	},
	{
		ID: "roles", Title: "Roles in the target accounts",
		Why:  "They let in exactly the users, with MFA, and give what the file says.",
		Asks: rights.Check["roles"],
	},
	{
		ID: "stacksets", Title: "Stack sets of the organizational units",
		Why:  "They give every account of a unit the role, those that join later too; an account that is behind, or served twice, may let nobody in.",
		Asks: rights.Check["stacksets"],
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
