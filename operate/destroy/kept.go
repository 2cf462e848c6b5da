package destroy

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cfntypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/breakglass/internal/whole"
)

// Resource is a key or bucket of a stack. CloudFormation generates their names, so they have to be read before the stack is
// deleted.
type Resource struct {
	Kind, Name, Account, Region string
}

// resourceKinds are words for the types of the resources that outlive their stack.
var resourceKinds = map[string]string{"AWS::KMS::Key": "key", "AWS::S3::Bucket": "bucket"}

// resources finds the keys and buckets of a stack. If that fails, the report at the end is shorter, with no other effect.
func resources(ctx context.Context, client *cloudformation.Client, s Stack) (found []Resource) {
	outlives := s.Kind.Info().Outlives
	if len(outlives) == 0 {
		return nil
	}
	// DescribeStackResources would end after the first hundred.
	all, _ := whole.Pages(ctx, cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: aws.String(s.ID)}),
		func(page *cloudformation.ListStackResourcesOutput) []cfntypes.StackResourceSummary {
			return page.StackResourceSummaries
		})
	for _, resource := range all {
		if kind := aws.ToString(resource.ResourceType); slices.Contains(outlives, kind) {
			found = append(found, Resource{resourceKinds[kind], aws.ToString(resource.PhysicalResourceId), s.Account, s.Region})
		}
	}
	return found
}

// Afterwards returns what the deleted stacks leave behind by design: keys that wait for their deletion, as notes, and buckets
// that are kept.
func (r *Removal) Afterwards(ctx context.Context) (kept []Remain, notes []string) {
	for _, left := range r.outlived {
		switch left.Kind {
		case "bucket":
			if !r.Plan.Config.TerminationProtection {
				continue // it went with its stack
			}
			kept = append(kept, Remain{
				Kind: "bucket of the trail", Name: left.Name, Account: left.Account, Region: left.Region, Kept: true,
				Remove: "aws s3api delete-bucket-policy --bucket " + left.Name + flags(left.Region, r.profile(left.Account)) +
					"; empty it in the S3 console, with its old versions; then aws s3 rb s3://" + left.Name + flags(left.Region, r.profile(left.Account)),
			})
		case "key":
			cfg, err := r.Keys.In(ctx, left.Account, left.Region)
			if err != nil {
				continue
			}
			out, err := kms.NewFromConfig(cfg).DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(left.Name)})
			if err != nil || out.KeyMetadata == nil || out.KeyMetadata.KeyState != types.KeyStatePendingDeletion {
				continue
			}
			when := ""
			if date := out.KeyMetadata.DeletionDate; date != nil {
				when = " on " + date.UTC().Format("2006-01-02")
			}
			notes = append(notes, fmt.Sprintf("key %s in %s is deleted%s; to keep it: aws kms cancel-key-deletion --key-id %[1]s%[4]s", left.Name, left.Region, when,
				flags(left.Region, r.profile(left.Account))))
		}
	}
	return kept, notes
}
