package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/constructs-go/constructs/v10"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// NewForwarder makes the rules that carry a Region's own events to the hubs elsewhere.
func NewForwarder(scope constructs.Construct, c *config.Config, p plan.Placement, hub Hub) awscdk.Stack {
	stack := newStack(scope, c, p, "Break glass forwarder: carries the events of "+p.Region+" to "+strings.Join(p.To, " and "))
	prefix := names.Capture
	if hub.Buses[p.Region] != nil {
		// The Region has capture rules of its own.
		prefix = names.Forward
	}
	var buses []awsevents.IEventBus
	for _, region := range p.To {
		buses = append(buses, hub.Buses[region])
	}
	own.NewForwarding(stack, "Forwarding", own.ForwardingProps{
		Region: p.Region, Scope: c.Scope(), Prefix: prefix,
		Buses: buses, Role: hub.ForwardingRole, DeadLetters: own.NewDeadLetters(stack, "DeadLetters", place(p)),
	})
	return stack
}
