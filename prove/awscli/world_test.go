//go:build emulator

package awscli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"example.com/breakglass/names"
	"example.com/breakglass/prove/emulator"
)

// management is the account of the organization.
const management = "999999999999"

// world puts into the local AWS what a command of the documents is about.
type world struct {
	t      *testing.T
	server *emulator.Server
	// values are placeholders whose values the local AWS makes up; examples likewise are IDs in the documents that AWS makes up.
	values, examples map[string]string
}

// prepare makes what the command needs, and takes away what it creates.
func prepare(t *testing.T, server *emulator.Server, text string) *world {
	t.Helper()
	w := &world{t: t, server: server, values: map[string]string{}, examples: map[string]string{}}
	for _, part := range []struct {
		of   string
		make func(text string)
	}{
		{"aws iam ", w.identities}, {"aws sts ", w.identities}, {"aws cloudformation ", w.stacks}, {"aws cloudtrail ", w.trail}, {"aws logs ", w.ledger},
		{"aws sns ", w.topic}, {"aws sqs ", w.queue}, {"aws stepfunctions ", w.machine}, {"aws s3 ", w.bucket}, {"aws organizations ", w.organization},
	} {
		if strings.Contains(text, part.of) {
			part.make(text)
		}
	}
	return w
}

// must fails the test, unless the error says that it is there already, or not there any more.
func (w *world) must(_ any, err error) {
	w.t.Helper()
	var api smithy.APIError
	if err == nil || errors.As(err, &api) && regexp.MustCompile(`Exist|NoSuchEntity|AlreadyIn|AlreadyOwned|Duplicate`).MatchString(api.ErrorCode()) {
		return
	}
	w.t.Fatal(err)
}

func (w *world) ctx() context.Context { return w.t.Context() }

// identities makes the user, with or without what the command creates, and the role in both accounts.
func (w *world) identities(text string) {
	client := iam.NewFromConfig(w.server.Config(hub, home))
	w.must(client.CreateUser(w.ctx(), &iam.CreateUserInput{UserName: aws.String(user)}))
	w.must(client.DeleteLoginProfile(w.ctx(), &iam.DeleteLoginProfileInput{UserName: aws.String(user)}))
	if !strings.Contains(text, "create-login-profile") {
		w.must(client.CreateLoginProfile(w.ctx(), &iam.CreateLoginProfileInput{UserName: aws.String(user), Password: aws.String("Example-Example-1")}))
	}
	serial := aws.String(placeholders["--serial-number"])
	w.must(client.DeactivateMFADevice(w.ctx(), &iam.DeactivateMFADeviceInput{UserName: aws.String(user), SerialNumber: serial}))
	w.must(client.DeleteVirtualMFADevice(w.ctx(), &iam.DeleteVirtualMFADeviceInput{SerialNumber: serial}))
	if !strings.Contains(text, "create-virtual-mfa-device") {
		w.must(client.CreateVirtualMFADevice(w.ctx(), &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String(user)}))
		w.must(client.EnableMFADevice(w.ctx(), &iam.EnableMFADeviceInput{
			UserName: aws.String(user), SerialNumber: serial, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
		}))
	}
	keys, err := client.ListAccessKeys(w.ctx(), &iam.ListAccessKeysInput{UserName: aws.String(user)})
	if w.must(keys, err); len(keys.AccessKeyMetadata) == 0 {
		key, err := client.CreateAccessKey(w.ctx(), &iam.CreateAccessKeyInput{UserName: aws.String(user)})
		w.must(key, err)
		w.values["<AccessKeyId>"] = aws.ToString(key.AccessKey.AccessKeyId)
	} else {
		w.values["<AccessKeyId>"] = aws.ToString(keys.AccessKeyMetadata[0].AccessKeyId)
	}
	trust := aws.String(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + hub +
		`:root"}, "Action": "sts:AssumeRole"}]}`)
	for _, account := range []string{hub, target} {
		client := iam.NewFromConfig(w.server.Config(account, home))
		w.must(client.CreateRole(w.ctx(), &iam.CreateRoleInput{RoleName: aws.String(role), AssumeRolePolicyDocument: trust}))
		w.executionPolicy(client, account, strings.Contains(text, "create-policy-version"))
	}
}

// executionPolicy makes the policy of that name, or takes it away.
func (w *world) executionPolicy(client *iam.Client, account string, there bool) {
	const name = "breakglass-execution"
	if there {
		w.must(client.CreatePolicy(w.ctx(), &iam.CreatePolicyInput{PolicyName: aws.String(name), PolicyDocument: aws.String(policy)}))
		return
	}
	arn := aws.String("arn:aws:iam::" + account + ":policy/" + name)
	versions, err := client.ListPolicyVersions(w.ctx(), &iam.ListPolicyVersionsInput{PolicyArn: arn})
	if w.must(versions, err); err != nil {
		return
	}
	for _, v := range versions.Versions {
		if !v.IsDefaultVersion {
			w.must(client.DeletePolicyVersion(w.ctx(), &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: v.VersionId}))
		}
	}
	w.must(client.DeletePolicy(w.ctx(), &iam.DeletePolicyInput{PolicyArn: arn}))
}

var (
	stackName = regexp.MustCompile(`--stack-name (\S+)`)
	inRegion  = regexp.MustCompile(`--region (\S+)`)
)

// stacks makes each stack that the command names, in the account of its profile, and in its Region.
func (w *world) stacks(text string) {
	account := hub
	if strings.Contains(text, "--profile production") {
		account = target
	}
	region := home
	if m := inRegion.FindStringSubmatch(text); m != nil {
		region = m[1]
	}
	client := cloudformation.NewFromConfig(w.server.Config(account, region))
	for _, m := range stackName.FindAllStringSubmatch(text, -1) {
		w.must(client.CreateStack(w.ctx(), &cloudformation.CreateStackInput{
			StackName: aws.String(m[1]), TemplateBody: aws.String(`{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}`),
		}))
	}
}

func (w *world) trail(string) {
	w.bucketNamed("example-trail")
	w.must(cloudtrail.NewFromConfig(w.server.Config(hub, home)).CreateTrail(w.ctx(), &cloudtrail.CreateTrailInput{
		Name: aws.String(names.Trail), S3BucketName: aws.String("example-trail"), IsMultiRegionTrail: aws.Bool(true),
	}))
}

func (w *world) ledger(string) {
	w.must(cloudwatchlogs.NewFromConfig(w.server.Config(hub, home)).CreateLogGroup(w.ctx(),
		&cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String(names.Ledger)}))
}

// topic makes the topic, with an address that has not confirmed yet.
func (w *world) topic(string) {
	client := sns.NewFromConfig(w.server.Config(hub, home))
	w.must(client.CreateTopic(w.ctx(), &sns.CreateTopicInput{Name: aws.String(names.Topic)}))
	subscribed, err := client.Subscribe(w.ctx(), &sns.SubscribeInput{
		TopicArn: aws.String(placeholders["<TopicArn>"]), Protocol: aws.String("email"), Endpoint: aws.String("a@example.com"), ReturnSubscriptionArn: true,
	})
	w.must(subscribed, err)
	response, err := http.Get(w.server.URL() + "/_aws/sns/subscription-tokens/" + aws.ToString(subscribed.SubscriptionArn))
	w.must(response, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	w.must(text, err)
	var answer struct {
		Token string `json:"subscription_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.Token == "" {
		w.t.Fatalf("no token of the subscription: %v, %s", err, text)
	}
	w.values["<token>"] = answer.Token
}

func (w *world) queue(string) {
	made, err := sqs.NewFromConfig(w.server.Config(hub, home)).CreateQueue(w.ctx(), &sqs.CreateQueueInput{QueueName: aws.String("BreakGlass-Hub-Example")})
	w.must(made, err)
	w.values["<QueueUrl>"] = aws.ToString(made.QueueUrl)
}

func (w *world) machine(string) {
	w.must(sfn.NewFromConfig(w.server.Config(hub, home)).CreateStateMachine(w.ctx(), &sfn.CreateStateMachineInput{
		Name: aws.String(names.Composer), RoleArn: aws.String("arn:aws:iam::" + hub + ":role/" + names.ComposerRole),
		Definition: aws.String(`{"StartAt": "End", "States": {"End": {"Type": "Pass", "End": true}}}`),
	}))
}

func (w *world) bucket(string) {
	bucket := w.bucketNamed(names.PipelineBucket + hub + "-" + home)
	w.must(s3.NewFromConfig(w.server.Config(hub, home), usePath).PutObject(w.ctx(), &s3.PutObjectInput{
		Bucket: bucket, Key: aws.String("source.zip"), Body: strings.NewReader("example"),
	}))
}

func (w *world) bucketNamed(name string) *string {
	w.must(s3.NewFromConfig(w.server.Config(hub, home), usePath).CreateBucket(w.ctx(), &s3.CreateBucketInput{Bucket: aws.String(name)}))
	return aws.String(name)
}

func usePath(o *s3.Options) { o.UsePathStyle = true }

// organization makes one with a member account, and with no policy in it.
func (w *world) organization(string) {
	client := organizations.NewFromConfig(w.server.Config(management, home))
	w.must(client.CreateOrganization(w.ctx(), &organizations.CreateOrganizationInput{FeatureSet: types.OrganizationFeatureSetAll}))
	roots, err := client.ListRoots(w.ctx(), &organizations.ListRootsInput{})
	w.must(roots, err)
	w.examples["r-ab12"] = aws.ToString(roots.Roots[0].Id)
	member, err := client.CreateAccount(w.ctx(), &organizations.CreateAccountInput{AccountName: aws.String("hub"), Email: aws.String("hub@example.com")})
	w.must(member, err)
	w.examples[hub] = aws.ToString(member.CreateAccountStatus.AccountId)
	for _, kind := range []types.PolicyType{types.PolicyTypeServiceControlPolicy, types.PolicyTypeResourceControlPolicy} {
		policies, err := client.ListPolicies(w.ctx(), &organizations.ListPoliciesInput{Filter: kind})
		w.must(policies, err)
		for _, policy := range policies.Policies {
			if strings.HasPrefix(aws.ToString(policy.Name), "BreakGlass") {
				w.must(client.DeletePolicy(w.ctx(), &organizations.DeletePolicyInput{PolicyId: policy.Id}))
			}
		}
	}
}
