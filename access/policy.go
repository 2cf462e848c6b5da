// Package access holds every IAM and resource policy as plain data: the constructs deploy the documents, the plan measures
// them, and the IAM simulator judges them. It may import names, place and watch.
package access

import (
	"encoding/json"
	"strings"

	"example.com/breakglass/place"
)

// Document is an IAM policy document in its JSON form.
type Document map[string]any

// Statement is one statement of a Document.
type Statement map[string]any

// Sizes that IAM allows a document, in characters without white space, and other quotas that a file can run into
// (IAM and AWS STS quotas, IAM user guide).
const (
	MaxManagedPolicy = 6144
	MaxTrustPolicy   = 2048
	MaxRoleInline    = 10240
	MaxGroupPolicies = 10
	MaxRolePolicies  = 10
)

func document(statements ...Statement) Document {
	list := make([]any, len(statements))
	for i, s := range statements {
		list[i] = map[string]any(s)
	}
	return Document{"Version": "2012-10-17", "Statement": list}
}

// Size returns the number of characters that IAM counts against its quotas.
func (d Document) Size() int {
	text, err := json.Marshal(d)
	if err != nil {
		panic(err) // a Document holds maps, lists and texts only
	}
	return len(text)
}

// Only returns the one statement of a Document, for a resource that takes no more.
func (d Document) Only() map[string]any { return d["Statement"].([]any)[0].(map[string]any) }

// User is an emergency user, identified by name: what trusts it can be deployed before the user exists.
type User struct {
	// Place of the hub account.
	place.Place
	Name string
}

// ARN returns the ARN of the user.
func (u User) ARN() string {
	return u.User(u.Name)
}

func userARNs(users []User) []any {
	arns := make([]any, len(users))
	for i, u := range users {
		arns[i] = u.ARN()
	}
	return arns
}

// PolicyARN returns the ARN of a managed policy that the file names by name, by path/name (both mean an AWS managed policy) or
// by ARN.
func PolicyARN(at place.Place, policy string) string {
	if strings.HasPrefix(policy, "arn:") {
		return policy
	}
	return at.AWSPolicy(policy)
}

// BoundaryARN returns the ARN of a permissions boundary that the file names by ARN, or by the name of a customer managed policy
// of the account.
func BoundaryARN(at place.Place, boundary string) string {
	if strings.HasPrefix(boundary, "arn:") {
		return boundary
	}
	return at.Policy(boundary)
}
