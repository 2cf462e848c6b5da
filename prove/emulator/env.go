package emulator

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"example.com/breakglass/config"
)

// anySecret is accepted by the emulator with every key.
const anySecret = "local"

// Env returns the environment of a program that is to use the emulator as the given account: this process's own, without
// any setting for AWS, and with requests to this machine kept away from proxies.
func (s *Server) Env(account, region string) []string { return s.env(os.Environ(), account, region) }

func (s *Server) env(environ []string, account, region string) []string {
	bypass := "127.0.0.1,localhost,::1"
	env := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case name == "NO_PROXY" || name == "no_proxy":
			if value != "" && !strings.Contains(bypass, value) {
				bypass += "," + value
			}
			return true
		case name == "CDK_HOME":
			return true
		}
		return strings.HasPrefix(name, "AWS_")
	})
	return append(env,
		"AWS_ENDPOINT_URL="+s.URL(),
		"AWS_ENDPOINT_URL_S3="+s.URL(),
		"AWS_ACCESS_KEY_ID="+account, // the emulator reads the account from the key
		"AWS_SECRET_ACCESS_KEY="+anySecret,
		"AWS_REGION="+region,
		"AWS_DEFAULT_REGION="+region,
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
		"CDK_HOME="+filepath.Join(s.dir, "cdk"), // the CDK CLI remembers there which account a key belongs to
		"NO_PROXY="+bypass,
		"no_proxy="+bypass,
	)
}

// Config returns the configuration of an AWS client that uses the emulator as the given account. Nothing of the caller's
// environment or files is read.
func (s *Server) Config(account, region string) aws.Config {
	return aws.Config{
		Region:           region,
		Credentials:      credentials.NewStaticCredentialsProvider(account, anySecret, ""),
		BaseEndpoint:     aws.String(s.URL()),
		HTTPClient:       s.client,
		RetryMaxAttempts: 3,
	}
}

func newClient() *awshttp.BuildableClient {
	return awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.Proxy = nil
		t.MaxIdleConnsPerHost = 32
	})
}

// regions returns the codes of all Regions: the emulator knows fewer, and takes requests to any other one for us-east-1.
func regions() []string {
	var codes []string
	for _, r := range config.AllRegions() {
		codes = append(codes, r.Code)
	}
	return codes
}

// serverEnv returns the whole environment of the emulator. Little is taken over from the caller, since dozens of variables
// of common names (DEBUG, DATA_DIR, …) would change what it does.
func serverEnv(address, dir string, opts Options) []string {
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + dir,
		"TMPDIR=" + dir,
		"PYTHONUTF8=1",
		"PYTHONUNBUFFERED=1",
		"GATEWAY_LISTEN=" + address,
		"LOCALEMU_HOST=" + address,
		"GATEWAY_SERVER=hypercorn", // any other server listens on every interface
		"DNS_ADDRESS=0",
		"SQS_ENDPOINT_STRATEGY=path",
		"DISABLE_EVENTS=1",
		"SKIP_SSL_CERT_DOWNLOAD=1",
		"BREAKGLASS_REGIONS=" + strings.Join(regions(), ","),         // see start.py
		"DOCKER_HOST=unix://" + filepath.Join(dir, "no-docker.sock"), // the same with Docker as without
	}
	if len(opts.Accounts) > 0 {
		env = append(env, "ROOT_ACCESS_KEYS="+strings.Join(opts.Accounts, ","))
	}
	if opts.EnforceIAM {
		env = append(env, "IAM_ENFORCEMENT=1")
	}
	return env
}
