package awscli

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
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
	err := Strings(root, func(at, text string) {
		for _, command := range inProse(text, services) {
			found = append(found, Command{At: at, Text: command})
		}
	})
	return found, err
}

// Strings calls each with every string of the source that the program is made of, and with its file and line. A sum of strings is one,
// and so are the words of a command that is put together from a list. Hole stands for each part that only the running program knows.
func Strings(root string, each func(at, text string)) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
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
			each(fmt.Sprintf("%s:%d", filepath.ToSlash(relative), files.Position(at).Line), optional.Replace(text))
		})
		return nil
	})
}

// writers are functions that write a command from its words, which begin with the first argument that is a text: what each has before
// and behind them.
var writers = map[string]struct{ before, flags string }{
	"AWS": {before: "aws "}, "aws": {"aws ", "FLAGS"}, "awsCLI": {"aws ", "FLAGS"}, "iam": {"aws iam ", "FLAGS"}, "inRegion": {"aws ", "--region " + Hole},
	"ofSets":        {"aws cloudformation ", "--region " + Hole + " --call-as " + Hole + " --stack-set-name " + Hole},
	"breakglassCLI": {"breakglass ", Hole}, "NextCommand": {"breakglass incident ", "--folder " + Hole + Hole},
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
	var visit func(n ast.Node) bool
	command := func(at token.Pos, words []ast.Expr) bool {
		if !listed(words) {
			return false
		}
		each(at, spaced(words))
		for _, word := range words[1:] { // the first is part of the command, and nothing by itself
			ast.Inspect(word, visit)
		}
		return true
	}
	visit = func(n ast.Node) bool {
		switch e := n.(type) {
		case *ast.CallExpr:
			if command(e.Pos(), e.Args) {
				return false
			}
			from := slices.IndexFunc(e.Args, func(word ast.Expr) bool { text, ok := value(word); return ok && text != "" })
			switch w, ok := writers[called(e.Fun)]; {
			case ok && from >= 0:
				if _, constant := value(e.Args[0]); !constant { // a Region
					w.flags = cmp.Or(w.flags, "FLAGS")
				}
				each(e.Pos(), w.before+spaced(e.Args[from:])+" "+w.flags)
			case called(e.Fun) == "AWS": // all others call it
				each(e.Pos(), "aws "+Hole)
			}
		case *ast.CompositeLit:
			return !command(e.Pos(), e.Elts)
		case *ast.BinaryExpr, *ast.BasicLit:
			text, ok := value(e.(ast.Expr))
			if ok {
				each(e.Pos(), verb.ReplaceAllString(text, Hole))
				for _, part := range holes(e.(ast.Expr)) { // a call may have a command in it
					ast.Inspect(part, visit)
				}
			}
			return !ok
		}
		return true
	}
	ast.Inspect(file, visit)
}

// holes returns the parts of a sum that are no strings.
func holes(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.BasicLit:
		return nil
	case *ast.ParenExpr:
		return holes(e.X)
	case *ast.BinaryExpr:
		return append(holes(e.X), holes(e.Y)...)
	}
	return []ast.Expr{e}
}

// programs are those whose commands a list of words may be.
var programs = []string{`"aws"`, `"breakglass"`, `"npx"`}

// listed reports whether words are those of a command, the program first.
func listed(words []ast.Expr) bool {
	if len(words) < 2 {
		return false
	}
	first, ok := words[0].(*ast.BasicLit)
	return ok && slices.Contains(programs, first.Value)
}

func spaced(words []ast.Expr) string {
	var all []string
	for _, word := range words {
		text, ok := value(word)
		if !ok {
			text = Hole
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
			left = Hole
		}
		if !isRight {
			right = Hole
		}
		return left + right, true
	}
	return "", false
}
