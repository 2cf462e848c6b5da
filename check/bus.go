package check

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/config"
)

type busAPI interface {
	DescribeEventBus(context.Context, *eventbridge.DescribeEventBusInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeEventBusOutput, error)
}

// bus looks who besides the account may put events on a hub's bus.
func (s *scene) bus(ctx context.Context, api busAPI, region string) *result {
	r := of("bus")
	out, err := api.DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{Name: aws.String("default")})
	if err != nil {
		r.unanswered(region, "who may put events on the bus", err)
		return r
	}
	policy := aws.ToString(out.Policy)
	if policy == "" {
		r.fine(region, "nobody outside the account may put events on it")
		return r
	}
	all, err := statements(policy)
	if err != nil {
		r.warning(region, "the bus has a policy that cannot be read: "+err.Error(), "look at it: aws events describe-event-bus --region <where>")
		return r
	}
	for _, statement := range all {
		if statement["Effect"] == "Allow" && !s.own(statement["Principal"]) {
			r.warning(region, "strangers are let onto the hub's bus: "+describe(statement),
				"if nobody needs it, remove it: aws events remove-permission --region <where> --statement-id ID (aws events describe-event-bus shows it)")
		}
	}
	if r.well() {
		r.fine(region, "nobody outside the account may put events on it")
	}
	return r
}

// own is whether a principal is the hub account itself, or somebody in it.
func (s *scene) own(principal any) bool {
	all, ok := principal.(map[string]any)
	if !ok {
		return false
	}
	for kind, who := range all {
		list, ok := who.([]any)
		if !ok {
			list = []any{who}
		}
		for _, one := range list {
			name, _ := one.(string)
			if kind != "AWS" || name != s.account() && !strings.HasPrefix(name, "arn:"+config.Partition+":iam::"+s.account()+":") {
				return false
			}
		}
	}
	return true
}
