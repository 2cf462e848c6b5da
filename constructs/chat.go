package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awschatbot"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// SlackChannel names a channel in Slack by IDs. Empty means none.
type SlackChannel struct {
	Workspace, Channel string
}

// TeamsChannel names a channel in Microsoft Teams by IDs, the channel's as it stands in its link: 19%3A…%40thread.tacv2.
// Empty means none.
type TeamsChannel struct {
	Tenant, Team, Channel string
}

// ChatProps describe a hub's way into a chat channel.
type ChatProps struct {
	Place place.Place
	Scope watch.Scope
	// Entries of the catalogue that the channel is told of. A template has room for those of one or two parts.
	Entries      []watch.Entry
	Instructions string
	// Suffix of every rule's name.
	Suffix string
	// Slack and Teams are given in one hub only: an account can set up a channel once.
	Slack SlackChannel
	Teams TeamsChannel
	// Topics are the ARNs of the other hubs' chat topics, which have to be there: the channel listens to all of them.
	Topics []string
	// Key is the ID or the ARN of the customer managed key of the alert topic.
	Key         string
	DeadLetters DeadLetters
}

// NewChat makes a topic in the form that Amazon Q Developer in chat applications posts, the rules that publish to it, and
// the channels. Alarms reach the channels by naming the topic as an action: Amazon Q knows their own form.
//
// The workspace or team has to be authorized in the console of Amazon Q Developer first. Nobody can act from the channel:
// its role has no permission, and its guardrail denies everything, whatever role somebody picks. More than ten messages
// a second are dropped (administrator guide, troubleshooting), so what is counted comes as an alarm here, too.
//
// It was never tried on a live account.
func NewChat(scope constructs.Construct, id string, props ChatProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	at := props.Place
	topic := awssns.NewCfnTopic(scope, jsii.String("Topic"), &awssns.CfnTopicProps{
		TopicName: jsii.String(names.ChatTopic), KmsMasterKeyId: jsii.String(props.Key),
	})
	arn := *topic.Ref()
	awssns.NewCfnTopicPolicy(scope, jsii.String("Policy"), &awssns.CfnTopicPolicyProps{
		Topics:         jsii.Strings(arn),
		PolicyDocument: map[string]any(access.Topic(at, arn)),
	})
	NewChatRules(scope, "Rules", ChatRulesProps{
		Place: at, Scope: props.Scope, Entries: props.Entries, Instructions: props.Instructions, Suffix: props.Suffix,
		Topic: arn, DeadLetters: props.DeadLetters,
	})
	newChannels(scope, props, append([]string{arn}, props.Topics...))
}

// ChatRulesProps describe what a hub tells a chat channel.
type ChatRulesProps struct {
	Place place.Place
	Scope watch.Scope
	// Entries of the catalogue that the channel is told of.
	Entries      []watch.Entry
	Instructions string
	// Suffix of every rule's name.
	Suffix string
	// Topic is the ARN of the chat topic.
	Topic       string
	DeadLetters DeadLetters
}

// NewChatRules makes a rule for each alert of the entries, which publishes to the chat topic. By themselves they are for a
// further stack: those of the whole catalogue don't fit into one template.
func NewChatRules(scope constructs.Construct, id string, props ChatRulesProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	hub := props.Place.Region
	for _, e := range props.Entries {
		for _, a := range e.Alerts {
			NewRule(scope, e.ID+a.Suffix, RuleProps{
				Name:        names.Chat + e.Rule + a.Suffix + props.Suffix,
				Description: e.ChatDescription(a),
				Pattern:     e.Publish(props.Scope, a, hub),
				Targets: []awsevents.CfnRule_TargetProperty{deliver(awsevents.CfnRule_TargetProperty{
					Id: jsii.String("chat"), Arn: jsii.String(props.Topic),
					InputTransformer: &awsevents.CfnRule_InputTransformerProperty{
						InputTemplate: jsii.String(a.ChatTemplate(props.Instructions, hub)),
						InputPathsMap: a.ChatPaths(props.Instructions, hub),
					},
				}, props.DeadLetters)},
			})
		}
	}
}

// newChannels lets Amazon Q post into the channels what the topics carry.
func newChannels(scope constructs.Construct, props ChatProps, topics []string) {
	if props.Slack == (SlackChannel{}) && props.Teams == (TeamsChannel{}) {
		return
	}
	role := awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.ChatRole),
		Description:              jsii.String("What Amazon Q Developer acts as in the break glass channel: it may do nothing"),
		AssumeRolePolicyDocument: map[string]any(access.ChatTrust()),
	})
	// Without a guardrail it would be AdministratorAccess.
	guardrail := jsii.Strings(props.Place.AWSPolicy("AWSDenyAll"))
	if slack := props.Slack; slack != (SlackChannel{}) {
		awschatbot.NewCfnSlackChannelConfiguration(scope, jsii.String("Slack"), &awschatbot.CfnSlackChannelConfigurationProps{
			ConfigurationName: jsii.String(names.ChatTopic + "-slack"),
			SlackWorkspaceId:  jsii.String(slack.Workspace), SlackChannelId: jsii.String(slack.Channel),
			SnsTopicArns: texts(topics), IamRoleArn: role.AttrArn(), GuardrailPolicies: guardrail,
			LoggingLevel: jsii.String("ERROR"),
		})
	}
	if teams := props.Teams; teams != (TeamsChannel{}) {
		awschatbot.NewCfnMicrosoftTeamsChannelConfiguration(scope, jsii.String("Teams"), &awschatbot.CfnMicrosoftTeamsChannelConfigurationProps{
			ConfigurationName: jsii.String(names.ChatTopic + "-teams"),
			TeamsTenantId:     jsii.String(teams.Tenant), TeamId: jsii.String(teams.Team), TeamsChannelId: jsii.String(teams.Channel),
			SnsTopicArns: jsii.Strings(topics...), IamRoleArn: role.AttrArn(), GuardrailPolicies: guardrail,
			LoggingLevel: jsii.String("ERROR"),
		})
	}
}

// ChatTopicARN is the ARN of the chat topic of a hub, spelled out by its name: alarms and channels in other stacks name it.
func ChatTopicARN(hub place.Place) string { return hub.Topic(names.ChatTopic) }
