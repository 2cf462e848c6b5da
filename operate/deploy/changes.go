package deploy

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"go.yaml.in/yaml/v3"

	"example.com/breakglass/internal/account"
	"example.com/breakglass/internal/fan"
	"example.com/breakglass/plan"
)

// Change is what a deployment changes in a stack.
type Change struct {
	Stack  string `json:"stack"`
	Region string `json:"region"`
	// New is set for a stack that does not exist yet.
	New bool `json:"new"`
	// Added, Changed and Removed are resources: "SignIn (AWS::Events::Rule)".
	Added   []string `json:"added"`
	Changed []string `json:"changed"`
	Removed []string `json:"removed"`
	// Other is set where something besides the resources changes: outputs or a description.
	Other bool `json:"other"`
	// Unknown is why the deployed template could not be read.
	Unknown string `json:"unknown,omitempty"`
}

// None reports whether the stack stays as it is.
func (c Change) None() bool {
	return !c.New && !c.Other && c.Unknown == "" && len(c.Added)+len(c.Changed)+len(c.Removed) == 0
}

// String returns the change for people.
func (c Change) String() string {
	switch {
	case c.Unknown != "":
		return "unknown: " + c.Unknown
	case c.New:
		return "new"
	case c.None():
		return "no changes"
	}
	var parts []string
	for _, of := range []struct {
		verb string
		list []string
	}{{"adds", c.Added}, {"changes", c.Changed}, {"removes", c.Removed}} {
		const shown = 5
		text := strings.Join(of.list[:min(shown, len(of.list))], ", ")
		if more := len(of.list) - shown; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
		if text != "" {
			parts = append(parts, of.verb+" "+text)
		}
	}
	if len(parts) == 0 {
		return "changes outputs or its description"
	}
	return strings.Join(parts, "; ")
}

// Changes compares the synthesized templates with those that are deployed. A stack without a template in the folder is left out.
func Changes(ctx context.Context, open Stacks, assembly string, stacks []plan.Placement, step func(string)) []Change {
	files := templates(assembly)
	of := map[string]plan.Placement{}
	var names []string
	for _, at := range stacks {
		if files[at.Stack] != "" {
			of[at.Stack] = at
			names = append(names, at.Stack)
		}
	}
	var changes []Change
	for _, r := range fan.Out(ctx, names, fan.Bound, func(ctx context.Context, name string) (Change, error) {
		ctx, cancel := context.WithTimeout(ctx, account.Patience)
		defer cancel()
		return change(ctx, open, of[name], files[name])
	}, func(r fan.Result[Change]) { step(r.Key) }) {
		c := r.Value
		c.Stack, c.Region = r.Key, of[r.Key].Region
		if r.Err != nil {
			c.Unknown = account.Explain(r.Err, "reading the template of "+r.Key).Error()
		}
		changes = append(changes, c)
	}
	return changes
}

// template is the part of a template that is compared one by one, and the rest.
type template struct {
	Resources map[string]map[string]any `yaml:"Resources"`
	rest      map[string]any
}

// parseTemplate reads a template. The app writes JSON, which is YAML too; the CDK CLI sends small ones as YAML.
func parseTemplate(text []byte) (template, error) {
	var t template
	if err := yaml.Unmarshal(text, &t); err != nil {
		return t, err
	}
	err := yaml.Unmarshal(text, &t.rest)
	delete(t.rest, "Resources")
	return t, err
}

func change(ctx context.Context, open Stacks, at plan.Placement, file string) (Change, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return Change{}, err
	}
	want, err := parseTemplate(text)
	if err != nil {
		return Change{}, err
	}
	cfg, err := open(ctx, at.Account, at.Region)
	if err != nil {
		return Change{}, err
	}
	out, err := cloudformation.NewFromConfig(cfg).GetTemplate(ctx,
		&cloudformation.GetTemplateInput{StackName: aws.String(at.Stack), TemplateStage: types.TemplateStageOriginal})
	if noSuchStack(err) {
		return Change{New: true}, nil
	}
	if err != nil {
		return Change{}, err
	}
	have, err := parseTemplate([]byte(aws.ToString(out.TemplateBody)))
	if err != nil {
		return Change{}, fmt.Errorf("the deployed template cannot be read: %w", err)
	}
	return compare(have, want), nil
}

func compare(have, want template) Change {
	named := func(t template, id string) string { return fmt.Sprintf("%s (%v)", id, t.Resources[id]["Type"]) }
	c := Change{Other: !reflect.DeepEqual(have.rest, want.rest)}
	for _, id := range slices.Sorted(maps.Keys(want.Resources)) {
		switch before, ok := have.Resources[id]; {
		case !ok:
			c.Added = append(c.Added, named(want, id))
		case !reflect.DeepEqual(before, want.Resources[id]):
			c.Changed = append(c.Changed, named(want, id))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(have.Resources)) {
		if want.Resources[id] == nil {
			c.Removed = append(c.Removed, named(have, id))
		}
	}
	return c
}

// templates finds the files of the templates in a cloud assembly, by the names of the stacks. A stage has an assembly of its own
// inside.
func templates(assembly string) map[string]string {
	files := map[string]string{}
	_ = filepath.WalkDir(assembly, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "manifest.json" {
			return nil // what cannot be read has no templates, which the CDK CLI reports
		}
		var manifest struct {
			Artifacts map[string]struct {
				Type       string
				Properties struct{ TemplateFile, StackName string }
			}
		}
		text, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(text, &manifest) != nil {
			return nil
		}
		for id, artifact := range manifest.Artifacts {
			if artifact.Type != "aws:cloudformation:stack" {
				continue
			}
			name := artifact.Properties.StackName
			if name == "" {
				name = id
			}
			files[name] = filepath.Join(filepath.Dir(path), artifact.Properties.TemplateFile)
		}
		return nil
	})
	return files
}
