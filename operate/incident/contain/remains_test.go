package contain

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

// Each console that may be open is named with the time until which its credentials last: that of the last sign-in, and only as long as they do.
func TestConsolesAreNamedWithTheirTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC() // midnight, in the year 2000
		user, session := &chain.Principal{Kind: chain.User, Name: "BreakglassUser"}, &chain.Principal{Kind: chain.Session, Role: "BreakGlassRole", Name: "x\x1b[31m"}
		early := &chain.Principal{Kind: chain.User, Name: "early"}
		call := func(name string, by *chain.Principal, before time.Duration, code string) *chain.Call {
			return &chain.Call{By: by, Record: events.Record{Name: name, Time: now.Add(-before), Region: "eu-west-1", ErrorCode: code}}
		}
		r, _ := begin(t, newCloud())
		r.Calls = []*chain.Call{
			call("ConsoleLogin", early, 12*time.Hour, ""), call("ConsoleLogin", user, 3*time.Hour, ""), call("ConsoleLogin", user, 2*time.Hour, ""),
			call("ConsoleLogin", user, time.Hour, "AccessDenied"), call("SwitchRole", session, time.Hour, ""), call("AssumeRole", user, time.Minute, ""),
		}
		r.remains()
		var got []string
		for _, text := range r.result.Remains {
			if strings.Contains(text, "console") {
				got = append(got, text)
			}
		}
		const denied = ": what it has loaded stays on the screen, and every call of it is denied; its credentials run out by "
		want := []string{
			"the console of BreakglassUser (ConsoleLogin, eu-west-1, 1999-12-31 22:00 UTC)" + denied + "2000-01-01 10:00 UTC",
			`the console of BreakGlassRole/x\u001b[31m (SwitchRole, eu-west-1, 1999-12-31 23:00 UTC)` + denied + "2000-01-01 11:00 UTC",
			"a browser console that the report does not show" + denied + "2000-01-01 12:00 UTC at the latest",
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
		if last := r.result.Remains[len(r.result.Remains)-2]; !strings.Contains(last,
			"sign-in sessions of arn:aws:iam::111111111111:user/BreakglassUser (aws login)") || !strings.Contains(last, "docs/incident.md") {
			t.Error(last)
		}
	})
}
