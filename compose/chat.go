package compose

import "fmt"

// Limits of a custom notification of Amazon Q Developer in chat applications, in characters (administrator guide, custom
// notifications): its title and its description.
const (
	maxChatTitle       = 250
	maxChatDescription = 8000
)

// chatMessage returns the JSONata whose value publishes the alert to a chat topic, in the only form in which Amazon Q Developer
// posts a message of one's own. It has no buttons and no thread: an alert inside the thread of an earlier one could go unseen.
//
// The text is Markdown, in which whatever an actor wrote could be a link that hides its address, or call everybody in the channel: Slack
// writes both between angle brackets, Teams a link with ](.
func chatMessage(topic string) string {
	return fmt.Sprintf(`(
$plain := function($s) { $replace($replace($s, '<', '('), '](', '] (') };
{
  'TopicArn': %s,
  'Message': $string({
    'version': '1.0',
    'source': 'custom',
    'id': $in.id,
    'content': {
      'textType': 'client-markdown',
      'title': $plain($subject),
      'description': $substring($plain($join($append(
        $exists($word) ? ['Code word: ' & $word, '', $t.what, ''] : [$t.what, ''],
        $append($lines, $append([''], $look))
      ), '\n')), 0, %d),
      'nextSteps': [$map(
        $append($drill ? ['Nothing: this is a drill. A real alert says here:'] : [], $do),
        function($s) { $substring($plain($s), 0, 350) }
      )]
    },
    'metadata': {'enableCustomActions': false}
  })
})`,
		quote(topic), maxChatDescription)
}
