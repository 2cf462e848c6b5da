package constructs

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

func TestStackSet(t *testing.T) {
	const kind = "AWS::CloudFormation::StackSet"
	one := synth(t, func(stack awscdk.Stack) {
		first := NewStackSet(stack, "First", StackSetProps{
			Name: "First", Description: "The first", Unit: "r-ab12", Regions: []string{"eu-west-1"}, Template: `{"Resources":{}}`,
			Delegated: true, Tags: map[string]string{"b": "2", "a": "1"},
		})
		NewStackSet(stack, "Second", StackSetProps{
			Name: "Second", Description: "The second", Unit: "ou-ab12-11111111", Regions: []string{"eu-west-1", "us-west-2"}, Template: `{"Resources":{}}`, Retain: true,
		}).After(first)
	})
	first, second := one.named(t, kind, "StackSetName", "First"), one.named(t, kind, "StackSetName", "Second")

	t.Run("whose it is", func(t *testing.T) {
		for _, s := range []resource{first, second} {
			same(t, "permission model", s.Properties["PermissionModel"], "SERVICE_MANAGED")
		}
		same(t, "a delegated administrator's", first.Properties["CallAs"], "DELEGATED_ADMIN")
		same(t, "the management account's", second.Properties["CallAs"], "SELF")
	})
	t.Run("which accounts it serves", func(t *testing.T) {
		same(t, "root", first.Properties["StackInstancesGroup"], []any{map[string]any{
			"DeploymentTargets": map[string]any{"OrganizationalUnitIds": []string{"r-ab12"}}, "Regions": []string{"eu-west-1"},
		}})
		same(t, "unit", second.Properties["StackInstancesGroup"], []any{map[string]any{
			"DeploymentTargets": map[string]any{"OrganizationalUnitIds": []string{"ou-ab12-11111111"}}, "Regions": []string{"eu-west-1", "us-west-2"},
		}})
		same(t, "who leaves", first.Properties["AutoDeployment"], map[string]any{"Enabled": true, "RetainStacksOnAccountRemoval": false})
		same(t, "who leaves and keeps", second.Properties["AutoDeployment"], map[string]any{"Enabled": true, "RetainStacksOnAccountRemoval": true})
	})
	t.Run("how it goes on", func(t *testing.T) {
		for _, s := range []resource{first, second} {
			same(t, "operations", s.Properties["OperationPreferences"], map[string]any{
				"FailureToleranceCount": 9, "MaxConcurrentCount": 10, "RegionConcurrencyType": "PARALLEL",
			})
			same(t, "queue", s.Properties["ManagedExecution"], map[string]any{"Active": true})
			same(t, "capabilities", s.Properties["Capabilities"], []string{"CAPABILITY_NAMED_IAM"})
		}
		same(t, "the second waits", second.DependsOn, []string{"First"})
		if first.DependsOn != nil {
			t.Errorf("the first waits for %v", first.DependsOn)
		}
	})
	t.Run("tags", func(t *testing.T) {
		same(t, "in their order", first.Properties["Tags"], []any{
			map[string]any{"Key": "a", "Value": "1"}, map[string]any{"Key": "b", "Value": "2"},
		})
		if tags, _ := second.Properties["Tags"].([]any); len(tags) > 0 {
			t.Errorf("tags that nobody gave: %v", tags)
		}
	})
	t.Run("template", func(t *testing.T) {
		same(t, "as it is", first.Properties["TemplateBody"], `{"Resources":{}}`)
	})
}
