// Package contain ends what the emergency access can do, in an order in which the contained cannot undo it: changes of IAM take seconds
// to be seen everywhere, in which a session may still remove what denies it. So every measure is read again until all of them hold, several
// times in a row; one that was undone is reported and taken again.
package contain

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"

	"example.com/breakglass/internal/page"
)

// Kind is what a measure does.
type Kind string

// The kinds, in the order in which they are taken.
const (
	// Control attaches a service control policy, which nobody in the account can remove, to an account.
	Control Kind = "control policy"
	// User attaches AWSDenyAll to a user.
	User Kind = "deny user"
	// Role denies everything to the sessions of a role that began before now.
	Role Kind = "end sessions"
	// Key makes an access key inactive.
	Key Kind = "inactive key"
)

var order = []Kind{Control, User, Role, Key}

// Measure is one step, as data: the folder keeps it, so that release can undo it.
type Measure struct {
	Kind Kind `json:"kind,omitempty"`
	// Account is where it is taken, Name the user, the role or the account that it is about, Key the ID of a key.
	Account string `json:"account,omitempty"`
	Name    string `json:"name,omitempty"`
	Key     string `json:"key,omitempty"`
	// Was is what a user was called before somebody renamed it.
	Was string `json:"was,omitempty"`
	// UserID is the ID of a user, which it keeps under every name; empty if it is not known.
	UserID string `json:"userId,omitempty"`
	// Existed reports that a user was denied everything, or a key was not active, before: release leaves that.
	Existed bool `json:"existed,omitempty"`
}

// ID tells measures apart.
func (m Measure) ID() string {
	return strings.Join([]string{string(m.Kind), m.Account, m.Name, m.Key}, " ")
}

// Title says what a measure does. Names are those that others gave.
func (m Measure) Title() string {
	m.Name, m.Key, m.Was = page.Clean(m.Name), page.Clean(m.Key), page.Clean(m.Was)
	switch m.Kind {
	case Control:
		return "service control policy " + PolicyName + " on account " + m.Name
	case User:
		if m.Was != "" {
			return "AWSDenyAll on user " + m.Name + ", who was " + m.Was + ", in " + m.Account
		}
		return "AWSDenyAll on user " + m.Name + " in " + m.Account
	case Role:
		return "end the sessions of role " + m.Name + " in " + m.Account
	case Key:
	}
	return "access key " + m.Key + " of user " + m.Name + " in " + m.Account + " inactive"
}

// The names of what is set begin so; a hyphen and the ID of the incident follow.
const (
	PolicyName   = "BreakGlassContainment"
	revokePolicy = "AWSRevokeOlderSessions"
)

// iamAPI is the part of IAM that the measures need.
type iamAPI interface {
	ListUsers(context.Context, *iam.ListUsersInput, ...func(*iam.Options)) (*iam.ListUsersOutput, error)
	ListAttachedUserPolicies(context.Context, *iam.ListAttachedUserPoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedUserPoliciesOutput, error)
	AttachUserPolicy(context.Context, *iam.AttachUserPolicyInput, ...func(*iam.Options)) (*iam.AttachUserPolicyOutput, error)
	DetachUserPolicy(context.Context, *iam.DetachUserPolicyInput, ...func(*iam.Options)) (*iam.DetachUserPolicyOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
	GetRolePolicy(context.Context, *iam.GetRolePolicyInput, ...func(*iam.Options)) (*iam.GetRolePolicyOutput, error)
	PutRolePolicy(context.Context, *iam.PutRolePolicyInput, ...func(*iam.Options)) (*iam.PutRolePolicyOutput, error)
	DeleteRolePolicy(context.Context, *iam.DeleteRolePolicyInput, ...func(*iam.Options)) (*iam.DeleteRolePolicyOutput, error)
	ListAccessKeys(context.Context, *iam.ListAccessKeysInput, ...func(*iam.Options)) (*iam.ListAccessKeysOutput, error)
	GetAccessKeyLastUsed(context.Context, *iam.GetAccessKeyLastUsedInput, ...func(*iam.Options)) (*iam.GetAccessKeyLastUsedOutput, error)
	UpdateAccessKey(context.Context, *iam.UpdateAccessKeyInput, ...func(*iam.Options)) (*iam.UpdateAccessKeyOutput, error)
	SimulatePrincipalPolicy(context.Context, *iam.SimulatePrincipalPolicyInput, ...func(*iam.Options)) (*iam.SimulatePrincipalPolicyOutput, error)
}

// organizationsAPI is the part of Organizations that they need.
type organizationsAPI interface {
	DescribeOrganization(context.Context, *organizations.DescribeOrganizationInput, ...func(*organizations.Options)) (*organizations.DescribeOrganizationOutput, error)
	ListPolicies(context.Context, *organizations.ListPoliciesInput, ...func(*organizations.Options)) (*organizations.ListPoliciesOutput, error)
	DescribePolicy(context.Context, *organizations.DescribePolicyInput, ...func(*organizations.Options)) (*organizations.DescribePolicyOutput, error)
	CreatePolicy(context.Context, *organizations.CreatePolicyInput, ...func(*organizations.Options)) (*organizations.CreatePolicyOutput, error)
	UpdatePolicy(context.Context, *organizations.UpdatePolicyInput, ...func(*organizations.Options)) (*organizations.UpdatePolicyOutput, error)
	DeletePolicy(context.Context, *organizations.DeletePolicyInput, ...func(*organizations.Options)) (*organizations.DeletePolicyOutput, error)
	AttachPolicy(context.Context, *organizations.AttachPolicyInput, ...func(*organizations.Options)) (*organizations.AttachPolicyOutput, error)
	DetachPolicy(context.Context, *organizations.DetachPolicyInput, ...func(*organizations.Options)) (*organizations.DetachPolicyOutput, error)
	ListPoliciesForTarget(context.Context, *organizations.ListPoliciesForTargetInput, ...func(*organizations.Options)) (*organizations.ListPoliciesForTargetOutput, error)
}

// Event is a line of the folder: what was done to a measure, or seen of it; or that a run began or ended.
type Event struct {
	At time.Time `json:"at"`
	// Measure is empty where a run began or ended.
	Measure
	What What   `json:"what"`
	Why  string `json:"why,omitempty"`
	// Conclusion is how a run ended, for Concluded.
	Conclusion *Conclusion `json:"conclusion,omitempty"`
	// Proof is what calls of somebody contained have shown, for Proved.
	Proof *Proof `json:"proof,omitempty"`
}

// Conclusion is how a run ended.
type Conclusion struct {
	OK bool `json:"ok"`
	// Hold is the number of measures that are in force; Failed names those that are not.
	Hold   int      `json:"hold"`
	Failed []string `json:"failed,omitempty"`
	// Open and Without are those of the result and the plan.
	Open    []string `json:"open,omitempty"`
	Without []string `json:"without,omitempty"`
}

// What happened.
type What string

// What may happen.
const (
	// Started and Concluded are about a run: one that has only started was cut off.
	Started   What = "started"
	Concluded What = "concluded"
	// Intended is written before a measure is taken, with what was there: from then on it may be in force, whether or not AWS's answer arrives.
	Intended What = "intended"
	Taken    What = "taken"
	Holds    What = "holds"
	Undone   What = "undone"
	Failed   What = "failed"
	Released What = "released"
	// Proved is about calls with credentials of the contained, whatever they have shown.
	Proved What = "proved"
)
