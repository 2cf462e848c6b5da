package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/child"
	"example.com/breakglass/internal/file"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// largestMail is more than any alert has.
const largestMail = 1 << 20

func mailLook(ctx context.Context, t *trial) (string, error) {
	path, err := t.Person.ask(ctx, "Save a mail whose subject begins with DRILL as a file (Download message, Save as .eml), and type its path, or skip:")
	if err != nil || path == "" || strings.EqualFold(path, "skip") {
		return "", firstOf(err, errDeclined)
	}
	text, err := file.Read(path, largestMail)
	if err != nil {
		return "", err
	}
	saved := filepath.Join(t.folder, "drill.eml")
	if err := file.Write(saved, text); err != nil {
		return "", err
	}
	look, err := lookOf(text)
	return look + "; saved as " + filepath.Base(saved), err
}

// lookOf describes a mail by its headers and lines.
func lookOf(text []byte) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		return "", fmt.Errorf("no mail: %w", err)
	}
	lines, longest, quoted := 0, 0, 0
	body := bufio.NewScanner(m.Body)
	body.Buffer(nil, largestMail)
	for body.Scan() {
		lines++
		longest = max(longest, len(body.Text()))
		if strings.HasPrefix(body.Text(), `"`) {
			quoted++
		}
	}
	return fmt.Sprintf("from %s, subject %q, %s, %s; %d lines as sent, the longest with %d characters, %d of them begin with a quotation mark",
		m.Header.Get("From"), m.Header.Get("Subject"), m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), lines, longest, quoted), body.Err()
}

// revoking is the policy that the console's button Revoke active sessions makes.
const revoking = "AWSRevokeOlderSessions"

func revocation(ctx context.Context, t *trial) (string, error) {
	if err := t.switched(ctx); err != nil {
		return "", err
	}
	cfg, err := t.at(ctx, t.target, hubRegion)
	if err != nil {
		return "", err
	}
	api := iam.NewFromConfig(cfg)
	t.undo.add("the policy "+revoking+" of the role", func(ctx context.Context) error {
		_, err := api.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String(config.DefaultRole), PolicyName: aws.String(revoking)})
		return gone(err, "NoSuchEntity")
	})
	_, err = api.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String(config.DefaultRole), PolicyName: aws.String(revoking),
		PolicyDocument: document(map[string]any{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": map[string]any{
			"DateLessThan": map[string]any{"aws:TokenIssueTime": time.Now().UTC().Format(time.RFC3339)},
		}}),
	})
	if err != nil {
		return "", err
	}
	t.Out.Line("  the role's sessions are revoked; waiting %v for IAM", t.settles)
	pause(ctx, t.settles)
	first, err := t.Person.ask(ctx, "In the console that has switched, open IAM and its roles. Type denied or works (or skip):")
	if err != nil || strings.EqualFold(first, "skip") {
		return "", firstOf(err, errDeclined)
	}
	second, err := t.Person.ask(ctx, "Switch back, switch to the role again from the menu, and open the same page. Type denied or works:")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("the session from before: %s; after switching again: %s", first, second), nil
}

// loginProfile is the profile of the AWS CLI that the person makes.
const loginProfile = "live-trial"

func awsLogin(ctx context.Context, t *trial) (string, error) {
	u, err := t.emergency(ctx)
	if err != nil {
		return "", err
	}
	api := iam.NewFromConfig(t.caller.In(hubRegion))
	policy := t.hubPlace(hubRegion).AWSPolicy(plan.LoginPolicy)
	t.undo.add("the policy "+plan.LoginPolicy+" of "+names.Group, func(ctx context.Context) error {
		_, err := api.DetachGroupPolicy(ctx, &iam.DetachGroupPolicyInput{GroupName: aws.String(names.Group), PolicyArn: aws.String(policy)})
		return gone(err, "NoSuchEntity")
	})
	if _, err := api.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: aws.String(names.Group), PolicyArn: aws.String(policy)}); err != nil {
		return "", err
	}
	steps, err := signInSteps(ctx, t, u, hubRegion)
	if err != nil {
		return "", err
	}
	steps = append(steps, "Then run, in another terminal: aws login --profile "+loginProfile+" --region "+hubRegion+", and choose that session in the browser.",
		"Afterwards you can remove the profile from ~/.aws/config.")
	if err := t.Person.do(ctx, steps...); err != nil {
		return "", err
	}
	keys, err := exported(ctx, loginProfile)
	if err != nil {
		return "", err
	}
	cfg := t.caller.In(hubRegion)
	cfg.Credentials = credentials.StaticCredentialsProvider{Value: keys}
	text, err := outcome(t.assume(ctx, cfg, nil))
	return "AssumeRole with the credentials of aws login: " + text, err
}

// exported returns the credentials of a profile as the AWS CLI has them.
func exported(ctx context.Context, profile string) (aws.Credentials, error) {
	var out, last bytes.Buffer
	cmd := child.Command("aws", "configure", "export-credentials", "--profile", profile, "--format", "process")
	cmd.Stdout, cmd.Stderr = &out, &last
	if err := child.Run(ctx, cmd); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return aws.Credentials{}, errors.New("there is no AWS CLI in the PATH")
		}
		return aws.Credentials{}, fmt.Errorf("aws configure export-credentials: %w: %s", err, strings.TrimSpace(last.String()))
	}
	var keys struct{ AccessKeyId, SecretAccessKey, SessionToken string }
	if err := json.Unmarshal(out.Bytes(), &keys); err != nil {
		return aws.Credentials{}, fmt.Errorf("aws configure export-credentials: %w", err)
	}
	return aws.Credentials{AccessKeyID: keys.AccessKeyId, SecretAccessKey: keys.SecretAccessKey, SessionToken: keys.SessionToken}, nil
}
