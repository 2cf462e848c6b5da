// Package config reads breakglass.yaml: the one file that says which users, which accounts and which Regions there are
// and whom to tell. A Config that Load returned is whole and checked: every default is filled in, every Region exists,
// every limit that AWS would refuse later has been checked. Nothing here knows the CDK.
package config

import "time"

// Version is the only value of the file's version key that this program reads.
const Version = 1

// Config is a checked breakglass.yaml with every default filled in. The struct tags are the keys of the file; the
// comments beside the keys become the descriptions in breakglass.schema.json.
type Config struct {
	// Version of the file's format.
	Version int `yaml:"version"`
	// Hub is where the users and the alert topic live.
	Hub Hub `yaml:"hub"`
	// Regions is what the file's regions key stands for, as a sorted list of Region codes: each of them is watched.
	Regions []string `yaml:"regions"`
	// Unwatched lists the Regions that are enabled on purpose and not watched on purpose.
	Unwatched []Unwatched `yaml:"unwatched"`
	// Alerts says whom to tell, and what to tell them to do.
	Alerts Alerts `yaml:"alerts"`
	// Users are the emergency users; one for each administrator is better than one for all.
	Users []User `yaml:"users"`
	// UserAccess is what the users may do in the hub account itself.
	UserAccess UserAccess `yaml:"userAccess"`
	// Role is the name of the role in the target accounts, and the defaults of every target.
	Role Role `yaml:"role"`
	// Targets are the accounts that the users get into; overrides are already merged with the defaults of Role.
	Targets []Target `yaml:"targets"`
	// StackSets is how the organizational units among the targets get their roles.
	StackSets StackSets `yaml:"stackSets"`
	// Observers are rules in the target accounts that tell the hub what happens to the role there.
	Observers Observers `yaml:"observers"`
	// Monitoring is what watches the alarm itself.
	Monitoring Monitoring `yaml:"monitoring"`
	// Ledger is the record of everything that was seen.
	Ledger Ledger `yaml:"ledger"`
	// Trail says where CloudTrail's records come from, without which nothing is seen.
	Trail Trail `yaml:"trail"`
	// UserNotifications is a second way to people that shares nothing with the topic: AWS User Notifications.
	UserNotifications UserNotifications `yaml:"userNotifications"`
	// Chat is a chat channel that gets every alert too, through Amazon Q Developer in chat applications.
	Chat Chat `yaml:"chat"`
	// Deploy says with whose rights the stacks are deployed.
	Deploy Deploy `yaml:"deploy"`
	// Pipeline deploys everything from a repository, account after account.
	Pipeline Pipeline `yaml:"pipeline"`
	// TerminationProtection of every stack. Without it, and only then, a destroy leaves nothing behind.
	TerminationProtection bool `yaml:"terminationProtection"`
	// Tags of every stack and of every resource that takes tags.
	Tags map[string]string `yaml:"tags"`

	// Units are the targets that name an organizational unit instead of an account. In the file they stand among targets.
	Units []Target `yaml:"-"`

	file  string         // see Problem
	lines map[string]int // see Line
}

// Hub is the account of the users and the Regions of the alert topics.
type Hub struct {
	// Account is the number of the hub account, 12 digits.
	Account string `yaml:"account"`
	// Region of the hub stack; default us-east-1.
	Region string `yaml:"region"`
	// Standby is the second alert Region; empty means none.
	Standby string `yaml:"standby"`
}

// Unwatched is a Region that nobody watches, with the reason for the reader of the file.
type Unwatched struct {
	Region string `yaml:"region"`
	Reason string `yaml:"reason"`
}

// Alerts lists the subscribers of the topic.
type Alerts struct {
	// Email addresses; each has to confirm its subscription within 48 hours.
	Email []string `yaml:"email"`
	// HTTPS addresses of incident tools.
	HTTPS []string `yaml:"https"`
	// SMS numbers in E.164 form: +15550100123.
	SMS []string `yaml:"sms"`
	// SQS queue ARNs, for machines.
	SQS []string `yaml:"sqs"`
	// Instructions end every alert: what its reader does now.
	Instructions string `yaml:"instructions"`
}

// User is an emergency user in the hub account.
type User struct {
	Name string `yaml:"name"`
}

// UserAccess is what the users' group may do in the hub account.
type UserAccess struct {
	// ManagedPolicies by name, path/name or ARN.
	ManagedPolicies []string `yaml:"managedPolicies"`
}

// Role is the role's one name and the defaults of every target.
type Role struct {
	Name string `yaml:"name"`
	// ManagedPolicies by name, path/name or ARN.
	ManagedPolicies []string `yaml:"managedPolicies"`
	// InlinePolicy is a policy document; nil means none.
	InlinePolicy map[string]any `yaml:"inlinePolicy"`
	// PermissionsBoundary is an ARN or the name of a customer managed policy in the target account; empty means none.
	PermissionsBoundary string `yaml:"permissionsBoundary"`
	// SessionDuration is from 1h to 12h; default 1h.
	SessionDuration time.Duration `yaml:"sessionDuration"`
}

// Target is an account that the users get into, or an organizational unit with all its accounts, and what the role may do
// there: the role's defaults where the file says nothing else.
type Target struct {
	// Account number, 12 digits; empty for a unit.
	Account string `yaml:"account"`
	// OrganizationalUnit is the ID of a unit, or of the organization's root; empty for an account.
	OrganizationalUnit string `yaml:"organizationalUnit"`
	// Name for people, shown in the console after the switch; default the account number or the unit's ID.
	Name string `yaml:"name"`
	// Region of the role's stack (the role itself is global); default the hub Region.
	Region string `yaml:"region"`
	// ManagedPolicies by name, path/name or ARN, instead of the role's.
	ManagedPolicies []string `yaml:"managedPolicies"`
	// InlinePolicy instead of the role's; nil means none.
	InlinePolicy map[string]any `yaml:"inlinePolicy"`
	// PermissionsBoundary instead of the role's; an empty text in the file means none.
	PermissionsBoundary string `yaml:"permissionsBoundary"`
	// SessionDuration instead of the role's.
	SessionDuration time.Duration `yaml:"sessionDuration"`
}

// Monitoring says which parts of what watches the alarm itself are on. Each is unless the file says otherwise.
type Monitoring struct {
	// Heartbeats: every Region sends a sign of life each hour, through every rule, and an alarm notices one that is missing.
	Heartbeats bool `yaml:"heartbeats"`
	// Tampering: changes of the rules, topic, key, trail, alarms, queues, ledger, roles and stacks alert.
	Tampering bool `yaml:"tampering"`
	// DeliveryFailures: what waits in a dead-letter queue, or did not reach a subscriber, alerts.
	DeliveryFailures bool `yaml:"deliveryFailures"`
	// NewRegions: a Region that is switched on and not watched alerts.
	NewRegions bool `yaml:"newRegions"`
	// Dashboard: a CloudWatch dashboard for the wall, and saved queries for an investigation.
	Dashboard bool `yaml:"dashboard"`
}

// Ledger is the log group of each hub with everything that was seen.
type Ledger struct {
	// RetentionDays is how long a record is kept, as CloudWatch Logs counts; default 3653, ten years.
	RetentionDays int `yaml:"retentionDays"`
}

// Trail is where CloudTrail's records come from.
type Trail string

// The two forms of trail.
const (
	// TrailExisting relies on a multi-Region trail of the account or of its organization.
	TrailExisting Trail = "existing"
	// TrailCreate makes one in the hub account.
	TrailCreate Trail = "create"
)

// UserNotifications lists who is told by AWS User Notifications; nobody, unless the file says otherwise.
type UserNotifications struct {
	// Email addresses; each has to be activated by the mail that AWS sends.
	Email []string `yaml:"email"`
}

// Chat is where Amazon Q Developer posts the alerts; nowhere, unless the file says otherwise. The workspace or team is
// authorized by hand first, in its console.
type Chat struct {
	// Slack channel.
	Slack Slack `yaml:"slack"`
	// Teams channel of Microsoft Teams.
	Teams Teams `yaml:"teams"`
}

// Slack is a channel in Slack.
type Slack struct {
	// Workspace is the ID of the workspace: T0123ABCDEF.
	Workspace string `yaml:"workspace"`
	// Channel is the ID of the channel: C0123ABCDEF.
	Channel string `yaml:"channel"`
}

// Teams is a channel in Microsoft Teams.
type Teams struct {
	// Tenant is the ID of the tenant, a UUID.
	Tenant string `yaml:"tenant"`
	// Team is the ID of the team, a UUID.
	Team string `yaml:"team"`
	// Channel is the channel's ID, as it stands in its link.
	Channel string `yaml:"channel"`
}

// StackSets says how the organizational units get their roles: by a service-managed stack set each, which AWS extends to
// every account that joins the unit.
type StackSets struct {
	// ManagementAccount makes the stack sets in this account, the organization's management account. Empty: in the hub
	// account, which then has to be a delegated administrator for StackSets.
	ManagementAccount string `yaml:"managementAccount"`
	// Region of the stack in each account (the role itself is global); default the hub Region.
	Region string `yaml:"region"`
	// RetainOnAccountRemoval: an account that leaves the unit keeps its role. The file has to say, since either can hurt.
	RetainOnAccountRemoval bool `yaml:"retainOnAccountRemoval"`
}

// Observers say what of the target accounts is observed; nothing, unless the file says otherwise.
type Observers struct {
	// Regions of each target account in which rules stand. IAM's records appear in us-east-1, a role switch in the Region of
	// the sign-in's address.
	Regions []string `yaml:"regions"`
	// Organization is the ID of the organization whose accounts the hub hears. Empty: the listed accounts.
	Organization string `yaml:"organization"`
}

// Pipeline is CDK Pipelines in the hub account; there is none, unless the file says otherwise.
type Pipeline struct {
	// Source is where the project is kept: exactly one of its keys.
	Source Source `yaml:"source"`
	// Approval: somebody approves every change of the hub account before it is deployed.
	Approval bool `yaml:"approval"`
	// Waves are deployed one after another, behind the hub account.
	Waves []Wave `yaml:"waves"`
}

// Source is a repository or a bucket.
type Source struct {
	// CodeConnections reads from GitHub, GitLab, Bitbucket and the like.
	CodeConnections CodeConnections `yaml:"codeConnections"`
	// CodeCommit reads from a repository of the hub account.
	CodeCommit CodeCommit `yaml:"codeCommit"`
	// S3 reads a zip file from a bucket of the hub account that keeps versions.
	S3 S3Source `yaml:"s3"`
}

// CodeConnections is a repository behind a connection, which somebody makes in the console first.
type CodeConnections struct {
	// Repository as OWNER/NAME.
	Repository string `yaml:"repository"`
	Branch     string `yaml:"branch"`
	// Connection is the ARN of the connection.
	Connection string `yaml:"connection"`
}

// CodeCommit is a repository of the hub account, in the hub Region.
type CodeCommit struct {
	Repository string `yaml:"repository"`
	Branch     string `yaml:"branch"`
}

// S3Source is a zip file of the project in a bucket.
type S3Source struct {
	Bucket string `yaml:"bucket"`
	Key    string `yaml:"key"`
}

// Wave is some target accounts that are deployed side by side.
type Wave struct {
	Name string `yaml:"name"`
	// Targets by account number or unit; without any, all that no other wave names.
	Targets []string `yaml:"targets"`
	// Approval: somebody approves before the wave begins.
	Approval bool `yaml:"approval"`
}

// Access is with whose rights the CDK deploys a stack.
type Access string

// The three forms of deploy.access.
const (
	// AccessCredentials deploys with the caller's own credentials: no role, nothing bootstrapped, one account at a time.
	AccessCredentials Access = "credentials"
	// AccessOrganization deploys every stack through Deploy.AccessRole of its account: nothing bootstrapped, run from the management account.
	AccessOrganization Access = "organization"
	// AccessBootstrap deploys through the roles that cdk bootstrap makes in every account and Region.
	AccessBootstrap Access = "bootstrap"
)

// Deploy says how the CDK gets into the accounts.
type Deploy struct {
	Access Access `yaml:"access"`
	// AccessRole is the role that AccessOrganization assumes in each account.
	AccessRole string `yaml:"accessRole"`
}
