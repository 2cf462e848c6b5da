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
	odd := given
	odd.Keys.Token = `it's $(odd) \ "$HOME" \'`
	for name, command := range map[string][]string{
		POSIX:  {"sh", "-c", `AWS_PROFILE=other; eval "$(cat)"; echo "$AWS_SECRET_ACCESS_KEY|$AWS_SESSION_TOKEN|$AWS_REGION|${AWS_PROFILE-none}"`},
		"fish": {"fish", "-c", `set -gx AWS_PROFILE other; source; set -q AWS_PROFILE; or set AWS_PROFILE none; echo -E "$AWS_SECRET_ACCESS_KEY|$AWS_SESSION_TOKEN|$AWS_REGION|$AWS_PROFILE"`},
		"powershell": {
			"pwsh", "-NoProfile", "-Command",
			`$Env:AWS_PROFILE = 'other'; $input | Out-String | Invoke-Expression; if (!$Env:AWS_PROFILE) { $Env:AWS_PROFILE = 'none' }; "$Env:AWS_SECRET_ACCESS_KEY|$Env:AWS_SESSION_TOKEN|$Env:AWS_REGION|$Env:AWS_PROFILE"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(command[0]); err != nil {
				t.Skip(err)
			}
			cmd := exec.Command(command[0], command[1:]...)
			cmd.Stdin = strings.NewReader(odd.Exports(name))
			out, err := cmd.Output()
			if want := "a/b+c=|" + odd.Keys.Token + "|eu-west-1|none\n"; err != nil || strings.ReplaceAll(string(out), "\r", "") != want {
				t.Errorf("got %q, %v, want %q", out, err, want)
			}
		})
	}
}

// TestTheExportsOfEachShell has the texts, for machines without these shells.
func TestTheExportsOfEachShell(t *testing.T) {
	for name, want := range map[string][]string{
		POSIX:        {`export AWS_SESSION_TOKEN='it'\''s $(odd)'`, "export AWS_REGION=eu-west-1", "unset AWS_PROFILE"},
		"fish":       {`set -gx AWS_SESSION_TOKEN 'it\'s $(odd)'`, "set -gx AWS_REGION 'eu-west-1'", "set -e AWS_PROFILE"},
		"powershell": {`$Env:AWS_SESSION_TOKEN = 'it''s $(odd)'`, "$Env:AWS_REGION = 'eu-west-1'", "Remove-Item Env:AWS_PROFILE -ErrorAction Ignore"},
	} {
		lines := strings.Split(given.Exports(name), "\n")
		for _, one := range want {
			if !slices.Contains(lines, one) {
				t.Errorf("%s: %q lacks %s", name, lines, one)
			}
		}
		if err := CheckShell(name); err != nil {
			t.Error(err)
		}
	}
	if err := CheckShell("csh"); err == nil || err.Error() != `invalid --env "csh": use fish, posix, or powershell` {
		t.Error(err)
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
