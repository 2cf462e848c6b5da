package credentials

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
)

// fakeSessions is an STS that accepts the key and the code that IAM has.
type fakeSessions struct {
	w              *world
	region, id, is string
}

func (f fakeSessions) GetSessionToken(_ context.Context, in *sts.GetSessionTokenInput, _ ...func(*sts.Options)) (*sts.GetSessionTokenOutput, error) {
	k, d := f.w.ada().Keys[0], f.w.iam.Devices[aws.ToString(in.SerialNumber)]
	if f.id != k.ID || f.is != k.Secret || d == nil || aws.ToString(in.TokenCode) != stub.Code(d.Seed, f.w.clock.Unix()/30) {
		return nil, errors.New("MultiFactorAuthentication failed")
	}
	return &sts.GetSessionTokenOutput{Credentials: &types.Credentials{}}, nil
}

// verification is that of everything that Ada has.
func (w *world) verification() Verification {
	v := Verification{Config: w.Config, Identities: []age.Identity{w.password, w.mfa}, Now: w.clock,
		Session: func(region, id, secret string) Sessions { return fakeSessions{w, region, id, secret} }}
	for _, name := range w.paths() {
		v.Paths = append(v.Paths, w.Folder+"/"+name)
	}
	return v
}

func TestVerifyProvesKeyAndSeed(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	w.must(Key(t.Context(), w.Options))
	for _, c := range Verify(t.Context(), w.verification()) {
		if !c.OK() || !c.Opened || c.Proven != (c.Kind != "password") {
			t.Errorf("%+v", c)
		}
	}
	// The device is another one than that of the seed.
	for _, d := range w.iam.Devices {
		d.Seed = strings.Repeat("A", len(d.Seed))
	}
	found := false
	for _, c := range Verify(t.Context(), w.verification()) {
		found = found || strings.Contains(strings.Join(c.Problems, ""), "MultiFactorAuthentication failed") && !c.Proven
	}
	if !found {
		t.Error("another device is proven")
	}
	for _, c := range Verify(t.Context(), Verification{Paths: w.verification().Paths, Now: w.clock}) {
		if !c.OK() || c.Opened || len(c.Notes) != 1 {
			t.Errorf("without an identity: %+v", c)
		}
	}
}

// Somebody who asks STS for a proof and gets none is told so by the exit code.
func TestVerifyThatProvesNothingIsAProblem(t *testing.T) {
	w := newWorld(t, ", accessKey: sealed")
	w.must(Create(t.Context(), w.Options))
	w.must(MFA(t.Context(), w.Options, ""))
	w.must(Key(t.Context(), w.Options))
	for name, change := range map[string]func(*Verification){
		"without an identity":  func(v *Verification) { v.Identities = nil },
		"with one identity":    func(v *Verification) { v.Identities = v.Identities[:1] },
		"without the key file": func(v *Verification) { v.Paths = slices.DeleteFunc(v.Paths, isKey) },
	} {
		v := w.verification()
		change(&v)
		for _, c := range Verify(t.Context(), v) {
			if c.OK() || c.Proven || !strings.Contains(strings.Join(c.Problems, ""), "not proven by STS: that takes") {
				t.Errorf("%s: %+v", name, c)
			}
		}
	}
}

func isKey(path string) bool { return strings.Contains(path, "-key-") }

func TestVerifyFindsWhatIsWrong(t *testing.T) {
	for want, change := range map[string]func(*world, *Verification, string){
		"no identity given opens it":           func(w *world, v *Verification, _ string) { v.Identities = v.Identities[1:] },
		"and due after 90":                     func(_ *world, v *Verification, _ string) { v.Now = v.Now.Add(91 * config.Day) },
		"breakglass.yaml has no user Ada":      func(w *world, _ *Verification, _ string) { w.Config.Users = w.Config.Users[1:] },
		"its role is BreakGlassRole, and that": func(w *world, _ *Verification, _ string) { w.Config.Role.Name = "Other" },
		"it is of account 111111111111":        func(w *world, _ *Verification, _ string) { w.Config.Hub.Account = "222222222222" },
		"its holders are not those": func(w *world, _ *Verification, _ string) {
			w.Config.Credentials.PasswordHolders = []string{holder(w.t).Recipient().String()}
		},
		"its end is missing": func(w *world, _ *Verification, path string) {
			w.edit(path, func(s string) string { return s[:len(s)-20] })
		},
		"does not match its sum": func(w *world, _ *Verification, path string) {
			w.edit(path, func(s string) string { return strings.Replace(s, "user: Ada", "user: Eve", 1) })
		},
		"it is void since 2026-11-27": func(w *world, _ *Verification, path string) {
			w.edit(path, func(s string) string { return strings.Replace(s, "\n\n", "\nvoid: 2026-11-27T00:00:00Z gone\n\n", 1) })
		},
		"the run that made it was cut off": func(w *world, v *Verification, path string) {
			if err := os.Rename(path, path+".unset"); err != nil {
				w.t.Fatal(err)
			}
			v.Paths[0] += ".unset"
		},
		"no such file": func(_ *world, v *Verification, _ string) { v.Paths[0] += ".gone" },
	} {
		w := newWorld(t, "")
		r := w.must(Create(t.Context(), w.Options))
		v := w.verification()
		change(w, &v, r.File)
		checked := Verify(t.Context(), v)
		if len(checked) != 1 || checked[0].OK() || !strings.Contains(strings.Join(checked[0].Problems, "\n"), want) {
			t.Errorf("want %q: %+v", want, checked[0])
		}
	}
}

// edit changes a file.
func (w *world) edit(path string, change func(string) string) {
	w.t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(change(string(content))), 0o600); err != nil {
		w.t.Fatal(err)
	}
}
