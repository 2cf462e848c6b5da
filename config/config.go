// Package config reads and checks breakglass.yaml, the one file that names the users, accounts, Regions and recipients of
// alerts, and fills in its defaults. It may import access, names, place,
// watch, internal/file and internal/recipient: not the plan, and not the CDK.
package config

import "time"

// Version is the only value of the file's version key that this program reads.
const Version = 1

// Config is a checked breakglass.yaml with every default filled in. The struct tags are the keys of the file; the
// comments beside the keys become the descriptions in breakglass.schema.json.
type Config struct {
	// Version of the file format.
	Version int `yaml:"version"`
	// Hub account, which holds the emergency users and the alert topics.
	Hub Hub `yaml:"hub"`
	// Regions to watch: the codes, sorted, that the file lists or that its keyword selects.
	Regions []string `yaml:"regions"`
	// Regions that are enabled but deliberately not watched.
	Unwatched []Unwatched `yaml:"unwatched"`
	// Alerts holds the recipients of alerts, and the instructions that each alert ends with.
	Alerts Alerts `yaml:"alerts"`
	// Emergency users in the hub account. Prefer one per administrator to one shared user: alerts then name the person.
	Users []User `yaml:"users"`
	// Credentials names the people to whom the users' credentials are sealed.
	Credentials Credentials `yaml:"credentials"`
	// Permissions of the emergency users in the hub account.
	UserAccess UserAccess `yaml:"userAccess"`
	// Role in the target accounts: its name, and the defaults for every target.
	Role Role `yaml:"role"`
	// Targets lists the accounts that the users can enter; defaults of Role are already filled in.
	Targets []Target `yaml:"targets"`
	// StackSets deploys the role to the organizational units among the targets.
	StackSets StackSets `yaml:"stackSets"`
	// Observers are rules in the target accounts that report changes of the role, and switches into it, to the hub.
	Observers Observers `yaml:"observers"`
	// Monitoring of the break-glass alerting itself.
	Monitoring Monitoring `yaml:"monitoring"`
	// Ledger records every event that the rules match.
	Ledger Ledger `yaml:"ledger"`
	// Trail that delivers CloudTrail's events. Without one, no alert is ever sent.
	Trail Trail `yaml:"trail"`
	// AWS User Notifications: a second notification channel that does not depend on the alert topics.
	UserNotifications UserNotifications `yaml:"userNotifications"`
	// Chat channel that also receives every alert, through Amazon Q Developer in chat applications.
	Chat Chat `yaml:"chat"`
	// Card says whom to call in an emergency, and who keeps what, for the paper of breakglass card and breakglass runbook.
	Card Card `yaml:"card"`
	// Credentials that the stacks are deployed with.
	Deploy Deploy `yaml:"deploy"`
	// Pipeline that deploys everything from a repository, wave by wave.
	Pipeline Pipeline `yaml:"pipeline"`
	// Termination protection of every stack. Set to false before destroying the deployment: only then is everything removed.
	TerminationProtection bool `yaml:"terminationProtection"`
	// Tags for every stack and every resource that supports tags.
	Tags map[string]string `yaml:"tags"`

	// Units holds the targets that name an organizational unit instead of an account. The file lists them under targets.
	Units []Target `yaml:"-"`

	file     string         // see Problem
	lines    map[string]int // see Line
	warnings Problems       // see Warnings
	sum      string         // see SHA256
}

// Hub is the account of the emergency users, and the Regions of the alert topics.
type Hub struct {
	// Account number of the hub account: 12 digits in quotation marks.
	Account string `yaml:"account"`
	// Region of the hub stack and its alert topic.
	Region string `yaml:"region"`
	// Standby is a second alert Region with a topic of its own. Empty: none.
	Standby string `yaml:"standby"`
}

// Unwatched is a Region that is deliberately not watched, with the reason.
type Unwatched struct {
	Region string `yaml:"region"`
	Reason string `yaml:"reason"`
}

// Alerts lists the subscribers of the alert topics.
type Alerts struct {
	// Email addresses. Each recipient must confirm the subscription within 48 hours.
	Email []string `yaml:"email"`
	// HTTPS endpoints of incident management tools.
	HTTPS []string `yaml:"https"`
	// Phone numbers for SMS in E.164 format, in quotation marks.
	SMS []string `yaml:"sms"`
	// ARNs of standard SQS queues that receive each alert as JSON.
	SQS []string `yaml:"sqs"`
	// Instructions at the end of every alert: what its reader must do.
	Instructions string `yaml:"instructions"`
}

// User is an emergency user in the hub account.
type User struct {
	Name string `yaml:"name"`
	// sealed: the user may have an access key that breakglass credentials key made, as a way in without the console. Default: none, and
	// check reports any access key.
	AccessKey AccessKey `yaml:"accessKey"`
}

// AccessKey says which access key a user may have.
type AccessKey string

// AccessKeySealed is the value of accessKey for a key that is sealed to the holders of the password.
const AccessKeySealed AccessKey = "sealed"

// Credentials names the people to whom the credentials are sealed. No recipient is on both lists: opening a user's access takes one
// holder of each. Default: none.
type Credentials struct {
	// Recipients of age who hold the passwords, and the access keys. Each of them opens a sealed file alone.
	PasswordHolders []string `yaml:"passwordHolders"`
	// Recipients of age who hold the MFA seeds, none of them among passwordHolders.
	MFAHolders []string `yaml:"mfaHolders"`
	// Age, in days, from which credentials are due to be replaced.
	RotateEvery time.Duration `yaml:"rotateEvery"`
}

// On reports whether the file names people to whom credentials are sealed.
func (c Credentials) On() bool { return len(c.PasswordHolders) > 0 && len(c.MFAHolders) > 0 }

// UserAccess holds the permissions of the users' group in the hub account.
type UserAccess struct {
	// ManagedPolicies by name, path/name or ARN.
	ManagedPolicies []string `yaml:"managedPolicies"`
}

// Role is the name of the role in every target account, and the defaults for every target.
type Role struct {
	Name string `yaml:"name"`
	// ManagedPolicies by name, path/name or ARN.
	ManagedPolicies []string `yaml:"managedPolicies"`
	// InlinePolicy is a policy document. Empty: none.
	InlinePolicy map[string]any `yaml:"inlinePolicy"`
	// PermissionsBoundary is an ARN, or the name of a customer managed policy in the target account. Empty: none.
	PermissionsBoundary string `yaml:"permissionsBoundary"`
	// SessionDuration from 1h to 12h.
	SessionDuration time.Duration `yaml:"sessionDuration"`
	// Require that a session in the role has the name of its user, so that every record in a target account names the person. The
	// console and breakglass enter choose that name; with the AWS CLI, set role_session_name or --role-session-name.
	RequireSessionName bool `yaml:"requireSessionName"`
}

// Target is an account that the users can enter, or an organizational unit with all its accounts, with the permissions of
// the role there: those of Role, except for the keys that the file sets for the target.
type Target struct {
	// Account number: 12 digits in quotation marks. Empty for a unit.
	Account string `yaml:"account"`
	// OrganizationalUnit is the ID of an organizational unit or of the organization's root. Empty for an account.
	OrganizationalUnit string `yaml:"organizationalUnit"`
	// Display name in the console after switching the role. Default: the account number or the unit's ID.
	Name string `yaml:"name"`
	// Region of the role's stack; the role itself is global. Default: the hub Region.
	Region string `yaml:"region"`
	// ManagedPolicies by name, path/name or ARN. They replace those of role.
	ManagedPolicies []string `yaml:"managedPolicies"`
	// InlinePolicy replaces that of role. Empty: none.
	InlinePolicy map[string]any `yaml:"inlinePolicy"`
	// PermissionsBoundary replaces that of role. Empty: none.
	PermissionsBoundary string `yaml:"permissionsBoundary"`
	// SessionDuration replaces that of role.
	SessionDuration time.Duration `yaml:"sessionDuration"`
}

// Monitoring switches the parts that watch the alerting itself. Each is on by default, except for canary.
type Monitoring struct {
	// Every Region sends an hourly heartbeat through every rule. An alarm notifies when heartbeats are missing.
	Heartbeats bool `yaml:"heartbeats"`
	// Every Region makes the two harmless calls of breakglass drill --recorded each hour. An alarm notifies when CloudTrail's records
	// of them are missing. Off by default: it has not run on AWS yet. Turn it on once the drill has passed.
	Canary bool `yaml:"canary"`
	// Alert on changes to the rules, topics, keys, trail, alarms, queues, ledger, roles and stacks.
	Tampering bool `yaml:"tampering"`
	// Alert on messages in a dead-letter queue and on failed deliveries to subscribers.
	DeliveryFailures bool `yaml:"deliveryFailures"`
	// Alert when a Region is enabled that is not watched.
	NewRegions bool `yaml:"newRegions"`
	// Deploy a CloudWatch dashboard, and saved queries for investigations.
	Dashboard bool `yaml:"dashboard"`
	// Heartbeat monitor outside AWS, which notifies people when it no longer hears from the hub. Default: none.
	DeadMansSwitch DeadMansSwitch `yaml:"deadMansSwitch"`
}

// DeadMansSwitch is a heartbeat monitor outside AWS, such as Healthchecks.io, Better Stack or Opsgenie.
type DeadMansSwitch struct {
	// Address that expects a POST request each hour. Let the monitor notify people after three hours without one. Whoever knows the
	// address can send such requests: keep it out of a public repository.
	URL string `yaml:"url"`
}

// On reports whether the file has a heartbeat monitor.
func (d DeadMansSwitch) On() bool { return d != DeadMansSwitch{} }

// Ledger is the log group in each hub that records every event that the rules match.
type Ledger struct {
	// Retention of the records in days, one of the values that CloudWatch Logs accepts. 3653 days are ten years.
	RetentionDays int `yaml:"retentionDays"`
}

// Trail says which CloudTrail trail delivers the events.
type Trail string

// The values of trail.
const (
	// TrailExisting relies on a multi-Region trail of the hub account or its organization.
	TrailExisting Trail = "existing"
	// TrailCreate deploys a trail in the hub account.
	TrailCreate Trail = "create"
)

// UserNotifications lists the recipients of AWS User Notifications. Default: none.
type UserNotifications struct {
	// Email addresses for AWS User Notifications. Each recipient must activate the address from the email that AWS sends.
	Email []string `yaml:"email"`
}

// Chat holds the channels to which Amazon Q Developer posts the alerts. Default: none. Authorize the workspace or team in
// the console of Amazon Q Developer in chat applications first.
type Chat struct {
	// Slack channel for alerts.
	Slack Slack `yaml:"slack"`
	// Microsoft Teams channel for alerts.
	Teams Teams `yaml:"teams"`
}

// On reports whether the file has a chat channel.
func (c Chat) On() bool { return c != Chat{} }

// Slack is a channel in Slack.
type Slack struct {
	// ID of the Slack workspace.
	Workspace string `yaml:"workspace"`
	// ID of the Slack channel.
	Channel string `yaml:"channel"`
}

// Teams is a channel in Microsoft Teams.
type Teams struct {
	// ID of the Microsoft tenant, a UUID.
	Tenant string `yaml:"tenant"`
	// ID of the team, a UUID.
	Team string `yaml:"team"`
	// ID of the channel, copied from the channel's link.
	Channel string `yaml:"channel"`
}

// Card holds what the cards and the runbook cannot know otherwise. Default: lines to fill in by hand.
type Card struct {
	// Whom an emergency user calls before signing in, in the order to try: names with phone numbers.
	CallFirst []string `yaml:"callFirst"`
	// Who keeps the passwords of the users, or where: names or places, never a password.
	PasswordKeptBy []string `yaml:"passwordKeptBy"`
	// Who keeps the MFA devices of the users, or where: other people than for the passwords.
	MFAKeptBy []string `yaml:"mfaKeptBy"`
	// Where the program breakglass is kept, for a day without this repository: a share, a medium, an address. It is one file.
	ProgramKeptAt []string `yaml:"programKeptAt"`
}

// StackSets configures the service-managed stack sets, one for each organizational unit, which also deploy to accounts that
// join the unit later.
type StackSets struct {
	// Management account of the organization, to create the stack sets there. Without it, they are created in the hub
	// account, which must be a delegated administrator for StackSets.
	ManagementAccount string `yaml:"managementAccount"`
	// Region of the stack in each account; the role itself is global. Default: the hub Region.
	Region string `yaml:"region"`
	// true: an account keeps the role when it leaves the unit. false: it loses the role, even if it moves to another unit.
	// Required with organizational units: there is no safe default.
	RetainOnAccountRemoval bool `yaml:"retainOnAccountRemoval"`
}

// Observers configures the rules in the target accounts. Default: none.
type Observers struct {
	// Regions in which each target account has rules. IAM's events appear in us-east-1, a role switch in the Region of the
	// sign-in address.
	Regions []string `yaml:"regions"`
	// ID of the organization whose accounts may send events to the hub. Without it, only the listed accounts may.
	Organization string `yaml:"organization"`
	// Activity also carries what the role's sessions do in those Regions to the hubs' ledgers; nobody is alerted.
	Activity bool `yaml:"activity"`
}

// Pipeline configures CDK Pipelines in the hub account. Default: none.
type Pipeline struct {
	// Source of the project: exactly one of the three keys.
	Source Source `yaml:"source"`
	// Require an approval before the pipeline changes itself and the hub account.
	Approval bool `yaml:"approval"`
	// Waves of targets, deployed in order after the hub account. Without any: one wave with an approval.
	Waves []Wave `yaml:"waves"`
}

// Source is a repository or a bucket.
type Source struct {
	// CodeConnections reads from GitHub, GitLab, Bitbucket and similar services.
	CodeConnections CodeConnections `yaml:"codeConnections"`
	// CodeCommit reads from a CodeCommit repository in the hub account.
	CodeCommit CodeCommit `yaml:"codeCommit"`
	// S3 reads a zip file from a versioned bucket in the hub account.
	S3 S3Source `yaml:"s3"`
}

// CodeConnections is a repository behind a connection. Create the connection in the console first.
type CodeConnections struct {
	// Repository as OWNER/NAME.
	Repository string `yaml:"repository"`
	Branch     string `yaml:"branch"`
	// ARN of the connection.
	Connection string `yaml:"connection"`
}

// CodeCommit is a repository in the hub account and the hub Region.
type CodeCommit struct {
	Repository string `yaml:"repository"`
	Branch     string `yaml:"branch"`
}

// S3Source is a zip file of the project in a bucket.
type S3Source struct {
	Bucket string `yaml:"bucket"`
	Key    string `yaml:"key"`
}

// Wave is a group of targets that are deployed in parallel.
type Wave struct {
	Name string `yaml:"name"`
	// Account numbers in quotation marks, and organizational units. Without any: all targets that no other wave lists.
	Targets []string `yaml:"targets"`
	// Require an approval before the wave.
	Approval bool `yaml:"approval"`
}

// Access says which credentials the CDK deploys a stack with.
type Access string

// The values of deploy.access.
const (
	// AccessCredentials deploys with the caller's own credentials: no role, no bootstrap, one account at a time.
	AccessCredentials Access = "credentials"
	// AccessOrganization deploys every stack through Deploy.AccessRole in its account, from the management account, without bootstrap.
	AccessOrganization Access = "organization"
	// AccessBootstrap deploys through the roles that cdk bootstrap creates in every account and Region.
	AccessBootstrap Access = "bootstrap"
)

// Deploy configures the credentials for deployments.
type Deploy struct {
	Access Access `yaml:"access"`
	// Role that access: organization assumes in each account.
	AccessRole string `yaml:"accessRole"`
}
