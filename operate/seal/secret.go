package seal

import (
	"fmt"
	"log/slog"
)

// Secret is a password, a seed or the secret part of an access key. It never prints: fmt, log, slog, JSON and %#v give "sealed", also
// where it is a field that they cannot see into.
type Secret struct {
	// hold keeps the bytes behind a function, into which no printer looks.
	hold func() []byte
}

// shown is what a secret prints.
const shown = "sealed"

// NewSecret returns a secret that takes over the bytes: Wipe overwrites them.
func NewSecret(content []byte) *Secret {
	return &Secret{hold: func() []byte { return content }}
}

// Bytes returns the secret, and nothing after Wipe.
func (s *Secret) Bytes() []byte {
	if s == nil || s.hold == nil {
		return nil
	}
	return s.hold()
}

// Reveal returns the secret as a text, which Go cannot wipe: ask for it where AWS or a terminal takes a text, and keep it nowhere.
func (s *Secret) Reveal() string { return string(s.Bytes()) }

// Wipe overwrites the secret in memory, as far as Go allows: copies that the runtime or a library made remain until they are reused.
func (s *Secret) Wipe() {
	if s == nil {
		return
	}
	clear(s.Bytes())
	s.hold = nil
}

// String hides the secret.
func (s *Secret) String() string { return shown }

// GoString hides the secret from %#v.
func (s *Secret) GoString() string { return shown }

// Format hides the secret from every verb of fmt, %x and %p included.
func (s *Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, shown) }

// MarshalJSON hides the secret.
func (s *Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + shown + `"`), nil }

// MarshalText hides the secret from everything else that encodes.
func (s *Secret) MarshalText() ([]byte, error) { return []byte(shown), nil }

// LogValue hides the secret.
func (s *Secret) LogValue() slog.Value { return slog.StringValue(shown) }
