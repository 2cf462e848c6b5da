package access

import "example.com/breakglass/place"

// Artifacts is the bucket, with its key, in which a pipeline stores what it deploys to a Region.
type Artifacts struct {
	// Place of the pipeline's account in that Region.
	place.Place
	// Bucket is the name of the bucket.
	Bucket string
	// KeyAlias names the key, whose ARN nobody in another Region knows.
	KeyAlias string
	// Readers lists the accounts, other than the bucket's own, with stacks in this Region.
	Readers []string
}

// BucketARN returns the ARN of the bucket.
func (a Artifacts) BucketARN() string { return a.Place.Bucket(a.Bucket) }

// MaxBucketPolicy and MaxKeyPolicy are the sizes that S3 and KMS allow (S3 user guide, bucket policies; KMS quotas).
const (
	MaxBucketPolicy = 20480
	MaxKeyPolicy    = 32768
)

// The kinds of role that cdk bootstrap creates in each account and Region.
const (
	// DeployRole starts deployments. It trusts the pipeline's account.
	DeployRole = "deploy"
	// ExecutionRole is what CloudFormation deploys with.
	ExecutionRole = "cfn-exec"
	// LookupRole reads.
	LookupRole = "lookup"
)

// BootstrapRole returns the ARN of such a role in an account and Region. The CDK's bootstrap template fixes the rest of the name
// (qualifier hnb659fds).
func BootstrapRole(at place.Place, kind string) string {
	return at.Role("cdk-hnb659fds-" + kind + "-role-" + at.Account + "-" + at.Region)
}

var (
	readArtifacts = []any{"s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:ListBucket"}
	useKey        = []any{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
)

// BucketPolicy lets the roles that deploy into this Region read the templates, over TLS only. The pipeline's own roles are of
// this account and have their own permissions.
//
// Another account's role is known by its account and, as a condition, its name. As principals, hundreds of roles would not
// fit, and one that is recreated would be locked out: S3 stores an ID in place of the name. In the bucket's own account
// there is no other way: the bootstrap role relies on the bucket policies of its own account.
func (a Artifacts) BucketPolicy() Document {
	both := []any{a.BucketARN(), a.BucketARN() + "/*"}
	statements := []Statement{
		{
			"Sid": "TLSOnly", "Effect": "Deny",
			"Principal": "*", "Action": "s3:*", "Resource": both,
			"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
		},
		{
			"Sid": "OwnDeployments", "Effect": "Allow",
			"Principal": map[string]any{"AWS": BootstrapRole(a.Place, DeployRole)},
			"Action":    readArtifacts, "Resource": both,
		},
	}
	if len(a.Readers) > 0 {
		statements = append(statements, Statement{
			"Sid": "DeploymentsOfTheTargets", "Effect": "Allow",
			"Principal": a.readers(), "Action": readArtifacts, "Resource": both,
			"Condition": map[string]any{"ArnEquals": a.theirDeployRole()},
		})
	}
	return document(statements...)
}

// KeyPolicy lets this account administer the key and use it through IAM, and the other accounts' deploying roles decrypt what
// they read from S3. Resource * in a key policy means this key.
func (a Artifacts) KeyPolicy() Document {
	statements := []Statement{
		{
			"Sid": "AccountAdministers", "Effect": "Allow",
			"Principal": accountPrincipal(a.Place), "Action": administerKey, "Resource": "*",
		},
		{
			"Sid": "AccountUses", "Effect": "Allow",
			"Principal": accountPrincipal(a.Place), "Action": useKey, "Resource": "*",
		},
	}
	if len(a.Readers) > 0 {
		statements = append(statements, Statement{
			"Sid": "DeploymentsOfTheTargets", "Effect": "Allow",
			"Principal": a.readers(), "Action": []any{"kms:Decrypt", "kms:DescribeKey"}, "Resource": "*",
			"Condition": map[string]any{
				"ArnEquals":    a.theirDeployRole(),
				"StringEquals": map[string]any{"kms:ViaService": "s3." + a.Region + ".amazonaws.com"},
			},
		})
	}
	return document(statements...)
}

func (a Artifacts) readers() map[string]any {
	var accounts []any
	for _, account := range a.Readers {
		accounts = append(accounts, a.Of(account).Root())
	}
	return map[string]any{"AWS": accounts}
}

// theirDeployRole returns the condition for the deploy role of any account.
func (a Artifacts) theirDeployRole() map[string]any {
	return map[string]any{"aws:PrincipalArn": BootstrapRole(a.Of("${aws:PrincipalAccount}"), DeployRole)}
}

func accountPrincipal(at place.Place) map[string]any { return map[string]any{"AWS": at.Root()} }
