package awscli

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"example.com/breakglass/internal/shell"
)

// optional marks a part of a template that is left out where a record lacks it: here, it is there.
var optional = strings.NewReplacer("[[", "", "]]", "")

var verb = regexp.MustCompile(`%[-+#.\d\[\]]*[a-zA-Z]`)

// apart are folders whose commands nobody reads: proof, tools, and what is installed.
var apart = map[string]bool{"prove": true, "tools": true, "node_modules": true, "testdata": true}

// InSource returns the commands in the strings of the source, with a hole for each part that only the running program knows. What it
// prints is made of them: alerts, findings of check, remedies, what is left to remove.
func InSource(root string, services []string) ([]Command, error) {
	var found []Command
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (apart[name] || strings.HasPrefix(name, ".")):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files := token.NewFileSet()
		parsed, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		texts(parsed, func(at token.Pos, text string) {
			for _, command := range inProse(optional.Replace(text), services) {
				found = append(found, Command{At: fmt.Sprintf("%s:%d", filepath.ToSlash(relative), files.Position(at).Line), Text: command})
			}
		})
		return nil
	})
	return found, err
}

// writers are functions that write a command from its words: how many arguments come before these, and what the function adds.
var writers = map[string]struct {
	skip           int
	service, flags string
}{
	"AWS": {skip: 2}, "aws": {}, "awsCLI": {}, "inRegion": {flags: "--region " + hole},
	"ofSets": {2, "cloudformation ", "--region " + hole + " --call-as " + hole + " --stack-set-name " + hole},
}

// called returns the name of a function without its package or receiver.
func called(function ast.Expr) string {
	switch f := function.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// texts calls each with every string of a file: literals, sums of them, and the words of a command that is put together from a list.
func texts(file *ast.File, each func(token.Pos, string)) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.CallExpr:
			if words := listed(e.Args); words != "" {
				each(e.Pos(), words)
			} else if w, ok := writers[called(e.Fun)]; ok && len(e.Args) > w.skip {
				each(e.Pos(), "aws "+w.service+spaced(e.Args[w.skip:])+" "+w.flags)
			}
		case *ast.CompositeLit:
			if words := listed(e.Elts); words != "" {
				each(e.Pos(), words)
			}
		case *ast.BinaryExpr, *ast.BasicLit:
			text, ok := value(e.(ast.Expr))
			if ok {
				each(e.Pos(), verb.ReplaceAllString(text, hole))
			}
			return !ok
		}
		return true
	})
}

// listed returns the words of a command that begins with aws, or nothing.
func listed(words []ast.Expr) string {
	if len(words) < 2 {
		return ""
	}
	if first, ok := words[0].(*ast.BasicLit); !ok || first.Value != `"aws"` {
		return ""
	}
	return spaced(words)
}

func spaced(words []ast.Expr) string {
	var all []string
	for _, word := range words {
		text, ok := value(word)
		if !ok {
			text = hole
		} else if text == "" || strings.ContainsAny(text, " '\"`{}()$") {
			text = shell.Quote(text)
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// value returns the text of a string, or of a sum that has one in it; its other parts are holes.
func value(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.ParenExpr:
		return value(e.X)
	case *ast.BinaryExpr:
		left, isLeft := value(e.X)
		right, isRight := value(e.Y)
		if e.Op != token.ADD || !isLeft && !isRight {
			return "", false
		}
		if !isLeft {
			left = hole
		}
		if !isRight {
			right = hole
		}
		return left + right, true
	}
	return "", false
}
