package contain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// The phases of an incident, in each of which AWS may refuse something.
var phases = []string{"planning", "containing", "proving", "releasing"}

// played contains an incident, proves it and releases it. In one phase, AWS refuses one call. It returns what was said and kept, and what is in
// force in between and at the end: of accounts that work at once, each line has its place in the alphabet.
func played(t *testing.T, phase, fault string) (lines []string, asked map[string][]string) {
	t.Helper()
	c := newCloud()
	c.keys[other+"/backdoor"] = map[string]iamtypes.StatusType{"AKIABACK": "Active", "AKIAMORE": "Active", "AKIAOFF": "Inactive"}
	c.inline[prod+"/BreakGlassRole/AWSRevokeOlderSessions-case-CCCCCC"] = "of another incident"
	c.controls["p-BreakGlassContainment-case-DDDDDD"] = "of another one"
	principals := []*chain.Principal{
		{Kind: chain.Made, Account: other, Name: "backdoor", Keys: []string{"AKIABACK", "AKIAMORE", "AKIAOFF"}},
		{Kind: chain.Made, Account: hub, Name: "admin", Own: true}, {Kind: chain.Opened, Account: prod, Name: "opened"},
		{Kind: chain.Session, Account: prod, Role: "Build", Name: "b", Since: time.Now().UTC()},
		{Kind: chain.Session, Account: prod, Role: "BreakGlassRole", Name: "x"},
		{Kind: chain.Root, Account: prod, Since: time.Now().UTC()}, {Kind: chain.Provider, Account: prod, Name: "idp"},
		{Kind: chain.Person, Account: prod, Name: "person"},
	}
	asked = map[string][]string{}
	set := func(now string) {
		c.fault, c.calls = "", nil
		if phase == now {
			c.fault = fault
		}
	}
	add := func(phase, format string, args ...any) {
		lines = append(lines, phase+": "+strings.ReplaceAll(fmt.Sprintf(format, args...), "\n", "\n    "))
	}
	kept := func(phase string, all []Event) {
		for _, e := range all {
			if e.What == Taken || e.What == Intended || e.What == Undone { // what these do is in the state
				e.Why = ""
			}
			if e.Proof != nil { // how many calls fit into the time is chance
				copied := *e.Proof
				copied.Calls, copied.Seconds = min(copied.Calls, 1), 0
				e.Proof = &copied
			}
			e.At = time.Time{}
			text, _ := json.Marshal(e)
			add(phase, "kept %s", strings.Replace(string(text), `"at":"0001-01-01T00:00:00Z",`, "", 1))
		}
	}
	state := func(phase string) {
		for at, policies := range c.attached {
			add(phase, "in IAM %s has %q", at, policies)
		}
		for at, text := range c.inline {
			add(phase, "in IAM %s is there, ends sessions: %v", at, strings.Contains(text, "TokenIssueTime"))
		}
		for at, status := range c.keys {
			add(phase, "in IAM the keys of %s are %v", at, status)
		}
		for id := range c.controls {
			add(phase, "in the organization %s is on %q", id, c.targets[id])
		}
	}
	ended := func(phase string) { asked[phase] = slices.Compact(slices.Sorted(slices.Values(c.calls))) }

	r, events := begin(t, c, principals...)
	r.Leftovers = "breakglass incident leftovers"
	r.Sessions = []Session{c.as("profile responder", "ASIAUSER", userARN, time.Now()), c.as("profile production", "ASIAROLE", sessionARN, time.Now())}
	set("planning")
	p, err := r.plan(t.Context(), organization{c})
	if err != nil {
		add("planning", "error %v", err)
		return lines, asked
	}
	for _, m := range p.Measures {
		add("planning", "would %s", m.Title())
	}
	for _, why := range p.Without {
		add("planning", "without %s", why)
	}
	add("planning", "others %q", p.Others)
	ended("planning")

	set("containing")
	result, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept("containing", *events)
	for title, all := range map[string][]string{"verified": result.Verified, "open": result.Open, "remains": result.Remains, "others": result.Others} {
		for _, one := range all {
			add("containing", "%s %s", title, one)
		}
	}
	for _, m := range result.Hold {
		add("containing", "in force %s", m.Title())
	}
	add("containing", "all is contained: %v", result.OK())
	state("containing")
	ended("containing")

	set("proving")
	held := InForce(*events)
	again, proved := begin(t, c, principals...)
	again.Sessions = r.Sessions
	proofs, err := again.proveAll(t.Context(), held)
	for _, p := range proofs {
		add("proving", "%s", p.Title())
	}
	if err != nil {
		add("proving", "error %v", err)
	}
	kept("proving", *proved)
	ended("proving")

	set("releasing")
	c.inline[prod+"/BreakGlassRole/AWSRevokeOlderSessions"] = "of an administrator"
	delete(c.inline, prod+"/BreakGlassRole/AWSRevokeOlderSessions-case-CCCCCC")
	delete(c.controls, "p-BreakGlassContainment-case-DDDDDD")
	again, released := begin(t, c, principals...)
	failed, err := again.release(t.Context(), held)
	if err != nil {
		add("releasing", "error %v", err)
	}
	for _, e := range failed {
		add("releasing", "failed %s: %s", e.Title(), e.Why)
	}
	kept("releasing", *released)
	for _, m := range InForce(slices.Concat(*events, *released)) {
		add("releasing", "in force %s", m.Title())
	}
	state("releasing")
	ended("releasing")
	return lines, asked
}

// Whatever AWS refuses, and when: what is said of it, what is kept of it, and what is in force then.
func TestWhatIsToldWhateverAWSRefuses(t *testing.T) {
	var all strings.Builder
	var good []string
	var asked map[string][]string
	synctest.Test(t, func(t *testing.T) { good, asked = played(t, "", "") })
	slices.Sort(good)
	good = slices.Compact(good)
	fmt.Fprintf(&all, "== nothing is refused\n%s\n", strings.Join(good, "\n"))
	for _, phase := range phases {
		faults := asked[phase]
		for _, number := range []string{hub, prod, other} {
			if slices.ContainsFunc(faults, func(call string) bool { return strings.HasSuffix(call, number) }) {
				faults = append(faults, entering+number)
			}
		}
		for _, fault := range faults {
			var lines []string
			synctest.Test(t, func(t *testing.T) { lines, _ = played(t, phase, fault) })
			fmt.Fprintf(&all, "\n== refused while %s: %s\n", phase, fault)
			is := map[string]string{}
			for _, line := range good {
				if phase != "planning" || len(lines) > 1 { // without a plan, nothing else comes
					is[line] = "- "
				}
			}
			for _, line := range lines {
				if _, same := is[line]; same {
					is[line] = ""
				} else {
					is[line] = "+ "
				}
			}
			for _, line := range slices.Sorted(maps.Keys(is)) {
				if is[line] != "" {
					all.WriteString(is[line] + line + "\n")
				}
			}
		}
	}
	reviewed.Text(t, "told.txt", all.String())
}

// A folder that is full ends the run with its own error, wherever that comes, and what was changed until then can be released.
func TestAFullFolderEndsTheRun(t *testing.T) {
	full := errors.New("no space left on device")
	for n, ended := 0, false; !ended; n++ { // the line of which nothing is written; others are
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			keys := maps.Clone(c.keys[hub+"/BreakglassUser"])
			c.refused[other] = n%2 == 1 // so that failures are written, too
			r, events := begin(t, c)
			r.Sessions = []Session{c.as("profile responder", "ASIAUSER", userARN, time.Now())}
			keep := r.Note
			lines := 0
			r.Note = func(e Event) error {
				if lines++; lines == n+1 {
					return full
				}
				return keep(e)
			}
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			result, err := p.Run(t.Context())
			if ended = err == nil; !ended && !errors.Is(err, full) || ended && len(*events) < 10 {
				t.Errorf("after %d lines: %+v, %v", n, result, err)
			}
			c.refused[other] = false
			r, _ = begin(t, c)
			if failed, err := r.release(t.Context(), InForce(*events)); len(failed) > 0 || err != nil && !errors.Is(err, errNothing) {
				t.Errorf("%+v, %v", failed, err)
			}
			if len(c.controls) > 0 || len(c.attached[hub+"/BreakglassUser"]) > 0 || len(c.inline) > 0 || !maps.Equal(c.keys[hub+"/BreakglassUser"], keys) {
				t.Errorf("after %d lines, left: %+v, %+v, %+v, %+v", n, c.controls, c.attached, c.inline, c.keys)
			}
		})
	}
}

// Whenever a run is stopped, it says so and not that all is contained; what was changed until then can be released, also by a release that was
// stopped before.
func TestAStoppedRunCanBeReleased(t *testing.T) {
	stopped := func(t *testing.T, c *cloud, after int) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(t.Context())
		c.attack = func(string, string) {
			if after--; after < 0 {
				cancel()
			}
		}
		return ctx, cancel
	}
	for n, ended := 0, false; !ended; n++ {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			keys := maps.Clone(c.keys[hub+"/BreakglassUser"])
			r, events := begin(t, c)
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := stopped(t, c, n)
			defer cancel()
			result, err := p.Run(ctx)
			if ended = err == nil; !ended && (!errors.Is(err, context.Canceled) || result != nil) {
				t.Errorf("after %d calls: %+v, %v", n, result, err)
			}
			released, more := begin(t, c)
			ctx, cancel = stopped(t, c, n%17)
			defer cancel()
			left := InForce(*events)
			if _, err := released.release(ctx, left); err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, errNothing) {
				t.Error(err)
			}
			c.attack = nil
			released, _ = begin(t, c)
			if failed, err := released.release(t.Context(), InForce(slices.Concat(*events, *more))); len(failed) > 0 || err != nil && !errors.Is(err, errNothing) {
				t.Errorf("%+v, %v", failed, err)
			}
			if len(c.controls) > 0 || len(c.attached[hub+"/BreakglassUser"]) > 0 || len(c.inline) > 0 || !maps.Equal(c.keys[hub+"/BreakglassUser"], keys) {
				t.Errorf("after %d calls, left: %+v, %+v, %+v, %+v", n, c.controls, c.attached, c.inline, c.keys)
			}
		})
	}
}

// A key that was inactive before, and that somebody makes active while everything has to hold, is made inactive again.
func TestAnInactiveKeyStaysInactive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, began, once := newCloud(), time.Now(), false
		at := other + "/backdoor"
		c.keys[at] = map[string]iamtypes.StatusType{"AKIABACK": "Inactive"}
		c.attack = func(string, string) {
			if !once && time.Since(began) > spread {
				once, c.keys[at]["AKIABACK"] = true, "Active"
			}
		}
		result, _ := contain(t, c, &chain.Principal{Kind: chain.Made, Account: other, Name: "backdoor", Keys: []string{"AKIABACK"}})
		if !once || !result.OK() || len(result.Undone) != 1 || c.keys[at]["AKIABACK"] != "Inactive" {
			t.Errorf("%+v, %+v", result, c.keys[at])
		}
	})
}

// The management account is restricted by no service control policy: that is said, and not tried; each other account is restricted once.
func TestTheManagementAccountIsNamed(t *testing.T) {
	for _, number := range []string{hub, other} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			c.management = number
			r, _ := begin(t, c)
			r.Config.Targets = append(r.Config.Targets, r.Config.Targets[0]) // as a hub that is a target, too
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			var on []string
			for _, m := range p.Measures {
				if m.Kind == Control {
					on = append(on, m.Name)
				}
			}
			want := slices.DeleteFunc([]string{hub, prod, other}, func(one string) bool { return one == number })
			if !slices.Equal(on, want) ||
				!slices.Equal(p.Without, []string{"no service control policy on " + number + ": it is the management account, which none restricts"}) {
				t.Errorf("%s: on %q, without %q", number, on, p.Without)
			}
		})
	}
}

// When credentials were issued is what their own records say, and not those of others.
func TestWhenCredentialsWereIssued(t *testing.T) {
	began := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	call := func(key, created, gives string, at time.Time) *chain.Call {
		record := events.Record{Time: at, Response: map[string]any{"credentials": map[string]any{"accessKeyId": gives}}}
		record.Identity.AccessKey, record.Identity.Context.Attributes.Created = key, created
		return &chain.Call{Record: record}
	}
	foreign := call("ASIAOTHER", "2026-11-20T00:00:00Z", "ASIATHIRD", began.Add(-time.Hour))
	used := call("ASIAUSER", began.Format(time.RFC3339), "", began.Add(time.Minute))
	again := call("ASIAUSER", began.Add(time.Hour).Format(time.RFC3339), "", began.Add(time.Minute))
	given := call("AKIAONE", "", "ASIAUSER", began)
	for name, calls := range map[string][]*chain.Call{"used": {foreign, used, again, foreign}, "given": {foreign, given, again}} {
		r, _ := begin(t, newCloud())
		r.Calls = calls
		r.Sessions = []Session{r.session("ASIAUSER", userARN)}
		proofs, err := r.known(t.Context(), nil)
		if err != nil || len(proofs) != 1 || !proofs[0].Issued.Equal(began) {
			t.Errorf("%s: %+v, %v", name, proofs, err)
		}
	}
}

// session returns a session that is never called.
func (r *run) session(key, who string) Session {
	return Session{
		From: "profile x", key: func(context.Context) (string, error) { return key, nil }, identity: func(context.Context) (string, error) { return who, nil },
	}
}

// A proof that cannot be written down is none.
func TestAProofIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := errors.New("no space left on device")
		c := newCloud()
		r, _ := begin(t, c)
		r.Note = func(Event) error { return full }
		r.Sessions = []Session{c.as("profile responder", "ASIAUSER", userARN, time.Now())}
		if _, err := r.proveAll(t.Context(), nil); !errors.Is(err, full) {
			t.Error(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		r.Sessions[0].call = func(context.Context) error { cancel(); return nil }
		if proofs, err := r.proveAll(ctx, nil); proofs != nil || !errors.Is(err, context.Canceled) {
			t.Errorf("%+v, %v", proofs, err)
		}
	})
}
