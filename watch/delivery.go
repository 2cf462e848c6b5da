package watch

import (
	"fmt"
	"time"
)

// DeadLettersKept is how long a dead-letter queue keeps what could not be delivered: the longest that SQS offers.
const DeadLettersKept = 14 * 24 * time.Hour

// DeadLettersText returns the description of the alarm on a Region's dead-letter queues.
func DeadLettersText(region string) string {
	return fmt.Sprintf("BREAK GLASS EVENTS NOT DELIVERED in %s: an alert may not have been sent. The events stay for %.0f days in a dead-letter queue. "+
		"Find it: aws sqs list-queues --queue-name-prefix BreakGlass --region %s. Read the events (aws sqs receive-message), fix the cause, then purge the queue.",
		region, DeadLettersKept.Hours()/24, region)
}

// UndeliveredText returns the description of the alarm on what a hub's topic could not deliver.
func UndeliveredText(region string) string {
	return fmt.Sprintf("A BREAK GLASS ALERT DID NOT REACH A SUBSCRIBER: the alert topic in %s could not deliver it. "+
		"List the subscribers (aws sns list-subscriptions-by-topic), then check each endpoint.", region)
}
