package main

import (
	"encoding/json"
	"os"

	"example.com/breakglass/access"
	"example.com/breakglass/compose"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
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
			"trustPolicy": access.HeartbeatTrust(c.HubPlace()), "policy": access.Heartbeat(c.HubPlace(), access.Canary{}),
			"schedule": watch.HeartbeatSchedule, "source": watch.HeartbeatSource, "type": watch.HeartbeatType,
			"period": watch.HeartbeatPeriod.Seconds(), "missed": watch.HeartbeatsMissed, "days": watch.HeartbeatDays,
		},
		"countPeriod":   watch.CountPeriod.Seconds(),
		"forwardPolicy": access.Forward(buses), "trustPolicy": access.Trust(plan.UsersOf(c), c.Role.RequireSessionName), "roleName": c.Role.Name,
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
		"kind": at.Kind, "stack": at.Stack, "account": at.Account, "region": at.Region, "after": append([]string{}, p.Dependencies(at)...),
		"to": at.To, "links": links,
	}
	switch at.Kind {
	case plan.Composer:
		composer(f, p, at)
	case plan.Hub, plan.Standby:
		f["keyPolicy"] = access.Key(at.Place())
		f["topicPolicy"] = access.Topic(at.Place(), "")
		f["ledgerPolicy"] = access.Ledger(at.Place(), at.Place().LogGroup(names.Ledger), at.Place().LogGroup(names.Heartbeats))
		f["ledgerDays"] = c.Ledger.RetentionDays
		f["distantDrills"] = watch.DistantDrills(plan.ScopeOf(c), at.Region)
		alerting(f, c, at, watch.Access)
	case plan.Integrity:
		f["undelivered"] = watch.UndeliveredText(at.Region)
		f["throttled"], f["machine"] = watch.ComposerThrottledText(at.Region, c.Alerts.Instructions), at.Place().StateMachine(names.Composer)
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
				"id": e.ID, "rule": e.Rule, "description": e.DescriptionWhereForwarded(), "pattern": e.Forward(scope, at.Region),
			})
		}
		f["rules"] = rules
		if scope.KeyRegion != "" {
			f["alive"] = fields{"description": watch.ForwardAliveDescription(at.Region), "pattern": watch.AlivePattern(scope, at.Region)}
		}
		f["beats"] = at.Region != c.Hub.Region
	case plan.Role:
		f["target"] = fields{
			"managedPolicies": at.Target.ManagedPolicies,
			"sessionSeconds":  at.Target.SessionDuration.Seconds(),
		}
	}
	return f
}

// composer is what app.js makes a hub's composer from. That of the first hub has the roles.
func composer(f fields, p plan.Plan, at plan.Placement) {
	c := p.Config
	f["definition"], f["role"], f["tablePolicy"] = p.ComposerOf(at.Region).Text(), at.Place().Role(names.ComposerRole), access.AlertsTable(at.Place())
	if at.Region != c.Hub.Region {
		return
	}
	var hubs []place.Place
	for _, region := range c.HubRegions() {
		hubs = append(hubs, c.HubIn(region))
	}
	f["roles"] = fields{
		"startTrust": access.ComposerStartTrust(hubs), "start": access.ComposerStart(hubs),
		"trust": access.ComposerTrust(hubs), "may": access.Composer(hubs, c.Chat.On()),
	}
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
		counts := []fields{}
		for _, n := range e.Counts {
			counts = append(counts, fields{"suffix": n.Suffix, "atLeast": n.AtLeast, "text": n.Text(e, at.Account, hub, text)})
		}
		one := fields{"id": e.ID, "rule": e.Rule, "description": e.DescriptionInHub(), "pattern": e.InHub(scope, hub), "counts": counts}
		if len(e.Messages) > 0 {
			one["input"], one["paths"] = compose.InputTemplate(e.ID), compose.InputPaths()
		}
		catalogue = append(catalogue, one)
	}
	f["catalogue"] = catalogue
}

func silence(f fields, c *config.Config, at plan.Placement) {
	scope, hub := plan.ScopeOf(c), at.Region
	var beats []fields
	for _, region := range at.Beats {
		expected := scope.BeatsExpected(region, hub)
		beats = append(beats, fields{
			"region": region, "alarm": names.HeartbeatAlarm(region), "description": watch.BeatDescription(region), "pattern": watch.Beat(scope, region),
			"expected": expected, "text": watch.SilenceText(region, hub, expected, 0),
			"tells": len(at.Beats) == 1 || scope.OtherHub(region, hub),
		})
		if region == hub && hub == c.Hub.Region {
			f["beats"] = true
		}
	}
	f["watched"] = beats
	alive := []fields{}
	for _, of := range at.Alive {
		alive = append(alive, fields{
			"region": of, "alarm": names.AliveAlarm(of), "description": watch.AliveDescription(of), "pattern": watch.AlivePattern(scope, of),
			"text": watch.AliveText(of, len(scope.Composed()), c.Alerts.Instructions),
		})
	}
	f["alive"] = alive
	f["alarm"], f["text"] = names.SilentAlarm+at.Group, watch.SilentText(at.Group, hub, c.Alerts.Instructions, false)
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
		"composer": names.Composer, "table": names.AlertsTable, "tableKey": compose.TableKey, "tableExpiry": compose.TableExpiry, "beatTopic": names.BeatTopic,
		"alive":        names.Alive,
		"composerRole": names.ComposerRole, "composerPolicy": names.ComposerPolicy, "startRole": names.ComposerStartRole, "startPolicy": names.ComposerStartPolicy,
		"throttledAlarm": names.ComposerThrottledAlarm, "distantDrills": watch.DistantDrillsDescription,
		"ledger": names.Ledger, "ledgerPolicy": names.LedgerPolicy, "heartbeats": names.Heartbeats,
		"capture": names.Capture, "forward": names.Forward, "record": names.Record,
		"undeliveredAlarm": names.UndeliveredAlarm, "dashboard": names.Dashboard, "queries": names.Queries,
		"hubStack": names.HubStack, "topicArnOutput": names.TopicArnOutput, "userNamesOutput": names.UserNamesOutput,
	}
}
