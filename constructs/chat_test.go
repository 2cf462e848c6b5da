package constructs

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/access"
	"example.com/breakglass/watch"
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

// chat is the template of a hub's way into a chat channel.
func chat(t *testing.T, fill func(*ChatProps)) template {
	return synth(t, func(stack awscdk.Stack) {
		props := ChatProps{
			Place: here, Scope: scope, Entries: watch.Catalogue, Instructions: "Call the duty officer.\nThen the \"runbook\".", Suffix: "-standby",
			Key: chatKey, DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		}
		fill(&props)
		NewChat(stack, "Chat", props)
	})
}

func TestChatTopicAndRules(t *testing.T) {
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
		servicesMay(t, policy["PolicyDocument"])
		same(t, "TLSOnly", statement(t, policy["PolicyDocument"], "TLSOnly")["Effect"], "Deny")
		if n := len(one.all("AWS::SNS::Subscription")); n > 0 {
			t.Errorf("%d subscriptions: the channel subscribes itself", n)
		}
		same(t, "the name that alarms call it by", ChatTopicARN(here), "arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglass-chat")
	})

	t.Run("rules", func(t *testing.T) {
		want := map[string]any{}
		for _, e := range watch.Catalogue {
			for _, a := range e.Alerts {
				want["chat-"+e.Rule+a.Suffix+"-standby"] = asJSON(t, e.Publish(scope, a, here.Region))
			}
		}
		got := map[string]any{}
		for _, r := range one.all("AWS::Events::Rule") {
			name := r.Properties["Name"].(string)
			got[name] = r.Properties["EventPattern"]
			if len(name) > 64 || !letIn(name) {
				t.Errorf("%s is too long, or the queue does not let it in", name)
			}
			// AssumeRole is read-only.
			same(t, name, r.Properties["State"], "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")
			if n := len(r.Properties["Description"].(string)); n == 0 || n > 512 {
				t.Errorf("%s has a description of %d characters", name, n)
			}
		}
		// What is counted has no rule: its alarm names the topic.
		same(t, "the rules with their patterns", got, want)
	})

	t.Run("targets", func(t *testing.T) {
		field := regexp.MustCompile(`<([A-Za-z]+)>`)
		for _, r := range one.all("AWS::Events::Rule") {
			name := r.Properties["Name"].(string)
			targets := targetsOf(r.Properties)
			if len(targets) != 1 {
				t.Fatalf("%s has %d targets", name, len(targets))
			}
			has(t, targets[0], "Id", "Arn", "InputTransformer", "DeadLetterConfig")
			if !one.refers(targets[0]["Arn"], "AWS::SNS::Topic", "") {
				t.Errorf("%s publishes to %v", name, targets[0]["Arn"])
			}
			if letters := targets[0]["DeadLetterConfig"].(map[string]any); !one.refers(letters["Arn"], "AWS::SQS::Queue", "Arn") {
				t.Errorf("%s has no dead letters", name)
			}
			transformer := targets[0]["InputTransformer"].(map[string]any)
			text := transformer["InputTemplate"].(string)
			var message struct {
				Version, Source string
				Content         struct {
					Title     string
					NextSteps []string
				}
			}
			if err := json.Unmarshal([]byte(text), &message); err != nil {
				t.Fatalf("%s: not JSON, %v:\n%s", name, err, text)
			}
			if message.Version != "1.0" || message.Source != "custom" || !strings.HasPrefix(message.Content.Title, "<kind>: ") {
				t.Errorf("%s: Amazon Q does not post %s", name, text)
			}
			// An alert that is no emergency says first that it is something to mend.
			if steps := message.Content.NextSteps; len(steps) != 2 || !strings.HasSuffix(steps[0], "Call the duty officer.") || steps[1] != `Then the "runbook".` {
				t.Errorf("%s: the next steps are %q", name, steps)
			}
			if !strings.Contains(text, "the hub in "+here.Region) {
				t.Errorf("%s does not say which hub tells:\n%s", name, text)
			}
			used := map[string]bool{}
			for _, m := range field.FindAllStringSubmatch(text, -1) {
				used[m[1]] = true
			}
			same(t, name+": the fields", slices.Sorted(maps.Keys(transformer["InputPathsMap"].(map[string]any))), slices.Sorted(maps.Keys(used)))
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
			one := chat(t, func(p *ChatProps) {
				p.Entries = watch.Catalogue[:1]
				c.fill(p)
			})
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
					t.Errorf("it listens to %v", topics)
				}
				var others []string
				if strings.Contains(c.name, "another hub") {
					others = []string{otherTopic}
				}
				if len(topics) != 1+len(others) || len(others) > 0 && topics[1] != others[0] {
					t.Errorf("it listens to %v", topics)
				}
			}
		})
	}
}

// A channel can be set up once in an account, and IAM is global: the second hub has a topic only.
func TestChatWithoutAChannelIsATopicWithItsRules(t *testing.T) {
	one := chat(t, func(p *ChatProps) { p.Entries = watch.Catalogue[:1] })
	same(t, "the template", one.types(), []string{
		"AWS::Events::Rule", "AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy",
	})
}

// The rules of another stack of the Region name the topic, and make nothing else.
func TestChatRulesOfAnotherStackNameTheTopic(t *testing.T) {
	tampering := scope.Of(watch.Tampering)
	one := synth(t, func(stack awscdk.Stack) {
		NewChatRules(stack, "Chat", ChatRulesProps{
			Place: here, Scope: scope, Entries: tampering, Instructions: "Call.", Topic: ChatTopicARN(here),
			DeadLetters: NewDeadLetters(stack, "Letters", DeadLettersProps{Place: here}),
		})
	})
	same(t, "the kinds", slices.Compact(one.types()), []string{"AWS::Events::Rule", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy"})
	alerts := 0
	for _, e := range tampering {
		alerts += len(e.Alerts)
		for _, a := range e.Alerts {
			same(t, e.ID, targetsOf(one.rule(t, "chat-"+e.Rule+a.Suffix))[0]["Arn"], "arn:aws-us-gov:sns:us-gov-west-1:012345678901:breakglass-chat")
		}
	}
	if n := len(one.all("AWS::Events::Rule")); n != alerts || alerts == 0 {
		t.Errorf("%d rules for %d alerts", n, alerts)
	}
}
