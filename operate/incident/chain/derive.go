package chain

import (
	"cmp"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/operate/incident/events"
)

// derivers say what a call that succeeded leads to, by its event name. A call more is a row more.
var derivers = map[string]func(*Chain, *Call){
	"AssumeRole":                assumed,
	"AssumeRoleWithSAML":        assumed,
	"AssumeRoleWithWebIdentity": assumed,
	"SwitchRole":                switched,
	"ConsoleLogin":              signedIn,
	"AssumeRoot":                assumedRoot,
	"GetSessionToken":           ownKey,
	"CreateOAuth2Token":         ownKey,
	"GetFederationToken":        federated,
	"CreateAccessKey":           madeKey,
	"CreateUser":                func(c *Chain, call *Call) { madeUser(c, call, false) },
	"CreateLoginProfile":        func(c *Chain, call *Call) { madeUser(c, call, true) },
	"UpdateLoginProfile":        func(c *Chain, call *Call) { madeUser(c, call, true) },
	"UpdateUser":                renamedUser,
	"CreateRole":                func(c *Chain, call *Call) { openedRole(c, call, false) },
	"UpdateAssumeRolePolicy":    func(c *Chain, call *Call) { openedRole(c, call, true) },
}

// keyPaths lead to the access key ID in an answer.
var keyPaths = []string{"credentials.accessKeyId", "accessToken.accessKeyId", "accessKeyId"}

func (c *Chain) derive(call *Call) {
	if derive := derivers[call.Name]; derive != nil && !call.Failed() {
		derive(c, call)
	}
}

func assumed(c *Chain, call *Call) {
	account, role := roleOf(events.Text(call.Request, "roleArn"))
	if role == "" {
		return
	}
	session := events.Text(call.Request, "roleSessionName")
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
	renamed := events.Text(call.Request, "newUserName")
	if renamed == "" {
		return // only its path is new
	}
	before := c.byName[name(User, call.Account, "", events.Text(call.Request, "userName"))]
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
