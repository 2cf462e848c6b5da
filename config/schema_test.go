package config

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"example.com/breakglass/internal/reviewed"
)

const (
	schemaFile  = "../breakglass.schema.json"
	exampleFile = "testdata/shipped.yaml" // breakglass.yaml as it ships: the one at the root is its owner's to edit
)

func TestSchemaFile(t *testing.T) {
	reviewed.File(t, schemaFile, string(Schema()))
}

func TestSchemaDescribesEveryKey(t *testing.T) {
	var schema any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		object, ok := value.(map[string]any)
		if !ok {
			return
		}
		if properties, ok := object["properties"].(map[string]any); ok && !strings.HasSuffix(path, "inlinePolicy") {
			for key, property := range properties {
				if at := join(path, key); property.(map[string]any)["description"] == nil {
					t.Errorf("%s has no description", at)
				}
				walk(join(path, key), property)
			}
		}
		walk(path+"[]", object["items"])
	}
	walk("", schema)
	for path := range schemaDetails() {
		if !schemaHas(schema, path) {
			t.Errorf("schemaDetails has %q, which is no key of the file", path)
		}
	}
}

func schemaHas(schema any, path string) bool {
	for _, key := range strings.Split(strings.ReplaceAll(path, "[]", ".[]"), ".") {
		object := schema.(map[string]any)
		switch properties, _ := object["properties"].(map[string]any); {
		case key == "":
		case key == "[]":
			schema = object["items"]
		default:
			schema = properties[key]
		}
		if schema == nil {
			return false
		}
	}
	return true
}

var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("breakglass.schema.json", schema); err != nil {
		return nil, err
	}
	return compiler.Compile("breakglass.schema.json")
})

func validate(t *testing.T, text string) error {
	t.Helper()
	schema, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	root := parseTree(text, func(line int, path, what, value, fix string) {
		t.Fatalf("line %d: %s %q; %s", line, what, value, fix)
	})
	return schema.Validate(asEditorsSee(root))
}

// asEditorsSee is the value of a node in YAML 1.2, whose scalars are those of JSON.
func asEditorsSee(n *node) any {
	switch {
	case n.kind == mapping:
		values := map[string]any{}
		for _, e := range n.entries {
			values[e.key] = asEditorsSee(e.value)
		}
		return values
	case n.kind == list:
		values := []any{}
		for _, item := range n.items {
			values = append(values, asEditorsSee(item))
		}
		return values
	case n.isNull():
		return nil
	case n.isBool():
		return strings.EqualFold(n.text, "true")
	case n.isNumber():
		return json.Number(n.text)
	}
	return n.text
}

func TestSchemaAccepts(t *testing.T) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"breakglass.yaml": string(example), "full": full, "minimal": minimal} {
		if err := validate(t, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Parse(name, []byte(text)); err != nil {
			t.Error(err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	for name, change := range map[string][2]string{
		"unknown key":      {"version: 1", "version: 1\nregion: us-east-1"},
		"version":          {"version: 1", "version: 2"},
		"unquoted account": {`"111111111111"`, `111111111111`},
		"short account":    {`"111111111111"`, `"11111111111"`},
		"email":            {"security-team@example.com", "security-team"},
		"no alerts":        {"alerts:", "x-alerts:"},
		"region":           {"version: 1", "version: 1\nregions: [us-eats-1]"},
		"keyword":          {"version: 1", "version: 1\nregions: some"},
		"user":             {"version: 1", "version: 1\nusers: [{name: Break*}]"},
		"duration":         {"version: 1", "version: 1\nrole: {sessionDuration: 3600}"},
		"policy":           {"version: 1", "version: 1\nrole: {inlinePolicy: {Version: 2012-10-17}}"},
		"access":           {"version: 1", "version: 1\ndeploy: {access: sso}"},
		"protection":       {"version: 1", `version: 1` + "\nterminationProtection: \"true\""},
		"tag":              {"version: 1", "version: 1\ntags: {aws:x: y}"},
		"no value":         {"version: 1", "version: 1\ntags:"},
	} {
		text := strings.Replace(minimal, change[0], change[1], 1)
		if text == minimal {
			t.Fatalf("%s: nothing changed", name)
		}
		if validate(t, text) == nil {
			t.Errorf("%s: the schema accepts\n%s", name, text)
		}
		if _, err := Parse(name, []byte(text)); err == nil {
			t.Errorf("%s: Parse accepts\n%s", name, text)
		}
	}
}
