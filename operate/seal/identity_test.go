package seal

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"
)

func TestIdentitiesOfAFile(t *testing.T) {
	one, other := holder(t), quantumHolder(t)
	text := "# created: today\n" + one.String() + "\n\n" + other.String() + "\n" + plugin.EncodeIdentity("other", []byte("x")) + "\n"
	all, err := Identities([]byte(text), nil, &plugin.ClientUI{})
	if err != nil || len(all) != 3 {
		t.Fatalf("there are %d: %v", len(all), err)
	}
	opens(t, sealed(t, header(one.Recipient().String())), all[0])
	opens(t, sealed(t, header(other.Recipient().String())), all[1])
}

func TestIdentitiesBehindAPassphrase(t *testing.T) {
	one := holder(t)
	recipient, err := age.NewScryptRecipient("walnut")
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(10)
	for _, armored := range []bool{false, true} {
		var out bytes.Buffer
		encrypt(t, &out, armored, recipient, one.String())
		ask := func(answer string) func() (*Secret, error) {
			return func() (*Secret, error) { return NewSecret([]byte(answer)), nil }
		}
		all, err := Identities(out.Bytes(), ask("walnut"), nil)
		if err != nil || len(all) != 1 {
			t.Fatalf("there are %d: %v", len(all), err)
		}
		opens(t, sealed(t, header(one.Recipient().String())), all[0])
		if _, err := Identities(out.Bytes(), ask("hazel"), nil); err == nil {
			t.Error("another passphrase opens it")
		}
		if _, err := Identities(out.Bytes(), nil, nil); err == nil {
			t.Error("no passphrase opens it")
		}
	}
}

// The last byte of a file without armor may be a space or a line end: one file of 43 ends so.
func TestAnEncryptedFileThatEndsInASpace(t *testing.T) {
	one := holder(t)
	recipient, err := age.NewScryptRecipient("walnut")
	if err != nil {
		t.Fatal(err)
	}
	recipient.SetWorkFactor(1)
	var out bytes.Buffer
	for out.Len() == 0 || len(bytes.TrimSpace(out.Bytes())) == out.Len() {
		out.Reset()
		encrypt(t, &out, false, recipient, one.String())
	}
	walnut := func() (*Secret, error) { return NewSecret([]byte("walnut")), nil }
	all, err := Identities(out.Bytes(), walnut, nil)
	if err != nil || len(all) != 1 {
		t.Fatalf("there are %d: %v", len(all), err)
	}
	if _, err := Identities(out.Bytes()[:out.Len()-1], walnut, nil); err == nil || err.Error() != "the file of identities is damaged: use another copy of it" {
		t.Errorf("of a file that was cut off: %v", err)
	}
}

func encrypt(t *testing.T, out *bytes.Buffer, armored bool, to age.Recipient, text string) {
	t.Helper()
	a := armor.NewWriter(out)
	var w = a
	var err error
	if armored {
		w, err = age.Encrypt(a, to)
	} else {
		w, err = age.Encrypt(out, to)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write([]byte(text))
	err = errors.Join(err, w.Close())
	if armored {
		err = errors.Join(err, a.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoErrorHasAnIdentity(t *testing.T) {
	secret := holder(t).String()
	for name, text := range map[string]string{
		"empty": "# nothing\n", "cut off": secret[:40], "mistyped": secret + "Q", "in lower case": strings.ToLower(secret),
		"post-quantum cut off": "AGE-SECRET-KEY-PQ-1" + secret[20:], "of a plugin, mistyped": "AGE-PLUGIN-X-" + secret[20:],
		"a recipient": holder(t).Recipient().String(), "large": strings.Repeat(secret+"\n", 20000),
	} {
		_, err := Identities([]byte(text), nil, nil)
		if err == nil || strings.Contains(err.Error(), secret[20:34]) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestAFileOnDisk(t *testing.T) {
	identity := holder(t)
	path := t.TempDir() + "/ada.sealed"
	if err := os.WriteFile(path, sealed(t, header(identity.Recipient().String())).Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	opens(t, f, identity)
	if _, err := Read(path + ".not"); err == nil {
		t.Error("a missing file is read")
	}
}
