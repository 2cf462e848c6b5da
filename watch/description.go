package watch

// maxDescription is how many characters the description of a rule may have (EventBridge API, PutRule).
const maxDescription = 512

// DistantDrillsDescription is the description of the rule of DistantDrills.
const DistantDrillsDescription = "Drills of other Regions: recorded in the ledger; no alert is sent."

// Description returns the description of the entry's rules.
func (e Entry) Description() string { return e.Title + ". " + e.Why }

// DescriptionInHub returns the description of a hub's rule for the entry. Why it matters is left to the forwarders' rules and to the
// documents: the hub's template has little room, and every user takes some of it.
func (e Entry) DescriptionInHub() string { return e.Title + "." }

// DescriptionWhereForwarded returns the description of the rules that forward the entry. What it is about is left to the hub's rule and
// to the documents: a forwarder's template has little room for so many rules.
func (e Entry) DescriptionWhereForwarded() string { return "Forwards " + e.ID + "." }

// BeatDescription returns the description of a hub's rule that counts the heartbeats of a Region.
func BeatDescription(region string) string { return "Counts the heartbeats of " + region }
