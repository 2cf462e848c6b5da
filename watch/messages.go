package watch

// onIAM are the facts of a change in IAM: whatever it was made on.
var onIAM = []Fact{
	{"User", "<onUser>"}, {"New name", "<newUserName>"}, {"Group", "<onGroup>"}, {"Role", "<onRole>"}, {"Policy", "<policy>"}, {"MFA device", "<device>"},
	{"Access key", "<accessKey>"}, {"Status", "<status>"}, {"On", "<onOther>"},
}

// wasRefused is a call that AWS did not carry out.
var wasRefused = Condition{Path: "detail.errorCode"}

// fix comes before the instructions of a message that is about the alarm.
const fix = "Find out who made this change and why. If nobody announced it, undo it (npx cdk deploy --all --revert-drift) and act as for a break-in: "

var messages = map[string][]Message{
	"sign-in": {{
		Subject: "<user> signed in", After: "<withMFA>",
		What: "The emergency user <user> signed in to the AWS console.",
	}},
	"switch-role": {
		{
			When:    Condition{Path: "detail.additionalEventData.SwitchFrom", In: func(s Scope) []string { return s.UserARNs }},
			Subject: "<switcher> switched into <account>",
			What:    "The emergency user <switcher> switched into the account <account> in the AWS console.",
			Facts:   []Fact{{"From", "<switchFrom>"}, {"Role", "<arn>"}},
		},
		{
			Subject: "<user> switched to a role",
			What:    "The emergency user <user> switched to a role in the AWS console.",
			Facts:   []Fact{{"Role", "<switchTo>"}},
		},
	},
	"assume-role": {
		{
			When: wasRefused, Subject: "<user> was REFUSED <call>",
			What:  "AWS refused a call of the emergency user <user> for temporary credentials.",
			Facts: []Fact{{"Call", "<call>"}, {"Role", "<role>"}, {"Reason", "<reason>"}},
			Note:  "AWS may leave out what a refused call asked for; the record in CloudTrail has all that is known.",
		},
		{
			Subject: "<user> called <call>",
			What:    "The emergency user <user> got temporary credentials, which is the way into another account.",
			Facts:   []Fact{{"Call", "<call>"}, {"Role", "<role>"}, {"Session", "<session>"}, {"MFA device", "<device>"}},
		},
	},
	"iam-change": {
		{
			When: wasRefused, Subject: "<user> was REFUSED <call>",
			What:  "AWS refused an IAM change that the emergency user <user> tried to make.",
			Facts: append([]Fact{{"Call", "<call>"}, {"Reason", "<reason>"}}, onIAM...),
		},
		{
			Subject: "<call> by <user>",
			What:    "<user> made an IAM change, as an emergency user or on an emergency user or their group.",
			Facts:   append([]Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}, onIAM...),
		},
	},
	"root-sign-in": {{
		Subject: "root signed in to the hub account", After: "<withMFA>",
		What: "The root user of the hub account signed in to the AWS console.",
	}},
	"rule-change":   {alarmChanged("a rule or schedule of the alarm, or who may put events on the bus", Fact{"Rule or schedule", "<rule>"}, Fact{"Event bus", "<bus>"}, Fact{"Statement", "<permission>"})},
	"queue-change":  {alarmChanged("a dead-letter queue of the alarm", Fact{"Queue", "<queue>"})},
	"alarm-change":  {alarmChanged("an alarm", Fact{"Alarm", "<onAlarm>"})},
	"trail-change":  {alarmChanged("CloudTrail, without which nothing is seen", Fact{"Trail", "<trail>"})},
	"role-change":   {alarmChanged("a role or policy of the alarm", onIAM...)},
	"topic-change":  {alarmChanged("the alert topic or its subscriptions", Fact{"Topic", "<topic>"}, Fact{"Subscription", "<subscription>"}, Fact{"Endpoint", "<endpoint>"})},
	"key-change":    {alarmChanged("the key of the alert topic", Fact{"Key", "<key>"})},
	"ledger-change": {alarmChanged("the ledger or who may write to it", Fact{"Log group", "<logGroup>"}, Fact{"Policy", "<logPolicy>"})},
	"undelivered": {{
		Subject: "an alert was NOT DELIVERED",
		What:    "Events wait in a dead-letter queue, or the topic could not reach a subscriber: someone may not have been notified.",
		Facts:   []Fact{{"Alarm", "<alarm>"}},
		First:   "Read the messages of the queue (aws sqs list-queues --queue-name-prefix BreakGlass --region <region>), fix the cause, then purge the queue: until it is empty, the alarm does not notify again. If this was done on purpose: ",
	}},
	"new-region": {{
		Subject: "Region <newRegion> is on and NOT WATCHED",
		What:    "Somebody enabled the Region <newRegion>, which breakglass.yaml does not watch. A sign-in there would go unseen.",
		First:   "Add <newRegion> to regions in breakglass.yaml (breakglass regions --write does), or to unwatched with the reason, then run breakglass deploy. If nobody announced it: ",
	}},
}

// alarmChanged returns the message about a change to the alerting itself.
func alarmChanged(what string, on ...Fact) Message {
	return Message{
		Subject: "<call> by <user>: alarm changed",
		What:    "<user> changed " + what + ".",
		Facts:   append([]Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}, on...),
		First:   fix,
	}
}

// Messages returns what people read about the entry's records; none for an entry that alarms count.
func (e Entry) Messages() []Message { return messages[e.ID] }

// Severity of the entry's messages.
func (e Entry) Severity() Severity {
	if e.Part == Access {
		return Critical
	}
	return High
}
