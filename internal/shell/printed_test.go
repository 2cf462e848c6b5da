package shell

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryPrintedCommandIsMadeByOneFunction: a text that spells a command of the AWS CLI out lacks the profile of the run, and quotes
// nothing. In these packages, every one is made by AWS.
func TestEveryPrintedCommandIsMadeByOneFunction(t *testing.T) {
	command := regexp.MustCompile(`\baws [a-z0-9]+ [a-z]+(-[a-z]+)*`)
	for folder, least := range map[string]int{"check": 40, "credentials": 10} {
		files, err := filepath.Glob("../../operate/" + folder + "/*.go")
		if err != nil || len(files) < least {
			t.Fatalf("%v: %v", files, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			set := token.NewFileSet()
			parsed, err := parser.ParseFile(set, file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && command.MatchString(text.Value) && !strings.Contains(text.Value, "aws login yet") {
					t.Errorf("%s: %s is not made by AWS", set.Position(text.Pos()), text.Value)
				}
				return true
			})
		}
	}
}
