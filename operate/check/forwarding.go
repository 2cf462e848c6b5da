package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"example.com/breakglass/access"
	"example.com/breakglass/names"
)

type forwardingAPI interface {
	policyAPI
	rolesAPI
}

// forwardTrust is the trust of the forwarding role, which the CDK spells out.
var forwardTrust = access.Document{"Statement": []any{map[string]any{
	"Sid": "EventBridge", "Effect": "Allow", "Principal": map[string]any{"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole",
}}}

// forwarding checks the roles that carry the events and the heartbeats.
func (s *scene) forwarding(ctx context.Context, api forwardingAPI) *result {
	r := of("forwarding")
	var buses []string
	for _, hub := range s.config.HubRegions() {
		buses = append(buses, s.in(hub).Bus())
	}
	by := maker{place: s.config.HubPlace(), stack: s.ownStack()}
	carriers := []carrier{{role: names.ForwardRole, policy: names.ForwardPolicy, trust: forwardTrust, rights: access.Forward(buses)}}
	if s.config.Monitoring.Heartbeats {
		carriers = append(carriers, carrier{
			role: names.HeartbeatRole, policy: names.HeartbeatPolicy,
			trust: access.HeartbeatTrust(s.config.HubPlace()), rights: access.Heartbeat(s.config.HubPlace(), s.plan.CanaryOf()),
		})
	}
	r.add(each(carriers, len(carriers), func(c carrier) *result { return s.carrier(ctx, api, by, c) })...)
	if r.well() {
		r.fine("", fmt.Sprintf("%d roles match breakglass.yaml, with their trust and policies", len(carriers)))
	}
	return r
}

// carrier is a role that carries events, with its one policy: a managed one or, where inline, one of its own.
type carrier struct {
	role, policy  string
	trust, rights access.Document
	inline        bool
	// boundary is the ARN of its permissions boundary; empty for none.
	boundary string
}

func (s *scene) carrier(ctx context.Context, api forwardingAPI, by maker, want carrier) *result {
	r, role := of("forwarding"), want.role
	r.ask(func(r *result) bool {
		out, err := api.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(role)})
		switch {
		case missing(err):
			r.drifted(Problem, by.where, by.stack, "role "+role+" is missing")
			return false
		case err != nil:
			r.unanswered(by.where, "role "+role, err)
			return true
		}
		if got, wants := aws.ToString(out.Role.Arn), by.place.Role(role); got != wants {
			r.remade(by.where, by.stack, otherARN("role "+role, got, wants)+": the rules and schedules name the latter")
		}
		if d := samePolicy(aws.ToString(out.Role.AssumeRolePolicyDocument), want.trust); d != "" {
			r.drifted(Problem, by.where, by.stack, "role "+role+" has a different trust policy: "+d)
		}
		boundary := ""
		if b := out.Role.PermissionsBoundary; b != nil {
			boundary = aws.ToString(b.PermissionsBoundaryArn)
		}
		switch {
		case boundary == want.boundary:
		case boundary == "":
			r.drifted(Problem, by.where, by.stack, "role "+role+" lacks the permissions boundary "+want.boundary)
		default:
			r.drifted(Problem, by.where, by.stack, "role "+role+" has the permissions boundary "+boundary+", which is not in breakglass.yaml")
		}
		return true
	}, func(r *result) {
		have, err := attachedTo(ctx, api, role)
		if err != nil {
			r.unanswered(by.where, "the permissions of role "+role, err)
			return
		}
		var managed []string
		if !want.inline {
			managed = []string{by.place.Policy(want.policy)}
		}
		attached(r, by.where, by.stack, "role "+role, have, managed)
	}, func(r *result) {
		inline, err := inlineIn(ctx, api, role)
		if err != nil {
			r.unanswered(by.where, "the permissions of role "+role, err)
			return
		}
		if others := slices.DeleteFunc(inline, func(name string) bool { return want.inline && name == want.policy }); len(others) > 0 {
			var remove []string
			for _, name := range others {
				remove = append(remove, awsCLI("iam", "delete-role-policy", "--role-name", role, "--policy-name", name))
			}
			r.warning(by.where, "role "+role+" has inline policies that are not in breakglass.yaml: "+strings.Join(others, ", "), strings.Join(remove, "; "))
		}
	}, func(r *result) {
		if want.inline {
			s.inlineOf(ctx, api, r, by, want)
		} else {
			s.policyIn(ctx, api, r, by, want.policy, want.rights)
		}
	})
	return r
}

// inlineOf compares a carrier's own policy.
func (s *scene) inlineOf(ctx context.Context, api forwardingAPI, r *result, by maker, want carrier) {
	out, err := api.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(want.role), PolicyName: aws.String(want.policy)})
	switch {
	case missing(err):
		r.drifted(Problem, by.where, by.stack, "role "+want.role+" lacks its policy "+want.policy)
	case err != nil:
		r.unanswered(by.where, "the permissions of role "+want.role, err)
	default:
		if d := samePolicy(aws.ToString(out.PolicyDocument), want.rights); d != "" {
			r.drifted(Problem, by.where, by.stack, "policy "+want.policy+" of role "+want.role+" differs: "+d)
		}
	}
}
