// Package show finds out what people would read about an event, from the plan alone: which rules of the hub take it, and what the
// composer, or an alarm, makes of it.
package show

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/breakglass/compose"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// Outcome is what becomes of an event.
type Outcome string

// The outcomes.
const (
	// Alerts: the composer writes to people.
	Alerts Outcome = "alert"
	// Counted: an alarm counts it, and notifies people at its threshold.
	Counted Outcome = "counted"
	// Recorded: the ledger has it, and nobody is notified.
	Recorded Outcome = "recorded"
	// Nothing: no rule takes it.
	Nothing Outcome = "none"
)

// Shown is what becomes of an event.
type Shown struct {
	// Name is what happened: the call of a record, or the event's type.
	Name    string `json:"name"`
	Account string `json:"account"`
	Region  string `json:"region"`
	// Drill reports whether the event is a drill.
	Drill   bool    `json:"drill"`
	Outcome Outcome `json:"outcome"`
	// Reason says why nobody is alerted; empty where somebody is.
	Reason string `json:"reason,omitempty"`
	// Alerts are what the composer writes: one for each rule that takes the event.
	Alerts []Alert `json:"alerts,omitempty"`
	// Alarms count the event.
	Alarms []Alarm `json:"alarms,omitempty"`
	// Note is a condition that the file cannot decide.
	Note string `json:"note,omitempty"`
}

// Alert is a message of the composer.
type Alert struct {
	// Entry is the ID of the alert in the catalogue, and Title what it is about.
	Entry string `json:"entry"`
	Title string `json:"title"`
	// Subject of the mail.
	Subject string `json:"subject,omitempty"`
	// Messages are the texts by kind of reader: email, sms, https, sqs, chat.
	Messages map[string]string `json:"messages,omitempty"`
	// Failure is why the composer could not write it: it would send the event as it is.
	Failure string `json:"failure,omitempty"`
}

// Alarm counts events.
type Alarm struct {
	Name string `json:"name"`
	// AtLeast so many events within CountMinutes trigger it.
	AtLeast int `json:"atLeast"`
	// Text is its description, which people read.
	Text string `json:"text"`
}

// CountMinutes is within how many minutes an alarm counts.
var CountMinutes = watch.CountPeriod.Minutes()

// Readers are the kinds of reader that an alert has a text for.
var Readers = []string{"email", "sms", "https", "sqs", "chat"}

// Viewer shows events as the hub of a plan treats them.
type Viewer struct {
	plan     plan.Plan
	hub      string
	composer compose.Machine
	preview  compose.Preview
	stacks   []plan.Placement
	rules    []plan.Rule
	alarms   []plan.Alarm
}

// NewViewer returns the viewer of a plan. The standby writes the same, except for its own Region.
func NewViewer(p plan.Plan) (Viewer, error) {
	v := Viewer{plan: p, hub: p.Config.Hub.Region}
	v.composer = p.ComposerOf(v.hub)
	var err error
	if v.preview, err = compose.NewPreview(v.composer.Texts); err != nil {
		return v, err
	}
	for _, at := range p.Placements {
		if at.Account == p.Config.Hub.Account && at.Region == v.hub && at.Kind != plan.Forwarder {
			v.stacks = append(v.stacks, at)
			v.alarms = append(v.alarms, p.AlarmsOf(at, plan.Refs{})...)
		}
	}
	v.rules = v.rulesWith(plan.Refs{})
	return v, nil
}

func (v Viewer) rulesWith(refs plan.Refs) (rules []plan.Rule) {
	for _, at := range v.stacks {
		rules = append(rules, v.plan.Rules(at, refs)...)
	}
	return rules
}

// keyOf returns the ID of the KMS key that an event is about; empty for any other event.
func keyOf(event watch.Fields) string {
	if watch.Text(event, "source") != "aws.kms" {
		return ""
	}
	key := watch.Text(event, "detail.resources.0.ARN")
	if key == "" {
		key = watch.Text(event, "detail.requestParameters.keyId")
	}
	return clean(key[strings.LastIndex(key, "/")+1:], 128)
}

var notPrinted = regexp.MustCompile("[^ -~]+")

// clean returns a text of an event as alerts show it: printable ASCII only, without line ends, and cut.
func clean(text string, most int) string {
	text = strings.TrimSpace(notPrinted.ReplaceAllString(text, "?"))
	if len(text) > most {
		return text[:most-3] + "..."
	}
	return text
}

// Show returns what becomes of an event in its JSON form.
func (v Viewer) Show(event watch.Fields) Shown {
	s := Shown{
		Name: clean(watch.Text(event, "detail.eventName"), 64), Account: clean(watch.Text(event, "account"), 12), Region: clean(watch.Text(event, "region"), 30),
		Drill: watch.Text(event, "source") == watch.DrillSource, Outcome: Nothing,
	}
	if s.Name == "" {
		s.Name = clean(watch.Text(event, "detail-type"), 128)
	}
	if watch.Text(event, "source") == watch.HeartbeatSource {
		s.Reason = "a heartbeat alerts nobody"
		return s
	}
	if _, _, ok := watch.CanaryCallOf(event); ok && v.plan.Config.Monitoring.Canary {
		s.Reason = "CloudTrail's record of a canary's call alerts nobody"
		return s
	}
	rules, refs := v.rules, plan.Refs{Key: keyOf(event)}
	if refs.Key != "" {
		rules = v.rulesWith(refs)
	}
	if s.Reason = v.missed(event, s, refs); s.Reason != "" {
		return s
	}
	for _, r := range rules {
		if watch.Matches(r.Pattern, event) {
			v.take(&s, r, event)
		}
	}
	if refs.Key != "" && s.Outcome != Nothing {
		s.Note = "Only if key " + refs.Key + " is that of the topic " + names.Topic + ": the file does not have its ID."
	}
	if s.Outcome == Nothing {
		s.Reason = v.off(event)
	}
	return s
}

// missed says why an event does not reach the hub; empty if it does.
func (v Viewer) missed(event watch.Fields, s Shown, refs plan.Refs) string {
	c := v.plan.Config
	switch {
	case event["replay-name"] != nil:
		return "a replay of an archive does not count as an event"
	case s.Account == "" || s.Region == "":
		return "it does not name its account and Region, as every event on a bus does"
	case s.Account != c.Hub.Account && len(c.Observers.Regions) == 0:
		return fmt.Sprintf("account %s is not the hub account, and no observers send what other accounts record", s.Account)
	case s.Account != c.Hub.Account && !slices.Contains(c.Observers.Regions, s.Region):
		return "no observer watches " + s.Region
	case s.Account != c.Hub.Account || s.Region == v.hub:
		return ""
	case !slices.Contains(c.Regions, s.Region):
		return fmt.Sprintf("Region %q is not watched", s.Region)
	}
	for _, at := range v.plan.Placements {
		if at.Kind == plan.Forwarder && at.Region == s.Region && slices.ContainsFunc(v.plan.Rules(at, refs), func(r plan.Rule) bool {
			return watch.Matches(r.Pattern, event)
		}) {
			return ""
		}
	}
	return v.off(event)
}

// off says why no rule takes an event.
func (v Viewer) off(event watch.Fields) string {
	scope := plan.ScopeOf(v.plan.Config)
	for _, e := range watch.Catalogue {
		on := slices.ContainsFunc(scope.Entries(), func(o watch.Entry) bool { return o.ID == e.ID })
		switch {
		case on || !watch.Matches(e.InHub(scope, v.hub), event):
		case !slices.Contains(scope.Parts, e.Part) && e.Part != watch.Access:
			return fmt.Sprintf("monitoring.%s is off, which %s belongs to", e.Part, e.ID)
		default:
			return "the configuration has nothing that " + e.ID + " is about"
		}
	}
	return "no rule matches it"
}

// take adds what a rule does with the event.
func (v Viewer) take(s *Shown, r plan.Rule, event watch.Fields) {
	target, composed := r.Target(plan.ComposerTarget)
	if s.Drill && s.Region != v.hub {
		s.Outcome, s.Reason = Recorded, "the ledger has it; people receive the drills of the hub's Region only"
		return
	}
	if strings.Contains(r.Name, names.Recorded) {
		if s.Outcome == Nothing {
			s.Outcome, s.Reason = Recorded, "a drill made the call to prove that CloudTrail puts records on the bus; the heartbeats' log has it"
		}
		return
	}
	if !composed {
		for _, a := range v.alarms {
			if a.Kind == plan.CountAlarm && a.Metric.Value == r.Name {
				s.Alarms = append(s.Alarms, Alarm{a.Name, int(a.Metric.Threshold), a.Description})
			}
		}
		if s.Outcome == Nothing {
			s.Outcome = Counted
		}
		return
	}
	s.Outcome = Alerts
	for _, e := range v.composer.Entries {
		if compose.InputTemplate(e.ID) == target.Template {
			s.Alerts = append(s.Alerts, v.alert(e, event))
		}
	}
}

func (v Viewer) alert(e watch.Entry, event watch.Fields) Alert {
	a := Alert{Entry: e.ID, Title: e.Title}
	m, err := v.preview.Message(e.ID, event)
	if err != nil {
		a.Failure = err.Error()
		return a
	}
	a.Subject, a.Messages = m.Subject, map[string]string{"chat": m.Chat}
	for _, reader := range Readers {
		if text, ok := m.Readers[reader]; ok {
			a.Messages[reader] = text
		}
	}
	return a
}
