//go:build emulator

package adopt

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	events "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"example.com/breakglass/prove/emulator"
)

const (
	hubAccount, hubRegion   = "111111111111", "us-east-1"
	target                  = "222222222222"
	topicARN                = "arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins"
	mailbox                 = "arn:aws:sqs:us-east-1:111111111111:mailbox"
	trustWithoutMFA         = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Sid":"","Principal":{"AWS":"arn:aws:iam::111111111111:user/BreakglassUser"}}]}`
	trustOfEventBridge      = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"events.amazonaws.com"}}]}`
	iamFullAccess           = "arn:aws:iam::aws:policy/IAMFullAccess"
	toTheTopic, toTheHubBus = "SendToSNS", "SendToDefaultEventBus"
)

// oldPatterns are those of the published reference solution, by rule.
var oldPatterns = map[string]map[string]any{
	"capture-breakglass-user-sign-in":     oldPattern("aws.signin", "AWS Console Sign In via CloudTrail", "signin.amazonaws.com", "ConsoleLogin"),
	"capture-breakglass-user-switch-role": oldPattern("aws.signin", "AWS Console Sign In via CloudTrail", "signin.amazonaws.com", "SwitchRole"),
	"capture-breakglass-user-assume-role": oldPattern("aws.sts", "AWS API Call via CloudTrail", "sts.amazonaws.com", "AssumeRole"),
}

func oldPattern(source, kind, service, call string) map[string]any {
	return map[string]any{
		"source": []string{source}, "detail-type": []string{kind},
		"detail": map[string]any{
			"eventSource": []string{service}, "eventName": []string{call},
			"userIdentity": map[string]any{"type": []string{"IAMUser"}, "userName": []string{"BreakglassUser"}},
		},
	}
}

// reference imitates the reference solution: it makes the same resources as its Terraform, with the same names, with a password,
// an MFA device, and a queue in the place of the mail address.
type reference struct {
	t      *testing.T
	server *emulator.Server

	userID, roleID, keyID, subscription, device string
}

func newReference(t *testing.T, server *emulator.Server, regions ...string) *reference {
	t.Helper()
	r := &reference{t: t, server: server}
	r.iam()
	r.topic()
	for name := range oldPatterns {
		r.rule(hubRegion, name, events.Target{Id: aws.String(toTheTopic), Arn: aws.String(topicARN)})
		for _, region := range regions {
			r.rule(region, name, events.Target{
				Id: aws.String(toTheHubBus), Arn: aws.String("arn:aws:events:us-east-1:111111111111:event-bus/default"),
				RoleArn: aws.String("arn:aws:iam::111111111111:role/breakglass-event-bus-role"),
			})
		}
	}
	return r
}

func (r *reference) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

func (r *reference) iam() {
	ctx, hub := r.t.Context(), iam.NewFromConfig(r.server.Config(hubAccount, hubRegion))
	user, err := hub.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("BreakglassUser")})
	r.must(err)
	r.userID = aws.ToString(user.User.UserId)
	_, err = hub.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: aws.String("BreakglassUser"), Password: aws.String("correct-Horse-1-battery")})
	r.must(err)
	device, err := hub.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: aws.String("sealed")})
	r.must(err)
	r.device = aws.ToString(device.VirtualMFADevice.SerialNumber)
	_, err = hub.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: aws.String("BreakglassUser"), SerialNumber: &r.device, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	})
	r.must(err)
	r.policy(hub, "BreakGlassAssumeRole", "BreakGlassAssumeRole",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/BreakGlassRole"}]}`)
	for _, arn := range []string{iamFullAccess, "arn:aws:iam::111111111111:policy/BreakGlassAssumeRole"} {
		_, err = hub.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("BreakglassUser"), PolicyArn: aws.String(arn)})
		r.must(err)
	}
	_, err = hub.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("breakglass-event-bus-role"), AssumeRolePolicyDocument: aws.String(trustOfEventBridge)})
	r.must(err)
	r.policy(hub, "breakglass-event-bus-policy", "",
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"events:PutEvents","Resource":"arn:aws:events:*:111111111111:event-bus/default"}]}`)
	_, err = hub.AttachRolePolicy(ctx,
		&iam.AttachRolePolicyInput{
			RoleName: aws.String("breakglass-event-bus-role"), PolicyArn: aws.String("arn:aws:iam::111111111111:policy/breakglass-event-bus-policy"),
		})
	r.must(err)

	other := iam.NewFromConfig(r.server.Config(target, hubRegion))
	role, err := other.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("BreakGlassRole"), AssumeRolePolicyDocument: aws.String(trustWithoutMFA)})
	r.must(err)
	r.roleID = aws.ToString(role.Role.RoleId)
	for _, arn := range []string{iamFullAccess, "arn:aws:iam::aws:policy/ReadOnlyAccess"} { // the second one by hand, later
		_, err = other.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("BreakGlassRole"), PolicyArn: aws.String(arn)})
		r.must(err)
	}
}

func (r *reference) policy(client *iam.Client, name, description, document string) {
	in := &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &document}
	if description != "" {
		in.Description = &description
	}
	_, err := client.CreatePolicy(r.t.Context(), in)
	r.must(err)
}

func (r *reference) topic() {
	ctx, cfg := r.t.Context(), r.server.Config(hubAccount, hubRegion)
	key, err := kms.NewFromConfig(cfg).CreateKey(ctx, &kms.CreateKeyInput{
		Description: aws.String("BreakGlass SNS Topic"),
		Policy: aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"allow_events_to_decrypt_key","Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":["kms:GenerateDataKey*","kms:Decrypt"],"Resource":"*"},` +
			`{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}]}`),
	})
	r.must(err)
	r.keyID = aws.ToString(key.KeyMetadata.KeyId)
	_, err = kms.NewFromConfig(cfg).CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/breakglassSNS"), TargetKeyId: &r.keyID})
	r.must(err)
	topics := sns.NewFromConfig(cfg)
	_, err = topics.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("breakglassuser-console-logins"), Attributes: map[string]string{
		"KmsMasterKeyId": "alias/breakglassSNS",
		"Policy":         fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"SNS:Publish","Resource":%q}]}`, topicARN),
	}})
	r.must(err)
	_, err = sqs.NewFromConfig(cfg).CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("mailbox")})
	r.must(err)
	subscribed, err := topics.Subscribe(ctx,
		&sns.SubscribeInput{TopicArn: aws.String(topicARN), Protocol: aws.String("sqs"), Endpoint: aws.String(mailbox), ReturnSubscriptionArn: true})
	r.must(err)
	r.subscription = aws.ToString(subscribed.SubscriptionArn)
}

func (r *reference) rule(region, name string, target events.Target) {
	bus := eventbridge.NewFromConfig(r.server.Config(hubAccount, region))
	pattern, err := json.Marshal(oldPatterns[name])
	r.must(err)
	_, err = bus.PutRule(r.t.Context(), &eventbridge.PutRuleInput{Name: &name, EventPattern: aws.String(string(pattern))})
	r.must(err)
	_, err = bus.PutTargets(r.t.Context(), &eventbridge.PutTargetsInput{Rule: &name, Targets: []events.Target{target}})
	r.must(err)
}
