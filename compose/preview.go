package compose

import (
	"encoding/json"
	"fmt"

	jsonata "github.com/blues/jsonata-go"
)

// Message is what the composer publishes about an event.
type Message struct {
	// Subject of the mail.
	Subject string
	// Readers are the texts by protocol: email, sms, https, sqs, and default for any other.
	Readers map[string]string
	// Chat is the notification for a chat channel, as JSON.
	Chat string
}

// Preview shows what the composer would publish. It evaluates the composer's own expression.
type Preview struct{ expression *jsonata.Expr }

// previewed stands for the ARN of the chat topic: a preview shows what the channel gets, whether or not there is one.
const previewed = "chat"

// NewPreview returns the preview of a hub's composer.
func NewPreview(t Texts) (Preview, error) {
	expression, err := jsonata.Compile(t.Messages("", previewed))
	if err != nil {
		return Preview{}, fmt.Errorf("cannot read the composer's expression: %w", err)
	}
	return Preview{expression}, nil
}

// Message returns what people would read about an event of an entry. event is in its JSON form. An error means that the composer
// would send the event as it is.
func (p Preview) Message(entry string, event map[string]any) (Message, error) {
	return p.of(map[string]any{"id": event["id"], "entry": entry, "event": event})
}

// of returns what people would read about an input of the state that composes.
func (p Preview) of(input map[string]any) (Message, error) {
	if err := p.expression.RegisterVars(map[string]any{"states": map[string]any{"input": input}}); err != nil {
		return Message{}, err
	}
	value, err := p.expression.Eval(map[string]any{})
	if err != nil {
		return Message{}, err
	}
	messages, _ := value.(map[string]any)
	published, ok := messages["mail"].(map[string]any)
	if !ok {
		return Message{}, fmt.Errorf("the composer's expression returned %T", value)
	}
	m := Message{Readers: map[string]string{}}
	m.Subject, _ = published["Subject"].(string)
	if chat, ok := messages["chat"].(map[string]any); ok {
		m.Chat, _ = chat["Message"].(string)
	}
	text, _ := published["Message"].(string)
	if err := json.Unmarshal([]byte(text), &m.Readers); err != nil {
		return Message{}, fmt.Errorf("cannot read the composer's message: %w", err)
	}
	return m, nil
}
