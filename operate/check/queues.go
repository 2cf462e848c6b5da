package check

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/plan"
	"example.com/breakglass/watch"
)

type queuesAPI interface {
	ListQueues(context.Context, *sqs.ListQueuesInput, ...func(*sqs.Options)) (*sqs.ListQueuesOutput, error)
	GetQueueAttributes(context.Context, *sqs.GetQueueAttributesInput, ...func(*sqs.Options)) (*sqs.GetQueueAttributesOutput, error)
}

// queues checks the dead-letter queues of a Region of the hub account.
func (s *scene) queues(ctx context.Context, api queuesAPI, region string, left map[string]bool) (r *result, arns []string) {
	return s.queuesOf(ctx, api, s.account(), region, left)
}

// queuesOf checks the dead-letter queues of an account and Region, and returns their ARNs; nil if unknown. CloudFormation
// generates their names, which begin with the stack's. Nothing is said of those that are left: see deployedIn.
func (s *scene) queuesOf(ctx context.Context, api queuesAPI, account, region string, left map[string]bool) (r *result, arns []string) {
	r, arns = of("queues"), []string{}
	pages := sqs.NewListQueuesPaginator(api, &sqs.ListQueuesInput{QueueNamePrefix: aws.String(ownStacks), MaxResults: aws.Int32(1000)})
	urls, err := whole.Pages(ctx, pages, func(page *sqs.ListQueuesOutput) []string { return page.QueueUrls })
	if err != nil {
		r.unanswered(region, "the dead-letter queues", err)
		return r, nil
	}
	for i, one := range each(urls, callsAtOnce, func(url string) *queue { return s.queue(ctx, api, account, region, url) }) {
		if !left[urls[i]] {
			r.add(one.result)
		}
		if one.arn == "" {
			arns = nil
		} else if arns != nil {
			arns = append(arns, one.arn)
		}
	}
	if r.well() {
		r.fine(region, english.Plural(len(urls), "queue", "")+", all empty")
	}
	return r, arns
}

// queue is what was found of one; its ARN is empty where it is not known.
type queue struct {
	*result
	arn string
}

// queue checks one dead-letter queue.
func (s *scene) queue(ctx context.Context, api queuesAPI, account, region, url string) *queue {
	r := &queue{result: of("queues")}
	out, err := api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(url), AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameAll},
	})
	if err != nil {
		r.unanswered(region, "the messages in the dead-letter queues", err)
		return r
	}
	r.arn = out.Attributes["QueueArn"]
	name := r.arn[strings.LastIndex(r.arn, ":")+1:]
	waiting := 0
	for _, attribute := range []types.QueueAttributeName{
		types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	} {
		n, _ := strconv.Atoi(out.Attributes[string(attribute)])
		waiting += n
	}
	if waiting > 0 {
		r.problem(region, fmt.Sprintf("undelivered events in %s: %d", name, waiting),
			"read them: "+inRegion("sqs", "receive-message", "--queue-url", url)+"; fix the cause, then: "+inRegion("sqs", "purge-queue", "--queue-url", url))
	}
	if wrong := letterDifferences(out.Attributes); len(wrong) > 0 {
		r.drifted(Problem, region, s.stackOfQueue(account, region, name), "queue "+name+" may lose undelivered events: "+strings.Join(wrong, "; "))
	}
	if d := samePolicy(out.Attributes["Policy"], access.DeadLetters(config.PlaceOf(account, region), r.arn)); d != "" {
		r.drifted(Warning, region, s.stackOfQueue(account, region, name), "the policy of queue "+name+" differs: "+d)
	}
	return r
}

// largestEvent is the most that an event has, in bytes (EventBridge quotas).
const largestEvent = 256 * 1024

// letterDifferences returns which attributes keep a dead-letter queue from receiving events, or from keeping them. Not compared:
// the visibility timeout and the wait of a receiver, which take nothing away, and what only FIFO queues have.
func letterDifferences(attributes map[string]string) (wrong []string) {
	number := func(name types.QueueAttributeName, fallback int) int {
		if n, err := strconv.Atoi(attributes[string(name)]); err == nil {
			return n
		}
		return fallback
	}
	if kept := time.Duration(number(types.QueueAttributeNameMessageRetentionPeriod, 0)) * time.Second; kept != watch.DeadLettersKept {
		wrong = append(wrong, fmt.Sprintf("it keeps messages for %s, not %s", hours(kept), hours(watch.DeadLettersKept)))
	}
	if most := number(types.QueueAttributeNameMaximumMessageSize, largestEvent); most < largestEvent {
		wrong = append(wrong, fmt.Sprintf("it accepts up to %d bytes, not %d", most, largestEvent))
	}
	if delay := number(types.QueueAttributeNameDelaySeconds, 0); delay != 0 {
		wrong = append(wrong, "it delays messages by "+english.Plural(int(delay), "second", ""))
	}
	if key := attributes[string(types.QueueAttributeNameKmsMasterKeyId)]; key != "" {
		wrong = append(wrong, "it is encrypted with the key "+key)
	}
	if redrive := attributes[string(types.QueueAttributeNameRedrivePolicy)]; redrive != "" {
		wrong = append(wrong, "it moves messages elsewhere: "+redrive)
	}
	return wrong
}

// stackOfQueue returns the stack in the Region whose name the queue's begins with. CloudFormation cuts long names short, hence
// the longest beginning that they share.
func (s *scene) stackOfQueue(account, region, name string) string {
	best, most := "", 0
	for _, at := range s.plan.Placements {
		if n := shared(name, at.Stack); at.Region == region && at.Account == account && n > most {
			best, most = at.Stack, n
		}
	}
	return best
}

// mayBelong reports whether a queue can be a stack's: no other stack there shares a longer prefix with the queue's name.
// Shortened names may fit several.
func (s *scene) mayBelong(queue string, at plan.Placement) bool {
	best := s.stackOfQueue(at.Account, at.Region, queue)
	return shared(queue, at.Stack) == shared(queue, best)
}

// shared returns the length of the common prefix of two names in bytes.
func shared(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
