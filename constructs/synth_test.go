package constructs

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"example.com/breakglass/place"
)

// here is a place that is no default anywhere: a Region, account or partition of somewhere else in a template is a mistake.
var here = place.Place{Partition: "aws-us-gov", Account: "012345678901", Region: "us-gov-west-1"}

// template is a synthesized template as plain data.
type template struct {
	Parameters, Outputs map[string]any
	Resources           map[string]resource
}

type resource struct {
	Type                                string
	Properties                          map[string]any
	DeletionPolicy, UpdateReplacePolicy string
	DependsOn                           any
}

// synth makes a stack with the context of cdk.json, lets the test fill it, and reads its template back.
func synth(t *testing.T, fill func(stack awscdk.Stack)) template {
	t.Helper()
	text, err := os.ReadFile("../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir), Context: &file.Context, AnalyticsReporting: jsii.Bool(false)})
	fill(awscdk.NewStack(app, jsii.String("Stack"), &awscdk.StackProps{
		Env:         &awscdk.Environment{Account: jsii.String(here.Account), Region: jsii.String(here.Region)},
		Synthesizer: awscdk.NewLegacyStackSynthesizer(),
	}))
	app.Synth(nil)
	if text, err = os.ReadFile(filepath.Join(dir, "Stack.template.json")); err != nil {
		t.Fatal(err)
	}
	var one template
	if err := json.Unmarshal(text, &one); err != nil {
		t.Fatal(err)
	}
	for _, r := range one.Resources {
		if pattern, ok := r.Properties["EventPattern"].(string); ok && r.Type == "AWS::Events::Rule" {
			var fields any
			if err := json.Unmarshal([]byte(pattern), &fields); err != nil {
				t.Fatal(err)
			}
			r.Properties["EventPattern"] = fields
		}
	}
	if len(one.Parameters) > 0 {
		t.Errorf("the stack asks for parameters: %v", one.Parameters)
	}
	return one
}

// types lists the template's kinds of resource, sorted, each as often as it is there.
func (one template) types() []string {
	var types []string
	for _, r := range one.Resources {
		types = append(types, r.Type)
	}
	slices.Sort(types)
	return types
}

// all returns the resources of a type, in the order of their IDs.
func (one template) all(kind string) []resource {
	var found []resource
	for _, id := range slices.Sorted(maps.Keys(one.Resources)) {
		if one.Resources[id].Type == kind {
			found = append(found, one.Resources[id])
		}
	}
	return found
}

// only returns the one resource of a type.
func (one template) only(t *testing.T, kind string) resource {
	t.Helper()
	found := one.all(kind)
	if len(found) != 1 {
		t.Fatalf("%d resources of type %s", len(found), kind)
	}
	return found[0]
}

// named returns the resource of a type that has a property with that value.
func (one template) named(t *testing.T, kind, property, name string) resource {
	t.Helper()
	for _, r := range one.all(kind) {
		if r.Properties[property] == name {
			return r
		}
	}
	t.Fatalf("no %s named %s", kind, name)
	return resource{}
}

// refers reports whether a value refers to a resource of that type in the template: by Ref, or by an attribute.
func (one template) refers(value any, kind, attribute string) bool {
	reference, _ := value.(map[string]any)
	if len(reference) != 1 {
		return false
	}
	if attribute == "" {
		id, ok := reference["Ref"].(string)
		return ok && one.Resources[id].Type == kind
	}
	got, _ := reference["Fn::GetAtt"].([]any)
	if len(got) != 2 || got[1] != attribute {
		return false
	}
	id, ok := got[0].(string)
	return ok && one.Resources[id].Type == kind
}

// rule returns the rule of that name.
func (one template) rule(t *testing.T, name string) map[string]any {
	t.Helper()
	return one.named(t, "AWS::Events::Rule", "Name", name).Properties
}

func targetsOf(rule map[string]any) []map[string]any {
	var targets []map[string]any
	list, _ := rule["Targets"].([]any)
	for _, target := range list {
		targets = append(targets, target.(map[string]any))
	}
	return targets
}

// statement returns a policy document's statement with that Sid.
func statement(t *testing.T, document any, sid string) map[string]any {
	t.Helper()
	d, _ := document.(map[string]any)
	list, _ := d["Statement"].([]any)
	for _, each := range list {
		if s := each.(map[string]any); s["Sid"] == sid {
			return s
		}
	}
	t.Fatalf("no statement %s in %v", sid, document)
	return nil
}

// same compares what a template has with a value in Go, by its JSON.
func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(asJSON(t, want), asJSON(t, got)); diff != "" {
		t.Errorf("%s (- want, + got):\n%s", what, diff)
	}
}

func asJSON(t *testing.T, value any) any {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var plain any
	if err := json.Unmarshal(text, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// has checks that a resource has these properties and no others.
func has(t *testing.T, properties map[string]any, keys ...string) {
	t.Helper()
	slices.Sort(keys)
	same(t, "the properties", slices.Sorted(maps.Keys(properties)), keys)
}
