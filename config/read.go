package config

import (
	"errors"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reader fills a Config from the tree of the file. It reports every value of the wrong type and goes on, so that the
// checks after it see all the others.
type reader struct {
	file     string
	problems Problems
	warnings Problems
	lines    map[string]int    // path of a key or list item → its line
	unsound  map[string]bool   // paths of values that were reported
	bare     map[string]string // path → its value, if that is no text for lack of quotation marks
	likely   map[string]string // name of a policy that AWS does not have → the one that was probably meant
	keyword  string            // what regions says, where it is no list
}

// reportLine reports a problem with the form of the file, in the line where the YAML has it.
func (r *reader) reportLine(line int, path, what, value, fix string) {
	r.problems = append(r.problems, Problem{File: r.file, Line: line, Key: path, What: what, Value: value, Fix: fix})
}

// report reports the value of a key.
func (r *reader) report(path, what, value, fix string) { r.reportAt(path, path, what, value, fix) }

// reportAt reports a key in the line of another one: where the file does not have it, the one that makes it necessary.
func (r *reader) reportAt(path, line, what, value, fix string) {
	r.unsound[path] = true
	what = named(path, what, value)
	if _, given := r.lines[path]; given {
		line = path
	}
	r.problems = append(r.problems,
		Problem{File: r.file, Line: lineOf(r.lines, line), Key: path, What: what, Value: value, Bare: value != "" && r.bare[path] == value, Fix: fix})
}

// warn reports a value that is accepted all the same. Of several equal ones, the first is enough.
func (r *reader) warn(path, what, value, fix string) {
	if !slices.ContainsFunc(r.warnings, func(p Problem) bool { return p.What == what && p.Value == value }) {
		r.warnings = append(r.warnings, Problem{File: r.file, Line: lineOf(r.lines, path), Key: path, What: what, Value: value, Fix: fix})
	}
}

// given reports whether the file has this key.
func (r *reader) given(path string) bool {
	_, ok := r.lines[path]
	return ok
}

// usable reports whether the value was read without a problem.
func (r *reader) usable(path string) bool { return !r.unsound[path] }

func (r *reader) read(c *Config, root *node) {
	r.lines[""] = root.line
	r.keys(reflect.ValueOf(c).Elem(), root, "")
}

// value reads the value at path into v. A key without a value is refused rather than ignored: somebody who removed the
// last policy of a list must not get the default ones.
func (r *reader) value(v reflect.Value, n *node, path string) {
	switch {
	case n.kind == refused:
		r.unsound[path] = true
		return
	case n.isNull():
		r.report(path, "no value", "", nullFix(v, path))
		return
	}
	r.noteBare(n, path)
	switch target := v.Addr().Interface().(type) {
	case *time.Duration:
		if path == rotateEvery {
			*target = r.days(n, path)
		} else {
			*target = r.session(n, path)
		}
		return
	case *map[string]string:
		*target = r.texts(n, path)
		return
	case *map[string]any:
		if n.kind != mapping {
			r.mismatch(n, path, "a policy document", "Write its keys Version and Statement below this one.")
			return
		}
		*target, _ = r.document(n, path).(map[string]any)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		r.keys(v, n, path)
	case reflect.Slice:
		r.list(v, n, path)
	case reflect.Bool:
		v.SetBool(r.boolean(n, path))
	case reflect.Int:
		if path == "version" {
			v.SetInt(int64(r.version(n, path)))
		} else {
			v.SetInt(int64(r.whole(n, path)))
		}
	default:
		if key := lastKey(path); key == "account" || key == "managementAccount" {
			v.SetString(r.account(n, path))
		} else {
			v.SetString(r.text(n, path))
		}
	}
}

func (r *reader) keys(v reflect.Value, n *node, path string) {
	names := keyNames(v.Type())
	if n.kind != mapping {
		r.mismatch(n, path, "a mapping", mappingFix(n, path, names))
		return
	}
	for _, e := range n.entries {
		field, ok := fieldOf(v, e.key)
		if !ok {
			r.lines[join(path, e.key)] = e.line
			r.report(join(path, e.key), "unknown key", "", didYouMean(e.key, names))
			continue
		}
		at := join(path, e.key)
		r.lines[at] = e.line
		r.value(field, e.value, at)
	}
}

func (r *reader) list(v reflect.Value, n *node, path string) {
	if path == "regions" && n.isText() {
		r.keyword = n.text
		return
	}
	if n.kind != list {
		fix := listFix(n, v.Type().Elem())
		if path == "regions" {
			fix = regionsFix
		}
		r.mismatch(n, path, "a list", fix)
		return
	}
	items := reflect.MakeSlice(v.Type(), len(n.items), len(n.items))
	for i, value := range n.items {
		at := item(path, i)
		r.lines[at] = value.line
		r.value(items.Index(i), value, at)
	}
	v.Set(items)
}

func (r *reader) texts(n *node, path string) map[string]string {
	if n.kind != mapping {
		r.mismatch(n, path, "a mapping", "Write one key: value for each tag below it.")
		return nil
	}
	texts := map[string]string{}
	for _, e := range n.entries {
		at := join(path, e.key)
		r.lines[at] = e.line
		text := ""
		r.value(reflect.ValueOf(&text).Elem(), e.value, at)
		texts[e.key] = text
	}
	return texts
}

func (r *reader) text(n *node, path string) string {
	if !n.isText() {
		r.mismatch(n, path, "a text", textFix(n, path))
		return ""
	}
	return n.text
}

func (r *reader) boolean(n *node, path string) bool {
	if n.kind != scalar || n.quoted || n.text != "true" && n.text != "false" {
		fix := "Write true or false, without quotation marks."
		switch strings.ToLower(n.text) {
		case "yes", "on", "y", "true":
			fix = "Write true, without quotation marks."
		case "no", "off", "n", "false":
			fix = "Write false, without quotation marks."
		}
		r.report(path, "neither true nor false", n.text, fix)
	}
	return n.text == "true"
}

func (r *reader) version(n *node, path string) int {
	if n.kind == scalar && !n.quoted && n.text == "1" {
		return Version
	}
	if n.kind == scalar && n.text == "1" {
		r.report(path, "in quotation marks", n.text, "Write version: 1.")
	} else {
		r.report(path, "a version that this program does not read", n.text, "Write version: 1, or use the program that reads that version.")
	}
	return 0
}

func (r *reader) whole(n *node, path string) int {
	number, err := strconv.Atoi(n.text)
	switch {
	case errors.Is(err, strconv.ErrRange):
		r.report(path, "number too large", n.text, "Write a smaller one.")
	case n.isNumber() && (err != nil || !jsonNumber.MatchString(n.text)):
		r.report(path, "not a plain whole number", n.text, "Write it in plain digits, such as 365.")
	case !n.isNumber():
		r.mismatch(n, path, "a whole number", "Write it in digits, without quotation marks.")
	}
	return number
}

const sessionPattern = `^([0-9]{1,5}h)?([0-9]{1,5}m)?([0-9]{1,5}s)?$`

var sessionForm = regexp.MustCompile(sessionPattern)

func (r *reader) session(n *node, path string) time.Duration {
	const fix = "Write it with its unit, such as 1h or 90m."
	if n.kind != scalar {
		r.mismatch(n, path, "a duration", fix)
		return 0
	}
	d, err := time.ParseDuration(n.text)
	switch {
	case n.isNumber():
		r.report(path, "duration without a unit", n.text, fix)
	case err == nil && n.text != "" && (d < time.Hour || d > 12*time.Hour):
		r.report(path, "not a session duration that IAM allows", n.text, "Write a duration from 1h to 12h.")
	case err != nil || !sessionForm.MatchString(n.text):
		r.report(path, "not a duration", orEmpty(n.text), fix)
	}
	return d
}

func (r *reader) mismatch(n *node, path, expected, fix string) {
	r.report(path, "expected "+expected+", found "+describe(n), n.text, fix)
}

func keyNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		if name := t.Field(i).Tag.Get("yaml"); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("yaml"); name != "" && name != "-" && name == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func lastKey(path string) string {
	return path[strings.LastIndex(path, ".")+1:]
}

// listFix returns the fix that writes a single value as a list.
func listFix(n *node, of reflect.Type) string {
	const fix = "Write it as a list"
	switch {
	case n.kind != scalar:
		return fix + "."
	case of.Kind() == reflect.Struct:
		return fix + ": [{" + keyNames(of)[0] + ": " + quote(n.text) + "}]."
	}
	return fix + ": [" + quote(n.text) + "]."
}
