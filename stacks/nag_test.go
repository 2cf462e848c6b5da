package stacks

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// accepted are the findings of cdk-nag that stay, each with its reason.
var accepted = []struct{ stacks, id, reason string }{
	{
		"BreakGlass-Hub", "AwsSolutions-IAM4",
		"userAccess in the file names AWS managed policies; IAMFullAccess is the default because repairing identities is the job",
	},
	{"BreakGlass-Role-", "AwsSolutions-IAM4", "the file names the role's policies; AWS managed ones are what people review and know"},
	{"BreakGlass-Role-333333333333", "AwsSolutions-IAM5", "the file's own inline policy, which its owner chose"},
	{"BreakGlass-Hub", "AwsSolutions-IAM5", "the users may assume one role name in any account: the role's own trust policy decides"},
	{
		"BreakGlass-Trail", "AwsSolutions-S1",
		"a log of who reads the trail's bucket would be a second bucket that nobody reads; CloudTrail's own data events can do it",
	},
	{
		"BreakGlass-Composer-", "AwsSolutions-IAM5",
		"CloudFormation generates the ID of the topic's key, so the statement names its alias, in a condition; SNS asks for kms:GenerateDataKey*",
	},
	{"BreakGlass-Composer-", "AwsSolutions-DDB3", "the table has the events of the last day, so that none is sent twice; without it, every alert passes"},
	{"BreakGlass-Composer-", "AwsSolutions-SF1", "Step Functions keeps the history of an execution for 90 days, and the ledger has every event"},
	{"BreakGlass-Composer-", "AwsSolutions-SF2", "an execution calls DynamoDB and SNS and nothing else; its history says how long each took"},
	{"BreakGlass-Heartbeats-", "AwsSolutions-IAM5", "EventBridge ends the ARN of the API destination with an ID that it generates"},
	{"BreakGlass-", "AwsSolutions-SQS3", "the queues are the dead-letter queues"},
}

func TestCDKNagFindsNothingThatIsNotAccepted(t *testing.T) {
	unused := map[int]bool{}
	for i := range accepted {
		unused[i] = true
	}
	for _, finding := range nagFindings(t, "testdata/whole.yaml") {
		ok := false
		for i, a := range accepted {
			if strings.HasPrefix(finding, a.stacks) && strings.Contains(finding, a.id) {
				ok = true
				delete(unused, i)
			}
		}
		if !ok {
			t.Error(finding)
		}
	}
	for i := range unused {
		t.Errorf("nothing needs %s for %s any more", accepted[i].id, accepted[i].stacks)
	}
}

// nagFindings returns the findings of the AWS Solutions pack, as "stack/path: finding".
func nagFindings(t *testing.T, file string) []string {
	t.Helper()
	// Without the context of cdk.json, which makes the CDK also print every finding.
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), Context: &map[string]any{
		"@aws-cdk/core:defaultCrossStackReferences": "strong",
	}})
	if _, err := build(app, file); err != nil {
		t.Fatal(err)
	}
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{
		Reports: jsii.Bool(false), Verbose: jsii.Bool(false),
	}), nil)
	var findings []string
	for _, stack := range *app.Synth(nil).Stacks() {
		for _, m := range *stack.Messages() {
			//lint:ignore SA1019 the type that replaces this one has no Go module
			findings = append(findings, strings.TrimPrefix(*m.Id, "/")+": "+compact(t, m.Entry.Data))
		}
	}
	return findings
}

func TestCDKNagFindsNothingElseInThePipeline(t *testing.T) {
	accepted := map[string]string{
		"AwsSolutions-IAM5[Resource::": "TestPipelinesRolesMayDoNoMoreThanTheyHaveTo lists every wildcard, with its reason",
		"AwsSolutions-S1:":             "a log of who reads templates would be a second bucket that nobody reads",
	}
	used := map[string]bool{}
	for _, finding := range nagFindings(t, "testdata/pipeline.yaml") {
		if !strings.HasPrefix(finding, "BreakGlass-Pipeline") {
			continue
		}
		ok := false
		for id := range accepted {
			if strings.Contains(finding, id) {
				ok, used[id] = true, true
			}
		}
		if !ok {
			t.Error(finding)
		}
	}
	for id, reason := range accepted {
		if !used[id] {
			t.Errorf("nothing needs %s any more (%s)", id, reason)
		}
	}
}
