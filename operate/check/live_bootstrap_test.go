//go:build emulator

package check

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/prove/local/localtest"
)

// TestLiveBootstrap bootstraps a target account of the local AWS by the CDK CLI, with the command of the plan, and breaks it.
func TestLiveBootstrap(t *testing.T) {
	const target = "222222222222"
	server := localtest.Start(t, project)
	localtest.As(t, server, target, "us-east-1")
	c, err := config.Parse("breakglass.yaml", []byte(`version: 1
hub: {account: "111111111111"}
regions: [us-east-1]
alerts: {email: [security-team@example.com]}
targets: [{account: "222222222222", region: eu-west-1}]
observers: {regions: [us-east-1]}
deploy: {access: bootstrap}
`))
	if err != nil {
		t.Fatal(err)
	}
	s, people := newScene(c, time.Now()), iam.NewFromConfig(server.Config(target, "us-east-1"))
	cdk, err := filepath.Abs(filepath.Join(project, "node_modules", ".bin", "cdk"))
	if err != nil {
		t.Fatal(err)
	}
	bootstrap := func(command string) {
		t.Helper()
		run := exec.CommandContext(t.Context(), "sh", "-c", strings.Replace(command, "npx cdk", cdk, 1))
		run.Dir, run.Env = t.TempDir(), append(os.Environ(), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", command, err, out)
		}
	}
	said := func() string {
		text := ""
		for _, f := range bad(s.merge(s.bootstrap(t.Context(), people, target).found)) {
			text += string(f.Severity) + ": " + f.What + "\n"
		}
		return text
	}
	if got := said(); strings.Count(got, "\n") != 3 || !strings.Contains(got, "policy breakglass-execution is missing") ||
		strings.Count(got, "not bootstrapped in") != 2 {
		t.Errorf("of an account that is not bootstrapped: %s", got)
	}

	want, _ := s.plan.Execution(target)
	if _, err := people.CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String(names.ExecutionPolicy), PolicyDocument: aws.String(text(want)),
	}); err != nil {
		t.Fatal(err)
	}
	command := s.plan.BootstrapCommand(target, "", "")
	bootstrap(command[strings.LastIndex(command, "npx cdk "):])
	if got := said(); got != "" {
		t.Errorf("of an account as the plan bootstraps it: %s", got)
	}

	const exec, deploy = "cdk-hnb659fds-cfn-exec-role-222222222222-us-east-1", "cdk-hnb659fds-deploy-role-222222222222-eu-west-1"
	for _, b := range []struct {
		name string
		do   func(ctx context.Context) error
		want string
	}{
		{"a policy is attached", func(ctx context.Context) error {
			_, err := people.AttachRolePolicy(ctx,
				&iam.AttachRolePolicyInput{RoleName: aws.String(exec), PolicyArn: aws.String("arn:aws:iam::aws:policy/IAMFullAccess")})
			return err
		}, "problem: role " + exec + " has more than the policy breakglass-execution: IAMFullAccess\n"},
		{"the policy is detached", func(ctx context.Context) error {
			_, err := people.DetachRolePolicy(ctx,
				&iam.DetachRolePolicyInput{RoleName: aws.String(exec), PolicyArn: aws.String("arn:aws:iam::222222222222:policy/" + names.ExecutionPolicy)})
			return err
		}, "problem: role " + exec + " has IAMFullAccess in place of breakglass-execution"},
		{"another account is let in", func(ctx context.Context) error {
			_, err := people.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String(deploy), PolicyDocument: aws.String(
				`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::333333333333:root"]}}}`)})
			return err
		}, "problem: role " + deploy + " can be assumed by arn:aws:iam::333333333333:root"},
		{"the policy allows more", func(ctx context.Context) error {
			_, err := people.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: aws.String("arn:aws:iam::222222222222:policy/" +
				names.ExecutionPolicy), SetAsDefault: true,
				PolicyDocument: aws.String(`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}`)})
			return err
		}, "problem: policy breakglass-execution differs from what execution-policy writes"},
	} {
		if err := b.do(t.Context()); err != nil {
			t.Fatalf("%s: %v", b.name, err)
		}
		if got := said(); !strings.Contains(got, b.want) {
			t.Errorf("%s: %q is not in %s", b.name, b.want, got)
		}
	}
	bootstrap("npx cdk bootstrap aws://222222222222/us-west-2 --qualifier team --toolkit-stack-name CDKToolkit-team --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess")
	if got, want := said(), "role cdk-team-deploy-role-222222222222-us-west-2 trusts the hub account, which deploys nothing of breakglass.yaml with it, and has CloudFormation do what is in AdministratorAccess"; !strings.Contains(got, want) {
		t.Errorf("of another bootstrap: %s", got)
	}
}
