package watch

// Message is what people read about some records of an Entry. The composer in each hub fills it in; lines whose fields a
// record lacks are left out.
type Message struct {
	// When narrows the message down to some records of the entry; the first message whose condition holds is sent. The last
	// message of an entry has none.
	When Condition
	// Subject is what happened and who did it, in a few words: "<user> signed in". The Region follows it, then After: ", with MFA".
	Subject, After string
	// What happened, in one sentence.
	What string
	// Facts are lines of a label and a value, behind those that every message has: who, account, Region, time, address,
	// user agent, MFA, result.
	Facts []Fact
	// First comes before the instructions of the file, which are about an emergency user, where the message is about
	// something else.
	First string
	// Note explains a value that the record may have.
	Note string
}

// Fact is a line of a message: a label and a value with <field> where a field's value goes.
type Fact struct{ Label, Value string }

// Condition is about one value of an event. The zero Condition always holds.
type Condition struct {
	// Path of the value, from the event on: detail.errorCode.
	Path string
	// In holds if the value is one of these; nil: if there is a value at all.
	In func(Scope) []string
}

// Severity is how urgent a message is, for the machines that read it.
type Severity string

// The severities.
const (
	// Critical is a use of the emergency access, or a change that opens a way to it.
	Critical Severity = "critical"
	// High is a change to the alerting, or a part of it that has failed.
	High Severity = "high"
)

// actedAs is the name of whoever made the call.
const actedAs = `$u.userName, $i.userName, $u.type = 'Root' ? 'root', $u.arn, $u.invokedBy, $u.principalId`

// fields are the values that a message can name, as JSONata over the prelude of package compose: $e is the event, $d its
// detail, $u the user identity, $i the issuer of the session, $r the parameters of the request. $clean keeps printable ASCII
// and cuts.
var fields = map[string]string{
	"user":    "$clean($first([" + actedAs + "]), 100)",
	"arn":     "$clean($u.arn, 200)",
	"account": "$name($clean($e.account, 12))",
	"region":  "$clean($e.region, 30)",
	"time":    "$time($clean($first([$d.eventTime, $e.time]), 40))",
	"address": "$d.sourceIPAddress = 'AWS Internal' ? 'AWS Internal (AWS made the call for the user, as for a role switch in the console)' : $clean($d.sourceIPAddress, 128)",
	"agent":   "$clean($d.userAgent, 120)",
	"mfa": "($m := $string($first([$d.additionalEventData.MFAUsed, $u.sessionContext.attributes.mfaAuthenticated])); " +
		"$m in ['Yes', 'true'] or $exists($first([$r.serialNumber])) and $not($exists($first([$d.errorCode]))) and $d.eventSource = 'sts.amazonaws.com' ? 'Yes' : $m in ['No', 'false'] ? 'NO' : $clean($m, 40))",
	"withMFA": "($m := $string($first([$d.additionalEventData.MFAUsed, $u.sessionContext.attributes.mfaAuthenticated])); $m in ['Yes', 'true'] ? ', with MFA' : $m in ['No', 'false'] ? ', WITHOUT MFA' : '')",
	"result": "$exists($first([$d.errorCode])) ? 'REFUSED: ' & $clean($d.errorCode, 100) : " +
		"$clean($first([$d.responseElements.ConsoleLogin, $d.responseElements.SwitchRole, $exists($first([$d.eventName])) ? 'Success']), 40)",
	"reason":  "$clean($d.errorMessage, 300)",
	"call":    "$clean($d.eventName, 64)",
	"service": "$clean($d.eventSource, 64)",

	"switchTo":   "$arn($clean($d.additionalEventData.SwitchTo, 200))",
	"switchFrom": "$clean($d.additionalEventData.SwitchFrom, 200)",
	"switcher":   "($s := $clean($d.additionalEventData.SwitchFrom, 200); $exists($s) ? $clean($split($s, '/')[-1], 64))",
	"role":       "$arn($clean($first([$r.roleArn, $d.responseElements.assumedRoleUser.arn]), 200))",
	"session":    "$clean($r.roleSessionName, 64)",
	"device":     "$clean($first([$r.serialNumber, $d.responseElements.virtualMFADevice.serialNumber, $r.virtualMFADeviceName]), 200)",

	"onUser":      "$clean($r.userName, 64)",
	"newUserName": "$clean($r.newUserName, 64)",
	"onGroup":     "$clean($r.groupName, 128)",
	"onRole":      "$clean($r.roleName, 64)",
	"policy":      "$clean($first([$r.policyArn, $r.policyName]), 200)",
	"accessKey":   "$clean($first([$r.accessKeyId, $d.responseElements.accessKey.accessKeyId]), 128)",
	"onOther":     "$clean($first([$r.instanceProfileName, $r.sAMLProviderArn, $r.openIDConnectProviderArn, $r.accountAlias, $r.serverCertificateName, $r.serviceSpecificCredentialId, $r.sSHPublicKeyId, $r.certificateId, $r.name]), 200)",
	"status":      "$clean($r.status, 20)",

	"alarm":        "$clean($d.alarmName, 200)",
	"newRegion":    "$clean($d.regionName, 30)",
	"rule":         "$clean($first([$r.name, $r.rule, $r.Name]), 128)",
	"permission":   "$clean($r.statementId, 64)",
	"bus":          "$clean($r.eventBusName, 128)",
	"queue":        "$clean($r.queueUrl, 200)",
	"onAlarm":      "$clean($first([$r.alarmName, $r.alarmNames, $r.muteTargets.alarmNames, $r.name]), 200)",
	"topic":        "$clean($first([$r.topicArn, $r.resourceArn]), 200)",
	"subscription": "$clean($r.subscriptionArn, 200)",
	"endpoint":     "$clean($r.endpoint, 128)",
	"key":          "$clean($r.keyId, 128)",
	"trail":        "$clean($first([$r.name, $r.trailName]), 200)",
	"logGroup":     "$clean($first([$r.logGroupName, $r.logGroupIdentifier, $r.resourceIdentifier]), 200)",
	"logPolicy":    "$clean($r.policyName, 128)",
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

// Templates returns the texts of a message that may name fields.
func (m Message) Templates() []string {
	all := []string{m.Subject, m.After, m.What, m.First, m.Note}
	for _, f := range m.Facts {
		all = append(all, f.Value)
	}
	return all
}
