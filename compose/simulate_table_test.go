package compose

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/truora/minidyn/core"
	"github.com/truora/minidyn/types"
)

// bucket is how DynamoDB limits the writes of an item: by what is left of a second's.
type bucket struct {
	left float64
	at   time.Time
}

// itemWrites is how many writes a second DynamoDB takes of one item, which is in one partition (DynamoDB developer guide, partitions).
const itemWrites = 1000

// newTable returns a table as the stack of the composer has it.
func newTable(t *testing.T) *core.Table {
	t.Helper()
	table := core.NewTable("breakglass-alerts")
	key, kind, billing := TableKey, "S", "PAY_PER_REQUEST"
	table.BillingMode = &billing
	table.SetAttributeDefinition([]*types.AttributeDefinition{{AttributeName: &key, AttributeType: &kind}})
	if err := table.CreatePrimaryIndex(&types.CreateTableInput{KeySchema: []*types.KeySchemaElement{{AttributeName: key, KeyType: "HASH"}}}); err != nil {
		t.Fatal(err)
	}
	return table
}

// write writes to the table, all or nothing: what DynamoDB promises of one write.
func (e *execution) write(call string, arguments map[string]any) (any, error) {
	if e.capacity < 0 {
		return nil, failure{"DynamoDB.ResourceNotFoundException", "no such table"}
	}
	var attributes map[string]*types.Item
	var err error
	if call == "dynamodb:putItem" {
		var input types.PutItemInput
		if err := exactly(arguments, &input); err != nil {
			return nil, err
		}
		if e.throttle(*input.Item[TableKey].S) {
			return nil, failure{throttling[0], "too many writes of an item"}
		}
		_, err = e.table.Put(&input)
	} else {
		var input types.UpdateItemInput
		if err := exactly(arguments, &input); err != nil {
			return nil, err
		}
		if e.throttle(*input.Key[TableKey].S) {
			return nil, failure{throttling[0], "too many writes of an item"}
		}
		// DynamoDB takes a function of what an item lacks for false; here it is an error, even where it does not matter.
		if all := input.ConditionExpression; all != nil && e.table.Data[*input.Key[TableKey].S] == nil {
			first, _, _ := strings.Cut(*all, " OR size(")
			input.ConditionExpression = &first
		}
		attributes, err = e.table.Update(&input)
	}
	if refused, is := err.(*types.ConditionalCheckFailedException); is {
		return nil, failure{"DynamoDB.ConditionalCheckFailedException", refused.Error()}
	} else if err != nil {
		return nil, err // nobody's choice: the request is wrong
	}
	return plain(map[string]any{"Attributes": written(attributes)})
}

// written returns attributes as DynamoDB writes them.
func written(attributes map[string]*types.Item) map[string]any {
	all := map[string]any{}
	for name, value := range attributes {
		switch {
		case value.N != nil:
			all[name] = map[string]any{"N": *value.N}
		case value.S != nil:
			all[name] = map[string]any{"S": *value.S}
		case value.SS != nil:
			all[name] = map[string]any{"SS": value.SS}
		}
	}
	return all
}

// exactly reads arguments that have no field but those of the request.
func exactly(arguments map[string]any, into any) error {
	text, err := json.Marshal(arguments)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// throttle reports whether a write of an item is one too many for this second. One that its condition refuses costs as much as any.
func (e *execution) throttle(item string) bool {
	b := e.throttles[item]
	if b == nil {
		b = &bucket{e.capacity, time.Now()}
		e.throttles[item] = b
	}
	b.left = min(e.capacity, b.left+time.Since(b.at).Seconds()*e.capacity)
	b.at = time.Now()
	if b.left < 1 {
		e.throttled++
		return true
	}
	b.left--
	return false
}
