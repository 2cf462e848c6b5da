package check

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	regions "github.com/aws/aws-sdk-go-v2/service/account/types"
	cfn "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	cw "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	eb "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	st "github.com/aws/aws-sdk-go-v2/service/scheduler/types"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/names"
)

func TestRegions(t *testing.T) {
	breakEach(t, []broken{
		{
			"one is enabled but not watched", "", func(w *world) { w.regions["af-south-1"] = regions.RegionOptStatusEnabled }, "regions", Problem,
			"enabled but not watched", "add it to regions",
		},
		{
			"one is new to this program", "", func(w *world) { w.regions["xx-new-1"] = regions.RegionOptStatusEnabledByDefault }, "regions", Problem,
			"enabled but not watched", "add it to regions",
		},
		{
			"one is being enabled", "", func(w *world) { w.regions["af-south-1"] = regions.RegionOptStatusEnabling }, "regions", Warning,
			"being enabled, but not watched", "add it",
		},
		{
			"one is in a state of later", "", func(w *world) { w.regions["af-south-1"] = "LOCAL_ONLY" }, "regions", Warning,
			"in a state that this program does not know: LOCAL_ONLY", "add it to regions",
		},
		{
			"a watched one is being enabled", "", func(w *world) { w.regions["eu-west-1"] = regions.RegionOptStatusEnabling }, "regions", Warning,
			"not everything can be deployed yet", "wait",
		},
		{
			"a watched one is off", "", func(w *world) { w.regions["eu-west-1"] = regions.RegionOptStatusDisabled }, "regions", Problem,
			"not enabled in the hub account", "enable-region --region-name eu-west-1",
		},
		{"a watched one is unknown to AWS", "", func(w *world) { delete(w.regions, "eu-west-1") }, "regions", Problem, "not enabled in the hub account", ""},
	})
	w := well(t, hub)
	w.regions["eu-west-1"] = regions.RegionOptStatusDisabled
	r, in := w.s.regions(t.Context(), w)
	if off := in.off; len(off) != 1 || off[0] != "eu-west-1" || !slices.Equal(in.enabled, []string{"sa-east-1", "us-east-1", "us-west-2"}) ||
		r.tallies[regionsWatched] != (Tally{2, 3}) {
		t.Errorf("the Regions are %+v, the tally is %+v", in, r.tallies)
	}
}

func TestStacks(t *testing.T) {
	state := func(to cfn.StackStatus) func(*world) {
		return func(w *world) { w.stacks["BreakGlass-Dashboard"].StackStatus = to }
	}
	breakEach(t, []broken{
		{"one is missing, and what it makes is not looked for", forwarder, func(w *world) {
			w.stacks, w.rules, w.targets, w.alarms, w.queues = nil, nil, nil, nil, nil
		}, "stacks", Problem, "not deployed: BreakGlass-Forwarder-eu-west-1", "breakglass deploy --only BreakGlass-Forwarder-eu-west-1"},
		{
			"one was never deployed", "", state(cfn.StackStatusRollbackComplete), "stacks", Problem, "ROLLBACK_COMPLETE: BreakGlass-Dashboard",
			"breakglass deploy --only BreakGlass-Dashboard",
		},
		{
			"one failed to change", "", state(cfn.StackStatusUpdateRollbackComplete), "stacks", Warning, "the previous one is in force",
			"breakglass deploy --only BreakGlass-Dashboard",
		},
		{"one is stuck", "", state(cfn.StackStatusUpdateRollbackFailed), "stacks", Problem, "UPDATE_ROLLBACK_FAILED", "describe-stack-events --region us-east-1"},
		{"one is being changed", "", state(cfn.StackStatusUpdateInProgress), "stacks", Warning, "UPDATE_IN_PROGRESS", "wait"},
		{
			"one is not protected", "", func(w *world) { w.stacks["BreakGlass-Hub"].EnableTerminationProtection = nil }, "stacks", Warning,
			"lacks termination protection", "--stack-name BreakGlass-Hub",
		},
		{"one is not in the file", "", func(w *world) { w.leave("BreakGlass-Pipeline") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Pipeline", "for stack in us-east-1/BreakGlass-Pipeline; do "},
		{"one is left in a Region with a single planned stack", forwarder, func(w *world) { w.leave("BreakGlass-Integrity-eu-west-1") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Integrity-eu-west-1", "for stack in eu-west-1/BreakGlass-Integrity-eu-west-1; do "},
		// The standby was taken out of the file: what its stacks own is not a finding each.
		{"a standby is left in a Region that is still watched", forwarder, func(w *world) {
			rule, alarm, queue := "capture-breakglass-user-sign-in-standby", "breakglass-undelivered-standby", "https://sqs.eu-west-1.amazonaws.com/111111111111/BreakGlass-Standby-DeadLetters-X"
			w.leave("BreakGlass-Standby", rule, alarm, queue)
			w.leave("BreakGlass-Heartbeats-standby", "breakglass-silent-standby")
			w.rules[rule] = &eb.Rule{Name: aws.String(rule)}
			for _, name := range []string{alarm, "breakglass-silent-standby"} {
				w.alarms[name] = &cw.MetricAlarm{AlarmName: aws.String(name), StateValue: cw.StateValueAlarm}
			}
			w.queues[queue] = map[string]string{"QueueArn": "arn:aws:sqs:eu-west-1:111111111111:BreakGlass-Standby-DeadLetters-X", "ApproximateNumberOfMessages": "3"}
		}, "stacks", Warning, "deployed, but not in breakglass.yaml: BreakGlass-Heartbeats-standby, BreakGlass-Standby",
			// The later first: it may import what the earlier exports.
			"for stack in eu-west-1/BreakGlass-Heartbeats-standby eu-west-1/BreakGlass-Standby; do "},
		{"a Region is taken out of the file", "sa-east-1", func(w *world) { w.leave("BreakGlass-Forwarder-sa-east-1") }, "stacks", Warning,
			"deployed, but not in breakglass.yaml: BreakGlass-Forwarder-sa-east-1", "for stack in sa-east-1/BreakGlass-Forwarder-sa-east-1; do "},
		{"a Region that nothing is planned in may not be asked", "sa-east-1", func(w *world) { w.refuse("cloudformation", "DescribeStacks") }, "stacks", Note,
			"not searched for stacks that breakglass.yaml no longer has: the permission cloudformation:DescribeStacks is missing", "grant it to these credentials"},
	})
	w := well(t, hub)
	w.stacks["Other"] = &cfn.Stack{StackName: aws.String("Other")}
	w.stacks["BreakGlass-Hub"].StackStatus = cfn.StackStatusDeleteComplete
	w.s.config.TerminationProtection = false
	r, there := w.s.stacks(t.Context(), w, hub, w.placements())
	found := w.s.merge(r.found)
	if _, ok := there["BreakGlass-Hub"]; ok || len(bad(found)) != 1 {
		t.Errorf("of a stack that was deleted: %+v", bad(found))
	}
	if !strings.Contains(found[len(found)-1].What, "although breakglass.yaml sets terminationProtection: false") {
		t.Errorf("of more protection than wanted: %+v", found)
	}
}

// leave deploys a stack that the file does not have, later than those that are there, and names what it owns.
func (w *world) leave(stack string, owns ...string) {
	if w.stacks == nil {
		w.stacks, w.owns = map[string]*cfn.Stack{}, map[string][]string{}
	}
	w.stacks[stack] = &cfn.Stack{
		StackName: aws.String(stack), StackStatus: cfn.StackStatusCreateComplete, CreationTime: aws.Time(now.Add(time.Duration(len(w.owns)) * time.Hour)),
	}
	w.owns[stack] = owns
}

// TestTheCommandsForStacksThatAreLeftRun, in a shell, with each stack's own Region and in the order that CloudFormation demands.
func TestTheCommandsForStacksThatAreLeftRun(t *testing.T) {
	w := well(t, hub)
	w.leave("BreakGlass-Heartbeats-standby")
	w.leave("BreakGlass-Standby")
	for _, f := range w.ask(t) {
		_, script, ok := strings.Cut(f.Fix, "delete what is no longer needed: ")
		if !ok {
			continue
		}
		out, err := exec.Command("sh", "-c", `aws() { echo "$@"; }; `+script).CombinedOutput()
		var want strings.Builder
		for _, stack := range []string{"BreakGlass-Standby", "BreakGlass-Heartbeats-standby"} {
			for _, words := range []string{"update-termination-protection --no-enable-termination-protection", "delete-stack", "wait stack-delete-complete"} {
				fmt.Fprintf(&want, "cloudformation %s --region %s --stack-name %s\n", words, "us-east-1", stack)
			}
		}
		if err != nil || string(out) != want.String() {
			t.Errorf("%v\n%s\nruns\n%s, not\n%s", err, script, out, want.String())
		}
		return
	}
	t.Error("nothing says how to delete them")
}

// What the file no longer names can't be asked: that is said.
func TestAccountsThatTheFileNoLongerNamesAreSaidToBeUnknown(t *testing.T) {
	for _, f := range well(t, hub).ask(t) {
		if f.Check == "stacks" && f.Severity == Note && strings.Contains(f.What, "accounts that breakglass.yaml does not name are not searched") {
			return
		}
	}
	t.Error("nothing says so")
}

// A Region, an account: each cause is one finding, whatever the number of stacks.
func TestStacksThatAreLeftInManyRegionsAreOneFinding(t *testing.T) {
	w := well(t, hub)
	c := w.cloud(t)
	for _, region := range []string{"us-east-1", "sa-east-1"} {
		one := well(t, region)
		one.leave("BreakGlass-Forwarder-" + region + "-old")
		c.worlds[[2]string{"111111111111", region}] = one
	}
	report, err := Run(t.Context(), Options{Config: w.s.config, Plan: w.s.plan, Keys: c, Began: now})
	if err != nil {
		t.Fatal(err)
	}
	found := bad(report.Findings)
	if len(found) != 1 || found[0].Places() != "sa-east-1, us-east-1" ||
		!strings.Contains(found[0].What, "BreakGlass-Forwarder-sa-east-1-old, BreakGlass-Forwarder-us-east-1-old") {
		t.Errorf("%+v", found)
	}
}

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
		}, "rules", Problem, ".userIdentity.userName differs", "--revert-drift --only BreakGlass-Hub"},
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

func TestTopicAndKey(t *testing.T) {
	breakEach(t, []broken{
		{
			"the topic is not encrypted", "", func(w *world) { delete(w.topic, "KmsMasterKeyId") }, "topic", Problem, "not encrypted",
			"--revert-drift --only BreakGlass-Hub",
		},
		{
			"the topic has another key", "", func(w *world) { w.topic["KmsMasterKeyId"] = "arn:aws:kms:us-east-1:111111111111:key/x" }, "topic", Problem, "another key",
			"",
		},
		{"the topic lets in more", "", func(w *world) {
			w.topic["Policy"] = strings.Replace(w.topic["Policy"], `"Statement":[`,
				`"Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Subscribe","Resource":"*"},`, 1)
		}, "topic", Warning, "has statements that are not in breakglass.yaml: Allow sns:Subscribe to *", ""},
		{
			"the topic keeps the composer out", "", func(w *world) { w.topic["Policy"] = `{"Statement": []}` }, "topic", Problem,
			"lacks Composer, CloudWatchAlarms, TLSOnly", "",
		},
		{
			"the topic's policy is none", "", func(w *world) { w.topic["Policy"] = "?" }, "topic", Problem, "the topic's policy can't be parsed",
			"--revert-drift --only BreakGlass-Hub",
		},
		{"the topic is gone", "", func(w *world) { w.topic = nil }, "topic", Problem, names.Topic, "--revert-drift --only BreakGlass-Hub"},
		{"the key is off", "", func(w *world) { w.key.KeyState = kt.KeyStateDisabled }, "key", Problem, "in state Disabled", "enable-key --region us-east-1"},
		{
			"the key is to be deleted", "", func(w *world) { w.key.KeyState, w.key.DeletionDate = kt.KeyStatePendingDeletion, &now }, "key", Problem,
			"will be deleted on 2026-11-23", "cancel-key-deletion",
		},
		{"the key is not rotated", "", func(w *world) { w.rotates = false }, "key", Warning, "not rotated", "enable-key-rotation"},
		{"the key has another policy", "", func(w *world) { w.keyRules = `{"Statement": []}` }, "key", Problem, "it lacks AccountAdministers", ""},
	})
	w := well(t, hub)
	w.topic = nil
	if found := w.s.merge(w.s.topic(t.Context(), w, hub, "").found); len(bad(found)) != 1 ||
		!strings.Contains(found[len(found)-1].What, "missing: nobody receives alerts") {
		t.Errorf("without a topic: %+v", found)
	}
	w.key = nil
	if r, id := w.s.key(t.Context(), w, hub); id != "" || !strings.Contains(r.found[0].What, "alias/breakglassSNS is missing") {
		t.Errorf("without a key: %+v", r.found)
	}
	for _, master := range []string{names.KeyAlias, "arn:aws:kms:us-east-1:111111111111:key/" + keyID} {
		w := well(t, hub)
		w.topic["KmsMasterKeyId"] = master
		if found := bad(w.ask(t)); len(found) > 0 {
			t.Errorf("of %s: %+v", master, found)
		}
	}
}

func TestSubscribers(t *testing.T) {
	breakEach(t, []broken{
		{"one has not confirmed", "", func(w *world) { w.subs[0].SubscriptionArn = aws.String(pending) }, "subscribers", Problem,
			"email security-team@example.com has not confirmed",
			"within 48 hours of the subscription; after that: aws sns subscribe --region us-east-1 --topic-arn arn:aws:sns:us-east-1:111111111111:"},
		{
			"one has left", "", func(w *world) { w.subs = w.subs[:1] }, "subscribers", Problem, "sqs arn:aws:sqs:us-east-1:111111111111:people is not subscribed",
			"aws sns subscribe",
		},
		{"one was deleted", "", func(w *world) { w.subs[0].SubscriptionArn = aws.String(deleted) }, "subscribers", Problem, "is not subscribed", "aws sns subscribe"},
		{"a stranger reads", "", func(w *world) {
			w.subs = append(w.subs,
				types.Subscription{Protocol: aws.String("https"), Endpoint: aws.String("https://evil.example.com"), SubscriptionArn: aws.String("arn:1")})
		}, "subscribers", Problem, "https https://evil.example.com is not in breakglass.yaml", "unsubscribe --region us-east-1 --subscription-arn arn:1"},
		{"a queue reads", "", func(w *world) {
			w.subs = append(w.subs, types.Subscription{Protocol: aws.String("sqs"), Endpoint: aws.String("arn:q"), SubscriptionArn: aws.String("arn:1")})
		}, "subscribers", Problem, "sqs arn:q is not in breakglass.yaml and receives every alert", "--subscription-arn arn:1 (a running drill subscribes a temporary queue)"},
		{"a stranger was asked", "", func(w *world) {
			w.subs = append(w.subs, types.Subscription{Protocol: aws.String("email"), Endpoint: aws.String("x@example.com"), SubscriptionArn: aws.String(pending)})
		}, "subscribers", Warning, "was asked to confirm a subscription", "48 hours"},
		{
			"anybody can end one", "", func(w *world) { w.sub["ConfirmationWasAuthenticated"] = "false" }, "subscribers", Note, "anybody with the link",
			"--authenticate-on-unsubscribe true",
		},
	})
	w := well(t, hub)
	w.sub["FilterPolicy"] = `{"x": ["y"]}`
	r := w.s.subscribers(t.Context(), w, hub)
	if len(bad(r.found)) != 2 || !strings.Contains(r.found[0].What, "has a filter policy") || r.tallies[subscribersConfirmed] != (Tally{0, 2}) {
		t.Errorf("with a filter: %+v, %+v", r.found, r.tallies)
	}
}

// SNS takes each phone number as confirmed at once, whatever it sends there.
func TestPhones(t *testing.T) {
	phone := func(do func(*world)) func(*world) {
		return func(w *world) {
			const number = "+15550100123"
			w.s.config.Alerts.SMS = []string{number}
			w.subs = append(slices.Clone(w.subs), types.Subscription{Protocol: aws.String("sms"), Endpoint: aws.String(number), SubscriptionArn: aws.String("arn:sms")})
			w.spendLimit = "50"
			do(w)
		}
	}
	sandboxed := func(numbers ...types.SMSSandboxPhoneNumber) func(*world) {
		return phone(func(w *world) { w.phones = append([]types.SMSSandboxPhoneNumber{}, numbers...) })
	}
	number := func(number string, status types.SMSSandboxPhoneNumberVerificationStatus) types.SMSSandboxPhoneNumber {
		return types.SMSSandboxPhoneNumber{PhoneNumber: aws.String(number), Status: status}
	}
	const verified, waiting = types.SMSSandboxPhoneNumberVerificationStatusVerified, types.SMSSandboxPhoneNumberVerificationStatusPending
	for _, b := range []broken{
		{
			"the account is in the sandbox", "", sandboxed(), "subscribers", Problem, "sms +15550100123 receives nothing: the account is in the SMS sandbox",
			"aws sns create-sms-sandbox-phone-number --region us-east-1 --phone-number +15550100123",
		},
		{"another number is verified", "", sandboxed(number("+15550100999", verified)), "subscribers", Problem, "receives nothing", "docs/limits.md"},
		{"the number waits for its code", "", sandboxed(number("+15550100123", waiting)), "subscribers", Problem, "receives nothing", "docs/limits.md"},
		{
			"it has opted out", "", phone(func(w *world) { w.optedOut = "+15550100123" }), "subscribers", Problem, "sms +15550100123 has opted out",
			"aws sns opt-in-phone-number --region us-east-1 --phone-number +15550100123",
		},
		{"the month may cost little", "", phone(func(w *world) { w.spendLimit = "" }), "subscribers", Note, "once they have cost 1 USD", "quota"},
		{"the month may cost less", "", phone(func(w *world) { w.spendLimit = "0.5" }), "subscribers", Note, "once they have cost 0.5 USD", "quota"},
		{
			"nobody may see the sandbox", "", phone(func(w *world) { w.refuse("sns", "GetSMSSandboxAccountStatus") }), "subscribers", Note,
			"whether SMS reach numbers that nobody has verified is not known", "grant it",
		},
		{
			"nobody may see who opted out", "", phone(func(w *world) { w.refuse("sns", "CheckIfPhoneNumberIsOptedOut") }), "subscribers", Note,
			"whether a number has opted out of SMS is not known", "grant it",
		},
		{
			"nobody may see the limit", "", phone(func(w *world) { w.refuse("sns", "GetSMSAttributes") }), "subscribers", Note,
			"whether SMS may cost enough is not known", "grant it",
		},
	} {
		w := well(t, hub)
		b.do(w)
		var said []Finding
		for _, f := range w.s.merge(w.s.subscribers(t.Context(), w, hub).found) {
			if f.Severity != Fine {
				said = append(said, f)
			}
		}
		if len(said) != 1 || said[0].Severity != b.severity || !strings.Contains(said[0].What, b.says) || !strings.Contains(said[0].Fix, b.fix) {
			t.Errorf("%s: %+v", b.name, said)
		}
	}
	// The verified number is on the second page.
	w := well(t, hub)
	sandboxed(number("+15550100999", verified), number("+15550100998", verified), number("+15550100123", verified))(w)
	w.perPage = 1
	if found := bad(w.s.subscribers(t.Context(), w, hub).found); len(found) > 0 {
		t.Errorf("it was verified: %+v", found)
	}
}

func TestQueues(t *testing.T) {
	breakEach(t, []broken{
		{"a letter waits", forwarder, func(w *world) {
			w.queues[w.queueOf("BreakGlass-Forwarder-eu-west-1")]["ApproximateNumberOfMessages"] = "2"
			w.queues[w.queueOf("BreakGlass-Forwarder-eu-west-1")]["ApproximateNumberOfMessagesNotVisible"] = "1"
		}, "queues", Problem, "in BreakGlass-Forwarder-eu-west-1-DeadLettersQueue2B23AEFC-X: 3", "receive-message --region eu-west-1"},
		{"EventBridge is not let in", forwarder, func(w *world) {
			w.queues[w.queueOf("BreakGlass-Forwarder-eu-west-1")]["Policy"] = ""
		}, "queues", Warning, "differs: it", "--revert-drift --only BreakGlass-Forwarder-eu-west-1"},
	})
	s := well(t, hub).s
	// CloudFormation has cut the stack's name short.
	if got := s.stackOfQueue(s.account(), forwarder, "BreakGlass-Forwarder-eu-west--DeadLettersQueue-X"); got != "BreakGlass-Forwarder-eu-west-1" {
		t.Errorf("the stack is %q", got)
	}
}

func TestAlarms(t *testing.T) {
	const failed, silent, group = "breakglass-user-failed-sign-in", "breakglass-heartbeat-eu-west-1", "breakglass-dead-letters-hub"
	breakEach(t, []broken{
		{
			"one is in a state of later", forwarder, func(w *world) { w.alarms[sorted(w.alarms)[0]].StateValue = "EVALUATING" }, "alarms", Warning,
			`is in a state that this program does not know: "EVALUATING"`, "describe-alarms --region eu-west-1",
		},
		{"one is missing", "", func(w *world) { delete(w.alarms, failed) }, "alarms", Problem, failed + " is missing", "--revert-drift --only BreakGlass-Hub"},
		{"one is in ALARM", "", func(w *world) {
			w.alarms[failed].StateValue, w.alarms[failed].StateReason = cw.StateValueAlarm, aws.String("Threshold crossed.")
		}, "alarms", Problem, failed + " is in ALARM: Threshold crossed", "--alarm-names " + failed},
		{
			"a Region is silent", "", func(w *world) { w.alarms[silent].StateValue = cw.StateValueAlarm }, "alarms", Problem,
			"no heartbeats, according to the alarm in us-east-1", "see the other findings",
		},
		{"a Region is new", "", func(w *world) {
			w.alarms[silent].StateValue = cw.StateValueAlarm
			for name, stack := range w.stacks {
				if strings.HasPrefix(name, names.HeartbeatsStack) {
					stack.CreationTime = aws.Time(now.Add(-time.Hour))
				}
			}
		}, "alarms", Warning, "no heartbeats, according to the alarm in us-east-1", "the stack is new"},
		{
			"somebody deployed", "", func(w *world) { w.alarms["breakglass-deployment"].StateValue = cw.StateValueAlarm }, "alarms", Warning,
			"breakglass-deployment is in ALARM", "if nobody on your team deployed",
		},
		{
			"one has no data", "", func(w *world) { w.alarms[silent].StateValue = cw.StateValueInsufficientData }, "alarms", Note, "heartbeat alarms have no data yet",
			"",
		},
		{"one is muted", "", func(w *world) { w.alarms[group].ActionsEnabled = aws.Bool(false) }, "alarms", Problem, "actions disabled", "enable-alarm-actions"},
		{
			"one tells nobody", "", func(w *world) { w.alarms[group].AlarmActions = nil }, "alarms", Problem,
			"does not notify arn:aws:sns:us-east-1:111111111111:" + names.Topic, "",
		},
		{
			"one waits for too little", "", func(w *world) { w.alarms[silent].Threshold = aws.Float64(1) }, "alarms", Problem,
			silent + " differs: its threshold is 1, not ", "--revert-drift --only BreakGlass-Heartbeats-europe-africa",
		},
	})
}

// Each changed property of an alarm is named.
func TestEveryPropertyOfAnAlarmIsCompared(t *testing.T) {
	const failed, silent, letters, anyOf = "breakglass-user-failed-sign-in", "breakglass-heartbeat-eu-west-1", "breakglass-dead-letters-hub", "breakglass-silent-americas"
	metric := func(do func(a *cw.MetricAlarm)) func(*world) { return func(w *world) { do(w.alarms[failed]) } }
	breakEach(t, []broken{
		{
			"namespace", "", metric(func(a *cw.MetricAlarm) { a.Namespace = aws.String("Mine") }), "alarms", Problem,
			failed + " differs: its namespace is Mine, not AWS/Events", "--revert-drift --only BreakGlass-Hub",
		},
		{
			"metric", "", metric(func(a *cw.MetricAlarm) { a.MetricName = aws.String("FailedInvocations") }), "alarms", Problem,
			"its metric is FailedInvocations, not Invocations", "",
		},
		{"no metric", "", metric(func(a *cw.MetricAlarm) { a.MetricName = nil }), "alarms", Problem, "its metric is not set, not Invocations", ""},
		{
			"dimension", "", metric(func(a *cw.MetricAlarm) { a.Dimensions[0].Value = aws.String("other") }), "alarms", Problem,
			"its dimension is RuleName other, not RuleName capture-", "",
		},
		{"no dimension", "", metric(func(a *cw.MetricAlarm) { a.Dimensions = nil }), "alarms", Problem, "its dimension is not set, not RuleName capture-", ""},
		{"a second dimension", "", metric(func(a *cw.MetricAlarm) {
			a.Dimensions = append(a.Dimensions, cw.Dimension{Name: aws.String("EventBusName"), Value: aws.String("other")})
		}),
			"alarms", Problem, ", EventBusName other, not RuleName", ""},
		{"statistic", "", metric(func(a *cw.MetricAlarm) { a.Statistic = cw.StatisticMinimum }), "alarms", Problem, "its statistic is Minimum, not Sum", ""},
		{"period", "", metric(func(a *cw.MetricAlarm) { a.Period = aws.Int32(60) }), "alarms", Problem, "its period is 1m, not 5m", ""},
		{
			"periods", "", metric(func(a *cw.MetricAlarm) { a.EvaluationPeriods = aws.Int32(3) }), "alarms", Problem, "its number of evaluation periods is 3, not 1", "",
		},
		{
			"datapoints", "", func(w *world) { w.alarms[silent].DatapointsToAlarm = aws.Int32(1) }, "alarms", Problem, "its number of datapoints to alarm is 1, not 3",
			"",
		},
		{
			"operator", "", metric(func(a *cw.MetricAlarm) { a.ComparisonOperator = cw.ComparisonOperatorLessThanThreshold }), "alarms", Problem,
			"its comparison is LessThanThreshold, not", "",
		},
		{"threshold", "", metric(func(a *cw.MetricAlarm) { a.Threshold = aws.Float64(1000000) }), "alarms", Problem, "its threshold is 1e+06, not 1", ""},
		{"no threshold", "", metric(func(a *cw.MetricAlarm) { a.Threshold = nil }), "alarms", Problem, "its threshold is not set, not 1", ""},
		{
			"missing data", "", func(w *world) { w.alarms[silent].TreatMissingData = aws.String("ignore") }, "alarms", Problem,
			"its treatment of missing data is ignore, not breaching", "",
		},
		{"unit", "", metric(func(a *cw.MetricAlarm) { a.Unit = cw.StandardUnitBytes }), "alarms", Problem, "it counts data in Bytes only", ""},
		{
			"two at once", "", metric(func(a *cw.MetricAlarm) { a.Threshold, a.Period = aws.Float64(5), aws.Int32(60) }), "alarms", Problem,
			"its period is 1m, not 5m; its threshold is 5, not 1", "",
		},
		{"the queue of another stack", "", func(w *world) {
			w.alarms[letters].Dimensions[0].Value = w.alarms["breakglass-dead-letters-integrity"].Dimensions[0].Value
		}, "alarms", Problem, "not QueueName the stack's dead-letter queue", "--revert-drift --only BreakGlass-Hub"},
		{
			"a queue that does not exist", "", func(w *world) { w.alarms[letters].Dimensions[0].Value = aws.String("BreakGlass-Hub-Other") }, "alarms", Problem,
			"QueueName BreakGlass-Hub-Other, not", "",
		},
		{
			"alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = aws.String("Nothing to see here") }), "alarms", Problem,
			`a different alert text: line 1 reads "Nothing to see here"`, "",
		},
		{"no alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = nil }), "alarms", Problem, "a different alert text: it is empty", ""},
		{
			"half the alert text", "", metric(func(a *cw.MetricAlarm) { a.AlarmDescription = aws.String(strings.Split(*a.AlarmDescription, "\n")[0]) }), "alarms",
			Problem, "a different alert text: it ends after line 1", "",
		},
		{
			"actions", "", func(w *world) { w.alarms[letters].AlarmActions = nil }, "alarms", Problem,
			"does not notify arn:aws:sns:us-east-1:111111111111:" + names.Topic, "",
		},
		{
			"one action more", "", metric(func(a *cw.MetricAlarm) { a.AlarmActions = append(a.AlarmActions, "arn:x") }), "alarms", Warning,
			"an action that is not in breakglass.yaml: arn:x", "",
		},
		{"OK actions", "", func(w *world) { w.groups[anyOf].OKActions = nil }, "alarms", Problem, names.Topic + " when it returns to OK", ""},
		{
			"an action without data", "", metric(func(a *cw.MetricAlarm) { a.InsufficientDataActions = []string{"arn:x"} }), "alarms", Warning,
			"when it has no data: arn:x", "",
		},
		{
			"composite rule", "", func(w *world) { w.groups[anyOf].AlarmRule = aws.String("FALSE") }, "alarms", Problem, anyOf + " has a different rule: rule FALSE", "",
		},
		{"composite alert text", "", func(w *world) { w.groups[anyOf].AlarmDescription = aws.String("fine") }, "alarms", Problem, `line 1 reads "fine"`, ""},
	})
}

// Left out, the number of datapoints is that of the periods; a composite alarm in the place of one that watches a metric watches none.
func TestAlarmsOfAnotherForm(t *testing.T) {
	const silent, failed = "breakglass-heartbeat-eu-west-1", "breakglass-user-failed-sign-in"
	w := well(t, hub)
	if *w.alarms[silent].DatapointsToAlarm != *w.alarms[silent].EvaluationPeriods || *w.alarms[silent].EvaluationPeriods < 2 {
		t.Fatalf("%+v", w.alarms[silent])
	}
	w.alarms[silent].DatapointsToAlarm = nil
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("of what is left out: %+v", found)
	}
	w = well(t, hub)
	a := w.alarms[failed]
	delete(w.alarms, failed)
	w.groups[failed] = &cw.CompositeAlarm{
		AlarmName: a.AlarmName, StateValue: a.StateValue, AlarmDescription: a.AlarmDescription, ActionsEnabled: a.ActionsEnabled, AlarmActions: a.AlarmActions,
		AlarmRule: aws.String("FALSE"),
	}
	found := bad(w.ask(t))
	if len(found) != 2 || found[0].What != "alarm "+failed+" has a different rule: rule FALSE" || found[1].What != "alarm "+failed+" watches no metric" {
		t.Errorf("of a composite one: %+v", found)
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

func TestHeartbeats(t *testing.T) {
	breakEach(t, []broken{
		{
			"the schedule is off", forwarder, func(w *world) { w.schedule.State = st.ScheduleStateDisabled }, "heartbeats", Problem, "is disabled",
			"--revert-drift --only BreakGlass-Forwarder-eu-west-1",
		},
		{"the schedule is missing", forwarder, func(w *world) { w.schedule = nil }, "heartbeats", Problem, "is missing", ""},
		{
			"the schedule is rarer", forwarder, func(w *world) { w.schedule.ScheduleExpression = aws.String("rate(1 day)") }, "heartbeats", Problem, "is rate(1 day)",
			"",
		},
		{
			"the schedule goes elsewhere", forwarder, func(w *world) { w.schedule.Target.Arn = aws.String("arn:x") }, "heartbeats", Problem, `has the target "arn:x"`,
			"",
		},
		{
			"the schedule says something else", forwarder, func(w *world) { w.schedule.Target.EventBridgeParameters.Source = nil }, "heartbeats", Problem,
			`has the source ""`, "",
		},
		{
			"a Region is not heard of", "", func(w *world) { w.beats = w.beats[1:] }, "heartbeats", Problem, "no heartbeat reached the hub for 3 hours",
			"see the other findings",
		},
	})
	w := well(t, hub)
	w.beats = append(w.beats[:1], logs.FilteredLogEvent{Message: aws.String("no JSON")},
		logs.FilteredLogEvent{Message: aws.String(`{"source": "other", "region": "us-west-2"}`)})
	r, last := w.s.beats(t.Context(), w, hub, map[string]time.Time{"us-west-2": now.Add(-time.Hour), "eu-west-1": {}})
	if r.tallies[regionsBeating] != (Tally{1, 3}) || !last.Equal(now.Add(-10*time.Minute)) {
		t.Errorf("the tally is %+v, the last was at %s", r.tallies, last)
	}
	if found := w.s.merge(r.found); len(bad(found)) != 0 || !strings.Contains(found[len(found)-1].What, "deployed less than 3 hours ago") {
		t.Errorf("of a Region that is new: %+v", found)
	}
}

func TestLedger(t *testing.T) {
	breakEach(t, []broken{
		{
			"it is missing", "", func(w *world) { delete(w.kept, names.Ledger) }, "ledger", Problem, names.Ledger + " is missing",
			"--revert-drift --only BreakGlass-Hub",
		},
		{"it is kept for too short", "", func(w *world) { w.kept[names.Ledger] = 7 }, "ledger", Problem, "kept for 7 days; breakglass.yaml sets 3653", ""},
		{"it is never expires", "", func(w *world) { w.kept[names.Heartbeats] = 0 }, "ledger", Note, "never expires", ""},
		{"nobody may write", "", func(w *world) { delete(w.policies, names.LedgerPolicy) }, "ledger", Problem, "EventBridge can't write", ""},
		{"others may write", "", func(w *world) { w.policies[names.LedgerPolicy] = "{}" }, "ledger", Problem, "it lacks MakeStreams, WriteEvents", ""},
		{"the heartbeats' log is missing", "", func(w *world) { delete(w.kept, names.Heartbeats) }, "ledger", Problem, names.Heartbeats + " is missing", ""},
		{
			"a policy of others is none", "", func(w *world) { w.policies["other"] = "?" }, "ledger", Warning, "resource policy other can't be parsed: ",
			"describe-resource-policies --region us-east-1",
		},
		{"a policy of others denies all but something", "", func(w *world) {
			w.policies["other"] = `{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "logs:PutLogEvents", "NotResource": "arn:x"}}`
		}, "ledger", Problem, "resource policy other denies access to the ledger", "delete-resource-policy --region us-east-1 --policy-name other"},
	})
}
