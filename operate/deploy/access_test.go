package deploy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/plan"
)

// asking makes the keys of a file on a stub with the test's answers; the caller is in account 111111111111.
func asking(t *testing.T, access, script string) (*stub.Server, *account.Caller, *account.Keys, plan.Plan) {
	t.Helper()
	server := stub.New()
	t.Cleanup(server.Close)
	if err := server.Script(script); err != nil {
		t.Fatal(err)
	}
	server.Direct(t)
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"222222222222\"}\nregions: [us-east-1, eu-west-1, eu-south-2, ap-east-1]\n"+
		"alerts: {email: [a@example.com]}\ntargets: [{account: \"333333333333\"}]\ndeploy: {access: "+access+"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	caller, err := account.Load(t.Context(), "", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	return server, caller, account.NewKeys(caller, c, nil), plan.Of(c)
}

const assumed = "sts:AssumeRole <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey>" +
	"<SessionToken>example</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>\n"

func TestAccess(t *testing.T) {
	const refused = "sts:AssumeRole fail AccessDenied User: x is not authorized to perform: sts:AssumeRole on resource: y\n"
	for _, tt := range []struct {
		access, script string
		want           []string
	}{
		{"organization", assumed, nil},
		{"organization", refused, []string{"222222222222 ", "333333333333 "}},
		{"credentials", "", []string{"222222222222 ", "333333333333 "}},
		// With the roles of cdk bootstrap, each Region has one of its own.
		{
			"bootstrap", refused,
			[]string{"222222222222 us-east-1", "222222222222 ap-east-1", "222222222222 eu-south-2", "222222222222 eu-west-1", "333333333333 us-east-1"},
		},
	} {
		_, _, keys, p := asking(t, tt.access, tt.script)
		var got []string
		steps := 0
		for _, r := range Access(t.Context(), keys, p.Config, p.Placements, func(string) { steps++ }) {
			got = append(got, r.Account+" "+r.Region)
			if r.Reason == "" {
				t.Errorf("%s: no reason: %+v", tt.access, r)
			}
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if !slices.Equal(got, tt.want) || steps < 2 {
			t.Errorf("%s: %d steps, refused are %q, want %q", tt.access, steps, got, tt.want)
		}
	}
}

func TestDisabledRegions(t *testing.T) {
	regions := func(off ...string) string {
		var list []string
		for _, region := range []string{"us-east-1", "eu-south-2", "ap-east-1"} {
			status := "ENABLED"
			switch {
			case region == "us-east-1":
				status = "ENABLED_BY_DEFAULT"
			case slices.Contains(off, region):
				status = "DISABLED"
			}
			list = append(list, fmt.Sprintf(`{"RegionName":%q,"RegionOptStatus":%q}`, region, status))
		}
		return "account:POST/listRegions {\"Regions\":[" + strings.Join(list, ",") + "]}\n"
	}
	server, caller, keys, p := asking(t, "organization", assumed+regions("ap-east-1"))
	disabled, unknown := DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements)
	if len(unknown) > 0 || len(disabled) != 1 || disabled[0] != (Disabled{Account: "222222222222", Region: "ap-east-1"}) {
		t.Errorf("disabled %v, unknown %v", disabled, unknown)
	}
	// The hub's account and the caller's are asked, and not the target's, whose role is in a Region that is always on.
	asked := 0
	for _, call := range server.Calls() {
		if strings.HasPrefix(call, "account:") {
			asked++
		}
	}
	if asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	server, caller, keys, p = asking(t, "organization",
		assumed+"account:POST/listRegions fail AccessDeniedException User: x is not authorized to perform: account:ListRegions on resource: y\n")
	disabled, unknown = DisabledRegions(t.Context(), keys, caller, p.Config, p.Placements)
	if len(disabled) > 0 || len(unknown) != 2 || unknown["222222222222"] == nil ||
		!strings.Contains(unknown["222222222222"].Error(), "account:ListRegions is missing") {
		t.Errorf("disabled %v, unknown %v", disabled, unknown)
	}
	_ = server
}
