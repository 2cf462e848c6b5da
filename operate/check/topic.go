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

// topic checks a hub's topic, and the one of its heartbeats, which must be like it. key is the ID of their key; empty if unknown.
func (s *scene) topic(ctx context.Context, api topicAPI, region, key string) *result {
	r := of("topic")
	arn := s.in(region).Topic(names.Topic)
	r.ask(func(r *result) bool {
		attributes, ok := s.doors(ctx, api, r, region, key, names.Topic, "the topic", "nobody receives alerts")
		if attributes != nil {
			s.delivers(r, region, attributes)
		}
		return ok
	}, func(r *result) {
		s.doors(ctx, api, r, region, key, names.BeatTopic, "the topic of the heartbeats", "the hub cannot report that all is well")
	}, func(r *result) {
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

// doors compares what decides who can publish to a topic, and returns its attributes, and whether it exists. Texts call it what, and
// without says what is wrong without it.
func (s *scene) doors(ctx context.Context, api topicAPI, r *result, region, key, name, what, without string) (attributes map[string]string, ok bool) {
	stack, arn := s.hubStack(region), s.in(region).Topic(name)
	out, err := api.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(arn)})
	var gone *types.NotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, "topic "+name+" is missing: "+without)
		return nil, false
	case err != nil:
		r.unanswered(region, what, err)
		return nil, true
	}
	switch master := out.Attributes["KmsMasterKeyId"]; {
	case master == "":
		r.drifted(Problem, region, stack, what+" is not encrypted")
	case key != "" && master[strings.LastIndex(master, "/")+1:] != key:
		// By its alias, too: the composer reports that all is well only if both topics name the key alike.
		r.drifted(Problem, region, stack, what+" is encrypted with another key: "+master)
	}
	missing, extra, err := apart(out.Attributes["Policy"], access.Topic(s.in(region), arn))
	switch {
	case err != nil:
		r.drifted(Problem, region, stack, "the policy of "+what+" can't be parsed: "+err.Error())
	case len(missing) > 0:
		r.drifted(Problem, region, stack, "the policy of "+what+" lacks "+strings.Join(missing, ", "))
	}
	if len(extra) > 0 {
		severity := Warning
		if slices.ContainsFunc(extra, denies) {
			severity = Problem // it may keep the composer or CloudWatch out
		}
		r.drifted(severity, region, stack, "the policy of "+what+" has statements that are not in breakglass.yaml: "+strings.Join(extra, ", "))
	}
	return out.Attributes, true
}

// delivers compares the attributes of the alert topic that decide what its subscribers receive. Not compared: those that only report
// (counts, owner, EffectiveDeliveryPolicy), SignatureVersion, which receivers read from each message, the roles that log deliveries,
// tracing, and what only FIFO topics have.
func (s *scene) delivers(r *result, region string, attributes map[string]string) {
	if policy := attributes["DeliveryPolicy"]; policy != "" && policy != "{}" {
		r.problem(region, "the topic has a delivery policy, which can delay alerts or give up on them: "+policy,
			"find out who set it, then remove it in the SNS console: topic "+names.Topic+", Edit, Delivery policy")
	}
	if name := attributes["DisplayName"]; name != names.TopicDisplayName {
		r.drifted(Warning, region, s.hubStack(region), fmt.Sprintf("the topic's display name is %q, not %s", name, names.TopicDisplayName))
	}
}
