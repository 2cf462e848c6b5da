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
	// Deploy says with whose rights the stacks are deployed.
	Deploy Deploy `yaml:"deploy"`
	// TerminationProtection of every stack. Without it, and only then, a destroy leaves nothing behind.
	TerminationProtection bool `yaml:"terminationProtection"`
	// Tags of every stack and of every resource that takes tags.
	Tags map[string]string `yaml:"tags"`

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

// Target is an account that the users get into, with what the role may do there: the role's defaults where the file
// says nothing else.
type Target struct {
	// Account number, 12 digits.
	Account string `yaml:"account"`
	// Name for people, shown in the console after the switch; default the account number.
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
