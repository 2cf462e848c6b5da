package stacks

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	own "example.com/breakglass/constructs"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// newStackSet makes the role in every account of an organizational unit, with its observers: one stack set for the Region of the
// accounts' stacks, and one for the other observed Regions.
func newStackSet(a app, at plan.Placement, _ before) made {
	c, unit := a.config, at.Target
	stack := newStack(a, at)
	props := own.StackSetProps{
		Unit: unit.OrganizationalUnit, Delegated: c.StackSets.ManagementAccount == "",
		Retain: c.StackSets.RetainOnAccountRemoval, Tags: c.Tags,
	}
	role := props
	role.Name, role.Regions = names.RoleStack+unit.OrganizationalUnit, []string{c.StackSets.Region}
	role.Description = "Break glass: the emergency users' access to every account of " + unit.Name
	role.Template = carried(stack, func() (string, error) { return a.inner.inUnit(a, *unit) })
	roles := own.NewStackSet(stack, "Roles", role)

	others := slices.DeleteFunc(slices.Clone(c.Observers.Regions), func(r string) bool { return r == c.StackSets.Region })
	if len(others) > 0 {
		observers := props
		observers.Name, observers.Regions = names.ObserverStack+unit.OrganizationalUnit, others
		observers.Description = "Break glass: observes the role in every account of " + unit.Name
		observers.Template = carried(stack, func() (string, error) { return a.inner.inOtherRegions(a) })
		// Its rules act as a role that the first one makes.
		own.NewStackSet(stack, "Observers", observers).After(roles)
	}
	return made{stack: stack}
}

// carried returns an inner template. If it cannot be made, the CDK reports the reason and deploys nothing.
func carried(stack awscdk.Stack, made func() (string, error)) string {
	text, err := made()
	if err != nil {
		awscdk.Annotations_Of(stack).AddError(jsii.String("cannot make a stack set's template: " + err.Error()))
	}
	return text
}
