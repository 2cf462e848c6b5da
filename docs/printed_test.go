package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var verb = regexp.MustCompile(`%[-*.\d]*[a-z]`)

// texts returns an expression for each string in the source files, in which a verb of fmt matches anything. Strings that are
// concatenated count as one.
func texts(t *testing.T, patterns ...string) []*regexp.Regexp {
	t.Helper()
	var all []*regexp.Regexp
	for _, pattern := range patterns {
		for _, file := range glob(t, pattern) {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, ok := literal(e)
				parts := verb.Split(text, -1)
				if ok && text != "" && (len(parts) == 1 || len(strings.Join(parts, "")) >= 10) { // less would match nearly every line
					for i := range parts {
						parts[i] = regexp.QuoteMeta(parts[i])
					}
					all = append(all, regexp.MustCompile("^"+strings.Join(parts, ".+")+"$"))
				}
				return !ok
			})
		}
	}
	return all
}

// literal returns the value of a string, or of a sum of strings.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok && ok2
	}
	return "", false
}

// isPrinted reports whether a line is one of the texts, with or without the mark at its beginning.
func isPrinted(line string, texts []*regexp.Regexp) bool {
	line = strings.TrimSpace(line)
	bare := strings.TrimLeft(line, "✓✗▶ ")
	begun := strings.TrimPrefix(line, "… ")
	return line == "" || slices.ContainsFunc(texts, func(text *regexp.Regexp) bool {
		return text.MatchString(line) || text.MatchString(bare) || text.MatchString(begun)
	})
}
