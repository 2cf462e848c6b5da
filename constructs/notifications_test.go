package constructs

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"example.com/breakglass/watch"
)

var scope = watch.Scope{
	Account:  here.Account,
	Users:    []string{emergencyUsers[0].Name, emergencyUsers[1].Name},
	UserARNs: []string{emergencyUsers[0].ARN(), emergencyUsers[1].ARN()},
	Hubs:     []string{here.Region, "us-gov-east-1"}, Known: []string{"eu-west-1"}, Key: watch.SampleKey, KeyRegion: here.Region,
	Parts: []watch.Part{watch.Tampering, watch.DeliveryFailures, watch.NewRegions},
}

var (
	notified        = []string{"oncall@example.com", "a.long+address.with_a/slash-and-more-than-forty-letters@example.com"}
	notifiedRegions = []string{"ap-east-2", "ap-southeast-6", "eu-west-1", "us-east-1"}
)

func notifications(t *testing.T, fill func(*NotificationsProps)) template {
	return synth(t, func(stack awscdk.Stack) {
		props := NotificationsProps{Place: here, Email: notified, Regions: slices.Clone(notifiedRegions), Entries: scope.Of(watch.Access), Scope: scope}
		fill(&props)
		NewNotifications(stack, "Notifications", props)
		same(t, "the caller's Regions", props.Regions, notifiedRegions)
	})
}

func TestNotifications(t *testing.T) {
	one := notifications(t, func(*NotificationsProps) {})
	// No notification hub: a second one in the Region would fail, and the last one of an account can't be removed.
	// Nothing of the other way either.
	same(t, "the resources", slices.Compact(one.types()), []string{
		"AWS::Notifications::ChannelAssociation", "AWS::Notifications::EventRule", "AWS::Notifications::NotificationConfiguration",
		"AWS::NotificationsContacts::EmailContact",
	})

	t.Run("configuration", func(t *testing.T) {
		configuration := one.only(t, "AWS::Notifications::NotificationConfiguration").Properties
		has(t, configuration, "Name", "Description", "AggregationDuration")
		same(t, "name", configuration["Name"], "breakglass")
		// A flood comes as one mail in five minutes.
		same(t, "aggregation", configuration["AggregationDuration"], "SHORT")
		if n := len(configuration["Description"].(string)); n == 0 || n > 256 {
			t.Errorf("a description of %d characters", n)
		}
	})

	t.Run("event rules", func(t *testing.T) {
		isEventRule(t, one, watch.Notices(scope.Of(watch.Access), scope, false))
	})

	t.Run("people", func(t *testing.T) {
		contacts := one.all("AWS::NotificationsContacts::EmailContact")
		if len(contacts) != len(notified) || len(one.all("AWS::Notifications::ChannelAssociation")) != len(notified) {
			t.Errorf("%d contacts", len(contacts))
		}
		names := map[string]bool{}
		for _, address := range notified {
			contact := one.named(t, "AWS::NotificationsContacts::EmailContact", "EmailAddress", address).Properties
			has(t, contact, "EmailAddress", "Name")
			name := contact["Name"].(string)
			if !regexp.MustCompile(`^[\w.~-]{1,64}$`).MatchString(name) || !strings.HasPrefix(name, "breakglass-"+address[:6]) {
				t.Errorf("%s is called %q", address, name)
			}
			names[name] = true
		}
		if len(names) != len(notified) || contactName("a+b@example.com") == contactName("a/b@example.com") {
			t.Error("two contacts have one name")
		}
		associated := map[string]bool{}
		for _, association := range one.all("AWS::Notifications::ChannelAssociation") {
			has(t, association.Properties, "Arn", "NotificationConfigurationArn")
			if !one.refers(association.Properties["Arn"], "AWS::NotificationsContacts::EmailContact", "Arn") ||
				!one.refers(association.Properties["NotificationConfigurationArn"], "AWS::Notifications::NotificationConfiguration", "Arn") {
				t.Errorf("%v", association.Properties)
			}
			associated[fmt.Sprint(association.Properties["Arn"])] = true
		}
		if len(associated) != len(notified) {
			t.Errorf("%d of %d are associated", len(associated), len(notified))
		}
	})
}

// isEventRule checks that the template has an event rule for each notice, and no other.
func isEventRule(t *testing.T, one template, notices []watch.Notice) {
	t.Helper()
	var want, got []any
	for _, n := range notices {
		want = append(want, asJSON(t, n))
	}
	for _, r := range one.all("AWS::Notifications::EventRule") {
		has(t, r.Properties, "NotificationConfigurationArn", "Source", "EventType", "EventPattern", "Regions")
		if !one.refers(r.Properties["NotificationConfigurationArn"], "AWS::Notifications::NotificationConfiguration", "Arn") {
			t.Errorf("a rule of %v", r.Properties["NotificationConfigurationArn"])
		}
		// AWS User Notifications is not in the others.
		same(t, "Regions", r.Properties["Regions"], []string{"eu-west-1", "us-east-1"})
		text := r.Properties["EventPattern"].(string)
		var pattern map[string]any
		if err := json.Unmarshal([]byte(text), &pattern); err != nil || len(text) > 4096 {
			t.Errorf("the pattern of %d characters is %s", len(text), text)
		}
		if source := r.Properties["Source"].(string); !regexp.MustCompile(`^aws\.[a-z0-9-]{1,32}$`).MatchString(source) {
			t.Errorf("source %q", source)
		}
		if kind := r.Properties["EventType"].(string); !regexp.MustCompile(`^[a-zA-Z0-9 ()-]{1,128}$`).MatchString(kind) {
			t.Errorf("event type %q", kind)
		}
		got = append(got, asJSON(t, watch.Notice{Source: r.Properties["Source"].(string), EventType: r.Properties["EventType"].(string), Pattern: pattern}))
	}
	byText := func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) }
	slices.SortFunc(want, byText)
	slices.SortFunc(got, byText)
	same(t, "the event rules", got, want)
}

func TestNotificationsOfWhatIsCountedAreLeftOutUnlessAskedFor(t *testing.T) {
	for _, counted := range []bool{false, true} {
		one := notifications(t, func(p *NotificationsProps) { p.Counted = counted })
		failed := false
		for _, r := range one.all("AWS::Notifications::EventRule") {
			failed = failed || strings.Contains(r.Properties["EventPattern"].(string), `"ConsoleLogin":["Failure"]`)
		}
		if failed != counted {
			t.Errorf("asked for %v, and failed sign-ins are notified: %v", counted, failed)
		}
	}
}

func TestNotificationsOfManyRulesAreInSeveralConfigurations(t *testing.T) {
	many := scope
	many.Users, many.UserARNs = nil, nil
	for i := range 16 {
		name := fmt.Sprintf("%044d", i)
		many.Users, many.UserARNs = append(many.Users, name), append(many.UserARNs, "arn:aws:iam::012345678901:user/"+name)
	}
	one := notifications(t, func(p *NotificationsProps) { p.Entries, p.Scope, p.Counted = watch.Catalogue, many, true })
	notices := watch.Notices(watch.Catalogue, many, true)
	isEventRule(t, one, notices)
	configurations := one.all("AWS::Notifications::NotificationConfiguration")
	if want := (len(notices) + 9) / 10; want < 2 || len(configurations) != want {
		t.Errorf("%d configurations for %d rules", len(configurations), len(notices))
	}
	one.named(t, "AWS::Notifications::NotificationConfiguration", "Name", "breakglass-2")
	rules, people := map[string]int{}, map[string]int{}
	for _, r := range one.all("AWS::Notifications::EventRule") {
		rules[fmt.Sprint(r.Properties["NotificationConfigurationArn"])]++
	}
	for _, r := range one.all("AWS::Notifications::ChannelAssociation") {
		people[fmt.Sprint(r.Properties["NotificationConfigurationArn"])]++
	}
	for configuration, n := range rules {
		if n > 10 || people[configuration] != len(notified) {
			t.Errorf("%s has %d rules and tells %d", configuration, n, people[configuration])
		}
	}
	if len(rules) != len(configurations) || len(people) != len(configurations) {
		t.Errorf("%d have rules, %d tell somebody", len(rules), len(people))
	}
	// A contact is confirmed once, whatever the number of configurations.
	if n := len(one.all("AWS::NotificationsContacts::EmailContact")); n != len(notified) {
		t.Errorf("%d contacts", n)
	}
}
