package seal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"filippo.io/age/plugin"
)

const word = "hunt-2222-moon-3333"

func holder(t *testing.T) *age.X25519Identity {
	t.Helper()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func quantumHolder(t *testing.T) *age.HybridIdentity {
	t.Helper()
	identity, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func header(recipients ...string) Header {
	return Header{
		Kind: Password, Partition: "aws", Account: "111111111111", User: "Ada", Role: "BreakGlassRole",
		Regions: []string{"us-east-1", "us-west-2"}, Created: time.Date(2026, 11, 26, 15, 4, 5, 0, time.UTC), Recipients: recipients,
	}
}

func sealed(t *testing.T, h Header) *File {
	t.Helper()
	f, err := Seal(h, NewSecret([]byte(word)), nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// parsed is the file after it was written and read.
func parsed(t *testing.T, f *File) *File {
	t.Helper()
	out, err := Parse(f.Bytes())
	if err != nil {
		t.Fatalf("%v:\n%s", err, f.Bytes())
	}
	return out
}

// opens checks that an identity opens a file.
func opens(t *testing.T, f *File, identity age.Identity) {
	t.Helper()
	secret, err := f.Open(identity)
	if err != nil {
		t.Fatal(err)
	}
	if secret.Reveal() != word {
		t.Error("the secret is another one")
	}
}

func TestEachHolderOpensAFileOfEachKind(t *testing.T) {
	one, other := holder(t), holder(t)
	for _, kind := range []Kind{Password, MFA, Key} {
		h := header(one.Recipient().String(), other.Recipient().String())
		h.Kind = kind
		switch kind {
		case MFA:
			h.Device = "arn:aws:iam::111111111111:mfa/Ada"
		case Key:
			h.AccessKey = "AKIAIOSFODNN7EXAMPLE"
		}
		f := parsed(t, sealed(t, h))
		h.Version = Version
		if got, want := f.text(), h.text(); got != want || f.Kind != kind {
			t.Errorf("the header is\n%s, want\n%s", got, want)
		}
		opens(t, f, one)
		opens(t, f, other)
	}
}

func TestPostQuantumHolders(t *testing.T) {
	one, other := quantumHolder(t), quantumHolder(t)
	f := parsed(t, sealed(t, header(one.Recipient().String(), other.Recipient().String())))
	opens(t, f, other)
	if _, err := f.Paper(); !errors.Is(err, ErrPaper) {
		t.Errorf("on paper, it gives %v", err)
	}
	_, err := Seal(header(one.Recipient().String(), holder(t).Recipient().String()), NewSecret([]byte(word)), nil)
	if !errors.Is(err, ErrMixed) {
		t.Errorf("mixed with a classic one, it gives %v", err)
	}
}

// changed returns the text of a file with a change.
func changed(t *testing.T, f *File, old, with string) []byte {
	t.Helper()
	text := string(f.Bytes())
	if !strings.Contains(text, old) {
		t.Fatalf("the file has no %q:\n%s", old, text)
	}
	return []byte(strings.Replace(text, old, with, 1))
}

// damage is a text in place of a sealed file, and what it is.
type damage struct {
	text []byte
	is   error
}

// damages returns what a file may have become.
func damages(t *testing.T, f *File) map[string]damage {
	t.Helper()
	whole := string(f.Bytes())
	inside := strings.Split(f.armored, "\n")[1]
	return map[string]damage{
		"empty":             {nil, ErrFormat},
		"another file":      {[]byte("version: 1\n"), ErrFormat},
		"plain age":         {[]byte(f.armored), ErrFormat},
		"version 0":         {changed(t, f, magic+": 1", magic+": 0"), ErrFormat},
		"newer":             {changed(t, f, magic+": 1", magic+": 2"), ErrNewer},
		"unknown kind":      {changed(t, f, "kind: password", "kind: pin"), ErrKind},
		"unknown line":      {changed(t, f, "user: ", "lover: "), ErrFormat},
		"line twice":        {changed(t, f, "user: Ada\n", "user: Ada\nuser: Ada\n"), ErrFormat},
		"without a line":    {changed(t, f, "user: Ada\n", ""), ErrFormat},
		"without a value":   {changed(t, f, "user: Ada\n", "user:\n"), ErrFormat},
		"without a sum":     {changed(t, f, "sha256: ", "void: "), ErrFormat},
		"no time":           {changed(t, f, "created: 2026-11-26T15:04:05Z", "created: today"), ErrFormat},
		"other user":        {changed(t, f, "user: Ada", "user: Bob"), ErrTampered},
		"other content":     {changed(t, f, inside, strings.Repeat("A", len(inside))), ErrTampered},
		"two files":         {append(f.Bytes(), f.Bytes()...), ErrTampered},
		"without its end":   {[]byte(whole[:len(whole)-30]), ErrTruncated},
		"the header alone":  {[]byte(whole[:strings.Index(whole, "-----BEGIN")]), ErrTruncated},
		"too large":         {bytes.Repeat([]byte("a\n"), mostBytes), ErrFormat},
		"no value at all":   {changed(t, f, "kind: ", "kind\nkind: "), ErrFormat},
		"no time of a mark": {changed(t, f, "sha256: ", "void: today\nsha256: "), ErrFormat},
	}
}

func TestWhatIsNotTheSealedFileIsRefused(t *testing.T) {
	for name, c := range damages(t, sealed(t, header(holder(t).Recipient().String()))) {
		_, err := Parse(c.text)
		var problem *Problem
		if !errors.Is(err, c.is) || !errors.As(err, &problem) || problem.Fix == "" {
			t.Errorf("%s: the error is %v, want %v", name, err, c.is)
		}
	}
}

// A file whose sum was renewed is found out when it is opened.
func TestATamperedFileDoesNotOpen(t *testing.T) {
	identity := holder(t)
	f := sealed(t, header(identity.Recipient().String()))
	for name, change := range map[string]func(*File){
		"user":       func(f *File) { f.User = "Bob" },
		"account":    func(f *File) { f.Account = "222222222222" },
		"created":    func(f *File) { f.Created = f.Created.Add(time.Hour) },
		"recipients": func(f *File) { f.Recipients = append(f.Recipients, holder(t).Recipient().String()) },
		"regions":    func(f *File) { f.Regions = f.Regions[:1] },
		"content": func(f *File) {
			lines := strings.Split(f.armored, "\n")
			i := len(lines) - 4
			lines[i] = strings.Repeat("A", len(lines[i]))
			f.armored = strings.Join(lines, "\n")
		},
		"cut off": func(f *File) {
			lines := strings.Split(f.armored, "\n")
			f.armored = strings.Join(append(lines[:len(lines)-4], lines[len(lines)-2:]...), "\n")
		},
	} {
		other := *f
		change(&other)
		if _, err := parsed(t, &other).Open(identity); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestTheWrongIdentityOpensNothing(t *testing.T) {
	f := sealed(t, header(holder(t).Recipient().String()))
	for name, identities := range map[string][]age.Identity{"none": nil, "another": {holder(t)}, "several": {holder(t), quantumHolder(t)}} {
		if _, err := f.Open(identities...); !errors.Is(err, ErrWrongIdentity) {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
	quantum := quantumHolder(t).Recipient().String()
	_, err := sealed(t, header(quantum, quantumHolder(t).Recipient().String())).Open(holder(t))
	if text := err.Error(); len(text) > 400 || !strings.Contains(text, "its password is sealed to "+quantum[:80]+"…, age1pq1") {
		t.Errorf("the holders are not named, or fill pages: %s", text)
	}
}

func TestAVoidFileDoesNotOpen(t *testing.T) {
	identity := holder(t)
	at := time.Date(2026, 12, 1, 2, 3, 4, 5, time.UTC)
	f := parsed(t, sealed(t, header(identity.Recipient().String())).Voided(at, "replaced by\nanother → one"))
	if f.Void == nil || f.Void.Reason != "replaced by another one" || !f.Void.At.Equal(at.Truncate(time.Second)) {
		t.Fatalf("the mark is %v", f.Void)
	}
	if _, err := f.Open(identity); !errors.Is(err, ErrVoid) || !strings.Contains(err.Error(), "2026-12-01") {
		t.Errorf("the error is %v", err)
	}
	if _, err := f.Paper(); !errors.Is(err, ErrVoid) {
		t.Errorf("on paper, it gives %v", err)
	}
	if again := f.Voided(at.Add(time.Hour), "again"); again.Void.Reason != f.Void.Reason {
		t.Error("the mark was replaced")
	}
}

func TestWhatCannotBeSealed(t *testing.T) {
	good := header(holder(t).Recipient().String())
	for name, change := range map[string]func(*Header, *[]byte){
		"no recipient":       func(h *Header, _ *[]byte) { h.Recipients = nil },
		"bad recipient":      func(h *Header, _ *[]byte) { h.Recipients = []string{"age1qqqq"} },
		"unknown kind":       func(h *Header, _ *[]byte) { h.Kind = "pin" },
		"MFA without device": func(h *Header, _ *[]byte) { h.Kind = MFA },
		"key without ID":     func(h *Header, _ *[]byte) { h.Kind = Key },
		"no time":            func(h *Header, _ *[]byte) { h.Created = time.Time{} },
		"two lines":          func(h *Header, _ *[]byte) { h.User = "Ada\nkind: mfa" },
		"empty secret":       func(_ *Header, s *[]byte) { *s = nil },
		"long secret":        func(_ *Header, s *[]byte) { *s = []byte("a\nb") },
		"missing plugin": func(h *Header, _ *[]byte) {
			h.Recipients = []string{plugin.EncodeRecipient("isnotinstalled", []byte("x"))}
		},
	} {
		h, secret := good, []byte(word)
		change(&h, &secret)
		if f, err := Seal(h, NewSecret(secret), &plugin.ClientUI{}); err == nil {
			t.Errorf("%s: it is sealed:\n%s", name, f.Bytes())
		}
	}
}

// The number of holders whose file still fits on paper is documented.
func TestSizesOnPaper(t *testing.T) {
	var holders []string
	for n := 1; n <= 5; n++ {
		holders = append(holders, holder(t).Recipient().String())
		text, err := sealed(t, header(holders...)).Paper()
		if n <= 4 && err != nil || n == 5 && !errors.Is(err, ErrPaper) {
			t.Errorf("%d holders: %d characters, %v", n, len(text), err)
		}
		t.Logf("%d holders: %d characters", n, len(text))
	}
}

func TestASecretPrintsNowhere(t *testing.T) {
	type box struct {
		Secret *Secret
		hidden *Secret
		value  Secret
	}
	secret := NewSecret([]byte(word))
	b := box{secret, secret, *secret}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%p"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", secret, b, &b)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("a", "secret", secret, "box", b)
	if err := json.NewEncoder(&out).Encode(b); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&out).Encode(map[string]any{"s": secret}); err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{word, fmt.Sprintf("%x", word), fmt.Sprint([]byte(word)), "104 117 110"} {
		if strings.Contains(out.String(), form) {
			t.Errorf("it prints %q:\n%s", form, &out)
		}
	}
	if !strings.Contains(out.String(), `{"s":"sealed"}`) {
		t.Errorf("JSON lacks the word:\n%s", &out)
	}
	held := secret.Bytes()
	secret.Wipe()
	if !bytes.Equal(held, make([]byte, len(word))) || secret.Reveal() != "" {
		t.Error("it is not wiped")
	}
}

// TestAForgedHeaderLeadsNowhere: whoever exchanges a file can write a header and its sum, and nothing is opened before addresses are shown.
func TestAForgedHeaderLeadsNowhere(t *testing.T) {
	f := sealed(t, header(holder(t).Recipient().String()))
	for name, forge := range map[string]func(*Header){
		"a host for a Region":     func(h *Header) { h.Regions = []string{"evil.example.com/"} },
		"a second Region":         func(h *Header) { h.Regions = []string{"us-east-1", "x@evil.example.com/?"} },
		"a host for the account":  func(h *Header) { h.Account = "evil.example.com/" },
		"eleven digits":           func(h *Header) { h.Account = "11111111111" },
		"another partition":       func(h *Header) { h.Partition = "aws.evil" },
		"more than a user":        func(h *Header) { h.User = "Ada --remote" },
		"a command for the role":  func(h *Header) { h.Role = "$(id)" },
		"a path for the role":     func(h *Header) { h.Role = "../r" },
		"an address for the user": func(h *Header) { h.User = "https://evil.example.com" },
	} {
		forged := *f
		forge(&forged.Header)
		if _, err := Parse(forged.Bytes()); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "find out who changed this one") {
			t.Errorf("%s: %v", name, err)
		}
	}
	forged := *f
	forged.Regions, forged.Partition = []string{"us-gov-west-1", "ap-southeast-7", "eusc-de-east-1"}, "aws-us-gov"
	if _, err := Parse(forged.Bytes()); err != nil {
		t.Errorf("Regions of AWS: %v", err)
	}
}
