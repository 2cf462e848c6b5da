//go:build verify

package verify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/prove/judge"
)

const (
	chatbot     = "chatbot.amazonaws.com"
	cloudTrail  = "cloudtrail.amazonaws.com"
	cloudWatch  = "cloudwatch.amazonaws.com"
	eventBridge = "events.amazonaws.com"
	logDelivery = "delivery.logs.amazonaws.com"
	scheduler   = "scheduler.amazonaws.com"
	otherSource = "s3.amazonaws.com"

	sourceArn     = "aws:SourceArn"
	sourceAccount = "aws:SourceAccount"
	secure        = "aws:SecureTransport"

	viaService      = "kms:ViaService"
	resourceAliases = "kms:ResourceAliases"
)

// attachedPolicy returns the document that a resource such as a queue policy attaches to a reference.
func attachedPolicy(s *Stack, kind, property, ref string) any {
	for _, id := range s.OfType(kind) {
		if p := s.Resources[id].Properties; slices.Contains(list(p[property]), any(ref)) {
			return p["PolicyDocument"]
		}
	}
	return nil
}

// lastOf returns the name at the end of an ARN.
func lastOf(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// moved returns an ARN in another Region or account.
func moved(arn, from, to string) string { return strings.Replace(arn, ":"+from+":", ":"+to+":", 1) }

// notOf returns the denials of a request that has to come from a thing of this stack, by ARN and account.
func notOf(s *Stack, arn string) []denial {
	return []denial{
		{"it is of another Region", judge.ImplicitlyDenied, having(sourceArn, moved(arn, s.Region, "nowhere-1"))},
		{"it is of another account", judge.ImplicitlyDenied, having(sourceArn, moved(arn, s.Account, elsewhere), sourceAccount, elsewhere)},
		{"it has no source", judge.ImplicitlyDenied, having(sourceArn, "", sourceAccount, "")},
		{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
		{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
	}
}

// deadLetters: every rule whose target names a queue, and no other, keeps there what it could not deliver.
func (a *accessTable) deadLetters(t *testing.T, s *Stack) {
	t.Helper()
	policies := map[string]any{}
	for _, id := range s.OfType("AWS::SQS::Queue") {
		ref, _ := s.ref(id)
		queue, _ := s.arn(id)
		policies[queue] = attachedPolicy(s, "AWS::SQS::QueuePolicy", "Queues", ref)
	}
	tried := map[string]bool{}
	for _, id := range s.OfType("AWS::Events::Rule") {
		rule, _ := s.arn(id)
		for _, target := range list(s.Resources[id].Properties["Targets"]) {
			letters, ok := target.(map[string]any)["DeadLetterConfig"].(map[string]any)
			if !ok || tried[rule] {
				continue
			}
			tried[rule] = true
			queue := letters["Arn"].(string)
			if policies[queue] == nil {
				t.Errorf("%s: %s keeps in %s, which is not there", s.Name, rule, queue)
			}
			a.only(fmt.Sprintf("%s keeps what %s could not deliver", s.Name, lastOf(rule)), judge.AccessCase{
				Principal: eventBridge, Action: "sqs:SendMessage", Resource: queue, ResourcePolicy: policies[queue],
				Context: keys(sourceArn, rule, sourceAccount, s.Account, secure, "true"),
			}, append(notOf(s, rule),
				denial{"it is a rule of something else", judge.ImplicitlyDenied, having(sourceArn, rule[:strings.LastIndex(rule, "/")+1]+"nightly")},
				denial{"EventBridge only sends", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "sqs:ReceiveMessage" }},
			)...)
		}
	}
}

// logs: every rule that names a log group, and no other, writes into it.
func (a *accessTable) logs(t *testing.T, app *Assembly, s *Stack) {
	t.Helper()
	for _, id := range s.OfType("AWS::Logs::ResourcePolicy") {
		var document any
		if err := json.Unmarshal([]byte(s.Resources[id].Properties["PolicyDocument"].(string)), &document); err != nil {
			t.Fatal(err)
		}
		for _, stack := range app.Stacks {
			for _, id := range stack.OfType("AWS::Events::Rule") {
				rule, _ := stack.arn(id)
				for _, target := range list(stack.Resources[id].Properties["Targets"]) {
					group := target.(map[string]any)["Arn"].(string)
					if stack.Region == s.Region && strings.Contains(group, ":log-group:") {
						a.writes(s, document, rule, group)
					}
				}
			}
		}
	}
}

func (a *accessTable) writes(s *Stack, document any, rule, group string) {
	stream := group + ":log-stream:stream"
	for _, service := range []string{eventBridge, logDelivery} {
		a.only(fmt.Sprintf("%s writes into %s in %s for %s", service, lastOf(group), s.Region, lastOf(rule)), judge.AccessCase{
			Principal: service, Action: "logs:PutLogEvents", Resource: stream, ResourcePolicy: document,
			Context: keys(sourceArn, rule, sourceAccount, s.Account, secure, "true"),
		}, append(notOf(s, rule)[:4],
			denial{"it is another log group", judge.ImplicitlyDenied, on(strings.Replace(stream, group, group+"2", 1))},
		)...)
		a.only(fmt.Sprintf("%s makes a stream in %s in %s for %s", service, lastOf(group), s.Region, lastOf(rule)), judge.AccessCase{
			Principal: service, Action: "logs:CreateLogStream", Resource: stream, ResourcePolicy: document,
		},
			denial{"it is another service", judge.ImplicitlyDenied, by(otherSource)},
			denial{"it is another log group", judge.ImplicitlyDenied, on(strings.Replace(stream, group, group+"2", 1))},
		)
	}
}

// busesOf returns the buses that the rules of an app send to.
func busesOf(app *Assembly) []string {
	var buses []string
	for _, stack := range app.Stacks {
		for _, r := range stack.rules() {
			for _, target := range r.targets {
				if strings.Contains(target, ":event-bus/") {
					buses = append(buses, target)
				}
			}
		}
	}
	slices.Sort(buses)
	return slices.Compact(buses)
}
