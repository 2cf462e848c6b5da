package plan

import (
	"strings"
	"testing"
)

// TestWhatCannotBeConfinedIsRefused, each with what to do; the same file deploys in another way.
func TestWhatCannotBeConfinedIsRefused(t *testing.T) {
	const inline = `[{account: "222222222222", inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}`
	units := "[{organizationalUnit: ou-ab12-11111111}]\nstackSets: {managementAccount: \"333333333333\", retainOnAccountRemoval: true}"
	for name, c := range map[string]struct{ targets, access, want string }{
		"an inline policy":               {inline + "}]", "bootstrap", "an inline policy without a permissions boundary"},
		"one within a boundary":          {inline + ", permissionsBoundary: limits}]", "bootstrap", ""},
		"one in the hub account":         {strings.Replace(inline, "222222222222", "111111111111", 1) + "}]", "bootstrap", ""},
		"one without the hub's roles":    {inline + "}]", "credentials", ""},
		"stack sets of another account":  {units, "bootstrap", "a stack set deploys whatever its template has"},
		"stack sets of the hub account":  {strings.Replace(units, "333333333333", "111111111111", 1), "bootstrap", ""},
		"stack sets in the organization": {units, "organization", ""},
		"policies with long names": {
			`[{account: "222222222222", managedPolicies: ["` + strings.Join(tenLongPolicies(), `", "`) + `"]}]`, "bootstrap", "IAM allows 6144 in a policy",
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := ""
			if _, err := New(parsed(t, opening+"regions: [us-east-1]\ntargets: "+c.targets+"\ndeploy: {access: "+c.access+"}\n")); err != nil {
				text = err.Error()
			}
			if c.want == "" && text != "" || c.want != "" && !strings.Contains(text, c.want) {
				t.Errorf("%q, want %q", text, c.want)
			}
		})
	}
}

func tenLongPolicies() []string {
	var all []string
	for i := range 10 {
		all = append(all, "arn:aws:iam::222222222222:policy/"+strings.Repeat("p", 500)+"/"+strings.Repeat("q", 127)+string(rune('a'+i)))
	}
	return all
}

// TestOnlyTheObserversOfATrustingAccountHaveABoundary: elsewhere the policy does not exist.
func TestOnlyTheObserversOfATrustingAccountHaveABoundary(t *testing.T) {
	for access, want := range map[string]string{"bootstrap": "arn:aws:iam::222222222222:policy/breakglass-execution", "credentials": "", "organization": ""} {
		c := parsed(t, opening+"regions: [us-east-1]\ntargets: [{account: \"222222222222\"}]\ndeploy: {access: "+access+"}\n")
		if got := ObserverBoundary(c, c.HubPlace().Of("222222222222")); got != want {
			t.Errorf("%s: %q, want %q", access, got, want)
		}
		if got := ObserverBoundary(c, c.HubPlace().Of("444444444444")); got != "" {
			t.Errorf("%s: an account of a unit has the boundary %q", access, got)
		}
	}
}
