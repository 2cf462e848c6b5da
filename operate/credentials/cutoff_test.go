package credentials

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awscredentials "github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/operate/seal"
)

// child is set in the process of this test that is killed in the middle of its work.
const child = "BREAKGLASS_TEST_CHILD"

// A moment is one at which a run is killed: at the nth request for an action, before or after AWS did what it asks, or once the run has
// said so many things, which it does between a file and AWS.
type moment struct {
	action string
	nth    int
	done   bool
	said   int
}

func (m moment) String() string {
	switch {
	case m.said > 0:
		return fmt.Sprintf("said %d", m.said)
	case m.done:
		return fmt.Sprintf("after %s %d", m.action, m.nth)
	}
	return fmt.Sprintf("before %s %d", m.action, m.nth)
}

// moments returns every moment of a command that is not killed.
func moments(t *testing.T, command string) (all []moment) {
	w := newWorld(t, ", accessKey: sealed")
	if command == "rotate" {
		w.equip()
	}
	w.said = nil
	times := map[string]int{}
	w.iam.Before = func(action string, _ url.Values) string {
		times[action]++
		all = append(all, moment{action: action, nth: times[action]})
		if !strings.HasPrefix(action, "Get") && !strings.HasPrefix(action, "List") {
			all = append(all, moment{action: action, nth: times[action], done: true})
		}
		return ""
	}
	w.must(act(t.Context(), w.Options, command))
	for i := range w.said {
		all = append(all, moment{said: i + 1})
	}
	return all
}

// A process that is killed at any request to AWS, before or after AWS did what it asked, or between a file and AWS, leaves a way in; the
// next run ends with everything sealed and nothing left over, or says what to remove.
func TestAKilledRunIsSettledByTheNext(t *testing.T) {
	if command := os.Getenv(child); command != "" {
		asChild(t, command)
		return
	}
	for command, least := range map[string]int{"create": 6, "mfa": 7, "key": 6, "rotate": 30} {
		all := moments(t, command)
		if len(all) < least {
			t.Errorf("%s has %d moments: %v", command, len(all), all)
		}
		for _, at := range all {
			t.Run(command+" "+at.String(), func(t *testing.T) { killed(t, command, at) })
		}
	}
}

func killed(t *testing.T, command string, at moment) {
	w := newWorld(t, ", accessKey: sealed")
	if command == "rotate" {
		w.equip()
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	gone := make(chan struct{})
	run := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestAKilledRunIsSettledByTheNext$")
	run.Env = append(os.Environ(), child+"="+command, "CHILD_AWS="+w.server.URL, "CHILD_FOLDER="+w.Folder, "CHILD_SAID="+strconv.Itoa(at.said),
		"CHILD_HOLDERS="+w.password.Recipient().String()+" "+w.mfa.Recipient().String())
	times := 0
	kill := func(got string, _ url.Values) string {
		if got != at.action {
			return ""
		}
		if times++; times != at.nth {
			return ""
		}
		stop()
		<-gone
		return "fail InternalFailure nobody hears this"
	}
	w.server.Between(func() { // nothing else orders this and the requests of another process
		w.iam.Now = time.Now
		if at.done {
			w.iam.After = kill
		} else {
			w.iam.Before = kill
		}
	})
	out, err := run.CombinedOutput()
	close(gone)
	if err == nil {
		t.Fatalf("it was not killed:\n%s", out)
	}
	w.server.Between(func() { // the last request of the killed run may be in work
		w.iam.Before, w.iam.After = nil, nil
		w.clock = time.Now().Add(time.Second)
		w.iam.Now = func() time.Time { return w.clock }
	})
	if command == "rotate" {
		w.wayIn("killed")
	}
	w.clean(nil)
	r, err := act(t.Context(), w.Options, command)
	if err != nil {
		// A key that nobody has is for the person to remove: the error names it. One that is sealed already is there to be replaced.
		whole := command == "key" && at.said > 0 && strings.Contains(err.Error(), "replace it: breakglass credentials rotate Ada")
		if !whole && (at.action != "CreateAccessKey" || !at.done || !w.orphan(err)) {
			t.Fatalf("the next run: %v\n%v", err, w.said)
		}
		if whole {
			w.clock = w.clock.Add(time.Second)
			done, err := Rotate(t.Context(), w.Options, []seal.Kind{seal.Key})
			if err != nil {
				t.Fatal(err)
			}
			w.consistent("replaced", done[0])
		}
		return
	}
	w.clean(nil)
	w.consistent("the next run", r)
}

// Ctrl-C at any call ends a run before it changes anything, or when what it began is done.
func TestAStoppedRunIsSettledByTheNext(t *testing.T) {
	for _, command := range []string{"create", "mfa", "key", "rotate"} {
		for _, at := range moments(t, command) {
			if at.done || at.said > 0 {
				continue
			}
			w := newWorld(t, ", accessKey: sealed")
			if command == "rotate" {
				w.equip()
			}
			ctx, stop := context.WithCancel(t.Context())
			times := 0
			w.iam.Before = func(action string, _ url.Values) string {
				if action == at.action {
					if times++; times == at.nth {
						stop()
					}
				}
				return ""
			}
			r, err := act(ctx, w.Options, command)
			stop()
			w.clean(err)
			w.iam.Before = nil
			if command == "rotate" {
				w.wayIn(at.String())
			}
			if err != nil {
				w.clock = w.clock.Add(time.Second)
				if r, err = act(t.Context(), w.Options, command); err != nil {
					t.Errorf("%s, stopped %s: the next run: %v", command, at, err)
					continue
				}
			}
			w.consistent(command+" "+at.String(), r)
		}
	}
}

// orphan reports whether an error says how to delete the newest key, which nobody has.
func (w *world) orphan(err error) bool {
	keys := w.ada().Keys
	return strings.HasSuffix(err.Error(), "aws iam delete-access-key --user-name Ada --access-key-id "+keys[len(keys)-1].ID)
}

// asChild is the run that is killed.
func asChild(t *testing.T, command string) {
	holders := strings.Fields(os.Getenv("CHILD_HOLDERS"))
	c, err := config.Parse("breakglass.yaml", []byte("version: 1\nhub: {account: \"111111111111\"}\nalerts: {email: [a@example.com]}\nusers: [{name: Ada, accessKey: sealed}]\n"+
		"credentials: {passwordHolders: ["+holders[0]+"], mfaHolders: ["+holders[1]+"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Config: c, User: "Ada", Folder: os.Getenv("CHILD_FOLDER"), IAM: iam.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(os.Getenv("CHILD_AWS")), Credentials: awscredentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "example", ""),
	})}
	said := 0
	o.Say = func(string, ...any) {
		if said++; strconv.Itoa(said) == os.Getenv("CHILD_SAID") {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			t.Fatal("it is not killed: ", err)
		}
	}
	if _, err := act(t.Context(), o, command); err != nil {
		t.Fatal(err)
	}
}

func act(ctx context.Context, o Options, command string) (*Result, error) {
	switch command {
	case "create":
		return Create(ctx, o)
	case "mfa":
		return MFA(ctx, o, "")
	case "key":
		return Key(ctx, o)
	}
	done, err := Rotate(ctx, o, everyKind)
	if len(done) == 0 {
		return nil, err
	}
	return done[0], err
}

// A rehearsal that was cut off is worthless: the next run removes it, and no other takes it for a device or a key.
func TestARehearsalThatWasCutOffIsRemoved(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	for _, kind := range []seal.Kind{seal.MFA, seal.Key} {
		h := w.header(kind)
		h.Device, h.AccessKey = rehearsal, rehearsal
		f, err := seal.Seal(h, seal.NewSecret([]byte(rehearsal)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.pending(f, rehearsal); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(w.Folder, "Ada-mfa-"+rehearsal+"-damaged"+seal.Unset), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Second)
	w.iam.Before = func(action string, _ url.Values) string {
		if action == "DeleteVirtualMFADevice" {
			t.Error("the device of a rehearsal is deleted")
		}
		return ""
	}
	w.equip()
	if err := os.Remove(filepath.Join(w.Folder, "Ada-mfa-"+rehearsal+"-damaged"+seal.Unset)); err != nil {
		t.Errorf("a file that is perhaps none of a rehearsal: %v", err)
	}
	w.consistent("after a rehearsal", &Result{File: w.paths()[0]})
}
