package watch

// OnIAM are the facts of a change in IAM: whatever it was made on.
var OnIAM = []Fact{
	{"User", "<onUser>"}, {"New name", "<newUserName>"}, {"Group", "<onGroup>"}, {"New name of the group", "<newGroupName>"}, {"Role", "<onRole>"},
	{"Policy", "<policy>"}, {"Name of the policy", "<policyName>"}, {"Permissions boundary", "<boundary>"}, {"MFA device", "<device>"},
	{"Access key", "<accessKey>"}, {"Status", "<status>"}, {"Delegation request", "<delegation>"}, {"On", "<onOther>"},
}

// OfCall are the facts of most changes: the call, and who made it.
var OfCall = []Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}

// calledFor are the facts of a call for temporary credentials or a token.
var calledFor = []Fact{
	{"Role", "<role>"}, {"Session", "<session>"}, {"Member account", "<member>"}, {"Federated user", "<federated>"}, {"Audience", "<audience>"},
	{"MFA device", "<device>"},
}

// wasRefused is a call that AWS did not carry out.
var wasRefused = Condition{Path: "detail.errorCode"}

// fix comes before the response to a change of the alerting.
const fix = "Find out who made this change, and why."

// alertingChanged returns the message about a change to the alerting itself.
func alertingChanged(what string, on ...Fact) Message {
	return Message{
		Subject: "<call> by <user>: alerting changed",
		What:    "<user> changed " + what + ".",
		Facts:   append([]Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}, on...),
		First:   fix,
	}
}

// onTopic are the facts of a change to a topic.
var onTopic = []Fact{
	{"Topic", "<topic>"}, {"Subscription", "<subscription>"}, {"Protocol", "<protocol>"}, {"Endpoint", "<endpoint>"}, {"Attribute", "<attribute>"},
	{"Monthly SMS limit in USD", "<smsLimit>"},
}

// QueueOfDrill is the message about the queue that a drill subscribes to the alert topic, and about the end of that
// subscription, in place of the message of TopicChange. It names the drill, and yet does not begin like the message of one, and it
// says how to tell: the name alone proves nothing.
var QueueOfDrill = Message{
	Subject: "<call> by <user>: queue of a DRILL",
	What: "A DRILL subscribes a queue of its own to the alert topic, to see what people receive, and unsubscribes it within minutes: <user> called <call> for a queue " +
		"with the name of one.",
	Facts: append([]Fact{{"Call", "<call>"}, {"Identity", "<arn>"}}, onTopic...),
	First: "If a drill was announced: see that an Unsubscribe follows within the hour; there is nothing else to do. If none was, or none follows, somebody " +
		"reads the alerts: breakglass check names the queue. Find out who made the call, and treat it as an attack.",
	OnlyFirst: true,
}

// Severity of the entry's messages.
func (e Entry) Severity() Severity {
	if e.Part == Access {
		return Critical
	}
	return High
}
