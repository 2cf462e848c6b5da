package access

import "example.com/breakglass/place"

const cloudTrail = "cloudtrail.amazonaws.com"

// TrailBucket lets the one trail, and no other of this or another account, write to the bucket with that ARN, over TLS only.
//
// The names and the condition on s3:x-amz-acl are those of the CloudTrail user guide. CloudTrail sends that header with
// every file, though in a bucket without access control lists it changes nothing: the condition costs nothing, and
// audits look for it.
//
// Nobody may delete a file or an old version of it, or have S3 do so earlier, nor write another in its place, which would make the
// first an old version that expires: what the bucket has at the start stays, until somebody changes this policy, which alerts. S3's own
// expiry is not bound by it (S3 user guide, lifecycle and bucket policies).
func TrailBucket(at place.Place, bucket, trail string) Document {
	service := map[string]any{"Service": cloudTrail}
	// A multi-Region trail has the ARN of its home Region, wherever its files come from.
	source := at.Trail(trail)
	return document(
		Statement{
			"Sid": "AWSCloudTrailAclCheck", "Effect": "Allow",
			"Principal": service, "Action": "s3:GetBucketAcl", "Resource": bucket,
			"Condition": map[string]any{"StringEquals": map[string]any{"aws:SourceArn": source}},
		},
		Statement{
			"Sid": "AWSCloudTrailWrite", "Effect": "Allow",
			"Principal": service, "Action": "s3:PutObject", "Resource": bucket + "/AWSLogs/" + at.Account + "/*",
			"Condition": map[string]any{"StringEquals": map[string]any{
				"aws:SourceArn": source, "s3:x-amz-acl": "bucket-owner-full-control",
			}},
		},
		Statement{
			"Sid": "Files", "Effect": "Deny",
			"Principal": "*", "Action": list([]string{"s3:DeleteObject", "s3:DeleteObjectVersion"}), "Resource": bucket + "/*",
		},
		Statement{
			// A negated operator holds where the key is missing, as in a person's call. To encrypt a file anew hides it, too.
			"Sid": "OtherWriters", "Effect": "Deny",
			"Principal": "*", "Action": list([]string{"s3:PutObject", "s3:ReplicateDelete", "s3:ReplicateObject", "s3:UpdateObjectEncryption"}),
			"Resource": bucket + "/*", "Condition": map[string]any{"StringNotEquals": map[string]any{"aws:SourceArn": source}},
		},
		Statement{
			"Sid": "HowLongTheyStay", "Effect": "Deny",
			"Principal": "*", "Action": list([]string{"s3:DeleteBucket", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration"}), "Resource": bucket,
		},
		Statement{
			"Sid": "TLSOnly", "Effect": "Deny",
			"Principal": "*", "Action": "s3:*", "Resource": []any{bucket, bucket + "/*"},
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	)
}
