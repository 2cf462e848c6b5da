package enter

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"filippo.io/age"

	"example.com/breakglass/operate/seal"
)

// errOther means that the configuration is not that of the sealed file.
var errOther = errors.New("the configuration is of another deployment")

// FromSealed returns what the header of a sealed file says, of an access key or of a seed. It is enough to get in: who is alerted and
// what the accounts are called, it does not say.
func FromSealed(file *seal.File) Facts {
	f := Facts{
		Partition: file.Partition, Hub: file.Account, User: file.User, Role: file.Role, Regions: slices.Clone(file.Regions), SealedKey: file.Kind == seal.Key,
	}
	f.Regions = f.Regions[:min(seal.MostRegions, len(f.Regions))]
	f.Device = f.hub().MFADevice(f.User)
	return f
}

// Merge returns the facts of a configuration for the user and the role of a sealed file; errOther where the two do not fit.
func (f Facts) Merge(sealed Facts) (Facts, error) {
	if f.Hub != sealed.Hub || f.User != sealed.User {
		return sealed, errOther
	}
	f.Role, f.SealedKey = sealed.Role, f.SealedKey || sealed.SealedKey
	return f, nil
}

// WithDevice returns the facts with the device of a sealed seed.
func (f Facts) WithDevice(seed *seal.File) (Facts, error) {
	if seed.Account != f.Hub || seed.User != f.User {
		return f,
			fmt.Errorf("the seed is that of %s in account %s, not that of %s in account %s; pass the file of the same user", seed.User, seed.Account, f.User, f.Hub)
	}
	f.Device = seed.Device
	return f, nil
}

// Usable reports a file that is void, or of another kind than the one that is needed.
func Usable(file *seal.File, kind seal.Kind) error {
	what := map[seal.Kind]string{seal.Password: "a password", seal.MFA: "the seed of an MFA device", seal.Key: "an access key"}
	if file.Kind != kind {
		return fmt.Errorf("it holds %s, not %s; --key takes a file of breakglass credentials key, --mfa one of breakglass credentials mfa",
			what[file.Kind], what[kind])
	}
	return file.InForce()
}

// OpenKey returns the access key in a sealed file.
func OpenKey(file *seal.File, identities ...age.Identity) (Keys, error) {
	secret, err := file.Open(identities...)
	if err != nil {
		return Keys{}, err
	}
	defer secret.Wipe()
	return Keys{ID: file.AccessKey, Secret: secret.Reveal()}, nil
}

// OpenSeed returns the codes of the seed in a sealed file. Do wipes the seed when it no longer needs them.
func OpenSeed(file *seal.File, identities ...age.Identity) (*Seeded, error) {
	secret, err := file.Open(identities...)
	if err != nil {
		return nil, err
	}
	codes := &Seeded{seed: secret, At: func(at time.Time) (string, error) {
		if len(secret.Bytes()) == 0 {
			return "", errors.New("there is no seed")
		}
		code, _, err := secret.Code(at)
		if err != nil {
			return "", err
		}
		defer code.Wipe()
		return code.Reveal(), nil
	}}
	if _, err := codes.At(time.Now()); err != nil {
		codes.Wipe()
		return nil, errors.New("it holds no seed in base32; seal the seed of the device again")
	}
	return codes, nil
}
