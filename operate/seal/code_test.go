package seal

import (
	"encoding/base32"
	"strings"
	"testing"
	"time"
)

// The vectors of RFC 6238, appendix B, for SHA-1; a device of AWS shows the last six of the eight digits.
func TestCodesOfTheRFC(t *testing.T) {
	seed := NewSecret([]byte(base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))))
	for at, want := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		code, left, err := seed.Code(time.Unix(at, 0))
		if err != nil || code.Reveal() != want[2:] {
			t.Errorf("at %d, the code is %s, %v, want %s", at, code.Reveal(), err, want[2:])
		}
		if wait := 30 - at%30; left != time.Duration(wait)*time.Second {
			t.Errorf("at %d, it lasts %s, want %d s", at, left, wait)
		}
	}
}

func TestABadSeedIsNotShown(t *testing.T) {
	if _, _, err := NewSecret([]byte("not!base32")).Code(time.Now()); err == nil || strings.Contains(err.Error(), "not!") {
		t.Errorf("the error is %v", err)
	}
}
