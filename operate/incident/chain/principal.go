// Package chain follows emergency access through the records of CloudTrail: from the users to the credentials that their calls returned, to
// the sessions in other accounts, and on through roles, keys and users that those made, until nothing new appears. It asks nobody: Next
// returns the questions whose answers Add takes.
package chain

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/operate/incident/events"
)

// Kind is what a principal is.
type Kind string

// The kinds.
const (
	// User is an emergency user of the hub account.
	User Kind = "user"
	// Session is a session of a role.
	Session Kind = "session"
	// Federated is a session of GetFederationToken.
	Federated Kind = "federated"
	// Root is a session of AssumeRoot.
	Root Kind = "root"
	// Made is a user that another principal made, or gave a key or a password.
	Made Kind = "made user"
	// Opened is a role that another principal made, or whose trust policy it changed: whoever assumes it since then.
	Opened Kind = "opened role"
	// Provider is an identity provider, a trust anchor or profile of Roles Anywhere, an identity pool of Cognito, or a permission set of IAM
	// Identity Center in an account, that another principal made, changed or assigned: whoever gets a session through it since then.
	Provider Kind = "identity provider"
	// Person is a user of IAM Identity Center whom another principal made.
	Person Kind = "user of Identity Center"
)

// Principal is somebody who acted, or could act, with the emergency access or with what came of it.
type Principal struct {
	Kind Kind `json:"kind"`
	// Account is where it acts.
	Account string `json:"account"`
	// Name of the user, the session or the role; the ARN of a provider, the ID of an identity pool.
	Name string `json:"name"`
	// Role is the name of the role whose session it is.
	Role string `json:"role,omitempty"`
	// Keys are the IDs of its access keys that are known.
	Keys []string `json:"keys,omitempty"`
	// By is who made it; nil for the users, and for a session whose beginning was not seen.
	By *Principal `json:"-"`
	// Event is the ID of the event that it came by.
	Event string `json:"event,omitempty"`
	// Since is when it came; zero for the users.
	Since time.Time `json:"since,omitzero"`
	// Own reports that calls of the owner may be among its calls: it was there before, and only its credentials, its trust policy or its settings are new.
	Own bool `json:"mayBeItsOwners,omitempty"`

	// issued are the times at which its credentials were, for a session of a role that others use, too.
	issued []time.Time
	// byKey means that only calls with one of its keys are its own.
	byKey bool
	// arn of the role, for Opened.
	arn string
}

// Title returns what a reader calls it.
func (p *Principal) Title() string {
	switch p.Kind {
	case Session:
		return p.Role + "/" + p.Name
	case Root:
		return "root of " + p.Account
	case Federated:
		return "federated " + p.Name
	case Opened:
		return "whoever assumes " + p.Name
	case Provider:
		resource := "identity pool " + p.Name
		if parsed, err := arn.Parse(p.Name); err == nil {
			resource = parsed.Resource
		}
		return "whoever comes through " + resource
	case Person:
		return "user " + p.Name + " of Identity Center"
	case User, Made:
	}
	return p.Name
}

// First returns the first of the chain that led to it.
func (p *Principal) First() *Principal {
	for p.By != nil {
		p = p.By
	}
	return p
}

// Start is where following begins.
type Start struct {
	// Hub is the account of the users.
	Hub   string
	Users []string
	// Role is the name of the role in the target accounts, RoleARN its ARN in an account.
	Role    string
	RoleARN func(account string) string
	Targets []string
	// Regions are read in every account.
	Regions []string
}

// roleOf returns the account and the name of a role; empty for what is no ARN of a role.
func roleOf(text string) (account, name string) {
	role, err := arn.Parse(text)
	if err != nil || role.Service != "iam" || !events.IsAccount(role.AccountID) || !strings.HasPrefix(role.Resource, "role/") {
		return "", ""
	}
	return role.AccountID, role.Resource[strings.LastIndex(role.Resource, "/")+1:]
}

// userOf returns the name of the user who made a call; some records have it in the ARN only.
func userOf(r events.Record) string {
	if r.Identity.Type != "IAMUser" {
		return ""
	}
	if r.Identity.UserName != "" {
		return r.Identity.UserName
	}
	return r.Identity.ARN[strings.LastIndex(r.Identity.ARN, "/")+1:]
}

// settled is how far the time of a call may be from the beginning of the session that it returned.
const settled = 5 * time.Second

// has reports whether a call under the name of the session is its own: its credentials were issued when those of the call were. Sign-ins do not
// say when.
func (p *Principal) has(r events.Record) bool {
	at := r.Created()
	if at.IsZero() {
		return !r.Time.Before(p.Since)
	}
	return slices.ContainsFunc(p.issued, func(t time.Time) bool { return at.Sub(t).Abs() <= settled })
}

// began returns when the session of a call began: with the call, if the record does not say.
func began(r events.Record) time.Time {
	if at := r.Created(); !at.IsZero() {
		return at
	}
	return r.Time
}
