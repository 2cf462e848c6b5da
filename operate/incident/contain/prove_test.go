package contain

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"

	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/operate/incident/chain"
	"example.com/breakglass/operate/incident/events"
)

const (
	userARN    = "arn:aws:iam::111111111111:user/BreakglassUser"
	sessionARN = "arn:aws:sts::222222222222:assumed-role/BreakGlassRole/x"
)

func refusal(code, message string) error {
	return &smithy.GenericAPIError{Code: code, Message: message}
}

// as returns a session whose calls IAM answers as it does, spread after the change of a policy.
func (c *cloud) as(from, key, who string, issued time.Time) Session {
	late := func(at string) bool { return !c.since[at].IsZero() && time.Since(c.since[at]) >= spread }
	return Session{
		From:     from,
		key:      func(context.Context) (string, error) { return key, nil },
		identity: func(context.Context) (string, error) { return who, nil },
		call: func(context.Context) error {
			c.mutex.Lock()
			defer c.mutex.Unlock()
			user, role := hub+"/BreakglassUser", prod+revoked
			switch _, cut, _ := strings.Cut(c.inline[role], `"aws:TokenIssueTime":"`); {
			case c.keys[user][key] == "Inactive":
				return refusal("InvalidClientTokenId", "The security token included in the request is invalid.")
			case who == userARN && slices.Contains(c.attached[user], denyAll) && late(user):
				return refusal("AccessDenied",
					"User: "+who+" is not authorized to perform: "+ProofCall+" on resource: * with an explicit deny in an identity-based policy: "+denyAll)
			case who == sessionARN && cut != "" && late(role) && issued.UTC().Format(time.RFC3339) < cut:
				return refusal("AccessDenied", "User: "+who+" is not authorized to perform: "+ProofCall+" on resource: * with an explicit deny in an identity-based policy")
			}
			return nil
		},
	}
}

// proving returns the proofs of a run with these sessions.
func proving(t *testing.T, c *cloud, calls []*chain.Call, principals []*chain.Principal, sessions ...Session) (*Result, []Event, error) {
	t.Helper()
	r, all := begin(t, c, principals...)
	r.Sessions, r.Calls = sessions, calls
	p, err := r.plan(t.Context(), organization{c})
	if err != nil {
		return nil, nil, err
	}
	result, err := p.Run(t.Context())
	return result, *all, err
}

// The contained themselves call until IAM has spread what denies them: how long that took, and what denied them, is said and kept.
func TestTheContainedAreCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		issued := time.Now().Add(-time.Hour).UTC()
		calls := []*chain.Call{{
			Record: events.Record{Name: "AssumeRole", Time: issued, Response: map[string]any{"credentials": map[string]any{"accessKeyId": "ASIAROLE"}}},
			By:     &chain.Principal{},
		}}
		result, all, err := proving(t, c, calls, nil,
			c.as("profile responder", "ASIAUSER", userARN, issued), c.as("profile production", "ASIAROLE", sessionARN, issued),
			c.as("the environment", "ASIAUSER", userARN, issued), c.as("profile key", "AKIAONE", userARN, issued))
		if err != nil || !result.OK() || len(result.Proofs) != 3 {
			t.Fatalf("%v: %+v", err, result)
		}
		for i, want := range []string{
			"profile responder (" + userARN + ", key ASIAUSER, the records do not say when it was issued): refused after 4 s: explicit deny in an identity-based policy: " + denyAll,
			"profile production (" + sessionARN + ", key ASIAROLE, issued 1999-12-31T23:00:00Z): refused after 4 s: explicit deny in an identity-based policy",
			"profile key (" + userARN + ", key AKIAONE): refused after 0 s: AWS does not accept the key any more",
		} {
			if got := strings.Replace(result.Proofs[i].Title(), "after 2 s", "after 0 s", 1); got != want { // whether the first call comes before the key is inactive is chance
				t.Errorf("%s\nwant %s", got, want)
			}
		}
		kept := slices.DeleteFunc(all, func(e Event) bool { return e.What != Proved })
		if len(kept) != 3 || kept[0].Proof.Identity != userARN {
			t.Errorf("%+v", kept)
		}
	})
}

// A session that began after its role was cut off still works: that is an open end, said after a bounded time.
func TestWhatStillWorksIsShouted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		began := time.Now()
		result, all, err := proving(t, c, nil, nil, c.as("profile production", "ASIANEW", sessionARN, began.Add(24*time.Hour)))
		if err != nil || result.OK() || result.Proofs[0].Verdict != Works || time.Since(began) > longest {
			t.Fatalf("%v after %s: %+v", err, time.Since(began), result)
		}
		if title := result.Proofs[0].Title(); !strings.Contains(title, ": STILL WORKS after ") ||
			!strings.HasSuffix(title, " s: iam:ListAccountAliases was admitted") {
			t.Error(title)
		}
		if end := all[len(all)-1].Conclusion; end.OK || len(end.Open) != 1 || end.Open[0] != result.Proofs[0].Title() {
			t.Errorf("%+v", end)
		}
	})
}

// What each answer of AWS shows.
func TestWhatAnAnswerProves(t *testing.T) {
	for _, one := range []struct {
		err  error
		want Verdict
		why  string
	}{
		{nil, Works, ""},
		{
			refusal("AccessDenied", "User: x is not authorized to perform: y with an explicit deny in a service control policy"), Refused,
			"explicit deny in a service control policy",
		},
		{refusal("AccessDenied", "User: x is not authorized to perform: y because no identity-based policy allows the y action"), Unproved, "AccessDenied: User: x"},
		{refusal("InvalidClientTokenId", "z"), Refused, "AWS does not accept the key any more"},
		{refusal("ExpiredToken", "z"), Expired, ""},
		{refusal("Throttling", "Rate exceeded"), Unproved, "Throttling: Rate exceeded"},
		{context.DeadlineExceeded, Unproved, "no answer in time"},
	} {
		if got, why := judge(one.err); got != one.want || !strings.Contains(why, one.why) {
			t.Errorf("%v: %s, %s", one.err, got, why)
		}
	}
}

// A person who names a wrong profile is told whose it is; what only happens to be in the environment is left alone.
func TestOnlyTheContainedProveIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		admin := c.as("profile admin", "AKIAADMIN", "arn:aws:iam::111111111111:user/operator", time.Now())
		if _, _, err := proving(t, c, nil, nil, admin); err == nil ||
			!strings.Contains(err.Error(), "profile admin is arn:aws:iam::111111111111:user/operator, whom this incident does not contain") {
			t.Error(err)
		}
		if len(c.attached) > 0 {
			t.Error("something was changed before that was known")
		}
		admin.Found = true
		if result, _, err := proving(t, c, nil, nil, admin); err != nil || len(result.Proofs) != 0 {
			t.Errorf("%v: %+v", err, result)
		}
		far := c.as("profile far", "ASIAFAR", "arn:aws:sts::444444444444:assumed-role/BreakGlassRole/x", time.Now())
		if _, _, err := proving(t, c, nil, nil, far); err == nil {
			t.Error("a role of that name in an account that nobody contains")
		}
		made := []*chain.Principal{
			{Kind: chain.Made, Account: prod, Name: "alice", Own: true, Keys: []string{"AKIANEW"}}, {Kind: chain.Federated, Account: hub, Name: "fed"},
		}
		for _, one := range []struct {
			key, who string
			want     bool
		}{
			{"AKIANEW", "arn:aws:iam::222222222222:user/alice", true}, {"AKIAOLD", "arn:aws:iam::222222222222:user/alice", false},
			{"ASIAFED", "arn:aws:sts::111111111111:federated-user/fed", true},
		} {
			r, _ := begin(t, c, made...)
			if got := r.contains(one.who, one.key); got != one.want {
				t.Errorf("%s %s: %v", one.key, one.who, got)
			}
		}
	})
}

// Nobody contains with the credentials that this ends: neither those of a user nor what came of them.
func TestTheContainedDoNotContain(t *testing.T) {
	for _, who := range []string{
		userARN, sessionARN, "arn:aws:sts::444444444444:assumed-role/BreakGlassRole/x", "arn:aws:sts::111111111111:federated-user/fed",
		"arn:aws:iam::222222222222:user/bd",
	} {
		r, _ := begin(t, newCloud(), &chain.Principal{Kind: chain.Federated, Account: hub, Name: "fed"},
			&chain.Principal{Kind: chain.Made, Account: prod, Name: "bd"})
		r.Caller = who
		if _, err := r.plan(t.Context(), organization{newCloud()}); err == nil || !strings.Contains(err.Error(), "--profile") {
			t.Errorf("%s: %v", who, err)
		}
	}
}

// Afterwards, a key may be inactive and a profile may get no session any more: both are proofs.
func TestItIsProvedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		c.attached[hub+"/BreakglassUser"], c.since[hub+"/BreakglassUser"] = []string{denyAll}, time.Now().Add(-time.Hour)
		c.keys[hub+"/BreakglassUser"]["AKIAONE"] = iamtypes.StatusTypeInactive
		invalid := func(context.Context) (string, error) { return "", refusal("InvalidClientTokenId", "no such key") }
		key := c.as("profile key", "AKIAONE", userARN, time.Now())
		key.identity = invalid
		enters := Session{From: "profile production", key: func(context.Context) (string, error) {
			return "", refusal("AccessDenied",
				"User: "+userARN+" is not authorized to perform: sts:AssumeRole on resource: r with an explicit deny in an identity-based policy")
		}}
		expired := Session{From: "the environment", Found: true, key: func(context.Context) (string, error) { return "ASIAOLD", nil },
			identity: func(context.Context) (string, error) { return "", refusal("ExpiredToken", "expired") }}
		r, all := begin(t, c)
		r.Sessions = []Session{key, enters, expired, c.as("profile responder", "ASIAUSER", userARN, time.Now())}
		measures := []Measure{{Kind: Key, Account: hub, Name: "BreakglassUser", Key: "AKIAONE"}}
		proofs, err := r.proveAll(t.Context(), measures)
		var got []string
		for _, p := range proofs {
			got = append(got, p.Title())
		}
		want := []string{
			"profile key (key AKIAONE): refused: AWS does not accept the key any more",
			"profile production (" + userARN + "): refused: it gets no session: explicit deny in an identity-based policy",
			"the environment (key ASIAOLD, the records do not say when it was issued): run out: who it was is not known",
			"profile responder (" + userARN + ", key ASIAUSER, the records do not say when it was issued): refused after 0 s: explicit deny in an identity-based policy: " + denyAll,
		}
		if err != nil || !slices.Equal(got, want) || len(*all) != 4 {
			t.Errorf("%v: %q", err, got)
		}
		if len(c.calls) > 0 {
			t.Errorf("it asked for %q", c.calls)
		}
		// A key that AWS does not know and that nobody made inactive is perhaps a wrong one.
		if _, err := r.proveAll(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "asking who profile key is") {
			t.Error(err)
		}
		r.Sessions = []Session{{From: "p", key: func(context.Context) (string, error) { return "", errors.New("no such profile") }}}
		if _, err := r.proveAll(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "taking the credentials of p") {
			t.Error(err)
		}
	})
}

// A user without MFA was refused all along: the refusal does not show that the containment works.
func TestARefusalBeforeIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		s := c.as("profile responder", "ASIAUSER", userARN, time.Now())
		s.call = func(context.Context) error {
			return refusal("AccessDenied", "User: "+userARN+" is not authorized to perform: y with an explicit deny in an identity-based policy\x1b[31m")
		}
		result, _, err := proving(t, c, nil, nil, s)
		if err != nil || !strings.HasSuffix(result.Proofs[0].Title(), `policy\u001b[31m; it was refused before the first measure, too`) {
			t.Errorf("%v: %+v", err, result)
		}
	})
}

// IAM's hosts hear of a change one after another: only what is refused several times in a row is refused.
func TestARefusalHasToHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCloud()
		s, answers := c.as("profile responder", "ASIAUSER", userARN, time.Now()), []bool{false, false, true, false, true}
		s.call = func(context.Context) error {
			admitted := len(answers) > 0 && answers[0]
			if len(answers) > 0 {
				answers = answers[1:]
			}
			if admitted {
				return nil
			}
			return refusal("AccessDenied", "with an explicit deny in a service control policy")
		}
		r, _ := begin(t, c)
		r.Sessions = []Session{s}
		proofs, err := r.proveAll(t.Context(), nil)
		if err != nil || len(proofs) != 1 || proofs[0].Verdict != Refused || proofs[0].Calls != 8 || proofs[0].Seconds != 10 {
			t.Errorf("%v: %+v", err, proofs[0])
		}
	})
}
