package seal

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"
)

// MostIdentities is the size of the largest file of identities that is read.
const MostIdentities = 1 << 20

// Identities reads the identities of a holder: a file of age-keygen or of a plugin, one identity a line. A file that is encrypted with
// a passphrase asks for it by passphrase, which may be nil. ui is for the messages of plugins. No error has a line of the file.
func Identities(content []byte, passphrase func() (*Secret, error), ui *plugin.ClientUI) ([]age.Identity, error) {
	if len(content) > MostIdentities {
		return nil, errors.New("it is too large to be a file of identities")
	}
	text, err := decrypted(plain(content), passphrase)
	if err != nil {
		return nil, err
	}
	var all []age.Identity
	lines := bufio.NewScanner(bytes.NewReader(text))
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := identity(line, ui)
		if err != nil {
			return nil, fmt.Errorf("line %d is no identity: %w", number, err)
		}
		all = append(all, one)
	}
	if lines.Err() != nil || len(all) == 0 {
		return nil, errors.New("it has no identity: name the file that age-keygen or the plugin wrote")
	}
	return all, nil
}

func identity(line string, ui *plugin.ClientUI) (age.Identity, error) {
	var one age.Identity
	var err error
	switch {
	case strings.HasPrefix(line, "AGE-PLUGIN-"):
		one, err = plugin.NewIdentity(line, ui)
	case strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-1"):
		one, err = age.ParseHybridIdentity(line)
	case strings.HasPrefix(line, "AGE-SECRET-KEY-1"):
		one, err = age.ParseX25519Identity(line)
	case strings.HasPrefix(line, "age1"):
		return nil, errors.New("it is a recipient, which opens nothing")
	case strings.HasPrefix(line, magic):
		return nil, errors.New("it is that of a sealed file; pass the holder's own file with -i")
	default:
		return nil, errors.New("it does not start with AGE-; pass the file that age-keygen or the plugin wrote")
	}
	if err != nil {
		return nil, errors.New("it is cut off, or mistyped") // age's error may have a part of it
	}
	return one, nil
}

// decrypted returns the lines of a file of identities.
func decrypted(content []byte, passphrase func() (*Secret, error)) ([]byte, error) {
	// Space around armor is a text's. The last byte of a file without armor is a part of it, also where it looks like a line end.
	var source io.Reader = bytes.NewReader(content)
	switch trimmed := bytes.TrimSpace(content); {
	case bytes.HasPrefix(trimmed, []byte(armor.Header)):
		source = armor.NewReader(bytes.NewReader(trimmed))
	case !bytes.HasPrefix(content, []byte("age-encryption.org/")):
		return content, nil
	}
	if passphrase == nil {
		return nil, errors.New("it is encrypted with a passphrase, and there is no terminal to ask for it")
	}
	word, err := passphrase()
	if err != nil {
		return nil, err
	}
	defer word.Wipe()
	scrypt, err := age.NewScryptIdentity(word.Reveal())
	if err != nil {
		return nil, err
	}
	plain, err := age.Decrypt(source, scrypt)
	if err != nil {
		return nil, errors.New("the passphrase is wrong, or the file of identities is damaged")
	}
	text, err := io.ReadAll(io.LimitReader(plain, MostIdentities))
	if err != nil {
		return nil, errors.New("the file of identities is damaged: use another copy of it")
	}
	return text, nil
}
