package constructs

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// SilenceProps describe how a hub notices Regions that have gone silent.
type SilenceProps struct {
	Hub   place.Place
	Scope watch.Scope
	// Name of the group of Regions.
	Name string
	// Regions whose beats have to arrive.
	Regions      []string
	Instructions string
	// Topics are the ARNs of those that are told.
	Topics []string
	// Log is where the beats are written down.
	Log Log
}

// NewSilence makes a rule and an alarm for each Region: the rule matches the Region's beats, of which one arrives for every
// rule that forwards it, and the alarm rings when there are fewer.
//
// People are told once for the group, by an alarm on any of those alarms, which names the one that rang: as many mails
// as Regions, when a deployment is new or EventBridge's metrics are late, could get a mail address switched off. The other
// hub's alarm tells by itself: no other Region's silence hides that of a hub.
func NewSilence(scope constructs.Construct, id string, props SilenceProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	var alarms []awscloudwatch.CfnAlarm
	var ringing []string
	for _, region := range props.Regions {
		var told []string
		if len(props.Regions) == 1 || props.Scope.OtherHub(region, props.Hub.Region) {
			told = props.Topics
		}
		name := names.HeartbeatAlarm(region)
		NewRule(scope, region, RuleProps{
			Name: names.Capture + name, Description: watch.BeatDescription(region), Pattern: watch.Beat(props.Scope, region),
			// No dead-letter queue: the alarm counts what the rule matched, whether or not it was written down.
			Targets: []awsevents.CfnRule_TargetProperty{{Id: jsii.String("heartbeats"), Arn: jsii.String(props.Log.arn)}},
		})
		expected := props.Scope.BeatsExpected(region, props.Hub.Region)
		alarm := awscloudwatch.NewCfnAlarm(scope, jsii.String(region+"-alarm"), &awscloudwatch.CfnAlarmProps{
			AlarmName:          jsii.String(name),
			AlarmDescription:   jsii.String(watch.SilenceText(region, props.Hub.Region, expected)),
			Namespace:          jsii.String("AWS/Events"),
			MetricName:         jsii.String("Invocations"),
			Dimensions:         dimension("RuleName", names.Capture+name),
			Statistic:          jsii.String("Sum"),
			Period:             jsii.Number(watch.HeartbeatPeriod.Seconds()),
			EvaluationPeriods:  jsii.Number(watch.HeartbeatsMissed),
			DatapointsToAlarm:  jsii.Number(watch.HeartbeatsMissed),
			ComparisonOperator: jsii.String("LessThanThreshold"),
			Threshold:          jsii.Number(expected),
			TreatMissingData:   jsii.String("breaching"),
			AlarmActions:       texts(told),
			OkActions:          texts(told),
		})
		if len(told) == 0 {
			alarms = append(alarms, alarm)
			ringing = append(ringing, fmt.Sprintf("ALARM(%q)", name))
		}
	}
	if len(alarms) == 0 {
		return
	}
	anyOf := awscloudwatch.NewCfnCompositeAlarm(scope, jsii.String("Any"), &awscloudwatch.CfnCompositeAlarmProps{
		AlarmName:        jsii.String(names.SilentAlarm + props.Name),
		AlarmDescription: jsii.String(watch.SilentText(props.Name, props.Hub.Region, props.Instructions)),
		AlarmRule:        jsii.String(strings.Join(ringing, " OR ")),
		AlarmActions:     texts(props.Topics),
		OkActions:        texts(props.Topics),
	})
	for _, alarm := range alarms {
		anyOf.AddResourceDependency(alarm, nil)
	}
}
