//go:build emulator

// This test starts LocalEmu: go test -tags emulator -run LiveIncident -v ./cmd/breakglass

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/operate/seal"
	"example.com/breakglass/watch"
)

// TestLiveIncident is the life of sealed credentials and an incident with them, on one deployment.
func TestLiveIncident(t *testing.T) {
	w := newLiveWorld(t)
	w.lives()
	w.played()
}

// lives makes sealed credentials, gets in with them, exercises that, and replaces them.
func (w *liveWorld) lives() {
	w.Helper()
	for _, kind := range []string{"create", "mfa", "key"} {
		w.exits(0, "credentials "+kind+" "+liveUser+" --folder sealed")
	}
	w.exits(0, "credentials status --folder sealed")
	w.exits(0, "card", "# Break glass: "+liveUser, "https://111111111111.signin.aws.amazon.com/console?region=us-east-1",
		"switchrole?account=222222222222&roleName=BreakGlassRole")

	// The local AWS does not know whose session with MFA it is: into production, the user gets with a code of its own.
	old := w.sealed(seal.Key)
	files := " --key " + old + " --mfa " + w.sealed(seal.MFA) + " -i password.txt -i mfa.txt"
	w.exits(0, "enter hub --env"+files, "export AWS_ACCESS_KEY_ID=", "export AWS_SESSION_TOKEN=")
	w.exits(0, "enter production --dry-run"+files, "Assume arn:aws:iam::222222222222:role/BreakGlassRole with the session name "+liveUser, "Nothing was done.")
	key, session := w.enters()

	exercised := make(chan struct{})
	go func() {
		defer close(exercised)
		w.exits(0, "exercise start --way key --accounts production --wait 3m --evidence exercise.json", "alert sent from us-east-1", "In the account after ",
			"people told after ")
	}()
	w.inLedger("exercise-")
	token := w.record("a session token", "e4e4", time.Now())
	token["detail"].(watch.Fields)["userIdentity"].(watch.Fields)["accessKeyId"] = "AKIA" + key[4:]
	if err := w.run.Play(w.Context(), token, w.assumed("AKIA"+key[4:], session, "e4e5", time.Now())); err != nil {
		w.Fatal(err)
	}
	<-exercised

	time.Sleep(time.Second) // files are named by the second
	w.exits(0, "credentials rotate "+liveUser+" --folder sealed")
	if f, err := seal.Read(old); err != nil || f.Void == nil {
		w.Errorf("%s is not void: %v", old, err)
	}
	w.exits(0, "credentials status --folder sealed")
}

// sealed returns the sealed file of a kind that is in force.
func (w *liveWorld) sealed(kind seal.Kind) string {
	w.Helper()
	files, err := filepath.Glob(filepath.Join("sealed", "*-"+string(kind)+"-*"+seal.Ending))
	if err != nil {
		w.Fatal(err)
	}
	for _, name := range files {
		f, err := seal.Read(name)
		if err != nil {
			w.Fatal(err)
		}
		if f.Void == nil {
			return name
		}
	}
	w.Fatalf("no %s is in force: %s", kind, strings.Join(files, ", "))
	return ""
}

// record returns a sample of the catalogue with an event ID of its own.
func (w *liveWorld) record(sample, id string, at time.Time) watch.Fields {
	w.Helper()
	s, ok := watch.SampleNamed(sample)
	if !ok {
		w.Fatalf("the catalogue has no sample %q", sample)
	}
	event := watch.At(s.Event(), at)
	event["detail"].(watch.Fields)["eventID"] = "c6b5b5f4-6e0e-4a6e-9a53-30f1f7e5" + id
	return event
}
