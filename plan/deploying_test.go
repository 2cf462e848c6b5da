package plan

import (
	"slices"
	"testing"
	"time"

	"example.com/breakglass/names"
)

// TestTheFirstDeploymentIntoATargetIsReported: whoever takes the observers away has to assume a role that deploys first. The hub account
// records it, in whichever Region, and an alarm of each hub notifies people at the first one; nothing in the target can prevent that.
func TestTheFirstDeploymentIntoATargetIsReported(t *testing.T) {
	const rule = "breakglass-deploying-role"
	p := Of(parsed(t, `version: 1
hub: {account: "111111111111", region: us-east-1, standby: us-west-2}
regions: [us-east-1, us-west-2, eu-west-1]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222"}]
observers: {regions: [us-east-1]}
deploy: {access: bootstrap}
`))
	alarms, carried := map[string]Alarm{}, map[string]bool{}
	for _, at := range p.Placements {
		for _, a := range p.AlarmsOf(at, refs) {
			alarms[a.Name] = a
		}
		for _, r := range p.Rules(at, refs) {
			if r.Name == names.Capture+rule || r.Name == names.Forward+rule {
				carried[at.Region] = true
			}
		}
	}
	for name, region := range map[string]string{
		rule: "us-east-1", rule + names.StandbySuffix: "us-west-2", "breakglass-target-deployment": "us-east-1",
		"breakglass-target-deployment" + names.StandbySuffix: "us-west-2",
	} {
		a := alarms[name]
		topic := "arn:aws:sns:" + region + ":111111111111:" + names.Topic
		if a.Kind != CountAlarm || a.Region != region || !slices.Equal(a.Actions, []string{topic}) || a.Metric.Threshold != 1 || a.Metric.Statistic != "Sum" ||
			a.Metric.Periods != 1 || a.Metric.Period > 5*time.Minute {
			t.Errorf("%s does not notify people at the first one: %+v", name, a)
		}
	}
	for _, region := range p.Config.Regions {
		if !carried[region] {
			t.Errorf("nothing carries a record of %s", region)
		}
	}
}
