package enter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sessionOf returns the session of a profile.
func sessionOf(ctx context.Context, name, region string) (Keys, error) {
	p, err := OpenProfile(ctx, name, region)
	if err != nil {
		return Keys{}, err
	}
	return p.Session(ctx)
}

// The session of aws login is that of a profile; a profile without one says how to sign in, and none shows a secret.
func TestTheSessionOfAProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "credentials")
	text := "[here]\naws_access_key_id = ASIAEXAMPLE\naws_secret_access_key = hidden\naws_session_token = token\n[away]\nregion = us-east-1\n[far away]\nregion = us-east-1\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_SHARED_CREDENTIALS_FILE": path, "AWS_CONFIG_FILE": os.DevNull, "AWS_EC2_METADATA_DISABLED": "true", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "",
	} {
		t.Setenv(name, value)
	}
	keys, err := sessionOf(t.Context(), "here", "eu-west-1")
	if err != nil || keys.ID != "ASIAEXAMPLE" || keys.Secret != "hidden" || keys.Token != "token" || !keys.Expires.IsZero() {
		t.Errorf("%v, %v", keys.ID, err)
	}
	for profile, want := range map[string]string{"away": `profile "away" has no session (`, "far away": "sign in first: aws login --profile 'far away'", "none": `cannot use profile "none": failed to get shared config profile, none; aws configure list-profiles shows the profiles`} {
		keys, err := sessionOf(t.Context(), profile, "eu-west-1")
		if err == nil || keys != (Keys{}) || !strings.Contains(err.Error(), want) ||
			profile == "away" && !strings.HasSuffix(err.Error(), "sign in first: aws login --profile away") {
			t.Errorf("%s: %v", profile, err)
		}
	}
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(t.TempDir(), "none"))
	if keys, err := sessionOf(t.Context(), "here", "eu-west-1"); err == nil || keys != (Keys{}) {
		t.Errorf("without its certificates: %v, %v", keys.ID, err)
	}
	if _, err := NewAWS(t.Context()); err == nil {
		t.Error("a setting that is wrong is passed over")
	}
}

// The environment's profile is not in the way of a key, and is there again afterwards.
func TestTheProfileOfTheEnvironmentStays(t *testing.T) {
	server(t, func(http.ResponseWriter, url.Values) {})
	if got := os.Getenv("AWS_PROFILE"); got != "of-another-day" {
		t.Errorf("AWS_PROFILE is %q", got)
	}
}

// If no Region gives an address, each is named with its reason, and what else to do.
func TestEachRegionWithoutAnAddressIsNamed(t *testing.T) {
	n := 0
	aws, _ := server(t, func(w http.ResponseWriter, _ url.Values) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
		fmt.Fprint(w, "{}")
	})
	var tried []Try
	address, region, err := Console(t.Context(), aws, Keys{Secret: "hidden"}, []string{"us-east-1", "us-west-2"}, func(t Try) { tried = append(tried, t) })
	want := "AWS Sign-In gave no address (us-east-1: AWS Sign-In answered 502 Bad Gateway; us-west-2: AWS Sign-In gave no token); " +
		"use the session without the console (leave --console out), or sign in with the password"
	if address != "" || region != "" || err == nil || err.Error() != want {
		t.Errorf("%s, %s, %v", address, region, err)
	}
	if len(tried) != 2 || tried[0] != (Try{Call: "getSigninToken", Region: "us-east-1", Failed: "AWS Sign-In answered 502 Bad Gateway"}) {
		t.Errorf("%+v", tried)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Console(ctx, aws, Keys{}, []string{"us-east-1", "us-west-2"}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A refusal gives no keys, and an answer without any gives none either.
func TestARefusalGivesNoKeys(t *testing.T) {
	status := http.StatusForbidden
	aws, _ := server(t, func(w http.ResponseWriter, form url.Values) {
		w.WriteHeader(status)
		fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult></%[1]sResult></%[1]sResponse>", form.Get("Action"))
	})
	for _, status = range []int{http.StatusForbidden, http.StatusOK} {
		session, err := aws.SessionToken(t.Context(), "eu-west-1", SigV4, Keys{ID: "A", Secret: "s"}, "d", "123456", time.Hour)
		role, also := aws.AssumeRole(t.Context(), "eu-west-1", SigV4, Keys{ID: "A", Secret: "s", Token: "t"}, "arn:role", "u", time.Hour)
		if session != (Keys{}) || role != (Keys{}) || (err == nil) != (status == http.StatusOK) || (also == nil) != (status == http.StatusOK) {
			t.Errorf("%d: %v, %v, %v, %v", status, session.ID, err, role.ID, also)
		}
	}
}
