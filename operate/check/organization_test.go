package check

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/organizations/types"
	diff "github.com/google/go-cmp/cmp"
)

func TestPoliciesOfTheOrganization(t *testing.T) {
	const hubAccount, target, unit = "111111111111", "222222222222", "ou-ab12-99999999"
	deny := func(at, name string, kind types.PolicyType, statement string) func(*world) {
		return func(w *world) {
			w.units.control(at, "p-1", kind, name, `{"Version": "2012-10-17", "Statement": `+statement+`}`)
		}
	}
	breakEach(t, []broken{
		{"everything is denied at the root", "", deny("r-ab12", "Closed", serviceControl,
			`{"Sid": "All", "Effect": "Deny", "Action": "*", "Resource": "*"}`), "way", Problem,
			"statement All of service control policy Closed (p-1) on r-ab12 denies users alice, bob and the role this: cloudformation:UpdateStack, cloudtrail:LookupEvents, ec2:DescribeInstances, ",
			"exempt them in the statement's condition: ArnNotLike, aws:PrincipalArn: arn:aws:iam::111111111111:user/alice, arn:aws:iam::111111111111:user/bob, arn:aws:iam::*:role/BreakGlassRole"},
		{"everything outside of a network is denied", "", deny(unit, "Perimeter", serviceControl,
			`[{"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*", "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": ["192.0.2.0/24"]}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/BreakGlassRole"}}}]`), "way", Warning,
			"may deny users alice, bob this, depending on aws:SourceIp: sts:AssumeRole", "ArnNotLike"},
		{"who is exempt is not stopped", "", func(w *world) {
			deny(unit, "Perimeter", serviceControl,
				`[{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/BreakGlassRole", "arn:aws:iam::111111111111:user/alice", "arn:aws:iam::111111111111:user/bob"]}}}]`)(w)
			w.units.control(unit, "p-2", serviceControl, "NoLeaving",
				`{"Statement": {"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "sts:AssumeRole"], "Resource": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:user/bob"}}}}`)
		}, "way", Problem, "statement 1 of service control policy NoLeaving (p-2) on ou-ab12-99999999 denies user bob this: sts:AssumeRole", "user/bob"},
		{"an account that allows little", "", func(w *world) {
			w.units.attached[target] = []string{"p-3"}
			w.units.policies["p-3"] = controlPolicy{
				serviceControl, "Little", `{"Statement": {"Effect": "Allow", "Action": ["ec2:*", "s3:*", "iam:*", "cloudtrail:*", "cloudformation:*"], "Resource": "*"}}`,
			}
		}, "way", Problem, "no service control policy on 222222222222 allows role BreakGlassRole to do this: kms:EnableKey", "management account"},
		// A resource control policy is about the role that is assumed, and IAM's simulator does not know of it.
		{"the role is closed to others", "", deny(target, "Inside", resourceControl,
			`[{"Sid": "Only", "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalAccount": "222222222222"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}]`),
			"way", Problem, "statement Only of resource control policy Inside (p-1) on 222222222222 denies users alice, bob this: sts:AssumeRole", "user/alice"},
		{"the console is closed from outside", "", deny(hubAccount, "Console", resourceControl,
			`[{"Effect": "Deny", "Principal": "*", "Action": "signin:*", "Resource": "*", "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": "192.0.2.0/24"}}}]`),
			"way", Warning,
			"statement 1 of resource control policy Console (p-1) on 111111111111 may deny users alice, bob this, depending on aws:SourceIp: signin:Authenticate, signin:AuthorizeOAuth2Access, signin:CreateOAuth2Token", ""},
		{
			"an account is of another organization", "", func(w *world) { delete(w.units.above, target) }, "way", Note, "not in the organization of the hub account", "",
		},
	})
	// What is usual stops nobody: other organizations, other Regions for all but IAM and STS, leaving the organization.
	w := well(t, hub)
	w.units.control("r-ab12", "p-1", resourceControl, "Identities", `{"Statement": [{"Effect": "Deny", "Principal": "*", "Action": ["s3:*", "sts:*", "kms:*"], "Resource": "*",
		"Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-ab12cd34ef"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}]}`)
	w.units.control("r-ab12", "p-2", serviceControl, "Regions", `{"Statement": [{"Effect": "Deny", "NotAction": ["iam:*", "sts:*", "organizations:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}}},
		{"Effect": "Deny", "Action": ["organizations:LeaveOrganization", "cloudtrail:StopLogging"], "Resource": "*"}]}`)
	for _, f := range bad(w.ask(t)) {
		t.Errorf("of what stops nobody: %+v", f)
	}
}

// What is known of the requests of the users and of the role decides for certain; a key that only other requests have is known to be absent.
func TestWhatIsKnownOfARequest(t *testing.T) {
	s := well(t, hub).s
	got := map[string]map[string][]string{}
	for _, a := range s.wayRequests(serviceControl, "o-ab12cd34ef") {
		got[cmp.Or(a.who, a.account)] = a.context
	}
	of := func(arn, account, kind string, more map[string][]string) map[string][]string {
		known := map[string][]string{
			"aws:principalarn": {arn}, "signin:principalarn": {arn}, "aws:principalaccount": {account}, "aws:principaltype": {kind},
			"aws:principalorgid":  {"o-ab12cd34ef"},
			"aws:securetransport": {"true"}, "aws:principalisawsservice": {"false"},
			"aws:sourcearn": nil, "aws:sourceaccount": nil, "aws:sourceorgid": nil, "aws:sourceorgpaths": nil, "aws:principalservicename": nil,
			"aws:federatedprovider": nil,
			"aws:sourcevpc":         nil, "aws:sourcevpce": nil, "aws:vpcsourceip": nil, "sts:externalid": nil, "ec2:sourceinstancearn": nil,
		}
		maps.Copy(known, more)
		return known
	}
	inItsRegion := map[string][]string{"aws:requestedregion": {"us-east-1"}}
	unit := of("arn:aws:iam::*:role/BreakGlassRole", "", "AssumedRole", inItsRegion)
	delete(unit, "aws:principalaccount") // any
	want := map[string]map[string][]string{
		"alice": of("arn:aws:iam::111111111111:user/alice", "111111111111", "User",
			map[string][]string{"aws:multifactorauthpresent": {"true"}, "aws:username": {"alice"}}),
		"bob": of("arn:aws:iam::111111111111:user/bob", "111111111111", "User",
			map[string][]string{"aws:multifactorauthpresent": {"true"}, "aws:username": {"bob"}}),
		"222222222222":     of("arn:aws:iam::222222222222:role/BreakGlassRole", "222222222222", "AssumedRole", inItsRegion),
		"ou-ab12-11111111": unit,
	}
	if text := diff.Diff(want, got); text != "" {
		t.Error(text)
	}
	for _, a := range s.wayRequests(serviceControl, "") {
		if organization, ok := a.context["aws:principalorgid"]; ok {
			t.Errorf("without an organization, %s is of %q", cmp.Or(a.who, a.account), organization)
		}
	}
}

// throughManagement has keys to the management account too, which may read what the hub account may not.
type throughManagement struct {
	*cloud
	mutex sync.Mutex
	asked []string
}

func (k *throughManagement) In(ctx context.Context, account, region string) (aws.Config, error) {
	k.mutex.Lock()
	k.asked = append(k.asked, account)
	k.mutex.Unlock()
	if account != "999999999999" {
		return k.cloud.In(ctx, account, region)
	}
	return (&cloud{worlds: map[[2]string]*world{{account, region}: k.cloud.global}, global: k.free()}).In(ctx, account, region)
}

// free returns the world as the management account sees it: nothing is refused.
func (k *throughManagement) free() *world {
	w := k.cloud.global
	return &world{s: w.s, account: "999999999999", region: w.region, units: w.units}
}

func TestPoliciesThatMayNotBeRead(t *testing.T) {
	closed := func() *world {
		w := well(t, hub)
		w.refuse("organizations", "ListPoliciesForTarget")
		w.units.control("r-ab12", "p-1", serviceControl, "Closed", `{"Statement": {"Effect": "Deny", "Action": "sts:*", "Resource": "*"}}`)
		return w
	}
	way := func(found []Finding) (said []string) {
		for _, f := range found {
			if f.Check == "way" && f.Severity != Fine {
				said = append(said, string(f.Severity)+" "+f.What+" → "+f.Fix)
			}
		}
		return said
	}
	// The simulation knows that something denies it, and the report says what nobody looked at.
	said := way(closed().ask(t))
	if len(said) != 2 ||
		!strings.Contains(said[0],
			"problem users alice, bob can't assume BreakGlassRole, even with MFA: a service control policy of the organization does not allow it") ||
		!strings.Contains(said[1], "note service and resource control policies of the organization are not read") ||
		!strings.Contains(said[1], "--account-profile 999999999999=PROFILE") {
		t.Errorf("it says %q", said)
	}
	w := closed()
	report, err := Run(t.Context(), Options{Config: w.s.config, Plan: w.s.plan, Keys: &throughManagement{cloud: w.cloud(t)}, Began: now})
	if err != nil {
		t.Fatal(err)
	}
	if said := way(report.Findings); len(said) != 1 ||
		!strings.Contains(said[0], "problem statement 1 of service control policy Closed (p-1) on r-ab12 denies users alice, bob this: sts:AssumeRole") {
		t.Errorf("through the management account it says %q", said)
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"no organization": {&types.AWSOrganizationsNotInUseException{}, ""},
		"a missing permission": {
			denied("organizations:DescribeOrganization"),
			"note whether the policies of an organization are in the way is not checked: the permission organizations:DescribeOrganization is missing",
		},
		"something that failed": {&types.ServiceException{Message: aws.String("try again")}, ""},
	} {
		w := well(t, hub)
		w.refused["DescribeOrganization"] = c.err
		found := w.ask(t)
		said := way(found)
		if c.want == "" && len(said) > 0 || c.want != "" && (len(said) != 1 || !strings.HasPrefix(said[0], c.want)) {
			t.Errorf("%s: it says %q", name, said)
		}
		lost := false
		for _, f := range bad(found) {
			lost = lost || strings.Contains(f.What, "the organization of the hub account")
		}
		if failed := name == "something that failed"; lost != failed {
			t.Errorf("%s: %+v", name, bad(found))
		}
	}
}

// The organization's policies are not for its management account.
func TestTheManagementAccountIsNotBoundByItsPolicies(t *testing.T) {
	w := well(t, hub)
	w.units.management = "222222222222"
	w.units.control("222222222222", "p-1", serviceControl, "Closed", `{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}`)
	for _, f := range bad(w.ask(t)) {
		if f.Check == "way" {
			t.Errorf("%+v", f)
		}
	}
}
