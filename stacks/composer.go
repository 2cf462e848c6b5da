package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

// newComposer makes the composer of a hub. That of the first hub has the roles, since IAM is global.
func newComposer(a app, at plan.Placement, _ before) made {
	c := a.config
	stack := newStack(a, at)
	var role awsiam.CfnRole
	if at.Region == c.Hub.Region {
		var hubs []place.Place
		for _, region := range c.HubRegions() {
			hubs = append(hubs, c.HubIn(region))
		}
		role = own.NewComposerRoles(stack, "Roles", hubs, c.Chat.On())
	}
	own.NewComposer(stack, "Composer", a.plan.ComposerOf(at.Region), role)
	return made{stack: stack}
}
