package credentials

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/operate/seal"
)

// now is five seconds into a code.
var now = time.Date(2026, 11, 26, 15, 0, 5, 0, time.UTC)

// world is a hub account with a user, an operator with a folder, and the two holders.
type world struct {
	Options
	t             *testing.T
	iam           *stub.IAM
	server        *stub.Server
	password, mfa *age.X25519Identity
	clock         time.Time
	said          []string
}

func newWorld(t *testing.T, more string) *world {
	t.Helper()
	w := &world{t: t, server: stub.New(), password: holder(t), mfa: holder(t), clock: now}
	t.Cleanup(w.server.Close)
	w.iam = w.server.NewIAM("Ada")
	w.iam.Now = func() time.Time { return w.clock }
	text := "version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nalerts: {email: [a@example.com]}\n" +
		"users: [{name: Ada" + more + "}, {name: Bob}]\ncredentials: {passwordHolders: [" + w.password.Recipient().String() + "], mfaHolders: [" +
		w.mfa.Recipient().String() + "]}\n"
	c, err := config.Parse("breakglass.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w.Options = Options{
		Config: c, User: "Ada", Folder: t.TempDir(), IAM: w.client(aws.NopRetryer{}),
		Now:  func() time.Time { return w.clock },
		Wait: func(_ context.Context, d time.Duration) error { w.clock = w.clock.Add(d); return nil },
		Say:  func(format string, args ...any) { w.said = append(w.said, fmt.Sprintf(format, args...)) },
	}
	return w
}

// client is IAM, asked again as a retryer says.
func (w *world) client(retryer aws.Retryer) *iam.Client {
	return iam.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(w.server.URL), Credentials: awscredentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
		Retryer: func() aws.Retryer { return retryer },
	})
}

func holder(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// ada is the user of the fake.
func (w *world) ada() *stub.User { return w.iam.Users["Ada"] }

// must checks that something was made.
func (w *world) must(r *Result, err error) *Result {
	w.t.Helper()
	if err != nil || r == nil {
		w.t.Fatalf("%v, %v", r, err)
	}
	return r
}

// secret opens a file with its holder's identity, after checking that the other holder cannot.
func (w *world) secret(path string) string {
	w.t.Helper()
	f, err := seal.Read(path)
	if err != nil {
		w.t.Fatal(err)
	}
	right, wrong := w.password, w.mfa
	if f.Kind == seal.MFA {
		right, wrong = wrong, right
	}
	if _, err := f.Open(wrong); !errors.Is(err, seal.ErrWrongIdentity) {
		w.t.Errorf("the other holder opens it: %v", err)
	}
	s, err := f.Open(right)
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Reveal()
}

// paths are the names of the files in the folder.
func (w *world) paths() []string {
	w.t.Helper()
	entries, err := os.ReadDir(w.Folder)
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// clean checks that neither what was said, nor an error, nor a file has a secret of the user or the seeds.
func (w *world) clean(err error) {
	w.t.Helper()
	var secrets []string
	for _, u := range w.iam.Users {
		secrets = append(secrets, u.Password)
		for _, k := range u.Keys {
			secrets = append(secrets, k.Secret)
		}
	}
	for _, d := range w.iam.Devices {
		secrets = append(secrets, d.Seed)
	}
	seen := strings.Join(w.said, "\n") + fmt.Sprint(err)
	for _, name := range w.paths() {
		content, err := os.ReadFile(filepath.Join(w.Folder, name))
		if err != nil {
			w.t.Fatal(err)
		}
		seen += string(content)
	}
	for _, s := range secrets {
		if s != "" && strings.Contains(seen, s) {
			w.t.Errorf("a secret is seen in:\n%s", seen)
		}
	}
}

func TestCreateSealsWhatIAMHas(t *testing.T) {
	w := newWorld(t, "")
	r := w.must(Create(t.Context(), w.Options))
	if got := w.secret(r.File); got == "" || got != w.ada().Password {
		t.Error("the sealed password is another one")
	}
	if w.ada().Reset || r.User != "Ada" || r.Role != "BreakGlassRole" || strings.Join(r.Regions, " ") != "us-east-1 us-west-2 eu-west-1 ap-southeast-2" {
		t.Errorf("reset %v, %+v", w.ada().Reset, r)
	}
	w.clean(nil)
	if _, err := Create(t.Context(), w.Options); err == nil || !strings.Contains(err.Error(), "credentials rotate Ada") {
		t.Errorf("a second one gives %v", err)
	}
}

func TestASealedFileIsWrittenBeforeAWSLearnsAnything(t *testing.T) {
	w := newWorld(t, "")
	w.iam.Before = func(action string, _ url.Values) string {
		if action == "CreateLoginProfile" || action == "EnableMFADevice" {
			names := w.paths()
			if len(names) == 0 || !strings.HasSuffix(names[len(names)-1], seal.Unset) && !strings.HasSuffix(names[0], seal.Unset) {
				t.Errorf("%s: the folder has %v", action, names)
			}
		}
		return ""
	}
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
}

func TestWhatAWSRefusesLeavesNothing(t *testing.T) {
	for action, run := range map[string]func(context.Context, Options) (*Result, error){
		"CreateLoginProfile": Create, "CreateVirtualMFADevice": device, "EnableMFADevice": device, "CreateAccessKey": Key,
		"GetUser": Create, "GetLoginProfile": Create, "GetAccountPasswordPolicy": Create, "ListMFADevices": device, "ListAccessKeys": Key,
	} {
		w := newWorld(t, ", accessKey: sealed")
		w.iam.Before = func(got string, _ url.Values) string {
			if got == action {
				return "fail AccessDenied User: arn:aws:iam::111111111111:user/operator is not authorized to perform: iam:" + action + " on resource: user Ada"
			}
			return ""
		}
		_, err := run(t.Context(), w.Options)
		if err == nil || !strings.Contains(err.Error(), "the permission iam:"+action+" is missing") {
			t.Errorf("%s: the error is %v", action, err)
		}
		w.untouched(action)
		w.clean(err)
	}
}

func device(ctx context.Context, o Options) (*Result, error) { return MFA(ctx, o, "") }

// untouched checks that the user has nothing and no file is left.
func (w *world) untouched(when string) {
	w.t.Helper()
	u := w.ada()
	if u.Password != "" || len(u.MFA) > 0 || len(u.Keys) > 0 || len(w.iam.Devices) > 0 || len(w.paths()) > 0 {
		w.t.Errorf("%s leaves %+v, devices %v, files %v", when, u, w.iam.Devices, w.paths())
	}
}

// A lost answer leaves AWS with what the file has, or nothing: the next run settles it, or the error says what to do.
func TestALostAnswerIsSettled(t *testing.T) {
	for action, run := range map[string]func(context.Context, Options) (*Result, error){
		"CreateLoginProfile": Create, "CreateVirtualMFADevice": device, "EnableMFADevice": device, "CreateAccessKey": Key,
	} {
		for _, done := range []bool{true, false} {
			when := fmt.Sprintf("%s, done %v", action, done)
			w := newWorld(t, ", accessKey: sealed")
			lose := func(got string, _ url.Values) string {
				if got == action {
					return "fail InternalFailure The answer is lost."
				}
				return ""
			}
			if done {
				w.iam.After = lose
			} else {
				w.iam.Before = lose
			}
			_, err := run(t.Context(), w.Options)
			if err == nil || !strings.Contains(err.Error(), "The answer is lost.") {
				t.Errorf("%s: the error is %v", when, err)
			}
			w.clean(err)
			w.iam.Before, w.iam.After = nil, nil
			w.clock = w.clock.Add(time.Minute)
			r, err := run(t.Context(), w.Options)
			if err != nil {
				var unfinished *Unfinished
				if !errors.As(err, &unfinished) && !strings.Contains(err.Error(), "has a device") {
					t.Errorf("%s: the next run gives %v", when, err)
				}
				continue
			}
			w.consistent(when, r)
		}
	}
}

// consistent checks that every sealed file is what AWS has, that no device or key is without one, and that nothing is left unset.
func (w *world) consistent(when string, r *Result) {
	w.t.Helper()
	have := map[string]bool{}
	for _, name := range w.paths() {
		if strings.HasSuffix(name, seal.Unset) {
			w.t.Errorf("%s: %s is left", when, name)
			continue
		}
		path := filepath.Join(w.Folder, name)
		f, err := seal.Read(path)
		if err != nil {
			w.t.Fatal(err)
		}
		if f.Void == nil {
			have[w.secret(path)] = true
		}
	}
	u := w.ada()
	if u.Password != "" && !have[u.Password] {
		w.t.Errorf("%s: nobody has the password", when)
	}
	for _, k := range u.Keys {
		if !have[k.Secret] {
			w.t.Errorf("%s: nobody has the key %s", when, k.ID)
		}
	}
	for serial, d := range w.iam.Devices {
		if d.User == "" || !have[d.Seed] {
			w.t.Errorf("%s: nobody has %s, of user %q", when, serial, d.User)
		}
	}
	if r == nil || !bytes.Contains([]byte(strings.Join(w.paths(), " ")), []byte(filepath.Base(r.File))) {
		w.t.Errorf("%s: the result %+v is not in the folder", when, r)
	}
}
