package check

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

type keyAPI interface {
	DescribeKey(context.Context, *kms.DescribeKeyInput, ...func(*kms.Options)) (*kms.DescribeKeyOutput, error)
	GetKeyRotationStatus(context.Context, *kms.GetKeyRotationStatusInput, ...func(*kms.Options)) (*kms.GetKeyRotationStatusOutput, error)
	GetKeyPolicy(context.Context, *kms.GetKeyPolicyInput, ...func(*kms.Options)) (*kms.GetKeyPolicyOutput, error)
}

// key checks the key of a hub's topic, and returns its ID; empty if unknown.
func (s *scene) key(ctx context.Context, api keyAPI, region string) (r *result, id string) {
	r = of("key")
	stack := s.hubStack(region)
	out, err := api.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(names.KeyAlias)})
	var gone *types.NotFoundException
	switch {
	case errors.As(err, &gone):
		r.drifted(Problem, region, stack, names.KeyAlias+" is missing: rules that name the key can't be compared")
		return r, ""
	case err != nil:
		r.unanswered(region, "the topic's key", err)
		return r, ""
	}
	id = aws.ToString(out.KeyMetadata.KeyId)
	switch state := out.KeyMetadata.KeyState; state {
	case types.KeyStateEnabled:
	case types.KeyStatePendingDeletion:
		when := "soon"
		if at := out.KeyMetadata.DeletionDate; at != nil {
			when = "on " + at.UTC().Format("2006-01-02")
		}
		r.problem(region, fmt.Sprintf("the topic's key %s will be deleted %s; until then, too, the topic delivers nothing", id, when),
			inRegion("kms", "cancel-key-deletion", "--key-id", id)+"; "+inRegion("kms", "enable-key", "--key-id", id))
	default:
		r.problem(region, fmt.Sprintf("the topic's key %s is in state %s: the topic delivers nothing", id, state), inRegion("kms", "enable-key", "--key-id", id))
	}
	enabled := out.KeyMetadata.KeyState == types.KeyStateEnabled
	r.ask(func(r *result) bool {
		if !enabled {
			return true // KMS refuses the question for a key that is to be deleted
		}
		rotation, err := api.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: aws.String(id)})
		if err != nil {
			r.unanswered(region, "whether the topic's key rotates", err)
		} else if !rotation.KeyRotationEnabled {
			r.warning(region, "the topic's key is not rotated", inRegion("kms", "enable-key-rotation", "--key-id", id))
		}
		return true
	}, func(r *result) {
		policy, err := api.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: aws.String(id), PolicyName: aws.String("default")})
		if err != nil {
			r.unanswered(region, "the policy of the topic's key", err)
		} else if d := samePolicy(aws.ToString(policy.Policy), access.Key(s.in(region))); d != "" {
			r.drifted(Problem, region, stack, "the policy of the topic's key differs: "+d)
		}
	})
	if r.well() {
		r.fine(region, "enabled and rotated; its policy matches breakglass.yaml")
	}
	return r, id
}
