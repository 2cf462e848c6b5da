package access

import (
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// MaxBusPolicy is the number of characters that the policy of an event bus may have (EventBridge quotas).
const MaxBusPolicy = 10240

// observers matches the names of the observers' rules.
const observers = names.Observe + names.Prefix + "*"

// ForwardFromTarget lets the observers of a target account put events of some sources, AWS's own, on the hubs' buses.
func ForwardFromTarget(buses, sources []string) Document {
	return document(Statement{
		"Sid": "PutEventsOnTheHubs", "Effect": "Allow", "Action": putEvents, "Resource": list(buses), "Condition": eventsFrom(sources...),
	})
}

// ObserverTrust lets EventBridge assume the observers' role on behalf of the observers' rules of the account, and no others
// (EventBridge user guide, confused deputy prevention: for the targets of a rule, the source is the rule). One role serves all
// Regions, so the Region stays open.
func ObserverTrust(target place.Place) Document {
	return document(Statement{
		"Sid": "Observers", "Effect": "Allow",
		"Principal": map[string]any{"Service": eventBridge}, "Action": "sts:AssumeRole",
		"Condition": map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": target.Account},
			"ArnLike":      map[string]any{"aws:SourceArn": target.In(place.Any).Rule(observers)},
		},
	})
}

// BusPolicyProps describe whose events a hub's bus accepts, besides those of its own account.
type BusPolicyProps struct {
	// Hub is the place of the bus.
	Hub place.Place
	// Organization is the ID of an organization; empty means the listed accounts.
	Organization string
	Accounts     []string
	// Sources lists the sources of the accepted events, and DetailTypes their detail types; nil means any.
	Sources, DetailTypes []string
}

// HubBus lets the observers' rules in the organization's or in the listed accounts put events of some sources on a hub's bus.
// Those are AWS's own: nobody else can put an event whose source begins with "aws." (EventBridge API, PutEvents), so what an
// administrator of a target account invents is rejected. A call of PutEvents from there is rejected as well: the key is
// false for a call, true for a rule (EventBridge user guide, using IAM conditions), and a call has no rule as its source. The
// source is the rule of the other account and Region (EventBridge user guide, example policy for a specific rule in another
// Region); whose it is, is known by the principal.
//
// There is no condition on the role that the rules act as. AWS's documents don't say whether a bus's policy sees it, and one
// that it never meets would silence every observer.
func HubBus(props BusPolicyProps) Document {
	conditions := eventsFrom(props.Sources...)
	if len(props.DetailTypes) > 0 {
		types, ok := conditions["ForAllValues:StringEquals"].(map[string]any)
		if !ok {
			types = map[string]any{}
			conditions["ForAllValues:StringEquals"] = types
		}
		types["events:detail-type"] = list(props.DetailTypes)
		conditions["Null"].(map[string]any)["events:detail-type"] = "false"
	}
	conditions["Bool"] = map[string]any{"events:eventBusInvocation": "true"}
	conditions["ArnLike"] = map[string]any{"aws:SourceArn": props.Hub.Of(place.Any).In(place.Any).Rule(observers)}
	allow := Statement{"Effect": "Allow", "Action": putEvents, "Resource": props.Hub.Bus(), "Condition": conditions}
	if props.Organization != "" {
		allow["Principal"], conditions["StringEquals"] = "*", map[string]any{"aws:PrincipalOrgID": props.Organization}
	} else {
		roots := make([]any, len(props.Accounts))
		for i, account := range props.Accounts {
			roots[i] = props.Hub.Of(account).Root()
		}
		allow["Principal"] = map[string]any{"AWS": roots}
	}
	return document(allow)
}
