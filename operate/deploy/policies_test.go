package deploy

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

func TestMissingPolicies(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
alerts: {email: [a@example.com]}
userAccess: {managedPolicies: [ReadOnlyAccess]}
targets:
  - {account: "222222222222", managedPolicies: ["arn:aws:iam::222222222222:policy/operators", job-function/ViewOnlyAccess]}
  - {account: "333333333333", permissionsBoundary: limits}
  - {account: "444444444444"}
`))
	if err != nil {
		t.Fatal(err)
	}
	server := stub.New()
	defer server.Close()
	var asked []string
	server.Handle("iam:GetPolicy", func(_, request string) string {
		form, _ := url.ParseQuery(request)
		asked = append(asked, form.Get("PolicyArn"))
		if strings.HasSuffix(form.Get("PolicyArn"), "/operators") || strings.HasSuffix(form.Get("PolicyArn"), "/limits") {
			return "fail NoSuchEntity no such policy"
		}
		return "<GetPolicyResponse><GetPolicyResult><Policy/></GetPolicyResult></GetPolicyResponse>"
	})
	p := plan.Of(c)
	left := missingPolicies(t.Context(), opened(server), c, p.Placements)
	if len(left) != 2 || left["BreakGlass-Role-222222222222"].Reason != "account 222222222222 has no policy arn:aws:iam::222222222222:policy/operators" ||
		left["BreakGlass-Role-333333333333"].Reason != "account 333333333333 has no policy arn:aws:iam::333333333333:policy/limits" {
		t.Errorf("%+v", left)
	}
	for _, want := range []string{
		"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess", "arn:aws:iam::aws:policy/IAMFullAccess",
	} {
		if !slices.Contains(asked, want) {
			t.Errorf("not asked for %s: %q", want, asked)
		}
	}
	f := &Found{Stacks: p.Placements, Left: left}
	if err := f.Misplaced(); err != nil {
		t.Errorf("a target's policy stops everything: %v", err)
	}
	f.Left = map[string]Outcome{"BreakGlass-Hub": {State: Failed, Reason: "it has none"}}
	if err := f.Misplaced(); err == nil || !strings.Contains(err.Error(), "BreakGlass-Hub cannot be deployed; nothing was changed: it has none") {
		t.Errorf("the hub's: %v", err)
	}
	locked := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	if left := missingPolicies(t.Context(), locked, c, p.Placements); len(left) > 0 {
		t.Errorf("of accounts that cannot be entered: %+v", left)
	}
	// Where IAM does not answer, the stacks are tried.
	server.Fail("iam:GetPolicy", "AccessDenied", "User: x is not authorized to perform: iam:GetPolicy on resource: y")
	if left := missingPolicies(t.Context(), opened(server), c, p.Placements); len(left) > 0 {
		t.Errorf("%+v", left)
	}
}
