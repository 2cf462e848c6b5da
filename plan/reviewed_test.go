package plan

import (
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
)

// everythingOn is a file with every kind of stack, small has what a file must have.
const (
	everythingOn = `version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1, ap-east-2]
unwatched: [{region: sa-east-1, reason: denied to everybody}]
alerts: {email: [a@example.com], instructions: "Call them.", https: ["https://example.com/alerts"]}
users: [{name: alice}, {name: bob}]
role: {managedPolicies: [ReadOnlyAccess], sessionDuration: 2h}
trail: create
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
userNotifications: {email: [a@example.com]}
targets:
  - {account: "222222222222", name: production}
  - {account: "333333333333", permissionsBoundary: Fence}
  - {account: "111111111111"}
  - {organizationalUnit: ou-ab12-11111111, name: workloads}
stackSets: {retainOnAccountRemoval: true}
observers: {regions: [us-east-1, eu-west-1], organization: o-ab12cd34ef}
monitoring: {deadMansSwitch: {url: "https://example.com/ping"}}
`
	staged = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1, eu-west-1, ap-east-2]
alerts: {email: [a@example.com]}
targets: [{account: "222222222222"}, {account: "333333333333"}]
observers: {regions: [us-east-1, ap-east-2]}
monitoring: {canary: true}
deploy: {access: bootstrap}
pipeline: {source: {s3: {bucket: source, key: source.zip}}}
`
	small = `version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [a@example.com]}
monitoring: {heartbeats: false, dashboard: false, tampering: false, deliveryFailures: false, newRegions: false}
`
)

// TestThePlanIsReviewed compares whole plans with what somebody has read: each stack with its order, its rules and alarms, and what
// the operator is told.
func TestThePlanIsReviewed(t *testing.T) {
	refs := Refs{Key: "11111111-2222-3333-4444-555555555555", Queue: "the-queue", Topic: "arn:topic", DeadMansSwitch: "arn:switch", Sender: "arn:sender"}
	for name, file := range map[string]string{"everything": everythingOn, "pipeline": staged, "small": small} {
		c, err := config.Parse("breakglass.yaml", []byte(file))
		if err != nil {
			t.Fatal(name, err)
		}
		p := Of(c)
		type rule struct {
			Rule
			Pattern string
		}
		type stack struct {
			Placement
			Description, Path, DeadLetters string
			Dependencies                   []string
			TargetAlarms                   *TargetAlarms `json:",omitempty"`
			Links                          []LinkGroup   `json:",omitempty"`
			Rules                          []rule        `json:",omitempty"`
			Alarms                         []Alarm       `json:",omitempty"`
			Schedules                      []Schedule    `json:",omitempty"`
		}
		var stacks []stack
		for _, at := range p.Placements {
			one := stack{
				Placement: at, Description: at.Description(), Path: at.Path(), DeadLetters: at.DeadLetters(), Dependencies: p.Dependencies(at), Links: at.Links(),
				Alarms: p.AlarmsOf(at, refs), Schedules: p.Schedules(at),
			}
			if alarms := at.TargetAlarms(); len(alarms.Alarms) > 0 {
				one.TargetAlarms = &alarms
			}
			for _, r := range p.Rules(at, refs) {
				text := r.PatternText()
				if name == "everything" && (at.Kind == Forwarder && at.Region != "eu-west-1" || at.Kind == Integrity && at.Region != "us-east-1") {
					text = "" // as in the others of its kind
				}
				if name != "everything" {
					text, r.Targets = "", nil
				}
				r.Pattern = nil
				one.Rules = append(one.Rules, rule{r, text})
			}
			stacks = append(stacks, one)
		}
		actions, stages := p.PipelineSize()
		of := map[string]any{
			"Stacks": stacks, "Notes": p.Notes, "Stages": p.Stages(), "BootstrapCommands": p.BootstrapCommands("", nil), "Grants": p.Grants(), "HubSize": p.HubSize(),
			"Actions": actions, "Steps": stages,
			"Ways": p.Ways(), "WithoutRefs": p.Alarms()[:min(3, len(p.Alarms()))], "Users": UsersOf(c), "Scope": ScopeOf(c), "ByHand": len(p.ByHand()),
			"TargetRegions": p.TargetRegions("222222222222"),
		}
		of["Canary"] = p.CanaryOf()
		if confined := p.Confined(); len(confined) > 0 {
			of["Execution"], _ = p.Execution(confined[len(confined)-1])
		}
		var rights [][]string
		for _, g := range p.Grants() {
			rights = append(rights, g.Rights())
		}
		of["Rights"] = rights
		if len(c.Units) > 0 {
			of["UnitSize"] = p.UnitSize(c.Units[0])
		}
		var bus []any
		for _, region := range c.HubRegions() {
			if len(c.Observers.Regions) > 0 {
				bus = append(bus, BusPolicy(c, region))
			}
		}
		of["BusPolicies"] = bus
		reviewed.JSON(t, name+".json", of)
	}
	infos := Kinds()
	type row struct {
		Kind                         Kind
		Name, Description            string
		Teardown                     int
		Topic, Users, Bucket, Alarms bool
		Outlives                     []string
		GoneFirst                    []Kind
	}
	var rows []row
	for _, k := range infos {
		rows = append(rows, row{k.Kind, k.Name, k.Description, k.Teardown, k.Topic, k.Users, k.Bucket, k.alarmed, k.Outlives, k.GoneFirst})
	}
	reviewed.JSON(t, "kinds.json", rows)
}
