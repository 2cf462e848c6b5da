package adopt

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/internal/reviewed"
)

// variants are answers of AWS that differ from the reference solution's, beside those of TestOtherAnswers.
var variants = map[string]string{
	"a ledger that an earlier deployment kept": `logs:DescribeLogGroups {"logGroups": [{"logGroupName": "/aws/events/breakglass-ledger-of-others", "retentionInDays": 1}, ` +
		`{"logGroupName": "/aws/events/breakglass-ledger", "retentionInDays": 90}]}`,
	"a log group whose name begins like the ledger's": `logs:DescribeLogGroups {"logGroups": [{"logGroupName": "/aws/events/breakglass-ledger-of-others"}]}`,
	"a ledger that keeps everything for ever":         `logs:DescribeLogGroups {"logGroups": [{"logGroupName": "/aws/events/breakglass-ledger"}]}`,
	"a group with the policy": "iam:GetGroup <R><GetGroupResult><Group><GroupName>BreakglassUsers</GroupName><Path>/</Path></Group></GetGroupResult></R>\n" +
		"iam:ListAttachedGroupPolicies <R><ListAttachedGroupPoliciesResult><AttachedPolicies><member><PolicyName>IAMFullAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/IAMFullAccess</PolicyArn></member><member><PolicyName>ReadOnlyAccess</PolicyName><PolicyArn>arn:aws:iam::aws:policy/ReadOnlyAccess</PolicyArn></member></AttachedPolicies></ListAttachedGroupPoliciesResult></R>\n" +
		"iam:ListGroupPolicies <R><ListGroupPoliciesResult><PolicyNames><member>more</member></PolicyNames></ListGroupPoliciesResult></R>\n" +
		"iam:ListEntitiesForPolicy <R><ListEntitiesForPolicyResult><PolicyGroups><member><GroupName>BreakglassUsers</GroupName></member></PolicyGroups><PolicyRoles/><PolicyUsers/></ListEntitiesForPolicyResult></R>",
	"a group under a path":       "iam:GetGroup <R><GetGroupResult><Group><GroupName>BreakglassUsers</GroupName><Path>/emergency/</Path></Group></GetGroupResult></R>",
	"a user under a path":        "iam:GetUser <R><GetUserResult><User><UserName>BreakglassUser</UserName><Path>/emergency/</Path></User></GetUserResult></R>",
	"a user with policies in it": "iam:ListUserPolicies <R><ListUserPoliciesResult><PolicyNames><member>everything</member></PolicyNames></ListUserPoliciesResult></R>",
	"two access keys": "iam:ListAccessKeys <R><ListAccessKeysResult><AccessKeyMetadata><member><AccessKeyId>AKIAEXAMPLE</AccessKeyId></member>" +
		"<member><AccessKeyId>AKIAEXAMPLF</AccessKeyId></member></AccessKeyMetadata></ListAccessKeysResult></R>",
	"a role with policies in it": "iam:ListRolePolicies <R><ListRolePoliciesResult><PolicyNames><member>everything</member></PolicyNames></ListRolePoliciesResult></R>",
	"a role with a boundary and long sessions": "iam:GetRole <R><GetRoleResult><Role><RoleName>BreakGlassRole</RoleName><Path>/</Path><Description>by hand</Description><MaxSessionDuration>43200</MaxSessionDuration>" +
		"<PermissionsBoundary><PermissionsBoundaryArn>arn:aws:iam::222222222222:policy/bound</PermissionsBoundaryArn></PermissionsBoundary>" +
		`<AssumeRolePolicyDocument>{"Statement": [{"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}]}</AssumeRolePolicyDocument></Role></GetRoleResult></R>`,
	"a trust that cannot be read":  "iam:GetRole <R><GetRoleResult><Role><RoleName>BreakGlassRole</RoleName><AssumeRolePolicyDocument>{</AssumeRolePolicyDocument></Role></GetRoleResult></R>",
	"a policy under a path":        "iam:ListPolicies <R><ListPoliciesResult><Policies><member><PolicyName>BreakGlassAssumeRole</PolicyName><Arn>arn:aws:iam::111111111111:policy/x/BreakGlassAssumeRole</Arn><Path>/x/</Path></member></Policies></ListPoliciesResult></R>",
	"a policy that cannot be read": "iam:GetPolicyVersion <R><GetPolicyVersionResult><PolicyVersion><Document>no document</Document></PolicyVersion></GetPolicyVersionResult></R>",
	"a key of AWS":                 `kms:DescribeKey {"KeyMetadata": {"KeyId": "1", "KeyState": "Enabled", "KeyManager": "AWS"}}`,
	"a key without rotation":       `kms:GetKeyRotationStatus {"KeyRotationEnabled": false}`,
	"a topic with a key of its own": "sns:GetTopicAttributes <R><GetTopicAttributesResult><Attributes><entry><key>KmsMasterKeyId</key><value>99999999-2222-3333-4444-555555555555</value></entry>" +
		`<entry><key>DisplayName</key><value>Alerts</value></entry><entry><key>Policy</key><value>{"Statement": [{"Sid": "__default_statement_ID", "Principal": "*"}, ` +
		`{"Sid": "Rules", "Principal": {"Service": "events.amazonaws.com"}}, {"Sid": "Alarms", "Principal": {"Service": "cloudwatch.amazonaws.com"}}, ` +
		`{"Sid": "Others", "Principal": {"AWS": "arn:aws:iam::333333333333:root"}}]}</value></entry></Attributes></GetTopicAttributesResult></R>`,
	"a topic without a key":                      "sns:GetTopicAttributes <R><GetTopicAttributesResult><Attributes></Attributes></GetTopicAttributesResult></R>",
	"a topic with a key of AWS":                  "sns:GetTopicAttributes <R><GetTopicAttributesResult><Attributes><entry><key>KmsMasterKeyId</key><value>alias/aws/sns</value></entry></Attributes></GetTopicAttributesResult></R>",
	"a rule that is disabled":                    `events:ListRules@us-west-2 {"Rules": [{"Name": "capture-breakglass-user-sign-in", "Arn": "arn:aws:events:us-west-2:111111111111:rule/capture-breakglass-user-sign-in", "State": "DISABLED", "EventPattern": "{}"}]}`,
	"a rule that is a schedule":                  `events:ListRules@us-west-2 {"Rules": [{"Name": "capture-breakglass-user-sign-in", "State": "ENABLED", "ScheduleExpression": "rate(1 hour)"}]}`,
	"a rule that cannot be read":                 `events:ListRules@us-west-2 {"Rules": [{"Name": "capture-breakglass-user-sign-in", "State": "ENABLED", "EventPattern": "{"}]}`,
	"a rule with one target too many":            `events:ListTargetsByRule@us-west-2 {"Targets": [{"Id": "a"}, {"Id": "b"}, {"Id": "c"}, {"Id": "d"}]}`,
	"a rule with the plan's targets":             `events:ListTargetsByRule@us-west-2 {"Targets": [{"Id": "a"}, {"Id": "Target0"}]}`,
	"resources of a stack that is being deleted": "cloudformation:DescribeStackResources <R><DescribeStackResourcesResult><StackResources><member><StackName>theirs</StackName><PhysicalResourceId>BreakGlassRole</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>DELETE_SKIPPED</ResourceStatus></member></StackResources></DescribeStackResourcesResult></R>",
	"another resource with the role's name": "cloudformation:DescribeStackResources <R><DescribeStackResourcesResult><StackResources><member><StackName>theirs</StackName><PhysicalResourceId>BreakGlassRole</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member>" +
		"<member><StackName>theirs</StackName><PhysicalResourceId>other</PhysicalResourceId><ResourceType>AWS::IAM::Role</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResources></DescribeStackResourcesResult></R>",
	"resources whose import failed": "cloudformation:ListStackResources <R><ListStackResourcesResult><StackResourceSummaries>" +
		stackResource("Role", "IMPORT_FAILED") + stackResource("UsersGroup7E521218", "CREATE_FAILED") + stackResource("Topic260E7DCE", "IMPORT_ROLLBACK_COMPLETE") +
		stackResource("TopicKey2615B30A", "DELETE_COMPLETE") + stackResource("UsersAssumeRole86792545", "CREATE_COMPLETE") + "</StackResourceSummaries></ListStackResourcesResult></R>",
}

func stackResource(id, status string) string {
	return "<member><LogicalResourceId>" + id + "</LogicalResourceId><ResourceStatus>" + status + "</ResourceStatus></member>"
}

// TestWhatIsFoundIsTheReviewed holds everything that is found and written against testdata/found.txt: where the reference solution is
// deployed, what each other answer changes of it, and what is said of each question that AWS refuses.
func TestWhatIsFoundIsTheReviewed(t *testing.T) {
	base := foundText(t, "")
	var b strings.Builder
	b.WriteString(base)
	differences := func(name, answers string) {
		fmt.Fprintf(&b, "==== %s\n%s", name, changed(base, foundText(t, answers)))
	}
	for _, name := range slices.Sorted(maps.Keys(variants)) {
		differences(name, variants[name])
	}
	text, err := os.ReadFile("testdata/reference.answers")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		action, _, _ := strings.Cut(line, " ")
		if _, call, is := strings.Cut(action, ":"); is {
			differences(action+" is refused", action+" fail AccessDenied User: operator is not authorized to perform: "+strings.Split(action, ":")[0]+":"+call+" on resource: *")
		}
	}
	reviewed.Text(t, "found.txt", b.String())
}

// foundText returns everything that is found and written, as text.
func foundText(t *testing.T, answers string) string {
	t.Helper()
	made, _, all := lookAt(t, answers)
	folder := t.TempDir()
	if err := Write(folder, made, all); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	put := func(name string, value any) {
		text, err := json.MarshalIndent(value, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "---- %s\n%s\n", name, text)
	}
	for _, s := range all {
		put(s.Stack, s)
	}
	put("steps", Steps(all, placements, Caller{Folder: "out", Profile: func(number string) string { return "profile-" + number }}))
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "---- out/%s\n%s", filepath.Base(path), text)
	}
	return b.String()
}

// changed returns, for each part of a text, the lines that another one has not, and how many it lacks.
func changed(from, to string) string {
	parts := func(text string) map[string][]string {
		all, name := map[string][]string{}, ""
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "---- ") {
				name = line
			} else {
				all[name] = append(all[name], line)
			}
		}
		return all
	}
	before, after := parts(from), parts(to)
	names := maps.Clone(before)
	maps.Copy(names, after)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(names)) {
		left, more := slices.Clone(before[name]), ""
		for _, line := range after[name] {
			if i := slices.Index(left, line); i >= 0 {
				left = slices.Delete(left, i, i+1)
			} else {
				more += "+" + line
			}
		}
		if more != "" || len(left) > 0 {
			fmt.Fprintf(&b, "%s%s-%d lines\n", name, more, len(left))
		}
	}
	return b.String()
}
