package plan

import (
	"slices"
	"strings"
	"testing"
)

// TestGrantsAreThoseOfTheFile: what a reviewer wants to know first, with the accounts of equal rights together.
func TestGrantsAreThoseOfTheFile(t *testing.T) {
	p := of(t, head+`userAccess: {managedPolicies: []}
role:
  name: Emergency
  sessionDuration: 90m
  permissionsBoundary: Boundary
targets:
  - {account: "222222222222", name: production}
  - {account: "333333333333", name: staging, managedPolicies: [AdministratorAccess], permissionsBoundary: "", sessionDuration: 12h}
  - {account: "444444444444"}
  - {organizationalUnit: ou-ab12-11111111, name: workloads}
  - account: "555555555555"
    managedPolicies: []
    permissionsBoundary: ""
    inlinePolicy:
      Version: "2012-10-17"
      Statement:
        - {Effect: Allow, Action: ["s3:Get*", "s3:List*"], Resource: "*", Condition: {Bool: {"aws:MultiFactorAuthPresent": "true"}, StringEquals: {"aws:RequestedRegion": eu-west-1}}}
        - {Effect: Deny, NotAction: "iam:*", NotResource: "arn:aws:s3:::logs"}
stackSets: {retainOnAccountRemoval: true}
`)
	var got []string
	for _, g := range p.Grants() {
		got = append(got, g.Who+" in "+strings.Join(g.Where, ", ")+": "+strings.Join(g.Rights(), "; "))
	}
	want := []string{
		"users in 111111111111: no policy; switch into Emergency in every account that trusts them; nothing without MFA",
		"Emergency in 222222222222, 444444444444, ou-ab12-11111111: IAMFullAccess; within the boundary Boundary; sessions of up to 1h30m",
		"Emergency in 333333333333: AdministratorAccess; sessions of up to 12h",
		"Emergency in 555555555555: inline: Allow s3:Get*, s3:List* on * if Bool, StringEquals of aws:MultiFactorAuthPresent, aws:RequestedRegion; inline: Deny all but iam:* on all but arn:aws:s3:::logs; sessions of up to 1h30m",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if names := p.Grants()[1].Names; !slices.Equal(names, []string{"production", "444444444444", "workloads"}) {
		t.Errorf("the names are %q", names)
	}
}

// TestGrantsOfASingleStatement: a policy may have one that is in no list.
func TestGrantsOfASingleStatement(t *testing.T) {
	p := of(t, head+`role: {managedPolicies: [], inlinePolicy: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}}
targets: [{account: "222222222222"}]
`)
	if got := p.Grants()[1].Rights()[0]; got != "inline: Allow * on *" {
		t.Errorf("got %s", got)
	}
}
