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
	by := maker{account: s.account(), stack: s.stackOf(s.config.Hub.Region, plan.Hub)}
	s.carrier(ctx, api, r, by, carrier{names.ForwardRole, names.ForwardPolicy, forwardTrust, access.Forward(buses)})
	carriers := 1
	if s.config.Monitoring.Heartbeats {
		carriers++
		s.carrier(ctx, api, r, by, carrier{
			names.HeartbeatRole, names.HeartbeatPolicy, access.HeartbeatTrust(config.Partition, s.account()), access.Heartbeat(config.Partition, s.account()),
		})
	}
	if r.well() {
		r.fine("", fmt.Sprintf("%d roles, their trust and policies as the file has them", carriers))
	}
	return r
}

// carrier is a role that carries events, with its one policy.
type carrier struct {
	role, policy  string
	trust, rights access.Document
}

func (s *scene) carrier(ctx context.Context, api forwardingAPI, r *result, by maker, want carrier) {
	role := want.role
	out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(role)})
	switch {
	case missing(err):
		r.drifted(Problem, by.where, by.stack, "the role "+role+" is missing")
		return
	case err != nil:
		r.unanswered(by.where, "the role "+role, err)
	default:
		if d := samePolicy(aws.ToString(out.Role.AssumeRolePolicyDocument), want.trust); d != "" {
			r.drifted(Problem, by.where, by.stack, "the role "+role+" trusts others than the file has it: "+d)
		}
		if b := out.Role.PermissionsBoundary; b != nil {
			r.drifted(Problem, by.where, by.stack, "the role "+role+" is bounded by "+aws.ToString(b.PermissionsBoundaryArn)+", which is not the file's")
		}
	}
	if out, err := api.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(role)}); err != nil {
		r.unanswered(by.where, "what the role "+role+" may do", err)
	} else {
		var have []string
		for _, p := range out.AttachedPolicies {
			have = append(have, aws.ToString(p.PolicyArn))
		}
		attached(r, by.where, by.stack, "the role "+role, have, []string{by.policyARN(want.policy)})
	}
	if out, err := api.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: aws.String(role)}); err != nil {
		r.unanswered(by.where, "what the role "+role+" may do", err)
	} else if len(out.PolicyNames) > 0 {
		r.warning(by.where, "the role "+role+" has inline policies that are not the file's: "+strings.Join(out.PolicyNames, ", "), "aws iam delete-role-policy --role-name "+role+" --policy-name NAME")
	}
	s.policyIn(ctx, api, r, by, want.policy, want.rights)
}
