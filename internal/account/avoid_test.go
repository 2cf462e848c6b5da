package account

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"example.com/breakglass/internal/stub"
)

// TestARegionThatIsAvoidedIsNotAsked: neither for the caller, nor where single sign-on has the credentials, nor by a client.
func TestARegionThatIsAvoidedIsNotAsked(t *testing.T) {
	const token = `{"accessToken": "t", "expiresAt": "2099-01-01T00:00:00Z", "region": "us-east-1", "startUrl": "https://example.com/start"}`
	profiles(t, `
[profile sso]
sso_start_url = https://example.com/start
sso_region = us-east-1
sso_account_id = 111111111111
sso_role_name = operator
[profile key]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
[profile role]
role_arn = arn:aws:iam::111111111111:role/operator
source_profile = key
`)
	server := stub.New()
	defer server.Close()
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	cache := filepath.Join(os.Getenv("HOME"), ".aws", "sso", "cache")
	name := sha1.Sum([]byte("https://example.com/start"))
	if err := errors.Join(os.MkdirAll(cache, 0o700), os.WriteFile(filepath.Join(cache, hex.EncodeToString(name[:])+".json"), []byte(token), 0o600)); err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	for _, c := range []struct {
		profile, region string
		avoids, asks    bool
	}{
		{"key", "us-west-2", true, true}, {"key", "us-east-1", true, false}, {"key", "us-east-1", false, true},
		{"role", "us-east-1", true, false}, {"sso", "us-west-2", true, false},
	} {
		before := len(server.Calls())
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if c.avoids {
			ctx = Avoiding(ctx, "us-east-1", gone)
		}
		_, err := Load(ctx, c.profile, c.region)
		cancel()
		if asked := len(server.Calls()) > before; asked != c.asks {
			t.Errorf("%+v: asked %q, %v", c, server.Calls()[before:], err)
		}
		if errors.Is(err, gone) == c.asks {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
