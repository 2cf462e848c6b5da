package stacks

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// NewForwarder makes the rules that carry a Region's own events to the hubs elsewhere.
func NewForwarder(app App, p plan.Placement, hub Hub) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass forwarder: carries the events of "+p.Region+" to "+strings.Join(p.To, " and "))
	prefix := names.Capture
	if _, isHub := hub.Buses[p.Region]; isHub {
		// The Region has capture rules of its own.
		prefix = names.Forward
	}
	var buses []own.Bus
	for _, region := range p.To {
		buses = append(buses, hub.Buses[region])
	}
	own.NewForwarding(stack, "Forwarding", own.ForwardingProps{
		Region: p.Region, Scope: c.Scope(), Prefix: prefix,
		Buses: buses, Role: hub.ForwardingRole, DeadLetters: own.NewDeadLetters(stack, "DeadLetters", place(p)),
	})
	return stack
}
