package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// NewDashboard makes the page for the wall and the saved queries. alarms are all alarms of the plan.
func NewDashboard(app App, p plan.Placement, alarms []plan.Alarm) awscdk.Stack {
	stack := newStack(app, p, "Break glass dashboard: the state of it all on one page, and saved queries for an investigation")
	own.NewDashboard(stack, "Dashboard", DashboardProps(app.Config, p, alarms))
	own.NewQueries(stack, "Queries", app.Config.Monitoring.Heartbeats)
	return stack
}

// DashboardProps are what the page shows.
func DashboardProps(c *config.Config, p plan.Placement, alarms []plan.Alarm) own.DashboardProps {
	failed, _ := watch.ByID("failed-sign-in")
	props := own.DashboardProps{
		Hub: p.Place(), Standby: c.Hub.Standby, Instructions: c.Alerts.Instructions, FailedSignIns: names.Capture + failed.Rule,
	}
	for _, a := range alarms {
		arn := a.ARN(config.Partition, p.Account)
		switch a.Kind {
		case plan.SilenceAlarm:
			props.Heartbeats = append(props.Heartbeats, own.RegionAlarm{Region: a.Of, ARN: arn})
		case plan.DeadLettersAlarm:
			props.DeadLetters = append(props.DeadLetters, arn)
		default:
			props.Alarms = append(props.Alarms, arn)
		}
	}
	return props
}
