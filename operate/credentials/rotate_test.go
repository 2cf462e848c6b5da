package credentials

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/operate/seal"
)

var everyKind = []seal.Kind{seal.Password, seal.MFA, seal.Key}

// equip gives Ada everything.
func (w *world) equip() {
	w.t.Helper()
	w.must(Create(w.t.Context(), w.Options))
	w.must(MFA(w.t.Context(), w.Options, ""))
	w.must(MFA(w.t.Context(), w.Options, "second"))
	w.must(Key(w.t.Context(), w.Options))
	w.clock = w.clock.Add(time.Hour)
}

// wayIn checks that a password and a device of IAM, and the files of both, are valid at a moment.
func (w *world) wayIn(when string) {
	w.t.Helper()
	have := map[string]bool{}
	for _, name := range w.paths() {
		f, err := seal.Read(filepath.Join(w.Folder, name))
		if err == nil && f.Void == nil {
			have[w.secret(filepath.Join(w.Folder, name))] = true
		}
	}
	u := w.ada()
	device := slices.ContainsFunc(u.MFA, func(serial string) bool { return have[w.iam.Devices[serial].Seed] })
	if !have[u.Password] || !device {
		w.t.Errorf("%s: password %v, device %v: no way in", when, have[u.Password], device)
	}
	key := slices.ContainsFunc(u.Keys, func(k stubKey) bool { return have[k.Secret] })
	if !key {
		w.t.Errorf("%s: no key", when)
	}
}

func TestRotateLeavesNoMomentWithoutAWayIn(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.equip()
	look := func(action string, _ url.Values) string { w.wayIn(action); return "" }
	w.iam.Before, w.iam.After = look, look
	before := *w.ada()
	done, err := Rotate(t.Context(), w.Options, everyKind)
	if err != nil || len(done) != 4 {
		t.Fatalf("%d, %v", len(done), err)
	}
	u := w.ada()
	if u.Reset || u.Password == before.Password || len(u.MFA) != 2 || len(u.Keys) != 1 || len(w.iam.Devices) != 2 || u.Keys[0].ID == before.Keys[0].ID {
		t.Errorf("Ada has %+v, devices %v", u, w.iam.Devices)
	}
	for _, r := range done {
		if len(r.Void) != 1 {
			t.Errorf("%s replaces %v", r.File, r.Void)
		}
	}
	w.consistent("rotated", done[0])
	w.clean(nil)
	// Again: the names don't grow.
	w.clock = w.clock.Add(time.Hour)
	done, err = Rotate(t.Context(), w.Options, []seal.Kind{seal.MFA})
	if err != nil || len(done) != 2 || !strings.HasSuffix(done[0].Device, ":mfa/Ada") {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestRotateNeedsSomethingToReplace(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for name, kinds := range map[string][]seal.Kind{"credentials create Ada": {seal.Password}, "IAM has nothing of the kinds": {seal.MFA, seal.Key}} {
		if done, err := Rotate(t.Context(), w.Options, kinds); err == nil || !strings.Contains(err.Error(), name) || len(done) > 0 {
			t.Errorf("%v: %v, %v", kinds, done, err)
		}
	}
	w.equip()
	w.ada().Keys = append(w.ada().Keys, stubKey{ID: "AKIAOTHER", Secret: "other"})
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Key}); err == nil || !w.orphan(err) {
		t.Errorf("with two keys: %v", err)
	}
}

// When AWS refuses a step, what was valid stays valid, and the error says what is left.
func TestARefusedRotationKeepsTheOld(t *testing.T) {
	for _, action := range []string{
		"UpdateLoginProfile", "CreateVirtualMFADevice", "EnableMFADevice", "DeactivateMFADevice", "DeleteVirtualMFADevice", "CreateAccessKey", "DeleteAccessKey",
	} {
		w := newWorld(t, ", accessKey: sealed")
		w.equip()
		w.iam.Before = func(got string, _ url.Values) string {
			if got == action {
				return "fail AccessDenied User: arn:aws:iam::111111111111:user/operator is not authorized to perform: iam:" + action
			}
			return ""
		}
		_, err := Rotate(t.Context(), w.Options, everyKind)
		if err == nil || !strings.Contains(err.Error(), "iam:"+action) {
			t.Errorf("%s: the error is %v", action, err)
		}
		w.wayIn(action)
		w.clean(err)
		var left *Unfinished
		if wantLeft := strings.HasPrefix(action, "De"); errors.As(err, &left) != wantLeft {
			t.Errorf("%s: something is left: %v", action, err)
		} else if wantLeft && !strings.Contains(left.Undo[len(left.Undo)-1], "aws iam delete-") {
			t.Errorf("%s: it says %v", action, left.Undo)
		}
	}
}

// A folder may have copies of a file, as after copying them back: they are of one credential, and all of them are void in the end.
func TestRotateKnowsTheCopiesOfAFile(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.equip()
	for i, name := range w.paths() {
		content, err := os.ReadFile(filepath.Join(w.Folder, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, copied := range []string{"a copy of ", "yet another of "} {
			if err := os.WriteFile(filepath.Join(w.Folder, copied+strconv.Itoa(i)+seal.Ending), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func(action string, _ url.Values) string { w.wayIn(action); return "" }
	w.iam.Before, w.iam.After = look, look
	id := w.ada().Keys[0].ID
	done, err := Rotate(t.Context(), w.Options, everyKind)
	if err != nil || len(done) != 4 || len(w.ada().Keys) != 1 || w.ada().Keys[0].ID == id {
		t.Fatalf("%d, %v; the keys are %v", len(done), err, w.ada().Keys)
	}
	for _, r := range done {
		if len(r.Void) != 3 {
			t.Errorf("%s replaces %v", r.File, r.Void)
		}
	}
	w.consistent("rotated", done[0])
	// After a run that was cut off between two keys, the copies of the newer one are none that is older.
	w.iam.Before, w.iam.After = nil, nil
	w.clock = w.clock.Add(time.Hour)
	w.iam.Before = func(action string, _ url.Values) string {
		if action == "DeleteAccessKey" {
			return "fail InternalFailure It was cut off."
		}
		return ""
	}
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Key}); err == nil {
		t.Fatal("it was not cut off")
	}
	w.iam.Before = nil
	newer := w.ada().Keys[1].ID
	content, err := os.ReadFile(filepath.Join(w.Folder, "Ada-key-"+newer+"-"+w.clock.Format("20060102T150405Z")+seal.Ending))
	if err == nil {
		err = os.WriteFile(filepath.Join(w.Folder, "a copy of the newer one"+seal.Ending), content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Key}); err != nil || len(w.ada().Keys) != 1 || w.ada().Keys[0].ID != newer {
		t.Errorf("%v; the keys are %v, want %s", err, w.ada().Keys, newer)
	}
}
