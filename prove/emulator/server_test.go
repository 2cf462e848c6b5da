package emulator

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEnvHasNothingOfTheCaller(t *testing.T) {
	s := &Server{address: "127.0.0.1:4566", dir: "tmp"}
	got := s.env([]string{
		"PATH=/bin", "AWS_PROFILE=own", "AWS_SESSION_TOKEN=secret", "AWS_ENDPOINT_URL_SQS=http://elsewhere", "CDK_HOME=own",
		"HTTPS_PROXY=http://proxy", "NO_PROXY=example.com", "no_proxy=example.com",
	}, "111111111111", "eu-west-1")
	want := []string{
		"PATH=/bin",
		"HTTPS_PROXY=http://proxy",
		"AWS_ENDPOINT_URL=http://127.0.0.1:4566",
		"AWS_ENDPOINT_URL_S3=http://127.0.0.1:4566",
		"AWS_ACCESS_KEY_ID=111111111111",
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_REGION=eu-west-1",
		"AWS_DEFAULT_REGION=eu-west-1",
		"AWS_CONFIG_FILE=/dev/null",
		"AWS_SHARED_CREDENTIALS_FILE=/dev/null",
		"AWS_EC2_METADATA_DISABLED=true",
		"CDK_HOME=tmp/cdk",
		"NO_PROXY=127.0.0.1,localhost,::1,example.com",
		"no_proxy=127.0.0.1,localhost,::1,example.com",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func TestServerEnv(t *testing.T) {
	t.Setenv("AWS_CA_BUNDLE", "own.pem")
	t.Setenv("DEBUG", "1")
	got := serverEnv("127.0.0.1:4566", "tmp", Options{EnforceIAM: true, Accounts: []string{"111111111111", "222222222222"}})
	for _, want := range []string{
		"GATEWAY_SERVER=hypercorn", "GATEWAY_LISTEN=127.0.0.1:4566", "TMPDIR=tmp", "IAM_ENFORCEMENT=1",
		"ROOT_ACCESS_KEYS=111111111111,222222222222", "BREAKGLASS_REGIONS=" + strings.Join(regions(), ","),
	} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, entry := range got {
		if strings.HasPrefix(entry, "AWS_") || strings.HasPrefix(entry, "DEBUG") {
			t.Errorf("%s came from the caller", entry)
		}
	}
}

func TestStartShowsTheLogOfAServerThatEnds(t *testing.T) {
	root := t.TempDir()
	fakePython(t, filepath.Join(root, ".venv/bin/python"), "echo 'No module named localemu' >&2; exit 1")
	_, err := Start(t.Context(), Options{Root: root})
	if err == nil || !strings.Contains(err.Error(), "ended while starting") || !strings.Contains(err.Error(), "No module named localemu") {
		t.Errorf("error %v", err)
	}
}

func TestStartGivesUp(t *testing.T) {
	root := t.TempDir()
	fakePython(t, filepath.Join(root, ".venv/bin/python"), "echo thinking; exec sleep 300")
	_, err := Start(t.Context(), Options{Root: root, Timeout: 300 * time.Millisecond})
	if err == nil || !strings.Contains(err.Error(), "did not answer on http://127.0.0.1:") || !strings.Contains(err.Error(), "thinking") {
		t.Errorf("error %v", err)
	}
}

func TestStartRefuses(t *testing.T) {
	if _, err := Start(t.Context(), Options{Root: t.TempDir()}); err == nil || !strings.Contains(err.Error(), "not installed") {
		t.Errorf("without an installation: %v", err)
	}
	if _, err := Start(t.Context(), Options{EnforceIAM: true}); err == nil || !strings.Contains(err.Error(), "accounts") {
		t.Errorf("enforcement without accounts: %v", err)
	}
}
