package account

import (
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
)

// A clock that is wrong by years makes every certificate invalid.
func TestACertificateThatIsNotValidNow(t *testing.T) {
	err := fmt.Errorf("tls: %w", x509.CertificateInvalidError{Reason: x509.Expired})
	if got := Explain(err, "asking").Error(); !strings.Contains(got, "check the clock of this machine") {
		t.Error(got)
	}
	if got := Explain(x509.CertificateInvalidError{Reason: x509.IncompatibleUsage}, "asking").Error(); strings.Contains(got, "clock") {
		t.Error(got)
	}
}
