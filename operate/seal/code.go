package seal

import (
	"errors"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// CodePeriod is how long a code of a virtual MFA device lasts.
const CodePeriod = 30 * time.Second

// Code returns the six digits that a virtual MFA device with this seed shows at a time (RFC 6238 with SHA-1, as AWS has it), and how
// long they last.
func (s *Secret) Code(at time.Time) (code *Secret, left time.Duration, err error) {
	text, err := totp.GenerateCodeCustom(s.Reveal(), at, totp.ValidateOpts{
		Period: uint(CodePeriod / time.Second), Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return nil, 0, errors.New("the seed is not base32") // the library's error may have a part of it
	}
	return NewSecret([]byte(text)), CodePeriod - at.Sub(at.Truncate(CodePeriod)), nil
}
