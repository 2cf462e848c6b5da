package plan

import (
	"cmp"

	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// notificationsRegion is the Region in which AWS User Notifications is configured, whatever Regions it watches (CloudFormation
// reference: its resource types exist there only).
const notificationsRegion = "us-east-1"

func placeIntegrity(p *Plan) {
	if len(ScopeOf(p.Config).Of(IntegrityParts...)) == 0 {
		return
	}
	for i, region := range p.Config.HubRegions() {
		p.add(Placement{
			Kind: Integrity, Stack: names.IntegrityStack + region, Region: region, After: p.hubStacks()[i : i+1],
			Why: "alerts on changes to the alerting itself, and on failed deliveries",
		})
	}
}

func placeHeartbeats(p *Plan) {
	c := p.Config
	if !c.Monitoring.Heartbeats {
		return
	}
	for _, part := range watch.WorldParts {
		var beats []string
		for _, region := range c.Regions {
			if watch.WorldPartOf(region) == part.Name {
				beats = append(beats, region)
			}
		}
		var alive []string
		if watch.WorldPartOf(c.Hub.Region) == part.Name {
			// Each hub watches the other, whose topic may be what fails; a hub alone tells of what its own topic survives.
			alive = []string{cmp.Or(c.Hub.Standby, c.Hub.Region)}
		}
		if len(beats) > 0 {
			p.add(Placement{
				Kind: Heartbeats, Stack: names.HeartbeatsStack + part.Name, Region: c.Hub.Region, After: []string{names.HubStack},
				Why: "alarms on missing heartbeats of Regions", Beats: beats, Alive: alive, Group: part.Name,
				DeadMansSwitch: alive != nil && c.Monitoring.DeadMansSwitch.On(),
			})
		}
	}
	if c.Hub.Standby != "" {
		p.add(Placement{
			Kind: Heartbeats, Stack: names.HeartbeatsStack + standbyGroup, Region: c.Hub.Standby, After: []string{names.StandbyStack},
			Why: "alarms on missing heartbeats of the hub Region", Beats: []string{c.Hub.Region}, Alive: []string{c.Hub.Region}, Group: standbyGroup,
		})
	}
}

func placeChat(p *Plan) {
	c := p.Config
	if !c.Chat.On() {
		return
	}
	hub := Placement{
		Kind: Chat, Stack: names.ChatStack + c.Hub.Region, Region: c.Hub.Region, After: []string{names.HubStack},
		Why: "sends alerts to the chat channel",
	}
	if c.Hub.Standby != "" {
		standby := Placement{
			Kind: Chat, Stack: names.ChatStack + c.Hub.Standby, Region: c.Hub.Standby, After: []string{names.StandbyStack},
			Why: "sends alerts to the chat channel while " + c.Hub.Region + " is impaired",
		}
		p.add(standby)
		// The channel also subscribes to the standby's topic.
		hub.After = append(hub.After, standby.Stack)
	}
	p.add(hub)
}

func placeNotifications(p *Plan) {
	if len(p.Config.UserNotifications.Email) > 0 {
		p.add(Placement{
			Kind: Notifications, Stack: names.NotificationsStack, Region: notificationsRegion, Why: "a second notification channel, AWS User Notifications",
		})
	}
}

func placeDashboard(p *Plan) {
	if p.Config.Monitoring.Dashboard {
		p.add(Placement{
			Kind: Dashboard, Stack: names.DashboardStack, Region: p.Config.Hub.Region, After: []string{names.HubStack},
			Why: "the state of the alerting on one page, and saved queries for investigations",
		})
	}
}

// IntegrityParts lists the parts of the catalogue whose rules are in the integrity stacks.
var IntegrityParts = []watch.Part{watch.Tampering, watch.DeliveryFailures, watch.NewRegions}

// standbyGroup names the heartbeats that the standby waits for: those of the hub Region.
const standbyGroup = "standby"
