package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/config"
	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// NewObserved makes what a hub needs to hear the observers of the target accounts, and to tell people of them: in the first
// of several stacks, who may put events on its bus.
func NewObserved(app App, p plan.Placement, hub Hub) awscdk.Stack {
	c := app.Config
	stack := newStack(app, p, "Break glass observed: tells of what the observers in the target accounts see")
	topic := hub.Topics[p.Region].ByName()
	in := alertingProps(c, p, topic, own.NamedLog(p.Place(), names.Ledger), newDeadLetters(stack, c, p, told(c, p, topic)...))
	heard := func(entry string, l config.Listeners, from []any) {
		e, _ := watch.ByID(entry)
		own.NewHeard(stack, entry+l.Suffix, own.HeardProps{
			Place: in.Place, Scope: c.Scope(), Instructions: in.Instructions, Entry: e, Suffix: l.Suffix + in.Suffix,
			From: from, Which: l.Which, DrillsOf: l.DrillsOf(p.Region),
			Topic: topic, Ledger: in.Ledger, DeadLetters: in.DeadLetters, AlsoTold: in.AlsoTold,
		})
	}
	for _, l := range p.Listeners {
		heard(watch.TargetAccess, l, c.HeardFrom(l))
	}
	if p.First {
		heard(watch.TargetDeployment, config.Listeners{Which: "a target account", Drilled: true}, c.Scope().AllOthers(nil))
		own.NewBusPolicy(stack, "Bus", c.BusPolicy(p.Region))
	}
	return stack
}
