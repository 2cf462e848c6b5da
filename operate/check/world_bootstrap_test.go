package check

import (
	"context"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	it "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/names"
	"example.com/breakglass/plan"
)

// ListRoles lists the roles of all accounts: their names differ.
func (w *world) ListRoles(_ context.Context, in *iam.ListRolesInput, _ ...func(*iam.Options)) (*iam.ListRolesOutput, error) {
	one, next := paged(w, sorted(w.roles), in.Marker)
	out := &iam.ListRolesOutput{Marker: next, IsTruncated: next != nil}
	for _, name := range one {
		role := *w.roles[name]
		role.AssumeRolePolicyDocument = inURL(*role.AssumeRolePolicyDocument)
		role.PermissionsBoundary = nil // which IAM leaves out of a list
		out.Roles = append(out.Roles, role)
	}
	return answer(w, "ListRoles", out)
}

// trust has the target accounts trust the hub account to deploy there, as the commands of the plan do it.
func (w *world) trust(t testing.TB) {
	t.Helper()
	w.s.config.Deploy.Access = config.AccessBootstrap
	for _, account := range w.s.plan.Confined() {
		at := w.s.config.HubPlace().Of(account)
		want, _ := w.s.plan.Execution(account)
		add(w.documents, at.Policy(names.ExecutionPolicy), text(want))
		for _, region := range w.s.plan.TargetRegions(account) {
			w.bootstrap(t, "hnb659fds", account, region, []any{w.s.account()}, at.Policy(names.ExecutionPolicy))
		}
		if role := w.roles[names.ObserverRole]; role != nil {
			role.PermissionsBoundary = &it.AttachedPermissionsBoundary{PermissionsBoundaryArn: aws.String(plan.ObserverBoundary(w.s.config, at))}
		}
	}
}

// bootstrap makes the roles of the CDK's bootstrap.
func (w *world) bootstrap(t testing.TB, qualifier, account, region string, trusted []any, policies ...any) {
	t.Helper()
	stack := bootstrapStack{
		values: map[string]any{
			"Qualifier": qualifier, "AWS::AccountId": account, "AWS::Region": region, "AWS::Partition": "aws", "TrustedAccounts": trusted,
			"CloudFormationExecutionPolicies": policies,
		},
		truths: map[string]bool{"HasTrustedAccounts": len(trusted) > 0, "HasCloudFormationExecutionPolicies": len(policies) > 0, "ShouldDenyExternalId": true},
	}
	made := &synthesized{account: account, region: region, stack: "CDKToolkit", Resources: map[string]resource{}}
	for id, one := range bootstrapTemplate(t, "testdata/bootstrap.yaml") {
		one.Properties, _ = stack.resolve(one.Properties).(map[string]any)
		one.Properties["AssumeRolePolicyDocument"] = byRoot(one.Properties["AssumeRolePolicyDocument"])
		made.Resources[id] = one
	}
	w.deployPeople(made)
}

// bootstrapTemplate returns the resources of a file that are in testdata/bootstrap.yaml.
func bootstrapTemplate(t testing.TB, file string) map[string]resource {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]resource `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(content, &template); err != nil {
		t.Fatal(err)
	}
	return map[string]resource{
		"DeploymentActionRole": template.Resources["DeploymentActionRole"], "CloudFormationExecutionRole": template.Resources["CloudFormationExecutionRole"],
	}
}

// bootstrapStack has the parameters and conditions of a bootstrap, by name.
type bootstrapStack struct {
	values map[string]any
	truths map[string]bool
}

// nothing is AWS::NoValue: CloudFormation leaves it out.
type nothing struct{}

func (s bootstrapStack) resolve(value any) any {
	switch v := value.(type) {
	case []any:
		out := []any{}
		for _, inner := range v {
			if one := s.resolve(inner); one != (nothing{}) {
				out = append(out, one)
			}
		}
		return out
	case map[string]any:
		if name, ok := v["Ref"].(string); ok {
			if name == "AWS::NoValue" {
				return nothing{}
			}
			return s.values[name]
		}
		if branches, ok := v["Fn::If"].([]any); ok {
			if s.truths[branches[0].(string)] {
				return s.resolve(branches[1])
			}
			return s.resolve(branches[2])
		}
		if text, ok := v["Fn::Sub"].(string); ok {
			return inText.ReplaceAllStringFunc(text, func(name string) string {
				known, _ := s.values[name[2:len(name)-1]].(string)
				return known
			})
		}
		out := map[string]any{}
		for key, inner := range v {
			if one := s.resolve(inner); one != any(nothing{}) {
				out[key] = one
			}
		}
		return out
	}
	return value
}

// byRoot returns a value in which an account is the ARN of its root, as IAM returns it.
func byRoot(value any) any {
	switch v := value.(type) {
	case string:
		if isAccount(v) {
			return "arn:aws:iam::" + v + ":root"
		}
	case []any:
		for i, inner := range v {
			v[i] = byRoot(inner)
		}
	case map[string]any:
		for key, inner := range v {
			v[key] = byRoot(inner)
		}
	}
	return value
}

// TestTheBootstrapIsTheCDKs compares the roles of testdata with those of the CDK CLI that is installed.
func TestTheBootstrapIsTheCDKs(t *testing.T) {
	const installed = "../../node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"
	if _, err := os.Stat(installed); err != nil {
		t.Skip("the CDK CLI is not installed; npm ci does it")
	}
	want, got := bootstrapTemplate(t, installed), bootstrapTemplate(t, "testdata/bootstrap.yaml")
	if len(want["DeploymentActionRole"].Properties) == 0 || !reflect.DeepEqual(got, want) {
		t.Error("testdata/bootstrap.yaml differs from " + strings.TrimPrefix(installed, "../../"))
	}
}
