package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
)

func TestRules(t *testing.T) {
	const signIn, drills = "capture-breakglass-user-sign-in", "record-breakglass-drills"
	target := func(w *world, rule string) *eb.Target { return &w.targets[rule][0] }
	breakEach(t, []broken{
		{
			"one is missing", forwarder, func(w *world) { delete(w.rules, signIn) }, "rules", Problem, signIn + " is missing",
			"--revert-drift --only BreakGlass-Forwarder-eu-west-1",
		},
		{"one is off", forwarder, func(w *world) { w.rules[signIn].State = eb.RuleStateDisabled }, "rules", Problem, signIn + " is disabled", "--revert-drift"},
		{
			"one misses what only reads", forwarder, func(w *world) { w.rules[signIn].State = eb.RuleStateEnabled }, "rules", Problem,
			"in state ENABLED and may not match", "--revert-drift",
		},
		{"one has another pattern", "", func(w *world) {
			w.rules[signIn].EventPattern = aws.String(strings.Replace(*w.rules[signIn].EventPattern, `"alice"`, `"mallory"`, 1))
		}, "rules", Problem, ".userIdentity.userName[0].equals-ignore-case differs", "--revert-drift --only BreakGlass-Hub"},
		{"one has no pattern", "", func(w *world) { w.rules[signIn].EventPattern = nil }, "rules", Problem, "not valid JSON", ""},
		{
			"one is a stranger", "", func(w *world) { w.rules["x-breakglass-y"] = &eb.Rule{Name: aws.String("x-breakglass-y")} }, "rules", Warning,
			"rule x-breakglass-y is not in breakglass.yaml", "delete-rule",
		},
		{"a target is gone", forwarder, func(w *world) { w.targets[signIn] = w.targets[signIn][1:] }, "rules", Problem, "has no target us-", "--revert-drift"},
		{
			"a target is elsewhere", "", func(w *world) { target(w, drills).Arn = aws.String("arn:aws:logs:else") }, "rules", Problem,
			"sends target ledger to arn:aws:logs:else", "",
		},
		{"a target is more", "", func(w *world) {
			w.targets[drills] = append(w.targets[drills], eb.Target{Id: aws.String("x"), Arn: aws.String("arn:x")})
		}, "rules", Warning, "a target that is not in breakglass.yaml: x, arn:x", "remove-targets --region us-east-1 --rule " + drills},
		{"a target has no dead letters", "", func(w *world) { target(w, drills).DeadLetterConfig = nil }, "rules", Problem, "no dead-letter queue", ""},
		{
			"a queue is gone", "", func(w *world) { delete(w.queues, w.queueOf("BreakGlass-Hub")) }, "rules", Problem,
			"rules name the dead-letter queue BreakGlass-Hub-DeadLettersQueue2B23AEFC-X, which does not exist", "BreakGlass-Hub",
		},
		{
			"a target acts as somebody else", forwarder, func(w *world) { target(w, signIn).RoleArn = nil }, "rules", Problem,
			"uses no role, not role arn:aws:iam::111111111111:role/breakglass-event-bus-role", "",
		},
		{"people get no text", "", func(w *world) {
			for i := range w.targets[signIn] {
				w.targets[signIn][i].InputTransformer = nil
			}
		}, "rules", Problem, "has no input", ""},
		{
			"a target gets something else", "", func(w *world) { target(w, drills).Input = aws.String("{}") }, "rules", Problem,
			`receives neither the event nor what the rule makes of it: its input is set to {"Input":"{}","InputPath":null}`, "",
		},
	})
}

// AWS gives a pattern back as it was written, or in another order.
func TestTheOrderOfAPatternMeansNothing(t *testing.T) {
	got, err := parse(`{"b": [{"x": 1}, "a"], "a": ["y", "x"]}`)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(got, plain(map[string]any{"a": []string{"x", "y"}, "b": []any{"a", map[string]any{"x": 1}}}), ""); d != "" {
		t.Errorf("%s differs", d)
	}
}

func TestWithoutTheKeyThePatternsThatNameItAreNotCompared(t *testing.T) {
	w := well(t, hub)
	r := w.s.rules(t.Context(), w, deployedIn{region: hub, placements: w.placements()})
	for _, f := range bad(r.found) {
		t.Errorf("%+v", f)
	}
}

func TestBus(t *testing.T) {
	allow := func(principal string) func(*world) {
		return func(w *world) {
			w.bus = strings.Replace(w.bus, `"Statement":[`,
				`"Statement":[{"Sid": "a", "Effect": "Allow", "Principal": `+principal+`, "Action": "events:PutEvents", "Resource": "*"},`, 1)
		}
	}
	breakEach(t, []broken{
		{"everybody", "", allow(`"*"`), "bus", Warning, "to *", "remove-permission"},
		{
			"another account", "", allow(`{"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]}`), "bus", Warning, "222222222222",
			"remove-permission",
		},
		{"no JSON", "", func(w *world) { w.bus = "?" }, "bus", Warning, "can't be parsed", ""},
	})
	w := well(t, hub)
	allow(`{"AWS": "arn:aws:iam::111111111111:role/x"}`)(w)
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("of somebody of the account: %+v", found)
	}
	// A number stands for the account's root.
	w = wellIn(t, "accounts", "111111111111", hub)
	number := strings.Replace(w.bus, `"arn:aws:iam::222222222222:root"`, `"222222222222"`, 1)
	if w.bus == number {
		t.Fatalf("the bus admits %s", w.bus)
	}
	w.bus = number
	if found := bad(w.s.bus(t.Context(), w, hub, "BreakGlass-Observed-us-east-1-1").found); len(found) > 0 {
		t.Errorf("of an account by its number: %+v", found)
	}
	// Without the stack that admits the observers, that they are not admitted is no finding of its own.
	w = well(t, hub)
	delete(w.stacks, "BreakGlass-Observed-us-east-1-1")
	w.bus = ""
	if found := saying(bad(w.ask(t)), "bus", ""); len(found) > 0 {
		t.Errorf("without its stack: %+v", found)
	}
}

// Each changed property of a rule's targets is named.
func TestEveryPropertyOfATargetIsCompared(t *testing.T) {
	const signIn, drills = "capture-breakglass-user-sign-in", "record-breakglass-drills"
	in := func(rule, id string, do func(*eb.Target)) func(*world) {
		return func(w *world) {
			do(&w.targets[rule][slices.IndexFunc(w.targets[rule], func(t eb.Target) bool { return *t.Id == id })])
		}
	}
	breakEach(t, []broken{
		{"input", "", in(signIn, "composer", func(t *eb.Target) { t.InputTransformer.InputTemplate = aws.String(`"All is well"`) }), "rules", Problem,
			`target composer of rule ` + signIn + ` has a different input: line 1 reads "\"All is well\""`, "--revert-drift --only BreakGlass-Hub"},
		{
			"paths", "", in(signIn, "composer", func(t *eb.Target) { t.InputTransformer.InputPathsMap["id"] = "$.other" }), "rules", Problem,
			"fills in its input from other fields: id", "",
		},
		{
			"one path less", "", in(signIn, "composer", func(t *eb.Target) { delete(t.InputTransformer.InputPathsMap, "id") }), "rules", Problem,
			"from other fields: id", "",
		},
		{
			"a text for the ledger", "", in(drills, "ledger", func(t *eb.Target) { t.InputTransformer = &eb.InputTransformer{InputTemplate: aws.String("x")} }), "rules",
			Problem, "does not receive the original event", "",
		},
		{"a path of the event", "", in(drills, "ledger", func(t *eb.Target) { t.InputPath = aws.String("$.detail") }), "rules", Problem, "receives neither", ""},
		{"another role", "", in(signIn, "composer", func(t *eb.Target) { t.RoleArn = aws.String("arn:r") }), "rules", Problem, "uses role arn:r, not ", ""},
		{"the queue of another stack", "", func(w *world) {
			other := w.targets["capture-breakglass-key-change"][0].DeadLetterConfig
			in(drills, "ledger", func(t *eb.Target) { t.DeadLetterConfig = other })(w)
		}, "rules", Problem, "has the dead-letter queue of another stack: BreakGlass-Integrity-us-east-1-", ""},
		{"a queue for heartbeats", "", in("capture-breakglass-heartbeat-eu-west-1", "heartbeats",
			func(t *eb.Target) { t.DeadLetterConfig = &eb.DeadLetterConfig{Arn: aws.String("arn:q")} }),
			"rules", Problem, "a dead-letter queue that is not in breakglass.yaml: q", ""},
		{
			"no retries", "", in(signIn, "composer", func(t *eb.Target) { t.RetryPolicy = &eb.RetryPolicy{MaximumRetryAttempts: aws.Int32(0)} }), "rules", Problem,
			"gives up on events too early", "",
		},
		{
			"a schedule", "", func(w *world) { w.rules[signIn].ScheduleExpression = aws.String("rate(1 minute)") }, "rules", Problem,
			signIn + " has a schedule: rate(1 minute)", "",
		},
		{
			"a description", "", func(w *world) { w.rules[signIn].Description = aws.String("Old") }, "rules", Warning, `a different description: line 1 reads "Old"`, "",
		},
	})
}
