package place

import (
	"net/url"
	"strings"
)

// Addresses of AWS Sign-In, which has an endpoint in each Region, <region>.signin.aws.amazon.com; that of us-east-1 has no Region in
// its name (AWS General Reference, AWS Sign-In endpoints). They are those of the partition aws, the only one of the file.
const signInDomain = "signin.aws.amazon.com"

func (p Place) signInHost() string {
	if p.Region == GlobalRegion {
		return signInDomain
	}
	return p.Region + "." + signInDomain
}

// SignIn returns the address of the sign-in page of the account, which is filled in. It leads to the sign-in endpoint of the Region
// (IAM user guide, sign-in URLs).
func (p Place) SignIn() string {
	return "https://" + p.Account + "." + signInDomain + "/console?region=" + p.Region
}

// RegionSignIn returns the address of the sign-in endpoint of the Region itself, whose name depends on no other Region. The number of
// the account is typed in there.
func (p Place) RegionSignIn() string { return "https://" + p.signInHost() + "/console" }

// SwitchRole returns the address of the console page of the Region on which a signed-in user switches into a role of the account, with
// the form filled in.
func (p Place) SwitchRole(role, displayName string) string {
	return "https://" + p.signInHost() + "/switchrole?account=" + p.Account + "&roleName=" + url.QueryEscape(role) +
		"&displayName=" + strings.ReplaceAll(url.QueryEscape(displayName), "+", "%20")
}

// Federation returns the address of the federation endpoint of the Region, where a session becomes a sign-in to the console (IAM user
// guide, custom identity broker).
func (p Place) Federation() string { return "https://" + p.signInHost() + "/federation" }
