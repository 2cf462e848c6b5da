package main

import (
	"encoding/json"
	"os"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/stacks"
	"example.com/breakglass/watch"
)

// fields is an object of the JavaScript app's data.
type fields = map[string]any

// topicKey is the placeholder in a pattern for the ID of the Region's topic key: app.js replaces it by its own reference.
const topicKey = "{topic key}"

// writeData writes down what app.js builds its stacks from: everything that the Go app knows before it touches the CDK.
// It does for a file that leaves monitoring, chat, userNotifications and trail as they are by default.
func writeData(file string, p plan.Plan) error {
	c := p.Config
	var users, hubs []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	var buses []string
	for _, region := range c.HubRegions() {
		hubs = append(hubs, region)
		buses = append(buses, busOf(c, region))
	}
	var placements []fields
	for _, at := range p.Placements {
		placements = append(placements, placement(p, at))
	}
	text, err := json.Marshal(fields{
		"access": c.Deploy.Access, "accessRole": c.Deploy.AccessRole,
		"terminationProtection": c.TerminationProtection, "tags": c.Tags,
		"names": allNames(), "users": users, "hubRegions": hubs, "subscribers": subscribers(c.Alerts), "topicKey": topicKey,
		"userAccess": fields{
			"managedPolicies": c.UserAccess.ManagedPolicies,
			"assumeRole":      access.AssumeRole(c.HubPlace(), c.Role.Name), "guard": access.Guard(plan.UsersOf(c)),
		},
		"heartbeat": fields{
			"trustPolicy": access.HeartbeatTrust(c.HubPlace()), "policy": access.Heartbeat(c.HubPlace()),
			"schedule": watch.HeartbeatSchedule, "source": watch.HeartbeatSource, "type": watch.HeartbeatType,
			"period": watch.HeartbeatPeriod.Seconds(), "missed": watch.HeartbeatsMissed, "days": watch.HeartbeatDays,
		},
		"countPeriod":   watch.CountPeriod.Seconds(),
		"forwardPolicy": access.Forward(buses), "trustPolicy": access.Trust(plan.UsersOf(c)), "roleName": c.Role.Name,
		"placements": placements,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func busOf(c *config.Config, region string) string {
	return c.HubIn(region).Bus()
}

func placement(p plan.Plan, at plan.Placement) fields {
	c := p.Config
	links := []fields{}
	for _, g := range at.Links() {
		links = append(links, fields{"output": g.Output, "addresses": g.Addresses})
	}
	f := fields{
		"kind": at.Kind, "stack": at.Stack, "account": at.Account, "region": at.Region, "after": append([]string{}, at.After...),
		"to": at.To, "links": links,
	}
	switch at.Kind {
	case plan.Hub, plan.Standby:
		f["keyPolicy"] = access.Key(at.Place())
		f["topicPolicy"] = access.Topic(at.Place(), "")
		f["ledgerPolicy"] = access.Ledger(at.Place(), at.Place().LogGroup(names.Ledger), at.Place().LogGroup(names.Heartbeats))
		f["ledgerDays"] = c.Ledger.RetentionDays
		f["distantDrills"] = watch.DistantDrills(plan.ScopeOf(c), at.Region)
		alerting(f, c, at, watch.Access)
	case plan.Integrity:
		f["undelivered"] = watch.UndeliveredText(at.Region)
		alerting(f, c, at, plan.IntegrityParts...)
	case plan.Heartbeats:
		silence(f, c, at)
	case plan.Dashboard:
		f["body"] = stacks.DashboardProps(p, at).Body()
		var queries []fields
		for _, q := range watch.Queries {
			queries = append(queries, fields{"name": q.Name, "text": q.Saved(), "group": q.Group})
		}
		f["queries"] = queries
	case plan.Forwarder:
		deadLetters(f, at)
		scope := scopeIn(c, at)
		var rules []fields
		for _, e := range scope.Forwarded(at.Region) {
			rules = append(rules, fields{
				"id": e.ID, "rule": e.Rule, "title": e.Title, "why": e.Why, "pattern": e.Forward(scope, at.Region),
			})
		}
		f["rules"] = rules
		f["beats"] = at.Region != c.Hub.Region
	case plan.Role:
		f["target"] = fields{
			"managedPolicies": at.Target.ManagedPolicies,
			"sessionSeconds":  at.Target.SessionDuration.Seconds(),
		}
	}
	return f
}

// scopeIn returns what the patterns of a stack have to know; a hub's name the key of its topic.
func scopeIn(c *config.Config, at plan.Placement) watch.Scope {
	scope := plan.ScopeOf(c)
	for _, hub := range scope.Hubs {
		if hub == at.Region {
			scope.Key, scope.KeyRegion = topicKey, hub
		}
	}
	return scope
}

func deadLetters(f fields, at plan.Placement) {
	f["deadLetters"] = fields{
		"policy": access.DeadLetters(at.Place(), ""),
		"alarm":  names.DeadLettersAlarm + at.DeadLetters(), "text": watch.DeadLettersText(at.Region),
	}
}

func alerting(f fields, c *config.Config, at plan.Placement, parts ...watch.Part) {
	scope, hub, text := scopeIn(c, at), at.Region, c.Alerts.Instructions
	deadLetters(f, at)
	f["suffix"] = ""
	if hub != c.Hub.Region {
		f["suffix"] = names.StandbySuffix
	}
	var catalogue []fields
	for _, e := range scope.Of(parts...) {
		alerts, counts := []fields{}, []fields{}
		for _, a := range e.Alerts {
			alerts = append(alerts, fields{
				"suffix": a.Suffix, "pattern": e.Publish(scope, a, hub), "template": a.Template(text, hub), "paths": a.Paths(text, hub),
			})
		}
		for _, n := range e.Counts {
			counts = append(counts, fields{"suffix": n.Suffix, "atLeast": n.AtLeast, "text": n.Text(e, at.Account, hub, text)})
		}
		catalogue = append(catalogue, fields{
			"id": e.ID, "rule": e.Rule, "title": e.Title, "why": e.Why,
			"alerts": alerts, "counts": counts, "tally": e.Tally(scope, hub),
		})
	}
	f["catalogue"] = catalogue
}

func silence(f fields, c *config.Config, at plan.Placement) {
	scope, hub := plan.ScopeOf(c), at.Region
	var beats []fields
	for _, region := range at.Beats {
		expected := scope.BeatsExpected(region, hub)
		beats = append(beats, fields{
			"region": region, "alarm": names.HeartbeatAlarm(region), "pattern": watch.Beat(scope, region),
			"expected": expected, "text": watch.SilenceText(region, hub, expected),
			"tells": len(at.Beats) == 1 || scope.OtherHub(region, hub),
		})
		if region == hub && hub == c.Hub.Region {
			f["beats"] = true
		}
	}
	f["watched"] = beats
	f["alarm"], f["text"] = names.SilentAlarm+at.Group, watch.SilentText(at.Group, hub, c.Alerts.Instructions)
}

func subscribers(a config.Alerts) []fields {
	all := []fields{}
	add := func(protocol string, endpoints []string) {
		for _, endpoint := range endpoints {
			all = append(all, fields{"protocol": protocol, "endpoint": endpoint})
		}
	}
	add("email", a.Email)
	add("https", a.HTTPS)
	add("sms", a.SMS)
	add("sqs", a.SQS)
	return all
}

func allNames() map[string]string {
	return map[string]string{
		"group": names.Group, "assumePolicy": names.AssumePolicy, "guardPolicy": names.GuardPolicy,
		"topic": names.Topic, "topicDisplayName": names.TopicDisplayName, "keyAlias": names.KeyAlias,
		"forwardRole": names.ForwardRole, "forwardPolicy": names.ForwardPolicy,
		"heartbeatRole": names.HeartbeatRole, "heartbeatPolicy": names.HeartbeatPolicy, "heartbeat": names.Heartbeat,
		"ledger": names.Ledger, "ledgerPolicy": names.LedgerPolicy, "heartbeats": names.Heartbeats,
		"capture": names.Capture, "forward": names.Forward, "record": names.Record,
		"undeliveredAlarm": names.UndeliveredAlarm, "dashboard": names.Dashboard, "queries": names.Queries,
		"hubStack": names.HubStack, "topicArnOutput": names.TopicArnOutput, "userNamesOutput": names.UserNamesOutput,
	}
}
