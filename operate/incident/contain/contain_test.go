package contain

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/incident/chain"
)

const fileText = `version: 1
hub: {account: "111111111111"}
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}, {account: "333333333333"}]
`

// entering is the fault of an account of which nobody gets credentials.
const entering = "AssumeRole "

// begin returns a run on a fake, and the events that it notes.
func begin(t *testing.T, c *cloud, principals ...*chain.Principal) (*run, *[]Event) {
	t.Helper()
	conf, err := config.Parse("breakglass.yaml", []byte(fileText))
	if err != nil {
		t.Fatal(err)
	}
	var events []Event
	r := newRun(Options{
		Incident: incident, Config: conf, Caller: "arn:aws:iam::111111111111:user/operator", Users: []string{"BreakglassUser"}, Principals: principals,
		Note: func(e Event) error { events = append(events, e); return nil },
	})
	r.iamOf = func(_ context.Context, number string) (iamAPI, error) {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		if c.fault == entering+number {
			return nil, errors.New("the account cannot be entered")
		}
		return iamIn{c, number}, nil
	}
	r.organization = organization{c}
	return r, &events
}

func contain(t *testing.T, c *cloud, principals ...*chain.Principal) (*Result, []Event) {
	t.Helper()
	r, events := begin(t, c, principals...)
	p, err := r.plan(t.Context(), organization{c})
	if err != nil {
		t.Fatal(err)
	}
	result, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result, *events
}

const denyAll = "arn:aws:iam::aws:policy/AWSDenyAll"

func TestEverythingIsContainedInTheOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.keys[other+"/backdoor"] = map[string]iamtypes.StatusType{"AKIABACK": "Active"}
		result, events := contain(t, c, &chain.Principal{Kind: chain.Made, Account: other, Name: "backdoor", Keys: []string{"AKIABACK"}})
		if !result.OK() || len(result.Undone) > 0 || len(result.Verified) != 3 || result.Rounds < 2*inARow {
			t.Errorf("%+v", result)
		}
		var taken []Kind
		for _, e := range events {
			if e.What == Taken && (len(taken) == 0 || taken[len(taken)-1] != e.Kind) {
				taken = append(taken, e.Kind)
			}
		}
		// The sessions are ended a second time when the users are denied everywhere.
		if want := []Kind{"control policy", "deny user", "end sessions", "inactive key", "end sessions"}; !slices.Equal(taken, want) {
			t.Errorf("taken in the order %q, want %q", taken, want)
		}
		want := `{"Statement":[{"Action":"*","Condition":{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::111111111111:user/BreakglassUser","arn:aws:iam::*:role/BreakGlassRole",` +
			`"arn:aws:iam::333333333333:user/backdoor"]}},"Effect":"Deny","Resource":"*","Sid":"BreakGlassContainment"}],"Version":"2012-10-17"}`
		if len(c.targets[controlled]) != 3 || c.controls[controlled] != want {
			t.Errorf("the control policy is %s on %q", c.controls[controlled], c.targets[controlled])
		}
		if !slices.Equal(c.attached[hub+"/BreakglassUser"], []string{denyAll}) || len(c.inline) != 2 || c.keys[hub+"/BreakglassUser"]["AKIAONE"] != "Inactive" ||
			c.keys[other+"/backdoor"]["AKIABACK"] != "Inactive" {
			t.Errorf("%+v", c)
		}
	})
}

// A contained session removes its own deny in the seconds before IAM has spread it: that is reported, and taken again until it holds.
func TestTheRaceIsWon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		at, times := hub+"/BreakglassUser", 0
		c.attack = func(string, string) {
			// The attacker's calls are still admitted for a while after the first deny.
			if len(c.attached[at]) > 0 && time.Since(c.since[at]) > 0 && time.Since(c.since[at]) < 3*spread && times < 2 {
				c.attached[at], times = nil, times+1
			}
		}
		result, events := contain(t, c)
		if times != 2 || len(result.Undone) != 2 || !result.OK() || !slices.Equal(c.attached[at], []string{denyAll}) {
			t.Errorf("undone %d times: %+v", times, result)
		}
		undone := slices.IndexFunc(events, func(e Event) bool { return e.What == Undone })
		again := slices.IndexFunc(events[undone:], func(e Event) bool { return e.What == Taken && e.Kind == User })
		if undone < 0 || again < 0 || events[undone].Kind != User {
			t.Errorf("%+v", events)
		}
	})
}

// One who can always undo it is not contained, and the result says so.
func TestARaceThatIsLostIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.attack = func(call, _ string) {
			if call == "ListAttachedUserPolicies" {
				c.attached[hub+"/BreakglassUser"] = nil
			}
		}
		began := time.Now()
		result, _ := contain(t, c)
		if result.OK() || len(result.Undone) < 10 || len(result.Failed) != 1 || result.Failed[0].Kind != User || time.Since(began) > 2*longest+time.Minute {
			t.Errorf("after %s: %d undone, failed %+v", time.Since(began), len(result.Undone), result.Failed)
		}
	})
}

// An account that cannot be reached is named; the others are contained.
func TestAnAccountThatRefusesIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.refused[prod] = true
		result, events := contain(t, c)
		said := slices.DeleteFunc(slices.Clone(events), func(e Event) bool { return e.What != Failed })
		if len(said) != 1 || strings.Contains(said[0].Why, said[0].Title()) {
			t.Errorf("it is said again and again: %+v", said)
		}
		if left := InForce(events); slices.ContainsFunc(left, func(m Measure) bool { return m.Kind == Role && m.Account == prod }) {
			t.Errorf("it may be in force: %+v", left)
		}
		if result.OK() || len(result.Failed) != 1 || result.Failed[0].Account != prod || !strings.Contains(result.Failed[0].Why, "permission") ||
			len(result.Open) != 1 || c.inline[other+revoked] == "" {
			t.Errorf("%+v", result)
		}
	})
}

func TestReleaseRestoresWhatWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		// What an administrator denied by hand, and what is not about it.
		byHand := map[string]string{other + "/BreakGlassRole/AWSRevokeOlderSessions": "earlier"}
		maps.Copy(c.inline, byHand)
		c.attached[hub+"/BreakglassUser"] = []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}
		keys := maps.Clone(c.keys[hub+"/BreakglassUser"])
		_, events := contain(t, c)
		_, again := contain(t, c) // a second run must not take its own measures for what was there before
		events = append(events, again...)
		r, released := begin(t, c)
		failed, err := r.release(t.Context(), InForce(events))
		if err != nil || len(failed) > 0 {
			t.Fatalf("%+v, %v", failed, err)
		}
		if !maps.Equal(c.inline, byHand) || !maps.Equal(c.keys[hub+"/BreakglassUser"], keys) || len(c.controls) != 0 ||
			!slices.Equal(c.attached[hub+"/BreakglassUser"], []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}) {
			t.Errorf("left: %+v, %+v, %+v, %+v", c.inline, c.keys, c.controls, c.attached)
		}
		if left := InForce(append(events, *released...)); len(left) != 0 {
			t.Errorf("in force: %+v", left)
		}
		if _, err := r.release(t.Context(), nil); err == nil {
			t.Error("nothing was released without an error")
		}
	})
}

// Without the management account the rest is done, and the plan says what is lacking.
func TestWithoutTheOrganization(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.refused[management] = true
		r, _ := begin(t, c)
		p, err := r.plan(t.Context(), organization{c})
		if err != nil || len(p.Without) != 1 || !strings.HasPrefix(p.Without[0], "no service control policy: ") ||
			slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Kind == Control }) {
			t.Fatalf("%+v, %v", p, err)
		}
		result, err := p.Run(t.Context())
		if err != nil || !result.OK() {
			t.Errorf("%+v, %v", result, err)
		}
	})
}

func TestTheContainedCannotRunIt(t *testing.T) {
	for _, caller := range []string{"arn:aws:iam::111111111111:user/BreakglassUser", "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/ops"} {
		r, _ := begin(t, newCloud())
		r.Caller = caller
		if _, err := r.plan(t.Context(), organization{newCloud()}); err == nil || !strings.Contains(err.Error(), "other credentials") {
			t.Errorf("%s: %v", caller, err)
		}
	}
}
