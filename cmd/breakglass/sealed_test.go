package main

import (
	"fmt"
	"os"
	"time"

	"filippo.io/age"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/breakglass/operate/seal"
)

// sealedFiles writes KEY.sealed, which the identity in one.txt opens, and MFA.sealed, which that in two.txt opens.
func sealedFiles(ts *testscript.TestScript) {
	for _, f := range []struct {
		name, identity, secret string
		header                 seal.Header
	}{
		{"KEY.sealed", "one.txt", "sealed-secret", seal.Header{Kind: seal.Key, AccessKey: "AKIASEALED"}},
		{"MFA.sealed", "two.txt", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", seal.Header{Kind: seal.MFA, Device: "arn:aws:iam::111111111111:mfa/BreakglassUser"}},
	} {
		identity, err := age.GenerateX25519Identity()
		ts.Check(err)
		h := f.header
		h.Partition, h.Account, h.User, h.Role, h.Regions = "aws", "111111111111", "BreakglassUser", "BreakGlassRole", []string{"us-west-2", "eu-west-1"}
		h.Created, h.Recipients = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), []string{identity.Recipient().String()}
		file, err := seal.Seal(h, seal.NewSecret([]byte(f.secret)), nil)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(f.name), file.Bytes(), 0o600))
		ts.Check(os.WriteFile(ts.MkAbs(f.identity), fmt.Appendf(nil, "# public key: %s\n%s\n", identity.Recipient(), identity), 0o600))
	}
}
