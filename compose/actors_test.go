package compose

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"example.com/breakglass/watch"
)

// actor is somebody who may appear in a record, and what a mail says about a rule that they switched off.
type actor struct {
	name     string
	identity map[string]any
	who      string
	// account is the value of the line From account, and stop how to stop them.
	account, stop string
}

func session(role, name string) map[string]any {
	return map[string]any{
		"type": "AssumedRole", "principalId": "AROAEXAMPLEROLE000003:" + name, "accountId": "111111111111",
		"arn":            "arn:aws:sts::111111111111:assumed-role/" + role + "/" + name,
		"sessionContext": map[string]any{"sessionIssuer": map[string]any{"type": "Role", "userName": role, "accountId": "111111111111"}},
	}
}

func but(identity map[string]any, set map[string]any) map[string]any {
	all := maps.Clone(identity)
	maps.Copy(all, set)
	return all
}

const (
	blockRoot   = "deny root by a service control policy"
	blockCaller = "find the caller in the CloudTrail record"
	blockThere  = "have the caller blocked in that account, production (222222222222),"
	nobody      = "somebody the record does not name"
)

// actors are of every type that CloudTrail documents (user guide, userIdentity element).
func actors() []actor {
	sso := session("AWSReservedSSO_AdministratorAccess_0123456789abcdef", "ada@example.com")
	issued := func(issuer map[string]any) map[string]any {
		return map[string]any{
			"type": "FederatedUser", "arn": "arn:aws:sts::111111111111:federated-user/bob", "accountId": "111111111111",
			"sessionContext": map[string]any{"sessionIssuer": issuer},
		}
	}
	return []actor{
		{"root", map[string]any{"type": "Root", "arn": "arn:aws:iam::111111111111:root", "accountId": "111111111111"}, "root", "", blockRoot},
		{
			"root of an account whose alias is that of a user",
			map[string]any{"type": "Root", "arn": "arn:aws:iam::111111111111:root", "accountId": "111111111111", "userName": "BreakglassUser"}, "root", "", blockRoot,
		},
		{"root, opened from another account", map[string]any{
			"type": "Root", "arn": "arn:aws:iam::111111111111:root", "accountId": "111111111111", "sessionContext": map[string]any{"assumedRoot": "true"},
		}, "root", "", "find who called AssumeRoot"},
		{
			"a user", map[string]any{"type": "IAMUser", "userName": "mallory", "arn": "arn:aws:iam::111111111111:user/mallory", "accountId": "111111111111"}, "mallory",
			"", "AWSDenyAll to the user mallory,",
		},
		{"a role", session("Admin", "ada"), "Admin/ada", "", "sessions of the role Admin (IAM console"},
		{
			"a role without its issuer", but(session("Admin", "ada"), map[string]any{"sessionContext": nil}), "Admin/ada", "", "sessions of the role Admin (IAM console",
		},
		{"a role without its ARN", but(session("Admin", "ada"), map[string]any{"arn": nil}), "Admin", "", "sessions of the role Admin (IAM console"},
		{
			"a role of another account", but(session("Admin", "ada"), map[string]any{"accountId": "222222222222"}), "Admin/ada", "production (222222222222)", blockThere,
		},
		{"a permission set", sso, "AdministratorAccess/ada@example.com", "", "the role AWSReservedSSO_AdministratorAccess_0123456789abcdef in this account"},
		{"a session that a user issued", issued(map[string]any{"type": "IAMUser", "userName": "mallory"}), "mallory", "", "AWSDenyAll to the user mallory,"},
		{"a session that root issued", issued(map[string]any{"type": "Root"}), "root", "", blockRoot},
		{"a federated user", issued(nil), "arn:aws:sts::111111111111:federated-user/bob", "", blockCaller},
		{"Identity Center", map[string]any{
			"type": "IdentityCenterUser", "accountId": "111111111111", "credentialId": "c1",
			"onBehalfOf": map[string]any{"userId": "u-1", "identityStoreArn": "arn:aws:identitystore::111111111111:identitystore/d-1"},
		}, "user u-1 of IAM Identity Center", "", blockCaller},
		{
			"another account", map[string]any{"type": "AWSAccount", "principalId": "AIDAEXAMPLEUSER000009", "accountId": "222222222222"},
			"somebody in account 222222222222", "production (222222222222)", blockThere,
		},
		{"a service", map[string]any{"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}, "autoscaling.amazonaws.com", "", blockCaller},
		{"SAML", map[string]any{"type": "SAMLUser", "principalId": "n:s", "userName": "ada", "identityProvider": "n"}, "ada", "", blockCaller},
		{"web identity", map[string]any{"type": "WebIdentityUser", "principalId": "accounts.google.com:app:sub"}, "accounts.google.com:app:sub", "", blockCaller},
		{"a directory", map[string]any{"type": "Directory"}, "somebody of type Directory", "", blockCaller},
		{"unknown", map[string]any{"type": "Unknown"}, nobody, "", blockCaller},
		{"an empty identity", map[string]any{}, nobody, "", blockCaller},
		{"no identity", nil, nobody, "", blockCaller},
	}
}

// by returns a sample with another actor.
func by(t testing.TB, sample string, a actor) (entry string, event map[string]any) {
	t.Helper()
	s, ok := watch.SampleNamed(sample)
	if !ok {
		t.Fatalf("no sample %s", sample)
	}
	event = asJSON(t, s.Event())
	event["detail"].(map[string]any)["userIdentity"] = asJSON(t, map[string]any{"is": a.identity})["is"]
	return s.Entry, event
}

// TestAMailSaysWhoItWasAndHowToStopThem: whoever it was, the sentence is whole, and the advice fits.
func TestAMailSaysWhoItWasAndHowToStopThem(t *testing.T) {
	p := samplePreview(t)
	for _, a := range actors() {
		entry, event := by(t, "a rule switched off", a)
		m := preview(t, p, entry, event)
		mail := m.Readers["email"]
		if want := subjectPrefix + "DisableRule by " + a.who + ": alerting changed, us-east-1"; m.Subject != want &&
			(len(want) <= maxSubject || !strings.HasPrefix(m.Subject, want[:60])) {
			t.Errorf("%s: the subject is %q", a.name, m.Subject)
		}
		if !strings.HasPrefix(mail, a.who+" changed a rule") || !strings.Contains(mail, "\nWho: "+a.who+"\n") {
			t.Errorf("%s: want %q in\n%s", a.name, a.who, mail)
		}
		if from := line(mail, "From account"); from != a.account {
			t.Errorf("%s is from account %q, want %q", a.name, from, a.account)
		}
		if strings.Count(mail, watch.Unannounced) != 1 || !strings.Contains(mail, a.stop) || !strings.Contains(mail, "\n"+sampleTexts().Instructions+"\n") {
			t.Errorf("%s: want %q, once, and the instructions of the file, in\n%s", a.name, a.stop, mail)
		}
		for _, other := range actors() {
			if other.stop != a.stop && strings.Contains(mail, other.stop) {
				t.Errorf("%s: the advice is for %s:\n%s", a.name, other.name, mail)
			}
		}
		if problem := unfit(m); problem != "" {
			t.Errorf("%s: %s", a.name, problem)
		}
	}
}

// line returns the value of a line of a mail; empty if it has none.
func line(mail, label string) string {
	_, rest, _ := strings.Cut(mail, "\n"+label+": ")
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

func TestASubjectHasRoomForALongRoleWithItsSession(t *testing.T) {
	entry, event := by(t, "a rule switched off", actor{identity: session(strings.Repeat("r", 64), strings.Repeat("s", 64))})
	m := preview(t, samplePreview(t), entry, event)
	if len(m.Subject) > maxSubject || !strings.HasSuffix(m.Subject, "..., us-east-1") || !strings.HasSuffix(line(m.Readers["email"], "Who"), "ss...") {
		t.Errorf("%q\n%s", m.Subject, m.Readers["email"])
	}
}

// TestRootIsNotStoppedLikeAUser: neither by its sign-in nor by a key that it makes.
func TestRootIsNotStoppedLikeAUser(t *testing.T) {
	p := samplePreview(t)
	for _, sample := range []string{"a sign-in of root", "a key of root", "a key that root makes for the user"} {
		entry, event := by(t, sample, actors()[0])
		if mail := preview(t, p, entry, event).Readers["email"]; !strings.Contains(mail, blockRoot) || strings.Contains(mail, "AWSDenyAll") {
			t.Errorf("%s:\n%s", sample, mail)
		}
	}
}

// TestEveryMessageHasTheResponseOfItsEntry, in place of instructions that are for an emergency user: those of a file without any.
func TestEveryMessageHasTheResponseOfItsEntry(t *testing.T) {
	without := sampleTexts()
	without.Default = true
	p, err := NewPreview(without)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sent(t) {
		e, _ := watch.ByID(s.Entry)
		mail := preview(t, p, s.Entry, asJSON(t, s.Event())).Readers["email"]
		_, todo, _ := strings.Cut(mail, "\nWhat to do now\n")
		todo, _, _ = strings.Cut(todo, "\n\n")
		for _, part := range strings.Split(strings.NewReplacer("`", "", "<region>", line(mail, "Region")).Replace(e.Response), watch.StopPlace) {
			if !strings.Contains(todo, part) || !strings.HasSuffix(todo, "\n"+followPlan) {
				t.Errorf("%s: want %q in\n%s", s.Name, part, todo)
			}
		}
		if strings.ContainsAny(todo, "`<") || strings.Contains(mail, without.Instructions) ||
			strings.Contains(todo, watch.Unannounced) != strings.Contains(e.Response, watch.StopPlace) {
			t.Errorf("%s:\n%s", s.Name, mail)
		}
	}
}

// TestAnIAMChangeSaysWhichItIs: by an emergency user, to one, or to their group.
func TestAnIAMChangeSaysWhichItIs(t *testing.T) {
	p := samplePreview(t)
	for sample, want := range map[string]string{
		"a key made for the user":                                 "Administrator/mallory made an IAM change to the emergency user BreakglassUser.",
		"a key made for the user, whose name was typed otherwise": "Administrator/mallory made an IAM change to the emergency user breakglassuser.",
		"the guard taken off the group":                           "Administrator/mallory made an IAM change to the group of the emergency users.",
		"somebody renamed to the user":                            "Administrator/mallory made an IAM change: another user now has the name of the emergency user breakglassUser.",
		"a group renamed to the users' group":                     "Administrator/mallory made an IAM change: another group now has the name of the group of the emergency users.",
		"a role made by the user":                                 "The emergency user BreakglassUser made an IAM change.",
		"a password changed by the user":                          "The emergency user BreakglassUser made an IAM change.",
		"a key that root makes for the user":                      "root made an IAM change to the emergency user BreakglassUser.",
	} {
		s, ok := watch.SampleNamed(sample)
		if !ok {
			t.Fatalf("no sample %s", sample)
		}
		if got, _, _ := strings.Cut(preview(t, p, s.Entry, asJSON(t, s.Event())).Readers["email"], "\n"); got != want {
			t.Errorf("%s: %q, want %q", sample, got, want)
		}
	}
	entry, event := by(t, "a key made for the user", actor{identity: map[string]any{"type": "SAMLUser", "userName": "BreakglassUser"}})
	if mail := preview(t, p, entry, event).Readers["email"]; !strings.HasPrefix(mail, "BreakglassUser made an IAM change to the emergency user BreakglassUser.") {
		t.Errorf("somebody else of the same name:\n%s", mail)
	}
}

// TestAnIAMChangeNamesWhateverItWasMadeOn, in the subject, and does not claim that the record names nothing.
func TestAnIAMChangeNamesWhateverItWasMadeOn(t *testing.T) {
	p := samplePreview(t)
	entry, event := by(t, "a role made by the user", actor{identity: map[string]any{"type": "IAMUser", "userName": "BreakglassUser"}})
	const note = "No user, group, role, policy or device is named"
	for name, value := range map[string]string{
		"url": "https://id.example.com", "aWSServiceName": "example.amazonaws.com", "instanceProfileName": "servers", "accountAlias": "example", "": "",
	} {
		detail := event["detail"].(map[string]any)
		detail["requestParameters"], detail["responseElements"] = map[string]any{name: value}, nil
		m := preview(t, p, entry, event)
		if on := line(m.Readers["email"], "On"); on != value || name != "" && !strings.Contains(m.Subject, " on "+value+" by ") {
			t.Errorf("%s: %q, on %q", name, m.Subject, on)
		}
		if strings.Contains(m.Readers["email"], note) != (name == "") {
			t.Errorf("%s: %s", name, m.Readers["email"])
		}
	}
}

// TestTheLedgerIsSearchedFromTheEventOn, and not from its first year.
func TestTheLedgerIsSearchedFromTheEventOn(t *testing.T) {
	p := samplePreview(t)
	for at, want := range map[string]string{
		"2026-11-22T08:15:00Z": " --start-time 1795335300000 --filter-pattern '\"e1\"'",
		"2026-02-28T23:59:59Z": " --start-time 1772323199000 --filter-pattern '\"e1\"'",
		"2026-11-99T08:15:00Z": "breakglass-ledger --filter-pattern '\"e1\"'", "yesterday": "breakglass-ledger --filter-pattern '\"e1\"'",
	} {
		event := signIn(t, "e1")
		event["detail"].(map[string]any)["eventTime"] = at
		if command := line(preview(t, p, "sign-in", event).Readers["email"], "Ledger"); !strings.HasSuffix(command, want) {
			t.Errorf("%s: %s", at, command)
		}
	}
	event := signIn(t, "e1")
	delete(event["detail"].(map[string]any), "eventTime")
	if command := line(preview(t, p, "sign-in", event).Readers["email"], "Ledger"); !strings.Contains(command, " --start-time 17953353") {
		t.Error(command)
	}
	// Whoever sends a drill chooses its ID, and somebody pastes the command into a shell.
	event = signIn(t, `x"' $(id) `+"`id`"+`; id; '"`)
	event["source"] = watch.DrillSource
	if command := line(preview(t, p, "sign-in", event).Readers["email"], "Ledger"); strings.Count(command, "'") != 2 || strings.ContainsAny(command, "$`;()") {
		t.Error(command)
	}
}

// TestARecordWithoutItsIDAndTimeIsComposed: an event on a bus always has both.
func TestARecordWithoutItsIDAndTimeIsComposed(t *testing.T) {
	event := signIn(t, "e1")
	for _, name := range []string{"eventID", "eventTime"} {
		delete(event["detail"].(map[string]any), name)
	}
	delete(event, "id")
	delete(event, "time")
	m := preview(t, samplePreview(t), "sign-in", event)
	if problem := unfit(m); problem != "" {
		t.Error(problem)
	}
	if sms := m.Readers["sms"]; sms != m.Subject {
		t.Errorf("%q", sms)
	}
}

// TestOnlyATimeInUTCIsCalledSo: a record has no other, and any other is shown as it is.
func TestOnlyATimeInUTCIsCalledSo(t *testing.T) {
	for at, want := range map[string]string{
		"2026-11-22T08:15:00Z": "22 November 2026, 08:15:00 UTC", "2026-11-22T08:15:00.123Z": "22 November 2026, 08:15:00 UTC",
		"2026-11-22T08:15:00+09:00": "2026-11-22T08:15:00+09:00", "2026-11-22T08:15:00": "2026-11-22T08:15:00",
	} {
		event := signIn(t, "e1")
		event["detail"].(map[string]any)["eventTime"] = at
		if got := line(preview(t, samplePreview(t), "sign-in", event).Readers["email"], "Time"); got != want {
			t.Errorf("%s: %q, want %q", at, got, want)
		}
	}
}

// TestNobodyHidesALinkInTheChat: neither Slack's nor Teams' Markdown makes anything of what an actor wrote.
func TestNobodyHidesALinkInTheChat(t *testing.T) {
	event := signIn(t, "e1")
	detail := event["detail"].(map[string]any)
	detail["userAgent"] = "<https://evil.example.com|Acknowledge> [Acknowledge](https://evil.example.com) <!channel>"
	detail["userIdentity"].(map[string]any)["userName"] = "<!here>"
	var chat struct{ Content map[string]any }
	if err := json.Unmarshal([]byte(preview(t, samplePreview(t), "sign-in", event).Chat), &chat); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(chat.Content); !strings.Contains(text, "evil.example.com|Acknowledge") || strings.Contains(text, "<") || strings.Contains(text, "](") {
		t.Error(text)
	}
}

// TestTheChatSaysWhatToDo, and the instructions of the file, which a long answer must not push out.
func TestTheChatSaysWhatToDo(t *testing.T) {
	entry, event := by(t, "a sign-in of root", actors()[0])
	queue, _ := watch.SampleNamed("the topic deleted")
	p := samplePreview(t)
	ofQueue, err := p.of(map[string]any{"entry": watch.TopicChange, "event": asJSON(t, queue.Event()), "queue": true})
	if err != nil {
		t.Fatal(err)
	}
	for text, steps := range map[string][]string{
		preview(t, p, entry, event).Chat: {blockRoot, "Call the duty officer, +1 555 0100."}, ofQueue.Chat: {"If a drill was announced"},
	} {
		var chat struct{ Content struct{ NextSteps []string } }
		if err := json.Unmarshal([]byte(text), &chat); err != nil || len(chat.Content.NextSteps) != len(steps) {
			t.Fatalf("%v: %s", err, text)
		}
		for i, step := range steps {
			if !strings.Contains(chat.Content.NextSteps[i], step) {
				t.Errorf("want %q in %s", step, text)
			}
		}
	}
}
