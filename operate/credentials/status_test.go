package credentials

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/seal"
)

type (
	stubKey    = stub.AccessKey
	stubDevice = stub.Device
)

// status returns the problems of each of Ada's credentials.
func (w *world) status(folder string) map[seal.Kind]string {
	w.t.Helper()
	w.Config.Users = w.Config.Users[:1]
	all, err := Status(w.t.Context(), Inquiry{Config: w.Config, IAM: w.IAM, Folder: folder, Now: w.clock, Pause: time.Millisecond})
	if err != nil {
		w.t.Fatal(err)
	}
	problems := map[seal.Kind]string{}
	for _, s := range all {
		problems[s.Kind] += strings.Join(s.Problems, "; ")
	}
	return problems
}

func TestStatus(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for kind, want := range map[seal.Kind]string{seal.Password: "credentials create Ada", seal.MFA: "credentials mfa Ada"} {
		if got := w.status(w.Folder)[kind]; !strings.Contains(got, want) {
			t.Errorf("with nothing, %s: %q, want %q", kind, got, want)
		}
	}
	w.equip()
	wants := func(when string, want map[seal.Kind]string) {
		t.Helper()
		got := w.status(w.Folder)
		for _, kind := range everyKind {
			if want[kind] == "" && got[kind] != "" || !strings.Contains(got[kind], want[kind]) {
				t.Errorf("%s: %s says %q, want %q", when, kind, got[kind], want[kind])
			}
		}
	}
	wants("all is well", nil)
	if got := w.status("")[seal.Key]; got != "" {
		t.Errorf("without a folder: %q", got)
	}
	w.ada().UsedAt = w.clock
	w.ada().Keys[0].Used = w.clock
	wants("used",
		map[seal.Kind]string{seal.Password: "it was used on 2026-11-26, after it was set: it is no longer sealed", seal.Key: "it was used on 2026-11-26"})
	w.clock = w.clock.Add(time.Hour)
	if _, err := Rotate(t.Context(), w.Options, everyKind); err != nil {
		t.Fatal(err)
	}
	wants("rotated after use", nil)
	w.clock = w.clock.Add(91 * 24 * time.Hour)
	due := "it is due since 2027-02-24: breakglass credentials rotate Ada --folder " + w.Folder + " --only "
	wants("overdue", map[seal.Kind]string{seal.Password: due + "password", seal.MFA: due + "mfa", seal.Key: due + "key"})
}

// A FIDO key or a token has no file, and no rotation replaces it: it is never wrong that it has none, nor due.
func TestStatusExpectsNoFileOfAHardwareKey(t *testing.T) {
	w := newWorld(t, "")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	for _, serial := range []string{"arn:aws:iam::111111111111:u2f/user/Ada/safe-EXAMPLE", "GAHT12345678"} {
		w.ada().MFA = append(w.ada().MFA, serial)
		w.ada().EnabledAt[serial] = w.clock.Add(-1000 * 24 * time.Hour)
	}
	if got := w.status(w.Folder)[seal.MFA]; got != "" {
		t.Errorf("status says %q", got)
	}
}

func TestStatusNamesWhatNobodyHas(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.equip()
	w.ada().Keys = append(w.ada().Keys, stubKey{ID: "AKIAOTHER", Created: w.clock})
	w.ada().ChangedAt = w.clock
	w.ada().MFA = append(w.ada().MFA, "arn:aws:iam::111111111111:mfa/other")
	w.ada().EnabledAt["arn:aws:iam::111111111111:mfa/other"] = w.clock
	for kind, want := range map[seal.Kind]string{
		seal.Password: "the file is of another one", seal.MFA: "no valid sealed file of it", seal.Key: "no valid sealed file of it",
	} {
		if got := w.status(w.Folder)[kind]; !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", kind, got, want)
		}
		if got := w.status("")[kind]; got != "" {
			t.Errorf("without a folder, %s: %q", kind, got)
		}
	}
	w.Config.Users[0].AccessKey = ""
	if got := w.status("")[seal.Key]; !strings.Contains(got, "breakglass.yaml allows none") {
		t.Errorf("a key that is not allowed: %q", got)
	}
	w.iam.Before = func(action string, _ url.Values) string {
		if action == "GetCredentialReport" {
			return "fail AccessDenied User: x is not authorized to perform: iam:GetCredentialReport"
		}
		return ""
	}
	w.ada().UsedAt = w.clock.Add(time.Hour)
	if got := w.status("")[seal.Password]; !strings.Contains(got, "unless it was changed since") {
		t.Errorf("without the report: %q", got)
	}
}
