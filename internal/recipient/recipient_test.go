package recipient

import (
	"crypto/ecdh"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"math/big"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

func x25519(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// point returns a compressed point of P-256, as hardware keys have it.
func point(t *testing.T) []byte {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw := key.PublicKey().Bytes()
	return elliptic.MarshalCompressed(elliptic.P256(), new(big.Int).SetBytes(raw[1:33]), new(big.Int).SetBytes(raw[33:]))
}

func TestRecipientsOfEachClass(t *testing.T) {
	hybrid, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	p := point(t)
	for text, want := range map[string]Class{
		x25519(t).Recipient().String():         Classic,
		hybrid.Recipient().String():            PostQuantum,
		plugin.EncodeRecipient("tag", p):       Classic,
		plugin.EncodeRecipient("yubikey", p):   Classic,
		plugin.EncodeRecipient("other", p[:9]): Unknown,
	} {
		r, err := Parse(text)
		if err != nil || r.Class != want {
			t.Errorf("Parse(%.20s) is %q, %v, want %q", text, r.Class, err, want)
		}
		if one, err := r.Age(nil); err != nil || one == nil {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// TestARecipientThatNobodyParsedIsNone: it would be a plugin's without a name.
func TestARecipientThatNobodyParsedIsNone(t *testing.T) {
	if one, err := (Recipient{Text: "age1", Plugin: "other"}).Age(nil); one != nil || err == nil || !strings.Contains(err.Error(), "age-plugin-other is invalid") {
		t.Errorf("%v, %v", one, err)
	}
}

func TestTwoSpellingsOfAHardwareKeyAreOneKey(t *testing.T) {
	p := point(t)
	one, err := Parse(plugin.EncodeRecipient("tag", p))
	if err != nil {
		t.Fatal(err)
	}
	other, err := Parse(plugin.EncodeRecipient("yubikey", p))
	if err != nil {
		t.Fatal(err)
	}
	if one.Key() != other.Key() || one.Text == other.Text {
		t.Errorf("the keys are %q and %q", one.Key(), other.Key())
	}
}

func TestWhatIsNoRecipientIsRefusedWithoutItsText(t *testing.T) {
	identity := x25519(t)
	good := identity.Recipient().String()
	zero := plugin.EncodeRecipient("other", nil)
	for _, text := range []string{
		"", "ada@example.com", strings.ToUpper(good), good[:len(good)-1], good[:20] + "q" + good[21:] + "q", "age1pq1qqqq", "age1tag1qqqq", "age1tagpq1qqqq",
		zero + "x",
		"age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqs6jpuv", "ssh-ed25519 AAAA",
	} {
		if r, err := Parse(text); err == nil {
			t.Errorf("Parse(%q) is %v", text, r)
		} else if text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("the error has the text: %v", err)
		}
	}
	if _, err := Parse("ada@example.com"); err == nil || err.Error() != "it does not start with age1" {
		t.Error(err)
	}
	for _, secret := range []string{identity.String(), strings.ToLower(identity.String()), plugin.EncodeIdentity("yubikey", []byte("x"))} {
		_, err := Parse(secret)
		if !errors.Is(err, ErrIdentity) || strings.Contains(err.Error(), secret) {
			t.Errorf("an identity gives %v", err)
		}
	}
}

func TestFingerprint(t *testing.T) {
	if got := Fingerprint("abc"); got != "ba78 16bf 8f01 cfea" { // FIPS 180-2, appendix B.1
		t.Errorf("the fingerprint is %q", got)
	}
}
