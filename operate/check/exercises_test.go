package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/plan"
)

const due = 90 * day

// said returns what check says of the exercises.
func (w *world) said(t *testing.T) string {
	t.Helper()
	var all []string
	for _, f := range w.part(t, func(j job) bool { return j.name == "users" }).Findings {
		if f.Check == "exercises" {
			all = append(all, strings.TrimSuffix(fmt.Sprintf("%s %s → %s", f.Severity, f.What, f.Fix), " → "))
		}
	}
	return strings.Join(all, "\n")
}

const another = " --accounts 222222222222"

func TestExercises(t *testing.T) {
	start := func(user, way string) string {
		return " → breakglass exercise start --user " + user + " --way " + way + another
	}
	for name, c := range map[string]struct {
		do   func(w *world)
		want []string
	}{
		"both users were exercised": {func(*world) {}, []string{"fine alice: console on 2026-11-13", "fine bob: console on 2026-11-13"}},
		"on the last day": {func(w *world) {
			w.recorded = nil
			w.exercise(t, "alice", exercise.Console, now.Add(-due), true)
			w.exercise(t, "bob", exercise.Console, now.Add(-day), true)
		}, []string{"fine alice: console on 2026-08-25", "fine bob: console on 2026-11-22"}},
		"one is overdue": {func(w *world) {
			w.recorded = nil
			w.exercise(t, "alice", exercise.Console, now.Add(-due-time.Second), true)
			w.exercise(t, "bob", exercise.Console, now.Add(-day), true)
			w.exercise(t, "bob", exercise.Console, now.Add(-due), false) // an earlier one says nothing any more
		}, []string{
			"problem user alice: last exercise by console on 2026-08-25, 90 days ago, due every 90 days" + start("alice", "console"),
			"fine bob: console on 2026-11-22",
		}},
		"never": {func(w *world) { w.recorded = nil }, []string{
			"problem users alice, bob: no exercise by console in the ledger, more than 90 days after the deployment → " +
				`for user in alice bob; do breakglass exercise start --user "${user}" --way console` + another + "; done",
		}},
		"never, and both are new": {func(w *world) {
			w.recorded = nil
			for _, u := range w.users {
				u.CreateDate = aws.Time(now.Add(-due))
			}
		}, []string{
			"note users alice, bob: no exercise by console yet, due within 90 days of the deployment → " +
				`for user in alice bob; do breakglass exercise start --user "${user}" --way console` + another + "; done",
		}},
		"never, and the deployment is new": {func(w *world) {
			w.recorded = nil
			for _, s := range w.stacks {
				s.CreationTime = aws.Time(now.Add(-due))
			}
			for _, u := range w.users {
				u.CreateDate = aws.Time(now.Add(-1000 * day)) // adopted
			}
		}, []string{
			"note users alice, bob: no exercise by console yet, due within 90 days of the deployment → " +
				`for user in alice bob; do breakglass exercise start --user "${user}" --way console` + another + "; done",
		}},
		"one user is new": {func(w *world) {
			w.recorded = nil
			w.users["alice"].CreateDate = aws.Time(now.Add(-due))
			w.users["bob"].CreateDate = aws.Time(now.Add(-due - time.Second))
		}, []string{
			"problem user bob: no exercise by console in the ledger, more than 90 days after the deployment" + start("bob", "console"),
			"note user alice: no exercise by console yet, due within 90 days of the deployment" + start("alice", "console"),
		}},
		"a new one failed": {func(w *world) {
			w.recorded = nil
			for _, u := range w.users {
				u.CreateDate = aws.Time(now)
			}
			w.exercise(t, "alice", exercise.Console, now.Add(-day), false)
			w.exercise(t, "bob", exercise.Console, now.Add(-day), true)
		}, []string{
			"warning user alice: no exercise by console has succeeded yet; the one of 2026-11-22 did not show that it works" + start("alice", "console"),
			"fine bob: console on 2026-11-22",
		}},
		"the newest failed": {func(w *world) { w.exercise(t, "alice", exercise.Console, now.Add(-day), false) }, []string{
			"warning user alice: the exercise by console of 2026-11-22 did not show that it works; an earlier one did" + start("alice", "console"),
			"fine alice: console on 2026-11-13", "fine bob: console on 2026-11-13",
		}},
		"failed and tried again": {func(w *world) {
			w.exercise(t, "alice", exercise.Console, now.Add(-2*day), false)
			w.exercise(t, "alice", exercise.Console, now.Add(-day), true)
		}, []string{"fine alice: console on 2026-11-22", "fine bob: console on 2026-11-13"}},
		"overdue, and failed since": {func(w *world) {
			w.recorded = w.recorded[2:]
			w.exercise(t, "alice", exercise.Console, now.Add(-100*day), true)
			w.exercise(t, "alice", exercise.Console, now.Add(-day), false)
		}, []string{
			"problem user alice: last exercise by console on 2026-08-15, 100 days ago, due every 90 days; the one of 2026-11-22 did not show that it works" +
				start("alice", "console"),
			"fine bob: console on 2026-11-13",
		}},
		"of the future": {func(w *world) {
			w.recorded = w.recorded[2:]
			w.exercise(t, "alice", exercise.Console, now.Add(36500*day), true)
		}, []string{
			"problem user alice: no exercise by console in the ledger, more than 90 days after the deployment" + start("alice", "console"),
			"fine bob: console on 2026-11-13",
		}},
		"the ledger forgets": {func(w *world) {
			w.recorded = w.recorded[2:]
			w.s.config.Ledger.RetentionDays = 60
		}, []string{
			"warning user alice: no exercise by console in the ledger, which keeps 60 days (ledger.retentionDays), more than 90 days after the deployment" +
				start("alice", "console"),
			"fine bob: console on 2026-11-13",
		}},
		"the ledger keeps long enough": {func(w *world) {
			w.recorded = w.recorded[2:]
			w.s.config.Ledger.RetentionDays = 90
		}, []string{
			"problem user alice: no exercise by console in the ledger, more than 90 days after the deployment" + start("alice", "console"),
			"fine bob: console on 2026-11-13",
		}},
		"of what is no exercise": {func(w *world) {
			w.recorded = w.recorded[2:]
			w.record("exercise-x", "no event")
			w.exercise(t, "carol", exercise.Console, now, true)
			w.exercise(t, "alice", exercise.Key, now, true)
			w.exercise(t, "alice", exercise.Console, now, true)
			for i := range w.recorded[len(w.recorded)-2:] { // what EventBridge wrote is none, whatever it says
				w.recorded[len(w.recorded)-2+i].LogStreamName = aws.String("events")
			}
		}, []string{
			"problem user alice: no exercise by console in the ledger, more than 90 days after the deployment" + start("alice", "console"),
			"fine bob: console on 2026-11-13",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := well(t, hub)
			c.do(w)
			if got, want := w.said(t), strings.Join(c.want, "\n"); got != want {
				t.Errorf("it says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestTheOtherWays: where another way of the user is known to work, one that is due is no problem; aws login is recommended, and due once
// it was seen to work.
func TestTheOtherWays(t *testing.T) {
	start := func(way string) string { return " → breakglass exercise start --user alice --way " + way + another }
	const recommended = "note user alice: no exercise by aws login yet, and whether AWS passes MFA on is not known: try it before an emergency"
	for name, c := range map[string]struct {
		do   func(w *world)
		want []string
	}{
		"all ways": {func(w *world) {
			w.exercise(t, "alice", exercise.Login, now.Add(-day), true)
			w.exercise(t, "alice", exercise.Key, now.Add(-2*day), true)
		}, []string{"fine alice: console on 2026-11-13, login on 2026-11-22, key on 2026-11-21"}},
		"the console only": {func(*world) {}, []string{
			"warning user alice: no exercise by key in the ledger, more than 90 days after the deployment" + start("key"), recommended + start("login"),
			"fine alice: console on 2026-11-13",
		}},
		"login only": {func(w *world) {
			w.recorded = nil
			w.exercise(t, "alice", exercise.Login, now.Add(-day), true)
		}, []string{
			"warning user alice: no exercise by console in the ledger, more than 90 days after the deployment" + start("console"),
			"warning user alice: no exercise by key in the ledger, more than 90 days after the deployment" + start("key"),
			"fine alice: login on 2026-11-22",
		}},
		"login failed": {func(w *world) {
			w.exercise(t, "alice", exercise.Login, now.Add(-day), false)
			w.exercise(t, "alice", exercise.Key, now.Add(-2*day), true)
		}, []string{
			recommended + "; the one of 2026-11-22 did not show that it works" + start("login"),
			"fine alice: console on 2026-11-13, key on 2026-11-21",
		}},
		"the newest by the console failed": {func(w *world) { w.exercise(t, "alice", exercise.Console, now.Add(-day), false) }, []string{
			"problem user alice: no exercise by key in the ledger, more than 90 days after the deployment" + start("key"),
			"warning user alice: the exercise by console of 2026-11-22 did not show that it works; an earlier one did" + start("console"),
			recommended + start("login"),
			"fine alice: console on 2026-11-13",
		}},
		"login is overdue": {func(w *world) {
			w.exercise(t, "alice", exercise.Login, now.Add(-91*day), true)
			w.exercise(t, "alice", exercise.Key, now.Add(-2*day), true)
		}, []string{
			"warning user alice: last exercise by login on 2026-08-24, 91 days ago, due every 90 days" + start("login"),
			"fine alice: console on 2026-11-13, key on 2026-11-21",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := well(t, hub)
			w.s.config.Users = []config.User{{Name: "alice", AccessKey: config.AccessKeySealed}}
			w.s.config.UserAccess.ManagedPolicies = []string{"IAMFullAccess", "SignInLocalDevelopmentAccess"}
			w.s.plan = plan.Of(w.s.config)
			w.recorded = w.recorded[:2]
			c.do(w)
			if got, want := w.said(t), strings.Join(c.want, "\n"); got != want {
				t.Errorf("it says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestALedgerThatIsNotReadSaysNothingOfExercises: what is unknown is reported as such, and not as an exercise that nobody made.
func TestALedgerThatIsNotReadSaysNothingOfExercises(t *testing.T) {
	w := well(t, hub)
	w.recorded = nil
	w.refuse("logs", "FilterLogEvents")
	found := w.ask(t)
	if slices.ContainsFunc(found, func(f Finding) bool { return f.Check == "exercises" }) {
		t.Errorf("%+v", found)
	}
	if i := slices.IndexFunc(found, func(f Finding) bool {
		return f.Check == "answers" && f.Severity == Problem && strings.Contains(f.What, "the exercises in the ledger (us-east-1)")
	}); i < 0 {
		t.Errorf("nothing says that it was not read: %+v", bad(found))
	}

	w = well(t, hub)
	w.recorded = nil
	delete(w.kept, names.Ledger)
	if got := w.said(t); strings.Contains(got, "problem") {
		t.Errorf("the ledger is missing, and it says %s", got)
	}
}

// TestTheLedgerOfTheStandbyCounts: an exercise without us-east-1 writes nowhere else.
func TestTheLedgerOfTheStandbyCounts(t *testing.T) {
	w := well(t, "us-west-2")
	w.recorded = []logs.FilteredLogEvent{}
	w.exercise(t, "alice", exercise.Console, now.Add(-day), true)
	if got, want := w.said(t), "fine alice: console on 2026-11-13\nfine bob: console on 2026-11-13"; !strings.Contains(got, "fine alice: console on 2026-11-22") {
		t.Errorf("it says %s, want the one of the standby and not %s", got, want)
	}
}
