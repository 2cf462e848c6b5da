package config

import (
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

const someHolder = "age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9"

// TestHoldersOfBothKinds: age refuses post-quantum recipients beside classic ones; each list may have its own kind.
func TestHoldersOfBothKinds(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	quantum := hybrid.Recipient().String()
	c := mustParse(t, base+"credentials:\n  passwordHolders: ["+quantum+"]\n  mfaHolders: ["+someHolder+"]\n")
	if !c.Credentials.On() || c.Credentials.RotateEvery != 90*Day {
		t.Errorf("%+v", c.Credentials)
	}
	_, err = Parse("breakglass.yaml", []byte(base+"credentials:\n  passwordHolders: ["+quantum+"]\n  mfaHolders:\n    - "+someHolder+"\n    - "+quantum+"\n"))
	if err == nil || !strings.Contains(err.Error(), "breakglass.yaml:8: credentials.mfaHolders[1]: a holder of the password as well, in line 5") {
		t.Errorf("on both lists: %v", err)
	}
	other, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("breakglass.yaml",
		[]byte(base+"credentials:\n  passwordHolders: ["+quantum+"]\n  mfaHolders:\n    - "+someHolder+"\n    - "+other.Recipient().String()+"\n"))
	if err == nil || !strings.Contains(err.Error(), "credentials.mfaHolders[1]: a post-quantum recipient beside a classic one, which age refuses") {
		t.Errorf("mixed: %v", err)
	}
}

// TestOneHardwareKeyInTwoSpellings is one holder, on whichever lists it is.
func TestOneHardwareKeyInTwoSpellings(t *testing.T) {
	// The base point of P-256, compressed (SEC 2, section 2.4.2).
	point := []byte("\x03\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96")
	yubikey, tagged := plugin.EncodeRecipient("yubikey", point), plugin.EncodeRecipient("tag", point)
	_, err := Parse("breakglass.yaml", []byte(base+"credentials:\n  passwordHolders: ["+yubikey+"]\n  mfaHolders: ["+tagged+"]\n"))
	if err == nil || !strings.Contains(err.Error(), "credentials.mfaHolders[0]: a holder of the password as well, in line 5") {
		t.Errorf("on both lists: %v", err)
	}
	_, err = Parse("breakglass.yaml", []byte(base+"credentials:\n  passwordHolders:\n    - "+yubikey+"\n    - "+tagged+"\n  mfaHolders: ["+someHolder+"]\n"))
	if err == nil || !strings.Contains(err.Error(), "credentials.passwordHolders[1]: listed twice, first in line 6") {
		t.Errorf("twice: %v", err)
	}
}
