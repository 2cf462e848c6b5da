package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// newDashboard makes the page for the wall and the saved queries.
func newDashboard(a app, at plan.Placement, _ before) made {
	stack := newStack(a, at)
	own.NewDashboard(stack, "Dashboard", DashboardProps(a.plan, at))
	own.NewQueries(stack, "Queries", a.config.Monitoring.Heartbeats)
	return made{stack: stack}
}

// DashboardProps returns what the page shows.
func DashboardProps(p plan.Plan, at plan.Placement) own.DashboardProps {
	c := p.Config
	failed, _ := watch.ByID("failed-sign-in")
	props := own.DashboardProps{
		Hub: at.Place(), Standby: c.Hub.Standby, Instructions: c.Alerts.Instructions, FailedSignIns: names.Capture + failed.Rule,
	}
	for _, region := range c.HubRegions() {
		props.Composers = append(props.Composers, own.Composer{Region: region, ARN: c.HubIn(region).StateMachine(names.Composer)})
	}
	for _, a := range p.Alarms() {
		arn := c.HubIn(a.Region).Alarm(a.Name)
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
