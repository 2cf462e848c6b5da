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
	scope := c.Scope()
	if topic, isHub := hub.Topics[p.Region]; isHub {
		// The other hub hears of changes of this Region's key, which its own topic could no longer tell of.
		scope.Key, scope.KeyRegion = topic.KeyID(), p.Region
	}
	own.NewForwarding(stack, "Forwarding", own.ForwardingProps{
		Region: p.Region, Scope: scope, Prefix: prefix,
		Buses: buses, Role: hub.ForwardingRole, DeadLetters: newDeadLetters(stack, c, p),
	})
	if c.Monitoring.Heartbeats && p.Region != c.Hub.Region {
		own.NewHeartbeat(stack, "Heartbeat", p.Place())
	}
	return stack
}
