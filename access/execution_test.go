package access

import (
	"slices"
	"testing"
)

// TestExecutionAttachesThePoliciesOfTheFileOnly, whichever they are, and only while the role has its boundary.
func TestExecutionAttachesThePoliciesOfTheFileOnly(t *testing.T) {
	s := ExecutionScope{Target: here, Role: "BreakGlassRole", ManagedPolicies: []string{"arn:1", "arn:2"}}
	d := Execution(s)
	attach := bySid(t, d, "Policies")
	same(t, "action", attach["Action"], []any{"iam:AttachRolePolicy"})
	same(t, "role", attach["Resource"], []any{here.Role("BreakGlassRole")})
	same(t, "policies", attach["Condition"], map[string]any{"ArnEquals": map[string]any{"iam:PolicyARN": []any{"arn:1", "arn:2"}}})
	same(t, "what makes the role", bySid(t, d, "Role")["Action"], []any{"iam:CreateRole"})
	if got := bySid(t, d, "Role")["Condition"]; got != nil {
		t.Errorf("without a boundary, a condition: %v", got)
	}

	s.Boundary, s.Inline = "arn:boundary", true
	bounded := map[string]any{"iam:PermissionsBoundary": "arn:boundary"}
	d = Execution(s)
	same(t, "what makes the role", bySid(t, d, "Role")["Action"], []any{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"})
	same(t, "within its boundary", bySid(t, d, "Role")["Condition"], map[string]any{"StringEquals": bounded})
	same(t, "policies", bySid(t, d, "Policies")["Condition"],
		map[string]any{"ArnEquals": map[string]any{"iam:PolicyARN": []any{"arn:1", "arn:2"}}, "StringEquals": bounded})

	// A role with an inline policy alone gets no other.
	s.ManagedPolicies = nil
	for _, one := range statements(Execution(s)) {
		if slices.Contains(texts(one["Action"]), "iam:AttachRolePolicy") {
			t.Errorf("no policy is in the file, and %v is allowed", one)
		}
	}
}

// TestAnInlinePolicyNeedsABoundary: without one, nothing limits what is written into it.
func TestAnInlinePolicyNeedsABoundary(t *testing.T) {
	same(t, "what makes the role", bySid(t, Execution(ExecutionScope{Target: here, Role: "r", Inline: true}), "Role")["Action"], []any{"iam:CreateRole"})
}
