package constructs

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
)

const (
	chatKey    = "arn:aws-us-gov:kms:us-gov-west-1:012345678901:key/11111111-2222-3333-4444-555555555555"
	otherTopic = "arn:aws-us-gov:sns:us-gov-east-1:012345678901:breakglass-chat"
)

var (
	someSlack = SlackChannel{Workspace: "T0123ABCDEF", Channel: "C0123ABCDEF"}
	someTeams = TeamsChannel{
		Tenant: "00000000-1111-2222-3333-444444444444", Team: "00000000-1111-2222-3333-555555555555", Channel: "19%3A0123abcd%40thread.tacv2",
	}
)

// chat returns the template of a hub's chat topic and channels.
func chat(t *testing.T, fill func(*ChatProps)) template {
	return synth(t, func(stack awscdk.Stack) {
		props := ChatProps{Place: here, Key: chatKey}
		fill(&props)
		NewChat(stack, "Chat", props)
	})
}

func TestChatTopic(t *testing.T) {
	one := chat(t, func(p *ChatProps) { p.Slack, p.Topics = someSlack, []string{otherTopic} })

	t.Run("topic", func(t *testing.T) {
		topic := one.only(t, "AWS::SNS::Topic").Properties
		has(t, topic, "TopicName", "KmsMasterKeyId")
		same(t, "name", topic["TopicName"], "breakglass-chat")
		same(t, "key", topic["KmsMasterKeyId"], chatKey)
		policy := one.only(t, "AWS::SNS::TopicPolicy").Properties
		if topics := policy["Topics"].([]any); len(topics) != 1 || !one.refers(topics[0], "AWS::SNS::Topic", "") {
			t.Errorf("the policy is of %v", policy["Topics"])
		}
		publishersMay(t, policy["PolicyDocument"])
		same(t, "TLSOnly", statement(t, policy["PolicyDocument"], "TLSOnly")["Effect"], "Deny")
		if n := len(one.all("AWS::SNS::Subscription")); n > 0 {
			t.Errorf("%d subscriptions: the channel subscribes itself", n)
		}
	})
}

func TestChatChannels(t *testing.T) {
	slack := map[string]any{"ConfigurationName": "breakglass-chat-slack", "SlackWorkspaceId": someSlack.Workspace, "SlackChannelId": someSlack.Channel}
	teams := map[string]any{
		"ConfigurationName": "breakglass-chat-teams", "TeamsTenantId": someTeams.Tenant, "TeamId": someTeams.Team, "TeamsChannelId": someTeams.Channel,
	}
	for _, c := range []struct {
		name string
		fill func(*ChatProps)
		want map[string]map[string]any
	}{
		{"slack", func(p *ChatProps) { p.Slack = someSlack }, map[string]map[string]any{"AWS::Chatbot::SlackChannelConfiguration": slack}},
		{"teams", func(p *ChatProps) { p.Teams = someTeams }, map[string]map[string]any{"AWS::Chatbot::MicrosoftTeamsChannelConfiguration": teams}},
		{"both, with another hub", func(p *ChatProps) { p.Slack, p.Teams, p.Topics = someSlack, someTeams, []string{otherTopic} }, map[string]map[string]any{
			"AWS::Chatbot::SlackChannelConfiguration": slack, "AWS::Chatbot::MicrosoftTeamsChannelConfiguration": teams,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := chat(t, c.fill)
			role := one.only(t, "AWS::IAM::Role").Properties
			// Neither a policy nor anything else that would let somebody act.
			has(t, role, "RoleName", "Description", "AssumeRolePolicyDocument")
			same(t, "role", role["RoleName"], "breakglass-chat-role")
			same(t, "trust", role["AssumeRolePolicyDocument"], access.ChatTrust())
			found := 0
			for _, kind := range one.types() {
				if strings.HasPrefix(kind, "AWS::Chatbot::") {
					found++
				}
			}
			if found != len(c.want) {
				t.Errorf("the template has %v", one.types())
			}
			for kind, want := range c.want {
				channel := one.only(t, kind).Properties
				keys := append(slices.Collect(maps.Keys(want)), "SnsTopicArns", "IamRoleArn", "GuardrailPolicies", "LoggingLevel")
				has(t, channel, keys...)
				for key, value := range want {
					same(t, key, channel[key], value)
				}
				same(t, "guardrail", channel["GuardrailPolicies"], []string{"arn:aws-us-gov:iam::aws:policy/AWSDenyAll"})
				same(t, "logging", channel["LoggingLevel"], "ERROR")
				if !one.refers(channel["IamRoleArn"], "AWS::IAM::Role", "Arn") {
					t.Errorf("it acts as %v", channel["IamRoleArn"])
				}
				topics := channel["SnsTopicArns"].([]any)
				if len(topics) == 0 || !one.refers(topics[0], "AWS::SNS::Topic", "") {
					t.Errorf("it subscribes to %v", topics)
				}
				var others []string
				if strings.Contains(c.name, "another hub") {
					others = []string{otherTopic}
				}
				if len(topics) != 1+len(others) || len(others) > 0 && topics[1] != others[0] {
					t.Errorf("it subscribes to %v", topics)
				}
			}
		})
	}
}

// A channel can be set up once in an account, and IAM is global: the second hub has a topic only.
func TestChatWithoutAChannelIsATopic(t *testing.T) {
	one := chat(t, func(*ChatProps) {})
	same(t, "the template", one.types(), []string{"AWS::SNS::Topic", "AWS::SNS::TopicPolicy"})
}
