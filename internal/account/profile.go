package account

import (
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"

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

// ExplainLoading explains why the settings of the AWS CLI cannot be used.
func ExplainLoading(err error, profile string) error {
	name, _ := named(profile)
	var missing awsconfig.SharedConfigProfileNotExistError
	var source awsconfig.SharedConfigAssumeRoleError
	switch {
	case errors.As(err, &awsconfig.AssumeRoleTokenProviderNotSetError{}):
		return &Refusal{
			What: name + " needs an MFA code, and there is no terminal to ask for it",
			Fix:  "run the command at a terminal, or with the keys of a session in the environment", Err: err,
		}
	case strings.Contains(err.Error(), "RetryMode"):
		where, value := "retry_mode of "+orDefault(name), lastWord(err)
		if os.Getenv("AWS_RETRY_MODE") == value {
			where = "AWS_RETRY_MODE"
		}
		return &Refusal{What: where + " has a value that is not known here: " + value, Fix: "use standard or adaptive, or unset it", Err: err}
	case errors.As(err, &source) && source.Err == nil:
		return fmt.Errorf("cannot use %s: its source_profile leads back to profile %q; correct it in ~/.aws/config", orDefault(name), source.Profile)
	case errors.As(err, &missing) && slices.Contains([]string{profile, os.Getenv("AWS_PROFILE"), os.Getenv("AWS_DEFAULT_PROFILE")}, missing.Profile):
		if cause := unreadable(); cause != nil {
			return fmt.Errorf("cannot use profile %q: %w; make the file readable", missing.Profile, cause)
		}
		return fmt.Errorf("cannot use profile %q: %w; aws configure list-profiles shows the profiles", missing.Profile, err)
	}
	if variables := atFault(err); variables != "" {
		return fmt.Errorf("cannot use %s of the environment: %w; correct or unset it", variables, err)
	}
	return fmt.Errorf("cannot use %s: %w; correct it in ~/.aws/config", orDefault(name), err)
}

// atFault returns the variables of the environment that an error is about: those that it names, or whose value it does.
func atFault(err error) string {
	var all []string
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "AWS_") || name == "AWS_PROFILE" || name == "AWS_DEFAULT_PROFILE" {
			continue
		}
		ofAFile := strings.Contains(value, "/") && strings.Contains(err.Error(), value)
		if strings.Contains(err.Error(), name) || ofAFile || name == "AWS_CA_BUNDLE" && strings.Contains(err.Error(), "CA bundle") {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// halfAPair returns the variable of an access key whose other half is not set: the SDK passes over it without a word.
func halfAPair() string {
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID") != "", os.Getenv("AWS_SECRET_ACCESS_KEY") != ""
	switch {
	case id && !secret:
		return "AWS_ACCESS_KEY_ID"
	case secret && !id:
		return "AWS_SECRET_ACCESS_KEY"
	}
	return ""
}

// directed names what sends requests elsewhere than to AWS's usual address, where there is any: variables of the environment, whose
// values may hold a password, and what the host's name shows of a setting. It ends a sentence.
func directed(host string) string {
	var all []string
	for _, entry := range os.Environ() {
		name, value, _ := strings.Cut(entry, "=")
		switch {
		case value == "":
		case strings.HasPrefix(name, endpoints) && os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") != "true",
			slices.Contains([]string{"HTTPS_PROXY", "HTTP_PROXY"}, strings.ToUpper(name)):
			all = append(all, name)
		case slices.Contains([]string{"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"}, name) && value != "false":
			all = append(all, name)
		}
	}
	for mark, setting := range map[string]string{"-fips.": "use_fips_endpoint", ".api.aws": "use_dualstack_endpoint"} {
		if variable := "AWS_" + strings.ToUpper(setting); strings.Contains(host, mark) && !slices.Contains(all, variable) {
			all = append(all, setting+" of the profile")
		}
	}
	if len(all) == 0 {
		return ""
	}
	slices.Sort(all)
	return "; requests go where " + strings.Join(all, ", ") + " " + map[bool]string{true: "directs", false: "direct"}[len(all) == 1] + " them"
}

// lastWord returns the value that the SDK names at the end of an error.
func lastWord(err error) string {
	text := err.Error()
	return text[strings.LastIndex(text, " ")+1:]
}

// lastCause returns the end of an error's text, after what was done.
func lastCause(text string) string { return text[strings.LastIndex(text, ": ")+1+len(" "):] }

// orDefault returns the name of a profile as messages have it.
func orDefault(name string) string {
	if name == "" {
		return "the default profile"
	}
	return name
}

// signsIn returns the profile that a person signs in with, which another one may name as its source; empty if there is none.
func signsIn(cfg aws.Config) string {
	for _, source := range cfg.ConfigSources {
		if shared, ok := source.(awsconfig.SharedConfig); ok {
			at := &shared
			for at.Source != nil {
				at = at.Source
			}
			if at.SSOSessionName != "" || at.SSOStartURL != "" || at.LoginSession != "" {
				return at.Profile
			}
		}
	}
	return ""
}

// explainProfile explains why credentials cannot be used, with the profile that they are from.
func explainProfile(err error, profile string, cfg aws.Config) error {
	name, flag := named(profile)
	const doing = "asking AWS whose credentials these are"
	refusal := func(what, fix string) error { return &Refusal{What: doing + ": " + what, Fix: fix, Err: err} }
	whose := orDefault(name)
	login, signIn, session := "aws sso login", flag, whose
	if source := signsIn(cfg); source != "" && fmt.Sprintf("profile %q", source) != name {
		signIn, session = " "+shell.Quote("--profile", source), fmt.Sprintf("profile %q", source)
		if name != "" {
			session += ", which " + name + " uses,"
		}
	}
	var sso *ssocreds.InvalidTokenError
	var program *processcreds.ProviderError
	code, said := "", ""
	if portal := smithy.APIError(nil); errors.As(err, &portal) && signsIn(cfg) != "" {
		code, said = portal.ErrorCode(), portal.ErrorMessage()
	}
	text := err.Error()
	switch {
	case errors.As(err, &sso), code == "UnauthorizedException", strings.Contains(text, "cached SSO token"):
		return refusal("the SSO session of "+session+" has expired", login+signIn+", then repeat the command")
	case code == "ForbiddenException":
		return refusal("the SSO session of "+session+" does not get its role: "+said,
			"check its sso_account_id and sso_role_name, and that the permission set is assigned to you")
	case strings.Contains(text, "login token:"):
		return refusal("the session of "+session+" cannot be used: "+lastCause(text), "aws login"+signIn+", then repeat the command")
	case errors.As(err, &program):
		return refusal("the credential_process of "+whose+" failed: "+strings.TrimPrefix(lastLine(program.Err), ", error: "),
			"run that program by hand to see why (aws configure get credential_process"+flag+" shows it)")
	}
	if half := halfAPair(); half != "" && profile == "" {
		return refusal("no usable credentials: the environment has "+half+" alone", "set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or unset it")
	}
	explained := Explain(err, doing)
	var r *Refusal
	if !errors.As(explained, &r) {
		return explained
	}
	detailed := *r
	if name != "" {
		detailed.What += " (" + name + ")"
		detailed.Fix = strings.ReplaceAll(detailed.Fix, login, login+signIn)
	}
	return &detailed
}

// expiredCertificate reports whether a certificate is not valid by the clock of this machine.
func expiredCertificate(err error) bool {
	var invalid x509.CertificateInvalidError
	return errors.As(err, &invalid) && invalid.Reason == x509.Expired
}

// foreignCertificate reports whether something between this machine and AWS has a certificate of its own.
func foreignCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &authority) || errors.As(err, &host)
}
