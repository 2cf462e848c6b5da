package docs

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"example.com/breakglass/config"
	"example.com/breakglass/internal/reviewed"
)

func TestConfigurationPage(t *testing.T) {
	reviewed.Part(t, "configuration.md", "configuration", configurationTable(t))
	reviewed.Part(t, "configuration.md", "regions", regionCounts())
	reviewed.Part(t, "configuration.md", "names", nameTable())
}

// property is a key of the file in its JSON Schema.
type property struct {
	Description string     `json:"description"`
	Default     any        `json:"default"`
	Required    []string   `json:"required"`
	Properties  properties `json:"properties"`
	Items       *property  `json:"items"`
	Type        string     `json:"type"`
}

func configurationTable(t *testing.T) string {
	var schema property
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	var role property
	var rows [][]string
	var walk func(path string, p property, required bool)
	walk = func(path string, p property, required bool) {
		inner, prefix := p, path+"."
		if p.Items != nil && p.Items.Properties != nil {
			inner, prefix = *p.Items, path+"[]."
		}
		if path == "" {
			prefix = ""
		}
		document := strings.HasSuffix(path, "inlinePolicy")
		if path != "" && (p.Type != "object" || document || len(p.Properties) == 0) {
			rows = append(rows, []string{code(path), byDefault(role, path, p, required), cell(p.Description)})
		}
		if document {
			return
		}
		for _, next := range inner.Properties {
			walk(prefix+next.key, next.property, slices.Contains(inner.Required, next.key))
			if path == "" && next.key == "role" {
				role = next.property
			}
		}
	}
	walk("", schema, true)
	return table([]string{"Key", "Default", "Meaning"}, rows)
}

// byDefault returns the value of a key that the file leaves out.
func byDefault(role property, path string, p property, required bool) string {
	if required {
		return "required"
	}
	if key, ok := strings.CutPrefix(path, "targets[]."); ok {
		if role.Properties.has(key) && key != "name" {
			return code("role." + key)
		}
		return map[string]string{
			"name": "the account number, or the unit's ID", "region": code("hub.region"), "account": "this or " + code("organizationalUnit"),
			"organizationalUnit": "this or " + code("account"),
		}[key]
	}
	switch path {
	case "stackSets.region":
		return code("hub.region")
	case "stackSets.managementAccount":
		return code("hub.account")
	case "stackSets.retainOnAccountRemoval":
		return "required with units"
	case "observers.organization":
		return "the listed accounts"
	}
	switch d := p.Default.(type) {
	case nil:
		return "none"
	case string:
		return code(d)
	default:
		compact, err := json.Marshal(d)
		if err != nil {
			panic(err) // it was read as JSON
		}
		return code(strings.ReplaceAll(string(compact), `"`, ""))
	}
}

// properties holds keys in the order of the schema, which is that of the file.
type properties []struct {
	key string
	property
}

func (p *properties) UnmarshalJSON(text []byte) error {
	object := json.NewDecoder(bytes.NewReader(text))
	if _, err := object.Token(); err != nil {
		return err
	}
	for object.More() {
		key, err := object.Token()
		if err != nil {
			return err
		}
		var one property
		if err := object.Decode(&one); err != nil {
			return err
		}
		*p = append(*p, struct {
			key string
			property
		}{key.(string), one})
	}
	return nil
}

func (p properties) has(key string) bool {
	for _, one := range p {
		if one.key == key {
			return true
		}
	}
	return false
}
