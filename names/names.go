// Package names holds every name that a person, an audit query or another stack relies on. It imports nothing. Names of the
// published reference solution are kept, so that an existing runbook, SCP or query still fits.
package names

// Names in the hub account. IAM names are global; the others exist in each Region with such a resource.
const (
	// Group holds the users, which get permissions through it and never directly (CIS AWS Foundations 1.14, Security Hub IAM.2).
	Group = "BreakglassUsers"
	// AssumePolicy lets the users assume the role in any account.
	AssumePolicy = "BreakGlassAssumeRole"
	// GuardPolicy denies the users everything without MFA, and changes to themselves and the alerting.
	GuardPolicy = "BreakGlassGuard"
	// Topic delivers alerts to people and tools.
	Topic = "breakglassuser-console-logins"
	// TopicDisplayName is the sender's name in an email; an SMS shows its first 10 characters.
	TopicDisplayName = "BreakGlass"
	// KeyAlias of the topic's key.
	KeyAlias = "alias/breakglassSNS"
	// Prefix begins the names of the roles and policies that carry events and alerts.
	Prefix = "breakglass-"
	// ForwardRole lets EventBridge put events on the hubs' buses.
	ForwardRole = "breakglass-event-bus-role"
	// ForwardPolicy holds the permissions of ForwardRole.
	ForwardPolicy = "breakglass-event-bus-policy"
	// ObserverRole lets the observers in a target account put events on the hubs' buses; each account has one.
	ObserverRole = "breakglass-observer-role"
	// ObserverPolicy holds the permissions of ObserverRole.
	ObserverPolicy = "breakglass-observer-policy"
	// HubBusStatement is the statement in the policy of a hub's bus that admits ObserverRole.
	HubBusStatement = "breakglass-observers"
	// Ledger is the log group that records every event of a hub's rules. EventBridge delivers to names below /aws/events.
	Ledger = "/aws/events/breakglass-ledger"
	// LedgerPolicy lets EventBridge write to Ledger and Heartbeats; a Region holds at most 10 such policies.
	LedgerPolicy = "breakglass-ledger"
	// Heartbeats is the log group of the hourly heartbeats, apart from the ledger: there are many, and nobody needs old ones.
	Heartbeats = "/aws/events/breakglass-heartbeats"
	// HeartbeatRole lets the schedules of every Region put a heartbeat on that Region's bus.
	HeartbeatRole = "breakglass-heartbeat-role"
	// HeartbeatPolicy holds the permissions of HeartbeatRole.
	HeartbeatPolicy = "breakglass-heartbeat-policy"
	// Heartbeat is a Region's schedule, and begins the names of the hub's alarms on it: breakglass-heartbeat-eu-west-1.
	Heartbeat = "breakglass-heartbeat"
	// CanaryRead and CanaryWrite are a Region's schedules that make the canary's calls.
	CanaryRead  = "breakglass-canary-read"
	CanaryWrite = "breakglass-canary-write"
	// Recorded ends the names of the rules for CloudTrail's records of a drill's calls.
	Recorded = "breakglass-recorded"
	// SilentAlarm begins the names of the alarms on all heartbeats of a part of the world.
	SilentAlarm = "breakglass-silent-"
	// DeadLettersAlarm begins the names of the alarms on dead-letter queues; the kind of the queue's stack follows.
	DeadLettersAlarm = "breakglass-dead-letters-"
	// Composer is a hub's state machine, which composes the alerts that people read and publishes them.
	Composer = "breakglass-composer"
	// ComposerRole is the role of the composers, the only one that publishes to a topic.
	ComposerRole = "breakglass-composer-role"
	// ComposerPolicy holds the permissions of ComposerRole.
	ComposerPolicy = "breakglass-composer-policy"
	// ComposerStartRole lets the rules start the composers.
	ComposerStartRole = "breakglass-composer-start-role"
	// ComposerStartPolicy holds the permissions of ComposerStartRole.
	ComposerStartPolicy = "breakglass-composer-start-policy"
	// ComposerThrottledAlarm is the alarm on a composer that Step Functions slows down.
	ComposerThrottledAlarm = "breakglass-composer-throttled"
	// DrillQueue begins the names of the queues that drills subscribe to the alert topic.
	DrillQueue = "breakglass-drill-"
	// AlertsTable is the composer's memory: the events that it sent, and how many alerts a minute.
	AlertsTable = "breakglass-alerts"
	// DeadMansSwitch is the API destination that posts the hourly heartbeat of the hub to a monitor outside AWS.
	DeadMansSwitch = "breakglass-dead-mans-switch"
	// DeadMansSwitchRole lets EventBridge post it.
	DeadMansSwitchRole = "breakglass-switch-role"
	// DeadMansSwitchPolicy holds the permissions of DeadMansSwitchRole.
	DeadMansSwitchPolicy = "breakglass-switch-policy"
	// BeatTopic takes the hourly heartbeats of a hub's composer. It has the key and the policy of Topic, and no subscribers.
	BeatTopic = "breakglass-heartbeats"
	// Alive begins the names of the alarms on a hub's rules that no longer carry a heartbeat to its topic.
	Alive = "breakglass-alive"
	// UndeliveredAlarm begins the names of the alarms on a topic that could not reach a subscriber.
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
	// ExecutionPolicy is what CloudFormation may do in a target account that trusts the hub account to deploy there.
	ExecutionPolicy = "breakglass-execution"
	// ChatRole is the role that Amazon Q Developer assumes in the channel; it has no permissions.
	ChatRole = "breakglass-chat-role"
)

// Roles returns the names of the roles that the stacks create in the hub account and the target accounts, except for the one that
// breakglass.yaml names.
func Roles() []string {
	return []string{ForwardRole, ObserverRole, ComposerRole, ComposerStartRole, HeartbeatRole, DeadMansSwitchRole, ChatRole}
}

// Schedules returns the names of all schedules that a Region can have.
func Schedules() []string { return []string{Heartbeat, CanaryRead, CanaryWrite} }

// Prefixes of rule names. A rule is named after the catalogue entry behind its prefix.
const (
	// Capture rules catch an event where it happens or arrives.
	Capture = "capture-"
	// Forward rules forward a hub Region's own events to the other hub.
	Forward = "forward-"
	// Observe rules forward events of a target account to the hubs.
	Observe = "observe-"
	// Record rules write to the ledger only.
	Record = "record-"
	// Chat rules send alerts to a chat channel.
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
	// IntegrityStack watches the alerting itself: tampering, failed deliveries, Regions that are not watched. One per hub.
	IntegrityStack = "BreakGlass-Integrity-"
	// HeartbeatsStack has the alarms on missing heartbeats. It is followed by a part of the world, or by "standby".
	HeartbeatsStack = "BreakGlass-Heartbeats-"
	// ComposerStack has a hub's composer and its table; it is deployed before the hub's rules, which target it.
	ComposerStack      = "BreakGlass-Composer-"
	DashboardStack     = "BreakGlass-Dashboard"
	TrailStack         = "BreakGlass-Trail"
	NotificationsStack = "BreakGlass-Notifications"
	// ChatStack sends alerts to a chat channel; one per hub.
	ChatStack = "BreakGlass-Chat-"
	// HubObservedStack alerts on the events that observers forward; followed by a hub's Region and a number.
	HubObservedStack = "BreakGlass-Observed-"
	// ObserverStack observes a Region of a target account that has no role stack; followed by the Region and the account.
	ObserverStack = "BreakGlass-Observer-"
	// StackSetStack creates the stack sets of an organizational unit, whose ID ends its name.
	StackSetStack = "BreakGlass-StackSet-"
	PipelineStack = "BreakGlass-Pipeline"
	// ArtifactsStack has the pipeline's bucket in a Region that it deploys to.
	ArtifactsStack = "BreakGlass-Pipeline-Artifacts-"
)

// Builds of the pipeline, CodeBuild projects all of them.
const (
	// SynthBuild runs the tests and synthesizes the templates.
	SynthBuild = PipelineStack + "-Synth"
	// DiffBuild compares the templates with the deployed stacks.
	DiffBuild = PipelineStack + "-Diff"
	// ReadinessBuild runs the readiness check and a drill, behind the last wave.
	ReadinessBuild = PipelineStack + "-Proof"
)

// Outputs of the stacks.
const (
	TopicArnOutput  = "TopicArn"
	UserNamesOutput = "UserNames"
	// LinksOutput is followed by a number from 1: a template has at most 200 outputs, so each carries many addresses.
	LinksOutput = "SwitchRoleUrls"
)

// HeartbeatAlarm returns the name of a hub's alarm on the heartbeats of a Region; the rule that counts them has Capture in front
// of it.
func HeartbeatAlarm(region string) string { return Heartbeat + "-" + region }

// AliveAlarm returns the name of the alarm on the rules, the composer and the topic of a hub; the rule that counts what they
// carried has Capture in front of it.
func AliveAlarm(hub string) string { return Alive + "-" + hub }
