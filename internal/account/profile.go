package account

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"

	"example.com/breakglass/internal/shell"
)

// named returns how a message names the credentials: the profile that was passed, or that of the environment.
func named(profile string) (name, flag string) {
	for _, variable := range []string{"AWS_PROFILE", "AWS_DEFAULT_PROFILE"} {
		if profile == "" && (os.Getenv("AWS_ACCESS_KEY_ID") == "" || os.Getenv("AWS_SECRET_ACCESS_KEY") == "") {
			profile = os.Getenv(variable)
		}
	}
	if profile == "" {
		return "", ""
	}
	return fmt.Sprintf("profile %q", profile), " " + shell.Quote("--profile", profile)
}

// explainLoading explains why the settings of the AWS CLI cannot be used.
func explainLoading(err error, profile string) error {
	name, _ := named(profile)
	var missing awsconfig.SharedConfigProfileNotExistError
	switch {
	case errors.As(err, &awsconfig.AssumeRoleTokenProviderNotSetError{}):
		return &Refusal{What: name + " needs an MFA code, and there is no terminal to ask for it", Fix: "run the command at a terminal, or with the keys of a session in the environment", Err: err}
	case strings.Contains(err.Error(), "RetryMode"):
		return &Refusal{What: "AWS_RETRY_MODE or retry_mode has a value that is not known here: " + os.Getenv("AWS_RETRY_MODE"), Fix: "use standard or adaptive, or unset it", Err: err}
	case errors.As(err, &missing) && missing.Profile == profile:
		return fmt.Errorf("cannot use profile %q: %w; aws configure list-profiles shows the profiles", profile, err)
	}
	return fmt.Errorf("cannot use profile %q: %w; correct it in ~/.aws/config", profile, err)
}

// explainProfile explains why credentials cannot be used, with the profile that they are from.
func explainProfile(err error, profile string) error {
	name, flag := named(profile)
	const doing = "asking AWS whose credentials these are"
	refusal := func(what, fix string) error { return &Refusal{What: doing + ": " + what, Fix: fix, Err: err} }
	whose := name
	if whose == "" {
		whose = "the default profile"
	}
	var sso *ssocreds.InvalidTokenError
	var program *processcreds.ProviderError
	text := err.Error()
	switch {
	case errors.As(err, &sso), strings.Contains(text, "cached SSO token"):
		return refusal("the SSO session of "+whose+" has expired", "aws sso login"+flag+", then repeat the command")
	case errors.As(err, &program):
		return refusal("the credential_process of "+whose+" failed: "+lastLine(program.Err), "run that program by hand to see why (aws configure get credential_process"+flag+" shows it)")
	}
	explained := Explain(err, doing)
	var r *Refusal
	if name != "" && errors.As(explained, &r) {
		named := *r
		named.What += " (" + name + ")"
		named.Fix = strings.ReplaceAll(named.Fix, "aws sso login", "aws sso login"+flag)
		return &named
	}
	return explained
}

// foreignCertificate reports whether something between this machine and AWS has a certificate of its own.
func foreignCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &authority) || errors.As(err, &host)
}
