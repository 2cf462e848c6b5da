package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"example.com/breakglass/plan"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/watch"
)

// A scene is something that an emergency user does, and the records that AWS makes of it, of the catalogue's samples.
type scene struct {
	title, region string
	samples       []string
}

// The switch leaves an AssumeRole record in the hub account for certain, and a SwitchRole record there perhaps: both are
// watched.
var scenes = []scene{
	{"An emergency user signs in, in a Region that most people never look at", "eu-south-2", []string{"a sign-in with MFA"}},
	{
		"… switches to the role in production in the console, which AWS records once or twice", "eu-south-2",
		[]string{"an assumption by a switch in the console", "a switch into production"},
	},
	{"… and assumes the role by CLI, too", "us-east-1", []string{"an assumption by CLI"}},
	{"Somebody disables a rule of the alarm, on the other side of the world", "ap-southeast-2", []string{"a rule switched off"}},
}

// sampleEvents begins the event ID of every sample.
const sampleEvents = "c6b5b5f4-6e0e-4a6e-9a53"

const (
	deliveryLimit = 30 * time.Second
	// beatsLimit is for some 500 events, which take the local AWS a while.
	beatsLimit = 3 * time.Minute
	silence    = 4 * time.Second
)

func story(ctx context.Context, s *screen, st *stage, mailbox *local.Mailbox) error {
	s.chapter("The story, as seen in the mailbox of security-team@example.com")
	if err := failedSignIn(ctx, s, st, mailbox); err != nil {
		return err
	}
	evidence, err := watched(ctx, st)
	if err != nil {
		return err
	}
	slowest := time.Duration(0)
	for _, scene := range scenes {
		s.scene(scene.title)
		for _, sample := range scene.samples {
			sent := time.Now()
			if err := st.play(ctx, sample, scene.region, sent); err != nil {
				return err
			}
			mails, err := ofStory(ctx, mailbox, deliveryLimit)
			if err != nil {
				return err
			}
			if len(mails) == 0 {
				return fmt.Errorf("no alert within %v of %s in %s", deliveryLimit, sample, scene.region)
			}
			took := mails[0].Arrived.Sub(sent)
			slowest = max(slowest, took)
			s.mail(fmt.Sprintf("after %.1f s, from %s", took.Seconds(), mails[0].Region), "Subject: "+mails[0].Subject+"\n\n"+mails[0].Text)
		}
	}

	if err := production(ctx, s, st, mailbox); err != nil {
		return err
	}
	if err := bystander(ctx, s, st, mailbox); err != nil {
		return err
	}
	events, err := st.Ledger(ctx, st.Config.Hub.Region)
	if err != nil {
		return err
	}
	played := 0
	for _, event := range events {
		if strings.Contains(event, sampleEvents) {
			played++
		}
	}
	s.chapter("What is left")
	s.step("%d events in the ledger, for the investigation: the failed sign-in, the sign-in, the switch and its assumption, the assumption by CLI, the rule", played)
	s.step("the slowest alert took %.1f s on this machine; on AWS, CloudTrail's own delay comes before that", slowest.Seconds())
	return evidence(s)
}

// ofStory returns the next email about something that the story plays; none when the time is over.
func ofStory(ctx context.Context, mailbox *local.Mailbox, within time.Duration) ([]local.Mail, error) {
	return next(ctx, mailbox, within, func(m local.Mail) bool { return strings.HasPrefix(m.EventID, sampleEvents) })
}

// next returns the next email that is one of those; none when the time is over.
func next(ctx context.Context, mailbox *local.Mailbox, within time.Duration, is func(local.Mail) bool) ([]local.Mail, error) {
	for end := time.Now().Add(within); ; {
		mails, err := mailbox.Collect(ctx, 1, time.Until(end))
		if err != nil || len(mails) == 0 {
			return nil, err
		}
		mails = slices.DeleteFunc(mails, func(m local.Mail) bool { return !is(m) })
		if len(mails) > 0 {
			return mails, nil
		}
	}
}

// failedSignIn shows that a single failure alerts nobody: an alarm counts them.
func failedSignIn(ctx context.Context, s *screen, st *stage, mailbox *local.Mailbox) error {
	s.scene("Somebody types a wrong password")
	if err := st.play(ctx, "a wrong password", st.Config.Hub.Region, time.Now()); err != nil {
		return err
	}
	mails, err := ofStory(ctx, mailbox, silence)
	if err != nil {
		return err
	}
	if len(mails) > 0 {
		return fmt.Errorf("a failed sign-in raised an alert of its own, which anyone could cause at will:\n%s", mails[0].Text)
	}
	events, err := st.Ledger(ctx, st.Config.Hub.Region)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(events, func(e string) bool { return strings.Contains(e, "Failed authentication") }) {
		return fmt.Errorf("the failed sign-in is not in the ledger")
	}
	s.step("recorded in the ledger, without an email: strangers could cause thousands")
	s.note("An alarm counts the failures and notifies people once. The local AWS has no metrics for it, so the demo sets its state:")
	entry, _ := watch.ByID("failed-sign-in")
	sent, alarm := time.Now(), entry.Rule+entry.Counts[0].Suffix
	_, err = cloudwatch.NewFromConfig(st.AWS(st.Config.Hub.Region)).SetAlarmState(ctx, &cloudwatch.SetAlarmStateInput{
		AlarmName: aws.String(alarm), StateValue: types.StateValueAlarm,
		StateReason: aws.String("set by the demo"),
	})
	if err != nil {
		return err
	}
	// Those on heartbeats go off as soon as they exist.
	if mails, err = next(ctx, mailbox, deliveryLimit, func(m local.Mail) bool { return strings.Contains(m.Subject, `"`+alarm+`"`) }); err != nil {
		return err
	}
	if len(mails) == 0 {
		return fmt.Errorf("the alarm did not reach the mailbox within %v", deliveryLimit)
	}
	s.mail(fmt.Sprintf("after %.1f s, %s", mails[0].Arrived.Sub(sent).Seconds(), mails[0].Subject), mails[0].Text)
	return nil
}

// bystander shows that a stranger's sign-in alerts nobody. Meanwhile every Region sends its heartbeat: when all of these have
// arrived, so would have an alert that was sent before them.
func bystander(ctx context.Context, s *screen, st *stage, mailbox *local.Mailbox) error {
	s.scene("A bystander signs in, in the same account and Region")
	began := time.Now()
	if err := st.play(ctx, "a sign-in of a stranger", "eu-south-2", began); err != nil {
		return err
	}
	regions, rules, err := heartbeats(ctx, st.Run)
	if err != nil {
		return err
	}
	mails, err := ofStory(ctx, mailbox, max(time.Second, silence-time.Since(began)))
	if err != nil {
		return err
	}
	if len(mails) > 0 {
		return fmt.Errorf("a bystander's sign-in raised an alert:\n%s", mails[0].Text)
	}
	s.step("no alert: %v without an email", time.Since(began).Round(time.Second))

	s.scene("Every Region sends its hourly heartbeat through every rule")
	s.step("%d Regions, %d rules: each of them carried a heartbeat to the hub, where an alarm for each Region expects exactly that number", regions, rules)
	return nil
}

// heartbeats sends every Region's beat, waits until it has arrived once for each of the Region's rules, and returns how many
// Regions and rules these are.
func heartbeats(ctx context.Context, r *local.Run) (regions, rules int, err error) {
	hub, scope := r.Config.Hub.Region, plan.ScopeOf(r.Config)
	expected := 0
	for _, region := range r.Config.Regions {
		if err := r.Beat(ctx, region); err != nil {
			return 0, 0, err
		}
		expected += scope.BeatsExpected(region, hub)
	}
	for end := time.Now().Add(beatsLimit); ; time.Sleep(time.Second) {
		beats, err := r.Beats(ctx, hub)
		if err != nil {
			return 0, 0, err
		}
		arrived := 0
		for region, n := range beats {
			if want := scope.BeatsExpected(region, hub); n > want {
				return 0, 0, fmt.Errorf("%d heartbeats of %s arrived, %d rules carry one", n, region, want)
			}
			arrived += n
		}
		if arrived == expected {
			return len(beats), expected - 1, nil
		}
		if time.Now().After(end) {
			return 0, 0, fmt.Errorf("%d of %d heartbeats arrived: %v", arrived, expected, beats)
		}
	}
}
