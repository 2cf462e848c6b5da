package main

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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

// TestCredentialsFromUsEast1AreRefusedWithoutIt: a profile whose single sign-on is there would have nobody get in on that day.
func TestCredentialsFromUsEast1AreRefusedWithoutIt(t *testing.T) {
	home := t.TempDir()
	const start = "https://example.com/start"
	name := sha1.Sum([]byte(start))
	cache, settings := filepath.Join(home, ".aws", "sso", "cache"), filepath.Join(home, "config")
	if err := errors.Join(
		os.MkdirAll(cache, 0o700),
		os.WriteFile(filepath.Join(cache, hex.EncodeToString(name[:])+".json"), fmt.Appendf(nil, `{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": %q}`, start), 0o600),
		os.WriteFile(settings, []byte("[profile hub]\nsso_start_url = "+start+"\nsso_region = us-east-1\nsso_account_id = 111111111111\nsso_role_name = operator\n"), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"HOME": home, "AWS_CONFIG_FILE": settings, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""} {
		t.Setenv(name, value)
	}
	p := plan.Of(&config.Config{
		Hub: config.Hub{Account: "111111111111", Region: "us-east-1", Standby: "us-west-2"}, Users: []config.User{{Name: "BreakglassUser"}},
	})
	run, err := exercise.New(p, exercise.Options{Way: exercise.Console, Scenario: exercise.Gone}, "test")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = (&flags{profile: "hub"}).exerciseAccess(t.Context(), p, run)
	if !errors.Is(err, exercise.ErrGone) || !strings.Contains(err.Error(), "these credentials come from there") {
		t.Error(err)
	}
}
