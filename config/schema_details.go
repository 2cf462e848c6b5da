package config

import (
	"reflect"

	"github.com/invopop/jsonschema"
)

// schemaDetails returns what the types and their comments cannot express, by the path of the key; [] is an item of a list.
func schemaDetails() map[string]jsonschema.Schema {
	d := defaults()
	lookalike := jsonschema.Schema{Pattern: proseLookalike}
	region := jsonschema.Schema{Ref: "#/$defs/region"}
	policy := jsonschema.Schema{
		AnyOf:    []*jsonschema.Schema{{Type: "string", Pattern: policyNamePattern}, {Type: "string", Pattern: policyARNPattern}},
		Examples: values("IAMFullAccess", "AdministratorAccess", "job-function/ViewOnlyAccess"),
	}
	boundary := jsonschema.Schema{
		AnyOf:       []*jsonschema.Schema{{Const: ""}, {Type: "string", Pattern: policyNamePattern}, {Type: "string", Pattern: policyARNPattern}},
		Description: "Permissions boundary of the role: a policy ARN, or the name of a customer managed policy in the target account. \"\": none.",
	}
	session := jsonschema.Schema{
		Type: "string", Pattern: sessionPattern, MinLength: number(1), Examples: values("1h", "90m", "12h"),
		Description: "Maximum session duration of the role, from 1h to 12h.",
	}
	roleSession := session
	roleSession.Default = "1h" // a target inherits that of role
	account := func(description string) jsonschema.Schema {
		return jsonschema.Schema{Pattern: accountPattern, Examples: values("111111111111"), Description: description}
	}
	cardLine := func(example string) jsonschema.Schema {
		return jsonschema.Schema{MinLength: number(1), MaxLength: number(maxCardLine), Pattern: cardPattern, Not: &lookalike, Examples: values(example)}
	}
	mostLines := uint64(maxCardLines)
	cardLines := jsonschema.Schema{MaxItems: &mostLines, UniqueItems: true}
	policies := func(most uint64, description string, byDefault any) jsonschema.Schema {
		return jsonschema.Schema{MaxItems: &most, UniqueItems: true, Default: byDefault, Description: description}
	}
	holder := jsonschema.Schema{Pattern: recipientPattern, Examples: values("age1…")}
	details := map[string]jsonschema.Schema{
		"": {
			Required: []string{"version", "hub", "alerts"},
			Definitions: jsonschema.Definitions{"region": {AnyOf: []*jsonschema.Schema{
				{Enum: values(regionCodes(func(Region) bool { return true })...)}, // what editors offer
				{Type: "string", Pattern: "^" + regionPattern + "$"},
			}}},
			Description: "Emergency access to AWS accounts: the users, the accounts, the Regions to watch, and the recipients of alerts.",
		},
		"version":     {Const: Version, Description: "Version of the file format: 1."},
		"hub":         {Required: []string{"account"}, Description: "Account of the emergency users, and the Regions of the alert topics."},
		"hub.account": account(""),
		"hub.region":  {Ref: region.Ref, Default: d.Hub.Region},
		"hub.standby": {
			AnyOf:       []*jsonschema.Schema{{Const: ""}, &region},
			Description: "Second alert Region with a topic of its own. \"\": none.",
		},
		"regions": {
			AnyOf: []*jsonschema.Schema{
				{Enum: values(RegionsAlwaysOn, RegionsAll)},
				{Type: "array", Items: &region, MinItems: number(1), UniqueItems: true},
			},
			Default:     RegionsAlwaysOn,
			Description: "Regions to watch. always-on: the Regions that no account can disable. all: every commercial Region. Or a list of codes. Watch every enabled Region: a sign-in can be recorded in any of them.",
		},
		"unwatched[]":        {Required: []string{"region", "reason"}},
		"unwatched[].region": {Ref: region.Ref, Description: "Region that is enabled but not watched; excluded from always-on and all."},
		"unwatched[].reason": {MinLength: number(1), Pattern: reasonPattern, Not: &lookalike, Description: "Reason, for readers of the file."},
		"alerts":             {Description: "Recipients of alerts, and the instructions at the end of each alert. At least one recipient is required."},
		"alerts.email":       {UniqueItems: true},
		"alerts.email[]":     {Pattern: emailPattern, MaxLength: number(maxEmail), Examples: values("security-team@example.com")},
		"alerts.https":       {UniqueItems: true},
		"alerts.https[]":     {Pattern: httpsPattern, Examples: values("https://example.com/alerts")},
		"alerts.sms":         {UniqueItems: true},
		"alerts.sms[]":       {Pattern: smsPattern, Examples: values("+15550100123")},
		"alerts.sqs":         {UniqueItems: true},
		"alerts.sqs[]":       {Pattern: sqsPattern, Examples: values("arn:aws:sqs:us-east-1:111111111111:alerts")},
		"alerts.instructions": {
			MinLength: number(1), MaxLength: number(MaxInstructions), Pattern: instructionsPattern, Not: &lookalike, Default: DefaultInstructions,
		},
		"users":             {MinItems: number(1), UniqueItems: true, Default: []any{map[string]any{"name": DefaultUser}}},
		"users[]":           {Required: []string{"name"}},
		"users[].name":      {Pattern: namePattern, Examples: values(DefaultUser), Description: "Name of the IAM user."},
		"users[].accessKey": {Enum: values(string(AccessKeySealed))},
		"credentials": {
			Required:    []string{"passwordHolders", "mfaHolders"},
			Description: "People to whom the users' credentials are sealed, as recipients of age. Opening a user's access takes one of each list.",
		},
		"credentials.passwordHolders":   {MinItems: number(1), UniqueItems: true},
		"credentials.mfaHolders":        {MinItems: number(1), UniqueItems: true},
		"credentials.passwordHolders[]": holder, "credentials.mfaHolders[]": holder,
		"credentials.rotateEvery": {Type: "string", Pattern: daysPattern, Default: "90d", Examples: values("90d")},
		"userAccess.managedPolicies": policies(maxUserAccessPolicies, "Managed policies of the users in the hub account, by name, path/name or ARN. []: none.",
			d.UserAccess.ManagedPolicies),
		"userAccess.managedPolicies[]": policy,
		"role.name":                    {Pattern: namePattern, Default: DefaultRole, Description: "Name of the role in every target account."},
		"role.managedPolicies":         policies(MaxRolePolicies, "Managed policies of the role, by name, path/name or ARN. []: none.", d.Role.ManagedPolicies),
		"role.managedPolicies[]":       policy,
		"role.inlinePolicy":            inlinePolicy("Inline policy document of the role. {}: none."),
		"role.permissionsBoundary":     boundary,
		"role.sessionDuration":         roleSession,
		"targets":                      {Description: "Accounts and organizational units that the users can enter. Each key that a target omits is inherited from role."},
		"targets[]":                    {OneOf: []*jsonschema.Schema{{Required: []string{"account"}}, {Required: []string{"organizationalUnit"}}}},
		"targets[].account":            account("Account number of the target: 12 digits in quotation marks."),
		"targets[].organizationalUnit": {
			Pattern: unitPattern, Examples: values("ou-ab12-11111111", "r-ab12"),
			Description: "Instead of account: ID of an organizational unit or of the organization's root. A stack set deploys the role to all its accounts, including accounts that join later.",
		},
		"targets[].name":                {Pattern: targetNamePattern, Examples: values("production")},
		"targets[].region":              region,
		"targets[].managedPolicies":     policies(MaxRolePolicies, "Managed policies, which replace those of role. []: none.", nil),
		"targets[].managedPolicies[]":   policy,
		"targets[].inlinePolicy":        inlinePolicy("Inline policy document, which replaces that of role. {}: none."),
		"targets[].permissionsBoundary": boundary,
		"targets[].sessionDuration":     session,
		"stackSets.managementAccount":   account(""),
		"stackSets.region":              region,
		"observers":                     {Description: "Rules in the target accounts that report changes of the role, and switches into it, to the hub."},
		"observers.regions": {
			UniqueItems: true,
			Description: "Regions to observe in each target account: us-east-1 for changes of the role; for role switches, the Region of the sign-in address.",
		},
		"observers.regions[]":    region,
		"observers.organization": {Pattern: organizationPattern, Examples: values("o-ab12cd34ef")},
		"observers.activity":     {Description: "Also record what the role's sessions do in those Regions, reads included, in the ledgers. No alert is sent."},
		"pipeline": {
			Required: []string{"source"}, Description: "CDK Pipelines in the hub account: deploys everything from a repository. Requires deploy.access: bootstrap.",
		},
		"pipeline.source": {
			OneOf: []*jsonschema.Schema{{Required: []string{"codeConnections"}}, {Required: []string{"codeCommit"}}, {Required: []string{"s3"}}},
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
		"pipeline.approval":                          {Default: true},
		"pipeline.waves[]":                           {Required: []string{"name"}},
		"pipeline.waves[].name": {
			Pattern: wavePattern, Examples: values("First"), Description: "Name of the wave, which is a stage of the pipeline.",
		},
		"pipeline.waves[].targets":   {UniqueItems: true},
		"pipeline.waves[].targets[]": {AnyOf: []*jsonschema.Schema{{Type: "string", Pattern: accountPattern}, {Type: "string", Pattern: unitPattern}}},
		"pipeline.waves[].approval":  {Default: false},
		"ledger.retentionDays":       {Enum: numbers(retentions), Default: d.Ledger.RetentionDays},
		"trail": {
			Enum: values(string(TrailExisting), string(TrailCreate)), Default: TrailExisting,
			Description: "Trail that delivers CloudTrail's events. existing: a multi-Region trail of the hub account or its organization logs management events, read and write. create: this app deploys a trail in the hub account.",
		},
		"userNotifications.email":   {UniqueItems: true},
		"userNotifications.email[]": {Pattern: emailPattern, MaxLength: number(maxEmail), Examples: values("oncall@example.com")},
		"card":                      {Description: "Whom to call in an emergency, and who keeps what, for the paper of breakglass card and breakglass runbook. No secrets."},
		"card.callFirst":            cardLines,
		"card.callFirst[]":          cardLine("Security on call, +1 555 010 0123"),
		"card.passwordKeptBy":       cardLines,
		"card.passwordKeptBy[]":     cardLine("Safe in room 101"),
		"card.mfaKeptBy":            cardLines,
		"card.mfaKeptBy[]":          cardLine("Head of finance"),
		"card.programKeptAt":        cardLines,
		"card.programKeptAt[]":      cardLine("USB stick in the safe in room 101"),
		"chat.slack.workspace":      {Pattern: slackWorkspacePattern, Examples: values("T0123ABCDEF")},
		"chat.slack.channel":        {Pattern: slackChannelPattern, Examples: values("C0123ABCDEF")},
		"chat.teams.tenant":         {Pattern: uuidPattern},
		"chat.teams.team":           {Pattern: uuidPattern},
		"chat.teams.channel":        {Pattern: teamsChannelPattern},
		"deploy.access": {
			Enum:    values(string(AccessCredentials), string(AccessOrganization), string(AccessBootstrap)),
			Default: AccessCredentials,
			Description: "Credentials for deployments. credentials: the caller's own, one account at a time. organization: accessRole in every account, from the management account. " +
				"bootstrap: the roles that cdk bootstrap creates.",
		},
		"monitoring.deadMansSwitch":     {Required: []string{"url"}},
		"monitoring.deadMansSwitch.url": {Pattern: httpsPattern, Examples: values("https://example.com/ping/breakglass")},
		"deploy.accessRole":             {Pattern: namePattern, Default: DefaultAccessRole},
		"terminationProtection":         {Default: true},
		"tags": {
			MaxProperties:        number(maxTags),
			PropertyNames:        &jsonschema.Schema{Pattern: tagKeyPattern, Not: &jsonschema.Schema{Pattern: "^[aA][wW][sS]:"}},
			AdditionalProperties: &jsonschema.Schema{Type: "string", Pattern: tagValuePattern},
		},
	}
	for field, on := range reflect.ValueOf(d.Monitoring).Fields() {
		if on.Kind() == reflect.Bool {
			details["monitoring."+field.Tag.Get("yaml")] = jsonschema.Schema{Default: on.Bool()}
		}
	}
	return details
}

// inlinePolicy returns the schema of a policy document, which is empty or has a version and statements.
func inlinePolicy(description string) jsonschema.Schema {
	textOrTexts := func() *jsonschema.Schema {
		return &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
			{Type: "string", Pattern: policyPattern},
			{Type: "array", Items: &jsonschema.Schema{Type: "string", Pattern: policyPattern}, MinItems: number(1)},
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
	statement.Properties.Set("Effect", &jsonschema.Schema{Enum: []any{"Allow", "Deny"}})
	for _, key := range []string{"Action", "NotAction", "Resource", "NotResource"} {
		statement.Properties.Set(key, textOrTexts())
	}
	text := &jsonschema.Schema{Pattern: policyPattern} // of no other type: what is no text passes
	values := &jsonschema.Schema{AnyOf: []*jsonschema.Schema{
		{Type: "string", Pattern: policyPattern}, {Type: "number"}, {Type: "boolean"}, {Type: "array", Items: text},
	}}
	statement.Properties.Set("Condition", &jsonschema.Schema{
		Type: "object", PropertyNames: text,
		AdditionalProperties: &jsonschema.Schema{Type: "object", PropertyNames: text, AdditionalProperties: values},
	})
	document := jsonschema.NewProperties()
	document.Set("Version", &jsonschema.Schema{Const: policyVersion})
	document.Set("Id", &jsonschema.Schema{Type: "string", Pattern: policyPattern})
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
