package credentials

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age/plugin"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"example.com/breakglass/operate/seal"
)

// retrying makes the SDK repeat requests as it does outside of tests, without its pauses.
func (w *world) retrying() {
	w.Options.IAM = w.client(retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	}))
}

// loseOne loses the answer to the first request for an action that AWS has done, and counts the requests for it. IAM refuses a second
// one with refusal, unless that is empty.
func (w *world) loseOne(action, failure, refusal string) (asked *int) {
	asked = new(int)
	w.iam.Before = func(got string, _ url.Values) string {
		if got != action {
			return ""
		}
		if *asked++; *asked > 1 {
			return refusal
		}
		return ""
	}
	w.iam.After = func(got string, _ url.Values) string {
		if got == action && *asked == 1 {
			return failure
		}
		return ""
	}
	return asked
}

// have returns the secrets in the folder, in files that are not void.
func (w *world) have() map[string]bool {
	w.t.Helper()
	have := map[string]bool{}
	for _, name := range w.paths() {
		path := filepath.Join(w.Folder, name)
		if f, err := seal.Read(path); err == nil && f.Void == nil {
			have[w.secret(path)] = true
		}
	}
	return have
}

// A request that makes something is sent once: of one whose answer is lost, a repetition would be refused, as if AWS had done nothing.
func TestARequestThatMakesSomethingIsNotRepeated(t *testing.T) {
	rotate := func(ctx context.Context, o Options) (*Result, error) {
		_, err := Rotate(ctx, o, []seal.Kind{seal.Password})
		return nil, err
	}
	for _, failure := range []string{"fail InternalFailure The answer is lost.", "fail ServiceUnavailable The answer is lost."} {
		for action, c := range map[string]struct {
			run     func(context.Context, Options) (*Result, error)
			refusal string
		}{
			"CreateLoginProfile": {Create, "fail EntityAlreadyExists Login Profile already exists."},
			"UpdateLoginProfile": {rotate, "fail PasswordPolicyViolation The password was used before."},
			"EnableMFADevice":    {device, "fail EntityAlreadyExists MFA Device is already in use."},
		} {
			w := newWorld(t, "")
			if action == "UpdateLoginProfile" {
				w.must(Create(t.Context(), w.Options))
				w.clock = w.clock.Add(time.Hour)
			}
			w.retrying()
			asked := w.loseOne(action, failure, c.refusal)
			_, err := c.run(t.Context(), w.Options)
			if err == nil || *asked != 1 {
				t.Errorf("%s: %d requests, %v", action, *asked, err)
			}
			have := w.have()
			if word := w.ada().Password; word != "" && !have[word] {
				t.Errorf("%s: nobody has the password: %v", action, err)
			}
			for serial, d := range w.iam.Devices {
				if !have[d.Seed] {
					t.Errorf("%s: nobody has the seed of %s: %v", action, serial, err)
				}
			}
			w.clean(err)
		}
	}
}

// A request that removes something may be sent again: that it is gone by then is no failure.
func TestARepeatedRemovalIsDone(t *testing.T) {
	for _, action := range []string{"DeactivateMFADevice", "DeleteVirtualMFADevice", "DeleteAccessKey"} {
		w := newWorld(t, ", accessKey: sealed")
		w.equip()
		w.retrying()
		asked := w.loseOne(action, "fail InternalFailure The answer is lost.", "")
		done, err := Rotate(t.Context(), w.Options, everyKind)
		if err != nil || len(done) != 4 || *asked < 2 {
			t.Fatalf("%s: %d requests, %d results, %v", action, *asked, len(done), err)
		}
		w.consistent(action, done[0])
	}
}

// notListed is the answer of an IAM whose list is older than the user's only device or key.
func notListed(list, element string) func(string, url.Values) string {
	return func(got string, _ url.Values) string {
		if got == list {
			return "<R><" + list + "Result><" + element + "></" + element + "><IsTruncated>false</IsTruncated></" + list + "Result></R>"
		}
		return ""
	}
}

func TestADeviceThatIAMDoesNotListYetIsKept(t *testing.T) {
	w := newWorld(t, "")
	w.iam.Before = notListed("ListMFADevices", "MFADevices")
	w.iam.After = func(got string, _ url.Values) string {
		if got == "EnableMFADevice" {
			return "fail InternalFailure The answer is lost."
		}
		return ""
	}
	_, err := MFA(t.Context(), w.Options, "")
	if err == nil || !strings.Contains(err.Error(), "the device is enabled all the same") {
		t.Errorf("after a lost answer: %v", err)
	}
	w.consistent("after a lost answer", &Result{File: strings.Join(w.paths(), "")})
	// A rotation a moment later: the file is valid, though the list lacks its device.
	w.iam.After = nil
	w.clock = w.clock.Add(time.Second)
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.MFA}); err == nil || !strings.Contains(err.Error(), "repeat the command in a minute") {
		t.Errorf("rotate: %v", err)
	}
	w.consistent("rotate", &Result{File: strings.Join(w.paths(), "")})
}

func TestAKeyThatIAMDoesNotListYetIsKept(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	r := w.must(Key(t.Context(), w.Options))
	w.iam.Before = notListed("ListAccessKeys", "AccessKeyMetadata")
	w.clock = w.clock.Add(time.Second)
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Key}); err == nil || !strings.Contains(err.Error(), "repeat the command in a few minutes") {
		t.Errorf("rotate: %v", err)
	}
	w.consistent("rotate", r)
}

// Of two passwords that may be the one that AWS has, neither is taken for it.
func TestAPasswordThatMayBeAnotherOneIsNotKept(t *testing.T) {
	w := newWorld(t, "")
	w.must(Create(t.Context(), w.Options))
	right := w.ada().Password
	w.clock = w.clock.Add(time.Minute)
	w.iam.Before = func(got string, _ url.Values) string {
		if got == "UpdateLoginProfile" {
			return "fail InternalFailure It was cut off."
		}
		return ""
	}
	if _, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Password}); err == nil {
		t.Fatal("it was not cut off")
	}
	w.iam.Before = nil
	before := w.paths()
	_, err := Create(t.Context(), w.Options)
	var unfinished *Unfinished
	if !errors.As(err, &unfinished) || !slices.Equal(w.paths(), before) {
		t.Errorf("%v; the folder had %v and has %v", err, before, w.paths())
	}
	// What the error says settles it.
	w.clock = w.clock.Add(time.Second)
	if want := "breakglass credentials rotate Ada --folder " + w.Folder + " --only password"; unfinished == nil || !slices.Equal(unfinished.Undo, []string{want}) {
		t.Fatalf("it says %v, want %s", err, want)
	}
	done, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Password})
	if err != nil || w.ada().Password == right {
		t.Fatal(err)
	}
	w.consistent("settled", done[0])
}

// Without the files, nothing is replaced: a rotation of the password alone would look like one of everything.
func TestRotateNeedsTheFileOfEachDeviceAndKey(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.equip()
	sealedFiles := w.Folder
	w.Folder = t.TempDir()
	word := w.ada().Password
	_, err := Rotate(t.Context(), w.Options, everyKind)
	for _, want := range append([]string{w.Folder, "--folder", w.ada().Keys[0].ID}, w.ada().MFA...) {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %s: %v", want, err)
		}
	}
	if w.ada().Password != word || len(w.paths()) > 0 {
		t.Errorf("the password was replaced; files %v", w.paths())
	}
	w.Folder = sealedFiles
	w.ada().MFA = append(w.ada().MFA, "arn:aws:iam::111111111111:u2f/user/Ada/key-EXAMPLE") // it has no seed
	if done, err := Rotate(t.Context(), w.Options, everyKind); err != nil || len(done) != 4 || !strings.Contains(strings.Join(w.said, "\n"), "is a hardware key") {
		t.Errorf("with the files and a hardware key: %d, %v", len(done), err)
	}
}

// The password comes last: until then, the old one and its file are valid with each device.
func TestRotateReplacesThePasswordLast(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	w.must(Key(t.Context(), w.Options))
	w.clock = w.clock.Add(time.Hour)
	var actions []string
	w.iam.Before = func(action string, _ url.Values) string {
		if !strings.HasPrefix(action, "Get") && !strings.HasPrefix(action, "List") {
			actions = append(actions, action)
		}
		return ""
	}
	if _, err := Rotate(t.Context(), w.Options, everyKind); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"CreateVirtualMFADevice", "EnableMFADevice", "DeactivateMFADevice", "DeleteVirtualMFADevice", "CreateAccessKey", "DeleteAccessKey", "UpdateLoginProfile",
	}
	if !slices.Equal(actions, want) {
		t.Errorf("%v, want %v", actions, want)
	}
}

// A recipient whose program is missing shows before AWS makes anything.
func TestAMissingPluginShowsBeforeAnythingIsMade(t *testing.T) {
	for action, run := range map[string]func(context.Context, Options) (*Result, error){
		"CreateLoginProfile": Create, "CreateVirtualMFADevice": device, "CreateAccessKey": Key,
	} {
		w := newWorld(t, ", accessKey: sealed")
		missing := []string{missingPlugin(t)}
		w.Config.Credentials.PasswordHolders, w.Config.Credentials.MFAHolders = missing, missing
		w.iam.Before = func(got string, _ url.Values) string {
			if got == action {
				t.Errorf("%s is asked for", action)
			}
			return ""
		}
		if _, err := run(t.Context(), w.Options); !errors.Is(err, seal.ErrPlugin) {
			t.Errorf("%s: %v", action, err)
		}
		w.untouched(action)
	}
}

// The same of a rotation: what replaces a device or a key is rehearsed, and the earlier one stays.
func TestAMissingPluginShowsBeforeAnythingIsReplaced(t *testing.T) {
	for _, kind := range []seal.Kind{seal.MFA, seal.Key, seal.Password} {
		w := newWorld(t, ", accessKey: sealed")
		w.equip()
		missing := []string{missingPlugin(t)}
		w.Config.Credentials.PasswordHolders, w.Config.Credentials.MFAHolders = missing, missing
		w.clock = w.clock.Add(time.Hour)
		before := w.paths()
		w.iam.Before = func(got string, _ url.Values) string {
			if !strings.HasPrefix(got, "Get") && !strings.HasPrefix(got, "List") {
				t.Errorf("%s: %s is asked for", kind, got)
			}
			return ""
		}
		if _, err := Rotate(t.Context(), w.Options, []seal.Kind{kind}); !errors.Is(err, seal.ErrPlugin) || !slices.Equal(w.paths(), before) {
			t.Errorf("%s: %v; the folder had %v and has %v", kind, err, before, w.paths())
		}
	}
}

// A device whose seed got lost with IAM's answer is enabled for nobody: the next run replaces it.
func TestADeviceWhoseSeedIsLostIsReplaced(t *testing.T) {
	w := newWorld(t, "")
	w.retrying()
	asked := w.loseOne("CreateVirtualMFADevice", "fail InternalFailure The answer is lost.", "")
	var unfinished *Unfinished
	if _, err := MFA(t.Context(), w.Options, ""); !errors.As(err, &unfinished) || *asked != 1 || len(w.ada().MFA) > 0 || len(w.paths()) > 0 {
		t.Errorf("%d requests, devices %v, files %v, %v", *asked, w.ada().MFA, w.paths(), err)
	}
	w.clock = w.clock.Add(time.Second)
	w.consistent("replaced", w.must(MFA(t.Context(), w.Options, "")))
}

func missingPlugin(t *testing.T) string {
	t.Helper()
	return plugin.EncodeRecipient("missing", []byte(holder(t).Recipient().String()))
}

// IAM may refuse what it has done: only its lists say whether the device is enabled.
func TestARefusalIsComparedWithIAM(t *testing.T) {
	w := newWorld(t, "")
	w.iam.After = func(got string, _ url.Values) string {
		if got == "EnableMFADevice" {
			return "fail EntityTemporarilyUnmodifiable Try again later."
		}
		return ""
	}
	if _, err := MFA(t.Context(), w.Options, ""); err == nil || !strings.Contains(err.Error(), "the device is enabled all the same") {
		t.Errorf("%v", err)
	}
	w.consistent("refused", &Result{File: strings.Join(w.paths(), "")})
}

// The file of a run that was cut off is removed only if its device is nobody's.
func TestAFileIsNotRemovedForAListThatIsOlder(t *testing.T) {
	w := newWorld(t, "")
	enabled := false
	w.iam.After = func(got string, _ url.Values) string {
		if enabled = enabled || got == "EnableMFADevice"; enabled {
			return "fail InternalFailure The answer is lost."
		}
		return ""
	}
	var unfinished *Unfinished
	if _, err := MFA(t.Context(), w.Options, ""); !errors.As(err, &unfinished) {
		t.Fatalf("%v", err)
	}
	left := w.paths()
	w.iam.After = nil
	w.iam.Before = notListed("ListMFADevices", "MFADevices")
	w.clock = w.clock.Add(time.Second)
	if _, err := MFA(t.Context(), w.Options, ""); err == nil || !strings.Contains(err.Error(), "repeat the command in a minute") ||
		!slices.Equal(w.paths(), left) || !strings.HasSuffix(left[0], seal.Unset) {
		t.Errorf("%v; the folder had %v and has %v", err, left, w.paths())
	}
	w.iam.Before = nil
	r := w.must(MFA(t.Context(), w.Options, ""))
	w.consistent("listed", r)
}

// A key that cannot be sealed is deleted again, also if IAM's answer to that is lost.
func TestAKeyThatCannotBeWrittenIsDeleted(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.retrying()
	asked := w.loseOne("DeleteAccessKey", "fail InternalFailure The answer is lost.", "")
	lose := w.iam.After
	w.iam.After = func(got string, form url.Values) string {
		if got == "CreateAccessKey" {
			_ = os.RemoveAll(w.Folder) // no file can be written
		}
		return lose(got, form)
	}
	_, err := Key(t.Context(), w.Options)
	var unfinished *Unfinished
	if err == nil || errors.As(err, &unfinished) || !strings.Contains(err.Error(), "was deleted again") || *asked != 2 || len(w.ada().Keys) > 0 {
		t.Errorf("%d requests, keys %v, %v", *asked, w.ada().Keys, err)
	}
}

// Only an answer that says no is one: whatever else is wrong, AWS may have done what it was asked.
func TestARefusalIsAnAnswer(t *testing.T) {
	answer := func(code string, fault smithy.ErrorFault) error {
		return &smithy.GenericAPIError{Code: code, Fault: fault}
	}
	unavailable := &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: &http.Response{StatusCode: 500}}, Err: answer("Unknown", smithy.FaultClient)}
	for _, c := range []struct {
		err  error
		want bool
	}{
		{errors.New("connection reset"), false},
		{answer("AccessDenied", smithy.FaultClient), true},
		{answer("AccessDenied", smithy.FaultUnknown), true},
		{answer("ServiceFailure", smithy.FaultServer), false},
		{answer("InternalFailure", smithy.FaultUnknown), false},
		{unavailable, false},
	} {
		if got := refused(c.err); got != c.want {
			t.Errorf("%v: refused %v", c.err, got)
		}
	}
}
