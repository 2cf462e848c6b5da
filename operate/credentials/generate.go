package credentials

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/operate/seal"
)

// The characters of a password: none that is easily taken for another one on paper (0 o, 1 i l, 2 z, 5 s). A group has letters of one
// case only, so that a handwritten c is never a C.
const (
	lower  = "abcdefghjkmnpqrtuvwxy"
	upper  = "ABCDEFGHJKMNPQRTUVWXY"
	digits = "346789"
)

const (
	groupSize = 5
	// fewestGroups make 119 bits of the groups in lower case and digits alone, besides 22 of the one in upper case.
	fewestGroups = 6
	// mostCharacters is the length of the longest password that IAM accepts.
	mostCharacters = 128
)

// generate returns a password that a person can type from paper: groups of five, joined by hyphens, the first one in upper case. It
// has every kind of character that a policy can ask for, the hyphen being a symbol.
func generate(policy *types.PasswordPolicy) (*seal.Secret, error) {
	least := 0
	if policy != nil {
		least = int(aws.ToInt32(policy.MinimumPasswordLength))
	}
	if least > mostCharacters {
		return nil, fmt.Errorf("the password policy asks for %d characters, and IAM accepts %d; change the policy", least, mostCharacters)
	}
	word := make([]byte, 0, mostCharacters)
	for n := 0; n < fewestGroups || len(word) < least; n++ {
		if n > 0 && len(word) < mostCharacters {
			word = append(word, '-')
		}
		for range min(groupSize, mostCharacters-len(word)) {
			from := lower + digits
			if n == 0 {
				from = upper
			}
			c, err := one(from)
			if err != nil {
				clear(word)
				return nil, err
			}
			word = append(word, c)
		}
	}
	secret := seal.NewSecret(word)
	// One password in about a thousand has no digit; another one is drawn.
	if !bytes.ContainsAny(word, digits) || !bytes.ContainsAny(word, lower) || word[len(word)-1] == '-' {
		secret.Wipe()
		return generate(policy)
	}
	return secret, nil
}

// one draws a character, each with the same probability.
func one(from string) (byte, error) {
	var draw [1]byte
	for limit := 256 - 256%len(from); ; {
		if _, err := rand.Read(draw[:]); err != nil {
			return 0, errors.New("this computer gives no random numbers")
		}
		if int(draw[0]) < limit {
			return from[int(draw[0])%len(from)], nil
		}
	}
}
