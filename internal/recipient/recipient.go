// Package recipient reads the recipients of age, to whom credentials are sealed: native ones, post-quantum ones, those of hardware
// keys, and those of plugins. It imports nothing of this module.
package recipient

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"filippo.io/age"
	"filippo.io/age/plugin"
	"filippo.io/age/tag"
)

// Class says against whom a recipient protects. age refuses a file with recipients of both classes: it would be as weak as the
// weaker one.
type Class string

// The classes.
const (
	// Classic recipients are short, and protect against the computers of today.
	Classic Class = "classic"
	// PostQuantum recipients have some 1,959 characters, too many for paper.
	PostQuantum Class = "post-quantum"
	// Unknown is the class of a plugin's recipient: only the plugin knows, and says so when something is sealed.
	Unknown Class = "of a plugin"
)

// Recipient is somebody to whom something can be sealed.
type Recipient struct {
	// Text is the recipient as the file has it: age1….
	Text  string
	Class Class
	// Plugin is the name of the program age-plugin-NAME that seals and opens; empty for recipients that age knows.
	Plugin string

	key    string
	native age.Recipient
}

// prefix starts every recipient; native ones have no further name before the last 1.
const prefix = "age1"

// Parse reads a recipient. The error never has the text: it may be an identity, which is secret.
func Parse(text string) (Recipient, error) {
	if strings.HasPrefix(strings.ToUpper(text), "AGE-SECRET-KEY-") || strings.HasPrefix(strings.ToUpper(text), "AGE-PLUGIN-") {
		return Recipient{}, ErrIdentity
	}
	if !strings.HasPrefix(text, prefix) {
		return Recipient{}, errors.New("it does not start with " + prefix)
	}
	name, key, err := plugin.ParseRecipient(text)
	switch {
	case strings.HasPrefix(text, "age1pq1"):
		return native(text, PostQuantum, text, func() (age.Recipient, error) { return age.ParseHybridRecipient(text) })
	case strings.HasPrefix(text, "age1tagpq1"):
		return native(text, PostQuantum, text, func() (age.Recipient, error) { return tag.ParseRecipient(text) })
	case strings.HasPrefix(text, "age1tag1"):
		return native(text, Classic, "p256 "+string(key), func() (age.Recipient, error) { return tag.ParseRecipient(text) })
	case strings.Count(text, "1") == 1:
		return native(text, Classic, text, func() (age.Recipient, error) { return age.ParseX25519Recipient(text) })
	case err != nil:
		return Recipient{}, errors.New("its checksum is wrong")
	}
	r := Recipient{Text: text, Class: Unknown, Plugin: name, key: text}
	if name == "yubikey" {
		r.Class, r.key = Classic, "p256 "+string(key)
	}
	return r, nil
}

// ErrIdentity is the error for an identity in the place of a recipient.
var ErrIdentity = errors.New("it is an identity, which must stay with its holder")

// native reads a recipient that age knows. Wrapping finds the keys that no key agreement accepts.
func native(text string, class Class, key string, parse func() (age.Recipient, error)) (Recipient, error) {
	one, err := parse()
	if err != nil {
		return Recipient{}, errors.New("its checksum is wrong, or it is cut off")
	}
	if _, err := one.Wrap(make([]byte, 16)); err != nil {
		return Recipient{}, errors.New("nothing can be sealed to it")
	}
	return Recipient{Text: text, Class: class, key: key, native: one}, nil
}

// Key identifies the key of the recipient: two spellings of the same key, such as age1yubikey1… and age1tag1…, have the same.
func (r Recipient) Key() string { return r.key }

// Age returns the recipient for age. A plugin's needs its program age-plugin-NAME when something is sealed; ui is for its messages.
func (r Recipient) Age(ui *plugin.ClientUI) (age.Recipient, error) {
	if r.native != nil {
		return r.native, nil
	}
	one, err := plugin.NewRecipient(r.Text, ui)
	if err != nil {
		return nil, fmt.Errorf("the recipient of age-plugin-%s is invalid: %w", r.Plugin, err)
	}
	return one, nil
}

// Fingerprint returns 16 hexadecimal digits in groups, to be compared by eye and by voice.
func (r Recipient) Fingerprint() string { return Fingerprint(r.Text) }

// Fingerprint is the fingerprint of a text: the first digits of its SHA-256.
func Fingerprint(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%x %x %x %x", sum[0:2], sum[2:4], sum[4:6], sum[6:8])
}
