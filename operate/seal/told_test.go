package seal

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"

	"example.com/breakglass/internal/reviewed"
)

// What a file has in it, and what is said of one that is not what it was, of one that cannot be sealed or opened, and of what is no identity.
func TestWhatIsSaid(t *testing.T) {
	identity, quantum := holder(t), quantumHolder(t)
	to, both := identity.Recipient().String(), quantum.Recipient().String()
	var out strings.Builder
	tell := func(what string, err error) {
		text := strings.NewReplacer(to, "RECIPIENT", both, "POST-QUANTUM", identity.String(), "IDENTITY").Replace(fmt.Sprint(err))
		fmt.Fprintf(&out, "%s: %s\n", what, text)
	}
	file := func(what string, f *File) {
		text := strings.NewReplacer(to, "RECIPIENT", f.armored, "(armor)\n", f.sum(), "SUM").Replace(string(f.Bytes()))
		fmt.Fprintf(&out, "== %s\n%s\n", what, text)
	}
	key := header(to)
	key.Kind, key.AccessKey, key.Created = Key, "AKIAIOSFODNN7EXAMPLE", key.Created.In(time.FixedZone("", 3600))
	device := header(to)
	device.Kind, device.Device = MFA, "arn:aws:iam::111111111111:mfa/Ada"
	f := sealed(t, header(to))
	file("a password", f)
	file("a device", sealed(t, device))
	file("a void key", sealed(t, key).Voided(time.Date(2026, 12, 1, 2, 3, 4, 5, time.UTC), "replaced\tby\u00a0ÅKIA"))
	fmt.Fprintf(&out, "== names\n%s %s %s\n", f.Name(""), key.Name("2"), Like("Ada", Key))

	fmt.Fprint(&out, "\n== read\n")
	all := damages(t, f)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		_, err := Parse(all[what].text)
		tell(what, err)
	}
	lines := strings.SplitAfter(string(sealed(t, key).Bytes()), "\n")
	for i, line := range lines {
		name, _, ok := strings.Cut(line, ": ")
		if !ok {
			break
		}
		for what, change := range map[string]string{"without ": "", "twice ": line + line, "not ASCII in ": strings.Replace(line, "\n", "é\n", 1)} {
			_, err := Parse([]byte(strings.Join(slices.Concat(lines[:i], []string{change}, lines[i+1:]), "")))
			all[what+name] = damage{is: err}
		}
	}
	for _, what := range slices.Sorted(maps.Keys(all)) {
		if all[what].text == nil && what != "empty" {
			tell(what, all[what].is)
		}
	}
	missing := filepath.Join(t.TempDir(), "ABCDE-fgh34-jkmnp-qrtuv-wxy67")
	if _, err := Read(missing); !strings.Contains(err.Error(), missing) {
		t.Errorf("a file that is missing: %v", err)
	}
	tell("unset", Settled("Ada-key-20261126T150405Z.sealed.unset"))
	tell("set", Settled("Ada-key-20261126T150405Z.sealed"))

	fmt.Fprint(&out, "\n== sealed\n")
	for _, c := range []struct {
		what   string
		change func(*Header)
		secret string
	}{
		{"no recipient", func(h *Header) { h.Recipients = nil }, word}, {"a bad recipient", func(h *Header) { h.Recipients = []string{to, "age1qqqq"} }, word},
		{"mixed", func(h *Header) { h.Recipients = []string{to, both} }, word}, {"another kind", func(h *Header) { h.Kind = "pin" }, word},
		{"a device without its ARN", func(h *Header) { h.Kind = MFA }, word}, {"a key without its ID", func(h *Header) { h.Kind = Key }, word},
		{"half a second", func(h *Header) { h.Created = h.Created.Add(time.Second / 2) }, word}, {"no Region", func(h *Header) { h.Regions = nil }, word},
		{"a user of two lines", func(h *Header) { h.User = "Ada\nkind: mfa" }, word}, {"an ARN of two lines", func(h *Header) { h.Kind, h.Device = MFA, "a\nb" }, word},
		{"no secret", func(*Header) {}, ""}, {"a secret of two lines", func(*Header) {}, "hunt\nmoon"}, {"a secret that ends a line", func(*Header) {}, "hunt\r"},
		{"a plugin that is missing", func(h *Header) { h.Recipients = []string{plugin.EncodeRecipient("isnotinstalled", []byte("x"))} }, word},
	} {
		h := header(to)
		c.change(&h)
		if f, err := Seal(h, NewSecret([]byte(c.secret)), &plugin.ClientUI{}); f == nil {
			tell(c.what, err)
		} else {
			t.Errorf("%s is sealed", c.what)
		}
	}
	var holders []string
	for range 5 {
		holders = append(holders, to)
	}
	_, err := sealed(t, header(holders...)).Paper()
	tell("five holders on paper", err)
	_, err = sealed(t, header(both)).Paper()
	tell("a post-quantum one on paper", err)

	fmt.Fprint(&out, "\n== opened\n")
	void := f.Voided(time.Date(2026, 12, 1, 2, 3, 4, 5, time.UTC), "replaced")
	other := *f
	other.User = "Bob"
	cut := *f
	cut.armored = strings.Replace(f.armored, "\n-----END", "-----END", 1)
	gone, err := plugin.NewIdentity(plugin.EncodeIdentity("isnotinstalled", []byte("x")), &plugin.ClientUI{})
	if err != nil {
		t.Fatal(err)
	}
	passphrase, err := age.NewScryptIdentity("walnut")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what string
		f    *File
		with []age.Identity
	}{
		{"without an identity", f, nil}, {"with another one", f, []age.Identity{holder(t)}}, {"with a passphrase", f, []age.Identity{passphrase}},
		{"with a plugin that is missing", f, []age.Identity{gone}}, {"a void file", void, []age.Identity{identity}}, {"another header", &other, []age.Identity{identity}},
		{"another armor", &cut, []age.Identity{identity}},
	} {
		secret, err := c.f.Open(c.with...)
		if secret != nil {
			t.Errorf("%s: it is opened", c.what)
		}
		tell(c.what, err)
	}

	fmt.Fprint(&out, "\n== identities\n")
	var locked bytes.Buffer
	scrypt, err := age.NewScryptRecipient("walnut")
	if err != nil {
		t.Fatal(err)
	}
	scrypt.SetWorkFactor(1)
	encrypt(t, &locked, true, scrypt, identity.String())
	answer := func(word string, err error) func() (*Secret, error) {
		return func() (*Secret, error) { return NewSecret([]byte(word)), err }
	}
	for _, c := range []struct {
		what, text string
		passphrase func() (*Secret, error)
	}{
		{"nothing", "# nothing\n\n", nil}, {"a recipient", "\n" + to, nil}, {"cut off", "# one\n" + identity.String()[:40], nil}, {"post-quantum, cut off", "AGE-SECRET-KEY-PQ-1QQ", nil},
		{"of a plugin, mistyped", "AGE-PLUGIN-X-1", nil}, {"something else", "PK\x03\x04", nil}, {"a sealed file", string(f.Bytes()), nil},
		{"too large", strings.Repeat("#", MostIdentities+1), nil}, {"a line that is too long", "#" + strings.Repeat("x", 1<<17), nil},
		{"locked, and no terminal", locked.String(), nil}, {"locked, and another passphrase", locked.String(), answer("hazel", nil)},
		{"locked, and no answer", locked.String(), answer("", errors.New("interrupted"))}, {"locked, and an empty answer", locked.String(), answer("", nil)},
	} {
		if all, err := Identities([]byte(c.text), c.passphrase, nil); all == nil {
			tell(c.what, err)
		} else {
			t.Errorf("%s: %d identities", c.what, len(all))
		}
	}
	if all, err := Identities([]byte(identity.String()+"\n"+strings.Repeat("#\n", (MostIdentities-len(identity.String())-1)/2)), nil, nil); err != nil ||
		len(all) != 1 {
		t.Errorf("the largest file of identities: %v", err)
	}
	reviewed.Text(t, "said.txt", out.String())
}

// The largest file is read, and one byte more is not; the largest secret is opened.
func TestTheLargestFile(t *testing.T) {
	identity := holder(t)
	f := sealed(t, header(identity.Recipient().String()))
	whole := append(f.Bytes(), bytes.Repeat([]byte("\n"), mostBytes-len(f.Bytes()))...)
	if _, err := Parse(whole); err != nil {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "ada.sealed")
	if err := os.WriteFile(path, append(whole, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	if f, err := Read(path); f != nil || err == nil {
		t.Errorf("%+v, %v", f, err)
	}
	room := mostSecret - len("\n\n") - len(f.text())
	for _, c := range []struct {
		length int
		opens  bool
	}{{room - 1, true}, {room + 1, false}} {
		large, err := Seal(header(identity.Recipient().String()), NewSecret(bytes.Repeat([]byte("x"), c.length)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if secret, err := large.Open(identity); (err == nil) != c.opens || err == nil && len(secret.Bytes()) != c.length {
			t.Errorf("%d bytes: %v", c.length, err)
		}
	}
}

// What was taken back prints nothing, and what never was prints nothing either.
func TestNoSecret(t *testing.T) {
	var none *Secret
	none.Wipe()
	if none.Reveal() != "" || none.Bytes() != nil || (&Secret{}).Reveal() != "" {
		t.Error("nothing is something")
	}
	secret := NewSecret([]byte(word))
	for _, text := range []string{secret.String(), secret.GoString(), fmt.Sprint(secret), secret.LogValue().String()} {
		if text != "sealed" {
			t.Errorf("it prints %q", text)
		}
	}
	if text, err := secret.MarshalText(); err != nil || string(text) != "sealed" {
		t.Errorf("%s, %v", text, err)
	}
}
