package place

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestSignInAddresses(t *testing.T) {
	virginia, ireland := Place{"aws", "012345678901", "us-east-1"}, Place{"aws", "012345678901", "eu-west-1"}
	for got, want := range map[string]string{
		virginia.SignIn():            "https://012345678901.signin.aws.amazon.com/console?region=us-east-1",
		ireland.SignIn():             "https://012345678901.signin.aws.amazon.com/console?region=eu-west-1",
		virginia.RegionSignIn():      "https://signin.aws.amazon.com/console",
		ireland.RegionSignIn():       "https://eu-west-1.signin.aws.amazon.com/console",
		virginia.Federation():        "https://signin.aws.amazon.com/federation",
		ireland.Federation():         "https://eu-west-1.signin.aws.amazon.com/federation",
		virginia.SwitchRole("R", ""): "https://signin.aws.amazon.com/switchrole?account=012345678901&roleName=R&displayName=",
		ireland.SwitchRole("R", "a"): "https://eu-west-1.signin.aws.amazon.com/switchrole?account=012345678901&roleName=R&displayName=a",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestASwitchRoleAddressSaysWhatItWasGiven(t *testing.T) {
	for region, host := range map[string]string{"us-east-1": "signin.aws.amazon.com", "eu-west-1": "eu-west-1.signin.aws.amazon.com"} {
		for _, name := range []string{"production", "production eu", "a+b", "a=b", "me@example.com", "a & b?c#d/e%20f", "  two  "} {
			for _, role := range []string{"BreakGlassRole", "Break+Glass=,.@_-"} {
				address := Place{"aws", "012345678901", region}.SwitchRole(role, name)
				u, err := url.Parse(address)
				if err != nil {
					t.Fatal(err)
				}
				if u.Scheme != "https" || u.Host != host || u.Path != "/switchrole" || u.Fragment != "" {
					t.Errorf("%s is another page", address)
				}
				want := url.Values{"account": {"012345678901"}, "roleName": {role}, "displayName": {name}}
				if got := u.Query(); !reflect.DeepEqual(got, want) {
					t.Errorf("%s says %v, want %v", address, got, want)
				}
				// Whether a page reads + as a space depends on the page.
				if strings.ContainsAny(address, "+ ") {
					t.Errorf("%s has a + or a space", address)
				}
			}
		}
	}
}
