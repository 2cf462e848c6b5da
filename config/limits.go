package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"example.com/breakglass/access"
	"example.com/breakglass/watch"
)

// The room that an alert leaves for alerts.instructions.
const (
	MaxInstructions      = 500
	MaxInstructionsLines = 10
)

// checkLimits reports what is well-formed but doesn't fit. It is called last, with every default filled in, and also
// where other problems were found: a value that was reported may then be empty. A path is that of a key or list item:
// "users", "targets[3]", "alerts.instructions".
func checkLimits(c *Config, report func(path, what, value, fix string)) {
	checkInstructions(c.Alerts.Instructions, func(what, value, fix string) {
		report("alerts.instructions", what, value, fix)
	})
	checkUserCount(c, report)
	checkHeard(c, report)
	if room := c.HubRoom(); room < 0 {
		report("hub", "a hub whose template is too large for CloudFormation", fmt.Sprintf("about %d bytes too many", -room),
			fmt.Sprintf("take something away: a user takes about %d bytes, a subscriber %d, a character of the instructions %d",
				userBytes(DefaultUser), subscriberBytes(strings.Repeat("x", 40)), instructionByte))
	}
}

// checkUserCount finds out how many of the users fit into what AWS limits: the patterns and policies that name them.
func checkUserCount(c *Config, report func(path, what, value, fix string)) {
	if len(c.Users) == 0 || c.oversized() == "" {
		return
	}
	for n := 1; n <= len(c.Users); n++ {
		few := *c
		few.Users = c.Users[:n]
		what := few.oversized()
		if what == "" {
			continue
		}
		report("users", fmt.Sprintf("more users than fit: with %d of them %s", n, what), fmt.Sprint(len(c.Users)),
			fmt.Sprintf("keep to the first %d, or give them shorter names", n-1))
		return
	}
}

// oversized says what is too large about this configuration; empty means nothing.
func (c *Config) oversized() string {
	scope := c.Scope()
	// As long as the real one, which CloudFormation makes up.
	scope.Key, scope.KeyRegion = watch.SampleKey, c.Hub.Region
	longest := slices.MaxFunc(AllRegions(), func(a, b Region) int { return len(a.Code) - len(b.Code) }).Code
	for _, e := range scope.Entries() {
		patterns := []watch.Fields{e.Forward(scope, longest), e.Tally(scope, longest)}
		if e.Part == watch.TargetAccounts {
			patterns = []watch.Fields{e.Observe(scope, c.Hub.Account, longest), e.Heard(scope, scope.AllOthers(nil), longest)}
		}
		for _, a := range e.Alerts {
			patterns = append(patterns, e.Publish(scope, a, longest))
		}
		for _, p := range patterns {
			if n := watch.Size(p); n > watch.MaxPattern {
				return fmt.Sprintf("the event pattern of %s has %d characters, EventBridge allows %d", e.ID, n, watch.MaxPattern)
			}
		}
	}
	users := c.EmergencyUsers()
	if n := access.Trust(users).Size(); n > access.MaxTrustPolicy {
		return fmt.Sprintf("the role's trust policy has %d characters, IAM allows %d", n, access.MaxTrustPolicy)
	}
	if n := access.Guard(users).Size(); n > access.MaxManagedPolicy {
		return fmt.Sprintf("the users' guard policy has %d characters, IAM allows %d", n, access.MaxManagedPolicy)
	}
	return ""
}

func checkInstructions(text string, report func(what, value, fix string)) {
	if n := utf8.RuneCountInString(text); n > MaxInstructions {
		report(fmt.Sprintf("%d characters; at most %d fit into an alert", n, MaxInstructions), text, "Shorten the text, and link to a runbook for the rest.")
	}
	if n := strings.Count(text, "\n") + 1; n > MaxInstructionsLines {
		report(fmt.Sprintf("%d lines; at most %d fit into an alert", n, MaxInstructionsLines), "", "Shorten the text, and link to a runbook for the rest.")
	}
	for _, r := range text {
		switch {
		case r == '<' || r == '>':
			report("a character that EventBridge takes for a placeholder", string(r), "Remove < and >.")
		case r == '"' || r == '\\':
			report("a character that EventBridge does not escape", string(r), `Use ' instead of ", and no \.`)
		case r != '\n' && !unicode.IsPrint(r):
			report("unprintable character", string(r), "Remove it.")
		default:
			continue
		}
		return
	}
}

// checkHeard finds out whether the accounts fit into the patterns of the hubs' rules for what observers see.
func checkHeard(c *Config, report func(path, what, value, fix string)) {
	e, _ := watch.ByID(watch.TargetAccess)
	longest := slices.MaxFunc(AllRegions(), func(a, b Region) int { return len(a.Code) - len(b.Code) }).Code
	for _, l := range c.Listeners() {
		if n := watch.Size(e.Heard(c.Scope(), c.HeardFrom(l), l.DrillsOf(longest))); n > watch.MaxPattern {
			report("observers", fmt.Sprintf("%d target accounts in an event pattern of %d characters, EventBridge allows %d", max(len(l.Accounts), len(c.Observed())), n, watch.MaxPattern), "",
				"name organizational units instead of accounts, or have fewer users")
			return
		}
	}
}
