package check

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"example.com/breakglass/access"
	"example.com/breakglass/config"
	"example.com/breakglass/internal/whole"
	"example.com/breakglass/names"
	"example.com/breakglass/place"
)

type bootstrapAPI interface {
	policyAPI
	ListRoles(context.Context, *iam.ListRolesInput, ...func(*iam.Options)) (*iam.ListRolesOutput, error)
	ListAttachedRolePolicies(context.Context, *iam.ListAttachedRolePoliciesInput, ...func(*iam.Options)) (*iam.ListAttachedRolePoliciesOutput, error)
	ListRolePolicies(context.Context, *iam.ListRolePoliciesInput, ...func(*iam.Options)) (*iam.ListRolePoliciesOutput, error)
}

// bootstrap checks what the hub account can have CloudFormation make in a target account that trusts it to deploy there: the policy
// that confines it, the role that has the policy, and who may start a deployment. It finds nothing where no account trusts the hub.
func (s *scene) bootstrap(ctx context.Context, api bootstrapAPI, account string) *result {
	r := of("bootstrap")
	want, confined := s.plan.Execution(account)
	if s.config.Deploy.Access != config.AccessBootstrap || !confined {
		return r
	}
	at := s.config.HubPlace().Of(account)
	r.ask(func(r *result) bool { s.executionPolicy(ctx, api, r, at, want); return true }, func(r *result) { s.bootstrapRoles(ctx, api, r, at) })
	if r.well() {
		r.fine(account, "only the hub account is trusted to deploy, and CloudFormation may make nothing but what breakglass.yaml names")
	}
	return r
}

// executionPolicy compares what CloudFormation may do in a target account with the plan's.
func (s *scene) executionPolicy(ctx context.Context, api policyAPI, r *result, at place.Place, want access.Document) {
	what, arn := "policy "+names.ExecutionPolicy, at.Policy(names.ExecutionPolicy)
	out, err := api.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: aws.String(arn)})
	if missing(err) {
		r.problem(at.Account, what+" is missing: it is to confine what CloudFormation makes for the hub account", confine)
		return
	}
	if err != nil {
		r.unanswered(at.Account, what, err)
		return
	}
	version, err := api.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: aws.String(arn), VersionId: out.Policy.DefaultVersionId})
	if err != nil {
		r.unanswered(at.Account, what, err)
		return
	}
	if d := samePolicy(aws.ToString(version.PolicyVersion.Document), want); d != "" {
		r.problem(at.Account, placeholders(what+" differs from what execution-policy writes: "+d, at.Account), confine)
	}
}

// bootstrapped are the two roles of a bootstrap that decide what can be deployed there; either may be nil.
type bootstrapped struct {
	deploy, execution *types.Role
}

// ofBootstrap matches the names of these roles: their qualifier, kind, account and Region.
var ofBootstrap = regexp.MustCompile(`^(cdk-.+-)(` + access.DeployRole + `|` + access.ExecutionRole + `)(-role-\d{12}-[a-z0-9-]+)$`)

// bootstrapRoles checks the roles of every bootstrap of a target account: those that the plan deploys with, and others that let the hub
// account in.
func (s *scene) bootstrapRoles(ctx context.Context, api bootstrapAPI, r *result, at place.Place) {
	roles, err := whole.Pages(ctx, iam.NewListRolesPaginator(api, &iam.ListRolesInput{}), func(page *iam.ListRolesOutput) []types.Role { return page.Roles })
	if err != nil {
		r.unanswered(at.Account, "what CloudFormation may make for the hub account", err)
		return
	}
	// Both by the name of the one that deploys.
	all := map[string]*bootstrapped{}
	for i, role := range roles {
		m := ofBootstrap.FindStringSubmatch(aws.ToString(role.RoleName))
		if m == nil {
			continue
		}
		name := m[1] + access.DeployRole + m[3]
		if all[name] == nil {
			all[name] = &bootstrapped{}
		}
		if m[2] == access.DeployRole {
			all[name].deploy = &roles[i]
		} else {
			all[name].execution = &roles[i]
		}
	}
	var questions []func() *result
	for _, region := range s.plan.TargetRegions(at.Account) {
		in := at.In(region)
		one := all[bootstrapName(in, access.DeployRole)]
		delete(all, bootstrapName(in, access.DeployRole))
		questions = append(questions, func() *result { return s.bootstrapOf(ctx, api, in, one) })
	}
	for _, name := range sorted(all) {
		if one := all[name]; one.deploy != nil {
			questions = append(questions, func() *result { return s.otherBootstrap(ctx, api, at, *one) })
		}
	}
	r.add(each(questions, callsAtOnce, func(ask func() *result) *result { return ask() })...)
}

// bootstrapName returns the name of a role of the CDK's bootstrap.
func bootstrapName(at place.Place, kind string) string {
	arn := access.BootstrapRole(at, kind)
	return arn[strings.LastIndex(arn, "/")+1:]
}

// bootstrapOf checks the bootstrap of a Region that the plan deploys to; it has no roles where there is none.
func (s *scene) bootstrapOf(ctx context.Context, api bootstrapAPI, at place.Place, have *bootstrapped) *result {
	r := of("bootstrap")
	if have == nil || have.deploy == nil || have.execution == nil {
		r.warning(at.Account, "not bootstrapped in "+at.Region+": the hub account can deploy nothing there", rebootstrap)
		return r
	}
	r.ask(func(r *result) bool { s.execution(ctx, api, r, at, *have.execution); return true }, func(r *result) { s.deploying(ctx, api, r, at, *have.deploy) })
	return r
}

// execution checks the role that CloudFormation acts as.
func (s *scene) execution(ctx context.Context, api bootstrapAPI, r *result, at place.Place, role types.Role) {
	what, name := roleOf(at, role)
	if others := otherwise(role, func(p principal) bool { return p.kind == "Service" && p.who == "cloudformation.amazonaws.com" }); len(others) > 0 {
		r.problem(at.Account, what+" can be assumed by "+strings.Join(others, ", ")+": only CloudFormation is to act as it",
			trustAgain(at, name, access.ExecutionTrust()))
	}
	attached, inline, ok := policiesOf(ctx, api, r, at, role)
	if !ok {
		return
	}
	only := at.Policy(names.ExecutionPolicy)
	others := slices.DeleteFunc(slices.Clone(attached), func(arn string) bool { return arn == only })
	switch lacks := !slices.Contains(attached, only); {
	case lacks && len(others) > 0:
		r.problem(at.Account, what+" has "+shorts(at,
			others)+" in place of "+names.ExecutionPolicy+": whoever in the hub account may call sts:AssumeRole can have CloudFormation do all of that",
			rebootstrap+", then check again")
	case lacks:
		r.warning(at.Account, what+" lacks the policy "+names.ExecutionPolicy+": nothing can be deployed with it",
			rebootstrap+", and if that finds nothing to change: "+awsCLI("iam", "attach-role-policy", "--role-name", name, "--policy-arn",
				placeholders(only, at.Account)))
	case len(others) > 0:
		r.problem(at.Account, what+" has more than the policy "+names.ExecutionPolicy+": "+shorts(at, others),
			"find out who attached it, then: "+detach(at, name, others))
	}
	extra(r, at, what, name, inline)
}

// deploying checks the role that starts deployments.
func (s *scene) deploying(ctx context.Context, api bootstrapAPI, r *result, at place.Place, role types.Role) {
	what, name := roleOf(at, role)
	hub := false
	others := otherwise(role, func(p principal) bool {
		hub = hub || p.of(s.account())
		return p.of(s.account()) || p.of(at.Account)
	})
	again := rebootstrap + ", then: " + trustAgain(at, name, access.DeployTrust(at, s.account()))
	switch {
	case len(others) > 0:
		r.problem(at.Account, what+" can be assumed by "+placeholders(strings.Join(others, ", "), at.Account)+": only the hub account is to deploy from elsewhere",
			"find out who let them in, then: "+again)
	case !hub:
		r.warning(at.Account, what+" can't be assumed from the hub account: nothing can be deployed from there", again)
	}
	attached, inline, ok := policiesOf(ctx, api, r, at, role)
	if !ok {
		return
	}
	// What the CDK's bootstrap gives it: this, in its later versions, and an inline policy.
	if others := slices.DeleteFunc(attached, func(arn string) bool { return arn == at.AWSPolicy("AWSCloudFormationReadOnlyAccess") }); len(others) > 0 {
		r.problem(at.Account, what+" has policies that the CDK's bootstrap does not give it: "+shorts(at, others),
			"find out who attached them, then: "+detach(at, name, others))
	}
	extra(r, at, what, name, slices.DeleteFunc(inline, func(policy string) bool { return policy == "default" }))
}

// otherBootstrap checks a bootstrap that the plan does not deploy with: another Region's, or one with another qualifier. It is a way in if it
// trusts the hub account.
func (s *scene) otherBootstrap(ctx context.Context, api bootstrapAPI, at place.Place, have bootstrapped) *result {
	r := of("bootstrap")
	hub := false
	otherwise(*have.deploy, func(p principal) bool {
		hub = hub || p.of(s.account()) || p.anybody()
		return true
	})
	if !hub {
		return r
	}
	what, name := roleOf(at, *have.deploy)
	fix := "let nobody in from there: " + trustAgain(at, name,
		access.DeployTrust(at, at.Account)) + ", and bootstrap with --untrust " + s.account() + " the next time"
	if have.execution == nil {
		r.warning(at.Account, what+" trusts the hub account, which deploys nothing of breakglass.yaml with it", fix)
		return r
	}
	attached, inline, ok := policiesOf(ctx, api, r, at, *have.execution)
	if !ok {
		return r
	}
	others := slices.DeleteFunc(attached, func(arn string) bool { return arn == at.Policy(names.ExecutionPolicy) })
	if len(others)+len(inline) == 0 {
		r.warning(at.Account, what+" trusts the hub account, which deploys nothing of breakglass.yaml with it", fix)
		return r
	}
	r.problem(at.Account,
		what+" trusts the hub account, which deploys nothing of breakglass.yaml with it, and has CloudFormation do what is in "+shorts(at, append(others, inline...)),
		fix)
	return r
}

// storedRoles looks for stacks that the role which starts deployments may change, and that CloudFormation changes with another role than the
// one that is confined: it uses the role that a stack has stored for whoever may change the stack (CloudFormation user guide, service role).
func (s *scene) storedRoles(ctx context.Context, api stacksAPI, account, region string) *result {
	r := of("bootstrap")
	if _, confined := s.plan.Execution(account); s.config.Deploy.Access != config.AccessBootstrap || !confined {
		return r
	}
	seen, err := listStacks(ctx, api, "")
	if err != nil {
		r.unanswered(account, "the stacks of others in "+region, err)
		return r
	}
	only := access.BootstrapRole(s.config.HubPlace().Of(account).In(region), access.ExecutionRole)
	for _, name := range sorted(seen) {
		if role := aws.ToString(seen[name].RoleARN); role != "" && role != only {
			r.problem(account, "stack "+name+" in "+region+" has the service role "+placeholders(role[strings.Index(role, "/")+1:], account)+
				": whoever in the hub account may call sts:AssumeRole can have CloudFormation change the stack with it",
				"do not trust the hub account there: have the account in an organizational unit, or deploy with its own credentials")
		}
	}
	return r
}

// roleOf returns a role in the words of a finding, and its name, both with a placeholder for the account.
func roleOf(at place.Place, role types.Role) (what, name string) {
	name = placeholders(aws.ToString(role.RoleName), at.Account)
	return "role " + name, name
}

// policiesOf returns the ARNs of the managed policies of a role, and the names of its inline policies.
func policiesOf(ctx context.Context, api bootstrapAPI, r *result, at place.Place, role types.Role) (attached, inline []string, ok bool) {
	managed, err := whole.Pages(ctx, iam.NewListAttachedRolePoliciesPaginator(api, &iam.ListAttachedRolePoliciesInput{RoleName: role.RoleName}),
		func(page *iam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err == nil {
		inline, err = whole.Pages(ctx, iam.NewListRolePoliciesPaginator(api, &iam.ListRolePoliciesInput{RoleName: role.RoleName}),
			func(page *iam.ListRolePoliciesOutput) []string { return page.PolicyNames })
	}
	if err != nil {
		r.unanswered(at.Account, "the permissions of role "+aws.ToString(role.RoleName), err)
		return nil, nil, false
	}
	return arns(managed), inline, true
}

// extra reports inline policies that the CDK's bootstrap does not give a role.
func extra(r *result, at place.Place, what, name string, inline []string) {
	if len(inline) == 0 {
		return
	}
	var remove []string
	for _, policy := range inline {
		remove = append(remove, awsCLI("iam", "delete-role-policy", "--role-name", name, "--policy-name", policy))
	}
	r.problem(at.Account, what+" has inline policies that the CDK's bootstrap does not give it: "+strings.Join(inline, ", "),
		"find out who added them, then: "+strings.Join(remove, "; "))
}

// detach returns the commands that detach policies from a role.
func detach(at place.Place, role string, policies []string) string {
	var commands []string
	for _, arn := range policies {
		commands = append(commands, awsCLI("iam", "detach-role-policy", "--role-name", role, "--policy-arn", placeholders(arn, at.Account)))
	}
	return strings.Join(commands, "; ")
}

// trustAgain returns the command that sets a role's trust policy.
func trustAgain(at place.Place, role string, trust access.Document) string {
	return awsCLI("iam", "update-assume-role-policy", "--role-name", role, "--policy-document", placeholders(text(trust), at.Account))
}

// shorts returns policies as the file would name them, with a placeholder for the account.
func shorts(at place.Place, arns []string) string {
	var all []string
	for _, arn := range arns {
		all = append(all, short(arn))
	}
	return placeholders(strings.Join(all, ", "), at.Account)
}

// principal is whom a trust policy lets in: the kind is AWS, Service, Federated, or empty for anybody.
type principal struct{ kind, who string }

// of reports whether it is of an account: the whole, or an identity there.
func (p principal) of(account string) bool { return p.kind == "AWS" && accountOf(p.who) == account }

func (p principal) anybody() bool { return p.kind == "" || p.who == "*" }

// otherwise returns those whom a role's trust policy lets in besides who may, in the words of a finding. What a condition asks of them
// counts for nothing.
func otherwise(role types.Role, may func(principal) bool) []string {
	all, err := statements(aws.ToString(role.AssumeRolePolicyDocument))
	if err != nil {
		return []string{"an unknown principal, since its trust policy can't be parsed: " + err.Error()}
	}
	var others []string
	add := func(p principal, words string) {
		if !may(p) {
			others = union(others, []string{words})
		}
	}
	for _, statement := range all {
		if statement["Effect"] != "Allow" {
			continue
		}
		by, named := statement["Principal"].(map[string]any)
		if !named {
			add(principal{}, "anybody")
			continue
		}
		for _, kind := range sorted(by) {
			list, many := by[kind].([]any)
			if !many {
				list = []any{by[kind]}
			}
			for _, one := range list {
				who := fmt.Sprint(one)
				add(principal{kind, who}, who)
			}
		}
	}
	return others
}
