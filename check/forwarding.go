package check

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

type forwardingAPI interface {
	policyAPI
	GetRole(context.Context, *iam.GetRoleInput, ...func(*iam.Options)) (*iam.GetRoleOutput, error)
	ListAttachedRolePolicies(context.Context, *iam.ListAttachedRolePoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
}

// forwardTrust is the trust of the forwarding role, which the CDK spells out.
var forwardTrust = access.Document{"Statement": []any{map[string]any{
	"Sid": "EventBridge", "Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole",
}}}

// forwarding looks at the roles that carry the events and the heartbeats.
func (s *scene) forwarding(ctx context.Context, api forwardingAPI) *result {
	r := of("forwarding")
	var buses []string
	for _, hub := range s.config.HubRegions() {
		buses = append(buses, s.arn("events", hub, "event-bus/default"))
	}
	s.carrier(ctx, api, r, names.ForwardRole, names.ForwardPolicy, forwardTrust, access.Forward(buses))
	carriers := 1
	if s.config.Monitoring.Heartbeats {
		carriers++
		s.carrier(ctx, api, r, names.HeartbeatRole, names.HeartbeatPolicy,
			access.HeartbeatTrust(config.Partition, s.account()), access.Heartbeat(config.Partition, s.account()))
	}
	if r.well() {
		r.fine("", fmt.Sprintf("%d roles, their trust and policies as the file has them", carriers))
	}
	return r
}

func (s *scene) carrier(ctx context.Context, api forwardingAPI, r *result, role, policy string, trust, rights access.Document) {
	stack := s.stackOf(s.config.Hub.Region, plan.Hub)
	out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(role)})
	switch {
	case missing(err):
		r.drifted(Problem, "", stack, "the role "+role+" is missing")
		return
	case err != nil:
		r.unanswered("", "the role "+role, err)
	default:
		if d := samePolicy(aws.ToString(out.Role.AssumeRolePolicyDocument), trust); d != "" {
			r.drifted(Problem, "", stack, "the role "+role+" trusts others than the file has it: "+d)
		}
		if b := out.Role.PermissionsBoundary; b != nil {
			r.drifted(Problem, "", stack, "the role "+role+" is bounded by "+aws.ToString(b.PermissionsBoundaryArn)+", which is not the file's")
		}
	}
	if out, err := api.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(role)}); err != nil {
		r.unanswered("", "what the role "+role+" may do", err)
	} else {
		var have []string
		for _, p := range out.AttachedPolicies {
			have = append(have, aws.ToString(p.PolicyArn))
		}
		attached(r, "", stack, "the role "+role, have, []string{s.policyARN(policy)})
	}
	if out, err := api.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: aws.String(role)}); err != nil {
		r.unanswered("", "what the role "+role+" may do", err)
	} else if len(out.PolicyNames) > 0 {
		r.warning("", "the role "+role+" has inline policies that are not the file's: "+strings.Join(out.PolicyNames, ", "), "aws iam delete-role-policy --role-name "+role+" --policy-name NAME")
	}
	s.policy(ctx, api, r, policy, rights)
}
