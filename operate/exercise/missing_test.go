package exercise

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/watch"
)

// an incomplete exercise is one of which something does not come, and what is said about it.
type incomplete struct {
	f    fake
	says string
}

func incompletes() map[string]incomplete {
	chain := both(signIn("eu-west-1"), assumed("eu-west-1"))
	return map[string]incomplete{
		"nothing": {fake{}, "no ledger has a record"},
		"one ledger": {
			fake{records: map[string][]watch.Fields{"us-east-1": chain["us-east-1"]}}, "the ledger of us-west-2 lacks it: look at the rules that forward from eu-west-1",
		},
		"no composer": {fake{records: chain, silent: []string{"us-east-1"}}, "breakglass-composer in us-east-1 was not started: look at the rule of sign-in"},
		"not published": {
			fake{records: chain, stuck: []string{"us-west-2"}}, "breakglass-composer in us-west-2 has not published the alert: look at the execution execution of",
		},
		"a wrong code": {
			fake{records: both(event("ConsoleLogin", "eu-west-1", watch.Fields{"responseElements": watch.Fields{"ConsoleLogin": "Failure"}}))}, "a sign-in failed",
		},
		"without MFA": {
			fake{records: both(event("ConsoleLogin", "eu-west-1", watch.Fields{"additionalEventData": watch.Fields{"MFAUsed": "No"}}), assumed("eu-west-1"))},
			"no MFA was used",
		},
		"a refusal": {
			fake{records: both(signIn("eu-west-1"),
				event("AssumeRole", "eu-west-1",
					watch.Fields{
						"errorCode": "AccessDenied", "requestParameters": watch.Fields{"roleArn": "arn:aws:iam::222222222222:role/BreakGlassRole"},
					}))}, "AssumeRole was refused: AccessDenied",
		},
		"another user": {
			fake{records: both(event("ConsoleLogin", "eu-west-1", watch.Fields{"userIdentity": watch.Fields{"userName": "Somebody"}}))}, "no ledger has a record",
		},
		"a user of that name elsewhere": {fake{records: both(event("ConsoleLogin", "eu-west-1", watch.Fields{
			"userIdentity":        watch.Fields{"type": "IAMUser", "userName": "BreakglassUser", "accountId": "222222222222"},
			"additionalEventData": watch.Fields{"MFAUsed": "Yes"},
		}), assumed("eu-west-1"))}, "no ledger has a record"},
		"switched by a user of that name elsewhere": {fake{records: both(signIn("eu-west-1"), func() watch.Fields {
			e := switchedInto("222222222222", "BreakGlassRole")
			e["detail"].(map[string]any)["additionalEventData"] = watch.Fields{"SwitchFrom": "arn:aws:iam::333333333333:user/BreakglassUser"}
			return e
		}())}, "no ledger has a record"},
		"another account": {
			fake{records: both(signIn("eu-west-1"),
				event("AssumeRole", "eu-west-1",
					watch.Fields{"requestParameters": watch.Fields{"roleArn": "arn:aws:iam::333333333333:role/BreakGlassRole"}}))}, "no ledger has a record",
		},
		"key without MFA": {fake{records: both(event("GetSessionToken", "eu-west-1", nil), assumed("eu-west-1"))}, "no MFA was used"},
		"another role": {
			fake{records: both(signIn("eu-west-1"),
				event("AssumeRole", "eu-west-1",
					watch.Fields{"requestParameters": watch.Fields{"roleArn": "arn:aws:iam::222222222222:role/Other"}}))}, "no ledger has a record",
		},
		"switch to another role":     {fake{records: both(signIn("eu-west-1"), switched("arn:aws:iam::222222222222:role/Other"))}, "no ledger has a record"},
		"switched into another role": {fake{records: both(signIn("eu-west-1"), switchedInto("222222222222", "Other"))}, "no ledger has a record"},
		"of yesterday": {
			fake{records: both(event("ConsoleLogin", "eu-west-1", watch.Fields{"eventTime": "1999-12-31T00:00:00Z"}))}, "no ledger has a record",
		},
	}
}

func TestWhatDidNotComeIsNamed(t *testing.T) {
	for name := range incompletes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := incompletes()[name] // whose records are of the time of the bubble
				o := options(Console)
				if strings.HasPrefix(name, "key ") {
					o.Way = Key
				}
				o.Wait = 60 * time.Millisecond
				e := ran(t, o, &c.f, nil)
				var missing []string
				for _, r := range e.Results {
					missing = append(missing, r.Missing...)
				}
				if e.OK || !strings.Contains(strings.Join(missing, "\n"), c.says) {
					t.Errorf("missing %q, want %q", missing, c.says)
				}
			})
		})
	}
}

func TestAStepIsTheRoleOfTheFileInItsAccount(t *testing.T) {
	p := planned(t)
	p.Config.Targets = append(p.Config.Targets, config.Target{Account: "111111111111", Name: "hub", Region: "us-east-1"})
	r, err := New(p, Options{Way: Console, Accounts: []string{"hub"}}, "test")
	if err != nil {
		t.Fatal(err)
	}
	into := r.Steps[len(r.Steps)-1]
	for name, c := range map[string]struct {
		event watch.Fields
		want  bool
	}{
		"switch in the hub":         {switched("arn:aws:iam::111111111111:role/BreakGlassRole"), true},
		"the session's own record":  {switchedInto("111111111111", "BreakGlassRole"), true},
		"switch elsewhere":          {switched("arn:aws:iam::222222222222:role/BreakGlassRole"), false},
		"a session of another role": {switchedInto("111111111111", "BreakGlassRole2"), false},
		"a record that says little": {switched(""), false},
	} {
		if into.is(c.event) != c.want {
			t.Errorf("%s: counts %v, want %v", name, !c.want, c.want)
		}
	}
}

func TestAClockMayBeAMinuteAhead(t *testing.T) {
	before := func(d time.Duration) watch.Fields {
		return event("ConsoleLogin", "eu-west-1", watch.Fields{
			"eventTime": time.Now().Add(-d).UTC().Format(time.RFC3339), "additionalEventData": watch.Fields{"MFAUsed": "Yes"},
		})
	}
	o := Options{Way: Console, Wait: time.Minute}
	if e := ran(t, o, &fake{records: both(before(30 * time.Second))}, nil); !e.OK {
		t.Errorf("half a minute: %+v", e)
	}
	o.Wait = 60 * time.Millisecond
	if e := ran(t, o, &fake{records: both(before(2 * time.Minute))}, nil); e.OK {
		t.Errorf("two minutes: %+v", e)
	}
}

func TestAnAnnouncementThatFailedIsANote(t *testing.T) {
	f := &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1")), deaf: []string{"us-west-2"}}
	e := ran(t, options(Console), f, nil)
	if notes := strings.Join(e.Notes, "\n"); !e.OK || !strings.Contains(notes, "announcing the exercise in the ledger of us-west-2") {
		t.Errorf("ok %v, notes %q", e.OK, notes)
	}
}
