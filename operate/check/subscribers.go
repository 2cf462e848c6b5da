package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"

	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
)

type subscribersAPI interface {
	phonesAPI
	ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
	GetSubscriptionAttributes(context.Context, *sns.GetSubscriptionAttributesInput, ...func(*sns.Options)) (*sns.GetSubscriptionAttributesOutput, error)
}

// What SNS has in the place of a subscription's ARN (SNS API reference, Subscription).
const (
	pending = "PendingConfirmation"
	deleted = "Deleted"
)

// subscribers compares the subscriptions of a hub's topic with the file.
func (s *scene) subscribers(ctx context.Context, api subscribersAPI, region string) *result {
	r := of("subscribers")
	have := map[string]types.Subscription{}
	pages := sns.NewListSubscriptionsByTopicPaginator(api, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(s.in(region).Topic(names.Topic))})
	for sub, err := range whole.Each(ctx, pages, func(page *sns.ListSubscriptionsByTopicOutput) []types.Subscription { return page.Subscriptions }) {
		var gone *types.NotFoundException
		if errors.As(err, &gone) {
			return r // the topic's own check reports it
		}
		if err != nil {
			r.unanswered(region, "the subscribers of the topic", err)
			return r
		}
		if aws.ToString(sub.SubscriptionArn) == deleted {
			continue
		}
		key := subscriber(aws.ToString(sub.Protocol), aws.ToString(sub.Endpoint))
		// An address may be there twice: confirmed and, from another attempt, pending.
		if before, twice := have[key]; !twice || aws.ToString(before.SubscriptionArn) == pending {
			have[key] = sub
		}
	}
	want := s.wanted()
	confirmed := 0
	var certain []types.Subscription
	for _, who := range want {
		sub, ok := have[who]
		delete(have, who)
		switch arn := aws.ToString(sub.SubscriptionArn); {
		case !ok:
			// No deployment would: CloudFormation does not notice that a subscription is gone (cloudformation roadmap #2455).
			r.problem(region, who+" is not subscribed and receives no alerts", s.subscribe(who))
		case arn == pending:
			r.problem(region, who+" has not confirmed the subscription and receives no alerts",
				"open the link in the email within 48 hours of the subscription; after that: "+s.subscribe(who))
		default:
			certain = append(certain, sub)
		}
	}
	for _, one := range each(certain, callsAtOnce, func(sub types.Subscription) *result { return s.subscription(ctx, api, region, sub) }) {
		r.found = append(r.found, one.found...)
		confirmed += one.tallies[subscribersConfirmed].Got
	}
	for _, who := range sorted(have) {
		arn := aws.ToString(have[who].SubscriptionArn)
		if arn == pending {
			r.warning(region, who+" is not in breakglass.yaml and was asked to confirm a subscription",
				"find out who subscribed it; unconfirmed, the subscription expires after 48 hours")
			continue
		}
		fix := "find out who added it, then: " + inRegion("sns", "unsubscribe", "--subscription-arn", arn)
		if strings.HasPrefix(who, "sqs ") {
			fix += " (a running drill subscribes a temporary queue)"
		}
		r.problem(region, who+" is not in breakglass.yaml and receives every alert", fix)
	}
	r.tally(subscribersConfirmed, confirmed, len(want))
	r.found = append(r.found, s.phones(ctx, api, region).found...)
	if r.well() {
		r.fine(region, fmt.Sprintf("%d of %d confirmed, no other subscribers", confirmed, len(want)))
	}
	return r
}

// wanted returns the subscribers of the file.
func (s *scene) wanted() []string {
	var all []string
	for _, list := range []struct {
		protocol  string
		endpoints []string
	}{
		{"email", s.config.Alerts.Email}, {"https", s.config.Alerts.HTTPS}, {"sms", s.config.Alerts.SMS}, {"sqs", s.config.Alerts.SQS},
	} {
		for _, endpoint := range list.endpoints {
			all = append(all, subscriber(list.protocol, endpoint))
		}
	}
	return all
}

// subscriber returns a subscriber as a reader knows it. SNS may return an email address in lower case.
func subscriber(protocol, endpoint string) string {
	if protocol == "email" {
		endpoint = strings.ToLower(endpoint)
	}
	return protocol + " " + endpoint
}

// subscribe returns the command that subscribes an address again.
func (s *scene) subscribe(who string) string {
	protocol, endpoint, _ := strings.Cut(who, " ")
	return inRegion("sns", "subscribe", "--topic-arn", s.in(thePlace).Topic(names.Topic), "--protocol", protocol, "--notification-endpoint", endpoint)
}

// subscription checks one that is confirmed: whether it receives everything, and whether anyone can end it.
func (s *scene) subscription(ctx context.Context, api subscribersAPI, region string, sub types.Subscription) *result {
	r, arn := of("subscribers"), aws.ToString(sub.SubscriptionArn)
	who := subscriber(aws.ToString(sub.Protocol), aws.ToString(sub.Endpoint))
	r.tally(subscribersConfirmed, 1, 1)
	out, err := api.GetSubscriptionAttributes(ctx, &sns.GetSubscriptionAttributesInput{SubscriptionArn: aws.String(arn)})
	if err != nil {
		r.unanswered(region, "the filters and delivery policies of the subscriptions", err)
		return r
	}
	filter := out.Attributes["FilterPolicy"]
	filtered := filter != "" && filter != "{}"
	if filtered {
		r.tally(subscribersConfirmed, 0, 1)
		r.problem(region, who+" has a filter policy and does not receive every alert: "+filter,
			inRegion("sns", "set-subscription-attributes", "--attribute-name", "FilterPolicy", "--attribute-value", "{}", "--subscription-arn", arn))
	}
	s.delivery(r, region, who, arn, out.Attributes)
	if strings.HasPrefix(who, "email ") && out.Attributes["ConfirmationWasAuthenticated"] == "false" {
		r.note(region, who+" can be unsubscribed by anybody with the link in an email, including a mail scanner",
			"subscribe it again, and confirm by the AWS CLI with --authenticate-on-unsubscribe true: docs/deploy.md")
	}
	return r
}

// delivery compares how a subscriber receives what its filter passes. Not compared: attributes that only report (owner,
// EffectiveDeliveryPolicy, which is made of the subscription's and the topic's), FilterPolicyScope, which means nothing without a
// filter policy, the role of a Firehose stream, and what only FIFO topics have.
func (s *scene) delivery(r *result, region, who, arn string, attributes map[string]string) {
	set := func(attribute string) string {
		if value := attributes[attribute]; value != "{}" {
			return value
		}
		return ""
	}
	again := "find out who set it, then remove it in the SNS console, or unsubscribe (" + inRegion("sns", "unsubscribe", "--subscription-arn",
		arn) + ") and " + s.subscribe(who)
	if policy := set("DeliveryPolicy"); policy != "" {
		r.problem(region, who+" has a delivery policy, which can delay alerts or give up on them: "+policy, again)
	}
	if policy := set("RedrivePolicy"); policy != "" {
		r.warning(region, who+" has a dead-letter queue that is not in breakglass.yaml: "+policy, again)
	}
	if attributes["RawMessageDelivery"] == "true" {
		r.warning(region, who+" receives raw messages, without the subject and the signature of SNS",
			inRegion("sns", "set-subscription-attributes", "--attribute-name", "RawMessageDelivery", "--attribute-value", "false", "--subscription-arn", arn))
	}
}
