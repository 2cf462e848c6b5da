package config

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// node is a value of the file, without the YAML that the file may not have (anchors, aliases, tags) and without any
// guess at a scalar's type: it keeps the source text of a number and whether a text was quoted.
type node struct {
	kind    nodeKind
	line    int
	text    string // of a scalar: decoded where quoted, otherwise as the file spells it
	quoted  bool   // a scalar in quotation marks, or a block text (| or >)
	items   []*node
	entries []entry
}

type nodeKind int

const (
	refused nodeKind = iota // already reported
	scalar
	list
	mapping
)

type entry struct {
	key   string
	line  int
	value *node
}

// lineReport reports a problem at a line; path is empty where it belongs to no key.
type lineReport func(line int, path, what, value, fix string)

// maxDepth limits the nesting of values; a policy document, the deepest value, needs about ten levels.
const maxDepth = 30

// parseTree reads the one document of the file. It returns nil where there is nothing that can be checked further.
func parseTree(text string, report lineReport) *node {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	first, err := decodeNode(decoder)
	switch {
	case errors.Is(err, io.EOF) || err == nil && (first.Kind != yaml.DocumentNode || len(first.Content) == 0):
		report(1, "", "the file is empty", "", "Copy the project's breakglass.yaml, and fill in your accounts and addresses.")
		return nil
	case err != nil:
		reportSyntax(text, err, report)
		return nil
	}
	if second, err := decodeNode(decoder); err == nil {
		report(max(1, second.Line), "", "second YAML document", "---", "Join the documents, or move the second one to its own file.")
	} else if !errors.Is(err, io.EOF) {
		reportSyntax(text, err, report)
	}
	c := converter{report: report}
	root := c.convert(first.Content[0], "")
	switch {
	case root.kind == refused:
		return nil
	case root.isNull():
		report(1, "", "the file is empty", "", "Copy the project's breakglass.yaml, and fill in your accounts and addresses.")
		return nil
	case root.kind != mapping:
		report(root.line, "", "expected the keys of the file, found "+describe(root), root.text, "Start the file with version: 1.")
		return nil
	}
	return root
}

// decodeNode reads the next document. The library bounds its recursion, and recovers from most of its panics.
func decodeNode(decoder *yaml.Decoder) (n *yaml.Node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser gave up: %v", p)
		}
	}()
	n = new(yaml.Node)
	err = decoder.Decode(n)
	return n, err
}

var syntaxError = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?`)

func reportSyntax(text string, err error, report lineReport) {
	message := strings.Join(strings.Fields(err.Error()), " ")
	line := 0
	if m := syntaxError.FindStringSubmatch(message); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	if found := syntaxErrorLine(text); found > 0 {
		line = found
	}
	if tab := tabIndented(text, line); tab > 0 {
		report(tab, "", "tab in the indentation, which YAML does not allow", "", "Indent with spaces.")
		return
	}
	if strings.Contains(message, "did not find expected alphabetic or numeric character") {
		report(line, "", "* or & at the start of a value, which YAML takes for an alias or an anchor", "", "Put the value in quotation marks.")
		return
	}
	report(line, "", "not YAML: "+message, "", "Correct the syntax here or just above: indentation, quotation marks, brackets, colons.")
}

// tabIndented returns the line of an error, or the one after it, since the library may name the one before, if a tab indents it.
func tabIndented(text string, line int) int {
	lines := strings.Split(text, "\n")
	for n := max(line, 1); n <= min(line+1, len(lines)); n++ {
		if strings.HasPrefix(strings.TrimLeft(lines[n-1], " "), "\t") {
			return n
		}
	}
	return 0
}

// syntaxErrorLine finds the line after the longest beginning of the text that is YAML; the library names the line where
// the values around the error start. It returns 0 for a text that is too long for trying.
func syntaxErrorLine(text string) int {
	const mostLines, mostBytes = 500, 64 << 10
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > mostLines || len(text) > mostBytes {
		return 0
	}
	for n := len(lines) - 1; n > 0; n-- {
		decoder := yaml.NewDecoder(strings.NewReader(strings.Join(lines[:n], "")))
		var err error
		for err == nil {
			_, err = decodeNode(decoder)
		}
		if errors.Is(err, io.EOF) {
			return n + 1
		}
	}
	return 1
}

type converter struct {
	report lineReport
	depth  int
}

// convert converts the value at a path.
func (c *converter) convert(n *yaml.Node, path string) *node {
	c.depth++
	defer func() { c.depth-- }()
	out := &node{line: n.Line}
	switch {
	case c.depth > maxDepth:
		c.report(n.Line, path, "nested too deeply", "", "Remove the superfluous levels.")
		return out
	case n.Kind == yaml.AliasNode:
		c.report(n.Line, path, "YAML alias", "*"+n.Value, "Write the value itself.")
		return out
	case n.Anchor != "":
		c.report(n.Line, path, "YAML anchor", "&"+n.Anchor, "Remove it, and write every value where it belongs.")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		c.report(n.Line, path, "YAML tag", n.Tag, "Remove it, and put a text in quotation marks.")
		return out
	}
	switch n.Kind {
	case yaml.MappingNode:
		out.kind = mapping
		c.mapping(out, n.Content, path)
	case yaml.SequenceNode:
		out.kind = list
		for i, value := range n.Content {
			out.items = append(out.items, c.convert(value, item(path, i)))
		}
	default:
		out.kind, out.text, out.quoted = scalar, n.Value, n.Style != 0 && n.Style != yaml.FlowStyle
	}
	return out
}

func (c *converter) mapping(out *node, keysAndValues []*yaml.Node, path string) {
	first := map[string]int{}
	for i := 0; i < len(keysAndValues); i += 2 {
		n := keysAndValues[i]
		if n.Kind == yaml.ScalarNode && n.Value == "<<" && n.Style == 0 {
			c.report(n.Line, path, "YAML merge key", "<<", "Remove it, and write every value where it belongs.")
			continue
		}
		key := c.convert(n, path)
		if key.kind != scalar || key.isNull() {
			if key.kind != refused {
				c.report(n.Line, path, "a key that is not a text", key.text, "Write it as key: value.")
			}
			continue
		}
		at := join(path, key.text)
		if line, again := first[key.text]; again {
			c.report(n.Line, at, fmt.Sprintf("given twice, first in line %d", line), "", "Keep one of them.")
			continue
		}
		first[key.text] = n.Line
		out.entries = append(out.entries, entry{key: key.text, line: n.Line, value: c.convert(keysAndValues[i+1], at)})
	}
}
