package main

import (
	"encoding/json"
	"os"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// fields is an object of the JavaScript app's data.
type fields = map[string]any

// writeData writes down what app.js builds its stacks from: everything that the Go app knows before it touches the CDK.
func writeData(file string, p plan.Plan) error {
	c := p.Config
	var users, hubs []string
	for _, u := range c.Users {
		users = append(users, u.Name)
	}
	var buses []string
	for _, region := range []string{c.Hub.Region, c.Hub.Standby} {
		if region != "" {
			hubs = append(hubs, region)
			buses = append(buses, "arn:"+config.Partition+":events:"+region+":"+c.Hub.Account+":event-bus/default")
		}
	}
	var placements []fields
	for _, at := range p.Placements {
		placements = append(placements, placement(c, at))
	}
	text, err := json.Marshal(fields{
		"access": c.Deploy.Access, "accessRole": c.Deploy.AccessRole,
		"terminationProtection": c.TerminationProtection, "tags": c.Tags,
		"names": allNames(), "users": users, "hubRegions": hubs, "subscribers": subscribers(c.Alerts),
		"userAccess": fields{
			"managedPolicies": c.UserAccess.ManagedPolicies,
			"assumeRole":      access.AssumeRole(config.Partition, c.Role.Name), "guard": access.Guard(c.EmergencyUsers()),
		},
		"forwardPolicy": access.Forward(buses), "trustPolicy": access.Trust(c.EmergencyUsers()), "roleName": c.Role.Name,
		"placements": placements,
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

func placement(c *config.Config, at plan.Placement) fields {
	links := []fields{}
	for _, g := range at.Links {
		links = append(links, fields{"output": g.Output, "addresses": g.Addresses})
	}
	f := fields{
		"kind": at.Kind, "stack": at.Stack, "account": at.Account, "region": at.Region, "after": append([]string{}, at.After...),
		"to": at.To, "links": links,
	}
	switch at.Kind {
	case plan.Hub:
		alerting(f, c, at, "")
	case plan.Standby:
		alerting(f, c, at, names.StandbySuffix)
	case plan.Forwarder:
		f["deadLetterPolicy"] = access.DeadLetters(config.Partition, at.Region, at.Account, "")
		var rules []fields
		for _, e := range watch.Catalogue {
			rules = append(rules, fields{
				"id": e.ID, "rule": e.Rule, "title": e.Title, "why": e.Why, "pattern": e.Forward(c.Scope(), at.Region),
			})
		}
		f["rules"] = rules
	case plan.Role:
		f["target"] = fields{
			"managedPolicies": at.Target.ManagedPolicies,
			"sessionSeconds":  at.Target.SessionDuration.Seconds(),
		}
	}
	return f
}

func alerting(f fields, c *config.Config, at plan.Placement, suffix string) {
	scope, hub, text := c.Scope(), at.Region, c.Alerts.Instructions
	f["keyPolicy"] = access.Key(config.Partition, hub, at.Account)
	f["topicPolicy"] = access.Topic(config.Partition, hub, at.Account, "")
	f["deadLetterPolicy"] = access.DeadLetters(config.Partition, hub, at.Account, "")
	f["ledgerPolicy"] = access.Ledger(config.Partition, hub, at.Account,
		"arn:"+config.Partition+":logs:"+hub+":"+at.Account+":log-group:"+names.Ledger)
	f["suffix"] = suffix
	f["distantDrills"] = watch.DistantDrills(scope, hub)
	var catalogue []fields
	for _, e := range watch.Catalogue {
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
		"ledger": names.Ledger, "ledgerPolicy": names.LedgerPolicy,
		"capture": names.Capture, "forward": names.Forward, "record": names.Record,
		"hubStack": names.HubStack, "topicArnOutput": names.TopicArnOutput, "userNamesOutput": names.UserNamesOutput,
	}
}
