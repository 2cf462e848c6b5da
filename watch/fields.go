package watch

// OnIAMObject sets, for package compose, $object to what a change in IAM was made on, briefly, and $other to what it was made on if that is
// no user, group, role, policy or device.
const OnIAMObject = `
$other := $first([
  $r.instanceProfileName, $r.sAMLProviderArn, $r.openIDConnectProviderArn, $r.url, $r.accountAlias, $r.serverCertificateName,
  $r.serviceSpecificCredentialId, $r.sSHPublicKeyId, $r.certificateId, $r.aWSServiceName, $r.name
]);
$object := $first([
  $r.userName, $d.responseElements.accessKey.userName, $r.groupName, $r.roleName, $r.policyName,
  $last($r.policyArn, '/'), $last($r.serialNumber, '/'), $r.virtualMFADeviceName, $other
]);
`

// fields are the values that a message can name, as JSONata over the prelude of package compose: $e is the event, $d its
// detail, $u the user identity, $i the issuer of the session, $session the role and the name of a role's session, $role that role,
// $r the parameters of the request, $mfa what the record has about MFA, $object and $other what OnIAMObject says. $ours tells the name of
// an emergency user, $usersGroup that of their group.
// $clean keeps printable ASCII and cuts, $pick does so with the first value of a list, $list with all of it. $name and $arn add an
// account's name, $of is the account of an ARN.
var fields = map[string]string{
	// IAM Identity Center makes its roles' names longer than a subject has room for. Root has the alias of the account for a name.
	"user": `$pick([
  $last($d.additionalEventData.SwitchFrom, '/'),
  $replace($session, /^AWSReservedSSO_(.+?)_[0-9a-f]{16}/, '$1'),
  'Root' in [$u.type, $i.type] ? 'root',
  $u.userName,
  $i.userName,
  $u.arn,
  $u.invokedBy,
  $exists($u.onBehalfOf.userId) ? 'user ' & $string($u.onBehalfOf.userId) & ' of IAM Identity Center',
  $u.type = 'AWSAccount' ? 'somebody in account ' & $u.accountId,
  $u.principalId,
  $exists($first([$u.type])) and $u.type != 'Unknown' ? 'somebody of type ' & $string($u.type),
  $exists($first([$u.type, $d.eventName])) ? 'somebody the record does not name'
], 100)`,
	"arn":           "$pick([$u.arn, $u.principalId, $u.onBehalfOf.identityStoreArn], 200)",
	"callerAccount": foreign + " ? $name($clean($u.accountId, 64))",
	"actingUser":    "$pick([$u.userName, $i.userName], 64)",
	"actingRole":    "$role",

	"account": "$name($clean($e.account, 12))",
	"region":  "$clean($e.region, 30)",
	"time":    "$time($pick([$d.eventTime, $e.time], 40))",
	"address": `$d.sourceIPAddress = 'AWS Internal' ?
  'AWS Internal (AWS made the call for the user, as for a role switch in the console)' :
  $clean($d.sourceIPAddress, 128)`,
	"agent": "$clean($d.userAgent, 120)",
	// With a long-term key there is no MFA but the code that the call itself carries.
	"mfa": `$mfa in ['Yes', 'true'] or
  $d.eventSource = 'sts.amazonaws.com' and $exists($first([$r.serialNumber])) and $not($exists($first([$d.errorCode]))) ? 'Yes' :
  $mfa in ['No', 'false'] or $d.eventSource = 'sts.amazonaws.com' and $substring($string($u.accessKeyId), 0, 4) = 'AKIA' ? 'NO' :
  $clean($mfa, 40)`,
	"withMFA": "$mfa in ['Yes', 'true'] ? ', with MFA' : $mfa in ['No', 'false'] ? ', WITHOUT MFA' : ''",
	"result": `$exists($first([$d.errorCode])) ? 'REFUSED: ' & $clean($d.errorCode, 100) :
  $pick([$d.responseElements.ConsoleLogin, $d.responseElements.SwitchRole, $exists($first([$d.eventName])) ? 'Success'], 40)`,
	"reason":  "$clean($d.errorMessage, 300)",
	"call":    "$clean($d.eventName, 64)",
	"service": "$clean($d.eventSource, 64)",

	"rootDid": `(
  $c := $clean($d.eventName, 64);
  $c = 'ConsoleLogin' ? ' signed in to the hub account' :
  $c = 'PasswordRecoveryRequested' ? ': a new password was requested' :
  $c = 'PasswordRecoveryCompleted' ? ': the password was reset by email' :
  $c = 'PasswordUpdated' ? ' changed its password' :
  $c = 'EmailUpdated' ? ' changed its email address' :
  $c in ['AuthorizeOAuth2Access', 'CreateOAuth2Token', 'CreateOAuth2TokenWithIAM'] ? ' used aws login' :
  ' called ' & $c
)`,
	"onRecovery":  "$d.eventName = 'PasswordRecoveryRequested' ? 'Anyone who knows the email address of root can request a new password. Without the mailbox they get nowhere.'",
	"byToken":     "$d.eventName = '" + signInToken + "' ? ' with a sign-in token'",
	"federatedAs": "$u.type = 'FederatedUser' ? $clean($u.arn, 200)",
	"switched":    "$d.responseElements.SwitchRole = 'Failure' ? 'FAILED to switch' : 'switched'",
	"failed":      "$d.responseElements.SwitchRole = 'Failure' ? ', FAILED' : ''",
	"into":        "( $a := $name($of($d.additionalEventData.SwitchTo)); $exists($a) ? $a : 'a role' )",
	"switchTo":    "$arn($clean($d.additionalEventData.SwitchTo, 200))",
	"switchFrom":  "$clean($d.additionalEventData.SwitchFrom, 200)",
	"calledFor":   "( $a := $name($first([$of($r.roleArn), $clean($r.targetPrincipal, 64)])); $exists($a) ? ' for ' & $a )",
	"role":        "$arn($pick([$r.roleArn, $d.responseElements.assumedRoleUser.arn], 200))",
	"member":      "$arn($name($clean($r.targetPrincipal, 200)))",
	"ownRights":   "$not($exists($first([$r.roleArn, $r.targetPrincipal]))) ? 'Without a role, what was issued has at most the permissions of the user.'",
	"session":     "$clean($r.roleSessionName, 64)",
	"federated":   "$clean($r.name, 64)",
	"audience":    "$list($r.audience, 200)",
	"device":      "$pick([$r.serialNumber, $d.responseElements.virtualMFADevice.serialNumber, $r.virtualMFADeviceName], 200)",

	"byOurs": "$u.type = 'IAMUser' and $ours($u.userName) ? 'The emergency user '",
	"toOurs": `$ours($r.userName) ? ' to the emergency user ' & $clean($r.userName, 64) :
  $ours($r.newUserName) ? ': another user now has the name of the emergency user ' & $clean($r.newUserName, 64) :
  $usersGroup($r.groupName) ? ' to the group of the emergency users' :
  $usersGroup($r.newGroupName) ? ': another group now has the name of the group of the emergency users'`,
	"onWhat":       "( $on := $clean($object, 64); $exists($on) ? ' on ' & $on )",
	"ofCaller":     "$not($exists($object)) ? 'No user, group, role, policy or device is named, so the caller changed their own access, or something that the record does not name.'",
	"onUser":       "$pick([$r.userName, $d.responseElements.accessKey.userName], 64)",
	"newUserName":  "$clean($r.newUserName, 64)",
	"onGroup":      "$clean($r.groupName, 128)",
	"newGroupName": "$clean($r.newGroupName, 128)",
	"onRole":       "$clean($r.roleName, 64)",
	"policy":       "$clean($r.policyArn, 200)",
	"policyName":   "$clean($r.policyName, 128)",
	"boundary":     "$clean($r.permissionsBoundary, 200)",
	"accessKey":    "$pick([$r.accessKeyId, $d.responseElements.accessKey.accessKeyId], 128)",
	"delegation":   "$clean($r.delegationRequestId, 64)",
	"onOther":      "$clean($other, 200)",
	"status":       "$clean($r.status, 20)",

	"alarm":        "$clean($d.alarmName, 200)",
	"alarmReason":  "$clean($d.state.reason, 300)",
	"newRegion":    "$clean($d.regionName, 30)",
	"rule":         "$pick([$r.name, $r.rule, $r.Name], 128)",
	"permission":   "$clean($r.statementId, 64)",
	"bus":          "$pick([$r.eventBusName, $r.name], 128)",
	"busKey":       "$clean($r.kmsKeyIdentifier, 200)",
	"targets":      "$list($append($r.targets.arn, $append($r.target.arn, $r.Target.Arn)), 500)",
	"deliveredAs":  "$list($append($append($r.targets.roleArn, $r.roleArn), $append($r.target.roleArn, $r.Target.RoleArn)), 300)",
	"archive":      "$clean($r.archiveName, 64)",
	"replay":       "$clean($r.replayName, 64)",
	"eventsFrom":   "$clean($r.eventSourceArn, 200)",
	"replayedTo":   "$clean($r.destination.arn, 200)",
	"queue":        "$pick([$r.queueUrl, $r.sourceArn], 200)",
	"onAlarm":      "$list($append($append($append($r.alarmName, $r.alarmNames), $r.muteTargets.alarmNames), $append($r.dashboardName, $r.dashboardNames)), 500)",
	"mute":         "$clean($r.name, 200)",
	"notifies":     "$list($append($append($r.alarmActions, $r.oKActions), $r.insufficientDataActions), 500)",
	"newState":     "$clean($r.stateValue, 20)",
	"topic":        "$pick([$r.topicArn, $r.resourceArn], 200)",
	"subscription": "$clean($r.subscriptionArn, 200)",
	"protocol":     "$clean($r.protocol, 20)",
	"endpoint":     "$pick([$r.endpoint, $r.optedOutNumber, $r.destinationPhoneNumber, $r.phoneNumber, $r.verifiedDestinationNumberId, $r.phoneNumberId], 128)",
	"attribute":    "$clean($r.attributeName, 64)",
	"smsLimit":     "$pick([$r.attributes.MonthlySpendLimit, $r.monthlyLimit], 20)",
	"key":          "$pick([$r.keyId, $r.aliasName, $d.resources.ARN], 200)",
	"trail":        "$pick([$r.name, $r.trailName], 200)",
	"delegated":    "$name($pick([$r.delegatedAdminAccountId, $r.memberAccountId, $r.accountId], 64))",
	"trusted":      "$clean($r.servicePrincipal, 100)",
	"stackSet":     "$clean($r.stackSetName, 200)",
	"setUnits":     "$list($r.deploymentTargets.organizationalUnitIds, 200)",
	"setAccounts":  "$list($append($r.accounts, $r.deploymentTargets.accounts), 300)",
	"setRegions":   "$list($r.regions, 300)",
	"logGroup":     "$pick([$r.logGroupName, $r.logGroupIdentifier, $r.resourceIdentifier], 200)",
	"logPolicy":    "$pick([$r.policyName, $r.name], 128)",
	"policyText":   "$clean($r.policyDocument, 500)",
	"carriedTo":    "$clean($r.destinationArn, 200)",
	"daysKept":     "$clean($r.retentionInDays, 10)",

	"sessionsOf":      "$clean($r.principalArn, 200)",
	"excluded":        "$clean($r.excludedPrincipal, 200)",
	"onlyFrom":        "$list($append($r.sourceIp, $r.vpcSourceIp), 200)",
	"onlyNetworks":    "$list($append($append($r.sourceVpc, $r.signinSourceVpce), $r.consoleSourceVpce), 200)",
	"disabled":        "$pick([$r.regionName, $r.RegionName], 30)",
	"channel":         "$pick([$r.ChatConfigurationArn, $r.SlackTeamId, $r.TeamId], 200)",
	"configuration":   "$pick([$r.arn, $r.notificationConfigurationArn], 200)",
	"notificationHub": "$clean($r.notificationHubRegion, 30)",
	"pipeline":        "$pick([$r.pipeline.name, $r.pipelineName, $r.webhook.targetPipeline], 100)",
	"build":           "$pick([$r.projectName, $r.projectArn, $r.id, $r.name], 150)",
	"bucket":          "$clean($r.bucketName, 63)",
	"keyAlias":        "$clean($r.aliasName, 200)",
	"machine":         "$pick([$r.stateMachineArn, $r.target, $r.name], 200)",
	"execution":       "$clean($r.executionArn, 200)",
	"table":           "$pick([$r.tableName, $r.resourceArn], 200)",
}

// FieldNamed returns the JSONata of a field that messages name. It panics for one that there is not: messages are data of
// this package, and a test walks them.
func FieldNamed(name string) string {
	expression, ok := fields[name]
	if !ok {
		panic("watch: no field <" + name + ">")
	}
	return expression
}
