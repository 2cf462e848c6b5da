package enter

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"example.com/breakglass/operate/seal"
)

// rfc is the secret of RFC 6238, appendix B, in base32.
const rfc = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

func sealedFile(t *testing.T, kind seal.Kind, secret string, change func(*seal.Header)) (*seal.File, age.Identity) {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	h := seal.Header{
		Kind: kind, Partition: "aws", Account: "111111111111", User: "BreakglassUser", Role: "BreakGlassRole", Regions: []string{"us-west-2", "eu-west-1"},
		Created: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Recipients: []string{identity.Recipient().String()},
	}
	switch kind {
	case seal.MFA:
		h.Device = "arn:aws:iam::111111111111:mfa/sealed-one"
	case seal.Key:
		h.AccessKey = "AKIAEXAMPLE"
	}
	if change != nil {
		change(&h)
	}
	f, err := seal.Seal(h, seal.NewSecret([]byte(secret)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f, identity
}

func TestTheSealedFilesAreEnough(t *testing.T) {
	key, one := sealedFile(t, seal.Key, "secret", nil)
	seed, other := sealedFile(t, seal.MFA, rfc, nil)
	facts, err := FromSealed(key).WithDevice(seed)
	if err != nil {
		t.Fatal(err)
	}
	if alone := FromSealed(seed); !reflect.DeepEqual(alone,
		Facts{
			Partition: "aws", Hub: "111111111111", User: "BreakglassUser", Device: "arn:aws:iam::111111111111:mfa/BreakglassUser", Role: "BreakGlassRole",
			Regions: []string{"us-west-2", "eu-west-1"},
		}) {
		t.Errorf("the seed alone: %+v", alone)
	}
	if facts.Device != "arn:aws:iam::111111111111:mfa/sealed-one" || facts.Role != "BreakGlassRole" || len(facts.Regions) != 2 {
		t.Errorf("facts %+v", facts)
	}
	account, err := facts.Find("222222222222")
	if got := facts.RoleIn(account); err != nil || got != "arn:aws:iam::222222222222:role/BreakGlassRole" {
		t.Errorf("role %s, %v", got, err)
	}
	if _, err := facts.Find("production"); err == nil || !strings.Contains(err.Error(), "pass the 12 digits, which the card has beside the name, or --config") {
		t.Errorf("a name without a configuration: %v", err)
	}
	if hub, err := facts.Find("Hub"); err != nil || !hub.Own || hub.Number != "111111111111" {
		t.Errorf("%+v, %v", hub, err)
	}
	if dashed, err := facts.Find("2222-2222-2222"); err != nil || dashed.Number != "222222222222" || dashed.Name != dashed.Number {
		t.Errorf("%+v, %v", dashed, err)
	}
	if hub, err := facts.Find("111111111111"); err != nil || !hub.Own {
		t.Errorf("the hub account: %+v, %v", hub, err)
	}
	keys, err := OpenKey(key, one, other)
	if err != nil || keys.ID != "AKIAEXAMPLE" || keys.Secret != "secret" {
		t.Errorf("%v, %v", keys, err)
	}
	codes, err := OpenSeed(seed, one, other)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		codes.Wipe()
		if code, err := codes.At(time.Unix(59, 0)); err == nil {
			t.Errorf("a wiped seed gives %s", code)
		}
	}()
	// RFC 6238, appendix B: the last six digits of the codes of SHA-1.
	for unix, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got, err := codes.At(time.Unix(unix, 0)); err != nil || got != want {
			t.Errorf("at %d: %s, %v, want %s", unix, got, err, want)
		}
	}
}

func TestTheSeedIsWipedWhenTheSessionIsThere(t *testing.T) {
	seed, holder := sealedFile(t, seal.MFA, rfc, nil)
	codes, err := OpenSeed(seed, holder)
	if err != nil {
		t.Fatal(err)
	}
	f := &fakeSTS{}
	if _, err := Do(t.Context(), request(f, codes)); err != nil || len(f.asked) != 2 {
		t.Fatalf("%v after %q", err, f.asked)
	}
	if code, err := codes.Code(t.Context(), ""); err == nil {
		t.Errorf("the seed still gives %s", code)
	}
}

func TestSealedFilesThatDoNotFitAreRefused(t *testing.T) {
	key, _ := sealedFile(t, seal.Key, "secret", nil)
	seed, holder := sealedFile(t, seal.MFA, rfc, nil)
	ofOther, _ := sealedFile(t, seal.MFA, rfc, func(h *seal.Header) { h.User = "Somebody" })
	facts := FromSealed(key)
	for what, got := range map[string]func() error{
		"not an access key": func() error { return Usable(seed, seal.Key) },
		"not the seed of":   func() error { return Usable(key, seal.MFA) },
		"that of Somebody":  func() error { _, err := facts.WithDevice(ofOther); return err },
		"void since 2026-11-02": func() error {
			return Usable(key.Voided(time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC), "rotated"), seal.Key)
		},
		"no identity given": func() error { _, err := OpenKey(key, holder); return err },
		"no seed in base32": func() error {
			bad, id := sealedFile(t, seal.MFA, "not base32!", nil)
			_, err := OpenSeed(bad, id)
			return err
		},
		"of another deployment": func() error { _, err := Facts{Hub: "333333333333", User: "BreakglassUser"}.Merge(facts); return err },
		"there is no identity ": func() error { _, err := OpenSeed(seed); return err },
	} {
		if err := got(); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%v, want %q", err, what)
		}
	}
	if _, err := (Facts{Hub: "333333333333"}).Merge(facts); !errors.Is(err, errOther) {
		t.Error(err)
	}
}
