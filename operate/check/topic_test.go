package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	kt "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/names"
)

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
			"the topic's policy is none", "", func(w *world) { w.topic["Policy"] = "?" }, "topic", Problem, "the policy of the topic can't be parsed",
			"--revert-drift --only BreakGlass-Hub",
		},
		{
			"the heartbeats have another key", "", func(w *world) { w.beatTopic["KmsMasterKeyId"] = "alias/another" }, "topic", Problem,
			"the topic of the heartbeats is encrypted with another key: alias/another", "--revert-drift --only BreakGlass-Hub",
		},
		{
			"the heartbeats are kept out", "", func(w *world) { w.beatTopic["Policy"] = `{"Statement": []}` }, "topic", Problem,
			"the policy of the topic of the heartbeats lacks Composer, CloudWatchAlarms, TLSOnly", "",
		},
		{
			"the heartbeats have no topic", "", func(w *world) { w.beatTopic = nil }, "topic", Problem,
			"topic breakglass-heartbeats is missing: the hub cannot report that all is well", "--revert-drift --only BreakGlass-Hub",
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
	w = well(t, hub)
	w.topic["KmsMasterKeyId"] = "arn:aws:kms:us-east-1:111111111111:key/" + keyID
	if found := bad(w.ask(t)); len(found) > 0 {
		t.Errorf("by the ARN of its key: %+v", found)
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
