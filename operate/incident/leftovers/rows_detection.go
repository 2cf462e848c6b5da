package leftovers

// detection is the part of the table about what sees or records: trails, logs, recorders, detectors.
var detection = []row{
	{
		event: "ec2:CreateFlowLogs", effect: Made, what: "flow log {each}", each: "flowLogIdSet.item",
		ask: ask{service: "ec2", call: "DescribeFlowLogs 2016-11-15", with: "FlowLogId.1={each}"}, gone: []string{"InvalidFlowLogId.NotFound"},
		has:  "<flowLogId>{each}<",
		undo: "aws ec2 delete-flow-logs --flow-log-ids {each}",
	},
	{
		event: "ec2:DeleteFlowLogs", effect: Removed, what: "flow log {content}", each: "flowLogId",
		ask: ask{service: "ec2", call: "DescribeFlowLogs 2016-11-15", with: "FlowLogId.1={content}"}, gone: []string{"InvalidFlowLogId.NotFound"},
		has:  "<flowLogId>{content}<",
		note: "make it again with its earlier settings: aws ec2 create-flow-logs",
	},
	{
		event: "config:DeleteConfigurationRecorder", effect: Removed, what: "configuration recorder {configurationRecorderName}",
		ask: ask{
			service: "config", call: "StarlingDoveService.DescribeConfigurationRecorders", with: `{"ConfigurationRecorderNames": ["{configurationRecorderName}"]}`,
		}, gone: []string{"NoSuchConfigurationRecorderException"},
		note: "make it again with its earlier settings, and start it: aws configservice put-configuration-recorder, start-configuration-recorder",
	},
	{
		event: "config:DeleteDeliveryChannel", effect: Removed, what: "delivery channel {deliveryChannelName}",
		ask:  ask{service: "config", call: "StarlingDoveService.DescribeDeliveryChannels", with: `{"DeliveryChannelNames": ["{deliveryChannelName}"]}`},
		gone: []string{"NoSuchDeliveryChannelException"},
		note: "make it again with its earlier settings: aws configservice put-delivery-channel",
	},
	{
		event: "config:DeleteConfigRule", effect: Removed, what: "rule {configRuleName} of Config",
		ask:  ask{service: "config", call: "StarlingDoveService.DescribeConfigRules", with: `{"ConfigRuleNames": ["{configRuleName}"]}`},
		gone: []string{"NoSuchConfigRuleException"},
		note: "make it again with its earlier settings: aws configservice put-config-rule",
	},
	{
		event: "guardduty:UpdateDetector", effect: Changed, what: "detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}"}, gone: []string{"BadRequestException"},
		undo: "aws guardduty update-detector --detector-id {detectorId} --enable",
		note: "compare its features with the earlier ones, too",
	},
	{
		event: "guardduty:CreateFilter", effect: Made, what: "filter {name} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/filter/{name}"}, gone: []string{"BadRequestException"},
		undo: "aws guardduty delete-filter --detector-id {detectorId} --filter-name {name}",
	},
	{
		event: "guardduty:CreateIPSet", effect: Made, what: "trusted addresses {ipSetId} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/ipset/{ipSetId}"}, gone: []string{"BadRequestException"},
		undo: "aws guardduty delete-ip-set --detector-id {detectorId} --ip-set-id {ipSetId}",
	},
	{
		event: "guardduty:DeletePublishingDestination", effect: Removed, what: "destination {destinationId} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/publishingDestination/{destinationId}"}, gone: []string{"BadRequestException"},
		note: "make it again with its earlier bucket and key: aws guardduty create-publishing-destination",
	},
	{
		event: "securityhub:DisableSecurityHub", effect: Removed, what: "Security Hub",
		ask: ask{service: "securityhub", call: "GET /accounts"}, gone: []string{"InvalidAccessException", "ResourceNotFoundException"},
		undo: "aws securityhub enable-security-hub",
		note: "its standards, integrations and findings are lost: enable those of before",
	},
	{
		event: "access-analyzer:DeleteAnalyzer", effect: Removed, what: "analyzer {analyzerName} of IAM Access Analyzer",
		ask: ask{service: "access-analyzer", call: "GET /analyzer/{analyzerName}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws accessanalyzer create-analyzer --analyzer-name {analyzerName} --type TYPE",
		note: "TYPE is the earlier one, such as ACCOUNT or ORGANIZATION; its archive rules are lost",
	},
	{
		event: "access-analyzer:CreateArchiveRule", effect: Made, what: "archive rule {ruleName} of analyzer {analyzerName}, which hides findings",
		ask: ask{service: "access-analyzer", call: "GET /analyzer/{analyzerName}/archive-rule/{ruleName}"}, gone: []string{"ResourceNotFoundException"},
		undo: "aws accessanalyzer delete-archive-rule --analyzer-name {analyzerName} --rule-name {ruleName}",
	},
	{
		event: "cloudtrail:DeleteEventDataStore", effect: Removed, what: "event data store {eventDataStore}",
		ask: ask{
			service: "cloudtrail", call: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetEventDataStore", with: `{"EventDataStore": "{eventDataStore}"}`,
		}, gone: []string{"EventDataStoreNotFoundException"}, has: `"Status":"ENABLED"`,
		undo: "aws cloudtrail restore-event-data-store --event-data-store {eventDataStore}",
		note: "it can be restored for seven days",
	},
	{
		event: "logs:DeleteSubscriptionFilter", effect: Removed, what: "subscription filter {filterName} of {logGroupName}",
		ask:  ask{service: "logs", call: "Logs_20140328.DescribeSubscriptionFilters", with: `{"logGroupName": "{logGroupName}", "filterNamePrefix": "{filterName}"}`},
		gone: []string{"ResourceNotFoundException"}, has: `"{filterName}"`,
		note: "make it again with its earlier pattern and destination: aws logs put-subscription-filter",
	},
	{
		event: "logs:PutRetentionPolicy", effect: Changed, what: "retention of log group {logGroupName}",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeLogGroups", with: `{"logGroupNamePrefix": "{logGroupName}"}`}, has: `"{logGroupName}"`,
		undo: "aws logs put-retention-policy --log-group-name {logGroupName} --retention-in-days DAYS",
		note: "DAYS is the earlier number; only if there was none: aws logs delete-retention-policy",
	},
	{
		event: "logs:PutResourcePolicy", effect: Changed, what: "resource policy {policyName} of CloudWatch Logs",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeResourcePolicies", with: "{}"}, has: `"policyName":"{policyName}"`,
		undo: "aws logs put-resource-policy --policy-name {policyName} --policy-document file://policy.json",
		note: "write the earlier policy into policy.json; only if there was none: aws logs delete-resource-policy",
	},
	{
		event: "logs:DeleteLogStream", effect: Removed, what: "log stream {logStreamName} of {logGroupName}",
		ask:  ask{service: "logs", call: "Logs_20140328.DescribeLogStreams", with: `{"logGroupName": "{logGroupName}", "logStreamNamePrefix": "{logStreamName}"}`},
		gone: []string{"ResourceNotFoundException"}, has: `"logStreamName":"{logStreamName}"`,
		note: "its events are lost",
	},
}
