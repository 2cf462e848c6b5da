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
}
