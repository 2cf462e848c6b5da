package chain

import (
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/operate/incident/events"
)

// owner returns who of the chain made a call; nil if nobody did. A session of the role in a target account belongs to the chain, however it
// began.
func (c *Chain) owner(r events.Record) *Principal {
	if p := c.byKey[r.Identity.AccessKey]; p != nil {
		return p
	}
	switch r.Identity.Type {
	case "IAMUser":
		if p := c.byName[name(User, r.Identity.Account, "", userOf(r))]; p != nil && !p.byKey && !r.Time.Before(p.Since) {
			return p
		}
	case "AssumedRole":
		account, role := roleOf(r.Issuer())
		session := r.Session()
		known, by := c.byName[name(Session, account, role, session)], c.opened[account+"/"+role]
		from := c.switchedFrom(r)
		switch {
		case from != nil:
			return c.meet(&Principal{Kind: Session, Account: account, Role: role, Name: session, By: from, Event: r.EventID, Since: r.Time, issued: []time.Time{r.Time}})
		case c.ours(account, role):
			return c.add(&Principal{Kind: Session, Account: account, Role: role, Name: session, Event: r.EventID, Since: r.Time})
		case known != nil && known.has(r) && events.Text(r.Additional, "SwitchFrom") == "":
			return known
		case by != nil && !began(r).Before(by.Since):
			// However the session began: Roles Anywhere needs no AssumeRole that a record shows.
			return c.add(&Principal{Kind: Session, Account: account, Role: role, Name: session, By: by, Event: r.EventID, Since: r.Time})
		}
		if p := c.center.through(account, role, session, began(r)); p != nil {
			return c.add(&Principal{Kind: Session, Account: account, Role: role, Name: session, By: p, Event: r.EventID, Since: r.Time})
		}
		// Others use such a role, too, perhaps under the same name.
	case "FederatedUser":
		issuer := r.Identity.Context.Issuer
		if p := c.byName[name(User, issuer.Account, "", issuer.UserName)]; p != nil && !p.byKey {
			return c.add(&Principal{Kind: Federated, Account: issuer.Account, Name: r.Session(), By: p, Event: r.EventID, Since: r.Time})
		}
	}
	return c.opener(r)
}

// switchedFrom returns who of the chain switched to the role in whose account a record of that is; nil for other records. In every sample that is
// known, it is the account of the role that has the record (docs/observers.md).
func (c *Chain) switchedFrom(r events.Record) *Principal {
	if r.Name != "SwitchRole" || r.Failed() {
		return nil
	}
	from, err := arn.Parse(events.Text(r.Additional, "SwitchFrom"))
	path := strings.Split(from.Resource, "/")
	switch last := path[len(path)-1]; {
	case err != nil || len(path) < 2:
	case from.Service == "iam" && path[0] == "user":
		if p := c.byName[name(User, from.AccountID, "", last)]; p != nil && !p.byKey && !r.Time.Before(p.Since) {
			return p
		}
	case from.Service == "sts" && path[0] == "assumed-role" && len(path) == 3:
		return c.byName[name(Session, from.AccountID, path[1], last)]
	}
	return nil
}

// enters are the calls of STS that return a session in a role.
var enters = []string{"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"}

// opener returns whose a call of somebody else is that enters a role: that of a role or of an identity provider which the chain opened, and that
// of the session in a target account, of which only the target's own half of the record may be known.
func (c *Chain) opener(r events.Record) *Principal {
	if !slices.Contains(enters, r.Name) && !r.Anywhere() || r.Failed() {
		return nil
	}
	account, role := roleOf(events.Text(r.Request, "roleArn"))
	if p := c.opened[account+"/"+role]; p != nil && !r.Time.Before(p.Since) {
		return p
	}
	for _, arn := range providersOf(r) {
		if p := c.byName[name(Provider, r.Account, "", arn)]; arn != "" && p != nil && !r.Time.Before(p.Since) {
			return p
		}
	}
	if r.Name == "AssumeRoleWithWebIdentity" && r.Identity.Provider == cognito && poolOf(r) == "" {
		if p := c.pooled[account+"/"+role]; p != nil && !r.Time.Before(p.Since) {
			return p
		}
	}
	if r.Name == "AssumeRoleWithSAML" {
		if p := c.center.through(account, role, events.Text(r.Request, "roleSessionName"), r.Time); p != nil {
			return p
		}
	}
	if c.ours(account, role) {
		return c.add(&Principal{Kind: Session, Account: account, Role: role, Name: events.Text(r.Request, "roleSessionName"), Event: r.EventID, Since: r.Time})
	}
	return nil
}

// throughProvider returns the calls that enter a role through a provider, by its ARN.
func throughProvider(arn string) []string {
	switch {
	case strings.Contains(arn, ":saml-provider/"), strings.Contains(arn, ":permissionSet/"):
		return []string{"AssumeRoleWithSAML"}
	case strings.Contains(arn, ":oidc-provider/"), !strings.HasPrefix(arn, "arn:"): // an identity pool has no ARN here
		return []string{"AssumeRoleWithWebIdentity"}
	}
	return []string{"CreateSession"}
}

// providersOf returns the ARNs through which a call enters a role.
func providersOf(r events.Record) []string {
	return []string{
		events.Text(r.Request, "principalArn"), events.Text(r.Response, "provider"), r.Identity.Provider,
		events.Text(r.Request, "trustAnchorArn"), events.Text(r.Request, "profileArn"), poolOf(r),
	}
}

// ours reports whether it is the role of a target account.
func (c *Chain) ours(account, role string) bool {
	return role == c.Role && slices.Contains(c.Targets, account)
}
