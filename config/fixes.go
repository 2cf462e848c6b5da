package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize/english"
	"github.com/invopop/jsonschema"
)

// nullFix returns the fix for a key or an item without a value, which depends on what the value has to be.
func nullFix(v reflect.Value, path string) string {
	if strings.HasSuffix(path, "]") {
		return "Write one, or remove the item."
	}
	write := "a value"
	switch v.Interface().(type) {
	case time.Duration:
		write = "a duration such as 1h"
		if path == rotateEvery {
			write = "a number of days such as 90d"
		}
	case map[string]any:
		write = "a policy document, {} for none"
	case map[string]string:
		write = "one key: value for each tag below it"
	default:
		switch v.Kind() {
		case reflect.Struct:
			last := "and"
			if len(detailsOf(path).OneOf) > 0 {
				last = "or"
			}
			write = english.WordSeries(keyNames(v.Type()), last) + " below it"
		case reflect.String:
			write = "a text" + exampleOf(path)
		case reflect.Slice:
			write = "a list, [] for an empty one"
		case reflect.Bool:
			write = "true or false"
		case reflect.Int:
			write = "a whole number"
		}
	}
	if isRequired(path) {
		return "Write " + write + "."
	}
	return "Write " + write + ", or remove the key."
}

var (
	details    = sync.OnceValue(schemaDetails)
	itemNumber = regexp.MustCompile(`\[[0-9]+\]`)
)

// isRequired reports whether a key may not be removed.
func isRequired(path string) bool {
	return slices.Contains(detailsOf(path[:max(0, strings.LastIndex(path, "."))]).Required, lastKey(path))
}

// detailsOf returns what the schema says of a key or list item besides its type and description.
func detailsOf(path string) jsonschema.Schema {
	return details()[itemNumber.ReplaceAllString(path, "[]")]
}

// mappingFix returns the fix for a value that has to be a mapping with these keys: a scalar in a list is the first one's value.
func mappingFix(n *node, path string, keys []string) string {
	if n.kind != scalar || !strings.HasSuffix(path, "]") {
		return "Write " + english.WordSeries(keys, "and") + " below it."
	}
	fix := "Write it as {" + keys[0] + ": " + quote(n.text)
	for _, key := range detailsOf(path).Required {
		if key != keys[0] {
			fix += ", " + key + ": …"
		}
	}
	return fix + "}."
}

// textFix returns the fix for a value that has to be a text. Quotation marks help only where the text would be accepted.
func textFix(n *node, path string) string {
	d := detailsOf(path)
	if plain := d.Ref == "" && d.Enum == nil; plain && n.kind == scalar && (d.Pattern == "" || regexp.MustCompile(d.Pattern).MatchString(n.text)) {
		return "Put it in quotation marks."
	}
	return "Write one text" + exampleOf(path) + "."
}

// exampleOf returns what a text at a path may be, for the end of a sentence.
func exampleOf(path string) string {
	d := detailsOf(path)
	var known []string
	for _, word := range d.Enum {
		known = append(known, fmt.Sprint(word))
	}
	switch {
	case d.Ref != "":
		return ", the code of a Region such as " + DefaultRegion
	case len(known) > 0:
		return ": " + english.WordSeries(known, "or")
	case len(d.Examples) > 0:
		return fmt.Sprintf(", such as %q", d.Examples[0])
	}
	return ""
}
