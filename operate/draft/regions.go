package draft

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/breakglass/config"
	"example.com/breakglass/plan"
)

// value is the value of regions: a list, and the keyword for it, where there is one.
type value struct {
	keyword string
	list    []string
}

// shortest returns the keyword for these Regions, or their list.
func shortest(watched []string, unwatched []config.Unwatched) value {
	watched = slices.Sorted(slices.Values(watched))
	var all []string
	for _, r := range config.AllRegions() {
		all = append(all, r.Code)
	}
	switch {
	case slices.Equal(watched, without(config.AlwaysOnRegions(), unwatched)):
		return value{config.RegionsAlwaysOn, watched}
	case slices.Equal(watched, without(all, unwatched)):
		return value{config.RegionsAll, watched}
	}
	return value{"", watched}
}

func without(codes []string, unwatched []config.Unwatched) []string {
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool {
		return slices.ContainsFunc(unwatched, func(u config.Unwatched) bool { return u.Region == code })
	})
}

// Regions returns a file with its regions changed to the wanted ones, which are sorted. A list stays a list, with items added and
// removed; everything else is kept byte for byte. A file that watches them already is returned unchanged. The result has been
// parsed again: it differs from the file in the Regions only.
func Regions(file string, text []byte, wanted []string) ([]byte, error) {
	before, err := config.Parse(file, text)
	if err != nil {
		return nil, err
	}
	if slices.Equal(before.Regions, wanted) {
		return text, nil
	}
	v := shortest(wanted, before.Unwatched)
	changed, err := rewrite(text, v)
	if err == nil {
		err = same(file, before, changed, wanted)
	}
	if err != nil {
		return nil, fmt.Errorf("%s:%d: regions: cannot be updated automatically; %w; Set regions: %s", file, before.Line("regions"), err, v.flow())
	}
	return changed, nil
}

// same checks that nothing but the Regions has changed.
func same(file string, before *config.Config, text []byte, wanted []string) error {
	after, err := config.Parse(file, text)
	if err == nil {
		_, err = plan.New(after)
	}
	if err != nil {
		return err
	}
	if !slices.Equal(after.Regions, wanted) {
		return fmt.Errorf("the result would watch %s", strings.Join(after.Regions, ", "))
	}
	// Line numbers differ, and are in fields that are not exported.
	b, a := reflect.ValueOf(*before), reflect.ValueOf(*after)
	for i := range b.NumField() {
		if f := b.Type().Field(i); f.IsExported() && f.Name != "Regions" && !reflect.DeepEqual(b.Field(i).Interface(), a.Field(i).Interface()) {
			return fmt.Errorf("the result would differ in %s", f.Tag.Get("yaml"))
		}
	}
	return nil
}

// rewrite sets the value of regions.
func rewrite(text []byte, v value) ([]byte, error) {
	s, root, err := parse(text)
	if err != nil {
		return nil, err
	}
	key, old := find(root, "regions")
	switch {
	case old == nil:
		s.add(root, v)
	case old.Kind == yaml.SequenceNode && old.Style&yaml.FlowStyle != 0:
		s.flowItems(old, v.list)
	case old.Kind == yaml.SequenceNode:
		s.blockItems(old, v.list)
	case old.Kind == yaml.ScalarNode:
		s.scalar(root, key, old, v)
	}
	return s.result()
}

// flow returns the value on one line.
func (v value) flow() string {
	if v.keyword != "" {
		return v.keyword
	}
	return "[" + strings.Join(v.list, ", ") + "]"
}

func find(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}
