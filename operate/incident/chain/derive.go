package chain

import (
	"cmp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/operate/incident/events"
)

// derivers say what a call that succeeded leads to, by service and event name: other services have calls of the same names. A call more is a
// row more.
var derivers = map[string]func(*Chain, *Call){
	"sts:AssumeRole":                assumed,
	"sts:AssumeRoleWithSAML":        assumed,
	"sts:AssumeRoleWithWebIdentity": assumed,
	"rolesanywhere:CreateSession":   assumed,
	"signin:SwitchRole":             switched,
	"signin:ConsoleLogin":           signedIn,
	"sts:AssumeRoot":                assumedRoot,
	"sts:GetSessionToken":           ownKey,
	"signin:CreateOAuth2Token":      ownKey,
	"sts:GetFederationToken":        federated,
	"iam:CreateAccessKey":           madeKey,
	"iam:CreateUser":                func(c *Chain, call *Call) { madeUser(c, call, false) },
	"iam:CreateLoginProfile":        func(c *Chain, call *Call) { madeUser(c, call, true) },
	"iam:UpdateLoginProfile":        func(c *Chain, call *Call) { madeUser(c, call, true) },
	"iam:UpdateUser":                renamedUser,
	"iam:CreateRole":                func(c *Chain, call *Call) { openedRole(c, call, false) },
	"iam:UpdateAssumeRolePolicy":    func(c *Chain, call *Call) { openedRole(c, call, true) },

	"iam:CreateSAMLProvider":                    func(c *Chain, call *Call) { openedProvider(c, call, false) },
	"iam:UpdateSAMLProvider":                    func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"iam:CreateOpenIDConnectProvider":           func(c *Chain, call *Call) { openedProvider(c, call, false) },
	"iam:AddClientIDToOpenIDConnectProvider":    func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"iam:UpdateOpenIDConnectProviderThumbprint": func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:CreateTrustAnchor":           func(c *Chain, call *Call) { openedProvider(c, call, false) },
	"rolesanywhere:UpdateTrustAnchor":           func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:EnableTrustAnchor":           func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:CreateProfile":               func(c *Chain, call *Call) { openedProvider(c, call, false) },
	"rolesanywhere:UpdateProfile":               func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:EnableProfile":               func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:UpdateCrl":                   func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:DisableCrl":                  func(c *Chain, call *Call) { openedProvider(c, call, true) },
	"rolesanywhere:DeleteCrl":                   func(c *Chain, call *Call) { openedProvider(c, call, true) },

	"cognito-identity:CreateIdentityPool":   func(c *Chain, call *Call) { openedPool(c, call, false) },
	"cognito-identity:UpdateIdentityPool":   func(c *Chain, call *Call) { openedPool(c, call, true) },
	"cognito-identity:SetIdentityPoolRoles": func(c *Chain, call *Call) { openedPool(c, call, true) },
	"sso:CreatePermissionSet":               madeSet,
	"sso:CreateAccountAssignment":           madeAssignment,
	"identitystore:CreateUser":              madePerson,
	"sso-directory:CreateUser":              madePerson,
}

// keyPaths lead to the access key ID in an answer.
var keyPaths = []string{"credentials.accessKeyId", "accessToken.accessKeyId", "accessKeyId", "credentialSet.0.credentials.accessKeyId"}

func (c *Chain) derive(call *Call) {
	if derive := derivers[strings.TrimSuffix(call.Source, ".amazonaws.com")+":"+call.Name]; derive != nil && !call.Failed() {
		derive(c, call)
	}
}

func assumed(c *Chain, call *Call) {
	account, role := roleOf(events.Text(call.Request, "roleArn"))
	if role == "" {
		return
	}
	session := events.Text(call.Request, "roleSessionName")
	if session == "" { // Roles Anywhere names it after the certificate
		user := events.Text(call.Response, "assumedRoleUser.arn", "credentialSet.0.assumedRoleUser.arn")
		session = user[strings.LastIndex(user, "/")+1:]
	}
	p := &Principal{Kind: Session, Account: account, Role: role, Name: session, By: call.By, Event: call.EventID, Since: call.Time, issued: []time.Time{call.Time}}
	c.addKey(c.meet(p), events.Text(call.Response, keyPaths...))
}

// meet adds a principal whose beginning is known now; its first call may have been read before.
func (c *Chain) meet(p *Principal) *Principal {
	known := c.add(p)
	if known != nil && known != p && known.By == nil && known.Kind != User && known != p.By {
		for above := p.By; above != nil; above = above.By {
			if above == known {
				return known // a session that assumes its own role again
			}
		}
		known.By, known.Event, known.Since = p.By, p.Event, p.Since
	}
	return known
}

// switched: the console names the session after the user, or after the session that switches.
func switched(c *Chain, call *Call) {
	account, role := roleOf(events.Text(call.Additional, "SwitchTo"))
	session := cmp.Or(userOf(call.Record), call.Record.Session())
	if role == "" || session == "" {
		return
	}
	p := &Principal{Kind: Session, Account: account, Role: role, Name: session, By: call.By, Event: call.EventID, Since: call.Time, issued: []time.Time{call.Time}}
	c.meet(p)
}

// signedIn: a session that signs in to the console through an address of its own gets credentials anew, under the same name.
func signedIn(_ *Chain, call *Call) {
	if call.By.Kind == Session {
		call.By.issued = append(call.By.issued, call.Time)
	}
}

func assumedRoot(c *Chain, call *Call) {
	account := events.Text(call.Request, "targetPrincipal")
	if root, err := arn.Parse(account); err == nil {
		account = root.AccountID
	}
	if !events.IsAccount(account) {
		return
	}
	p := c.meet(&Principal{Kind: Root, Account: account, Name: "root", By: call.By, Event: call.EventID, Since: call.Time, byKey: true})
	c.addKey(p, events.Text(call.Response, keyPaths...))
}

func ownKey(c *Chain, call *Call) { c.addKey(call.By, events.Text(call.Response, keyPaths...)) }

func federated(c *Chain, call *Call) {
	p := c.meet(&Principal{Kind: Federated, Account: call.Account, Name: events.Text(call.Request, "name"), By: call.By, Event: call.EventID, Since: call.Time})
	c.addKey(p, events.Text(call.Response, keyPaths...))
}

func madeKey(c *Chain, call *Call) {
	user := events.Text(call.Response, "accessKey.userName")
	if user == "" {
		user = events.Text(call.Request, "userName")
	}
	if user == "" {
		user = call.By.Name // a user without a name in the request means itself
	}
	p := &Principal{Kind: Made, Account: call.Account, Name: user, By: call.By, Event: call.EventID, Since: call.Time, Own: true, byKey: true}
	if known := c.byName[p.id()]; known != nil {
		p = known
	} else {
		p = c.add(p)
	}
	c.addKey(p, events.Text(call.Response, "accessKey.accessKeyId"))
}

func madeUser(c *Chain, call *Call, own bool) {
	user := events.Text(call.Request, "userName")
	if user == "" {
		return
	}
	c.add(&Principal{Kind: Made, Account: call.Account, Name: user, By: call.By, Event: call.EventID, Since: call.Time, Own: own})
}

// renamedUser follows a user under its new name; its keys stay the same.
func renamedUser(c *Chain, call *Call) {
	_, was, renamed := call.Renamed()
	if renamed == "" {
		return // only its path is new
	}
	before := c.byName[name(User, call.Account, "", was)]
	own := before == nil || before.Own
	c.add(&Principal{Kind: Made, Account: call.Account, Name: renamed, By: call.By, Event: call.EventID, Since: call.Time, Own: own})
}

func openedRole(c *Chain, call *Call, own bool) {
	role := events.Text(call.Request, "roleName")
	if role == "" {
		return
	}
	full := events.Text(call.Response, "role.arn")
	if full == "" {
		// The request names no path: CloudTrail finds roles below one by the name that their ARN ends in, and this project makes none.
		full = c.RoleARN(call.Account)
		full = full[:len(full)-len(c.Role)] + role
	}
	p := c.add(&Principal{Kind: Opened, Account: call.Account, Name: role, By: call.By, Event: call.EventID, Since: call.Time, Own: own, arn: full})
	if p != nil {
		c.opened[call.Account+"/"+role] = p
	}
}

// providerPaths lead to the ARN of an identity provider, a trust anchor or a profile of Roles Anywhere in a request or an answer.
var providerPaths = []string{
	"sAMLProviderArn", "openIDConnectProviderArn", "trustAnchor.trustAnchorArn", "profile.profileArn", "crl.trustAnchorArn",
}

// openedProvider follows whoever comes through an identity provider that a call made, or changed.
func openedProvider(c *Chain, call *Call, own bool) {
	provider := events.Text(call.Response, providerPaths...)
	if provider == "" {
		provider = events.Text(call.Request, providerPaths...)
	}
	if provider == "" {
		return
	}
	c.add(&Principal{Kind: Provider, Account: call.Account, Name: provider, By: call.By, Event: call.EventID, Since: call.Time, Own: own})
}
