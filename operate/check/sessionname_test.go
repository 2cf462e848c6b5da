package check

import (
	"encoding/json"
	"strings"
	"testing"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

func TestTheSessionNameIsThatOfTheFile(t *testing.T) {
	c := &config.Config{Hub: config.Hub{Account: "111111111111", Region: "us-east-1"}, Users: []config.User{{Name: "BreakglassUser"}}}
	document := func(required bool) string {
		text, err := json.Marshal(access.Trust(plan.UsersOf(c), required))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, one := range []struct {
		file, deployed bool
		says           string
	}{
		{true, true, ""},
		{false, false, ""},
		{true, false, "can be assumed under any session name, and breakglass.yaml requires that of the user"},
		{false, true, "has a different trust policy"},
	} {
		c.Role.RequireSessionName = one.file
		got := strings.Join((&scene{config: c}).trusts(document(one.deployed)), "\n")
		if one.says == "" && got != "" || !strings.Contains(got, one.says) {
			t.Errorf("required by the file: %v, deployed: %v: %q, want %q", one.file, one.deployed, got, one.says)
		}
	}
	// Without a version, IAM takes an older one, in which no session has the name that is demanded.
	c.Role.RequireSessionName = true
	for _, replaced := range []string{`"Version":"2008-10-17",`, ""} {
		older := strings.Replace(strings.Replace(document(true), `,"Version":"2012-10-17"`, "", 1), "{", "{"+replaced, 1)
		if got := (&scene{config: c}).trusts(older); len(got) != 1 || !strings.Contains(got[0], "has a different trust policy: Version 2012-10-17") {
			t.Errorf("the trust %s: %q", older, got)
		}
	}
	c.Role.RequireSessionName = false
	if got := (&scene{config: c}).trusts(strings.Replace(document(false), "2012-10-17", "2008-10-17", 1)); len(got) > 0 {
		t.Errorf("an older version says the same without a variable, and yet: %q", got)
	}
}
