package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/watch"
)

// CountAlarmProps describe an alarm on how often a rule matched.
type CountAlarmProps struct {
	Name        string
	Description string
	// Rule is the name of the rule.
	Rule    string
	AtLeast int
	Topic   Topic
	// Also are the ARNs of further topics that it tells.
	Also []string
}

// NewCountAlarm makes an alarm that tells people once, however often the rule matched: it stays in alarm while it goes
// on, and says nothing when it ends. EventBridge emits nothing at zero, so missing data is fine.
func NewCountAlarm(scope constructs.Construct, id string, props CountAlarmProps) {
	awscloudwatch.NewCfnAlarm(scope, jsii.String(id), &awscloudwatch.CfnAlarmProps{
		AlarmName:        jsii.String(props.Name),
		AlarmDescription: jsii.String(props.Description),
		Namespace:        jsii.String("AWS/Events"),
		// The default bus's metrics carry the rule's name only (EventBridge user guide, monitoring).
		MetricName:         jsii.String("Invocations"),
		Dimensions:         dimension("RuleName", props.Rule),
		Statistic:          jsii.String("Sum"),
		Period:             jsii.Number(watch.CountPeriod.Seconds()),
		EvaluationPeriods:  jsii.Number(1),
		DatapointsToAlarm:  jsii.Number(1),
		ComparisonOperator: jsii.String("GreaterThanOrEqualToThreshold"),
		Threshold:          jsii.Number(props.AtLeast),
		TreatMissingData:   jsii.String("notBreaching"),
		AlarmActions:       texts(append([]string{props.Topic.ARN()}, props.Also...)),
	})
}

func dimension(name, value string) *[]any {
	return &[]any{&awscloudwatch.CfnAlarm_DimensionProperty{Name: jsii.String(name), Value: jsii.String(value)}}
}

// AnyAlarmProps describe an alarm on anything at all of what should never be.
type AnyAlarmProps struct {
	Name, Description string
	Namespace, Metric string
	// Dimension of the metric and its value.
	Dimension, Value string
	Statistic        string
	// Topics that tell of it; none where the alarm's own event is forwarded instead.
	Topics []string
}

// NewAnyAlarm makes an alarm that rings at one. What is not there is fine.
func NewAnyAlarm(scope constructs.Construct, id string, props AnyAlarmProps) {
	awscloudwatch.NewCfnAlarm(scope, jsii.String(id), &awscloudwatch.CfnAlarmProps{
		AlarmName:          jsii.String(props.Name),
		AlarmDescription:   jsii.String(props.Description),
		Namespace:          jsii.String(props.Namespace),
		MetricName:         jsii.String(props.Metric),
		Dimensions:         dimension(props.Dimension, props.Value),
		Statistic:          jsii.String(props.Statistic),
		Period:             jsii.Number(watch.CountPeriod.Seconds()),
		EvaluationPeriods:  jsii.Number(1),
		DatapointsToAlarm:  jsii.Number(1),
		ComparisonOperator: jsii.String("GreaterThanOrEqualToThreshold"),
		Threshold:          jsii.Number(1),
		TreatMissingData:   jsii.String("notBreaching"),
		AlarmActions:       texts(props.Topics),
	})
}
