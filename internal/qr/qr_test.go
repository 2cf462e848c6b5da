package qr

import (
	"strings"
	"testing"

	"example.com/breakglass/internal/qr/read"
)

// TestAnotherDecoderReadsTheCode draws the SVG and reads it with a decoder that shares nothing with the encoder.
func TestAnotherDecoderReadsTheCode(t *testing.T) {
	for _, text := range []string{
		"https://111111111111.signin.aws.amazon.com/console?region=eu-west-1",
		"https://signin.aws.amazon.com/switchrole?account=222222222222&roleName=Break%2BGlass&displayName=a%20b",
		"a", "Zürich ☂", strings.Repeat("AGE-", 600), strings.Repeat("x", 2500),
	} {
		svg, err := SVG(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read.SVG(string(svg)); err != nil || got != text {
			t.Errorf("it reads %q, want %q; error %v", got, text, err)
		}
	}
}

func TestATextThatNoCodeHolds(t *testing.T) {
	if svg, err := SVG(strings.Repeat("x", 3000)); err == nil || !strings.Contains(err.Error(), "3000 bytes") || svg != "" {
		t.Errorf("%q, error %v", svg, err)
	}
}
