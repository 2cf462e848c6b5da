package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"example.com/breakglass/operate/drill"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/plan"
)

// exerciseLimit is how long the story may take from the sign-in to the last alert that the exercise waits for.
const exerciseLimit = 3 * time.Minute

// watched begins an exercise as breakglass exercise start does, of which the story is what a person does. The function shows its evidence.
func watched(ctx context.Context, st *stage) (func(*screen) error, error) {
	run, err := exercise.New(plan.Of(st.Config), exercise.Options{Way: exercise.Console, Accounts: []string{"production"}, Wait: exerciseLimit}, drill.NewName())
	if err != nil {
		return nil, err
	}
	open := func(_ context.Context, region string) (aws.Config, error) { return st.AWS(region), nil }
	var evidence *exercise.Evidence
	done := make(chan error, 1)
	go func() {
		var err error
		evidence, err = run.Do(ctx, exercise.AWS{Open: open, Exercise: run.ID()}, "make demo", nil, exercise.Progress{})
		done <- err
	}()
	return func(s *screen) error {
		s.chapter("It was an exercise: breakglass exercise start --way console --accounts production")
		if err := <-done; err != nil {
			return err
		}
		for _, r := range evidence.Results {
			if len(r.Missing) > 0 {
				return fmt.Errorf("%s: %s", r.Title, r.Missing[0])
			}
			s.step("%s: recorded in %s, alert sent from %s after %s", r.Title, r.Record.Region, r.Alerts[0].Hub, exercise.After(r.Alerts[0].Millis))
		}
		page := filepath.Join(".local", "exercise.html")
		if err := evidence.Write("", "", filepath.Join(st.Root, page)); err != nil {
			return err
		}
		s.step("in the account after %s, people told after %s; to read and print: %s", exercise.After(evidence.InMillis), exercise.After(evidence.ToldMillis), page)
		s.note("Now the credentials count as used: breakglass credentials rotate BreakglassUser replaces and seals them again.")
		return nil
	}, nil
}
