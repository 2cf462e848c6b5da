package enter

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
	"github.com/aws/smithy-go/logging"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/shell"
)

// AWS is AWS itself.
type AWS struct{ config aws.Config }

// NewAWS returns access to AWS that depends on no file: a broken profile must not be in the way. It respects AWS_ENDPOINT_URL,
// AWS_CA_BUNDLE and HTTPS_PROXY.
func NewAWS(ctx context.Context) (*AWS, error) {
	// The SDK wants a profile that the environment names, though it gives no credentials here.
	for _, name := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		if value, set := os.LookupEnv(name); set {
			os.Unsetenv(name)
			defer os.Setenv(name, value)
		}
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithSharedConfigFiles([]string{}), awsconfig.WithSharedCredentialsFiles([]string{}),
		awsconfig.WithCredentialsProvider(aws.AnonymousCredentials{}),
		// One request a Region: the next Region is the second attempt.
		awsconfig.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }), awsconfig.WithLogger(logging.Nop{}),
	)
	if err == nil {
		err = account.Directed(ctx, cfg)
	}
	return &AWS{cfg}, err
}

// Profile is one of the AWS CLI.
type Profile struct {
	name   string
	config aws.Config
}

// OpenProfile finds a profile, such as that of aws login. It asks AWS nothing.
func OpenProfile(ctx context.Context, name, region string) (*Profile, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithSharedConfigProfile(name), awsconfig.WithRegion(region), awsconfig.WithLogger(logging.Nop{}))
	if err != nil {
		return nil, account.ExplainLoading(err, name)
	}
	return &Profile{name, cfg}, account.Directed(ctx, cfg)
}

// Session returns the session that the profile has. It may be refreshed for it, which raises an alert.
func (p *Profile) Session(ctx context.Context) (Keys, error) {
	ctx, cancel := context.WithTimeout(ctx, account.Patience)
	defer cancel()
	got, err := p.config.Credentials.Retrieve(ctx)
	if err != nil {
		return Keys{}, fmt.Errorf("profile %q has no session (%w); sign in first: aws login --profile %s", p.name, err, shell.Quote(p.name))
	}
	return Keys{ID: got.AccessKeyID, Secret: got.SecretAccessKey, Token: got.SessionToken, Expires: got.Expires.UTC()}, nil
}

func (a *AWS) in(region string, sign Signature, keys Keys) *sts.Client {
	cfg := a.config.Copy()
	cfg.Region, cfg.Credentials = region, credentials.NewStaticCredentialsProvider(keys.ID, keys.Secret, keys.Token)
	return sts.NewFromConfig(cfg, func(o *sts.Options) { o.AuthSchemePreference = []string{string(sign)} })
}

// SessionToken calls GetSessionToken.
func (a *AWS) SessionToken(ctx context.Context, region string, sign Signature, key Keys, device, code string, lasts time.Duration) (Keys, error) {
	client := a.in(region, sign, key)
	out, err := timely(func() (*sts.GetSessionTokenOutput, error) {
		return client.GetSessionToken(ctx, &sts.GetSessionTokenInput{
			SerialNumber: aws.String(device), TokenCode: aws.String(code), DurationSeconds: seconds(lasts),
		})
	})
	if err != nil {
		return Keys{}, err
	}
	return keysOf(out.Credentials), nil
}

// AssumeRole calls AssumeRole.
func (a *AWS) AssumeRole(ctx context.Context, region string, sign Signature, session Keys, role, name string, lasts time.Duration) (Keys, error) {
	client := a.in(region, sign, session)
	out, err := timely(func() (*sts.AssumeRoleOutput, error) {
		return client.AssumeRole(ctx, &sts.AssumeRoleInput{
			RoleArn: aws.String(role), RoleSessionName: aws.String(name), DurationSeconds: seconds(lasts),
		})
	})
	if err != nil {
		return Keys{}, err
	}
	return keysOf(out.Credentials), nil
}

// timely asks again where AWS refused a signature of another time: a client takes the time of AWS from the refusal.
func timely[T any](ask func() (T, error)) (T, error) {
	out, err := ask()
	if account.WrongClock(err) {
		return ask()
	}
	return out, err
}

func seconds(d time.Duration) *int32 {
	if d <= 0 {
		return nil
	}
	return aws.Int32(int32(d / time.Second))
}

func keysOf(c *types.Credentials) Keys {
	if c == nil {
		return Keys{}
	}
	return Keys{
		ID: aws.ToString(c.AccessKeyId), Secret: aws.ToString(c.SecretAccessKey), Token: aws.ToString(c.SessionToken), Expires: aws.ToTime(c.Expiration).UTC(),
	}
}

// SigninToken exchanges a session for a token of AWS Sign-In, which is good for one sign-in within 15 minutes (IAM user guide, custom
// identity broker). The keys are in the body: proxies log addresses.
func (a *AWS) SigninToken(ctx context.Context, endpoint string, session Keys) (string, error) {
	if base := aws.ToString(a.config.BaseEndpoint); base != "" {
		endpoint = strings.TrimSuffix(base, "/") + "/federation"
	}
	text, err := json.Marshal(map[string]string{"sessionId": session.ID, "sessionKey": session.Secret, "sessionToken": session.Token})
	if err != nil {
		return "", err
	}
	body := url.Values{"Action": {"getSigninToken"}, "Session": {string(text)}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := a.client().Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("AWS Sign-In answered %s", answer.Status)
	}
	var out struct{ SigninToken string }
	if err := json.NewDecoder(http.MaxBytesReader(nil, answer.Body, 64<<10)).Decode(&out); err != nil || out.SigninToken == "" {
		return "", fmt.Errorf("AWS Sign-In gave no token")
	}
	return out.SigninToken, nil
}

func (a *AWS) client() aws.HTTPClient {
	if a.config.HTTPClient != nil {
		return a.config.HTTPClient
	}
	return http.DefaultClient
}
