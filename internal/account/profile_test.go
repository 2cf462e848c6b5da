package account

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/smithy-go"

	"example.com/breakglass/internal/stub"
)

// profiles makes a folder with settings of the AWS CLI, and a stub.
func profiles(t *testing.T, config string) {
	t.Helper()
	server := stub.New()
	t.Cleanup(server.Close)
	home := t.TempDir()
	file := filepath.Join(home, "config")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "AWS_ENDPOINT_URL": server.URL, "AWS_CONFIG_FILE": file, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull, "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true", "AWS_RETRY_MODE": "",
	} {
		t.Setenv(name, value)
	}
}

const withMFA = `
[profile source]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
[profile hub]
role_arn = arn:aws:iam::111111111111:role/operator
source_profile = source
mfa_serial = arn:aws:iam::111111111111:mfa/operator
`

func TestAProfileWithMFAAsksForTheCode(t *testing.T) {
	profiles(t, withMFA)
	_, err := Load(t.Context(), "hub", "us-east-1")
	if err == nil || !strings.Contains(err.Error(), `profile "hub" needs an MFA code, and there is no terminal to ask for it`) {
		t.Errorf("without a terminal: %v", err)
	}
	var devices []string
	ctx := WithCode(t.Context(), func(_ context.Context, device string) (string, error) {
		devices = append(devices, device)
		return "123456", nil
	})
	// The SDK asks STS itself for a role of a profile, wherever AWS_ENDPOINT_URL points; so this test asks as the SDK does.
	options, asked := stscreds.AssumeRoleOptions{SerialNumber: aws.String("arn:aws:iam::111111111111:mfa/operator")}, false
	code, err := codeFor(ctx, &options, &asked)()
	if err != nil || code != "123456" || !asked || !slices.Equal(devices, []string{"arn:aws:iam::111111111111:mfa/operator"}) {
		t.Errorf("%q, %v, devices %q, asked %v", code, err, devices, asked)
	}
	if codeFor(t.Context(), &options, &asked) != nil {
		t.Error("somebody is asked without a terminal")
	}
	// Other programs get the session, and ask nobody.
	session := aws.Config{Credentials: credentials.NewStaticCredentialsProvider("ASIAEXAMPLE", "example", "session")}
	want := []string{"AWS_ACCESS_KEY_ID=ASIAEXAMPLE", "AWS_SECRET_ACCESS_KEY=example", "AWS_SESSION_TOKEN=session"}
	if env, err := NewKeys(&Caller{config: session, asked: &asked}, file(t, ""), nil).Session(ctx, ""); err != nil || !slices.Equal(env, want) {
		t.Errorf("%q, %v", env, err)
	}
	c, err := Load(ctx, "source", "us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	keys := NewKeys(c, file(t, ""), map[string]string{"111111111111": "source"})
	if _, err := keys.In(ctx, "111111111111", "us-east-1"); err != nil {
		t.Fatal(err)
	}
	for _, profile := range []string{"", "source"} {
		if env, err := keys.Session(ctx, profile); err != nil || env != nil {
			t.Errorf("without MFA: %q, %v", env, err)
		}
	}
	keys.others["source"].asked = &asked
	if env, err := keys.Session(ctx, "source"); err != nil || len(env) != 3 {
		t.Errorf("the profile of an account: %q, %v", env, err)
	}
}

// Each cause has its own sentence, the profile's name, and what fixes it.
func TestCredentialsThatDoNotWork(t *testing.T) {
	const sso = `
[profile hub]
sso_session = corp
sso_account_id = 111111111111
sso_role_name = Operator
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://example.com/start
`
	const source = "[profile hub]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = my sso\n"
	for name, c := range map[string]struct {
		config, retry string
		want          []string
	}{
		"SSO":            {sso, "", []string{`the SSO session of profile "hub" has expired`, "aws sso login --profile hub"}},
		"aws login":      {"[profile hub]\nlogin_session = arn:aws:iam::111111111111:user/x\nregion = us-east-1\n", "", []string{`the session of profile "hub" cannot be used: token file not found`, "; aws login --profile hub, then"}},
		"a source's SSO": {source + strings.Replace(sso, "profile hub", "profile my sso", 1), "", []string{`the SSO session of profile "my sso", which profile "hub" uses, has expired; aws sso login --profile 'my sso', then`}},
		"a token's file": {"[profile hub]\nrole_arn = arn:aws:iam::111111111111:role/x\nweb_identity_token_file = /none/token\n", "", []string{`no usable credentials: `, "/none/token: no such file or directory"}},
		"credential_process": {
			"[profile hub]\ncredential_process = sh -c 'echo no vault >&2; exit 3'\n", "", []string{`the credential_process of profile "hub" failed`, "--profile hub"},
		},
		"no such profile": {"[profile other]\nregion = us-east-1\n", "", []string{`cannot use profile "hub"`, "aws configure list-profiles"}},
		"AWS_RETRY_MODE":  {withMFA, "legacy", []string{"AWS_RETRY_MODE has a value that is not known here: legacy", "standard or adaptive"}},
		"retry_mode": {
			"[profile hub]\nretry_mode = eager\n", "standard", []string{`retry_mode of profile "hub" has a value that is not known here: eager`, "standard or adaptive"},
		},
		"a file with errors": {"[profile hub]\nsource_profile = hub2\nrole_arn = x\n", "", []string{`cannot use profile "hub"`, "~/.aws/config"}},
	} {
		t.Run(name, func(t *testing.T) {
			profiles(t, c.config)
			t.Setenv("AWS_RETRY_MODE", c.retry)
			_, err := Load(t.Context(), "hub", "us-east-1")
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("%v, want %q", err, want)
				}
			}
		})
	}
}

// What the portal of single sign-on says of a session that has ended early, and of a permission set that is not assigned.
func TestASessionThatThePortalRefuses(t *testing.T) {
	cfg := aws.Config{ConfigSources: []any{awsconfig.SharedConfig{Profile: "hub", SSOSessionName: "corp"}}}
	for want, err := range map[string]error{
		`the SSO session of profile "hub" has expired; aws sso login --profile hub, then`: &smithy.GenericAPIError{Code: "UnauthorizedException", Message: "Session token not found or invalid"},
		`the SSO session of profile "hub" does not get its role: No access; check its`:    &smithy.GenericAPIError{Code: "ForbiddenException", Message: "No access"},
	} {
		if err := explainProfile(fmt.Errorf("operation error SSO: GetRoleCredentials, %w", err), "hub", cfg); !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A person types a code, or confirms in a browser, no second time for what has failed.
func TestCredentialsThatFailAreAskedForOnce(t *testing.T) {
	asked := filepath.Join(t.TempDir(), "asked")
	profiles(t, "[profile hub]\ncredential_process = sh -c 'echo asked >> "+asked+"; exit 3'\n")
	if _, err := Load(t.Context(), "hub", "us-east-1"); err == nil {
		t.Error("no error")
	}
	if text, err := os.ReadFile(asked); err != nil || string(text) != "asked\n" {
		t.Errorf("%q, %v", text, err)
	}
}

func TestProfiles(t *testing.T) {
	profiles(t, "[default]\nregion = us-east-1\n  [profile hub]  \n[profile  my sso]\n[sso-session corp]\n[services local]\nwords [profile no]\n[profile neither\n")
	file := filepath.Join(t.TempDir(), "credentials")
	if err := os.WriteFile(file, []byte("[hub]\n[keys]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", file)
	if got, want := Profiles(), []string{"default", "hub", "keys", "my sso"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A variable of the environment that cannot be used is named, and no file is blamed for it.
func TestAnEnvironmentThatDoesNotWork(t *testing.T) {
	folder := t.TempDir()
	notPEM := filepath.Join(folder, "bundle.pem")
	if err := os.WriteFile(notPEM, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	const config = "[profile loop]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = loop\n[profile words]\ncredential_process = echo hello\n" +
		"[profile orphan]\nrole_arn = arn:aws:iam::111111111111:role/x\nsource_profile = gone\n[profile keys]\naws_access_key_id = x\naws_secret_access_key = y\n"
	for name, c := range map[string]struct{ variable, value, want string }{
		"no such profile": {
			"AWS_PROFILE", "nope", `cannot use profile "nope": failed to get shared config profile, nope; aws configure list-profiles shows the profiles`,
		},
		"its own source": {
			"AWS_PROFILE", "loop", `cannot use profile "loop": its source_profile leads back to profile "loop"; correct it in ~/.aws/config`,
		},
		"a source that is missing": {
			"AWS_PROFILE", "orphan", `cannot use profile "orphan": failed to load assume role arn:aws:iam::111111111111:role/x, of profile gone, `,
		},
		"a program that talks": {"AWS_PROFILE", "words", `the credential_process of profile "words" failed: invalid character`},
		"no bundle":            {"AWS_CA_BUNDLE", filepath.Join(folder, "none"), "cannot use AWS_CA_BUNDLE of the environment: open "},
		"no certificate": {
			"AWS_CA_BUNDLE", notPEM, "cannot use AWS_CA_BUNDLE of the environment: failed to load custom CA bundle PEM file; correct or unset it",
		},
		"no number":              {"AWS_MAX_ATTEMPTS", "many", "cannot use AWS_MAX_ATTEMPTS of the environment: "},
		"neither true nor false": {"AWS_USE_FIPS_ENDPOINT", "perhaps", "cannot use AWS_USE_FIPS_ENDPOINT of the environment: "},
		"an unknown mode":        {"AWS_DEFAULTS_MODE", "perhaps", "cannot use AWS_DEFAULTS_MODE of the environment: "},
		"no address":             {"AWS_ENDPOINT_URL_STS", "localhost:4566", `cannot use AWS_ENDPOINT_URL_STS of the environment: "localhost:4566" is no address`},
		"a folder of settings":   {"AWS_CONFIG_FILE", folder, "cannot use AWS_CONFIG_FILE of the environment: "},
	} {
		t.Run(name, func(t *testing.T) {
			profiles(t, config)
			t.Setenv("AWS_PROFILE", "keys")
			t.Setenv(c.variable, c.value)
			if _, err := Load(t.Context(), "", "us-east-1"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v\nlacks %s", err, c.want)
			}
		})
	}
}

// A profile of the environment that does not exist is in the way of an access key, too.
func TestAMissingProfileBesideAnAccessKey(t *testing.T) {
	profiles(t, "")
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "example")
	t.Setenv("AWS_PROFILE", "nope")
	if _, err := Load(t.Context(), "", "us-east-1"); err == nil || !strings.Contains(err.Error(), `cannot use profile "nope": failed to get shared config profile, nope; aws configure list-profiles`) {
		t.Error(err)
	}
}

// The SDK passes over a file that it cannot read, and a profile in it seems to be missing.
func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	profiles(t, "")
	loop := filepath.Join(t.TempDir(), "config")
	if err := os.Symlink(loop, loop); err != nil {
		t.Skip(err)
	}
	t.Setenv("AWS_CONFIG_FILE", loop)
	if _, err := Load(t.Context(), "hub", "us-east-1"); err == nil || !strings.Contains(err.Error(), `cannot use profile "hub": open `+loop+": ") || !strings.HasSuffix(err.Error(), "; make the file readable") {
		t.Error(err)
	}
}

// The SDK passes over half an access key in silence.
func TestHalfAnAccessKeyIsNamed(t *testing.T) {
	profiles(t, "")
	none := errors.New("failed to refresh cached credentials, no EC2 IMDS role found")
	for _, c := range []struct{ id, secret, profile, want string }{
		{"AKIAEXAMPLE", "", "", "the environment has AWS_ACCESS_KEY_ID alone; set both"},
		{"", "x", "", "the environment has AWS_SECRET_ACCESS_KEY alone; set both"},
		{"AKIAEXAMPLE", "", "hub", "no usable credentials (profile \"hub\")"},
		{"", "", "", "no usable credentials; pass --profile"},
	} {
		t.Setenv("AWS_ACCESS_KEY_ID", c.id)
		t.Setenv("AWS_SECRET_ACCESS_KEY", c.secret)
		if err := explainProfile(none, c.profile, aws.Config{}); !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q, %q, %q: %v", c.id, c.secret, c.profile, err)
		}
	}
}

// Where requests go elsewhere and nobody answers there, the variable is named.
func TestNobodyAnswersAtAnEndpointOfTheEnvironment(t *testing.T) {
	profiles(t, "")
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: net.ErrClosed}
	for _, name := range []string{"AWS_ENDPOINT_URL", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "AWS_USE_FIPS_ENDPOINT"} {
		t.Setenv(name, "")
	}
	unknown := &net.DNSError{Name: "sts-fips.eu-west-1.amazonaws.com", IsNotFound: true}
	for _, c := range []struct {
		err               error
		name, value, want string
	}{
		{refused, "AWS_ENDPOINT_URL", "", "then repeat the command"},
		{refused, "AWS_ENDPOINT_URL", "http://127.0.0.1:9", "; requests go where AWS_ENDPOINT_URL directs them"},
		{refused, "AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9", "; requests go where AWS_ENDPOINT_URL_STS directs them"},
		{refused, "https_proxy", "http://somebody:secret@127.0.0.1:9", "; requests go where https_proxy directs them"},
		{context.DeadlineExceeded, "HTTPS_PROXY", "http://127.0.0.1:9", "; requests go where HTTPS_PROXY directs them"},
		{unknown, "AWS_USE_FIPS_ENDPOINT", "true", "; requests go where AWS_USE_FIPS_ENDPOINT directs them"},
		{unknown, "AWS_USE_DUALSTACK_ENDPOINT", "true", "; requests go where AWS_USE_DUALSTACK_ENDPOINT, use_fips_endpoint of the profile direct them"},
		{unknown, "AWS_USE_FIPS_ENDPOINT", "false", "; requests go where use_fips_endpoint of the profile directs them"},
	} {
		t.Setenv(c.name, c.value)
		if err := explainProfile(c.err, "", aws.Config{}); !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("with %s=%q: %v", c.name, c.value, err)
		}
		t.Setenv(c.name, "")
	}
}

func TestTheCauseOfARefusal(t *testing.T) {
	for script, want := range map[string][]string{
		"sts:GetCallerIdentity fail SignatureDoesNotMatch Signature expired: 20261126T101010Z is now earlier than 20261126T111010Z": {
			"the clock of this machine is wrong", "Signature expired",
		},
		"sts:GetCallerIdentity fail AccessDenied User: x is not authorized to perform: sts:GetCallerIdentity with an explicit deny in a service control policy": {
			"a policy denies sts:GetCallerIdentity", "explicit deny in a service control policy",
		},
		"sts:GetCallerIdentity fail ExpiredToken The security token is expired": {`(profile "my hub")`, "aws sso login --profile 'my hub'"},
	} {
		server := stub.New()
		t.Cleanup(server.Close)
		if err := server.Script(script); err != nil {
			t.Fatal(err)
		}
		profiles(t, "[profile my hub]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = example\n")
		t.Setenv("AWS_ENDPOINT_URL", server.URL)
		_, err := Load(t.Context(), "my hub", "us-east-1")
		for _, words := range want {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v, want %q", script, err, words)
			}
		}
	}
}

func TestWhatIsBetweenThisMachineAndAWS(t *testing.T) {
	portal := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Sign in</body></html>"))
	}))
	defer portal.Close()
	proxy := httptest.NewTLSServer(http.NotFoundHandler())
	defer proxy.Close()
	for address, want := range map[string]string{
		portal.URL: "a web page answers in place of AWS; sign in to the network's portal",
		proxy.URL:  "a proxy opens the TLS connections; set AWS_CA_BUNDLE",
	} {
		profiles(t, withMFA)
		t.Setenv("AWS_ENDPOINT_URL", address)
		if _, err := Load(t.Context(), "source", "us-east-1"); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), ` (profile "source")`, ""), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// TestAConnectionThatBreaksIsNoWebPage: what is read of an answer then is no web page, and no portal would help.
func TestAConnectionThatBreaksIsNoWebPage(t *testing.T) {
	broken := &net.OpError{Op: "read", Net: "tcp", Err: net.ErrClosed}
	err := fmt.Errorf("deserialization failed, failed to decode response body, %w", broken)
	if text := Explain(err, "reading").Error(); strings.Contains(text, "web page") || !strings.Contains(text, "check the network") {
		t.Errorf("it says %s", text)
	}
}
