package file

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// writesItself names the files that may write without this package, with the reason.
var writesItself = map[string]string{
	"internal/cdkcli/install.go":     "the mark in node_modules, which npm has just written",
	"internal/cdkcli/environment.go": "links in a temporary folder of its own",
	"internal/cdkcli/ready.go":       "a file in Go's cache, to see whether that can be written",
	"internal/ask/ask.go":            "it opens the terminal",
	"internal/printed/printed.go":    "tests alone use it, for what a browser prints",
	"internal/reviewed/reviewed.go":  "tests alone use it, for what they compare with",
}

// TestNobodyElseWritesFiles looks for calls that create, change or move a file, in everything that the CLI consists of.
func TestNobodyElseWritesFiles(t *testing.T) {
	calls := []string{"WriteFile", "Create", "CreateTemp", "OpenFile", "Rename", "Truncate", "Mkdir", "MkdirAll", "Symlink", "Link", "Chmod"}
	seen := 0
	for _, top := range []string{"cmd", "config", "internal", "operate", "plan"} {
		err := filepath.WalkDir(filepath.Join("..", "..", top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			if strings.HasPrefix(name, "internal/file/") || writesItself[name] != "" {
				return nil
			}
			seen++
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if call, ok := n.(*ast.SelectorExpr); ok && slices.Contains(calls, call.Sel.Name) {
					if of, ok := call.X.(*ast.Ident); ok && of.Name == "os" {
						t.Errorf("%s calls os.%s; package file does that", files.Position(n.Pos()), call.Sel.Name)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Errorf("only %d files were read", seen)
	}
}
