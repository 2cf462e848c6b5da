package adopt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// lookAlias finds the key behind the alias, too: a key has no name of its own.
func lookAlias(ctx context.Context, v *view, id string) error {
	name := v.template.text(id, "AliasName")
	out, err := kms.NewFromConfig(v.config).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(name)})
	if missing(err) {
		return nil
	}
	if err != nil {
		return v.explainHere(err, "asking for the key "+name)
	}
	k := out.KeyMetadata
	v.keyID = aws.ToString(k.KeyId)
	if k.KeyState != types.KeyStateEnabled {
		v.keyID = ""
		v.trouble("enable it, or cancel its deletion", "the key of %s in %s is in state %s", name, v.Region, k.KeyState)
		return nil
	}
	if k.KeyManager != types.KeyManagerTypeCustomer {
		v.keyID = ""
		v.trouble("delete the alias", "the key of %s in %s is managed by AWS, and EventBridge cannot use it", name, v.Region)
		return nil
	}
	v.add(id, name, map[string]string{"AliasName": name}, map[string]any{"TargetKeyId": v.template.Resources[id].Properties["TargetKeyId"]})
	return nil
}

func lookKey(ctx context.Context, v *view, id string) error {
	behind := slices.ContainsFunc(v.template.of("AWS::KMS::Alias"), func(alias string) bool {
		return v.found[alias] != nil && ref(v.template.Resources[alias].Properties["TargetKeyId"]) == id
	})
	if v.keyID == "" || !behind {
		return nil
	}
	client, key := kms.NewFromConfig(v.config), aws.String(v.keyID)
	out, err := client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key})
	if err != nil {
		return v.explainHere(err, "asking for the key "+v.keyID)
	}
	got, err := client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key, PolicyName: aws.String("default")})
	if err != nil {
		return v.explainHere(err, "asking for the policy of the key "+v.keyID)
	}
	var policy map[string]any
	if err := json.Unmarshal([]byte(aws.ToString(got.Policy)), &policy); err != nil {
		return fmt.Errorf("the policy of the key %s cannot be read: %w", v.keyID, err)
	}
	rotation, err := client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key})
	if err != nil {
		return v.explainHere(err, "asking for the rotation of the key "+v.keyID)
	}
	v.add(id, v.keyID, map[string]string{"KeyId": v.keyID}, map[string]any{
		"KeyPolicy": policy, "Description": optional(aws.ToString(out.KeyMetadata.Description)), "EnableKeyRotation": rotation.KeyRotationEnabled,
	})
	return nil
}

// topicARN returns the ARN of a topic of the stack.
func (v *view) topicARN(id string) string {
	return v.place().Topic(v.template.text(id, "TopicName"))
}

func lookTopic(ctx context.Context, v *view, id string) error {
	arn := v.topicARN(id)
	client := sns.NewFromConfig(v.config)
	out, err := client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(arn)})
	if missing(err) {
		return nil
	}
	if err != nil {
		return v.explainHere(err, "asking for the topic "+arn)
	}
	key := out.Attributes["KmsMasterKeyId"]
	v.add(id, v.template.text(id, "TopicName"), map[string]string{"TopicArn": arn}, map[string]any{
		"DisplayName": optional(out.Attributes["DisplayName"]), "KmsMasterKeyId": optional(key),
	})
	aliased := slices.ContainsFunc(v.template.of("AWS::KMS::Alias"), func(alias string) bool {
		return key == v.template.text(alias, "AliasName") || strings.HasSuffix(key, ":"+v.template.text(alias, "AliasName"))
	})
	if key != "" && !aliased && !strings.HasPrefix(key, "alias/aws/") && (v.keyID == "" || !strings.HasSuffix(key, v.keyID)) {
		v.byHand("the key "+key+" of the topic", "the topic gets the plan's key; wait a week, and make sure that nothing else uses this one", v.Region,
			"aws kms schedule-key-deletion --pending-window-in-days 30 --key-id "+key)
	}
	v.topicPolicy(out.Attributes["Policy"])
	return v.oldSubscribers(ctx, client, id, arn)
}

// topicPolicy reports who loses access to the topic: the deployment replaces its policy with the plan's.
func (v *view) topicPolicy(text string) {
	var p struct {
		Statement []struct {
			Sid       string
			Principal any
			Action    any
		}
	}
	if text == "" || json.Unmarshal([]byte(text), &p) != nil {
		return
	}
	for _, s := range p.Statement {
		who := fmt.Sprint(s.Principal)
		if strings.Contains(who, "events.amazonaws.com") || strings.Contains(who, "cloudwatch.amazonaws.com") || s.Sid == "__default_statement_ID" {
			continue
		}
		v.note("the deployment replaces the topic's policy, including its statement %q for %v", s.Sid, s.Principal)
	}
}

// oldSubscribers reports the subscribers that the file does not list.
func (v *view) oldSubscribers(ctx context.Context, client *sns.Client, id, arn string) error {
	all, err := v.subscriptions(ctx, client, arn)
	if err != nil {
		return err
	}
	for _, s := range all {
		known := slices.ContainsFunc(v.template.of("AWS::SNS::Subscription"), func(sub string) bool {
			return v.template.text(sub, "Protocol") == s.protocol && v.template.text(sub, "Endpoint") == s.endpoint
		})
		if !known && strings.HasPrefix(s.arn, "arn:") {
			v.byHand("subscriber "+s.endpoint+" ("+s.protocol+")", "it is not in the file: add it to the file and run this command again, or", v.Region,
				"aws sns unsubscribe --subscription-arn "+s.arn)
		}
	}
	return nil
}

type subscription struct{ arn, protocol, endpoint string }

func (v *view) subscriptions(ctx context.Context, client *sns.Client, arn string) ([]subscription, error) {
	var all []subscription
	pages := sns.NewListSubscriptionsByTopicPaginator(client, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(arn)})
	subscriptions := func(page *sns.ListSubscriptionsByTopicOutput) []snstypes.Subscription { return page.Subscriptions }
	for s, err := range whole.Each(ctx, pages, subscriptions) {
		if err != nil {
			return nil, v.explainHere(err, "listing the subscribers of "+arn)
		}
		all = append(all, subscription{aws.ToString(s.SubscriptionArn), aws.ToString(s.Protocol), aws.ToString(s.Endpoint)})
	}
	return all, nil
}

func lookSubscription(ctx context.Context, v *view, id string) error {
	topic := ref(v.template.Resources[id].Properties["TopicArn"])
	if v.found[topic] == nil {
		return nil
	}
	protocol, endpoint := v.template.text(id, "Protocol"), v.template.text(id, "Endpoint")
	all, err := v.subscriptions(ctx, sns.NewFromConfig(v.config), v.topicARN(topic))
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.protocol != protocol || s.endpoint != endpoint {
			continue
		}
		if !strings.HasPrefix(s.arn, "arn:") {
			v.note("%s has not confirmed yet, so it cannot be imported: the deployment subscribes it again, which sends a new email", endpoint)
			continue
		}
		v.add(id, endpoint, map[string]string{"Arn": s.arn}, nil)
		return nil
	}
	return nil
}

func (v *view) explainHere(err error, doing string) error {
	return account.Explain(err, doing+" in "+v.Account+" "+v.Region)
}
