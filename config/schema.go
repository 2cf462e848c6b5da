package config

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/invopop/jsonschema"
)

//go:generate go test . -run TestSchemaFile -update

//go:embed config.go
var source []byte

// Schema returns the JSON Schema of the file, with which editors complete and check it: the keys come from the types of this
// package, the descriptions from their comments, the rest from schemaDetails. It checks less than Parse, which also compares
// keys with each other.
func Schema() []byte {
	reflector := &jsonschema.Reflector{
		Anonymous:                  true,
		DoNotReference:             true,
		RequiredFromJSONSchemaTags: true, // there are none: schemaDetails lists what is required
		FieldNameTag:               "yaml",
		LookupComment:              commentLookup(),
	}
	schema := reflector.Reflect(&Config{})
	schema.Title = "breakglass.yaml"
	detail(schema, "", schemaDetails())
	text, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		panic("schema: " + err.Error())
	}
	return append(inASCII(text), '\n')
}

// inASCII escapes the other characters of a JSON text: the patterns have many that nobody sees.
func inASCII(text []byte) []byte {
	var out []byte
	for _, r := range string(text) {
		switch {
		case r <= unicode.MaxASCII:
			out = append(out, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

// commentLookup returns a function that finds the comment of a field in the source of config.go.
func commentLookup() func(t reflect.Type, field string) string {
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", source, parser.ParseComments)
	if err != nil {
		panic("config.go: " + err.Error())
	}
	comments := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if fields, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range fields.Fields.List {
				for _, name := range field.Names {
					comments[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
				}
			}
		}
		return false
	})
	return func(t reflect.Type, field string) string { return comments[t.Name()+"."+field] }
}

// detail adds the details of the schema at path, and of those below it.
func detail(s *jsonschema.Schema, path string, details map[string]jsonschema.Schema) {
	if more, ok := details[path]; ok {
		if more.AnyOf != nil {
			s.Type, s.Items = "", nil
		}
		to, from := reflect.ValueOf(s).Elem(), reflect.ValueOf(more)
		for i := range from.NumField() {
			if to.Field(i).CanSet() && !from.Field(i).IsZero() {
				to.Field(i).Set(from.Field(i))
			}
		}
	}
	if s.Properties != nil {
		for p := s.Properties.Oldest(); p != nil; p = p.Next() {
			detail(p.Value, join(path, p.Key), details)
		}
	}
	if s.Items != nil {
		detail(s.Items, path+"[]", details)
	}
}
