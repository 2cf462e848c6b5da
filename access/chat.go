package access

// chatbot is Amazon Q Developer in chat applications, which keeps its former name here.
const chatbot = "chatbot.amazonaws.com"

// ChatTrust lets Amazon Q Developer take the role of a chat channel. It names no source: nothing says that Amazon Q sends
// one, and a role without any permission is of no use to whoever talks it into taking it.
func ChatTrust() Document {
	return document(Statement{
		"Sid": "AmazonQDeveloper", "Effect": "Allow",
		"Principal": map[string]any{"Service": chatbot}, "Action": "sts:AssumeRole",
	})
}
