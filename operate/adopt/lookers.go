package adopt

import "context"

// looker finds the resources of a type.
type looker struct {
	typ string
	// identifier is the property that CloudFormation knows such a resource by when it is imported (the primaryIdentifier of
	// the resource type's schema).
	identifier string
	// fixed lists the properties that can't be changed (createOnlyProperties of the schema), besides those that can't be read
	// (writeOnlyProperties).
	fixed []string
	// record and afterwards describe, for people, what the import records and what is left to be removed by hand.
	record, afterwards string

	look func(ctx context.Context, v *view, id string) error
}

// lookers returns the lookers in an order in which each finds what those after it refer to.
func lookers() []looker {
	return []looker{
		{
			typ: "AWS::IAM::Group", identifier: "GroupName", fixed: []string{"GroupName"}, look: lookGroup,
			record: "the plan's policies that are attached to it", afterwards: "nothing",
		},
		{
			typ: "AWS::IAM::User", identifier: "UserName", fixed: []string{"UserName"}, look: lookUser,
			record:     "the name alone; CloudFormation does not manage password, MFA devices and keys",
			afterwards: "policies on the user itself, which the group now grants",
		},
		{
			typ: "AWS::IAM::Role", identifier: "RoleName", fixed: []string{"RoleName"}, look: lookRole,
			record: "trust, description, session length, boundary, the plan's policies that are attached", afterwards: "policies that are not in the file",
		},
		{
			typ: "AWS::IAM::ManagedPolicy", identifier: "PolicyArn", fixed: []string{"ManagedPolicyName", "Description", "Path"}, look: lookPolicy,
			record: "the document; the description as the plan has it, since CloudFormation would replace the policy to change it", afterwards: "nothing",
		},
		{
			typ: "AWS::KMS::Alias", identifier: "AliasName", fixed: []string{"AliasName"}, look: lookAlias,
			record: "the key behind it", afterwards: "nothing",
		},
		{
			typ: "AWS::KMS::Key", identifier: "KeyId", fixed: []string{"PendingWindowInDays"}, look: lookKey,
			record: "policy, description, rotation", afterwards: "nothing",
		},
		{
			typ: "AWS::SNS::Topic", identifier: "TopicArn", fixed: []string{"TopicName"}, look: lookTopic,
			record: "display name, key; never its subscriptions", afterwards: "a key of the topic that is not behind the alias",
		},
		{
			typ: "AWS::SNS::Subscription", identifier: "Arn", fixed: []string{"TopicArn", "Protocol", "Endpoint"}, look: lookSubscription,
			record: "as it is; a confirmed one stays confirmed", afterwards: "subscribers that are not in the file",
		},
		{
			typ: "AWS::Events::Rule", identifier: "Arn", fixed: []string{"Name"}, look: lookRule,
			record: "pattern, state, description; never its targets, so that the old ones stay", afterwards: "the old targets",
		},
		{
			typ: "AWS::Logs::LogGroup", identifier: "LogGroupName", fixed: []string{"LogGroupName"}, look: lookLogGroup,
			record: "retention", afterwards: "nothing",
		},
	}
}

// identifierOf returns the property by which a type is imported.
func identifierOf(typ string) string {
	for _, l := range lookers() {
		if l.typ == typ {
			return l.identifier
		}
	}
	return ""
}

// Way describes how the resources of a type are adopted, for the documents.
type Way struct{ Type, Identifier, Record, Afterwards string }

// Ways returns all types that can be adopted.
func Ways() []Way {
	var all []Way
	for _, l := range lookers() {
		all = append(all, Way{l.typ, l.identifier, l.record, l.afterwards})
	}
	return all
}
