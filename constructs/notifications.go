package constructs

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsnotifications"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsnotificationscontacts"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/names"
	"example.com/breakglass/place"
	"example.com/breakglass/watch"
)

// NotificationsProps describe the second notification channel, AWS User Notifications.
type NotificationsProps struct {
	// Place of the stack. CloudFormation has these types of resource in us-east-1 only.
	Place place.Place
	// Email addresses, at most 50: as many channels as a configuration may have.
	Email []string
	// Regions that are watched.
	Regions []string
	// Entries of the catalogue that it notifies people of. AWS checks their sources and detail types, and one that it doesn't know
	// fails the stack: those of sign-ins are documented and in use elsewhere, of the others nothing is known.
	Entries []watch.Entry
	Scope   watch.Scope
	// Counted also notifies people of events that alarms count otherwise, since a stranger can cause them at will. A flood of them
	// would not get an address disabled: it comes as one mail in five minutes. But AWS User Notifications takes one event a second
	// of an account (user guide, quotas), so a stranger who keeps failing to sign in could crowd a real sign-in out. That is why
	// it is left out unless asked for.
	Counted bool
}

// maxEventRules is how many event rules a configuration may have (AWS User Notifications user guide, quotas).
const maxEventRules = 10

// withoutNotifications are the Regions that AWS User Notifications has no endpoint in (AWS General Reference). What a
// forwarder carries from there to the hub's Region is noticed there.
var withoutNotifications = []string{"ap-east-2", "ap-southeast-6"}

// NewNotifications makes a second notification channel that shares nothing with the rest but CloudTrail and each Region's default
// bus: no rule, bus, topic, key or role of this project. AWS User Notifications makes its own rules, which nobody but it can
// change, one a source in each Region, and filters what they match. An email may be five minutes late, and report an event twice:
// what is forwarded to a hub is noticed there again.
//
// Before it is deployed, the account needs a notification hub, the place where notifications are stored. The stack makes
// none: a second one in the same Region fails, and the last one of an account can never be removed. Once:
//
//	aws notifications register-notification-hub --notification-hub-region us-east-1 --region us-east-1
//
// Afterwards each address gets a mail to confirm it with, within 12 hours (aws notificationscontacts send-activation-code
// sends another), and hears nothing before.
//
// It was never tried on a live account. Not known is whether AWS User Notifications sees read-only events, of which
// AssumeRole is one: the rules that it makes were seen with the plain state ENABLED, which leaves those out.
func NewNotifications(scope constructs.Construct, id string, props NotificationsProps) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	regions := slices.DeleteFunc(slices.Clone(props.Regions), func(region string) bool { return slices.Contains(withoutNotifications, region) })
	contacts := make([]*string, len(props.Email))
	for i, address := range props.Email {
		contacts[i] = awsnotificationscontacts.NewCfnEmailContact(scope, jsii.String("email:"+address), &awsnotificationscontacts.CfnEmailContactProps{
			Name: jsii.String(contactName(address)), EmailAddress: jsii.String(address),
		}).AttrArn()
	}
	numbers := map[string]int{}
	var configuration *string
	for i, notice := range watch.Notices(props.Entries, props.Scope, props.Counted) {
		if i%maxEventRules == 0 {
			nth := numbered("", i/maxEventRules+1)
			logicalID := jsii.String("Configuration" + nth)
			configuration = awsnotifications.NewCfnNotificationConfiguration(scope, logicalID, &awsnotifications.CfnNotificationConfigurationProps{
				Name: jsii.String(names.Notifications + nth), Description: jsii.String("Break glass: a second notification channel, independent of the alert topic"),
				AggregationDuration: jsii.String("SHORT"),
			}).AttrArn()
			for j, address := range props.Email {
				awsnotifications.NewCfnChannelAssociation(scope, jsii.String("to:"+address+nth), &awsnotifications.CfnChannelAssociationProps{
					Arn: contacts[j], NotificationConfigurationArn: configuration,
				})
			}
		}
		pattern, err := json.Marshal(notice.Pattern)
		if err != nil {
			panic(err) // a pattern holds maps, lists, texts and booleans only
		}
		kind := notice.Source + ":" + notice.EventType
		numbers[kind]++
		awsnotifications.NewCfnEventRule(scope, jsii.String(numbered(kind, numbers[kind])), &awsnotifications.CfnEventRuleProps{
			NotificationConfigurationArn: configuration,
			Source:                       jsii.String(notice.Source), EventType: jsii.String(notice.EventType),
			EventPattern: jsii.String(string(pattern)), Regions: jsii.Strings(regions...),
		})
	}
}

// numbered returns the n-th name of a series: the first has no number.
func numbered(name string, n int) string {
	if n == 1 {
		return name
	}
	return fmt.Sprintf("%s-%d", name, n)
}

var notInContactName = regexp.MustCompile(`[^\w.~-]`)

// contactName makes a contact's name from its address, so that a contact stays the same whoever joins or leaves: one with
// another name is another contact, and has to be confirmed again. The end of the name distinguishes addresses that differ only
// in characters that a name can't hold.
func contactName(address string) string {
	// 40 of them leave room for the rest: a name has at most 64 characters.
	readable := notInContactName.ReplaceAllString(address, "-")
	return fmt.Sprintf("%s-%s-%08x", names.Notifications, readable[:min(len(readable), 40)], crc32.ChecksumIEEE([]byte(address)))
}
