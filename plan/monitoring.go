package plan

import (
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// notificationsRegion is where AWS User Notifications is configured, whatever the Regions that it watches (CloudFormation
// reference: its resource types exist there only).
const notificationsRegion = "us-east-1"

// addMonitoring places what watches the alarm itself, and the further ways to people. hubs are the stacks of the hub and,
// where there is one, the standby.
func (p *Plan) addMonitoring(hubs []string) {
	c := p.Config
	place := func(kind Kind, stack, region, after, why string) *Placement {
		at := Placement{Kind: kind, Stack: stack, Account: c.Hub.Account, Region: region, Why: why}
		if after != "" {
			at.After = []string{after}
		}
		p.add(at)
		return &p.Placements[len(p.Placements)-1]
	}
	regions := c.HubRegions()
	for i, region := range regions {
		if len(c.Scope().Of(IntegrityParts...)) > 0 {
			place(Integrity, names.IntegrityStack+region, region, hubs[i], "tells of changes of the alarm itself, and of what it could not deliver")
		}
	}
	if c.Monitoring.Heartbeats {
		for _, part := range watch.WorldParts {
			var beats []string
			for _, region := range c.Regions {
				if watch.WorldPartOf(region) == part.Name {
					beats = append(beats, region)
				}
			}
			if len(beats) > 0 {
				at := place(Heartbeats, names.HeartbeatsStack+part.Name, c.Hub.Region, hubs[0], "notices a Region that has gone silent")
				at.Beats, at.Group = beats, part.Name
			}
		}
		if c.Hub.Standby != "" {
			at := place(Heartbeats, names.HeartbeatsStack+standbyGroup, c.Hub.Standby, hubs[1], "notices that the hub has gone silent")
			at.Beats, at.Group = regions[:1], standbyGroup
		}
	}
	if c.Chat != (config.Chat{}) {
		if c.Hub.Standby != "" {
			place(Chat, names.ChatStack+c.Hub.Standby, c.Hub.Standby, hubs[1], "tells the chat channel while "+c.Hub.Region+" is impaired")
		}
		at := place(Chat, names.ChatStack+c.Hub.Region, c.Hub.Region, hubs[0], "tells the chat channel")
		if c.Hub.Standby != "" {
			// The channel listens to the standby's topic, too.
			at.After = append(at.After, names.ChatStack+c.Hub.Standby)
		}
		for _, region := range regions {
			if len(c.Scope().Of(IntegrityParts...)) > 0 {
				at := place(Chat, names.ChatStack+region+"-"+integrityGroup, region, names.ChatStack+region, "tells the chat channel of changes of the alarm itself")
				at.Group = integrityGroup
			}
		}
	}
	if len(c.UserNotifications.Email) > 0 {
		place(Notifications, names.NotificationsStack, notificationsRegion, "", "a second way to people, by AWS User Notifications")
	}
	if c.Monitoring.Dashboard {
		place(Dashboard, names.DashboardStack, c.Hub.Region, hubs[0], "the state of it all on one page, and saved queries for an investigation")
	}
}

// integrityGroup is the second half of what the chat is told, which has a stack of its own.
const integrityGroup = "integrity"

// standbyGroup is what the standby waits for: the hub's Region.
const standbyGroup = "standby"
