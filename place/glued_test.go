package place

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// gluesItself names the files that may put an ARN together without this package, with the reason.
var gluesItself = map[string]string{
	"place/place.go":             "this is where ARNs are put together",
	"internal/stub/iam.go":       "a fake for tests that imports nothing of this module, in a made-up account",
	"prove/live/schedules.go":    "the target of a schedule that calls any API has an ARN without an account and a Region",
	"watch/samples_account.go":   "sample events are written out as AWS sends them, in a made-up account",
	"watch/samples_observed.go":  "sample events are written out as AWS sends them, in a made-up account",
	"watch/samples_integrity.go": "sample events are written out as AWS sends them, in a made-up account",
	"watch/samples_recorded.go":  "sample events are written out as AWS sends them, in a made-up account",
	"watch/sample.go":            "sample events are written out as AWS sends them, in a made-up account",
}

// TestNoARNIsGluedElsewhere looks for a text that begins with "arn:" and is joined with something, by + or as a format. A whole
// ARN, a pattern and a prefix to search for are allowed.
func TestNoARNIsGluedElsewhere(t *testing.T) {
	seen := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != "..") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		seen++
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		ast.Inspect(file, func(n ast.Node) bool {
			glued := false
			switch n := n.(type) {
			case *ast.BinaryExpr:
				glued = n.Op == token.ADD && (beginsARN(n.X) || beginsARN(n.Y))
			case *ast.BasicLit:
				text, _ := strconv.Unquote(n.Value)
				glued = n.Kind == token.STRING && strings.Contains(text, "arn:%")
			}
			if glued && gluesItself[name] == "" {
				t.Errorf("%s puts an ARN together itself; a Place does that", files.Position(n.Pos()))
			}
			return true
		})
		return nil
	})
	if err != nil || seen < 100 {
		t.Fatalf("%d files read, error %v", seen, err)
	}
}

func beginsARN(e ast.Expr) bool {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return false
	}
	text, _ := strconv.Unquote(literal.Value)
	return strings.HasPrefix(text, "arn:")
}
