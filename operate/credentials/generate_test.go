package credentials

import (
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// The strictest policies, and the longest password that IAM accepts.
func TestPasswordsMeetEveryPolicy(t *testing.T) {
	form := regexp.MustCompile(`^[A-HJ-NP-Y]{5}(-[a-y346-9]{1,5})+$`)
	seen := map[string]bool{}
	for _, least := range []int32{0, 6, 35, 36, 41, 64, 119, 120, 126, 127, 128} {
		for range 200 {
			word, err := generate(&types.PasswordPolicy{MinimumPasswordLength: aws.Int32(least)})
			if err != nil {
				t.Fatal(err)
			}
			text := word.Reveal()
			if len(text) < max(35, int(least)) || len(text) > 128 || !form.MatchString(text) || !strings.ContainsAny(text, digits) || seen[text] ||
				strings.ContainsAny(text, "0Oo1IilLZz2Ss5") {
				t.Errorf("at least %d characters: %s", least, text)
			}
			seen[text] = true
		}
	}
	if _, err := generate(&types.PasswordPolicy{MinimumPasswordLength: aws.Int32(129)}); err == nil {
		t.Error("a password of 129 characters")
	}
	if word, err := generate(nil); err != nil || len(word.Reveal()) != 35 {
		t.Errorf("without a policy: %v", err)
	}
}

// Each character has the same chance: of 27, none is missing or twice as frequent as expected in 27,000 draws.
func TestCharactersAreDrawnAlike(t *testing.T) {
	from := lower + digits
	count := map[byte]int{}
	for range 1000 * len(from) {
		c, err := one(from)
		if err != nil {
			t.Fatal(err)
		}
		count[c]++
	}
	for i := range len(from) {
		if n := count[from[i]]; n < 800 || n > 1200 {
			t.Errorf("%c was drawn %d times of %d", from[i], n, 1000*len(from))
		}
	}
}
