package check

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/smithy-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

type topicAPI interface {
	GetTopicAttributes(context.Context, *sns.GetTopicAttributesInput, ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error)
	GetDataProtectionPolicy(context.Context, *sns.GetDataProtectionPolicyInput, ...func(*sns.Options)) (*sns.GetDataProtectionPolicyOutput, error)
}

// topic checks a hub's topic. key is the ID of its key; empty if unknown.
func (s *scene) topic(ctx context.Context, api topicAPI, region, key string) *result {
	r := of("topic")
	arn := s.in(region).Topic(names.Topic)
	r.ask(func(r *result) bool { return s.topicAttributes(ctx, api, r, region, key) }, func(r *result) {
		out, err := api.GetDataProtectionPolicy(ctx, &sns.GetDataProtectionPolicyInput{ResourceArn: aws.String(arn)})
		if withheld(err) {
			r.note(region, "AWS does not say whether the topic has a data protection policy; it closed message data protection to new customers in April 2026", "")
		} else if err != nil {
			r.unanswered(region, "the data protection policy of the topic", err)
		} else if policy := aws.ToString(out.DataProtectionPolicy); policy != "" && policy != "{}" {
			r.problem(region, "the topic has a data protection policy, which can mask alerts or block them",
				"find out who set it, then: "+inRegion("sns", "put-data-protection-policy", "--resource-arn", arn, "--data-protection-policy", ""))
		}
	})
	if r.well() {
		r.fine(region, "encrypted; its policy matches breakglass.yaml")
	}
	return r
}

// withheld reports whether AWS refused a question because the account does not have the feature, rather than because the caller
// lacks a permission or the call failed.
func withheld(err error) bool {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.ErrorCode() {
	case "OptInRequired", "InvalidParameter", "InvalidParameterException", "InvalidAction", "UnsupportedOperation", "UnsupportedOperationException":
		return true
	case "AuthorizationError", "AccessDenied", "AccessDeniedException":
		return !strings.Contains(answer.ErrorMessage(), "not authorized to perform")
	}
	return false
}

// topicAttributes compares the attributes that decide who can publish to the topic, and what its subscribers receive, and returns
// whether the topic exists. Not compared: those that only report (counts, owner, EffectiveDeliveryPolicy), SignatureVersion, which
// receivers read from each message, the roles that log deliveries, tracing, and what only FIFO topics have.
func (s *scene) topicAttributes(ctx context.Context, api topicAPI, r *result, region, key string) bool {
	stack, arn := s.hubStack(region), s.in(region).Topic(names.Topic)
	out, err := api.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(arn)})
	var gone *types.NotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, "topic "+names.Topic+" is missing: nobody receives alerts")
		return false
	case err != nil:
		r.unanswered(region, "the topic", err)
		return true
	}
	switch master := out.Attributes["KmsMasterKeyId"]; {
	case master == "":
		r.drifted(Problem, region, stack, "the topic is not encrypted")
	case key != "" && master[strings.LastIndex(master, "/")+1:] != key && master != names.KeyAlias:
		r.drifted(Problem, region, stack, "the topic is encrypted with another key: "+master)
	}
	missing, extra, err := apart(out.Attributes["Policy"], access.Topic(s.in(region), arn))
	switch {
	case err != nil:
		r.drifted(Problem, region, stack, "the topic's policy can't be parsed: "+err.Error())
	case len(missing) > 0:
		r.drifted(Problem, region, stack, "the topic's policy lacks "+strings.Join(missing, ", "))
	}
	if len(extra) > 0 {
		severity := Warning
		if slices.ContainsFunc(extra, denies) {
			severity = Problem // it may keep the composer or CloudWatch out
		}
		r.drifted(severity, region, stack, "the topic's policy has statements that are not in breakglass.yaml: "+strings.Join(extra, ", "))
	}
	if policy := out.Attributes["DeliveryPolicy"]; policy != "" && policy != "{}" {
		r.problem(region, "the topic has a delivery policy, which can delay alerts or give up on them: "+policy,
			"find out who set it, then remove it in the SNS console: topic "+names.Topic+", Edit, Delivery policy")
	}
	if name := out.Attributes["DisplayName"]; name != names.TopicDisplayName {
		r.drifted(Warning, region, stack, fmt.Sprintf("the topic's display name is %q, not %s", name, names.TopicDisplayName))
	}
	return true
}
