package stacks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestArtifactsAreKeptShut: encrypted, over TLS, not public, gone after a month; and a key of its own where others read.
func TestArtifactsAreKeptShut(t *testing.T) {
	app := thePipeline(t)
	buckets := 0
	for name, one := range app.stacks {
		if !strings.HasPrefix(name, "BreakGlass-Pipeline") {
			continue
		}
		readers := strings.HasSuffix(name, "Pipeline") || strings.HasSuffix(name, "-eu-west-1")
		if keys := one.ofType("AWS::KMS::Key"); (len(keys) == 1) != readers {
			t.Errorf("%s has %d keys", name, len(keys))
		} else {
			for _, k := range keys {
				if k.Properties["EnableKeyRotation"] != true {
					t.Errorf("%s: a key that never changes", name)
				}
			}
		}
		for _, b := range one.ofType("AWS::S3::Bucket") {
			buckets++
			text := compact(t, b.Properties)
			algorithm := `"SSEAlgorithm":"AES256"`
			if readers {
				algorithm = `"SSEAlgorithm":"aws:kms"`
			}
			for _, want := range []string{
				algorithm, `"BlockPublicAcls":true`, `"BlockPublicPolicy":true`, `"IgnorePublicAcls":true`, `"RestrictPublicBuckets":true`,
				`"ObjectOwnership":"BucketOwnerEnforced"`, `"ExpirationInDays":30,`, `"BucketName":"breakglass-pipeline-111111111111-`,
			} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: its bucket lacks %s", name, want)
				}
			}
			if b.DeletionPolicy != "" {
				t.Errorf("%s: its bucket is kept: %s", name, b.DeletionPolicy)
			}
			if n := len(b.Properties["BucketName"].(string)); n > 63 {
				t.Errorf("%s: a name of %d characters", name, n)
			}
		}
		tls := false
		for _, s := range one.statements(t) {
			tls = tls || s.Effect == "Deny" && s.Principal == "*" && compact(t, s.Condition) == `{"Bool":{"aws:SecureTransport":"false"}}` && len(s.resources) == 2
		}
		if !tls {
			t.Errorf("%s: its bucket answers without TLS", name)
		}
		for id, r := range one.Resources {
			if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::Lambda::Function" {
				t.Errorf("%s: %s is a %s", name, id, r.Type)
			}
		}
	}
	if buckets != 5 {
		t.Errorf("%d buckets, want one in each Region that is deployed into", buckets)
	}
}

// TestWhoeverDeploysMayReadTheTemplates: the role of each action, in the bucket and with the key of its Region. The CDK silently
// drops grants to a bucket that it may not change, so only this shows that a deployment can begin.
func TestWhoeverDeploysMayReadTheTemplates(t *testing.T) {
	app := thePipeline(t)
	for _, at := range app.plan.Placements {
		if at.Stage == "" && !at.OfPipeline() {
			continue
		}
		stack := "BreakGlass-Pipeline"
		if at.Region != "us-east-1" {
			stack = "BreakGlass-Pipeline-Artifacts-" + at.Region
		}
		role := "arn:aws:iam::" + at.Account + ":role/cdk-hnb659fds-deploy-role-" + at.Account + "-" + at.Region
		reads, decrypts := false, false
		for _, s := range app.stacks[stack].statements(t) {
			if s.Effect != "Allow" || s.Principal == nil {
				continue
			}
			in := fits(s, role, at.Account)
			reads = reads || in && slices.Contains(s.actions, "s3:GetObject") && slices.Contains(s.actions, "s3:GetObjectVersion")
			decrypts = decrypts || in && slices.Contains(s.actions, "kms:Decrypt")
		}
		if !reads {
			t.Errorf("%s: %s may not read its template", at.Stack, role)
		}
		// The account's own roles use S3's key without being asked.
		if own := at.Account == "111111111111"; !decrypts && (!own || len(app.stacks[stack].ofType("AWS::KMS::Key")) > 0) {
			t.Errorf("%s: %s may not decrypt its template", at.Stack, role)
		}
		// And nobody else's role of the same account.
		for _, s := range app.stacks[stack].statements(t) {
			other := strings.Replace(role, "deploy-role", "lookup-role", 1)
			if s.Effect == "Allow" && s.Principal != nil && at.Account != "111111111111" && fits(s, other, at.Account) {
				t.Errorf("%s: %s may %q", at.Stack, other, s.actions)
			}
		}
	}
}

// fits reports whether a statement is about a role: by its ARN, or by its account and the condition on its ARN.
func fits(s allowed, role, account string) bool {
	p, _ := s.Principal.(map[string]any)
	principals := texts(p["AWS"])
	if slices.Contains(principals, role) {
		return true
	}
	if !slices.Contains(principals, "arn:aws:iam::"+account+":root") {
		return false
	}
	arn, ok := s.Condition["ArnEquals"].(map[string]any)
	if !ok {
		return s.Condition == nil
	}
	return strings.ReplaceAll(fmt.Sprint(arn["aws:PrincipalArn"]), "${aws:PrincipalAccount}", account) == role
}
