// Package seal is the format of a sealed file: one half of an emergency user's credentials, encrypted by age to the people who hold
// it. A plain header says what the file is; the same header is inside the encryption, so that a changed one is noticed when the file
// is opened. Nobody can read the secret without an identity of a holder, the person who seals it included.
//
// The part in age's armor is an ordinary age file: age -d opens it without this program, too.
package seal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"

	"example.com/breakglass/internal/recipient"
)

// File is a sealed file.
type File struct {
	Header
	// Void says since when and why the secret is worth nothing. The mark stands outside the encryption: whoever rotates a secret
	// cannot open the old one.
	Void *Void `json:"void,omitempty"`

	armored string
}

// mostSecret bounds what is decrypted; a header with some post-quantum recipients is the larger part.
const mostSecret = 256 << 10

// Seal encrypts a secret to the recipients of the header. ui is for the messages of plugins, nil where there are none.
func Seal(h Header, secret *Secret, ui *plugin.ClientUI) (*File, error) {
	h.Version = Version
	if err := h.check(); err != nil {
		return nil, err
	}
	if len(secret.Bytes()) == 0 || bytes.ContainsAny(secret.Bytes(), "\r\n") {
		return nil, errors.New("the secret is empty, or has more than one line")
	}
	to, err := ageRecipients(h.Recipients, ui)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	encrypted, err := age.Encrypt(armored, to...)
	if err != nil {
		return nil, sealing(err)
	}
	// Written in three parts: a joined text would be one more copy of the secret.
	for _, part := range [][]byte{[]byte(h.text() + "\n"), secret.Bytes(), []byte("\n")} {
		if _, err := encrypted.Write(part); err != nil {
			return nil, sealing(err)
		}
	}
	if err := errors.Join(encrypted.Close(), armored.Close()); err != nil {
		return nil, sealing(err)
	}
	return &File{Header: h, armored: out.String()}, nil
}

func ageRecipients(texts []string, ui *plugin.ClientUI) ([]age.Recipient, error) {
	var to []age.Recipient
	for i, text := range texts {
		r, err := recipient.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d is invalid: %w", i+1, err)
		}
		one, err := r.Age(ui)
		if err != nil {
			return nil, err
		}
		to = append(to, one)
	}
	return to, nil
}

func sealing(err error) error {
	var missing *plugin.NotFoundError
	switch {
	case errors.As(err, &missing):
		return &Problem{ErrPlugin, fmt.Sprintf("the program age-plugin-%s of a recipient is not installed", missing.Name), "install it on this computer"}
	case strings.Contains(err.Error(), "incompatible recipients"):
		return &Problem{ErrMixed, "the recipients can't be mixed: " + err.Error(), "use one kind for all holders of a list"}
	}
	return fmt.Errorf("nothing was sealed: %w", err)
}

// Open decrypts the secret with the first identity that fits. It refuses a file that is void, and one whose header differs from the
// sealed one. The error is a *Problem.
func (f *File) Open(identities ...age.Identity) (*Secret, error) {
	if err := f.InForce(); err != nil {
		return nil, err
	}
	if len(identities) == 0 {
		return nil, &Problem{ErrWrongIdentity, "there is no identity to open it with", "name one: -i FILE"}
	}
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(f.armored)), identities...)
	if err != nil {
		return nil, f.opening(err)
	}
	content := make([]byte, mostSecret)
	defer clear(content)
	n, err := readAll(plain, content)
	if err != nil {
		return nil, &Problem{ErrTampered, "its encrypted part was changed or is cut off", fixTampered}
	}
	return f.secretIn(content[:n])
}

// InForce reports a file whose secret was replaced: a *Problem.
func (f *File) InForce() error {
	if f.Void == nil {
		return nil
	}
	return &Problem{ErrVoid, "it is void since " + f.Void.At.Format(dateForm) + ": " + f.Void.Reason, "use the file that replaced it"}
}

// readAll fills content, to be wiped afterwards, up to the end: io.ReadAll would leave copies as it grows, and io.ReadFull takes a
// missing end for one.
func readAll(from io.Reader, content []byte) (n int, err error) {
	for n < len(content) {
		read, err := from.Read(content[n:])
		n += read
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
	return n, errors.New("too large")
}

// secretIn returns the secret of what was decrypted, if the header there is that of the file.
func (f *File) secretIn(content []byte) (*Secret, error) {
	header, secret, ok := bytes.Cut(content, []byte("\n\n"))
	if !ok || string(header)+"\n" != f.text() {
		return nil, &Problem{ErrTampered, "its header is not the one that was sealed", fixTampered}
	}
	secret = bytes.TrimSuffix(secret, []byte("\n"))
	if len(secret) == 0 {
		return nil, &Problem{ErrTampered, "it has no secret", fixTampered}
	}
	return NewSecret(bytes.Clone(secret)), nil
}

// holders returns the recipients, as far as a person compares them: post-quantum ones fill pages.
func (f *File) holders() string {
	const compared = 80
	var all []string
	for _, r := range f.Recipients {
		if len(r) > compared {
			r = r[:compared] + "…"
		}
		all = append(all, r)
	}
	return strings.Join(all, ", ")
}

func (f *File) opening(err error) error {
	var none *age.NoIdentityMatchError
	var missing *plugin.NotFoundError
	switch {
	case errors.As(err, &missing):
		return &Problem{
			ErrPlugin, fmt.Sprintf("the program age-plugin-%s of the identity is not installed", missing.Name),
			"install it on this computer, or have another holder open the file",
		}
	case errors.As(err, &none), errors.Is(err, age.ErrIncorrectIdentity):
		return &Problem{
			ErrWrongIdentity, "no identity given opens it",
			fmt.Sprintf("its %s is sealed to %s: use the identity of one of them, whose file has its recipient in a comment", f.Kind, f.holders()),
		}
	}
	return &Problem{ErrTampered, "its encrypted part was changed, or the identity failed: " + err.Error(), fixTampered}
}

const fixTampered = "use another copy, and find out who changed this one"
