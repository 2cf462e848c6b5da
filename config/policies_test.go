package config

import (
	"strings"
	"testing"
)

// TestANewPolicyOfAWSIsNamedByItsARN: AWS adds some every week.
func TestANewPolicyOfAWSIsNamedByItsARN(t *testing.T) {
	c := mustParse(t, base+`role: {managedPolicies: ["arn:aws:iam::aws:policy/AmazonNewServiceFullAccess"]}`+"\n")
	const want = `breakglass.yaml:4: role.managedPolicies[0]: policy that this version does not know; "arn:aws:iam::aws:policy/AmazonNewServiceFullAccess". AWS had no policy of this name on `
	if got := c.Warnings(); len(got) != 1 || !strings.HasPrefix(got[0].String(), want) ||
		!strings.Contains(got[0].Fix, "aws iam get-policy --policy-arn arn:aws:iam::aws:policy/AmazonNewServiceFullAccess") {
		t.Errorf("got %v, want %s", got, want)
	}
	c = mustParse(t,
		base+`role: {managedPolicies: [IAMFullAccess, "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "arn:aws:iam::111111111111:policy/Own"], permissionsBoundary: Own}`+"\n")
	if got := c.Warnings(); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}
