package access

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/names"
)

func TestForwardPutsEventsOnTheGivenBusesOnly(t *testing.T) {
	all := statements(Forward(buses))
	if len(all) != 1 {
		t.Fatalf("%d statements", len(all))
	}
	same(t, "Action", texts(all[0]["Action"]), []string{"events:PutEvents"})
	same(t, "Resource", texts(all[0]["Resource"]), buses)
	if all[0]["Principal"] != nil {
		t.Error("it is a policy of a role, and names a principal")
	}
}

func TestTheTopicIsForPublishingOverTLS(t *testing.T) {
	d := Topic(here, topic)
	for _, s := range statements(d) {
		same(t, "Action", texts(s["Action"]), []string{"sns:Publish"})
		same(t, "Resource", texts(s["Resource"]), []string{topic})
	}
	tlsOnly(t, bySid(t, d, "TLSOnly"))
}

func tlsOnly(t *testing.T, s map[string]any) {
	t.Helper()
	same(t, "Effect", s["Effect"], "Deny")
	same(t, "Principal", s["Principal"], "*")
	same(t, "Condition", s["Condition"], map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}})
}

func TestTheKeyIsUsedByThePublishersAndAdministeredByTheAccount(t *testing.T) {
	d := Key(here)
	for _, sid := range []string{"Composer", "CloudWatchAlarms"} {
		same(t, sid, texts(bySid(t, d, sid)["Action"]), []string{"kms:Decrypt", "kms:GenerateDataKey*"})
	}
	admin := bySid(t, d, "AccountAdministers")
	same(t, "Principal", admin["Principal"], map[string]any{"AWS": "arn:aws-us-gov:iam::012345678901:root"})
	actions := texts(admin["Action"])
	// Without these nobody could change the policy or delete the key: KMS refuses a policy that locks its author out.
	for _, action := range []string{
		"kms:PutKeyPolicy", "kms:GetKeyPolicy", "kms:DescribeKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:DeleteAlias",
	} {
		if !slices.Contains(actions, action) {
			t.Errorf("the account may not %s", action)
		}
	}
	for _, action := range actions {
		for _, use := range []string{"Encrypt", "Decrypt", "GenerateDataKey", "CreateGrant"} {
			if strings.Contains(action, use) {
				t.Errorf("the account may %s: it administers, and does not read", action)
			}
		}
	}
}

func TestTheQueueTakesLettersOfThisRegionsRulesOnly(t *testing.T) {
	d := DeadLetters(here, queue)
	s := bySid(t, d, "UndeliveredEvents")
	same(t, "Effect", s["Effect"], "Allow")
	same(t, "Principal", s["Principal"], map[string]any{"Service": "events.amazonaws.com"})
	same(t, "Action", texts(s["Action"]), []string{"sqs:SendMessage"})
	same(t, "Resource", s["Resource"], queue)
	condition := s["Condition"].(map[string]any)
	source := texts(condition["ArnLike"])
	if len(source) != 1 || !strings.HasPrefix(source[0], "arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/") {
		t.Errorf("the rules are %q", source)
	}
	for _, s := range statements(d) {
		if s["Effect"] == "Allow" && s["Sid"] != "UndeliveredEvents" {
			t.Errorf("%s grants something besides", s["Sid"])
		}
	}
	tls := bySid(t, d, "TLSOnly")
	tlsOnly(t, tls)
	same(t, "what needs TLS", tls["Action"], "sqs:*")
}

// Every rule is named after one of the prefixes and an entry that begins with breakglass-.
func TestTheRulesOfTheConditionsAreTheProjectsOwn(t *testing.T) {
	pattern := texts(rulesOf(here))[0]
	for _, rule := range []string{names.Capture, names.Forward, names.Record} {
		if name := rule + "breakglass-anything"; !like(pattern, strings.Replace(pattern, "*-breakglass-*", name, 1)) {
			t.Errorf("%s does not match %s", name, pattern)
		}
	}
	if other := "arn:aws-us-gov:events:us-gov-west-1:012345678901:rule/somebody-elses"; like(pattern, other) {
		t.Errorf("%s matches %s", other, pattern)
	}
}

// like matches a text with a pattern whose only wildcard is *.
func like(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	for i, part := range parts {
		at := strings.Index(text, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return text == "" || parts[len(parts)-1] == ""
}

func TestTheLedgerIsWrittenByEventBridgeInStreamsOfItsOwn(t *testing.T) {
	otherGroup := logGroup + "-heartbeats"
	d := Ledger(here, logGroup, otherGroup)
	granted := map[string]any{}
	for _, s := range statements(d) {
		same(t, "Effect", s["Effect"], "Allow")
		same(t, "Principal", s["Principal"], map[string]any{"Service": []string{"events.amazonaws.com", "delivery.logs.amazonaws.com"}})
		same(t, "Resource", s["Resource"], []string{logGroup + ":*", otherGroup + ":*"})
		for _, action := range texts(s["Action"]) {
			granted[action] = s["Condition"]
		}
	}
	same(t, "what is granted", slices.Sorted(maps.Keys(granted)), []string{"logs:CreateLogStream", "logs:PutLogEvents"})
	// A stream is made without naming a rule: a condition there would never hold.
	if granted["logs:CreateLogStream"] != nil {
		t.Error("making streams has a condition")
	}
	same(t, "the condition of writing", granted["logs:PutLogEvents"], map[string]any{"ArnLike": rulesOf(here)})
}
