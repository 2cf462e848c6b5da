package config

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add(minimal)
	f.Add(full)
	badFiles(f, func(_ *txtar.Archive, _ int, _, text string) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("breakglass.yaml", []byte(text))
		if err == nil {
			checkInvariants(t, c)
			return
		}
		var problems Problems
		if !errors.As(err, &problems) || len(problems) == 0 || c != nil {
			t.Fatalf("Config %v, error %v", c, err)
		}
		last := strings.Count(text, "\n") + 1
		for _, p := range problems {
			if p.What == "" || p.Fix == "" || p.Line < 0 || p.Line > last || strings.Contains(p.String(), "\n") {
				t.Errorf("%#v of %d lines", p, last)
			}
		}
	})
}

// checkInvariants checks what everybody after Parse relies on.
func checkInvariants(t *testing.T, c *Config) {
	t.Helper()
	must := func(ok bool, what string) {
		if !ok {
			t.Errorf("%s: %+v", what, c)
		}
	}
	must(c.Version == Version, "version")
	must(accountForm.MatchString(c.Hub.Account), "hub account")
	must(slices.IsSorted(c.Regions) && slices.Contains(c.Regions, c.Hub.Region), "hub Region")
	must(c.Hub.Standby == "" || c.Hub.Standby != c.Hub.Region && slices.Contains(c.Regions, c.Hub.Standby), "standby Region")
	for _, u := range c.Unwatched {
		must(!slices.Contains(c.Regions, u.Region) && u.Reason != "", "unwatched Region")
	}
	must(len(c.Alerts.Email)+len(c.Alerts.HTTPS)+len(c.Alerts.SMS)+len(c.Alerts.SQS) > 0, "subscribers")
	must(c.Alerts.Instructions != "" && !strings.ContainsAny(c.Alerts.Instructions, "<>\"\\"), "instructions")
	must(len(c.Users) > 0, "users")
	for _, u := range c.Users {
		must(nameForm.MatchString(u.Name), "user name")
	}
	must(nameForm.MatchString(c.Role.Name), "role name")
	for i, target := range c.Targets {
		must(accountForm.MatchString(target.Account) && target.Name != "" && target.Region != "", "target")
		must(len(target.ManagedPolicies)+len(target.InlinePolicy) > 0, "rights in a target")
		must(target.SessionDuration >= time.Hour && target.SessionDuration <= 12*time.Hour, "session")
		must(c.Line(item("targets", i)) > 0, "line of a target")
	}
	must(c.Deploy.Access != "" && c.Deploy.AccessRole != "", "access")
}
