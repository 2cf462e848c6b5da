// Package names holds every name that a person, an audit query or another stack relies on, once.
// The names of the published reference solution are kept, so that an existing runbook, SCP or query still fits.
package names

// Names in the hub account. IAM names are global; the others exist in each Region that has such a thing.
const (
	// Group holds the users: rights reach them through it and never directly (CIS AWS Foundations 1.14, Security Hub IAM.2).
	Group = "BreakglassUsers"
	// AssumePolicy lets the users assume the role in any account.
	AssumePolicy = "BreakGlassAssumeRole"
	// GuardPolicy denies the users everything without MFA, and hands off themselves and the alarm.
	GuardPolicy = "BreakGlassGuard"
	// Topic tells people.
	Topic = "breakglassuser-console-logins"
	// TopicDisplayName is the sender's name in a mail; an SMS shows its first 10 characters.
	TopicDisplayName = "BreakGlass"
	// KeyAlias of the topic's key.
	KeyAlias = "alias/breakglassSNS"
	// ForwardRole lets EventBridge put events on the hubs' buses.
	ForwardRole = "breakglass-event-bus-role"
	// ForwardPolicy is what ForwardRole may do.
	ForwardPolicy = "breakglass-event-bus-policy"
	// ObserverRole lets the observers in a target account put events on the hubs' buses; each account has one.
	ObserverRole = "breakglass-observer-role"
	// ObserverPolicy is what ObserverRole may do.
	ObserverPolicy = "breakglass-observer-policy"
	// ObserversStatement is the statement on a hub's bus that lets ObserverRole in.
	ObserversStatement = "breakglass-observers"
	// Ledger is the log group with everything that a hub has seen. EventBridge delivers to names below /aws/events.
	Ledger = "/aws/events/breakglass-ledger"
	// LedgerPolicy lets EventBridge write into Ledger and Heartbeats; a Region holds at most 10 such policies.
	LedgerPolicy = "breakglass-ledger"
	// Heartbeats is the log group of the hourly beats, apart from the ledger: there are many, and nobody needs old ones.
	Heartbeats = "/aws/events/breakglass-heartbeats"
	// HeartbeatRole lets the schedules of every Region put a beat on that Region's bus.
	HeartbeatRole = "breakglass-heartbeat-role"
	// HeartbeatPolicy is what HeartbeatRole may do.
	HeartbeatPolicy = "breakglass-heartbeat-policy"
	// Heartbeat is a Region's schedule, and begins the names of the hub's alarms on it: breakglass-heartbeat-eu-west-1.
	Heartbeat = "breakglass-heartbeat"
	// SilentAlarm begins the names of the alarms on all heartbeats of a part of the world.
	SilentAlarm = "breakglass-silent-"
	// DeadLettersAlarm begins the names of the alarms on dead-letter queues; the kind of the queue's stack follows.
	DeadLettersAlarm = "breakglass-dead-letters-"
	// UndeliveredAlarm rings when the topic could not reach a subscriber.
	UndeliveredAlarm = "breakglass-undelivered"
	// Dashboard in CloudWatch; dashboards are global.
	Dashboard = "BreakGlass"
	// Queries begins the names of the saved queries.
	Queries = "Break glass/"
	// Trail in CloudTrail, where the file asks for one.
	Trail = "breakglass-trail"
	// Notifications is the configuration in AWS User Notifications.
	Notifications = "breakglass"
	// ChatTopic carries alerts to a chat channel, in the form that Amazon Q Developer wants.
	ChatTopic = "breakglass-chat"
	// PipelineBucket begins the names of the pipeline's buckets; the account and the Region follow, since such names are global.
	PipelineBucket = "breakglass-pipeline-"
	// PipelineKeyAlias of the pipeline's keys, one a Region at most.
	PipelineKeyAlias = "alias/breakglass-pipeline"
	// ChatRole is what Amazon Q Developer acts as in the channel; it may do nothing.
	ChatRole = "breakglass-chat-role"
)

// Prefixes of rule names. A rule is named after the catalogue entry behind its prefix.
const (
	// Capture rules catch an event where it happens or arrives.
	Capture = "capture-"
	// Forward rules carry a hub Region's own events to the other hub.
	Forward = "forward-"
	// Observe rules carry what happens in a target account to the hubs.
	Observe = "observe-"
	// Record rules write into the ledger only.
	Record = "record-"
	// Chat rules tell a chat channel.
	Chat = "chat-"
)

// StandbySuffix ends the rule names of a standby, so that they don't collide with those of a forwarder that was in the
// same Region before: the standby is deployed first, the old forwarder removed afterwards, and nothing is unwatched
// in between.
const StandbySuffix = "-standby"

// Names of the stacks; a name that ends in a hyphen is followed by the Region or the account.
const (
	HubStack       = "BreakGlass-Hub"
	StandbyStack   = "BreakGlass-Standby"
	ForwarderStack = "BreakGlass-Forwarder-"
	RoleStack      = "BreakGlass-Role-"
	// LinksStack holds the switch-role addresses that don't fit into the hub's template.
	LinksStack = "BreakGlass-Links-"
	// IntegrityStack watches the alarm itself: tampering, undelivered events, Regions that nobody watches. One a hub.
	IntegrityStack = "BreakGlass-Integrity-"
	// HeartbeatsStack notices a Region that has gone silent. It is followed by a part of the world, or by "standby".
	HeartbeatsStack    = "BreakGlass-Heartbeats-"
	DashboardStack     = "BreakGlass-Dashboard"
	TrailStack         = "BreakGlass-Trail"
	NotificationsStack = "BreakGlass-Notifications"
	// ChatStack tells a chat channel; one a hub.
	ChatStack = "BreakGlass-Chat-"
	// ObservedStack tells of what the observers see; followed by a hub's Region and a number.
	ObservedStack = "BreakGlass-Observed-"
	// ObserverStack observes a Region of a target account that has no role stack; followed by the Region and the account.
	ObserverStack = "BreakGlass-Observer-"
	// StackSetStack makes the stack sets of an organizational unit, which ends its name.
	StackSetStack = "BreakGlass-StackSet-"
	PipelineStack = "BreakGlass-Pipeline"
	// ArtifactsStack has the pipeline's bucket in a Region that it deploys into.
	ArtifactsStack = "BreakGlass-Pipeline-Artifacts-"
)

// Builds of the pipeline, CodeBuild projects all of them. The CDK names the one with which the pipeline deploys itself.
const (
	// SynthBuild runs the tests and makes the templates.
	SynthBuild = PipelineStack + "-Synth"
	// DiffBuild compares the templates with what is deployed.
	DiffBuild = PipelineStack + "-Diff"
	// UpdateBuild deploys the pipeline's own change.
	UpdateBuild = PipelineStack + "-selfupdate"
	// ReadinessBuild runs the readiness check and a drill.
	ReadinessBuild = PipelineStack + "-Readiness"
)

// Outputs of the stacks.
const (
	TopicArnOutput  = "TopicArn"
	UserNamesOutput = "UserNames"
	// LinksOutput is followed by a number from 1: a template has at most 200 outputs, so each carries many addresses.
	LinksOutput = "SwitchRoleUrls"
)

// HeartbeatAlarm is the name of a hub's alarm on the heartbeats of a Region; the rule that counts them has it behind
// Capture.
func HeartbeatAlarm(region string) string { return Heartbeat + "-" + region }
