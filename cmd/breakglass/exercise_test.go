package main

import (
	"context"
	"errors"
	"slices"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/account"
	"example.com/breakglass/operate/exercise"
	"example.com/breakglass/plan"
)

// TestTheExerciseWithoutUsEast1HasNoAccessThere: the hub is in us-east-1, and neither the credentials nor a client asks there.
func TestTheExerciseWithoutUsEast1HasNoAccessThere(t *testing.T) {
	defer func(before func(context.Context, string, string) (*account.Caller, error)) { loadCaller = before }(loadCaller)
	var asked []string
	loadCaller = func(_ context.Context, _, region string) (*account.Caller, error) {
		asked = append(asked, region)
		return &account.Caller{Account: "111111111111"}, nil
	}
	p := plan.Of(&config.Config{
		Hub: config.Hub{Account: "111111111111", Region: "us-east-1", Standby: "us-west-2"}, Users: []config.User{{Name: "BreakglassUser"}},
	})
	run, err := exercise.New(p, exercise.Options{Way: exercise.Console, Scenario: exercise.Gone}, "test")
	if err != nil {
		t.Fatal(err)
	}
	_, open, err := (&flags{}).exerciseAccess(t.Context(), p, run)
	if err != nil || !slices.Equal(asked, []string{"us-west-2"}) {
		t.Fatalf("asked %q, %v", asked, err)
	}
	if _, err := open(t.Context(), "us-east-1"); !errors.Is(err, exercise.ErrGone) {
		t.Errorf("a client may ask us-east-1: %v", err)
	}
	if _, err := open(t.Context(), "us-west-2"); err != nil {
		t.Errorf("no client may ask the standby: %v", err)
	}
}
