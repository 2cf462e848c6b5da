package constructs

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestTrail(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewTrail(stack, "Trail", here, true) })
	same(t, "the resources", one.types(), []string{"AWS::CloudTrail::Trail", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"})

	t.Run("bucket", func(t *testing.T) {
		bucket := one.only(t, "AWS::S3::Bucket")
		// No BucketName: nobody else may have taken it. No AccessControl: the bucket has no such lists.
		has(t, bucket.Properties, "BucketEncryption", "VersioningConfiguration", "PublicAccessBlockConfiguration",
			"OwnershipControls", "LifecycleConfiguration")
		same(t, "encryption", bucket.Properties["BucketEncryption"], map[string]any{
			"ServerSideEncryptionConfiguration": []any{
				map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}},
			},
		})
		same(t, "versions", bucket.Properties["VersioningConfiguration"], map[string]any{"Status": "Enabled"})
		same(t, "the public", bucket.Properties["PublicAccessBlockConfiguration"], map[string]any{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
		})
		same(t, "owner", bucket.Properties["OwnershipControls"], map[string]any{
			"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}},
		})
		if bucket.DeletionPolicy != "RetainExceptOnCreate" || bucket.UpdateReplacePolicy != "Retain" {
			t.Errorf("asked to keep it, the stack does %q and %q", bucket.DeletionPolicy, bucket.UpdateReplacePolicy)
		}
	})

	t.Run("lifecycle", func(t *testing.T) {
		// One rule, without a prefix, a tag or a size: it is of every file.
		same(t, "lifecycle", one.only(t, "AWS::S3::Bucket").Properties["LifecycleConfiguration"], map[string]any{
			"Rules": []any{map[string]any{
				"Id": "TenYears", "Status": "Enabled",
				"Transitions":                    []any{map[string]any{"StorageClass": "GLACIER_IR", "TransitionInDays": 90}},
				"ExpirationInDays":               3653,
				"NoncurrentVersionExpiration":    map[string]any{"NoncurrentDays": 90},
				"AbortIncompleteMultipartUpload": map[string]any{"DaysAfterInitiation": 7},
			}},
		})
	})

	t.Run("policy", func(t *testing.T) {
		policy := one.only(t, "AWS::S3::BucketPolicy")
		has(t, policy.Properties, "Bucket", "PolicyDocument")
		if !one.refers(policy.Properties["Bucket"], "AWS::S3::Bucket", "") {
			t.Errorf("the policy is of %v", policy.Properties["Bucket"])
		}
		document := policy.Properties["PolicyDocument"]
		const trail = "arn:aws-us-gov:cloudtrail:us-gov-west-1:012345678901:trail/breakglass-trail"
		check, write := statement(t, document, "AWSCloudTrailAclCheck"), statement(t, document, "AWSCloudTrailWrite")
		if !one.refers(check["Resource"], "AWS::S3::Bucket", "Arn") {
			t.Errorf("the check is of %v", check["Resource"])
		}
		if !joins(one, write["Resource"], "/AWSLogs/012345678901/*") {
			t.Errorf("CloudTrail writes to %v", write["Resource"])
		}
		same(t, "who checks", check["Condition"], map[string]any{"StringEquals": map[string]any{"aws:SourceArn": trail}})
		// CloudTrail sends the header still, though the bucket has no access control lists.
		same(t, "who writes", write["Condition"], map[string]any{
			"StringEquals": map[string]any{"aws:SourceArn": trail, "s3:x-amz-acl": "bucket-owner-full-control"},
		})
		tls := statement(t, document, "TLSOnly")
		same(t, "TLSOnly", tls["Effect"], "Deny")
		if where := tls["Resource"].([]any); len(where) != 2 || !one.refers(where[0], "AWS::S3::Bucket", "Arn") || !joins(one, where[1], "/*") {
			t.Errorf("TLS is needed at %v", where)
		}
	})

	t.Run("trail", func(t *testing.T) {
		trail := one.only(t, "AWS::CloudTrail::Trail")
		// No key, prefix, topic or log group, no insights, and not the organization's.
		has(t, trail.Properties, "TrailName", "S3BucketName", "IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents",
			"EnableLogFileValidation", "EventSelectors")
		// The bucket's policy has the ARN with this name.
		same(t, "name", trail.Properties["TrailName"], "breakglass-trail")
		for _, property := range []string{"IsLogging", "IsMultiRegionTrail", "IncludeGlobalServiceEvents", "EnableLogFileValidation"} {
			same(t, property, trail.Properties[property], true)
		}
		if !one.refers(trail.Properties["S3BucketName"], "AWS::S3::Bucket", "") {
			t.Errorf("it writes to %v", trail.Properties["S3BucketName"])
		}
		// No data events, and no source left out.
		same(t, "events", trail.Properties["EventSelectors"], []any{
			map[string]any{"ReadWriteType": "All", "IncludeManagementEvents": true},
		})
	})

	// Without this order CloudTrail may try the bucket before it is let in, and the deployment fails now and then.
	t.Run("the policy comes before the trail", func(t *testing.T) {
		before, _ := one.only(t, "AWS::CloudTrail::Trail").DependsOn.([]any)
		if len(before) != 1 {
			t.Fatalf("the trail waits for %v", before)
		}
		if id, _ := before[0].(string); one.Resources[id].Type != "AWS::S3::BucketPolicy" {
			t.Errorf("the trail waits for %s", id)
		}
	})

	t.Run("only the bucket and its policy stay", func(t *testing.T) {
		if policy := one.only(t, "AWS::S3::BucketPolicy"); policy.DeletionPolicy != "RetainExceptOnCreate" || policy.UpdateReplacePolicy != "Retain" {
			t.Errorf("the policy that keeps the files: %q and %q", policy.DeletionPolicy, policy.UpdateReplacePolicy)
		}
		for _, r := range one.Resources {
			if !strings.HasPrefix(r.Type, "AWS::S3::Bucket") && (r.DeletionPolicy != "" || r.UpdateReplacePolicy != "") {
				t.Errorf("%s: %q and %q", r.Type, r.DeletionPolicy, r.UpdateReplacePolicy)
			}
		}
	})
}

func TestTrailGoesWithItsStackUnlessAskedToStay(t *testing.T) {
	one := synth(t, func(stack awscdk.Stack) { NewTrail(stack, "Trail", here, false) })
	for _, r := range one.Resources {
		if r.DeletionPolicy != "" || r.UpdateReplacePolicy != "" {
			t.Errorf("%s: %q and %q", r.Type, r.DeletionPolicy, r.UpdateReplacePolicy)
		}
	}
	// No custom resource that empties the bucket.
	same(t, "the resources", one.types(), []string{"AWS::CloudTrail::Trail", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"})
}

// joins reports whether a value is the bucket's ARN with that ending.
func joins(one template, value any, ending string) bool {
	made, _ := value.(map[string]any)
	join, _ := made["Fn::Join"].([]any)
	if len(join) != 2 || join[0] != "" {
		return false
	}
	parts, _ := join[1].([]any)
	if len(parts) != 2 || !one.refers(parts[0], "AWS::S3::Bucket", "Arn") {
		return false
	}
	return parts[1] == ending
}
