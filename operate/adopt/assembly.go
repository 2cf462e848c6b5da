package adopt

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"

	"example.com/breakglass/internal/file"
)

// Assembly are the templates that the app has made.
type Assembly struct {
	Folder    string
	Version   string
	Templates map[string]Template

	artifacts map[string]artifact
}

// Template is a CloudFormation template.
type Template struct {
	Description string                `json:"Description,omitempty"`
	Resources   map[string]Definition `json:"Resources"`
}

// Definition is a resource in a template.
type Definition struct {
	Type                string         `json:"Type"`
	Properties          map[string]any `json:"Properties,omitempty"`
	DeletionPolicy      string         `json:"DeletionPolicy,omitempty"`
	UpdateReplacePolicy string         `json:"UpdateReplacePolicy,omitempty"`
}

// artifact is an entry of an assembly's manifest.
type artifact struct {
	Type        string         `json:"type"`
	Environment string         `json:"environment,omitempty"`
	Properties  map[string]any `json:"properties"`
	DisplayName string         `json:"displayName,omitempty"`
}

type manifest struct {
	Version   string              `json:"version"`
	Artifacts map[string]artifact `json:"artifacts"`
}

// Read reads the folder that cdk synth has written, with the stages in it.
func Read(folder string) (Assembly, error) {
	a := Assembly{Folder: folder, Templates: map[string]Template{}, artifacts: map[string]artifact{}}
	return a, a.read(folder)
}

func (a *Assembly) read(folder string) error {
	var m manifest
	if err := readJSON(filepath.Join(folder, "manifest.json"), &m); err != nil {
		return fmt.Errorf("%s is not a folder that cdk synth has written: %w", folder, err)
	}
	a.Version = max(a.Version, m.Version)
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		entry := m.Artifacts[id]
		switch entry.Type {
		case "aws:cloudformation:stack":
			name, _ := entry.Properties["stackName"].(string)
			if name == "" {
				name = id
			}
			file, _ := entry.Properties["templateFile"].(string)
			var t Template
			if err := readJSON(filepath.Join(folder, file), &t); err != nil {
				return fmt.Errorf("the template of %s cannot be read: %w", name, err)
			}
			a.Templates[name], a.artifacts[name] = t, entry
		case "cdk:cloud-assembly":
			inner, _ := entry.Properties["directoryName"].(string)
			if err := a.read(filepath.Join(folder, inner)); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostJSON is more than the template of any stack takes, and the manifest of a thousand.
const mostJSON = 64 << 20

func readJSON(path string, into any) error {
	text, err := file.Read(path, mostJSON)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// ids returns the logical IDs, sorted.
func (t Template) ids() []string { return slices.Sorted(maps.Keys(t.Resources)) }

// of returns the logical IDs of a type, sorted.
func (t Template) of(typ string) []string {
	return slices.DeleteFunc(t.ids(), func(id string) bool { return t.Resources[id].Type != typ })
}

func (t Template) has(all []looker) bool {
	return slices.ContainsFunc(all, func(l looker) bool { return len(t.of(l.typ)) > 0 })
}

// text returns a property that is plain text; empty for any other value.
func (t Template) text(id, property string) string {
	text, _ := t.Resources[id].Properties[property].(string)
	return text
}

// ref returns the logical ID that a value refers to.
func ref(value any) string {
	m, _ := value.(map[string]any)
	id, _ := m["Ref"].(string)
	return id
}

// changes returns the properties of a resource that differ from what was recorded.
func (t Template) changes(id string, record map[string]any) []string {
	differ := []string{}
	ours := t.Resources[id].Properties
	for _, property := range slices.Sorted(maps.Keys(ours)) {
		if !same(ours[property], record[property]) {
			differ = append(differ, property)
		}
	}
	for _, property := range slices.Sorted(maps.Keys(record)) {
		if _, ok := ours[property]; !ok {
			differ = append(differ, property)
		}
	}
	return differ
}

// same compares values as they look in JSON.
func same(a, b any) bool {
	return reflect.DeepEqual(plainJSON(a), plainJSON(b))
}

func plainJSON(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	var plain any
	_ = json.Unmarshal(text, &plain)
	return plain
}
