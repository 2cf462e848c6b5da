package drill

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eventbridge"
	ebtypes "github.com/aws/aws-sdk-go-v2/service/eventbridge/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/watch"
)

// lookAt checks a rule: that it exists, is enabled, and has its pattern and the target that carries the event on.
func (s *state) lookAt(ctx context.Context, at hop) finding {
	if at.rule.Name == "" {
		return finding{broken: &Broken{What: "the plan has no rule for it in " + at.region}}
	}
	rule := "rule " + at.rule.Name + " in " + at.region
	broken := func(what string) finding {
		return finding{broken: &Broken{What: rule + " " + what, Fix: s.restore(at.stack)}}
	}
	cfg, err := s.aws(ctx, at.region)
	if err != nil {
		return finding{broken: &Broken{What: err.Error()}}
	}
	client := eventbridge.NewFromConfig(cfg)
	is, err := client.DescribeRule(ctx, &eventbridge.DescribeRuleInput{Name: aws.String(at.rule.Name)})
	var gone *ebtypes.ResourceNotFoundException
	switch {
	case errors.As(err, &gone):
		return broken("was deleted, or never deployed")
	case err != nil:
		return finding{broken: &Broken{What: account.Explain(err, "diagnosing "+rule).Error()}}
	case is.State == ebtypes.RuleStateDisabled:
		return broken("is disabled")
	case is.State != ebtypes.RuleStateEnabled && string(is.State) != at.rule.State:
		return broken("is in a state that this program does not know: " + string(is.State))
	case !samePattern(aws.ToString(is.EventPattern), at.rule.Pattern) && s.keyErr[at.region] == nil:
		return broken("has a different event pattern than planned")
	}
	targets, err := targetsOfRule(ctx, client, at.rule.Name)
	if err != nil {
		return finding{broken: &Broken{What: account.Explain(err, "diagnosing the targets of "+rule).Error()}}
	}
	i := slices.IndexFunc(targets, func(t ebtypes.Target) bool { return aws.ToString(t.Arn) == at.ruleTarget })
	switch {
	case len(targets) == 0:
		return broken("has no targets")
	case i < 0:
		return broken("lacks the target " + at.ruleTarget)
	}
	if letters := targets[i].DeadLetterConfig; letters != nil {
		return finding{queue: aws.ToString(letters.Arn)}
	}
	return finding{}
}

func targetsOfRule(ctx context.Context, client *eventbridge.Client, rule string) ([]ebtypes.Target, error) {
	return whole.List(func(token *string) ([]ebtypes.Target, *string, error) {
		page, err := client.ListTargetsByRule(ctx, &eventbridge.ListTargetsByRuleInput{Rule: aws.String(rule), NextToken: token})
		if err != nil {
			return nil, nil, err
		}
		return page.Targets, page.NextToken, nil
	})
}

func samePattern(deployed string, want watch.Fields) bool {
	text, err := json.Marshal(want)
	if err != nil {
		return false
	}
	var a, b any
	return json.Unmarshal([]byte(deployed), &a) == nil && json.Unmarshal(text, &b) == nil && reflect.DeepEqual(a, b)
}

// deadLetter looks for the drill in a dead-letter queue. Received messages become visible again after a second.
func (s *state) deadLetter(ctx context.Context, at hop, queue, id string) *Broken {
	name := queue[strings.LastIndex(queue, ":")+1:]
	if name == "" {
		return nil
	}
	cfg, err := s.aws(ctx, at.region)
	if err != nil {
		return nil // the rule was read with the same credentials
	}
	client := sqs.NewFromConfig(cfg)
	url, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(name)})
	var gone *sqstypes.QueueDoesNotExist
	switch {
	case errors.As(err, &gone):
		return &Broken{
			What: "the dead-letter queue " + name + " in " + at.region + " does not exist", Fix: s.restore(at.stack),
		}
	case err != nil:
		return &Broken{What: account.Explain(err, "diagnosing the dead-letter queue in "+at.region).Error()}
	}
	for range deadLetterReads {
		out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: url.QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 1, MessageAttributeNames: []string{"All"},
		})
		if err != nil {
			return &Broken{What: account.Explain(err, "diagnosing the dead-letter queue in "+at.region).Error()}
		}
		for _, m := range out.Messages {
			if strings.Contains(aws.ToString(m.Body), id) {
				return &Broken{
					What: fmt.Sprintf("rule %s in %s could not deliver it to %s: it is in the dead-letter queue %s%s",
						at.rule.Name, at.region, at.ruleTarget, name, reason(m.MessageAttributes)),
					Fix: "fix the cause, then purge the queue: " + s.awsCLI(at.region, "sqs", "purge-queue", "--queue-url", aws.ToString(url.QueueUrl)),
				}
			}
		}
	}
	return nil
}

// deadLetterReads is how often a queue is read: each time SQS samples only a part of its servers (SQS developer guide, short
// polling).
const deadLetterReads = 3

func reason(attributes map[string]sqstypes.MessageAttributeValue) string {
	var parts []string
	for _, name := range []string{"ERROR_CODE", "ERROR_MESSAGE"} {
		if value := aws.ToString(attributes[name].StringValue); value != "" {
			parts = append(parts, value)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ": ") + ")"
}

// topicState checks a topic and its key.
func (s *state) topicState(ctx context.Context, hub string) *Broken {
	cfg, err := s.aws(ctx, hub)
	if err != nil {
		return nil
	}
	topic := s.config.HubIn(hub).Topic(names.Topic)
	_, err = sns.NewFromConfig(cfg).GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(topic)})
	var gone *snstypes.NotFoundException
	if errors.As(err, &gone) {
		return s.noTopic(hub)
	}
	out, err := kms.NewFromConfig(cfg).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(names.KeyAlias)})
	if err == nil && out.KeyMetadata.KeyState != kmstypes.KeyStateEnabled {
		id := aws.ToString(out.KeyMetadata.KeyId)
		fix := s.awsCLI(hub, "kms", "enable-key", "--key-id", id)
		if out.KeyMetadata.KeyState == kmstypes.KeyStatePendingDeletion {
			fix = s.awsCLI(hub, "kms", "cancel-key-deletion", "--key-id", id) + "; " + fix
		}
		return &Broken{
			What: fmt.Sprintf("the topic's key %s in %s is %s: nothing can be published", names.KeyAlias, hub, out.KeyMetadata.KeyState),
			Fix:  fix,
		}
	}
	return nil
}
