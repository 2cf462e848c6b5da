package check

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"

	"example.com/breakglass/access"
	"example.com/breakglass/place"
	"example.com/breakglass/plan"
)

type busAPI interface {
	DescribeEventBus(context.Context, *eventbridge.DescribeEventBusInput, ...func(*eventbridge.Options)) (*eventbridge.DescribeEventBusOutput, error)
}

// bus checks who besides the account may put events on a hub's bus: the observers in the target accounts, where the file has
// any, and nobody else. stack is the one that lets them in; empty if it does not exist.
func (s *scene) bus(ctx context.Context, api busAPI, region, stack string) *result {
	r, hub := of("bus"), s.in(region)
	out, err := api.DescribeEventBus(ctx, &eventbridge.DescribeEventBusInput{Name: aws.String("default")})
	if err != nil {
		r.unanswered(region, "who can put events on the bus", err)
		return r
	}
	want := access.Document{"Statement": []any{}}
	if stack != "" {
		want = asRoots(hub, plan.BusPolicy(s.config, region))
	}
	policy := aws.ToString(out.Policy)
	if policy == "" {
		policy = `{"Statement": []}`
	}
	all, err := statements(policy)
	if err != nil {
		r.warning(region, "the bus policy can't be parsed: "+err.Error(), "inspect it: "+inRegion("events", "describe-event-bus"))
		return r
	}
	// Without its key, a bus matches no rule. The other properties, where it logs and keeps what it can't deliver, take nothing away.
	if key := aws.ToString(out.KmsKeyIdentifier); key != "" {
		r.problem(region, "the hub's bus is encrypted with the key "+key+", which is not in breakglass.yaml: without the key, no rule matches",
			"find out who set it, then: "+inRegion("events", "update-event-bus", "--name", "default", "--kms-key-identifier", ""))
	}
	heard := 0
	for _, one := range want["Statement"].([]any) {
		s := plain(one).(map[string]any)
		delete(s, "Sid")
		i := slices.IndexFunc(all, func(has map[string]any) bool { return text(plain(asRoot(hub, has))) == text(s) })
		if i < 0 {
			r.drifted(Problem, region, stack,
				"the hub's bus policy does not admit the observers of the target accounts as breakglass.yaml requires: their events are lost")
			continue
		}
		heard++
		all = slices.Delete(all, i, i+1)
	}
	for _, statement := range all {
		if statement["Effect"] == "Deny" {
			r.problem(region, "the hub's bus policy denies, which can keep events and heartbeats out: "+describe(statement),
				"find out who added it, then: "+removePermission(policy, statement))
		}
		if statement["Effect"] == "Allow" && !s.own(statement["Principal"]) {
			r.warning(region, "the hub's bus policy admits principals that are not in breakglass.yaml: "+describe(statement),
				"if it is not needed: "+removePermission(policy, statement))
		}
	}
	if r.well() {
		r.fine(region, map[bool]string{
			true: "from outside the account, only the observers can put events on it", false: "nobody outside the account can put events on it",
		}[heard > 0])
	}
	return r
}

// removePermission returns the command that removes a statement from the bus policy.
func removePermission(policy string, statement map[string]any) string {
	if id := sidOf(policy, statement); id != "" {
		return inRegion("events", "remove-permission", "--statement-id", id)
	}
	return "write the policy anew without it, since it has no ID: " + inRegion("events", "describe-event-bus") + " shows it"
}

// asRoots writes the accounts of a policy as EventBridge gives them back: by the ARN of their root.
func asRoots(hub place.Place, policy access.Document) access.Document {
	var all []any
	for _, one := range policy["Statement"].([]any) {
		all = append(all, asRoot(hub, plain(one).(map[string]any)))
	}
	return access.Document{"Statement": all}
}

func asRoot(hub place.Place, statement map[string]any) map[string]any {
	who, ok := statement["Principal"].(map[string]any)
	if !ok {
		return statement
	}
	list, isList := who["AWS"].([]any)
	if !isList {
		list = []any{who["AWS"]}
	}
	roots := make([]any, len(list))
	for i, one := range list {
		roots[i] = one
		if number, _ := one.(string); isAccount(number) {
			roots[i] = hub.Of(number).Root()
		}
	}
	out := maps.Clone(statement)
	out["Principal"] = map[string]any{"AWS": roots}
	return out
}

// own reports whether a principal is the hub account itself, or an identity in it.
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
			if kind != "AWS" || name != s.account() && !strings.HasPrefix(name, s.config.HubPlace().Global("iam", "")) {
				return false
			}
		}
	}
	return true
}
