package constructs

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// How many accounts a stack set goes to at once, and how many of them may fail before it stops.
//
// An account that refuses (a policy of the organization, a role of that name that is there already) must not hold up the
// others: so some may fail. A template that fails everywhere must not be tried everywhere: so it stops. With the strict mode,
// which is the default, CloudFormation begins with the lower of maxAtOnce and maxFailed + 1 accounts, and never more than
// maxFailed + 1 fail (CloudFormation API, StackSetOperationPreferences): one more at once than may fail is the most that
// has an effect. Numbers and not percentages, since CloudFormation rounds those down: of nine accounts, ten percent are none,
// and the first that refuses would hold up all. Ten at once and some two minutes each make 200 minutes for 1,000 accounts;
// CloudFormation waits 36 hours for a stack set.
const (
	maxAtOnce = 10
	maxFailed = maxAtOnce - 1
)

// StackSetProps describe a stack set that AWS extends to every account of an organizational unit.
type StackSetProps struct {
	// Name is 1 to 128 letters, digits and hyphens. Another name is another stack set.
	Name string
	// Description, at most 1024 characters.
	Description string
	// Unit is the ID of the unit or of the organization's root.
	Unit string
	// Regions of each account that get a stack.
	Regions []string
	// Template in its JSON form, at most 51,200 bytes.
	Template string
	// Delegated: the stack set's account is a delegated administrator, and not the management account.
	Delegated bool
	// Retain the stack of an account that leaves the unit.
	Retain bool
	// Tags of the stack set and its stacks.
	Tags map[string]string
}

// StackSet is one that a stack makes.
type StackSet struct{ resource awscdk.CfnStackSet }

// After makes CloudFormation create this stack set after another one.
func (s StackSet) After(other StackSet) { s.resource.AddResourceDependency(other.resource, nil) }

// NewStackSet makes the stack set. No filter leaves accounts of the unit out: AWS would not heed it for accounts that join
// later (CloudFormation user guide, automatic deployments).
func NewStackSet(scope constructs.Construct, id string, props StackSetProps) StackSet {
	callAs := "SELF"
	if props.Delegated {
		callAs = "DELEGATED_ADMIN"
	}
	var tags []*awscdk.CfnTag
	for _, key := range slices.Sorted(maps.Keys(props.Tags)) {
		tags = append(tags, &awscdk.CfnTag{Key: jsii.String(key), Value: jsii.String(props.Tags[key])})
	}
	return StackSet{awscdk.NewCfnStackSet(scope, jsii.String(id), &awscdk.CfnStackSetProps{
		StackSetName: jsii.String(props.Name), Description: jsii.String(props.Description),
		PermissionModel: jsii.String("SERVICE_MANAGED"), CallAs: jsii.String(callAs),
		AutoDeployment: &awscdk.CfnStackSet_AutoDeploymentProperty{
			Enabled: jsii.Bool(true), RetainStacksOnAccountRemoval: jsii.Bool(props.Retain),
		},
		// An account that joins while a change is under way waits for its turn instead of making the change fail.
		ManagedExecution: map[string]any{"Active": true},
		Capabilities:     jsii.Strings("CAPABILITY_NAMED_IAM"),
		OperationPreferences: &awscdk.CfnStackSet_OperationPreferencesProperty{
			MaxConcurrentCount:    jsii.Number(maxAtOnce),
			FailureToleranceCount: jsii.Number(maxFailed),
			// One Region that refuses does not hold up the others.
			RegionConcurrencyType: jsii.String("PARALLEL"),
		},
		StackInstancesGroup: []any{&awscdk.CfnStackSet_StackInstancesProperty{
			DeploymentTargets: &awscdk.CfnStackSet_DeploymentTargetsProperty{OrganizationalUnitIds: jsii.Strings(props.Unit)},
			Regions:           jsii.Strings(props.Regions...),
		}},
		TemplateBody: jsii.String(props.Template),
		Tags:         &tags,
	})}
}
