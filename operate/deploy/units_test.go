package deploy

import (
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

func TestUnits(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111"}
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}, {organizationalUnit: ou-ab12-11111111}]
stackSets: {retainOnAccountRemoval: true}
`))
	if err != nil {
		t.Fatal(err)
	}
	server := stub.New()
	defer server.Close()
	ask := func(script string) Units {
		if err := server.Script(script); err != nil {
			t.Fatal(err)
		}
		return askUnits(t.Context(), opened(server), c)
	}
	u := ask(`
organizations:DescribeOrganization {"Organization":{"MasterAccountId":"999999999999"}}
organizations:ListDelegatedAdministrators {"DelegatedAdministrators":[]}
organizations:ListParents {"Parents":[{"Id":"r-ab12","Type":"ROOT"}]}
cloudformation:DescribeOrganizationsAccess <DescribeOrganizationsAccessResponse><DescribeOrganizationsAccessResult><Status>ENABLED</Status></DescribeOrganizationsAccessResult></DescribeOrganizationsAccessResponse>
`)
	if len(u.MayNot) != 1 || len(u.Twice)+len(u.Unknown) > 0 {
		t.Fatalf("%+v", u)
	}
	if err := (&Found{Units: u}).Misplaced(); err == nil || !strings.Contains(err.Error(), "nothing was changed") ||
		!strings.Contains(err.Error(), "register-delegated-administrator") {
		t.Errorf("%v", err)
	}
	u = ask("organizations:ListParents fail AccessDeniedException no\norganizations:ListDelegatedAdministrators fail AccessDeniedException no")
	if err := (&Found{Units: u}).Misplaced(); len(u.Unknown) != 2 || err != nil {
		t.Errorf("where it may not ask: %+v", u)
	}
	// In the Region of Organizations, wherever the hub is.
	for _, call := range server.Calls() {
		if strings.HasPrefix(call, "organizations:") && !strings.HasSuffix(call, "@us-east-1") {
			t.Errorf("asked for %s", call)
		}
	}
}
