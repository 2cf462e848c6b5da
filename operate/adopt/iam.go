package adopt

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/dustin/go-humanize/english"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/whole"
)

// sessionByDefault is the default length of a role's session in seconds (IAM API, CreateRole).
const sessionByDefault = 3600

// policy is a customer managed one.
type policy struct{ arn, path, version string }

func lookGroup(ctx context.Context, v *view, id string) error {
	client, name := iam.NewFromConfig(v.config), v.template.text(id, "GroupName")
	if _, err := client.GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String(name)}); missing(err) {
		return nil
	} else if err != nil {
		return v.explain(err, "the group "+name)
	}
	attached, err := whole.Pages(ctx, iam.NewListAttachedGroupPoliciesPaginator(client, &iam.ListAttachedGroupPoliciesInput{GroupName: aws.String(name)}),
		func(page *iam.ListAttachedGroupPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		return v.explain(err, "the policies of the group "+name)
	}
	v.add(id, name, map[string]string{"GroupName": name}, map[string]any{"ManagedPolicyArns": v.kept(id, "ManagedPolicyArns", arns(attached))})
	return nil
}

func lookUser(ctx context.Context, v *view, id string) error {
	client, name := iam.NewFromConfig(v.config), v.template.text(id, "UserName")
	out, err := client.GetUser(ctx, &iam.GetUserInput{UserName: aws.String(name)})
	if missing(err) {
		return nil
	}
	if err != nil {
		return v.explain(err, "the user "+name)
	}
	if path := aws.ToString(out.User.Path); path != "/" && path != "" {
		v.trouble("move it: aws iam update-user --user-name "+name+" --new-path /"+ofItsAccount,
			"the user %s has the path %s, but the roles trust the user without a path", name, path)
	}
	devices, err := whole.Pages(ctx, iam.NewListMFADevicesPaginator(client, &iam.ListMFADevicesInput{UserName: aws.String(name)}),
		func(page *iam.ListMFADevicesOutput) []types.MFADevice { return page.MFADevices })
	if err != nil {
		return v.explain(err, "the MFA devices of "+name)
	}
	if len(devices) == 0 {
		v.trouble("register a device before you deploy the hub (docs/credentials.md, \"Person two: the MFA device\")",
			"the user %s has no MFA device, and will have no permissions without one once the hub is deployed", name)
	}
	keys, err := whole.Pages(ctx, iam.NewListAccessKeysPaginator(client, &iam.ListAccessKeysInput{UserName: aws.String(name)}),
		func(page *iam.ListAccessKeysOutput) []types.AccessKeyMetadata { return page.AccessKeyMetadata })
	if err != nil {
		return v.explain(err, "the access keys of "+name)
	}
	if n := len(keys); n > 0 {
		v.note("the user %s has %s; once the hub is deployed, there are no permissions without MFA", name, english.Plural(n, "access key", ""))
	}
	v.add(id, name, map[string]string{"UserName": name}, nil)
	return v.ofUser(ctx, client, name)
}

// ofUser records the policies on the user itself.
func (v *view) ofUser(ctx context.Context, client *iam.Client, name string) error {
	const why = "the group grants the same; a policy on a user violates CIS 1.14"
	attached, err := whole.Pages(ctx, iam.NewListAttachedUserPoliciesPaginator(client, &iam.ListAttachedUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListAttachedUserPoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		return v.explain(err, "the policies of "+name)
	}
	for _, arn := range arns(attached) {
		v.byHand("policy "+arn+" on the user "+name, why, "", fmt.Sprintf("aws iam detach-user-policy --user-name %s --policy-arn %s", name, arn))
	}
	inline, err := whole.Pages(ctx, iam.NewListUserPoliciesPaginator(client, &iam.ListUserPoliciesInput{UserName: aws.String(name)}),
		func(page *iam.ListUserPoliciesOutput) []string { return page.PolicyNames })
	if err != nil {
		return v.explain(err, "the policies of "+name)
	}
	for _, p := range inline {
		v.byHand("inline policy "+p+" of the user "+name, "it is not in the file; "+why, "",
			fmt.Sprintf("aws iam delete-user-policy --user-name %s --policy-name %s", name, p))
	}
	return nil
}

func lookRole(ctx context.Context, v *view, id string) error {
	client, name := iam.NewFromConfig(v.config), v.template.text(id, "RoleName")
	if name == "" {
		return nil
	}
	out, err := client.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(name)})
	if missing(err) {
		return nil
	}
	if err != nil {
		return v.explain(err, "the role "+name)
	}
	role := out.Role
	if path := aws.ToString(role.Path); path != "/" && path != "" {
		v.trouble("set another role.name, or recreate the role without a path at a quiet hour: a role cannot be moved",
			"the role %s of %s has the path %s, but the users' policy names it without a path", name, v.Account, path)
		return nil
	}
	trust, err := document(aws.ToString(role.AssumeRolePolicyDocument))
	if err != nil {
		return fmt.Errorf("the trust of the role %s cannot be read: %w", name, err)
	}
	v.shutOut(id, name, trust)
	record := map[string]any{"AssumeRolePolicyDocument": trust, "Description": optional(aws.ToString(role.Description))}
	if _, has := v.template.Resources[id].Properties["MaxSessionDuration"]; role.MaxSessionDuration != nil &&
		(has || *role.MaxSessionDuration != sessionByDefault) {
		record["MaxSessionDuration"] = *role.MaxSessionDuration
	}
	if role.PermissionsBoundary != nil {
		record["PermissionsBoundary"] = optional(aws.ToString(role.PermissionsBoundary.PermissionsBoundaryArn))
	}
	attached, err := v.ofRole(ctx, client, id, name, record)
	if err != nil {
		return err
	}
	record["ManagedPolicyArns"] = v.kept(id, "ManagedPolicyArns", attached)
	v.add(id, name, map[string]string{"RoleName": name}, record)
	return nil
}

// shutOut reports who can assume a role now and will lose that access.
func (v *view) shutOut(id, name string, trust map[string]any) {
	stays := map[string]bool{}
	leaves(v.template.Resources[id].Properties["AssumeRolePolicyDocument"], func(text string) { stays[text] = true })
	statements, _ := trust["Statement"].([]any)
	if one, single := trust["Statement"].(map[string]any); single {
		statements = []any{one}
	}
	for _, s := range statements {
		m, _ := s.(map[string]any)
		leaves(m["Principal"], func(who string) {
			if !stays[who] {
				v.note("the role %s trusts %s now; the deployment ends that", name, who)
			}
		})
	}
}

// leaves calls f with each text in a document.
func leaves(value any, f func(string)) {
	switch v := value.(type) {
	case string:
		f(v)
	case []any:
		for _, one := range v {
			leaves(one, f)
		}
	case map[string]any:
		for _, one := range v {
			leaves(one, f)
		}
	}
}

// ofRole records the role's policies, and reports those that are not in the file.
func (v *view) ofRole(ctx context.Context, client *iam.Client, id, name string, record map[string]any) ([]string, error) {
	const why = "it is not in the file"
	policies, err := whole.Pages(ctx, iam.NewListAttachedRolePoliciesPaginator(client, &iam.ListAttachedRolePoliciesInput{RoleName: aws.String(name)}),
		func(page *iam.ListAttachedRolePoliciesOutput) []types.AttachedPolicy { return page.AttachedPolicies })
	if err != nil {
		return nil, v.explain(err, "the policies of the role "+name)
	}
	attached := arns(policies)
	ours := append(v.texts(id, "ManagedPolicyArns"), v.attachedByPolicies(id)...)
	for _, arn := range attached {
		if !slices.Contains(ours, arn) {
			v.byHand("policy "+arn+" on the role "+name+" of "+v.Account, why, "", fmt.Sprintf("aws iam detach-role-policy --role-name %s --policy-arn %s", name, arn))
		}
	}
	inline, err := whole.Pages(ctx, iam.NewListRolePoliciesPaginator(client, &iam.ListRolePoliciesInput{RoleName: aws.String(name)}),
		func(page *iam.ListRolePoliciesOutput) []string { return page.PolicyNames })
	if err != nil {
		return nil, v.explain(err, "the policies of the role "+name)
	}
	for _, p := range inline {
		if p != v.inlineName(id) {
			v.byHand("inline policy "+p+" of the role "+name+" of "+v.Account, why, "",
				fmt.Sprintf("aws iam delete-role-policy --role-name %s --policy-name %s", name, p))
			continue
		}
		got, err := client.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String(name), PolicyName: aws.String(p)})
		if err != nil {
			return nil, v.explain(err, "the policies of the role "+name)
		}
		text, err := document(aws.ToString(got.PolicyDocument))
		if err != nil {
			return nil, fmt.Errorf("the policy %s of the role %s cannot be read: %w", p, name, err)
		}
		record["Policies"] = []any{map[string]any{"PolicyName": p, "PolicyDocument": text}}
	}
	return attached, nil
}

// inlineName returns the name of the inline policy that the plan gives a role.
func (v *view) inlineName(id string) string {
	policies, _ := v.template.Resources[id].Properties["Policies"].([]any)
	if len(policies) == 0 {
		return ""
	}
	first, _ := policies[0].(map[string]any)
	name, _ := first["PolicyName"].(string)
	return name
}

// attachedByPolicies returns the ARNs of the stack's own policies that name the role.
func (v *view) attachedByPolicies(role string) []string {
	var own []string
	for _, id := range v.template.of("AWS::IAM::ManagedPolicy") {
		roles, _ := v.template.Resources[id].Properties["Roles"].([]any)
		if slices.ContainsFunc(roles, func(r any) bool { return ref(r) == role }) {
			own = append(own, v.place().Policy(v.template.text(id, "ManagedPolicyName")))
		}
	}
	return own
}

func lookPolicy(ctx context.Context, v *view, id string) error {
	client, name := iam.NewFromConfig(v.config), v.template.text(id, "ManagedPolicyName")
	if v.policies == nil {
		v.policies = map[string]policy{}
		pages := iam.NewListPoliciesPaginator(client, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal})
		for p, err := range whole.Each(ctx, pages, func(page *iam.ListPoliciesOutput) []types.Policy { return page.Policies }) {
			if err != nil {
				return v.explain(err, "the policies")
			}
			v.policies[aws.ToString(p.PolicyName)] = policy{aws.ToString(p.Arn), aws.ToString(p.Path), aws.ToString(p.DefaultVersionId)}
		}
	}
	p, ok := v.policies[name]
	if !ok {
		return nil
	}
	if p.path != "/" && p.path != "" {
		v.trouble("attach a copy under another name instead, and delete this policy: a policy cannot be moved", "the policy %s has the path %s", name, p.path)
		return nil
	}
	version, err := client.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: aws.String(p.arn), VersionId: aws.String(p.version)})
	if err != nil {
		return v.explain(err, "the policy "+name)
	}
	text, err := document(aws.ToString(version.PolicyVersion.Document))
	if err != nil {
		return fmt.Errorf("the policy %s cannot be read: %w", name, err)
	}
	record := map[string]any{"PolicyDocument": text}
	var groups, roles []string
	entities := iam.NewListEntitiesForPolicyPaginator(client, &iam.ListEntitiesForPolicyInput{PolicyArn: aws.String(p.arn)})
	for entities.HasMorePages() {
		on, err := whole.Next(ctx, entities)
		if err != nil {
			return v.explain(err, "what the policy "+name+" is attached to")
		}
		for _, g := range on.PolicyGroups {
			groups = append(groups, aws.ToString(g.GroupName))
		}
		for _, r := range on.PolicyRoles {
			roles = append(roles, aws.ToString(r.RoleName))
		}
	}
	record["Groups"], record["Roles"] = v.keptRefs(id, "Groups", groups), v.keptRefs(id, "Roles", roles)
	v.add(id, name, map[string]string{"PolicyArn": p.arn}, record)
	return nil
}

// kept returns the items of a list of the plan that exist already. The record has no others: what the plan does not have
// stays, and what it adds is removed again when the import is undone.
func (v *view) kept(id, property string, there []string) any {
	var both []any
	for _, one := range v.texts(id, property) {
		if slices.Contains(there, one) {
			both = append(both, one)
		}
	}
	if both == nil {
		return nil
	}
	return both
}

// keptRefs does the same as kept for a list of references to resources of the stack; those that exist have been found before.
func (v *view) keptRefs(id, property string, there []string) any {
	var both []any
	list, _ := v.template.Resources[id].Properties[property].([]any)
	for _, one := range list {
		if r := v.found[ref(one)]; r != nil && slices.Contains(there, r.Name) {
			both = append(both, one)
		}
	}
	if both == nil {
		return nil
	}
	return both
}

func (v *view) texts(id, property string) []string {
	var all []string
	list, _ := v.template.Resources[id].Properties[property].([]any)
	for _, one := range list {
		if text, ok := one.(string); ok {
			all = append(all, text)
		}
	}
	return all
}

func arns(attached []types.AttachedPolicy) []string {
	var all []string
	for _, p := range attached {
		all = append(all, aws.ToString(p.PolicyArn))
	}
	return all
}

// document reads a policy, which IAM returns URL-encoded.
func document(text string) (map[string]any, error) {
	if plain, err := url.QueryUnescape(text); err == nil && len(text) > 0 && text[0] == '%' {
		text = plain
	}
	var d map[string]any
	return d, json.Unmarshal([]byte(text), &d)
}

func (v *view) explain(err error, what string) error {
	return account.Explain(err, "asking for "+what+" in "+v.Account)
}
