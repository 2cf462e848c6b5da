//go:build verify

package verify

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"example.com/breakglass/internal/cdkcli"
	"example.com/breakglass/names"
	"example.com/breakglass/prove/local"
	"example.com/breakglass/prove/local/localtest"
)

// TestEndToEndWithCredentialsOfEachAccount deploys the way that deploy.access credentials is for: the role first, with
// the target account's own credentials and before there is a hub; then the hub with those of the hub account. It then
// goes in, as the user would.
func TestEndToEndWithCredentialsOfEachAccount(t *testing.T) {
	ctx := t.Context()
	dir := root(t)
	server := localtest.Start(t, dir)
	deploy := func(account string, want []string, stacks ...string) {
		t.Helper()
		var done []string
		run, err := local.New(dir, "stacks/testdata/small.yaml", server, func(e cdkcli.Event) {
			if e.Kind == cdkcli.Done {
				done = append(done, e.Stack)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		run.As = account
		if err := run.CDK(ctx, append([]string{
			"deploy", "--require-approval", "never", "--concurrency", strconv.Itoa(cdkcli.Concurrency), "--progress", "events",
		}, stacks...)); err != nil {
			t.Fatal(err)
		}
		slices.Sort(done)
		if want != nil && !slices.Equal(done, want) {
			t.Errorf("deployed %q, want %q", done, want)
		}
	}
	const hub, target = "111111111111", "222222222222"
	deploy(target, []string{"BreakGlass-Role-222222222222"}, "BreakGlass-Role-222222222222")
	deploy(hub, nil, "BreakGlass-Hub", "BreakGlass-Forwarder-*")

	t.Run("nothing is bootstrapped", func(t *testing.T) {
		for _, account := range []string{hub, target} {
			cfg := server.Config(account, hubRegion)
			stacks, err := cloudformation.NewFromConfig(cfg).ListStacks(ctx, &cloudformation.ListStacksInput{})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range stacks.StackSummaries {
				if !strings.HasPrefix(aws.ToString(s.StackName), "BreakGlass-") {
					t.Errorf("a stack in %s: %s", account, aws.ToString(s.StackName))
				}
			}
		}
	})

	t.Run("the user gets in with MFA, and not without", func(t *testing.T) {
		users := iam.NewFromConfig(server.Config(hub, hubRegion))
		key, err := users.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: aws.String("BreakglassUser")})
		if err != nil {
			t.Fatal(err)
		}
		cfg := server.Config(hub, hubRegion)
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: aws.ToString(key.AccessKey.AccessKeyId), SecretAccessKey: aws.ToString(key.AccessKey.SecretAccessKey)}, nil
		})
		in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + target + ":role/BreakGlassRole"), RoleSessionName: aws.String("test")}
		if _, err := sts.NewFromConfig(cfg).AssumeRole(ctx, in); err == nil {
			t.Error("the role was assumed without MFA")
		}
		in.SerialNumber, in.TokenCode = aws.String("arn:aws:iam::"+hub+":mfa/BreakglassUser"), aws.String("123456")
		if _, err := sts.NewFromConfig(cfg).AssumeRole(ctx, in); err != nil {
			t.Error("with MFA:", err)
		}
	})

	t.Run("the user is in the group, and the group has the guard", func(t *testing.T) {
		client := iam.NewFromConfig(server.Config(hub, hubRegion))
		group, err := client.GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String(names.Group)})
		if err != nil || len(group.Users) != 1 {
			t.Fatalf("the group: %v, %v", group, err)
		}
		attached, err := client.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: aws.String(names.Group)})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range attached.AttachedPolicies {
			got = append(got, aws.ToString(p.PolicyName))
		}
		slices.Sort(got)
		if want := []string{names.AssumePolicy, names.GuardPolicy, "IAMFullAccess"}; !slices.Equal(got, want) {
			t.Errorf("the group has %q, want %q", got, want)
		}
	})
}
