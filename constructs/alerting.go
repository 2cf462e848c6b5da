package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// AlertingProps describe a hub's half of the alarm.
type AlertingProps struct {
	Place place.Place
	Scope watch.Scope
	// Entries of the catalogue that this stack tells of.
	Entries []watch.Entry
	// DistantDrills asks for the rule that writes the drills of other Regions down; one stack of a Region has it.
	DistantDrills bool
	Instructions  string
	// Suffix of every rule's and alarm's name.
	Suffix string

	Topic       Topic
	Ledger      Log
	DeadLetters DeadLetters
	// AlsoTold are the ARNs of further topics that the counting alarms tell.
	AlsoTold []string
}

// NewAlerting makes the rules that turn whatever arrives in a hub, from its own Region or another, into an alert for
// people and a line in the ledger.
func NewAlerting(scope constructs.Construct, id string, props AlertingProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	hub := props.Place.Region
	toLedger := ToLedger(props.Ledger, props.DeadLetters)
	rule := func(id string, r RuleProps) {
		r.Name += props.Suffix
		NewRule(scope, id, r)
	}
	for _, e := range props.Entries {
		for _, a := range e.Alerts {
			toPeople := ToPeople(props.Topic, a.Template(props.Instructions, hub), a.Paths(props.Instructions, hub), props.DeadLetters)
			rule(e.ID+a.Suffix, RuleProps{
				Name: names.Capture + e.Rule + a.Suffix, Description: e.DescriptionOf(a),
				Pattern: e.Publish(props.Scope, a, hub),
				Targets: []awsevents.CfnRule_TargetProperty{toPeople, toLedger},
			})
		}
		if len(e.Counts) == 0 {
			continue
		}
		counted := names.Capture + e.Rule
		rule(e.ID, RuleProps{
			Name: counted, Description: e.Description(), Pattern: e.Tally(props.Scope, hub),
			Targets: []awsevents.CfnRule_TargetProperty{toLedger},
		})
		for _, c := range e.Counts {
			NewCountAlarm(scope, e.ID+c.Suffix+"-alarm", CountAlarmProps{
				Name: e.Rule + c.Suffix + props.Suffix, Description: c.Text(e, props.Place.Account, hub, props.Instructions),
				Rule: counted + props.Suffix, AtLeast: c.AtLeast, Topic: props.Topic, Also: props.AlsoTold,
			})
		}
	}
	if props.DistantDrills {
		rule("distant-drills", RuleProps{
			Name:        names.Record + "breakglass-drills",
			Description: watch.DistantDrillsDescription,
			Pattern:     watch.DistantDrills(props.Scope, hub),
			Targets:     []awsevents.CfnRule_TargetProperty{toLedger},
		})
	}
}
