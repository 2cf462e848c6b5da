package access

// MaxBusPolicy is how many characters the policy of an event bus may have (EventBridge quotas).
const MaxBusPolicy = 10240

// Observe lets the observers of a target account put events on the hubs' buses, and only what AWS itself says there.
func Observe(buses []string) Document {
	return document(Statement{
		"Sid": "PutEventsOnTheHubs", "Effect": "Allow", "Action": "events:PutEvents", "Resource": list(buses),
	})
}

// BusPolicyProps say whom a hub's bus hears, besides its own account.
type BusPolicyProps struct {
	// Bus is its ARN.
	Bus string
	// Role is the name of the role that the observers act as, in every account.
	Role      string
	Partition string
	// Organization is its ID; empty means the listed accounts.
	Organization string
	Accounts     []string
	// Sources are those of the events that are let in.
	Sources []string
}

// ObservedBus lets the observers' role of the organization's or of the listed accounts put events on a hub's bus. Who has
// rights in a target account can change what that role does there; what he makes up stays out all the same, by its source:
// nobody but AWS can put an event with a source that begins with "aws." (EventBridge API, PutEvents).
func ObservedBus(props BusPolicyProps) Document {
	roles := "arn:" + props.Partition + ":iam::*:role/" + props.Role
	allow := Statement{
		"Sid": "ObserversOfTheTargetAccounts", "Effect": "Allow", "Action": "events:PutEvents", "Resource": props.Bus,
		"Principal": "*",
		"Condition": map[string]any{
			"ArnLike":      map[string]any{"aws:PrincipalArn": roles},
			"StringEquals": map[string]any{"events:source": list(props.Sources)},
		},
	}
	if props.Organization != "" {
		allow["Condition"].(map[string]any)["StringEquals"].(map[string]any)["aws:PrincipalOrgID"] = props.Organization
	} else {
		allow["Principal"] = map[string]any{"AWS": list(props.Accounts)}
	}
	return document(allow)
}
