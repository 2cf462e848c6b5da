package adopt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"example.com/breakglass/internal/file"
)

// Mapping returns the name of the file in the folder that assigns physical resources to logical IDs, for cdk import.
func Mapping(stack string) string { return stack + ".mapping.json" }

// Write writes a folder for cdk import --app: a template for each stack that has something to import, with nothing else in it,
// and its mapping. An import takes no resources but those that it imports; the plan's own templates refer from one to
// another, so that a part of them is no template.
//
// The folder is the way back, too, once a stack is imported: it knows what the resources were. So what it has from before and
// is not to be imported now stays in it.
func Write(folder string, made Assembly, stacks []Stack) error {
	if err := file.Folder(folder); err != nil {
		return err
	}
	var m manifest
	if err := readIfThere(filepath.Join(folder, "manifest.json"), &m); err != nil {
		return err
	}
	m.Version = made.Version
	if m.Artifacts == nil {
		m.Artifacts = map[string]artifact{}
	}
	for _, s := range stacks {
		if len(s.Import) == 0 {
			continue
		}
		var t Template
		mapping := map[string]map[string]string{}
		templateFile, mappingFile := filepath.Join(folder, s.Stack+".template.json"), filepath.Join(folder, Mapping(s.Stack))
		if err := errors.Join(readIfThere(templateFile, &t), readIfThere(mappingFile, &mapping)); err != nil {
			return err
		}
		now := s.importTemplate()
		for id, r := range t.Resources {
			if _, again := now.Resources[id]; !again {
				now.Resources[id] = r
			}
		}
		for _, r := range s.Import {
			mapping[r.LogicalID] = r.Identifier
		}
		if err := errors.Join(writeJSON(templateFile, now), writeJSON(mappingFile, mapping)); err != nil {
			return err
		}
		m.Artifacts[s.Stack] = imported(made.artifacts[s.Stack], s.Stack)
	}
	return writeJSON(filepath.Join(folder, "manifest.json"), m)
}

// readIfThere reads a file of an earlier run; there need not be one.
func readIfThere(path string, into any) error {
	err := readJSON(path, into)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s was not written by this command: %w; pass another folder with --out", path, err)
	}
	return nil
}

// importTemplate returns a template of the imported resources and nothing else. Whatever happens to the stack, an adopted
// resource stays.
func (s *Stack) importTemplate() Template {
	t := Template{Description: s.template.Description, Resources: map[string]Definition{}}
	for _, r := range s.Import {
		t.Resources[r.LogicalID] = Definition{Type: r.Type, Properties: r.record, DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain"}
	}
	return t
}

// imported returns the manifest's entry of a stack: as the app has it, with the same roles to deploy with. The deployment adds
// tags and termination protection.
func imported(of artifact, stack string) artifact {
	own := artifact{Type: of.Type, Environment: of.Environment, DisplayName: stack, Properties: map[string]any{}}
	for key, value := range of.Properties {
		switch key {
		case "stackTemplateAssetObjectUrl", "terminationProtection", "tags":
		default:
			own.Properties[key] = value
		}
	}
	own.Properties["templateFile"] = stack + ".template.json"
	own.Properties["stackName"] = stack
	return own
}

// dangling returns a logical ID that a value refers to and that is not known.
func dangling(value any, known map[string]bool) string {
	var inner []any
	switch v := value.(type) {
	case map[string]any:
		to := ref(v)
		if att, ok := v["Fn::GetAtt"].([]any); ok && len(att) > 0 {
			to, _ = att[0].(string)
		}
		if to != "" && !known[to] {
			return to
		}
		inner = slices.Collect(maps.Values(v))
	case []any:
		inner = v
	}
	for _, one := range inner {
		if to := dangling(one, known); to != "" {
			return to
		}
	}
	return ""
}

func writeJSON(path string, value any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return file.Write(path, text.Bytes())
}
