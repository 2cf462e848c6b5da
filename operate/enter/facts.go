package enter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// Facts are what a run knows of the deployment, from the configuration or from the headers of the sealed files.
type Facts struct {
	Partition string `json:"partition"`
	// Hub is the account of the user.
	Hub  string `json:"hub"`
	User string `json:"user"`
	// Device is the ARN of the user's MFA device.
	Device string `json:"device"`
	// Role is the name of the role in every account.
	Role string `json:"role"`
	// Regions to ask, in order.
	Regions []string `json:"regions"`
	// Watched are the Regions where a session raises an alert; nil where the configuration is not there.
	Watched []string `json:"-"`
	// Accounts that have a name; nil where the configuration is not there.
	Accounts []Account `json:"-"`
	// Alerted are those who receive the alerts; nil where the configuration is not there.
	Alerted []string `json:"alerted"`
	// Login is set where the configuration is there, and lets the users use aws login; SealedKey where it allows the user a sealed
	// access key, or one is there.
	Login     bool `json:"-"`
	SealedKey bool `json:"-"`
	// Hubs are the Regions whose topics send the alerts.
	Hubs []string `json:"alertRegions,omitempty"`
}

// Account is one that can be entered.
type Account struct {
	Number string `json:"account"`
	// Name as the file has it; the number where that is not known.
	Name string `json:"name"`
	// Session is how long a session in the role may last; zero where that is not known.
	Session time.Duration `json:"-"`
	// Unlisted is set where the configuration is there, and has no such target: only a stack set can have put the role there.
	Unlisted bool `json:"unlisted,omitempty"`
	// Own is set for the hub account where the user has no role to assume: the user's own session is the way in.
	Own bool `json:"own,omitempty"`
}

// FromPlan returns what the file says. user may be empty where the file has one user only. A Region that is not watched is not asked:
// its session would raise no alert.
func FromPlan(p plan.Plan, user string) (Facts, error) {
	c, ways := p.Config, p.Ways()
	hub := c.HubPlace()
	f := Facts{Partition: hub.Partition, Hub: c.Hub.Account, Role: c.Role.Name, Hubs: c.HubRegions(), Watched: c.Regions, Alerted: ways.Alerted, Login: ways.Login}
	var err error
	if f.User, err = ways.User(user); err != nil {
		return f, err
	}
	f.Device, f.SealedKey = hub.MFADevice(f.User), slices.Contains(ways.SealedKeys, f.User)
	for _, t := range c.Targets {
		f.Accounts = append(f.Accounts, Account{Number: t.Account, Name: t.Name, Session: t.SessionDuration})
	}
	if !slices.ContainsFunc(f.Accounts, func(a Account) bool { return a.Number == f.Hub }) {
		f.Accounts = append(f.Accounts, f.InHub())
	}
	for _, s := range ways.SignIns {
		if s.Watched {
			f.Regions = append(f.Regions, s.Region)
		}
	}
	return f, nil
}

// First returns the Regions with one of them, or another one, in front.
func First(region string, regions []string) []string {
	if region == "" {
		return regions
	}
	return append([]string{region}, slices.DeleteFunc(slices.Clone(regions), func(other string) bool { return other == region })...)
}

// FromARNs returns what the ARNs of a role and of an MFA device say: enough to get in where neither a configuration nor a sealed file is
// there. For the hub account, its number does for the role. user may be empty where the device has the user's name.
func FromARNs(role, device, user string) (Facts, error) {
	d, err := arn.Parse(device)
	kind, name := place.DeviceOf(device)
	if err != nil || kind != place.Virtual || !config.IsAccount(d.AccountID) {
		return Facts{}, fmt.Errorf("%q is not the ARN of a virtual MFA device; it looks like %s", device, exampleDevice)
	}
	f := Facts{Partition: d.Partition, Hub: d.AccountID, User: cmp.Or(user, name), Device: device, Regions: plan.Anywhere()}
	_, f.Role, _ = roleOf(role)
	if f.Role == "" && role != f.Hub && role != "" {
		return f,
			fmt.Errorf("the name of the role in %q is in the configuration, or in a sealed file, and neither is here; pass the ARN of the role: breakglass enter %s",
				role, exampleRole)
	}
	return f, nil
}

// What ARNs look like.
const (
	exampleRole   = "arn:aws:iam::222222222222:role/BreakGlassRole"
	exampleDevice = "arn:aws:iam::111111111111:mfa/BreakglassUser"
)

// roleOf returns the account and the name of the role with an ARN.
func roleOf(text string) (account, name string, ok bool) {
	role, err := arn.Parse(text)
	name, ok = strings.CutPrefix(role.Resource, "role/")
	return role.AccountID, name, err == nil && ok && config.IsAccount(role.AccountID)
}

// Find returns the account with a number or name, or that of the role with an ARN. A number is enough where no configuration is there.
func (f Facts) Find(text string) (Account, error) {
	if account, name, ok := roleOf(text); ok {
		if name != f.Role {
			return Account{}, fmt.Errorf("the role is %s, and not %s; pass the number of the account: %s", f.Role, name, account)
		}
		text = account
	}
	known := f.Accounts
	if known == nil {
		known = []Account{f.InHub()} // the one whose name is known without a configuration
	}
	var named []config.Named
	for _, a := range known {
		named = append(named, config.Named{Number: a.Number, Name: a.Name})
	}
	i, err := config.Find(named, text)
	if err != nil {
		return Account{}, err
	}
	if i >= 0 {
		return known[i], nil
	}
	number, isNumber := config.NumberIn(text)
	switch {
	case isNumber:
		// The role may be there, deployed to an organizational unit, say.
		return Account{Number: number, Name: number, Own: number == f.Hub, Unlisted: f.Accounts != nil}, nil
	case f.Accounts == nil:
		return Account{},
			fmt.Errorf("%q is not an account number, and names are in the configuration, which is not here; pass the 12 digits, which the card has beside the name, or --config FILE", text)
	}
	return Account{}, fmt.Errorf("no account is named %q; the accounts are %s", text, config.List(named))
}

// Announcement returns what to tell a person before anything happens: what is about to happen, and who will be alerted. profile is set
// where the session of the user is there already, and dry where nothing will happen.
func (r Request) Announcement(profile, dry bool) []string {
	begin, alerts, raise, raises := "Entering", "This alerts", "raise", "raises"
	if dry {
		begin, alerts, raise, raises = "This would enter", "It would alert", "would raise", "would raise"
	}
	what := fmt.Sprintf("%s account %s as %s of account %s, with the role %s.", begin, r.Account, r.User, r.Hub, r.Role)
	calls := "GetSessionToken and AssumeRole " + raise + " an alert each"
	switch {
	case r.Account.Own:
		what = fmt.Sprintf("%s account %s, the hub account, as its user %s: no role is assumed.", begin, r.Account, r.User)
		calls = "GetSessionToken " + raises + " an alert"
	case profile:
		calls = "AssumeRole " + raises + " an alert"
	}
	lines := []string{what, alerts + " people: " + calls + "."}
	if first := r.Regions[0]; r.Watched != nil && !slices.Contains(r.Watched, first) {
		lines = append(lines, "But "+first+" is not watched: what it answers raises no alert. Tell those on the call list.")
	}
	return append(lines, r.Alerting()...)
}

// Doubt returns what is not certain about an account; empty where nothing is.
func (a Account) Doubt() string {
	if !a.Unlisted {
		return ""
	}
	return fmt.Sprintf("account %s is no target of the configuration: the role is there only if a stack set of an organizational unit put it there. Is the number right?", a.Number)
}

// Alerting returns who is alerted, and what to do first.
func (f Facts) Alerting() []string {
	whom := "Who gets the alerts is on the card, in section 6."
	if len(f.Alerted) > 0 {
		whom = "Alerts go to " + strings.Join(f.Alerted, ", ") + ", from " + strings.Join(f.Hubs, " and ") + "."
	}
	return []string{whom, "Announce it first: an alert that nobody announced is treated as an intrusion."}
}

// String returns the number of an account, with its name where that is another.
func (a Account) String() string {
	if a.Name == "" || a.Name == a.Number {
		return a.Number
	}
	return a.Number + " (" + a.Name + ")"
}

// Steps returns what Do does, for a person.
func (r Request) Steps(profile bool) []string {
	how := ", as long as AWS gives by default"
	lasts := r.lasts()
	if lasts > 0 {
		how = ", for " + short(lasts)
	}
	session := "Ask AWS STS for a session of " + r.User + " with a code of " + r.Device + " (GetSessionToken), in the first Region that answers: " +
		strings.Join(r.Regions, ", ")
	assume := "Assume " + r.RoleIn(r.Account) + " with the session name " + r.User + " (AssumeRole)"
	switch {
	case r.Account.Own:
		return []string{session + how + "."}
	case profile:
		return []string{"Take the session of the profile.", assume + ", in the first Region that answers: " + strings.Join(r.Regions, ", ") + how + "."}
	}
	return []string{session + ".", assume + ", in that Region first" + how + "."}
}

// short returns a duration as a person writes it: 1h30m.
func short(d time.Duration) string {
	text := strings.TrimSuffix(d.String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// InHub returns the hub account, where the user has rights of their own.
func (f Facts) InHub() Account { return Account{Number: f.Hub, Name: "hub", Own: true} }
