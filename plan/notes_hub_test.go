package plan

import (
	"slices"
	"strings"
	"testing"
)

func TestAHubThatSomebodyCanDisableGetsANote(t *testing.T) {
	for hub, want := range map[string]bool{
		`{account: "111111111111", region: eu-south-2}`:                     true,
		`{account: "111111111111", region: eu-south-2, standby: us-west-2}`: false,
		`{account: "111111111111", region: eu-west-1}`:                      false,
	} {
		p := of(t, "version: 1\nhub: "+hub+"\nregions: all\nalerts: {email: [security-team@example.com]}\n")
		if got := slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "the hub is in eu-south-2") }); got != want {
			t.Errorf("hub %s: a note is %v", hub, got)
		}
	}
}

func TestATopicWhoseFailureNobodyNoticesGetsANote(t *testing.T) {
	for file, want := range map[string]bool{
		`hub: {account: "111111111111"}`:                                                                      true,
		`hub: {account: "111111111111", standby: us-west-2}`:                                                  false,
		"hub: {account: \"111111111111\"}\nmonitoring: {deadMansSwitch: {url: \"https://example.com/ping\"}}": false,
	} {
		p := of(t, "version: 1\n"+file+"\nregions: all\nalerts: {email: [security-team@example.com]}\n")
		const says = "if the alert topic itself fails, nobody is notified; set hub.standby, or monitoring.deadMansSwitch"
		if got := slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, says) }); got != want {
			t.Errorf("%s: a note is %v", file, got)
		}
	}
}
