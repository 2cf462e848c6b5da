package main

import (
	"fmt"
	"os"
	"strings"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/prove/bench/results"
)

// benchCase is one size of deployment, and how often it is run.
type benchCase struct {
	results.Case
	name    string
	access  config.Access
	regions string
	rounds  int
}

const alwaysOn = "always-on"

// cases vary the targets, which makes the curve, and then the way to deploy and the Regions. The largest two are there for
// their memory: what takes a minute is run once.
func cases() []benchCase {
	size := func(targets, rounds int, access config.Access, regions string) benchCase {
		curve := access == config.AccessCredentials && regions == alwaysOn
		return benchCase{
			Case:   results.Case{Access: string(access), Targets: targets, Curve: curve, Limited: access == config.AccessCredentials && rounds > 1},
			name:   fmt.Sprintf("%d targets, %s, %s", targets, regions, access),
			access: access, regions: regions, rounds: rounds,
		}
	}
	return []benchCase{
		size(10, 3, config.AccessCredentials, alwaysOn),
		size(100, 3, config.AccessCredentials, alwaysOn),
		size(500, 4, config.AccessCredentials, alwaysOn),
		size(1000, 5, config.AccessCredentials, alwaysOn),
		size(2000, 1, config.AccessCredentials, alwaysOn),
		size(5000, 1, config.AccessCredentials, alwaysOn),
		size(500, 3, config.AccessCredentials, "all"),
		size(1000, 4, config.AccessOrganization, alwaysOn),
	}
}

// write puts the case's configuration into the file and returns its plan.
func (k benchCase) write(file string) (plan.Plan, error) {
	if err := os.WriteFile(file, []byte(k.yaml()), 0o600); err != nil {
		return plan.Plan{}, err
	}
	c, err := config.Load(file)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.Of(c), nil
}

func (k benchCase) yaml() string {
	var b strings.Builder
	fmt.Fprintf(&b, `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: %s
alerts: {email: [security-team@example.com]}
users: [{name: breakglass-ana}, {name: breakglass-ben}]
deploy: {access: %s}
tags: {owner: security}
targets:
`, k.regions, k.access)
	for i := range k.Targets {
		fmt.Fprintf(&b, "  - {account: \"%s\", name: account-%03d}\n", accountOf(i), i)
	}
	return b.String()
}

// accountOf returns the number of a target's account.
func accountOf(i int) string { return fmt.Sprint(200000000000 + i) }
