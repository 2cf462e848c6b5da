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
	// Ledger is the log group with everything that a hub has seen. EventBridge delivers to names below /aws/events.
	Ledger = "/aws/events/breakglass-ledger"
	// LedgerPolicy lets EventBridge write into Ledger; a Region holds at most 10 such policies.
	LedgerPolicy = "breakglass-ledger"
)

// Prefixes of rule names. A rule is named after the catalogue entry behind its prefix.
const (
	// Capture rules catch an event where it happens or arrives.
	Capture = "capture-"
	// Forward rules carry a hub Region's own events to the other hub.
	Forward = "forward-"
	// Record rules write into the ledger only.
	Record = "record-"
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
)

// Outputs of the stacks.
const (
	TopicArnOutput  = "TopicArn"
	UserNamesOutput = "UserNames"
	// LinksOutput is followed by a number from 1: a template has at most 200 outputs, so each carries many addresses.
	LinksOutput = "SwitchRoleUrls"
)
