package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

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
	in := alertingProps(c, p, topic, own.NamedLog(place(p), names.Ledger), newDeadLetters(stack, c, p, told(c, p, topic)...))
	heard := func(id string, e watch.Entry, suffix string, from []any, which string) {
		own.NewHeard(stack, id, own.HeardProps{
			Place: in.Place, Scope: c.Scope(), Instructions: in.Instructions, Entry: e, Suffix: suffix + in.Suffix, From: from, Which: which,
			Topic: topic, Ledger: in.Ledger, DeadLetters: in.DeadLetters, AlsoTold: in.AlsoTold,
		})
	}
	access, _ := watch.ByID(watch.TargetAccess)
	for _, l := range p.Listeners {
		heard(access.ID+l.Suffix, access, l.Suffix, c.HeardFrom(l), l.Which)
	}
	if p.First {
		deployment, _ := watch.ByID(watch.TargetDeployment)
		heard(deployment.ID, deployment, "", c.Scope().AllOthers(nil), "any target account")
		own.NewBusPolicy(stack, "Bus", c.BusPolicy(p.Region))
	}
	return stack
}
