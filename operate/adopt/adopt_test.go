package adopt

import (
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/plan"
)

const (
	hubStack, forwarderStack, roleStack = "BreakGlass-Hub", "BreakGlass-Forwarder-us-west-2", "BreakGlass-Role-222222222222"
)

var placements = []plan.Placement{
	{Kind: plan.Hub, Stack: hubStack, Account: "111111111111", Region: "us-east-1"},
	{Kind: plan.Forwarder, Stack: forwarderStack, Account: "111111111111", Region: "us-west-2"},
	{Kind: plan.Role, Stack: roleStack, Account: "222222222222", Region: "us-east-1"},
}

// lookAt finds what there is in an AWS with the reference solution, with some answers changed.
func lookAt(t *testing.T, more string) (Assembly, map[string]Stack, []Stack) {
	t.Helper()
	made, err := Read("testdata/cdk.out")
	if err != nil {
		t.Fatal(err)
	}
	all, err := Look(t.Context(), answering(t, more), placements, made, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]Stack{}
	for _, s := range all {
		by[s.Stack] = s
	}
	return made, by, all
}

func listed(resources []Resource) string {
	var all []string
	for _, r := range resources {
		all = append(all, strings.TrimPrefix(r.Type, "AWS::")+" "+r.Name)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

const (
	wholeHub = "Events::Rule capture-breakglass-user-sign-in, IAM::ManagedPolicy BreakGlassAssumeRole, IAM::User BreakglassUser, " +
		"KMS::Alias alias/breakglassSNS, KMS::Key 11111111-2222-3333-4444-555555555555, SNS::Subscription security-team@example.com, SNS::Topic breakglassuser-console-logins"
	withoutTopic = "Events::Rule capture-breakglass-user-sign-in, IAM::ManagedPolicy BreakGlassAssumeRole, IAM::User BreakglassUser"
)

func TestWhatIsImported(t *testing.T) {
	_, found, _ := lookAt(t, "")
	for stack, want := range map[string]string{
		hubStack: wholeHub, forwarderStack: "Events::Rule capture-breakglass-user-sign-in", roleStack: "IAM::Role BreakGlassRole",
	} {
		s := found[stack]
		if got := listed(s.Import); got != want || s.Unknown != "" || len(s.InTheWay) > 0 {
			t.Errorf("%s imports %s, want %s; %q, in the way %v", stack, got, want, s.Unknown, s.InTheWay)
		}
	}
	if made := found[hubStack].Made; made["AWS::IAM::Group"] != 1 || made["AWS::SNS::TopicPolicy"] != 1 || made["AWS::SNS::Subscription"] != 1 ||
		made["AWS::IAM::User"] != 0 {
		t.Errorf("made new: %v", made)
	}
}

// Each answer of AWS that differs, and what it does to the import.
func TestOtherAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		answers, stack, imports string
		says                    string // in the troubles, notes or reasons of the stack
	}{
		"nothing is there": {
			answers: "iam:GetRole fail NoSuchEntity no such role", stack: roleStack,
		},
		"the role is in the plan's stack already": {
			answers: "cloudformation:ListStackResources <R><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>UPDATE_COMPLETE</ResourceStatus></member></StackResourceSummaries></ListStackResourcesResult></R>",
			stack:   roleStack,
		},
		"the role was once in the plan's stack": {
			answers: "cloudformation:ListStackResources <R><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>DELETE_SKIPPED</ResourceStatus></member></StackResourceSummaries></ListStackResourcesResult></R>",
			stack:   roleStack, imports: "IAM::Role BreakGlassRole",
		},
		"the role is in somebody's stack": {
			answers: "cloudformation:DescribeStackResources <R><DescribeStackResourcesResult><StackResources><member><StackName>theirs</StackName><LogicalResourceId>R</LogicalResourceId><PhysicalResourceId>BreakGlassRole</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResources></DescribeStackResourcesResult></R>",
			stack:   roleStack, says: "BreakGlassRole is in the stack theirs",
		},
		"the role is in somebody's stack of more than a hundred resources": {
			answers: "cloudformation:DescribeStackResources <R><DescribeStackResourcesResult><StackResources>" +
				strings.Repeat("<member><StackName>theirs</StackName><PhysicalResourceId>other</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>", 100) +
				"</StackResources></DescribeStackResourcesResult></R>\n" +
				"cloudformation:ListStackResources <R><ListStackResourcesResult><StackResourceSummaries><member><LogicalResourceId>R101</LogicalResourceId><PhysicalResourceId>BreakGlassRole</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries></ListStackResourcesResult></R>",
			stack: roleStack, says: "BreakGlassRole is in the stack theirs",
		},
		"the role has a path": {
			answers: "iam:GetRole <R><GetRoleResult><Role><RoleName>BreakGlassRole</RoleName><Path>/emergency/</Path></Role></GetRoleResult></R>",
			stack:   roleStack, says: "has the path /emergency/",
		},
		"others get into the role, too": {
			answers: `iam:GetRole <R><GetRoleResult><Role><RoleName>BreakGlassRole</RoleName><Path>/</Path><AssumeRolePolicyDocument>%7B%22Statement%22%3A%7B%22Principal%22%3A%7B%22AWS%22%3A%5B%22arn%3Aaws%3Aiam%3A%3A111111111111%3Auser%2FBreakglassUser%22%2C%22arn%3Aaws%3Aiam%3A%3A333333333333%3Aroot%22%5D%7D%7D%7D</AssumeRolePolicyDocument></Role></GetRoleResult></R>`,
			stack:   roleStack, imports: "IAM::Role BreakGlassRole", says: "trusts arn:aws:iam::333333333333:root now",
		},
		"no device": {
			answers: "iam:ListMFADevices <R><ListMFADevicesResult><MFADevices/></ListMFADevicesResult></R>",
			stack:   hubStack, imports: wholeHub, says: "has no MFA device",
		},
		"an access key": {
			answers: "iam:ListAccessKeys <R><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>AKIAEXAMPLE</AccessKeyId></member></AccessKeyMetadata></ListAccessKeysResult></R>",
			stack:   hubStack, imports: wholeHub, says: "has 1 access key;",
		},
		"the key is being deleted": {
			answers: `kms:DescribeKey {"KeyMetadata": {"KeyId": "1", "KeyState": "PendingDeletion", "KeyManager": "CUSTOMER"}}`,
			stack:   hubStack, imports: withoutTopic + ", SNS::Subscription security-team@example.com, SNS::Topic breakglassuser-console-logins",
			says: "PendingDeletion",
		},
		"no topic": {
			answers: "sns:GetTopicAttributes fail NotFound Topic does not exist\nkms:DescribeKey fail NotFoundException no alias",
			stack:   hubStack, imports: withoutTopic,
		},
		"no confirmation yet": {
			stack: hubStack, imports: wholeHub, says: "new@example.com has not confirmed yet",
		},
		"a rule with too many targets": {
			answers: `events:ListTargetsByRule@us-west-2 {"Targets": [{"Id": "a"}, {"Id": "b"}, {"Id": "c"}, {"Id": "d"}, {"Id": "e"}]}`,
			stack:   forwarderStack, imports: "Events::Rule capture-breakglass-user-sign-in", says: "EventBridge allows 5",
		},
		"a type that CloudFormation does not import": {
			answers: "cloudformation:GetTemplateSummary <R><GetTemplateSummaryResult><ResourceIdentifierSummaries><member><ResourceType>AWS::SNS::Subscription</ResourceType><ResourceIdentifiers><member>Arn</member></ResourceIdentifiers></member></ResourceIdentifierSummaries></GetTemplateSummaryResult></R>",
			stack:   hubStack, says: "which cannot be imported",
		},
		"a question that is refused": {
			answers: "cloudformation:GetTemplateSummary fail AccessDenied not authorized to perform: cloudformation:GetTemplateSummary",
			stack:   roleStack, imports: "IAM::Role BreakGlassRole", says: "cannot tell",
		},
		"a Region that refuses": {
			answers: "events:ListRules@us-west-2 fail AccessDenied User: x is not authorized to perform: events:ListRules",
			stack:   forwarderStack, says: "the permission events:ListRules is missing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, found, _ := lookAt(t, tt.answers)
			s := found[tt.stack]
			want := strings.Split(tt.imports, ", ")
			slices.Sort(want)
			if got := listed(s.Import); got != strings.Join(want, ", ") {
				t.Errorf("imports %s, want %s", got, tt.imports)
			}
			said := s.Unknown + strings.Join(s.Notes, "; ")
			for _, trouble := range s.InTheWay {
				said += "; " + trouble.What
			}
			if !strings.Contains(said, tt.says) {
				t.Errorf("it says %q, which lacks %q", said, tt.says)
			}
			if tt.says == "" && (s.Unknown != "" || len(s.InTheWay) > 0) {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// The records are what the deployment after the import compares with: a property that is recorded as the plan has it is not
// changed, and what is recorded and not in the plan is taken away.
func TestRecords(t *testing.T) {
	made, found, _ := lookAt(t, "")
	record := func(stack, name string) Resource {
		for _, r := range found[stack].Import {
			if r.Name == name {
				return r
			}
		}
		t.Fatalf("%s does not import %s", stack, name)
		return Resource{}
	}
	role := record(roleStack, "BreakGlassRole")
	if !slices.Contains(role.Changes, "AssumeRolePolicyDocument") {
		t.Errorf("the deployment changes %q of the role: the trust without MFA stays", role.Changes)
	}
	if got := role.record["ManagedPolicyArns"]; !same(got, []string{"arn:aws:iam::aws:policy/IAMFullAccess"}) {
		t.Errorf("recorded policies of the role: %v", got)
	}
	if slices.Contains(role.Changes, "MaxSessionDuration") {
		t.Errorf("the session is as long as it was, and still changes: %q", role.Changes)
	}
	for _, stack := range []string{hubStack, forwarderStack} {
		rule := record(stack, "capture-breakglass-user-sign-in")
		if rule.record["Targets"] != nil || !slices.Contains(rule.Changes, "Targets") || !slices.Contains(rule.Changes, "State") {
			t.Errorf("%s: the rule's record is %v, the deployment changes %q", stack, rule.record, rule.Changes)
		}
	}
	if notes := found[roleStack].Notes; len(notes) > 0 {
		t.Errorf("nobody is shut out of the role, and it says %q", notes)
	}
	if user := record(hubStack, "BreakglassUser"); len(user.record) != 1 || !slices.Equal(user.Changes, []string{"Groups"}) {
		t.Errorf("the user's record is %v, the deployment changes %q", user.record, user.Changes)
	}
	policy := record(hubStack, "BreakGlassAssumeRole")
	ours := made.Templates[hubStack].Resources[policy.LogicalID].Properties
	if policy.record["Description"] != ours["Description"] || slices.Contains(policy.Changes, "Description") {
		t.Errorf("the policy's description is recorded as %v: CloudFormation would replace the policy", policy.record["Description"])
	}
	if topic := record(hubStack, "breakglassuser-console-logins"); topic.record["KmsMasterKeyId"] != "alias/breakglassSNS" || topic.record["Subscription"] != nil {
		t.Errorf("the topic's record is %v", topic.record)
	}
}

// On the way back the role must not lose what it had, nor keep what the deployment gave it.
func TestTheRecordHasNoPolicyThatIsNotAttached(t *testing.T) {
	_, found, _ := lookAt(t, "iam:ListAttachedRolePolicies <R><ListAttachedRolePoliciesResult><AttachedPolicies/></ListAttachedRolePoliciesResult></R>")
	role := found[roleStack].Import[0]
	if got := role.record["ManagedPolicyArns"]; got != nil || !slices.Contains(role.Changes, "ManagedPolicyArns") {
		t.Errorf("nothing is attached to the role, and the record has %v; the deployment changes %q", got, role.Changes)
	}
}

// What can't be changed is recorded as the plan has it, in every type: else the deployment replaces the resource.
func TestNothingIsReplaced(t *testing.T) {
	made, _, all := lookAt(t, "")
	n := 0
	for _, s := range all {
		for _, r := range s.Import {
			for _, l := range lookers() {
				for _, property := range l.fixed {
					if l.typ != r.Type || made.Templates[s.Stack].Resources[r.LogicalID].Properties[property] == nil {
						continue
					}
					n++
					if slices.Contains(r.Changes, property) {
						t.Errorf("%s: %s of %s would change, and it can't", s.Stack, property, r.Name)
					}
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("only %d properties were looked at", n)
	}
}
