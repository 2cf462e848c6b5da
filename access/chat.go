package access

// chatbot is the service principal of Amazon Q Developer in chat applications, which still has its former name.
const chatbot = "chatbot.amazonaws.com"

// ChatTrust lets Amazon Q Developer take the role of a chat channel. It has no source condition: AWS does not document that
// Amazon Q sends one, and a role without permissions is useless to an attacker.
func ChatTrust() Document {
	return document(Statement{
		"Sid": "AmazonQDeveloper", "Effect": "Allow",
		"Principal": map[string]any{"Service": chatbot}, "Action": "sts:AssumeRole",
	})
}
