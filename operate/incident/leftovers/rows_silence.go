package leftovers

// silence is the part of the table about what sees, records or warns, in more services.
var silence = []row{
	{
		event: "budgets:DeleteBudget", effect: Removed, what: "budget {budgetName}",
		ask:  ask{service: "budgets", call: "AWSBudgetServiceGateway.DescribeBudget", with: `{"AccountId": "{accountId}", "BudgetName": "{budgetName}"}`},
		gone: []string{"NotFoundException"},
		note: "make it again with its earlier limits: aws budgets create-budget",
	},
	{
		event: "cloudtrail:CreateTrail", effect: Made, what: "trail {trailARN}",
		ask:  ask{service: "cloudtrail", call: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrail", with: `{"Name": "{trailARN}"}`},
		gone: []string{"TrailNotFoundException"},
		undo: "aws cloudtrail delete-trail --name {trailARN}",
	},
	{
		event: "cloudtrail:PutInsightSelectors", effect: Changed, what: "insights of trail {trailName|eventDataStore}",
		ask: ask{
			service: "cloudtrail", call: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetInsightSelectors",
			with: `{"TrailName": "{trailName|eventDataStore}"}`,
		}, gone: []string{"InsightNotEnabledException", "TrailNotFoundException"},
		undo: "aws cloudtrail put-insight-selectors --trail-name {trailName|eventDataStore} --insight-selectors file://insights.json",
		note: "write the earlier selectors into insights.json",
	},
	{
		event: "cloudtrail:StopEventDataStoreIngestion", effect: Removed, what: "recording of event data store {eventDataStore}",
		ask: ask{
			service: "cloudtrail", call: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetEventDataStore", with: `{"EventDataStore": "{eventDataStore}"}`,
		}, gone: []string{"EventDataStoreNotFoundException"}, has: `"Status":"ENABLED"`,
		undo: "aws cloudtrail start-event-data-store-ingestion --event-data-store {eventDataStore}",
	},
	{
		event: "cloudtrail:UpdateEventDataStore", effect: Changed, what: "event data store {eventDataStore}",
		ask: ask{
			service: "cloudtrail", call: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetEventDataStore", with: `{"EventDataStore": "{eventDataStore}"}`,
		}, gone: []string{"EventDataStoreNotFoundException"},
		undo: "aws cloudtrail update-event-data-store --event-data-store {eventDataStore} --cli-input-json file://store.json",
		note: "write the earlier selectors and retention into store.json",
	},
	{
		event: "cloudtrail:DeregisterOrganizationDelegatedAdmin", effect: Removed, what: "delegated administrator {delegatedAdminAccountId} of CloudTrail",
		ask:  ask{service: "organizations", call: "AWSOrganizationsV20161128.ListDelegatedAdministrators", with: `{"ServicePrincipal": "cloudtrail.amazonaws.com"}`},
		has:  `"Id":"{delegatedAdminAccountId}"`,
		undo: "aws cloudtrail register-organization-delegated-admin --member-account-id {delegatedAdminAccountId}",
	},
	{
		event: "monitoring:DeleteAlarms", effect: Removed, what: "alarm {each}", each: "alarmNames",
		ask: ask{
			service: "monitoring", call: "DescribeAlarms 2010-08-01",
			with: "AlarmNames.member.1={each}&AlarmTypes.member.1=MetricAlarm&AlarmTypes.member.2=CompositeAlarm",
		}, has: "<AlarmName>{each}<",
		note: "make it again with its earlier settings: aws cloudwatch put-metric-alarm; one of this project comes back with breakglass deploy",
	},
	{
		event: "monitoring:DisableAlarmActions", effect: Removed, what: "actions of alarm {each}", each: "alarmNames",
		ask: ask{
			service: "monitoring", call: "DescribeAlarms 2010-08-01",
			with: "AlarmNames.member.1={each}&AlarmTypes.member.1=MetricAlarm&AlarmTypes.member.2=CompositeAlarm",
		}, has: "<ActionsEnabled>true<",
		undo: "aws cloudwatch enable-alarm-actions --alarm-names {each}",
	},
	{
		event: "monitoring:PutMetricAlarm monitoring:PutCompositeAlarm monitoring:SetAlarmState", effect: Changed, what: "alarm {alarmName}",
		ask: ask{
			service: "monitoring", call: "DescribeAlarms 2010-08-01",
			with: "AlarmNames.member.1={alarmName}&AlarmTypes.member.1=MetricAlarm&AlarmTypes.member.2=CompositeAlarm",
		}, has: "<AlarmName>{alarmName}<",
		undo: "aws cloudwatch put-metric-alarm --alarm-name {alarmName} --cli-input-json file://alarm.json",
		note: "write the earlier settings into alarm.json; one of this project comes back with breakglass deploy",
	},
	{
		event: "logs:DeleteMetricFilter", effect: Removed, what: "metric filter {filterName} of {logGroupName}",
		ask:  ask{service: "logs", call: "Logs_20140328.DescribeMetricFilters", with: `{"logGroupName": "{logGroupName}", "filterNamePrefix": "{filterName}"}`},
		gone: notFound, has: `"filterName":"{filterName}"`,
		note: "make it again with its earlier pattern: aws logs put-metric-filter; one of this project comes back with breakglass deploy",
	},
	{
		event: "logs:PutMetricFilter", effect: Changed, what: "metric filter {filterName} of {logGroupName}",
		ask:  ask{service: "logs", call: "Logs_20140328.DescribeMetricFilters", with: `{"logGroupName": "{logGroupName}", "filterNamePrefix": "{filterName}"}`},
		gone: notFound, has: `"filterName":"{filterName}"`,
		undo: "aws logs put-metric-filter --log-group-name {logGroupName} --filter-name {filterName} --cli-input-json file://metric.json",
		note: "write the earlier pattern into metric.json; only if there was none: aws logs delete-metric-filter",
	},
	{
		event: "logs:DeleteRetentionPolicy", effect: Changed, what: "retention of log group {logGroupName}",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeLogGroups", with: `{"logGroupNamePrefix": "{logGroupName}"}`}, has: `"{logGroupName}"`,
		undo: "aws logs put-retention-policy --log-group-name {logGroupName} --retention-in-days DAYS",
		note: "DAYS is the earlier number",
	},
	{
		event: "logs:PutDestination logs:PutDestinationPolicy", effect: Changed, what: "destination {destinationName} of logs",
		ask:  ask{service: "logs", call: "Logs_20140328.DescribeDestinations", with: `{"DestinationNamePrefix": "{destinationName}"}`},
		has:  `"destinationName":"{destinationName}"`,
		undo: "aws logs put-destination-policy --destination-name {destinationName} --access-policy file://policy.json",
		note: "write the earlier policy into policy.json; one that was not there before: aws logs delete-destination",
	},
	{
		event: "logs:DeleteResourcePolicy", effect: Removed, what: "resource policy {policyName} of CloudWatch Logs",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeResourcePolicies", with: "{}"}, has: `"policyName":"{policyName}"`,
		undo: "aws logs put-resource-policy --policy-name {policyName} --policy-document file://policy.json",
		note: "write the earlier policy into policy.json",
	},
	{
		event: "logs:AssociateKmsKey logs:DisassociateKmsKey", effect: Changed, what: "key of log group {logGroupName}",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeLogGroups", with: `{"logGroupNamePrefix": "{logGroupName}"}`}, has: `"{logGroupName}"`,
		undo: "aws logs associate-kms-key --log-group-name {logGroupName} --kms-key-id ARN",
		note: "ARN is that of the earlier key; only if there was none: aws logs disassociate-kms-key",
	},
	{
		event: "logs:CreateExportTask", effect: Made, what: "export {taskId} of logs",
		ask: ask{service: "logs", call: "Logs_20140328.DescribeExportTasks", with: `{"taskId": "{taskId}"}`}, gone: notFound, has: `"taskId":"{taskId}"`,
		undo: "aws logs cancel-export-task --task-id {taskId}",
		note: "what one that has ended exported is in its bucket",
	},
	{
		event: "guardduty:UpdateFilter", effect: Changed, what: "filter {filterName|name} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/filter/{filterName|name}"}, gone: []string{"BadRequestException"},
		undo: "aws guardduty update-filter --detector-id {detectorId} --filter-name {filterName|name} --cli-input-json file://filter.json",
		note: "write the earlier criteria and action into filter.json: ARCHIVE hides findings",
	},
	{
		event: "guardduty:UpdateIPSet", effect: Changed, what: "trusted addresses {ipSetId} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/ipset/{ipSetId}"}, gone: []string{"BadRequestException"},
		undo: "aws guardduty update-ip-set --detector-id {detectorId} --ip-set-id {ipSetId} --location LOCATION",
		note: "LOCATION is the earlier list",
	},
	{
		event: "guardduty:DeleteThreatIntelSet", effect: Removed, what: "known threats {threatIntelSetId} of detector {detectorId} of GuardDuty",
		ask: ask{service: "guardduty", call: "GET /detector/{detectorId}/threatintelset/{threatIntelSetId}"}, gone: []string{"BadRequestException"},
		note: "make it again with its earlier list: aws guardduty create-threat-intel-set",
	},
	{
		event: "guardduty:StopMonitoringMembers guardduty:DisassociateMembers guardduty:DeleteMembers", effect: Removed,
		what: "member {each} of detector {detectorId} of GuardDuty", each: "accountIds",
		ask: ask{service: "guardduty", call: "POST /detector/{detectorId}/member/get", with: `{"accountIds": ["{each}"]}`}, gone: []string{"BadRequestException"},
		has:  `"relationshipStatus":"Enabled"`,
		undo: "aws guardduty start-monitoring-members --detector-id {detectorId} --account-ids {each}",
		note: "one that was taken out: aws guardduty create-members",
	},
	{
		event: "guardduty:DisassociateFromAdministratorAccount guardduty:DisassociateFromMasterAccount", effect: Removed,
		what: "administrator of detector {detectorId} of GuardDuty",
		ask:  ask{service: "guardduty", call: "GET /detector/{detectorId}/administrator"}, gone: []string{"BadRequestException"},
		has:  `"relationshipStatus":"Enabled"`,
		note: "have its administrator take the account in again",
	},
	{
		event: "guardduty:DisableOrganizationAdminAccount", effect: Removed, what: "administrator {adminAccountId} of GuardDuty in the organization",
		ask: ask{service: "guardduty", call: "GET /admin"}, has: `"adminAccountId":"{adminAccountId}"`,
		undo: "aws guardduty enable-organization-admin-account --admin-account-id {adminAccountId}",
	},
	{
		event: "securityhub:BatchDisableStandards", effect: Removed, what: "standard {each} of Security Hub", each: "standardsSubscriptionArns",
		ask:  ask{service: "securityhub", call: "POST /standards/get", with: `{"StandardsSubscriptionArns": ["{each}"]}`},
		gone: []string{"InvalidInputException", "ResourceNotFoundException"}, has: `"StandardsStatus":"READY"`,
		note: "enable it again: aws securityhub batch-enable-standards",
	},
	{
		event: "securityhub:DisassociateFromAdministratorAccount securityhub:DisassociateFromMasterAccount", effect: Removed, what: "administrator of Security Hub",
		ask: ask{service: "securityhub", call: "GET /administrator"}, gone: notFound, has: `"MemberStatus":"Enabled"`,
		note: "have its administrator take the account in again",
	},
	{
		event: "securityhub:DisableOrganizationAdminAccount", effect: Removed, what: "administrator {adminAccountId} of Security Hub in the organization",
		ask: ask{service: "securityhub", call: "GET /organization/admin"}, has: `"AccountId":"{adminAccountId}"`,
		undo: "aws securityhub enable-organization-admin-account --admin-account-id {adminAccountId}",
	},
	{
		event: "securityhub:CreateAutomationRule", effect: Made, what: "automation rule {ruleArn} of Security Hub, which may hide findings",
		ask: ask{service: "securityhub", call: "POST /automationrules/get", with: `{"AutomationRulesArns": ["{ruleArn}"]}`}, gone: notFound,
		has:  `"RuleArn":"{ruleArn}"`,
		undo: "aws securityhub batch-delete-automation-rules --automation-rules-arns {ruleArn}",
	},
	{
		event: "macie2:DisableMacie", effect: Removed, what: "Macie",
		ask: ask{service: "macie2", call: "GET /macie"}, gone: []string{"AccessDeniedException"},
		note: "enable it again, with its settings and jobs: aws macie2 enable-macie; a denied look means here that it is off, or that you may not look",
	},
	{
		event: "inspector2:Disable", effect: Removed, what: "Inspector",
		ask: ask{service: "inspector2", call: "POST /status/batch/get", with: `{"accountIds": ["{recipientAccountId}"]}`}, has: `"state":{"status":"ENABLED"`,
		note: "enable it again for what it looked at: aws inspector2 enable",
	},
	{
		event: "inspector2:CreateFilter", effect: Made, what: "filter {arn} of Inspector",
		ask: ask{service: "inspector2", call: "POST /filters/list", with: `{"arns": ["{arn}"]}`}, gone: notFound, has: `"arn":"{arn}"`,
		undo: "aws inspector2 delete-filter --arn {arn}",
	},
	{
		event: "detective:DeleteGraph", effect: Removed, what: "behavior graph {graphArn} of Detective",
		ask: ask{service: "detective", call: "POST /graphs/list", with: "{}"}, has: `"Arn":"{graphArn}"`,
		note: "enable it again: aws detective create-graph; what it knew is lost",
	},
	{
		event: "config:PutConfigurationRecorder", effect: Changed, what: "configuration recorder {configurationRecorder.name}",
		ask: ask{
			service: "config", call: "StarlingDoveService.DescribeConfigurationRecorders", with: `{"ConfigurationRecorderNames": ["{configurationRecorder.name}"]}`,
		}, gone: []string{"NoSuchConfigurationRecorderException"},
		undo: "aws configservice put-configuration-recorder --configuration-recorder file://recorder.json",
		note: "write the earlier recorder into recorder.json",
	},
	{
		event: "config:PutDeliveryChannel", effect: Changed, what: "delivery channel {deliveryChannel.name}",
		ask:  ask{service: "config", call: "StarlingDoveService.DescribeDeliveryChannels", with: `{"DeliveryChannelNames": ["{deliveryChannel.name}"]}`},
		gone: []string{"NoSuchDeliveryChannelException"},
		undo: "aws configservice put-delivery-channel --delivery-channel file://channel.json",
		note: "write the earlier channel into channel.json",
	},
	{
		event: "config:DeleteConformancePack", effect: Removed, what: "conformance pack {conformancePackName}",
		ask:  ask{service: "config", call: "StarlingDoveService.DescribeConformancePacks", with: `{"ConformancePackNames": ["{conformancePackName}"]}`},
		gone: []string{"NoSuchConformancePackException"},
		note: "make it again from its template: aws configservice put-conformance-pack",
	},
	{
		event: "config:DeleteOrganizationConfigRule", effect: Removed, what: "rule {organizationConfigRuleName} of Config in the organization",
		ask: ask{
			service: "config", call: "StarlingDoveService.DescribeOrganizationConfigRules", with: `{"OrganizationConfigRuleNames": ["{organizationConfigRuleName}"]}`,
		}, gone: []string{"NoSuchOrganizationConfigRuleException"},
		note: "make it again with its earlier settings: aws configservice put-organization-config-rule",
	},
	{
		event: "wafv2:DisassociateWebACL", effect: Removed, what: "web ACL of {resourceArn}",
		ask:  ask{service: "wafv2", call: "AWSWAF_20190729.GetWebACLForResource", with: `{"ResourceArn": "{resourceArn}"}`},
		gone: []string{"WAFNonexistentItemException"}, has: `"WebACL":{`,
		undo: "aws wafv2 associate-web-acl --resource-arn {resourceArn} --web-acl-arn ARN",
		note: "ARN is that of the earlier web ACL",
	},
	{
		event: "wafv2:DeleteLoggingConfiguration", effect: Removed, what: "logging of {resourceArn}",
		ask:  ask{service: "wafv2", call: "AWSWAF_20190729.GetLoggingConfiguration", with: `{"ResourceArn": "{resourceArn}"}`},
		gone: []string{"WAFNonexistentItemException"},
		undo: "aws wafv2 put-logging-configuration --logging-configuration file://waf.json",
		note: "write the earlier destination into waf.json",
	},
	{
		event: "bedrock:DeleteModelInvocationLoggingConfiguration", effect: Removed, what: "logging of calls of Bedrock models",
		ask: ask{service: "bedrock", call: "GET /logging/modelinvocations"}, has: `"loggingConfig":{`,
		undo: "aws bedrock put-model-invocation-logging-configuration --logging-config file://bedrock.json",
		note: "write the earlier destination into bedrock.json",
	},
	{
		event: "bedrock:PutModelInvocationLoggingConfiguration", effect: Changed, what: "logging of calls of Bedrock models",
		ask: ask{service: "bedrock", call: "GET /logging/modelinvocations"}, has: `"loggingConfig":{`,
		undo: "aws bedrock put-model-invocation-logging-configuration --logging-config file://bedrock.json",
		note: "write the earlier destination into bedrock.json; only if there was none: aws bedrock delete-model-invocation-logging-configuration",
	},
	{
		event: "bedrock:PutFoundationModelEntitlement bedrock:CreateFoundationModelAgreement", effect: Made, what: "use of model {modelId}",
		ask: ask{service: "bedrock", call: "GET /foundation-model-availability/{modelId}"}, gone: notFound, has: `"status":"AVAILABLE"`,
		undo: "aws bedrock delete-foundation-model-agreement --model-id {modelId}",
	},
	{
		event: "elasticloadbalancing:ModifyLoadBalancerAttributes", effect: Changed, what: "attributes of load balancer {loadBalancerArn}",
		ask:  ask{service: "elasticloadbalancing", call: "DescribeLoadBalancers 2015-12-01", with: "LoadBalancerArns.member.1={loadBalancerArn}"},
		gone: []string{"LoadBalancerNotFound"},
		undo: "aws elbv2 modify-load-balancer-attributes --load-balancer-arn {loadBalancerArn} --attributes file://balancer.json",
		note: "write the earlier values, access logs above all, into balancer.json",
	},
	{
		event: "rbin:DeleteRule", effect: Removed, what: "rule {identifier} of the recycle bin",
		ask: ask{service: "rbin", call: "GET /rules/{identifier}"}, gone: notFound,
		note: "make it again with its earlier retention: aws rbin create-rule",
	},
}
