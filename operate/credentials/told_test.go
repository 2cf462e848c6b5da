package credentials

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/recipient"
	"example.com/breakglass/internal/reviewed"
	"example.com/breakglass/operate/seal"
)

// transcript writes what a run said and made, and what it changed in the folder and in IAM.
type transcript struct {
	strings.Builder
	w      *world
	before string
}

func (a *transcript) note(format string, args ...any) {
	a.WriteString(a.w.named(fmt.Sprintf(format, args...)) + "\n")
}

// named puts names in place of what is another one in each run of the tests.
func (w *world) named(text string) string {
	holders := w.Config.Credentials
	for _, r := range slices.Concat(holders.PasswordHolders, holders.MFAHolders) {
		text = strings.ReplaceAll(text, recipient.Fingerprint(r), "FINGERPRINT")
	}
	return strings.NewReplacer(w.Folder, "FOLDER", strings.Join(holders.PasswordHolders, ", "), "age1password", strings.Join(holders.MFAHolders, ", "), "age1mfa",
		w.Config.SHA256(), "SHA256").Replace(text)
}

// told writes the outcome of a command.
func (a *transcript) told(r *Result, err error) {
	for _, s := range a.w.said {
		a.note("  said: %s", s)
	}
	a.w.said = nil
	if r != nil {
		a.note("  made: %s, of %s, void %s", r.File, r.Created.Format(time.TimeOnly), r.Void)
	}
	if err != nil {
		a.note("  error: %s", strings.ReplaceAll(err.Error(), "\n", "\n    "))
	}
	state := a.w.state()
	if state == a.before {
		state = "  nothing has changed\n"
	} else {
		a.before = state
	}
	a.WriteString(state + "\n")
}

// state is what the folder and IAM have.
func (w *world) state() (text string) {
	for _, name := range w.paths() {
		what := "damaged"
		switch f, err := seal.Read(filepath.Join(w.Folder, name)); {
		case err != nil:
		case f.Void != nil:
			what = "void since " + f.Void.At.Format(time.TimeOnly) + ": " + f.Void.Reason
		default:
			what = w.whose(w.secret(filepath.Join(w.Folder, name)))
		}
		text += "  file: " + name + ", " + what + "\n"
	}
	u := w.ada()
	return text + fmt.Sprintf("  IAM has: password %v, devices %d of %d enabled, keys %d\n", u.Password != "", len(u.MFA), len(w.iam.Devices), len(u.Keys))
}

// whose says of what in IAM a secret is.
func (w *world) whose(secret string) string {
	for _, k := range w.ada().Keys {
		if secret == k.Secret {
			return "of " + k.ID
		}
	}
	for serial, d := range w.iam.Devices {
		switch {
		case secret != d.Seed:
		case d.User == "":
			return "of " + serial + ", which is enabled for nobody"
		default:
			return "of " + serial
		}
	}
	if secret == w.ada().Password {
		return "of the password"
	}
	return "of nothing in IAM"
}

// TestWhatAnOperatorIsTold runs each command without a fault, and with each request of it refused, or its answer lost; after a lost one,
// a second time.
func TestWhatAnOperatorIsTold(t *testing.T) {
	var all strings.Builder
	for _, command := range []string{"create", "mfa", "key", "rotate"} {
		fresh := func() *transcript {
			w := newWorld(t, ", accessKey: sealed")
			if command == "rotate" {
				w.equip()
			}
			w.said = nil
			return &transcript{w: w, before: w.state()}
		}
		a := fresh()
		fmt.Fprintln(&all, "==", command)
		a.told(act(t.Context(), a.w.Options, command))
		a.w.clock = a.w.clock.Add(time.Minute)
		a.note("and again")
		a.told(act(t.Context(), a.w.Options, command))
		fmt.Fprint(&all, a)
		for _, at := range moments(t, command) {
			if at.said > 0 {
				continue
			}
			a, times := fresh(), 0
			fault := func(action string, _ url.Values) string {
				if action != at.action {
					return ""
				}
				if times++; times != at.nth {
					return ""
				}
				if at.done {
					return "fail InternalFailure The answer is lost."
				}
				return "fail AccessDenied User: arn:aws:iam::111111111111:user/operator is not authorized to perform: iam:" + action + " on resource: user Ada"
			}
			a.w.iam.Before = fault
			if at.done {
				a.w.iam.Before, a.w.iam.After = nil, fault
			}
			fmt.Fprintf(&all, "== %s, a fault %s\n", command, at)
			a.told(act(t.Context(), a.w.Options, command))
			if at.done {
				a.w.iam.After = nil
				a.w.clock = a.w.clock.Add(time.Minute)
				a.note("and again")
				a.told(act(t.Context(), a.w.Options, command))
			}
			fmt.Fprint(&all, a)
		}
	}
	reviewed.Text(t, "told.txt", all.String())
}

// TestWhatElseAnOperatorIsTold has what takes more than one fault, or another world.
func TestWhatElseAnOperatorIsTold(t *testing.T) {
	const denied = "fail AccessDenied User: operator is not authorized to perform: iam:"
	failing := func(answers map[string]string) func(string, url.Values) string {
		return func(action string, _ url.Values) string { return answers[action] }
	}
	var all strings.Builder
	for _, c := range []struct {
		name, command string
		change        func(*world)
	}{
		{"a lost key that cannot be deleted", "key", func(w *world) {
			w.iam.After = failing(map[string]string{"CreateAccessKey": "fail InternalFailure The answer is lost."})
			w.iam.Before = failing(map[string]string{"DeleteAccessKey": denied + "DeleteAccessKey on resource: user Ada"})
		}},
		{"a lost key that cannot be looked for", "key", func(w *world) {
			w.iam.After = func(action string, _ url.Values) string {
				if action == "CreateAccessKey" {
					w.iam.Before = failing(map[string]string{"ListAccessKeys": denied + "ListAccessKeys on resource: user Ada"})
					return "fail InternalFailure The answer is lost."
				}
				return ""
			}
		}},
		{"a device that IAM never knows", "mfa", func(w *world) {
			w.iam.Before = failing(map[string]string{"EnableMFADevice": "fail NoSuchEntity It does not exist."})
		}},
		{"codes that are always wrong", "mfa", func(w *world) {
			w.iam.Before = failing(map[string]string{"EnableMFADevice": "fail InvalidAuthenticationCode It is not valid."})
		}},
		{"a device that can be neither enabled nor deleted", "mfa", func(w *world) {
			w.iam.Before = failing(map[string]string{"EnableMFADevice": denied + "EnableMFADevice", "DeleteVirtualMFADevice": denied + "DeleteVirtualMFADevice"})
		}},
		{"a device that may be enabled, and cannot be looked for", "mfa", func(w *world) {
			w.iam.Before = func(action string, _ url.Values) string {
				if action == "EnableMFADevice" {
					w.iam.Before = failing(map[string]string{"ListMFADevices": denied + "ListMFADevices"})
					return "fail InternalFailure The answer is lost."
				}
				return ""
			}
		}},
		{"a device that is not enabled after a lost answer, and cannot be deleted", "mfa", func(w *world) {
			w.iam.Before = failing(map[string]string{
				"EnableMFADevice": "fail InternalFailure The answer is lost.", "DeleteVirtualMFADevice": denied + "DeleteVirtualMFADevice",
			})
		}},
		{"a device of another user", "mfa", func(w *world) {
			w.iam.Devices["arn:aws:iam::111111111111:mfa/Ada"] = &stubDevice{User: "Bob"}
		}},
		{"a device of nobody that cannot be looked for", "mfa", func(w *world) {
			w.iam.Devices["arn:aws:iam::111111111111:mfa/Ada"] = &stubDevice{}
			w.iam.Before = failing(map[string]string{"ListVirtualMFADevices": denied + "ListVirtualMFADevices"})
		}},
		{"a device of nobody that cannot be deleted", "mfa", func(w *world) {
			w.iam.Devices["arn:aws:iam::111111111111:mfa/Ada"] = &stubDevice{}
			w.iam.Before = failing(map[string]string{"DeleteVirtualMFADevice": denied + "DeleteVirtualMFADevice"})
		}},
		{"seven devices", "mfa", func(w *world) { w.others(7) }},
		{"eight devices", "mfa", func(w *world) { w.others(8) }},
		{"a policy that no password meets", "create", func(w *world) { w.iam.Policy = "<MinimumPasswordLength>129</MinimumPasswordLength>" }},
		{"a policy that is met", "create", func(w *world) { w.iam.Policy, w.iam.Least = "<MinimumPasswordLength>99</MinimumPasswordLength>", 99 }},
		{"a user that the file does not have", "create", func(w *world) { w.Options.User = "Eve" }},
		{"a user that IAM does not have", "create", func(w *world) { w.Options.User = "Bob" }},
		{"a user of another account", "create", func(w *world) { w.ada().ARN = "arn:aws:iam::222222222222:user/Ada" }},
		{"a key that the file does not allow", "key", func(w *world) { w.Config.Users[0].AccessKey = "" }},
		{"nothing to rotate", "rotate", func(*world) {}},
		{"a rotation without the files", "rotate", func(w *world) {
			w.equip()
			w.others(1)
			w.ada().MFA = append(w.ada().MFA, "GAHT12345678")
			w.Options.Folder = w.t.TempDir()
		}},
		{"a missing folder", "create", func(w *world) { w.Options.Folder = filepath.Join(w.Folder, "gone") }},
	} {
		w := newWorld(t, ", accessKey: sealed")
		w.Options.Wait = func(_ context.Context, d time.Duration) error {
			w.clock = w.clock.Add(d)
			w.said = append(w.said, "waited "+d.String())
			return nil
		}
		folder := w.Folder
		c.change(w)
		w.said = nil
		a := &transcript{w: w}
		a.note("== %s: %s", c.name, c.command)
		r, err := act(t.Context(), w.Options, c.command)
		if c.name == "a missing folder" {
			w.Options.Folder = folder
		}
		a.told(r, err)
		w.clean(err)
		fmt.Fprint(&all, a)
	}
	reviewed.Text(t, "else.txt", all.String())
}

// others gives Ada devices that the folder has no files of.
func (w *world) others(n int) {
	for i := range n {
		serial := fmt.Sprint("arn:aws:iam::111111111111:mfa/other", i)
		w.iam.Devices[serial] = &stubDevice{User: "Ada"}
		w.ada().MFA, w.ada().EnabledAt[serial] = append(w.ada().MFA, serial), w.clock
	}
}

// TestWhatStatusSays asks for the state of users with nothing, with everything, and with what should not be.
func TestWhatStatusSays(t *testing.T) {
	var all strings.Builder
	for _, c := range []struct {
		name   string
		change func(*world)
	}{
		{"nothing", func(w *world) { w.ada().Password, w.ada().MFA, w.ada().Keys = "", nil, nil }},
		{"all is well", func(*world) {}},
		{"used", func(w *world) { w.ada().UsedAt, w.ada().Keys[0].Used = w.clock, w.clock }},
		{"used when it was made", func(w *world) { w.ada().UsedAt = now.Add(time.Minute - time.Second) }},
		{"used a minute later", func(w *world) { w.ada().UsedAt = now.Add(time.Minute) }},
		{"due", func(w *world) { w.clock = now.Add(90 * config.Day) }},
		{"overdue", func(w *world) { w.clock = now.Add(90*config.Day + time.Second) }},
		{"no key is allowed", func(w *world) { w.Config.Users[0].AccessKey = "" }},
		{"another password", func(w *world) { w.ada().ChangedAt = w.clock }},
		{"another password five minutes later", func(w *world) { w.ada().ChangedAt = now.Add(sealedWithin) }},
		{"a device and a key of nobody, and a hardware key", func(w *world) {
			for _, serial := range []string{"arn:aws:iam::111111111111:mfa/other", "arn:aws:iam::111111111111:u2f/user/Ada/safe-EXAMPLE"} {
				w.ada().MFA, w.ada().EnabledAt[serial] = append(w.ada().MFA, serial), w.clock
			}
			w.ada().Keys = append(w.ada().Keys, stubKey{ID: "AKIAOTHER", Created: w.clock})
		}},
		{"no folder", func(w *world) { w.Options.Folder = "" }},
		{"no credential report", func(w *world) {
			w.ada().UsedAt = w.clock
			w.iam.Before = func(action string, _ url.Values) string {
				if action == "GetCredentialReport" {
					return "fail AccessDenied User: operator is not authorized to perform: iam:GetCredentialReport on resource: *"
				}
				return ""
			}
		}},
	} {
		w := newWorld(t, ", accessKey: sealed")
		folder := w.Folder
		w.equip()
		c.change(w)
		states := w.states()
		text, err := json.MarshalIndent(states, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&all, "== %s\n%s\n", c.name, strings.ReplaceAll(string(text), folder, "FOLDER"))
		for _, s := range states {
			if s.OK() != (len(s.Problems) == 0) {
				t.Errorf("%s: %+v", c.name, s)
			}
		}
	}
	reviewed.Text(t, "status.txt", all.String())
}

// TestWhatACeremonySays writes the script of a first ceremony without a key, and of a second one with a key.
func TestWhatACeremonySays(t *testing.T) {
	var all strings.Builder
	for _, key := range []string{"", ", accessKey: sealed"} {
		w := newWorld(t, key)
		for _, rotation := range []bool{false, true} {
			c, err := NewCeremony(w.Config, "Ada", rotation, now)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.MarshalIndent(c, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&all, "== %s, key%s\n%s\n", c.Title(), key, w.named(string(text)))
		}
	}
	reviewed.Text(t, "ceremony.txt", all.String())
}
