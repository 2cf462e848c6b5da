package contain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// Whoever renames an emergency user keeps its password, devices, keys and sessions: the measures follow, and release undoes them there.
func TestARenamedUserIsContained(t *testing.T) {
	const hidden = hub + "/hidden"
	user := &chain.Principal{Kind: chain.User, Account: hub, Name: "BreakglassUser"}
	call := func(record events.Record) []*chain.Call {
		record.Account, record.Time = hub, time.Now()
		return []*chain.Call{{Record: record, By: user}}
	}
	signedIn := call(events.Record{Name: "ConsoleLogin", Identity: events.Identity{Type: "IAMUser", PrincipalID: "AIDAONE", UserName: "BreakglassUser"}})
	renaming := call(events.Record{Name: "UpdateUser", Source: "iam.amazonaws.com", Request: map[string]any{"userName": "BreakglassUser", "newUserName": "hidden"}})
	twice := slices.Concat(
		call(events.Record{Name: "UpdateUser", Source: "iam.amazonaws.com", Request: map[string]any{"userName": "breakglassUSER", "newUserName": "x"}}),
		call(events.Record{Name: "UpdateUser", Source: "iam.amazonaws.com", Request: map[string]any{"userName": "X", "newUserName": "Hidden"}}),
	)
	for name, one := range map[string]struct {
		calls  []*chain.Call
		before func(*cloud)
		// during is called once, when some calls were made.
		during func(*cloud)
		after  int
		kept   int
	}{
		"before, and its ID is in a record":     {calls: signedIn, before: func(c *cloud) { c.rename("BreakglassUser", "hidden") }},
		"before, and a record shows the change": {calls: renaming, before: func(c *cloud) { c.rename("BreakglassUser", "hidden") }},
		"before, twice, which records show":     {calls: twice, before: func(c *cloud) { c.rename("BreakglassUser", "hidden") }},
		"before, and another has its name": {calls: signedIn, before: func(c *cloud) {
			c.rename("BreakglassUser", "hidden")
			c.users["AIDADECOY"] = "BreakglassUser"
		}},
		"between the measures": {during: func(c *cloud) { c.rename("BreakglassUser", "hidden") }, after: 12},
		"when everything held": {during: func(c *cloud) { c.rename("BreakglassUser", "hidden") }, after: 120},
		"twice": {
			calls: signedIn, before: func(c *cloud) { c.rename("BreakglassUser", "x") }, during: func(c *cloud) { c.rename("x", "hidden") }, after: 60,
		},
		"an administrator had denied it": {
			before: func(c *cloud) { c.attached[hub+"/BreakglassUser"] = []string{denyAll} },
			during: func(c *cloud) { c.rename("BreakglassUser", "hidden") }, after: 60, kept: 1,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			if one.before != nil {
				one.before(c)
			}
			n := 0
			c.attack = func(string, string) {
				if n++; n == one.after {
					one.during(c)
				}
			}
			r, noted := begin(t, c)
			r.Calls = one.calls
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			result, err := p.Run(t.Context())
			if err != nil || !result.OK() {
				t.Fatalf("%s: after %d calls: %+v, %v", name, n, result, err)
			}
			if !slices.Equal(c.attached[hidden], []string{denyAll}) || c.keys[hidden]["AKIAONE"] != "Inactive" {
				t.Errorf("%s: attached %+v, keys %+v", name, c.attached, c.keys)
			}
			if !strings.Contains(c.controls[controlled], ":user/hidden") {
				t.Errorf("%s: %+v", name, c.controls)
			}
			if !slices.Contains(result.Verified, "arn:aws:iam::"+hub+":user/hidden") {
				t.Errorf("%s: verified %q", name, result.Verified)
			}
			if !slices.ContainsFunc(result.Hold, func(m Measure) bool { return strings.HasPrefix(m.Title(), "AWSDenyAll on user hidden, who was ") }) {
				t.Errorf("%s: %+v", name, result.Hold)
			}
			again, _ := begin(t, c)
			if failed, err := again.release(t.Context(), InForce(*noted)); err != nil || len(failed) > 0 {
				t.Errorf("%s: %+v, %v", name, failed, err)
			}
			if len(c.attached[hidden]) != one.kept || c.keys[hidden]["AKIAONE"] != "Active" || len(c.controls) > 0 {
				t.Errorf("%s: left %+v, %+v, %+v", name, c.attached, c.keys, c.controls)
			}
		})
	}
}

// Whoever runs it under the new name is one of the contained.
func TestARenamedUserContainsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.rename("BreakglassUser", "hidden")
		r, _ := begin(t, c)
		r.Caller = "arn:aws:iam::" + hub + ":user/hidden"
		r.Calls = []*chain.Call{{
			Record: events.Record{Account: hub, Identity: events.Identity{Type: "IAMUser", PrincipalID: "AIDAONE"}},
			By:     &chain.Principal{Kind: chain.User, Name: "BreakglassUser"},
		}}
		if _, err := r.plan(t.Context(), organization{c}); err == nil || !strings.Contains(err.Error(), "is contained by this") {
			t.Error(err)
		}
	})
}

// If nobody may list the users, that is said, and what is known is contained.
func TestNamesThatAreNotKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.fault = "ListUsers " + hub
		r, _ := begin(t, c)
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		result, err := p.Run(t.Context())
		if err != nil || !result.OK() || !strings.HasPrefix(p.Without[0], "whether somebody renamed the users is not known: listing the users of the hub account: ") {
			t.Errorf("%+v, %q, %v", result, p.Without, err)
		}
	})
}

// A user who is renamed when everything has held once is followed, too; its key is one measure, and nothing about it remains.
func TestARenamedUserIsFollowedToTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, began, done := newCloud(), time.Now(), false
		c.attack = func(string, string) {
			if !done && time.Since(began) > 30*time.Second {
				done = true
				c.rename("BreakglassUser", "hidden")
			}
		}
		result, _ := contain(t, c)
		if !done || !result.OK() || !slices.Equal(c.attached[hub+"/hidden"], []string{denyAll}) {
			t.Errorf("renamed: %v, %+v, attached %+v", done, result, c.attached)
		}
		if result.Rounds < 3*inARow {
			t.Errorf("what was taken last was not read until it held: %d rounds", result.Rounds)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.rename("BreakglassUser", "hidden")
		r, _ := begin(t, c, &chain.Principal{Kind: chain.Made, Account: hub, Name: "hidden", Keys: []string{"AKIAONE"}})
		r.Calls = []*chain.Call{{
			Record: events.Record{Account: hub, Time: time.Now(), Identity: events.Identity{Type: "IAMUser", PrincipalID: "AIDAONE"}},
			By:     &chain.Principal{Kind: chain.User, Name: "BreakglassUser"},
		}}
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		result, err := p.Run(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids := map[string]bool{}
		for _, m := range result.Hold {
			if ids[m.ID()] {
				t.Errorf("twice: %s", m.Title())
			}
			ids[m.ID()] = true
		}
		for _, text := range result.Remains {
			if strings.HasPrefix(text, "user hidden") {
				t.Error(text)
			}
		}
	})
}

// In a service control policy that is full, a user under its new name takes the place of somebody whom the incident made, and that is said.
func TestARenamedUserHasAPlaceInTheControlPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newCloud(), 0
		c.attack = func(string, string) {
			if n++; n == 60 {
				c.rename("BreakglassUser", "hidden")
			}
		}
		var made []*chain.Principal
		for i := range 200 {
			made = append(made, &chain.Principal{Kind: chain.Made, Account: other, Name: fmt.Sprintf("made-%03d", i)})
		}
		r, _ := begin(t, c, made...)
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		result, err := p.Run(t.Context())
		if err != nil || !result.OK() || !strings.Contains(c.controls[controlled], ":user/hidden") {
			t.Errorf("%+v, %v", result, err)
		}
		if last := p.Without[len(p.Without)-1]; !strings.HasPrefix(last, "no longer in the service control policy, which is full: arn:aws:iam::"+other+":user/made-") {
			t.Error(last)
		}
	})
}

// Between contain and release, somebody gives a user its name back, or another one: it is released all the same, and if nobody may find it,
// that is no success.
func TestAUserWhoIsRenamedIsReleased(t *testing.T) {
	renaming := []*chain.Call{{Record: events.Record{
		Account: hub, Name: "UpdateUser", Source: "iam.amazonaws.com", Request: map[string]any{"userName": "BreakglassUser", "newUserName": "hidden"},
	}}}
	for name, one := range map[string]struct {
		before, after string
		fault         string
		failed        int
	}{
		"the name of before": {before: "hidden", after: "BreakglassUser"},
		"another name":       {before: "BreakglassUser", after: "hidden"},
		"nobody may look":    {before: "BreakglassUser", after: "hidden", fault: "ListUsers " + hub, failed: 1},
		"and need not":       {before: "BreakglassUser", after: "BreakglassUser", fault: "ListUsers " + hub},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := newCloud()
			if one.before != "BreakglassUser" {
				c.rename("BreakglassUser", one.before)
			}
			r, noted := begin(t, c)
			r.Calls = renaming
			p, err := r.plan(t.Context(), organization{c})
			if err != nil {
				t.Fatal(err)
			}
			if result, err := p.Run(t.Context()); err != nil || !result.OK() {
				t.Fatalf("%s: %+v, %v", name, result, err)
			}
			if one.after != one.before {
				c.rename(one.before, one.after)
			}
			// An administrator denied somebody else, who has the name by now.
			c.users["AIDAELSE"] = "somebody"
			if one.after != one.before && one.fault == "" {
				c.users["AIDAELSE"] = one.before
				c.attached[hub+"/"+one.before] = []string{denyAll}
			}
			c.fault = one.fault
			again, _ := begin(t, c)
			failed, err := again.release(t.Context(), InForce(*noted))
			if err != nil || len(failed) != one.failed || len(c.attached[hub+"/"+one.after]) != one.failed {
				t.Errorf("%s: failed %+v, left %+v, %v", name, failed, c.attached, err)
			}
			if one.after != one.before && one.fault == "" && len(c.attached[hub+"/"+one.before]) != 1 {
				t.Errorf("%s: somebody else is released: %+v", name, c.attached)
			}
		})
	}
}

// A user who has a name that an emergency user had for a while is somebody else.
func TestANameThatWasGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.users["AIDAELSE"] = "hidden"
		r, _ := begin(t, c)
		for _, request := range []map[string]any{{"userName": "BreakglassUser", "newUserName": "hidden"}, {"userName": "hidden", "newUserName": "BreakglassUser"}} {
			r.Calls = append(r.Calls, &chain.Call{Record: events.Record{Account: hub, Name: "UpdateUser", Source: "iam.amazonaws.com", Request: request}})
		}
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		if result, err := p.Run(t.Context()); err != nil || !result.OK() || len(c.attached[hub+"/hidden"]) > 0 || len(c.attached[hub+"/BreakglassUser"]) != 1 {
			t.Errorf("%+v, %+v, %v", result, c.attached, err)
		}
	})
}

// Whoever renames a user without end does not keep a run from ending, nor is that contained.
func TestARenamingWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, n := newCloud(), 0
		r, _ := begin(t, c)
		p, err := r.plan(t.Context(), organization{c})
		if err != nil {
			t.Fatal(err)
		}
		c.attack = func(call, _ string) {
			if call == "ListUsers" {
				n++
				c.rename(c.users["AIDAONE"], fmt.Sprintf("name-%d", n))
			}
		}
		result, err := p.Run(t.Context())
		if err != nil || result.OK() || !slices.ContainsFunc(result.Open, func(text string) bool { return strings.HasPrefix(text, "somebody still renamed users") }) {
			t.Errorf("%+v", result)
		}
	})
}
