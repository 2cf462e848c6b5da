package access

import "example.com/breakglass/place"

const cloudTrail = "cloudtrail.amazonaws.com"

// TrailBucket lets the one trail, and no other of this account or of somebody else's, write into the bucket of that
// ARN, over TLS only.
//
// The names and the condition on s3:x-amz-acl are those of the CloudTrail user guide. CloudTrail sends that header with
// every file, though in a bucket without access control lists it changes nothing: the condition costs nothing, and
// audits look for it.
func TrailBucket(at place.Place, bucket, trail string) Document {
	service := map[string]any{"Service": cloudTrail}
	// A trail of all Regions has the ARN of the Region that it was made in, wherever its files come from.
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
			"Sid": "TLSOnly", "Effect": "Deny",
			"Principal": "*", "Action": "s3:*", "Resource": []any{bucket, bucket + "/*"},
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
	)
}
