package verify

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Assembly is a cloud assembly as plain data: what a deployment would send.
type Assembly struct {
	Stacks map[string]*Stack
}

// Stack is a template and the place that it is deployed to.
type Stack struct {
	Name, Account, Region string
	// Text is the content of the template's file.
	Text []byte
	// Resources by logical ID, with CloudFormation's functions replaced by what they come to.
	Resources map[string]Resource

	exports map[string]any
}

// Resource is a resource of a template.
type Resource struct {
	Type       string
	Properties map[string]any
}

// ReadAssembly reads every stack of the cloud assembly in dir.
func ReadAssembly(dir string) (*Assembly, error) {
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		return nil, err
	}
	var manifest struct {
		Artifacts map[string]struct {
			Type, Environment string
			Properties        struct{ TemplateFile string }
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return nil, err
	}
	app := &Assembly{Stacks: map[string]*Stack{}}
	for name, a := range manifest.Artifacts {
		if a.Type != "aws:cloudformation:stack" {
			continue
		}
		place := strings.Split(strings.TrimPrefix(a.Environment, "aws://"), "/")
		if len(place) != 2 {
			return nil, fmt.Errorf("%s is deployed to %q, want an account and a Region", name, a.Environment)
		}
		stack := &Stack{Name: name, Account: place[0], Region: place[1]}
		if stack.Text, err = os.ReadFile(filepath.Join(dir, a.Properties.TemplateFile)); err != nil {
			return nil, err
		}
		app.Stacks[name] = stack
	}
	return app, app.resolve()
}

// resolve reads the templates, and replaces their functions: first in what the stacks export, then everywhere.
func (app *Assembly) resolve() error {
	type template struct {
		Resources map[string]Resource
		Outputs   map[string]struct {
			Value  any
			Export struct{ Name any }
		}
	}
	templates := map[string]template{}
	for name, stack := range app.Stacks {
		var t template
		if err := json.Unmarshal(stack.Text, &t); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		templates[name], stack.Resources, stack.exports = t, t.Resources, map[string]any{}
		for id, output := range t.Outputs {
			export, ok := output.Export.Name.(string)
			if !ok {
				continue
			}
			value, err := app.plain(stack, output.Value)
			if err != nil {
				return fmt.Errorf("%s: output %s: %w", name, id, err)
			}
			stack.exports[export] = value
		}
	}
	for name, t := range templates {
		stack, resolved := app.Stacks[name], map[string]Resource{}
		for id, r := range t.Resources {
			properties, err := app.plain(stack, r.Properties)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", name, id, err)
			}
			resolved[id] = Resource{Type: r.Type, Properties: properties.(map[string]any)}
			if pattern, ok := resolved[id].Properties["EventPattern"].(string); ok && r.Type == "AWS::Events::Rule" {
				var fields any
				if err := json.Unmarshal([]byte(pattern), &fields); err != nil {
					return fmt.Errorf("%s: %s: %w", name, id, err)
				}
				resolved[id].Properties["EventPattern"] = fields
			}
		}
		stack.Resources = resolved
	}
	return nil
}

// plain returns the value without functions. One that it doesn't know is an error: a policy with a function left in it would
// be judged as something else.
func (app *Assembly) plain(stack *Stack, value any) (any, error) {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			var err error
			if list[i], err = app.plain(stack, inner); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return app.function(stack, name, argument)
				}
			}
		}
		object := map[string]any{}
		for key, inner := range v {
			var err error
			if object[key], err = app.plain(stack, inner); err != nil {
				return nil, err
			}
		}
		return object, nil
	default:
		return value, nil
	}
}

func isText(value any) bool {
	_, ok := value.(string)
	return ok
}

func (app *Assembly) function(stack *Stack, name string, argument any) (any, error) {
	unknown := fmt.Errorf("%s of %v is not a function that this reader knows", name, argument)
	argument, err := app.plain(stack, argument)
	if err != nil {
		return nil, err
	}
	list, _ := argument.([]any)
	switch {
	case name == "Ref" && isText(argument):
		return stack.ref(argument.(string))
	case name == "Fn::GetAtt" && len(list) == 2:
		return stack.attribute(fmt.Sprint(list[0]), fmt.Sprint(list[1]))
	case name == "Fn::Join" && len(list) == 2:
		parts, ok := list[1].([]any)
		if !ok {
			return nil, unknown
		}
		texts := make([]string, len(parts))
		for i, part := range parts {
			texts[i] = fmt.Sprint(part)
		}
		return strings.Join(texts, fmt.Sprint(list[0])), nil
	case name == "Fn::ImportValue" && isText(argument):
		for _, other := range app.Stacks {
			if value, ok := other.exports[argument.(string)]; ok && other.Account == stack.Account && other.Region == stack.Region {
				return value, nil
			}
		}
		return nil, fmt.Errorf("no stack of %s in %s exports %s", stack.Account, stack.Region, argument)
	}
	return nil, unknown
}

// OfType lists the logical IDs of a type's resources, sorted.
func (s *Stack) OfType(kind string) []string {
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
		if s.Resources[id].Type == kind {
			ids = append(ids, id)
		}
	}
	return ids
}

// Copy returns an assembly of its own, for a test that breaks something in it.
func (app *Assembly) Copy() *Assembly {
	again := &Assembly{Stacks: map[string]*Stack{}}
	for name, stack := range app.Stacks {
		one := *stack
		one.Resources = map[string]Resource{}
		for id, r := range stack.Resources {
			one.Resources[id] = Resource{Type: r.Type, Properties: copied(r.Properties).(map[string]any)}
		}
		again.Stacks[name] = &one
	}
	return again
}

func copied(value any) any {
	switch v := value.(type) {
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, inner := range v {
			object[key] = copied(inner)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, inner := range v {
			list[i] = copied(inner)
		}
		return list
	default:
		return value
	}
}
