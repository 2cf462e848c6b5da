package access

import (
	"fmt"
	"strings"
	"testing"

	"example.com/breakglass/place"
)

// largest returns a pipeline with as many targets as CodePipeline has actions, all of them in the Region with the longest
// name.
func largest() Pipeline {
	const region = "ap-southeast-99"
	at := place.Place{Partition: "aws", Account: "111111111111", Region: region}
	p := Pipeline{Place: at, Projects: []string{"One", "Two", "Three", "Four"}}
	a := Artifacts{Place: at, Bucket: "breakglass-pipeline-111111111111-" + region, KeyAlias: "alias/breakglass-pipeline"}
	for i := range 500 {
		account := fmt.Sprintf("%012d", 200000000000+i)
		a.Readers = append(a.Readers, account)
		p.Environments = append(p.Environments, at.Of(account))
	}
	p.Artifacts = []Artifacts{a}
	// There are 29 Regions with CodePipeline.
	for i := range 28 {
		other := a
		other.Region, other.Readers = fmt.Sprintf("ap-southeast-%02d", i), nil
		p.Artifacts = append(p.Artifacts, other)
	}
	return p
}

// TestThePipelinesPoliciesFitWhateverItDeploys shows why it is enough that the configuration limits the number of actions.
func TestThePipelinesPoliciesFitWhateverItDeploys(t *testing.T) {
	p := largest()
	if n := p.Artifacts[0].BucketPolicy().Size(); n > MaxBucketPolicy {
		t.Errorf("the bucket's policy has %d bytes, S3 allows %d", n, MaxBucketPolicy)
	}
	if n := p.Artifacts[0].KeyPolicy().Size(); n > MaxKeyPolicy {
		t.Errorf("the key's policy has %d bytes, KMS allows %d", n, MaxKeyPolicy)
	}
	if n := p.PipelineRole(ConnectionSource(strings.Repeat("x", 120))).Size(); n > MaxRoleInline {
		t.Errorf("the pipeline's own policy has %d characters, IAM allows %d", n, MaxRoleInline)
	}
	// Beside those to look into accounts, the readiness build has one more.
	if n := len(p.LookingInto(p.Environments)) + 1; n > MaxRolePolicies {
		t.Errorf("%d policies, a role has %d", n, MaxRolePolicies)
	}
	for _, documents := range [][]Document{p.Deploying(), p.Comparing(), p.LookingInto(p.Environments)} {
		if len(documents) > MaxRolePolicies {
			t.Errorf("%d policies, a role has %d", len(documents), MaxRolePolicies)
		}
		for _, d := range documents {
			if n := d.Size(); n > MaxManagedPolicy {
				t.Errorf("a policy has %d characters, IAM allows %d", n, MaxManagedPolicy)
			}
		}
	}
}

// TestAssumingNamesEachRoleOnce: none is lost where the list is divided.
func TestAssumingNamesEachRoleOnce(t *testing.T) {
	p := largest()
	seen := map[any]int{}
	for _, d := range p.Deploying() {
		for _, s := range d["Statement"].([]any) {
			for _, role := range s.(map[string]any)["Resource"].([]any) {
				seen[role]++
			}
		}
	}
	if len(seen) != len(p.Environments) {
		t.Errorf("%d roles for %d environments", len(seen), len(p.Environments))
	}
	for role, n := range seen {
		if n != 1 {
			t.Errorf("%v %d times", role, n)
		}
	}
	if want := "arn:aws:iam::200000000007:role/cdk-hnb659fds-deploy-role-200000000007-ap-southeast-99"; seen[want] != 1 {
		t.Errorf("%s is not among them", want)
	}
}

// TestABucketThatNobodyElseReadsNamesNobodyElse.
func TestABucketThatNobodyElseReadsNamesNobodyElse(t *testing.T) {
	a := Artifacts{Place: place.Place{Partition: "aws", Account: "111111111111", Region: "eu-west-1"}, Bucket: "b"}
	for _, d := range []Document{a.BucketPolicy(), a.KeyPolicy()} {
		for _, s := range d["Statement"].([]any) {
			if s.(map[string]any)["Sid"] == "DeploymentsOfTheTargets" {
				t.Errorf("%v", s)
			}
		}
	}
}

func TestWhatCanBeConfinedIs(t *testing.T) {
	p := Pipeline{Place: place.Place{Partition: "aws", Account: "111111111111"}}
	for action, want := range map[string]string{
		"events:PutEvents":             "arn:aws:events:*:111111111111:event-bus/default",
		"events:ListRules":             "arn:aws:events:*:111111111111:rule/*",
		"states:DescribeExecution":     "arn:aws:states:*:111111111111:execution:breakglass-composer:*",
		"states:DescribeStateMachine":  "arn:aws:states:*:111111111111:stateMachine:breakglass-composer",
		"dynamodb:GetResourcePolicy":   "arn:aws:dynamodb:*:111111111111:table/breakglass-alerts",
		"iam:GetAccountPasswordPolicy": "*",
		"iam:GetUser":                  "arn:aws:iam::111111111111:user/*",
		"iam:GetGroup":                 "arn:aws:iam::111111111111:group/BreakglassUsers",
		"account:ListRegions":          "*",
	} {
		if got := p.confined(action); got != want {
			t.Errorf("%s on %s, want %s", action, got, want)
		}
	}
}
