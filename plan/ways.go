package plan

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// Ways holds the facts of the ways in: what the cards and the runbook print, and what enter does. All of it follows from the file.
type Ways struct {
	// Hub is the account of the users.
	Hub string `json:"hubAccount"`
	// Users lists the names of the emergency users.
	Users []string `json:"users"`
	// Role is the name of the role in every target account.
	Role string `json:"role"`
	// SignIns lists the Regions to sign in to, in the order to try.
	SignIns []SignIn `json:"signIns"`
	// InHub is the account of the users: they switch into no role there.
	InHub Entry `json:"inHub"`
	// Sealed is set where the file says to whom the users' credentials are sealed, and SealedKeys lists the users who may have a sealed
	// access key besides.
	Sealed     bool     `json:"sealed"`
	SealedKeys []string `json:"sealedKeys,omitempty"`
	// Login is set where the users may use aws login.
	Login bool `json:"awsLogin"`
	// Accounts lists the accounts that the users can enter, and the organizational units, as in the file.
	Accounts []Entry `json:"accounts"`
	// Alerted lists who is alerted, as people know them.
	Alerted []string `json:"alerted"`
	// Instructions of every alert: what its reader does.
	Instructions string `json:"instructions"`
	// IAMAlerts is set where changes in IAM of the hub account raise alerts: their records appear in us-east-1.
	IAMAlerts bool `json:"iamAlerts"`
	// CallFirst, PasswordKeptBy, MFAKeptBy and ProgramKeptAt are the file's; empty where it does not say.
	CallFirst      []string `json:"callFirst"`
	PasswordKeptBy []string `json:"passwordKeptBy"`
	MFAKeptBy      []string `json:"mfaKeptBy"`
	ProgramKeptAt  []string `json:"programKeptAt"`
}

// SignIn is a Region to sign in to.
type SignIn struct {
	Region string `json:"region"`
	// Address of the sign-in page with the account filled in.
	Address string `json:"address"`
	// Own is the address of the Region's own endpoint, where the number of the account is typed in.
	Own string `json:"ownAddress"`
	// Watched is false where a sign-in sends no alert, since the file does not list the Region.
	Watched bool `json:"watched"`
}

// Entry is an account that the users can enter, or an organizational unit with all its accounts.
type Entry struct {
	// ID is the number of the account, or the ID of the unit.
	ID   string `json:"id"`
	Name string `json:"name"`
	// Unit is set for an organizational unit: which accounts it has, the file does not say.
	Unit bool `json:"unit,omitempty"`
	// SwitchRole lists the addresses of the switch-role page, filled in, in the order of SignIns; none for a unit.
	SwitchRole []string `json:"switchRole,omitempty"`
	// Rights are those of the role there, or of the users in the hub account, as plan prints them.
	Rights []string `json:"rights"`
	// Session is the longest session of the role, such as 1h30m; empty in the hub account.
	Session string `json:"sessionDuration,omitempty"`
	// Raising says how the role gets more permissions; nil where it may do everything, and for the users in the hub account, whose
	// group the guard protects.
	Raising *Raising `json:"raising,omitempty"`
}

// Raising says how the role of an account gets more permissions for an incident, and who notices.
type Raising struct {
	// Itself is set where the role's own permissions are enough. Otherwise, an administrator of the account does it.
	Itself bool `json:"itself"`
	// Attach is the call, with the policy that allows everything as an example, and Detach the one that takes it back.
	Attach string `json:"attach"`
	Detach string `json:"detach"`
	// Boundary still limits the role, whatever is attached; empty: none.
	Boundary string `json:"boundary,omitempty"`
	// Alert is the title of the alert on it; empty where nothing in the account reports it, and only check sees it.
	Alert string `json:"alert,omitempty"`
}

// signInsShown is how many Regions there are to try.
const signInsShown = 5

// signInOrder lists Regions that no account can disable, so that the first few are far apart, and us-east-1, on which the others
// must not depend, is the last.
var signInOrder = []string{
	"us-west-2", "eu-west-1", "ap-southeast-2", "us-east-2", "eu-central-1", "ap-northeast-1", "ca-central-1", "sa-east-1", "eu-north-1", "ap-south-1",
	"us-east-1",
}

// Anywhere returns the Regions to try where nothing says which: those that no account can disable, far apart.
func Anywhere() []string { return slices.Clone(signInOrder[:signInsShown]) }

// User returns the user with a name; without one, the only user.
func (w Ways) User(name string) (string, error) {
	switch {
	case name == "" && len(w.Users) > 1:
		return "", fmt.Errorf("the file has several users; name one: --user %s", strings.Join(w.Users, ", --user "))
	case name == "":
		return w.Users[0], nil
	case !slices.Contains(w.Users, name):
		return "", fmt.Errorf("unknown user %q; the users are %s", name, strings.Join(w.Users, ", "))
	}
	return name, nil
}

// Ways returns the facts of the ways in.
func (p Plan) Ways() Ways {
	c := p.Config
	w := Ways{
		Hub: c.Hub.Account, Role: c.Role.Name, SignIns: SignIns(c), Alerted: alerted(c), Instructions: c.Alerts.Instructions,
		CallFirst: c.Card.CallFirst, PasswordKeptBy: c.Card.PasswordKeptBy, MFAKeptBy: c.Card.MFAKeptBy, ProgramKeptAt: c.Card.ProgramKeptAt,
		Sealed: c.Credentials.On(), IAMAlerts: slices.Contains(c.Regions, place.GlobalRegion),
	}
	for _, u := range c.Users {
		w.Users = append(w.Users, u.Name)
		if u.AccessKey == config.AccessKeySealed {
			w.SealedKeys = append(w.SealedKeys, u.Name)
		}
	}
	users := usersGrant(c)
	w.Login = hasPolicy(c, users.ManagedPolicies, LoginPolicy, allowsEverything)
	w.InHub = Entry{ID: c.Hub.Account, Name: users.Names[0], Rights: users.Rights()}
	for _, t := range slices.Concat(c.Targets, c.Units) {
		g := grantOf(c.Role.Name, t)
		e := Entry{ID: t.ID(), Name: t.Name, Unit: t.OrganizationalUnit != "", Rights: g.Rights(), Session: g.Session, Raising: raising(c, t)}
		if !e.Unit {
			for _, s := range w.SignIns {
				e.SwitchRole = append(e.SwitchRole, config.PlaceOf(t.Account, s.Region).SwitchRole(c.Role.Name, t.Name))
			}
		}
		w.Accounts = append(w.Accounts, e)
	}
	return w
}

// SignIns returns the Regions to sign in to: the hubs, where the alert is composed, then Regions that are watched, and others only if
// there is nothing else to try.
func SignIns(c *config.Config) []SignIn {
	regions := c.HubRegions()
	add := func(keep func(region string) bool, most int) {
		for _, region := range signInOrder {
			if len(regions) < most && !slices.Contains(regions, region) && keep(region) {
				regions = append(regions, region)
			}
		}
	}
	watched := func(region string) bool { return slices.Contains(c.Regions, region) }
	add(watched, signInsShown)
	add(func(string) bool { return true }, 3)
	var all []SignIn
	for _, region := range regions {
		at := c.HubIn(region)
		all = append(all, SignIn{Region: region, Address: at.SignIn(), Own: at.RegionSignIn(), Watched: watched(region)})
	}
	return all
}

// alerted returns who is alerted. Of an address that may hold a token, only the host is named.
func alerted(c *config.Config) []string {
	all := slices.Concat(c.Alerts.Email, c.Alerts.SMS)
	for _, address := range c.Alerts.HTTPS {
		if u, err := url.Parse(address); err == nil {
			all = append(all, "an address at "+u.Hostname())
		}
	}
	for _, arn := range c.Alerts.SQS {
		all = append(all, "the queue "+arn[strings.LastIndex(arn, ":")+1:])
	}
	for _, address := range c.UserNotifications.Email {
		all = append(all, address+" (AWS User Notifications)")
	}
	if c.Chat.Slack != (config.Slack{}) {
		all = append(all, "the Slack channel "+c.Chat.Slack.Channel)
	}
	if c.Chat.Teams != (config.Teams{}) {
		all = append(all, "a channel in Microsoft Teams")
	}
	return all
}

// allowsEverything is the AWS managed policy for an incident that needs it all.
const allowsEverything = "AdministratorAccess"

const (
	// LoginPolicy is the AWS managed policy that aws login needs (AWS Sign-In user guide, AWS managed policies).
	LoginPolicy = "SignInLocalDevelopmentAccess"
	// LoginVersion is the first version of the AWS CLI with aws login (AWS CLI user guide, login with console credentials).
	LoginVersion = "2.32"
)

func raising(c *config.Config, t config.Target) *Raising {
	if mayAttach(c, t) && (hasPolicy(c, t.ManagedPolicies, allowsEverything) || slices.Contains(statements(t.InlinePolicy), "Allow * on *")) {
		return nil
	}
	end := "--role-name " + c.Role.Name + " --policy-arn " + c.HubPlace().AWSPolicy(allowsEverything)
	return &Raising{
		Itself: mayAttach(c, t), Attach: "aws iam attach-role-policy " + end, Detach: "aws iam detach-role-policy " + end,
		Boundary: t.PermissionsBoundary, Alert: raisingAlert(c, t),
	}
}

// mayAttach reports whether the role certainly may attach a policy to itself. A boundary, a denial, and a policy of the account's own,
// whose text is not in the file, leave it open.
func mayAttach(c *config.Config, t config.Target) bool {
	own := statements(t.InlinePolicy)
	if t.PermissionsBoundary != "" || slices.ContainsFunc(own, func(text string) bool { return strings.HasPrefix(text, "Deny ") }) {
		return false
	}
	return slices.Contains(own, "Allow * on *") || slices.Contains(own, "Allow iam:* on *") ||
		hasPolicy(c, t.ManagedPolicies, config.DefaultPolicy, allowsEverything)
}

// hasPolicy reports whether a list of the file has one of some AWS managed policies, by name or by ARN.
func hasPolicy(c *config.Config, policies []string, any ...string) bool {
	return slices.ContainsFunc(policies, func(policy string) bool {
		return slices.ContainsFunc(any, func(one string) bool { return access.PolicyARN(c.HubPlace(), policy) == c.HubPlace().AWSPolicy(one) })
	})
}

// raisingAlert returns the title of the alert on a policy that is attached to the role of a target. IAM's records appear in us-east-1.
func raisingAlert(c *config.Config, t config.Target) string {
	id := watch.TargetAccess
	switch {
	case t.Account == c.Hub.Account && c.Monitoring.Tampering:
		id = watch.RoleChange
	case t.Account == c.Hub.Account || !slices.Contains(c.Observers.Regions, place.GlobalRegion):
		return ""
	}
	e, _ := watch.ByID(id)
	return e.Title
}
