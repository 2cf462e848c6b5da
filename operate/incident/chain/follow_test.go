package chain_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// Of whom it is said that calls of the owner may be among theirs.
func TestWhoMayHaveAnOwner(t *testing.T) {
	role := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	c := chain.New(start())
	for i, r := range []struct{ call, user, more string }{
		{"CreateUser", "made", ""}, {"CreateLoginProfile", "made", ""}, {"CreateLoginProfile", "given", ""}, {"UpdateLoginProfile", "changed", ""},
		{"CreateAccessKey", "keyed", ""},
		{"UpdateUser", "made", "made2"}, {"UpdateUser", "given", "given2"}, {"UpdateUser", "unknown", "unknown2"},
	} {
		c.Add(record(t, fmt.Sprint(i), fmt.Sprintf("08:%02d:00", i), prod, "iam:"+r.call, role, request(fields{"userName": r.user, "newUserName": r.more})), false)
	}
	c.Add(record(t, "r1", "08:20:00", prod, "iam:CreateRole", role, request(fields{"roleName": "New"})), false)
	c.Add(record(t, "r2", "08:21:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "New"})), false)
	c.Add(record(t, "r3", "08:22:00", prod, "iam:UpdateAssumeRolePolicy", role, request(fields{"roleName": "Old"})), false)
	var own []string
	for _, p := range c.Principals() {
		if p.Own {
			own = append(own, p.Name)
		}
	}
	if want := []string{"given", "changed", "keyed", "given2", "unknown2", "Old"}; !slices.Equal(own, want) {
		t.Errorf("%q, want %q", own, want)
	}
}

// A password of a user who was there may belong to the owner's calls, although somebody removed and made the user again later.
func TestTheFirstCallSaysWhetherThereIsAnOwner(t *testing.T) {
	role := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	all := []events.Record{
		record(t, "1", "08:00:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "alice"})),
		record(t, "2", "08:10:00", prod, "iam:CreateUser", role, request(fields{"userName": "alice"})),
		record(t, "3", "08:00:00", prod, "iam:CreateUser", role, request(fields{"userName": "bd"})),
		record(t, "4", "08:10:00", prod, "iam:CreateLoginProfile", role, request(fields{"userName": "bd"})),
	}
	for _, order := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}} {
		c := chain.New(start())
		for _, i := range order {
			c.Add(all[i], false)
			c.Principals()
		}
		for _, p := range c.Principals() {
			if (p.Kind == chain.Made) && p.Own != (p.Name == "alice") {
				t.Errorf("in the order %v, %s may have an owner: %v", order, p.Name, p.Own)
			}
		}
	}
}

// Who began a session is known from its first beginning that was read, also if its calls were read before.
func TestWhoBeganASession(t *testing.T) {
	ops := user(hub, "ops", "AKIAOPS")
	enter := fields{"roleArn": roleARN(prod, "BreakGlassRole"), "roleSessionName": "x"}
	c := chain.New(start())
	began := func() string {
		for _, p := range c.Principals() {
			if p.Kind == chain.Session && p.Name == "x" {
				if p.By == nil {
					return "nobody"
				}
				return p.By.Title() + " with " + p.Event + " at " + p.Since.Format("15:04")
			}
		}
		return ""
	}
	for _, one := range []struct {
		r    events.Record
		want string
	}{
		{record(t, "2", "08:05:00", prod, "iam:CreateGroup", session(prod, "BreakGlassRole", "x", "ASIAX", "08:00:00"), nil), "nobody"},
		{record(t, "1", "08:00:00", hub, "sts:AssumeRole", ops, request(enter)), "ops with 1 at 08:00"},
		{record(t, "3", "08:10:00", prod, "sts:AssumeRole", session(prod, "BreakGlassRole", "y", "ASIAY", "08:00:00"), request(enter)), "ops with 1 at 08:00"},
	} {
		c.Add(one.r, false)
		if got := began(); got != one.want {
			t.Errorf("%s, want %s", got, one.want)
		}
	}
}

// A switch says who switched, also where only the account of the role has recorded it.
func TestWhoSwitched(t *testing.T) {
	c := chain.New(start())
	c.Add(record(t, "1", "08:00:00", prod, "signin:SwitchRole", bare(prod, "BreakGlassRole", "ops"), from("arn:aws:iam::"+hub+":user/ops")), true)
	c.Add(record(t, "2", "08:01:00", prod, "ec2:RunInstances", session(prod, "BreakGlassRole", "ops", "ASIA1", "08:00:00"), nil), true)
	all := c.Calls()
	if len(all) != 2 || all[0].By != all[1].By || all[0].By.First().Title() != "ops" {
		t.Errorf("%+v", all)
	}
}

// What is asked, and of what a sweep keeps the rest.
func TestTheQuestions(t *testing.T) {
	c := chain.New(start())
	ask := func() (all []string) {
		for _, q := range c.Next() {
			all = append(all, q.Account+" "+q.Attribute+" "+q.Value)
		}
		return all
	}
	role := roleARN(prod, "BreakGlassRole")
	want := []string{hub + " Username ops", prod + " ResourceName " + role, prod + " ReadOnly false"}
	if got := ask(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s := session(prod, "BreakGlassRole", "s", "ASIAS", "08:00:00")
	for id, r := range map[string]events.Record{
		"the role's": record(t, "1", "08:00:00", prod, "iam:CreateUser", s, request(fields{"userName": "bd"})),
		"others'":    record(t, "2", "08:00:00", prod, "iam:CreateUser", user(prod, "alice", "AKIA1"), nil),
	} {
		if kept := c.Add(r, true); kept != (id == "the role's") {
			t.Errorf("%s call of a sweep is kept: %v", id, kept)
		}
	}
	// A session without a name cannot be asked for.
	c.Add(record(t, "7", "08:00:00", prod, "sts:AssumeRole", s, request(fields{"roleArn": roleARN(prod, "BreakGlassRole")})), false)
	// One who has a key only is asked for by the key: the name is somebody's. Root has no name to ask for.
	c.Add(record(t, "3", "08:01:00", prod, "iam:CreateAccessKey", s,
		both(fields{"userName": "carol"}, fields{"accessKey": fields{"userName": "carol", "accessKeyId": "AKIANEW"}})), false)
	c.Add(record(t, "4", "08:01:00", hub, "sts:AssumeRoot", user(hub, "ops", "AKIAOPS"), both(fields{"targetPrincipal": far}, key("ASIAROOT"))), false)
	c.Add(record(t, "5", "08:02:00", prod, "iam:CreateRole", s,
		both(fields{"roleName": "Back"}, fields{"role": fields{"arn": roleARN(prod, "path/Back")}})), false)
	c.Add(record(t, "6", "08:03:00", prod, "iam:UpdateAssumeRolePolicy", s, request(fields{"roleName": "Old"})), false)
	want = []string{
		prod + " ReadOnly false", prod + " Username s", prod + " Username bd", prod + " AccessKeyId AKIANEW", prod + " ResourceName " + roleARN(prod, "path/Back"),
		prod + " ResourceName " + roleARN(prod, "Old"), far + " AccessKeyId ASIAROOT",
	}
	if got := ask(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := ask(); got != nil {
		t.Errorf("asked again: %q", got)
	}
}

// The size grows with everything that may lead further: who reads until it stays the same reads enough.
func TestTheSizeGrows(t *testing.T) {
	c := chain.New(start())
	ops := user(hub, "ops", "AKIAOPS")
	assume := fields{"roleArn": roleARN(far, "Shared"), "roleSessionName": "x"}
	for i, one := range []struct {
		r     events.Record
		grows bool
	}{
		{record(t, "1", "08:00:00", hub, "iam:CreateGroup", ops, nil), false},
		{record(t, "2", "08:01:00", hub, "sts:AssumeRole", ops, request(assume)), true},
		{record(t, "3", "08:02:00", hub, "sts:AssumeRole", ops, request(assume)), true}, // the same session at another time
		{record(t, "4", "08:03:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}), true},
		{record(t, "5", "08:04:00", hub, "sts:GetSessionToken", ops, fields{"responseElements": key("ASIATOKEN")}), false},
	} {
		before := c.Size()
		c.Add(one.r, false)
		if grows := c.Size() > before; grows != one.grows {
			t.Errorf("record %d: it grows: %v", i+1, grows)
		}
	}
	for _, p := range c.Principals() {
		if len(p.Keys) > 1 {
			t.Errorf("%s has a key twice: %q", p.Title(), p.Keys)
		}
	}
}

// What a call did is shown with the records that other accounts have of it, however often it is asked.
func TestTheHalvesOfACall(t *testing.T) {
	c := chain.New(start())
	c.Add(record(t, "b", "08:00:00", hub, "kms:Decrypt", user(hub, "ops", "AKIAOPS"), fields{"sharedEventID": "s"}), false)
	for _, id := range []string{"a", "c"} {
		c.Add(record(t, id, "08:00:00", far, "kms:Decrypt", half(hub), fields{"sharedEventID": "s"}), false)
	}
	for range 2 {
		all := c.Calls()
		if len(all) != 1 || all[0].EventID != "b" || len(all[0].Halves) != 2 || all[0].Halves[0].EventID != "a" || all[0].Halves[1].EventID != "c" {
			t.Errorf("%+v", all)
		}
	}
}
