package config

import "github.com/invopop/jsonschema"

// schemaDetails is what the types cannot say, by the path of the key; [] is an item of a list.
func schemaDetails() map[string]jsonschema.Schema {
	d := defaults()
	region := jsonschema.Schema{Ref: "#/$defs/region"}
	policy := jsonschema.Schema{
		AnyOf:    []*jsonschema.Schema{{Type: "string", Pattern: policyNamePattern}, {Type: "string", Pattern: policyARNPattern}},
		Examples: values("IAMFullAccess", "AdministratorAccess", "job-function/ViewOnlyAccess"),
	}
	boundary := jsonschema.Schema{
		AnyOf:       []*jsonschema.Schema{{Const: ""}, {Type: "string", Pattern: policyNamePattern}, {Type: "string", Pattern: policyARNPattern}},
		Description: "ARN of a policy, or name of a customer managed policy in the target account, that bounds what the role may do. \"\": none.",
	}
	session := jsonschema.Schema{
		Type: "string", Pattern: sessionPattern, MinLength: number(1), Examples: values("1h", "90m", "12h"),
		Description: "How long a session in the role lasts, from 1h to 12h.",
	}
	roleSession := session
	roleSession.Default = "1h" // a target's is the role's
	account := func(description string) jsonschema.Schema {
		return jsonschema.Schema{Pattern: accountPattern, Examples: values("111111111111"), Description: description}
	}
	policies := func(most uint64, description string, byDefault any) jsonschema.Schema {
		return jsonschema.Schema{MaxItems: &most, UniqueItems: true, Default: byDefault, Description: description}
	}
	return map[string]jsonschema.Schema{
		"": {
			Required:    []string{"version", "hub", "alerts"},
			Definitions: jsonschema.Definitions{"region": {Enum: values(regionCodes(func(Region) bool { return true })...)}},
			Description: "Who gets in when the identity provider is down, where, and who is told.",
		},
		"version":     {Const: Version, Description: "Version of the file's format: 1."},
		"hub":         {Required: []string{"account"}, Description: "The account of the users and the alert Regions."},
		"hub.account": account("Number of the account where the users live: 12 digits in quotation marks."),
		"hub.region":  {Ref: region.Ref, Default: d.Hub.Region, Description: "Region of the alert topic."},
		"hub.standby": {
			AnyOf:       []*jsonschema.Schema{{Const: ""}, &region},
			Description: "Second alert Region, with a topic of its own. \"\": none.",
		},
		"regions": {
			AnyOf: []*jsonschema.Schema{
				{Enum: values(RegionsAlwaysOn, RegionsAll)},
				{Type: "array", Items: &region, MinItems: number(1), UniqueItems: true},
			},
			Default:     RegionsAlwaysOn,
			Description: "Regions to watch. always-on: those that no account can switch off; all: every commercial Region; or a list. Every Region that is enabled has to be watched: a sign-in can land in any of them.",
		},
		"unwatched[]":                  {Required: []string{"region", "reason"}},
		"unwatched[].region":           {Ref: region.Ref, Description: "Region that is enabled and not watched. It is taken out of always-on or all."},
		"unwatched[].reason":           {MinLength: number(1), Description: "Why, for the next reader."},
		"alerts":                       {Description: "Whom to tell, and what to tell them to do. One address is needed."},
		"alerts.email":                 {UniqueItems: true},
		"alerts.email[]":               {Pattern: `^[^@\s"]+@[^@\s"]+\.[^@\s"]+$`, Examples: values("security-team@example.com")},
		"alerts.https":                 {UniqueItems: true},
		"alerts.https[]":               {Pattern: `^https://[^\s@#/]+([/?][^\s#]*)?$`, Examples: values("https://example.com/alerts")},
		"alerts.sms":                   {UniqueItems: true, Description: "Phone numbers in E.164 form, in quotation marks."},
		"alerts.sms[]":                 {Pattern: smsPattern, Examples: values("+15550100123")},
		"alerts.sqs":                   {UniqueItems: true, Description: "ARNs of standard SQS queues, for machines."},
		"alerts.sqs[]":                 {Pattern: sqsPattern, Examples: values("arn:aws:sqs:us-east-1:111111111111:alerts")},
		"alerts.instructions":          {MinLength: number(1), MaxLength: number(MaxInstructions), Pattern: `^[^<>"\\]*$`, Default: DefaultInstructions},
		"users":                        {MinItems: number(1), UniqueItems: true, Default: []any{map[string]any{"name": DefaultUser}}},
		"users[]":                      {Required: []string{"name"}},
		"users[].name":                 {Pattern: namePattern, Examples: values(DefaultUser), Description: "Name of the IAM user."},
		"userAccess.managedPolicies":   policies(MaxUserAccessPolicies, "Managed policies of the users in the hub account. []: none.", d.UserAccess.ManagedPolicies),
		"userAccess.managedPolicies[]": policy,
		"role.name":                    {Pattern: namePattern, Default: DefaultRole, Description: "Name of the role in every target account."},
		"role.managedPolicies":         policies(MaxRolePolicies, "Managed policies of the role: name, path/name or ARN.", d.Role.ManagedPolicies),
		"role.managedPolicies[]":       policy,
		"role.inlinePolicy":            inlinePolicy("Policy document of the role. {}: none."),
		"role.permissionsBoundary":     boundary,
		"role.sessionDuration":         roleSession,
		"targets":                      {Description: "The accounts that the users get into. What a target doesn't say, it has from role."},
		"targets[]":                    {OneOf: []*jsonschema.Schema{{Required: []string{"account"}}, {Required: []string{"organizationalUnit"}}}},
		"targets[].account":            account("Number of the target account: 12 digits in quotation marks."),
		"targets[].organizationalUnit": {
			Pattern: unitPattern, Examples: values("ou-ab12-11111111", "r-ab12"),
			Description: "Instead of account: ID of an organizational unit, or of the organization's root. A stack set serves all its accounts, future ones included.",
		},
		"targets[].name":                {Pattern: targetNamePattern, Examples: values("production")},
		"targets[].region":              region,
		"targets[].managedPolicies":     policies(MaxRolePolicies, "Managed policies instead of the role's. []: none.", nil),
		"targets[].managedPolicies[]":   policy,
		"targets[].inlinePolicy":        inlinePolicy("Policy document instead of the role's. {}: none."),
		"targets[].permissionsBoundary": boundary,
		"targets[].sessionDuration":     session,
		"stackSets":                     {Description: "How the organizational units among the targets get their roles."},
		"stackSets.managementAccount":   account("Account of the stack sets: the organization's management account. Without: the hub account, as a delegated administrator for StackSets."),
		"stackSets.region":              {Ref: region.Ref, Description: "Region of the stack in each account (the role itself is global); default the hub Region."},
		"stackSets.retainOnAccountRemoval": {
			Description: "true: an account that leaves the unit keeps its role. false: it loses the role, also when it only moves. Required with organizational units.",
		},
		"observers":              {Description: "Rules in the target accounts that tell the hub of changes of the role, and of switches into it."},
		"observers.regions":      {UniqueItems: true, Description: "Regions of each target account to observe: us-east-1 for changes of the role; for a switch that of the sign-in's address."},
		"observers.regions[]":    region,
		"observers.organization": {Pattern: organizationPattern, Examples: values("o-ab12cd34ef"), Description: "ID of the organization whose accounts the hub hears. Without: the listed accounts."},
		"pipeline":               {Required: []string{"source"}, Description: "CDK Pipelines in the hub account, which deploys everything from a repository. Needs deploy.access bootstrap."},
		"pipeline.source": {
			Description: "Where the project is kept: exactly one of the three.",
			OneOf:       []*jsonschema.Schema{{Required: []string{"codeConnections"}}, {Required: []string{"codeCommit"}}, {Required: []string{"s3"}}},
		},
		"pipeline.source.codeConnections":            {Required: []string{"repository", "branch", "connection"}},
		"pipeline.source.codeConnections.repository": {Pattern: repositoryPattern, Examples: values("example/breakglass")},
		"pipeline.source.codeConnections.branch":     {Pattern: branchPattern, Examples: values("main"), Description: "Branch to deploy from."},
		"pipeline.source.codeConnections.connection": {Pattern: connectionPattern},
		"pipeline.source.codeCommit":                 {Required: []string{"repository", "branch"}},
		"pipeline.source.codeCommit.repository":      {Pattern: codeCommitPattern, Description: "Name of the repository."},
		"pipeline.source.codeCommit.branch":          {Pattern: branchPattern, Examples: values("main"), Description: "Branch to deploy from."},
		"pipeline.source.s3":                         {Required: []string{"bucket", "key"}},
		"pipeline.source.s3.bucket":                  {Pattern: bucketPattern, Description: "Name of the bucket."},
		"pipeline.source.s3.key":                     {Pattern: objectKeyPattern, Examples: values("breakglass.zip"), Description: "Key of the zip file."},
		"pipeline.approval":                          {Default: false, Description: "Somebody approves every change of the hub account before it is deployed."},
		"pipeline.waves":                             {Description: "Waves of targets, deployed one after another behind the hub account. Without: one wave with an approval."},
		"pipeline.waves[]":                           {Required: []string{"name"}},
		"pipeline.waves[].name":                      {Pattern: wavePattern, Examples: values("Canary"), Description: "Name of the wave: a stage of the pipeline."},
		"pipeline.waves[].targets":                   {UniqueItems: true, Description: "Account numbers in quotation marks, and organizational units. Without: all that no other wave names."},
		"pipeline.waves[].approval":                  {Default: false, Description: "Somebody approves before the wave begins."},
		"monitoring.heartbeats":                      {Default: true, Description: "Every Region sends a sign of life each hour, through every rule; an alarm notices one that is missing."},
		"monitoring.tampering":                       {Default: true, Description: "Changes of the rules, topic, key, trail, alarms, queues, ledger, roles and stacks alert."},
		"monitoring.deliveryFailures":                {Default: true, Description: "What could not be delivered alerts."},
		"monitoring.newRegions":                      {Default: true, Description: "A Region that is switched on and not watched alerts."},
		"monitoring.dashboard":                       {Default: true, Description: "A CloudWatch dashboard for the wall, and saved queries for an investigation."},
		"ledger.retentionDays":                       {Enum: numbers(retentions), Default: d.Ledger.RetentionDays, Description: "How many days the ledger keeps a record, as CloudWatch Logs counts. 3653 are ten years."},
		"trail": {
			Enum: values(string(TrailExisting), string(TrailCreate)), Default: TrailExisting,
			Description: "existing: a multi-Region trail of the account or its organization logs management events, read and write. create: this app makes one in the hub account.",
		},
		"userNotifications.email":   {UniqueItems: true, Description: "Email addresses that AWS User Notifications tells; each is activated by a mail of its own."},
		"userNotifications.email[]": {Pattern: `^[^@\s"]+@[^@\s"]+\.[^@\s"]+$`, Examples: values("oncall@example.com")},
		"chat.slack.workspace":      {Pattern: slackWorkspacePattern, Examples: values("T0123ABCDEF")},
		"chat.slack.channel":        {Pattern: slackChannelPattern, Examples: values("C0123ABCDEF")},
		"chat.teams.tenant":         {Pattern: uuidPattern},
		"chat.teams.team":           {Pattern: uuidPattern},
		"chat.teams.channel":        {Pattern: teamsChannelPattern},
		"deploy.access": {
			Enum:    values(string(AccessCredentials), string(AccessOrganization), string(AccessBootstrap)),
			Default: AccessCredentials,
			Description: "credentials: the caller's own, one account at a time. organization: accessRole in every account, from the management account. " +
				"bootstrap: the roles of cdk bootstrap.",
		},
		"deploy.accessRole":     {Pattern: namePattern, Default: DefaultAccessRole, Description: "Role that access: organization assumes in each account."},
		"terminationProtection": {Default: true},
		"tags": {
			MaxProperties:        number(maxTags),
			PropertyNames:        &jsonschema.Schema{Pattern: tagKeyPattern, Not: &jsonschema.Schema{Pattern: "^[aA][wW][sS]:"}},
			AdditionalProperties: &jsonschema.Schema{Type: "string", Pattern: tagValuePattern},
		},
	}
}

// inlinePolicy is the schema of a policy document. Either it is empty or it has a version and statements.
func inlinePolicy(description string) jsonschema.Schema {
	textOrTexts := func() *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			{Type: "string"},
			{Type: "array", Items: &jsonschema.Schema{Type: "string"}, MinItems: number(1)},
		}}
	}
	statement := &jsonschema.Schema{
		Type:                 "object",
		Properties:           jsonschema.NewProperties(),
		AdditionalProperties: jsonschema.FalseSchema,
		Required:             []string{"Effect"},
		AllOf: []*jsonschema.Schema{
			{OneOf: []*jsonschema.Schema{{Required: []string{"Action"}}, {Required: []string{"NotAction"}}}},
			{OneOf: []*jsonschema.Schema{{Required: []string{"Resource"}}, {Required: []string{"NotResource"}}}},
		},
	}
	statement.Properties.Set("Sid", &jsonschema.Schema{Type: "string", Pattern: sidPattern})
	statement.Properties.Set("Effect", &jsonschema.Schema{Enum: values("Allow", "Deny")})
	for _, key := range []string{"Action", "NotAction", "Resource", "NotResource"} {
		statement.Properties.Set(key, textOrTexts())
	}
	statement.Properties.Set("Condition", &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{Type: "object"}})
	document := jsonschema.NewProperties()
	document.Set("Version", &jsonschema.Schema{Const: policyVersion})
	document.Set("Id", &jsonschema.Schema{Type: "string"})
	document.Set("Statement", &jsonschema.Schema{AnyOf: []*jsonschema.Schema{statement, {Type: "array", Items: statement, MinItems: number(1)}}})
	return jsonschema.Schema{
		Description:          description,
		Properties:           document,
		AdditionalProperties: jsonschema.FalseSchema,
		AnyOf: []*jsonschema.Schema{
			{MaxProperties: number(0)},
			{Required: []string{"Version", "Statement"}},
		},
		Type: "object",
	}
}

func values(texts ...string) []any {
	list := make([]any, len(texts))
	for i, text := range texts {
		list[i] = text
	}
	return list
}

func numbers(list []int) []any {
	values := make([]any, len(list))
	for i, n := range list {
		values[i] = n
	}
	return values
}

func number(n uint64) *uint64 { return &n }
