package check

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

type topicAPI interface {
	GetTopicAttributes(context.Context, *sns.GetTopicAttributesInput, ...func(*sns.Options)) (*sns.GetTopicAttributesOutput, error)
}

// topic checks a hub's topic. key is the ID of its key; empty if unknown.
func (s *scene) topic(ctx context.Context, api topicAPI, region, key string) *result {
	r := of("topic")
	stack, arn := s.hubStack(region), s.in(region).Topic(names.Topic)
	out, err := api.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(arn)})
	var gone *types.NotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, "topic "+names.Topic+" is missing: nobody receives alerts")
		return r
	case err != nil:
		r.unanswered(region, "the topic", err)
		return r
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
		r.drifted(Warning, region, stack, "the topic's policy has statements that are not in breakglass.yaml: "+strings.Join(extra, ", "))
	}
	if r.well() {
		r.fine(region, "encrypted; its policy matches breakglass.yaml")
	}
	return r
}
