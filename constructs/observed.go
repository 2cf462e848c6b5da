package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// NewBusPolicy lets other accounts put events on the default bus of a hub's Region, as the document says.
func NewBusPolicy(scope constructs.Construct, id string, policy access.Document) {
	awsevents.NewCfnEventBusPolicy(scope, jsii.String(id), &awsevents.CfnEventBusPolicyProps{
		EventBusName: jsii.String("default"),
		StatementId:  jsii.String(names.ObserversStatement),
		Statement:    policy.Only(),
	})
}

// HeardProps describe a rule in a hub for what the observers of some accounts carry there, and its alarm.
type HeardProps struct {
	Place        place.Place
	Scope        watch.Scope
	Instructions string
	// Entry has one count.
	Entry watch.Entry
	// Suffix of the rule's and the alarm's name.
	Suffix string
	// From are the accounts in the rule's pattern; Which names them for people.
	From  []any
	Which string
	// DrillsOf is the Region if the rule takes its drills, empty if another one does.
	DrillsOf string

	Topic       Topic
	Ledger      Log
	DeadLetters DeadLetters
	// AlsoTold are the ARNs of further topics that the alarm tells.
	AlsoTold []string
}

// NewHeard makes the rule, which writes everything into the ledger, and the alarm, which tells people once however much there
// is of it: nobody in a target account can flood them.
func NewHeard(scope constructs.Construct, id string, props HeardProps) {
	e, hub := props.Entry, props.Place.Region
	rule := names.Capture + e.Rule + props.Suffix
	NewRule(scope, id, RuleProps{
		Name: rule, Description: e.Description(), Pattern: e.Heard(props.Scope, props.From, props.DrillsOf),
		Targets: []awsevents.CfnRule_TargetProperty{ToLedger(props.Ledger, props.DeadLetters)},
	})
	for _, c := range e.Counts {
		NewCountAlarm(scope, id+"-alarm", CountAlarmProps{
			Name: e.Rule + c.Suffix + props.Suffix, Description: c.HeardText(props.Which, hub, props.Instructions),
			Rule: rule, AtLeast: c.AtLeast, Topic: props.Topic, Also: props.AlsoTold,
		})
	}
}
