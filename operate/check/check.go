// Package check reports whether a deployment is ready for an emergency: it asks AWS what is deployed and compares it with the
// plan. It only reads. Like every package below operate, it may import the plan, what the plan is made from, and internal
// packages, but neither the CDK nor a screen.
//
// Each area is one file with a function that takes a narrow interface and returns what it found. Checks lists them, as data; Run
// runs all of them at once.
package check

import (
	"example.com/breakglass/config"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"

	"time"
)

// Severity of a finding.
type Severity string

// The severities. With a problem, an emergency may fail or an intruder may go unseen; a warning differs from the file, and is
// harmless today; a note is information.
const (
	Problem Severity = "problem"
	Warning Severity = "warning"
	Note    Severity = "note"
	Fine    Severity = "fine"
)

var severities = []Severity{Problem, Warning, Note, Fine}

// Finding is one result of a check. The same result in many places is one finding.
type Finding struct {
	// Check is the ID of the check.
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	// Where are the Regions, or the accounts, that it is about; empty where it has no place.
	Where []string `json:"where,omitempty"`
	// Users that it is about.
	Users []string `json:"users,omitempty"`
	// What is the matter.
	What string `json:"what"`
	// Fix is what to do about it; empty where nothing is to be done.
	Fix string `json:"fix,omitempty"`

	// stacks of the texts, and what the CDK calls them.
	stacks, planned []string
	failed          *failure
	// barred are the scopes of the way in for which the finding names a policy of the organization that is in the way, and unless
	// is the scope of a finding that knows of one without its name: it is dropped where another names it.
	barred []string
	unless string
}

// failure is a question that got no answer.
type failure struct {
	doing string
	err   error
}

// Tally counts how many of some things are well.
type Tally struct {
	Got int `json:"got"`
	Of  int `json:"of"`
}

// The things that are tallied, for the sentence at the end.
const (
	regionsWatched       = "regionsWatched"
	accountsReachable    = "accountsReachable"
	usersIn              = "usersIn"
	accountsServed       = "accountsServed"
	subscribersConfirmed = "subscribersConfirmed"
	regionsBeating       = "regionsBeating"
)

// result is what one area found.
type result struct {
	check   string
	found   []Finding
	tallies map[string]Tally
}

func of(check string) *result { return &result{check: check, tallies: map[string]Tally{}} }

// say adds a finding. In a text, <where> and <stack> are replaced with the finding's places and stacks, so that the same
// finding of many places stays one. A fix has its commands by awsCLI, inRegion and breakglassCLI.
func (r *result) say(s Severity, where, stack, what, fix string) {
	f := Finding{Check: r.check, Severity: s, What: what, Fix: fix}
	if where != "" {
		f.Where = []string{where}
	}
	if stack != "" {
		f.stacks = []string{stack}
	}
	r.found = append(r.found, f)
}

// ofUser adds a finding on a user, which is one finding where it is the same of many: in the text, <users> are all of them, and <have>
// and <are> what follows them.
func (r *result) ofUser(s Severity, user, what, fix string) {
	r.found = append(r.found, Finding{Check: r.check, Severity: s, What: what, Fix: fix, Users: []string{user}})
}

func (r *result) problem(where, what, fix string) { r.say(Problem, where, "", what, fix) }
func (r *result) warning(where, what, fix string) { r.say(Warning, where, "", what, fix) }
func (r *result) note(where, what, fix string)    { r.say(Note, where, "", what, fix) }
func (r *result) fine(where, what string)         { r.say(Fine, where, "", what, "") }

// drifted adds a finding on something that is no longer as its stack made it. An ordinary deployment would not notice that.
func (r *result) drifted(s Severity, where, stack, what string) {
	r.say(s, where, stack, what, revert)
}

// remade adds a problem of a role that exists under another ARN. A deployment can't bring it back while its name is taken.
func (r *result) remade(where, stack, what string) {
	r.say(Problem, where, stack, what, "find out who made it and delete it, then: "+revert)
}

// In a fix, these stand for the command that deploys the stacks, and for the one that sets them back.
const redeploy, revert = "<deploy>", "<restore>"

// In a fix, these stand for the commands that give a target account the policy of what CloudFormation may do there, and that bootstrap
// it with that policy.
const confine, rebootstrap = "<confine>", "<bootstrap>"

// unanswered adds a finding on a question that AWS did not answer.
func (r *result) unanswered(where, doing string, err error) {
	f := Finding{Check: r.check, Severity: Problem, failed: &failure{doing, err}}
	if where != "" {
		f.Where = []string{where}
	}
	r.found = append(r.found, f)
}

func (r *result) tally(what string, got, of int) { r.tallies[what] = Tally{got, of} }

// well reports whether nothing worse than a note was found.
func (r *result) well() bool {
	for _, f := range r.found {
		if f.Severity == Problem || f.Severity == Warning {
			return false
		}
	}
	return true
}

// scene is what every area knows.
type scene struct {
	config *config.Config
	plan   plan.Plan
	now    time.Time
	// again has the flags with which a next command reads the same file with the same credentials.
	again string
	// caller is the account of the run's credentials, region the Region that the run was given, if any. profiles returns the profile of
	// the AWS CLI for an account; nil or empty means none.
	caller, region string
	profiles       func(account string) string
}

// account returns the hub account.
func (s *scene) account() string { return s.config.Hub.Account }

// in returns the hub account in a Region.
func (s *scene) in(region string) place.Place { return s.config.HubIn(region) }

// stackOf returns the stack of a kind in a Region.
func (s *scene) stackOf(region string, kind plan.Kind) string {
	for _, at := range s.plan.Placements {
		if at.Kind == kind && at.Region == region && at.Account == s.account() {
			return at.Stack
		}
	}
	return ""
}

// hubStack returns the stack with the topic in a hub's Region; empty if there is none.
func (s *scene) hubStack(region string) string {
	at, _ := s.plan.HubStack(region)
	return at.Stack
}

// ownStack returns the hub's stack, with the users and the forwarding role.
func (s *scene) ownStack() string { return s.hubStack(s.config.Hub.Region) }
