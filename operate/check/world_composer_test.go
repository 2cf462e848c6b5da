package check

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dt "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	st "github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"example.com/breakglass/names"
)

// composing is a hub's composer with its table.
type composing struct {
	machine     *sfn.DescribeStateMachineOutput
	aliases     []st.StateMachineAliasListItem
	versions    []st.StateMachineVersionListItem
	failed      []st.ExecutionListItem
	table       *dt.TableDescription
	ttl         *dt.TimeToLiveDescription
	tablePolicy string
}

// deployComposer makes a hub's composer, with what AWS adds to it.
func (w *world) deployComposer(t *synthesized) {
	for _, p := range t.ofType("AWS::StepFunctions::StateMachine") {
		w.machine = &sfn.DescribeStateMachineOutput{
			Name: aws.String(p["StateMachineName"].(string)), StateMachineArn: aws.String(t.arn("states", "stateMachine:"+p["StateMachineName"].(string))),
			Definition: aws.String(p["DefinitionString"].(string)), RoleArn: aws.String(p["RoleArn"].(string)),
			Type:   st.StateMachineType(p["StateMachineType"].(string)),
			Status: st.StateMachineStatusActive, LoggingConfiguration: &st.LoggingConfiguration{Level: st.LogLevelOff},
			TracingConfiguration: &st.TracingConfiguration{}, EncryptionConfiguration: &st.EncryptionConfiguration{Type: st.EncryptionTypeAwsOwnedKey},
		}
	}
	for _, p := range t.ofType("AWS::DynamoDB::Table") {
		w.table = into[dt.TableDescription](p)
		w.table.TableStatus = dt.TableStatusActive
		w.table.BillingModeSummary = &dt.BillingModeSummary{BillingMode: dt.BillingMode(p["BillingMode"].(string))}
		ttl := into[struct{ TimeToLiveSpecification dt.TimeToLiveSpecification }](p).TimeToLiveSpecification
		w.ttl = &dt.TimeToLiveDescription{AttributeName: ttl.AttributeName, TimeToLiveStatus: dt.TimeToLiveStatusDisabled}
		if aws.ToBool(ttl.Enabled) {
			w.ttl.TimeToLiveStatus = dt.TimeToLiveStatusEnabled
		}
		w.tablePolicy = text(p["ResourcePolicy"].(map[string]any)["PolicyDocument"])
	}
}

var noMachine = &st.StateMachineDoesNotExist{}

func (w *world) isComposer(arn *string) bool {
	return w.machine != nil && *arn == *w.machine.StateMachineArn
}

func (w *world) DescribeStateMachine(_ context.Context, in *sfn.DescribeStateMachineInput, _ ...func(*sfn.Options)) (*sfn.DescribeStateMachineOutput, error) {
	if !w.isComposer(in.StateMachineArn) {
		return nil, noMachine
	}
	return answer(w, "DescribeStateMachine", w.machine)
}

func (w *world) ListStateMachineAliases(_ context.Context, in *sfn.ListStateMachineAliasesInput, _ ...func(*sfn.Options)) (*sfn.ListStateMachineAliasesOutput, error) {
	if !w.isComposer(in.StateMachineArn) {
		return nil, noMachine
	}
	out := &sfn.ListStateMachineAliasesOutput{}
	out.StateMachineAliases, out.NextToken = paged(w, w.aliases, in.NextToken)
	return answer(w, "ListStateMachineAliases", out)
}

func (w *world) ListStateMachineVersions(_ context.Context, in *sfn.ListStateMachineVersionsInput, _ ...func(*sfn.Options)) (*sfn.ListStateMachineVersionsOutput, error) {
	if !w.isComposer(in.StateMachineArn) {
		return nil, noMachine
	}
	out := &sfn.ListStateMachineVersionsOutput{}
	out.StateMachineVersions, out.NextToken = paged(w, w.versions, in.NextToken)
	return answer(w, "ListStateMachineVersions", out)
}

func (w *world) ListExecutions(_ context.Context, in *sfn.ListExecutionsInput, _ ...func(*sfn.Options)) (*sfn.ListExecutionsOutput, error) {
	if !w.isComposer(in.StateMachineArn) {
		return nil, noMachine
	}
	var all []st.ExecutionListItem
	for _, one := range w.failed {
		if one.Status == in.StatusFilter {
			all = append(all, one)
		}
	}
	out := &sfn.ListExecutionsOutput{}
	out.Executions, out.NextToken = paged(w, all, in.NextToken)
	return answer(w, "ListExecutions", out)
}

var noTable = &dt.ResourceNotFoundException{}

func (w *world) DescribeTable(_ context.Context, in *dynamodb.DescribeTableInput, _ ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error) {
	if w.table == nil || *in.TableName != *w.table.TableName {
		return nil, noTable
	}
	return answer(w, "DescribeTable", &dynamodb.DescribeTableOutput{Table: w.table})
}

func (w *world) DescribeTimeToLive(_ context.Context, in *dynamodb.DescribeTimeToLiveInput, _ ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error) {
	if w.table == nil || *in.TableName != *w.table.TableName {
		return nil, noTable
	}
	return answer(w, "DescribeTimeToLive", &dynamodb.DescribeTimeToLiveOutput{TimeToLiveDescription: w.ttl})
}

// TableGetResourcePolicy is DynamoDB's GetResourcePolicy: another service has an operation of the same name.
func (w *world) TableGetResourcePolicy(_ context.Context, in *dynamodb.GetResourcePolicyInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetResourcePolicyOutput, error) {
	switch {
	case w.table == nil || *in.ResourceArn != w.s.in(w.region).Table(names.AlertsTable):
		return nil, noTable
	case w.tablePolicy == "":
		return nil, &dt.PolicyNotFoundException{}
	}
	return answer(w, "TableGetResourcePolicy", &dynamodb.GetResourcePolicyOutput{Policy: aws.String(w.tablePolicy)})
}

// tablesOf answers for the tables of a world.
type tablesOf struct{ *world }

func (t tablesOf) GetResourcePolicy(ctx context.Context, in *dynamodb.GetResourcePolicyInput, options ...func(*dynamodb.Options)) (*dynamodb.GetResourcePolicyOutput, error) {
	return t.TableGetResourcePolicy(ctx, in, options...)
}
