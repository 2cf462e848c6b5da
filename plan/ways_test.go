package plan

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
)

func TestWaysSayWhatTheFileSays(t *testing.T) {
	w := of(t, `version: 1
hub: {account: "111111111111", region: eu-west-1, standby: us-west-2}
alerts:
  email: [security-team@example.com]
  sms: ["+15550100123"]
  https: ["https://example.com/alerts?token=secret"]
  sqs: ["arn:aws:sqs:us-east-1:111111111111:queue"]
users: [{name: Ada}, {name: Grace, accessKey: sealed}]
credentials: {passwordHolders: [age1lvhw59lx93wpa96g8t9l96lx4qfk9p837whhwd0ddtghytms9e3sccd3v9], mfaHolders: [age1qlqp9llgttsgkrh3595a7svmenhnfpmspnapqynjgrwt7jmaxc8qvg7v9x]}
role: {managedPolicies: [SecurityAudit], sessionDuration: 90m}
card: {callFirst: [Duty officer], passwordKeptBy: [Safe], mfaKeptBy: [Finance], programKeptAt: [A stick]}
chat: {slack: {workspace: T0123ABCDEF, channel: C0123ABCDEF}}
targets:
  - {account: "222222222222", name: production}
  - {account: "111111111111", name: here, managedPolicies: [AdministratorAccess]}
  - {organizationalUnit: ou-ab12-11111111, managedPolicies: [IAMFullAccess], permissionsBoundary: Limit}
stackSets: {retainOnAccountRemoval: true}
`).Ways()
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"hubAccount":"111111111111","users":["Ada","Grace"],"role":"BreakGlassRole"`,
		`"sealed":true,"sealedKeys":["Grace"]`,
		`{"region":"eu-west-1","address":"https://111111111111.signin.aws.amazon.com/console?region=eu-west-1","ownAddress":"https://eu-west-1.signin.aws.amazon.com/console","watched":true}`,
		`"id":"222222222222","name":"production","switchRole":["https://eu-west-1.signin.aws.amazon.com/switchrole?account=222222222222\u0026roleName=BreakGlassRole\u0026displayName=production","https://us-west-2.`,
		`"rights":["SecurityAudit","sessions of up to 1h30m"],"sessionDuration":"1h30m"`,
		`"alerted":["security-team@example.com","+15550100123","an address at example.com","the queue queue","the Slack channel C0123ABCDEF"]`,
		`"callFirst":["Duty officer"],"passwordKeptBy":["Safe"],"mfaKeptBy":["Finance"],"programKeptAt":["A stick"]`,
		`{"id":"ou-ab12-11111111","name":"ou-ab12-11111111","unit":true,"rights":`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the ways lack %s:\n%s", want, text)
		}
	}
	if strings.Contains(string(text), "secret") {
		t.Error("the ways have the token of an address")
	}
}

func TestSignInsAreInAUsefulOrder(t *testing.T) {
	for file, want := range map[string]string{
		`hub: {account: "111111111111"}`:                                                                              "us-east-1 us-west-2 eu-west-1 ap-southeast-2 us-east-2",
		`hub: {account: "111111111111", standby: eu-west-1}`:                                                          "us-east-1 eu-west-1 us-west-2 ap-southeast-2 us-east-2",
		"hub: {account: \"111111111111\", region: eu-south-1, standby: eu-central-1}\nregions: all":                   "eu-south-1 eu-central-1 us-west-2 eu-west-1 ap-southeast-2",
		"hub: {account: \"111111111111\"}\nregions: [us-east-1]":                                                      "us-east-1 us-west-2! eu-west-1!",
		"hub: {account: \"111111111111\"}\nregions: [us-east-1, eu-north-1]":                                          "us-east-1 eu-north-1 us-west-2!",
		"hub: {account: \"111111111111\"}\nregions: [us-east-1, ap-south-1, ca-central-1, sa-east-1, ap-northeast-1]": "us-east-1 ap-northeast-1 ca-central-1 sa-east-1 ap-south-1",
		"hub: {account: \"111111111111\", region: eu-west-1}\nregions: [eu-west-1, us-east-1, eu-central-1]":          "eu-west-1 eu-central-1 us-east-1",
		"hub: {account: \"111111111111\", region: eu-west-1}\nregions: [eu-west-1]":                                   "eu-west-1 us-west-2! ap-southeast-2!",
		"hub: {account: \"111111111111\", region: me-central-1}\nregions: all":                                        "me-central-1 us-west-2 eu-west-1 ap-southeast-2 us-east-2",
	} {
		var got []string
		for _, s := range of(t, "version: 1\nalerts: {email: [a@example.com]}\n"+file).Ways().SignIns {
			if !s.Watched {
				s.Region += "!"
			}
			got = append(got, s.Region)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
	for _, region := range signInOrder {
		if r, _, ok := config.LookupRegion(region); !ok || r.OptIn || r.New {
			t.Errorf("%s is no Region that every account has", region)
		}
	}
}

// TestRightsOnPaperAreThoseOfPlan compares what the ways say of each account with the grants.
func TestRightsOnPaperAreThoseOfPlan(t *testing.T) {
	p := of(t, head+`role: {managedPolicies: [SecurityAudit]}
targets:
  - {account: "222222222222", managedPolicies: [ReadOnlyAccess]}
  - {account: "333333333333"}
  - {account: "444444444444", managedPolicies: [AdministratorAccess], sessionDuration: 12h}
`)
	w, seen := p.Ways(), 0
	for _, g := range p.Grants() {
		for _, id := range g.Where {
			for _, e := range append([]Entry{w.InHub}, w.Accounts...) {
				if e.ID == id {
					seen++
					if !slices.Equal(e.Rights, g.Rights()) || e.Session != g.Session {
						t.Errorf("%s: %v of %s, want %v of %s", id, e.Rights, e.Session, g.Rights(), g.Session)
					}
				}
			}
		}
	}
	if seen != 4 {
		t.Errorf("%d accounts compared, want 4", seen)
	}
}

func TestARoleThatMayDoEverythingGetsNoMore(t *testing.T) {
	for _, target := range []string{
		`managedPolicies: [AdministratorAccess]`, `managedPolicies: ["arn:aws:iam::aws:policy/AdministratorAccess"]`,
		`managedPolicies: [], inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}`,
	} {
		if got := of(t, head+`targets: [{account: "222222222222", `+target+"}]").Ways().Accounts[0].Raising; got != nil {
			t.Errorf("%s: %+v", target, got)
		}
	}
}

// Whoever is told in a chat is alerted, too.
func TestWhoIsAlertedInAChat(t *testing.T) {
	got := of(t,
		head+"chat: {teams: {tenant: 11111111-2222-3333-4444-555555555555, team: 66666666-7777-8888-9999-000000000000, channel: \"19%3ab6ef35dc342d56ba5654e6fc6d25a071%40thread.tacv2\"}}\nuserNotifications: {email: [b@example.com]}\n").Ways().Alerted
	if !slices.Equal(got[1:], []string{"b@example.com (AWS User Notifications)", "a channel in Microsoft Teams"}) {
		t.Errorf("%q", got)
	}
	if got := Anywhere(); !slices.Equal(got, []string{"us-west-2", "eu-west-1", "ap-southeast-2", "us-east-2", "eu-central-1"}) {
		t.Errorf("anywhere is %q", got)
	}
}

func TestWhetherTheUsersMayUseAWSLogin(t *testing.T) {
	for policies, want := range map[string]bool{
		"[IAMFullAccess]": false, "[SignInLocalDevelopmentAccess]": true, "[AdministratorAccess]": true,
		`["arn:aws:iam::aws:policy/SignInLocalDevelopmentAccess"]`: true, `["arn:aws:iam::111111111111:policy/SignInLocalDevelopmentAccess"]`: false,
	} {
		if got := of(t, head+"userAccess: {managedPolicies: "+policies+"}").Ways().Login; got != want {
			t.Errorf("%s: %v, want %v", policies, got, want)
		}
	}
}

func TestHowTheRoleGetsMorePermissions(t *testing.T) {
	const observed = "Role switch into a target account, or manual change to its role"
	inline := func(effect, action string) string {
		return fmt.Sprintf(`inlinePolicy: {Version: "2012-10-17", Statement: [{Effect: %s, Action: %q, Resource: "*"}]}`, effect, action)
	}
	for _, test := range []struct {
		target, more string
		want         Raising
	}{
		{`account: "222222222222"`, "", Raising{Itself: true}},
		{`account: "222222222222"`, "observers: {regions: [eu-west-1]}", Raising{Itself: true}},
		{`account: "222222222222"`, "observers: {regions: [us-east-1]}", Raising{Itself: true, Alert: observed}},
		{`account: "111111111111"`, "", Raising{Itself: true, Alert: "Manual change to the roles and policies that carry the events"}},
		{`account: "111111111111"`, "monitoring: {tampering: false}", Raising{Itself: true}},
		{`account: "222222222222", managedPolicies: ["arn:aws:iam::aws:policy/IAMFullAccess"]`, "", Raising{Itself: true}},
		{`account: "222222222222", managedPolicies: [AdministratorAccess], permissionsBoundary: Limit`, "", Raising{Boundary: "Limit"}},
		{`account: "222222222222", managedPolicies: [SecurityAudit]`, "", Raising{}},
		{`account: "222222222222", managedPolicies: ["arn:aws:iam::222222222222:policy/IAMFullAccess"]`, "", Raising{}},
		{`account: "222222222222", permissionsBoundary: Limit`, "", Raising{Boundary: "Limit"}},
		{`account: "222222222222", ` + inline("Deny", "iam:AttachRolePolicy"), "", Raising{}},
		{`account: "222222222222", managedPolicies: [], ` + inline("Allow", "iam:*"), "", Raising{Itself: true}},
		{`account: "222222222222", managedPolicies: [], ` + inline("Allow", "s3:*"), "", Raising{}},
	} {
		got := *of(t, head+"targets: [{"+test.target+"}]\n"+test.more).Ways().Accounts[0].Raising
		if want := "aws iam attach-role-policy --role-name BreakGlassRole --policy-arn arn:aws:iam::aws:policy/AdministratorAccess"; got.Attach != want {
			t.Errorf("%s, want %s", got.Attach, want)
		}
		if got.Detach != strings.Replace(got.Attach, "attach", "detach", 1) {
			t.Errorf("%s does not take back %s", got.Detach, got.Attach)
		}
		got.Attach, got.Detach = "", ""
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %s: %+v, want %+v", test.target, test.more, got, test.want)
		}
	}
}
