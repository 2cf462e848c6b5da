package exercise

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

// fake is a hub account whose ledgers and composers do what the test sets.
type fake struct {
	// records of each hub, after the exercise has begun.
	records map[string][]watch.Fields
	// silent composers, and those that compose and do not publish.
	silent, stuck []string
	unreachable   []string
	// hanging hubs never answer, and neither do the composers of mute ones.
	hanging, mute []string
	// deaf hubs answer, but take nothing into their ledgers.
	deaf    []string
	written []watch.Fields
	asked   []string
}

func (f *fake) reach(ctx context.Context, hub string) error {
	f.asked = append(f.asked, hub)
	if slices.Contains(f.hanging, hub) {
		<-ctx.Done()
		return ctx.Err()
	}
	if slices.Contains(f.unreachable, hub) {
		return context.DeadlineExceeded
	}
	return nil
}

func (f *fake) Write(ctx context.Context, hub string, event watch.Fields) error {
	if err := f.reach(ctx, hub); err != nil {
		return err
	}
	if slices.Contains(f.deaf, hub) {
		return errors.New("the ledger takes nothing")
	}
	f.written = append(f.written, event)
	return nil
}

func (f *fake) Records(ctx context.Context, hub string, _ time.Time) ([]watch.Fields, error) {
	return f.records[hub], f.reach(ctx, hub)
}

func (f *fake) Alert(ctx context.Context, hub, entry, event string) (string, time.Time, error) {
	switch {
	case slices.Contains(f.mute, hub):
		<-ctx.Done()
		return "execution of " + event, time.Time{}, ctx.Err()
	case slices.Contains(f.silent, hub) || entry == "":
		return "", time.Time{}, nil
	case slices.Contains(f.stuck, hub):
		return "execution of " + event, time.Time{}, nil
	}
	return "execution of " + event, time.Now().Add(1234 * time.Millisecond), f.reach(ctx, hub)
}

func planned(t *testing.T) plan.Plan {
	t.Helper()
	return plan.Of(parsed(t, "us-east-1", "us-west-2"))
}

func parsed(t *testing.T, hub, standby string) *config.Config {
	t.Helper()
	return &config.Config{
		Hub: config.Hub{Account: "111111111111", Region: hub, Standby: standby}, Regions: []string{"eu-west-1", "us-east-1", "us-west-2"},
		Users: []config.User{{Name: "BreakglassUser", AccessKey: config.AccessKeySealed}}, Role: config.Role{Name: "BreakGlassRole"},
		UserAccess: config.UserAccess{ManagedPolicies: []string{"IAMFullAccess", plan.LoginPolicy}},
		Alerts:     config.Alerts{Email: []string{"security-team@example.com"}}, Trail: config.TrailExisting,
		Targets: []config.Target{{Account: "222222222222", Name: "production", Region: "us-east-1", SessionDuration: time.Hour}},
	}
}

// event is a record of the user on the bus of a Region.
func event(name, region string, more watch.Fields) watch.Fields {
	source, kind := "aws.sts", "AWS API Call via CloudTrail"
	if name == "ConsoleLogin" {
		source, kind = "aws.signin", "AWS Console Sign In via CloudTrail"
	}
	detail := watch.Fields{
		"eventID": "0a1b2c3d-" + name + "-" + region, "eventName": name, "awsRegion": region, "eventTime": time.Now().Add(5 * time.Second).UTC().Format(time.RFC3339),
		"userIdentity": watch.Fields{"type": "IAMUser", "userName": "BreakglassUser"},
	}
	for key, value := range more {
		detail[key] = value
	}
	e := watch.Fields{
		"source": source, "detail-type": kind, "account": "111111111111", "region": region, "time": time.Now().UTC().Format(time.RFC3339), "detail": detail,
	}
	text, _ := json.Marshal(e)
	var out watch.Fields
	_ = json.Unmarshal(text, &out)
	return out
}

func signIn(region string) watch.Fields {
	return event("ConsoleLogin", region,
		watch.Fields{"additionalEventData": watch.Fields{"MFAUsed": "Yes"}, "responseElements": watch.Fields{"ConsoleLogin": "Success"}})
}

func assumed(region string) watch.Fields {
	return event("AssumeRole", region, watch.Fields{"requestParameters": watch.Fields{"roleArn": "arn:aws:iam::222222222222:role/BreakGlassRole"}})
}

// switched is the record of a switch in the account of the user.
func switched(to string) watch.Fields {
	return event("SwitchRole", "eu-west-1", watch.Fields{
		"recipientAccountId": "111111111111", "additionalEventData": watch.Fields{"SwitchTo": to}, "responseElements": watch.Fields{"SwitchRole": "Success"},
	})
}

// switchedInto is the record of a switch in the account that was entered: its user is the session.
func switchedInto(account, role string) watch.Fields {
	return event("SwitchRole", "eu-west-1", watch.Fields{
		"userIdentity": watch.Fields{
			"type": "AssumedRole", "arn": "arn:aws:sts::" + account + ":assumed-role/" + role + "/BreakglassUser", "accountId": account,
		},
		"recipientAccountId": account, "responseElements": watch.Fields{"SwitchRole": "Success"},
		"additionalEventData": watch.Fields{"SwitchFrom": "arn:aws:iam::111111111111:user/BreakglassUser"},
	})
}

func options(way Way) Options {
	return Options{Way: way, Accounts: []string{"production"}, Wait: time.Minute}
}

func ran(t *testing.T, o Options, f *fake, typed <-chan string) *Evidence {
	t.Helper()
	r, err := New(planned(t), o, "test")
	if err != nil {
		t.Fatal(err)
	}
	e, err := r.do(t.Context(), f, "arn:by", typed, Progress{}, 5*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func both(events ...watch.Fields) map[string][]watch.Fields {
	return map[string][]watch.Fields{"us-east-1": events, "us-west-2": events}
}

func TestTheWholeChain(t *testing.T) {
	for way, events := range map[Way][]watch.Fields{
		Console: {signIn("eu-west-1"), assumed("eu-west-1")},
		Login:   {signIn("eu-west-1"), event("CreateOAuth2Token", "eu-west-1", nil), assumed("eu-west-1")},
		Key:     {event("GetSessionToken", "eu-west-1", watch.Fields{"requestParameters": watch.Fields{"serialNumber": "arn:mfa"}}), assumed("eu-west-1")},
	} {
		t.Run(string(way), func(t *testing.T) {
			f := &fake{records: both(events...)}
			e := ran(t, options(way), f, nil)
			if out := e.CloseOut[0]; strings.Contains(out, "Sign out") != (way != Key) || strings.Contains(out, "shell") != (way != Console) ||
				strings.Contains(out, "aws logout") != (way == Login) {
				t.Errorf("what is closed: %s", out)
			}
			if !e.OK || e.ToldMillis == 0 || len(e.Results) != len(events) {
				t.Fatalf("%+v", e)
			}
			for i, r := range e.Results {
				if r.Record == nil || len(r.Record.Hubs) != 2 || len(r.Alerts) != 2 || len(r.Missing) != 0 || r.Record.Event != watch.Text(events[i], "detail.eventID") {
					t.Errorf("%s: %+v", r.ID, r)
				}
			}
			// Its begin and its end are in both ledgers, under a source that no rule matches.
			if len(f.written) != 4 || watch.Text(f.written[0], "detail-type") != watch.ExerciseBegins || watch.Text(f.written[3], "detail-type") != watch.ExerciseEnds ||
				!watch.IsExercise(f.written[0]) {
				t.Errorf("written: %v", f.written)
			}
		})
	}
}

func TestAPersonTypesWhatTheAlertShows(t *testing.T) {
	for line, want := range map[string]bool{"0A1B2C3D-ConsoleLogin": true, "0a1b2c3d": true, "0a1b": false, "something else": false} {
		typed := make(chan string, 100)
		go func() {
			for range 50 {
				typed <- line
				time.Sleep(5 * time.Millisecond)
			}
		}()
		o := options(Console)
		o.People = true
		if !want {
			o.Wait = 400 * time.Millisecond
		}
		if e := ran(t, o, &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1"))}, typed); e.OK != want {
			t.Errorf("%q: %v", line, e.OK)
		}
	}
}

func TestWithoutUsEast1(t *testing.T) {
	o := options(Console)
	o.Scenario = Gone
	f := &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1")), unreachable: []string{"us-east-1"}}
	e := ran(t, o, f, nil)
	if !e.OK || !slices.Equal(e.Hubs, []string{"us-west-2"}) || slices.Contains(f.asked, "us-east-1") {
		t.Errorf("%+v; asked %q", e, f.asked)
	}
	// What went through us-east-1 does not count.
	f = &fake{records: both(signIn("us-east-1"), assumed("us-east-1"))}
	o.Wait = 60 * time.Millisecond
	if e := ran(t, o, f, nil); e.OK || len(e.Refused) == 0 || !strings.Contains(e.Refused[0], "went through us-east-1") {
		t.Errorf("%+v", e)
	}
	open := Without(func(context.Context, string) (aws.Config, error) { return aws.Config{}, nil })
	if _, err := open(t.Context(), "us-east-1"); !errors.Is(err, ErrGone) {
		t.Errorf("us-east-1 is asked: %v", err)
	}
	if _, err := open(t.Context(), "us-west-2"); err != nil {
		t.Error(err)
	}
	if _, err := New(plan.Of(parsed(t, "us-east-1", "")), o, "x"); err == nil || !strings.Contains(err.Error(), "set hub.standby") {
		t.Errorf("without a standby: %v", err)
	}
}

func TestWhatIsRefused(t *testing.T) {
	for says, o := range map[string]Options{
		`invalid --way "post"`:  {Way: "post"},
		"unknown scenario":      {Way: Console, Scenario: "moon-gone"},
		`unknown user "Nobody"`: {Way: Console, User: "Nobody"},
		`no target is "other"; the targets are 222222222222 (production)`: {Way: Console, Accounts: []string{"other"}},
	} {
		if _, err := New(planned(t), o, "x"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	// A name in other cases that two targets have is none of them.
	two := plan.Of(parsed(t, "us-east-1", "us-west-2"))
	two.Config.Targets = append(two.Config.Targets, config.Target{Account: "333333333333", Name: "Production"})
	if _, err := New(two, Options{Way: Console, Accounts: []string{"PRODUCTION"}}, "x"); err == nil ||
		!strings.Contains(err.Error(), "is the name of several accounts") {
		t.Error(err)
	}
	if r, err := New(two, Options{Way: Console, Accounts: []string{"Production"}}, "x"); err != nil || r.Steps[len(r.Steps)-1].ID != "account-333333333333" {
		t.Errorf("%+v, %v", r, err)
	}
	r, _ := New(planned(t), options(Console), "x")
	if _, err := r.do(t.Context(), &fake{unreachable: []string{"us-east-1", "us-west-2"}}, "", nil, Progress{}, time.Millisecond); err == nil ||
		!strings.Contains(err.Error(), "did not begin") {
		t.Errorf("no ledger: %v", err)
	}
}

// TestAWayThatIsNotPreparedIsRefused: nobody waits half an hour for what the file does not allow.
func TestAWayThatIsNotPreparedIsRefused(t *testing.T) {
	c := parsed(t, "us-east-1", "us-west-2")
	c.Users[0].AccessKey, c.UserAccess.ManagedPolicies = "", []string{"IAMFullAccess"}
	for way, says := range map[Way]string{
		Console: "", Login: "the way login is not prepared: userAccess.managedPolicies lacks " + plan.LoginPolicy,
		Key: "the way key is not prepared: there is no accessKey: sealed for BreakglassUser",
	} {
		if _, err := New(plan.Of(c), options(way), "x"); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", way, err, says)
		}
	}
}

func TestAHubThatIsSilentIsANote(t *testing.T) {
	o := options(Console)
	o.Wait = 60 * time.Millisecond
	e := ran(t, o, &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1")), unreachable: []string{"us-east-1"}}, nil)
	if e.OK || len(e.Notes) == 0 || !strings.Contains(strings.Join(e.Notes, "\n"), "us-east-1") {
		t.Errorf("%+v", e)
	}
}

func TestTheEvidenceInItsForms(t *testing.T) {
	e := ran(t, options(Console), &fake{records: both(signIn("eu-west-1"), assumed("eu-west-1"))}, nil)
	e.Refused = []string{"<script>alert(1)</script>"}
	e.Results[1].Missing = []string{"something"}
	text, err := e.JSON()
	if err != nil || !strings.Contains(string(text), `"way": "console"`) {
		t.Errorf("%s, %v", text, err)
	}
	text, err = e.JUnit()
	if err != nil || !strings.Contains(string(text), `tests="2" failures="1"`) {
		t.Errorf("%s, %v", text, err)
	}
	text, err = e.Page()
	if err != nil || strings.Contains(string(text), "<script>") || !strings.Contains(string(text), "alert sent from us-west-2 after") ||
		!strings.Contains(string(text), "breakglass credentials rotate BreakglassUser") {
		t.Errorf("%s, %v", text, err)
	}
}
