package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// Mailbox is a queue that is subscribed to the topics. It stands for the mailbox of a person to whom the same topics send emails: what
// is in the queue says which emails to look for.
type Mailbox struct {
	client *sqs.Client
	url    string
	sent   string // where the local AWS lists the emails that it sent
}

// Mail is what arrives in a mailbox.
type Mail struct {
	// Region of the topic that sent it.
	Region string
	// Entry and EventID are those of a composed alert; both are empty for an alarm, and for what was sent without being composed.
	Entry, EventID string
	// Subject and Text as a person reads them.
	Subject, Text string
	// Arrived is when it was there.
	Arrived time.Time
}

// NewMailbox makes the queue with that ARN, which the file names as a subscriber.
func (r *Run) NewMailbox(ctx context.Context, arn string) (*Mailbox, error) {
	parts := strings.Split(arn, ":")
	client := sqs.NewFromConfig(r.Server.Config(parts[4], parts[3]))
	out, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(parts[5])})
	if err != nil {
		return nil, err
	}
	return &Mailbox{client: client, url: aws.ToString(out.QueueUrl), sent: r.Server.URL() + "/_aws/ses"}, nil
}

// Collect returns what arrives until that many mails are there or the time is over; then it is fewer.
func (m *Mailbox) Collect(ctx context.Context, want int, within time.Duration) ([]Mail, error) {
	var mails []Mail
	for end := time.Now().Add(within); len(mails) < want && time.Now().Before(end); {
		out, err := m.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
			QueueUrl: aws.String(m.url), MaxNumberOfMessages: 10, WaitTimeSeconds: 1,
		})
		if err != nil {
			return nil, err
		}
		arrived := time.Now()
		for _, message := range out.Messages {
			mail, err := read(aws.ToString(message.Body))
			if err != nil {
				return nil, err
			}
			if mail.Arrived = arrived; mail.Entry != "" {
				if mail.Text, err = m.email(ctx, mail); err != nil {
					return nil, err
				}
			}
			mails = append(mails, mail)
			if _, err := m.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(m.url), ReceiptHandle: message.ReceiptHandle}); err != nil {
				return nil, err
			}
		}
	}
	return mails, nil
}

// read returns the mail that a message in the queue stands for. Where a machine gets an alarm as JSON, a person gets a mail of
// CloudWatch's own making, with the alarm's description in it. The text of a composed alert is in the email only.
func read(body string) (Mail, error) {
	var envelope struct{ TopicArn, Subject, Message string }
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		return Mail{}, fmt.Errorf("the topic sent something else than a notification: %w", err)
	}
	var message struct {
		AlarmName, AlarmDescription, NewStateValue string
		Version                                    int
		Entry, EventID                             string
	}
	mail := Mail{Region: strings.Split(envelope.TopicArn+":::", ":")[3], Subject: envelope.Subject, Text: envelope.Message}
	if err := json.Unmarshal([]byte(envelope.Message), &message); err != nil {
		return mail, nil
	}
	switch {
	case message.AlarmName != "":
		mail.Text = fmt.Sprintf("CloudWatch alarm %q is in state %s\n%s", message.AlarmName, message.NewStateValue, message.AlarmDescription)
	case message.Version > 0:
		mail.Entry, mail.EventID = message.Entry, message.EventID
	}
	return mail, nil
}

// emailLimit is how long an email may take after the message in the queue.
const emailLimit = 20 * time.Second

// email returns the text of the email about an alert. Its subject is the local AWS's own, so the one in the queue counts.
func (m *Mailbox) email(ctx context.Context, alert Mail) (string, error) {
	hub, event := "Sent by the break glass hub in "+alert.Region+",", alert.EventID
	for end := time.Now().Add(emailLimit); ; time.Sleep(100 * time.Millisecond) {
		texts, err := m.emails(ctx)
		if err != nil {
			return "", err
		}
		for _, text := range texts {
			if strings.Contains(text, hub) && strings.Contains(text, event) {
				return text, nil
			}
		}
		if time.Now().After(end) {
			return "", fmt.Errorf("no email came about %q (%s) from the hub in %s", alert.Subject, alert.EventID, alert.Region)
		}
	}
}

// emails returns the texts of all emails that the local AWS has sent.
func (m *Mailbox) emails(ctx context.Context) (texts []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, m.sent, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, response.Body.Close()) }()
	if response.StatusCode == http.StatusNotFound {
		return nil, nil // no email was sent yet
	}
	var sent struct {
		Messages []struct {
			Body struct {
				Text string `json:"text_part"`
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&sent); err != nil {
		return nil, fmt.Errorf("the local AWS does not list its emails: %w", err)
	}
	for _, message := range sent.Messages {
		texts = append(texts, message.Body.Text)
	}
	return texts, nil
}
