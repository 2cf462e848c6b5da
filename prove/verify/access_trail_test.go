//go:build verify

package verify

import (
	"slices"
	"testing"

	"example.com/breakglass/prove/judge"
)

const acl = "s3:x-amz-acl"

// trail: CloudTrail writes into the bucket for this account's own trail, below the account's own prefix, and nobody uses
// the bucket over plain HTTP.
func (a *accessTable) trail(t *testing.T, s *Stack, administrator judge.Policy) {
	t.Helper()
	for _, id := range s.OfType("AWS::CloudTrail::Trail") {
		trail, _ := s.arn(id)
		name := s.Resources[id].Properties["S3BucketName"]
		policy := s.bucketPolicy(t, name)
		bucket := "arn:aws:s3:::" + name.(string)
		file := bucket + "/AWSLogs/" + s.Account + "/CloudTrail/eu-west-1/2026/11/22/records.json.gz"
		by := func(principal, action, resource string, context map[string][]string) judge.AccessCase {
			return judge.AccessCase{
				Principal: principal, Action: action, Resource: resource, ResourceAccount: s.Account, ResourcePolicy: policy, Context: context,
			}
		}
		foreign := append(notOf(s, trail), denial{"it is another trail", judge.ImplicitlyDenied, having(sourceArn, trail+"2")})
		// Whatever another policy grants.
		foreignWriter := slices.Clone(foreign)
		for i, d := range foreignWriter {
			if d.name != "it is another service" {
				foreignWriter[i].want = judge.ExplicitlyDenied
			}
		}
		a.only("CloudTrail writes into the bucket", by(cloudTrail, "s3:PutObject", file,
			keys(sourceArn, trail, sourceAccount, s.Account, secure, "true", acl, "bucket-owner-full-control")),
			append(foreignWriter,
				denial{"it is the prefix of another account", judge.ImplicitlyDenied, on(bucket + "/AWSLogs/" + elsewhere + "/CloudTrail/records.json.gz")},
				denial{"it is no log", judge.ImplicitlyDenied, on(bucket + "/records.json.gz")},
				denial{"it keeps the file to itself", judge.ImplicitlyDenied, having(acl, "private")},
				denial{"CloudTrail only writes", judge.ImplicitlyDenied, func(c *judge.AccessCase) {
					c.Action = "s3:GetObject"
					delete(c.Context, acl)
				}},
			)...)
		a.only("CloudTrail looks at the bucket", by(cloudTrail, "s3:GetBucketAcl", bucket, keys(sourceArn, trail, sourceAccount, s.Account, secure, "true")),
			append(foreign, denial{"CloudTrail only looks", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Action = "s3:GetBucketPolicy" }})...)

		reader := by(stranger, "s3:GetObject", file, keys(secure, "true"))
		reader.IdentityPolicies = []judge.Policy{administrator}
		a.only("an administrator of the account reads the trail", reader,
			denial{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")},
			denial{"it is one of another account", judge.ImplicitlyDenied, func(c *judge.AccessCase) { c.Principal = userElsewhere }},
		)
		for action, on := range map[string]string{
			"s3:DeleteObject": file, "s3:DeleteObjectVersion": file, "s3:PutLifecycleConfiguration": bucket, "s3:PutBucketVersioning": bucket, "s3:DeleteBucket": bucket,
			"s3:PutObject": file, "s3:ReplicateObject": file, "s3:ReplicateDelete": file, "s3:UpdateObjectEncryption": file, "s3:PutEncryptionConfiguration": bucket,
		} {
			taken := reader
			taken.Action, taken.Resource = action, on
			a.cases = append(a.cases, accessCase{"an administrator of the account: " + action, taken, judge.ExplicitlyDenied})
		}
		// What is true of the bucket itself has to be true of its files.
		reader.Action, reader.Resource = "s3:ListBucket", bucket
		a.only("an administrator of the account lists the trail", reader,
			denial{"it is plain HTTP", judge.ExplicitlyDenied, having(secure, "false")})
	}
}

func (s *Stack) bucketPolicy(t *testing.T, bucket any) any {
	t.Helper()
	for _, id := range s.OfType("AWS::S3::BucketPolicy") {
		if p := s.Resources[id].Properties; p["Bucket"] == bucket {
			return p["PolicyDocument"]
		}
	}
	t.Fatalf("%s: the bucket %v has no policy", s.Name, bucket)
	return nil
}
