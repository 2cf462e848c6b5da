package stacks

import (
	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// newNotifications makes the second notification channel, which shares nothing with the hub.
func newNotifications(a app, at plan.Placement, _ before) made {
	c := a.config
	stack := newStack(a, at)
	own.NewNotifications(stack, "Notifications", own.NotificationsProps{
		Place: at.Place(), Email: c.UserNotifications.Email, Regions: c.Regions, Entries: plan.ScopeOf(c).Of(watch.Access), Scope: plan.ScopeOf(c),
	})
	return made{stack: stack}
}
