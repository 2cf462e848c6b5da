package destroy

import (
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// Bucket returns the bucket in which the pipeline keeps its templates, in the Region of a stack; it is empty where the stack has none.
func Bucket(at plan.Placement) string {
	if !at.Kind.Info().Bucket {
		return ""
	}
	return names.PipelineBucket + at.Account + "-" + at.Region
}

// EmptyBucket returns the command that empties a stack's bucket: CloudFormation deletes none that holds anything. profile is the
// AWS CLI's for the account; empty means none.
func EmptyBucket(at plan.Placement, profile string) string {
	return "aws s3 rm s3://" + Bucket(at) + " --recursive" + flags(at.Region, profile)
}
