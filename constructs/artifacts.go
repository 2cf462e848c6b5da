package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
)

const (
	// artifactDays is longer than an approval waits; nobody needs older artifacts.
	artifactDays = 30
	// artifactUploadDays is how long the parts of an upload that never ended are kept.
	artifactUploadDays = 1
	// artifactKeyDays is how long the deletion of the key can be undone, the least that KMS has: its artifacts are gone soon anyway.
	artifactKeyDays = 7
)

// ArtifactsProps describe where the pipeline keeps what it deploys in a Region.
type ArtifactsProps struct {
	access.Artifacts
	// Key of its own, which costs 1 USD a month: other accounts can't read what S3 encrypts with its own keys.
	Key bool
	// Elsewhere is set in the Regions other than the pipeline's, where it knows the key by its alias only.
	Elsewhere bool
}

// NewArtifacts makes the bucket, and the key, of a Region: encrypted, over TLS, shut to the public, empty after a month.
//
// The bucket goes with its stack, but only when it is empty: CloudFormation deletes no bucket that holds anything.
//
// The pipeline gets the bucket as one that it may not change. The CDK would add to the policies one principal for each role,
// which hundreds of accounts would not fit into.
func NewArtifacts(scope constructs.Construct, id string, props ArtifactsProps) awss3.IBucket {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	encryption := &awss3.CfnBucket_ServerSideEncryptionRuleProperty{
		ServerSideEncryptionByDefault: &awss3.CfnBucket_ServerSideEncryptionByDefaultProperty{SseAlgorithm: jsii.String("AES256")},
	}
	var key awskms.IKey
	if props.Key {
		made := awskms.NewCfnKey(scope, jsii.String("Key"), &awskms.CfnKeyProps{
			Description:         jsii.String("Encrypts the artifacts of the break glass pipeline"),
			EnableKeyRotation:   jsii.Bool(true),
			PendingWindowInDays: jsii.Number(artifactKeyDays),
			KeyPolicy:           map[string]any(props.KeyPolicy()),
		})
		awskms.NewCfnAlias(scope, jsii.String("Alias"), &awskms.CfnAliasProps{
			AliasName: jsii.String(props.KeyAlias), TargetKeyId: made.AttrKeyId(),
		})
		encryption = &awss3.CfnBucket_ServerSideEncryptionRuleProperty{
			BucketKeyEnabled: jsii.Bool(true),
			ServerSideEncryptionByDefault: &awss3.CfnBucket_ServerSideEncryptionByDefaultProperty{
				SseAlgorithm: jsii.String("aws:kms"), KmsMasterKeyId: made.AttrArn(),
			},
		}
		if props.Elsewhere {
			key = awskms.Alias_FromAliasName(scope, jsii.String("KnownKey"), jsii.String(props.KeyAlias))
		} else {
			key = awskms.Key_FromKeyArn(scope, jsii.String("KnownKey"), made.AttrArn())
		}
	}
	bucket := awss3.NewCfnBucket(scope, jsii.String("Bucket"), &awss3.CfnBucketProps{
		BucketName: jsii.String(props.Bucket),
		BucketEncryption: &awss3.CfnBucket_BucketEncryptionProperty{
			ServerSideEncryptionConfiguration: []any{encryption},
		},
		PublicAccessBlockConfiguration: &awss3.CfnBucket_PublicAccessBlockConfigurationProperty{
			BlockPublicAcls: jsii.Bool(true), BlockPublicPolicy: jsii.Bool(true),
			IgnorePublicAcls: jsii.Bool(true), RestrictPublicBuckets: jsii.Bool(true),
		},
		OwnershipControls: &awss3.CfnBucket_OwnershipControlsProperty{
			Rules: []any{&awss3.CfnBucket_OwnershipControlsRuleProperty{ObjectOwnership: jsii.String("BucketOwnerEnforced")}},
		},
		LifecycleConfiguration: &awss3.CfnBucket_LifecycleConfigurationProperty{Rules: []any{&awss3.CfnBucket_RuleProperty{
			Id: jsii.String("Expire"), Status: jsii.String("Enabled"), ExpirationInDays: jsii.Number(artifactDays),
			AbortIncompleteMultipartUpload: &awss3.CfnBucket_AbortIncompleteMultipartUploadProperty{
				DaysAfterInitiation: jsii.Number(artifactUploadDays),
			},
		}}},
	})
	policy := awss3.NewCfnBucketPolicy(scope, jsii.String("Policy"), &awss3.CfnBucketPolicyProps{
		Bucket: jsii.String(props.Bucket), PolicyDocument: map[string]any(props.BucketPolicy()),
	})
	policy.AddResourceDependency(bucket, nil)
	return awss3.Bucket_FromBucketAttributes(scope, jsii.String("KnownBucket"), &awss3.BucketAttributes{
		BucketName: jsii.String(props.Bucket), EncryptionKey: key, Region: jsii.String(props.Region), Account: jsii.String(props.Account),
	})
}
