//go:build emulator

// These tests start LocalEmu: go test -tags emulator ./operate/credentials

package credentials

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/operate/seal"
	"example.com/breakglass/prove/emulator"
)

// TestLive is the whole life on the local AWS: a password, a device and a key, opened, verified, looked at and replaced.
func TestLive(t *testing.T) {
	server, err := emulator.Start(t.Context(), emulator.Options{Root: "../..", Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Stop()
	client := iam.NewFromConfig(server.Config("111111111111", "us-east-1"))
	if _, err := client.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("Ada")}); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, ", accessKey: sealed") // for its holders
	w.Config.Users = w.Config.Users[:1]
	w.Config.Hub.Region, w.Config.Regions = "us-east-1", []string{"us-east-1"}
	w.Options.IAM, w.Options.Now, w.Options.Wait = client, nil, nil

	password := w.must(Create(t.Context(), w.Options))
	device := w.must(MFA(t.Context(), w.Options, ""))
	key := w.must(Key(t.Context(), w.Options))
	if w.secret(password.File) == "" || w.secret(device.File) == "" || w.secret(key.File) == "" {
		t.Error("a secret is empty")
	}

	verify := func(paths ...string) {
		t.Helper()
		for _, c := range Verify(t.Context(), Verification{
			Paths: paths, Identities: identitiesOf(w), Config: w.Config, Now: time.Now(),
			Session: func(region, id, secret string) Sessions {
				cfg := server.Config("111111111111", region)
				return sts.NewFromConfig(cfg, func(o *sts.Options) {
					o.Credentials = aws.CredentialsProviderFunc(static(id, secret))
				})
			},
		}) {
			if !c.OK() || !c.Opened || c.Kind != seal.Password && !c.Proven {
				t.Errorf("%+v", c)
			}
		}
	}
	verify(password.File, device.File, key.File)

	look := func(when string, want int) {
		t.Helper()
		states, err := Status(t.Context(), Inquiry{Config: w.Config, IAM: client, Folder: w.Folder, Now: time.Now(), Pause: time.Second})
		if err != nil || len(states) != want {
			t.Fatalf("%s: %+v, %v", when, states, err)
		}
		for _, s := range states {
			if !s.OK() {
				t.Errorf("%s: %+v", when, s)
			}
		}
	}
	look("sealed", 3)

	time.Sleep(time.Second) // files are named by the second
	done, err := Rotate(t.Context(), w.Options, everyKind)
	if err != nil || len(done) != 3 {
		t.Fatalf("%d, %v", len(done), err)
	}
	for _, old := range []*Result{password, device, key} {
		if f, err := seal.Read(old.File); err != nil || f.Void == nil {
			t.Errorf("%s is not void: %v", old.File, err)
		}
	}
	verify(done[0].File, done[1].File, done[2].File)
	look("rotated", 3)
	if devices, err := w.devices(t.Context()); err != nil || len(devices) != 1 || devices[done[0].Device].IsZero() {
		t.Errorf("the devices are %v, %v", devices, err)
	}
	if left, _ := filepath.Glob(filepath.Join(w.Folder, "*"+seal.Unset)); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func identitiesOf(w *world) []age.Identity { return []age.Identity{w.password, w.mfa} }

func static(id, secret string) func(context.Context) (aws.Credentials, error) {
	return func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	}
}
