package access

import "example.com/breakglass/place"

// MaxBusPolicy is the number of characters that the policy of an event bus may have (EventBridge quotas).
const MaxBusPolicy = 10240

// ForwardFromTarget lets the observers of a target account put events on the hubs' buses, and only AWS's own events.
func ForwardFromTarget(buses []string) Document {
	return document(Statement{
		"Sid": "PutEventsOnTheHubs", "Effect": "Allow", "Action": "events:PutEvents", "Resource": list(buses),
	})
}

// TrustEventBridge lets EventBridge assume a role that forwards events.
func TrustEventBridge() Document {
	return document(Statement{"Effect": "Allow", "Principal": map[string]any{"Service": eventBridge}, "Action": "sts:AssumeRole"})
}

// BusPolicyProps describe whose events a hub's bus accepts, besides those of its own account.
type BusPolicyProps struct {
	// Hub is the place of the bus.
	Hub place.Place
	// Organization is the ID of an organization; empty means the listed accounts.
	Organization string
	Accounts     []string
	// Sources lists the sources of the accepted events.
	Sources []string
}

// HubBus lets rules in the organization's or in the listed accounts put events of some sources on a hub's bus. Those
// are AWS's own: nobody else can put an event whose source begins with "aws." (EventBridge API, PutEvents), so what an
// administrator of a target account invents is rejected. A call of PutEvents from there is rejected as well: the key is
// false for a call, true for a rule (EventBridge user guide, using IAM conditions).
//
// There is no condition on the role that the rules act as. AWS's documents don't say whether a bus's policy sees it, and one
// that it never meets would silence every observer.
func HubBus(props BusPolicyProps) Document {
	conditions := map[string]any{
		// A request may hold events of several sources (service authorization reference: an array), so all of them count.
		"ForAllValues:StringEquals": map[string]any{"events:source": list(props.Sources)},
		"BoolIfExists":              map[string]any{"events:eventBusInvocation": "true"},
	}
	allow := Statement{"Effect": "Allow", "Action": "events:PutEvents", "Resource": props.Hub.Bus(), "Condition": conditions}
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
