package judge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

var nodeProgram = needed{"node", "the judge of policies needs Node.js, 22 or newer (https://nodejs.org)"}

// What a request comes to.
const (
	Allowed          = "Allowed"
	ImplicitlyDenied = "ImplicitlyDenied" // nothing allows it
	ExplicitlyDenied = "ExplicitlyDenied" // a statement denies it
)

// Policy is a policy document with a name to identify it. The document is anything that marshals to a JSON object, without
// functions of CloudFormation in it.
type Policy struct {
	Name     string `json:"name"`
	Document any    `json:"document"`
}

// AccessCase is one request to AWS and the policies that decide it.
type AccessCase struct {
	ID              string `json:"id"`
	Principal       string `json:"principal"` // an ARN, or a service such as events.amazonaws.com
	Action          string `json:"action"`
	Resource        string `json:"resource"`        // an ARN; "*" for actions that know no resource
	ResourceAccount string `json:"resourceAccount"` // default: the account in the ARN of the resource

	IdentityPolicies []Policy `json:"identityPolicies"`
	Boundary         any      `json:"boundary,omitempty"`       // a document; nil: no boundary
	ResourcePolicy   any      `json:"resourcePolicy,omitempty"` // a document, such as a role's trust policy; nil: none

	// ServicePolicy is a service control policy of the principal's account, ResourceControl a resource control policy of the
	// resource's: documents beside AWS's own that allow everything; nil: none.
	ServicePolicy   any `json:"servicePolicy,omitempty"`
	ResourceControl any `json:"resourceControl,omitempty"`

	// Context holds the condition keys of the request. Those that AWS derives from the principal (aws:PrincipalArn,
	// aws:PrincipalAccount, aws:PrincipalType, aws:username, aws:PrincipalIsAWSService, aws:PrincipalServiceName) are filled in
	// unless they stand here. A key without values is not in the request at all.
	Context map[string][]string `json:"context"`
}

// Decision is the answer to the AccessCase of the same ID: Allowed, ImplicitlyDenied or ExplicitlyDenied. With Errors there is
// none: a policy was refused, the action doesn't exist or doesn't fit the resource, a condition operator or key is unknown, or
// a key has no meaning for the action.
type Decision struct {
	ID       string   `json:"id"`
	Decision string   `json:"decision"`
	Errors   []string `json:"errors"`
}

// Simulate decides all requests in one process, each in its place; root is the project's folder, with node_modules in it. The
// simulator knows no session policies here.
func Simulate(ctx context.Context, root string, cases []AccessCase) ([]Decision, error) {
	node, err := nodeProgram.find()
	if err != nil {
		return nil, err
	}
	root, err = filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(root, "node_modules", "@cloud-copilot", "iam-simulate")); err != nil {
		return nil, fmt.Errorf("the IAM simulator is not installed: run npm ci in %s", root)
	}
	ids := make([]string, len(cases))
	complete := make([]AccessCase, len(cases))
	for i, c := range cases {
		ids[i], complete[i] = c.ID, c
		if c.ResourceAccount == "" {
			complete[i].ResourceAccount = accountOf(c.Resource)
		}
	}
	input, err := writeLines(complete)
	if err != nil {
		return nil, err
	}
	output, err := run(ctx, root, input, node, filepath.Join(root, "prove", "judge", "iam", "simulate.mjs"))
	if err != nil {
		return nil, fmt.Errorf("simulate requests: %w", err)
	}
	decisions, err := readLines(output, ids, func(d Decision) string { return d.ID })
	if err != nil {
		return nil, fmt.Errorf("simulate requests: %w", err)
	}
	return decisions, nil
}

// accountOf returns the account in an ARN, or "".
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
