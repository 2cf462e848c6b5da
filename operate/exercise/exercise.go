// Package exercise proves that people get in: it announces an exercise of the emergency access in the ledgers, then waits for the real
// records of the whole way (sign-in, credentials, each account), for the alert of each record, and for a person who has read it. Like
// every package below operate, it may import the plan, what the plan is made from, and internal packages, but neither the CDK nor a
// screen.
package exercise

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// Way is a way in.
type Way string

// The ways.
const (
	Console Way = "console"
	Login   Way = "login"
	Key     Way = "key"
)

// every lists all ways.
var every = []Way{Console, Login, Key}

// lacks says what the file lacks for a user to take the way; empty: nothing.
func (w Way) lacks(ways plan.Ways, user string) string {
	switch {
	case w == Login && !ways.Login:
		return "userAccess.managedPolicies lacks " + plan.LoginPolicy
	case w == Key && !slices.Contains(ways.SealedKeys, user):
		return "there is no accessKey: sealed for " + user
	}
	return ""
}

// Gone is the scenario in which us-east-1 is gone: nothing asks anything there, and nothing that was recorded there counts.
const Gone = goneRegion + "-gone"

const goneRegion = place.GlobalRegion

// Options of an exercise.
type Options struct {
	// User who gets in; empty where the file has one user only.
	User string
	Way  Way
	// Scenario is Gone, or empty.
	Scenario string
	// Accounts to enter, by number or name; none means none but the hub account.
	Accounts []string
	// Wait is how long the records and the alerts may take.
	Wait time.Duration
	// People waits until a person has typed what an alert shows.
	People bool
}

// Run is an exercise.
type Run struct {
	Name    string
	Options Options
	// Hubs whose ledgers and composers are asked.
	Hubs []string
	// Again has the flags with which a next command reads the same file with the same credentials, a space before each.
	Again string
	// Steps of the way in, in order.
	Steps []Step

	plan       plan.Plan
	recognizer watch.Recognizer
}

// Step is a part of the way in that has to be recorded.
type Step struct {
	ID    string `json:"id"`
	Title string `json:"title"`

	// after is the position of the step that comes before this one, from 1; 0 for the first one.
	after int
	// mfa is set where the record says whether MFA was used, and must say that it was.
	mfa bool
	is  func(event watch.Fields) bool
}

// New plans an exercise. name is part of its ID.
func New(p plan.Plan, o Options, name string) (*Run, error) {
	c := p.Config
	switch {
	case !slices.Contains(every, o.Way):
		return nil, fmt.Errorf("invalid --way %q: use console, login or key", o.Way)
	case o.Scenario != "" && o.Scenario != Gone:
		return nil, fmt.Errorf("unknown scenario %q: the scenario is %s", o.Scenario, Gone)
	}
	var err error
	ways := p.Ways()
	if o.User, err = ways.User(o.User); err != nil {
		return nil, err
	}
	if lacks := o.Way.lacks(ways, o.User); lacks != "" {
		return nil, fmt.Errorf("the way %s is not prepared: %s; add it and deploy, or use --way console", o.Way, lacks)
	}
	r := &Run{Name: name, Options: o, Hubs: c.HubRegions(), plan: p, recognizer: watch.NewRecognizer(plan.ScopeOf(c))}
	if o.Scenario == Gone {
		r.Hubs = slices.DeleteFunc(slices.Clone(r.Hubs), func(hub string) bool { return hub == goneRegion })
		if len(r.Hubs) == 0 {
			return nil, fmt.Errorf("without %s nothing alerts: the hub is there, and there is no standby; set hub.standby to another Region", goneRegion)
		}
	}
	targets, err := targetsOf(c, o.Accounts)
	if err != nil {
		return nil, err
	}
	r.Steps = r.steps(targets)
	return r, nil
}

func targetsOf(c *config.Config, asked []string) ([]config.Target, error) {
	var named []config.Named
	for _, t := range c.Targets {
		named = append(named, config.Named{Number: t.Account, Name: t.Name})
	}
	var targets []config.Target
	for _, text := range asked {
		i, err := config.Find(named, text)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			return nil, fmt.Errorf("no target is %q; the targets are %s", text, config.List(named))
		}
		targets = append(targets, c.Targets[i])
	}
	return targets, nil
}

func (r *Run) steps(targets []config.Target) []Step {
	named := func(names ...string) func(watch.Fields) bool {
		return func(e watch.Fields) bool { return slices.Contains(names, watch.Text(e, "detail.eventName")) }
	}
	signIn := Step{ID: "sign-in", Title: "Sign-in to the console with MFA", mfa: true, is: named("ConsoleLogin")}
	var steps []Step
	switch r.Options.Way {
	case Console:
		steps = []Step{signIn}
	case Login:
		steps = []Step{signIn, {ID: "credentials", Title: "Credentials of aws login", after: 1, is: named("CreateOAuth2Token")}}
	case Key:
		steps = []Step{{ID: "credentials", Title: "Session of the access key with MFA", mfa: true, is: named("GetSessionToken")}}
	}
	in := len(steps)
	for _, t := range targets {
		steps = append(steps, Step{after: in, ID: "account-" + t.Account, Title: "Into account " + t.Account + " (" + t.Name + ")", is: r.into(t.Account)})
	}
	return steps
}

// into reports whether a record is that of the role of the file in an account. A switch in the console is recorded by the name of the
// role in the account of the user, and as done by the new session in the account that is entered.
func (r *Run) into(account string) func(watch.Fields) bool {
	c := r.plan.Config
	there := c.HubPlace().Of(account)
	role, session := there.Role(c.Role.Name), there.Global("sts", "assumed-role/"+c.Role.Name+"/")
	return func(e watch.Fields) bool {
		switch watch.Text(e, "detail.eventName") {
		case "AssumeRole":
			return watch.Text(e, "detail.requestParameters.roleArn") == role
		case "SwitchRole":
			return watch.Text(e, "detail.additionalEventData.SwitchTo") == role || strings.HasPrefix(watch.Text(e, "detail.userIdentity.arn"), session)
		}
		return false
	}
}

// ID of the exercise in the ledger and the evidence.
func (r *Run) ID() string { return Streams + r.Name }

// event returns what the exercise writes into a ledger.
func (r *Run) event(kind, by, hub string, at time.Time, e *Evidence) watch.Fields {
	detail := watch.Fields{
		"eventID": r.ID(), "exercise": r.Name, "user": r.Options.User, "way": string(r.Options.Way), "scenario": r.Options.Scenario, "by": by,
	}
	if e != nil {
		detail["ok"], detail["result"] = e.OK, "Incomplete"
		if e.OK {
			detail["result"] = "Success"
		}
	}
	return watch.Fields{
		"version": "0", "id": r.ID(), "source": watch.ExerciseSource, "detail-type": kind, "account": r.plan.Config.Hub.Account, "region": hub,
		"time": at.UTC().Format(time.RFC3339), "resources": []string{}, "detail": detail,
	}
}

// ofUser reports whether a record is about what the user did: one of the hub account, whatever users of the same name other accounts have.
func (r *Run) ofUser(e watch.Fields) bool {
	hub, user := r.plan.Config.HubPlace(), r.Options.User
	if watch.Text(e, "detail.additionalEventData.SwitchFrom") == hub.User(user) {
		return true
	}
	account := watch.Text(e, "detail.userIdentity.accountId")
	return watch.Text(e, "detail.userIdentity.userName") == user && (account == hub.Account || account == "")
}
