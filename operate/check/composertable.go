package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/breakglass/access"
	"example.com/breakglass/compose"
	"example.com/breakglass/names"
)

type tableAPI interface {
	DescribeTable(context.Context, *dynamodb.DescribeTableInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTableOutput, error)
	DescribeTimeToLive(context.Context, *dynamodb.DescribeTimeToLiveInput, ...func(*dynamodb.Options)) (*dynamodb.DescribeTimeToLiveOutput, error)
	GetResourcePolicy(context.Context, *dynamodb.GetResourcePolicyInput, ...func(*dynamodb.Options)) (*dynamodb.GetResourcePolicyOutput, error)
}

// table compares the composer's table. Without it, alerts pass unlimited, and no hour is reported in which every rule carried a
// heartbeat.
func (s *scene) table(ctx context.Context, api tableAPI, r *result, region, stack string) {
	what := "table " + names.AlertsTable
	differs := func(r *result, severity Severity, how string) { r.drifted(severity, region, stack, what+" "+how) }
	r.ask(func(r *result) bool {
		out, err := api.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(names.AlertsTable)})
		var gone *types.ResourceNotFoundException
		switch {
		case errors.As(err, &gone):
			differs(r, Problem, "is missing: nothing limits how many alerts people get at once, and the composer reports no heartbeat")
			return false
		case err != nil:
			r.unanswered(region, "the composer's table", err)
			return true
		}
		for _, wrong := range tableDifferences(out.Table) {
			differs(r, Problem, wrong)
		}
		return true
	}, func(r *result) {
		out, err := api.DescribeTimeToLive(ctx, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(names.AlertsTable)})
		if err != nil {
			r.unanswered(region, "what the composer's table forgets", err)
			return
		}
		ttl := out.TimeToLiveDescription
		if ttl == nil || ttl.TimeToLiveStatus != types.TimeToLiveStatusEnabled && ttl.TimeToLiveStatus != types.TimeToLiveStatusEnabling {
			differs(r, Warning, "keeps its items forever: its time to live is disabled")
		} else if got := aws.ToString(ttl.AttributeName); got != compose.TableExpiry {
			differs(r, Warning, "forgets items by the attribute "+got+", not by "+compose.TableExpiry)
		}
	}, func(r *result) {
		out, err := api.GetResourcePolicy(ctx, &dynamodb.GetResourcePolicyInput{ResourceArn: aws.String(s.in(region).Table(names.AlertsTable))})
		var none *types.PolicyNotFoundException
		switch {
		case errors.As(err, &none):
			differs(r, Problem, "has no policy: whoever writes to it can make the composer drop alerts")
		case err != nil:
			r.unanswered(region, "who can write to the composer's table", err)
		default:
			if d := samePolicy(aws.ToString(out.Policy), access.AlertsTable(s.in(region))); d != "" {
				differs(r, Problem, "has a different policy: "+d)
			}
		}
	})
}

// tableDifferences returns what keeps a table from taking the composer's writes as planned, or sends its items elsewhere.
func tableDifferences(table *types.TableDescription) (wrong []string) {
	if table == nil {
		return []string{"is not described"}
	}
	if status := table.TableStatus; status != types.TableStatusActive && status != types.TableStatusUpdating {
		wrong = append(wrong, fmt.Sprintf("is in state %s", status))
	}
	var keys, attributes []string
	for _, k := range table.KeySchema {
		keys = append(keys, aws.ToString(k.AttributeName)+" "+string(k.KeyType))
	}
	for _, a := range table.AttributeDefinitions {
		attributes = append(attributes, aws.ToString(a.AttributeName)+" "+string(a.AttributeType))
	}
	if got, want := strings.Join(keys, ", "), compose.TableKey+" HASH"; got != want {
		wrong = append(wrong, "has the key "+got+", not "+want)
	}
	if got, want := strings.Join(attributes, ", "), compose.TableKey+" S"; got != want {
		wrong = append(wrong, "has the attributes "+got+", not "+want)
	}
	if b := table.BillingModeSummary; b == nil || b.BillingMode != types.BillingModePayPerRequest {
		wrong = append(wrong, "is not billed by request: a flood of events exceeds what it can write")
	}
	if most := table.OnDemandThroughput; most != nil && (aws.ToInt64(most.MaxWriteRequestUnits) > 0 || aws.ToInt64(most.MaxReadRequestUnits) > 0) {
		wrong = append(wrong, fmt.Sprintf("takes at most %d writes a second", aws.ToInt64(most.MaxWriteRequestUnits)))
	}
	if e := table.SSEDescription; e != nil && e.Status != types.SSEStatusDisabled {
		wrong = append(wrong, "is encrypted with the key "+aws.ToString(e.KMSMasterKeyArn)+": without it, nothing limits the alerts")
	}
	if stream := table.StreamSpecification; stream != nil && aws.ToBool(stream.StreamEnabled) {
		wrong = append(wrong, "has a stream, which is not in breakglass.yaml")
	}
	if len(table.Replicas) > 0 || len(table.GlobalTableWitnesses) > 0 {
		wrong = append(wrong, "is replicated to other Regions, whose writes count here")
	}
	if n := len(table.GlobalSecondaryIndexes) + len(table.LocalSecondaryIndexes); n > 0 {
		wrong = append(wrong, "has an index, which is not in breakglass.yaml")
	}
	return wrong
}
