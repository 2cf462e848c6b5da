package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// receive returns the detail types of the events that are in a queue.
func receive(ctx context.Context, client *sqs.Client, name string) (found []string, err error) {
	queue, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(name)})
	if err != nil {
		return nil, err
	}
	out, err := client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl, MaxNumberOfMessages: 10})
	if err != nil {
		return nil, err
	}
	for _, one := range out.Messages {
		var event struct {
			Type string `json:"detail-type"`
		}
		if err := json.Unmarshal([]byte(aws.ToString(one.Body)), &event); err != nil {
			return nil, err
		}
		found = append(found, event.Type)
		if _, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: queue.QueueUrl, ReceiptHandle: one.ReceiptHandle}); err != nil {
			return nil, err
		}
	}
	return found, nil
}
