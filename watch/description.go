package watch

import "strings"

// MaxDescription is how many characters the description of a rule may have (EventBridge API, PutRule).
const MaxDescription = 512

// DistantDrillsDescription is the description of the rule of DistantDrills.
const DistantDrillsDescription = "Drills of other Regions: recorded in the ledger; no alert is sent."

// Description returns the description of the entry's rules.
func (e Entry) Description() string { return e.Title + ". " + e.Why }

// DescriptionInHub returns the description of a hub's rule for one alert of the entry. Why it matters is left to the forwarders' rules
// and to the documents: the hub's template has little room, and every user takes some of it.
func (e Entry) DescriptionInHub(a Alert) string { return e.titleOf(a) + "." }

// ChatDescription returns the description of a hub's rule that posts one alert of the entry to the chat channel.
func (e Entry) ChatDescription(a Alert) string { return "To the chat channel: " + e.titleOf(a) }

// BeatDescription returns the description of a hub's rule that counts the heartbeats of a Region.
func BeatDescription(region string) string { return "Counts the heartbeats of " + region }

func (e Entry) titleOf(a Alert) string { return e.Title + strings.Replace(a.Suffix, "-", ", ", 1) }
