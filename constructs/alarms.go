package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/plan"
)

// NewAlarms makes the alarms of a stack as the plan has them. A composite alarm waits for those that it names.
func NewAlarms(stack constructs.Construct, alarms []plan.Alarm) {
	in, made := scopes{}, map[string]awscloudwatch.CfnAlarm{}
	for _, a := range alarms {
		scope, id := in.of(stack, a.ID)
		if a.Composite() {
			anyOf := awscloudwatch.NewCfnCompositeAlarm(scope, jsii.String(id), &awscloudwatch.CfnCompositeAlarmProps{
				AlarmName: jsii.String(a.Name), AlarmDescription: jsii.String(a.Description), AlarmRule: jsii.String(a.Rule()),
				AlarmActions: texts(a.Actions), OkActions: texts(a.OKActions),
			})
			for _, name := range a.AnyOf {
				anyOf.AddResourceDependency(made[name], nil)
			}
			continue
		}
		m := a.Metric
		made[a.Name] = awscloudwatch.NewCfnAlarm(scope, jsii.String(id), &awscloudwatch.CfnAlarmProps{
			AlarmName: jsii.String(a.Name), AlarmDescription: jsii.String(a.Description),
			Namespace: jsii.String(m.Namespace), MetricName: jsii.String(m.Name), Statistic: jsii.String(m.Statistic),
			Dimensions: &[]any{&awscloudwatch.CfnAlarm_DimensionProperty{Name: jsii.String(m.Dimension), Value: jsii.String(m.Value)}},
			Period:     jsii.Number(m.Period.Seconds()), EvaluationPeriods: jsii.Number(m.Periods), DatapointsToAlarm: jsii.Number(m.Datapoints),
			ComparisonOperator: jsii.String(m.Operator), Threshold: jsii.Number(m.Threshold), TreatMissingData: jsii.String(m.Missing),
			AlarmActions: texts(a.Actions), OkActions: texts(a.OKActions),
		})
	}
}
