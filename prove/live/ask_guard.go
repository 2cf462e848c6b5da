package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/config"
	"example.com/breakglass/place"
)

// noEnforcement is why the local AWS cannot say who may do what.
const noEnforcement = "it does not evaluate the guard as AWS does"

// guardQuestions are about an emergency user with an access key and a device, which the trial plays.
var guardQuestions = []question{
	{
		id: "serial-number", text: "Does a code that is given to `AssumeRole` with `SerialNumber` satisfy the guard?", by: machine, notLocal: noEnforcement,
		why:    "The guard denies everything without MFA. If the code counts for the role's trust only, a user has to call `GetSessionToken` first.",
		how:    "a temporary access key of the emergency user calls `AssumeRole` with the device's code; then `GetSessionToken` with a code, and `AssumeRole`",
		answer: serialNumber,
	},
	{
		id: "name-case", text: "Does the guard bind a user whose name is written in another case?", by: machine, notLocal: noEnforcement,
		why:    "IAM compares names without regard to case; the guard names ARNs.",
		how:    "the emergency user, with MFA, tries to create a key for its own name in capitals",
		answer: nameCase,
	},
	{
		id: "refused-iam-change", text: "Does a denied IAM call raise its alert, and does the record name the user?", by: machine, notLocal: fromAlert,
		why: "Such a record has no parameters; the alert finds the name in the error message.",
		how: "waits for the alert on the denied call of `name-case`",
		answer: func(ctx context.Context, t *trial) (string, error) {
			return t.alert(ctx, "refused-iam-change", "errorMessage")
		},
	},
	{
		id: "read-only-calls", text: "Does a read-only call such as `AssumeRole` reach a rule?", by: machine, notLocal: fromAlert,
		why:    "The rules ask for read-only management events, which EventBridge leaves out by default.",
		how:    "waits for the alert `assume-role` on the calls of `serial-number`",
		answer: func(ctx context.Context, t *trial) (string, error) { return t.alert(ctx, "assume-role", "readOnly") },
	},
}

func (t *trial) targetRole() string {
	return place.Place{Partition: "aws", Account: t.target, Region: hubRegion}.Role(config.DefaultRole)
}

// assume tries to assume the target's role, until AWS knows the key everywhere.
func (t *trial) assume(ctx context.Context, cfg aws.Config, with func(context.Context, *sts.AssumeRoleInput) error) error {
	return t.retry(ctx, func(err error) bool { return isError(err, "InvalidClientTokenId", "SignatureDoesNotMatch") }, func() error {
		input := &sts.AssumeRoleInput{RoleArn: aws.String(t.targetRole()), RoleSessionName: aws.String("live-trial")}
		if with != nil {
			if err := with(ctx, input); err != nil {
				return err
			}
		}
		_, err := sts.NewFromConfig(cfg).AssumeRole(ctx, input)
		return err
	})
}

func serialNumber(ctx context.Context, t *trial) (string, error) {
	u, err := t.emergency(ctx)
	if err != nil {
		return "", err
	}
	cfg, err := t.key(ctx, u)
	if err != nil {
		return "", err
	}
	direct := t.assume(ctx, cfg, func(ctx context.Context, in *sts.AssumeRoleInput) error {
		code, err := u.code(ctx)
		in.SerialNumber, in.TokenCode = aws.String(u.serial), aws.String(code)
		return err
	})
	first, err := outcome(direct)
	if err != nil {
		return "", err
	}
	code, err := u.code(ctx)
	if err != nil {
		return "", err
	}
	got, err := sts.NewFromConfig(cfg).GetSessionToken(ctx, &sts.GetSessionTokenInput{SerialNumber: aws.String(u.serial), TokenCode: aws.String(code)})
	if err != nil {
		return "", fmt.Errorf("GetSessionToken: %w", err)
	}
	t.session = &aws.Credentials{
		AccessKeyID: aws.ToString(got.Credentials.AccessKeyId), SecretAccessKey: aws.ToString(got.Credentials.SecretAccessKey),
		SessionToken: aws.ToString(got.Credentials.SessionToken),
	}
	second, err := outcome(t.assume(ctx, t.withMFA(), nil))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("AssumeRole with SerialNumber: %s; GetSessionToken with the code first, then AssumeRole: %s", first, second), nil
}

// withMFA returns a configuration with the session of the emergency user.
func (t *trial) withMFA() aws.Config {
	cfg := t.caller.In(hubRegion)
	cfg.Credentials = credentials.StaticCredentialsProvider{Value: *t.session}
	return cfg
}

// outcome returns whether AWS has allowed a call. An error that is no denial is no answer.
func outcome(err error) (string, error) {
	switch {
	case err == nil:
		return "allowed", nil
	case strings.Contains(err.Error(), "MultiFactorAuthentication failed"):
		return "", err // the code was wrong, which says nothing about policies
	case isError(err, "AccessDenied", "AccessDeniedException"):
		return "denied (" + reason(err) + ")", nil
	}
	return "", err
}

// reason returns AWS's own words, without the request's ID.
func reason(err error) string {
	text := err.Error()
	if _, words, ok := strings.Cut(text, "api error "); ok {
		return words
	}
	return text
}

// errNoSession is returned where an earlier question gave the user no session.
var errNoSession = errors.New("it needs the session of serial-number, which was not answered")

func nameCase(ctx context.Context, t *trial) (string, error) {
	if t.session == nil {
		return "", errNoSession
	}
	api, other := iam.NewFromConfig(t.withMFA()), strings.ToUpper(config.DefaultUser)
	made, err := api.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String(other)})
	if err == nil {
		own := iam.NewFromConfig(t.caller.In(hubRegion))
		_, err = own.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: aws.String(config.DefaultUser), AccessKeyId: made.AccessKey.AccessKeyId})
		return "NO: the user created a key for " + other, err
	}
	if isError(err, "NoSuchEntity") {
		return "yes: IAM knows no user " + other, nil
	}
	text, err := outcome(err)
	return "yes: " + text, err
}

// alert waits for an alert that is no drill, and returns when it arrived and a field of the record.
func (t *trial) alert(ctx context.Context, entry, field string) (string, error) {
	got, err := t.box.wait(ctx, t.within, func(m message) bool { return m.Entry == entry && !m.Drill })
	if err != nil {
		return "", err
	}
	detail, _ := got.Record["detail"].(map[string]any)
	return fmt.Sprintf("yes, %s after the call, recorded in %s as %v; user %s, MFA %s, %s: %v",
		got.Arrived.Sub(got.Time).Round(time.Second), got.Region, got.Record["detail-type"], got.User, got.MFA, field, detail[field]), nil
}
