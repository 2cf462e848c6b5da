// Package trail reads which management events a trail of CloudTrail logs. It imports nothing of this module.
package trail

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// Fix is what to do where no trail logs all that is needed.
const Fix = "set trail: create in breakglass.yaml and deploy, or have your organization's trail log management events, read and write, in every Region"

// Events are the management events that a trail logs.
type Events struct {
	Read, Write bool
	// Without are the services that it leaves out.
	Without []string
}

// Logged returns what the event selectors of a trail pick.
func Logged(selectors *cloudtrail.GetEventSelectorsOutput) Events {
	var seen Events
	if len(selectors.EventSelectors)+len(selectors.AdvancedEventSelectors) == 0 {
		// The default of a trail without event selectors (CloudTrail API reference, PutEventSelectors).
		return Events{Read: true, Write: true}
	}
	for _, e := range selectors.EventSelectors {
		// Left out, it is true (CloudTrail API reference, EventSelector).
		if e.IncludeManagementEvents != nil && !*e.IncludeManagementEvents {
			continue
		}
		seen.Read = seen.Read || e.ReadWriteType != types.ReadWriteTypeWriteOnly
		seen.Write = seen.Write || e.ReadWriteType != types.ReadWriteTypeReadOnly
		seen.Without = append(seen.Without, e.ExcludeManagementEventSources...)
	}
	for _, a := range selectors.AdvancedEventSelectors {
		seen.add(a)
	}
	return seen
}

// add counts an advanced selector. One that picks some events only, by a field other than readOnly, counts for nothing,
// unless it picks all but some services.
func (l *Events) add(a types.AdvancedEventSelector) {
	management, read, write := false, true, true
	var without []string
	for _, f := range a.FieldSelectors {
		switch aws.ToString(f.Field) {
		case "eventCategory":
			management = slices.Contains(f.Equals, "Management")
		case "readOnly":
			read, write = slices.Contains(f.Equals, "true"), slices.Contains(f.Equals, "false")
		case "eventSource":
			if len(f.NotEquals) == 0 {
				return
			}
			without = append(without, f.NotEquals...)
		default:
			return
		}
	}
	if management {
		l.Read, l.Write = l.Read || read, l.Write || write
		l.Without = append(l.Without, without...)
	}
}
