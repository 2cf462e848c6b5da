package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

const (
	// trailDays is ten years, as long as the ledger.
	trailDays = 3653
	// trailColdDays is when a file goes to the cheaper storage. Few look at a record that old, but who does gets it at once.
	trailColdDays = 90
	// trailUndoDays is how long a deleted or overwritten file can be restored.
	trailUndoDays = 90
	// trailUploadDays is how long the parts of an upload that never ended are kept.
	trailUploadDays = 7
)

// NewTrail makes a trail of the management events of every Region, and the bucket of its files: EventBridge receives sign-ins and
// calls only in an account with a trail that logs (EventBridge user guide, events via CloudTrail), and the alerts are best
// effort, while the trail is the record.
//
// Nobody may delete a file, or have it expire earlier, while the bucket's policy stands. With keep, both outlive their stack.
// Without, the bucket goes with the stack, but only when it is empty: CloudFormation can't delete a bucket that holds
// anything, and a trail writes within minutes. The deletion fails then, the trail is gone already, and whoever empties the
// bucket, old versions too, can delete the stack once more.
func NewTrail(scope constructs.Construct, id string, at place.Place, keep bool) {
	scope = constructs.NewConstruct(scope, jsii.String(id))
	bucket := newTrailBucket(scope, keep)
	policy := awss3.NewCfnBucketPolicy(scope, jsii.String("Policy"), &awss3.CfnBucketPolicyProps{
		Bucket: bucket.Ref(),
		PolicyDocument: map[string]any(
			access.TrailBucket(at, *bucket.AttrArn(), names.Trail)),
	})
	if keep { // without it, whoever may delete objects could take the record away
		policy.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	}
	trail := awscloudtrail.NewCfnTrail(scope, jsii.String("Trail"), &awscloudtrail.CfnTrailProps{
		TrailName:                  jsii.String(names.Trail),
		S3BucketName:               bucket.Ref(),
		IsLogging:                  jsii.Bool(true),
		IsMultiRegionTrail:         jsii.Bool(true),
		IncludeGlobalServiceEvents: jsii.Bool(true),
		EnableLogFileValidation:    jsii.Bool(true),
		// All and not WriteOnly: AssumeRole is a read-only event. No data events: they cost, and no alert needs them.
		EventSelectors: []any{&awscloudtrail.CfnTrail_EventSelectorProperty{
			ReadWriteType: jsii.String("All"), IncludeManagementEvents: jsii.Bool(true),
		}},
	})
	// CloudTrail tests the bucket when it creates the trail, and nothing else in the template sets the order.
	trail.AddResourceDependency(policy, nil)
}

func newTrailBucket(scope constructs.Construct, keep bool) awss3.CfnBucket {
	bucket := awss3.NewCfnBucket(scope, jsii.String("Bucket"), &awss3.CfnBucketProps{
		// S3's own key and not one of KMS: a key could be disabled, and costs 1 USD a month.
		BucketEncryption: &awss3.CfnBucket_BucketEncryptionProperty{
			ServerSideEncryptionConfiguration: []any{&awss3.CfnBucket_ServerSideEncryptionRuleProperty{
				ServerSideEncryptionByDefault: &awss3.CfnBucket_ServerSideEncryptionByDefaultProperty{
					SseAlgorithm: jsii.String("AES256"),
				},
			}},
		},
		VersioningConfiguration: &awss3.CfnBucket_VersioningConfigurationProperty{Status: jsii.String("Enabled")},
		PublicAccessBlockConfiguration: &awss3.CfnBucket_PublicAccessBlockConfigurationProperty{
			BlockPublicAcls: jsii.Bool(true), BlockPublicPolicy: jsii.Bool(true),
			IgnorePublicAcls: jsii.Bool(true), RestrictPublicBuckets: jsii.Bool(true),
		},
		OwnershipControls: &awss3.CfnBucket_OwnershipControlsProperty{
			Rules: []any{&awss3.CfnBucket_OwnershipControlsRuleProperty{ObjectOwnership: jsii.String("BucketOwnerEnforced")}},
		},
		LifecycleConfiguration: &awss3.CfnBucket_LifecycleConfigurationProperty{Rules: []any{trailLifecycle()}},
	})
	if keep {
		// But not by a stack that could not be made.
		bucket.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE, nil)
	}
	return bucket
}

// trailLifecycle returns the bucket's lifecycle rules. S3 does not move files below 128 KB (S3 user guide, transition
// constraints): the cheaper storage counts each as 128 KB at least, and would cost more for them.
func trailLifecycle() *awss3.CfnBucket_RuleProperty {
	return &awss3.CfnBucket_RuleProperty{
		Id: jsii.String("TenYears"), Status: jsii.String("Enabled"),
		Transitions: []any{&awss3.CfnBucket_TransitionProperty{
			StorageClass: jsii.String("GLACIER_IR"), TransitionInDays: jsii.Number(trailColdDays),
		}},
		ExpirationInDays: jsii.Number(trailDays),
		NoncurrentVersionExpiration: &awss3.CfnBucket_NoncurrentVersionExpirationProperty{
			NoncurrentDays: jsii.Number(trailUndoDays),
		},
		AbortIncompleteMultipartUpload: &awss3.CfnBucket_AbortIncompleteMultipartUploadProperty{
			DaysAfterInitiation: jsii.Number(trailUploadDays),
		},
	}
}
