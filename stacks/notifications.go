package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// NewNotifications makes the second way to people, which shares nothing with the hub.
func NewNotifications(app App, p plan.Placement) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass notifications: a second way to people, by AWS User Notifications")
	own.NewNotifications(stack, "Notifications", own.NotificationsProps{
		Place: p.Place(), Email: c.UserNotifications.Email, Regions: c.Regions, Entries: c.Scope().Of(watch.Access), Scope: c.Scope(),
	})
	return stack
}
