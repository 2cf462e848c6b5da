package enter

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

var given = Entered{
	Keys:    Keys{ID: "ASIAEXAMPLE", Secret: "a/b+c=", Token: "it's $(odd)"},
	Account: "222222222222", User: "BreakglassUser", Role: "arn:aws:iam::222222222222:role/BreakGlassRole", Region: "eu-west-1", Expires: expires,
}

func TestTheEnvironmentHasTheSessionAndNothingThatIsInItsWay(t *testing.T) {
	got := given.Environment([]string{"PATH=/bin", "AWS_PROFILE=other", "AWS_ACCESS_KEY_ID=old", "AWS_ROLE_ARN=x", "AWS_ENDPOINT_URL=http://localhost"})
	for _, kept := range []string{
		"PATH=/bin", "AWS_ENDPOINT_URL=http://localhost", "AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_REGION=eu-west-1", "AWS_CREDENTIAL_EXPIRATION=2026-11-26T04:00:00Z",
	} {
		if !slices.Contains(got, kept) {
			t.Errorf("%q is missing in %q", kept, got)
		}
	}
	for _, v := range got {
		if strings.HasPrefix(v, "AWS_PROFILE=") || strings.HasPrefix(v, "AWS_ROLE_ARN=") || strings.HasSuffix(v, "=old") {
			t.Errorf("%q is still there", v)
		}
	}
	if Within(got) != "222222222222" || Within([]string{"PATH=/bin"}) != "" {
		t.Errorf("the environment is of %q", Within(got))
	}
}

func TestAShellReadsTheExports(t *testing.T) {
	cmd := exec.Command("sh", "-c", `AWS_PROFILE=other; eval "$(cat)"; echo "$AWS_SECRET_ACCESS_KEY|$AWS_SESSION_TOKEN|$AWS_REGION|${AWS_PROFILE-none}"`)
	cmd.Stdin = strings.NewReader(given.Exports())
	out, err := cmd.Output()
	if want := "a/b+c=|it's $(odd)|eu-west-1|none\n"; err != nil || string(out) != want {
		t.Errorf("got %q, %v, want %q", out, err, want)
	}
}

func TestTheFormOfACredentialProcess(t *testing.T) {
	text, err := given.ProcessJSON()
	var got map[string]any
	if err != nil || json.Unmarshal([]byte(text), &got) != nil || strings.Count(text, "\n") != 1 {
		t.Fatalf("%q, %v", text, err)
	}
	want := map[string]any{
		"Version": 1.0, "AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "a/b+c=", "SessionToken": "it's $(odd)", "Expiration": "2026-11-26T04:00:00Z",
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
}

func TestWhenTheSessionEnds(t *testing.T) {
	if got := given.Until(expires.Add(-59*time.Minute - 40*time.Second)); got != "04:00 UTC (60 minutes)" {
		t.Error(got)
	}
}
