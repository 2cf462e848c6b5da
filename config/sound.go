package config

import (
	"reflect"
	"strings"
)

// soundSections returns a Config in which the default replaces each section with a problem, so that the limits of the other
// sections can be counted. What depends on a replaced section is left out.
func soundSections(c *Config, problems Problems) *Config {
	sound := *c
	unsound := map[string]bool{}
	for _, p := range problems {
		section, _, _ := strings.Cut(p.Key, ".")
		section, _, _ = strings.Cut(section, "[")
		unsound[section] = true
	}
	byDefault, v := reflect.ValueOf(defaults()), reflect.ValueOf(&sound).Elem()
	for i := range v.NumField() {
		if key := v.Type().Field(i).Tag.Get("yaml"); key != "" && key != "-" && unsound[key] {
			v.Field(i).Set(byDefault.Field(i))
		}
	}
	if unsound["regions"] || unsound["unwatched"] || unsound["hub"] {
		sound.Regions = sound.HubRegions()
	}
	if unsound["stackSets"] {
		sound.StackSets.Region = sound.Hub.Region
	}
	if unsound["targets"] || unsound["role"] || unsound["stackSets"] || unsound["hub"] {
		sound.Targets, sound.Units = nil, nil
	}
	if unsound["targets"] || unsound["deploy"] || len(sound.Targets)+len(sound.Units) < len(c.Targets)+len(c.Units) {
		sound.Pipeline = Pipeline{}
	}
	if sound.Observers.Organization == "" && len(sound.Units) > 0 {
		sound.Observers = Observers{}
	}
	return &sound
}
