// Package watch is the catalogue of watched events, as data: what each is called, why it matters, which records match it, the
// texts that people receive, and samples that must match and must not. To add an alert, add one Entry and its samples. It may
// import names, and no other package of this project.
package watch

import "slices"

// Entry is one kind of event that is watched: one rule in every watched Region, and one in each hub.
type Entry struct {
	// ID names the entry on the command line and in drills: sign-in.
	ID string
	// Rule is the rule's name behind its prefix: breakglass-user-sign-in.
	Rule string
	// Title is what happened, in a few words.
	Title string
	// Why it matters, for the reader of a rule's description and of the documents; at most 512 characters with the title.
	Why string
	// Response is what to do about it, in each message and on the page on how to respond. It may name fields and StopPlace, and
	// has code between backticks, which only the page shows.
	Response string
	// Part of the watching that the entry belongs to.
	Part Part
	// HubsOnly entries are about things that only a hub's Region has; no other Region has a rule for them.
	HubsOnly bool
	// OfPipeline entries are watched only where there is a pipeline.
	OfPipeline bool
	// OfBootstrap entries are watched only where the target accounts trust the hub account to deploy there.
	OfBootstrap bool
	// Sources and DetailTypes of the real event.
	Sources     []string
	DetailTypes []string
	// AnyService is set where the pattern has no room for the sources, and its detail says what belongs to the entry. It takes the
	// events of every AWS service, and still of nobody else.
	AnyService bool
	// Detail is the pattern of the record itself.
	Detail func(Scope) Fields
	// Messages are what the composer writes about the entry's records: one for each alert, with the same suffix. The last one has
	// no condition.
	Messages []Message
	// Counts alert on the number of events instead of on each one: for events that a stranger can cause at will, since more
	// than ten messages a second get an email address unsubscribed (SNS developer guide).
	Counts []Count
}

// Always reports whether every deployment that has the entry's part watches it.
func (e Entry) Always() bool { return !e.OfPipeline && !e.OfBootstrap }

// Suffixes returns those of the entry's alerts: the main one, which is empty, comes first. What is counted has the main one only.
func (e Entry) Suffixes() []string {
	all := []string{""}
	for _, m := range e.Messages {
		if m.Suffix != "" {
			all = append(all, m.Suffix)
		}
	}
	return all
}

// Count is an alarm on the number of an entry's records within CountPeriod.
type Count struct {
	// Suffix of the alarm's name.
	Suffix string
	// AtLeast this many records trigger the alarm.
	AtLeast int
	// Title is the message.
	Title string
}

// Fields is a part of an EventBridge pattern, or of an event, in its JSON form.
type Fields = map[string]any

// Part is a part of the catalogue. The file can disable each but Access.
type Part string

// The parts.
const (
	// Access is the emergency users and root: what this project is for.
	Access Part = ""
	// Tampering is changes to the alerting itself.
	Tampering Part = "tampering"
	// DeliveryFailures is events and alerts that did not arrive.
	DeliveryFailures Part = "deliveryFailures"
	// NewRegions is Regions that are enabled and not watched.
	NewRegions Part = "newRegions"
	// TargetAccounts is what observers in the target accounts see.
	TargetAccounts Part = "targetAccounts"
)

// Scope is what a pattern needs to know about a deployment.
type Scope struct {
	// Account is the hub account.
	Account string
	// Users are the names of the emergency users.
	Users []string
	// UserARNs are their ARNs, in the same order.
	UserARNs []string
	// Role is the name of the role in the target accounts.
	Role string
	// Hubs are the Regions of the hub and, where there is one, the standby.
	Hubs []string
	// Known are the Regions that are watched, or not watched on purpose.
	Known []string
	// Key is the ID of the key of the topic in KeyRegion, the Region that the pattern is for; empty where it has none.
	Key, KeyRegion string
	// Pipeline is set where a pipeline deploys the stacks, Bootstrap where the roles of the CDK's bootstrap do.
	Pipeline, Bootstrap bool
	// Canary is set where schedules make recorded calls each hour.
	Canary bool
	// Parts lists the enabled parts, without Access.
	Parts []Part
}

// Entries returns the entries whose parts are on, including those of the target accounts.
func (s Scope) Entries() []Entry {
	return slices.DeleteFunc(slices.Concat(Catalogue, Observed), func(e Entry) bool {
		return e.Part != Access && !slices.Contains(s.Parts, e.Part) || e.OfPipeline && !s.Pipeline || e.OfBootstrap && !s.Bootstrap
	})
}

// Of returns the entries of the given parts that are on.
func (s Scope) Of(parts ...Part) []Entry {
	return slices.DeleteFunc(s.Entries(), func(e Entry) bool { return !slices.Contains(parts, e.Part) })
}

// Forwarded returns the entries that have a forwarding rule in a Region of the hub account. The entries of the target accounts
// have none: observers carry those events to every hub.
func (s Scope) Forwarded(region string) []Entry {
	return slices.DeleteFunc(s.Entries(), func(e Entry) bool {
		return e.Part == TargetAccounts || e.HubsOnly && !slices.Contains(s.Hubs, region)
	})
}

// ByID returns the entry with that ID.
func ByID(id string) (Entry, bool) {
	for _, e := range slices.Concat(Catalogue, Observed) {
		if e.ID == id {
			return e, true
		}
	}
	return Entry{}, false
}
