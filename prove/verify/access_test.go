//go:build verify

package verify

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"example.com/breakglass/prove/judge"
)

// What the simulator can't judge, and nothing here proves:
//   - sts:GetSessionToken, which no policy of a user can deny: the catalogue watches it instead;
//   - which condition keys AWS really sends: the source for dead-letter queues, alarms, rules and state machines, the role for a
//     call of the composer, also to the key. All of it is AWS's word, not the simulator's;
//   - policies of the organization, and whether a role that EventBridge assumes may be passed to it at deployment;
//   - people of the hub account with rights of their own on the queues: there an identity policy suffices. It does for the topic,
//     too, but SNS then asks for the key, whose policy lets nobody else use it.

// accessCase is a request and what it has to come to.
type accessCase struct {
	name    string
	request judge.AccessCase
	want    string
}

// accessTable collects the requests to an app.
type accessTable struct{ cases []accessCase }

// denial is a request that differs from an allowed one in one thing, and has to be denied.
type denial struct {
	name   string
	want   string
	change func(*judge.AccessCase)
}

// only adds a request that has to be allowed and its denials. A denial alone would prove little: a condition with a slip
// in it denies, too.
func (a *accessTable) only(name string, allowed judge.AccessCase, denials ...denial) {
	a.cases = append(a.cases, accessCase{name, allowed, judge.Allowed})
	for _, d := range denials {
		request := allowed
		request.Context = maps.Clone(allowed.Context)
		d.change(&request)
		a.cases = append(a.cases, accessCase{name + ", but " + d.name, request, d.want})
	}
}

// The ways in which a denial differs.

func by(principal string) func(*judge.AccessCase) {
	return func(c *judge.AccessCase) { c.Principal = principal }
}

func on(resource string) func(*judge.AccessCase) {
	return func(c *judge.AccessCase) { c.Resource = resource }
}

// having replaces the value of condition keys, given as key, value, key, value; an empty value takes the key away.
func having(pairs ...string) func(*judge.AccessCase) {
	return func(c *judge.AccessCase) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i+1] == "" {
				delete(c.Context, pairs[i])
				continue
			}
			c.Context[pairs[i]] = []string{pairs[i+1]}
		}
	}
}

func keys(pairs ...string) map[string][]string {
	c := judge.AccessCase{Context: map[string][]string{}}
	having(pairs...)(&c)
	return c.Context
}

// managed returns an AWS managed policy, as AWS publishes it.
func managed(t *testing.T, name string) judge.Policy {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "managed", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return judge.Policy{Name: name, Document: json.RawMessage(text)}
}

// TestAccess puts every request before the simulator in one go: to the apps, and to those with something broken.
func TestAccess(t *testing.T) {
	var cases []accessCase
	add := func(app string, table []accessCase) {
		for _, c := range table {
			c.name = app + ": " + c.name
			cases = append(cases, c)
		}
	}
	whole, small := wholeApp(t).Assembly, smallApp(t).Assembly
	add("whole", accessCases(t, whole, "AdministratorAccess"))
	add("small", accessCases(t, small, "IAMFullAccess"))
	caught := map[string]accessCase{}
	for _, m := range accessMutants {
		mutant := whole.Copy()
		m.spoil(t, mutant)
		table := accessCases(t, mutant, "AdministratorAccess")
		i := slices.IndexFunc(table, func(c accessCase) bool { return c.name == m.caught })
		if i < 0 {
			t.Fatalf("%s: there is no case %q", m.name, m.caught)
		}
		caught[m.name] = table[i]
		add("mutant "+m.name, table[i:i+1])
	}

	requests := make([]judge.AccessCase, len(cases))
	for i, c := range cases {
		requests[i] = c.request
		requests[i].ID = c.name
	}
	began := time.Now()
	decisions, err := judge.Simulate(t.Context(), root(t), requests)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d requests in %v", len(requests), time.Since(began).Round(100*time.Millisecond))
	mutants := len(cases) - len(accessMutants)
	for i, d := range decisions[:mutants] {
		if len(d.Errors) > 0 || d.Decision != cases[i].want {
			t.Errorf("%s: %s %v, want %s", d.ID, d.Decision, d.Errors, cases[i].want)
		}
	}
	for i, m := range accessMutants {
		t.Run("mutant/"+m.name, func(t *testing.T) {
			if d := decisions[mutants+i]; len(d.Errors) > 0 || d.Decision == caught[m.name].want {
				t.Errorf("%s is %s still %v", m.caught, d.Decision, d.Errors)
			}
		})
	}
}

// accessCases returns the requests to an app; its users also have an AWS managed policy attached.
func accessCases(t *testing.T, app *Assembly, attached string) []accessCase {
	t.Helper()
	var a accessTable
	users, administrator := emergencyUsers(app), managed(t, "AdministratorAccess")
	for _, u := range users {
		a.assumesRoles(app, u, administrator)
		u.policies = append(u.policies, managed(t, attached))
		a.needsMFA(u)
		a.keepsHandsOff(u, users, administrator)
	}
	for _, stack := range app.Stacks {
		a.deadLetters(t, stack)
		a.topics(t, app, stack, administrator)
		a.logs(t, app, stack)
		a.trail(t, stack, administrator)
	}
	a.forwarding(t, app)
	a.heartbeats(t, app)
	a.composer(t, app)
	a.chat(t, app)
	a.monitor(t, app)
	return a.cases
}
