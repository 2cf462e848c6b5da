package deploy

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/stub"
	"example.com/breakglass/names"
)

// Each user is asked about, and every page is read.
func TestAskPending(t *testing.T) {
	c, err := config.Parse("breakglass.yaml", []byte(`
version: 1
hub: {account: "111111111111", standby: us-west-2}
regions: [us-east-1, us-west-2]
alerts: {email: [a@example.com, b@example.com], sqs: ["arn:aws:sqs:us-east-1:222222222222:alerts"]}
users: [{name: Ada}, {name: Bob}, {name: Cleo}, {name: New}]
`))
	if err != nil {
		t.Fatal(err)
	}
	server := stub.New()
	defer server.Close()
	field := func(request, name string) string {
		form, _ := url.ParseQuery(request)
		return form.Get(name)
	}
	server.Handle("sns:ListSubscriptionsByTopic", func(region, request string) string {
		member := func(protocol, endpoint, arn string) string {
			return "<member><Protocol>" + protocol + "</Protocol><Endpoint>" + endpoint + "</Endpoint><SubscriptionArn>" + arn + "</SubscriptionArn></member>"
		}
		members, next := member("email", "a@example.com", "PendingConfirmation"), "<NextToken>2</NextToken>"
		if field(request, "NextToken") == "2" {
			members, next = member("email", "b@example.com", "arn:1")+member("sqs", "arn:aws:sqs:us-east-1:222222222222:alerts", "Deleted"), ""
		}
		return "<ListSubscriptionsByTopicResponse><ListSubscriptionsByTopicResult><Subscriptions>" + members + "</Subscriptions>" + next +
			"</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>"
	})
	server.Fail("sns:ListSubscriptionsByTopic@us-west-2", "NotFound", "Topic does not exist")
	server.Handle("iam:ListMFADevices", func(_, request string) string {
		members, more := "", "<IsTruncated>false</IsTruncated>"
		switch user := field(request, "UserName"); {
		case user == "Bob" && field(request, "Marker") == "":
			more = "<IsTruncated>true</IsTruncated><Marker>2</Marker>" // IAM may return a page with fewer items than there are
		case user == "Bob", user == "Cleo":
			members = "<member><UserName>" + user + "</UserName><SerialNumber>arn:1</SerialNumber></member>"
		}
		return "<ListMFADevicesResponse><ListMFADevicesResult>" + more + "<MFADevices>" + members + "</MFADevices></ListMFADevicesResult></ListMFADevicesResponse>"
	})
	server.Fail("iam:GetLoginProfile", "NoSuchEntity", "Login Profile cannot be found")
	got := askPending(t.Context(), opened(server), c, nil)
	want := Pending{
		Unconfirmed:  []Subscriber{{"us-east-1", "email", "a@example.com"}},
		Unsubscribed: []Subscriber{{"us-east-1", "sqs", "arn:aws:sqs:us-east-1:222222222222:alerts"}},
		NoPassword:   []string{"Ada", "Bob", "Cleo", "New"}, NoMFA: []string{"Ada", "New"}, Unknown: []string{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	lines := strings.Join(got.Lines(c, func(region string) []string { return []string{"--region", region, "--profile", "my hub"} }), "\n")
	for _, words := range []string{"us-east-1 to a@example.com:",
		"      aws sns confirm-subscription --authenticate-on-unsubscribe true --token <token> --topic-arn arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins --region us-east-1 --profile 'my hub'\n",
		"      aws sns subscribe --topic-arn arn:aws:sns:us-east-1:111111111111:breakglassuser-console-logins --protocol sqs",
		"--protocol sqs --notification-endpoint arn:aws:sqs:us-east-1:222222222222:alerts",
		"Give Ada a password and an MFA device:", "Give Bob a password:"} {
		if !strings.Contains(lines, words) {
			t.Errorf("%q is not in\n%s", words, lines)
		}
	}
	// Of a user that does not exist yet, nothing is pending.
	server.Fail("iam:ListMFADevices", "NoSuchEntity", "The user with name Ada cannot be found.")
	if got := askPending(t.Context(), opened(server), c, nil); len(got.NoPassword)+len(got.NoMFA)+len(got.Unknown) > 0 {
		t.Errorf("%+v", got)
	}
	// Why it is not known is said once.
	server.Fail("iam:ListMFADevices", "AccessDenied", "User: x is not authorized to perform: iam:ListMFADevices on resource: y")
	if got := askPending(t.Context(), opened(server), c, nil); len(got.Unknown) != 1 || len(got.NoPassword) > 0 {
		t.Errorf("%+v", got)
	}
	if lines := fmt.Sprint(Pending{}.Lines(c, nil)); lines != "[]" {
		t.Errorf("nothing is pending: %s", lines)
	}
}

// What people have to do, line by line.
func TestLinesOfPending(t *testing.T) {
	c, err := config.Parse("breakglass.yaml",
		[]byte("version: 1\nhub: {account: \"111111111111\", standby: us-west-2}\nregions: [us-east-1, us-west-2]\nalerts: {email: [a@example.com, b@example.com], sms: [\"+12025550123\"]}\nusers: [{name: Ada}, {name: Bob}, {name: Cleo}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	flags := func(region string) []string { return []string{"--region", region} }
	p := Pending{
		Unconfirmed:  []Subscriber{{"us-west-2", "email", "a@example.com"}, {"us-west-2", "email", "b@example.com"}, {"us-east-1", "https", "https://example.com"}},
		Unsubscribed: []Subscriber{{"us-west-2", "sms", "+12025550123"}}, NoPassword: []string{"Ada", "Bob"}, NoMFA: []string{"Bob"}, Unknown: []string{"why"},
	}
	want := []string{"", "Still to do by people:",
		"  - https https://example.com has not confirmed its subscription in us-east-1: docs/deploy.md.",
		"  - Confirm within 48 hours, with the token from the email that AWS has sent from us-west-2 to a@example.com, b@example.com:",
		"      aws sns confirm-subscription --authenticate-on-unsubscribe true --token <token> --topic-arn arn:aws:sns:us-west-2:111111111111:breakglassuser-console-logins --region us-west-2",
		"  - sms +12025550123 gets no alert from us-west-2; a subscription that nobody confirms within 48 hours is deleted. Subscribe it again:",
		"      aws sns subscribe --topic-arn arn:aws:sns:us-west-2:111111111111:breakglassuser-console-logins --protocol sms --notification-endpoint +12025550123 --region us-west-2",
		"  - Give Ada a password: docs/credentials.md.", "  - Give Bob a password and an MFA device: docs/credentials.md.",
		"  - Not known whether everybody has confirmed and can sign in: why",
	}
	if diff := cmp.Diff(want, p.Lines(c, flags)); diff != "" {
		t.Error(diff)
	}
	if got := (Pending{NoMFA: []string{"Cleo"}}).Lines(c, flags); len(got) != 3 || got[1] != "Still to do by people:" {
		t.Errorf("%q", got)
	}
}

func TestNext(t *testing.T) {
	c := thePlan(t).Config
	if got := Next(c, []Outcome{{State: Unchanged}, {State: NotEnabled}, {State: Later, Fix: "x"}}, ""); got != nil {
		t.Errorf("nothing was deployed: %q", got)
	}
	c.UserNotifications.Email = []string{"a@example.com", "b@example.com"}
	check, drill := "  - Check the deployment: breakglass check --profile a", "  - Send a test alert through every Region: breakglass drill --profile a"
	off := "  - The skipped Regions are not watched, and their heartbeat alarms will alert: enable the Regions and deploy again, or remove them from the file."
	for _, tt := range []struct {
		more []Outcome
		want []string
	}{
		{nil, []string{"", "Next steps:", check, drill}},
		{[]Outcome{{State: NotEnabled}}, []string{"", "Next steps:", check, drill, off}},
		{[]Outcome{{State: Later, Fix: "do that"}}, []string{"", "Next steps:", "  - Some stacks are deferred: do that.", check, drill}},
		{[]Outcome{{Stack: names.NotificationsStack, State: Unchanged}}, []string{"", "Next steps:", check, drill}},
		{[]Outcome{{Stack: names.NotificationsStack, State: Deployed}}, []string{"", "Next steps:",
			"  - Activate, with the link in the email from AWS User Notifications: a@example.com, b@example.com.", check, drill}},
		{[]Outcome{{Stack: "BreakGlass-Pipeline", State: Unchanged}}, []string{"", "Next steps:", check, drill}},
		{[]Outcome{{Stack: "BreakGlass-Pipeline", State: Deployed}}, []string{"", "Next steps:",
			"  - The pipeline deploys the rest, from the repository and not from this folder: follow and approve it in the CodePipeline console of us-east-1.",
			"    Then run breakglass deploy --profile a again: it says who has to confirm a subscription, and which user needs a password or an MFA device.", check,
			drill}},
	} {
		if diff := cmp.Diff(tt.want, Next(c, append([]Outcome{{State: Deployed}}, tt.more...), " --profile a")); diff != "" {
			t.Error(diff)
		}
	}
}

// A password that nobody may ask about is not taken for one that is missing.
func TestAskUser(t *testing.T) {
	c := newCloud(t)
	parsed := thePlan(t).Config
	c.Answer("iam:ListMFADevices",
		"<ListMFADevicesResponse><ListMFADevicesResult><IsTruncated>false</IsTruncated><MFADevices/></ListMFADevicesResult></ListMFADevicesResponse>")
	c.Fail("iam:GetLoginProfile", "AccessDenied", "User: x is not authorized to perform: iam:GetLoginProfile on resource: y")
	if p, err := askUser(t.Context(), opened(c.Server), parsed, "Ada"); err == nil ||
		!strings.Contains(err.Error(), "asking for the passwords of the users: the permission iam:GetLoginProfile is missing") || len(p.NoPassword) > 0 ||
		!slices.Equal(p.NoMFA, []string{"Ada"}) {
		t.Errorf("%+v, %v", p, err)
	}
	c.Answer("iam:GetLoginProfile", "<GetLoginProfileResponse><GetLoginProfileResult><LoginProfile/></GetLoginProfileResult></GetLoginProfileResponse>")
	if p, err := askUser(t.Context(), opened(c.Server), parsed, "Ada"); err != nil || len(p.NoPassword) > 0 {
		t.Errorf("%+v, %v", p, err)
	}
	c.Fail("sns:ListSubscriptionsByTopic", "AuthorizationError", "User: x is not authorized to perform: SNS:ListSubscriptionsByTopic on resource: y")
	if p, err := askSubscribers(t.Context(), opened(c.Server), parsed, "us-east-1", false); err == nil ||
		!strings.HasPrefix(err.Error(), "asking who has confirmed the subscription in us-east-1: the permission SNS:ListSubscriptionsByTopic is missing") ||
		len(p.Unconfirmed)+len(p.Unsubscribed) > 0 {
		t.Errorf("%+v, %v", p, err)
	}
	none := func(context.Context, string, string) (aws.Config, error) {
		return aws.Config{}, errors.New("no way in")
	}
	got := askPending(t.Context(), none, parsed, nil)
	if diff := cmp.Diff([]string{"no way in"}, got.Unknown); diff != "" {
		t.Error(diff)
	}
}
