package compose

import "fmt"

// Limits of a custom notification of Amazon Q Developer in chat applications, in characters (administrator guide, custom
// notifications): its title and its description.
const (
	MaxChatTitle       = 250
	MaxChatDescription = 8000
)

// Notification returns the JSONata expression whose value publishes the alert to a chat topic, in the only form in which Amazon Q
// Developer posts a message of one's own. It has no buttons and no thread: an alert inside the thread of an earlier one could go
// unseen.
func (t Texts) Notification(topic string) string {
	return t.expression(fmt.Sprintf(`$text := $join($append([$t.what, ''], $append($lines, $append([''], $look))), '\n');
{'TopicArn': %s, 'Message': $string({'version': '1.0', 'source': 'custom', 'id': $in.id, 'content': {'textType': 'client-markdown', 'title': $subject, 'description': $substring($text, 0, %d), 'nextSteps': [$substring($t.todo, 0, 350)]}, 'metadata': {'enableCustomActions': false}})}`,
		quote(topic), MaxChatDescription))
}
