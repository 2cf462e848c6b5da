package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awschatbot"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

// SlackChannel names a channel in Slack by IDs. Empty means none.
type SlackChannel struct {
	Workspace, Channel string
}

// TeamsChannel names a channel in Microsoft Teams by IDs, the channel's as in its link: 19%3A…%40thread.tacv2. Empty means none.
type TeamsChannel struct {
	Tenant, Team, Channel string
}

// ChatProps describe a hub's chat topic and channels.
type ChatProps struct {
	Place place.Place
	// Slack and Teams are given in one hub only: an account can set up a channel once.
	Slack SlackChannel
	Teams TeamsChannel
	// Topics are the ARNs of the other hubs' chat topics, which must exist: the channel subscribes to all of them.
	Topics []string
	// Key is the ID or the ARN of the customer managed key of the alert topic.
	Key string
}

// NewChat makes a topic for what Amazon Q Developer in chat applications posts, and the channels. Alarms reach the channels by naming the topic as an action: Amazon Q knows their own form.
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
	newChannels(scope, props, append([]string{arn}, props.Topics...))
}

// newChannels lets Amazon Q post into the channels what the topics carry.
func newChannels(scope constructs.Construct, props ChatProps, topics []string) {
	if props.Slack == (SlackChannel{}) && props.Teams == (TeamsChannel{}) {
		return
	}
	role := awsiam.NewCfnRole(scope, jsii.String("Role"), &awsiam.CfnRoleProps{
		RoleName:                 jsii.String(names.ChatRole),
		Description:              jsii.String("Role of Amazon Q Developer in the break glass channel: it has no permissions"),
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
