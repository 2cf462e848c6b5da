package credentials

import (
	"encoding/base64"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/operate/seal"
)

// states returns what status says, with the folder.
func (w *world) states() []State {
	w.t.Helper()
	w.Config.Users = w.Config.Users[:1]
	all, err := Status(w.t.Context(), Inquiry{Config: w.Config, IAM: w.IAM, Folder: w.Folder, Now: w.clock, Pause: time.Millisecond})
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// rotatedTwice returns a folder with the current file of a device, and a copy of the file of the one before the last, which has its name:
// the names of devices alternate.
func rotatedTwice(t *testing.T, after time.Duration) (w *world, device, copied string) {
	t.Helper()
	w = newWorld(t, "")
	r := w.must(MFA(t.Context(), w.Options, ""))
	content, err := os.ReadFile(r.File)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.clock = w.clock.Add(after)
		if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.MFA}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(r.File, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return w, r.Device, r.File
}

// The copy has another seed: it is beside the right file, and then alone.
func TestAFileOfAnEarlierDeviceIsNotThatOfTheDevice(t *testing.T) {
	w, device, copied := rotatedTwice(t, time.Hour)
	right := ""
	for _, s := range w.states() {
		if s.Kind == seal.MFA && s.ID == device && s.OK() {
			right = s.File
		}
	}
	if right == "" || right == copied || w.secret(right) != w.iam.Devices[device].Seed {
		t.Errorf("status takes %q for the file", right)
	}
	if got := w.status(w.Folder)[seal.MFA]; !strings.Contains(got, "IAM has another one of this name, enabled on 2026-11-26 17:00:05: "+copied) {
		t.Errorf("the copy: %q", got)
	}
	if err := os.Remove(right); err != nil {
		t.Fatal(err)
	}
	if got := w.status(w.Folder)[seal.MFA]; !strings.Contains(got, "has no valid sealed file of it") {
		t.Errorf("with the copy alone: %q", got)
	}
	w.clock = w.clock.Add(time.Hour)
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.MFA}); err == nil ||
		!strings.Contains(err.Error(), "no valid sealed file of the device "+device) {
		t.Errorf("rotate with the copy alone: %v", err)
	}
}

// Of two files of about the time at which a device was enabled, the newer one is its own.
func TestTheNewestFileIsThatOfTheDevice(t *testing.T) {
	w, device, _ := rotatedTwice(t, time.Minute)
	for _, s := range w.states() {
		if s.Kind == seal.MFA && (s.ID != device || s.File == "" || w.secret(s.File) != w.iam.Devices[device].Seed) {
			t.Errorf("%+v", s)
		}
	}
}

func TestARotationMarksTheFileOfAnEarlierDevice(t *testing.T) {
	w := newWorld(t, "")
	r := w.must(MFA(t.Context(), w.Options, ""))
	w.iam.Devices, w.ada().MFA = map[string]*stubDevice{}, nil // taken away
	w.clock = w.clock.Add(time.Hour)
	w.must(MFA(t.Context(), w.Options, ""))
	w.clock = w.clock.Add(time.Hour)
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.MFA}); err != nil {
		t.Fatal(err)
	}
	if f, err := seal.Read(r.File); err != nil || f.Void == nil || f.Void.Reason != "its device has another seed" {
		t.Errorf("%+v, %v", f.Void, err)
	}
}

// What somebody took away in IAM is missed: the folder has its file.
func TestStatusMissesWhatOnlyTheFolderHas(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	w.must(MFA(t.Context(), w.Options, "second"))
	key := w.must(Key(t.Context(), w.Options))
	w.ada().Keys, w.ada().MFA = nil, w.ada().MFA[:1]
	got := w.status(w.Folder)
	if want := "IAM does not have it: " + key.File + ", sealed on 2026-11-26 15:00:05, is worth nothing"; !strings.Contains(got[seal.Key], want) {
		t.Errorf("%q, want %q", got[seal.Key], want)
	}
	if want := "IAM does not have it: " + filepath.Join(w.Folder, "Ada-mfa-second-"); !strings.Contains(got[seal.MFA], want) {
		t.Errorf("%q, want %q", got[seal.MFA], want)
	}
	if err := os.Remove(key.File); err != nil {
		t.Fatal(err)
	}
	for _, s := range w.states() {
		if s.Kind == seal.Key && strings.Contains(strings.Join(s.Notes, ""), "breakglass credentials key Ada --folder "+w.Folder) {
			return
		}
	}
	t.Error("that there is no key is not said")
}

// IAM's report may be four hours old: until it is a newer one, the file knows when the password was replaced.
func TestAnOldReportIsNoProblem(t *testing.T) {
	w := newWorld(t, "")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	w.clock = w.clock.Add(91 * 24 * time.Hour)
	w.ada().UsedAt = w.clock
	old, err := w.IAM.GetCredentialReport(t.Context(), &iam.GetCredentialReportInput{})
	if err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	made, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Password})
	if err != nil {
		t.Fatal(err)
	}
	w.iam.Before = func(action string, _ url.Values) string {
		if action != "GetCredentialReport" {
			return ""
		}
		return "<R><GetCredentialReportResult><Content>" + base64.StdEncoding.EncodeToString(old.Content) + "</Content><GeneratedTime>" +
			aws.ToTime(old.GeneratedTime).Format(time.RFC3339) + "</GeneratedTime></GetCredentialReportResult></R>"
	}
	s := w.states()[0]
	if !s.OK() || s.Exact || !s.Set.Equal(made[0].Created) || s.File != made[0].File || len(s.Notes) != 1 ||
		!strings.Contains(s.Notes[0], "look again after 2027-02-25 19:00:05") {
		t.Errorf("%+v", s)
	}
	// A file from the future is no reason to believe it.
	later := w.clock
	w.clock = w.clock.Add(-30 * time.Minute)
	if s := w.states()[0]; s.OK() || !s.Exact {
		t.Errorf("with a file from the future: %+v", s)
	}
	// A newer report knows.
	w.clock, w.iam.Before = later, nil
	if s := w.states()[0]; !s.OK() || !s.Exact || len(s.Notes) > 0 {
		t.Errorf("with a newer report: %+v", s)
	}
	w.clock = w.clock.Add(time.Hour)
	w.ada().ChangedAt = w.clock
	if s := w.states()[0]; s.OK() {
		t.Errorf("another password: %+v", s)
	}
}
